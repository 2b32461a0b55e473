"""What a reading list held on each day, as its own git history tells.

Only the main line is walked (first parents): what stood on it is what readers saw. Of each day
the last commit counts. A commit never counts for an earlier day than one before it, whatever
its clock said, so that nothing seems to have been known before it was.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from tracker.errors import SettingError, TargetError
from tracker.pull_request.local_git import LocalRepository
from tracker.reading_list import ReadingList
from tracker.settings import Settings

# A caller's own git environment (a hook's, for example) must not lead to another repository.
_LEFT_OUT = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY")
_FILE = "100"


@dataclass(frozen=True, slots=True)
class Version:
    """The list at the end of a day; `blobs` names the content of each of its files."""

    day: date
    commit: str
    blobs: tuple[tuple[str, str], ...]


class ListHistory:
    """The days on which a list changed, oldest first.

    `shallow` is whether older commits are missing from the checkout; `problems` are sentences
    about what could not be read.
    """

    def __init__(
        self,
        folder: Path,
        versions: Sequence[Version],
        *,
        skip: Sequence[str] = (),
        shallow: bool = False,
        problems: Sequence[str] = (),
    ) -> None:
        self.versions = tuple(versions)
        self.shallow = shallow
        self.problems = list(problems)
        self._folder = folder
        self._skip = tuple(skip)

    def upto(self, day: date) -> Version | None:
        """What stood at the end of that day; None before the list began."""
        return next((v for v in reversed(self.versions) if v.day <= day), None)

    def read(self, version: Version) -> ReadingList | None:
        """The list as it was; None, and a problem, when git cannot give it."""
        texts: dict[str, str] = {}
        for name, blob in version.blobs:
            text = self._text(version, name, blob)
            if text is None:
                return None
            texts[name] = text
        return ReadingList.parse(texts, skip_sections=self._skip) if texts else None

    def _text(self, version: Version, name: str, blob: str) -> str | None:
        done = _run(self._folder, ["cat-file", "blob", blob])
        if done.returncode:
            reason = " ".join(done.stderr.decode(errors="replace").split())
            problem = f"commit {version.commit[:10]}: {name} cannot be read: {reason}"
            self.problems += [] if problem in self.problems else [problem]
            return None
        return done.stdout.decode("utf-8", "replace")


def read_history(settings: Settings) -> ListHistory:
    """The history of the list that the settings name.

    Raises SettingError, naming the remedy, when there is no checkout, no such branch or no commit
    with one of the list's files.
    """
    repository = settings.list.repository
    if repository:
        raise SettingError(
            f"list.repository {repository!r} is on GitHub, and its history is read from a "
            f"checkout: `git clone https://github.com/{repository}`, and set list.path to that "
            "folder in place of list.repository"
        )
    folder = settings.resolve(settings.list.path or ".")
    try:
        found = LocalRepository.around(folder) if folder.is_dir() else None
    except TargetError as error:
        raise SettingError(f"list.path: {error}") from None
    if found is None:
        raise SettingError(
            f"list.path {str(folder)!r}: not in a git checkout, and what the list once held is "
            "read from its history; clone the list's repository and name that folder"
        )
    branch = settings.list.branch or "HEAD"
    head = found.head(branch)
    if head is None and not settings.list.branch:
        raise SettingError(
            f"list.path {str(folder)!r}: the checkout has no commit yet, and what the list once "
            "held is read from its history; commit the list first"
        )
    if head is None:
        raise SettingError(f"list.branch {branch!r}: no such branch in {folder}; correct it")
    prefix = _Git(folder)("rev-parse", "--show-prefix").rstrip("\n")
    git = _Git(Path(_Git(folder)("rev-parse", "--show-toplevel").rstrip("\n")))
    changes = [
        change
        for name in settings.list.files
        for change in _changes(git, head, prefix + name, name)
    ]
    shallow = git("rev-parse", "--is-shallow-repository").strip() == "true"
    versions = _versions(_main_line(git, head), changes)
    if not any(version.blobs for version in versions):
        names = ", ".join(settings.list.files)
        broken = f" ({git.problems[0]})" if git.problems else ""
        raise SettingError(
            f"list.files: {names}: not in the history of {branch}{broken}; name its files"
        )
    skip = settings.list.skip_sections
    return ListHistory(folder, versions, skip=skip, shallow=shallow, problems=git.problems)


class _Git:
    """Runs git in a folder; where it breaks off, what it said until then counts."""

    def __init__(self, folder: Path) -> None:
        self.problems: list[str] = []
        self._folder = folder

    def __call__(self, *words: str) -> str:
        done = _run(self._folder, list(words))
        if done.returncode:
            reason = " ".join(done.stderr.decode(errors="replace").split())
            problem = f"git {words[0]} breaks off in {self._folder}: {reason}"
            self.problems += [] if problem in self.problems else [problem]
        return done.stdout.decode("utf-8", "surrogateescape")


@dataclass(frozen=True, slots=True)
class _Change:
    """What a commit made of one of the list's files; no blob where it took it away."""

    commit: str
    name: str
    blob: str | None


