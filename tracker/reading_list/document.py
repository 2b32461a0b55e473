"""A Markdown file as a reading list: its sections and entries, and every byte of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import cast

from tracker.reading_list.blocks import Block, blocks_and_html_items
from tracker.reading_list.dates import find_date
from tracker.reading_list.entry import Entry, Kind, Unread
from tracker.reading_list.inline import plain, scan
from tracker.reading_list.lines import ending_of, split_lines
from tracker.reading_list.outline import (
    end_of_entry,
    linked_title,
    names_papers,
    starts_with_title,
    unlinked_titles,
)
from tracker.reading_list.pieces import Reading
from tracker.reading_list.prose import (
    banners,
    is_about_the_list,
    is_index,
    is_navigation,
    without_indexes,
)
from tracker.reading_list.reading import read
from tracker.reading_list.style import Style, style_of
from tracker.reading_list.unread import unread_items
from tracker.reading_list.words import is_outside, is_paper_url, venue_key
from tracker.taxonomy import Path, Section, Taxonomy, section_key


class Document:
    """A parsed Markdown file. `text` is what was parsed, byte for byte.

    `names` are all headings of sections, those that hold no entries too.
    """

    def __init__(
        self, text: str, file: str, skip_sections: Sequence[str], files: Collection[str] = ()
    ) -> None:
        self.text = text
        self.file = file
        self.files = frozenset(files)
        self.lines = split_lines(text)
        self.ending = ending_of(self.lines)
        walk = _Walk(self, {section_key(name) for name in skip_sections})
        blocks, html_items = blocks_and_html_items(text, self.lines)
        walk.all(blocks)
        walk.again()
        self.taxonomy = Taxonomy(without_indexes(walk.sections, walk.entries, walk.indexes))
        self.entries: tuple[Entry, ...] = tuple(walk.entries)
        self.headings: tuple[tuple[Path, int, int], ...] = tuple(walk.headings)
        self.starts: tuple[tuple[int, bool], ...] = tuple(walk.starts)
        self.names: tuple[str, ...] = tuple(walk.names)
        self.outside: tuple[tuple[int, int], ...] = tuple(walk.outside_lines(len(self.lines)))
        unread = [*walk.unread, *unread_items(self, html_items)]
        self.unread: tuple[Unread, ...] = tuple(sorted(unread, key=lambda each: each.line))

    @classmethod
    def parse(
        cls,
        text: str,
        *,
        file: str = "README.md",
        skip_sections: Sequence[str] = (),
        files: Collection[str] = (),
    ) -> Document:
        """Parse a file's text; no text is too broken to parse.

        `skip_sections` are headings whose sections, and those below them, hold no entries.
        `files` are those of the list: an item that only leads to them is no entry.
        """
        return cls(text, file, skip_sections, files)

    @cached_property
    def by_section(self) -> dict[Path, list[Entry]]:
        """The entries of each section that has some, in document order."""
        found: dict[Path, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(entry.section, []).append(entry)
        return found

    def style(self, section: Path) -> Style:
        """The style of a section; of those around it where it has no entries of its own."""
        return style_of(self.by_section, section)


class _Walk:
    """Goes through the blocks from top to bottom, keeping track of the section."""

    def __init__(self, document: Document, skipped: set[str]) -> None:
        self.document = document
        self.skipped = skipped
        self.stack: list[tuple[int, str, bool]] = []
        self.sections: list[Section] = []
        self.headings: list[tuple[Path, int, int]] = []
        self.entries: list[Entry] = []
        self.unread: list[Unread] = []
        self.group = ""
        self.seen_markdown_heading = False
        self.starts: list[tuple[int, bool]] = [(0, False)]
        self.names: list[str] = []
        self.venues: Counter[str] = Counter()
        self.known: frozenset[str] = frozenset()
        self.titles: set[int] = set()
        self.indexes: set[Path] = set()

    def all(self, blocks: list[Block]) -> None:
        """Read every block."""
        has_headings = any(b.kind == "heading" and not self._is_html(b) for b in blocks)
        self.titles = unlinked_titles(self.document.lines, blocks)
        position = 0
        while position < len(blocks):
            block = blocks[position]
            following = blocks[position + 1] if position + 1 < len(blocks) else None
            if block.kind == "heading":
                position = self._heading(blocks, position, has_headings)
                continue
            if block.kind == "bold":
                self._bold(block, following)
            elif block.kind == "summary":
                self._summary(block)
            elif block.kind == "/details":
                self._leave(8)
            elif block.kind != "details":
                self._item(block, sure=False)
            position += 1

    def _is_html(self, block: Block) -> bool:
        return self.document.lines[block.start].lstrip().startswith("<")

    @property
    def path(self) -> Path:
        """The path of the section the walk is in."""
        names = tuple(name for _, name, _ in self.stack)
        return names or (self.document.file,)

    @property
    def open(self) -> bool:
        """Whether the section the walk is in may hold entries."""
        return not any(closed for _, _, closed in self.stack[:-1]) and not (
            self.stack and self._is_closed(self.stack[-1][1])
        )

    def _is_closed(self, name: str) -> bool:
        return is_outside(name) or section_key(name) in self.skipped

    def _enter(self, level: int, name: str, block: Block) -> None:
        self._leave(level)
        navigation = re.search(r"contents?|catalogue|toc|目录", section_key(name)) is not None
        inherits = self._is_closed(name) and not (
            navigation and section_key(name) not in self.skipped
        )
        self.stack.append((level, name, inherits))
        self.group = ""
        self.names.append(name)
        self.starts.append((block.start, not self.open))
        if self.open:
            self.sections.append(Section(self.path, level))
            self.headings.append((self.path, block.start, block.end))

    def _leave(self, level: int) -> None:
        while self.stack and self.stack[-1][0] >= level:
            self.stack.pop()
        self.group = ""

    def _heading(self, blocks: Sequence[Block], position: int, has_headings: bool) -> int:
        """Read a heading, with what belongs to it if it is an entry; gives where to go on."""
        block, lines = blocks[position], self.document.lines
        name = plain(block.text)
        html = self._is_html(block)
        banner = html and has_headings and not self.seen_markdown_heading
        if banner or not section_key(name):
            return position + 1
        self.seen_markdown_heading = self.seen_markdown_heading or not html
        linked = linked_title(lines, block)
        if self.open and self.stack and (linked or position in self.titles):
            stop = end_of_entry(lines, blocks, position)
            if not linked or not names_papers(lines, blocks[position + 1 : stop]):
                self._leave(block.level)
                self._heading_entry(block, blocks[stop] if stop < len(blocks) else None)
                return stop
        self._enter(block.level, name, block)
        return position + 1

    def _heading_entry(self, block: Block, following: Block | None) -> None:
        """An entry from its heading to the next, without the blank lines before that."""
        lines = self.document.lines
        end = following.start if following else len(lines)
        while end > block.end and not lines[end - 1].strip():
            end -= 1
        whole = Block("heading", block.start, end, block.level, block.text)
        self._add(
            "heading", whole, read("".join(lines[block.start : end]).rstrip("\r\n"), "heading")
        )

    def _bold(self, block: Block, following: Block | None) -> None:
        name = plain(block.text).strip(" :：")
        if "](" in block.text or "<br" in block.text or not section_key(name):
            self._item(block, sure=False)
            return
        if following is None or following.kind in ("heading", "bold", "summary"):
            return
        if re.search(r"(?:['’]|\b20)\d\d$", name) and re.search(r"[^\W\d_]", name):
            self.group = name
            return
        apart = following.kind == "paragraph" and following.start > block.end + 1
        if apart or len(name.split()) > 12:
            return
        self._enter(7, name, block)

    def _summary(self, block: Block) -> None:
        name = plain(block.text)
        empty = re.fullmatch(
            r"(?:click|open|show|view|expand|more|details?|other|papers?|to|see|full|here|list|all|\W)*",
            section_key(name),
        )
        if not empty:
            self._enter(8, name, block)

    def _item(self, block: Block, *, sure: bool) -> None:
        """Read a block that may be an entry, or hold some."""
        document = self.document
        if not self.open:
            return
        children = [child for child in block.children if child.kind != "table row"]
        if block.kind in ("bullet", "numbered") and self._is_topic(block, children):
            self._topic(block, children)
            return
        if block.kind in ("paragraph", "bold"):
            for part in self._parts(block):
                self._paragraph(part)
            return
        text = "".join(document.lines[block.start : block.end])
        if "http" not in text and not self._has_link(text):
            if not sure:
                self._without_link(block, text)
            return
        if is_index(text, document.file, document.files):
            self.indexes.add(self.path)
            return
        if block.kind in ("bullet", "numbered") and is_navigation(text):
            return
        reading = read(text.rstrip("\r\n"), block.kind, block.columns, self.known)
        self._judge(block, text, reading)
        for child in block.children:
            if child.kind == "table row":
                self._item(child, sure=sure)

    @staticmethod
    def _has_link(text: str) -> bool:
        return re.search(r"\]\((?!#)[^)\s]", text) is not None

    def _without_link(self, block: Block, text: str) -> None:
        """An item without a link is an entry among entries, if it looks like their titles."""
        near = self.entries and self.entries[-1].section == self.path
        last = self.entries[-1] if near else None
        if last is None or block.start - last.end > 1 or last.kind != block.kind:
            return
        reading = read(text.rstrip("\r\n"), block.kind, block.columns, self.known)
        least = 1 if block.kind == "table row" else 3
        if len(reading.facts.title.split()) >= least and len(text) < 400:
            self._add(block.kind, block, reading)

    def _judge(self, block: Block, text: str, reading: Reading) -> None:
        facts = reading.facts
        addresses = [link.url for link in facts.links if link.url.startswith("http")]
        if not addresses and not self._has_link(text):
            return
        if not facts.title:
            labelled = any(link.role == "paper" and link.label for link in facts.links)
            if labelled or any(is_paper_url(url) for url in addresses):
                self._report(block, text, "no title found beside its links")
            return
        self._add(block.kind, block, reading)

    def _report(self, block: Block, text: str, reason: str) -> None:
        self.unread.append(Unread(block.start + 1, text.rstrip("\r\n"), reason, self.document.file))

    def _is_topic(self, block: Block, children: list[Block]) -> bool:
        own = "".join(
            self.document.lines[block.start : block.paragraphs[0][1]] if block.paragraphs else []
        )
        linked = self._has_link(own) and "](http" in own
        if linked:
            return names_papers(self.document.lines, children) and not any(
                is_paper_url(u) for u in _urls(own)
            )
        return names_papers(self.document.lines, children) or any(
            starts_with_title(self.document.lines, *span) for span in block.paragraphs[1:]
        )

    def _topic(self, block: Block, children: list[Block]) -> None:
        """A nested topic: its words head a section, what is nested below are the entries."""
        head_end = block.paragraphs[0][1] if block.paragraphs else block.start + 1
        words = plain("".join(self.document.lines[block.start : head_end]))
        name = re.sub(r"^(?:[-*+•]|\d+[.)])\s+", "", words).strip(" :：")
        depth = max([level for level, _, _ in self.stack] + [8]) + 1
        if name and len(name.split()) <= 12:
            self._enter(depth, name, Block("bold", block.start, head_end))
        for start, end in block.paragraphs[1:]:
            self._paragraph(Block("paragraph", start, end, head=end))
        for child in children:
            self._item(child, sure=False)
        self._leave(depth)

    def _parts(self, block: Block) -> Iterable[Block]:
        """A paragraph, or its lines where each begins with a linked title."""
        spans = [(line, line + 1) for line in range(block.start, block.end)]
        if len(spans) > 1 and all(starts_with_title(self.document.lines, *span) for span in spans):
            return [Block("paragraph", a, b, head=b) for a, b in spans]
        return [block]

    def _paragraph(self, block: Block) -> None:
        """A paragraph is an entry when it begins with a title and says little besides."""
        text = "".join(self.document.lines[block.start : block.end])
        if "http" not in text:
            return
        reading = read(text.rstrip("\r\n"), "paragraph", (), self.known)
        facts = reading.facts
        addresses = [link for link in facts.links if link.url.startswith("http")]
        if not any(link.role == "paper" or is_paper_url(link.url) for link in addresses):
            return
        place = next((p for p in reading.places if p.name == "title"), None)
        lead = text[: place.start] if place else text
        begins = place is not None and len(re.findall(r"\w+", plain(lead))) <= 12
        whole = bool(facts.title and facts.authors and facts.published)
        named = whole or len(facts.title.split()) >= 3
        if facts.title and is_about_the_list(text, reading):
            return
        if begins and named and len(reading.notes.split()) <= 30:
            self._add("paragraph", block, reading)

    def _add(self, kind: str, block: Block, reading: Reading) -> None:
        text = "".join(self.document.lines[block.start : block.end])
        if not self.stack and not self.sections:
            self.sections.append(Section(self.path, 1))
        if self.group:
            reading = _in_group(reading, self.group)
        names = cast(Kind, "paragraph" if kind == "bold" else kind)
        self.entries.append(
            Entry(
                self.document.file,
                self.path,
                block.start,
                block.end,
                text,
                names,
                reading,
                block.columns,
                self.group,
            )
        )
        if reading.facts.venue:
            self.venues[venue_key(reading.facts.venue)] += 1

    def again(self) -> None:
        """Read entries without a venue once more, knowing the venues the others write.

        Only now can banners be told from entries: by what follows them.
        """
        above = banners(self.entries)
        self.entries = [entry for entry in self.entries if entry not in above]
        known = frozenset(name for name, count in self.venues.items() if count >= 2 and name)
        for number, entry in enumerate(self.entries):
            if not entry.venue and entry.notes and known:
                text = entry.text.rstrip("\r\n")
                reading = read(text, entry.kind, entry.columns, known)
                if reading.facts.venue and reading.facts.title == entry.title:
                    self.entries[number] = replace(entry, reading=reading)

    def outside_lines(self, total: int) -> Iterable[tuple[int, int]]:
        """The lines of sections that hold no entries."""
        for (start, closed), (end, _) in zip(
            self.starts, [*self.starts[1:], (total, False)], strict=True
        ):
            if closed:
                yield start, end


def _in_group(reading: Reading, group: str) -> Reading:
    """A reading with the venue and year of the bold line its entry stands under."""
    found = find_date(group)
    if found is None or reading.facts.venue or reading.facts.published:
        return reading
    venue = group[: found.start].strip(" ,-–'’")
    facts = replace(reading.facts, venue=venue, published=found.value)
    return replace(reading, facts=facts)


def _urls(text: str) -> list[str]:
    return [text[m.url[0] : m.url[1]] for m in scan(text) if m.kind == "link"]
