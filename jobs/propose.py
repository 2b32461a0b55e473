"""Put the best candidates to the reviewers: choose, edit the list, say why, remember."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TypeVar

from db import history, papers
from db.consolidate import PULL_REQUEST
from db.index import Index
from jobs.choose import Choice, choose
from jobs.classify import Judgement, Verdict
from jobs.listing import around, section_settings
from jobs.remarks import remark_on
from jobs.settle import State
from jobs.updates import Due, apply_updates, remember_offered
from jobs.verdicts import bring_back
from jobs.work import Work
from tracker.pull_request.body import fits, render_body, room_beside
from tracker.pull_request.proposal import (
    Alternative,
    Bars,
    Evidence,
    Funnel,
    Proposal,
    Report,
    SourceCount,
    Unplaced,
    Update,
)
from tracker.pull_request.target import Marks, PullRequest
from tracker.reading_list import Addition
from tracker.settings import ProposeSettings, SectionSettings
from tracker.taxonomy import Path


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is to be published: the files' texts, and what the pull request says of them.

    `numbers` are the papers of `report.proposals`, `added` the proposals that are new, `updated`
    the entries that are newly brought up to date. `marks` is what the pull request is marked
    with.
    """

    files: Mapping[str, str]
    report: Report
    numbers: tuple[int, ...]
    added: tuple[Proposal, ...]
    updated: tuple[Due, ...]
    marks: Marks
    diff: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the classifiers said of the candidates, and how many were looked at.

    `sources` is what each source gave. Without `adding`, nothing is proposed but what a person
    asked for.
    """

    judgement: Judgement
    sources: tuple[SourceCount, ...]
    seen: int
    rejected: int
    adding: bool


def prepare(work: Work, state: State, judged: Judged, before: Mapping[str, str]) -> Outcome:
    """Put the chosen papers into the list and write the report; `before` is what the diff is from.

    What a person asked for comes first, whatever the limit.
    """
    settings = work.settings.propose
    sections = section_settings(state.working.taxonomy, work.settings)
    asked = _asked(state, judged.judgement.asked)
    waiting = [p.section for p in state.pending.values()] + [v.section for v in asked]
    choice = choose(
        judged.judgement.verdicts,
        settings if judged.adding else settings.model_copy(update={"limit": 0}),
        waiting=waiting,
        min_confidence=judged.judgement.min_confidence,
        sections=sections,
    )
    chosen = () if state.notice else (*asked, *choice.chosen)
    due = _updates_to_make(state, settings, adding=judged.adding)
    room = room_beside(state.body)
    outcome = _written(work, state, judged, choice, before, chosen=chosen, due=due)
    # What the text cannot record would be taken for rejected by the next run.
    while (chosen or due) and not fits(outcome.report, room):
        chosen, due = chosen[: len(chosen) * 3 // 4], due[: len(due) * 3 // 4]
        outcome = _written(work, state, judged, choice, before, chosen=chosen, due=due)
    return outcome


def _written(
    work: Work,
    state: State,
    judged: Judged,
    choice: Choice,
    before: Mapping[str, str],
    *,
    chosen: Sequence[Verdict],
    due: tuple[Due, ...],
) -> Outcome:
    """The list with the chosen papers in it and the entries that are due brought up to date."""
    settings = work.settings.propose
    sections = section_settings(state.working.taxonomy, work.settings)
    working, updated = apply_updates(state.working, state.on_branch, due)
    edited, additions = working.insert_all([(v.section, v.paper) for v in chosen])
    unplaced = choice.unplaced[: settings.limit]
    names = _source_names(work.index, [*chosen, *unplaced])
    added = tuple(
        _proposal(verdict, names[verdict.number], addition)
        for verdict, addition in zip(chosen, additions, strict=True)
    )
    pending = tuple(_shifted(proposal, additions) for proposal in state.pending.values())
    headings = state.listing.headings
    proposals = tuple(
        replace(p, remark=remark_on(p.section, p.paper, headings)) for p in (*pending, *added)
    )
    brought = [*state.updates.pending, *updated]
    places = [p.section for p in proposals] + [u.section for u in brought]
    left = [] if state.notice else [v for v in choice.chosen if v not in chosen]
    postponed = (*left, *choice.postponed)
    report = Report(
        proposals=proposals,
        as_of=work.as_of,
        unplaced=tuple(_unplaced(v, names[v.number]) for v in unplaced),
        postponed=tuple(_proposal(v) for v in postponed),
        updates=tuple(_shifted(update, additions) for update in brought),
        declined=tuple(state.declined.values()),
        funnel=_funnel(judged, choice, pending=len(pending), added=len(added), left=len(left)),
        bars=Bars(
            limit=settings.limit,
            min_relevance=settings.min_relevance,
            min_confidence=judged.judgement.min_confidence,
            precision=settings.precision,
        ),
        notice=state.notice,
        unticked=state.unticked,
        commands=work.settings.target == "github",
        full=bool(left),
    )
    return Outcome(
        files=edited.files,
        report=report,
        numbers=(*state.pending, *(v.number for v in chosen)),
        added=proposals[len(pending) :],
        updated=due,
        marks=_marks(settings, places, sections),
        diff=diff(before, edited.files),
        body=render_body(report),
    )


def _updates_to_make(state: State, settings: ProposeSettings, *, adding: bool) -> tuple[Due, ...]:
    """The entries to bring up to date now: those on a branch that is rebuilt, and new ones."""
    if state.notice:
        return ()
    again, pending = state.updates.again, state.updates.pending
    room = max(settings.limit - len(pending) - len(again), 0) if adding else 0
    return (*again, *state.updates.new[:room])


def _asked(state: State, verdicts: Sequence[Verdict]) -> list[Verdict]:
    """What people asked for, in the sections they named."""
    placed: list[Verdict] = []
    for judged in verdicts:
        verdict, section = judged, state.asked[judged.number].section
        if section is not None and section in state.working.taxonomy:
            others = (Alternative(verdict.section, verdict.confidence), *verdict.alternatives)
            runners_up = tuple(a for a in others if a.section != section)[:3]
            evidence = verdict.evidence if section == verdict.section else Evidence()
            verdict = replace(
                verdict,
                section=section,
                confidence=1.0,
                alternatives=runners_up,
                evidence=evidence,
            )
        placed.append(verdict)
    return placed


def _funnel(judged: Judged, choice: Choice, *, pending: int, added: int, left: int) -> Funnel:
    return Funnel(
        sources=judged.sources,
        seen=judged.seen,
        relevant=len(judged.judgement.verdicts) + pending,
        rejected=judged.rejected,
        unplaced=len(choice.unplaced),
        excluded=len(choice.excluded),
        postponed=len(choice.postponed) + left,
        proposed=pending + added,
    )


def _marks(
    settings: ProposeSettings, proposed: Sequence[Path], sections: Mapping[Path, SectionSettings]
) -> Marks:
    """The labels and people of the pull request, and of the sections it proposes something in."""
    wanted: list[ProposeSettings | SectionSettings] = [settings]
    wanted += [s for path in dict.fromkeys(proposed) for s in around(path, sections)]
    return Marks(
        labels=tuple(dict.fromkeys(name for s in wanted for name in s.labels)),
        reviewers=tuple(dict.fromkeys(name for s in wanted for name in s.reviewers)),
        assignees=tuple(dict.fromkeys(name for s in wanted for name in s.assignees)),
    )


def record(work: Work, state: State, outcome: Outcome, pull_request: PullRequest) -> None:
    """Remember what was published: a row for each proposal that has none open yet."""
    now = work.now
    with work.index.write() as session:
        remember_offered(session, outcome.updated, now)
        bring_back(session, state.asked, outcome.numbers, now)
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
                run=work.run,
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


Placed = TypeVar("Placed", Proposal, Update)


def _shifted(item: Placed, additions: Sequence[Addition]) -> Placed:
    """What is pending at the line it has once the new lines stand."""
    line = item.line
    for addition in sorted(additions, key=lambda a: a.line):
        if addition.file == item.file and addition.line <= line:
            line += addition.text.count("\n") + 1
    return replace(item, line=line)
