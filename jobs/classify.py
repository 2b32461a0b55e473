"""Train on the reading list, then say of every other paper whether it belongs, and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from classifiers.relevance import RelevanceClassifier
from classifiers.sections import Filing, SectionClassifier
from jobs.console import Console
from jobs.listing import Listing
from tracker.paper import Paper
from tracker.pull_request.proposal import Alternative, Evidence, Neighbour
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


def classify(
    papers: Mapping[int, Paper],
    listing: Listing,
    sections: Taxonomy,
    *,
    candidates: Sequence[int],
    rejected: Sequence[int],
    min_relevance: float,
    console: Console,
) -> list[Verdict]:
    """Verdicts on the candidates that are relevant enough, best first.

    `papers` is all of the index that is known by now: those on the list train the
    classifiers, `candidates` are scored and are the background, those `rejected` by reviewers
    are examples of what does not belong. Sections are predicted at or above `min_relevance`.
    """
    listed = [number for number in listing.sections if number in papers]
    if not listed or not candidates:
        return []
    with console.step(f"Training on {len(listed)} papers, judging {len(candidates)}"):
        scored = [papers[number] for number in candidates]
        relevance = RelevanceClassifier().fit(
            [papers[number] for number in listed],
            scored,
            [papers[number] for number in rejected],
        )
        scores = relevance.score(scored)
        relevant = sorted(
            (-float(score), number)
            for number, score in zip(candidates, scores, strict=True)
            if score >= min_relevance
        )
        places = {section.path for section in sections}
        filed = [number for number in listed if listing.sections[number] & places]
        filings = _file([number for _, number in relevant], filed, papers, listing, sections)
    return [
        Verdict(
            number=number,
            paper=papers[number],
            relevance=-score,
            section=filing.section,
            confidence=filing.confidence,
            alternatives=tuple(Alternative(path, chance) for path, chance in filing.alternatives),
            evidence=_evidence(
                filing, [filed[place] for place in filing.neighbours], papers, listing
            ),
        )
        for (score, number), filing in zip(relevant, filings, strict=True)
    ]


def _file(
    numbers: Sequence[int],
    filed: Sequence[int],
    papers: Mapping[int, Paper],
    listing: Listing,
    sections: Taxonomy,
) -> list[Filing]:
    """A filing for each paper, learned from those `filed` under one of the sections."""
    if not numbers:
        return []
    classifier = SectionClassifier(list(sections))
    labels = [[path for path in listing.sections[n] if path in sections] for n in filed]
    classifier.fit([papers[number] for number in filed], labels)
    return classifier.predict([papers[number] for number in numbers])


def _evidence(
    filing: Filing, nearest: Sequence[int], papers: Mapping[int, Paper], listing: Listing
) -> Evidence:
    """Why a paper goes where it goes: terms, and the nearest papers of that very section."""
    neighbours = (
        Neighbour(papers[number].title, papers[number].url, filing.section)
        for number in nearest
        if filing.section in listing.sections[number]
    )
    return Evidence(filing.terms[:_TERMS], tuple(neighbours)[:_NEIGHBOURS])
