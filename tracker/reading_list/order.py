"""The order of a section's entries, learned with its noise, and the place of a new one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

from tracker.identifiers import arxiv_id, fold
from tracker.reading_list.entry import Entry
from tracker.reading_list.pieces import Facts
from tracker.reading_list.words import venue_key

OrderName = Literal[
    "newest first", "oldest first", "alphabetical", "by venue", "appended", "prepended"
]
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """How a section is ordered: its name, what is compared, and whether it descends.

    `share` is how many of the neighbouring pairs keep to it.
    """

    name: OrderName
    by: str
    descending: bool
    share: float

    def key(self, facts: Facts) -> Key | None:
        """What an entry is ordered by; None where it does not state it."""
        return KEYS[self.by](facts)


def _date(facts: Facts) -> Key | None:
    return facts.published.key if facts.published else None


def _year(facts: Facts) -> Key | None:
    return (facts.published.year,) if facts.published else None


def _arxiv(facts: Facts) -> Key | None:
    for link in facts.links:
        found = arxiv_id(link.url) if link.role == "paper" and "arxiv" in link.url.lower() else None
        if found and found[0][:1].isdigit():
            month, _, number = found[0].partition(".")
            return (int(month), int(number))
    return None


def _month(facts: Facts) -> Key | None:
    """The month an entry states, else the month of its arXiv identifier."""
    if facts.published and facts.published.month:
        return (facts.published.year, facts.published.month)
    found = _arxiv(facts)
    return (2000 + found[0] // 100, found[0] % 100) if found else None


def _title(facts: Facts) -> Key | None:
    return (_letters(facts.title),) if facts.title else None


def _name(facts: Facts) -> Key | None:
    return (_letters(facts.short_name or facts.title),) if facts.title else None


@lru_cache(maxsize=65_536)
def _letters(text: str) -> str:
    return re.sub(r"^\W+", "", fold(text))


def _venue(facts: Facts) -> Key | None:
    return (venue_key(facts.venue),) if facts.venue else None


KEYS: dict[str, Callable[[Facts], Key | None]] = {
    "date": _date,
    "year": _year,
    "month": _month,
    "arxiv": _arxiv,
    "name": _name,
    "title": _title,
    "venue": _venue,
}
ENOUGH = 0.8
"""The share of neighbouring pairs that makes an order; fewer is chance."""


def pair_share(keys: Sequence[Key], *, descending: bool) -> tuple[float, int]:
    """The share of neighbouring pairs in order, and how many pairs there are that differ."""
    pairs = list(pairwise(keys))
    if not pairs:
        return 0.0, 0
    kept = sum(a >= b if descending else a <= b for a, b in pairs)
    return kept / len(pairs), sum(a != b for a, b in pairs)


def learn_order(facts: Sequence[Facts]) -> Order:
    """The order a run of entries keeps: the finest that four fifths of the pairs agree on."""
    best: Order | None = None
    best_score = 0.0
    for by in ("date", "month", "arxiv", "name", "title", "year"):
        keys = [key for key in map(KEYS[by], facts) if key is not None]
        if len(keys) < 3 or len(keys) < 0.5 * len(facts):
            continue
        for descending in (True, False) if by not in ("name", "title") else (False,):
            share, differing = pair_share(keys, descending=descending)
            enough = ENOUGH if by not in ("name", "title") else 0.85
            if share < enough or differing < max(2, 0.15 * len(keys)):
                continue
            # Pairs that differ are the evidence; a tie says nothing.
            score = share + 0.2 * differing / len(keys) + (0.05 if by == "date" else 0.0)
            if score > best_score:
                name: OrderName = (
                    "alphabetical"
                    if by in ("name", "title")
                    else ("newest first" if descending else "oldest first")
                )
                best, best_score = Order(name, by, descending, share), score
    return best or _unordered(facts)


def _unordered(facts: Sequence[Facts]) -> Order:
    """Without an order a paper is appended, or put on top where the newer ones stand there."""
    keys = [key for key in map(_month, facts) if key is not None]
    groups = [venue_key(fact.venue) for fact in facts if fact.venue]
    changes = sum(a != b for a, b in pairwise(groups))
    distinct = len(set(groups))
    if len(groups) >= 6 and len(groups) >= 0.8 * len(facts) and 1 < distinct <= 0.5 * len(groups):
        if changes <= 1.2 * (distinct - 1):
            return Order("by venue", "venue", False, 1 - changes / len(groups))
    if len(keys) >= 4:
        half = len(keys) // 2
        top, bottom = sorted(keys[:half]), sorted(keys[-half:])
        if top[len(top) // 2] > bottom[len(bottom) // 2]:
            return Order("prepended", "month", True, 0.0)
    return Order("appended", "month", False, 0.0)


def place(order: Order, keys: Sequence[Key | None], new: Key | None, facts: Facts,
          others: Sequence[Facts]) -> int:  # fmt: skip
    """Before which of the entries (0 to their number) a new one goes.

    `keys` are those the entries are ordered by, as `order.key` gives them.
    """
    count = len(keys)
    if order.name == "by venue":
        same = [n for n in range(count) if keys[n] is not None and keys[n] == new]
        return same[-1] + 1 if same else count
    if order.name == "appended" or (new is None and not order.descending):
        return count
    if order.name == "prepended" or new is None:
        return 0
    return _least_disorder(order, keys, new)


def _least_disorder(order: Order, keys: Sequence[Key | None], new: Key) -> int:
    """The place that contradicts the fewest neighbours; newest-first lists take it early."""
    sign = -1 if order.descending else 1
    # Disorder at place p: entries before p that should follow, entries from p on that should lead.
    cost = sum(1 for key in keys if key is not None and sign * _compare(key, new) < 0)
    costs = [cost]
    for key in keys:
        if key is not None:
            relation = sign * _compare(key, new)
            cost += (relation > 0) - (relation < 0)
        costs.append(cost)
    least = min(costs)
    places = [p for p, value in enumerate(costs) if value == least]
    return places[0] if order.descending else places[-1]


def _compare(left: Key, right: Key) -> int:
    return (left > right) - (left < right)


def entry_keys(order: Order, entries: Sequence[Entry]) -> list[Key | None]:
    """What each entry is ordered by."""
    return [order.key(entry.facts) for entry in entries]
