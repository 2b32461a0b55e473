"""Turns and kept responses in the index, so that processes share pace and cache."""

from __future__ import annotations

import json
import zlib
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from db import history
from db.index import Index
from tracker.pacing import Kept

_TURNS = "turn"
RESPONSES = "response"
"""The topic of kept responses among the index's memos."""
_KEEP = timedelta(days=2)
"""Responses are good for the day; one day more lets a look at yesterday's run go without asking."""


class IndexStore:
    """Implements `tracker.pacing.Store` over an open index."""

    def __init__(self, index: Index) -> None:
        self._index = index

    def take(self, group: str, now: float, lease: float) -> float:
        """Take the group's turn until `now + lease`; the seconds to wait if it is not free."""
        with self._index.write() as session:
            kept = history.recall(session, _TURNS, group)
            wait = float(kept[0]) - now if kept else 0.0
            if wait <= 0:
                self._set(session, group, now + lease, now)
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

    def _set(self, session: Session, group: str, until: float, now: float) -> None:
        at = datetime.fromtimestamp(now, UTC)
        history.remember(session, _TURNS, group, repr(until).encode(), at=at)
