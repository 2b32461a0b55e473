"""The main job: read the list, discover, classify, propose."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from db import history, papers
from db.index import Index
from db.store import IndexStore
from jobs import propose
from jobs.classify import classify
from jobs.console import Console
from jobs.discover import SourceReport, contact_of, discover, enrich, examples_of
from jobs.listing import Listing, listing_of, parse_list
from jobs.propose import Outcome
from jobs.settle import State, settle
from jobs.status import silences
from jobs.targets import open_target
from tracker.http import Http
from tracker.pull_request.folder import TEXT_NAME
from tracker.pull_request.proposal import Proposal, Report
from tracker.pull_request.target import Conflict, PullRequest, Snapshot, Target
from tracker.reading_list import ReadingList
from tracker.settings import Settings
from tracker.sources import Source, build_sources

_TRIES = 3
"""How often proposals are made anew when someone else writes to the branch meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What a run did.

    `report` is what the pull request says, `added` the proposals this run put into it, `diff`
    what changes in the list, `body` the pull request's text. `where` tells a person where to
    look at it. `alarms` are sentences about sources that have been silent for longer than they
    usually are.
    """

    run: int
    as_of: date
    dry_run: bool
    sources: tuple[SourceReport, ...]
    report: Report
    added: tuple[Proposal, ...]
    pull_request: PullRequest | None
    diff: str
    body: str
    where: str = ""
    alarms: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        """Whether something needs a person: every source failed, or one is silent for too long."""
        all_failed = bool(self.sources) and all(source.error for source in self.sources)
        return all_failed or bool(self.alarms)


@dataclass(frozen=True, slots=True)
class _Work:
    """What stays the same while a run goes on."""

    settings: Settings
    index: Index
    target: Target
    console: Console
    run: int
    as_of: date
    now: datetime
    dry_run: bool


def run(
    settings: Settings,
    console: Console,
    *,
    as_of: date,
    dry_run: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> RunResult:
    """Keep the reading list alive, once.

    `as_of` is the day the run believes it is; a dry run writes nothing outside the index.
    Raises TrackerError when the list cannot be read or the pull request not be written.
    """
    now = moment_of(as_of)
    with Index.open(settings.index_url) as index:
        target = open_target(settings, environ, dry_run=dry_run)
        with index.write() as session:
            number = history.start_run(session, "run", started=now, as_of=as_of)
        work = _Work(settings, index, target, console, number, as_of, now, dry_run)
        try:
            result = _run(work, environ)
        except BaseException:
            _finish(index, number, "failed", {})
            raise
        _finish(index, number, "failed" if result.failed else "done", _counts(result))
        return result


def _run(work: _Work, environ: Mapping[str, str]) -> RunResult:
    with work.console.step("Reading the list"):
        snapshot = work.target.read()
        reading_list = parse_list(snapshot.files, work.settings)
    with Http(contact_of(work.settings), store=IndexStore(work.index)) as http:
        listed = dict.fromkeys(i for e in reading_list.entries for i in e.identifiers)
        examples = examples_of(work.index, listed)
        sources = build_sources(work.settings, http, examples, environ)
        reports = discover(
            work.index, sources, until=work.as_of, now=work.now, console=work.console
        )
        listing = _identify(work, reading_list, sources, [r.name for r in reports if r.error])
    outcome, pull_request = _propose(work, snapshot, reading_list, listing, reports)
    with work.index.read() as session:
        alarms = silences(session, [report.name for report in reports])
    for alarm in alarms:
        work.console.warn(alarm)
    return RunResult(
        run=work.run,
        as_of=work.as_of,
        dry_run=work.dry_run,
        sources=tuple(reports),
        report=outcome.report,
        added=outcome.added,
        pull_request=pull_request,
        diff=outcome.diff,
        body=outcome.body,
        where=_where(work, snapshot, pull_request),
        alarms=tuple(alarms),
    )


def _where(work: _Work, snapshot: Snapshot, pull_request: PullRequest | None) -> str:
    """Where a person looks at the proposals."""
    if pull_request is None or pull_request.url:
        return (pull_request.url if pull_request else None) or ""
    if snapshot.revision:
        folder = work.settings.resolve(work.settings.list.path or ".")
        command = f"git -C {folder} diff {snapshot.base}...{snapshot.branch}"
        return f"on the branch {snapshot.branch}; see {TEXT_NAME} or `{command}`"
    return f"in {', '.join(snapshot.files)}; see {TEXT_NAME}, and delete it when reviewed"


def _identify(
    work: _Work, reading_list: ReadingList, sources: Sequence[Source], failed: Sequence[str]
) -> Listing:
    """Every entry's paper, with the abstracts that the sources can look up."""
    with work.console.step("Identifying the entries"):
        listing = listing_of(work.index, reading_list, work.now, keep=True)
    numbers, console = listing.sections, work.console
    if enrich(work.index, numbers, sources, failed=failed, now=work.now, console=console):
        listing = listing_of(work.index, reading_list, work.now, keep=True)
    return listing


