"""Carrying out a merge: which stored records are near, what changes, what is remembered.

What belongs together is decided by db.identity over the new records and every stored record
they could touch. This module finds those, and writes what was decided in few statements.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, bindparam, delete, insert, select, update
from sqlmodel import Session

from db import identity
from db.consolidate import consolidate
from db.identity import Group, Record
from db.neighbours import apart, chunks, neighbours, records_of
from db.payload import pack, to_payload
from db.shelf import shelved, take_back
from db.tables import (
    CLAIM,
    DECISION,
    IDENTIFIER,
    LINK,
    LISTING,
    MERGE,
    PAPER,
    PROPOSAL,
    RECORD,
    SCORE,
)
from tracker.identifiers import Identifier
from tracker.paper import Paper

_REFERRING = {"proposal": PROPOSAL, "decision": DECISION, "listing": LISTING}


@dataclass(slots=True)
class Outcome:
    """What a merge did: the paper of each record, and the papers made and absorbed.

    `fresh` counts the records that their source had not given before.
    """

    paper_of: dict[tuple[str, str], int] = field(default_factory=dict)
    fresh: int = 0
    created: set[int] = field(default_factory=set)
    absorbed: set[int] = field(default_factory=set)


@dataclass(slots=True)
class _Paper:
    """A group on its way to a row: `id` is None until it has one."""

    group: Group
    id: int | None
    absorbs: tuple[int, ...] = ()
    changed: bool = True
    names: list[Identifier] = field(default_factory=list)
    claims: list[Identifier] = field(default_factory=list)


def merge_records(session: Session, records: Sequence[Record], seen_at: datetime) -> Outcome:
    """Fit records that a source reports into the index."""
    fresh, known = _see_again(session, records, seen_at)
    whole = {r.key: r.paper for r in records if r.key in known and r.paper.abstract}
    back = set(shelved(session, (known[key] for key in whole)))
    if not fresh and not back:
        return Outcome(known)
    stored = neighbours(session, [*fresh, *_spoken_of(session, back, whole)], include=True)
    groups = identity.group([*fresh, *stored], apart(session, stored))
    # New papers are numbered in the order in which they were given.
    place = {record.key: number for number, record in enumerate(fresh)}
    groups.sort(key=lambda group: min(place.get(r.key, len(place)) for r in group.records))
    outcome = _carry_out(session, groups, stored, seen_at, anew=back)
    outcome.paper_of = known | outcome.paper_of
    outcome.fresh = len(fresh)
    return outcome


def _spoken_of(
    session: Session, back: Collection[int], whole: Mapping[tuple[str, str], Paper]
) -> list[Record]:
    """The stored records of shelved papers, with the abstracts that are said again."""
    return [
        replace(record, paper=whole.get(record.key, record.paper))
        for record in records_of(session, back)
    ]


def regroup(session: Session, paper_id: int, restored: Mapping[int, int], at: datetime) -> Outcome:
    """Decide again about one paper and all that is near, after records were set apart.

    `restored` gives for a record the number its paper is to have again.
    """
    stored = neighbours(session, records_of(session, [paper_id]), include=True)
    groups = identity.group(stored, apart(session, stored))
    return _carry_out(session, groups, stored, at, restored)


def _see_again(
    session: Session, records: Sequence[Record], seen_at: datetime
) -> tuple[list[Record], dict[tuple[str, str], int]]:
    """The records that are new, and the papers of the others, which are noted as seen."""
    known: dict[tuple[str, str], int] = {}
    fresh = {record.key: record for record in records}
    by_source: dict[str, list[str]] = defaultdict(list)
    for digest, source in fresh:
        by_source[source].append(digest)
    for source, digests in by_source.items():
        for chunk in chunks(digests):
            here = (RECORD.c.source == source) & RECORD.c.digest.in_(chunk)
            for digest, paper_id in session.execute(
                select(RECORD.c.digest, RECORD.c.paper_id).where(here)
            ):
                known[digest, source] = paper_id
                del fresh[digest, source]
            for column, later in ((RECORD.c.last_seen, True), (RECORD.c.first_seen, False)):
                moved = column < seen_at if later else column > seen_at
                session.execute(update(RECORD).where(here, moved).values({column: seen_at}))
    return list(fresh.values()), known


def _carry_out(
    session: Session,
    groups: Sequence[Group],
    stored: Sequence[Record],
    at: datetime,
    restored: Mapping[int, int] | None = None,
    *,
    anew: Collection[int] = (),
) -> Outcome:
    """Write groups as papers: new rows, changed rows, and what is remembered about merges.

    The papers in `anew` are written although nothing about their groups has changed.
    """
    outcome = Outcome()
    papers = _number(groups, stored, restored or {})
    _give_names(papers, _claimants(session, papers))
    touched = [paper for paper in papers if paper.changed or paper.claims or paper.id in anew]
    before = {paper.id for paper in touched if paper.id is not None}
    gone = {number for paper in touched for number in paper.absorbs}
    for table in (IDENTIFIER, CLAIM, LINK):
        for chunk in chunks(before | gone):
            session.execute(delete(table).where(table.c.paper_id.in_(chunk)))
    contents = _write_papers(session, touched, at, outcome)
    told = {p.id for p, content in zip(touched, contents, strict=True) if content.abstract}
    take_back(session, [number for number in told | gone if number is not None])
    merges = _write_records(session, list(zip(touched, contents, strict=True)), at)
    _move_references(session, touched, merges)
    if merges:
        session.execute(insert(MERGE), merges)
    for chunk in chunks(gone):
        session.execute(delete(PAPER).where(PAPER.c.id.in_(chunk)))
    _write_names(session, touched, contents)
    outcome.absorbed |= gone
    for paper in papers:
        assert paper.id is not None
        outcome.paper_of.update({record.key: paper.id for record in paper.group.records})
    return outcome


def _number(
    groups: Sequence[Group], stored: Sequence[Record], restored: Mapping[int, int]
) -> list[_Paper]:
    """Decide which group keeps which number; a paper that falls apart stays with its oldest."""
    oldest: dict[int, int] = {}
    for record in sorted(stored, key=lambda record: record.id or 0):
        if record.id not in restored and record.paper_id is not None and record.id is not None:
            oldest.setdefault(record.paper_id, record.id)
    sizes = Counter(record.paper_id for record in stored)
    papers = []
    for group in groups:
        ids = {record.id for record in group.records}
        held = {r.paper_id for r in group.records if r.paper_id is not None}
        own = sorted(number for number in held if oldest.get(number) in ids)
        again = {restored[number] for number in ids if number is not None and number in restored}
        kept = own[0] if own else min(again, default=None)
        whole = len(held) == 1 and len(group.records) == sizes[min(held)]
        settled = whole and None not in ids and own == list(held)
        papers.append(_Paper(group, kept, tuple(own[1:]), changed=not settled))
    return papers


def _claimants(session: Session, papers: Sequence[_Paper]) -> set[int]:
    """The papers that had to leave an identifier to another so far."""
    found: set[int] = set()
    for chunk in chunks([paper.id for paper in papers if paper.id is not None]):
        found.update(session.scalars(select(CLAIM.c.paper_id).where(CLAIM.c.paper_id.in_(chunk))))
    return found


def _give_names(papers: Sequence[_Paper], claimants: Collection[int]) -> None:
    """Each identifier goes to one paper; when records of several carry it, to the first."""
    for paper in papers:
        paper.changed |= paper.id in claimants
    owner: dict[Identifier, _Paper] = {}
    for paper in sorted(papers, key=lambda paper: paper.group.records[0].key):
        for name in sorted({i for record in paper.group.records for i in record.identifiers}):
            first = owner.setdefault(name, paper)
            (paper.names if first is paper else paper.claims).append(name)
            if first is not paper:
                first.changed = True


def _write_papers(
    session: Session, papers: Sequence[_Paper], at: datetime, outcome: Outcome
) -> list[Paper]:
    """Write the rows and number the new ones; what each group's records say together."""
    contents = [consolidate(paper.group.records) for paper in papers]
    rows = [_row(content, at) for content in contents]
    known: set[int] = set()
    for chunk in chunks([paper.id for paper in papers if paper.id is not None]):
        known.update(session.scalars(select(PAPER.c.id).where(PAPER.c.id.in_(chunk))))
    pairs = list(zip(papers, rows, strict=True))
    new = [(paper, row) for paper, row in pairs if paper.id is None]
    again = [
        row | {"id": paper.id, "created_at": at}
        for paper, row in pairs
        if paper.id is not None and paper.id not in known
    ]
    if new:
        statement = insert(PAPER).returning(PAPER.c.id, sort_by_parameter_order=True)
        added = [row | {"created_at": at} for _, row in new]
        for (paper, _), number in zip(new, session.scalars(statement, added), strict=True):
            paper.id = number
    if again:
        session.execute(insert(PAPER), again)
    changed = [row | {"number": paper.id} for paper, row in pairs if paper.id in known]
    if changed:
        session.connection().execute(
            update(PAPER).where(PAPER.c.id == bindparam("number")), changed
        )
    outcome.created |= {paper.id for paper in papers if paper.id is not None} - known
    return contents


