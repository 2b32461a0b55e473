"""Git's objects in memory for the stand-in GitHub: blobs, trees, commits, three-way merges.

A tree is kept flat, path to (mode, blob); folders exist only where the API shows them.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

Tree = dict[str, tuple[str, str]]
"""Path to mode and blob."""


@dataclass(frozen=True, slots=True)
class StoredCommit:
    """A commit; `login` is the account it belongs to."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    message: str
    login: str
    number: int


class Store:
    """Everything `git` keeps, by its name."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.trees: dict[str, Tree] = {}
        self.commits: dict[str, StoredCommit] = {}
        self._numbers = itertools.count(1)

    def blob(self, content: bytes) -> str:
        """Keep a file's content under the name git gives it."""
        sha = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
        self.blobs[sha] = content
        return sha

    def tree(self, files: Mapping[str, tuple[str, str]]) -> str:
        """Keep a tree; equal trees have equal names."""
        flat = dict(sorted(files.items()))
        sha = hashlib.sha1(b"tree" + json.dumps(flat).encode()).hexdigest()
        self.trees[sha] = flat
        return sha

    def commit(self, tree: str, parents: tuple[str, ...], message: str, login: str) -> str:
        """Make a commit; no two are the same."""
        number = next(self._numbers)
        text = json.dumps([tree, parents, message, login, number])
        sha = hashlib.sha1(text.encode()).hexdigest()
        self.commits[sha] = StoredCommit(sha, tree, parents, message, login, number)
        return sha

    def files(self, commit: str) -> Tree:
        """The tree of a commit."""
        return self.trees[self.commits[commit].tree]

    def read(self, commit: str, path: str) -> bytes:
        """A file's content at a commit."""
        return self.blobs[self.files(commit)[path][1]]

    def folder(self, tree: str) -> list[dict[str, object]]:
        """The entries of a tree as the API lists them; a folder becomes a tree of its own."""
        entries: dict[str, dict[str, object]] = {}
        inner: dict[str, Tree] = {}
        for path, (mode, sha) in self.trees[tree].items():
            first, _, rest = path.partition("/")
            if rest:
                inner.setdefault(first, {})[rest] = (mode, sha)
            else:
                kind = "commit" if mode == "160000" else "blob"
                entries[first] = {"path": first, "mode": mode, "type": kind, "sha": sha}
        for name, files in inner.items():
            sha = self.tree(files)
            entries[name] = {"path": name, "mode": "040000", "type": "tree", "sha": sha}
        return [entries[name] for name in sorted(entries)]

    def ancestors(self, commit: str) -> set[str]:
        """A commit and all before it."""
        found: set[str] = set()
        waiting = [commit]
        while waiting:
            sha = waiting.pop()
            if sha not in found:
                found.add(sha)
                waiting += self.commits[sha].parents
        return found

    def between(self, base: str, head: str) -> list[StoredCommit]:
        """The commits of `head` that `base` has not, the oldest first."""
        missing = self.ancestors(head) - self.ancestors(base)
        return sorted((self.commits[sha] for sha in missing), key=lambda c: c.number)

    def merge_base(self, one: str, other: str) -> str | None:
        """The newest commit both have."""
        common = self.ancestors(one) & self.ancestors(other)
        return max(common, key=lambda sha: self.commits[sha].number, default=None)

    def changed(self, before: str, after: str) -> dict[str, str]:
        """The paths that differ between two commits, and how: added, removed, modified."""
        old, new = self.files(before), self.files(after)
        kinds = {}
        for path in sorted(old.keys() | new.keys()):
            if old.get(path) != new.get(path):
                added, removed = path not in old, path not in new
                kinds[path] = "added" if added else "removed" if removed else "modified"
        return kinds

    def merge(self, ours: str, theirs: str) -> str | None:
        """The tree of both sides' changes since they parted, by git's own merge; None: conflict."""
        fork = self.merge_base(ours, theirs)
        base = self.files(fork) if fork else {}
        left, right = self.files(ours), self.files(theirs)
        merged: Tree = {}
        for path in base.keys() | left.keys() | right.keys():
            b, a, c = base.get(path), left.get(path), right.get(path)
            if a == c or c == b:
                result = a
            elif a == b:
                result = c
            elif a and c and (content := self._merge_file(b, a, c)) is not None:
                result = (a[0], self.blob(content))
            else:
                return None
            if result:
                merged[path] = result
        return self.tree(merged)

    def _merge_file(
        self, base: tuple[str, str] | None, ours: tuple[str, str], theirs: tuple[str, str]
    ) -> bytes | None:
        with tempfile.TemporaryDirectory() as folder:
            names = []
            for name, side in (("ours", ours), ("base", base), ("theirs", theirs)):
                path = Path(folder) / name
                path.write_bytes(self.blobs[side[1]] if side else b"")
                names.append(str(path))
            done = subprocess.run(
                ["git", "merge-file", "-p", "-q", *names], capture_output=True, check=False
            )
        return done.stdout if done.returncode == 0 else None
