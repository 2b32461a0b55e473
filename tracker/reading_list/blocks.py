"""A Markdown document as a flat run of headings and items, each with its lines.

CommonMark decides what a block is (markdown-it-py, with its table rule); what GitHub's readers
see as well, and CommonMark passes over as raw HTML, is read here: headings, table rows and
bullets inside HTML, and `<details>`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from markdown_it import MarkdownIt
from markdown_it.token import Token

from tracker.reading_list.inline import plain, scan
from tracker.reading_list.lines import split_lines
from tracker.reading_list.words import is_paper_url


@dataclass(slots=True)
class Block:
    """A piece of a document, `start` to `end` in lines (half-open).

    `kind` is a kind of entry, or "heading", "bold" (a bold line), "summary" (of `<details>`),
    "details" and "/details". `level` is a heading's; `text` its words. `head` is where an item's
    nested items begin, `children` are those. `columns` are a table row's headings. `column` is
    the character of the line at which an HTML row starts.
    """

    kind: str
    start: int
    end: int
    level: int = 0
    text: str = ""
    head: int = 0
    paragraphs: list[tuple[int, int]] = field(default_factory=list)
    children: list[Block] = field(default_factory=list)
    columns: tuple[str, ...] = ()


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


_PARSER = _parser()
_BULLET = re.compile(r"\s*(?:[-*+•]|\d{1,4}[.)])\s+\S")
_HEADING = re.compile(r"<h([1-6])\b[^>]*>(.*?)</h\1\s*>", re.IGNORECASE | re.DOTALL)
_SUMMARY = re.compile(r"<summary\b[^>]*>(.*?)</summary\s*>", re.IGNORECASE | re.DOTALL)
_DETAILS = re.compile(r"<(/?)details\b", re.IGNORECASE)
_ROW = re.compile(r"<tr\b[^>]*>.*?</tr\s*>", re.IGNORECASE | re.DOTALL)
_ITEM = re.compile(r"<li\b", re.IGNORECASE)
_CELL = re.compile(r"<t([hd])\b[^>]*>(.*?)(?=</t[hd]|<t[hd]\b|</tr)", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_BOLD_LINE = re.compile(r"\s*(\*\*|__)(?=\S)((?:(?!\1).)+)\1[\s:：]*", re.DOTALL)


def blocks_of(text: str, lines: Sequence[str]) -> list[Block]:
    """The headings and items of a document, in document order."""
    return blocks_and_html_items(text, lines)[0]


def blocks_and_html_items(text: str, lines: Sequence[str]) -> tuple[list[Block], list[int]]:
    """The blocks of a document, and the lines of the items of HTML lists that link to papers.

    These items are no blocks: what they say is not read.
    """
    reader = _Reader(lines)
    for token in _PARSER.parse(text):
        reader.take(token)
    return reader.blocks, reader.html_items


class _Reader:
    """Turns the parser's tokens into blocks; `open_items` are the list items around a token."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.blocks: list[Block] = []
        self.open_items: list[Block] = []
        self.ordered: list[bool] = []
        self.pending: Token | None = None
        self.columns: list[str] = []
        self.row: Block | None = None
        self.in_header = False
        self.html_columns: tuple[str, ...] = ()
        self.html_until = 0
        self.html_items: list[int] = []

    def take(self, token: Token) -> None:
        """Read one token."""
        handler = getattr(self, f"_{token.type}", None)
        if handler is not None:
            handler(token)

    def _add(self, block: Block) -> None:
        (self.open_items[-1].children if self.open_items else self.blocks).append(block)

    def _span(self, token: Token) -> tuple[int, int]:
        start, end = token.map or (0, 0)
        end = min(end, len(self.lines))
        while end > start + 1 and not self.lines[end - 1].strip():
            end -= 1
        return start, end

    def _heading_open(self, token: Token) -> None:
        self.pending = token

    def _paragraph_open(self, token: Token) -> None:
        self.pending = token

    def _inline(self, token: Token) -> None:
        opened, self.pending = self.pending, None
        if self.row is not None or self.in_header:
            if self.in_header:
                self.columns.append(plain(token.content))
            return
        if opened is None:
            return
        start, end = self._span(opened)
        if opened.type == "heading_open":
            level = int(opened.tag[1])
            self._add(Block("heading", start, end, level, token.content))
        elif self.open_items:
            if not self.open_items[-1].children:
                self.open_items[-1].paragraphs.append((start, end))
                self.open_items[-1].head = end
            else:
                self._add(Block("paragraph", start, end))
        elif found := _BOLD_LINE.fullmatch(token.content):
            self._add(Block("bold", start, end, 7, found[2]))
        else:
            self._add(Block("paragraph", start, end, paragraphs=[(start, end)], head=end))

    def _bullet_list_open(self, token: Token) -> None:
        self.ordered.append(False)

    def _ordered_list_open(self, token: Token) -> None:
        self.ordered.append(True)

    def _bullet_list_close(self, token: Token) -> None:
        self.ordered.pop()

    _ordered_list_close = _bullet_list_close

    def _list_item_open(self, token: Token) -> None:
        start, end = self._span(token)
        kind = "numbered" if self.ordered[-1] else "bullet"
        self.open_items.append(Block(kind, start, end, head=start + 1))

    def _list_item_close(self, token: Token) -> None:
        self._add(self.open_items.pop())

    def _thead_open(self, token: Token) -> None:
        self.in_header, self.columns = True, []

    def _thead_close(self, token: Token) -> None:
        self.in_header = False

    def _tr_open(self, token: Token) -> None:
        if not self.in_header:
            start, end = self._span(token)
            self.row = Block(
                "table row",
                start,
                end,
                head=end,
                columns=tuple(self.columns),
                paragraphs=[(start, end)],
            )

    def _tr_close(self, token: Token) -> None:
        if self.row is not None:
            self._add(self.row)
            self.row = None

    def _html_block(self, token: Token) -> None:
        start, end = self._span(token)
        found = list(self._html(start, end))
        for block in found:
            self._add(block)
        # Lists in the cells of a table or within an item are part of that.
        rows = any(block.kind == "html row" for block in found)
        if not rows and start >= self.html_until and not self.open_items:
            self.html_items += _html_items(self.lines[start:end], start)

    def _html(self, start: int, end: int) -> Iterator[Block]:
        """What a block of HTML shows: headings, summaries, table rows, and bullets as text."""
        text = _COMMENT.sub(_blank, "".join(self.lines[start:end]))
        found: list[tuple[int, Block]] = []
        for match in _HEADING.finditer(text):
            found.append((match.start(), self._at(text, match, start, "heading", match[2])))
            found[-1][1].level = int(match[1])
        found += [
            (match.start(), self._at(text, match, start, "summary", match[1]))
            for match in _SUMMARY.finditer(text)
        ]
        found += [
            (match.start(), self._at(text, match, start, match[1] + "details", ""))
            for match in _DETAILS.finditer(text)
        ]
        found += self._html_rows(start, end)
        if not found or all(block.kind.endswith("details") or block.kind == "summary"
                            for _, block in found):  # fmt: skip
            found += self._html_bullets(text, start)
        yield from (block for _, block in sorted(found, key=lambda pair: pair[0]))

    @staticmethod
    def _at(text: str, match: re.Match[str], start: int, kind: str, words: str) -> Block:
        first = start + len(split_lines(text[: match.start()] + "x")) - 1
        last = start + len(split_lines(text[: match.end()]))
        return Block(kind, first, last, 7, words)

    def _html_rows(self, start: int, end: int) -> Iterator[tuple[int, Block]]:
        """Rows that begin in these lines; a row may run on over blank lines into later blocks."""
        text = _COMMENT.sub(_blank, "".join(self.lines[start:end]))
        if "<table" in text.lower():
            self.html_columns = ()
        if not re.search(r"<tr\b", text, re.IGNORECASE) or start < self.html_until:
            return
        stop = end
        while "</table" not in text.lower() and stop < min(len(self.lines), end + 2_000):
            text += self.lines[stop]
            stop += 1
        text = _COMMENT.sub(_blank, text)
        self.html_until = stop
        line, position = start, 0
        for match in _ROW.finditer(text):
            line += len(split_lines(text[position : match.start()] + "x")) - 1
            position = match.start()
            cells = _CELL.findall(match[0])
            if cells and all(tag in "hH" for tag, _ in cells) and not self.html_columns:
                self.html_columns = tuple(plain(cell) for _, cell in cells)
                continue
            last = line + len(split_lines(match[0]))
            block = Block("html row", line, last, head=last, columns=self.html_columns)
            block.paragraphs = [(line, last)]
            yield match.start(), block

    @staticmethod
    def _html_bullets(text: str, start: int) -> Iterator[tuple[int, Block]]:
        position = 0
        for number, line in enumerate(split_lines(text), start):
            if _BULLET.match(line) and "](" in line:
                block = Block("bullet", number, number + 1, head=number + 1)
                block.paragraphs = [(number, number + 1)]
                yield position, block
            position += len(line)


def _html_items(lines: Sequence[str], start: int) -> Iterator[int]:
    text = _COMMENT.sub(_blank, "".join(lines))
    ends = list(accumulate(map(len, lines)))
    places = [found.start() for found in _ITEM.finditer(text)]
    for place, end in zip(places, [*places[1:], len(text)], strict=False):
        links = (mark for mark in scan(text, place, end) if mark.kind == "link")
        if any(is_paper_url(text[slice(*mark.url)]) for mark in links):
            yield start + bisect_right(ends, place)


def _blank(found: re.Match[str]) -> str:
    """A comment as as many empty lines."""
    return re.sub(r"[^\r\n]", " ", found[0])
