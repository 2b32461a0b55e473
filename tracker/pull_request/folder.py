"""A reading list that is no more than files in a folder: it is edited itself.

Several files change together, so what is about to be written is first kept in a journal. A run
that died is seen as if it had finished, and is finished by the next that publishes.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tracker.errors import InputError, SettingError, TargetError, TrackerError
from tracker.pull_request import block
from tracker.pull_request.body import TEXT_NAME, local_text, with_body
from tracker.pull_request.commands import Comment
from tracker.pull_request.dashboard import Board
from tracker.pull_request.decisions import Closed
from tracker.pull_request.proposal import Report
from tracker.pull_request.rolling import is_current, unticked
from tracker.pull_request.target import Conflict, OpenPullRequest, PullRequest, Snapshot

BOARD_NAME = "survey-tracker-dashboard.md"

_JOURNAL_NAME = ".survey-tracker-unfinished.json"


@dataclass(frozen=True, slots=True)
class _Journal:
    """What a run was about to write: its text, and each file's content before and after."""

    body: str
    files: Mapping[str, tuple[str, str]]


class FolderTarget:
    """A folder with a reading list, without git. `files` are relative to `folder`."""

    def __init__(self, folder: Path, files: Sequence[str], branch: str) -> None:
        self._folder = folder
        self._names = tuple(files)
        self._branch = branch

    def read(self) -> Snapshot:
        """See `Target.read`."""
        texts = self._texts()
        body = read_text(self._folder / TEXT_NAME)
        if journal := self._journal(texts):
            texts |= {name: after for name, (_, after) in journal.files.items()}
            body = journal.body
        found = None
        if body is not None:
            record = block.decode(body)
            found = OpenPullRequest(
                number=None,
                url=None,
                head="",
                files=texts,
                body=body,
                proposals=record.proposals if record else (),
                declined=record.declined if record else (),
                updates=record.updates if record else (),
                unticked=unticked(body),
            )
        return Snapshot(files=texts, revision="", base="", branch=self._branch, pull_request=found)

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
        journal_path = self._folder / _JOURNAL_NAME
        if journal := self._journal(self._texts()):
            self._finish(journal)
        journal_path.unlink(missing_ok=True)
        before = self._texts()
        if before != dict(snapshot.files):
            raise Conflict(f"{self._folder}: the list was edited meanwhile; run again")
        found = snapshot.pull_request
        changed = {
            name: (before[name], text) for name, text in files.items() if text != before[name]
        }
        if found is None and not changed and not report.proposals and not report.updates:
            return PullRequest(None, None, self._branch, "none")
        if found and not changed and is_current(snapshot, report):
            return PullRequest(None, None, self._branch, "unchanged")
        text = local_text(found.body if found else "", report)
        content = json.dumps({"body": text, "files": changed})
        write_atomically(journal_path, content)
        self._finish(_Journal(text, changed))
        journal_path.unlink(missing_ok=True)
        return PullRequest(None, None, self._branch, "updated" if found else "opened")

    def comments(self, snapshot: Snapshot) -> tuple[Comment, ...]:
        """Files have none."""
        return ()

    def answer(
        self, comment: Comment, sentences: Sequence[str] = (), *, obeyed: bool = False
    ) -> None:
        """See `Target.answer`; there is nobody to answer."""

    def renew(self, comment: Comment) -> None:
        """See `Target.renew`; there is nobody to answer."""

    def dashboard(self) -> Board | None:
        """See `Target.dashboard`."""
        return read_board(self._folder)

    def publish_dashboard(self, board: Board | None, text: str) -> Board:
        """See `Target.publish_dashboard`."""
        return write_board(self._folder, board, text)

    def closed(self, numbers: Collection[int] | None = None) -> tuple[Closed, ...]:
        """Nothing: a text that was deleted is gone."""
        return ()

    def _finish(self, journal: _Journal) -> None:
        for name, (_, after) in journal.files.items():
            write_atomically(self._folder / name, after)
        write_atomically(self._folder / TEXT_NAME, journal.body)

    def _texts(self) -> dict[str, str]:
        return {name: self._text(path) for name, path in self._paths().items()}

    def _paths(self) -> dict[str, Path]:
        """The list's files by name; SettingError where two names are of one file."""
        names: dict[Path, str] = {}
        for name in self._names:
            if (other := names.setdefault((self._folder / name).resolve(), name)) is not name:
                raise SettingError(
                    f"list.files: {self._folder / name}: the same file as {other}; name one of the "
                    "two"
                )
        return {name: self._folder / name for name in self._names}

    @staticmethod
    def _text(path: Path) -> str:
        if path.is_dir():
            raise SettingError(f"list.files: {path}: a folder; name the Markdown files in it")
        text = read_text(path)
        if text is None:
            raise SettingError(f"list.files: {path}: no such file; correct list.path or list.files")
        return text

    def _journal(self, texts: Mapping[str, str]) -> _Journal | None:
        """What a run that died left to do; None when nothing, or when a person edited since."""
        content = read_text(self._folder / _JOURNAL_NAME)
        if content is None:
            return None
        try:
            data = json.loads(content)
            files = {str(name): (str(b), str(a)) for name, (b, a) in data["files"].items()}
            journal = _Journal(str(data["body"]), files)
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        untouched = all(texts.get(name) in pair for name, pair in journal.files.items())
        return journal if untouched else None


