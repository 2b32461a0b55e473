"""The reading list as the index knows it: which paper stands where."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlmodel import Session

from db import history, papers
from db.consolidate import READING_LIST
from db.index import Index
from jobs.console import Console
from tracker.counting import counted
from tracker.errors import SettingError
from tracker.identifiers import normalise_title, url_of
from tracker.paper import Paper
from tracker.pull_request.target import Snapshot
from tracker.reading_list import Entry, ReadingList
from tracker.settings import SectionSettings, Settings
from tracker.taxonomy import Path, Section, Taxonomy


@dataclass(frozen=True, slots=True)
class Listing:
    """The papers on a reading list and the sections each is filed under.

    `entries` has the entry of each paper, the first where it stands more than once, and `places`
    all of them. `titles` are the entries' titles, normalised, with and without what stands before
    a colon; they catch a paper listed under an address that no source reports. `headings` are
    the list's sections, the empty ones too.
    """

    sections: Mapping[int, frozenset[Path]]
    entries: Mapping[int, Entry]
    titles: frozenset[str]
    places: Mapping[int, tuple[Entry, ...]] = field(default_factory=dict)
    headings: frozenset[Path] = frozenset()

    def has(self, number: int, paper: Paper) -> bool:
        """Whether a paper is on the list."""
        return number in self.sections or not self.titles.isdisjoint(title_keys(paper.title))

    def without(self, numbers: Collection[int]) -> Listing:
        """The listing as if these papers were not on the list."""
        entries = {n: entry for n, entry in self.entries.items() if n not in numbers}
        sections = {n: self.sections[n] for n in entries}
        places = {n: self.places[n] for n in entries}
        return Listing(sections, entries, _titles(entries.values()), places, self.headings)


def parse_list(files: Mapping[str, str], settings: Settings) -> ReadingList:
    """The reading list in these texts; raises SettingError when it has no entry to learn from."""
    reading_list = ReadingList.parse(files, skip_sections=settings.list.skip_sections)
    if not reading_list.entries:
        names = ", ".join(files)
        told = ", ".join(unread.reason for unread in reading_list.unread if unread.items)
        raise SettingError(
            f"list.files: no entry was found in {names}{told and f' but {told}'}; "
            "name the files that hold the list, and see `tracker init` for what can be read"
        )
    return reading_list


def warn_of_list(console: Console, reading_list: ReadingList) -> None:
    """Tell what of the list is not as the settings say, or teaches nothing."""
    warn_of_skips(console, reading_list)
    if unread := sum(each.entries for each in reading_list.unread):
        entries = counted(len(reading_list.entries) + unread, "entry")
        many = ", ".join(each.reason for each in reading_list.unread if each.items)
        console.warn(
            f"{', '.join(dict.fromkeys(u.file for u in reading_list.unread))}: {unread} of "
            f"{entries} could not be read{many and f' ({many})'}, so nothing is learned from them; "
            "`tracker lint` shows where and why"
        )


def warn_of_skips(console: Console, reading_list: ReadingList) -> None:
    """Tell of sections to skip that the list does not have: entries would be read there."""
    for name, near in reading_list.unknown_skips().items():
        console.warn(skip_slip(name, near))


def skip_slip(name: str, near: str) -> str:
    """That no heading is called so, and what to do about it; `near` is the nearest there is."""
    remedy = f"is it {near!r}?" if near else "take it out, or name a heading of the list"
    return f"list.skip_sections in tracker.toml: no heading is called {name!r}; {remedy}"


def legible(snapshot: Snapshot, settings: Settings) -> Snapshot:
    """The snapshot; where no entry is left on the branch, it waits for a person with the base's.

    As when they moved the list to another file there.
    """
    opened = snapshot.pull_request
    if opened is None or ReadingList.parse(opened.files, settings.list.skip_sections).entries:
        return snapshot
    sentence = opened.blocked or (
        f"On this branch {', '.join(opened.files)} holds no entries any more. Put them back, or "
        "merge and name the file that holds the list in list.files; until then nothing is added."
    )
    waits = replace(opened, files=snapshot.files, blocked=sentence)
    return replace(snapshot, pull_request=waits)


def title_keys(title: str) -> set[str]:
    """What a title is recognised by on a list: all of it, and its part after a short name."""
    keys = {normalise_title(title)}
    _, colon, rest = title.partition(":")
    # Five words after the colon are a title of their own; fewer may be any paper's subtitle.
    if colon and len(normalise_title(rest).split()) >= 5:
        keys.add(normalise_title(rest))
    return keys - {""}


def listing_of(
    index: Index,
    reading_list: ReadingList,
    now: datetime,
    *,
    keep: bool,
    source: str = READING_LIST,
) -> Listing:
    """Identify every entry and give its paper; `keep` records the entries as the current list.

    `source` is who says what the entries say: the reading list, or a pull request.
    """
    entries = reading_list.entries
    with index.write() as session:
        stated = [entry.paper() for entry in entries]
        ids = papers.merge(session, stated, source=source, seen_at=now).ids
        if keep:
            _note_removed(session, reading_list.files, set(ids), now)
            history.replace_listing(session, _rows(entries, ids))
    return _listing(reading_list, ids)


def listing_as_seen(session: Session, reading_list: ReadingList) -> Listing:
    """The listing, with nothing written: an entry that the index never saw has no paper yet."""
    seen = {(row.file, row.text): row.paper for row in history.listing(session)}
    ids = [seen.get((e.file, e.text)) or _named(session, e) for e in reading_list.entries]
    return _listing(reading_list, ids)


def _named(session: Session, entry: Entry) -> int | None:
    """The paper that an entry's identifiers name: its text may have been edited since."""
    for identifier in entry.identifiers:
        if found := papers.find(session, url_of(identifier)):
            return found[0]
    return None


