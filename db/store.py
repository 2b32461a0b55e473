"""Turns and kept responses in the index, so that processes share pace and cache."""

from __future__ import annotations

import json
import os
import platform
import zlib
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from sqlmodel import Session

from db import history
from db.index import Index
from tracker.pacing import Kept

_TURNS = "turn"
RESPONSES = "response"
"""The topic of kept responses among the index's memos."""
_KEEP = timedelta(days=2)
"""Responses are good for the day; one day more lets a look at yesterday's run go without asking."""


_AFTER_DEATH = 3.0
"""Seconds to wait after a process that died while it asked: no provider wants a longer pause."""


class IndexStore:
    """Implements `tracker.pacing.Store` over an open index."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def take(self, group: str, now: float, lease: float) -> float:
        """Take the group's turn until `now + lease`; the seconds to wait if it is not free.

        The turn of a process of this machine that is no more ends at once, with a pause.
        """
        with self._index.write() as session:
            kept = history.recall(session, _TURNS, group)
            until, _, holder = kept[0].decode().partition(" ") if kept else ("0", "", "")
            wait = float(until) - now
            if wait <= 0:
                self._set(session, group, now + lease, now, holder=f"{_machine()}/{os.getpid()}")
            elif wait > _AFTER_DEATH and _is_dead(holder):
                self._set(session, group, now + _AFTER_DEATH, now)
                wait = _AFTER_DEATH
            return max(0.0, wait)

    def free(self, group: str, at: float) -> None:
        """Give the turn back; the next may be taken at `at`, in seconds since 1970."""
        with self._index.write() as session:
            self._set(session, group, at, at)

    def load(self, key: str) -> Kept | None:
        """The response kept under `key`."""
        with self._index.read() as session:
            kept = history.recall(session, RESPONSES, key)
        if kept is None:
            return None
        head, _, content = zlib.decompress(kept[0]).partition(b"\n")
        data = json.loads(head)
        return Kept(content, data["headers"], data["at"])

    def save(self, key: str, kept: Kept) -> None:
        """Keep a response for two days."""
        head = json.dumps({"at": kept.at, "headers": dict(kept.headers)}).encode()
        at = datetime.fromtimestamp(kept.at, UTC)
        with self._index.write() as session:
            history.forget(session, RESPONSES, before=at - _KEEP)
            history.remember(
                session, RESPONSES, key, zlib.compress(head + b"\n" + kept.content), at=at
            )

    def _set(
        self, session: Session, group: str, until: float, now: float, *, holder: str = ""
    ) -> None:
        at = datetime.fromtimestamp(now, UTC)
        history.remember(session, _TURNS, group, f"{until!r} {holder}".strip().encode(), at=at)


@cache
def _machine() -> str:
    """What this machine is, as far as process numbers mean the same thing on it."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        # Each container counts its processes for itself.
        return f"{boot}/{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return platform.node()


def _is_dead(holder: str) -> bool:
    """Whether the holder of a turn was a process of this machine that is no more."""
    machine, _, process = holder.rpartition("/")
    # Elsewhere than on POSIX systems asking after a process would end it.
    if os.name != "posix" or machine != _machine() or not process.isdecimal():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
