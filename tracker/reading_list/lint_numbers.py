"""Rows whose numbers do not count: gaps and doubles, such as a row leaves that was moved by hand.

Only tables are looked at: the numbers of a numbered list are counted anew where it is shown.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tracker.reading_list.finding import Finding, Page
from tracker.reading_list.numbering import ROWS, Item
from tracker.reading_list.series import blocks_of
from tracker.taxonomy import path_text


def numbers_out_of_order(page: Page) -> Iterator[Finding]:
    """The rows whose number is not the next, in tables that count their rows from one on."""
    entries = page.document.entries
    starts = [entry.start for entry in entries]
    for kind in ROWS:
        for block in blocks_of(page.document, kind):
            step = _direction(block)
            for item, due in _unexpected(block, step) if step else ():
                section = entries[max(0, bisect_right(starts, item.line) - 1)].section
                yield page.finding(
                    page.starts[item.line],
                    "numbers-out-of-order",
                    f"A row of the section {path_text(section)!r} has the number {item.number}"
                    f" where {due} is due.",
                    "Number the rows of this table one by one, from 1 at the"
                    f" {'top' if step > 0 else 'bottom'} on.",
                )


def _direction(block: Sequence[Item]) -> int:
    """1 where most rows count up from one, -1 where they count down to it; 0 where neither."""
    steps = [second.number - first.number for first, second in pairwise(block)]
    up, down = steps.count(1), steps.count(-1)
    if min(item.number for item in block) > 1 or 2 * max(up, down) < len(steps) or up == down:
        return 0
    return 1 if up > down else -1


def _unexpected(block: Sequence[Item], step: int) -> Iterator[tuple[Item, int]]:
    """The rows whose number is not the one due; behind a gap the others count on."""
    due = min(item.number for item in block) if step > 0 else block[0].number
    following = [item.number for item in block[1:]]
    for item, after in zip(block, [*following, None], strict=True):
        if item.number == due:
            due += step
            continue
        yield item, due
        if after != due:
            due = item.number + step
