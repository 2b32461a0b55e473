"""Finding the stored records that new ones could touch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session

from db import identity
from db.identity import Record
from db.likeness import nearly
from db.payload import from_payload
from db.tables import APART, CLAIM, IDENTIFIER, PAPER, RECORD

# SQLite allows 32,766 values in one statement.
_CHUNK = 5000


def chunks(values: Collection[Any]) -> Iterator[list[Any]]:
    """The values in pieces small enough for one statement."""
    listed = list(values)
    for start in range(0, len(listed), _CHUNK):
        yield listed[start : start + _CHUNK]


def neighbours(session: Session, start: Sequence[Record], *, include: bool = False) -> list[Record]:
    """Every stored record that is linked to these, or to one that is, and so on."""
    found: dict[int, Record] = {}
    if include:
        found = {record.id: record for record in start if record.id is not None}
    frontier = list(start)
    while frontier:
        papers = _papers_named(session, frontier) | _papers_titled(session, frontier)
        papers -= {record.paper_id for record in found.values() if record.paper_id is not None}
        frontier = records_of(session, papers)
        found.update({record.id: record for record in frontier if record.id is not None})
    return list(found.values())


def _papers_named(session: Session, records: Iterable[Record]) -> set[int]:
    by_scheme: dict[str, set[str]] = defaultdict(set)
    for record in records:
        for identifier in record.identifiers:
            by_scheme[identifier.scheme].add(identifier.value)
    found: set[int] = set()
    for scheme, values in by_scheme.items():
        for chunk in chunks(values):
            for table in (IDENTIFIER, CLAIM):
                named = (table.c.scheme == scheme) & table.c.value.in_(chunk)
                found.update(session.scalars(select(table.c.paper_id).where(named)))
    return found


def _papers_titled(session: Session, records: Collection[Record]) -> set[int]:
    columns: dict[Any, Callable[[Record], str]] = {
        RECORD.c.title_key: lambda r: r.title_key if identity.title_counts(r) else "",
        RECORD.c.head_key: lambda r: r.head_key,
        RECORD.c.tail_key: lambda r: r.tail_key,
    }
    near: dict[int, set[Record]] = defaultdict(set)
    for column, key_of in columns.items():
        by_key: dict[str, list[Record]] = defaultdict(list)
        for record in records:
            by_key[key_of(record)].append(record)
        by_key.pop("", None)
        for chunk in chunks(by_key):
            wanted = select(RECORD.c.id, RECORD.c.title_key, column).where(column.in_(chunk))
            for number, title, key in session.execute(wanted):
                near[number].update(r for r in by_key[key] if nearly(r.title_key, title))
    found: set[int] = set()
    for chunk in chunks([number for number, candidates in near.items() if candidates]):
        for row in session.execute(_RECORDS.where(RECORD.c.id.in_(chunk))):
            other = _record(row)
            if any(identity.link(record, other) for record in near[row.id]):
                found.add(row.paper_id)
    return found


def records_of(session: Session, papers: Collection[int]) -> list[Record]:
    """The stored records of papers."""
    return [
        _record(row)
        for chunk in chunks(papers)
        for row in session.execute(_RECORDS.where(RECORD.c.paper_id.in_(chunk)))
    ]


# With the abstract of its paper, which many records share.
_RECORDS = select(RECORD, PAPER.c.abstract.label("shared")).join(
    PAPER, PAPER.c.id == RECORD.c.paper_id
)


def _record(row: Row[Any]) -> Record:
    paper = from_payload(row.payload, row.embedding, shared=row.shared)
    return Record(row.source, row.digest, paper, row.id, row.paper_id)


def apart(session: Session, records: Collection[Record]) -> frozenset[frozenset[int]]:
    """The pairs of these records that a person set apart."""
    ids = {record.id for record in records}
    return frozenset(
        frozenset((one, other))
        for one, other in session.execute(select(APART.c.one, APART.c.other))
        if one in ids and other in ids
    )
