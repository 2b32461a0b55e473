"""The order of a section's entries, learned with its noise, and the place of a new one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any, Literal

from tracker.identifiers import arxiv_id, fold
from tracker.reading_list.pieces import Facts
from tracker.reading_list.words import venue_key

OrderName = Literal[
    "newest first", "oldest first", "alphabetical", "by venue", "appended", "prepended"
]
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """How a section is ordered: its name, what is compared, and whether it descends.

    `share` is how many of the neighbouring pairs keep to it; `refined` says that entries of one
    date stand in the order of their arXiv identifiers.
    """

    name: OrderName
    by: str
    descending: bool
    share: float
    refined: bool = False

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


def pair_counts(keys: Sequence[Key], *, descending: bool) -> tuple[int, int, int]:
    """How many neighbouring pairs are in order, tied, and out of order."""
    pairs = [(b, a) if descending else (a, b) for a, b in pairwise(keys)]
    right = sum(a < b for a, b in pairs)
    tied = sum(a == b for a, b in pairs)
    return right, tied, len(pairs) - right - tied


def learn_order(facts: Sequence[Facts]) -> Order:
    """The order a run of entries keeps: the one most of its neighbouring pairs agree on."""
    best: Order | None = None
    best_score = 0.0
    for by in ("date", "month", "arxiv", "name", "title", "year"):
        keys = [key for key in map(KEYS[by], facts) if key is not None]
        if len(keys) < 3 or len(keys) < 0.5 * len(facts):
            continue
        dated = by not in ("name", "title")
        for descending in (True, False) if dated else (False,):
            right, tied, wrong = pair_counts(keys, descending=descending)
            share = (right + tied) / (right + tied + wrong)
            if share < (ENOUGH if dated else 0.85) or right < max(2, 2 * wrong):
                continue
            # Pairs that differ are the evidence; a tie says little.
            score = share + 0.35 * right / len(keys) + (0.05 if by == "date" else 0.0)
            if score > best_score:
                name: OrderName = "newest first" if descending else "oldest first"
                order = Order(name if dated else "alphabetical", by, descending, share)
                best, best_score = replace(order, refined=_refined(order, facts)), score
    return best or _unordered(facts)


def usual_order(sections: Iterable[Sequence[Facts]]) -> Order | None:
    """The order that most sections of some size keep; None where there is no such."""
    found: Counter[tuple[OrderName, str, bool]] = Counter()
    orders: dict[tuple[OrderName, str, bool], Order] = {}
    judged = 0
    for facts in sections:
        if len(facts) >= 4:
            judged += 1
            order = learn_order(facts)
            if order.name in ("newest first", "oldest first", "alphabetical"):
                key = (order.name, order.by, order.descending)
                found[key] += 1
                orders.setdefault(key, order)
    if not found:
        return None
    best, count = found.most_common(1)[0]
    return orders[best] if count >= max(2, 0.4 * judged) else None


def follows(order: Order, facts: Sequence[Facts]) -> bool:
    """Whether entries too few to show an order of their own keep to one."""
    keys = [key for fact in facts if (key := order.key(fact)) is not None]
    if len(keys) < 0.5 * len(facts) or not keys:
        return False
    right, tied, wrong = pair_counts(keys, descending=order.descending)
    return wrong <= (1 - ENOUGH) * (right + tied + wrong)


def _refined(order: Order, facts: Sequence[Facts]) -> bool:
    """Whether entries of one date stand in the order of their arXiv identifiers."""
    if order.by not in ("date", "month", "year"):
        return False
    keyed = [(order.key(fact), _arxiv(fact)) for fact in facts]
    tied = [(x, y) for (a, x), (b, y) in pairwise(keyed) if a == b and x and y and x != y]
    kept = sum((x > y) == order.descending for x, y in tied)
    return len(tied) >= 3 and kept >= 0.65 * len(tied)


def _unordered(facts: Sequence[Facts]) -> Order:
    """Without an order a paper is appended, or put on top where the newer ones stand there."""
    keys = [key for key in map(_month, facts) if key is not None]
    groups = [venue_key(fact.venue) for fact in facts if fact.venue]
    changes = sum(a != b for a, b in pairwise(groups))
    distinct = len(set(groups))
    many = len(groups) >= max(6, 0.8 * len(facts)) and 1 < distinct <= 0.5 * len(groups)
    if many and changes <= 1.2 * (distinct - 1):
        return Order("by venue", "venue", False, 1 - changes / len(groups))
    if len(keys) >= 4:
        half = len(keys) // 2
        top, bottom = sorted(keys[:half]), sorted(keys[-half:])
        if top[len(top) // 2] > bottom[len(bottom) // 2]:
            return Order("prepended", "month", True, 0.0)
    return Order("appended", "month", False, 0.0)


def place(order: Order, others: Sequence[Facts], new: Facts) -> int:
    """Before which of the entries (0 to their number) a new one goes."""
    keys = [order.key(facts) for facts in others]
    key = order.key(new)
    count = len(keys)
    if order.name == "by venue":
        same = [n for n in range(count) if key is not None and keys[n] == key]
        return same[-1] + 1 if same else count
    if order.name == "appended" or (key is None and not order.descending):
        return count
    if order.name == "prepended" or key is None:
        return 0
    places = _least_disorder(order, keys, key)
    number = _arxiv(new) if order.refined else None
    if number is not None and len(places) > 1:
        low, high = places[0], places[-1]
        tied = [
            _arxiv(facts) if keys[n] == key else None
            for n, facts in enumerate(others[low:high], low)
        ]
        places = [low + n for n in _least_disorder(order, tied, number)]
    return places[0] if order.descending else places[-1]


def _least_disorder(order: Order, keys: Sequence[Key | None], new: Key) -> list[int]:
    """The places that contradict the fewest entries.

    Disorder at a place: entries before it that should follow, and from it on that should lead.
    """
    sign = -1 if order.descending else 1
    cost = sum(1 for key in keys if key is not None and sign * _compare(key, new) < 0)
    costs = [cost]
    for key in keys:
        if key is not None:
            relation = sign * _compare(key, new)
            cost += (relation > 0) - (relation < 0)
        costs.append(cost)
    least = min(costs)
    return [n for n, value in enumerate(costs) if value == least]


def _compare(left: Key, right: Key) -> int:
    return (left > right) - (left < right)


def strictly_ordered(facts: Sequence[Facts]) -> bool:
    """Whether four fifths of the neighbouring pairs stand in order by date or by alphabet.

    Two entries of one date are in no order, so they do not count for it.
    """
    for by in ("date", "arxiv", "name", "title"):
        keys = [key for key in map(KEYS[by], facts) if key is not None]
        if len(keys) < 3 or len(keys) < ENOUGH * len(facts):
            continue
        for descending in (True, False):
            right, _, _ = pair_counts(keys, descending=descending)
            if right >= ENOUGH * (len(keys) - 1):
                return True
    return False
