"""A stand-in for GitHub: one repository with branches, pull requests, issues and people.

    with GitHub({"README.md": "# A list\n"}) as world:
        world.push("main", {"README.md": "# A better list\n"}, login="maintainer")
        world.merge_pull(1)

Its token is `TOKEN`. What the API promises is answered in the API's words, refusals included;
`rules` switches on what an owner can forbid, `now` is its clock.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from tests.world.github_comments import CommentApi
from tests.world.github_git import GitApi
from tests.world.github_model import EPOCH, NAME, TOKEN, Comment, Rules, Thread, refusal
from tests.world.github_store import Store
from tests.world.github_threads import IssueApi, PullApi
from tests.world.server import Answer, Request, World


class GitHub(World):
    """The API of one repository over real loopback HTTP; `login` is the token's account."""

    def __init__(
        self, files: Mapping[str, str | bytes], *, branch: str = "main", login: str = "bot"
    ) -> None:
        super().__init__()
        self.store = Store()
        self.default_branch = branch
        self.login = login
        self.now = EPOCH
        self.refs: dict[str, str] = {}
        self.threads: dict[int, Thread] = {}
        self.comments: dict[int, Comment] = {}
        self.labels: set[str] = set()
        self.rules = Rules(permissions={"maintainer": "admin", login: "write"})
        self.ids = iter(range(1000, 10**9))
        self.git_api = GitApi(self)
        self.push(branch, files, login="maintainer", message="Begin the list")
        _routes(self)

    def save(self) -> tuple[object, ...]:
        """All it holds now, for `resume`, here or in another stand-in."""
        held = (self.store, self.refs, self.threads, self.comments, self.labels, self.rules)
        return copy.deepcopy((*held, self.ids, self.now))

    def resume(self, saved: tuple[object, ...]) -> None:
        """Go on from what was saved; requests are counted anew."""
        held: tuple[Any, ...] = copy.deepcopy(saved)
        self.store, self.refs, self.threads, self.comments, self.labels, self.rules = held[:6]
        self.ids, self.now = held[6:]
        self.git_api.store = self.store
        self.requests.clear()

    # What people do

    def push(
        self,
        branch: str,
        files: Mapping[str, str | bytes | None],
        *,
        login: str = "maintainer",
        message: str = "Edit the list",
    ) -> str:
        """A person's commit on a branch: contents by path, None to delete; returns its name."""
        head = self.refs.get(branch) or self.refs.get(self.default_branch)
        tree = dict(self.store.files(head)) if head else {}
        for path, content in files.items():
            if content is None:
                del tree[path]
                continue
            data = content.encode("utf-8") if isinstance(content, str) else content
            tree[path] = (tree.get(path, ("100644", ""))[0], self.store.blob(data))
        parents = (head,) if head else ()
        sha = self.store.commit(self.store.tree(tree), parents, message, login)
        self.move(branch, sha)
        return sha

    def amend(self, branch: str, files: Mapping[str, str], *, login: str = "maintainer") -> str:
        """A person's `git commit --amend` and forced push: other contents, the same message."""
        last = self.store.commits[self.refs[branch]]
        tree = dict(self.store.trees[last.tree])
        for path, content in files.items():
            tree[path] = (tree[path][0], self.store.blob(content.encode("utf-8")))
        sha = self.store.commit(self.store.tree(tree), last.parents, last.message, login)
        self.move(branch, sha)
        return sha

    def text(self, branch: str, path: str = "README.md") -> str:
        """A file on a branch."""
        return self.store.read(self.refs[branch], path).decode("utf-8", "surrogateescape")

    def merge_pull(self, number: int, *, squash: bool = False, login: str = "maintainer") -> bool:
        """Merge a pull request as its page does; False when there are conflicts."""
        thread = self.threads[number]
        base, head = self.refs[thread.base], self.refs[thread.head]
        tree = self.store.merge(base, head)
        if tree is None or thread.state != "open":
            return False
        parents = (base,) if squash else (base, head)
        message = f"{thread.title} (#{number})"
        self.refs[thread.base] = self.store.commit(tree, parents, message, login)
        thread.state, thread.merged, thread.head_sha = "closed", True, head
        thread.closed_by, thread.closed = login, self.now
        if self.rules.delete_merged_branches:
            del self.refs[thread.head]
        return True

    def update_branch(self, number: int, *, login: str = "maintainer") -> bool:
        """The button "Update branch": the base merged into the head; False on conflict."""
        thread = self.threads[number]
        head, base = self.refs[thread.head], self.refs[thread.base]
        tree = self.store.merge(head, base)
        if tree is None:
            return False
        message = f"Merge branch '{thread.base}' into {thread.head}"
        self.move(thread.head, self.store.commit(tree, (head, base), message, login))
        return True

    def close_pull(self, number: int, *, login: str = "maintainer") -> None:
        """Close a pull request without merging it."""
        thread = self.threads[number]
        thread.head_sha = self.refs[thread.head]
        thread.state, thread.closed_by, thread.closed = "closed", login, self.now

    def reopen_pull(self, number: int) -> None:
        """Open a closed pull request again."""
        thread = self.threads[number]
        assert not any(t.head == thread.head and t.base == thread.base for t in self.pulls())
        thread.state, thread.closed_by, thread.closed = "open", "", None
        thread.head_sha = self.refs[thread.head]

    def comment(self, number: int, body: str, *, login: str = "maintainer") -> Comment:
        """A person's comment."""
        return self._say(number, body, login, "comment")

    def comment_line(
        self, number: int, body: str, *, login: str = "maintainer", thread: int = 0
    ) -> Comment:
        """A person's comment on a line of the diff, or a reply there: each is a review, too."""
        self._say(number, "", login, "review")
        comment = self._say(number, body, login, "line")
        comment.thread = thread
        return comment

    def review(
        self, number: int, body: str, *, login: str = "maintainer", pending: bool = False
    ) -> Comment:
        """A person's review, submitted or not."""
        review = self._say(number, body, login, "review")
        review.pending = pending
        return review

    def edit_comment(self, comment: Comment, body: str) -> None:
        """Change what was said, a minute after everything that was done before."""
        done = [when for c in self.comments.values() for _, when in c.given.values()]
        last = max([self.now, *done, *(c.updated for c in self.comments.values())])
        now = datetime.fromisoformat(last) + timedelta(minutes=1)
        self.now = f"{now:%Y-%m-%dT%H:%M:%SZ}"
        comment.body, comment.updated = body, self.now

    def said(self, number: int, place: str) -> list[Comment]:
        """What was said in one place of a thread, the oldest first."""
        found = self.comments.values()
        return [c for c in found if (c.number, c.place) == (number, place)]

    def _say(self, number: int, body: str, login: str, place: str) -> Comment:
        now = self.now
        comment = Comment(next(self.ids), number, body, login, created=now, updated=now)
        comment.place = place
        self.comments[comment.id] = comment
        return comment

    def untick(self, number: int, key: str) -> None:
        """Clear a paper's box in a pull request's text, as a click does."""
        thread = self.threads[number]
        pattern = rf"^(\s*- )\[x\](.*<!-- \w+ {re.escape(key)} -->)"
        body, count = re.subn(pattern, r"\1[ ]\2", thread.body, flags=re.MULTILINE)
        assert count == 1, f"{count} boxes for {key}"
        thread.body = body.replace("\n", "\r\n")

    def pulls(self, state: str = "open") -> list[Thread]:
        """The pull requests in a state, or `all`, the oldest first."""
        return [t for t in self.threads.values() if t.head and state in {"all", t.state}]

    @property
    def writes(self) -> list[Request]:
        """The requests that were to change something."""
        return [request for request in self.requests if request.method != "GET"]

    # What the routes need

    def not_found(self, request: Request) -> Answer:
        """GitHub's answer to what does not exist or may not be seen."""
        return refusal(404, "Not Found")

    def _handle(self, request: Request) -> Answer:
        return self._forbidden(request) or super()._handle(request)

    def _forbidden(self, request: Request) -> Answer | None:
        token = request.header("Authorization").removeprefix("token ").removeprefix("Bearer ")
        if token and token != TOKEN:
            return refusal(401, "Bad credentials")
        if request.method != "GET" and not token:
            return refusal(401, "Requires authentication")
        if request.method != "GET" and self.rules.read_only_token:
            return refusal(403, "Resource not accessible by integration")
        return None

    def move(self, branch: str, sha: str) -> None:
        """Set a branch; pull requests follow it, or are merged when their head is on the base."""
        self.refs[branch] = sha
        for thread in self.pulls():
            if thread.head == branch:
                thread.head_sha = sha
            elif thread.base == branch and thread.head_sha in self.store.ancestors(sha):
                thread.state, thread.merged, thread.closed = "closed", True, self.now

    def next_number(self) -> int:
        """Issues and pull requests are numbered together."""
        return len(self.threads) + 1


