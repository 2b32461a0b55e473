"""Dates no paper can have: no day of the calendar, long before computers, or not yet here."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import zip_longest

from tracker.reading_list.dates import FIRST_YEAR, MONTHS, PartialDate, WrittenDate, written_dates
from tracker.reading_list.entry import Entry
from tracker.reading_list.finding import Finding, Page
from tracker.reading_list.inline import scan
from tracker.reading_list.rows import cells_of
from tracker.reading_list.words import PREPRINT

_AHEAD = timedelta(days=183)
"""Journals and conferences date what they accepted months ahead; preprints are never ahead."""

_ZONE = timedelta(days=1)
"""Somewhere it is tomorrow already."""

_LAST_YEAR = 2099
"""No date after this is read, where today is not known."""

_BEFORE = 16
_NAMED = re.compile(
    r"(?:[$€£¥№#]|\b(?:e?issn|isbn|pp?|pages?|vol|volume|nos?|nr|issue|art|article|version|rev|"
    r"lncs|lnai|lnbi|lnicst|ccis|iso|rfc)\b[.:]?)\s*\Z",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    r"\s?[%‰$€£¥]|\s(?:stars?|forks|citations|downloads|tokens|words|pages|params|parameters|"
    r"samples|images|points|hours|minutes|seconds|days|ms|k?hz|[kmgt]?b|[a-z]?flops|"
    r"usd|eur|gbp|cny|rmb|dollars|euros|prices?|costs?|scores?)\b",
    re.IGNORECASE,
)
"""What stands before and behind figures that have the form of a date; columns are called so too."""


def impossible_dates(page: Page, entry: Entry, today: date | None) -> Iterator[Finding]:
    """Dates of an entry that cannot be; what lies ahead is told only where `today` is known."""
    text = _outside_titles_and_links(entry)
    start = page.starts[entry.start]
    last_year = _LAST_YEAR if today is None else today.year + 1
    for written in written_dates(text):
        if _is_figure(text, written):
            continue
        reason = _reason(written, last_year)
        if not reason and today is not None and written.value == entry.published:
            reason = _ahead(written.value, today, preprint=bool(PREPRINT.search(entry.venue)))
        if reason:
            yield page.finding(
                start + written.start,
                "impossible-date",
                f"The date {text[written.start : written.end]!r} cannot be: {reason}.",
                "Write the date its paper appeared.",
            )


def _is_figure(text: str, written: WrittenDate) -> bool:
    """Whether what stands around it says that it is no date: `pp. 1999-14`, `2012.50 USD`."""
    before = text[max(0, written.start - _BEFORE) : written.start]
    return bool(_NAMED.search(before) or _COUNTED.match(text, written.end))


def _reason(written: WrittenDate, last_year: int) -> str:
    """Why no paper can have a date; "" where one can, and for figures of no likely year."""
    year, month, day = written.value.year, written.value.month, written.value.day
    if month is not None and not 1 <= month <= 12:
        return f"there is no month {month}" if FIRST_YEAR <= year <= last_year else ""
    if month and day is not None and not 1 <= day <= monthrange(year, month)[1]:
        return f"{MONTHS[month - 1]} {year} has no day {day}" if year >= FIRST_YEAR else ""
    return f"it is before {FIRST_YEAR}" if year < FIRST_YEAR and _is_clear(written) else ""


def _is_clear(written: WrittenDate) -> bool:
    """Whether it can be nothing but a date, whatever its year."""
    return "{mon" in written.pattern.lower() or "-{D" in written.pattern


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
    return _outside_figures("".join(text), entry)


def _outside_figures(text: str, entry: Entry) -> str:
    """The text of a row with the cells of columns such as `Stars` blanked out, sign for sign."""
    if entry.kind != "table row" or not any(map(_of_figures, entry.columns)):
        return text
    cells = cells_of(text)
    headings = ("", *entry.columns) if entry.text.lstrip().startswith("|") else entry.columns
    return "|".join(
        " " * len(cell) if _of_figures(heading) else cell
        for cell, heading in zip_longest(cells, headings[: len(cells)], fillvalue="")
    )


def _of_figures(heading: str) -> bool:
    return _COUNTED.search(f" {heading}") is not None
