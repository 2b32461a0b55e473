"""How the numbers of a list's items or a table's rows are written, and changed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tracker.reading_list.lines import split_lines

ROWS = ("table row", "html row")
"""The kinds of entries that a column may count."""
NUMBERED = ("numbered", *ROWS)
"""The kinds of entries that may be counted."""
_ITEM = re.compile(r"(\s*)(\d{1,9})([.)])")
_ROW = re.compile(r"(\s*(?:\|\s*)?)(\d{1,9})([.)]?\s*\|)")
_BOLD = r"(?:</?(?:b|strong|center)>\s*)*"
_CELL = re.compile(
    rf"(\s*(?:<tr\b[^<>]*>\s*)?<t[dh]\b[^<>]*>\s*{_BOLD})(\d{{1,9}})([.)]?\s*{_BOLD}</t[dh])",
    re.IGNORECASE,
)
_FORMS = {"numbered": _ITEM, "table row": _ROW, "html row": _CELL}


@dataclass(frozen=True, slots=True)
class Form:
    """How the numbers of a series are written.

    `digits` is how many digits zeros fill up to. `right` says that a cell's blanks stand before
    its number, and `fixed` that all of its cells are equally wide. `loose` says that the lines
    under an item's first do not stand under its text, but where they stand in any other.
    """

    digits: int = 0
    right: bool = False
    fixed: bool = False
    loose: bool = False


PLAIN = Form()
"""Numbers as they are mostly written."""


@dataclass(frozen=True, slots=True)
class Item:
    """A number in a line, and where what it counts ends.

    `apart` if something else stands between it and the one before.
    """

    line: int
    number: int
    apart: bool
    end: int


def written(number: int, form: Form) -> str:
    """A number with the zeros its series writes."""
    return str(number).zfill(form.digits)


def number_in(text: str, kind: str) -> re.Match[str] | None:
    """The number of an item or a row: what stands before it, itself, and what ends it."""
    return _FORMS[kind].match(text)


def renumbered(text: str, by: int, form: Form) -> str:
    """An item or a row whose number is changed, and its lines below with its text.

    A cell keeps its width as far as its blanks allow.
    """
    found = _ROW.match(text) or _ITEM.match(text) or _CELL.match(text)
    if not by or found is None:
        return text
    before, old, end = found.groups()
    new = written(int(old) + by, form)
    growth = len(new) - len(old)
    if end.endswith("|") and (growth > 0 or form.fixed):
        before, end = _squeezed(before, end, growth, form)
    changed = before + new + end + text[found.end() :]
    return with_text(changed, width_of(text), growth, form) if end in (".", ")") else changed


def width_of(item: str) -> int:
    """How far the text of an item stands from the line's beginning; 0 for what is no item."""
    found = re.match(r"\s*(?:[-*+•]|\d{1,9}[.)])", item)
    blanks = re.match(r" {1,4}(?! )", item[found.end() :]) if found else None
    return found.end() + (len(blanks[0]) if blanks else 1) if found else 0


def with_text(item: str, width: int, by: int, form: Form) -> str:
    """An item whose text stands `by` farther than `width`, and the lines that stand under it."""
    lines = split_lines(item)
    moved = moved_with(lines, width, by, form)
    return "".join(indented(line, by if n in moved else 0) for n, line in enumerate(lines))


def moved_with(lines: Sequence[str], width: int, by: int, form: Form) -> frozenset[int]:
    """Which of an item's lines go with its text as that moves from `width` by so many blanks.

    Where they do not stand under the text they stay as long as that leaves them to the item.
    """
    found = {n: len(line) - len(line.lstrip(" ")) for n, line in enumerate(lines) if n and by}
    under = {n: blanks for n, blanks in found.items() if blanks >= width and lines[n].strip()}
    stay = form.loose and min(under.values(), default=0) >= width + by
    return frozenset() if stay else frozenset(under)


def indented(line: str, by: int) -> str:
    """A line with so many more blanks before it, or fewer."""
    return " " * by + line if by > 0 else line[-by:]


def _squeezed(before: str, end: str, growth: int, form: Form) -> tuple[str, str]:
    """What stands around the number in a cell, with fewer blanks where the number grows."""
    lead, trail = _blanks(before, end)
    spare, other = (lead, trail) if form.right else (trail, lead)
    left = " " * max(min(1, other if form.fixed else spare), spare - growth)
    if form.right:
        return before[: len(before) - lead] + left, end
    return before, end[: len(end) - trail - 1] + left + "|"


def _blanks(before: str, end: str) -> tuple[int, int]:
    """How many blanks stand before the number of a cell, and behind it."""
    return len(before) - len(before.rstrip()), len(end[:-1]) - len(end[:-1].rstrip())


def form_of(kind: str, lines: Sequence[str], items: Sequence[Item]) -> Form:
    """How the numbers of these items are written."""
    found = [match for item in items if (match := number_in(lines[item.line], kind))]
    zeros = (len(match[2]) for match in found if match[2].startswith("0"))
    digits = max((n for n in zeros if n > 1), default=0)
    if kind != "table row":
        return Form(digits, loose=kind == "numbered" and _is_loose(lines, items))
    blanks = [_blanks(match[1], match[3]) for match in found]
    right = all(trail <= 1 for _, trail in blanks) and any(lead > 1 for lead, _ in blanks)
    widths = {match.end() for match in found}
    sizes = {len(match[2]) for match in found}
    padded = len(sizes) > 1 or any(max(pair) > 1 for pair in blanks)
    return Form(digits, right, padded and len(widths) == 1)


def _is_loose(lines: Sequence[str], items: Sequence[Item]) -> bool:
    """Whether what stands below the first lines of the shortest numbers is not under the text."""
    shown: dict[int, list[bool]] = {}
    for item in items:
        width = width_of(lines[item.line])
        below = [line for line in lines[item.line + 1 : item.end] if line.strip()]
        least = min((len(line) - len(line.lstrip(" ")) for line in below), default=0)
        if least >= width:
            shown.setdefault(width, []).append(least > width)
    first = shown[min(shown)] if shown else []
    return 2 * sum(first) > len(first)
