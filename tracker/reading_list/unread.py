"""Entries that are written in a way nobody reads: the items of HTML lists."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tracker.counting import counted
from tracker.reading_list.entry import Unread
from tracker.taxonomy import path_text

if TYPE_CHECKING:
    from tracker.reading_list.document import Document


def unread_items(document: Document, items: Sequence[int]) -> Iterator[Unread]:
    """The items of HTML lists on these lines, by section, but for those within an entry."""
    inside = {line for entry in document.entries for line in range(entry.start, entry.end)}
    names = {start: path_text(path) for path, start, _ in document.headings}
    found: dict[int, list[int]] = {}
    for line in items:
        start, closed = document.starts[bisect_right(document.starts, (line, True)) - 1]
        if line not in inside and not closed:
            found.setdefault(start, []).append(line)
    for start, lines in found.items():
        name = names.get(start, document.file)
        reason = f"{counted(len(lines), 'item')} of an HTML list (<li>) in section {name}"
        text = document.lines[lines[0]].rstrip("\r\n")
        yield Unread(lines[0] + 1, text, reason, document.file, len(lines))
