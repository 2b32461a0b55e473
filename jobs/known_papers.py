"""What the index knows of papers that a list names, people's own words left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select
from sqlmodel import Session

from db.consolidate import BY_HAND, consolidate
from db.identity import Record
from db.neighbours import chunks, records_of
from db.tables import IDENTIFIER
from tracker.identifiers import Identifier
from tracker.index_address import file_of, is_there
from tracker.paper import Paper
from tracker.settings import Settings


def has_index(settings: Settings) -> bool:
    """Whether there is an index to look into; one that is no file is taken to be there."""
    file = file_of(settings.index_url)
    return file is None or is_there(file)


def known_papers(session: Session, identifiers: Collection[Identifier]) -> tuple[Paper, ...]:
    """The papers of the index that these identifiers name, as the sources report them.

    What lists and people say is left out: a list would be compared with itself.
    """
    numbers = set()
    for values in chunks(sorted({identifier.value for identifier in identifiers})):
        for row in session.execute(select(IDENTIFIER).where(IDENTIFIER.c.value.in_(values))):
            if Identifier(row.scheme, row.value) in identifiers:
                numbers.add(row.paper_id)
    by_paper: dict[int | None, list[Record]] = defaultdict(list)
    for record in records_of(session, sorted(numbers)):
        if record.source not in BY_HAND:
            by_paper[record.paper_id].append(record)
    return tuple(consolidate(records) for records in by_paper.values())
