"""What people wrote on a pull request, and what we answered, as GitHub keeps it.

There are three places: the conversation, lines of the diff, and the text of a review. An answer
is a reaction, which a review cannot have, and where something is said a reply, which ends with a
mark: whom or what it answers, in which wording, and whether it was refused. So everything that
was answered can be seen without the index.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from github.IssueComment import IssueComment
from github.PullRequest import PullRequest
from github.PullRequestComment import PullRequestComment
from github.PullRequestReview import PullRequestReview
from github.Reaction import Reaction

from tracker.pull_request.commands import Comment, Place

OBEYED, REFUSED = "+1", "confused"

_MARK = re.compile(
    r"<!-- answer to ((?:person \S+)|(?:line |review )?\d+)(?: (\w+))?( refused)? -->"
)
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that was written, by whom and where; `who` is empty for accounts that are gone.

    `thread` is the comment that replies go to; `thing` knows its reactions, which a review has
    not.
    """

    place: Place
    id: int
    body: str
    who: str
    at: datetime
    updated: datetime
    where: str
    thread: int = 0
    thing: IssueComment | PullRequestComment | None = None

    @property
    def key(self) -> str:
        """Its name in marks and in the index."""
        return key_of(self.place, self.id)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a reply of ours answers: the wording, and whether it was refused."""

    wording: str
    refused: bool


def key_of(place: Place, number: int) -> str:
    """The name of a remark in marks."""
    return str(number) if place == "comment" else f"{place} {number}"


def mark(comment: Comment, *, refused: bool) -> str:
    """The hidden end of a reply; a person who may not write is told so once, whatever they say."""
    if not comment.may_write:
        return f"<!-- answer to person {comment.who} -->"
    end = " refused" if refused else ""
    return f"<!-- answer to {key_of(comment.place, comment.id)} {comment.wording}{end} -->"


def read_remarks(pull: PullRequest) -> list[Remark]:
    """Everything that was written on a pull request, in the order of its time."""
    found = [_comment(comment) for comment in pull.get_issue_comments()]
    reviews = list(pull.get_reviews())
    # What only its author can see was not said yet.
    found += [_review(review) for review in reviews if review.submitted_at]
    if reviews:
        # Each comment on a line belongs to a review: without one there is nothing to ask for.
        found += [_line(line) for line in pull.get_review_comments()]
    return sorted(found, key=lambda remark: remark.at)


def answers(remarks: Iterable[Remark], us: str) -> dict[str, Answer]:
    """The last reply of ours to each remark, and to each person who may not write."""
    found: dict[str, Answer] = {}
    for remark in remarks:
        if remark.who == us:
            found |= marks(remark.body)
    return found


def marks(text: str) -> dict[str, Answer]:
    """What a reply answers."""
    found = _MARK.finditer(text)
    return {match[1]: Answer(match[2] or "", bool(match[3])) for match in found}


def reactions(thing: IssueComment | PullRequestComment, us: str) -> list[Reaction]:
    """How we have reacted, the last one last."""
    if not thing.reactions.get("total_count"):
        return []
    ours = [r for r in thing.get_reactions() if r.user and r.user.login == us]
    return sorted(ours, key=lambda reaction: (reaction.created_at or _NEVER, reaction.id))


def _comment(comment: IssueComment) -> Remark:
    return _remark(
        "comment", comment, at=comment.created_at, updated=comment.updated_at, thing=comment
    )


def _line(comment: PullRequestComment) -> Remark:
    thread = comment.in_reply_to_id or comment.id
    return _remark(
        "line",
        comment,
        at=comment.created_at,
        updated=comment.updated_at,
        thread=thread,
        thing=comment,
    )


def _review(review: PullRequestReview) -> Remark:
    return _remark("review", review, at=review.submitted_at, updated=review.submitted_at)


def _remark(
    place: Place,
    written: IssueComment | PullRequestComment | PullRequestReview,
    *,
    at: datetime,
    updated: datetime,
    thread: int = 0,
    thing: IssueComment | PullRequestComment | None = None,
) -> Remark:
    return Remark(
        place=place,
        id=written.id,
        body=written.body or "",
        who=written.user.login if written.user else "",
        at=at,
        updated=updated,
        where=written.html_url,
        thread=thread,
        thing=thing,
    )
