"""Whom and what a pull request is marked with: labels, reviewers, assignees.

Each is put on once. What a person took off again stays off, which the pull request's events
tell; they are only asked for when something is missing.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from github.IssueEvent import IssueEvent
from github.NamedUser import NamedUser
from github.Organization import Organization
from github.PullRequest import PullRequest
from github.Repository import Repository

from tracker.pull_request.github_errors import explained
from tracker.pull_request.github_review import GithubReview
from tracker.pull_request.target import Marks

logger = logging.getLogger(__name__)


def mark(repository: Repository, pull: PullRequest, marks: Marks) -> bool:
    """Put on what the pull request never had; whether there was anything."""
    with explained(f"marking the pull request {pull.number}", repository.full_name):
        missing = Marks(
            labels=_without(marks.labels, (label.name for label in pull.labels)),
            reviewers=_without(
                marks.reviewers, (pull.user.login, *(p.login for p in pull.requested_reviewers))
            ),
            assignees=_without(marks.assignees, (person.login for person in pull.assignees)),
        )
        if missing == Marks():
            return False
        events = list(pull.get_issue_events())
        labels = _without(
            missing.labels, _named(events, "labeled", lambda e: e.label.name if e.label else None)
        )
        reviewers = _without(
            missing.reviewers,
            _named(events, "review_requested", lambda e: _login(e.requested_reviewer)),
        )
        assignees = _without(
            missing.assignees, _named(events, "assigned", lambda e: _login(e.assignee))
        )
        if labels:
            # PyGithub sends a bare list, which GitHub's description does not know.
            repository.requester.requestJsonAndCheck(
                "POST", f"{pull.issue_url}/labels", input={"labels": list(labels)}
            )
        reviewers, assignees = _writers(repository, reviewers), _writers(repository, assignees)
        if assignees:
            pull.add_to_assignees(*assignees)
        if reviewers:
            pull.create_review_request(reviewers=list(reviewers))
    return bool(labels or assignees or reviewers)


def _writers(repository: Repository, names: tuple[str, ...]) -> tuple[str, ...]:
    """Those who may write: one name that GitHub does not accept spoils a whole request."""
    review = GithubReview(repository)
    found = tuple(name for name in names if review.may_write(name))
    for name in names:
        if name not in found:
            logger.warning("%s may not write to %s and is not asked", name, repository.full_name)
    return found


def _without(wanted: Iterable[str], present: Iterable[str]) -> tuple[str, ...]:
    there = {name.lower() for name in present}
    return tuple(name for name in dict.fromkeys(wanted) if name.lower() not in there)


def _named(
    events: Iterable[IssueEvent], kind: str, name: Callable[[IssueEvent], str | None]
) -> list[str]:
    return [found for event in events if event.event == kind and (found := name(event))]


def _login(person: NamedUser | Organization | None) -> str | None:
    """An account's name; a team that was asked, or an account that is gone, has none."""
    return person.login if person else None
