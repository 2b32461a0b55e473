"""Headings that say when their papers appeared: a year, a span of years, or what is older."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable

from tracker.taxonomy import Path

Span = tuple[int, int]
"""The first and the last year a heading takes."""
FIRST, LAST = 0, 9999
"""The ends of a span that is open."""

# No "2020+" or "<2020": that is more than a year.
_AROUND = r"[^\w<>≤≥+]*"
_YEAR = re.compile(
    rf"^{_AROUND}(?:year\W+|papers?\s+(?:of|in|from)\s+|papers?\s*[(:\[]\s*)?"
    rf"((?:19|20)\d\d)(?:年|\s+papers?)?{_AROUND}$",
    re.IGNORECASE,
)
_YEAR_IN = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_OF = r"(?:papers?|works?|publications?|articles?|years?)"
_Y = r"((?:19|20)\d\d)"
_SPANS = tuple(
    (re.compile(rf"^{_AROUND}(?:{_OF}\s+)?(?:{form})(?:\s+{_OF})?{_AROUND}$", re.I), low, high)
    for form, low, high in (
        (rf"(?:before|prior to|older than|earlier than|pre-?|<)\s*{_Y}", None, -1),
        (rf"(?:until|till|up to|≤|<=)\s*{_Y}", None, 0),
        (rf"{_Y}\s*(?:and|&|or)\s*(?:earlier|before|older|prior)", None, 0),
        (rf"(?:after|later than|newer than|>)\s*{_Y}", 1, None),
        (rf"(?:since|from|≥|>=)\s*{_Y}", 0, None),
        (rf"{_Y}\s*(?:\+|onwards?|(?:and|&|or)\s*(?:later|after|newer|beyond|onwards?))", 0, None),
    )
)
_BETWEEN = re.compile(
    rf"^{_AROUND}(?:{_OF}\s+(?:(?:of|from|in)\s+)?)?{_Y}\s*(?:-|–|—|~|to)\s*"
    rf"(?:{_Y}|(\d\d)|now|present|today|date)(?:\s+{_OF})?{_AROUND}$",
    re.IGNORECASE,
)
# A dash before the year as well only adorns it.
_OPEN = re.compile(r"^[^\w<>≤≥+–—~-]*((?:19|20)\d\d)\s*[-–—~][\s)\]*_]*$")
_OLDER = re.compile(rf"^\W*(?:older|earlier|previous)(?:\s+{_OF})?\W*$", re.IGNORECASE)


def year_of(path: Path) -> int | None:
    """The year a heading is about, where it is about nothing else."""
    found = _YEAR.match(path[-1]) if path else None
    return int(found[1]) if found else None


def year_in(text: str) -> int | None:
    """The first year a text names."""
    found = _YEAR_IN.search(text)
    return int(found[0]) if found else None


def names_years(path: Path) -> bool:
    """Whether a heading speaks of a year, or of years, whatever else it is about."""
    return bool(path) and year_in(path[-1]) is not None


def spans(paths: Collection[Path]) -> dict[Path, Span]:
    """The years that headings take, of those that stand beside headings that are years.

    One such as "Older" takes what the years beside it do not reach back to.
    """
    exact: dict[Path, set[int]] = {}
    for path in paths:
        if (year := year_of(path)) is not None:
            exact.setdefault(path[:-1], set()).add(year)
    found = ((path, _span(path[-1], exact[path[:-1]])) for path in paths if path[:-1] in exact)
    known = {path: span for path, span in found if span is not None}
    # Where several end with a dash it adorns them.
    dashed = Counter(path[:-1] for path in known if _OPEN.match(path[-1]))
    for path, (low, _) in known.items():
        if _OPEN.match(path[-1]) and dashed[path[:-1]] == 1 < len(exact[path[:-1]]):
            known[path] = low, LAST
    return known


def _span(name: str, beside: Iterable[int]) -> Span | None:
    if (year := year_of((name,))) is not None:
        return year, year
    if found := _BETWEEN.match(name):
        return _between(int(found[1]), found[2], found[3])
    for form, low, high in _SPANS:
        if found := form.match(name):
            year = int(found[1])
            return FIRST if low is None else year + low, LAST if high is None else year + high
    return (FIRST, min(beside) - 1) if _OLDER.match(name) else None


def _between(year: int, other: str | None, short: str | None) -> Span | None:
    """The span from a year to another, to one of two digits, or to now."""
    if other:
        return min(year, int(other)), max(year, int(other))
    if short is None:
        return year, LAST
    last = year - year % 100 + int(short)
    # Two digits up to 12 may be a month.
    return (year, last) if last > year and int(short) > 12 else None
