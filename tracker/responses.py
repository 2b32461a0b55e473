"""Responses, and what can be wrong with them."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import requests

from tracker.errors import TrackerError


class HttpError(TrackerError):
    """A request that brought no answer to rely on.

    `reason` is a clause without the address; `status` is 0 when no response arrived;
    `attempts` counts how often it was asked; `content` is the start of the last body.
    """

    def __init__(
        self,
        reason: str,
        *,
        url: str,
        status: int = 0,
        attempts: int = 1,
        temporary: bool = False,
        retry_after: float | None = None,
        content: bytes = b"",
    ) -> None:
        super().__init__(f"{host_of(url) or url}: {reason}")
        self.reason = reason
        self.url = url
        self.status = status
        self.attempts = attempts
        self.temporary = temporary
        self.retry_after = retry_after
        self.content = content


class UnbelievableError(Exception):
    """Raised by a check: the response has the right status and still is no answer.

    It is asked for again unless `temporary` is False.
    """

    def __init__(self, reason: str, *, temporary: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.temporary = temporary


@dataclass(frozen=True, slots=True)
class Response:
    """A response read to its end. `url` is where it came from after redirects."""

    url: str
    status_code: int
    headers: Mapping[str, str]
    content: bytes
    attempts: int = 1
    from_cache: bool = False

    def header(self, name: str) -> str:
        """A header's value, whatever its case; empty when it was not sent."""
        name = name.lower()
        return next((v for k, v in self.headers.items() if k.lower() == name), "")

    @property
    def text(self) -> str:
        """The content as UTF-8, unreadable bytes replaced."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> Any:
        """The content as JSON; ValueError when it is none."""
        return jsonlib.loads(self.content)


Check = Callable[[Response], object]
"""Looks at a response and raises UnbelievableError when it is no answer."""


def retry_after(response: Response) -> float | None:
    """The seconds a server asks to wait; dates are taken by the server's own clock."""
    value = response.header("Retry-After").strip()
    if not value:
        return None
    try:
        return max(0.0, float(value)) if value.isdigit() else _seconds_until(value, response)
    except (TypeError, ValueError):
        return None


def _seconds_until(value: str, response: Response) -> float:
    then = parsedate_to_datetime(value)
    sent = response.header("Date")
    now = parsedate_to_datetime(sent) if sent else datetime.now(UTC)
    return max(0.0, (then - now).total_seconds())


def network_reason(error: Exception) -> str:
    """What went wrong below HTTP, in words that do not change with the libraries."""
    text = str(error)
    if isinstance(error, ValueError):
        return f"no usable address: {text}"
    if isinstance(error, requests.ConnectTimeout):
        return "no connection in time"
    if isinstance(error, requests.Timeout) or "timed out" in text:
        return "no answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "the secure connection failed"
    if "IncompleteRead" in text or "reset" in text or "Connection broken" in text:
        return "the connection broke off in the middle of the answer"
    return "no connection"


def host_of(url: str) -> str:
    """The host of an address; empty when it has none or is no address."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def same_site(host: str, other: str) -> bool:
    """Whether two hosts belong to one owner, such as feeds.nature.com and www.nature.com."""
    return host == other or bool(_site(host) and _site(host) == _site(other))


def _site(host: str) -> str:
    """The part of a host name that one owner registers; empty for a bare address."""
    labels = host.lower().rstrip(".").split(".")
    if labels[-1].isdigit() or ":" in host or len(labels) < 2:
        return ""
    # Under a country's domain there may be one more level, as in ac.uk.
    shared = len(labels[-1]) == 2 and labels[-2] in _SHARED_LEVELS
    return ".".join(labels[-3:] if shared else labels[-2:])


_SHARED_LEVELS = frozenset({"ac", "co", "com", "edu", "gov", "go", "ne", "net", "or", "org"})


def is_public(host: str) -> bool:
    """Whether a host may be a public one; names are not resolved."""
    try:
        return ip_address(host.strip("[]")).is_global
    except ValueError:
        return "." in host