def _main_line(git: _Git, head: str) -> list[tuple[str, date]]:
    """The commits of the main line with the day each was there, oldest first."""
    log = git("log", "--first-parent", "--format=%H %ct", head)
    line: list[tuple[str, date]] = []
    latest = date.min
    for commit, _, seconds in (entry.partition(" ") for entry in reversed(log.splitlines())):
        latest = max(latest, _day(seconds))
        line.append((commit, latest))
    return line


def _day(seconds: str) -> date:
    try:
        return datetime.fromtimestamp(int(seconds), UTC).date()
    except (ValueError, OverflowError, OSError):
        return date.min


def _changes(git: _Git, head: str, path: str, name: str) -> Iterator[_Change]:
    """Every change of one file, the newest first, under whatever name it once had."""
    revision = head
    while True:
        born = ""
        for commit, status, blob in _touching(git, revision, path):
            yield _Change(commit, name, blob)
            if status == "A" and (before := _renamed(git, commit, path)):
                born, path = commit, before
                break
        if not born:
            return
        revision = f"{born}^1"


def _touching(git: _Git, revision: str, path: str) -> Iterator[tuple[str, str, str | None]]:
    """The commits that touched a path, the newest first: status and the blob it then was."""
    words = ["log", "--first-parent", "--diff-merges=first-parent", "--raw", "--no-abbrev"]
    log = git(*words, "--no-renames", "-z", "--format=%x01%H", revision, "--", path)
    for entry in filter(None, log.split("\x01")):
        commit, _, raw = entry.partition("\0")
        fields = raw.strip("\0\n").partition("\0")[0].split(" ")
        if len(fields) < 5:
            continue
        mode, blob, status = fields[1], fields[3], fields[4]
        yield commit, status[:1], blob if mode.startswith(_FILE) else None


def _renamed(git: _Git, commit: str, path: str) -> str | None:
    """What a file that a commit brought was called before it; None when it was new."""
    parents = git("rev-list", "--parents", "-n", "1", commit).split()[1:]
    if not parents:
        return None
    words = ["diff-tree", "-r", "-M", "-z", "--diff-filter=R", "--name-status"]
    named = git(*words, parents[0], commit).split("\0")
    triples = zip(named[0::3], named[1::3], named[2::3], strict=False)
    return next((before for _, before, after in triples if after == path), None)


def _versions(line: Sequence[tuple[str, date]], changes: Sequence[_Change]) -> list[Version]:
    """The list after each day that changed it."""
    by_commit: dict[str, list[_Change]] = {}
    for change in changes:
        by_commit.setdefault(change.commit, []).append(change)
    names = list(dict.fromkeys(change.name for change in changes))
    held: dict[str, str] = {}
    by_day: dict[date, Version] = {}
    for commit, day in line:
        if commit not in by_commit:
            continue
        for change in by_commit[commit]:
            if change.blob is None:
                held.pop(change.name, None)
            else:
                held[change.name] = change.blob
        blobs = tuple((name, held[name]) for name in names if name in held)
        by_day[day] = Version(day, commit, blobs)
    return list(by_day.values())


def _run(folder: Path, words: list[str]) -> subprocess.CompletedProcess[bytes]:
    inherited = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
    command = ["git", "--no-replace-objects", "--literal-pathspecs", *words]
    return subprocess.run(  # noqa: S603
        command,
        cwd=folder,
        env={**inherited, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1"},
        capture_output=True,
        check=False,
    )