def read_board(folder: Path) -> Board | None:
    """The dashboard beside a local list; None when there is none yet."""
    body = read_text(folder / BOARD_NAME)
    return None if body is None else Board(number=None, url=None, body=body)


def write_board(folder: Path, board: Board | None, text: str) -> Board:
    """Make the dashboard beside a local list say `text`."""
    body = with_body(board.body if board else "", text)
    if board is None or board.body != body:
        write_atomically(folder / BOARD_NAME, body)
    return Board(number=None, url=None, body=body)


def read_text(path: Path) -> str | None:
    """A file's content, UTF-8 with surrogateescape and newlines as they are; None if absent."""
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise TargetError(f"{path}: cannot be read: {error.strerror}") from None


def write_atomically(path: Path, text: str) -> None:
    """Replace a file's content in one step, so that a reader sees the old or the new whole.

    The file's mode stays, and a symbolic link goes on pointing where it did.
    """
    write_together({path: text})


def write_together(texts: Mapping[Path, str]) -> None:
    """Replace several files' contents: when one cannot be written, all stay as they were.

    Raises TargetError then, TrackerError where one that was replaced already cannot be put back,
    and InputError where two of the names are of one file.
    """
    files = _real_files(texts)
    # Always the same names, so that what a run that died left behind is taken away by the next.
    drafts = {path: path.with_name(f".{path.name}.survey-tracker") for path in files}
    olds = {path: path.with_name(f".{path.name}.survey-tracker-old") for path in files}
    replaced: list[Path] = []
    path = Path()
    try:
        for path, text in files.items():
            _write_draft(drafts[path], path, text)
            if len(files) > 1:
                olds[path].unlink(missing_ok=True)
                if path.exists():
                    shutil.copy2(path, olds[path])
        for path, draft in drafts.items():
            draft.replace(path)
            replaced.append(path)
    except OSError as error:
        sentence = f"{path}: cannot be written: {error.strerror}"
        if lost := [each for each in replaced if not _put_back(each, olds[each])]:
            where = ", ".join(f"{each} from {olds[each]}" for each in lost)
            raise TrackerError(f"{sentence}; put back by hand {where}") from None
        back = "".join(f"; {each} was put back" for each in replaced)
        _remove(*drafts.values(), *olds.values())
        raise TargetError(f"{sentence}{back}") from None
    if len(files) > 1:
        _remove(*olds.values())


def _real_files(texts: Mapping[Path, str]) -> dict[Path, str]:
    """The texts by the files they are for, whatever links lead there."""
    names: dict[Path, Path] = {}
    for path in texts:
        if (other := names.setdefault(path.resolve(), path)) is not path:
            raise InputError(f"{path}: the same file as {other}; name it once")
    return {real: texts[path] for real, path in names.items()}


def _put_back(path: Path, old: Path) -> bool:
    """Undo a replacement; a file that is new is taken away again."""
    try:
        if old.exists():
            old.replace(path)
        else:
            path.unlink()
    except OSError:
        return False
    return True


def _remove(*paths: Path) -> None:
    for path in paths:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _write_draft(draft: Path, real: Path, text: str) -> None:
    """Write what is to replace a file; OSError for whatever would keep it from doing so."""
    if real.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    mode = real.stat().st_mode & 0o7777 if real.exists() else 0o644
    draft.unlink(missing_ok=True)
    with draft.open("xb") as file:
        file.write(text.encode("utf-8", "surrogateescape"))
        file.flush()
        os.fsync(file.fileno())
    draft.chmod(mode)
