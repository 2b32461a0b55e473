"""Latent topics: papers on one matter come near each other though they share few words.

Latent semantic analysis (Deerwester et al., "Indexing by latent semantic analysis", 1990)
of the papers at hand, listed or not: it asks for no label and no download.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import randomized_svd

_TOPICS = 64
# Terms of fewer papers say nothing of others, those of a fifth of all papers nothing at all.
_RAREST, _COMMONEST = 5, 0.2
# With fewer papers a topic is as good as one of them.
_PAPERS_A_TOPIC = 8


class Topics:
    """The strongest directions of a matrix of weighted terms."""

    def __init__(self, kept: np.ndarray, directions: np.ndarray) -> None:
        self._kept = kept
        self._directions = directions

    @classmethod
    def of(cls, matrix: csr_matrix, random_state: int = 0) -> Topics | None:
        """Learn the topics of these rows; None where they are too few."""
        papers = matrix.shape[0]
        spread = np.bincount(matrix.indices, minlength=matrix.shape[1])
        kept = np.flatnonzero((spread >= _RAREST) & (spread <= _COMMONEST * papers))
        topics = min(_TOPICS, papers // _PAPERS_A_TOPIC, len(kept) // 2)
        if topics < _TOPICS // 4:
            return None
        _, _, found = randomized_svd(matrix[:, kept], topics, n_iter=3, random_state=random_state)
        return cls(kept, found.T)

    def matrix(self, matrix: csr_matrix) -> np.ndarray:
        """Rows of terms as rows of topics, of unit length."""
        found = np.asarray(matrix[:, self._kept] @ self._directions)
        return normalize(found) if len(found) else found
