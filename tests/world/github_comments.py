"""The stand-in GitHub's comments, in the conversation and on lines, its reviews and reactions."""

from __future__ import annotations

from typing import Any

from tests.world.github_model import NAME, Comment, refusal
from tests.world.github_threads import Api
from tests.world.server import Answer, Request

_REACTIONS = {"+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"}


class CommentApi(Api):
    """Handlers for what is said."""

    def conversation(self, request: Request) -> Any:
        return self._list(request, "comment")

    def lines(self, request: Request) -> Any:
        return self._list(request, "line")

    def reviews(self, request: Request) -> Any:
        return self._list(request, "review")

    def add(self, request: Request) -> Any:
        thread = self.find(request)
        if thread is None:
            return refusal(404, "Not Found")
        comment = self.world.comment(thread.number, request.json()["body"], login=self.world.login)
        return Answer(201, self.show(comment))

    def reply(self, request: Request) -> Any:
        first = self.world.comments.get(int(request["id"]))
        if first is None or first.place != "line":
            return refusal(404, "Not Found")
        if first.thread:
            return refusal(422, "Validation Failed")
        body, login = request.json()["body"], self.world.login
        comment = self.world.comment_line(first.number, body, login=login, thread=first.id)
        return Answer(201, self.show(comment))

    def one(self, request: Request) -> Any:
        comment = self._find(request)
        return self.show(comment) if comment else refusal(404, "Not Found")

    def reactions(self, request: Request) -> Any:
        comment = self._find(request)
        if comment is None:
            return refusal(404, "Not Found")
        return self.page(request, [self._reaction(comment, *given) for given in comment.reactions])

    def react(self, request: Request) -> Any:
        comment, content = self._find(request), request.json()["content"]
        if comment is None:
            return refusal(404, "Not Found")
        if content not in _REACTIONS:
            return refusal(422, "Validation Failed")
        given = (self.world.login, content)
        known = given in comment.reactions
        if not known:
            comment.reactions.append(given)
            comment.given[given] = (next(self.world.ids), self.world.now)
        return Answer(200 if known else 201, self._reaction(comment, *given))

    def take_back(self, request: Request) -> Any:
        comment, number = self._find(request), int(request["reaction"])
        found = [g for g, (id_, _) in comment.given.items() if id_ == number] if comment else []
        if comment is None or not found:
            return refusal(404, "Not Found")
        comment.reactions.remove(found[0])
        del comment.given[found[0]]
        return Answer(204)

    def show(self, comment: Comment) -> dict[str, Any]:
        """A comment or review as the API has it."""
        page = f"https://github.com/{NAME}/pull/{comment.number}"
        level = self.world.rules.permissions.get(comment.login, "none")
        shown: dict[str, Any] = {
            "id": comment.id,
            "html_url": f"{page}#{comment.id}",
            "body": comment.body,
            "user": self.account(comment.login),
            "author_association": "OWNER" if level == "admin" else "NONE",
        }
        if comment.place == "review":
            # No reactions, no time of the last edit, and no address of its own.
            state = "PENDING" if comment.pending else "COMMENTED"
            done = {} if comment.pending else {"submitted_at": comment.created}
            return shown | {"state": state, **done}
        counts = dict.fromkeys(_REACTIONS, 0)
        for _, content in comment.reactions:
            counts[content] += 1
        shown |= {
            "created_at": comment.created,
            "updated_at": comment.updated,
            "reactions": {"total_count": len(comment.reactions), **counts},
        }
        if comment.place == "line":
            replies = {"in_reply_to_id": comment.thread} if comment.thread else {}
            return shown | {"url": f"{self.root}/pulls/comments/{comment.id}", **replies}
        return shown | {
            "url": f"{self.root}/issues/comments/{comment.id}",
            "html_url": f"https://github.com/{NAME}/issues/{comment.number}#{comment.id}",
            "issue_url": f"{self.root}/issues/{comment.number}",
        }

    def _list(self, request: Request, place: str) -> Any:
        thread = self.find(request, pull=place != "comment")
        if thread is None:
            return refusal(404, "Not Found")
        found = self.world.said(thread.number, place)
        return self.page(request, [self.show(comment) for comment in found])

    def _find(self, request: Request) -> Comment | None:
        found = self.world.comments.get(int(request["id"]))
        place = "line" if "/pulls/comments/" in request.path else "comment"
        return found if found and found.place == place else None

    def _reaction(self, comment: Comment, login: str, content: str) -> dict[str, Any]:
        number, when = comment.given.get((login, content), (0, comment.created))
        account = self.account(login)
        return {"id": number, "content": content, "user": account, "created_at": when}
