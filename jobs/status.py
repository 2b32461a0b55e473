"""How each source is doing, and whether one has been silent for longer than it usually is.

The rhythm of a source is learned from the index: how many days lay between the runs that
brought something from it. Silence is counted up to its last success, so days without a run,
or with a failure, are not taken for a source's silence.
"""

from __future__ import annotations

import textwrap
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from sqlmodel import Session

from db import history
from db.history import Watermark
from db.index import Index, check
from db.rhythm import news_days
from jobs.console import Console, table, terminal_width
from jobs.discover import labels
from jobs.known_papers import has_index
from tracker.counting import counted
from tracker.days import today
from tracker.http import Http
from tracker.settings import Settings
from tracker.sources import LooksUpOnly, build_sources
from tracker.sources.fields import day_of_watermark

_RECENT = 30
"""So many pauses say what is usual now."""
_FEWEST = 5
"""Fewer pauses say nothing: a file that is read once has no rhythm."""
_TOLERANCE = 2
"""Twice the longest usual pause, because holidays are longer than weekends."""
_LEAST = timedelta(days=3)

Named = tuple[str, str]
"""A source's name and query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """One source and query. `lag` is in days; `silence` is a sentence when there is an alarm.

    `last_new` is when it had a paper that the index did not know, `last_news` the day on which it
    said something it had not said before.
    `label` is its name, with the query where several sources have that name; `configured` is
    whether the settings still name it.
    """

    name: str
    query: str
    label: str
    configured: bool
    read_to: date | None = None
    lag: int | None = None
    last_success: datetime | None = None
    last_new: datetime | None = None
    last_news: date | None = None
    last_failure: datetime | None = None
    error: str = ""
    silence: str = ""

    @property
    def state(self) -> str:
        """What to think of it, in a word or two."""
        if not self.configured:
            return "not configured"
        if self.error:
            return "failed"
        if self.silence:
            return "silent"
        return "ok" if self.last_success else "never read"


def status(settings: Settings, console: Console) -> list[SourceStatus]:
    """Show how each source is doing; what was shown.

    Raises InputError when index.url is no good.
    """
    with Http() as http:
        built = build_sources(settings, http, environ={})
    named = [(s.name, s.query) for s in built if not isinstance(s, LooksUpOnly)]
    found = _known(settings, named)
    console.document({"sources": [_as_json(one) for one in found]})
    if not found:
        console.say("No source is configured, and none was ever read.")
        return found
    for line in status_text(found, terminal_width()):
        console.say(line)
    return found


def _known(settings: Settings, named: Collection[Named]) -> list[SourceStatus]:
    """What the index knows of the sources; before there is one, none was ever read."""
    if not has_index(settings):
        check(settings.index_url)
        return _unread(list(dict.fromkeys(named)), configured=named)
    with Index.open_to_read(settings.index_url) as index, index.read() as session:
        return source_statuses(session, today(), named)


def source_statuses(
    session: Session, day: date, configured: Collection[Named] = ()
) -> list[SourceStatus]:
    """Every source as of a day: those configured, in that order, then those only read earlier."""
    marks = {(mark.source, mark.query): mark for mark in history.watermarks(session)}
    keys = list(dict.fromkeys([*configured, *marks]))
    return [
        _filled(session, one, marks[key], day) if key in marks else one
        for key, one in zip(keys, _unread(keys, configured), strict=True)
    ]


def _unread(keys: Sequence[Named], configured: Collection[Named]) -> list[SourceStatus]:
    """The sources without anything that is known of them."""
    return [
        SourceStatus(name=key[0], query=key[1], label=label, configured=key in configured)
        for key, label in zip(keys, labels(keys), strict=True)
    ]


def _filled(session: Session, one: SourceStatus, mark: Watermark, day: date) -> SourceStatus:
    read_to = day_of_watermark(mark.value)
    return replace(
        one,
        read_to=read_to,
        lag=(day - read_to).days if read_to else None,
        last_success=mark.last_success,
        last_new=mark.last_new,
        last_news=max(news_days(session, mark.source, mark.query), default=None),
        last_failure=mark.last_failure,
        error=mark.error,
        silence=_silence(session, mark, one.label),
    )


def silences(session: Session, names: Sequence[str]) -> list[str]:
    """A sentence for each of these sources that, in its last reading, was silent for too long."""
    marks = history.watermarks(session)
    told = []
    for name in dict.fromkeys(names):
        own = [mark for mark in marks if mark.source == name]
        # A query that is not asked any more says nothing about the source today.
        last = max((when for mark in own if (when := _last_read(mark))), default=None)
        asked = [mark for mark in own if _last_read(mark) == last]
        known = labels((mark.source, mark.query) for mark in asked)
        told += [_silence(session, mark, label) for mark, label in zip(asked, known, strict=True)]
    return [sentence for sentence in told if sentence]


def _last_read(mark: Watermark) -> datetime | None:
    return max((when for when in (mark.last_success, mark.last_failure) if when), default=None)


def _silence(session: Session, mark: Watermark, label: str) -> str:
    days = news_days(session, mark.source, mark.query)
    usual = usual_pause(days)
    if usual is None or mark.last_success is None:
        return ""
    silent = mark.last_success.astimezone(UTC).date() - days[-1]
    if silent <= max(_TOLERANCE * usual, _LEAST):
        return ""
    return (
        f"{label} has had nothing new since {days[-1]}, for {counted(silent.days, 'day')}; "
        f"its longest usual pause is {usual.days}"
    )


def usual_pause(days: Sequence[date]) -> timedelta | None:
    """The longest of the recent pauses between days in order; None when there are too few."""
    pauses = [after - before for before, after in pairwise(days)]
    return max(pauses[-_RECENT:]) if len(pauses) >= _FEWEST else None


def status_text(found: Sequence[SourceStatus], width: int | None) -> list[str]:
    """The table, no wider than the terminal, and a paragraph for each source in trouble."""
    headings = ["source", "read to", "lag", "last success UTC", "last news", "state"]
    troubles = [trouble for one in found if (trouble := _trouble(one))]
    return [
        *table(headings, map(_row, found), width).splitlines(),
        *([""] if troubles else []),
        *(
            line
            for trouble in troubles
            for line in textwrap.wrap(
                trouble, width or 1_000, subsequent_indent="  ", break_on_hyphens=False
            )
        ),
    ]


def _row(one: SourceStatus) -> list[str]:
    return [
        one.label,
        str(one.read_to or ""),
        "" if one.lag is None else f"{one.lag} d",
        f"{one.last_success:%Y-%m-%d %H:%M}" if one.last_success else "never",
        str(one.last_news or "never"),
        one.state,
    ]


def _trouble(one: SourceStatus) -> str:
    """What went wrong, and from where it goes on."""
    if one.configured and one.error and one.last_failure:
        again = f"from {one.read_to} on" if one.read_to else "from its beginning"
        return (
            f"{one.label} failed at {one.last_failure:%Y-%m-%d %H:%M} UTC: {one.error}; "
            f"it is read again {again}"
        )
    return one.silence if one.configured else ""


def _as_json(one: SourceStatus) -> dict[str, Any]:
    return {
        "name": one.name,
        "query": one.query,
        "configured": one.configured,
        "state": one.state,
        "read_to": one.read_to.isoformat() if one.read_to else None,
        "lag_days": one.lag,
        "last_success": one.last_success.isoformat() if one.last_success else None,
        "last_new": one.last_new.isoformat() if one.last_new else None,
        "last_news": one.last_news.isoformat() if one.last_news else None,
        "last_failure": one.last_failure.isoformat() if one.last_failure else None,
        "error": one.error or None,
        "silence": one.silence or None,
    }
