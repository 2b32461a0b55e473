"""Dates no paper can have: no day of the calendar, long before computers, or not yet here."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from tracker.reading_list.dates import FIRST_YEAR, MONTHS, PartialDate, written_dates
from tracker.reading_list.entry import Entry
from tracker.reading_list.finding import Finding, Page
from tracker.reading_list.inline import scan
from tracker.reading_list.words import PREPRINT

_AHEAD = timedelta(days=183)
"""Journals and conferences date what they accepted months ahead; preprints are never ahead."""

_ZONE = timedelta(days=1)
"""Somewhere it is tomorrow already."""


def impossible_dates(page: Page, entry: Entry, today: date | None) -> Iterator[Finding]:
    """Dates of an entry that cannot be; what lies ahead is told only where `today` is known."""
    text = _outside_titles_and_links(entry)
    start = page.starts[entry.start]
    for written in written_dates(text):
        reason = _reason(written.value)
        if not reason and today is not None and written.value == entry.published:
            reason = _ahead(written.value, today, preprint=bool(PREPRINT.search(entry.venue)))
        if reason:
            yield page.finding(
                start + written.start,
                "impossible-date",
                f"The date {text[written.start : written.end]!r} cannot be: {reason}.",
                "Write the date its paper appeared.",
            )


def _reason(stated: PartialDate) -> str:
    """Why no paper can have a date; "" where one can."""
    year, month, day = stated.year, stated.month, stated.day
    if month is not None and not 1 <= month <= 12:
        return f"there is no month {month}"
    if month and day is not None and not 1 <= day <= monthrange(year, month)[1]:
        return f"{MONTHS[month - 1]} {year} has no day {day}"
    return f"it is before {FIRST_YEAR}" if year < FIRST_YEAR else ""


def _ahead(stated: PartialDate, today: date, *, preprint: bool) -> str:
    last = today + (_ZONE if preprint else _AHEAD)
    # Of a conference or a volume often only the year is known, and it is the next one.
    year = today.year + 1 if not preprint and stated.depth == 1 else last.year
    latest = PartialDate(year, last.month, last.day).cut(stated.depth)
    return f"it is in the future (today is {today})" if stated > latest else ""


def _outside_titles_and_links(entry: Entry) -> str:
    """The entry's text with what states no date of its own blanked out, sign for sign.

    An impossible date is not told from the words of a title around it, so only a title that is a
    link hides what is in it.
    """
    text = list(entry.text)
    for mark in scan(entry.text):
        if mark.kind in ("link", "image", "tag", "comment"):
            text[mark.start : mark.end] = re.sub(r"\S", " ", entry.text[mark.start : mark.end])
    return "".join(text)