def _row(paper: Paper, at: datetime) -> dict[str, Any]:
    return {
        "title": paper.title,
        "abstract": paper.abstract,
        "authors": list(paper.authors),
        "categories": list(paper.categories),
        "published": paper.published,
        "updated": paper.updated,
        "venue": paper.venue,
        "comment": paper.comment,
        "version": paper.version,
        "embedding": pack(paper.embedding),
        "updated_at": at,
    }


def _write_records(
    session: Session, papers: Sequence[tuple[_Paper, Paper]], at: datetime
) -> list[dict[str, Any]]:
    """Write the records under their papers; what is to be remembered of the merges.

    A record may say more, or less, than before by reference to its paper's abstract, so all of
    them are written.
    """
    fresh: list[tuple[Record, dict[str, Any]]] = []
    known: list[dict[str, Any]] = []
    numbers: dict[tuple[str, str], int] = {}
    for paper, content in papers:
        for record in paper.group.records:
            payload = to_payload(record.paper, shared=content.abstract)
            if record.id is None:
                fresh.append((record, _record_row(record, paper.id, payload, at)))
            else:
                numbers[record.key] = record.id
                again = {"said": payload, "vector": pack(record.paper.embedding)}
                known.append({"number": record.id, "to": paper.id} | again)
    if fresh:
        statement = insert(RECORD).returning(RECORD.c.id, sort_by_parameter_order=True)
        added = session.scalars(statement, [row for _, row in fresh])
        numbers.update({r.key: number for (r, _), number in zip(fresh, added, strict=True)})
    if known:
        changing = update(RECORD).where(RECORD.c.id == bindparam("number"))
        values = {
            "paper_id": bindparam("to"),
            "payload": bindparam("said", type_=JSON),
            "embedding": bindparam("vector"),
        }
        session.connection().execute(changing.values(values), known)
    return [merge for paper, _ in papers for merge in _remember(paper, numbers, at)]


