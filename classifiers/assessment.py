"""How well a list's own entries are told apart: what `tracker evaluate` shows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classifiers.evaluation import (
    Bin,
    Coverage,
    Quality,
    Suspect,
    calibration_error,
    confusion,
    coverage_at,
    quality,
    reliability,
    suspects,
)
from classifiers.sections import SectionClassifier
from tracker.taxonomy import Path


@dataclass(frozen=True, slots=True)
class Assessment:
    """Each entry judged as if it were not on the list.

    `entries` is how many stand in a section. `confused` are pairs of sections (true, taken
    for) with how often, the most frequent first. Rows of `suspects` are places in the
    training papers, their columns places in `paths`. `coverage` is by precision.
    """

    paths: tuple[Path, ...]
    entries: int
    quality: Quality
    calibration_error: float
    reliability: tuple[Bin, ...]
    coverage: dict[float, Coverage]
    confused: tuple[tuple[Path, Path, int], ...]
    suspects: tuple[Suspect, ...]


def assess(classifier: SectionClassifier) -> Assessment | None:
    """Assess a fitted classifier on its training papers; None when none is in a section."""
    truth = classifier.truth_
    filed = np.flatnonzero(truth.any(axis=1))
    if not len(filed):
        return None
    paths, chances = classifier.paths_, classifier.loo_[filed]
    own = truth[filed]
    best = chances.argmax(axis=1)
    right = own[np.arange(len(own)), best]
    confidences = chances.max(axis=1)
    actual = np.where(right, best, own.argmax(axis=1))
    matrix = confusion(actual.tolist(), best.tolist(), len(paths))
    np.fill_diagonal(matrix, 0)
    order = np.argsort(-matrix, axis=None, kind="stable")[: int((matrix > 0).sum())]
    pairs = [divmod(int(place), len(paths)) for place in order]
    return Assessment(
        paths=paths,
        entries=len(filed),
        quality=quality(chances, own),
        calibration_error=calibration_error(confidences, right),
        reliability=tuple(reliability(confidences, right)),
        coverage={
            precision: coverage_at(confidences, right, precision) for precision in (0.8, 0.9)
        },
        confused=tuple((paths[a], paths[b], int(matrix[a, b])) for a, b in pairs),
        suspects=tuple(
            Suspect(int(filed[s.row]), s.better, s.confidence, s.current)
            for s in suspects(chances, own)
        ),
    )
