"""What is known of a link: what its last check gave, since when it fails, when to ask again.

Pure: nothing is asked here (`tracker.links_check`) and nothing is kept (`db.links`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import unescape
from ipaddress import IPv6Address
from typing import Literal
from urllib.parse import quote, urlsplit, urlunsplit

Status = Literal[
    "alive",
    "moved",
    "dead",
    "forbidden",
    "rate limited",
    "server trouble",
    "timed out",
    "refused",
    "unchecked",
]
"""What a check says of an address.

`moved` is alive at another address, for good; `dead` was answered 404 or 410, or its host has
no name; `forbidden` may be alive for a person; `refused` had no connection, or no safe one.
"""

FAILING: frozenset[Status] = frozenset({"dead", "server trouble", "timed out", "refused"})
"""What counts as a failed check. Being kept out is none, and `unchecked` says nothing."""

GONE = frozenset({404, 410})
"""The statuses by which a server says that a page is not there."""

_A_DAY = timedelta(days=1)
_SOON = timedelta(hours=12)
_MOST_DOUBLINGS = 12


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one check gave.

    `code` is the HTTP status, 0 when nothing answered; `target` where the address leads for
    good, when that is elsewhere; `reason` a clause for a person. `is_unreachable` says that no
    server was heard of, as it is when the network is down.
    """

    status: Status
    code: int = 0
    target: str = ""
    reason: str = ""
    is_unreachable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkState:
    """What the checks so far say of an address.

    `failures` counts failed checks in a row, `failing_since` is the first of them. `archived`
    is the address of an archived copy, "" when there is none, None when nobody asked.
    """

    address: str
    status: Status
    code: int = 0
    target: str = ""
    reason: str = ""
    checked_at: datetime
    alive_at: datetime | None = None
    failing_since: datetime | None = None
    failures: int = 0
    archived: str | None = None

    @property
    def is_dead(self) -> bool:
        """Whether to call it dead.

        A page its server says is gone is dead at once; one whose host has no name only when a
        second check, at least a day after the first, finds the same.
        """
        if self.status != "dead":
            return False
        since = self.failing_since or self.checked_at
        lasting = self.failures >= 2 and self.checked_at - since >= _A_DAY
        return self.code in GONE or lasting

    @property
    def verdict(self) -> str:
        """The status as people read it: what looks dead and is not sure to be is `failing`."""
        return "failing" if self.status == "dead" and not self.is_dead else self.status

    def is_due(self, now: datetime, recheck_days: float) -> bool:
        """Whether to ask again.

        What was alive or kept us out is left alone for `recheck_days`; what fails is asked for
        after half a day, then after twice as long each time, up to `recheck_days`.
        """
        patience = timedelta(days=recheck_days)
        if self.failures:
            doublings = min(self.failures - 1, _MOST_DOUBLINGS)
            patience = min(patience, _SOON * 2**doublings)
        return now - self.checked_at >= patience


def after(
    before: LinkState | None, address: str, outcome: Outcome, at: datetime
) -> LinkState | None:
    """What is known of an address after a check; as before where the check says nothing."""
    if outcome.status in {"unchecked", "rate limited"}:
        return before
    state = LinkState(
        address=address,
        status=outcome.status,
        code=outcome.code,
        target=outcome.target,
        reason=outcome.reason,
        checked_at=at,
        alive_at=before.alive_at if before else None,
    )
    if outcome.status not in FAILING:
        return state if outcome.status == "forbidden" else replace(state, alive_at=at)
    if before is None or not before.failures:
        return replace(state, failing_since=at, failures=1)
    return replace(
        state,
        failing_since=before.failing_since,
        failures=before.failures + 1,
        archived=before.archived,
    )


# CommonMark lets any punctuation be escaped in an address.
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
# What stands in no host's name, by whatever alphabet.
_NO_HOST = re.compile(r"[\s\x00-\x20\"<>\\^`{|}%@\[\]!$&'()*+,;=]")
# Only with its semicolon: `?a=1&copy=2` holds none.
_ENTITY = re.compile(r"&(?:#\w{1,8}|\w{2,32});")


def link_address(url: str) -> str | None:
    """The address to ask for, as a list writes it: without fragment, user name or escapes.

    Equal for links that lead to the same page. None for what is no http or https address.
    """
    text = _ESCAPED.sub(r"\1", _ENTITY.sub(lambda entity: unescape(entity[0]), url.strip()))
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").lower(), parts.port
        name = f"[{IPv6Address(host)}]" if ":" in host else host
    except ValueError:
        return None
    if parts.scheme.lower() not in {"http", "https"} or not host or _NO_HOST.search(host):
        return None
    place = f"{name}:{port}" if port is not None else name
    path = re.sub(r"[\s\x00-\x1f]", lambda sign: quote(sign[0]), parts.path)
    return urlunsplit((parts.scheme.lower(), place, path or "/", parts.query, ""))


def same_page(one: str, other: str) -> bool:
    """Whether two addresses differ in nothing a list would be edited for."""
    return _bare(one) == _bare(other)


def _bare(address: str) -> tuple[str, str, str, str]:
    parts = urlsplit(address)
    host = (
        (parts.netloc or "").lower().removeprefix("www.").removesuffix(f":{_PORTS[parts.scheme]}")
    )
    return parts.scheme, host, parts.path.rstrip("/"), parts.query


_PORTS = {"http": 80, "https": 443}
