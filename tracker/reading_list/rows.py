"""The cells of pipe tables: how wide a list makes them, and what an empty one holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_BREAKS = re.compile(r"<br\s*/?>|&nbsp;", re.IGNORECASE)
PIPE = re.compile(r"(?<!\\)\|")
"""A bar that ends a cell."""


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


def cells_of(row: str) -> list[str]:
    """A row's text between its bars; what stands before the first bar comes first."""
    return PIPE.split(row)


def learn_columns(rows: Sequence[str]) -> list[Column]:
    """How each column of these rows is written; the first "column" stands before the first bar."""
    split = [cells_of(row) for row in rows]
    count = max((len(cells) for cells in split), default=0)
    return [_column([c[n] for c in split if len(c) > n]) for n in range(count)]


def _column(cells: Sequence[str]) -> Column:
    filled = [cell for cell in cells if cell.strip()]
    blank = Counter(cell for cell in cells if not re.search(r"\w", cell))
    before = Counter(cell[: len(cell) - len(cell.lstrip())] for cell in filled)
    behind = Counter(cell[len(cell.rstrip()) :] for cell in filled)
    widths = Counter(len(cell) for cell in cells)
    width, same = widths.most_common(1)[0] if widths else (0, 0)
    lengths = {len(cell.strip()) for cell in filled}
    padded = len(cells) > 2 and same > 0.5 * len(cells) and len(lengths) > 1
    centred = padded and len(before) > 2
    return Column(
        width=width if padded else 0,
        centred=centred,
        before=before.most_common(1)[0][0] if before else " ",
        behind=behind.most_common(1)[0][0] if behind else " ",
        empty=blank.most_common(1)[0][0] if blank else " ",
    )


def align(row: str, columns: Sequence[Column]) -> str:
    """A row with its cells spaced as the columns are."""
    cells = cells_of(row)
    if len(cells) < 2:
        return row
    written = [cells[0]]
    for number, cell in enumerate(cells[1:], 1):
        column = columns[number] if number < len(columns) else Column()
        last = number == len(cells) - 1
        written.append(cell if last and not cell.strip() else _cell(cell, column, last=last))
    return "|".join(written)


def _cell(cell: str, column: Column, *, last: bool) -> str:
    value = _BREAKS.sub("", cell).strip() and cell.strip()
    if not column.width or last:
        return cell if value or column.width else column.empty
    if column.centred:
        return value.center(column.width)
    if not value:
        return column.empty
    return (column.before + value + column.behind[:1]).ljust(column.width)
