"""Where papers are discovered: one module a source.

A source reads batches. A batch is merged into the index and its watermark saved in one
transaction, so a run that dies between two batches continues at the second.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from tracker.identifiers import Identifier
from tracker.paper import Paper

if TYPE_CHECKING:
    from tracker.http import Http
    from tracker.settings import Settings


@dataclass(frozen=True, slots=True)
class Batch:
    """Papers of one answer; `watermark` is how far the source has been read once they are kept.

    A watermark of None leaves the source's watermark where it was: more of the same window
    is to come. `expected` is the number of papers the source announced for what is being
    read, None when it announces none. `problems` are sentences for a person about what could
    not be read on the way, such as a bad line of a file.
    """

    papers: tuple[Paper, ...]
    watermark: str | None = None
    expected: int | None = None
    problems: tuple[str, ...] = ()


class Source(Protocol):
    """Something papers are discovered in.

    `name` is what people read (`arxiv`, `feed.jsonl`); `query` tells apart the watermarks of
    one source read in several ways.
    """

    @property
    def name(self) -> str: ...

    @property
    def query(self) -> str: ...

    def read(self, watermark: str | None, until: date) -> Iterator[Batch]:
        """Batches of papers from `watermark` (None: from the beginning) to the day `until`.

        Raises SourceError when the source fails or its answer cannot be believed.
        """
        ...


@runtime_checkable
class Enriches(Protocol):
    """A source that also knows more about papers found elsewhere."""

    def enrich(self, identifiers: Iterable[Identifier]) -> Iterator[Paper]:
        """What it knows of the papers with these identifiers; the others are left out.

        Each paper carries the identifier it was asked by. Raises SourceError.
        """
        ...


class LooksUpOnly:
    """Base of a source in which nothing is discovered: jobs only ask it about known papers."""

    query = ""

    def read(self, watermark: str | None, until: date) -> Iterator[Batch]:
        """Nothing."""
        return iter(())


@dataclass(frozen=True, slots=True)
class Examples:
    """What recommendations learn from: identifiers of papers listed and of papers rejected."""

    listed: tuple[Identifier, ...] = ()
    rejected: tuple[Identifier, ...] = ()


def build_sources(
    settings: Settings,
    http: Http,
    examples: Examples = Examples(),
    environ: Mapping[str, str] = os.environ,
) -> list[Source]:
    """The sources that the settings name: files, arXiv, feeds, then the rest.

    Each source's packages are imported only when it is named. S2_API_KEY is taken from
    `environ`.
    """
    from tracker.sources import registry

    return registry.build_sources(settings, http, examples, environ)
