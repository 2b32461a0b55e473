"""What stays the same while a job goes on."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time

from db.index import Index
from jobs.console import Console
from tracker.pull_request.target import Target
from tracker.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One execution of a job: its settings, where it reads and writes, and when it believes it is.

    `run` is its number in the index, `as_of` the day it believes it is and `now` the moment. A
    dry run writes nothing outside the index.
    """

    settings: Settings
    index: Index
    target: Target
    console: Console
    run: int
    as_of: date
    now: datetime
    dry_run: bool = False
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)


def moment_of(day: date) -> datetime:
    """Now, or noon of the day that a run believes it is."""
    now = datetime.now(UTC)
    return now if now.date() == day else datetime.combine(day, time(12), UTC)