def _listing(reading_list: ReadingList, ids: Iterable[int | None]) -> Listing:
    """The listing of a list whose entries stand for these papers."""
    sections: dict[int, frozenset[Path]] = {}
    places: dict[int, tuple[Entry, ...]] = {}
    for entry, number in zip(reading_list.entries, ids, strict=True):
        if number is not None:
            sections[number] = sections.get(number, frozenset()) | {entry.section}
            places[number] = (*places.get(number, ()), entry)
    first = {number: there[0] for number, there in places.items()}
    headings = frozenset(section.path for section in reading_list.taxonomy)
    return Listing(sections, first, _titles(reading_list.entries), places, headings)


def _note_removed(
    session: Session, files: Mapping[str, str], listed: Collection[int], now: datetime
) -> None:
    """Who takes a paper off the list does not want to have it proposed."""
    known = {proposal.paper for proposal in history.proposals(session, state="open")}
    known |= history.rejected_ids(session)
    for entry in history.listing(session):
        text = files.get(entry.file)
        # What merely is not read any more, after a change of the settings, still stands there.
        if entry.paper in listed or entry.paper in known or text is None or entry.text in text:
            continue
        if entry.paper is not None:
            decision = history.Decision(
                paper=entry.paper,
                kind="rejected",
                at=now,
                from_section=entry.section,
                reason="taken off the list",
            )
            history.add_decision(session, decision)


def _titles(entries: Iterable[Entry]) -> frozenset[str]:
    return frozenset(key for entry in entries for name in _names(entry) for key in title_keys(name))


def sections_to_file_under(
    reading_list: ReadingList, settings: Settings, branch: ReadingList | None = None
) -> Taxonomy:
    """The sections a paper can be filed under, with the settings' descriptions.

    Raises SettingError for a section of the settings that the list does not have.

    Those that hold entries; of the empty ones, those that the settings describe and those
    beside a section that holds entries: a heading with prose alone is no place for papers. What
    stands before the first heading is one only in a list without headings. A heading that a
    person took off the proposals' `branch` is none.
    """
    taxonomy = reading_list.taxonomy
    named = section_settings(taxonomy, settings)
    descriptions = {path: s.description for path, s in named.items() if s.description}
    filled = {entry.section for entry in reading_list.entries}
    headless = {(name,) for name in reading_list.files}
    filled -= headless if filled - headless else set()
    beside = {path[:-1] for path in filled if len(path) > 1}

    def is_place(section: Section) -> bool:
        path = section.path
        empty_leaf = taxonomy.is_leaf(path) and len(path) > 1 and path[:-1] in beside
        return path in filled or path in descriptions or empty_leaf

    return Taxonomy(
        Section(section.path, section.level, descriptions.get(section.path, section.description))
        for section in taxonomy
        if is_place(section) and (branch is None or section.path in branch.taxonomy)
    )


def likely_names(taxonomy: Taxonomy, name: str) -> str:
    """What to do about a name that no section has: the sections that may be meant."""
    near = ", ".join(repr(section.name) for section in taxonomy.suggest(name))
    return f"is it {near}?" if near else "`tracker init` shows their names"


def section_settings(taxonomy: Taxonomy, settings: Settings) -> dict[Path, SectionSettings]:
    """The settings of sections by path; raises SettingError for one the list does not have."""
    found: dict[Path, SectionSettings] = {}
    for name, section in settings.sections.items():
        known = taxonomy.find(name)
        if known is None:
            remedy = likely_names(taxonomy, name)
            raise SettingError(f"sections.{name!r}: no one section is called that; {remedy}")
        found[known.path] = section
    return found


def around(path: Path, settings: Mapping[Path, SectionSettings]) -> list[SectionSettings]:
    """The settings of a section and of those around it, the outermost first."""
    above = (path[:depth] for depth in range(1, len(path) + 1))
    return [settings[part] for part in above if part in settings]


def _names(entry: Entry) -> Iterable[str]:
    yield entry.title
    if entry.short_name:
        yield f"{entry.short_name}: {entry.title}"


def _rows(entries: Iterable[Entry], ids: Iterable[int]) -> list[history.Listing]:
    return [
        history.Listing(
            file=entry.file,
            line=entry.start + 1,
            section=entry.section,
            text=entry.text,
            paper=number,
        )
        for entry, number in zip(entries, ids, strict=True)
    ]
