"""Where proposals go, and what is there now: the nouns the two targets share."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from tracker.errors import TargetError
from tracker.pull_request.commands import Comment
from tracker.pull_request.dashboard import Board
from tracker.pull_request.decisions import Closed
from tracker.pull_request.proposal import Declined, Proposal, Report, Update

State = Literal["opened", "updated", "unchanged", "closed", "none"]
"""What publishing did; `none` means that there is no pull request and nothing to propose."""


class Conflict(TargetError):  # noqa: N818 - an event to answer, not a mistake
    """Someone else wrote at the same moment; read again and publish on what is there then."""


@dataclass(frozen=True, slots=True)
class PullRequest:
    """The pull request as publishing left it; `number` and `url` are None where none exists."""

    number: int | None
    url: str | None
    branch: str
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPullRequest:
    """A pull request that waits for its reviewers.

    `files` are its branch's texts with the base merged in. `proposals` are those its text
    records, `declined` those it says were taken out, `updates` the entries it says were brought
    up to date, `unticked` the keys of papers whose box a reviewer cleared. `rebuild` means that
    the base moved in the same places: `files` are then the base's, and what is pending is to be
    added to them again. `extra` says that the branch changes files besides the list. `blocked`
    is a sentence saying what a person must do before the branch can be written again, empty as
    a rule. `number` is None for a local branch.
    """

    number: int | None
    url: str | None
    head: str
    files: Mapping[str, str]
    title: str = ""
    body: str = ""
    labels: tuple[str, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    declined: tuple[Declined, ...] = ()
    updates: tuple[Update, ...] = ()
    unticked: frozenset[str] = frozenset()
    rebuild: bool = False
    extra: bool = False
    blocked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What a target held when it was read.

    `files` are the base's texts by file name: UTF-8 with surrogateescape, newlines as they
    are. `revision` is the base's commit, empty without git.
    """

    files: Mapping[str, str]
    revision: str
    base: str
    branch: str
    pull_request: OpenPullRequest | None = None
    plan: Plan | None = field(default=None, repr=False)

    @property
    def working(self) -> Mapping[str, str]:
        """The texts new lines are added to: the open pull request's, else the base's."""
        return self.pull_request.files if self.pull_request else self.files


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the next commit is made.

    `head` is the branch's commit as it was read, None where it does not exist; `parents` are
    the new commit's, the branch's first; `ground` is the commit whose tree it starts from,
    and `overlay` what is laid over it: mode and blob by path, None to delete. `unannounced`
    says that a run died after moving the branch, before the text spoke of it.
    """

    head: str | None
    parents: tuple[str, ...]
    ground: str
    overlay: Mapping[str, tuple[str, str] | None] = field(default_factory=dict)
    unannounced: bool = False


@dataclass(frozen=True, slots=True)
class Marks:
    """What a pull request is marked with, by name."""

    labels: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()


class Target(Protocol):
    """Where the reading list is read from and the proposals are written to."""

    def read(self) -> Snapshot:
        """What is there now; changes nothing. Raises TargetError."""
        ...

    def publish(
        self,
        snapshot: Snapshot,
        files: Mapping[str, str],
        report: Report,
        labels: Sequence[str] = (),
        *,
        reviewers: Sequence[str] = (),
        assignees: Sequence[str] = (),
    ) -> PullRequest:
        """Make the branch hold `files` and the pull request say what `report` says.

        `files` are whole texts, made from `snapshot.working`. What is as wanted already is not
        written again, so that publishing twice, or after a run that died, ends the same.
        Labels, reviewers and assignees (accounts) are put on once; what a person takes off
        stays off. A local branch has none.
        Raises Conflict when someone else wrote since the snapshot, TargetError otherwise.
        """
        ...

    def comments(self, snapshot: Snapshot) -> tuple[Comment, ...]:
        """Comments with commands that nobody answered as they are written now.

        Those of the pull request that was closed last come before those of the open one: in the
        conversation, on lines of the diff and in reviews.
        """
        ...

    def answer(
        self, comment: Comment, sentences: Sequence[str] = (), *, obeyed: bool = False
    ) -> None:
        """Say that a comment was read: by a reaction, and by a reply of the `sentences`.

        Sentences say what went wrong, unless the comment was `obeyed` and asked for them.
        """
        ...

    def renew(self, comment: Comment) -> None:
        """Say that a comment which was edited was read, and asks for what it asked for before."""
        ...

    def dashboard(self) -> Board | None:
        """The dashboard as it is; None when there is none yet."""
        ...

    def publish_dashboard(self, board: Board | None, text: str) -> Board:
        """Make the dashboard say `text`; one that a person closed is left alone."""
        ...

    def closed(self, numbers: Collection[int] | None = None) -> tuple[Closed, ...]:
        """The pull requests that were merged or closed, the oldest first; of `numbers` if given.

        Enough to read all decisions again when the index is lost; costs several requests for
        each of them. A local list has no numbers and gives them all.
        """
        ...
