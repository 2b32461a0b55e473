"""What the classifiers see of a paper: its words, weighted."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import (
    ENGLISH_STOP_WORDS,
    CountVectorizer,
    TfidfVectorizer,
)
from sklearn.preprocessing import normalize
from threadpoolctl import threadpool_limits

from tracker.paper import Paper
from tracker.taxonomy import Path

_WORD = re.compile(r"(?u)\b\w\w+\b")


def document(paper: Paper) -> str:
    """The text a paper is judged by: its title, which counts twice, and its abstract."""
    return f"{paper.title}. {paper.title}. {paper.abstract}"


def section_document(path: Path, description: str = "") -> str:
    """The text a section brings along: its heading, which counts twice, its parents', its help."""
    return ". ".join((*path[-1:], *path[::-1], description))


class Words:
    """TF-IDF over words and pairs of words, learned from the texts at hand.

    A matrix has one row of unit length a text, and one column a term of `terms_`.
    """

    def __init__(self, min_df: int = 1, max_df: float = 1.0) -> None:
        self._vectorizer = TfidfVectorizer(
            ngram_range=(1, 2), sublinear_tf=True, min_df=min_df, max_df=max_df
        )

    def fit(self, texts: Sequence[str]) -> csr_matrix:
        """Learn the terms and their weights; returns the matrix of the same texts."""
        matrix = _fit(self._vectorizer, texts)
        self.terms_: np.ndarray = self._vectorizer.get_feature_names_out()
        self._vocabulary = self._vectorizer.vocabulary_
        return matrix

    def matrix(self, texts: Sequence[str]) -> csr_matrix:
        """The texts in the terms learned."""
        return self._vectorizer.transform(texts)

    def diluted(self, texts: Sequence[str]) -> csr_matrix:
        """The same, of unit length before the words not learned are left out."""
        return _diluted(self._vectorizer, texts)

    def understood(self, texts: Sequence[str]) -> np.ndarray:
        """The share of each text's different words that the learned texts contain, 0 to 1."""
        return word_shares(texts, self._vocabulary)


def word_shares(texts: Iterable[str], known: Container[str]) -> np.ndarray:
    """The share of each text's different words that are known, 0 to 1."""
    shares = []
    for text in texts:
        words = set(_WORD.findall(text.lower()))
        shares.append(sum(word in known for word in words) / len(words) if words else 0.0)
    return np.array(shares)


class Views:
    """Several ways to look at a text, side by side in one matrix with rows of unit length.

    Words and their pairs; single telling words; pieces of words, in the title and, where there
    are few texts, in all of it. The first columns are those of `words`. Which views pay is in
    docs/quality.md, "Ablation".
    """

    def __init__(self, without: Collection[str] = ()) -> None:
        self._without = frozenset(without)

    def fit(self, texts: Sequence[str], titles: Sequence[str]) -> csr_matrix:
        """Learn from texts and their titles; returns their matrix."""
        self.words = Words()
        parts = [self.words.fit(texts)]
        self._others: list[tuple[TfidfVectorizer, bool]] = []
        for name, (settings, of_title) in _VIEWS.items():
            if name in self._without or (name == "pieces" and len(texts) > _MANY):
                continue
            vectorizer = TfidfVectorizer(sublinear_tf=True, **settings)
            parts.append(_fit(vectorizer, titles if of_title else texts))
            self._others.append((vectorizer, of_title))
        self._scale = len(parts) ** -0.5
        return hstack(parts, format="csr") * self._scale

    def matrix(self, texts: Sequence[str], titles: Sequence[str]) -> csr_matrix:
        """Other texts, in what was learned; what they say besides makes their rows shorter.

        A learned text has terms that no other has. Unless those of a new text count as well, it
        is likelier to everything than a learned one left out, and confidence is too high.
        """
        parts = [self.words.diluted(texts)]
        parts += [_diluted(v, titles if of_title else texts) for v, of_title in self._others]
        return hstack(parts, format="csr") * self._scale


# Pieces of words of whole abstracts cost seconds where entries are many, and add nothing there.
_MANY = 1000
_VIEWS: dict[str, tuple[dict[str, Any], bool]] = {
    "telling": ({"stop_words": "english", "min_df": 2}, False),
    "title pieces": ({"analyzer": "char_wb", "ngram_range": (3, 5)}, True),
    "pieces": ({"analyzer": "char_wb", "ngram_range": (4, 5)}, False),
}


def _fit(vectorizer: TfidfVectorizer, texts: Sequence[str]) -> csr_matrix:
    try:
        return vectorizer.fit_transform(texts)
    except ValueError:
        # Texts without one word, or without two that share one, are no reason to fail.
        vectorizer.set_params(vocabulary=["no words"], stop_words=None)
        return vectorizer.fit_transform(texts)


def _diluted(vectorizer: TfidfVectorizer, texts: Sequence[str]) -> csr_matrix:
    """What the vectorizer would make of the texts had it learned them, too, in the terms it has."""
    counter = CountVectorizer(analyzer=vectorizer.build_analyzer(), dtype=float)
    try:
        counts = counter.fit_transform(texts)
    except ValueError:
        return vectorizer.transform(texts)
    known = vectorizer.vocabulary_
    columns = np.array([known.get(term, -1) for term in counter.get_feature_names_out()])
    # A term seen once weighs as much as a text's own terms did; where two texts must share a
    # term for it to count, nothing.
    alone = vectorizer.idf_.max() if vectorizer.min_df == 1 else 0.0
    weights = np.where(columns >= 0, vectorizer.idf_[columns], alone)
    counts.data = (1.0 + np.log(counts.data)) * weights[counts.indices]
    rows = normalize(counts).tocoo()
    kept = columns[rows.col] >= 0
    shape = (len(texts), len(vectorizer.idf_))
    return csr_matrix((rows.data[kept], (rows.row[kept], columns[rows.col[kept]])), shape=shape)


def strongest(
    row: csr_matrix, weights: np.ndarray, terms: np.ndarray, most: int = 5
) -> tuple[str, ...]:
    """The terms of one text that speak most for what `weights` stands for, strongest first.

    Common words, numbers and words inside a pair already named are not told.
    """
    row = row[:, : len(terms)]
    weights = weights[: len(terms)]
    order = np.argsort(-(row.data * weights[row.indices]), kind="stable")
    told: list[str] = []
    for place in order[: 6 * most]:
        term = str(terms[row.indices[place]])
        if row.data[place] * weights[row.indices[place]] <= 0 or len(told) == most:
            break
        words = term.split()
        if words[0] in ENGLISH_STOP_WORDS or words[-1] in ENGLISH_STOP_WORDS or term.isdigit():
            continue
        if not any(set(words) & set(other.split()) for other in told):
            told.append(term)
    return tuple(told)


@contextmanager
def one_thread() -> Iterator[None]:
    """Linear algebra on one thread, for sums are rounded differently on two."""
    with threadpool_limits(1, "blas"):
        yield
