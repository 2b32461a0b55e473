"""One paper: all that is known of it, what the classifiers make of it, and setting it right."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from db import history, papers
from db.index import Index, require
from jobs.choose import excluding, limiting
from jobs.classify import Judgement, Verdict, classify, pool_of
from jobs.console import Console
from jobs.kept_back import KeptBack, kept_back, kept_back_sentence, same_paper
from jobs.listing import (
    Listing,
    legible,
    listing_as_seen,
    parse_list,
    section_settings,
    sections_to_file_under,
    warn_of_skips,
)
from jobs.look import described, page
from jobs.remarks import remark_on
from jobs.shelve import off_the_shelf
from jobs.standing import as_it_stands
from jobs.targets import open_target
from tracker.days import today
from tracker.errors import InputError, TargetError, TrackerError
from tracker.pull_request.proposal import Proposal
from tracker.pull_request.target import OpenPullRequest
from tracker.reading_list import ReadingList
from tracker.settings import ProposeSettings, SectionSettings, Settings
from tracker.taxonomy import Taxonomy, path_text

_UNREAD = "It cannot be judged: no run has read the list yet; try `tracker run --dry-run`."

_ALONE = "It cannot be judged: it is the only paper of the list, so nothing is there to compare."


def why(
    settings: Settings, console: Console, text: str, *, environ: Mapping[str, str] = os.environ
) -> None:
    """Print what is known of the paper that `text` names, and why it is proposed or is not.

    It is judged as the next run would judge it, by the list as it is now; one that is on the
    list, or that reviewers turned down, as if it were not. Raises InputError when `text` names
    no paper, or several, or there is no index yet.
    """
    with Index.open_to_read(settings.index_url) as index:
        with index.read() as session:
            number = _one(session, text)
            paper, decisions = papers.get(session, number), history.decisions(session, paper=number)
            description = described(session, number, paper)
            merges = [
                {"merge": merge.id, "reason": merge.reason, "at": merge.at.date().isoformat()}
                for merge in papers.merges(session, number)
                if merge.undone_at is None
            ]
            read = bool(history.listing(session))
        judged = _judge(index, number, settings, console, environ) if read else _UNREAD
    found = judged if isinstance(judged, _Judged) else None
    on_list = found.listed if found else bool(description["listed"])
    kept = None if on_list else kept_back(paper, decisions, found.opened if found else None)
    description["kept_back"] = kept.as_json() if kept else None
    if found and found.standing:
        _as_moved(description["proposals"], found.standing)
    description["merges"] = merges
    description["judgement"] = _as_json(found, settings) if found else None
    console.say(page(description).rstrip())
    for merge in merges:
        console.say(f"  merged       no. {merge['merge']}, {merge['at']}: {merge['reason']}")
    console.say("")
    if kept:
        console.say(f"{kept_back_sentence(kept, number, paper, settings)}\n")
    for line in _sentences(judged, settings, kept) if isinstance(judged, _Judged) else [judged]:
        console.say(line)
    console.document(description)


def reconsider(
    settings: Settings, console: Console, text: str, *, environ: Mapping[str, str] = os.environ
) -> bool:
    """Let a paper that reviewers rejected be proposed again; False when it was not rejected.

    Says so when it was taken out of the pull request that is open, and comes back only after
    that. Raises InputError when `text` names no paper, or several.
    """
    require(settings.index_url)
    with Index.open(settings.index_url) as index, index.write() as session:
        number = _one(session, text)
        paper = papers.get(session, number)
        back = number in history.rejected_ids(session)
        if back:
            decision = history.Decision(
                paper=number, kind="reconsidered", at=datetime.now(UTC), where="by hand"
            )
            history.add_decision(session, decision)
        decisions = history.decisions(session, paper=number)
    told = "may be proposed again" if back else "was not rejected; there is nothing to do"
    console.say(f"{paper.title}: {told}")
    kept = None
    try:
        with console.step("Reading the open pull request"):
            opened = open_target(settings, environ, dry_run=True).read().pull_request
    except TrackerError as error:
        console.warn(
            f"the pull request that is open could not be read ({error}); if the paper was taken "
            "out of it, it is not proposed until that is merged or closed"
        )
    else:
        kept = kept_back(paper, decisions, opened)
        if kept:
            console.say(kept_back_sentence(kept, number, paper, settings))
    document = {"id": number, "title": paper.title, "reconsidered": back}
    console.document(document | {"kept_back": kept.as_json() if kept else None})
    return back


def unmerge(settings: Settings, console: Console, merge: int) -> None:
    """Set apart papers that were taken for one; they never merge again.

    Raises InputError when there is no such merge, or it is undone already.
    """
    require(settings.index_url)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """What the next run would make of the paper, and whether it is `listed`.

    `opened` is the pull request that is open, `standing` the paper's proposal as it stands there.
    `excluded_by` and `limited_by` are the keys of
    tracker.toml that keep its section closed; `remark` is what a reviewer would be told of it.
    """

    verdict: Verdict
    min_confidence: float
    listed: bool
    opened: OpenPullRequest | None
    standing: Proposal | None
    excluded_by: str | None
    limited_by: str | None
    remark: str


def _judge(
    index: Index, number: int, settings: Settings, console: Console, environ: Mapping[str, str]
) -> _Judged | str:
    """What the next run would make of the paper, or a sentence why that cannot be said."""
    try:
        with console.step("Reading the list"):
            target = open_target(settings, environ, dry_run=True)
            snapshot = legible(target.read(), settings)
    except TargetError as error:
        # What the index knows of the paper is worth showing all the same.
        return f"It cannot be judged: {error}"
    base = parse_list(snapshot.files, settings)
    warn_of_skips(console, base)
    branch = parse_list(snapshot.working, settings) if snapshot.pull_request else base
    with index.read() as session:
        open_now = {p.paper: p.section for p in history.proposals(session, state="open")}
        listing = listing_as_seen(session, base)
        # Without git the list and its proposals are one file: what waits there is not listed yet.
        listing = listing if snapshot.revision else listing.without(open_now)
        standing = _standing(session, number, snapshot.pull_request, branch)
        judgement = _classified(
            session,
            number,
            listing=listing,
            places=sections_to_file_under(base, settings, branch),
            settings=settings.propose,
            console=console,
        )
    if not judgement.asked:
        return _UNREAD if listing.sections.keys() - {number} or not listing.sections else _ALONE
    [verdict] = judgement.asked
    sections = section_settings(branch.taxonomy, settings)
    waiting = Counter(section for paper, section in open_now.items() if paper != number)
    limited = limiting(verdict.section, waiting, sections)
    return _Judged(
        verdict=verdict,
        min_confidence=judgement.min_confidence,
        listed=number in listing.sections,
        opened=snapshot.pull_request,
        standing=standing,
        excluded_by=_key(settings, excluding(verdict.section, sections), "exclude"),
        limited_by=_key(settings, limited, "limit"),
        remark=remark_on(verdict.section, verdict.paper, listing.headings),
    )


def _classified(
    session: Session,
    number: int,
    *,
    listing: Listing,
    places: Taxonomy,
    settings: ProposeSettings,
    console: Console,
) -> Judgement:
    """The classifiers' judgement of the paper, beside what the next run looks at."""
    others = listing.without({number})
    pool = pool_of(
        off_the_shelf(session, {number, *listing.sections}),
        others,
        reported=papers.reported(session),
        rejected=history.rejected_ids(session) - {number},
        as_of=today(),
        asked=[number],
    )
    return classify(
        pool.papers,
        others,
        places,
        # Whatever keeps it from being a candidate, it is judged like one.
        candidates=sorted({*pool.candidates, number}),
        rejected=pool.rejected,
        asked=[number],
        settings=settings,
        console=console,
    )


