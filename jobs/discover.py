"""Read every source from its watermark into the index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol, runtime_checkable

from sqlmodel import Session

from db import history, papers, rhythm
from db.index import Index
from db.store import IndexStore
from jobs.console import Console
from tracker.counting import counted
from tracker.errors import SourceError
from tracker.http import Http, Limits
from tracker.identifiers import Identifier
from tracker.paper import Paper
from tracker.settings import Settings
from tracker.sources import Batch, Enriches, Examples, LooksUpOnly, Source

NO_SOURCE = "sources: no source of papers is configured; add one, such as sources.arxiv"

_LOOK_UPS = "looked up"
_LOOK_AGAIN = timedelta(days=30)
"""A paper that a source did not know is asked for again after this long."""


@dataclass(frozen=True, slots=True)
class SourceReport:
    """What one source gave in a run; `new` counts papers the index did not know.

    `label` is its name, with its query where several sources have the same name.
    """

    name: str
    fetched: int
    new: int
    watermark: str | None
    error: str | None = None
    query: str = ""
    label: str = ""

    @property
    def status(self) -> str:
        """`ok` or `failed`."""
        return "failed" if self.error else "ok"

    def as_json(self) -> dict[str, object]:
        """The report in a document of --json."""
        return {
            "name": self.name,
            "query": self.query,
            "fetched": self.fetched,
            "new": self.new,
            "watermark": self.watermark,
            "status": self.status,
            "error": self.error,
        }


@runtime_checkable
class LooksUpArxiv(Protocol):
    """A source that knows papers by their arXiv identifiers."""

    def look_up(self, identifiers: Iterable[str]) -> Iterator[Paper]: ...


def contact_of(settings: Settings) -> str:
    """The address that a provider's operator finds in our User-Agent."""
    repository = settings.list.repository
    return f"https://github.com/{repository}" if repository else ""


def http_of(settings: Settings, index: Index) -> Http:
    """The way out of a run: its budget, and the pace it shares with other processes."""
    limits = Limits(requests=settings.sources.requests)
    return Http(contact_of(settings), limits=limits, store=IndexStore(index))


def examples_of(index: Index, listed: Iterable[Identifier]) -> Examples:
    """What recommendations learn from: what is listed, and what reviewers rejected."""
    with index.read() as session:
        rejected = papers.load(session, history.rejected_ids(session))
    names = (name for paper in rejected.values() for name in paper.identifiers)
    return Examples(tuple(listed), tuple(names))


def discover(
    index: Index, sources: Iterable[Source], *, until: date, now: datetime, console: Console
) -> list[SourceReport]:
    """Read the sources up to the day `until`; one that fails is reported, the others go on."""
    read = [source for source in sources if not isinstance(source, LooksUpOnly)]
    if not read:
        console.warn(NO_SOURCE)
    return [
        _read(index, source, label, until=until, now=now, console=console)
        for source, label in zip(read, labels((s.name, s.query) for s in read), strict=True)
    ]


def labels(named: Iterable[tuple[str, str]]) -> list[str]:
    """The names by which people tell sources apart, from pairs of name and query."""
    pairs = list(named)
    shared = Counter(name for name, _ in pairs)
    return [f"{name} ({query})" if shared[name] > 1 and query else name for name, query in pairs]


def _read(
    index: Index, source: Source, label: str, *, until: date, now: datetime, console: Console
) -> SourceReport:
    with index.read() as session:
        watermark = history.watermark(session, source.name, source.query)
    fetched, start, expected = 0, 0, None
    new: set[int] = set()
    error: str | None = None
    with console.step(f"Reading {label}") as step:
        try:
            for batch in source.read(watermark, until):
                merged = _keep(index, source, batch, now)
                new |= merged.new
                watermark = watermark if batch.watermark is None else batch.watermark
                for problem in batch.problems:
                    console.warn(problem)
                if batch.expected != expected:
                    # Another window, and what it announces comes on top.
                    start, expected = fetched, batch.expected
                fetched += len(batch.papers)
                total = None if expected is None else start + expected
                step.advance(len(batch.papers), total=total)
        except SourceError as failure:
            error = failure.reason
            with index.write() as session:
                history.fail_watermark(session, source.name, source.query, error, now)
        else:
            # A source that answered that nothing changed has been read, too.
            with index.write() as session:
                history.set_watermark(session, source.name, source.query, watermark, now)
    if error:
        console.warn(f"{label} failed and is read again next time: {error}")
    return SourceReport(
        source.name, fetched, len(new), watermark, error, query=source.query, label=label
    )


