"""What reviewers decided: read from pull requests that are closed, and kept in the index."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time

from sqlmodel import Session

from db import history, papers
from db.consolidate import PULL_REQUEST
from jobs.comments import Word
from jobs.listing import Listing
from jobs.renamed import same_section
from jobs.updates import Due, decline_closed
from jobs.work import Work
from tracker.errors import TargetError
from tracker.paper import Paper
from tracker.pull_request.decisions import Closed, read_decisions
from tracker.pull_request.proposal import Declined, Proposal, paper_key
from tracker.pull_request.target import OpenPullRequest
from tracker.taxonomy import Path

_TOPIC, _KEY = "review", "closed pull requests were read"


@dataclass(frozen=True, slots=True)
class Past:
    """What closed pull requests tell: the decision on each of their papers, the latest wins.

    `elsewhere` are pull requests that are open, but not on the branch the settings name.
    """

    decisions: Mapping[int, history.Decision] = field(default_factory=dict)
    elsewhere: frozenset[int] = frozenset()

    @property
    def notice(self) -> str:
        """What a person must do before anything is proposed on another branch."""
        names = ", ".join(f"#{number}" for number in sorted(self.elsewhere))
        return (
            f"Pull request {names} is open still, on the branch that propose.branch named before. "
            "Merge or close it; until then nothing is added."
            if names
            else ""
        )


def read_past(
    work: Work, opened: OpenPullRequest | None, listing: Listing, due: Sequence[Due]
) -> Past:
    """Read the pull requests that were closed since they were last looked at.

    All of them when the index has never seen one, as when it was lost: what they tell is then
    recorded.
    """
    with work.index.read() as session:
        fresh = history.recall(session, _TOPIC, _KEY) is None
        numbers = {
            proposal.pull_request
            for proposal in history.proposals(session, state="open")
            if opened is None or proposal.pull_request != opened.number
        }
    if not fresh and not numbers:
        return Past()
    named = {number for number in numbers if number is not None}
    try:
        closed = work.target.closed(None if fresh else named)
    except TargetError as error:
        if not work.dry_run:
            raise
        # Reading who may write here needs a token, which a dry run does without.
        work.console.warn(f"the closed pull requests were not read: {error}")
        return Past()
    with work.index.write() as session:
        known = {decision.paper for decision in history.decisions(session)}
        decisions = _decisions(session, closed, listing, work.now)
        if fresh:
            for decision in decisions:
                # A decision that the index saw itself says more than the pull request does.
                if decision.paper not in known:
                    history.add_decision(session, decision)
            for pull in closed:
                decline_closed(session, pull.updates, due, work.now)
            history.remember(session, _TOPIC, _KEY, b"", at=work.now)
    elsewhere = frozenset() if fresh else frozenset(named - {pull.number for pull in closed})
    past = Past({decision.paper: decision for decision in decisions}, elsewhere)
    if past.notice:
        work.console.warn(past.notice)
    return past


def _decisions(
    session: Session, closed: Iterable[Closed], listing: Listing, now: datetime
) -> list[history.Decision]:
    """The decisions of closed pull requests, the oldest first."""
    found = []
    for pull in closed:
        told = [(proposal.paper, proposal.section) for proposal in pull.proposals]
        told += [(declined.paper, declined.section) for declined in pull.declined]
        stated = [paper for paper, _ in told]
        ids = papers.merge(session, stated, source=PULL_REQUEST, seen_at=now).ids
        numbers = {paper_key(paper): n for paper, n in zip(stated, ids, strict=True)}
        proposed = {paper_key(paper): section for paper, section in told}
        by_key = {paper_key(proposal.paper): proposal for proposal in pull.proposals}

        def section_of(
            paper: Paper,
            numbers: Mapping[str, int] = numbers,
            proposed: Mapping[str, Path] = proposed,
            by_key: Mapping[str, Proposal] = by_key,
        ) -> Path | None:
            key = paper_key(paper)
            sections = listing.sections.get(numbers[key], frozenset())
            there = proposed[key]
            first = by_key[key].moved_from if key in by_key else ()
            if (
                key in by_key
                and not first
                and any(
                    same_section(
                        there,
                        now,
                        listing,
                        neighbours=[n.title for n in by_key[key].evidence.neighbours],
                        others={a.section for a in by_key[key].alternatives},
                    )
                    for now in sections
                )
            ):
                return there
            return there if there in sections else min(sections, default=None)

        found += [
            history.Decision(
                paper=numbers[paper_key(decision.paper)],
                kind=decision.kind,
                at=decision.at or now,
                from_section=decision.section,
                to_section=decision.now if decision.kind == "moved" else None,
                who=decision.who,
                where=decision.where,
                reason=decision.reason,
            )
            for decision in read_decisions(pull, section_of)
        ]
    return found


def decide(
    session: Session,
    *,
    pending: Collection[int],
    refused: Mapping[int, Word],
    withdrawn: Collection[int],
    listing: Listing,
    past: Past,
    now: datetime,
) -> list[history.Decision]:
    """Record what became of the proposals that wait no longer.

    `refused` were taken out by a word or a box; `withdrawn` have no section on the list any
    more.
    """
    made = []
    for proposal in history.proposals(session, state="open"):
        number = proposal.paper
        if number in pending or proposal.id is None or proposal.pull_request in past.elsewhere:
            continue
        if number in withdrawn:
            history.update_proposals(session, [proposal.id], at=now, state="withdrawn")
            continue
        decision = _decision(proposal, refused.get(number), listing, past, now)
        state: history.State = "open" if decision.kind == "reconsidered" else decision.kind
        history.update_proposals(session, [proposal.id], at=now, state=state)
        if history.add_decision(session, decision):
            made.append(decision)
    return made


def _decision(
    proposal: history.Proposal,
    word: Word | None,
    listing: Listing,
    past: Past,
    now: datetime,
) -> history.Decision:
    """What became of one proposal: by whose word, by a closed pull request, or by the list."""
    sections = listing.sections.get(proposal.paper, frozenset())
    where = proposal.url or proposal.branch
    if word is not None and not sections:
        return history.Decision(
            paper=proposal.paper,
            kind=word.kind,
            at=word.at or now,
            from_section=proposal.section,
            who=word.who,
            where=word.where or where,
            reason=word.reason,
        )
    if proposal.paper in past.decisions:
        return past.decisions[proposal.paper]
    kind: history.Kind = "accepted" if _stayed(proposal, sections, listing) else "moved"
    return history.Decision(
        paper=proposal.paper,
        kind=kind if sections else "rejected",
        at=now,
        from_section=proposal.section,
        to_section=min(sections) if sections and kind == "moved" else None,
        where=where,
        reason="" if sections else "its line was taken away",
    )


def _stayed(proposal: history.Proposal, sections: Collection[Path], listing: Listing) -> bool:
    """Whether a paper is where it was proposed, also when its heading was renamed since."""
    near = [str(item["title"]) for item in proposal.evidence.get("neighbours", ())]
    others = {path for path, _ in proposal.alternatives}
    return any(
        same_section(proposal.section, now, listing, neighbours=near, others=others)
        for now in sections
    )


def decide_late(session: Session, late: Mapping[int, Word], now: datetime) -> None:
    """Record what was said of papers after their pull request was closed and read."""
    rejected = history.rejected_ids(session)
    for number, word in late.items():
        if (word.kind == "rejected") == (number in rejected):
            continue
        history.add_decision(
            session,
            history.Decision(
                paper=number,
                kind="rejected" if word.kind == "rejected" else "reconsidered",
                at=now,
                who=word.who,
                where=word.where,
                reason=word.reason,
            ),
        )


def keep_declined(session: Session, declined: Mapping[int, Declined], now: datetime) -> None:
    """Record what the open pull request says was taken out, where the index does not know it."""
    known = {decision.paper for decision in history.decisions(session)}
    for number, item in declined.items():
        if number in known:
            continue
        at = datetime.combine(item.at, time(12), UTC) if item.at else now
        history.add_decision(
            session,
            history.Decision(
                paper=number,
                kind=item.kind,
                at=at,
                from_section=item.section,
                who=item.who,
                where=item.where,
                reason=item.reason,
            ),
        )


def note_returned(session: Session, listed: Mapping[int, frozenset[Path]], now: datetime) -> None:
    """Record that a paper which was taken off the list, or turned down, is on the list again.

    `listed` are the sections it has there.
    """
    for number in sorted(history.rejected_ids(session) & listed.keys()):
        back = history.Decision(
            paper=number,
            kind="accepted",
            at=now,
            from_section=min(listed[number]),
            reason="on the list again",
        )
        history.add_decision(session, back)


def note_standing(
    session: Session,
    *,
    declined: Mapping[int, Declined],
    asked: Mapping[int, Word],
    pending: Collection[int],
    opened: str,
    listed: Mapping[int, frozenset[Path]],
    now: datetime,
) -> None:
    """Record what is to be seen of papers that the index thinks otherwise of.

    They were taken out of the open pull request, or asked for; they wait in it, whose address is
    `opened`; or they are `listed`.
    """
    keep_declined(session, declined, now)
    bring_back(session, asked, pending, now)
    note_reopened(session, pending, opened, now)
    note_returned(session, listed, now)


def note_reopened(session: Session, pending: Collection[int], opened: str, now: datetime) -> None:
    """Record that papers which closing a pull request rejected wait in it again.

    `opened` is the address of the pull request that is open.
    """
    for number in sorted(history.rejected_ids(session) & set(pending)):
        last = history.decisions(session, paper=number)[-1]
        if last.where != opened:
            continue
        back = history.Decision(
            paper=number,
            kind="reconsidered",
            at=max(now, last.at),
            where=last.where,
            reason="its pull request was opened again",
        )
        history.add_decision(session, back)
        rows = history.proposals(session, paper=number, state="rejected")
        if rows and rows[-1].id is not None:
            history.update_proposals(session, [rows[-1].id], at=now, state="open")


def bring_back(
    session: Session, asked: Mapping[int, Word], proposed: Collection[int], now: datetime
) -> None:
    """Record that rejected papers which are proposed again were asked for.

    Also those of a run that died after it proposed them, and before it wrote down why.
    """
    for number in sorted(history.rejected_ids(session) & asked.keys() & set(proposed)):
        word = asked[number]
        back = history.Decision(
            paper=number, kind="reconsidered", at=now, who=word.who, where=word.where
        )
        history.add_decision(session, back)
