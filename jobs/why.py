"""One paper: all that is known of it, what the classifiers make of it, and setting it right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from db import history, papers
from db.index import Index
from jobs.classify import Judgement, Verdict, classify
from jobs.console import Console
from jobs.listing import Listing, section_settings
from jobs.look import described, page
from jobs.shelve import off_the_shelf
from tracker.errors import InputError
from tracker.paper import Paper
from tracker.settings import Settings
from tracker.taxonomy import Path, Section, Taxonomy, path_text


def why(settings: Settings, console: Console, text: str) -> None:
    """Print what is known of the paper that `text` names, and why it is proposed or is not.

    It is judged as the next run would judge it, from the list as the index last saw it; one that
    is on the list, as if it were not. Raises InputError when `text` names no paper, or several.
    """
    with Index.open(settings.index_url) as index, index.read() as session:
        number = _one(session, text)
        description = described(session, number, papers.get(session, number))
        sections = _sections(session)
        # Judged beside what the next run looks at.
        others = off_the_shelf(session, {number, *sections})
        known = _Known(others, sections, history.rejected_ids(session))
        merges = [
            {"merge": merge.id, "reason": merge.reason, "at": merge.at.date().isoformat()}
            for merge in papers.merges(session, number)
            if merge.undone_at is None
        ]
    judgement = _judge(number, known, settings, console)
    verdict = next(iter(judgement.asked), None)
    description["merges"] = merges
    description["judgement"] = _as_json(verdict, judgement, settings) if verdict else None
    console.say(page(description).rstrip())
    for merge in merges:
        console.say(f"  merged       no. {merge['merge']}, {merge['at']}: {merge['reason']}")
    console.say("")
    for line in _sentences(verdict, judgement, settings, listed=number in known.sections):
        console.say(line)
    console.document(description)


def reconsider(settings: Settings, console: Console, text: str) -> bool:
    """Let a paper that reviewers rejected be proposed again; False when it was not rejected.

    Raises InputError when `text` names no paper, or several.
    """
    with Index.open(settings.index_url) as index, index.write() as session:
        number = _one(session, text)
        title = papers.get(session, number).title
        back = number in history.rejected_ids(session)
        if back:
            decision = history.Decision(
                paper=number, kind="reconsidered", at=datetime.now(UTC), where="by hand"
            )
            history.add_decision(session, decision)
    told = "may be proposed again" if back else "was not rejected; there is nothing to do"
    console.say(f"{title}: {told}")
    console.document({"id": number, "title": title, "reconsidered": back})
    return back


def unmerge(settings: Settings, console: Console, merge: int) -> None:
    """Set apart papers that were taken for one; they never merge again.

    Raises InputError when there is no such merge, or it is undone already.
    """
    with Index.open(settings.index_url) as index, index.write() as session:
        number = papers.unmerge(session, merge, at=datetime.now(UTC))
        title = papers.get(session, number).title
    console.say(f"{title}: a paper of its own again, no. {number}")
    console.document({"id": number, "title": title, "merge": merge})


def _one(session: Session, text: str) -> int:
    numbers = papers.find(session, text)
    if not numbers:
        raise InputError(f"{text!r}: no such paper in the index; try `tracker search`")
    if len(numbers) > 1:
        names = ", ".join(map(str, numbers[:10]))
        raise InputError(f"{text!r} is {len(numbers)} papers; give one of the numbers {names}")
    return numbers[0]


def _sections(session: Session) -> dict[int, frozenset[Path]]:
    """The sections each listed paper stands in, as last read."""
    found: dict[int, frozenset[Path]] = {}
    for entry in history.listing(session):
        if entry.paper is not None:
            found[entry.paper] = found.get(entry.paper, frozenset()) | {entry.section}
    return found


@dataclass(frozen=True, slots=True)
class _Known:
    """What the index holds: all papers, where the listed ones stand, and who was rejected."""

    papers: dict[int, Paper]
    sections: dict[int, frozenset[Path]]
    rejected: set[int]


def _judge(number: int, known: _Known, settings: Settings, console: Console) -> Judgement:
    """What the next run would make of the paper."""
    others = {n: paths for n, paths in known.sections.items() if n != number}
    if not others:
        return Judgement()
    paths = dict.fromkeys(path for places in known.sections.values() for path in sorted(places))
    taxonomy = Taxonomy(Section(path, len(path)) for path in paths)
    told = {path: s.description for path, s in section_settings(taxonomy, settings).items()}
    unlisted = [n for n in known.papers if n not in others]
    rejected = known.rejected - {number}
    return classify(
        known.papers,
        Listing(others, {}, frozenset()),
        Taxonomy(Section(path, len(path), told.get(path, "")) for path in paths),
        candidates=[n for n in unlisted if n not in rejected],
        rejected=[n for n in unlisted if n in rejected],
        asked=[number],
        settings=settings.propose,
        console=console,
    )


def _sentences(
    verdict: Verdict | None, judgement: Judgement, settings: Settings, *, listed: bool
) -> list[str]:
    """The judgement in words."""
    if verdict is None:
        return ["It cannot be judged: no run has read the list yet; try `tracker run --dry-run`."]
    bar = settings.propose.min_relevance
    side = "above" if verdict.relevance >= bar else "below"
    certain = verdict.confidence >= judgement.min_confidence
    lines = [
        "As if it were not on the list:" if listed else "As the next run would judge it:",
        f"  relevance    {verdict.relevance:.2f}, {side} the bar of {bar:g}",
        f"  section      {path_text(verdict.section)} ({verdict.confidence:.2f}, "
        f"{'above' if certain else 'below'} the bar of {judgement.min_confidence:.2g})",
        *(
            f"  or else      {path_text(a.section)} ({a.confidence:.2f})"
            for a in verdict.alternatives
        ),
    ]
    if verdict.evidence.terms:
        lines.append(f"  terms        {', '.join(verdict.evidence.terms)}")
    lines += [f"  near         {near.title}" for near in verdict.evidence.neighbours]
    return lines


def _as_json(verdict: Verdict, judgement: Judgement, settings: Settings) -> dict[str, Any]:
    return {
        "relevance": round(verdict.relevance, 4),
        "min_relevance": settings.propose.min_relevance,
        "section": list(verdict.section),
        "confidence": round(verdict.confidence, 4),
        "min_confidence": round(judgement.min_confidence, 4),
        "alternatives": [
            {"section": list(a.section), "confidence": round(a.confidence, 4)}
            for a in verdict.alternatives
        ],
        "terms": list(verdict.evidence.terms),
        "near": [{"title": n.title, "url": n.url} for n in verdict.evidence.neighbours],
    }