def _keep(index: Index, source: Source, batch: Batch, now: datetime) -> papers.Merged:
    """Merge a batch and move the watermark in one transaction: both are kept, or neither."""
    with index.write() as session:
        merged = papers.merge(session, batch.papers, source=source.name, seen_at=now)
        if merged.new:
            history.note_new(session, source.name, source.query, now)
        if merged.said:
            rhythm.note_news(session, source.name, source.query, now)
        if batch.watermark is not None:
            history.set_watermark(session, source.name, source.query, batch.watermark, now)
    return merged


def enrich(
    index: Index,
    numbers: Collection[int],
    sources: Sequence[Source],
    *,
    preprints: Collection[int] = (),
    failed: Collection[str] = (),
    now: datetime,
    console: Console,
) -> int:
    """Ask the sources about listed papers whose abstract is not known; how many they knew.

    They are also asked whether `preprints` have been published. Nothing is asked twice in a
    month, and a source that `failed` just before is not asked at all.
    """
    found = 0
    for name, ask in _askers(s for s in sources if s.name not in failed).items():
        with index.read() as session:
            in_question = _in_question(session, numbers, ask, preprints)
            wanted = _not_lately(session, in_question, name, now)
        if not wanted:
            continue
        known: list[Paper] = []
        try:
            with console.step(
                f"Asking {name} about {counted(len(wanted), 'listed paper')}", len(wanted)
            ) as s:
                for paper in ask.ask(wanted):
                    known.append(paper)
                    s.advance()
        except SourceError as failure:
            console.warn(f"some abstracts of listed papers are missing: {failure}")
        else:
            _remember(index, name, wanted, now)
        with index.write() as session:
            papers.merge(session, known, source=name, seen_at=now)
        found += len(known)
    return found


@dataclass(frozen=True, slots=True)
class _Asker:
    """A way to ask a source about papers, and the schemes of identifiers it understands."""

    ask: Callable[[Sequence[Identifier]], Iterator[Paper]]
    schemes: frozenset[str]


def _askers(sources: Iterable[Source]) -> dict[str, _Asker]:
    """One way to ask for each provider, arXiv first: it is asked for its own papers only."""
    found: dict[str, _Asker] = {}
    sources = list(sources)
    for source in sources:
        if isinstance(source, LooksUpArxiv):
            found.setdefault(source.name, _Asker(_by_value(source), frozenset({"arxiv"})))
    for source in sources:
        if isinstance(source, Enriches):
            schemes = frozenset({"arxiv", "doi", "pmid", "pmcid", "acl", "s2", "corpus"})
            found.setdefault(source.name, _Asker(source.enrich, schemes))
    return found


def _by_value(source: LooksUpArxiv) -> Callable[[Sequence[Identifier]], Iterator[Paper]]:
    return lambda identifiers: source.look_up(identifier.value for identifier in identifiers)


def _in_question(
    session: Session, numbers: Collection[int], ask: _Asker, preprints: Collection[int]
) -> Iterator[Identifier]:
    """An identifier of each paper that lacks an abstract, or that may have been published."""
    for number, paper in papers.load(session, numbers).items():
        understood = [i for i in paper.identifiers if i.scheme in ask.schemes]
        if understood and (not paper.abstract or number in preprints):
            yield understood[0]


def _not_lately(
    session: Session, wanted: Iterable[Identifier], name: str, now: datetime
) -> list[Identifier]:
    """Those that a source was not asked about lately."""
    asked = {i: history.recall(session, _LOOK_UPS, f"{name} {i}") for i in wanted}
    return sorted(i for i, when in asked.items() if when is None or now - when[1] >= _LOOK_AGAIN)


def _remember(index: Index, name: str, asked: Iterable[Identifier], now: datetime) -> None:
    with index.write() as session:
        for identifier in asked:
            history.remember(session, _LOOK_UPS, f"{name} {identifier}", b"", at=now)
