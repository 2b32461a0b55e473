"""Where a paper belongs: the section its maintainers would have filed it under.

Kernel ridge regression over word kernels, one target a section. It is chosen because what it
would have said of an entry had the entry not been there (leave one out) has a closed form: the
temperature and the abstention thresholds are fitted on that without training twice.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

from classifiers.text import Words, document, one_thread, section_document, strongest
from tracker.paper import Paper
from tracker.taxonomy import Path, Section

_RIDGE = 1.0
# How much a rare section is helped against a frequent one: 0 not at all, 1 fully.
_BALANCE = 0.25
_NEIGHBOURS = 3


@dataclass(frozen=True, slots=True)
class Filing:
    """A section for one paper, and why.

    `confidence` is a calibrated probability; `alternatives` are the next three sections with
    theirs. `parent` is the section around the best ones and `parent_confidence` the probability
    that the paper belongs somewhere below it. `terms` carried the decision; `neighbours` are
    places in the training papers, those of the predicted section first. `understood` is the
    share of the paper's words that the training texts contain.
    """

    section: Path
    confidence: float
    alternatives: tuple[tuple[Path, float], ...] = ()
    parent: Path = ()
    parent_confidence: float = 0.0
    terms: tuple[str, ...] = ()
    neighbours: tuple[int, ...] = ()
    understood: float = 1.0


class SectionClassifier:
    """Learns from a reading list where its papers stand.

    `loo_` holds what was fitted on: the probability of each section for each training paper,
    computed as if the paper had not been on the list; rows are papers, columns `paths_`.
    """

    def __init__(self, sections: Sequence[Section], random_state: int = 0) -> None:
        self.sections = tuple(sections)
        self.random_state = random_state

    def fit(self, papers: Sequence[Paper], labels: Sequence[Collection[Path]]) -> SectionClassifier:
        """Train; a paper may stand in several sections, a section may hold none.

        Sections named only in `labels` are learned too.
        """
        described = {section.path: section.description for section in self.sections}
        for paths in labels:
            for path in sorted(paths):
                described.setdefault(path, "")
        self.paths_: tuple[Path, ...] = tuple(described)
        if not described:
            return self
        texts = [document(paper) for paper in papers]
        texts += [section_document(path, text) for path, text in described.items()]
        self._papers = len(papers)
        self._words = Words()
        self._matrix = self._words.fit(texts)
        truth = self._truth(labels)
        targets = np.vstack([truth, np.eye(len(self.paths_))])
        help_rare = targets.sum(axis=0) ** -_BALANCE
        targets = (targets - targets.mean(axis=0)) * help_rare
        with one_thread():
            kernel = (self._matrix @ self._matrix.T).toarray()
            inverse = np.linalg.inv(kernel + _RIDGE * np.eye(len(kernel)))
            self._dual = inverse @ targets
            left_out = targets - self._dual / np.diag(inverse)[:, None]
        self._weights = self._matrix.T @ self._dual
        self._temperature = _temperature(left_out[: self._papers], truth)
        self.loo_: np.ndarray = _softmax(left_out[: self._papers] / self._temperature)
        self._listed = truth > 0
        return self

    def _truth(self, labels: Sequence[Collection[Path]]) -> np.ndarray:
        columns = {path: column for column, path in enumerate(self.paths_)}
        truth = np.zeros((len(labels), len(columns)))
        for row, paths in enumerate(labels):
            for path in paths:
                truth[row, columns[path]] = 1.0
        return truth

    def predict(self, papers: Sequence[Paper]) -> list[Filing]:
        """One filing for each paper."""
        if not papers or not self.paths_:
            return []
        texts = [document(paper) for paper in papers]
        matrix = self._words.matrix(texts)
        understood = self._words.understood(texts)
        with one_thread():
            near = (matrix @ self._matrix.T).toarray()
            scores = near @ self._dual
        # What is not understood is not decided: the scores fade with the words unknown.
        fade = np.minimum(1.0, understood / 0.5)[:, None]
        chances = _softmax(scores * fade / self._temperature)
        return [
            self._filing(matrix[row], chances[row], near[row, : self._papers], understood[row])
            for row in range(len(papers))
        ]

    def _filing(
        self, row: object, chances: np.ndarray, near: np.ndarray, understood: float
    ) -> Filing:
        order = np.argsort(-chances, kind="stable")
        best = int(order[0])
        path = self.paths_[best]
        inside = [p[: len(path) - 1] == path[:-1] for p in self.paths_]
        mine = self._listed[:, best] if self._papers else np.zeros(0, bool)
        nearest = sorted(range(self._papers), key=lambda i: (not mine[i], -near[i], i))
        return Filing(
            section=path,
            confidence=_rounded(chances[best]),
            alternatives=tuple((self.paths_[i], _rounded(chances[i])) for i in order[1:4]),
            parent=path[:-1],
            parent_confidence=_rounded(float(chances[inside].sum())),
            terms=strongest(row, np.asarray(self._weights)[:, best], self._words.terms_),
            neighbours=tuple(i for i in nearest if near[i] > 0)[:_NEIGHBOURS],
            understood=_rounded(understood),
        )


def _softmax(scores: np.ndarray) -> np.ndarray:
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _temperature(scores: np.ndarray, truth: np.ndarray) -> float:
    """The temperature under which the sections papers stand in are the likeliest."""
    filed = truth.sum(axis=1) > 0
    if filed.sum() < 5:
        return 0.2

    def loss(log_temperature: float) -> float:
        chances = _softmax(scores[filed] / np.exp(log_temperature))
        return float(-np.log((chances * truth[filed]).sum(axis=1) + 1e-12).mean())

    found = minimize_scalar(loss, bounds=(-5.0, 2.0), method="bounded")
    return float(np.exp(found.x))


def _rounded(value: float) -> float:
    """Four digits: more would only tell machines apart."""
    return round(float(value), 4)