def _standing(
    session: Session, number: int, opened: OpenPullRequest | None, branch: ReadingList
) -> Proposal | None:
    """The paper's proposal as people have left it on the branch; None where it is not there."""
    paper = papers.get(session, number)
    recorded = (p for p in opened.proposals if same_paper(paper, p.paper)) if opened else iter(())
    proposal = next(recorded, None)
    on_branch = listing_as_seen(session, branch)
    if proposal is None or number not in on_branch.places:
        return None
    return as_it_stands(proposal, number, on_branch)


def _as_moved(told: Sequence[dict[str, Any]], standing: Proposal) -> None:
    """Tell the proposal that waits as it stands: the index learns of a move only in the end."""
    for proposal in told:
        if proposal["state"] == "open":
            proposal["section"] = list(standing.section)
            proposal["moved_from"] = list(standing.moved_from)


def _key(settings: Settings, found: SectionSettings | None, name: str) -> str | None:
    """What tracker.toml calls a setting of a section, by the heading as it is written there."""
    headings = (heading for heading, section in settings.sections.items() if section is found)
    return next((f'sections."{heading}".{name}' for heading in headings), None)


def _sentences(judged: _Judged, settings: Settings, kept: KeptBack | None) -> list[str]:
    """The judgement in words."""
    verdict, bar = judged.verdict, settings.propose.min_relevance
    side = "above" if verdict.relevance >= bar else "below"
    certain = verdict.confidence >= judged.min_confidence
    sure = (
        f"{'above' if certain else 'below'} the bar of {judged.min_confidence:.2g}"
        if judged.min_confidence <= 1
        else f"no confidence is high enough for a precision of {settings.propose.precision}"
    )
    otherwise = "If it were brought back:" if kept else "As the next run would judge it:"
    lines = [
        "As if it were not on the list:" if judged.listed else otherwise,
        f"  relevance    {verdict.relevance:.2f}, {side} the bar of {bar:g}",
        f"  section      {path_text(verdict.section)} ({verdict.confidence:.2f}, {sure})",
    ]
    if judged.excluded_by:
        lines.append(
            f"  excluded     nothing is filed there ({judged.excluded_by} in tracker.toml)"
        )
    if judged.limited_by:
        lines.append(
            f"  full         as many wait there as may ({judged.limited_by} in tracker.toml)"
        )
    if judged.remark:
        lines.append(f"  note         {judged.remark}")
    lines += [
        f"  or else      {path_text(a.section)} ({a.confidence:.2f})" for a in verdict.alternatives
    ]
    if verdict.evidence.terms:
        lines.append(f"  terms        {', '.join(verdict.evidence.terms)}")
    lines += [f"  near         {near.title}" for near in verdict.evidence.neighbours]
    return lines


def _as_json(judged: _Judged, settings: Settings) -> dict[str, Any]:
    verdict = judged.verdict
    return {
        "relevance": round(verdict.relevance, 4),
        "min_relevance": settings.propose.min_relevance,
        "section": list(verdict.section),
        "confidence": round(verdict.confidence, 4),
        "min_confidence": round(judged.min_confidence, 4),
        "excluded_by": judged.excluded_by,
        "limited_by": judged.limited_by,
        "remark": judged.remark,
        "alternatives": [
            {"section": list(a.section), "confidence": round(a.confidence, 4)}
            for a in verdict.alternatives
        ],
        "terms": list(verdict.evidence.terms),
        "near": [{"title": n.title, "url": n.url} for n in verdict.evidence.neighbours],
    }
