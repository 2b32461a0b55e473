"""Whether a paper belongs on the list, learned from the list and from what else appears.

The list's papers are positives; the stream, which is unlabelled, and what reviewers rejected are
counterexamples. Five linear models have a say: one of words and their pairs, one of the same
against the likest of a larger stream only, one of titles, one of the latent topics of all these
papers, and a small one of what papers show beside their matter. What the stream hides of papers
that belong is minded where the chances are fitted to the scores.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.sparse import csr_matrix, vstack
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from classifiers.text import Words, one_thread, strongest
from classifiers.topics import Topics
from classifiers.traits import Traits
from tracker.identifiers import normalise_title
from tracker.paper import Paper

_FOLDS = 3
# Of a larger stream, that many papers are learned from.
_STREAM = 8000
# Of the rest, as many are looked through for the likest, and so many of those are learned from.
_POOL = 17_000
_LIKEST = 1000
_C = 0.5
_C_LIKEST = 0.2
_C_TOPICS = 0.1
_C_TRAITS = 0.1
# A trait twice its spread from the middle changes the odds by e to twice this power at most.
_MOST_TRAIT = 0.4
# What each model's say weighs against that of the words.
_SAY = {"likest": 0.5, "titles": 0.4, "topics": 0.7, "traits": 1.8}
# Of what a stream brings, the share that belongs on a list it was chosen for: sets where 0.5 lies.
_PRIOR = 0.05
_UNDERSTOOD = 0.5
# No paper's odds are better, or worse, than e to this power.
_LOG_ODDS = 8.0
# Beside 1 for the list's papers, 0 for the stream's and -1 for rejected ones.
_OF_POOL = 2
# A list of which so large a share is known by title alone is compared by titles alone.
_TITLES_ONLY = 0.8


class Features(Protocol):
    """Papers as rows of numbers; the first columns are words, named by `terms_`."""

    @property
    def terms_(self) -> np.ndarray: ...

    def fit(self, papers: Sequence[Paper]) -> csr_matrix: ...

    def matrix(self, papers: Sequence[Paper]) -> csr_matrix: ...

    def titles(self, papers: Sequence[Paper]) -> csr_matrix: ...

    def understood(self, papers: Sequence[Paper]) -> np.ndarray: ...


class PaperFeatures:
    """The words of title and abstract."""

    def fit(self, papers: Sequence[Paper]) -> csr_matrix:
        """Learn the words of these papers; returns their matrix."""
        self._words = Words()
        matrix = self._words.fit([_text(paper) for paper in papers])
        self.terms_ = self._words.terms_
        return matrix

    def matrix(self, papers: Sequence[Paper]) -> csr_matrix:
        """Other papers, in what was learned."""
        return self._words.matrix([_text(paper) for paper in papers])

    def titles(self, papers: Sequence[Paper]) -> csr_matrix:
        """The papers' titles alone, in what was learned."""
        return self._words.matrix([paper.title for paper in papers])

    def understood(self, papers: Sequence[Paper]) -> np.ndarray:
        """The share of each paper's words that were learned, 0 to 1."""
        return self._words.understood([_text(paper) for paper in papers])


@dataclass(frozen=True, slots=True)
class _Views:
    """Papers row by row as each model sees them; None where there is no such model."""

    words: csr_matrix
    titles: csr_matrix | None
    topics: np.ndarray | None
    traits: np.ndarray | None

    def rows(self, chosen: np.ndarray) -> _Views:
        """Some of the papers."""
        return _Views(
            self.words[chosen],
            None if self.titles is None else self.titles[chosen],
            None if self.topics is None else self.topics[chosen],
            None if self.traits is None else self.traits[chosen],
        )


