"""All papers with their words counted once, for benchmarks that train many models on them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize

from benchmarks.data import ReadingList
from tracker.paper import Paper


class Corpus:
    """All papers; row by row their words and pairs, each as 1 + log of how often it occurs.

    Pairs and words of fewer than three papers of the whole corpus are not kept. Rows are
    shuffled, for files name listed papers first and equal scores would keep that order.
    `month` is 0 for papers of months of which hardly anything but listed papers is known: to
    find those would be no feat.
    """

    def __init__(self, papers: Sequence[Paper], lists: Sequence[ReadingList]) -> None:
        self.papers = list(papers)
        random.Random(0).shuffle(self.papers)
        self.row = {paper.identifier("arxiv"): row for row, paper in enumerate(self.papers)}
        texts = (f"{paper.title}. {paper.abstract}" for paper in self.papers)
        counter = CountVectorizer(ngram_range=(1, 2), min_df=3, dtype=np.float32)
        self.words: csr_matrix = counter.fit_transform(texts)
        # Frequency within a training set, which one recipe limits its vocabulary by.
        self.counts = self.words.data.copy()
        self.words.data = np.log(self.words.data) + 1
        self.terms = counter.get_feature_names_out()
        self.titles: csr_matrix = counter.transform(paper.title for paper in self.papers)
        self.titles.data = np.log(self.titles.data) + 1
        self.single = np.array([i for i, term in enumerate(self.terms) if " " not in term])
        months = np.array([month_number(paper.published) for paper in self.papers])
        listed = {entry.arxiv_id for each in lists for entry in each.entries}
        other = np.array([paper.identifier("arxiv") not in listed for paper in self.papers])
        known = np.bincount(months[other])
        streamed = np.flatnonzero(known >= known.max() / 10)
        self.month = np.where(np.isin(months, streamed), months, 0)

    def totals(self, rows: np.ndarray) -> np.ndarray:
        """How often each term occurs in those papers together."""
        counted = csr_matrix((self.counts, self.words.indices, self.words.indptr), self.words.shape)
        return np.asarray(counted[rows].sum(axis=0)).ravel()


def month_number(day: date | None) -> int:
    """Months since the year 0; 0 for no day."""
    return day.year * 12 + day.month if day else 0


class Weighting:
    """scikit-learn's sublinear TF-IDF, learned from some rows; `most` keeps the frequentest terms.

    Terms that are not kept weigh nothing instead of being taken out: their columns stay.
    """

    def __init__(
        self, corpus: Corpus, rows: np.ndarray, max_df: float = 1.0, most: int | None = None
    ) -> None:
        self._words = corpus.words
        size = len(rows)
        spread = np.bincount(self._words[rows].indices, minlength=self._words.shape[1])
        self.kept = (spread > 0) & (spread <= max_df * size)
        if most is not None and self.kept.sum() > most:
            total = np.where(self.kept, corpus.totals(rows), 0)
            self.kept[:] = False
            self.kept[np.argsort(-total, kind="stable")[:most]] = True
        idf = np.log((1 + size) / (1 + spread)) + 1
        self.idf = np.where(self.kept, idf, 0).astype(np.float32)

    def matrix(self, rows: np.ndarray, words: csr_matrix | None = None) -> csr_matrix:
        """Rows of unit length; of other `words` than those of title and abstract if given."""
        chosen = (self._words if words is None else words)[rows]
        chosen.data *= self.idf[chosen.indices]
        chosen.eliminate_zeros()
        return normalize(chosen, copy=False)


class CountedFeatures:
    """The relevance classifier's own features, made from the corpus's counts."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self.terms_ = corpus.terms

    def _rows(self, papers: Sequence[Paper]) -> np.ndarray:
        return np.array([self._corpus.row[paper.identifier("arxiv")] for paper in papers])

    def fit(self, papers: Sequence[Paper]) -> csr_matrix:
        """As classifiers.relevance.PaperFeatures."""
        rows = self._rows(papers)
        self._weighting = Weighting(self._corpus, rows)
        return self._weighting.matrix(rows)

    def matrix(self, papers: Sequence[Paper]) -> csr_matrix:
        """As classifiers.relevance.PaperFeatures."""
        return self._weighting.matrix(self._rows(papers))

    def titles(self, papers: Sequence[Paper]) -> csr_matrix:
        """As classifiers.relevance.PaperFeatures."""
        return self._weighting.matrix(self._rows(papers), self._corpus.titles)

    def understood(self, papers: Sequence[Paper]) -> np.ndarray:
        """As classifiers.relevance.PaperFeatures, of the words the corpus kept."""
        single = np.zeros(len(self.terms_), dtype=np.float32)
        single[self._corpus.single] = 1
        rows = self._corpus.words[self._rows(papers)]
        rows.data[:] = 1
        return np.asarray(rows @ (single * self._weighting.kept) / np.maximum(1, rows @ single))


@dataclass(frozen=True, slots=True)
class Task:
    """Rows of the corpus: the list at T, the year before, the year after, and what was added.

    `background` is of the year before as much as every method is given.
    """

    name: str
    since: date
    listed: np.ndarray
    before: np.ndarray
    background: np.ndarray
    stream: np.ndarray
    added: np.ndarray


def task_of(
    reading_list: ReadingList,
    corpus: Corpus,
    since: date | None,
    until: date | None,
    most: int,
) -> Task | None:
    """What one list is measured on; None when it never qualifies.

    The background is at most `most` papers of the year before.
    """
    first: dict[int, date] = {}
    for entry in reading_list.entries:
        if entry.arxiv_id in corpus.row:
            first.setdefault(corpus.row[entry.arxiv_id], entry.first_seen)
    for day in [since] if since else sorted(set(first.values())):
        listed = np.array([row for row, seen in first.items() if seen <= day], dtype=int)
        month = month_number(day)
        last = month_number(until) if until else month + 12
        stream = np.flatnonzero((corpus.month > month) & (corpus.month <= last))
        stream = np.setdiff1d(stream, listed)
        later = [row for row, seen in first.items() if seen > day]
        added = np.isin(stream, later)
        if len(listed) >= 50 and added.sum() >= 15:
            before = np.flatnonzero((corpus.month > month - 12) & (corpus.month <= month))
            before = np.setdiff1d(before, listed)
            some = before
            if len(before) > most:
                some = np.sort(np.random.default_rng(0).choice(before, most, replace=False))
            return Task(reading_list.name, day, listed, before, some, stream, added)
    return None
