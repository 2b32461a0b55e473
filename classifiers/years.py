"""Headings that say when their papers appeared: a year, a span of years, or what is older."""

from __future__ import annotations

import re
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
    rf"^{_AROUND}(?:{_OF}\s+(?:(?:of|from|in)\s+)?)?{_Y}\s*(?:-|–|—|~|to)\s*{_Y}(?:\s+{_OF})?{_AROUND}$",
    re.IGNORECASE,
)
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
    return {path: span for path, span in found if span is not None}


def _span(name: str, beside: Iterable[int]) -> Span | None:
    if (year := year_of((name,))) is not None:
        return year, year
    if found := _BETWEEN.match(name):
        return int(found[1]), int(found[2])
    for form, low, high in _SPANS:
        if found := form.match(name):
            year = int(found[1])
            return FIRST if low is None else year + low, LAST if high is None else year + high
    return (FIRST, min(beside) - 1) if _OLDER.match(name) else None
