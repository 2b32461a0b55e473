"""Proposals for a reading list on this machine.

In a git checkout they become commits on a branch, and the pull request's text stands beside
the list in a file that git is told to overlook (in `.git/info/exclude`). The working tree, the
index and the branch that is checked out are never touched. The pull request is open until the
branch is merged or deleted. Without git the list itself is edited; see `folder.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from tracker.errors import SettingError, TargetError
from tracker.pull_request import block, rolling
from tracker.pull_request.body import TEXT_NAME, local_text
from tracker.pull_request.commands import Comment
from tracker.pull_request.dashboard import Board
from tracker.pull_request.decisions import Closed
from tracker.pull_request.folder import (
    BOARD_NAME,
    FolderTarget,
    read_board,
    read_text,
    write_atomically,
    write_board,
)
from tracker.pull_request.local_git import LocalRepository
from tracker.pull_request.message import TRAILER, read_message
from tracker.pull_request.proposal import Report
from tracker.pull_request.target import PullRequest, Snapshot, Target


def local_target(
    folder: Path, files: Sequence[str], branch: str, base: str | None = None
) -> Target:
    """The target for a folder with a reading list, in a git checkout or not.

    `files` are relative to `folder`; `branch` is the one proposals are committed to; `base`
    the one they are meant for, None for the one that is checked out. Raises SettingError when
    there is no such folder or base.
    """
    if not folder.is_dir():
        raise SettingError(f"list.path: there is no folder {folder}; correct it")
    repository = LocalRepository.around(folder)
    if repository is None:
        return FolderTarget(folder, files, branch)
    head = repository.head(base or "HEAD")
    if head is None and base is not None:
        raise SettingError(f"list.branch {base!r}: {folder} has no such branch; correct it")
    # A list that git does not keep, such as a copy in an ignored folder, is no more than files.
    if head is None or not all(repository.blob(head, name) for name in files):
        return FolderTarget(folder, files, branch)
    return LocalTarget(repository, files, branch, base)


class LocalTarget:
    """A reading list that is kept in a local git checkout; made by `local_target`."""

    def __init__(
        self, repository: LocalRepository, files: Sequence[str], branch: str, base: str | None
    ) -> None:
        self._repository = repository
        self._names = tuple(files)
        self._branch = branch
        self._base = base
        self._text_path = repository.folder / TEXT_NAME

    def read(self) -> Snapshot:
        """See `Target.read`."""
        body = read_text(self._text_path)
        text = None if body is None else rolling.Text(body=body)
        base = self._find_base(body or "")
        revision = self._repository.head(base)
        if revision is None:
            raise TargetError(f"{self._repository.folder}: there is no branch {base!r} any more")
        return rolling.snapshot(
            self._repository,
            self._names,
            base=base,
            revision=revision,
            branch=self._branch,
            text=text,
        )

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
        """See `Target.publish`."""
        found = snapshot.pull_request
        if found is None and dict(files) == dict(snapshot.files):
            return PullRequest(None, None, self._branch, "none")
        if found and found.blocked:
            head, moved = found.head, False
        else:
            self._check_not_checked_out()
            head, moved = rolling.advance(self._repository, snapshot, files, report)
        if found and not moved and rolling.is_current(snapshot, report):
            return PullRequest(None, None, self._branch, "unchanged")
        self._repository.exclude(self._text_path)
        current = found.body if found else ""
        text = local_text(current, report, head=head, base=snapshot.base)
        write_atomically(self._text_path, text)
        return PullRequest(None, None, self._branch, "updated" if found else "opened")

    def comments(self, snapshot: Snapshot) -> tuple[Comment, ...]:
        """A branch has none."""
        return ()

    def answer(
        self, comment: Comment, sentences: Sequence[str] = (), *, obeyed: bool = False
    ) -> None:
        """See `Target.answer`; there is nobody to answer."""

    def renew(self, comment: Comment) -> None:
        """See `Target.renew`; there is nobody to answer."""

    def dashboard(self) -> Board | None:
        """See `Target.dashboard`."""
        return read_board(self._repository.folder)

    def publish_dashboard(self, board: Board | None, text: str) -> Board:
        """See `Target.publish_dashboard`."""
        self._repository.exclude(self._repository.folder / BOARD_NAME)
        return write_board(self._repository.folder, board, text)

    def closed(self, numbers: Collection[int] | None = None) -> tuple[Closed, ...]:
        """See `Target.closed`.

        The last text, once its branch was merged or deleted, and before it the commits that
        reached the base, whose messages name their papers.
        """
        body = read_text(self._text_path) or ""
        base = self._find_base(body)
        found = [
            Closed(number=None, where=name[:12], merged=True, proposals=read_message(message))
            for name, message in self._repository.messages(base, TRAILER)
        ]
        record, head = block.decode(body), self._repository.head(self._branch)
        merged = self._repository.contains(base, head or (record.head if record else ""))
        if record is None or (head is not None and not merged):
            return tuple(found)
        last = Closed(
            number=None,
            where=self._branch,
            merged=merged,
            proposals=record.proposals,
            declined=record.declined,
            updates=record.updates,
            unticked=rolling.unticked(body),
        )
        return (*found, last)

    def _find_base(self, body: str) -> str:
        base = self._base or self._repository.current_branch() or "HEAD"
        if base != self._branch:
            return base
        # Someone is looking at the proposals; their text knows what they are meant for.
        record = block.decode(body)
        if record is None or not record.base:
            raise SettingError(
                f"propose.branch {base!r}: is checked out in {self._repository.folder}; check out "
                "the list's own branch or set list.branch, or name another"
            )
        return record.base

    def _check_not_checked_out(self) -> None:
        """Moving a branch under a working tree would make its files look changed."""
        if folder := self._repository.checked_out_in(self._branch):
            raise TargetError(
                f"{self._branch} is checked out in {folder}; check out another branch there "
                "and run again"
            )
