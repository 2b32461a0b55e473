"""Finds the table of contents: the links to its sections that a list opens with."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from tracker.reading_list.blocks import Block
from tracker.reading_list.finding import Page
from tracker.reading_list.inline import Mark, plain
from tracker.taxonomy import section_key


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link into the page: its words, where it leads, and where both stand in the text.

    `html` says that it is written as HTML.
    """

    label: str
    target: str
    mark: Mark
    html: bool

    def escaped(self, name: str) -> str:
        """A heading's words as they stand in this link."""
        if self.html:
            return escape(name, quote=False)
        return re.sub(r"([\[\]\\])", r"\\\1", name)

    def like(self, name: str, target: str) -> str:
        """A link to another heading, written as this one is."""
        words = self.escaped(name)
        return f'<li><a href="#{target}">{words}</a></li>' if self.html else f"[{words}](#{target})"


_CONTENTS = re.compile(r"\b(?:contents?|toc|catalogue|outline|navigation|index)\b|目录")
_FEW = 4
"""Words of a title that is no heading; longer bold lines and summaries say something else."""

_ITEM = re.compile(
    r"(?:\s*(?:[-*+•]|\d+[.)])\s+|.*<li\b[^>]*>\s*)(?:<\w+>\s*|[*_]+)*\Z", re.IGNORECASE
)
_LEAST = 3
"""Items of a table of contents without a title; fewer are a pointer or two."""


def contents_of(page: Page, blocks: Sequence[Block], anchors: Sequence[Anchor]) -> list[Anchor]:
    """The links of the table of contents; none where there is none.

    It stands below its title, be that a heading, a bold line or the summary of `<details>`, or,
    without any, as a list of links alone before the first section that holds entries, most of
    them named as the sections with entries are.
    """
    for start, end in _titled(page, blocks):
        inside = _between(page, anchors, start, end)
        if len(inside) >= 2:
            return inside
    return _untitled(page, blocks, anchors)


def _between(page: Page, anchors: Sequence[Anchor], start: int, end: int) -> list[Anchor]:
    first, last = page.starts[start], page.starts[end]
    return [anchor for anchor in anchors if first <= anchor.mark.start < last]


def _titled(page: Page, blocks: Sequence[Block]) -> Iterator[tuple[int, int]]:
    """The lines from a title that speaks of contents to the end of what is below it."""
    for number, block in enumerate(blocks):
        words = section_key(plain(block.text))
        if block.kind not in ("heading", "bold", "summary") or not _CONTENTS.search(words):
            continue
        if block.kind == "heading" or len(words.split()) <= _FEW:
            yield block.start, _end(blocks[number:], len(page.document.lines))


def _end(blocks: Sequence[Block], last: int) -> int:
    """Where what is below a title ends: with its `<details>`, or before the next title."""
    ends, depth = {"heading", blocks[0].kind} - {"summary"}, 0
    for block in blocks[1:]:
        depth += (block.kind == "details") - (block.kind == "/details")
        if block.kind in ends or (blocks[0].kind == "summary" and depth < 0):
            return block.start
    return last


def _untitled(page: Page, blocks: Sequence[Block], anchors: Sequence[Anchor]) -> list[Anchor]:
    filled = {e.section[:n] for e in page.document.entries for n in range(1, len(e.section) + 1)}
    names = {section_key(path[-1]) for path, _, _ in page.document.headings if path in filled}
    stop = min((entry.start for entry in page.document.entries), default=0)
    lines = [block.start for block in blocks if block.kind == "heading" and block.start < stop]
    for start, end in zip([0, *lines], [*lines, stop], strict=True):
        inside = [a for a in _between(page, anchors, start, end) if _begins_item(page, a)]
        named = sum(_fits(anchor, names) for anchor in inside)
        if len(inside) >= _LEAST and 2 * named > len(inside):
            return inside
    return []


def _fits(anchor: Anchor, names: Collection[str]) -> bool:
    """Whether a link says what one of these headings says, or a part of it."""
    label = section_key(anchor.label)
    return bool(label) and any(label in name or (name and name in label) for name in names)


def _begins_item(page: Page, anchor: Anchor) -> bool:
    line = page.starts[page.line_at(anchor.mark.start) - 1]
    return _ITEM.match(page.text[line : anchor.mark.start]) is not None
