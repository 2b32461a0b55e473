"""The papers of the index as they were first known, and the entries that stand for them.

What an index says of a paper today may be what a later version said. So a paper is taken as its
earliest record has it, without venue, comment and links, which sources add later without a date.
Where the index only ever saw a later version, that is all there is.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlmodel import Session

from db.consolidate import BY_HAND, READING_LIST, consolidate
from db.identity import SINGLE, Record, shared_pages, title_counts, unlike
from db.index import Index
from db.neighbours import chunks, records_of
from db.shelf import shelved
from db.tables import PAPER
from jobs.listing import title_keys
from tracker.identifiers import Identifier
from tracker.paper import Paper
from tracker.reading_list import Entry
from tracker.sources.fields import month_of_arxiv_id
from tracker.taxonomy import Path

# Fewer than arXiv gets in a month since 2021, so that a day told by a number is rather too late.
_A_MONTH = 13_000


@dataclass(frozen=True, slots=True)
class Known:
    """A paper of the index: as first known, when it appeared, and all its names of today.

    Of one that is `shelved` the index has given up the abstract.
    """

    paper: Paper
    day: date
    names: frozenset[Identifier]
    titles: frozenset[str]
    shelved: bool = False


def known_papers(index: Index, until: date) -> list[Known]:
    """The papers that appeared up to that day, in the order in which they did.

    The order does not depend on the index's own numbers, nor on any later paper.
    """
    with index.read() as session:
        found = [
            known
            for records, given_up in _records(session, until)
            if (known := _known(records, shelved=given_up))
        ]
    return sorted(
        (k for k in found if k.day <= until),
        key=lambda k: (k.day, k.paper.identifiers, k.paper.title),
    )


def _records(session: Session, until: date) -> Iterator[tuple[list[Record], bool]]:
    """What sources said, paper by paper, and whether it is shelved.

    Of papers without a date nothing can be replayed.
    """
    dated = select(PAPER.c.id).where(PAPER.c.published <= until).order_by(PAPER.c.id)
    for numbers in chunks(session.scalars(dated).all()):
        given_up = shelved(session, numbers)
        found: dict[int | None, list[Record]] = defaultdict(list)
        for record in records_of(session, numbers):
            if record.source not in BY_HAND:
                found[record.paper_id].append(record)
        yield from ((records, number in given_up) for number, records in found.items())


def _known(records: Sequence[Record], *, shelved: bool) -> Known | None:
    ages = _ages(records)
    earliest = min(ages)
    paper = consolidate(r for r, age in zip(records, ages, strict=True) if age == earliest)
    if paper.published is None:
        return None
    first = replace(paper, updated=None, venue="", comment="", version=None, links=(), embedding=())
    names = frozenset(name for record in records for name in record.identifiers)
    titles = frozenset(key for record in records for key in title_keys(record.paper.title))
    return Known(first, _day(first), names, titles, shelved)


def _ages(records: Sequence[Record]) -> list[tuple[date, bool, int]]:
    """What tells which of several records of a paper was made from its earliest version.

    A record that does not say of which version it is may be of any: where others do say, it is
    not taken for an earlier one, whatever its day.
    """
    papers = [record.paper for record in records]
    stated = [p.published for p in papers if p.published and (p.updated or p.version)]
    first = min(stated, default=date.min)
    return [
        (paper.updated or paper.published or date.max, False, paper.version or 1)
        if paper.updated or paper.version
        else (max(first, paper.published or date.max), True, 1)
        for paper in papers
    ]


def _day(paper: Paper) -> date:
    """The day a paper appeared; when it is the first of its month, no earlier than it can be.

    A source that knows the month or the year alone says its first day. arXiv numbers the papers
    of a month in their order, so the number tells the month, and how far it had come.
    """
    day = paper.published or date.max
    name = paper.identifier("arxiv") or ""
    month, number = month_of_arxiv_id(name), name.partition(".")[2]
    if month is None or not number.isdecimal() or day > month:
        return day
    length = monthrange(month.year, month.month)[1]
    return month.replace(day=1 + round((length - 1) * min(1.0, int(number) / _A_MONTH)))


class Finder:
    """Finds the paper an entry stands for: by identifier, else by title; numbers are places.

    `by_now` also knows the identifiers and titles that a paper was given later.
    """

    def __init__(self, papers: Sequence[Known], *, by_now: bool = False) -> None:
        self._papers = papers
        self._by_name: dict[Identifier, int] = {}
        self._by_title: dict[str, int] = {}
        for place, known in enumerate(papers):
            names: Iterable[Identifier] = known.paper.identifiers
            titles: Iterable[str] = title_keys(known.paper.title)
            for name in [*names, *(known.names if by_now else ())]:
                self._by_name.setdefault(name, place)
            for title in [*titles, *(known.titles if by_now else ())]:
                self._by_title.setdefault(title, place)

    def find(self, entry: Entry, until: date = date.max) -> int | None:
        """The place of the entry's paper among those that appeared up to that day."""
        stated = Record(READING_LIST, "", entry.paper())
        named = f"{entry.short_name}: {entry.title}" if entry.short_name else entry.title
        places = [self._named(name, stated) for name in stated.identifiers]
        if title_counts(stated):
            keys = [*sorted(title_keys(entry.title)), *sorted(title_keys(named))]
            places += [self._by_title.get(key) for key in keys]
        return next((p for p in places if p is not None and self._papers[p].day <= until), None)

    def _named(self, name: Identifier, stated: Record) -> int | None:
        place = self._by_name.get(name)
        if place is None or name.scheme != "url":
            return place
        # The page may be that of several papers.
        return None if unlike(Record("", "", self._papers[place].paper), stated, name) else place


