"""What every stand-in server shares: loopback HTTP, a log of requests, and faults on demand.

A stand-in registers handlers with `on`; a test queues faults with `fail`. A fault is an answer
given instead of the real one, or a function that spoils the real one after it has taken
effect (a write that succeeds and still answers 502).

    with World() as world:
        world.on("GET", r"/papers/(?P<name>\\w+)", lambda request: {"name": request["name"]})
        world.fail(Answer(503, headers={"Retry-After": "1"}), path=r"/papers", times=2)
        requests.get(world.url + "/papers/one")
"""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import parse_qsl, unquote, urlsplit

Delivery = Literal["whole", "reset", "hang", "truncated", "drip"]
"""How a body reaches the client.

`reset` tears the connection down in mid-body, `hang` never sends the second half, `drip`
sends a byte now and then without end, `truncated` closes early after announcing it all.
"""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the server saw it; `request["name"]` is a named group of its route."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    groups: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        return self.groups[name]

    def header(self, name: str) -> str:
        """A header's value, whatever its case; empty when it was not sent."""
        return next((v for k, v in self.headers.items() if k.lower() == name.lower()), "")

    def json(self) -> Any:
        """The body as JSON; None when there is none."""
        return json.loads(self.body) if self.body else None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `body` may be bytes, text, or anything JSON can hold."""

    status: int = 200
    body: Any = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delivery: Delivery = "whole"

    @property
    def content(self) -> bytes:
        """The body as it goes over the wire."""
        if isinstance(self.body, bytes):
            return self.body
        if isinstance(self.body, str):
            return self.body.encode()
        return json.dumps(self.body).encode()

    @property
    def content_type(self) -> str:
        """The announced type unless `headers` name one."""
        is_json = not isinstance(self.body, bytes | str)
        return "application/json; charset=utf-8" if is_json else "text/plain; charset=utf-8"


Handler = Callable[[Request], Any]
"""Returns an Answer, or a body that becomes one with status 200."""

Fault = Answer | Callable[[Request, Answer], Answer]


@dataclass(slots=True)
class _Planned:
    fault: Fault
    method: str | None
    path: re.Pattern[str]
    left: int | None


class World:
    """A loopback HTTP server; start and stop it with `with`."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = []
        self._faults: list[_Planned] = []
        self._lock = threading.RLock()
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None

    def on(self, method: str, path: str, handler: Handler) -> None:
        """Answer requests whose whole path matches the regular expression; first match wins."""
        self._routes.append((method, re.compile(path), handler))

    def fail(
        self,
        *faults: Fault,
        path: str = "",
        method: str | None = None,
        times: int | None = 1,
        after: int = 0,
    ) -> None:
        """Queue faults for requests whose path contains `path`, each given `times` times.

        `times=None` means from now on; `after` lets that many matching requests pass first.
        """
        pattern = re.compile(path)
        planned = [_Planned(fault, method, pattern, times) for fault in faults]
        passed = [_Planned(lambda _, answer: answer, method, pattern, after)] if after else []
        with self._lock:
            self._faults += passed + planned

    def recover(self) -> None:
        """Forget every queued fault."""
        with self._lock:
            self._faults.clear()

    @property
    def url(self) -> str:
        """The base address, without a slash at its end."""
        assert self._server is not None, "the server has not been started"
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def seen(self, path: str = "", method: str | None = None) -> list[Request]:
        """The requests so far whose path contains the regular expression."""
        return [
            request
            for request in list(self.requests)
            if re.search(path, request.path) and method in {None, request.method}
        ]

    def start(self) -> Self:
        """Listen on a free loopback port."""
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def stop(self) -> None:
        """Cut every connection and wait until all threads have ended."""
        if self._server is not None and self._thread is not None:
            self._server.stopping.set()
            self._server.shutdown()
            self._thread.join()
            self._server.cut_connections()
            self._server.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def not_found(self, request: Request) -> Answer:
        """The answer to a path nobody serves; stand-ins override it with their provider's."""
        return Answer(404, f"nothing at {request.method} {request.path}")

    def answer(self, request: Request) -> Answer:
        """The answer to a request, faults included; handlers run one at a time."""
        with self._lock:
            self.requests.append(request)
            fault = self._next_fault(request)
            if isinstance(fault, Answer):
                return fault
            answer = self._handle(request)
            return fault(request, answer) if fault is not None else answer

    def _next_fault(self, request: Request) -> Fault | None:
        for planned in self._faults:
            if planned.method in {None, request.method} and planned.path.search(request.path):
                if planned.left is not None:
                    planned.left -= 1
                    if planned.left <= 0:
                        self._faults.remove(planned)
                return planned.fault
        return None

    def _handle(self, request: Request) -> Answer:
        for method, pattern, handler in self._routes:
            match = pattern.fullmatch(request.path)
            if match and method in {request.method, "*"}:
                groups = {k: unquote(v) for k, v in match.groupdict(default="").items()}
                result = handler(replace(request, groups=groups))
                return result if isinstance(result, Answer) else Answer(200, result)
        return self.not_found(request)


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 64

    def __init__(self, world: World) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.world = world
        self.stopping = threading.Event()
        self._connections: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the tests; a broken handler answers 500 instead."""

    def cut_connections(self) -> None:
        for connection in list(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def log_message(self, *_: Any) -> None:
        """The log of requests is World.requests."""

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers=dict(self.headers.items()),
            body=self.rfile.read(length) if length else b"",
        )
        try:
            answer = self.server.world.answer(request)
        except Exception as error:
            answer = Answer(500, f"the stand-in server failed: {error!r}")
        self._deliver(answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _serve  # noqa: N815

    def _deliver(self, answer: Answer) -> None:
        content = answer.content
        headers = {
            "Content-Type": answer.content_type,
            "Date": self.date_time_string(),
            **answer.headers,
        }
        if answer.status not in {204, 304}:
            headers.setdefault("Content-Length", str(len(content)))
        self.close_connection = answer.delivery != "whole"
        self.send_response_only(answer.status)
        for name, value in headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "HEAD" or answer.status in {204, 304}:
            return
        half = content[: len(content) // 2]
        with suppress(OSError):
            self.wfile.write(content if answer.delivery == "whole" else half)
            self.wfile.flush()
            self._misbehave(answer.delivery)

    def _misbehave(self, delivery: Delivery) -> None:
        stopping = self.server.stopping
        if delivery == "reset":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
        elif delivery == "hang":
            stopping.wait()
        elif delivery == "drip":
            while not stopping.wait(0.05):
                self.wfile.write(b" ")


def urls_of(requests: Iterable[Request]) -> list[str]:
    """Method and path of each request, as a test likes to compare them."""
    return [f"{request.method} {request.path}" for request in requests]
