"""The dashboard issue on GitHub: found or created, written only when it says something new."""

from __future__ import annotations

from github import Issue
from github.Repository import Repository

from tracker.pull_request.body import BEGIN, with_body
from tracker.pull_request.dashboard import LABEL, NAME, Board
from tracker.pull_request.github_errors import explained
from tracker.pull_request.github_review import GithubReview


class GithubBoard:
    """The dashboard of one repository."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._name = repository.full_name
        self._review = GithubReview(repository)

    def read(self) -> Board | None:
        """The issue, open or closed; None when there is none."""
        with explained("looking for the dashboard", self._name):
            labelled = self._repository.get_issues(
                state="all", labels=[LABEL], sort="created", direction="asc"
            )
            found = next(filter(self._is_board, labelled), None)
            if found is None:
                # Someone may have taken the label off.
                oldest = self._repository.get_issues(state="open", sort="created", direction="asc")
                found = next(filter(self._is_board, oldest.get_page(0)), None)
        return _board(found) if found else None

    def publish(self, board: Board | None, text: str) -> Board:
        """Create the issue, or make it say `text`; one that is closed is left alone."""
        with explained("writing the dashboard", self._name):
            if board is None or board.number is None:
                made = self._repository.create_issue(title=NAME, body=text, labels=[LABEL])
                return _board(made)
            current = board.body.replace("\r\n", "\n")
            body = with_body(current, text)
            if not board.is_open or body == current:
                return board
            issue = self._repository.get_issue(board.number)
            if (issue.body or "") != board.body:
                # Someone ticked a box since it was read; the next run hears that first.
                return board
            issue.edit(body=body)
            return _board(issue)

    def _is_board(self, issue: Issue.Issue) -> bool:
        if issue.pull_request is not None or BEGIN not in (issue.body or ""):
            return False
        # Whoever opened an issue can edit it: a stranger's ticks must not count.
        author = issue.user
        return author.type == "Bot" or self._review.may_write(author.login)


def _board(issue: Issue.Issue) -> Board:
    return Board(
        number=issue.number,
        url=issue.html_url,
        body=issue.body or "",
        is_open=issue.state == "open",
    )
