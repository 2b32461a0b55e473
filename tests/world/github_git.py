"""The stand-in GitHub's git data, contents, branches and comparison."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from tests.world.github_model import NAME, refusal
from tests.world.github_store import StoredCommit
from tests.world.server import Answer, Request

if TYPE_CHECKING:
    from tests.world.github import GitHub


class GitApi:
    """Handlers of one stand-in."""

    def __init__(self, world: GitHub) -> None:
        self.world = world
        self.store = world.store

    @property
    def root(self) -> str:
        return f"{self.world.url}/repos/{NAME}"

    def repository(self, _: Request) -> Any:
        owner, name = NAME.split("/")
        return {
            "id": 1,
            "name": name,
            "full_name": NAME,
            "url": self.root,
            "html_url": f"https://github.com/{NAME}",
            "default_branch": self.world.default_branch,
            "owner": {"login": owner, "id": 1, "url": f"{self.world.url}/users/{owner}"},
        }

    def permission(self, request: Request) -> Any:
        login = request["login"]
        found = self.world.rules.permissions.get(login, "read")
        return {"permission": found, "role_name": found, "user": {"login": login}}

    def branch(self, request: Request) -> Any:
        sha = self.world.refs.get(request["branch"])
        if sha is None:
            return refusal(404, "Branch not found")
        commit = self.show(self.store.commits[sha])
        return {"name": request["branch"], "commit": commit, "protected": False}

    def ref(self, request: Request) -> Any:
        sha = self.world.refs.get(request["branch"])
        return self._ref(request["branch"]) if sha else refusal(404, "Not Found")

    def create_ref(self, request: Request) -> Any:
        data = request.json()
        name = data["ref"].removeprefix("refs/heads/")
        if name in self.world.refs:
            return refusal(422, "Reference already exists")
        if data["sha"] not in self.store.commits:
            return refusal(422, "Object does not exist")
        self.world.move(name, data["sha"])
        return Answer(201, self._ref(name))

    def update_ref(self, request: Request) -> Any:
        name, data = request["branch"], request.json()
        if name not in self.world.refs:
            return refusal(422, "Reference does not exist")
        if name in self.world.rules.protected:
            return refusal(422, "Protected branch update failed for refs/heads/" + name)
        if data["sha"] not in self.store.commits:
            return refusal(422, "Object does not exist")
        if not data.get("force") and self.world.refs[name] not in self.store.ancestors(data["sha"]):
            return refusal(422, "Update is not a fast forward")
        self.world.move(name, data["sha"])
        return self._ref(name)

    def delete_ref(self, request: Request) -> Any:
        if self.world.refs.pop(request["branch"], None) is None:
            return refusal(422, "Reference does not exist")
        return Answer(204)

    def create_blob(self, request: Request) -> Any:
        data = request.json()
        try:
            encoded = data.get("encoding") == "base64"
            content = base64.b64decode(data["content"]) if encoded else data["content"].encode()
        except (binascii.Error, ValueError):
            return refusal(422, "content is not valid Base64")
        return Answer(
            201, {"sha": (sha := self.store.blob(content)), "url": self._url("blobs", sha)}
        )

    def blob(self, request: Request) -> Any:
        content = self.store.blobs.get(request["sha"])
        if content is None:
            return refusal(404, "Not Found")
        return {
            "sha": request["sha"],
            "url": self._url("blobs", request["sha"]),
            "size": len(content),
            "encoding": "base64",
            "content": base64.encodebytes(content).decode(),
        }

    def create_tree(self, request: Request) -> Any:
        data = request.json()
        base = data.get("base_tree")
        if base is not None and base not in self.store.trees:
            return refusal(404, "Not Found")
        files = dict(self.store.trees[base]) if base else {}
        for item in data["tree"]:
            if "content" in item:
                sha = self.store.blob(item["content"].encode("utf-8"))
            elif (sha := item.get("sha")) is None:
                if files.pop(item["path"], None) is None:
                    return refusal(422, "GitRPC::BadObjectState")
                continue
            elif sha not in self.store.blobs:
                return refusal(422, f"tree.sha {sha} is not a valid blob")
            files[item["path"]] = (item["mode"], sha)
        return Answer(201, self._tree(self.store.tree(files)))

    def tree(self, request: Request) -> Any:
        known = request["sha"] in self.store.trees
        return self._tree(request["sha"]) if known else refusal(404, "Not Found")

    def create_commit(self, request: Request) -> Any:
        data = request.json()
        parents = tuple(data.get("parents", ()))
        if data["tree"] not in self.store.trees:
            return refusal(422, "Tree SHA does not exist")
        if any(parent not in self.store.commits for parent in parents):
            return refusal(422, "Parent SHA does not exist or is not a commit object")
        sha = self.store.commit(data["tree"], parents, data["message"], self.world.login)
        return Answer(201, self._git_commit(self.store.commits[sha]))

    def commit(self, request: Request) -> Any:
        found = self.store.commits.get(request["sha"])
        return self._git_commit(found) if found else refusal(404, "Not Found")

    def compare(self, request: Request) -> Any:
        base, head = request["base"], request["head"]
        if not {base, head} <= self.store.commits.keys():
            return refusal(404, "Not Found")
        fork = self.store.merge_base(base, head)
        if fork is None:
            return refusal(404, f"No common ancestor between {base} and {head}.")
        ahead, behind = self.store.between(base, head), self.store.between(head, base)
        page, size = int(request.query.get("page", 1)), int(request.query.get("per_page", 250))
        shown = ahead[(page - 1) * size : page * size]
        states = {(True, True): "diverged", (True, False): "ahead", (False, True): "behind"}
        return {
            "url": f"{self.root}/compare/{base}...{head}",
            "status": states.get((bool(ahead), bool(behind)), "identical"),
            "ahead_by": len(ahead),
            "behind_by": len(behind),
            "total_commits": len(ahead),
            "base_commit": self.show(self.store.commits[base]),
            "merge_base_commit": self.show(self.store.commits[fork]),
            "commits": [self.show(commit) for commit in shown],
            "files": [
                {"filename": path, "status": kind, "sha": "0" * 40, "changes": 1}
                for path, kind in list(self.store.changed(fork, head).items())[:300]
            ],
        }

    def contents(self, request: Request) -> Any:
        revision = request.query.get("ref", self.world.default_branch)
        sha = self.world.refs.get(revision, revision)
        if sha not in self.store.commits or request["path"] not in self.store.files(sha):
            return refusal(404, "Not Found")
        return self._file(request["path"], self.store.files(sha)[request["path"]][1])

    def put_contents(self, request: Request) -> Any:
        data, path = request.json(), request["path"]
        branch = data.get("branch", self.world.default_branch)
        if branch not in self.world.refs:
            return refusal(404, f"Branch {branch} not found")
        head = self.world.refs[branch]
        there = self.store.files(head).get(path)
        if there and "sha" not in data:
            return refusal(422, 'Invalid request.\n\n"sha" wasn\'t supplied.')
        if there and there[1] != data["sha"]:
            return refusal(409, f"{path} does not match {data['sha']}")
        content = base64.b64decode(data["content"])
        sha = self.world.push(
            branch,
            {path: content},
            login=self.world.login,
            message=data["message"],
        )
        file = self._file(path, self.store.files(sha)[path][1])
        return Answer(
            200 if there else 201,
            {"content": file, "commit": self._git_commit(self.store.commits[sha])},
        )

    def _url(self, kind: str, name: str) -> str:
        return f"{self.root}/git/{kind}/{name}"

    def _ref(self, branch: str) -> dict[str, Any]:
        sha = self.world.refs[branch]
        return {
            "ref": f"refs/heads/{branch}",
            "url": self._url("refs", f"heads/{branch}"),
            "object": {"sha": sha, "type": "commit", "url": self._url("commits", sha)},
        }

    def _tree(self, sha: str) -> dict[str, Any]:
        tree = self.store.folder(sha)
        return {"sha": sha, "url": self._url("trees", sha), "truncated": False, "tree": tree}

    def _git_commit(self, commit: StoredCommit) -> dict[str, Any]:
        person = {
            "name": commit.login,
            "email": f"{commit.login}@example.org",
            "date": "2026-01-01T00:00:00Z",
        }
        return {
            "sha": commit.sha,
            "url": self._url("commits", commit.sha),
            "message": commit.message,
            "author": person,
            "committer": person,
            "tree": {"sha": commit.tree, "url": self._url("trees", commit.tree)},
            "parents": [{"sha": p, "url": self._url("commits", p)} for p in commit.parents],
        }

    def show(self, commit: StoredCommit) -> dict[str, Any]:
        inner = self._git_commit(commit)
        return {
            "sha": commit.sha,
            "url": f"{self.root}/commits/{commit.sha}",
            "commit": inner,
            "author": {"login": commit.login, "id": 1},
            "parents": inner["parents"],
        }

    def _file(self, path: str, sha: str) -> dict[str, Any]:
        content = self.store.blobs[sha]
        return {
            "type": "file",
            "name": path.rsplit("/", maxsplit=1)[-1],
            "path": path,
            "sha": sha,
            "size": len(content),
            "encoding": "base64",
            "content": base64.encodebytes(content).decode(),
            "url": f"{self.root}/contents/{path}",
        }
