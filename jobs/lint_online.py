"""What an audit learns by asking: the records of the papers on a list, and its dead links."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from db import papers
from db.index import Index
from db.tables import IDENTIFIER, RECORD
from jobs.console import Console
from jobs.discover import contact_of
from jobs.links import Check, check_links
from jobs.links_show import CheckedLink
from tracker.counting import counted
from tracker.errors import SourceError
from tracker.http import Http
from tracker.identifiers import Identifier
from tracker.pacing import Store
from tracker.paper import Paper
from tracker.reading_list import ReadingList
from tracker.reading_list.finding import Finding
from tracker.settings import ArxivSettings, Settings
from tracker.sources.arxiv import ArxivSource

DEAD_LINK, MOVED_LINK = "dead-link", "moved-link"
"""The rules about links; what is not sure to be dead is told by `tracker links` alone."""

_FRESH = timedelta(days=30)
"""A record seen since is not asked for again; venues are added to records months later."""


def look_up(
    index: Index,
    settings: Settings | None,
    identifiers: Collection[Identifier],
    console: Console,
    *,
    store: Store,
    environ: Mapping[str, str],
    now: datetime,
) -> None:
    """Bring the index up to date with what the sources say of these papers.

    arXiv is asked for its papers, and Semantic Scholar, where it is configured, for all of
    them. A source that fails is a warning: the audit goes on with what is known.
    """
    keeper = _Keeper(index, console, now)
    with Http(contact_of(settings) if settings else "", store=store) as http:
        named = settings.sources.arxiv if settings else None
        arxiv = ArxivSource(named or ArxivSettings(categories=("cs.CL",)), http)

        def by_number(wanted: Iterable[Identifier]) -> Iterator[Paper]:
            return arxiv.look_up(name.value for name in wanted)

        numbered = [name for name in identifiers if name.scheme == "arxiv"]
        keeper.bring_up_to_date(arxiv.name, by_number, numbered)
        scholar = settings.sources.semantic_scholar if settings else None
        if scholar is not None:
            from tracker.sources.semantic_scholar import NAME, SemanticScholar

            client = SemanticScholar(scholar.url, http, environ.get("S2_API_KEY", ""))
            named_at_all = [name for name in identifiers if name.scheme != "url"]
            keeper.bring_up_to_date(NAME, client.look_up, named_at_all)


@dataclass(frozen=True, slots=True)
class _Keeper:
    """Keeps what sources say in an index."""

    index: Index
    console: Console
    now: datetime

    def bring_up_to_date(
        self,
        source: str,
        ask: Callable[[Iterable[Identifier]], Iterator[Paper]],
        names: Collection[Identifier],
    ) -> None:
        """Ask a source for those of these papers of which it said nothing of late."""
        wanted = sorted(set(names) - _fresh(self.index, source, self.now - _FRESH))
        if not wanted:
            return
        found: list[Paper] = []
        title = f"Looking up {counted(len(wanted), 'paper')} in {source}"
        with self.console.step(title, total=len(wanted)) as step:
            try:
                for paper in ask(wanted):
                    found.append(paper)
                    step.advance()
            except SourceError as error:
                self.console.warn(f"{error}; the audit goes on with what is known")
        with self.index.write() as session:
            papers.merge(session, found, source=source, seen_at=self.now)


def _fresh(index: Index, source: str, since: datetime) -> set[Identifier]:
    """The identifiers of papers of which a source said something since."""
    seen = select(RECORD.c.paper_id).where(RECORD.c.source == source, RECORD.c.last_seen >= since)
    known = select(IDENTIFIER.c.scheme, IDENTIFIER.c.value).where(IDENTIFIER.c.paper_id.in_(seen))
    with index.read() as session:
        return {Identifier(scheme, value) for scheme, value in session.execute(known)}


def check_new_links(
    index: Index,
    settings: Settings | None,
    reading_list: ReadingList,
    console: Console,
    *,
    store: Store,
) -> None:
    """Ask for the links that were never checked."""
    new = Check(ask="new")
    report = check_links(index, reading_list, settings, console, check=new, store=store)
    if report.is_offline:
        console.warn("no host answered: the network is unreachable; no link was checked")


def link_findings(
    index: Index, settings: Settings | None, reading_list: ReadingList, console: Console
) -> list[Finding]:
    """What the index remembers of the list's links; nothing is asked."""
    report = check_links(index, reading_list, settings, console, check=Check(ask="nothing"))
    return [
        _finding(link)
        for link in report.links
        if link.verdict == "dead" or (link.verdict == "moved" and link.better)
    ]


def _finding(link: CheckedLink) -> Finding:
    place, state = link.link, link.state
    if link.verdict == "moved":
        sentence = f"{place.url} has moved for good."
        return Finding(place.file, place.line, MOVED_LINK, sentence, f"Write {link.better}.")
    since = f" since {state.failing_since.date()}" if state and state.failing_since else ""
    sentence = f"{place.url} is dead{since}: {link.reason}."
    fix = "Find its new address, or remove the link."
    if link.archived:
        fix = f"Write its archived copy, {link.archived}."
    if link.better:
        fix = f"Write {link.better}."
    return Finding(place.file, place.line, DEAD_LINK, sentence, fix)
