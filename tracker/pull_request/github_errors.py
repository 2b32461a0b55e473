"""What GitHub refuses, in one sentence with the remedy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import requests
from github import BadAttributeException, GithubException, RateLimitExceededException

from tracker.counting import counted
from tracker.errors import TargetError
from tracker.pull_request.escape import shorten
from tracker.pull_request.target import Conflict
from tracker.responses import network_reason

_NOT_GITHUB = (
    BadAttributeException,
    AssertionError,
    AttributeError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What PyGithub raises on an answer that lacks what the API promises."""


@contextmanager
def explained(doing: str, repository: str) -> Iterator[None]:
    """Turn what PyGithub raises into a TargetError.

    `doing` says what failed ("reading the branch main"). PyGithub lets the errors of requests
    through, and raises its own besides when an answer is not what the API promises.
    """
    try:
        yield
    except GithubException as error:
        raise _refusal(error, doing, repository) from None
    except requests.RequestException as error:
        raise TargetError(
            f"{doing}: GitHub could not be reached ({network_reason(error)}); check the network "
            "and github.url, or run again later"
        ) from None
    except _NOT_GITHUB as error:
        reason = shorten(str(error) or type(error).__name__, 200)
        raise TargetError(
            f"{doing}: the answer is not GitHub's; check github.url ({reason})"
        ) from None


def message_of(error: GithubException) -> str:
    """GitHub's own words: the message and those of the single errors."""
    data: Any = error.data
    if not isinstance(data, Mapping):
        return str(data or "")
    errors = data.get("errors") or ()
    items = errors if isinstance(errors, list | tuple) else (errors,)
    details = [_detail(item) for item in items]
    return ": ".join(part for part in (str(data.get("message") or ""), *details) if part)


def _detail(item: Any) -> str:
    if isinstance(item, Mapping):
        return str(item.get("message") or item.get("code") or "")
    return str(item)


def _refusal(error: GithubException, doing: str, repository: str) -> TargetError:
    said = message_of(error)
    quoted = f" ({shorten(said, 200)})" if said else ""
    kind = Conflict if error.status == 409 else TargetError
    return kind(f"{doing}: {_remedy(error, said, repository)}{quoted}")


def _remedy(error: GithubException, said: str, repository: str) -> str:
    if isinstance(error, RateLimitExceededException) or error.status == 429:
        return f"GitHub's rate limit is used up; run again {_when(error.headers or {})}"
    if error.status == 403 and "not permitted to create" in said:
        return (
            f'GitHub Actions may not open pull requests in {repository}; tick "Allow GitHub '
            'Actions to create and approve pull requests" under Settings › Actions › General › '
            "Workflow permissions, and run again"
        )
    remedies = {
        401: "GitHub does not accept the token; set GITHUB_TOKEN to one that may write contents "
        f"and pull requests of {repository}",
        403: f"the token may not do this in {repository}; in a workflow set `permissions:` to "
        "`contents: write`, `pull-requests: write` and `issues: write`",
        404: f"not found in {repository}, or the token may not see it; check [list] in the "
        "settings and GITHUB_TOKEN",
        409: f"{repository} changed meanwhile or is empty; run again",
        422: f"GitHub refuses it; check the rules that protect branches of {repository}",
    }
    return remedies.get(error.status, f"GitHub answered {error.status}; run again later")


def _when(headers: Mapping[str, str]) -> str:
    """When GitHub will answer again: a pause for the secondary limit, a time for the primary."""
    if (seconds := headers.get("retry-after", "")).isdigit():
        return f"in {counted(int(seconds), 'second')}"
    if (reset := headers.get("x-ratelimit-reset", "")).isdigit():
        return f"after {datetime.fromtimestamp(int(reset), UTC):%H:%M} UTC"
    return "in an hour"
