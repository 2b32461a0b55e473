"""Where a paper belongs: the section its maintainers would have filed it under.

Kernel ridge regression over word kernels, one target a section. It is chosen because what it
would have said of an entry had the entry not been there (leave one out) has a closed form: the
temperature and the abstention thresholds are fitted on that without training twice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.preprocessing import normalize

from classifiers.confidence import Familiar, Trust, softmax, temperature, told
from classifiers.evaluation import filed_alone
from classifiers.rules import Topics
from classifiers.text import Views, document, one_thread, section_document, strongest
from tracker.paper import Paper
from tracker.taxonomy import Path, Section

_RIDGE = 0.1
# How much a rare section is helped against a frequent one: 0 not at all, 1 fully.
_BALANCE = 0.25
# How much of a section's share of all entries speaks for it whatever the paper says.
_INTERCEPT = 0.6
_NEIGHBOURS = 3
# The share of known words from which a text counts as understood.
_UNDERSTOOD = 0.5
# The share of listed papers without an abstract from which the list is one of titles.
_TITLES_ONLY = 0.5


@dataclass(frozen=True, slots=True)
class Filing:
    """A section for one paper, and why.

    `confidence` is a calibrated probability; `alternatives` are the next three sections with
    theirs. `parent` is the section around the best ones and `parent_confidence` the probability
    that the paper belongs somewhere below it. `terms` carried the decision; `neighbours` are
    places in the training papers, those of the predicted section first. `understood` is the
    share of the paper's words, or of its title's among titles, that the training texts contain.
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

    After `fit`, `paths_` are the sections, `truth_` which training paper stands in which, and
    `loo_` what would be said of each were it not on the list: rows are papers, columns `paths_`.
    `without` leaves out parts of the method (the views of `classifiers.text.Views`, "names",
    "parents", "rules", "balance"), for the ablation.
    """

    def __init__(
        self, sections: Sequence[Section], random_state: int = 0, without: Collection[str] = ()
    ) -> None:
        self.sections = tuple(sections)
        self.random_state = random_state
        self.without = frozenset(without)

    def fit(self, papers: Sequence[Paper], labels: Sequence[Collection[Path]]) -> SectionClassifier:
        """Train; a paper may stand in several sections, a section may hold none.

        Sections named only in `labels` are learned too.
        """
        described = {section.path: section.description for section in self.sections}
        for paths in labels:
            for path in sorted(paths):
                described.setdefault(path, "")
        self.paths_: tuple[Path, ...] = tuple(described)
        self._papers = len(papers)
        self.truth_ = np.zeros((len(papers), 0), dtype=bool)
        self.loo_ = np.zeros((len(papers), 0))
        if not described:
            return self
        self._topics = Topics(self.paths_, papers, labels, rules="rules" not in self.without)
        member = [[path in paths for path in self.paths_] for paths in labels]
        self.truth_ = np.array(member, dtype=bool).reshape(self._papers, len(self.paths_))
        self._bare = 1.0 - _with_abstract(papers).mean() if papers else 1.0
        texts, titles = self._texts(papers, described)
        self._views = Views(self.without)
        self._matrix = self._views.fit(texts, titles)
        left_out = self._solve()[: self._papers]
        self._temperature = temperature(left_out, self._targets()[: self._papers])
        chances = self._chances(left_out, papers, labels)
        self._trust = Trust.of(chances, self.truth_)
        confidence = self._trust.confidence(chances) * self._familiarity(papers)
        self.loo_ = told(chances, confidence)
        return self

    def _texts(
        self, papers: Sequence[Paper], described: Mapping[Path, str]
    ) -> tuple[list[str], list[str]]:
        """The training texts and their titles: one for each paper, then one for each section."""
        texts = [document(paper) for paper in papers]
        titles = _titles(papers)
        for path, description in described.items():
            named = path if "parents" not in self.without else path[-1:]
            text = section_document(named, description) if "names" not in self.without else ""
            texts.append(text)
            titles.append(text)
        return texts, titles

    def _targets(self) -> np.ndarray:
        """Which training text belongs to which topic, 0 or 1."""
        member = np.zeros((len(self.paths_), self._topics.count))
        member[np.arange(len(self.paths_)), self._topics.of] = 1.0
        return np.vstack([np.minimum(1.0, self.truth_ @ member), member])

    def _solve(self) -> np.ndarray:
        """Fit the regression; returns each training text's scores had it been left out."""
        targets = self._targets()
        mean = targets.mean(axis=0)
        help_rare = targets.sum(axis=0) ** (0.0 if "balance" in self.without else -_BALANCE)
        self._intercept = _INTERCEPT * mean * help_rare
        targets = (targets - mean) * help_rare
        with one_thread():
            kernel = (self._matrix @ self._matrix.T).toarray()
            kernel[np.diag_indices_from(kernel)] += _RIDGE
            inverse = np.linalg.inv(kernel)
            self._dual = inverse @ targets
        self._weights = self._matrix.T @ self._dual
        return np.asarray(targets - self._dual / np.diag(inverse)[:, None] + self._intercept)

    def _chances(
        self,
        scores: np.ndarray,
        papers: Sequence[Paper],
        own: Sequence[Collection[Path]] | None = None,
    ) -> np.ndarray:
        """Probabilities of sections from scores of topics; see `Topics.shares` for `own`."""
        topics = softmax(scores / self._temperature)
        if self._topics.count == len(self.paths_):
            return topics
        places = own or [()] * len(papers)
        shares = np.array([self._topics.shares(*each) for each in zip(papers, places, strict=True)])
        return np.asarray(topics[:, self._topics.of] * shares.reshape(-1, len(self.paths_)))

    def _familiarity(self, papers: Sequence[Paper]) -> np.ndarray:
        """Learn how near listed papers are to the others; returns how familiar each of them is.

        Titles are further from everything than abstracts, so a title is compared with titles.
        """
        listed = self._matrix[: self._papers]
        total = np.asarray(listed.sum(axis=0)).ravel()
        self._centre = total / max(1, self._papers)

        def nearness(rows: csr_matrix) -> np.ndarray:
            own = np.asarray(rows.multiply(listed).sum(axis=1)).ravel()
            return np.asarray((rows @ total - own) / max(1, self._papers - 1))

        full = _with_abstract(papers)
        of_texts, of_titles = nearness(listed), np.zeros(0)
        if papers:
            of_titles = nearness(self._bare_matrix(papers))
        self._familiar = {True: Familiar.of(of_texts[full]), False: Familiar.of(of_titles)}
        return self._familiar_share(papers, of_texts)

    def _bare_matrix(self, papers: Sequence[Paper]) -> csr_matrix:
        bare = [Paper(title=paper.title) for paper in papers]
        return self._views.matrix(list(map(document, bare)), _titles(bare))

    def _familiar_share(self, papers: Sequence[Paper], nearness: np.ndarray) -> np.ndarray:
        shares = {full: known.share(nearness) for full, known in self._familiar.items()}
        full = _with_abstract(papers)
        return np.where(full, shares[True], shares[False])

    def probabilities(self, papers: Sequence[Paper]) -> np.ndarray:
        """The calibrated probability of each section of `paths_`, a row a paper."""
        return self._judge(papers)[2]

    def _judge(self, papers: Sequence[Paper]) -> tuple[csr_matrix, np.ndarray, np.ndarray, Any]:
        texts, titles = [document(paper) for paper in papers], _titles(papers)
        matrix = self._views.matrix(texts, titles)
        if self._bare > _TITLES_ONLY:
            # What an abstract says beyond the words of titles does not make it strange.
            full = _with_abstract(papers)[:, None]
            matrix = (normalize(matrix).multiply(full) + matrix.multiply(~full)).tocsr()
        understood = self._views.words.understood(texts)
        if self._bare > _TITLES_ONLY:
            # Titles lack most words of abstracts, the commonest too.
            understood = np.maximum(understood, self._views.words.understood(titles))
        with one_thread():
            near = (matrix @ self._matrix.T).toarray()
            scores = near @ self._dual
        chances = self._chances(scores + self._intercept, papers)
        # What is not understood is not decided: confidence fades with the words unknown, and
        # where a paper is like none that is listed.
        fade = np.minimum(1.0, understood / _UNDERSTOOD)
        if self._familiar[True].known:
            fade *= self._familiar_share(papers, matrix @ self._centre)
        else:
            # Too few abstracts are listed to say how near one is: then by the title, as those are.
            fade *= self._familiar[False].share(self._bare_matrix(papers) @ self._centre)
        chances = told(chances, self._trust.confidence(chances) * fade)
        return matrix, near, chances, understood

    def predict(self, papers: Sequence[Paper]) -> list[Filing]:
        """One filing for each paper."""
        if not papers or not self.paths_:
            return []
        matrix, near, chances, understood = self._judge(papers)
        return [
            self._filing(matrix[row], chances[row], near[row, : self._papers], understood[row])
            for row in range(len(papers))
        ]

    def threshold(self, precision: float) -> float | None:
        """The lowest confidence from which that share of the filings is right, 0 to 1.

        Measured on the list's own entries, each judged as if it were new, and taken with the
        assurance of `classifiers.evaluation.ASSURANCE`. Never below an even chance, whatever the
        rest makes up for. None when no confidence is high enough, or there are too few entries
        to tell.
        """
        if not self.paths_ or not self._papers:
            return None
        right = self.truth_[np.arange(self._papers), self.loo_.argmax(axis=1)]
        return filed_alone(self.loo_.max(axis=1), right, precision).threshold

    def _filing(
        self, row: csr_matrix, chances: np.ndarray, near: np.ndarray, understood: float
    ) -> Filing:
        order = np.argsort(-chances, kind="stable")
        best = int(order[0])
        path = self.paths_[best]
        inside = [p[: len(path) - 1] == path[:-1] for p in self.paths_]
        mine = self.truth_[:, best]
        nearest = sorted(range(self._papers), key=lambda i: (not mine[i], -near[i], i))
        return Filing(
            section=path,
            confidence=_rounded(chances[best]),
            alternatives=tuple((self.paths_[i], _rounded(chances[i])) for i in order[1:4]),
            parent=path[:-1],
            parent_confidence=_rounded(float(chances[inside].sum())),
            terms=strongest(row, self._weights[:, self._topics.of[best]], self._views.words.terms_),
            neighbours=tuple(i for i in nearest if near[i] > 0)[:_NEIGHBOURS],
            understood=_rounded(understood),
        )


def _with_abstract(papers: Sequence[Paper]) -> np.ndarray:
    return np.array([bool(paper.abstract) for paper in papers], dtype=bool)


def _titles(papers: Sequence[Paper]) -> list[str]:
    return [paper.title for paper in papers]


def _rounded(value: float) -> float:
    """Four digits: more would only tell machines apart."""
    return round(float(value), 4)
