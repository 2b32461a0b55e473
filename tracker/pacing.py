"""How fast each provider may be asked, and whose turn it is.

One turn at a time for each group of hosts, and a pause after each. The turns are kept in a
`Store`: in memory for one process, in the index where several share it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from math import inf
from typing import Protocol

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HostRule:
    """What a group of hosts asks of its visitors.

    `pace` is the pause in seconds between the end of one request and the start of the next,
    over all hosts of the `group`; `backoff` the first wait in seconds after a failure.
    """

    group: str
    pace: float
    backoff: float


# A provider's hosts share one pace because its terms count the visitor, not the address.
_RULES: Mapping[str, HostRule] = {
    # "no more than one request every three seconds, and limit requests to a single connection
    # at a time", over the API, RSS and OAI-PMH: https://info.arxiv.org/help/api/tou.html
    "arxiv.org": HostRule("arxiv.org", pace=3.0, backoff=6.0),
    # "1 request per second" with a key: https://www.semanticscholar.org/product/api
    "semanticscholar.org": HostRule("semanticscholar.org", pace=1.0, backoff=2.0),
    # three a second without a key: https://www.ncbi.nlm.nih.gov/books/NBK25497/
    "nih.gov": HostRule("nih.gov", pace=0.4, backoff=2.0),
}
_ELSEWHERE_PACE = 1.0
_ELSEWHERE_BACKOFF = 2.0
# A request that holds a turn longer than this belongs to a process that died.
_LEASE_SECONDS = 240.0
# A turn that another process holds may end long before its lease does.
_LONGEST_NAP = 5.0
_CACHE_BYTES = 48_000_000


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, which nobody's terms of use protect."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def rule_for(host: str) -> HostRule:
    """The rule a host falls under; hosts of no known provider are each a group of their own."""
    host = host.lower()
    if is_loopback(host):
        return HostRule(host, pace=0.0, backoff=0.002)
    for suffix, rule in _RULES.items():
        if host == suffix or host.endswith("." + suffix):
            return rule
    return HostRule(host, _ELSEWHERE_PACE, _ELSEWHERE_BACKOFF)


@dataclass(frozen=True, slots=True)
class Kept:
    """A response kept for later; `at` is when it was received, in seconds since 1970."""

    content: bytes
    headers: Mapping[str, str]
    at: float


class Store(Protocol):
    """Where turns and kept responses live; the index offers one that processes share."""

    def take(self, group: str, now: float, lease: float) -> float:
        """Take the group's turn until `now + lease`; the seconds to wait if it is not free."""
        ...

    def free(self, group: str, at: float) -> None:
        """Give the turn back; the next may be taken at `at`, in seconds since 1970."""
        ...

    def load(self, key: str) -> Kept | None:
        """The response kept under `key`."""
        ...

    def save(self, key: str, kept: Kept) -> None:
        """Keep a response; the store may drop it whenever it likes."""
        ...


@dataclass(slots=True)
class MemoryStore:
    """A store for one process; it drops the responses unused the longest."""

    limit: int = _CACHE_BYTES
    _free_at: dict[str, float] = field(default_factory=dict)
    _kept: OrderedDict[str, Kept] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, group: str, now: float, lease: float) -> float:
        with self._lock:
            wait = self._free_at.get(group, now) - now
            if wait <= 0:
                self._free_at[group] = now + lease
            return max(0.0, wait)

    def free(self, group: str, at: float) -> None:
        with self._lock:
            self._free_at[group] = at

    def load(self, key: str) -> Kept | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def save(self, key: str, kept: Kept) -> None:
        with self._lock:
            self._kept[key] = kept
            self._kept.move_to_end(key)
            while sum(len(other.content) for other in self._kept.values()) > self.limit:
                self._kept.popitem(last=False)


class NoTurnError(Exception):
    """Another process holds the turn for longer than the caller can wait."""


class Pacer:
    """Hands out turns. `clock` gives seconds since 1970, `sleep` waits."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._clock = clock
        self._sleep = sleep
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    @contextmanager
    def turn(self, host: str, deadline: float = inf) -> Iterator[None]:
        """Wait for the host's turn and hold it; the pause of its rule follows.

        Raises NoTurnError when the turn cannot come before `deadline` (seconds since 1970).
        """
        rule = rule_for(host)
        if rule.pace <= 0:
            yield
            return
        with self._guard:
            lock = self._locks.setdefault(rule.group, threading.Lock())
        with lock:
            self._take(rule, deadline)
            try:
                yield
            finally:
                self._store.free(rule.group, self._clock() + rule.pace)

    def _take(self, rule: HostRule, deadline: float) -> None:
        told = False
        while (wait := self._store.take(rule.group, self._clock(), _LEASE_SECONDS)) > 0:
            if wait > _LEASE_SECONDS + rule.pace:
                # No turn is taken that far ahead: a clock was set back in between.
                wait = rule.pace
                self._store.free(rule.group, self._clock() + wait)
            if self._clock() + wait > deadline:
                raise NoTurnError
            if wait > 2 * rule.pace and not told:
                logger.warning(
                    "another process is asking %s; waiting up to %.0f s for its turn to end",
                    rule.group,
                    wait,
                )
                told = True
            self._sleep(min(wait, _LONGEST_NAP))
