"""Keep the index from growing for ever: the shelf for old papers that never mattered."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection
from datetime import UTC, date, datetime, time

from sqlmodel import Session

from db import papers
from db.index import Index
from db.shelf import shelve
from tracker.paper import Paper
from tracker.settings import Settings


def off_the_shelf(session: Session, also: Collection[int] = ()) -> dict[int, Paper]:
    """Every paper that is not on the shelf, and `also` these, in the order of their numbers."""
    known = papers.load(session, shelved=False)
    missing = [number for number in also if number not in known]
    return dict(sorted((known | papers.load(session, missing)).items())) if missing else known


def shelve_old(
    index: Index, settings: Settings, *, as_of: date, now: datetime, relevant: Collection[int]
) -> int:
    """Shelve what the index has known for `index.keep_months` without any use; how many.

    `relevant` are the papers that this run would file if there were room: they stay. Where it found
    none, it may have judged by a list it could not read, and nothing is shelved.
    """
    months = settings.index.keep_months
    if not months or not relevant:
        return 0
    before = datetime.combine(months_before(as_of, months), time(), UTC)
    with index.write() as session:
        return shelve(session, before=before, keep=relevant, at=now)


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last one of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
