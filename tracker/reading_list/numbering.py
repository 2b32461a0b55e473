"""The numbers that count a list's items or a table's rows: which do, and how they go on.

A number is the bot's business only where it counts: in a numbered list, and in the first column
of a table whose heading says that it counts rows and whose rows do. Every other number says
something of a paper, and is its maintainers'.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tracker.reading_list.document import Document
from tracker.reading_list.entry import Entry
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
_COUNTS = re.compile(r"[#№]?|no|nr|num|number|idx|index|(?:s|sl|sr) ?no|序号|编号")
"""The headings of a column that counts rows; other numbers, such as ranks, are of the papers."""


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


@dataclass(frozen=True, slots=True)
class Item:
    """A number in a line, and where what it counts ends.

    `apart` if something else stands between it and the one before.
    """

    line: int
    number: int
    apart: bool
    end: int


@dataclass(frozen=True, slots=True)
class Counting:
    """What an edit does to a series of numbers.

    The numbers of `items` change by `step`. `own` says that the new text itself is numbered, on
    from the one in the line `after` (-1: from the series' end); where `down`, that is the line
    below it. `first` is the line the series begins in: one series may go through several sections.
    """

    items: tuple[Item, ...] = ()
    step: int = 1
    own: bool = False
    after: int = -1
    first: int = -1
    down: bool = False
    form: Form = Form()


@dataclass(frozen=True, slots=True)
class Series:
    """Numbers that count on from one to the next: up, or `down` where the newest comes first.

    `parts` are the lists or tables it goes through.
    """

    items: tuple[Item, ...]
    down: bool
    form: Form
    parts: int = 1

    def inserted(self, place: int) -> tuple[int, Counting]:
        """The number of a new item before one of the others (0 to their number), and the rest.

        A gap is left as it is: the numbers on one side of the new one go up by one.
        """
        if self.down:
            below = self.items[place] if place < len(self.items) else None
            number = below.number + 1 if below else self.items[-1].number
            moved, after = self.items[:place], below
        else:
            above = self.items[place - 1] if place else None
            number = above.number + 1 if above else self.items[0].number
            moved, after = self.items[place:], above
        line = after.line if after else -1
        first = self.items[0].line
        return number, Counting(moved, 1, True, line, first, self.down, self.form)

    def removed(self, place: int) -> Counting:
        """How the others close up behind one that goes; not where its number is held twice."""
        number = self.items[place].number
        beside = [*self.items[max(0, place - 1) : place], *self.items[place + 1 : place + 2]]
        if any(item.number == number for item in beside):
            return Counting()
        moved = self.items[:place] if self.down else self.items[place + 1 :]
        return Counting(moved, -1, form=self.form)

    def place_of(self, line: int) -> int:
        """Which of the items stands in a line, or behind it first."""
        return bisect_left([item.line for item in self.items], line)


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


def series_at(document: Document, entry: Entry) -> tuple[Series, int] | None:
    """The series that counts an entry, and the entry's place in it; None where none does."""
    line = _line_of(document, entry) if entry.kind in NUMBERED else None
    if line is None:
        return None
    blocks = blocks_of(document, entry.kind, _depth(entry))
    at = next((n for n, block in enumerate(blocks) if _holds(block, line)), None)
    series = _through(document, entry.kind, blocks, at) if at is not None else None
    return (series, series.place_of(line)) if series else None


def _holds(block: Sequence[Item], line: int) -> bool:
    return block[0].line <= line <= block[-1].line


def _through(
    document: Document, kind: str, blocks: Sequence[Sequence[Item]], at: int
) -> Series | None:
    """The series of a block, with the blocks before and behind that it goes on from and into."""
    step = _step(blocks[at]) or _step_around(blocks, at)
    if not step:
        return None
    low, high = at, at
    while low > 0 and _goes_on(blocks[low - 1], blocks[low], step):
        low -= 1
    while high + 1 < len(blocks) and _goes_on(blocks[high], blocks[high + 1], step):
        high += 1
    items = tuple(item for block in blocks[low : high + 1] for item in block)
    least = items[0] if step > 0 else items[-1]
    if kind in ROWS and least.number > 1:
        return None
    form = _form(kind, document.lines, items)
    return Series(items, step < 0, form, high + 1 - low)


def _goes_on(first: Sequence[Item], second: Sequence[Item], step: int) -> bool:
    """Whether a block of numbers counts on exactly where the one before it ends."""
    fits = all(len(block) == 1 or _step(block) == step for block in (first, second))
    return fits and second[0].number - first[-1].number == step


def _step(block: Sequence[Item]) -> int:
    """1 where a block counts up, -1 where it counts down; 0 where it does neither, or is one."""
    steps = [second.number - first.number for first, second in pairwise(block)]
    up, down = steps.count(1), steps.count(-1)
    against = sum(step < 0 if up >= down else step > 0 for step in steps)
    if not max(up, down) or 2 * max(up, down) < len(steps) or 5 * against > len(steps):
        return 0
    return 1 if up >= down else -1


def _step_around(blocks: Sequence[Sequence[Item]], at: int) -> int:
    """Which way a number that stands alone counts: as those beside it, or as most of the file do.

    Where others write `1.` before each, so does it.
    """
    if len(blocks[at]) > 1:
        return 0
    beside = [*pairwise(blocks[max(0, at - 1) : at + 2])]
    if any(_goes_on(a, b, -1) and -1 in (_step(a), _step(b)) for a, b in beside):
        return -1
    steps = [_step(block) for block in blocks if len(block) > 1]
    return 0 if 2 * steps.count(0) > len(steps) else 1


def blocks_of(document: Document, kind: str, depth: int = 0) -> list[list[Item]]:
    """Runs of numbers with nothing else between them; a list that begins again is another."""
    items = [*_items(document, kind, depth)]
    blocks: list[list[Item]] = []
    for before, item, behind in zip([None, *items], items, [*items[1:], None], strict=False):
        if item is None:
            continue
        anew = kind not in ROWS and before is not None and item.number <= 1 < before.number
        if before is None or item.apart or (anew and behind and behind.number == item.number + 1):
            blocks.append([])
        blocks[-1].append(item)
    return blocks


def _items(document: Document, kind: str, depth: int) -> Iterator[Item | None]:
    """The numbers of the entries of one kind, and of such lines beside them as are no entries.

    None stands for an entry without a number, which ends what is counted.
    """
    entries = [e for e in document.entries if e.kind == kind and _depth(e) == depth]
    end = 0
    for entry, following in zip(entries, [*entries[1:], None], strict=False):
        line = _line_of(document, entry)
        above = (
            [] if line is None else _beside(document, entry, range(entry.start - 1, end - 1, -1))
        )
        first = min([entry.start, *above])
        apart = end == 0 or any(text.strip() for text in document.lines[end:first])
        for number in sorted(above):
            yield _item(document, kind, number, apart, number + 1)
            apart = False
        if line is None or line < end:
            yield None
        else:
            yield _item(document, kind, line, apart, entry.end)
        end = max(end, entry.end)
        if line is not None:
            stop = following.start if following else len(document.lines)
            for number in _beside(document, entry, range(end, stop)):
                yield _item(document, kind, number, False, number + 1)
                end = number + 1


def _item(document: Document, kind: str, line: int, apart: bool, end: int) -> Item | None:
    found = number_in(document.lines[line], kind)
    return Item(line, int(found[2]), apart, end) if found else None


def _beside(document: Document, entry: Entry, lines: range) -> list[int]:
    """The lines next to an entry that are numbered as it is; a row of HTML may be several."""
    own = number_in(entry.text, entry.kind)
    found: list[int] = []
    for line in lines if entry.kind != "html row" else ():
        text = document.lines[line]
        number = number_in(text, entry.kind)
        if number and own and number[1] == own[1]:
            found.append(line)
        elif text.strip():
            break
    return found


def _line_of(document: Document, entry: Entry) -> int | None:
    """The line with the number that may count an entry; None where no number can."""
    found = number_in(entry.text, entry.kind)
    if found is None:
        return None
    if entry.kind in ROWS:
        heading = "".join(entry.columns[:1]).casefold().replace(".", "").strip()
        if _COUNTS.fullmatch(heading) is None or _is_date(entry, found):
            return None
    line = entry.start + len(split_lines(entry.text[: found.start(2)] + "x")) - 1
    return line if number_in(document.lines[line], entry.kind) else None


def _is_date(entry: Entry, found: re.Match[str]) -> bool:
    """Whether the first number of a row is its date, such as its year."""
    return any(
        place.name == "date" and place.start <= found.end() for place in entry.reading.places
    )


def _depth(entry: Entry) -> int:
    """How far a numbered entry is indented, a blank more or less."""
    return (len(entry.text) - len(entry.text.lstrip(" "))) // 2 if entry.kind == "numbered" else 0


def _form(kind: str, lines: Sequence[str], items: Sequence[Item]) -> Form:
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