@dataclass(frozen=True, slots=True)
class Held:
    """A paper on a list: what is known of it, where it stands, and its place among the papers."""

    paper: Paper
    sections: frozenset[Path]
    entry: Entry
    place: int | None


def held(
    entries: Iterable[Entry], papers: Sequence[Paper], find: Iterable[int | None]
) -> list[Held]:
    """The papers behind entries, in the list's order; what a source says is believed first.

    `find` has for each entry the place of its paper in `papers`. Entries that share a place or
    an identifier (no page of several papers) are one paper, and those that share a title that
    says something, unless their identifiers differ.
    """
    groups: list[list[tuple[Entry, int | None]]] = []
    names: list[set[Identifier]] = []
    known: dict[object, int] = {}
    given = [(entry, Record(READING_LIST, "", entry.paper())) for entry in entries]
    shared = shared_pages(stated for _, stated in given)
    for (entry, stated), place in zip(given, find, strict=True):
        keys: list[object] = [] if place is None else [place]
        keys += [name for name in stated.identifiers if name not in shared]
        number = next((known[key] for key in keys if key in known), None)
        if title_counts(stated):
            keys.append(stated.title_key)
            alike = known.get(stated.title_key)
            if number is None and alike is not None and not _differ(names[alike], stated):
                number = alike
        if number is None:
            number = len(groups)
            groups.append([])
            names.append(set())
        groups[number].append((entry, place))
        names[number].update(stated.identifiers)
        for key in keys:
            known.setdefault(key, number)
    return [_held(group, papers) for group in groups]


def _differ(names: Collection[Identifier], stated: Record) -> bool:
    """Whether an entry's identifiers say that it is another paper than these."""
    own = {name for name in names if name.scheme in SINGLE}
    schemes = {name.scheme for name in own}
    return any(name.scheme in schemes and name not in own for name in stated.identifiers)


def _held(group: Sequence[tuple[Entry, int | None]], papers: Sequence[Paper]) -> Held:
    entry = group[0][0]
    place = next((place for _, place in group if place is not None), None)
    records = [Record(READING_LIST, str(n), e.paper()) for n, (e, _) in enumerate(group)]
    if place is not None:
        records.append(Record("index", "", papers[place]))
    sections = frozenset(other.section for other, _ in group)
    return Held(consolidate(records), sections, entry, place)
