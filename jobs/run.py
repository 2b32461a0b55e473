"""The main job: read the list, hear the reviewers, discover, classify, propose."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Literal

from db import history, papers
from db.index import Index
from jobs import propose
from jobs.answers import answer
from jobs.board import publish_board, read_board
from jobs.classify import classify, pool_of
from jobs.console import Console
from jobs.discover import SourceReport, discover, enrich, examples_of, http_of
from jobs.index_file import open_index
from jobs.listing import Listing, legible, listing_of, parse_list, warn_of_list
from jobs.lookup import finder
from jobs.propose import Judged, Outcome
from jobs.settle import State, settle
from jobs.shelve import off_the_shelf, shelve_old
from jobs.status import silences
from jobs.targets import open_target
from jobs.updates import preprints
from jobs.work import Work, moment_of
from tracker.pull_request.body import TEXT_NAME
from tracker.pull_request.proposal import Proposal, Report, SourceCount
from tracker.pull_request.target import Conflict, PullRequest, Snapshot
from tracker.reading_list import ReadingList
from tracker.settings import Settings
from tracker.sources import Source, build_sources

Part = Literal["run", "review", "propose"]
"""All of it; only what reviewers said; all but the sources."""

_ARXIV_ID = re.compile(r"(?<![\d.])\d{4}\.\d{4,5}(?!\d)")

_TRIES = 3
"""How often proposals are made anew when someone else writes to the branch meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What a run did.

    `report` is what the pull request says, `added` the proposals this run put into it, `updated`
    how many entries it newly brought up to date, `decided` what it found reviewers to have
    decided, `answered` the comments it answered. `diff` is what changes in the list, `body` the
    pull request's text. `where` tells a person where to look at it. `alarms` are sentences about
    sources that have been silent for longer than they usually are.
    """

    run: int
    part: Part
    as_of: date
    dry_run: bool
    sources: tuple[SourceReport, ...]
    report: Report
    added: tuple[Proposal, ...]
    updated: int = 0
    decided: tuple[history.Decision, ...] = ()
    answered: int = 0
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


def run(
    settings: Settings,
    console: Console,
    *,
    as_of: date,
    part: Part = "run",
    dry_run: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> RunResult:
    """Keep the reading list alive, once.

    `as_of` is the day the run believes it is; a dry run writes nothing outside the index. Only
    the whole run reads the sources; `review` proposes nothing but what people asked for.
    Raises TrackerError when the list cannot be read or the pull request not be written.
    """
    now = moment_of(as_of)
    with open_index(settings) as index:
        target = open_target(settings, environ, dry_run=dry_run)
        with index.write() as session:
            number = history.start_run(session, part, started=now, as_of=as_of)
        work = Work(
            settings=settings,
            index=index,
            target=target,
            console=console,
            run=number,
            as_of=as_of,
            now=now,
            dry_run=dry_run,
            environ=environ,
        )
        try:
            result = _run(work, part)
        except BaseException:
            _finish(index, number, "failed", {})
            raise
        _finish(index, number, "failed" if result.failed else "done", _counts(result))
        return result


def _run(work: Work, part: Part) -> RunResult:
    with work.console.step("Reading the list"):
        snapshot = work.target.read()
        reading_list = parse_list(snapshot.files, work.settings)
    warn_of_list(work.console, reading_list)
    if part == "run":
        reports, listing = _discover(work, reading_list)
    else:
        reports, listing = [], _identify(work, reading_list)
    sources = _source_counts(work.index, reports)
    proposing = _Proposing(work, sources, adding=part != "review")
    done = proposing.propose(snapshot, reading_list, listing)
    with work.index.read() as session:
        alarms = silences(session, [report.name for report in reports])
    for alarm in alarms:
        work.console.warn(alarm)
    return RunResult(
        run=work.run,
        part=part,
        as_of=work.as_of,
        dry_run=work.dry_run,
        sources=tuple(reports),
        report=done.outcome.report,
        added=done.outcome.added,
        updated=len(done.outcome.updated),
        decided=done.state.decided,
        answered=sum(not reply.same for reply in done.state.replies),
        pull_request=done.pull_request,
        diff=done.outcome.diff,
        body=done.outcome.body,
        where=_where(work, done.snapshot, done.pull_request),
        alarms=tuple(alarms),
    )


def _discover(work: Work, reading_list: ReadingList) -> tuple[list[SourceReport], Listing]:
    """Read the sources, then identify the entries with what they know."""
    with http_of(work.settings, work.index) as http:
        listed = dict.fromkeys(i for e in reading_list.entries for i in e.identifiers)
        examples = examples_of(work.index, listed)
        sources = build_sources(work.settings, http, examples, work.environ)
        reports = discover(
            work.index, sources, until=work.as_of, now=work.now, console=work.console
        )
        failed = [report.name for report in reports if report.error]
        return reports, _enriched(work, reading_list, sources, failed)


def _identify(work: Work, reading_list: ReadingList) -> Listing:
    """Every entry's paper."""
    with work.console.step("Identifying the entries"):
        return listing_of(work.index, reading_list, work.now, keep=True)


def _enriched(
    work: Work, reading_list: ReadingList, sources: Sequence[Source], failed: Sequence[str]
) -> Listing:
    """Every entry's paper, with the abstracts and publications that sources can look up."""
    listing = _identify(work, reading_list)
    asked: set[int] = set()
    if work.settings.propose.updates:
        with work.index.read() as session:
            asked = preprints(listing, papers.load(session, listing.sections))
    found = enrich(
        work.index,
        listing.sections,
        sources,
        preprints=asked,
        failed=failed,
        now=work.now,
        console=work.console,
    )
    return listing_of(work.index, reading_list, work.now, keep=True) if found else listing


