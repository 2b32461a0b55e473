"""One item of a reading list: where it stands, and what it states."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from tracker.identifiers import Identifier, arxiv_id
from tracker.paper import Link, Paper
from tracker.reading_list.dates import PartialDate
from tracker.reading_list.inline import plain
from tracker.reading_list.pieces import Facts, NamedLink, Reading
from tracker.reading_list.words import PREPRINT, identify_safely
from tracker.taxonomy import Path

Kind = Literal["bullet", "numbered", "table row", "html row", "paragraph", "heading"]


@dataclass(frozen=True, slots=True)
class Unread:
    """What looks like an entry and could not be read: its first line (from 1), text and why.

    For a list in HTML `items` is how many of it there are, else 0; line and text are the first's.
    """

    line: int
    text: str
    reason: str
    file: str = "README.md"
    items: int = 0

    @property
    def entries(self) -> int:
        """How many entries are lost by it."""
        return self.items or 1


@dataclass(frozen=True, slots=True)
class Entry:
    """An item of a reading list.

    `start` and `end` are its lines in `file`, counted from 0, half-open; `text` is exactly those
    lines. `venue` is its own, or that of the bold line its group stands under (`group`).
    `columns` are the headings of its table.
    """

    file: str
    section: Path
    start: int
    end: int
    text: str
    kind: Kind
    reading: Reading
    columns: tuple[str, ...] = ()
    group: str = ""

    @property
    def facts(self) -> Facts:
        """What it states of its paper."""
        return self.reading.facts

    @property
    def title(self) -> str:
        """The paper's title as a reader sees it."""
        return self.facts.title

    @property
    def short_name(self) -> str:
        """The name set before the title, such as a model's; empty where there is none."""
        return self.facts.short_name

    @property
    def venue(self) -> str:
        """Where it says the paper appeared, in its own spelling; empty where it does not."""
        return self.facts.venue

    @property
    def published(self) -> PartialDate | None:
        """The date it states, as fine as it states it."""
        return self.facts.published

    @property
    def authors(self) -> tuple[str, ...]:
        """The authors it names, without affiliations."""
        names = (re.sub(r"\s*\([^()]*\)", "", name).strip() for name in self.facts.authors)
        return tuple(name for name in names if name)

    @property
    def notes(self) -> str:
        """What else it says."""
        return self.reading.notes

    @property
    def named_links(self) -> tuple[NamedLink, ...]:
        """Its links with their labels, in order; pictures without a link are left out."""
        return tuple(link for link in self.facts.links if link.url.startswith(("http:", "https:")))

    @property
    def links(self) -> tuple[Link, ...]:
        """Its links, in order."""
        return tuple(Link(link.role, link.url) for link in self.named_links)

    @property
    def labels(self) -> tuple[str, ...]:
        """The texts of `links`."""
        return tuple(plain(link.label) for link in self.named_links)

    @property
    def paper_links(self) -> tuple[NamedLink, ...]:
        """The links that lead to the paper itself."""
        return tuple(link for link in self.named_links if link.role == "paper")

    @property
    def identifiers(self) -> tuple[Identifier, ...]:
        """What its paper links identify; without any, its first link does."""
        links = self.paper_links or self.named_links[:1]
        found = (identifier for link in links for identifier in identify_safely(link.url))
        return tuple(dict.fromkeys(found))

    def paper(self) -> Paper:
        """The paper, as far as the entry states it."""
        day = self.published.first_day() if self.published else None
        versions = (arxiv_id(link.url) for link in self.paper_links if "arxiv" in link.url.lower())
        return Paper(
            title=self.title,
            identifiers=self.identifiers,
            authors=self.authors,
            published=day,
            venue="" if PREPRINT.search(self.venue) else self.venue,
            version=next((found[1] for found in versions if found), None),
            links=self.links,
        )
