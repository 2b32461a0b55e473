"""What people said on GitHub: commands in comments, and pull requests they merged or closed."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence

from github import GithubException, UnknownObjectException
from github.IssueComment import IssueComment
from github.PullRequest import PullRequest
from github.PullRequestComment import PullRequestComment
from github.Reaction import Reaction
from github.Repository import Repository
from requests import RequestException

from tracker.pull_request import block
from tracker.pull_request.commands import Command, Comment, parse_comment, wording
from tracker.pull_request.decisions import Closed, Spoken
from tracker.pull_request.github_errors import explained
from tracker.pull_request.github_remarks import (
    OBEYED,
    REFUSED,
    Answer,
    Remark,
    answers,
    mark,
    marks,
    reactions,
    read_remarks,
)
from tracker.pull_request.rolling import unticked

logger = logging.getLogger(__name__)

_DONE = "👍"
_WRITERS = {"admin", "maintain", "write"}


class GithubReview:
    """The comments and closed pull requests of one repository."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._name = repository.full_name
        self._writers: dict[str, bool] = {}

    def comments(self, pull: PullRequest) -> tuple[Comment, ...]:
        """What was said with commands and not answered by the pull request's author, who is us.

        Also what was edited after it was answered.
        """
        with explained(f"reading the comments on {pull.number}", self._name):
            remarks = read_remarks(pull)
            told = answers(remarks, pull.user.login)
            waiting = [self._waiting(pull, remark, told) for remark in remarks]
            found = [comment for comment in waiting if comment]
            return tuple(sorted(found, key=lambda comment: comment.at or remarks[0].at))

    def answer(self, comment: Comment, sentences: Sequence[str], *, obeyed: bool = False) -> None:
        """React to a comment; what is to be said is said in a reply, once."""
        with explained(f"answering a comment on {comment.number}", self._name):
            pull = self._repository.get_pull(comment.number)
            refused = bool(sentences) and not obeyed
            if comment.place == "review":
                self._reply(pull, comment, _about(comment, sentences), refused=refused)
                return
            if (there := _find(pull, comment)) is None:
                return
            if sentences:
                self._reply(pull, comment, sentences, refused=refused)
            self._react(pull, comment, there, REFUSED if refused else OBEYED)

    def renew(self, comment: Comment) -> None:
        """React once more as before to a comment that asks for the same after an edit."""
        with explained(f"answering a comment on {comment.number}", self._name):
            pull = self._repository.get_pull(comment.number)
            there = _find(pull, comment)
            if there is not None and (ours := reactions(there, pull.user.login)):
                self._react(pull, comment, there, ours[-1].content)

    def closed(self, branch: str, numbers: Collection[int] | None = None) -> tuple[Closed, ...]:
        """The closed pull requests of a branch, whatever their base, the oldest first.

        Of `numbers` if given.
        """
        with explained("reading the closed pull requests", self._name):
            if numbers is not None:
                named = (self._repository.get_pull(number) for number in sorted(numbers))
                return tuple(self._closed(pull) for pull in named if pull.state == "closed")
            owner = self._repository.owner.login
            pulls = self._repository.get_pulls(
                state="closed", head=f"{owner}:{branch}", sort="created", direction="asc"
            )
            return tuple(self._closed(pull) for pull in pulls)

    def may_write(self, login: str) -> bool:
        """Whether an account may write to the repository."""
        if login not in self._writers:
            try:
                found = self._repository.get_collaborator_permission(login)
            except GithubException as error:
                if error.status != 404:
                    raise
                found = "none"
            self._writers[login] = found in _WRITERS
        return self._writers[login]

    def _closed(self, pull: PullRequest) -> Closed:
        body = pull.body or ""
        record = block.decode(body) or block.Record()
        by = pull.as_issue().closed_by
        return Closed(
            number=pull.number,
            where=pull.html_url,
            merged=pull.merged_at is not None,
            proposals=record.proposals,
            declined=record.declined,
            updates=record.updates,
            unticked=unticked(body),
            spoken=tuple(self._spoken(pull)),
            who=by.login if by else "",
            at=pull.merged_at or pull.closed_at,
        )

    def _spoken(self, pull: PullRequest) -> Iterator[Spoken]:
        remarks = read_remarks(pull)
        told = answers(remarks, pull.user.login)
        for remark in remarks:
            commands = parse_comment(remark.body)
            if not commands or not remark.who or self._is_refused(pull, remark, told):
                continue
            if not self.may_write(remark.who):
                continue
            for command in commands:
                if isinstance(command, Command):
                    yield Spoken(command=command, who=remark.who, at=remark.at, where=remark.where)

    def _is_refused(self, pull: PullRequest, remark: Remark, told: Mapping[str, Answer]) -> bool:
        if remark.place == "review":
            return remark.key in told and told[remark.key].refused
        last = self._last_reaction(pull, remark)
        return last is not None and last.content == REFUSED

    def _waiting(
        self, pull: PullRequest, remark: Remark, told: Mapping[str, Answer]
    ) -> Comment | None:
        """The comment if it may be unanswered as it stands now."""
        commands = parse_comment(remark.body)
        if not commands or not remark.who:
            return None
        now, answer = wording(remark.body), told.get(remark.key)
        last = None
        if remark.place == "review":
            # There are no reactions to reviews, but each answer names what it answers.
            if answer is not None and answer.wording == now:
                return None
        elif last := self._last_reaction(pull, remark):
            same = Answer(now, last.content == REFUSED)
            if not remark.updated > last.created_at or answer == same:
                return None
        may_write = self._may_write_now(remark.who)
        if may_write is None:
            return None
        if remark.place == "review" and not may_write and f"person {remark.who}" in told:
            return None
        return Comment(
            id=remark.id,
            number=pull.number,
            who=remark.who,
            may_write=may_write,
            commands=commands,
            at=remark.updated if last else remark.at,
            where=remark.where,
            place=remark.place,
            thread=remark.thread,
            wording=now,
            edited=last is not None,
        )

    def _may_write_now(self, who: str) -> bool | None:
        """Whether an account may write; None while it cannot be found out."""
        try:
            return self.may_write(who)
        except (GithubException, RequestException) as error:
            logger.warning(
                "whether %s may write to %s could not be found out (%s); the next run asks again",
                who,
                self._name,
                error,
            )
            return None

    def _last_reaction(self, pull: PullRequest, remark: Remark) -> Reaction | None:
        """How the pull request's author, which is us, has reacted last."""
        ours = reactions(remark.thing, pull.user.login) if remark.thing else []
        return ours[-1] if ours else None

    def _reply(
        self, pull: PullRequest, comment: Comment, sentences: Sequence[str], *, refused: bool
    ) -> None:
        end = mark(comment, refused=refused)
        # A run may have died between the reply and the reaction; strangers are told once.
        told = answers(read_remarks(pull), pull.user.login)
        [(key, answer)] = marks(end).items()
        if told.get(key) == answer:
            return
        text = "\n\n".join([*sentences, end])
        if comment.place == "line":
            try:
                pull.create_review_comment_reply(comment.thread, text)
            except GithubException as error:
                # Where the thread's first comment is gone, none can be replied to.
                if error.status not in {404, 422}:
                    raise
            else:
                return
        pull.create_issue_comment(text)

    def _react(
        self,
        pull: PullRequest,
        comment: Comment,
        there: IssueComment | PullRequestComment,
        content: str,
    ) -> None:
        """React; to an edited comment anew, as a reaction's time tells which text it is to."""
        if comment.edited:
            for old in reactions(there, pull.user.login):
                there.delete_reaction(old.id)
        there.create_reaction(content)


def _find(pull: PullRequest, comment: Comment) -> IssueComment | PullRequestComment | None:
    """The comment as it was read; None when it was deleted or its commands edited since.

    It stays unanswered then, and the next run hears what it says.
    """
    get = pull.get_review_comment if comment.place == "line" else pull.get_issue_comment
    try:
        there = get(comment.id)
    except UnknownObjectException:
        return None
    return there if wording(there.body or "") == comment.wording else None


def _about(comment: Comment, sentences: Sequence[str]) -> list[str]:
    """An answer that says which review it is to."""
    first, *more = sentences or (_DONE,)
    return [first if not comment.may_write else f"[Your review]({comment.where}): {first}", *more]
