"""Papers in the index: merging what sources say, reading papers, undoing a merge."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, cast, func, insert, select, update
from sqlmodel import Session

from db import merging
from db.consolidate import BY_HAND, READING_LIST
from db.identity import Record, title_key
from db.loading import load, stream
from db.payload import digest, from_payload
from db.tables import (
    APART,
    DECISION,
    IDENTIFIER,
    LISTING,
    MERGE,
    PAPER,
    PROPOSAL,
    RECORD,
    MergeRow,
)
from tracker.errors import InputError
from tracker.identifiers import identify
from tracker.paper import Paper

__all__ = [
    "READING_LIST",
    "Merged",
    "Sighting",
    "count",
    "find",
    "get",
    "load",
    "merge",
    "merges",
    "months",
    "reported",
    "resolve",
    "sightings",
    "stream",
    "unmerge",
]


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did. `ids` are the papers' numbers in the order in which they were given.

    `new` are papers the index did not know, `known` those it did, `absorbed` papers that
    turned out to be one of the others and are gone. `said` counts what the source had not said
    before, also of known papers.
    """

    ids: tuple[int, ...] = ()
    new: frozenset[int] = frozenset()
    known: frozenset[int] = frozenset()
    absorbed: frozenset[int] = frozenset()
    said: int = 0


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one source said of a paper, and from when to when it said so."""

    record: int
    source: str
    paper: Paper
    first_seen: datetime
    last_seen: datetime


def merge(session: Session, papers: Iterable[Paper], *, source: str, seen_at: datetime) -> Merged:
    """Keep what a source says of papers; each becomes a record of a known or a new paper.

    Papers that share an identifier, or agree in title and authors, are one; see db.identity.
    The result does not depend on the order or the batches in which papers arrive.
    """
    records = [Record(source, digest(paper), paper) for paper in papers]
    outcome = merging.merge_records(session, records, seen_at)
    ids = tuple(outcome.paper_of[record.key] for record in records)
    new = frozenset(outcome.created.intersection(ids))
    return Merged(ids, new, frozenset(ids) - new, frozenset(outcome.absorbed), outcome.fresh)


def resolve(session: Session, number: int) -> int | None:
    """The number a paper has now, when it may have been absorbed; None when there is none."""
    seen: set[int] = set()
    while number not in seen:
        seen.add(number)
        if session.scalar(select(PAPER.c.id).where(PAPER.c.id == number)):
            return number
        went = (MERGE.c.absorbed == number) & MERGE.c.undone_at.is_(None)
        kept = session.scalar(select(MERGE.c.kept).where(went).order_by(MERGE.c.id.desc()))
        number = number if kept is None else kept
    return None


def get(session: Session, number: int) -> Paper:
    """One paper, also by the number of one that was absorbed; raises InputError for no paper."""
    now = resolve(session, number)
    if now is None:
        raise InputError(f"paper {number}: not in the index; `tracker search WORDS` finds papers")
    return load(session, [now])[now]


def count(session: Session) -> int:
    """How many papers the index has."""
    return int(session.scalar(select(func.count()).select_from(PAPER)) or 0)


def reported(session: Session) -> set[int]:
    """The papers that a source reported; the others only a list or a pull request names."""
    return set(session.scalars(select(RECORD.c.paper_id).where(RECORD.c.source.not_in(BY_HAND))))


def months(session: Session) -> dict[str, int]:
    """How many papers entered the index in each month, such as `2026-01`."""
    month = func.substr(cast(PAPER.c.created_at, String), 1, 7)
    counted = select(month, func.count()).group_by(month).order_by(month)
    return {str(name): int(number) for name, number in session.execute(counted)}


def find(session: Session, text: str) -> list[int]:
    """The papers that a person's text names: an identifier, an address, a number or a title."""
    found: list[int] = []
    for identifier in identify(text):
        named = (IDENTIFIER.c.scheme == identifier.scheme) & (
            IDENTIFIER.c.value == identifier.value
        )
        found += session.scalars(select(IDENTIFIER.c.paper_id).where(named))
    if not found and text.strip().isdecimal() and len(text.strip()) < 16:
        number = resolve(session, int(text))
        found += [] if number is None else [number]
    key = title_key(text)
    if not found and key:
        titled = select(RECORD.c.paper_id).where(RECORD.c.title_key == key)
        found += session.scalars(titled.order_by(RECORD.c.paper_id))
    return list(dict.fromkeys(found))


def sightings(session: Session, number: int) -> list[Sighting]:
    """Everything the sources said of a paper, the first first."""
    shared = session.scalar(select(PAPER.c.abstract).where(PAPER.c.id == number)) or ""
    rows = session.execute(
        select(RECORD).where(RECORD.c.paper_id == number).order_by(RECORD.c.first_seen, RECORD.c.id)
    )
    return [
        Sighting(
            row.id,
            row.source,
            from_payload(row.payload, row.embedding, shared=shared),
            row.first_seen,
            row.last_seen,
        )
        for row in rows
    ]


def merges(session: Session, number: int) -> list[MergeRow]:
    """The merges a paper has been part of, the newest first."""
    part = (MERGE.c.kept == number) | (MERGE.c.absorbed == number)
    rows = session.execute(select(MERGE).where(part).order_by(MERGE.c.id.desc()))
    return [MergeRow.model_validate(dict(row._mapping)) for row in rows]


def unmerge(session: Session, merge_id: int, *, at: datetime) -> int:
    """Undo a merge: its records are a paper of their own again, and stay so.

    What went along with an absorbed paper (proposals, decisions, entries) goes back with it.
    Gives the number of the paper that is apart again; raises InputError for no such merge, or
    one that is undone already.
    """
    row = session.execute(select(MERGE).where(MERGE.c.id == merge_id)).one_or_none()
    if row is None or row.undone_at is not None:
        what = "no such merge" if row is None else "undone already"
        raise InputError(f"merge {merge_id}: {what}; `tracker why PAPER` lists the merges")
    first = RECORD.c.id == row.records[0]
    kept = int(session.scalars(select(RECORD.c.paper_id).where(first)).one())
    with_it = session.scalars(select(RECORD.c.id).where(RECORD.c.paper_id == kept))
    others = [number for number in with_it if number not in row.records]
    pairs = {tuple(sorted((one, other))) for one in row.records for other in others}
    if not pairs:
        raise InputError(f"merge {merge_id}: nothing else is left of paper {kept} to part from")
    session.execute(
        insert(APART), [{"one": one, "other": other, "at": at} for one, other in sorted(pairs)]
    )
    session.execute(update(MERGE).where(MERGE.c.id == merge_id).values(undone_at=at))
    restored = {} if row.absorbed is None else dict.fromkeys(row.records, row.absorbed)
    merging.regroup(session, kept, restored, at)
    apart = int(session.scalars(select(RECORD.c.paper_id).where(first)).one())
    for name, table in (("proposal", PROPOSAL), ("decision", DECISION), ("listing", LISTING)):
        if ids := row.moved.get(name):
            back = table.c.id.in_(ids) & (table.c.paper_id == kept)
            session.execute(update(table).where(back).values(paper_id=apart))
    return apart
