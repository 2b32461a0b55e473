"""How each source is doing, and whether one has been silent for longer than it usually is.

The rhythm of a source is learned from the index: how many days lay between the runs that
brought something from it. Silence is counted up to its last success, so days without a run,
or with a failure, are not taken for a source's silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from db import history
from db.history import Watermark
from db.index import Index
from db.tables import RECORD
from jobs.console import Console, table
from tracker.settings import Settings
from tracker.sources.fields import day_of_watermark

_RECENT = 30
"""So many pauses say what is usual now."""
_FEWEST = 5
"""Fewer pauses say nothing: a file that is read once has no rhythm."""
_TOLERANCE = 2
"""Twice the longest usual pause, because holidays are longer than weekends."""
_LEAST = timedelta(days=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """One source and query. `lag` is in days; `silence` is a sentence when there is an alarm."""

    name: str
    query: str
    read_to: date | None
    lag: int | None
    last_success: datetime | None
    last_new: datetime | None
    last_failure: datetime | None
    error: str
    silence: str


def status(settings: Settings, console: Console) -> list[SourceStatus]:
    """Show how each source is doing; what was shown."""
    with Index.open(settings.index_url) as index, index.read() as session:
        found = source_statuses(session, datetime.now(UTC).date())
    console.document({"sources": [_as_json(one) for one in found]})
    if not found:
        console.say("No source has been read yet; `tracker run` reads them.")
        return found
    headings = ["source", "read to", "lag", "last success", "last new", "state"]
    console.say(table(headings, [_row(one) for one in found]))
    for one in found:
        if one.silence:
            console.warn(one.silence)
    return found


def source_statuses(session: Session, today: date) -> list[SourceStatus]:
    """Every source ever read, by name."""
    marks = history.watermarks(session)
    silence = {name: _silence(session, name, marks) for name in {mark.source for mark in marks}}
    found = []
    for mark in marks:
        read_to = day_of_watermark(mark.value)
        found.append(
            SourceStatus(
                name=mark.source,
                query=mark.query,
                read_to=read_to,
                lag=(today - read_to).days if read_to else None,
                last_success=mark.last_success,
                last_new=mark.last_new,
                last_failure=mark.last_failure,
                error=mark.error,
                silence=silence[mark.source],
            )
        )
    return found


def silences(session: Session, names: Sequence[str]) -> list[str]:
    """A sentence for each of these sources that has been silent for too long."""
    marks = history.watermarks(session)
    told = (_silence(session, name, marks) for name in dict.fromkeys(names))
    return [sentence for sentence in told if sentence]


def _silence(session: Session, name: str, marks: Sequence[Watermark]) -> str:
    successes = [m.last_success for m in marks if m.source == name and m.last_success]
    days = _days_with_news(session, name)
    usual = usual_pause(days)
    if usual is None or not successes:
        return ""
    silent = max(successes).astimezone(UTC).date() - days[-1]
    if silent <= max(_TOLERANCE * usual, _LEAST):
        return ""
    return (
        f"{name} has had nothing new since {days[-1]}, for {silent.days} days; "
        f"its longest usual pause is {usual.days}"
    )


def usual_pause(days: Sequence[date]) -> timedelta | None:
    """The longest of the recent pauses between days in order; None when there are too few."""
    pauses = [after - before for before, after in pairwise(days)]
    return max(pauses[-_RECENT:]) if len(pauses) >= _FEWEST else None


def _days_with_news(session: Session, source: str) -> list[date]:
    """The days on which a source said something new, the latest of them in order."""
    seen = RECORD.c.first_seen
    wanted = select(seen).where(RECORD.c.source == source).distinct().order_by(seen.desc())
    latest = session.scalars(wanted.limit(20 * _RECENT))
    return sorted({moment.astimezone(UTC).date() for moment in latest})


def _row(one: SourceStatus) -> list[object]:
    state = f"failed: {one.error}" if one.error else ("silent" if one.silence else "ok")
    name = f"{one.name} ({one.query})" if one.query else one.name
    lag = "" if one.lag is None else f"{one.lag} d"
    return [name, one.read_to or "", lag, _minute(one.last_success), _minute(one.last_new), state]


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if moment else "never"


def _as_json(one: SourceStatus) -> dict[str, Any]:
    return {
        "name": one.name,
        "query": one.query,
        "read_to": one.read_to.isoformat() if one.read_to else None,
        "lag_days": one.lag,
        "last_success": one.last_success.isoformat() if one.last_success else None,
        "last_new": one.last_new.isoformat() if one.last_new else None,
        "last_failure": one.last_failure.isoformat() if one.last_failure else None,
        "error": one.error or None,
        "silence": one.silence or None,
    }
