"""The one polite way out: timeouts, pacing per host, retries, caching, limits.

Every source asks through one `Http`. A response is only handed out when its status is one
the caller accepts and its content passes the caller's check; whatever is temporary is asked
for again, with growing pauses or as long as the server asks for, within the caller's
patience.
"""

from __future__ import annotations

import json as jsonlib
import logging
import time
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import urljoin

import requests
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    wait_exponential,
    wait_random,
)
from urllib3.exceptions import HTTPError as TransportError

from tracker.pacing import Kept, MemoryStore, NoTurnError, Pacer, Store, is_loopback, rule_for
from tracker.responses import (
    Check,
    HttpError,
    Response,
    UnbelievableError,
    host_of,
    is_public,
    network_reason,
    retry_after,
    same_site,
)

__all__ = [
    "Check",
    "Http",
    "HttpError",
    "Limits",
    "Response",
    "UnbelievableError",
    "user_agent",
]

logger = logging.getLogger(__name__)

_ATTEMPTS = 5
_LONGEST_BACKOFF = 60.0
# What a server may ask us to wait before we rather come back with the next run.
_LONGEST_RETRY_AFTER = 120.0
_TEMPORARY = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
# The largest honest answer is a page of 2,000 arXiv abstracts, about 6 MB.
_MOST_BYTES = 64_000_000
_CHUNK = 65_536
# arXiv's results change at midnight in New York, 04:00 or 05:00 UTC; one hour of grace.
_NEW_DAY = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a run may cost.

    Timeouts in seconds: `connect` and `read` for each wait on the network, `response` for a
    whole response, `patience` for a request with all its attempts. `requests` is how many
    may be sent in all, None for any number; `size` the most bytes of one response.
    """

    connect: float = 10.0
    read: float = 60.0
    response: float = 180.0
    patience: float = 600.0
    requests: int | None = None
    size: int = _MOST_BYTES
    attempts: int = _ATTEMPTS


@dataclass(frozen=True, slots=True)
class _Call:
    """One request as it goes out, redirects included."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    accept: Container[int]
    check: Check | None
    anywhere: bool
    deadline: float
    read: float
    enough: int | None


