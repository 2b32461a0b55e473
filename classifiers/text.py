"""What the classifiers see of a paper: its words, weighted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer
from threadpoolctl import threadpool_limits

from tracker.paper import Paper
from tracker.taxonomy import Path

_WORD = re.compile(r"(?u)\b\w\w+\b")


def document(paper: Paper) -> str:
    """The text a paper is judged by: its title, which counts twice, and its abstract."""
    return f"{paper.title}. {paper.title}. {paper.abstract}"


def section_document(path: Path, description: str = "") -> str:
    """The text a section brings along: its heading, which counts twice, its parents', its help."""
    return ". ".join((path[-1], *path[::-1], description))


class Words:
    """TF-IDF over words and pairs of words, learned from the texts at hand.

    `matrix` has one row of unit length a text, and one column a term of `terms_`.
    """

    def __init__(self, min_df: int = 1, max_df: float = 1.0) -> None:
        self._vectorizer = TfidfVectorizer(
            ngram_range=(1, 2), sublinear_tf=True, min_df=min_df, max_df=max_df, dtype=np.float64
        )

    def fit(self, texts: Sequence[str]) -> csr_matrix:
        """Learn the terms and their weights; returns the matrix of the same texts."""
        if not any(_WORD.search(text) for text in texts):
            # A list whose texts hold no word at all is no reason to fail.
            self._vectorizer.set_params(vocabulary=["no words"])
        matrix = self._vectorizer.fit_transform(texts)
        self.terms_: np.ndarray = self._vectorizer.get_feature_names_out()
        self._vocabulary = self._vectorizer.vocabulary_
        return matrix

    def matrix(self, texts: Sequence[str]) -> csr_matrix:
        """The texts in the terms learned."""
        return self._vectorizer.transform(texts)

    def understood(self, texts: Sequence[str]) -> np.ndarray:
        """The share of each text's different words that the learned texts contain, 0 to 1."""
        shares = np.zeros(len(texts))
        for row, text in enumerate(texts):
            words = set(_WORD.findall(text.lower()))
            known = sum(word in self._vocabulary for word in words)
            shares[row] = known / len(words) if words else 0.0
        return shares


def strongest(
    row: csr_matrix, weights: np.ndarray, terms: np.ndarray, most: int = 5
) -> tuple[str, ...]:
    """The terms of one text that speak most for what `weights` stands for, strongest first.

    Common words, numbers and words inside a pair already named are not told.
    """
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
