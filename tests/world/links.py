"""A stand-in for what a reading list links to: a site with every kind of fault, on loopback.

`/wayback/available` is the Internet Archive's availability API, written after
https://archive.org/help/wayback_api.php, and `/doi/` resolves DOIs as doi.org does.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from tests.world.server import Answer, Request, World

STATUSES: Mapping[str, int] = {
    "fine": 200,
    "gone": 404,
    "gone-for-good": 410,
    "login": 401,
    "forbidden": 403,
    "withheld": 451,
    "no-robots": 999,
    "odd": 418,
    "busy": 429,
    "trouble": 500,
    "down": 503,
}
"""Pages that always answer the same, whatever the method."""

REDIRECTS: Mapping[str, tuple[int, str]] = {
    "moved": (301, "/fine"),
    "moved-twice": (308, "/moved"),
    "moved-then-away": (301, "/away"),
    "away": (302, "/fine"),
    "away-then-moved": (307, "/moved"),
    "moved-to-gone": (301, "/gone"),
    "moved-to-front": (301, "/"),
    "moved-to-a-door": (301, "/login/start"),
    "moved-to-slash": (301, "/moved-to-slash/"),
    "circle": (302, "/circle"),
    "nowhere": (301, "mailto:ada@example.org"),
}

DISLIKES_HEAD = (400, 403, 404, 405, 500, 501)
"""`/head-404` answers so to HEAD and 200 to GET, and so on."""


class LinkWorld(World):
    """Serves the pages above, `dois` that are registered and `copies` of pages by address."""

    def __init__(self, dois: Iterable[str] = (), copies: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.dois = set(dois)
        self.copies = dict(copies or {})
        self.on("GET", r"/wayback/available", self._available)
        self.on("*", r"/doi/(?P<doi>10\..+)", self._resolve)
        self.on("*", r"/(?:login/start|moved-to-slash/)?", lambda _: "a page")
        self.on("*", r"/large", lambda _: "x" * 1_000_000)
        self.on("*", r"/head-(?P<status>\d+)", self._dislike_head)
        self.on("*", r"/(?P<name>[\w-]+)", self._page)

    @property
    def archive(self) -> str:
        """The value for `[links] archive_url`."""
        return self.url + "/wayback/available"

    @property
    def resolver(self) -> str:
        """The value for `[links] doi_url`."""
        return self.url + "/doi"

    def pages(self) -> list[str]:
        """The paths asked for so far, those of the services left out."""
        return [r.path for r in self.requests if not r.path.startswith(("/doi/", "/wayback/"))]

    def _page(self, request: Request) -> Answer:
        name = request["name"]
        if name in REDIRECTS:
            status, target = REDIRECTS[name]
            return Answer(status, headers={"Location": target})
        return Answer(STATUSES[name], name) if name in STATUSES else self.not_found(request)

    def _dislike_head(self, request: Request) -> Answer:
        return Answer(int(request["status"]) if request.method == "HEAD" else 200, "a page")

    def _resolve(self, request: Request) -> Answer:
        if request["doi"] not in self.dois:
            return Answer(404, "DOI Not Found")
        return Answer(302, headers={"Location": "https://publisher.example/article"})

    def _available(self, request: Request) -> Answer:
        address = request.query.get("url", "")
        if address not in self.copies:
            return Answer(200, {"url": address, "archived_snapshots": {}})
        closest = {
            "available": True,
            "url": self.copies[address],
            "timestamp": "20240229120000",
            "status": "200",
        }
        return Answer(200, {"url": address, "archived_snapshots": {"closest": closest}})


@contextmanager
def silent_host() -> Iterator[str]:
    """The address of a server that takes connections and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(16)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def nobody() -> str:
    """The address of a port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"
