"""Reading papers from the index, many at once.

Only the columns a paper is made of are read, as plain tuples, in stretches of numbers.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, String, cast, select
from sqlmodel import Session

from db.neighbours import chunks
from db.payload import unpack
from db.tables import IDENTIFIER, LINK, PAPER, SHELF
from tracker.identifiers import SCHEMES, Identifier
from tracker.paper import Link, Paper

_Condition = Callable[[Any], ColumnElement[bool]]
"""Chooses papers by the column that holds their number."""

_PLACE = {scheme: place for place, scheme in enumerate(SCHEMES)}
_COLUMNS = (
    *(PAPER.c.id, PAPER.c.title, PAPER.c.abstract),
    # As text: most papers share their categories with others, and are parsed only once.
    *(cast(PAPER.c.authors, String), cast(PAPER.c.categories, String)),
    *(PAPER.c.published, PAPER.c.updated, PAPER.c.venue, PAPER.c.comment),
    *(PAPER.c.version, PAPER.c.embedding),
)


def load(
    session: Session, numbers: Collection[int] | None = None, *, shelved: bool = True
) -> dict[int, Paper]:
    """Papers by their numbers, in order.

    Without `numbers` all of them, without those on the shelf unless `shelved`.
    """
    if numbers is None:
        return dict(stream(session, shelved=shelved))
    loaded: dict[int, Paper] = {}
    for chunk in chunks(sorted(set(numbers))):
        loaded.update(_load(session, _among(chunk)))
    return loaded


def stream(
    session: Session, *, after: int = 0, chunk: int = 2000, shelved: bool = True
) -> Iterator[tuple[int, Paper]]:
    """Every paper with a number above `after`, in order, a chunk at a time in memory.

    Without those on the shelf unless `shelved`; see db.shelf.
    """
    ends = select(PAPER.c.id).order_by(PAPER.c.id).offset(chunk - 1).limit(1)
    while (last := session.scalar(ends.where(PAPER.c.id > after))) is not None:
        yield from _load(session, _from_to(after + 1, last, shelved=shelved)).items()
        after = last
    yield from _load(session, _from_to(after + 1, None, shelved=shelved)).items()


def _among(numbers: Collection[int]) -> _Condition:
    return lambda column: column.in_(numbers)


def _from_to(first: int, last: int | None, *, shelved: bool) -> _Condition:
    def chosen(column: Any) -> ColumnElement[bool]:
        stretch: ColumnElement[bool] = column >= first
        if last is not None:
            stretch &= column <= last
        return stretch if shelved else stretch & column.not_in(select(SHELF.c.paper_id))

    return chosen


def _load(session: Session, chosen: _Condition) -> dict[int, Paper]:
    names = _identifiers(session, chosen)
    links: dict[int, list[Link]] = defaultdict(list)
    listed = select(LINK.c.paper_id, LINK.c.role, LINK.c.url).where(chosen(LINK.c.paper_id))
    for number, role, url in session.execute(listed.order_by(LINK.c.id)):
        links[number].append(Link(role, url))
    rows = session.execute(select(*_COLUMNS).where(chosen(PAPER.c.id)).order_by(PAPER.c.id))
    papers = {}
    for row in rows:
        number, title, abstract, authors, categories, published, updated, *rest = row
        venue, comment, version, embedding = rest
        papers[number] = Paper(
            title=title,
            identifiers=names.get(number, ()),
            abstract=abstract,
            authors=tuple(json.loads(authors)),
            categories=_parsed(categories),
            published=published,
            updated=updated,
            venue=venue,
            comment=comment,
            version=version,
            links=tuple(links.get(number, ())),
            embedding=unpack(embedding),
        )
    return papers


def _identifiers(session: Session, chosen: _Condition) -> dict[int, tuple[Identifier, ...]]:
    """The names of papers, in the order of the schemes."""
    columns = (IDENTIFIER.c.paper_id, IDENTIFIER.c.scheme, IDENTIFIER.c.value)
    found: dict[int, list[Identifier]] = defaultdict(list)
    for number, scheme, value in session.execute(
        select(*columns).where(chosen(IDENTIFIER.c.paper_id))
    ):
        found[number].append(Identifier(scheme, value))
    for names in found.values():
        if len(names) > 1:
            names.sort(key=lambda name: (_PLACE[name.scheme], name.value))
    return {number: tuple(names) for number, names in found.items()}


@lru_cache(maxsize=10_000)
def _parsed(names: str) -> tuple[str, ...]:
    """A list in JSON, of those that many papers have in common."""
    return tuple(json.loads(names))
