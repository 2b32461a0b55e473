"""Old papers that never mattered: their text is given up, what identifies them stays.

So a source that speaks of one again is still recognised, and nothing is proposed twice, while
the index stops growing with every abstract ever seen. A paper on the shelf whose abstract is
said again comes back by itself.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import JSON, bindparam, delete, insert, select, text, update
from sqlmodel import Session

from db.neighbours import chunks
from db.payload import without_abstract
from db.tables import DECISION, LISTING, PAPER, PROPOSAL, RECORD, SHELF


def shelve(session: Session, *, before: datetime, keep: Collection[int], at: datetime) -> int:
    """Give up the abstracts and embeddings of papers the index has known since `before`.

    Papers that are listed, were ever proposed or decided on, or are named in `keep` stay as they
    are. How many were shelved.
    """
    old = select(PAPER.c.id).where(PAPER.c.created_at < before).order_by(PAPER.c.id)
    for table in (LISTING, PROPOSAL, DECISION, SHELF):
        held = select(table.c.paper_id).where(table.c.paper_id.is_not(None))
        old = old.where(PAPER.c.id.not_in(held))
    kept = set(keep)
    numbers = [number for number in session.scalars(old) if number not in kept]
    for chunk in chunks(numbers):
        session.execute(
            update(PAPER).where(PAPER.c.id.in_(chunk)).values(abstract="", embedding=None)
        )
        rows = session.execute(
            select(RECORD.c.id, RECORD.c.payload).where(RECORD.c.paper_id.in_(chunk))
        )
        lean = [{"number": row.id, "said": without_abstract(row.payload)} for row in rows]
        here = RECORD.c.id == bindparam("number")
        values = {"payload": bindparam("said", type_=JSON), "embedding": None}
        session.connection().execute(update(RECORD).where(here).values(values), lean)
        session.execute(insert(SHELF), [{"paper_id": number, "at": at} for number in chunk])
    if numbers and session.get_bind().dialect.name == "sqlite":
        # Until then the text index only notes that words are gone.
        session.execute(text("INSERT INTO paper_text(paper_text) VALUES ('optimize')"))
    return len(numbers)


def shelved(session: Session, numbers: Iterable[int]) -> dict[int, datetime]:
    """Those of the papers that are on the shelf, and since when."""
    found: dict[int, datetime] = {}
    if session.scalar(select(SHELF.c.id).limit(1)) is None:
        return found
    for chunk in chunks(set(numbers)):
        rows = session.execute(
            select(SHELF.c.paper_id, SHELF.c.at).where(SHELF.c.paper_id.in_(chunk))
        )
        found.update((row.paper_id, row.at) for row in rows)
    return found


def take_back(session: Session, numbers: Collection[int]) -> None:
    """Take papers off the shelf: their text is known again, or they are gone."""
    for chunk in chunks(numbers):
        session.execute(delete(SHELF).where(SHELF.c.paper_id.in_(chunk)))
