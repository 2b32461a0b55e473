"""Discover papers and nothing else: `tracker discover`, narrowed to sources and days."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from db import history, papers
from db.index import Index
from jobs.console import Console, table, terminal_width
from jobs.discover import NO_SOURCE, SourceReport, discover, examples_of, http_of
from jobs.index_file import open_index
from jobs.status import silences
from tracker.errors import InputError, SettingError
from tracker.identifiers import Identifier
from tracker.settings import Settings
from tracker.sources import Batch, LooksUpOnly, Source, build_sources


@dataclass(frozen=True, slots=True)
class DiscoverResult:
    """What each source gave; `alarms` are sentences about sources silent for too long."""

    run: int
    sources: tuple[SourceReport, ...]
    alarms: tuple[str, ...]

    @property
    def failed(self) -> bool:
        """Whether a source failed or has been silent for too long."""
        return bool(self.alarms) or any(report.error for report in self.sources)


class Backfill:
    """A source read from an earlier day on, with a watermark of its own.

    So an old stretch is read without moving where the regular reading stands, and goes on
    where it was when it breaks off.
    """

    def __init__(self, source: Source, since: date) -> None:
        self.name = source.name
        self.query = f"{source.query} since {since}".strip()
        self._source = source
        self._since = since

    def read(self, watermark: str | None, until: date) -> Iterator[Batch]:
        """The source's batches from the day on; see the source."""
        before = (self._since - timedelta(days=1)).isoformat()
        return self._source.read(watermark or before, until)


def discover_alone(
    settings: Settings,
    console: Console,
    *,
    until: date,
    since: date | None = None,
    names: Collection[str] = (),
    environ: Mapping[str, str] = os.environ,
) -> DiscoverResult:
    """Read the sources into the index.

    `names` narrows to these sources; `since` reads from that day on instead of from the
    watermarks. Raises InputError for a name that no source has, and for days out of order.
    """
    if since is not None and since > until:
        raise InputError(f"--since {since} is after --until {until}")
    now = datetime.now(UTC)
    with open_index(settings) as index:
        with index.write() as session:
            number = history.start_run(session, "discover", started=now, as_of=until)
        status = "failed"
        try:
            with http_of(settings, index) as http:
                built = build_sources(settings, http, examples_of(index, _listed(index)), environ)
                sources = _chosen(built, names)
                if since is not None:
                    sources = [Backfill(source, since) for source in sources]
                reports = discover(index, sources, until=until, now=now, console=console)
            with index.read() as session:
                alarms = silences(session, [report.name for report in reports])
            result = DiscoverResult(number, tuple(reports), tuple(alarms))
            status = "failed" if result.failed else "done"
        finally:
            with index.write() as session:
                history.finish_run(session, number, finished=datetime.now(UTC), status=status)
    for alarm in result.alarms:
        console.warn(alarm)
    _show(result, console)
    return result


def _chosen(sources: Sequence[Source], names: Collection[str]) -> list[Source]:
    sources = [source for source in sources if not isinstance(source, LooksUpOnly)]
    if not sources:
        raise SettingError(NO_SOURCE)
    known = list(dict.fromkeys(source.name for source in sources))
    for name in names:
        if name not in known:
            raise InputError(f"--source {name!r} is not configured; there are: {', '.join(known)}")
    return [source for source in sources if not names or source.name in names]


def _listed(index: Index) -> list[Identifier]:
    """The identifiers of the papers on the list as last read."""
    with index.read() as session:
        listed = papers.load(session, history.listed_ids(session))
    return [name for paper in listed.values() for name in paper.identifiers]


def _show(result: DiscoverResult, console: Console) -> None:
    console.document(
        {
            "run": result.run,
            "sources": [source.as_json() for source in result.sources],
            "alarms": list(result.alarms),
        }
    )
    rows = [(r.label, r.fetched, r.new, r.status) for r in result.sources]
    console.say(table(["source", "papers", "new", "status"], rows, terminal_width()))
