"""Whether what reviewers said keeps a paper from being proposed, and how it is brought back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from db.history import Decision, standing
from tracker.paper import Paper
from tracker.pull_request.proposal import paper_key
from tracker.pull_request.target import OpenPullRequest
from tracker.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptBack:
    """A paper that is not proposed, and what is known of why.

    `is_out` says that it was taken out of the pull request that is open: until that is merged or
    closed, only a person's word brings it back into it.
    """

    kind: Literal["rejected", "postponed"]
    at: date | None = None
    who: str = ""
    reason: str = ""
    where: str = ""
    is_out: bool = False

    def as_json(self) -> dict[str, Any]:
        """What `tracker why --json` says of it."""
        return {**asdict(self), "at": self.at.isoformat() if self.at else None}


def kept_back(
    paper: Paper, decisions: Sequence[Decision], opened: OpenPullRequest | None
) -> KeptBack | None:
    """What keeps a paper from being proposed; None when nothing does.

    `decisions` are those on the paper, in their order; `opened` is the pull request that is
    open, which may know of one that the index has not seen.
    """
    out = next((d for d in opened.declined if same_paper(paper, d.paper)), None) if opened else None
    last = next(iter(standing(decisions).values()), None)
    if last is not None and last.kind == "rejected":
        return KeptBack(
            kind="rejected",
            at=last.at.date(),
            who=last.who,
            reason=last.reason,
            where=last.where,
            is_out=out is not None,
        )
    if out is None:
        return None
    return KeptBack(
        # One that was brought back since waits, like one that was put off.
        kind="postponed" if last is not None else out.kind,
        at=out.at,
        who=out.who,
        reason=out.reason,
        where=out.where,
        is_out=True,
    )


def kept_back_sentence(kept: KeptBack, number: int, paper: Paper, settings: Settings) -> str:
    """Why the paper is not proposed, and how to bring it back."""
    told = "".join(
        (
            f" on {kept.at}" if kept.at else "",
            f" by {kept.who}" if kept.who else "",
            f" ({kept.reason})" if kept.reason else "",
            f", see {kept.where}" if kept.where.startswith("http") else "",
        )
    )
    ways = _ways(kept, number, paper, settings)
    if kept.kind == "rejected":
        return f"It will not be proposed: it was rejected{told}. Bring it back with {ways}."
    sooner = f" Bring it back sooner with {ways}." if ways else ""
    return (
        "It will not be proposed until the open pull request is merged or closed: it was taken out "
        f"of it{told}.{sooner}"
    )


def _ways(kept: KeptBack, number: int, paper: Paper, settings: Settings) -> str:
    ways = []
    if kept.kind == "rejected" and settings.propose.dashboard:
        ways.append("its box in the dashboard")
    if settings.target == "github":
        names = [i.value for i in paper.identifiers if i.scheme in ("arxiv", "doi")]
        ways.append(f"`/tracker add {names[0] if names else 'PAPER'}` in the pull request")
    if kept.kind == "rejected":
        later = " from the next pull request on" if kept.is_out else ""
        ways.append(f"`tracker reconsider {number}`{later}")
    return " or ".join(filter(None, (", ".join(ways[:-1]), *ways[-1:])))


def same_paper(paper: Paper, other: Paper) -> bool:
    """Whether two records are of one paper; the text of a pull request abridges."""
    shared = not set(paper.identifiers).isdisjoint(other.identifiers)
    return shared or paper_key(paper) == paper_key(other)