def _record_row(
    record: Record, paper_id: int | None, payload: dict[str, Any], at: datetime
) -> dict[str, Any]:
    return {
        "paper_id": paper_id,
        "source": record.source,
        "digest": record.digest,
        "payload": payload,
        "embedding": pack(record.paper.embedding),
        "title_key": record.title_key,
        "head_key": record.head_key,
        "tail_key": record.tail_key,
        "first_seen": at,
        "last_seen": at,
    }


def _remember(
    paper: _Paper, numbers: Mapping[tuple[str, str], int], at: datetime
) -> Iterator[dict[str, Any]]:
    """A row for each paper absorbed, and for new records that joined by their title."""
    links = paper.group.links
    row: dict[str, Any] = {"kept": paper.id, "moved": {}, "at": at, "undone_at": None}
    for absorbed in paper.absorbs:
        own = sorted(numbers[r.key] for r in paper.group.records if r.paper_id == absorbed)
        reasons = {
            _reason(one, other, why)
            for one, other, why in links
            if (one.paper_id == absorbed) != (other.paper_id == absorbed)
        }
        reason = "; ".join(sorted(reasons))
        yield row | {"absorbed": absorbed, "records": own, "reason": reason, "moved": {}}
    for one, other, why in links:
        new = [numbers[record.key] for record in (one, other) if record.id is None]
        if new and why != identity.IDENTIFIER:
            reason = _reason(one, other, why)
            yield row | {"absorbed": None, "records": new[-1:], "reason": reason}


def _reason(one: Record, other: Record, why: str) -> str:
    shared = sorted(str(name) for name in set(one.identifiers) & set(other.identifiers))
    return f"same {shared[0]}" if shared else f"same {why}"


def _move_references(
    session: Session, papers: Sequence[_Paper], merges: Iterable[dict[str, Any]]
) -> None:
    """Proposals, decisions and entries of an absorbed paper are now those of the kept one."""
    by_absorbed = {merge["absorbed"]: merge for merge in merges if merge["absorbed"] is not None}
    for paper in papers:
        for absorbed in paper.absorbs:
            for name, table in _REFERRING.items():
                here = table.c.paper_id == absorbed
                ids = list(session.scalars(select(table.c.id).where(here)))
                if ids:
                    by_absorbed[absorbed]["moved"][name] = ids
                    session.execute(update(table).where(here).values(paper_id=paper.id))
            session.execute(delete(SCORE).where(SCORE.c.paper_id == absorbed))


def _write_names(session: Session, papers: Sequence[_Paper], contents: Sequence[Paper]) -> None:
    for table, names in ((IDENTIFIER, "names"), (CLAIM, "claims")):
        rows = [
            {"scheme": name.scheme, "value": name.value, "paper_id": paper.id}
            for paper in papers
            for name in getattr(paper, names)
        ]
        if rows:
            session.execute(insert(table), rows)
    links = [
        {"paper_id": paper.id, "role": link.role, "url": link.url}
        for paper, content in zip(papers, contents, strict=True)
        for link in content.links
    ]
    if links:
        session.execute(insert(LINK), links)
