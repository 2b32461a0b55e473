"""How well a list's own papers are told apart, and found among others: what `evaluate` shows.

Everything is cross-validated: a paper is judged by classifiers that were trained without it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import KFold

from classifiers.counted import CountedFeatures, WordMemory
from classifiers.evaluation import (
    Bin,
    Coverage,
    Quality,
    Suspect,
    calibration_error,
    confusion,
    filed_alone,
    quality,
    reliability,
    suspects,
)
from classifiers.relevance import RelevanceClassifier
from classifiers.sections import SectionClassifier
from tracker.paper import Paper
from tracker.taxonomy import Path, Section

FOLDS = 5
_SEED = 0
_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class SectionQuality:
    """How a section's papers are filed; a share is None where nothing can be divided.

    `papers` stand in it; of these, `found` were filed under any section they stand in.
    `predicted` were filed under it, and `right` are those of them that stand in it.
    """

    path: Path
    papers: int
    found: int
    predicted: int
    right: int

    @property
    def recall(self) -> float | None:
        """The share of its papers that were filed under a section they stand in."""
        # A paper filed under another of its sections is no mistake of this one.
        return self.found / self.papers if self.papers else None

    @property
    def precision(self) -> float | None:
        """The share of what was filed under it that belongs there."""
        return self.right / self.predicted if self.predicted else None


@dataclass(frozen=True, slots=True)
class Assessment:
    """Each paper filed as if it were not on the list.

    `papers` is how many stand in a section. `matrix` counts how often each section (row) was
    taken for each (column); a paper counts once, in the row of the section it was filed under
    where that is right, else of the first that it stands in. `confused` are the pairs of
    sections (true, taken for) with how often, the most frequent first. Rows of `suspects` are
    places in the papers given, their columns places in `paths`. `coverage` is by precision.
    """

    paths: tuple[Path, ...]
    papers: int
    quality: Quality
    calibration_error: float
    reliability: tuple[Bin, ...]
    coverage: dict[float, Coverage]
    sections: tuple[SectionQuality, ...]
    matrix: np.ndarray
    confused: tuple[tuple[Path, Path, int], ...]
    suspects: tuple[Suspect, ...]


def assess(
    sections: Sequence[Section], papers: Sequence[Paper], labels: Sequence[Collection[Path]]
) -> Assessment | None:
    """Assess the section classifier on a list's papers; None for fewer than two in sections."""
    filed = [place for place, paths in enumerate(labels) if paths]
    if len(filed) < 2:
        return None
    papers, labels = [papers[i] for i in filed], [labels[i] for i in filed]
    described = {section.path: section for section in sections}
    for path in (path for paths in labels for path in sorted(paths)):
        described.setdefault(path, Section(path))
    paths = tuple(described)
    truth = np.array([[path in own for path in paths] for own in labels], dtype=bool)
    chances = np.zeros(truth.shape)
    for train, test in _folds(len(papers)):
        model = SectionClassifier(list(described.values()))
        model.fit([papers[i] for i in train], [labels[i] for i in train])
        columns = np.array([paths.index(path) for path in model.paths_])
        chances[np.ix_(test, columns)] = model.probabilities([papers[i] for i in test])
    return _assessment(paths, chances, truth, filed)


def _folds(size: int) -> list[tuple[np.ndarray, np.ndarray]]:
    folds = KFold(min(FOLDS, size), shuffle=True, random_state=_SEED)
    return list(folds.split(np.zeros((size, 1))))


def _assessment(
    paths: tuple[Path, ...], chances: np.ndarray, truth: np.ndarray, filed: Sequence[int]
) -> Assessment:
    best = chances.argmax(axis=1)
    right = truth[np.arange(len(truth)), best]
    confidences = chances.max(axis=1)
    actual = np.where(right, best, truth.argmax(axis=1))
    matrix = confusion(actual.tolist(), best.tolist(), len(paths))
    wrong = matrix.copy()
    np.fill_diagonal(wrong, 0)
    order = np.argsort(-wrong, axis=None, kind="stable")[: int((wrong > 0).sum())]
    pairs = [divmod(int(place), len(paths)) for place in order]
    return Assessment(
        paths=paths,
        papers=len(truth),
        quality=quality(chances, truth),
        calibration_error=calibration_error(confidences, right),
        reliability=tuple(reliability(confidences, right)),
        coverage={
            precision: filed_alone(confidences, right, precision) for precision in (0.8, 0.9)
        },
        sections=tuple(
            SectionQuality(
                path,
                papers=int(truth[:, column].sum()),
                found=int((right & truth[:, column]).sum()),
                predicted=int((best == column).sum()),
                right=int((right & (best == column)).sum()),
            )
            for column, path in enumerate(paths)
        ),
        matrix=matrix,
        confused=tuple((paths[a], paths[b], int(wrong[a, b])) for a, b in pairs),
        suspects=tuple(
            Suspect(filed[s.row], s.better, s.confidence, s.current)
            for s in suspects(chances, truth)
        ),
    )


@dataclass(frozen=True, slots=True)
class RelevanceAssessment:
    """Each listed paper ranked among a stream of others as if it were not on the list.

    `positions` has, for each listed paper, its place from 1 when it alone is ranked with the
    stream: listed papers do not push each other down. `chances` are the probabilities they got.
    """

    stream: int
    positions: tuple[int, ...]
    chances: tuple[float, ...]

    @property
    def average_precision(self) -> float:
        """The mean, over listed papers, of the share of listed ones down to each one's place.

        Here they are all ranked together with the stream.
        """
        count = np.arange(1, len(self.positions) + 1)
        return float(np.mean(count / (np.sort(self.positions) - 1 + count)))

    def recall_at(self, most: int) -> float:
        """The share of listed papers with fewer than `most` of the stream before them."""
        return float(np.mean(np.array(self.positions) <= most))


def assess_relevance(
    listed: Sequence[Paper], stream: Sequence[Paper], rejected: Sequence[Paper] = ()
) -> RelevanceAssessment | None:
    """Assess the relevance classifier; None without two listed papers and some stream."""
    if len(listed) < 2 or not stream:
        return None
    ahead, chances = np.zeros(len(listed), dtype=int), np.zeros(len(listed))
    features = CountedFeatures(WordMemory())
    for train, test in _folds(len(listed)):
        model = RelevanceClassifier(features=features)
        model.fit([listed[i] for i in train], stream, rejected)
        scores = [
            model.score(stream[start : start + _AT_ONCE])
            for start in range(0, len(stream), _AT_ONCE)
        ]
        others = np.sort(np.concatenate(scores))
        chances[test] = model.score([listed[i] for i in test])
        # Equals stand before it: a tie is no merit.
        ahead[test] = len(others) - np.searchsorted(others, chances[test], side="left")
    positions = (ahead + 1).tolist()
    return RelevanceAssessment(len(stream), tuple(positions), tuple(chances.tolist()))
