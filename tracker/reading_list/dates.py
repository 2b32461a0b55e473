"""Dates as reading lists write them, and how to write one the same way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A year, a month of it or a day of it; what is not known is None."""

    year: int
    month: int | None = None
    day: int | None = None

    @property
    def key(self) -> tuple[int, int, int]:
        """What dates are sorted by; an unknown part sorts before every known one."""
        return (self.year, self.month or 0, self.day or 0)

    @property
    def depth(self) -> int:
        """How much is known: 1 for a year, 2 for a month, 3 for a day."""
        return 1 if self.month is None else 2 if self.day is None else 3

    def cut(self, depth: int) -> PartialDate:
        """The same date, no finer than `depth`."""
        month = self.month if depth >= 2 else None
        return PartialDate(self.year, month, self.day if depth >= 3 and month else None)

    def first_day(self) -> date | None:
        """The first day it may mean; None where the numbers are no date."""
        try:
            return date(self.year, self.month or 1, self.day or 1)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class WrittenDate:
    """A date found in a text: where, what, and the pattern it is written in."""

    start: int
    end: int
    value: PartialDate
    pattern: str


MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_NAMES = {name.lower(): number for number, name in enumerate(MONTHS, 1)}
_NAMES |= {name[:3].lower(): number for number, name in enumerate(MONTHS, 1)}
_NAMES |= {"sept": 9}
_MONTH = r"(?P<month>" + "|".join(sorted(_NAMES, key=len, reverse=True)) + r")(?P<dot>\.?)"
_EDGE = r"(?<![\w./-])"
FIRST_YEAR = 1900
"""No date before this is read; earlier numbers are pages, prices and other things."""


def _forms(year: str, month: str, day: str) -> tuple[re.Pattern[str], ...]:
    """The forms of dates, the finest first, for what may stand for the numbers of each."""
    written = rf"(?P<year>{year})"
    numbered = rf"(?P<month>{month})"
    ordinal = r"(?P<day>[0-3]?\d)(?P<suffix>st|nd|rd|th)?"
    forms = (
        rf"{_EDGE}{written}(?P<s1>[-/.]|年){numbered}(?P<s2>[-/.]|月)(?P<day>{day})"
        r"(?P<s3>日?)(?!\w)",
        rf"{_EDGE}{ordinal}(?P<s1>[ -]){_MONTH}(?P<s2>,? ?-?){written}(?!\w)",
        rf"{_EDGE}{_MONTH}(?P<s1> ){ordinal}(?P<s2>,? ){written}(?!\w)",
        rf"{_EDGE}{written}(?P<s1>[-/.]|年) ?{numbered}(?P<s2>月?)"
        r"(?![\w-])(?!\.\d|/\d(?!\d{3}))",
        rf"{_EDGE}(?P<month>[01]\d)(?P<s1>/){written}(?!\w)",
        rf"{_EDGE}{_MONTH}(?P<s1>,? |-|'){written}(?!\w)",
        rf"{_EDGE}{written}(?P<s1>,? |-){_MONTH}(?!\w)",
        rf"{_EDGE}{_MONTH}(?P<s1> ?['’])(?P<short>\d\d)(?!\w)",
        r"(?<![\d./])(?P<year>(?:19|20)\d\d)(?:年(?!\w)|(?![\w/])(?!\.\d))",
        r"(?P<s1>['’])(?P<short>\d\d)(?!\w)",
        # The first digits of an arXiv identifier say year and month; 19 and 20 begin years.
        r"(?:(?<=arxiv)['’]|(?<=arxiv[ -])|(?<=arxiv ['’]))(?P<short>0[7-9]|1[0-8]|2[1-9])"
        r"(?P<joined>0[1-9]|1[0-2])(?![\w.])",
    )
    return tuple(re.compile(form, re.IGNORECASE) for form in forms)


_FORMS = _forms(r"(?:19|20)\d\d", r"[01]?\d", r"[0-3]?\d")
_LOOSE_FORMS = _forms(r"[12]\d{3}", r"\d{1,2}", r"\d{1,2}")

_ANY_MONTH = re.compile(r"[JFMASOND][aepuco][nbrylgptvc]", re.IGNORECASE)
_NUMBER_FORMS = tuple(form for form in _FORMS if "january" not in form.pattern)
# What every form has; most pieces of text have it not.
_ANY_YEAR = re.compile(r"(?:19|20)\d\d|['’]\d\d|arxiv[ -]\d\d", re.IGNORECASE)


def find_date(text: str, start: int = 0, end: int | None = None) -> WrittenDate | None:
    """The finest date in a piece of text, the leftmost of those; positions are in `text`."""
    end = len(text) if end is None else end
    if _ANY_YEAR.search(text, start, end) is None:
        return None
    named = _ANY_MONTH.search(text, start, end) is not None
    for form in _FORMS if named else _NUMBER_FORMS:
        for found in form.finditer(text, start, end):
            value = _value(found)
            if value is not None:
                return WrittenDate(found.start(), found.end(), value, _pattern(found))
    return None


def written_dates(text: str) -> list[WrittenDate]:
    """Everything in a text that is written as a date, possible or not, from left to right.

    What is no more than a number is left out: spans of years or pages (2021-22, 1824-31) and a
    sentence that ends in a year (in 2024. 13 papers).
    """
    found: list[re.Match[str]] = []
    for form in _LOOSE_FORMS:
        for match in form.finditer(text):
            if all(match.end() <= o.start() or o.end() <= match.start() for o in found):
                found.append(match)
    found.sort(key=lambda match: match.start())
    return [
        WrittenDate(match.start(), match.end(), _stated(match), _pattern(match))
        for match in found
        if not _is_number(match)
    ]


