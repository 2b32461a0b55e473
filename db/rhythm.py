"""On which days a source had something new to say: what its silence is measured by."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlmodel import Session

from db import history

_NEWS = "news"
_KEPT = 60
"""Days remembered of each source and query; twice what its rhythm is judged by."""


def note_news(session: Session, source: str, query: str, at: datetime) -> None:
    """Record that a source said something on this day that it had not said before."""
    days = {day.isoformat() for day in news_days(session, source, query)}
    days.add(at.astimezone(UTC).date().isoformat())
    value = " ".join(sorted(days)[-_KEPT:]).encode()
    history.remember(session, _NEWS, f"{source} {query}", value, at=at)


def news_days(session: Session, source: str, query: str) -> list[date]:
    """The latest days on which a source said something new, in order."""
    kept = history.recall(session, _NEWS, f"{source} {query}")
    return [date.fromisoformat(day) for day in kept[0].decode().split()] if kept else []
