"""The cells of pipe tables: how wide a list makes them, and what an empty one holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

PIPE = re.compile(r"(?<!\\)\|")
"""A bar that ends a cell."""
_NOTHING = re.compile(
    r"(?:\s|<br\s*/?>|&nbsp;|[-–—/\\.…])*(?:null|none|nan|n/?a|tbd|tba)?[\s.]*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Column:
    """How the cells of one column are written.

    `width` is the width all are padded to, 0 for none; `centred` says on which side. `before`
    and `behind` are the blanks around a value, `empty` a whole cell without one.
    """

    width: int = 0
    centred: bool = False
    before: str = " "
    behind: str = " "
    empty: str = " "

    def cell(self, value: str) -> str:
        """A cell with a value, "" for none."""
        if not value:
            return self.empty
        if self.centred:
            return value.center(self.width)
        behind = self.behind[:1] if self.width else self.behind
        return (self.before + value + behind).ljust(self.width)


def is_nothing(text: str) -> bool:
    """Whether the text of a cell says that there is nothing, such as `-` or `null`."""
    return _NOTHING.fullmatch(text) is not None


def cells_of(row: str) -> list[str]:
    """A row's text between its bars; what stands before the first bar comes first."""
    return PIPE.split(row)


def learn_columns(rows: Sequence[str]) -> list[Column]:
    """How each column of these rows is written; the first "column" stands before the first bar."""
    split = [cells_of(row) for row in rows]
    count = max((len(cells) for cells in split), default=0)
    return [_column([c[n] for c in split if len(c) > n]) for n in range(count)]


def _column(cells: Sequence[str]) -> Column:
    filled = [cell for cell in cells if not is_nothing(cell)]
    blank = Counter(cell for cell in cells if is_nothing(cell))
    before = Counter(cell[: len(cell) - len(cell.lstrip())] for cell in filled)
    behind = Counter(cell[len(cell.rstrip()) :] for cell in filled)
    lead = before.most_common(1)[0][0] if before else " "
    width = _width(cells)
    return Column(
        width=width,
        centred=bool(width) and len(before) > 2,
        before=lead,
        behind=behind.most_common(1)[0][0] if behind else " ",
        empty=blank.most_common(1)[0][0] if blank else " " if lead else "",
    )


def _width(cells: Sequence[str]) -> int:
    """The width that most cells have, if shorter values are padded to it; else 0."""
    lengths = {len(cell.strip()) for cell in cells}
    widths = Counter(len(cell) for cell in cells)
    width, same = widths.most_common(1)[0] if widths else (0, 0)
    short = [cell for cell in cells if len(cell.strip()) < width - 2]
    padded = sum(len(cell) == width for cell in short)
    several = len(cells) > 2 and len(lengths) > 1 and 2 * same > len(cells)
    return width if several and 2 * padded > len(short) else 0
