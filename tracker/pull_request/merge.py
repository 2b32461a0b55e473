"""A three-way merge of texts, as strict as git's."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher


def merge(base: str, ours: str, theirs: str) -> str | None:
    """`base` with the changes of both sides; None when they changed the same or adjoining lines.

    Lines are what newlines separate; nothing else in them is looked at or altered.
    """
    if theirs in {ours, base}:
        return ours
    if base == ours:
        return theirs
    lines, left, right = _lines(base), _lines(ours), _lines(theirs)
    merged: list[str] = []
    position = 0
    for change in _joined(_changes(lines, left), _changes(lines, right)):
        if change is None:
            return None
        start, end, replacement = change
        merged += lines[position:start] + replacement
        position = end
    return "".join(merged + lines[position:])


def undo(base: str, then: str, now: str) -> str:
    """`now` without the lines that turned `base` into `then`, as far as they stand there still.

    A line that was changed since stays as it is now; one that was replaced comes back.
    """
    before, middle, lines = _lines(base), _lines(then), _lines(now)
    still: dict[int, int] = {}
    for i, j, size in SequenceMatcher(None, middle, lines, autojunk=False).get_matching_blocks():
        still.update(zip(range(i, i + size), range(j, j + size), strict=True))
    back: dict[int, list[str]] = {}
    for tag, i, end, j, stop in SequenceMatcher(None, before, middle, autojunk=False).get_opcodes():
        if tag == "insert" or (tag == "replace" and all(n in still for n in range(j, stop))):
            back.update({still[n]: [] for n in range(j, stop) if n in still})
            if tag == "replace":
                back[still[j]] = before[i:end]
    return "".join("".join(back.get(n, [line])) for n, line in enumerate(lines))


_Change = tuple[int, int, list[str]]
"""Lines from start up to end of the base, and what stands there instead."""


def _lines(text: str) -> list[str]:
    parts = text.split("\n")
    return [part + "\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])


def _changes(base: list[str], other: list[str]) -> list[_Change]:
    matcher = SequenceMatcher(None, base, other, autojunk=False)
    return [
        (start, end, other[i:j])
        for tag, start, end, i, j in matcher.get_opcodes()
        if tag != "equal"
    ]


def _joined(left: list[_Change], right: list[_Change]) -> Iterator[_Change | None]:
    """Both sides' changes in order; None for two that touch each other and are not the same."""
    left, right = list(left), list(right)
    while left and right:
        if left[0] == right[0]:
            right.pop(0)
            yield left.pop(0)
        elif left[0][1] < right[0][0]:
            yield left.pop(0)
        elif right[0][1] < left[0][0]:
            yield right.pop(0)
        else:
            yield None
            return
    yield from left or right