class RelevanceClassifier:
    """Learns what belongs on a reading list.

    A paper of the training stream is judged by a model that has not seen it as a
    counterexample, for having been given as unlabelled says nothing against it. `without`
    leaves out parts of the method ("topics", "likest", "titles", "traits"), for the ablation.
    """

    def __init__(
        self,
        random_state: int = 0,
        features: Features | None = None,
        without: Collection[str] = (),
    ) -> None:
        self.random_state = random_state
        self.features = features or PaperFeatures()
        self.without = frozenset(without)

    def fit(
        self,
        positives: Sequence[Paper],
        unlabelled: Sequence[Paper],
        negatives: Sequence[Paper] = (),
    ) -> RelevanceClassifier:
        """Train on listed papers, the stream, and what reviewers rejected; any may be empty."""
        most = _STREAM if "likest" in self.without else _STREAM + _POOL
        chosen, rest = _sample(len(unlabelled), _STREAM, most, self.random_state)
        bare = float(np.mean([not paper.abstract for paper in positives])) if positives else 0.0
        self._titles_only = bare > _TITLES_ONLY
        stream = _as_bare([unlabelled[i] for i in chosen], bare, self.random_state)
        stream, negatives = self._seen(stream), self._seen(negatives)
        positives = self._seen(positives)
        pool = self._seen(_as_bare([unlabelled[i] for i in rest], bare, self.random_state))
        papers = [*positives, *stream, *negatives]
        self._models: list[dict[str, np.ndarray]] = []
        self._topics: Topics | None = None
        self._traits: Traits | None = None
        self._part_of: dict[str, int] = {}
        self._center: np.ndarray | None = None
        if not positives:
            return self
        matrix = self.features.fit(papers)
        if len(positives) < 2 or len(stream) + len(negatives) < 10:
            self._fit_alone(matrix[: len(positives)])
            return self
        counts = [len(positives), len(stream), len(negatives), len(pool)]
        if not (self._titles_only or "traits" in self.without):
            self._traits = Traits.of(positives)
        with one_thread():
            if "topics" not in self.without:
                self._topics = Topics.of(matrix, self.random_state)
            if pool:
                matrix = vstack([matrix, self.features.matrix(pool)], format="csr")
            papers += pool
            self._fit_models(self._views(papers, matrix), np.repeat([1, 0, -1, 2], counts), papers)
        return self

    def _views(self, papers: Sequence[Paper], words: csr_matrix) -> _Views:
        titles = not (self._titles_only or "titles" in self.without)
        return _Views(
            words,
            self.features.titles(papers) if titles else None,
            self._topics.matrix(words) if self._topics else None,
            self._traits.matrix(papers) if self._traits else None,
        )

    def _seen(self, papers: Sequence[Paper]) -> Sequence[Paper]:
        """The papers as far as they are looked at: not beyond what is known of the list's."""
        return [_title_of(paper) for paper in papers] if self._titles_only else papers

    def _fit_models(self, views: _Views, kinds: np.ndarray, papers: Sequence[Paper]) -> None:
        rng = np.random.default_rng(self.random_state)
        parts = np.zeros(len(kinds), dtype=int)
        for kind in (1, 0, -1, 2):
            parts[kinds == kind] = rng.permutation(np.arange((kinds == kind).sum()) % _FOLDS)
        self._part_of = {
            normalise_title(paper.title): int(part)
            for paper, part, kind in zip(papers, parts, kinds, strict=True)
            if kind != 1
        }
        scores = np.zeros(len(kinds))
        for part in range(_FOLDS):
            kept = np.flatnonzero(parts != part)
            model = self._train(views.rows(kept), kinds[kept])
            held = np.flatnonzero(parts == part)
            scores[held] = _apply(views.rows(held), model)
            self._models.append(model)
        self._models.append(self._train(views, kinds))
        learned = kinds != _OF_POOL
        self._calibrate(scores[learned], kinds[learned])

    def _train(self, views: _Views, kinds: np.ndarray) -> dict[str, np.ndarray]:
        """The models by name: a weight for each column and the intercept last.

        Each is in units of the spread of its scores over the stream, times its say.
        """
        learned = np.flatnonzero(kinds != _OF_POOL)
        own, positive = views.rows(learned), kinds[learned] == 1
        weights = {"words": self._hyperplane(own.words, positive, _C)}
        if own.titles is not None:
            weights["titles"] = self._hyperplane(own.titles, positive, _C)
        if own.topics is not None:
            weights["topics"] = self._hyperplane(own.topics, positive, _C_TOPICS)
        others = np.flatnonzero(kinds != 1)
        near = _line(views.words[others], weights["words"])
        likest = others[np.argsort(-near, kind="stable")[:_LIKEST]]
        rows = np.concatenate([np.flatnonzero(kinds == 1), likest])
        if "likest" not in self.without:
            weights["likest"] = self._hyperplane(views.words[rows], kinds[rows] == 1, _C_LIKEST)
        for name, line in weights.items():
            against = _line(_seen_by(name, own)[~positive], line)
            weights[name] = line * (_SAY.get(name, 1.0) / (float(against.std()) or 1.0))
        if views.traits is not None:
            weights["traits"] = _SAY["traits"] * _of_traits(views.traits[rows], kinds[rows] == 1)
        return weights

    def _hyperplane(
        self,
        matrix: csr_matrix | np.ndarray,
        positive: np.ndarray,
        C: float,  # noqa: N803 - scikit-learn's name
    ) -> np.ndarray:
        """A weight for each column, and the intercept last; both kinds weigh the same."""
        model = LinearSVC(C=C, class_weight="balanced", random_state=self.random_state)
        model.fit(matrix, positive)
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
        telling = np.zeros(matrix.shape[1])
        telling[: len(self.features.terms_)] = [
            ENGLISH_STOP_WORDS.isdisjoint(term.split()) for term in self.features.terms_
        ]
        matrix = normalize(matrix.multiply(telling[None, :]).tocsr())
        total = np.asarray(matrix.sum(axis=0)).ravel()
        norm = float(np.linalg.norm(total)) or 1.0
        self._center = total / norm
        near = (matrix @ total - 1.0) / max(1.0, norm)
        edge = float(np.quantile(near, 0.1))
        spread = max(float(np.median(near)) - edge, 0.02)
        self._slope, self._offset = 2.0 / spread, -2.0 * edge / spread

    def score(self, papers: Sequence[Paper]) -> np.ndarray:
        """The probability that each paper belongs on the list; one number from 0 to 1 a paper."""
        if not papers or not (self._models or self._center is not None):
            return np.zeros(len(papers))
        papers = self._seen(papers)
        matrix = self.features.matrix(papers)
        if self._center is not None:
            raw = matrix @ self._center
        else:
            views = self._views(papers, matrix)
            raw = _apply(views, self._models[-1])
            parts = np.array([self._part_of.get(normalise_title(p.title), -1) for p in papers])
            for part, model in enumerate(self._models[:-1]):
                rows = np.flatnonzero(parts == part)
                raw[rows] = _apply(views.rows(rows), model)
        understood = np.minimum(1.0, self.features.understood(papers) / _UNDERSTOOD)
        odds = self._slope * raw + self._offset
        # Bent, not cut: the likest of a long stream must still be told apart, and none is certain.
        odds = odds / (1.0 + np.abs(odds) / _LOG_ODDS)
        chances = 1.0 / (1.0 + np.exp(-odds))
        return np.asarray(np.round(chances * understood, 9))

    def explain(self, paper: Paper) -> tuple[str, ...]:
        """The terms that speak most for the paper, strongest first."""
        if not (self._models or self._center is not None):
            return ()
        row = self.features.matrix(self._seen([paper]))[0]
        weights = self._center if self._center is not None else self._models[-1]["words"][:-1]
        return strongest(row, weights, self.features.terms_)


