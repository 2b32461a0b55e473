"""Where things stand before anything new is proposed: what waits, what was decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from db import history, papers
from db.consolidate import PULL_REQUEST
from db.index import Index
from jobs.listing import Listing, listing_of, parse_list, sections_to_file_under
from tracker.paper import Paper
from tracker.pull_request.proposal import Proposal, paper_key
from tracker.pull_request.target import OpenPullRequest, Snapshot
from tracker.reading_list import ReadingList
from tracker.settings import Settings
from tracker.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class State:
    """Where things stand.

    `listing` is what the list holds without what is only proposed; `sections` are where a
    paper can be filed. `working` is what new lines are added to, `on_branch` its papers, and
    `pending` the proposals that wait for review, by paper, as they stand there now. `notice`
    is a sentence saying what a person must do before anything can be added.
    """

    listing: Listing
    sections: Taxonomy
    working: ReadingList
    on_branch: Listing
    pending: Mapping[int, Proposal]
    notice: str = ""

    def waits(self, number: int, paper: Paper) -> bool:
        """Whether a paper stands on the branch, put there by us or by a person."""
        return number in self.pending or self.on_branch.holds(number, paper.title)


def settle(
    index: Index,
    snapshot: Snapshot,
    settings: Settings,
    base: ReadingList,
    listing: Listing,
    *,
    now: datetime,
) -> State:
    """Compare what was proposed with what stands on the list and its branch now.

    What became of earlier proposals is recorded as decisions. `base` is the list as the
    snapshot's base has it, `listing` its papers.
    """
    opened = snapshot.pull_request
    proposals = opened.proposals if opened else ()
    ids = _enter(index, proposals, now)
    recorded = _whole(index, ids, proposals)
    refused: set[int] = set()
    working, on_branch = base, listing
    if opened:
        # The boxes carry the names that the text gave the papers; the index may know more by now.
        named = zip(ids, proposals, strict=True)
        refused = {number for number, p in named if paper_key(p.paper) in opened.unticked}
        working = _restored(parse_list(opened.files, settings), opened, recorded, refused)
        on_branch = listing_of(index, working, now, keep=False, source=PULL_REQUEST)
        for number in refused & on_branch.entries.keys():
            working = working.remove(on_branch.entries[number])
            on_branch = listing_of(index, working, now, keep=False, source=PULL_REQUEST)
    # Without git the list and its proposals are one file: what waits there is not listed yet.
    without_git = not snapshot.revision
    pending = {
        number: _as_it_stands(proposal, number, on_branch)
        for number, proposal in recorded.items()
        if number in on_branch.entries and (without_git or number not in listing.sections)
    }
    if without_git:
        listing = listing.without(pending)
    _decide(index, pending, refused, listing, now)
    return State(
        listing=listing,
        sections=sections_to_file_under(base, settings),
        working=working,
        on_branch=on_branch,
        pending=pending,
        notice=opened.blocked if opened else "",
    )


def _enter(index: Index, proposals: Sequence[Proposal], now: datetime) -> tuple[int, ...]:
    """The papers of proposals that a pull request records; unknown ones enter the index."""
    if not proposals:
        return ()
    with index.write() as session:
        stated = [proposal.paper for proposal in proposals]
        return papers.merge(session, stated, source=PULL_REQUEST, seen_at=now).ids


def _whole(index: Index, ids: Sequence[int], proposals: Sequence[Proposal]) -> dict[int, Proposal]:
    """Proposals by paper, with what the pull request abridges as the index knows it."""
    with index.read() as session:
        known = papers.load(session, ids)
    return {
        number: replace(proposal, paper=known[number])
        for number, proposal in zip(ids, proposals, strict=True)
    }


def _restored(
    working: ReadingList,
    opened: OpenPullRequest,
    recorded: Mapping[int, Proposal],
    refused: Collection[int],
) -> ReadingList:
    """The list with the proposals put in again, where the branch is to be rebuilt."""
    if not opened.rebuild:
        return working
    again = [(p.section, p.paper) for number, p in recorded.items() if number not in refused]
    known = [(section, paper) for section, paper in again if section in working.taxonomy]
    return working.insert_all(known)[0]


def _as_it_stands(proposal: Proposal, number: int, on_branch: Listing) -> Proposal:
    """A proposal as people may have moved or reworded it on the branch."""
    entry = on_branch.entries[number]
    return replace(
        proposal,
        section=entry.section,
        file=entry.file,
        line=entry.start + 1,
        text=entry.text.rstrip("\r\n"),
    )


def _decide(
    index: Index,
    pending: Collection[int],
    refused: Collection[int],
    listing: Listing,
    now: datetime,
) -> None:
    """Record what became of the proposals that wait no longer."""
    with index.write() as session:
        for proposal in history.proposals(session, state="open"):
            if proposal.paper in pending or proposal.id is None:
                continue
            sections = listing.sections.get(proposal.paper, frozenset())
            kind: history.Kind = "accepted"
            reason = ""
            if not sections:
                kind = "rejected"
                reason = "unticked" if proposal.paper in refused else "its line was taken away"
            elif proposal.section not in sections:
                kind = "moved"
            history.update_proposals(session, [proposal.id], at=now, state=kind)
            history.add_decision(
                session,
                history.Decision(
                    paper=proposal.paper,
                    kind=kind,
                    at=now,
                    from_section=proposal.section,
                    to_section=min(sections, default=None) if kind == "moved" else None,
                    where=proposal.url or proposal.branch,
                    reason=reason,
                ),
            )
