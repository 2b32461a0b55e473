"""The reading list as a whole, and every change to it: splices of lines, never a rewrite."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property

from tracker.errors import InputError
from tracker.paper import Paper
from tracker.reading_list.dates import PartialDate
from tracker.reading_list.document import Document
from tracker.reading_list.entry import Entry, Unread
from tracker.reading_list.lines import split_lines
from tracker.reading_list.pieces import Facts
from tracker.reading_list.revise import revised
from tracker.reading_list.splice import Splice, apply, insertion, line_after, removal
from tracker.reading_list.style import Style, style_of
from tracker.taxonomy import Path, Section, Taxonomy, path_text, section_key


@dataclass(frozen=True, slots=True)
class Addition:
    """What was added for a paper: `line` counts from 1 in the file as it is after all additions.

    `text` is exactly what was added, without the final line ending.
    """

    file: str
    section: Path
    line: int
    text: str


class ReadingList:
    """One list kept in one or several Markdown files. It never changes; edits give a new one."""

    def __init__(self, documents: Mapping[str, Document], skip_sections: Sequence[str]) -> None:
        self.documents = dict(documents)
        self.skip_sections = tuple(skip_sections)
        self._styles: dict[Path, Style] = {}

    @classmethod
    def parse(cls, files: Mapping[str, str], skip_sections: Sequence[str] = ()) -> ReadingList:
        """Parse the files' texts, given by name; the order of the files is that of the list."""
        documents = {
            name: Document.parse(text, file=name, skip_sections=skip_sections, files=files)
            for name, text in files.items()
        }
        return cls(documents, skip_sections)

    @property
    def files(self) -> dict[str, str]:
        """The texts of the files by name."""
        return {name: document.text for name, document in self.documents.items()}

    @cached_property
    def taxonomy(self) -> Taxonomy:
        """The sections of all files."""
        sections: list[Section] = []
        for document in self.documents.values():
            sections += document.taxonomy
        return Taxonomy(sections)

    def unknown_skips(self) -> dict[str, str]:
        """The `skip_sections` that no heading is called, each with the heading nearest to it."""
        names = {section_key(n): n for document in self.documents.values() for n in document.names}
        unknown = (name for name in self.skip_sections if section_key(name) not in names)
        near = {name: get_close_matches(section_key(name), names, n=1) for name in unknown}
        return {name: names[found[0]] if found else "" for name, found in near.items()}

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """The entries of all files, in order."""
        return tuple(e for document in self.documents.values() for e in document.entries)

    @cached_property
    def unread(self) -> tuple[Unread, ...]:
        """What looks like an entry and could not be read."""
        return tuple(u for document in self.documents.values() for u in document.unread)

    @cached_property
    def by_section(self) -> dict[Path, list[Entry]]:
        """The entries of each section that has some."""
        found: dict[Path, list[Entry]] = {}
        for entry in self.entries:
            found.setdefault(entry.section, []).append(entry)
        return found

    def style(self, section: Path) -> Style:
        """The style of a section; of those around it where it has no entries of its own."""
        if section not in self._styles:
            self._styles[section] = style_of(self.by_section, section)
        return self._styles[section]

    @staticmethod
    def style_among(by_section: Mapping[Path, Sequence[Entry]], section: Path) -> Style:
        """The style a section would have among these entries."""
        return style_of(by_section, section)

    def insert_all(
        self, papers: Sequence[tuple[Path, Paper]]
    ) -> tuple[ReadingList, list[Addition]]:
        """Add papers, each to its section in the section's style and order.

        Returns the new list and the additions in the order the papers were given. Raises
        InputError for a section the list does not have.
        """
        return self.insert_facts([(s, self._facts(s, paper)) for s, paper in papers])

    def _facts(self, section: Path, paper: Paper) -> Facts:
        return self.style(section).facts_of(paper)

    def insert_facts(
        self, items: Sequence[tuple[Path, Facts]]
    ) -> tuple[ReadingList, list[Addition]]:
        """Add entries for facts as they are; see `insert_all`."""
        changed, additions = self, dict[int, Addition]()
        waiting = dict(enumerate(items))
        sections = {number: section for number, (section, _) in waiting.items()}
        while waiting:
            batch = changed._batch(waiting)
            splices = changed._splices({n: waiting.pop(n) for n in batch}, self)
            following, added = changed._apply(splices, sections)
            lines = {n: changed._own_lines(addition) for n, addition in additions.items()}
            additions = {n: following._carried(a, splices) for n, a in lines.items()}
            additions |= dict(zip(sorted(batch), added, strict=True))
            changed = following
        return changed, [additions[number] for number in sorted(additions)]

    def _batch(self, items: Mapping[int, tuple[Path, Facts]]) -> list[int]:
        """Those that can be added at once: of several in an empty section the others go by one."""
        seen: set[Path] = set()
        batch = []
        for number, (section, _) in items.items():
            if section not in self.taxonomy:
                raise InputError(f"{path_text(section)}: the reading list has no such section")
            if section not in seen or self.style(section).lane:
                batch.append(number)
            seen.add(section)
        return batch

    def _splices(
        self, items: Mapping[int, tuple[Path, Facts]], learned: ReadingList
    ) -> list[tuple[int, str, Splice]]:
        """What adds each of these here, written in the styles of the list before any was added."""
        found = []
        for number, (path, facts) in items.items():
            style, before = self.style(path), learned.style(path)
            made = insertion(self.documents, path, style, facts, learned=before)
            found.append((number, *made))
        return found

    def _own_lines(self, addition: Addition) -> Addition:
        """An addition without the head of the table that was added with it, or its end."""
        start, end = addition.line - 1, addition.line - 1 + len(split_lines(addition.text))
        inside = self.by_section.get(addition.section, ())
        entry = next(
            (e for e in inside if e.file == addition.file and start <= e.start < end), None
        )
        if entry is None:
            return addition
        return replace(addition, line=entry.start + 1, text=entry.text.rstrip("\r\n"))

    def _carried(self, addition: Addition, splices: Sequence[tuple[int, str, Splice]]) -> Addition:
        """An addition where it stands, and as it reads, after splices that gave this list."""
        mine = [splice for _, file, splice in splices if file == addition.file]
        line = line_after(mine, addition.line)
        size = len(split_lines(addition.text))
        lines = self.documents[addition.file].lines[line - 1 : line - 1 + size]
        return replace(addition, line=line, text="".join(lines).rstrip("\r\n"))

    def _apply(
        self, splices: Sequence[tuple[int, str, Splice]], sections: Mapping[int, Path]
    ) -> tuple[ReadingList, list[Addition]]:
        documents = dict(self.documents)
        additions: dict[int, Addition] = {}
        for file in {file for _, file, _ in splices}:
            mine = [(number, splice) for number, name, splice in splices if name == file]
            text, places = apply(self.documents[file].lines, mine)
            for number, (line, added) in places.items():
                additions[number] = Addition(file, sections[number], line, added)
            documents[file] = Document.parse(
                text, file=file, skip_sections=self.skip_sections, files=documents
            )
        changed = ReadingList(documents, self.skip_sections)
        return changed, [additions[number] for number in sorted(additions)]

    def remove(self, entry: Entry) -> ReadingList:
        """The list without an entry; only its lines go."""
        splice = removal(self.documents[entry.file], entry)
        return self._apply([(0, entry.file, splice)], {0: entry.section})[0]

    def move(self, entry: Entry, section: Path) -> tuple[ReadingList, Addition]:
        """The list with an entry in another section, at the place the order there gives it.

        The entry keeps its text, down to its notes, where that section writes entries of its
        kind; elsewhere it is written in the style there. Raises InputError for a section the
        list does not have.
        """
        if section not in self.taxonomy:
            raise InputError(f"{path_text(section)}: the reading list has no such section")
        rest = self.remove(entry)
        lane = rest.style(section).lane
        alike = bool(lane) and (lane[0].kind, lane[0].columns) == (entry.kind, entry.columns)
        text = entry.text.rstrip("\r\n") if alike else None
        style = rest.style(section)
        file, splice = insertion(rest.documents, section, style, entry.facts, text)
        changed, (addition,) = rest._apply([(0, file, splice)], {0: section})
        return changed, addition

    def replace(self, entry: Entry, text: str) -> ReadingList:
        """The list with another text in the place of an entry's; only its lines change."""
        splice = Splice(entry.start, entry.end, text)
        return self._apply([(0, entry.file, splice)], {0: entry.section})[0]

    def update(
        self,
        entry: Entry,
        *,
        title: str | None = None,
        venue: str | None = None,
        published: PartialDate | None = None,
        link: str | None = None,
    ) -> ReadingList:
        """The list with facts of an entry replaced where they stand; see `revised`."""
        text = revised(entry, title=title, venue=venue, published=published, link=link)
        return self.replace(entry, text)
