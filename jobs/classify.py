"""Train on the reading list, then say of every other paper whether it belongs, and where."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from classifiers.relevance import RelevanceClassifier
from classifiers.sections import Filing, SectionClassifier
from jobs.console import Console
from jobs.listing import Listing
from tracker.counting import counted
from tracker.paper import Paper
from tracker.pull_request.proposal import Alternative, Evidence, Neighbour
from tracker.settings import ProposeSettings
from tracker.taxonomy import Path, Taxonomy

_TERMS = 4
_NEIGHBOURS = 2


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the classifiers say of a paper; numbers from 0 to 1."""

    number: int
    paper: Paper
    relevance: float
    section: Path
    confidence: float
    alternatives: tuple[Alternative, ...]
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was made of the candidates.

    `verdicts` are on those that are relevant enough, best first, `asked` on those that a person
    asked for. `min_confidence` is the bar for filing a paper.
    """

    verdicts: tuple[Verdict, ...] = ()
    asked: tuple[Verdict, ...] = ()
    min_confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class Pool:
    """What is judged: the papers known by a day, and those of them that are not on the list.

    Of these `candidates` may be proposed, and reviewers turned down the `rejected`.
    """

    papers: Mapping[int, Paper]
    candidates: Sequence[int]
    rejected: Sequence[int]


def pool_of(
    papers: Mapping[int, Paper],
    listing: Listing,
    *,
    reported: Collection[int],
    rejected: Collection[int],
    as_of: date,
    asked: Collection[int] = (),
) -> Pool:
    """What a run of that day judges; `reported` are the papers that came from sources.

    Those `asked` for are known whatever their day, which alone makes them no candidates.
    """
    known = {
        number: paper
        for number, paper in papers.items()
        if number in listing.sections or paper.published is None or paper.published <= as_of
    }
    unlisted = [number for number, paper in known.items() if not listing.has(number, paper)]
    return Pool(
        papers=known | {number: papers[number] for number in asked},
        candidates=[n for n in unlisted if n in reported and n not in rejected],
        rejected=[n for n in unlisted if n in rejected],
    )


def classify(
    papers: Mapping[int, Paper],
    listing: Listing,
    sections: Taxonomy,
    *,
    candidates: Sequence[int],
    rejected: Sequence[int],
    asked: Collection[int] = (),
    settings: ProposeSettings,
    console: Console,
) -> Judgement:
    """Judge the candidates: whether they belong, and where.

    `papers` is all of the index that is known by now: those on the list train the
    classifiers, `candidates` are scored and are the background, those `rejected` by reviewers
    are examples of what does not belong. Sections are predicted at or above the bar for
    relevance, and for those that a person `asked` for whatever their relevance.
    """
    listed = [number for number in listing.sections if number in papers]
    if not listed or not (candidates or asked):
        return Judgement(min_confidence=settings.min_confidence)
    with console.step(f"Training on {counted(len(listed), 'paper')}, judging {len(candidates)}"):
        scores = _scores(papers, listed, candidates, rejected)
        relevant = sorted(
            (n for n in candidates if scores[n] >= settings.min_relevance),
            key=lambda number: (-scores[number], number),
        )
        filing = _Filing(papers, listing, sections)
        return Judgement(
            verdicts=filing.verdicts([(n, scores[n]) for n in relevant]),
            asked=filing.verdicts([(n, scores.get(n, 1.0)) for n in sorted(asked)]),
            min_confidence=filing.bar(settings),
        )


def _scores(
    papers: Mapping[int, Paper],
    listed: Sequence[int],
    candidates: Sequence[int],
    rejected: Sequence[int],
) -> dict[int, float]:
    """How relevant each candidate is, from 0 to 1."""
    if not candidates:
        return {}
    scored = [papers[number] for number in candidates]
    relevance = RelevanceClassifier().fit(
        [papers[number] for number in listed],
        scored,
        [papers[number] for number in rejected],
    )
    return dict(zip(candidates, map(float, relevance.score(scored)), strict=True))


class _Filing:
    """The section classifier, trained on what the list files where."""

    def __init__(self, papers: Mapping[int, Paper], listing: Listing, sections: Taxonomy) -> None:
        self._papers = papers
        self._listing = listing
        self._places = {section.path for section in sections}
        self._sections = list(sections)
        self._filed = [
            number
            for number, paths in listing.sections.items()
            if number in papers and paths & self._places
        ]

    @cached_property
    def _classifier(self) -> SectionClassifier:
        classifier = SectionClassifier(self._sections)
        labels = [
            [path for path in self._listing.sections[number] if path in self._places]
            for number in self._filed
        ]
        classifier.fit([self._papers[number] for number in self._filed], labels)
        return classifier

    def verdicts(self, scored: Sequence[tuple[int, float]]) -> tuple[Verdict, ...]:
        """Verdicts on papers with their relevance, in this order."""
        if not scored:
            return ()
        filings = self._classifier.predict([self._papers[number] for number, _ in scored])
        return tuple(
            Verdict(
                number=number,
                paper=self._papers[number],
                relevance=relevance,
                section=filing.section,
                confidence=filing.confidence,
                alternatives=tuple(Alternative(path, p) for path, p in filing.alternatives),
                evidence=self._evidence(filing),
            )
            for (number, relevance), filing in zip(scored, filings, strict=True)
        )

    def bar(self, settings: ProposeSettings) -> float:
        """The confidence from which a paper is filed; above 1 where none is high enough."""
        if settings.precision is None:
            return settings.min_confidence
        threshold = self._classifier.threshold(settings.precision)
        return 1.01 if threshold is None else threshold

    def _evidence(self, filing: Filing) -> Evidence:
        """Why a paper goes where it goes: terms, and the nearest papers of that very section."""
        near = (self._filed[place] for place in filing.neighbours)
        neighbours = (
            Neighbour(self._papers[number].title, self._papers[number].url, filing.section)
            for number in near
            if filing.section in self._listing.sections[number]
        )
        return Evidence(filing.terms[:_TERMS], tuple(neighbours)[:_NEIGHBOURS])
