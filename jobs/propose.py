"""Put the best candidates to the reviewers: choose, edit the list, say why, remember."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from db import history, papers
from db.consolidate import PULL_REQUEST
from db.index import Index
from jobs.classify import Verdict
from jobs.discover import SourceReport
from jobs.settle import State
from tracker.pull_request.body import render_body
from tracker.pull_request.proposal import (
    Alternative,
    Bars,
    Funnel,
    Proposal,
    Report,
    SourceCount,
    Unplaced,
)
from tracker.pull_request.target import PullRequest
from tracker.reading_list import Addition
from tracker.settings import ProposeSettings


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is to be published: the files' texts, and what the pull request says of them.

    `numbers` are the papers of `report.proposals`, `added` the proposals that are new.
    """

    files: Mapping[str, str]
    report: Report
    numbers: tuple[int, ...]
    added: tuple[Proposal, ...]
    diff: str
    body: str


@dataclass(frozen=True, slots=True)
class Choice:
    """What becomes of the relevant papers; each part is best first."""

    chosen: tuple[Verdict, ...]
    postponed: tuple[Verdict, ...]
    unplaced: tuple[Verdict, ...]


def choose(verdicts: Sequence[Verdict], settings: ProposeSettings, *, waiting: int) -> Choice:
    """The most relevant papers with a clear section, as many as there is room for.

    `settings.limit` bounds what is open, so `waiting` proposals take their share of it.
    """
    placed = [v for v in verdicts if v.confidence >= settings.min_confidence]
    unplaced = [v for v in verdicts if v.confidence < settings.min_confidence]
    room = max(settings.limit - waiting, 0)
    return Choice(tuple(placed[:room]), tuple(placed[room:]), tuple(unplaced))


def prepare(
    index: Index,
    state: State,
    verdicts: Sequence[Verdict],
    settings: ProposeSettings,
    reports: Sequence[SourceReport],
    *,
    before: Mapping[str, str],
    judged: int,
    rejected: int,
    as_of: date,
) -> Outcome:
    """Insert the chosen papers and write the report; `before` is what the diff starts from."""
    choice = choose(verdicts, settings, waiting=len(state.pending))
    chosen = () if state.notice else choice.chosen
    edited, additions = state.working.insert_all([(v.section, v.paper) for v in chosen])
    unplaced = choice.unplaced[: settings.limit]
    names = _source_names(index, [*chosen, *unplaced])
    added = tuple(
        _proposal(verdict, names[verdict.number], addition)
        for verdict, addition in zip(chosen, additions, strict=True)
    )
    pending = tuple(_shifted(proposal, additions) for proposal in state.pending.values())
    proposals = (*pending, *added)
    report = Report(
        proposals=proposals,
        as_of=as_of,
        unplaced=tuple(_unplaced(v, names[v.number]) for v in unplaced),
        postponed=tuple(_proposal(v) for v in choice.postponed),
        funnel=Funnel(
            sources=tuple(
                SourceCount(name=r.label, fetched=r.fetched, new=r.new, error=r.error or "")
                for r in reports
            ),
            seen=judged,
            relevant=len(verdicts) + len(pending),
            rejected=rejected,
            unplaced=len(choice.unplaced),
            postponed=len(choice.postponed),
            proposed=len(proposals),
        ),
        bars=Bars(
            limit=settings.limit,
            min_relevance=settings.min_relevance,
            min_confidence=settings.min_confidence,
        ),
        notice=state.notice,
    )
    return Outcome(
        files=edited.files,
        report=report,
        numbers=(*state.pending, *(v.number for v in chosen)),
        added=added,
        diff=diff(before, edited.files),
        body=render_body(report),
    )


def record(
    index: Index, outcome: Outcome, pull_request: PullRequest, *, run: int, now: datetime
) -> None:
    """Remember what was published: a row for each proposal that has none open yet."""
    with index.write() as session:
        known = {
            p.paper: p.id for p in history.proposals(session, state="open") if p.id is not None
        }
        for number, proposal in zip(outcome.numbers, outcome.report.proposals, strict=True):
            if number in known:
                history.update_proposals(session, [known[number]], at=now, line=proposal.line)
                continue
            row = history.Proposal(
                paper=number,
                section=proposal.section,
                confidence=proposal.confidence,
                relevance=proposal.relevance,
                alternatives=tuple((a.section, a.confidence) for a in proposal.alternatives),
                evidence=asdict(proposal.evidence),
                text=proposal.text,
                file=proposal.file,
                line=proposal.line,
                run=run,
                pull_request=pull_request.number,
                branch=pull_request.branch,
                url=pull_request.url or "",
            )
            history.add_proposal(session, row, at=now)


def diff(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """What changes in the list's files, as a unified diff."""
    lines: list[str] = []
    for name, text in after.items():
        old = before.get(name, "").splitlines(keepends=True)
        new = text.splitlines(keepends=True)
        lines += difflib.unified_diff(old, new, f"a/{name}", f"b/{name}")
    ended = (line if line.endswith("\n") else f"{line}\n" for line in lines)
    return "".join(ended).rstrip("\n")


def _source_names(index: Index, verdicts: Sequence[Verdict]) -> dict[int, tuple[str, ...]]:
    """The sources that reported each paper."""
    own = {PULL_REQUEST}
    with index.read() as session:
        return {
            v.number: tuple(
                dict.fromkeys(
                    s.source for s in papers.sightings(session, v.number) if s.source not in own
                )
            )
            for v in verdicts
        }


def _proposal(
    verdict: Verdict, sources: tuple[str, ...] = (), addition: Addition | None = None
) -> Proposal:
    """A proposal; one that is postponed has no line yet."""
    return Proposal(
        paper=verdict.paper,
        section=verdict.section,
        confidence=verdict.confidence,
        relevance=verdict.relevance,
        text=addition.text if addition else "",
        file=addition.file if addition else "",
        line=addition.line if addition else 0,
        alternatives=verdict.alternatives,
        evidence=verdict.evidence,
        sources=sources,
    )


def _unplaced(verdict: Verdict, sources: tuple[str, ...]) -> Unplaced:
    best = Alternative(verdict.section, verdict.confidence)
    return Unplaced(
        paper=verdict.paper,
        relevance=verdict.relevance,
        alternatives=(best, *verdict.alternatives)[:3],
        sources=sources,
    )


def _shifted(proposal: Proposal, additions: Sequence[Addition]) -> Proposal:
    """A pending proposal at the line it has once the new ones stand."""
    line = proposal.line
    for addition in sorted(additions, key=lambda a: a.line):
        if addition.file == proposal.file and addition.line <= line:
            line += addition.text.count("\n") + 1
    return replace(proposal, line=line)
