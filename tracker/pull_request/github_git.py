"""A repository on GitHub through its git data API: several files are one commit."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from github import GithubException, InputGitTreeElement
from github.GitCommit import GitCommit
from github.GitTree import GitTree
from github.Repository import Repository

from tracker.errors import TargetError
from tracker.pull_request.github_errors import explained, message_of
from tracker.pull_request.message import signed
from tracker.pull_request.rolling import Blob, Commit, Divergence
from tracker.pull_request.target import Conflict, Plan

_MOST_FILES = 300
"""GitHub names no more changed files of a comparison."""

_TYPES = {"160000": "commit", "040000": "tree"}


class GithubRepository:
    """One repository; what a commit holds never changes, so it is asked for once."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._name = repository.full_name
        self._commits: dict[str, GitCommit] = {}
        self._trees: dict[str, dict[str, Blob]] = {}
        self._contents: dict[str, str] = {}

    def head(self, branch: str) -> str | None:
        """The branch's commit; None when there is no such branch."""
        with explained(f"reading the branch {branch}", self._name):
            try:
                return self._repository.get_git_ref(f"heads/{branch}").object.sha
            except GithubException as error:
                if error.status == 404:
                    return None
                raise

    def blob(self, revision: str, path: str) -> Blob | None:
        """The file at a commit; None when there is none."""
        tree = self._commit(revision).tree.sha
        *folders, name = path.split("/")
        for folder in folders:
            found = self._tree(tree).get(folder)
            if found is None or found[0] != "040000":
                return None
            tree = found[1]
        return self._tree(tree).get(name)

    def text(self, blob: Blob, path: str) -> str:
        """A file's content, UTF-8 with surrogateescape."""
        mode, sha = blob
        if not mode.startswith("100"):
            raise TargetError(f"{path}: not a file in {self._name}; name the file in list.files")
        if sha not in self._contents:
            with explained(f"reading {path}", self._name):
                content = base64.b64decode(self._repository.get_git_blob(sha).content)
            self._contents[sha] = content.decode("utf-8", "surrogateescape")
        return self._contents[sha]

    def divergence(self, base: str, head: str) -> Divergence:
        """How commit `head` left commit `base`."""
        with explained("comparing the proposals with the list's branch", self._name):
            comparison = self._repository.compare(base, head)
            fork = comparison.merge_base_commit.sha
            commits = tuple(
                Commit(c.sha, c.commit.message, c.commit.tree.sha) for c in comparison.commits
            )
            paths: dict[str, None] = {}
            for file in comparison.files:
                paths[file.filename] = None
                if file.status == "renamed":
                    paths[file.previous_filename] = None
        if len(comparison.files) >= _MOST_FILES:
            raise TargetError(
                f"the proposals branch of {self._name} changes {_MOST_FILES} files or more; "
                "delete the branch or take out what does not belong there"
            )
        return Divergence(fork, commits, tuple(paths))

    def commit(self, plan: Plan, files: Mapping[str, str], message: str) -> str | None:
        """A new commit as planned, not yet on the branch; None when it would change nothing."""
        elements = [
            InputGitTreeElement(path, blob[0], _TYPES.get(blob[0], "blob"), sha=blob[1])
            if blob
            else InputGitTreeElement(path, "100644", "blob", sha=None)
            for path, blob in plan.overlay.items()
        ]
        for path, text in files.items():
            there = self.blob(plan.ground, path)
            if there is None or self.text(there, path) != text:
                elements.append(self._element(path, there[0] if there else "100644", text))
        parents = [self._commit(name) for name in plan.parents]
        ground = self._commit(plan.ground).tree
        with explained("writing the proposals", self._name):
            tree = self._repository.create_git_tree(elements, ground) if elements else ground
            parent = self._commit(plan.head) if plan.head else parents[0]
            if len(parents) == 1 and parent.tree.sha == tree.sha:
                return None
            made = self._repository.create_git_commit(signed(message, tree.sha), tree, parents)
        self._commits[made.sha] = made
        return made.sha

    def move(self, branch: str, expected: str | None, commit: str) -> None:
        """Move or create the branch; raises Conflict when it is not where it was expected.

        GitHub refuses a commit that does not follow the branch's head, and every commit of
        ours has the expected head among its parents.
        """
        with explained(f"writing the branch {branch}", self._name):
            try:
                if expected is None:
                    self._repository.create_git_ref(f"refs/heads/{branch}", commit)
                    return
                # Its address for writing is known only once it has been read.
                ref = self._repository.get_git_ref(f"heads/{branch}")
                if ref.object.sha != expected:
                    raise Conflict(f"someone else wrote to {branch} meanwhile; run again")
                ref.edit(commit, force=False)
            except GithubException as error:
                said = message_of(error).lower()
                if error.status == 422 and ("fast forward" in said or "already exists" in said):
                    raise Conflict(f"someone else wrote to {branch} meanwhile; run again") from None
                raise

    def _element(self, path: str, mode: str, text: str) -> InputGitTreeElement:
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            # What is not UTF-8 cannot be said in JSON.
            content = base64.b64encode(text.encode("utf-8", "surrogateescape")).decode("ascii")
            with explained(f"writing {path}", self._name):
                sha = self._repository.create_git_blob(content, "base64").sha
            return InputGitTreeElement(path, mode, "blob", sha=sha)
        return InputGitTreeElement(path, mode, "blob", content=text)

    def _commit(self, revision: str) -> GitCommit:
        if revision not in self._commits:
            with explained(f"reading the commit {revision[:7]}", self._name):
                self._commits[revision] = self._repository.get_git_commit(revision)
        return self._commits[revision]

    def _tree(self, sha: str) -> dict[str, Blob]:
        if sha not in self._trees:
            with explained("reading the list's folder", self._name):
                tree: GitTree = self._repository.get_git_tree(sha)
                self._trees[sha] = {item.path: (item.mode, item.sha) for item in tree.tree}
        return self._trees[sha]
