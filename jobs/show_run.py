"""Show what a run did: for people, or as the one JSON document of --json."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from jobs.console import Console, table
from jobs.run import RunResult
from tracker.counting import counted
from tracker.paper import Paper
from tracker.pull_request.proposal import Alternative, Funnel, Proposal, Unplaced
from tracker.taxonomy import common_root, path_text


def show(result: RunResult, console: Console) -> None:
    """Print the result of a run; of a dry run the diff and the text first."""
    if console.as_json:
        console.document(as_json(result))
        return
    if result.dry_run and result.diff:
        console.say(result.diff)
        console.say("")
        # The hidden record at the end is for the next run, not for a reader.
        console.say(result.body.partition("<!-- survey-tracker 1")[0].rstrip())
        console.say("")
    blocks = [
        decisions_text(result),
        funnel_text(result.report.funnel) if result.part != "review" else "",
        sections_text(result.added) if result.added else "",
        outcome(result),
    ]
    console.say("\n\n".join(filter(None, blocks)))


def outcome(result: RunResult) -> str:
    """One sentence: what became of the proposals, and where they are."""
    count = len(result.added)
    papers = counted(count, "paper")
    if result.updated:
        papers += f" and {counted(result.updated, 'published version')}"
        count += result.updated
    waiting = len(result.report.proposals) - len(result.added)
    if result.dry_run:
        would = f"{papers} would be proposed" if count else "nothing new would be proposed"
        return f"Dry run: {would}; nothing was written but the index."
    if result.pull_request is None:
        return "Nothing to propose."
    if not count:
        wait = "waits" if waiting == 1 else "wait"
        return f"Nothing new; {counted(waiting, 'proposal')} {wait} for review: {result.where}"
    others = f", {waiting} more {'waits' if waiting == 1 else 'wait'}" if waiting else ""
    return f"{papers} proposed{others}: {result.where}"


def decisions_text(result: RunResult) -> str:
    """What reviewers were found to have said, in a sentence; empty when they said nothing."""
    kinds = Counter(decision.kind for decision in result.decided)
    parts = [f"{count} {kind}" for kind, count in sorted(kinds.items())]
    if result.answered:
        parts.append(f"{counted(result.answered, 'comment')} answered")
    return f"Since the last run: {', '.join(parts)}." if parts else ""


def funnel_text(funnel: Funnel) -> str:
    """The way from what was looked at to what is proposed, a line each."""
    rows = [
        ("fetched from " + s.name + (" (failed)" if s.error else ""), s.fetched, s.new)
        for s in funnel.sources
    ]
    sources = table(["source", "papers", "new"], rows) if rows else "No source is configured."
    steps = [
        ("looked at", funnel.seen),
        ("relevant", funnel.relevant),
        ("without a clear section", funnel.unplaced),
        *([("in excluded sections", funnel.excluded)] if funnel.excluded else []),
        ("postponed (limit)", funnel.postponed),
        ("in the pull request", funnel.proposed),
    ]
    return sources + "\n\n" + table(["funnel", "papers"], steps)


def sections_text(proposals: Sequence[Proposal]) -> str:
    """The new proposals, grouped by section."""
    counts = Counter(p.section for p in proposals)
    root = len(common_root(counts))
    lines = []
    for section in dict.fromkeys(p.section for p in proposals):
        lines.append(f"{path_text(section[root:])} ({counts[section]})")
        lines += [
            f"  {p.relevance:.2f} {p.confidence:.2f}  {p.paper.title}"
            for p in proposals
            if p.section == section
        ]
    remarks = dict.fromkeys(p.remark for p in proposals if p.remark)
    lines += [f"Note: {remark}" for remark in remarks]
    return "\n".join(["Proposals (relevance, confidence of the section):", *lines])


def as_json(result: RunResult) -> dict[str, Any]:
    """The document of `tracker run --json`; `proposals` are those this run added."""
    pull_request = result.pull_request
    document: dict[str, Any] = {
        "run": result.run,
        "as_of": result.as_of.isoformat(),
        "dry_run": result.dry_run,
        "sources": [source.as_json() for source in result.sources],
        "seen": result.report.funnel.seen,
        "relevant": result.report.funnel.relevant,
        "proposals": [_proposal(proposal) for proposal in result.added],
        "updated": result.updated,
        "decisions": [
            {"paper": d.paper, "kind": d.kind, "who": d.who, "where": d.where, "reason": d.reason}
            for d in result.decided
        ],
        "comments_answered": result.answered,
        "waiting": len(result.report.proposals) - len(result.added),
        "postponed": result.report.funnel.postponed,
        "without_section": result.report.funnel.unplaced,
        "excluded": result.report.funnel.excluded,
        "abstained": [_unplaced(unplaced) for unplaced in result.report.unplaced],
        "alarms": list(result.alarms),
        "pull_request": None,
    }
    if pull_request is not None:
        document["pull_request"] = {
            "number": pull_request.number,
            "url": pull_request.url,
            "branch": pull_request.branch,
            "state": pull_request.state,
        }
    if result.dry_run:
        document |= {"diff": result.diff, "text": result.body}
    return document


def _proposal(proposal: Proposal) -> dict[str, Any]:
    return {
        "paper": _paper(proposal.paper),
        "section": list(proposal.section),
        "confidence": round(proposal.confidence, 4),
        "relevance": round(proposal.relevance, 4),
        "alternatives": [_alternative(a) for a in proposal.alternatives],
        "terms": list(proposal.evidence.terms),
        "sources": list(proposal.sources),
        "remark": proposal.remark,
        "file": proposal.file,
        "line": proposal.line,
        "text": proposal.text,
    }


def _unplaced(unplaced: Unplaced) -> dict[str, Any]:
    return {
        "paper": _paper(unplaced.paper),
        "relevance": round(unplaced.relevance, 4),
        "alternatives": [_alternative(a) for a in unplaced.alternatives],
    }


def _alternative(alternative: Alternative) -> dict[str, Any]:
    return {"section": list(alternative.section), "confidence": round(alternative.confidence, 4)}


def _paper(paper: Paper) -> dict[str, Any]:
    return {
        "title": paper.title,
        "identifiers": [str(identifier) for identifier in paper.identifiers],
        "url": paper.url,
        "published": paper.published.isoformat() if paper.published else None,
    }
