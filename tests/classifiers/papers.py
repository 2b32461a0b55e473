"""A small invented literature: three topics of a list, and papers that are none of them."""

from __future__ import annotations

import random

from tracker.identifiers import Identifier
from tracker.paper import Paper
from tracker.taxonomy import Path, Section

BEES = ("Insects", "Bee navigation")
ANTS = ("Insects", "Ant colonies")
TIDES = ("Oceans", "Tidal power")
KELP = ("Oceans", "Kelp forests")
SECTIONS = [Section(BEES, 2), Section(ANTS, 2), Section(TIDES, 2), Section(KELP, 2)]

_WORDS = {
    BEES: "bee honeybee waggle dance nectar hive navigation landmark forager flight compass",
    ANTS: "ant colony pheromone trail nest worker queen recruitment swarm soldier brood",
    TIDES: "tidal turbine current lagoon barrage estuary power generator blade flow",
    (): "galaxy telescope poem theorem enzyme market tariff violin glacier protein lattice "
    "compiler verdict harvest ceramic orbit quartz ballad ledger vaccine",
}
_FILLER = [
    "we",
    "study",
    "the",
    "of",
    "and",
    "results",
    "show",
    "that",
    "for",
    "new",
    "with",
    "data",
]


def make(topic: Path, number: int, *, abstract: bool = True) -> Paper:
    """The paper of that number on that topic; the same one every time."""
    chosen = random.Random(f"{topic}{number}")
    words = _WORDS[topic].split()

    def phrase(length: int) -> str:
        return " ".join(
            chosen.choice(words if chosen.random() < 0.5 else _FILLER) for _ in range(length)
        )

    return Paper(
        title=f"{chosen.choice(words)} {chosen.choice(words)} {phrase(5)}",
        abstract=phrase(40) if abstract else "",
        identifiers=(Identifier("arxiv", f"2301.{10000 + number + 1000 * len(words)}"),),
    )


def listed(each: int = 12) -> tuple[list[Paper], list[list[Path]]]:
    """A list: that many papers of three sections, every third without an abstract."""
    papers: list[Paper] = []
    labels: list[list[Path]] = []
    for topic in (BEES, ANTS, TIDES):
        for number in range(each):
            papers.append(make(topic, number, abstract=number % 3 > 0))
            labels.append([topic])
    return papers, labels


def stream(size: int) -> list[Paper]:
    """Papers that have nothing to do with the list."""
    return [make((), number) for number in range(size)]
