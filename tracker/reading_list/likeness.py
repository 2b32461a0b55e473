"""Which of a section's entries a new one is written like."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from tracker.reading_list.dates import PartialDate
from tracker.reading_list.pieces import Facts
from tracker.reading_list.template import Template, label_key


def closest(facts: Facts, near: Sequence[tuple[Template, float]]) -> Template:
    """Of the patterns the commonest among those that fit best; its entry that fits best.

    `near` are patterns with what is added to their distance from the facts.
    """
    votes: dict[str, float] = {}
    best: dict[str, tuple[float, Template]] = {}
    for template, extra in near:
        cost = distance(facts, template) + extra
        votes[template.masked] = votes.get(template.masked, 0.0) + math.exp(-2.0 * cost)
        if template.masked not in best or cost < best[template.masked][0]:
            best[template.masked] = (cost, template)
    return best[max(votes, key=lambda pattern: votes[pattern])][1]


def distance(facts: Facts, template: Template) -> float:
    """How badly facts fit a pattern: 0 for the same parts, some units for each part too much."""
    kinds = template.kinds
    other = template.facts
    cost = 0.0
    for kind, value, theirs in (
        ("short", facts.short_name, other.short_name),
        ("venue", facts.venue, other.venue),
        ("authors", facts.authors, other.authors),
    ):
        has = kind in kinds and bool(theirs)
        cost += 4.0 * (has and not value) + 3.0 * (bool(value) and not has)
    cost += _date_distance(facts.published, other.published if "date" in kinds else None)
    cost += 2.0 * (facts.et_al != other.et_al and bool(facts.authors) and bool(other.authors))
    cost += 1.5 * ("note" in kinds)
    cost += 2.5 * _carrier_differs(facts, template)
    wanted = Counter(label_key(link) for link in facts.links)
    has_labels = Counter(template.labels)
    spare = sum((has_labels - wanted).values())
    lacking = sum((wanted - has_labels).values()) - (template.carrier >= 0)
    return cost + 0.6 * spare + 0.5 * max(lacking, 0)


def _carrier_differs(facts: Facts, template: Template) -> bool:
    carried = any(not link.label and not link.image and link.url for link in facts.links)
    return carried != (template.carrier >= 0)


def _date_distance(mine: PartialDate | None, theirs: PartialDate | None) -> float:
    if mine is None or theirs is None:
        return 4.0 * (theirs is not None) + 3.0 * (mine is not None)
    return 3.0 * (mine.depth != theirs.depth)
