"""The words of papers, cut once, for those who train on the same papers again and again.

A replay trains anew for every week of a year on thousands of papers, and most of that time
goes into cutting the same abstracts into words. Here each text is cut once. Terms are known by
64-bit fingerprints, which depend on the term alone: what is learned of a paper does not depend
on what other papers were ever looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cached_property
from hashlib import blake2b

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.preprocessing import normalize

from classifiers.relevance import PaperFeatures
from tracker.paper import Paper

# As classifiers.text cuts them.
_WORD = re.compile(r"(?u)\b\w\w+\b")
# Odd and large, so that a pair's fingerprint takes part of both words and of their order.
_FIRST, _SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)


class WordMemory:
    """The fingerprints of the words of every text asked for so far."""

    def __init__(self) -> None:
        self._texts: dict[str, np.ndarray] = {}
        self._words: dict[str, int] = {}

    def words(self, text: str) -> np.ndarray:
        """The text's words in order, as fingerprints."""
        known = self._texts.get(text)
        if known is None:
            known = np.array(
                [self.word(word) for word in _WORD.findall(text.lower())], dtype=np.uint64
            )
            self._texts[text] = known
        return known

    def word(self, word: str) -> int:
        """A word's fingerprint."""
        known = self._words.get(word)
        if known is None:
            digest = blake2b(word.encode("utf-8", "replace"), digest_size=8).digest()
            known = self._words[word] = int.from_bytes(digest, "big")
        return known


class CountedFeatures:
    """What classifiers.relevance.PaperFeatures makes of papers, up to the order of columns."""

    def __init__(self, memory: WordMemory) -> None:
        self._memory = memory

    def fit(self, papers: Sequence[Paper]) -> csr_matrix:
        """As PaperFeatures."""
        self._papers = papers
        self.__dict__.pop("terms_", None)
        counts, self._keys = self._counted(papers, self._words)
        spread = np.bincount(counts.indices, minlength=len(self._keys))
        self._weights = np.log((1 + len(papers)) / (1 + spread)) + 1
        return self._weighted(counts)

    @cached_property
    def terms_(self) -> np.ndarray:
        """The terms by column; spelled out only when somebody asks."""
        plain = PaperFeatures()
        plain.fit(self._papers)
        named = {self._key(term): term for term in plain.terms_}
        return np.array([named[int(key)] for key in self._keys], dtype=object)

    def matrix(self, papers: Sequence[Paper]) -> csr_matrix:
        """As PaperFeatures."""
        return self._of(papers, self._words)

    def titles(self, papers: Sequence[Paper]) -> csr_matrix:
        """As PaperFeatures."""
        return self._of(papers, lambda paper: self._memory.words(paper.title))

    def _of(self, papers: Sequence[Paper], words: Callable[[Paper], np.ndarray]) -> csr_matrix:
        counts, keys = self._counted(papers, words)
        places, known = self._columns(keys)
        kept = known[counts.indices]
        rows = np.repeat(np.arange(len(papers)), np.diff(counts.indptr))[kept]
        columns = places[counts.indices[kept]]
        shape = (len(papers), len(self._keys))
        return self._weighted(csr_matrix((counts.data[kept], (rows, columns)), shape=shape))

    def understood(self, papers: Sequence[Paper]) -> np.ndarray:
        """As PaperFeatures."""
        shares = []
        for paper in papers:
            words = np.unique(self._words(paper))
            shares.append(float(self._columns(words)[1].mean()) if len(words) else 0.0)
        return np.array(shares)

    def _columns(self, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The column of each fingerprint, and whether it has one."""
        if not len(self._keys):
            return np.zeros(len(keys), dtype=int), np.zeros(len(keys), dtype=bool)
        places = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        return places, self._keys[places] == keys

    def _words(self, paper: Paper) -> np.ndarray:
        memory = self._memory
        return np.concatenate([memory.words(paper.title), memory.words(paper.abstract)])

    def _counted(
        self, papers: Sequence[Paper], words_of: Callable[[Paper], np.ndarray]
    ) -> tuple[csr_matrix, np.ndarray]:
        """How often each word and pair stands in each paper, and the fingerprints by column."""
        rows = []
        for paper in papers:
            words = words_of(paper)
            rows.append(np.concatenate([words, _pairs(words[:-1], words[1:])]))
        ends = np.cumsum([0, *(len(row) for row in rows)])
        every = np.concatenate(rows) if rows else np.zeros(0, dtype=np.uint64)
        keys, columns = np.unique(every, return_inverse=True)
        shape = (len(papers), len(keys))
        counts = csr_matrix((np.ones(len(every)), columns, ends), shape=shape)
        counts.sum_duplicates()
        return counts, keys

    def _weighted(self, counts: csr_matrix) -> csr_matrix:
        """TF-IDF with logarithmic counts, rows of unit length."""
        weighted = counts.copy()
        weighted.data = (np.log(counts.data) + 1) * self._weights[counts.indices]
        return normalize(weighted)

    def _key(self, term: str) -> int:
        words = np.array([self._memory.word(word) for word in term.split()], dtype=np.uint64)
        return int(words[0] if len(words) == 1 else _pairs(words[:1], words[1:])[0])


def _pairs(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    return (first * _FIRST) ^ (second * _SECOND + _FIRST)
