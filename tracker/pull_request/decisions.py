"""What reviewers did with what was put to them, read from pull requests alone.

The index remembers decisions as they happen. When it is lost they are read again from the
closed pull requests: from their hidden blocks, their boxes, the commands in their comments,
and from where the list has the paper now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal

from tracker.paper import Paper
from tracker.pull_request.commands import Command, find_proposal
from tracker.pull_request.proposal import Declined, Proposal, Update, paper_key
from tracker.taxonomy import Path

Kind = Literal["accepted", "moved", "rejected", "postponed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A command that was obeyed: whose it was, when, and the address of the comment."""

    command: Command
    who: str
    at: datetime | None = None
    where: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """A pull request that was merged or closed.

    `proposals` and `declined` are what its text recorded at the end, `unticked` the keys of
    the boxes that were empty then, `who` the person who closed it. `number` is None for a local
    branch.
    """

    number: int | None
    where: str
    merged: bool
    proposals: tuple[Proposal, ...]
    declined: tuple[Declined, ...] = ()
    updates: tuple[Update, ...] = ()
    unticked: frozenset[str] = frozenset()
    spoken: tuple[Spoken, ...] = ()
    who: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What became of one paper: `section` is where it was proposed, `now` where it stands."""

    paper: Paper
    kind: Kind
    section: Path
    now: Path | None = None
    who: str = ""
    at: datetime | None = None
    where: str = ""
    reason: str = ""


def read_decisions(
    closed: Closed, section_of: Callable[[Paper], Path | None]
) -> tuple[Decision, ...]:
    """The decision on each paper of a closed pull request, each paper once.

    `section_of` tells where the list has a paper now, None where it has not. What the list
    has was accepted, however it got there. Of the rest, what was merely closed counts as
    rejected, as what was taken out does; only `/tracker later` postpones.
    """
    return tuple({paper_key(d.paper): d for d in _decisions(closed, section_of)}.values())


def _decisions(closed: Closed, section_of: Callable[[Paper], Path | None]) -> Iterator[Decision]:
    for declined in closed.declined:
        now = section_of(declined.paper)
        yield Decision(
            paper=declined.paper,
            kind=_accepted(declined.section, now) if now else declined.kind,
            section=declined.section,
            now=now,
            who=declined.who,
            at=_noon(declined.at) if declined.at and not now else closed.at,
            where=declined.where or closed.where,
            reason="" if now else declined.reason,
        )
    for proposal in closed.proposals:
        now = section_of(proposal.paper)
        proposed = proposal.moved_from or proposal.section
        spoken = _last_word(proposal, closed)
        if now:
            kind, reason = _accepted(proposed, now), ""
        elif spoken:
            kind = "postponed" if spoken.command.kind == "later" else "rejected"
            reason = spoken.command.reason
        else:
            kind, reason = "rejected", _reason(proposal, closed)
        yield Decision(
            paper=proposal.paper,
            kind=kind,
            section=proposed,
            now=now,
            who=spoken.who if spoken else closed.who,
            at=(spoken.at if spoken else None) or closed.at,
            where=(spoken.where if spoken else "") or closed.where,
            reason=reason,
        )


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def _accepted(proposed: Path, now: Path) -> Kind:
    return "accepted" if proposed == now else "moved"


def _last_word(proposal: Proposal, closed: Closed) -> Spoken | None:
    about = [
        spoken
        for spoken in closed.spoken
        if spoken.command.kind in {"drop", "later", "move"}
        and find_proposal(spoken.command.paper, closed.proposals) == proposal
    ]
    taken_out = [spoken for spoken in about if spoken.command.kind != "move"]
    return taken_out[-1] if taken_out else None


def _reason(proposal: Proposal, closed: Closed) -> str:
    if paper_key(proposal.paper) in closed.unticked:
        return "unticked"
    return "its line was taken away" if closed.merged else "closed without merging"
