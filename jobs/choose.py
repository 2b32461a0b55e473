"""Which papers are put to the reviewers now: the most certain first, and no section alone."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from jobs.classify import Verdict
from jobs.listing import around
from tracker.settings import ProposeSettings, SectionSettings
from tracker.taxonomy import Path

_SHARE = 1 / 3
"""How much of a batch one section may take while papers of others wait."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What becomes of the relevant papers; each part is best first.

    `excluded` belong to sections that the settings leave alone.
    """

    chosen: tuple[Verdict, ...]
    postponed: tuple[Verdict, ...]
    unplaced: tuple[Verdict, ...]
    excluded: tuple[Verdict, ...] = ()


def choose(
    verdicts: Sequence[Verdict],
    settings: ProposeSettings,
    *,
    waiting: Iterable[Path],
    min_confidence: float,
    sections: Mapping[Path, SectionSettings],
) -> Choice:
    """The most relevant papers with a clear section, as many as there is room for.

    `settings.limit` bounds what is open, so the proposals `waiting`, given by section, take
    their share of it. A section gets a third of the batch at first, and more of it only when
    nothing else is left; what the settings of a section say of it, and of those around it,
    holds always.
    """
    excluded = [v for v in verdicts if excluding(v.section, sections)]
    left_alone = {verdict.number for verdict in excluded}
    rest = [v for v in verdicts if v.number not in left_alone]
    placed = [v for v in rest if v.confidence >= min_confidence]
    held = Counter(waiting)
    room = max(settings.limit - held.total(), 0)
    share = max(1, math.ceil(settings.limit * _SHARE))
    chosen: set[int] = set()
    for most in (share, settings.limit):
        for verdict in placed:
            if len(chosen) == room:
                break
            if verdict.number in chosen or held[verdict.section] >= most:
                continue
            if not limiting(verdict.section, held, sections):
                chosen.add(verdict.number)
                held[verdict.section] += 1
    return Choice(
        chosen=tuple(v for v in placed if v.number in chosen),
        postponed=tuple(v for v in placed if v.number not in chosen),
        unplaced=tuple(v for v in rest if v.confidence < min_confidence),
        excluded=tuple(excluded),
    )


def excluding(section: Path, sections: Mapping[Path, SectionSettings]) -> SectionSettings | None:
    """The settings by which nothing is filed under a section: its own, or of one around it."""
    return next((found for found in around(section, sections) if found.exclude), None)


def limiting(
    section: Path, held: Mapping[Path, int], sections: Mapping[Path, SectionSettings]
) -> SectionSettings | None:
    """The settings whose limit leaves no room for one more in a section, if any do."""
    for depth in range(1, len(section) + 1):
        part = section[:depth]
        limit = sections[part].limit if part in sections else None
        below = sum(count for path, count in held.items() if path[:depth] == part)
        if limit is not None and below >= limit:
            return sections[part]
    return None
