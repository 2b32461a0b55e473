"""Read every source from its watermark into the index."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol, runtime_checkable

from db import history, papers
from db.index import Index
from jobs.console import Console
from tracker.errors import SourceError
from tracker.paper import Paper
from tracker.sources import Source

_LOOK_UPS = "looked up"
_LOOK_AGAIN = timedelta(days=30)
"""A paper that a source did not know is asked for again after this long."""


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What one source gave in a run; `new` counts papers the index did not know."""

    name: str
    fetched: int
    new: int
    watermark: str | None
    error: str | None = None

    @property
    def status(self) -> str:
        """`ok` or `failed`."""
        return "failed" if self.error else "ok"


@runtime_checkable
class LooksUpArxiv(Protocol):
    """A source that knows papers by their arXiv identifiers."""

    def look_up(self, identifiers: Iterable[str]) -> Iterator[Paper]: ...


def discover(
    index: Index, sources: Iterable[Source], *, until: date, now: datetime, console: Console
) -> list[SourceReport]:
    """Read the sources up to the day `until`; one that fails is reported, the others go on."""
    return [_read(index, source, until, now, console) for source in sources]


def _read(
    index: Index, source: Source, until: date, now: datetime, console: Console
) -> SourceReport:
    with index.read() as session:
        watermark = history.watermark(session, source.name, source.query)
    fetched = 0
    new: set[int] = set()
    error: str | None = None
    with console.step(f"Reading {source.name}") as step:
        try:
            for batch in source.read(watermark, until):
                # One transaction: a batch is kept and its watermark moved, or neither.
                with index.write() as session:
                    merged = papers.merge(session, batch.papers, source=source.name, seen_at=now)
                    new |= merged.new
                    if merged.new:
                        history.note_new(session, source.name, source.query, now)
                    if batch.watermark is not None:
                        watermark = batch.watermark
                        history.set_watermark(session, source.name, source.query, watermark, now)
                for problem in batch.problems:
                    console.warn(problem)
                fetched += len(batch.papers)
                step.advance(len(batch.papers))
        except SourceError as failure:
            error = failure.reason
            with index.write() as session:
                history.fail_watermark(session, source.name, source.query, error, now)
        else:
            # A source that answered that nothing changed has been read, too.
            with index.write() as session:
                history.set_watermark(session, source.name, source.query, watermark, now)
    if error:
        console.warn(f"{source.name} failed and is read again next time: {error}")
    return SourceReport(source.name, fetched, len(new), watermark, error)


def enrich(
    index: Index,
    numbers: Collection[int],
    sources: Sequence[Source],
    *,
    now: datetime,
    console: Console,
) -> int:
    """Look up the abstracts of listed papers on arXiv; how many were found.

    What a look-up did not find is not asked for again for a month.
    """
    source = next((s for s in sources if isinstance(s, LooksUpArxiv)), None)
    if source is None:
        return 0
    with index.read() as session:
        listed = papers.load(session, numbers)
        wanted = sorted(
            name
            for paper in listed.values()
            if not paper.abstract and (name := paper.identifier("arxiv"))
            if not _asked_lately(history.recall(session, _LOOK_UPS, name), now)
        )
    if not wanted:
        return 0
    found: list[Paper] = []
    try:
        with console.step(f"Looking up {len(wanted)} listed papers on arXiv", len(wanted)) as step:
            for paper in source.look_up(wanted):
                found.append(paper)
                step.advance()
    except SourceError as failure:
        console.warn(f"the abstracts of listed papers are missing: {failure.reason}")
    else:
        _remember(index, wanted, now)
    with index.write() as session:
        papers.merge(session, found, source="arxiv", seen_at=now)
    return len(found)


def _asked_lately(kept: tuple[bytes, datetime] | None, now: datetime) -> bool:
    return kept is not None and now - kept[1] < _LOOK_AGAIN


def _remember(index: Index, names: Iterable[str], now: datetime) -> None:
    with index.write() as session:
        for name in names:
            history.remember(session, _LOOK_UPS, name, b"", at=now)