def _propose(
    work: _Work,
    snapshot: Snapshot,
    base: ReadingList,
    listing: Listing,
    reports: Sequence[SourceReport],
) -> tuple[Outcome, PullRequest | None]:
    """Decide and publish; again on what is there then, when someone else wrote meanwhile."""
    for attempt in range(1, _TRIES + 1):
        state = settle(work.index, snapshot, work.settings, base, listing, now=work.now)
        outcome = _decide(work, snapshot, state, reports)
        if work.dry_run:
            break
        try:
            with work.console.step("Writing the proposals"):
                labels = work.settings.propose.labels
                done = work.target.publish(snapshot, outcome.files, outcome.report, labels)
        except Conflict as conflict:
            if attempt == _TRIES:
                raise
            work.console.warn(f"{conflict} Reading again.")
            snapshot = work.target.read()
            base = parse_list(snapshot.files, work.settings)
            listing = listing_of(work.index, base, work.now, keep=True)
            continue
        propose.record(work.index, outcome, done, run=work.run, now=work.now)
        return outcome, done if done.state != "none" else None
    return outcome, None


def _decide(
    work: _Work, snapshot: Snapshot, state: State, reports: Sequence[SourceReport]
) -> Outcome:
    """Judge every paper that is not on the list, and put the best into it."""
    with work.index.read() as session:
        everything = papers.load(session)
        rejected = history.rejected_ids(session)
    known = {
        number: paper
        for number, paper in everything.items()
        if number in state.listing.sections
        or paper.published is None
        or paper.published <= work.as_of
    }
    # What waits for review is judged like the rest, and then left out: the same papers give
    # the same model, so a run repeated without news finds nothing new.
    unlisted = [n for n, p in known.items() if not state.listing.holds(n, p.title)]
    candidates = [n for n in unlisted if n not in rejected]
    settings = work.settings.propose
    verdicts = classify(
        known,
        state.listing,
        state.sections,
        candidates=candidates,
        rejected=[n for n in unlisted if n in rejected],
        min_relevance=settings.min_relevance,
        console=work.console,
    )
    return propose.prepare(
        work.index,
        state,
        [v for v in verdicts if not state.waits(v.number, v.paper)],
        settings,
        reports,
        before=snapshot.working,
        judged=len(candidates),
        rejected=len(rejected),
        as_of=work.as_of,
    )


def _counts(result: RunResult) -> dict[str, Any]:
    funnel = result.report.funnel
    return {
        "seen": funnel.seen,
        "relevant": funnel.relevant,
        "unplaced": funnel.unplaced,
        "postponed": funnel.postponed,
        "added": len(result.added),
        "open": funnel.proposed,
    }


def _finish(index: Index, number: int, status: str, funnel: Mapping[str, Any]) -> None:
    with index.write() as session:
        history.finish_run(
            session, number, finished=datetime.now(UTC), status=status, funnel=funnel
        )


def moment_of(day: date) -> datetime:
    """Now, or noon of the day that a run believes it is."""
    now = datetime.now(UTC)
    return now if now.date() == day else datetime.combine(day, time(12), UTC)