def _title_of(paper: Paper) -> Paper:
    return Paper(title=paper.title, authors=paper.authors)


def _as_bare(stream: Sequence[Paper], share: float, seed: int) -> Sequence[Paper]:
    """The stream with as large a share of papers known by title alone as the list has.

    What the list links outside arXiv has no abstract; the stream always has. Without this a
    long text, or a category, would itself speak against a paper.
    """
    whole = [place for place, paper in enumerate(stream) if paper.abstract]
    wanted = round(share * len(stream)) - (len(stream) - len(whole))
    if wanted <= 0:
        return stream
    chosen = set(np.random.default_rng(seed).permutation(whole)[:wanted].tolist())
    return [_title_of(p) if place in chosen else p for place, p in enumerate(stream)]


def _text(paper: Paper) -> str:
    return f"{paper.title}. {paper.abstract}"


def _line(matrix: csr_matrix | np.ndarray, weights: np.ndarray) -> np.ndarray:
    return np.asarray(matrix @ weights[:-1] + weights[-1])


def _of_traits(traits: np.ndarray, positive: np.ndarray) -> np.ndarray:
    """A weight for each trait, and 0 last.

    They tell papers on one matter apart and must not outweigh the matter, however clear they are.
    """
    model = LogisticRegression(C=_C_TRAITS, class_weight="balanced").fit(traits, positive)
    return np.append(np.clip(model.coef_[0], -_MOST_TRAIT, _MOST_TRAIT), 0.0)


def _seen_by(name: str, views: _Views) -> csr_matrix | np.ndarray:
    """What the model of that name looks at."""
    others = {"titles": views.titles, "topics": views.topics, "traits": views.traits}
    return others.get(name, views.words)


def _apply(views: _Views, weights: dict[str, np.ndarray]) -> np.ndarray:
    """What all models say together."""
    return np.asarray(sum(_line(_seen_by(name, views), line) for name, line in weights.items()))


def _sample(available: int, most: int, more: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Places of at most that many, and the next, both in order; the same for the same seed."""
    if available <= most:
        return np.arange(available), np.arange(0)
    order = np.random.default_rng(seed).permutation(available)[:more]
    return np.sort(order[:most]), np.sort(order[most:])
