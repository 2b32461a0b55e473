"""A local git checkout, written with plumbing: no working tree, index or hook is touched."""

from __future__ import annotations

import os
import posixpath
import re
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from tracker.errors import SettingError, TargetError
from tracker.pull_request.message import signed
from tracker.pull_request.rolling import Blob, Commit, Divergence
from tracker.pull_request.target import Conflict, Plan

_BOT = ("survey-tracker", "survey-tracker@users.noreply.github.com")
_ABSENT = "0" * 40
_Variables = Mapping[str, str] | None
_LEFT_OUT = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY")


def checkout_around(folder: Path) -> Path | None:
    """The top of the checkout that a folder is in, without asking git; None outside one."""
    whole = folder.resolve()
    return next((place for place in (whole, *whole.parents) if (place / ".git").exists()), None)


class LocalRepository:
    """The git repository around a folder.

    Paths are relative to the folder; those of files outside it start with `:/`, as in git.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._prefix = self._git("rev-parse", "--show-prefix").rstrip("\n")

    @classmethod
    def around(cls, folder: Path) -> LocalRepository | None:
        """The checkout that holds the folder; None outside one.

        Raises TargetError when there is one that git cannot or will not read, because its list
        would be taken for a file like any other.
        """
        try:
            inside = _run(folder, ["rev-parse", "--is-inside-work-tree"])
        except OSError as error:
            if checkout_around(folder):
                reason = error.strerror
                raise TargetError(f"{folder}: in a git checkout, but git: {reason}") from None
            return None
        reason = inside.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
        if inside.returncode and "not a git repository" not in reason:
            raise TargetError(f"{folder}: git refuses to read it: {' '.join(reason.split())}")
        return cls(folder) if inside.stdout == b"true\n" else None

    def current_branch(self) -> str | None:
        """The branch that is checked out; None when HEAD is detached."""
        done = _run(self.folder, ["symbolic-ref", "--quiet", "--short", "HEAD"])
        return done.stdout.decode().strip() or None

    def checked_out_in(self, branch: str) -> str | None:
        """The folder of the worktree in which a branch is checked out; None for no worktree."""
        worktrees = self._git("worktree", "list", "--porcelain").split("\n\n")
        for lines in (worktree.splitlines() for worktree in worktrees):
            if f"branch refs/heads/{branch}" in lines:
                return lines[0].removeprefix("worktree ")
        return None

    def exclude(self, *files: Path) -> None:
        """Have git overlook files, in this clone only.

        Those outside the checkout, and those that people have git keep, are left alone.
        """
        path = self.folder / self._git("rev-parse", "--git-path", "info/exclude").rstrip("\n")
        inside = {name: file for file in files if (name := self._name(file))}
        try:
            known = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
            lines = known.splitlines()
            wanted = {n: file for n, file in inside.items() if _as_pattern(n) not in lines}
            if not (missing := wanted.keys() - self._kept(wanted.values())):
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8", errors="surrogateescape") as file:
                file.write("\n" if known and not known.endswith("\n") else "")
                file.writelines(f"{_as_pattern(name)}\n" for name in wanted if name in missing)
        except OSError as error:
            raise TargetError(f"{path}: cannot be written: {error.strerror}") from None

    def _name(self, file: Path) -> str | None:
        """What git calls a file of the checkout; None for one outside it."""
        place = os.path.relpath(file.resolve(), self.folder.resolve()).replace(os.sep, "/")
        name = posixpath.normpath(self._prefix + place)
        return None if name.startswith("../") else name

    def _kept(self, files: Iterable[Path]) -> set[str]:
        """The names of those files that git keeps."""
        asked = [str(file.resolve()) for file in files]
        found = self._git("ls-files", "-z", "--full-name", "--", *asked) if asked else ""
        return set(found.split("\0"))

    def head(self, branch: str) -> str | None:
        name = branch if branch == "HEAD" else f"refs/heads/{branch}"
        done = _run(self.folder, ["rev-parse", "--verify", "--quiet", f"{name}^{{commit}}"])
        return done.stdout.decode().strip() or None

    def blob(self, revision: str, path: str) -> Blob | None:
        listed = self._git("ls-tree", "-z", "--full-tree", revision, "--", self._full(path))
        if not listed:
            return None
        mode, _, rest = listed.split("\t")[0].partition(" ")
        return mode, rest.partition(" ")[2]

    def text(self, blob: Blob, path: str) -> str:
        mode, name = blob
        if not mode.startswith("100"):
            raise SettingError(f"list.files {path!r}: not a file in git; name the file itself")
        content = self._bytes("cat-file", "blob", name)
        return content.decode("utf-8", "surrogateescape")

    def messages(self, revision: str, line: str) -> list[tuple[str, str]]:
        """Commits up to a revision whose message holds a line: name and message, oldest first."""
        words = ("log", "-z", "--reverse", "--topo-order", "--format=%H%n%B", "--fixed-strings")
        log = self._git(*words, f"--grep={line}", revision)
        entries = [entry.partition("\n") for entry in filter(None, log.split("\0"))]
        return [(name, text) for name, _, text in entries if line in text.splitlines()]

    def contains(self, revision: str, commit: str) -> bool:
        """Whether a commit is one of those up to a revision; False when there is none."""
        words = ["merge-base", "--is-ancestor", commit, revision]
        return bool(commit) and _run(self.folder, words).returncode == 0

    def divergence(self, base: str, head: str) -> Divergence:
        fork = _run(self.folder, ["merge-base", base, head]).stdout.decode().strip()
        if not fork:
            raise TargetError("the proposals branch shares no history with its base; delete it")
        log = self._git(
            "log", "--reverse", "--topo-order", "-z", "--format=%H %T%n%B", head, f"^{base}"
        )
        commits = []
        for entry in filter(None, log.split("\0")):
            names, _, message = entry.partition("\n")
            name, _, tree = names.partition(" ")
            commits.append(Commit(name, message, tree))
        listed = self._git("diff-tree", "-r", "-z", "--no-renames", "--name-only", fork, head)
        changed = tuple(self._short(path) for path in filter(None, listed.split("\0")))
        return Divergence(fork, tuple(commits), changed)

    def commit(self, plan: Plan, files: Mapping[str, str], message: str) -> str | None:
        entries = []
        for path, blob in plan.overlay.items():
            mode, name = blob or ("0", _ABSENT)
            entries.append(f"{mode} {name}\t{self._full(path)}")
        for path, text in files.items():
            content = text.encode("utf-8", "surrogateescape")
            name = self._git("hash-object", "-w", "--stdin", stdin=content).strip()
            there = self.blob(plan.ground, path)
            entries.append(f"{there[0] if there else '100644'} {name}\t{self._full(path)}")
        with tempfile.TemporaryDirectory(prefix="survey-tracker-") as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            self._git("read-tree", plan.ground, environment=index)
            listing = "".join(f"{entry}\0" for entry in entries).encode("utf-8", "surrogateescape")
            self._git("update-index", "-z", "--index-info", stdin=listing, environment=index)
            tree = self._git("write-tree", environment=index).strip()
        parent = plan.head or plan.parents[0]
        if len(plan.parents) == 1 and self._git("rev-parse", f"{parent}^{{tree}}").strip() == tree:
            return None
        parents = [word for name in plan.parents for word in ("-p", name)]
        made = self._git(
            "commit-tree",
            tree,
            *parents,
            "-F",
            "-",
            stdin=signed(message, tree).encode(),
            environment=self._who(),
        )
        return made.strip()

    def move(self, branch: str, expected: str | None, commit: str) -> None:
        words = ["update-ref", "--create-reflog", "-m", "survey-tracker: propose papers"]
        done = _run(self.folder, [*words, f"refs/heads/{branch}", commit, expected or _ABSENT])
        if done.returncode:
            reason = done.stderr.decode(errors="replace").strip()
            raise Conflict(f"the branch {branch} could not be moved; run again ({reason})")

    def _who(self) -> dict[str, str]:
        """The user's identity where git knows one, the bot's otherwise."""
        if _run(self.folder, ["var", "GIT_COMMITTER_IDENT"]).returncode == 0:
            return {}
        name, email = _BOT
        return {
            "GIT_AUTHOR_NAME": name,
            "GIT_AUTHOR_EMAIL": email,
            "GIT_COMMITTER_NAME": name,
            "GIT_COMMITTER_EMAIL": email,
        }

    def _full(self, path: str) -> str:
        return path[2:] if path.startswith(":/") else self._prefix + path

    def _short(self, path: str) -> str:
        return path[len(self._prefix) :] if path.startswith(self._prefix) else f":/{path}"

    def _git(self, *words: str, stdin: bytes = b"", environment: _Variables = None) -> str:
        return self._bytes(*words, stdin=stdin, environment=environment).decode(
            "utf-8", "surrogateescape"
        )

    def _bytes(self, *words: str, stdin: bytes = b"", environment: _Variables = None) -> bytes:
        done = _run(self.folder, list(words), stdin, environment)
        if done.returncode:
            reason = done.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
            raise TargetError(f"git {words[0]} failed in {self.folder}: {reason}")
        return done.stdout


def _as_pattern(name: str) -> str:
    """A line of a file of patterns that fits this one file, whatever is in its name."""
    return "/" + re.sub(r"([\\*?\[]| $)", r"\\\1", name)


def _run(
    folder: Path,
    words: list[str],
    stdin: bytes = b"",
    environment: _Variables = None,
) -> subprocess.CompletedProcess[bytes]:
    """One git command; hooks are off, and neither prompts nor translations happen."""
    inherited = {name: value for name, value in os.environ.items() if name not in _LEFT_OUT}
    command = ["git", "-c", f"core.hooksPath={os.devnull}", "--literal-pathspecs", *words]
    return subprocess.run(  # noqa: S603
        command,
        cwd=folder,
        input=stdin,
        env={**inherited, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", **(environment or {})},
        capture_output=True,
        check=False,
    )
