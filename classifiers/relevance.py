"""Whether a paper belongs on the list, learned from the list and from what else appears.

The list's papers are positives. The stream is unlabelled: almost all of it does not belong, some
of it does, so each of its papers counts for little. What reviewers rejected counts in full.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from classifiers.text import Words, document, one_thread, strongest
from tracker.identifiers import normalise_title
from tracker.paper import Paper

_FOLDS = 5
_BACKGROUND = 8000
# Of what a stream brings, the share that belongs on a list it was chosen for: sets where 0.5 lies.
_PRIOR = 0.05
# The weight of positives against the unlabelled, as in ASReview's ELAS u4.
_POSITIVES_TO_REST = 9.8


class RelevanceClassifier:
    """Learns what belongs on a reading list.

    A paper of the training stream is judged by a model that has not seen it, for having been
    given as unlabelled says nothing against it.
    """

    def __init__(self, random_state: int = 0) -> None:
        self.random_state = random_state

    def fit(
        self,
        positives: Sequence[Paper],
        unlabelled: Sequence[Paper],
        negatives: Sequence[Paper] = (),
    ) -> RelevanceClassifier:
        """Train on listed papers, the stream, and what reviewers rejected; any may be empty."""
        chosen = _sample(len(unlabelled), _BACKGROUND, self.random_state)
        background = [unlabelled[i] for i in chosen]
        papers = [*positives, *background, *negatives]
        self._words = Words(min_df=2 if len(papers) > 1000 else 1)
        self._models: list[np.ndarray] = []
        self._center: np.ndarray | None = None
        if not positives:
            self._slope, self._offset = 0.0, -np.inf
            return self
        matrix = self._words.fit([document(paper) for paper in papers])
        if len(positives) < 2 or len(background) + len(negatives) < 10:
            self._fit_alone(matrix[: len(positives)])
            return self
        kinds = np.repeat([1, 0, -1], [len(positives), len(background), len(negatives)])
        rng = np.random.default_rng(self.random_state)
        folds = min(_FOLDS, len(positives))
        parts = np.concatenate(
            [rng.permutation(np.arange(n) % folds) for n in np.bincount(1 - kinds)]
        )
        self._parts = {
            normalise_title(paper.title): int(part)
            for paper, part, kind in zip(papers, parts, kinds, strict=True)
            if kind <= 0
        }
        left_out = np.zeros(len(papers))
        for part in range(folds):
            weights = self._train(matrix[parts != part], kinds[parts != part])
            left_out[parts == part] = _apply(matrix[parts == part], weights)
            self._models.append(weights)
        self._models.append(self._train(matrix, kinds))
        self._calibrate(left_out, kinds)
        return self

    def _train(self, matrix: csr_matrix, kinds: np.ndarray) -> np.ndarray:
        """A weight for each term, and the intercept last."""
        listed = int((kinds == 1).sum())
        rest = max(1, int((kinds == 0).sum()))
        weight = np.where(kinds == 0, listed / (_POSITIVES_TO_REST * rest), 1.0)
        model = LinearSVC(C=0.11, random_state=self.random_state)
        model.fit(matrix, kinds == 1, sample_weight=weight / weight.mean())
        return np.append(model.coef_[0], model.intercept_)

    def _calibrate(self, scores: np.ndarray, kinds: np.ndarray) -> None:
        """Fit the chances to scores given by models that had not seen the paper.

        The stream hides papers that belong; taken for negatives they would push the bar above
        the list's own papers. So the share of it that is expected to belong is left out, where
        it scores more like the list than like the stream.
        """
        sides = [np.median(scores[kinds == kind]) for kind in (0, 1) if (kinds == kind).any()]
        hidden = np.flatnonzero((kinds == 0) & (scores >= np.mean(sides)))
        most = int(np.ceil(_PRIOR * (kinds == 0).sum()))
        hidden = hidden[np.argsort(-scores[hidden], kind="stable")][:most]
        kept = np.ones(len(kinds), bool)
        kept[hidden] = False
        scores, kinds = scores[kept], kinds[kept]
        share = np.where(kinds == 1, _PRIOR, 1 - _PRIOR)
        counts = np.where(kinds == 1, (kinds == 1).sum(), (kinds != 1).sum())
        # A list that stands apart would make the slope as steep as numbers allow; in units of
        # the scores' own spread a light penalty keeps what lies between the sides in between.
        center, spread = float(scores.mean()), float(scores.std()) or 1.0
        model = LogisticRegression(C=10.0)
        units = (scores[:, None] - center) / spread
        model.fit(units, kinds == 1, sample_weight=share / counts * len(scores))
        self._slope = float(model.coef_[0, 0]) / spread
        self._offset = float(model.intercept_[0]) - self._slope * center

    def _fit_alone(self, matrix: csr_matrix) -> None:
        """Without a stream: nearness to the list's centre; its furthest tenth has even odds."""
        # Nothing else tells here that a word is common to all texts.
        telling = [ENGLISH_STOP_WORDS.isdisjoint(term.split()) for term in self._words.terms_]
        matrix = normalize(matrix.multiply(np.asarray(telling, dtype=float)[None, :]).tocsr())
        total = np.asarray(matrix.sum(axis=0)).ravel()
        norm = np.linalg.norm(total) or 1.0
        self._center = total / norm
        near = (matrix @ total - 1.0) / max(1.0, norm)
        edge = float(np.quantile(near, 0.1))
        spread = max(float(np.median(near)) - edge, 0.02)
        self._slope, self._offset = 2.0 / spread, -2.0 * edge / spread

    def score(self, papers: Sequence[Paper]) -> np.ndarray:
        """The probability that each paper belongs on the list; one number from 0 to 1 a paper."""
        if not papers or not np.isfinite(self._offset):
            return np.zeros(len(papers))
        texts = [document(paper) for paper in papers]
        matrix = self._words.matrix(texts)
        with one_thread():
            if self._center is not None:
                raw = matrix @ self._center
            else:
                raw = _apply(matrix, self._models[-1])
                parts = [self._parts.get(normalise_title(paper.title)) for paper in papers]
                for part, model in enumerate(self._models[:-1]):
                    rows = [row for row, own in enumerate(parts) if own == part]
                    raw[rows] = _apply(matrix[rows], model)
        understood = np.minimum(1.0, self._words.understood(texts) / 0.5)
        chances = 1.0 / (1.0 + np.exp(-np.clip(self._slope * raw + self._offset, -30, 30)))
        return np.asarray(np.round(chances * understood, 6))

    def explain(self, paper: Paper) -> tuple[str, ...]:
        """The terms that speak most for the paper, strongest first."""
        if not np.isfinite(self._offset):
            return ()
        row = self._words.matrix([document(paper)])[0]
        weights = self._center if self._center is not None else self._models[-1][:-1]
        return strongest(row, weights, self._words.terms_)


def _apply(matrix: csr_matrix, weights: np.ndarray) -> np.ndarray:
    return np.asarray(matrix @ weights[:-1] + weights[-1])


def _sample(available: int, most: int, seed: int) -> np.ndarray:
    """Places of at most that many, in order, the same ones for the same seed."""
    if available <= most:
        return np.arange(available)
    return np.sort(np.random.default_rng(seed).choice(available, most, replace=False))