def _routes(world: GitHub) -> None:
    root = f"/repos/{NAME}"
    gits, pulls, issues = world.git_api, PullApi(world), IssueApi(world)
    said = CommentApi(world)
    number, id_ = r"(?P<number>\d+)", r"(?P<id>\d+)"
    routes = [
        ("GET", "", gits.repository),
        ("GET", r"/branches/(?P<branch>.+)", gits.branch),
        ("GET", r"/contents/(?P<path>.+)", gits.contents),
        ("PUT", r"/contents/(?P<path>.+)", gits.put_contents),
        ("GET", r"/git/ref/heads/(?P<branch>.+)", gits.ref),
        ("POST", "/git/refs", gits.create_ref),
        ("PATCH", r"/git/refs/heads/(?P<branch>.+)", gits.update_ref),
        ("DELETE", r"/git/refs/heads/(?P<branch>.+)", gits.delete_ref),
        ("POST", "/git/blobs", gits.create_blob),
        ("GET", r"/git/blobs/(?P<sha>\w+)", gits.blob),
        ("POST", "/git/trees", gits.create_tree),
        ("GET", r"/git/trees/(?P<sha>\w+)", gits.tree),
        ("POST", "/git/commits", gits.create_commit),
        ("GET", r"/git/commits/(?P<sha>\w+)", gits.commit),
        ("GET", r"/compare/(?P<base>\w+)\.\.\.(?P<head>\w+)", gits.compare),
        ("GET", "/pulls", pulls.list),
        ("POST", "/pulls", pulls.create),
        ("GET", rf"/pulls/{number}", pulls.get),
        ("PATCH", rf"/pulls/{number}", pulls.edit),
        ("GET", rf"/pulls/{number}/commits", pulls.commits),
        ("PUT", rf"/pulls/{number}/merge", pulls.merge),
        ("POST", rf"/pulls/{number}/requested_reviewers", pulls.request_reviewers),
        ("GET", "/issues", issues.list),
        ("POST", "/issues", issues.create),
        ("GET", rf"/issues/{number}", issues.get),
        ("PATCH", rf"/issues/{number}", issues.edit),
        ("GET", rf"/issues/{number}/events", issues.events),
        ("GET", rf"/issues/events/{number}", issues.event),
        ("POST", rf"/issues/{number}/labels", issues.add_labels),
        ("POST", rf"/issues/{number}/assignees", issues.add_assignees),
        ("GET", rf"/issues/{number}/comments", said.conversation),
        ("POST", rf"/issues/{number}/comments", said.add),
        ("GET", rf"/pulls/{number}/comments", said.lines),
        ("POST", rf"/pulls/{number}/comments/{id_}/replies", said.reply),
        ("GET", rf"/pulls/{number}/reviews", said.reviews),
        ("GET", r"/collaborators/(?P<login>[^/]+)/permission", gits.permission),
    ]
    for place in ("issues", "pulls"):
        one = rf"/{place}/comments/{id_}"
        routes += [
            ("GET", one, said.one),
            ("GET", f"{one}/reactions", said.reactions),
            ("POST", f"{one}/reactions", said.react),
            ("DELETE", rf"{one}/reactions/(?P<reaction>\d+)", said.take_back),
        ]
    for method, path, handler in routes:
        world.on(method, root + path, handler)
