"""The tree of sections a survey's reading list is filed under."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

Path = tuple[str, ...]
"""A section's name: the headings from the outermost to its own, as shown to a reader."""

SEPARATOR = " › "


def path_text(path: Path) -> str:
    """The path on one line, as people read it: `Applications › Clinical Coding`."""
    return SEPARATOR.join(path)


def common_root(paths: Iterable[Path]) -> Path:
    """The headings that all paths begin with, such as a document's title; never a whole path."""
    shared: Path | None = None
    for path in paths:
        above = path[:-1]
        if shared is None:
            shared = above
        while shared and above[: len(shared)] != shared:
            shared = shared[:-1]
    return shared or ()


def section_key(name: str) -> str:
    """A heading reduced to what identifies it: letters and digits of any script, casefolded.

    Emoji, punctuation and spacing differ between a heading, a setting and a reviewer's comment.
    """
    decomposed = unicodedata.normalize("NFKC", name).casefold()
    return " ".join(re.findall(r"[^\W_]+", decomposed))


@dataclass(frozen=True, slots=True)
class Section:
    """One heading of the taxonomy.

    `level` is the heading's depth as written (1 to 6, deeper for bold lines that act as
    headings); `description` is optional help for the classifier from the settings.
    """

    path: Path
    level: int = 1
    description: str = ""

    @property
    def name(self) -> str:
        """The section's own heading."""
        return self.path[-1]

    @property
    def parent(self) -> Path:
        """The path of the section around it; empty at the top."""
        return self.path[:-1]


class Taxonomy:
    """The sections of a reading list in document order; every path is there once."""

    def __init__(self, sections: Iterable[Section]) -> None:
        self._sections: dict[Path, Section] = {}
        for section in sections:
            self._sections.setdefault(section.path, section)

    def __iter__(self) -> Iterator[Section]:
        return iter(self._sections.values())

    def __len__(self) -> int:
        return len(self._sections)

    def __contains__(self, path: object) -> bool:
        return path in self._sections

    def __getitem__(self, path: Path) -> Section:
        return self._sections[path]

    def children(self, path: Path) -> tuple[Section, ...]:
        """The sections directly below `path`, in document order."""
        return tuple(section for section in self if section.path and section.parent == path)

    def is_leaf(self, path: Path) -> bool:
        """Whether no section lies below `path`."""
        return not self.children(path)

    def find(self, text: str) -> Section | None:
        """The one section that `text` names: a full path, the end of one, or a heading.

        Emoji, case and punctuation do not matter. None when nothing or more than one fits.
        """
        wanted = [section_key(part) for part in re.split(r"\s*[›>/]\s*", text) if part.strip()]
        if not wanted:
            return None
        by_parts = [s for s in self if [section_key(p) for p in s.path][-len(wanted) :] == wanted]
        # A heading may itself contain a slash or an angle bracket.
        matches = by_parts or [s for s in self if section_key(s.name) == section_key(text)]
        return matches[0] if len(matches) == 1 else None

    def suggest(self, text: str) -> tuple[Section, ...]:
        """Up to three sections whose heading resembles `text`, the nearest first."""
        names = {section_key(section.name): section for section in self}
        close = difflib.get_close_matches(section_key(text), list(names), n=3, cutoff=0.5)
        return tuple(names[name] for name in close)
