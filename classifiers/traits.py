"""What a paper shows beside its matter: how many wrote it, whether it offers its code.

Of several papers on one matter a list takes some. The words say little about which; these
numbers, learned from the list's own papers against the likest of the others, say a bit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from tracker.paper import Paper

_CODE = re.compile(r"(?i)github|hugging ?face|https?://")
# A paper of hundreds is not ten times as remarkable as one of thirty.
_MANY_AUTHORS = 30
_FURTHEST = 2.0
# What all listed papers share has no spread; nearly so must be the same as quite.
_NARROWEST = 0.1


class Traits:
    """The traits of papers, a column each: 0 in the middle and where unknown, from -2 to 2.

    The unit is the spread over the papers learned from. A paper without an abstract is known
    from a list, which may shorten its authors to one and links code where it pleases: of such a
    paper nothing is known.
    """

    def __init__(self, middle: np.ndarray, spread: np.ndarray) -> None:
        self._middle = middle
        self._spread = spread

    @classmethod
    def of(cls, papers: Sequence[Paper]) -> Traits:
        """Learn the traits' middle and spread from these papers."""
        found = _traits(papers)
        known = ~np.isnan(found)
        counts = np.maximum(1, known.sum(axis=0))
        middle = np.where(known, found, 0.0).sum(axis=0) / counts
        squares = np.where(known, (found - middle) ** 2, 0.0).sum(axis=0) / counts
        return cls(middle, np.maximum(np.sqrt(squares), _NARROWEST))

    def matrix(self, papers: Sequence[Paper]) -> np.ndarray:
        """One row a paper: authors (logarithm of their number), code."""
        found = (_traits(papers) - self._middle) / self._spread
        return np.asarray(np.clip(np.nan_to_num(found), -_FURTHEST, _FURTHEST))


def _traits(papers: Sequence[Paper]) -> np.ndarray:
    rows = [_traits_of(paper) for paper in papers]
    return np.array(rows, dtype=float).reshape(len(papers), 2)


def _traits_of(paper: Paper) -> tuple[float, float]:
    if not paper.abstract:
        return np.nan, np.nan
    authors = min(len(paper.authors), _MANY_AUTHORS)
    return (
        np.log1p(authors) if authors else np.nan,
        float(_CODE.search(paper.abstract) is not None),
    )
