"""Listed preprints that were published: what their entries should say, and what became of it."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from db import history, papers
from db.consolidate import BY_HAND
from db.index import Index
from jobs.listing import Listing
from tracker.paper import Paper
from tracker.publication import Publication, is_preprint, publication_of, short_venue
from tracker.pull_request.proposal import Update, paper_key
from tracker.pull_request.target import OpenPullRequest
from tracker.reading_list import Entry, PartialDate, ReadingList
from tracker.reading_list.revise import revised

_OFFERED, _DECLINED = "update offered", "update declined"


@dataclass(frozen=True, slots=True)
class Due:
    """An entry of the list whose paper was published: its text now, and what it should be."""

    number: int
    entry: Entry
    paper: Paper
    after: str

    @property
    def mark(self) -> bytes:
        """What this very update is recognised by."""
        return _mark(self.after)

    def among(self, offered: Iterable[Update]) -> Update | None:
        """This update as a pull request offered it, by the paper's name or by the entry's text."""
        key, text = paper_key(self.paper), _bare(self.entry.text)
        return next((u for u in offered if paper_key(u.paper) == key or u.before == text), None)

    def as_update(self, entry: Entry, after: str = "") -> Update:
        """The update as the pull request tells it, at the entry's place there."""
        return Update(
            paper=self.paper,
            section=entry.section,
            file=entry.file,
            line=entry.start + 1,
            before=_bare(self.entry.text),
            after=_bare(after or self.after),
        )


@dataclass(frozen=True, slots=True)
class Updates:
    """Where the updates stand: `pending` on the branch as it is, `new` to be put there.

    `again` were pending on a branch that is to be rebuilt. `working` is the branch's list
    without those that a reviewer does not want.
    """

    working: ReadingList
    pending: tuple[Update, ...] = ()
    new: tuple[Due, ...] = ()
    again: tuple[Due, ...] = ()


def due_updates(index: Index, listing: Listing) -> list[Due]:
    """The entries that name a preprint whose publication the index knows, in list order."""
    with index.read() as session:
        statements = _statements(session, listing)
        known = papers.load(session, statements)
    published = {number: publication_of(said) for number, said in statements.items()}
    customs = _Customs.of(listing, known, published)
    found = []
    for number, entry in listing.entries.items():
        publication = published.get(number)
        if publication is None or not _names_a_preprint(entry):
            continue
        after = customs.rewritten(entry, publication)
        if after and after != entry.text:
            found.append(Due(number, entry, _told(known[number], publication), after))
    return found


def settle_updates(
    index: Index,
    working: ReadingList,
    on_branch: Listing,
    opened: OpenPullRequest | None,
    due: Sequence[Due],
    *,
    now: datetime,
) -> Updates:
    """Compare the updates that are due with those offered; one taken back is not offered again."""
    offered = opened.updates if opened else ()
    if opened is not None and opened.blocked:
        # Nothing is put on a branch that waits for a person, or taken off it.
        return Updates(working, offered)
    unticked = opened.unticked if opened else frozenset()
    rebuilt = opened is not None and opened.rebuild
    pending: dict[int, Update] = {}
    new: list[Due] = []
    again: list[Due] = []
    with index.write() as session:
        for item in due:
            here = on_branch.entries.get(item.number)
            told = item.among(offered)
            declined = _was_declined(session, item)
            # A run may have died between declining it and taking it off the branch.
            if here is None or (declined and told is None):
                continue
            before = history.recall(session, _OFFERED, str(item.number))
            written = _bare(here.text) != _bare(item.entry.text)
            wanted = told is not None and paper_key(told.paper) not in unticked and not declined
            known = before is not None and before[0] == item.mark
            # An earlier version left out of its text what had no room.
            if told is None and known and written and not declined:
                pending[item.number] = item.as_update(here, here.text)
            elif told is None and not known:
                # What a person wrote there meanwhile is theirs.
                new += [] if written else [item]
            elif wanted and rebuilt:
                again.append(item)
            elif wanted and written:
                pending[item.number] = item.as_update(here, here.text)
            else:
                working = working.replace(here, item.entry.text) if written else working
                history.remember(session, _DECLINED, str(item.number), item.mark, at=now)
    return Updates(working, tuple(pending.values()), tuple(new), tuple(again))


def settle_in_place(
    index: Index,
    working: ReadingList,
    listing: Listing,
    opened: OpenPullRequest | None,
    due: Sequence[Due],
    *,
    now: datetime,
) -> Updates:
    """The updates of a list without git, where they stand in the list itself at once."""
    pending: dict[int, Update] = {}
    with index.write() as session:
        for update in opened.updates if opened else ():
            alike = (n for n, e in listing.entries.items() if _bare(e.text) == update.after)
            number = next(alike, None)
            if number is None:
                continue
            if opened and paper_key(update.paper) not in opened.unticked:
                pending[number] = update
                continue
            here = listing.entries[number]
            ending = here.text[len(_bare(here.text)) :]
            working = working.replace(here, update.before + ending)
            history.remember(session, _DECLINED, str(number), _mark(update.after), at=now)
        new = tuple(item for item in due if not _was_declined(session, item))
    return Updates(working, tuple(pending.values()), new)


