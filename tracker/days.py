"""The day it is: in UTC, as providers of papers and GitHub count, wherever this runs."""

from __future__ import annotations

from datetime import UTC, date, datetime


def today() -> date:
    """The current day in UTC, the one day all parts of a run agree on."""
    return datetime.now(UTC).date()