def _is_number(found: re.Match[str]) -> bool:
    parts = found.groupdict()
    month = parts.get("month") or ""
    if parts.get("day") or not month.isdigit() or not found[0][:4].isdigit():
        return False
    year, number = int(parts["year"]), int(month)
    # A season may end with its century: 1999-00.
    is_span = parts["s1"] in "-/" and (number > year % 100 or number == (year + 1) % 100)
    no_month = not 1 <= number <= 12
    return (is_span and (no_month or year < FIRST_YEAR)) or (number > 12 and " " in found[0])


def _value(found: re.Match[str]) -> PartialDate | None:
    value = _stated(found)
    return value if value.first_day() is not None and value.year <= 2099 else None


def _stated(found: re.Match[str]) -> PartialDate:
    parts = found.groupdict()
    short = int(parts.get("short") or 0)
    year = int(parts["year"]) if parts.get("year") else (2000 if short < 70 else 1900) + short
    month = parts.get("month") or parts.get("joined")
    number = None if month is None else int(month) if month.isdigit() else _NAMES[month.lower()]
    day = int(parts["day"]) if parts.get("day") else None
    return PartialDate(year, number, day)


def _pattern(found: re.Match[str]) -> str:
    """The text with its numbers replaced by field names, such as `{Y}.{m}` or `{D} {Mon}, {Y}`."""
    parts = found.groupdict()
    names = ("year", "month", "joined", "day", "short")
    fields = {name: _field(name, parts[name]) for name in names if parts.get(name)}
    spans = sorted((found.span(name), field) for name, field in fields.items())
    written, position = "", found.start()
    for (start, stop), field in spans:
        written += found.string[position:start] + field
        position = stop
        if field == "{D}" and parts.get("suffix"):
            written, position = written[:-3] + "{Dth}", found.end("suffix")
    return written + found.string[position : found.end()]


def _field(name: str, value: str) -> str:
    if name == "year":
        return "{Y}"
    if name == "short":
        return "{y}"
    if name == "joined":
        return "{MM}"
    if name == "day":
        return "{DD}" if value.startswith("0") else "{D}"
    if value.isdigit():
        return "{MM}" if value.startswith("0") else "{M}"
    field = (
        "{Month}" if len(value) > 3 and value.lower() in {m.lower() for m in MONTHS} else "{Mon}"
    )
    field = "{Sept}" if value.lower() == "sept" else field
    return field.upper() if value.isupper() else field.lower() if value.islower() else field


def write_date(
    value: PartialDate,
    pattern: str,
    *,
    padded: bool = False,
    padded_day: bool = False,
    dotted_may: bool = False,
) -> str:
    """A date in a pattern; the pattern must not ask for more than the date has.

    `padded` says how a month of two digits is to be read as an example: `2023.10` alone does
    not tell whether May is `2023.5` or `2023.05`. `padded_day` is the same for days. `dotted_may`
    sets a full stop behind May as behind months that are shortened.
    """
    month, day = value.month or 1, value.day or 1
    name = MONTHS[month - 1]
    short_name = name[:3]
    width = 2 if padded else 1
    fields = {
        "{Y}": str(value.year),
        "{y}": f"{value.year % 100:02d}",
        "{MM}": f"{month:02d}",
        "{M}": f"{month:0{width}d}",
        "{DD}": f"{day:02d}",
        "{D}": f"{day:02d}" if padded_day else str(day),
        "{Dth}": f"{day}{_suffix(day)}",
        "{Month}": name,
        "{MONTH}": name.upper(),
        "{month}": name.lower(),
        "{Mon}": short_name,
        "{MON}": short_name.upper(),
        "{mon}": short_name.lower(),
        "{Sept}": "Sept" if month == 9 else short_name,
        "{SEPT}": short_name.upper(),
        "{sept}": short_name.lower(),
    }
    if short_name == name and not dotted_may:
        # What is not shortened takes no full stop.
        pattern = re.sub(r"(\{(?:mon|sept)\})\.(?=[\s,]|\Z)", r"\1", pattern, flags=re.IGNORECASE)
    return re.sub(r"\{\w+\}", lambda found: fields.get(found[0], found[0]), pattern)


def pattern_depth(pattern: str) -> int:
    """How fine a date a pattern writes: 1 for years, 2 for months, 3 for days."""
    lowered = pattern.lower()
    return 3 if "{d" in lowered else 2 if "{m" in lowered or "{sept" in lowered else 1


_DAY_FIELD = re.compile(
    r"(?:\{D\w*\}(?:st|nd|rd|th)?[ ,-]*(?=\{[YMms])|[ ./-]*\{D\w*\}[日,]?(?= ?\{Y|\Z))",
    re.IGNORECASE,
)
_MONTH_FIELD = re.compile(
    r"\{(?:m\w*|sept)\}[.,'月]?[ ,'/-]*(?=\{y)|[ ,./-]*\{(?:m\w*|sept)\}\.?月?", re.I
)


def coarser(pattern: str, depth: int) -> str:
    """A pattern for a date that is known no finer than `depth`."""
    if pattern_depth(pattern) <= depth:
        return pattern
    if depth < 3:
        pattern = _DAY_FIELD.sub("", pattern)
    if depth < 2:
        pattern = _MONTH_FIELD.sub("", pattern)
    fits = pattern_depth(pattern) <= depth and "{" in pattern
    return pattern if fits else ("{Y}", "{Y}-{MM}")[depth - 1]


def _suffix(day: int) -> str:
    if day in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
