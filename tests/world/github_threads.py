"""The stand-in GitHub's pull requests, issues and labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.world.github_model import MOST_BODY, NAME, Thread, refusal
from tests.world.server import Answer, Request

if TYPE_CHECKING:
    from tests.world.github import GitHub


class Api:
    def __init__(self, world: GitHub) -> None:
        self.world = world

    @property
    def root(self) -> str:
        return f"{self.world.url}/repos/{NAME}"

    def find(self, request: Request, *, pull: bool = False) -> Thread | None:
        found = self.world.threads.get(int(request["number"]))
        return found if found and (found.head or not pull) else None

    def page(self, request: Request, items: list[Any]) -> Answer:
        """One page, with the Link header that leads to the next."""
        size, number = int(request.query.get("per_page", 30)), int(request.query.get("page", 1))
        shown = items[(number - 1) * size : number * size]
        if number * size >= len(items):
            return Answer(200, shown)
        query = "&".join(f"{k}={v}" for k, v in {**request.query, "page": str(number + 1)}.items())
        link = f'<{self.world.url}{request.path}?{query}>; rel="next"'
        return Answer(200, shown, {"Link": link})

    def account(self, login: str) -> dict[str, Any]:
        kind = "Bot" if login.endswith(("bot", "[bot]")) else "User"
        return {"login": login, "id": 1, "type": kind, "url": f"{self.world.url}/users/{login}"}

    def common(self, thread: Thread) -> dict[str, Any]:
        kind = "pull" if thread.head else "issues"
        return {
            "id": thread.number,
            "number": thread.number,
            "state": thread.state,
            "title": thread.title,
            "body": thread.body,
            "user": self.account(thread.login),
            "labels": [self.label(name) for name in thread.labels],
            "assignees": [self.account(login) for login in thread.assignees],
            "html_url": f"https://github.com/{NAME}/{kind}/{thread.number}",
            "closed_by": self.account(thread.closed_by) if thread.closed_by else None,
            "created_at": thread.created,
            "updated_at": thread.closed or thread.created,
            "closed_at": thread.closed,
            "comments": len(self.world.said(thread.number, "comment")),
        }

    def label(self, name: str) -> dict[str, Any]:
        return {"id": 1, "name": name, "color": "ededed", "url": f"{self.root}/labels/{name}"}

    def note(self, thread: Thread, event: str, **details: Any) -> None:
        """Remember what happened to a thread."""
        number = next(self.world.ids)
        url = f"{self.root}/issues/events/{number}"
        thread.events.append({"id": number, "url": url, "event": event, **details})

    def change(self, thread: Thread, data: dict[str, Any]) -> Answer | None:
        """Apply an edit to title, body and state; the refusal when it is not allowed."""
        if len(data.get("body") or "") > MOST_BODY:
            return _too_long("Issue" if not thread.head else "PullRequest")
        state = data.get("state", thread.state)
        if thread.merged and state == "open":
            return refusal(422, "Validation Failed", [{"code": "custom", "message": "is merged"}])
        if state != thread.state:
            closing = state == "closed"
            thread.closed_by = self.world.login if closing else ""
            thread.closed = self.world.now if closing else None
        thread.title = data.get("title", thread.title)
        thread.body = data.get("body", thread.body)
        thread.state = state
        return None


def _too_long(resource: str) -> Answer:
    error = {
        "resource": resource,
        "code": "custom",
        "field": "body",
        "message": f"body is too long (maximum is {MOST_BODY} characters)",
    }
    return refusal(422, "Validation Failed", [error])


class PullApi(Api):
    """Handlers for pull requests."""

    def list(self, request: Request) -> Answer:
        query = request.query
        state, head, base = query.get("state", "open"), query.get("head"), query.get("base")
        owner = NAME.split("/", maxsplit=1)[0]
        found = [
            thread
            for thread in self.world.pulls(state)
            if head in {None, f"{owner}:{thread.head}"} and base in {None, thread.base}
        ]
        if query.get("direction", "desc") == "desc":
            found.reverse()
        return self.page(request, [self.show(thread) for thread in found])

    def create(self, request: Request) -> Answer:
        data, world = request.json(), self.world
        if not world.rules.actions_may_open_pulls:
            return refusal(
                403, "GitHub Actions is not permitted to create or approve pull requests."
            )
        head, base = data["head"], data["base"]
        for name, field in ((head, "head"), (base, "base")):
            if name not in world.refs:
                error = {"resource": "PullRequest", "field": field, "code": "invalid"}
                return refusal(422, "Validation Failed", [error])
        if any(t.head == head and t.base == base for t in world.pulls()):
            message = f"A pull request already exists for {NAME.split('/', maxsplit=1)[0]}:{head}."
            error = {"resource": "PullRequest", "code": "custom", "message": message}
            return refusal(422, "Validation Failed", [error])
        if not world.store.between(world.refs[base], world.refs[head]):
            message = f"No commits between {base} and {head}"
            error = {"resource": "PullRequest", "code": "custom", "message": message}
            return refusal(422, "Validation Failed", [error])
        if len(data.get("body") or "") > MOST_BODY:
            return _too_long("PullRequest")
        thread = Thread(
            world.next_number(), data["title"], data.get("body") or "", world.login, head, base
        )
        thread.head_sha, thread.created = world.refs[head], world.now
        world.threads[thread.number] = thread
        return Answer(201, self.show(thread))

    def get(self, request: Request) -> Any:
        thread = self.find(request, pull=True)
        return self.show(thread) if thread else refusal(404, "Not Found")

    def edit(self, request: Request) -> Any:
        thread = self.find(request, pull=True)
        if thread is None:
            return refusal(404, "Not Found")
        return self.change(thread, request.json()) or self.show(thread)

    def commits(self, request: Request) -> Any:
        thread = self.find(request, pull=True)
        if thread is None:
            return refusal(404, "Not Found")
        found = self.world.store.between(self.world.refs[thread.base], thread.head_sha)
        return self.page(request, [self.world.git_api.show(commit) for commit in found])

    def merge(self, request: Request) -> Any:
        thread = self.find(request, pull=True)
        if thread is None:
            return refusal(404, "Not Found")
        data = request.json() or {}
        if data.get("sha", thread.head_sha) != thread.head_sha:
            return refusal(409, "Head branch was modified. Review and try the merge again.")
        squash = data.get("merge_method") == "squash"
        if not self.world.merge_pull(thread.number, squash=squash, login=self.world.login):
            return refusal(405, "Pull Request is not mergeable")
        sha = self.world.refs[thread.base]
        return {"sha": sha, "merged": True, "message": "Pull Request successfully merged"}

    def request_reviewers(self, request: Request) -> Any:
        thread = self.find(request, pull=True)
        if thread is None:
            return refusal(404, "Not Found")
        wanted = request.json().get("reviewers", [])
        strangers = [r for r in wanted if r not in self.world.rules.permissions]
        if strangers or thread.login in wanted:
            return refusal(422, "Reviews may only be requested from collaborators.")
        for login in wanted:
            if login not in thread.reviewers:
                thread.reviewers.append(login)
                self.note(thread, "review_requested", requested_reviewer=self.account(login))
        return Answer(201, self.show(thread))

    def show(self, thread: Thread) -> dict[str, Any]:
        world = self.world
        url = f"{self.root}/pulls/{thread.number}"
        return self.common(thread) | {
            "url": url,
            "issue_url": f"{self.root}/issues/{thread.number}",
            "merged_at": thread.closed if thread.merged else None,
            "merged": thread.merged,
            "requested_reviewers": [self.account(login) for login in thread.reviewers],
            "head": {
                "ref": thread.head,
                "sha": thread.head_sha,
                "label": f"{NAME.split('/', maxsplit=1)[0]}:{thread.head}",
            },
            "base": {"ref": thread.base, "sha": world.refs[thread.base]},
        }


class IssueApi(Api):
    """Handlers for issues, and for what pull requests share with them."""

    def list(self, request: Request) -> Answer:
        state, wanted = request.query.get("state", "open"), request.query.get("labels", "")
        names = {name for name in wanted.split(",") if name}
        found = [
            thread
            for thread in self.world.threads.values()
            if state in {"all", thread.state}
            and names <= set(thread.labels)
            and request.query.get("creator", thread.login) == thread.login
        ]
        return self.page(request, [self.show(thread) for thread in reversed(found)])

    def create(self, request: Request) -> Answer:
        data, world = request.json(), self.world
        if len(data.get("body") or "") > MOST_BODY:
            return _too_long("Issue")
        thread = Thread(world.next_number(), data["title"], data.get("body") or "", world.login)
        thread.labels, thread.created = list(data.get("labels", ())), world.now
        world.threads[thread.number] = thread
        return Answer(201, self.show(thread))

    def get(self, request: Request) -> Any:
        thread = self.find(request)
        return self.show(thread) if thread else refusal(404, "Not Found")

    def edit(self, request: Request) -> Any:
        thread = self.find(request)
        if thread is None:
            return refusal(404, "Not Found")
        return self.change(thread, request.json()) or self.show(thread)

    def events(self, request: Request) -> Any:
        thread = self.find(request)
        return self.page(request, thread.events) if thread else refusal(404, "Not Found")

    def event(self, request: Request) -> Any:
        every = (event for thread in self.world.threads.values() for event in thread.events)
        wanted = int(request["number"])
        return next((e for e in every if e["id"] == wanted), None) or refusal(404, "Not Found")

    def add_labels(self, request: Request) -> Any:
        thread = self.find(request)
        if thread is None:
            return refusal(404, "Not Found")
        data = request.json()
        names = data["labels"] if isinstance(data, dict) else data
        for name in names:
            if name not in thread.labels:
                thread.labels.append(name)
                self.note(thread, "labeled", label={"name": name})
        return [self.label(name) for name in thread.labels]

    def add_assignees(self, request: Request) -> Any:
        thread = self.find(request)
        if thread is None:
            return refusal(404, "Not Found")
        # GitHub overlooks people who cannot be assigned.
        wanted = [a for a in request.json()["assignees"] if a in self.world.rules.permissions]
        for login in wanted:
            if login not in thread.assignees:
                thread.assignees.append(login)
                self.note(thread, "assigned", assignee=self.account(login))
        return Answer(201, self.show(thread))

    def show(self, thread: Thread) -> dict[str, Any]:
        shown = self.common(thread) | {"url": f"{self.root}/issues/{thread.number}"}
        if thread.head:
            shown["pull_request"] = {"url": f"{self.root}/pulls/{thread.number}"}
        return shown
