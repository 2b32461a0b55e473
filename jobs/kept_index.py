"""The paper index between runs of the GitHub Action: an orphan branch with a single commit.

The branch holds the SQLite file itself, so that anybody can open it with nothing but its raw
address, and its history never grows. It is replaced with a lease: whoever stored in between
is not overwritten. A file above GitHub's limit is kept compressed, in parts.
"""

from __future__ import annotations

import base64
import gzip
import logging
import os
import shutil
import sqlite3
import subprocess
import zlib
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from db.store import RESPONSES
from tracker.errors import TrackerError

logger = logging.getLogger(__name__)

BRANCH = "survey-tracker-index"

LARGEST = 95_000_000
"""Bytes of one stored file; GitHub refuses files of 100 MB
(https://docs.github.com/repositories/working-with-files/managing-large-files)."""

_ELSEWHERE = frozenset(
    {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE"}
)
"""Variables that would point git at another repository than ours."""
_REF = f"refs/heads/{BRANCH}"
_HERE = "refs/kept/index"
_ABSENT = 2
_PATIENCE = 900
_PART = ".gz."

_README = """# The paper index of survey-tracker

Written by the workflow after each run and replaced each time: one commit, no history.

- `{name}` is an SQLite database; download it and open it with any tool.
- Where there are parts instead (`{name}.gz.000`, ...), put them together first:
  `cat {name}.gz.* | gunzip > {name}`
"""


class KeptIndexError(TrackerError):
    """The branch could not be read or written; nothing was changed."""


@dataclass(slots=True)
class KeptIndex:
    """The index `name` on the branch of a repository.

    `remote` is the repository's address, `token` may write its contents. `folder` is an empty
    place for a repository of our own, so that nothing in the checkout is touched. `largest`
    is the most bytes of one file.
    """

    remote: str
    folder: Path
    name: str
    token: str = ""
    largest: int = LARGEST
    _lease: str = field(default="", init=False)

    def restore(self, index: Path) -> bool:
        """Put the stored index at `index`; False when nothing sound was ever stored.

        Remembers what was there, for the lease. A damaged index is left out and replaced by the
        next store: kept, it would fail every run until a person deletes the branch. Raises
        KeptIndexError when the branch cannot be read: to begin with an empty index would
        overwrite a full one.
        """
        if not (self.folder / "HEAD").exists():
            self._git("init", "--quiet", "--bare", ".")
        listed = self._run("ls-remote", "--exit-code", self.remote, _REF)
        if listed.returncode == _ABSENT:
            self._lease = ""
            return False
        self._checked(listed)
        self._git("fetch", "--quiet", "--no-tags", "--depth=1", self.remote, f"+{_REF}:{_HERE}")
        self._lease = self._git("rev-parse", _HERE)
        names = self._git("ls-tree", "--name-only", "-z", _HERE).split("\0")
        parts = sorted(n for n in names if n.startswith(self.name + _PART))
        if self.name not in names and not parts:
            return False
        fresh = index.with_name(index.name + ".restored")
        packed = index.with_name(index.name + ".gz.restored")
        index.parent.mkdir(parents=True, exist_ok=True)
        if self.name in names:
            self._copy([self.name], fresh)
        else:
            self._copy(parts, packed)
            _unpack(packed, fresh)
        if not _is_sound(fresh):
            fresh.unlink(missing_ok=True)
            logger.warning("the index on branch %s is damaged; a new one is begun", BRANCH)
            return False
        # What an earlier process left beside the old file does not belong to the new one.
        for rest in ("-wal", "-shm", "-journal"):
            index.with_name(index.name + rest).unlink(missing_ok=True)
        fresh.replace(index)
        return True

    def store(self, index: Path) -> bool:
        """Replace the branch by the index as it is now; False when someone else stored first.

        Follows `restore`. Raises KeptIndexError when the branch cannot be written.
        """
        tree = self._tree(index)
        commit = self._git("commit-tree", tree, "-m", "The paper index after the newest run")
        pushed = self._run(
            "push", "--quiet", "--porcelain", f"--force-with-lease={_REF}:{self._lease}",
            self.remote, f"{commit}:{_REF}",
        )  # fmt: skip
        if pushed.returncode:
            listed = self._run("ls-remote", self.remote, _REF)
            there = listed.stdout.split("\t")[0].strip()
            if listed.returncode or there == self._lease:
                self._checked(pushed)
            # The branch has moved: to our commit when only the answer was lost, else to another.
            return there == commit
        self._lease = commit
        return True

    def _tree(self, index: Path) -> str:
        """A tree object with a consistent copy of the index."""
        copy = self.folder / "copy"
        copy.unlink(missing_ok=True)
        # The file alone lacks what is still in its write-ahead log; VACUUM INTO has it all.
        try:
            with closing(sqlite3.connect(index)) as connection:
                connection.execute("VACUUM INTO ?", (str(copy),))
            _drop_responses(copy)
        except sqlite3.Error as error:
            raise KeptIndexError(f"{index}: the index cannot be copied: {error}") from None
        files = {"README.md": self._blob(_README.format(name=self.name).encode())}
        if copy.stat().st_size <= self.largest:
            files[self.name] = self._blob(copy.read_bytes())
        else:
            packed = self.folder / "packed"
            # Without a time stamp the same index makes the same parts.
            with (
                copy.open("rb") as source,
                packed.open("wb") as raw,
                gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as out,
            ):
                shutil.copyfileobj(source, out)
            with packed.open("rb") as stream:
                number = 0
                while part := stream.read(self.largest):
                    files[f"{self.name}{_PART}{number:03}"] = self._blob(part)
                    number += 1
            packed.unlink()
        copy.unlink()
        lines = (f"100644 blob {blob}\t{name}\0" for name, blob in sorted(files.items()))
        return self._git("mktree", "-z", given="".join(lines).encode())

    def _blob(self, content: bytes) -> str:
        return self._git("hash-object", "-w", "--stdin", given=content)

    def _copy(self, names: list[str], target: Path) -> None:
        with target.open("wb") as out:
            for name in names:
                done = subprocess.run(  # noqa: S603
                    ["git", "cat-file", "blob", f"{_HERE}:{name}"],  # noqa: S607
                    cwd=self.folder, env=self._environment(), stdout=out,
                    stderr=subprocess.PIPE, timeout=_PATIENCE, check=False,
                )  # fmt: skip
                if done.returncode:
                    raise KeptIndexError(f"branch {BRANCH}: {name} cannot be read")

    def _git(self, *arguments: str, given: bytes = b"") -> str:
        return self._checked(self._run(*arguments, given=given))

    def _checked(self, done: subprocess.CompletedProcess[str]) -> str:
        if done.returncode:
            reason = " ".join(f"{done.stderr} {done.stdout}".split()) or "git failed"
            hint = ""
            if "403" in reason or "denied" in reason.casefold():
                hint = "; the workflow needs `permissions: contents: write`"
            raise KeptIndexError(f"branch {BRANCH} of {self.remote}: {reason}{hint}")
        return done.stdout.strip()

    def _run(self, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[str]:
        try:
            done = subprocess.run(  # noqa: S603
                ["git", *arguments],  # noqa: S607
                cwd=self.folder, env=self._environment(), input=given, capture_output=True,
                timeout=_PATIENCE, check=False,
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as error:
            raise KeptIndexError(f"branch {BRANCH} of {self.remote}: {error}") from None
        return subprocess.CompletedProcess(
            done.args,
            done.returncode,
            done.stdout.decode("utf-8", "replace"),
            done.stderr.decode("utf-8", "replace"),
        )

    def _environment(self) -> Mapping[str, str]:
        """Git's environment: the token goes there, as arguments are seen by other processes."""
        author = {"NAME": "survey-tracker", "EMAIL": "survey-tracker@users.noreply.github.com"}
        settings = [("gc.auto", "0"), ("credential.helper", "")]
        if self.token and self.remote.startswith("https://"):
            basic = base64.b64encode(f"x-access-token:{self.token}".encode()).decode()
            settings.append((f"http.{self.remote}.extraheader", f"Authorization: Basic {basic}"))
        names = {
            f"GIT_{who}_{what}": value
            for who in ("AUTHOR", "COMMITTER")
            for what, value in author.items()
        }
        return {
            **{k: v for k, v in os.environ.items() if k not in _ELSEWHERE},
            **names,
            "GIT_TERMINAL_PROMPT": "0",
            "LC_ALL": "C",
            "GIT_CONFIG_COUNT": str(len(settings)),
            **{f"GIT_CONFIG_KEY_{i}": key for i, (key, _) in enumerate(settings)},
            **{f"GIT_CONFIG_VALUE_{i}": value for i, (_, value) in enumerate(settings)},
        }


def _unpack(packed: Path, fresh: Path) -> None:
    """The compressed file in full, or nothing."""
    try:
        with gzip.open(packed) as source, fresh.open("wb") as out:
            shutil.copyfileobj(source, out)
    except (OSError, EOFError, zlib.error):
        fresh.unlink(missing_ok=True)
    finally:
        packed.unlink()


def _is_sound(index: Path) -> bool:
    if not index.exists():
        return False
    try:
        with closing(sqlite3.connect(index)) as connection:
            return bool(connection.execute("PRAGMA quick_check").fetchone()[0] == "ok")
    except sqlite3.Error:
        return False


def _drop_responses(index: Path) -> None:
    """Leave out what sources answered lately: megabytes that tomorrow's run has no use for."""
    with closing(sqlite3.connect(index, isolation_level=None)) as connection:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'memo'").fetchone():
            connection.execute("DELETE FROM memo WHERE topic = ?", (RESPONSES,))
            connection.execute("VACUUM")
