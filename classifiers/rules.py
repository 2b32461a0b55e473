"""Sections that say when or where a paper appeared, not what it is about.

Such sections stand side by side below one heading (`Papers › 2023`, `Papers › 2024`). Words
cannot tell them apart: together they are one topic, and the paper's date or venue decides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date

from tracker.paper import Paper
from tracker.taxonomy import Path, section_key

# No "2020+" or "<2020": that is more than a year.
_AROUND = r"[^\w<>≤≥+]*"
_YEAR = re.compile(
    rf"^{_AROUND}(?:year\W+|papers?\s+(?:of|in|from)\s+|papers?\s*[(:\[]\s*)?"
    rf"((?:19|20)\d\d)(?:年|\s+papers?)?{_AROUND}$",
    re.IGNORECASE,
)
_YEAR_IN = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_VENUE_SHARE = 0.6


class Topics:
    """The topics the sections stand for, and how a topic's papers spread over its sections.

    `of` has the topic's number for each section; there are `count` topics. Most topics are
    one section.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        papers: Sequence[Paper],
        labels: Sequence[Collection[Path]],
        rules: bool = True,
    ) -> None:
        self.paths = tuple(paths)
        self._years = [year_of(path) if rules else None for path in paths]
        held: dict[Path, list[Paper]] = {path: [] for path in paths}
        for paper, places in zip(papers, labels, strict=True):
            for path in places:
                held[path].append(paper)
        self._venues = [
            rules and year is None and _is_venue(path, held[path])
            for path, year in zip(paths, self._years, strict=True)
        ]
        numbers: dict[object, int] = {}
        self.of: list[int] = []
        for path, year, venue in zip(paths, self._years, self._venues, strict=True):
            rule = "year" if year is not None else "venue" if venue else ""
            key = (path[:-1], rule) if rule else path
            self.of.append(numbers.setdefault(key, len(numbers)))
        self.count = len(numbers)
        self._sizes = [len(held[path]) for path in paths]
        # A venue is often that of another year than the heading's, such as "NeurIPS 2024".
        self._edition = [
            _year_in(path[-1]) if venue else None
            for path, venue in zip(paths, self._venues, strict=True)
        ]
        # A list may file by the year of the venue, often the one after the preprint.
        self._shifts: dict[int, Counter[int]] = {}
        self._dated = [y or edition for y, edition in zip(self._years, self._edition, strict=True)]
        for topic, path, year in zip(self.of, paths, self._dated, strict=True):
            if year is not None:
                shifts = self._shifts.setdefault(topic, Counter())
                shifts.update(year - p.published.year for p in held[path] if p.published)

    def shares(self, paper: Paper, own: Collection[Path] = ()) -> list[float]:
        """For each section, the share it has in its topic for this paper; 1 when it is alone.

        `own` are the sections of a paper that was learned from and is judged as if it was not.
        """
        itself = [column for column, path in enumerate(self.paths) if path in own]
        weights = [self._weight(column, paper, itself) for column in range(len(self.paths))]
        totals: Counter[int] = Counter()
        for topic, weight in zip(self.of, weights, strict=True):
            totals[topic] += weight  # type: ignore[assignment]  # a Counter adds floats as well
        return [weight / totals[topic] for topic, weight in zip(self.of, weights, strict=True)]

    def _weight(self, column: int, paper: Paper, itself: Sequence[int]) -> float:
        year = self._years[column]
        if year is not None and paper.published is not None:
            return self._of_year(column, year, paper.published, itself)
        if self._venues[column] and paper.venue:
            return self._of_venue(column, paper, itself)
        return self._sizes[column] - itself.count(column) + 1.0

    def _of_year(self, column: int, year: int, day: date, itself: Sequence[int]) -> float:
        shift, topic = year - day.year, self.of[column]
        counted = sum(self.of[own] == topic and self._dated[own] == year for own in itself)
        return self._shifts[topic][shift] - counted + (2.0 if shift == 0 else 0.1)

    def _of_venue(self, column: int, paper: Paper, itself: Sequence[int]) -> float:
        edition = self._edition[column]
        if not _names(self.paths[column], paper):
            return 0.02
        if edition is None:
            return 1.0
        if (stated := _year_in(paper.venue)) is not None:
            return 1.0 if stated == edition else 0.02
        if paper.published is None:
            return 1.0
        most = self._shifts[self.of[column]].total() + 2.0
        return max(0.02, self._of_year(column, edition, paper.published, itself) / most)


def year_of(path: Path) -> int | None:
    """The year a heading is about, where it is about nothing else."""
    found = _YEAR.match(path[-1]) if path else None
    return int(found[1]) if found else None


def names_years(path: Path) -> bool:
    """Whether a heading speaks of a year, or of years, whatever else it is about."""
    return bool(path) and _year_in(path[-1]) is not None


def _year_in(text: str) -> int | None:
    found = _YEAR_IN.search(text)
    return int(found[0]) if found else None


def _is_venue(path: Path, papers: Sequence[Paper]) -> bool:
    known = [paper for paper in papers if paper.venue]
    named = sum(_names(path, paper) for paper in known)
    return len(known) >= 2 and named >= _VENUE_SHARE * len(known)


def _names(path: Path, paper: Paper) -> bool:
    """Whether the heading's words, years aside, are all in the paper's venue."""
    words = {word for word in section_key("".join(path[-1:])).split() if not word.isdigit()}
    return bool(words) and words <= set(section_key(paper.venue).split())
