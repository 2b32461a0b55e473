"""What the checks of the reading list's links gave, one row an address."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict

from sqlalchemy import insert, select, update
from sqlmodel import Session, SQLModel

import db.tables  # noqa: F401  (fills the metadata)
from db.neighbours import chunks
from tracker.links import LinkState

CHECKED = SQLModel.metadata.tables["checked_link"]


def recall(session: Session, addresses: Collection[str]) -> dict[str, LinkState]:
    """What is known of these addresses; those never checked are left out."""
    known: dict[str, LinkState] = {}
    for chunk in chunks(sorted(set(addresses))):
        for row in session.execute(select(CHECKED).where(CHECKED.c.address.in_(chunk))):
            values = dict(row._mapping)
            values.pop("id")
            known[row.address] = LinkState(**values)
    return known


def remember(session: Session, state: LinkState) -> None:
    """Keep what is known of an address instead of what was known before."""
    values = asdict(state)
    here = CHECKED.c.address == state.address
    if not session.connection().execute(update(CHECKED).where(here).values(values)).rowcount:
        session.execute(insert(CHECKED).values(values))
