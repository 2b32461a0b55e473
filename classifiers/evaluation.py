"""How good decisions were: pure functions over what was said and what was true.

Probabilities and scores are arrays with one row a paper and one column a section; truth is an
array of the same shape, true where the paper stands in the section.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv

# A paper likelier wrong than right is not filed, however many right ones stand beside it.
EVEN = 0.5
ASSURANCE = 0.8
"""How sure to be that a threshold's precision will hold for decisions to come.

Without, the luckiest threshold is chosen and the precision falls short; see docs/quality.md."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much can be decided at a precision.

    `threshold` is the lowest confidence from which at least that share is right, None when
    there is none; `coverage` is the share of all decisions at or above it.
    """

    threshold: float | None
    coverage: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Decisions of like confidence: how sure they were on average, how many were right."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Quality:
    """Shares of papers whose first, or one of the first three sections is right, and macro-F1."""

    top1: float
    top3: float
    macro_f1: float


@dataclass(frozen=True, slots=True)
class Suspect:
    """A listed paper that looks misfiled; `row` is its place, `better` the likelier section."""

    row: int
    better: int
    confidence: float
    current: float


def quality(scores: np.ndarray, truth: np.ndarray) -> Quality:
    """The three figures of a filing; any of a paper's sections counts as right.

    Macro-F1 takes as a wrongly filed paper's section the first it stands in, and averages
    over the sections that are true or predicted at least once, as scikit-learn does.
    """
    order = np.argsort(-scores, axis=1, kind="stable")
    rows = np.arange(len(scores))
    best = order[:, 0]
    right = truth[rows, best]
    top3 = truth[rows[:, None], order[:, :3]].any(axis=1)
    actual = np.where(right, best, truth.argmax(axis=1))
    return Quality(float(right.mean()), float(top3.mean()), macro_f1(actual, best))


def macro_f1(actual: np.ndarray, predicted: np.ndarray) -> float:
    """The mean over sections of the harmonic mean of precision and recall."""
    values = []
    for section in np.union1d(actual, predicted):
        both = int(((actual == section) & (predicted == section)).sum())
        said, is_so = int((predicted == section).sum()), int((actual == section).sum())
        values.append(2 * both / (said + is_so))
    return float(np.mean(values)) if values else 0.0


def reliability(confidences: np.ndarray, right: np.ndarray, bins: int = 10) -> list[Bin]:
    """The reliability diagram: decisions in bins of equal width, empty bins left out."""
    places = np.minimum((confidences * bins).astype(int), bins - 1)
    found = []
    for place in np.unique(places):
        inside = places == place
        found.append(
            Bin(
                low=place / bins,
                high=(place + 1) / bins,
                count=int(inside.sum()),
                confidence=float(confidences[inside].mean()),
                accuracy=float(right[inside].mean()),
            )
        )
    return found


def calibration_error(confidences: np.ndarray, right: np.ndarray, bins: int = 10) -> float:
    """The expected calibration error: how far confidence and accuracy lie apart, on average."""
    total = max(1, len(confidences))
    diagram = reliability(confidences, right, bins)
    return float(sum(b.count * abs(b.confidence - b.accuracy) for b in diagram) / total)


def coverage_at(
    confidences: np.ndarray,
    right: np.ndarray,
    precision: float,
    least: int = 5,
    assurance: float | None = None,
) -> Coverage:
    """How many decisions can be taken alone so that the given share of them is right.

    Fewer than `least` decisions prove nothing and do not count. With an assurance, it is not
    the share right of these decisions that must reach the precision, but its lower bound at
    that level (Clopper and Pearson 1934).
    """
    order = np.argsort(-confidences, kind="stable")
    ranked = confidences[order]
    hits, taken = np.cumsum(right[order]), np.arange(1, len(order) + 1)
    # With no hit there is no bound above zero, and the function none to give.
    shares = (
        hits / taken
        if assurance is None
        else np.where(hits, betaincinv(np.maximum(hits, 1), taken - hits + 1, 1 - assurance), 0)
    )
    # Equal confidences cannot be told apart, so a threshold takes all of them or none.
    last = np.append(ranked[1:] != ranked[:-1], True) if len(ranked) else np.zeros(0, bool)
    enough = last & (shares >= precision) & (taken >= least)
    if not enough.any():
        return Coverage(None, 0.0)
    place = int(np.flatnonzero(enough)[-1])
    return Coverage(float(ranked[place]), (place + 1) / len(order))


def filed_alone(confidences: np.ndarray, right: np.ndarray, precision: float) -> Coverage:
    """How many filings a bot may do by itself so that the given share of them is right.

    With `ASSURANCE`, and never below an even chance, whatever the rest makes up for.
    """
    found = coverage_at(confidences, right, precision, assurance=ASSURANCE)
    if found.threshold is None or found.threshold >= EVEN:
        return found
    return Coverage(EVEN, float((confidences >= EVEN).mean()))


def confusion(actual: Sequence[int], predicted: Sequence[int], sections: int) -> np.ndarray:
    """How often each section (row) was taken for each (column)."""
    matrix = np.zeros((sections, sections), dtype=int)
    np.add.at(matrix, (np.asarray(actual, dtype=int), np.asarray(predicted, dtype=int)), 1)
    return matrix


def suspects(probabilities: np.ndarray, truth: np.ndarray, least: float = 0.5) -> list[Suspect]:
    """Papers that another section claims with at least that confidence, the clearest first.

    `probabilities` must be of papers judged as if they were not on the list.
    """
    best = probabilities.argmax(axis=1)
    found = [
        Suspect(row, int(column), float(chances[column]), float(chances[own].max(initial=0.0)))
        for row, (column, chances, own) in enumerate(zip(best, probabilities, truth, strict=True))
        if not own[column] and own.any() and chances[column] >= least
    ]
    return sorted(found, key=lambda s: (s.current - s.confidence, s.row))


def average_precision(scores: np.ndarray, relevant: np.ndarray) -> float:
    """The mean, over relevant papers, of the precision at each one's rank."""
    hits = relevant[np.argsort(-scores, kind="stable")]
    ranks = np.flatnonzero(hits) + 1
    return float(np.mean(np.arange(1, len(ranks) + 1) / ranks)) if len(ranks) else 0.0


def recall_at(scores: np.ndarray, relevant: np.ndarray, most: int) -> float:
    """The share of relevant papers among the first `most`."""
    hits = relevant[np.argsort(-scores, kind="stable")]
    return float(hits[:most].sum() / hits.sum()) if hits.any() else 0.0