def _source_counts(index: Index, reports: Sequence[SourceReport]) -> tuple[SourceCount, ...]:
    """What the sources gave in this run, or in the last that read them."""
    if reports:
        return tuple(
            SourceCount(name=r.label or r.name, fetched=r.fetched, new=r.new, error=r.error or "")
            for r in reports
        )
    with index.read() as session:
        earlier = history.runs(session, job="run", limit=20)
    told = (run.funnel["sources"] for run in earlier if run.funnel.get("sources"))
    return tuple(SourceCount(**source) for source in next(told, ()))


@dataclass(frozen=True, slots=True)
class _Done:
    """What was published: on what, from where things stood, and as what."""

    snapshot: Snapshot
    state: State
    outcome: Outcome
    pull_request: PullRequest | None


@dataclass(frozen=True, slots=True)
class _Proposing:
    """Hear the reviewers, decide, publish, and answer."""

    work: Work
    sources: tuple[SourceCount, ...]
    adding: bool

    def propose(self, snapshot: Snapshot, base: ReadingList, listing: Listing) -> _Done:
        """Again on what is there then, when someone else wrote meanwhile."""
        work = self.work
        desk = read_board(work)
        for attempt in range(1, _TRIES + 1):
            snapshot = legible(snapshot, work.settings)
            state = settle(work, snapshot, base, listing, find=finder(work), wishes=desk.asked)
            outcome, relevant = self._decide(snapshot, state)
            if work.dry_run:
                return _Done(snapshot, state, outcome, None)
            try:
                pull_request = self._publish(snapshot, outcome)
            except Conflict as conflict:
                if attempt == _TRIES:
                    raise
                work.console.warn(f"{conflict} Reading again.")
                snapshot = work.target.read()
                base = parse_list(snapshot.files, work.settings)
                listing = listing_of(work.index, base, work.now, keep=True)
                continue
            break
        propose.record(work, state, outcome, pull_request)
        shelve_old(work.index, work.settings, as_of=work.as_of, now=work.now, relevant=relevant)
        answer(work, state.replies)
        open_now = pull_request if pull_request.state != "none" else None
        # A box that could not be obeyed yet stays ticked.
        if not (state.notice and desk.asked):
            publish_board(work, desk, outcome.report, open_now)
        return _Done(snapshot, state, outcome, open_now)

    def _publish(self, snapshot: Snapshot, outcome: Outcome) -> PullRequest:
        with self.work.console.step("Writing the proposals"):
            return self.work.target.publish(
                snapshot,
                outcome.files,
                outcome.report,
                outcome.marks.labels,
                reviewers=outcome.marks.reviewers,
                assignees=outcome.marks.assignees,
            )

    def _decide(self, snapshot: Snapshot, state: State) -> tuple[Outcome, set[int]]:
        """Judge every paper that is not on the list, and put the best into it.

        Gives also the numbers of all that are relevant.
        """
        work = self.work
        with work.index.read() as session:
            # Also those that a person listed or asked for after they were shelved.
            everything = off_the_shelf(session, {*state.listing.sections, *state.asked})
            reported = papers.reported(session)
            rejected = history.rejected_ids(session) - state.pending.keys() - state.asked.keys()
        # What waits for review is judged like the rest, and then left out: the same papers give
        # the same model, so a run repeated without news finds nothing new.
        pool = pool_of(
            everything,
            state.listing,
            reported=reported,
            rejected=rejected,
            as_of=work.as_of,
            asked=state.asked.keys(),
        )
        judgement = classify(
            pool.papers,
            state.listing,
            state.sections,
            candidates=pool.candidates,
            rejected=pool.rejected,
            asked=state.asked.keys(),
            settings=work.settings.propose,
            console=work.console,
        )
        # The survey itself, news and notes: what the list speaks of anywhere, it knows.
        named = {name for text in snapshot.files.values() for name in _ARXIV_ID.findall(text)}
        welcome = tuple(
            verdict
            for verdict in judgement.verdicts
            if not state.settled(verdict.number, verdict.paper)
            and verdict.paper.identifier("arxiv") not in named
        )
        judged = Judged(
            judgement=replace(judgement, verdicts=welcome),
            sources=self.sources,
            seen=len(pool.candidates),
            rejected=len(rejected),
            adding=self.adding,
        )
        relevant = {verdict.number for verdict in judgement.verdicts}
        return propose.prepare(work, state, judged, snapshot.working), relevant


def _where(work: Work, snapshot: Snapshot, pull_request: PullRequest | None) -> str:
    """Where a person looks at the proposals."""
    if pull_request is None or pull_request.url:
        return (pull_request.url if pull_request else None) or ""
    if snapshot.revision:
        folder = work.settings.resolve(work.settings.list.path or ".")
        command = f"git -C {folder} diff {snapshot.base}...{snapshot.branch}"
        return f"on the branch {snapshot.branch}; see {TEXT_NAME} or `{command}`"
    return f"in {', '.join(snapshot.files)}; see {TEXT_NAME}, and delete it when reviewed"


def _counts(result: RunResult) -> dict[str, Any]:
    funnel = result.report.funnel
    return {
        "seen": funnel.seen,
        "relevant": funnel.relevant,
        "unplaced": funnel.unplaced,
        "excluded": funnel.excluded,
        "postponed": funnel.postponed,
        "added": len(result.added),
        "updated": result.updated,
        "open": funnel.proposed,
        "sources": [asdict(source) for source in funnel.sources],
    }


def _finish(index: Index, number: int, status: str, funnel: Mapping[str, Any]) -> None:
    with index.write() as session:
        history.finish_run(
            session, number, finished=datetime.now(UTC), status=status, funnel=funnel
        )
