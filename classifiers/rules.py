"""Sections that say when or where a paper appeared, not what it is about.

Such sections stand side by side below one heading (`Papers › 2023`, `Papers › 2024`). Words
cannot tell them apart: together they are one topic, and the paper's date or venue decides. A
venue's section is for that venue's papers alone; those without one go to the preprints, if any.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date

from classifiers.venues import kinds_of, names
from classifiers.years import Span, spans, year_in
from tracker.paper import Paper
from tracker.taxonomy import Path

# What a section's share is worth that is not for such a paper, and one of preprints for a
# paper of a venue that has no section: too little to be filed there.
_NOT_HERE, _UNNAMED = 0.02, 0.1


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
        dated = spans(paths) if rules else {}
        self._spans = [dated.get(path) for path in paths]
        held: dict[Path, list[Paper]] = {path: [] for path in paths}
        for paper, places in zip(papers, labels, strict=True):
            for path in places:
                held[path].append(paper)
        undated = {path: inside for path, inside in held.items() if path not in dated}
        kinds = kinds_of(undated) if rules else {}
        self._kinds = [kinds.get(path) for path in paths]
        numbers: dict[object, int] = {}
        self.of: list[int] = []
        for path in paths:
            rule = "year" if path in dated else "venue" if path in kinds else ""
            key = (path[:-1], rule) if rule else path
            self.of.append(numbers.setdefault(key, len(numbers)))
        self.count = len(numbers)
        self._of_venues = {of for of, kind in zip(self.of, self._kinds, strict=True) if kind}
        self._sizes = [len(held[path]) for path in paths]
        # A venue is often that of another year than the heading's, such as "NeurIPS 2024".
        self._edition = [
            year_in(path[-1]) if kind in ("venue", "mixed") else None
            for path, kind in zip(paths, self._kinds, strict=True)
        ]
        # A list may file by the year of the venue, often the one after the preprint.
        self._shifts: dict[int, Counter[int]] = {}
        self._dated = [
            (span[0] if span[0] == span[1] else None) if span else edition
            for span, edition in zip(self._spans, self._edition, strict=True)
        ]
        self._held_years: dict[int, list[Span]] = {}
        for topic, year, span in zip(self.of, self._dated, self._spans, strict=True):
            if span is not None or year is not None:
                held_years = self._held_years.setdefault(topic, [])
                held_years.append(span or (year or 0, year or 0))
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
        totals: dict[int, float] = {}
        best: dict[int, float] = {}
        for topic, weight in zip(self.of, weights, strict=True):
            totals[topic] = totals.get(topic, 0.0) + weight
            best[topic] = max(best.get(topic, 0.0), weight)
        # Where no section of a topic is for the paper its chance goes to none of them.
        for topic in self._of_venues:
            if best[topic] <= _UNNAMED:
                totals[topic] = max(1.0, totals[topic])
        return [weight / totals[topic] for topic, weight in zip(self.of, weights, strict=True)]

    def _weight(self, column: int, paper: Paper, itself: Sequence[int]) -> float:
        span = self._spans[column]
        if span is not None and paper.published is not None:
            return self._of_years(column, span, paper.published, itself)
        kind = self._kinds[column]
        if kind in ("venue", "mixed") and paper.venue:
            return self._of_venue(column, paper, itself)
        if kind == "preprints" and paper.venue:
            return _UNNAMED
        # One that was filed by its venue without stating it says nothing of those without any.
        if kind == "venue" and not any(self._kinds[own] == "venue" for own in itself):
            return _NOT_HERE
        return self._sizes[column] - itself.count(column) + 1.0

    def _of_years(self, column: int, span: Span, day: date, itself: Sequence[int]) -> float:
        """How many of the topic's papers were as far from the year they stand under.

        Where no heading takes the paper's year that says nothing, and the nearest one takes it.
        """
        topic, shifts = self.of[column], self._shifts[self.of[column]]
        usual = max(shifts, key=lambda shift: (shifts[shift], -abs(shift)), default=0)
        gaps = [_away(each, day.year, usual) for each in self._held_years[topic]]
        if min(gaps):
            nearest = _away(span, day.year, usual) == min(gaps)
            # Likelier than all others together, but never sure; less so the further it is.
            return 0.1 + nearest * 0.12 * (len(gaps) - 1) / min(gaps)
        dated = [(self.of[own], self._dated[own]) for own in itself]
        counted = sum(of == topic and _away(span, year or -1, 0) == 0 for of, year in dated)
        low, high = (year - day.year for year in span)
        told = sum(count for shift, count in shifts.items() if low <= shift <= high) - counted
        return told + (2.0 if low <= 0 <= high else 0.1)

    def _of_venue(self, column: int, paper: Paper, itself: Sequence[int]) -> float:
        edition = self._edition[column]
        if not names(self.paths[column], paper):
            return _NOT_HERE
        if edition is None:
            return 1.0
        if (stated := year_in(paper.venue)) is not None:
            return 1.0 if stated == edition else _NOT_HERE
        if paper.published is None:
            return 1.0
        most = self._shifts[self.of[column]].total() + 2.0
        return max(
            _NOT_HERE, self._of_years(column, (edition, edition), paper.published, itself) / most
        )


def _away(span: Span, year: int, usual: int) -> int:
    """How many years a heading's span is away from a paper's year, or from where such go."""
    return min(max(span[0] - each, each - span[1], 0) for each in (year, year + usual))