def _was_declined(session: Session, item: Due) -> bool:
    declined = history.recall(session, _DECLINED, str(item.number))
    return declined is not None and declined[0] == item.mark


def apply_updates(
    working: ReadingList, on_branch: Listing, new: Iterable[Due]
) -> tuple[ReadingList, list[Update]]:
    """The list with the updates made, and how the pull request tells them."""
    told = []
    for item in new:
        here = on_branch.entries[item.number]
        working = working.replace(here, item.after)
        told.append(item.as_update(here))
    return working, told


def remember_offered(session: Session, new: Iterable[Due], now: datetime) -> None:
    """Record what was put to the reviewers."""
    for item in new:
        history.remember(session, _OFFERED, str(item.number), item.mark, at=now)


def decline_closed(
    session: Session, updates: Iterable[Update], due: Iterable[Due], now: datetime
) -> None:
    """Record the updates of a closed pull request that the list did not take."""
    left = {paper_key(item.paper): item for item in due}
    for update in updates:
        item = left.get(paper_key(update.paper))
        if item is not None and _bare(item.after) == update.after:
            history.remember(session, _DECLINED, str(item.number), item.mark, at=now)


def preprints(listing: Listing, known: Mapping[int, Paper]) -> set[int]:
    """The listed papers that no source has seen published, and whose entry says preprint."""
    return {
        number
        for number, entry in listing.entries.items()
        if number in known and not known[number].venue and _names_a_preprint(entry)
    }


@dataclass(frozen=True, slots=True)
class _Customs:
    """How the list writes what is published.

    `spelling` has its word for a venue, `joint` stands between venue and year where they are
    written as one, None where they are not; `by_page` says that it links the publication's
    page rather than the preprint.
    """

    spelling: Mapping[str, str]
    joint: str | None
    by_page: bool

    @classmethod
    def of(
        cls,
        listing: Listing,
        known: Mapping[int, Paper],
        published: Mapping[int, Publication | None],
    ) -> _Customs:
        spelled: dict[str, Counter[str]] = {}
        joints: Counter[str | None] = Counter()
        pages: Counter[bool] = Counter()
        for number, entry in listing.entries.items():
            if is_preprint(entry.venue):
                continue
            found = _JOINED.search(entry.venue)
            joints[found[1] if found else None] += 1
            name = entry.venue[: found.start()] if found else entry.venue
            publication = published.get(number)
            for venue in {short_venue(entry.venue), publication.venue if publication else ""}:
                spelled.setdefault(venue.casefold(), Counter())[name] += 1
            paper = known.get(number)
            if paper and paper.identifier("arxiv") and entry.paper_links:
                pages["arxiv" not in entry.paper_links[0].url.lower()] += 1
        commonest = {venue: names.most_common(1)[0][0] for venue, names in spelled.items()}
        joint = joints.most_common(1)[0][0] if joints else None
        return cls(commonest, joint, pages[True] > pages[False])

    def rewritten(self, entry: Entry, publication: Publication) -> str:
        """The entry's text with the publication in it; empty where it has no place for it."""
        stated = {place.name for place in entry.reading.places}
        if "venue" not in stated:
            return ""
        venue = self.spelling.get(publication.venue.casefold(), publication.venue)
        year = publication.year
        own = _JOINED.search(entry.venue)
        joint = own[1] if own else None if "date" in stated else self.joint
        if joint is not None and year:
            venue = f"{venue}{joint}{year}"
        other_year = entry.published is not None and year not in {None, entry.published.year}
        date = PartialDate(year) if year and other_year and "date" in stated else None
        link = publication.url if self.by_page and "url" in stated else ""
        return revised(entry, venue=venue, published=date, link=link or None)


_JOINED = re.compile(r"(\W+)(?:19|20)\d\d\W*$")


def _statements(session: Session, listing: Listing) -> dict[int, list[Paper]]:
    """What the sources say of the listed papers that any of them has seen published."""
    found = {}
    for number, paper in papers.load(session, listing.entries).items():
        if paper.venue:
            said = papers.sightings(session, number)
            # What the list itself says is what is to be brought up to date.
            found[number] = [s.paper for s in said if s.source not in BY_HAND]
    return found


def _names_a_preprint(entry: Entry) -> bool:
    return bool(entry.venue) and is_preprint(entry.venue)


def _told(paper: Paper, publication: Publication) -> Paper:
    """The paper as the pull request names it: with the venue in short."""
    year = f" {publication.year}" if publication.year else ""
    return replace(paper, venue=f"{publication.venue}{year}")


def _mark(after: str) -> bytes:
    text = _bare(after).encode("utf-8", "surrogateescape")
    return hashlib.sha256(text).hexdigest().encode()


def _bare(text: str) -> str:
    return text.rstrip("\r\n")