class Http:
    """Asks servers on behalf of all sources of a run.

    `contact` is an address a server's operator can write to, sent in the User-Agent.
    `store` keeps turns and cached responses, by default for this process only. `allowed`
    names hosts that redirects may lead to besides the site that was asked. `clock` gives
    seconds since 1970, `sleep` waits.
    """

    def __init__(
        self,
        contact: str = "",
        *,
        limits: Limits = Limits(),
        store: Store | None = None,
        allowed: Container[str] = (),
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.limits = limits
        self.sent = 0
        self._store: Store = store if store is not None else MemoryStore()
        self._allowed = allowed
        self.clock = clock
        self._sleep = sleep
        self._pacer = Pacer(self._store, clock, sleep)
        self._session = requests.Session()
        self._session.headers["User-Agent"] = user_agent(contact)

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._session.close()

    def __enter__(self) -> Http:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def get(self, url: str, **options: Any) -> Response:
        """`request` with GET."""
        return self.request("GET", url, **options)

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, Any] | Sequence[tuple[str, Any]] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        accept: Container[int] = (200,),
        check: Check | None = None,
        patience: float | None = None,
        daily: Callable[[Response], bool] | None = None,
        anywhere: bool = False,
        slowness: float = 1.0,
        enough: int | None = None,
    ) -> Response:
        """Ask until there is an answer to rely on; only for requests that change nothing.

        `accept` holds the statuses the caller can use, `check` looks at the content.
        `patience` (seconds) replaces that of the limits. `daily` answers from the cache when
        the same was asked since the provider's last midnight, and says which responses are
        worth keeping for that. `anywhere` lets redirects leave the site, still to https only.
        `slowness` multiplies the read timeout for servers known to be slow. `enough` bytes of
        the content are read, the rest is left to the server. Raises HttpError.
        """
        address = _address(method, url, params)
        if daily and (kept := self._from_cache(address)):
            return kept
        body = jsonlib.dumps(json).encode() if json is not None else None
        extra = {"Content-Type": "application/json"} if body is not None else {}
        deadline = self.clock() + (self.limits.patience if patience is None else patience)
        call = _Call(
            method=method,
            url=address,
            headers={**extra, **(headers or {})},
            body=body,
            accept=accept,
            check=check,
            anywhere=anywhere,
            deadline=deadline,
            read=self.limits.read * slowness,
            enough=enough,
        )
        response = self._until_believable(call)
        if daily and response.status_code == 200 and daily(response):
            self._store.save(address, Kept(response.content, response.headers, self.clock()))
        return response

    def _from_cache(self, url: str) -> Response | None:
        kept = self._store.load(url)
        if kept is None or _day_of(kept.at) != _day_of(self.clock()):
            return None
        logger.debug("answered from the cache: %s", url)
        return Response(url, 200, kept.headers, kept.content, attempts=0, from_cache=True)

    def _until_believable(self, call: _Call) -> Response:
        backoff = rule_for(host_of(call.url)).backoff
        growing = wait_exponential(backoff, max=_LONGEST_BACKOFF) + wait_random(0, backoff)

        def pause(state: RetryCallState) -> float:
            asked = getattr(_failure(state), "retry_after", None)
            return float(asked) if asked is not None else growing(state)

        def give_up(state: RetryCallState) -> bool:
            wait = pause(state)
            too_long = wait > _LONGEST_RETRY_AFTER or self.clock() + wait > call.deadline
            return too_long or state.attempt_number >= self.limits.attempts

        def tell(state: RetryCallState) -> None:
            action = state.next_action.sleep if state.next_action else 0
            logger.info("%s; asking again in %.1f s", _failure(state), action)

        retrying = Retrying(
            retry=retry_if_exception(lambda e: isinstance(e, HttpError) and e.temporary),
            wait=pause,
            stop=give_up,
            sleep=self._sleep,
            before_sleep=tell,
            reraise=True,
        )
        attempts = 0
        try:
            for attempt in retrying:
                attempts = attempt.retry_state.attempt_number
                with attempt:
                    response = self._once(call)
        except HttpError as error:
            error.attempts = attempts
            raise
        return replace(response, attempts=attempts)

    def _once(self, call: _Call) -> Response:
        """One attempt: follow redirects, then judge status and content."""
        url, headers = call.url, dict(call.headers)
        for _ in range(_MOST_REDIRECTS + 1):
            response = self._send(call, url, headers)
            if response.status_code not in _REDIRECTS or response.status_code in call.accept:
                return _judged(response, call)
            target = self._redirected(url, response, call)
            if host_of(target) != host_of(url):
                headers = {k: v for k, v in headers.items() if k.lower() not in _SECRETS}
            url = target
        raise HttpError(f"more than {_MOST_REDIRECTS} redirects", url=call.url)

    def _redirected(self, url: str, response: Response, call: _Call) -> str:
        """Where a redirect leads; HttpError when we do not go there."""
        location, status = response.header("Location"), response.status_code
        try:
            target = urljoin(url, location) if location else ""
        except ValueError:
            target = ""
        old, new = host_of(url), host_of(target)
        at_home = is_loopback(old) and is_loopback(new)
        at_site = same_site(new, old) or new in self._allowed
        known = at_site or (call.anywhere and is_public(new))
        if not (at_home or (known and target.startswith("https://"))):
            reason = f"redirects ({status}) to {location!r}, which is not https on an allowed host"
            raise HttpError(reason, url=url, status=status)
        return target

    @contextmanager
    def _turn(self, call: _Call, url: str) -> Iterator[None]:
        try:
            with self._pacer.turn(host_of(url), call.deadline):
                yield
        except NoTurnError:
            reason = "its turn did not come in time: another process is asking"
            raise HttpError(reason, url=url, temporary=True) from None

    def _send(self, call: _Call, url: str, headers: Mapping[str, str]) -> Response:
        limits = self.limits
        with self._turn(call, url):
            if limits.requests is not None and self.sent >= limits.requests:
                raise HttpError(f"the run's {limits.requests} requests are used up", url=url)
            self.sent += 1
            logger.debug("%s %s", call.method, url)
            started = self.clock()
            left = max(0.05, call.deadline - started)
            try:
                with self._session.request(
                    call.method,
                    url,
                    headers=dict(headers),
                    data=call.body,
                    timeout=(min(limits.connect, left), min(call.read, left)),
                    allow_redirects=False,
                    stream=True,
                ) as answer:
                    until = started + min(max(limits.response, call.read), left)
                    content = self._read(answer, url, until, call.enough)
                    return Response(url, answer.status_code, dict(answer.headers), content)
            except (requests.RequestException, TransportError, ValueError) as error:
                # A ValueError speaks of an address (also one to be redirected to).
                is_network = not isinstance(error, ValueError)
                raise HttpError(network_reason(error), url=url, temporary=is_network) from error

    def _read(
        self, answer: requests.Response, url: str, deadline: float, enough: int | None
    ) -> bytes:
        """The body, read piece by piece so that a slow drip cannot hold the run up."""
        parts: list[bytes] = []
        size = 0
        while part := answer.raw.read1(_CHUNK, decode_content=True):
            parts.append(part)
            size += len(part)
            if enough is not None and size >= enough:
                break
            if size > self.limits.size:
                raise HttpError(f"more than {self.limits.size:,} bytes", url=url)
            if self.clock() > deadline:
                raise HttpError("the response did not end in time", url=url, temporary=True)
        return b"".join(parts)


_SECRETS = frozenset({"authorization", "x-api-key", "cookie"})


def user_agent(contact: str = "") -> str:
    """Who we are and where to complain, as providers ask of robots."""
    try:
        release = version("survey-tracker")
    except PackageNotFoundError:
        release = "0"
    return f"survey-tracker/{release}" + (f" ({contact})" if contact else "")


def _address(method: str, url: str, params: Any) -> str:
    try:
        return requests.Request(method, url, params=params).prepare().url or url
    except requests.RequestException as error:
        raise HttpError(f"no usable address: {error}", url=url) from error


def _failure(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


def _judged(response: Response, call: _Call) -> Response:
    """The response if the caller can rely on it."""
    status = response.status_code
    if status not in call.accept:
        raise HttpError(
            f"answered {status} {_phrase(status)}".strip(),
            url=response.url,
            status=status,
            temporary=status in _TEMPORARY,
            retry_after=retry_after(response),
            content=response.content[:10_000],
        )
    if call.check is not None:
        try:
            call.check(response)
        except UnbelievableError as doubt:
            raise HttpError(
                doubt.reason,
                url=response.url,
                status=status,
                temporary=doubt.temporary,
                retry_after=retry_after(response),
                content=response.content[:10_000],
            ) from doubt
    return response


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _day_of(seconds: float) -> str:
    return str((datetime.fromtimestamp(seconds, UTC) - _NEW_DAY).date())
