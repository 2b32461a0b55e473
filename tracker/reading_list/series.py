"""Which numbers count a list's items or a table's rows, and how they go on.

A number is the bot's business only where it counts: in a numbered list, and in the first column
of a table whose heading says that it counts rows and whose rows do. Every other number says
something of a paper, and is its maintainers'.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from weakref import WeakKeyDictionary

from tracker.reading_list.document import Document
from tracker.reading_list.entry import Entry
from tracker.reading_list.lines import split_lines
from tracker.reading_list.numbering import NUMBERED, PLAIN, ROWS, Form, Item, form_of, number_in

_COUNTS = re.compile(r"[#№]?|no|nr|num|number|idx|index|(?:s|sl|sr) ?no|序号|编号")
"""The headings of a column that counts rows; other numbers, such as ranks, are of the papers."""


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
    form: Form = PLAIN


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
        return bisect_left(self.items, line, key=lambda item: item.line)


def series_at(document: Document, entry: Entry) -> tuple[Series, int] | None:
    """The series that counts an entry, and the entry's place in it; None where none does."""
    line = _line_of(document, entry) if entry.kind in NUMBERED else None
    if line is None:
        return None
    known = _KNOWN.setdefault(document, {})
    of = entry.kind, _depth(entry)
    if of not in known:
        known[of] = _Blocks(document.lines, entry.kind, blocks_of(document, *of))
    series = known[of].series_at(line)
    return (series, series.place_of(line)) if series else None


class _Blocks:
    """The blocks of numbers of one kind in a file, and the series they make."""

    def __init__(self, lines: Sequence[str], kind: str, blocks: Sequence[Sequence[Item]]) -> None:
        self.lines = lines
        self.kind = kind
        self.blocks = blocks
        self.starts = [block[0].line for block in blocks]
        self.steps = [_step(block) for block in blocks]
        self.known: dict[tuple[int, int, int], Series | None] = {}

    def series_at(self, line: int) -> Series | None:
        """The series that a line's number belongs to, through all the blocks it goes."""
        at = bisect_right(self.starts, line) - 1
        if at < 0 or line > self.blocks[at][-1].line:
            return None
        step = self.steps[at] or self._step_around(at)
        if not step:
            return None
        low, high = self._reach(at, step)
        if (low, high, step) not in self.known:
            self.known[low, high, step] = self._series(low, high, step)
        return self.known[low, high, step]

    def _series(self, low: int, high: int, step: int) -> Series | None:
        items = tuple(item for block in self.blocks[low : high + 1] for item in block)
        least = items[0] if step > 0 else items[-1]
        if self.kind in ROWS and least.number > 1:
            return None
        form = form_of(self.kind, self.lines, items)
        return Series(items, step < 0, form, high + 1 - low)

    def _reach(self, at: int, step: int) -> tuple[int, int]:
        """The first and the last of the blocks that count on from one to the next, through one."""
        low, high = at, at
        while low > 0 and self._goes_on(low - 1, step):
            low -= 1
        while high + 1 < len(self.blocks) and self._goes_on(high, step):
            high += 1
        return low, high

    def _goes_on(self, at: int, step: int) -> bool:
        """Whether a block ends exactly where the next one counts on from."""
        first, second = self.blocks[at : at + 2]
        fits = all(
            len(block) == 1 or found == step
            for block, found in zip((first, second), self.steps[at : at + 2], strict=True)
        )
        return fits and second[0].number - first[-1].number == step

    def _step_around(self, at: int) -> int:
        """Which way a number that stands alone counts: as those beside it, or as most of the file.

        Numbers that each stand alone count down where the last of them is a 1, unless they also
        count up. Where others write `1.` before each, so does it.
        """
        if len(self.blocks[at]) > 1:
            return 0
        up, down = self._reach(at, 1), self._reach(at, -1)
        for step, (low, high) in ((-1, down), (1, up)):
            if step in self.steps[low : high + 1]:
                return step
        if up == (at, at) and down != up and self.blocks[down[1]][-1].number == 1:
            return -1
        return 0 if self._ones else 1

    @cached_property
    def _ones(self) -> bool:
        """Whether most lists of several items do not count at all."""
        steps = [self.steps[at] for at, block in enumerate(self.blocks) if len(block) > 1]
        return 2 * steps.count(0) > len(steps)


_KNOWN: WeakKeyDictionary[Document, dict[tuple[str, int], _Blocks]] = WeakKeyDictionary()
"""The numbers of each document: a document never changes, and is asked once for each new entry."""


def _step(block: Sequence[Item]) -> int:
    """1 where a block counts up, -1 where it counts down; 0 where it does neither, or is one."""
    steps = [second.number - first.number for first, second in pairwise(block)]
    up, down = steps.count(1), steps.count(-1)
    against = sum(step < 0 if up >= down else step > 0 for step in steps)
    if not max(up, down) or 2 * max(up, down) < len(steps) or 5 * against > len(steps):
        return 0
    return 1 if up >= down else -1


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
