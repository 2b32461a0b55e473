"""Answers to comments, one for each wording of their commands, which the index remembers.

GitHub tells that a comment was edited, and not what. Without the index, an edited comment is
heard again unless a reply of ours names the wording it has now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from db import history
from jobs.comments import Reply
from jobs.work import Work
from tracker.pull_request.commands import Comment

_TOPIC = "answered comment"


def reworded(work: Work, comments: Sequence[Comment]) -> tuple[list[Comment], list[Reply]]:
    """The comments that say something new, and replies to those whose edit left commands alone."""
    new: list[Comment] = []
    same: list[Reply] = []
    with work.index.read() as session:
        for comment in comments:
            known = history.recall(session, _TOPIC, _key(comment)) if comment.edited else None
            if known is not None and known[0].decode() == comment.wording:
                same.append(Reply(comment, same=True))
            else:
                new.append(comment)
    return new, same


def answer(work: Work, replies: Iterable[Reply]) -> None:
    """Answer each comment, and remember what was answered."""
    for reply in replies:
        if reply.same:
            work.target.renew(reply.comment)
            continue
        work.target.answer(reply.comment, reply.sentences, obeyed=reply.obeyed)
        with work.index.write() as session:
            wording = reply.comment.wording.encode()
            history.remember(session, _TOPIC, _key(reply.comment), wording, at=work.now)


def _key(comment: Comment) -> str:
    return f"{comment.place} {comment.id}"
