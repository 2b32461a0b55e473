"""What people said on GitHub: commands in comments, and pull requests they merged or closed."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence

from github import GithubException
from github.IssueComment import IssueComment
from github.PullRequest import PullRequest
from github.Repository import Repository
from requests import RequestException

from tracker.pull_request import block
from tracker.pull_request.commands import Command, Comment, parse_comment
from tracker.pull_request.decisions import Closed, Spoken
from tracker.pull_request.github_errors import explained
from tracker.pull_request.rolling import unticked

logger = logging.getLogger(__name__)

_OBEYED, _REFUSED = "+1", "confused"
_WRITERS = {"admin", "maintain", "write"}


class GithubReview:
    """The comments and closed pull requests of one repository."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._name = repository.full_name
        self._writers: dict[str, bool] = {}

    def comments(self, pull: PullRequest) -> tuple[Comment, ...]:
        """The comments with commands that the pull request's author has not reacted to."""
        with explained(f"reading the comments on {pull.number}", self._name):
            waiting = [
                comment
                for comment in pull.get_issue_comments()
                if parse_comment(comment.body or "") and not self._reactions(pull, comment)
            ]
            return tuple(filter(None, (self._comment(pull, comment) for comment in waiting)))

    def answer(self, comment: Comment, sentences: Sequence[str], *, obeyed: bool = False) -> None:
        """React to a comment; what is to be said is said in a reply, once."""
        with explained(f"answering a comment on {comment.number}", self._name):
            issue = self._repository.get_issue(comment.number)
            if sentences:
                # Who may not write is told so once.
                asked = comment.id if comment.may_write else comment.who
                mark = f"<!-- answer to {asked} -->"
                # A run may have died between the reply and the reaction.
                if not any(mark in (other.body or "") for other in issue.get_comments()):
                    issue.create_comment("\n\n".join([*sentences, mark]))
            reaction = _REFUSED if sentences and not obeyed else _OBEYED
            issue.get_comment(comment.id).create_reaction(reaction)

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
        for comment in pull.get_issue_comments():
            commands = parse_comment(comment.body or "")
            if not commands or _REFUSED in self._reactions(pull, comment):
                continue
            if not self.may_write(comment.user.login):
                continue
            for command in commands:
                if isinstance(command, Command):
                    yield Spoken(
                        command=command,
                        who=comment.user.login,
                        at=comment.created_at,
                        where=comment.html_url,
                    )

    def _comment(self, pull: PullRequest, comment: IssueComment) -> Comment | None:
        """A comment; None while it cannot be found out whether its author is to be obeyed."""
        who = comment.user.login
        try:
            may_write = self.may_write(who)
        except (GithubException, RequestException) as error:
            logger.warning(
                "whether %s may write to %s could not be found out (%s); the next run asks again",
                who,
                self._name,
                error,
            )
            return None
        return Comment(
            id=comment.id,
            number=pull.number,
            who=who,
            may_write=may_write,
            commands=parse_comment(comment.body or ""),
            at=comment.created_at,
            where=comment.html_url,
        )

    def _reactions(self, pull: PullRequest, comment: IssueComment) -> set[str]:
        """How the pull request's author, which is us, has reacted."""
        if not comment.reactions.get("total_count"):
            return set()
        us = pull.user.login
        return {r.content for r in comment.get_reactions() if r.user and r.user.login == us}
