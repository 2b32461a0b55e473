"""What the stand-in GitHub remembers besides git, and how it refuses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from tests.world.server import Answer

TOKEN = "the-token-of-the-tests"
NAME = "owner/list"
MOST_BODY = 65_536
EPOCH = "2026-01-01T00:00:00Z"
"""When everything happens, unless a test sets the stand-in's clock."""
_DOCS = "https://docs.github.com/rest"


@dataclass(slots=True)
class Thread:
    """An issue, or a pull request when it has a head."""

    number: int
    title: str
    body: str
    login: str
    head: str = ""
    base: str = ""
    state: str = "open"
    merged: bool = False
    head_sha: str = ""
    labels: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    reviewers: list[str] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    closed_by: str = ""
    created: str = EPOCH
    closed: str | None = None


@dataclass(slots=True)
class Comment:
    """A comment under an issue or pull request, on a line of the diff, or a review's text.

    `thread` is the line's first comment when this one replies to it; `given` has the number and
    time of each reaction.
    """

    id: int
    number: int
    body: str
    login: str
    reactions: list[tuple[str, str]] = field(default_factory=list)
    created: str = EPOCH
    updated: str = EPOCH
    place: str = "comment"
    thread: int = 0
    pending: bool = False
    given: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)


@dataclass(slots=True)
class Rules:
    """What the repository's owner decided."""

    actions_may_open_pulls: bool = True
    delete_merged_branches: bool = False
    protected: frozenset[str] = frozenset()
    permissions: dict[str, str] = field(default_factory=dict)
    read_only_token: bool = False


def refusal(status: int, message: str, errors: Iterable[Any] = (), **headers: str) -> Answer:
    """An error in the API's form."""
    body: dict[str, Any] = {"message": message, "documentation_url": _DOCS, "status": str(status)}
    if errors:
        body["errors"] = list(errors)
    return Answer(status, body, {name.replace("_", "-"): v for name, v in headers.items()})


SECONDARY_LIMIT = refusal(
    403,
    "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
)
