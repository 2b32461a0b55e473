"""What a reading list is about, from its own entries: arXiv categories to read, words to watch."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tracker.paper import Paper
from tracker.settings import is_category

USUAL_CATEGORIES = ("cs.CL", "cs.AI", "cs.LG", "cs.CV")
"""Where papers on language models appear; for a list whose entries could not be looked up."""

_NEARLY_ALL = 0.97
_LEAST_GAIN = 0.01
_MOST_CATEGORIES = 6
_FEW_WORDS = 6
_LEAST_SHARE = 0.02

_COMMON_TEXT = """
    a about across after all an and any are as at be been better beyond between both but by can
    case do does during efficient effective end evaluating evaluation exploring for framework from
    general good has have how improving in into is it its large learning less make method methods
    model modeling models more most multi multiple need neural new no not novel of off on one open
    or other our out over paper problem scale self should some study survey system systems task
    tasks than that the their them there these they this through time to toward towards two under
    understanding up use user using via view want we what when where which while who why will with
    within without you your review analysis approach approaches based benchmark benchmarks
    benchmarking comprehensive data dataset datasets deep enhancing challenges opportunities
    applications application progress artificial intelligence ai introducing investigating
    against challenge llm llms text training
"""
_COMMON = frozenset(_COMMON_TEXT.split())
"""Words that stand in titles of every field, or of every one on language models."""


@dataclass(frozen=True, slots=True)
class Categories:
    """arXiv categories to read, and how many of `known` papers appear in one of them."""

    names: tuple[str, ...]
    covered: int = 0
    known: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """The phrase most titles share, empty if none, and the words that set the list apart."""

    phrase: str
    words: tuple[str, ...]

    @property
    def query(self) -> str:
        """A query for Semantic Scholar's bulk search: the phrase with any of the words."""
        words = " | ".join(self.words)
        if self.phrase and words:
            return f'"{self.phrase}" + ({words})'
        return f'"{self.phrase}"' if self.phrase else words


def categories_of(papers: Iterable[Paper]) -> Categories:
    """The fewest categories in which nearly all of these papers appear, the largest first.

    arXiv finds a paper under each of its categories, not only the primary one. Without a paper
    whose categories are known the usual ones are given.
    """
    # arXiv gives classes of the ACM and the AMS, such as 68T50, beside its own categories.
    named = (frozenset(filter(is_category, paper.categories)) for paper in papers)
    left = [categories for categories in named if categories]
    known = len(left)
    names: list[str] = []
    while left and len(names) < _MOST_CATEGORIES and known - len(left) < _NEARLY_ALL * known:
        counts = Counter(name for categories in left for name in categories)
        name, count = min(counts.items(), key=lambda item: (-item[1], item[0]))
        if names and count < max(2, _LEAST_GAIN * known):
            break
        names.append(name)
        left = [categories for categories in left if name not in categories]
    if not names:
        return Categories(USUAL_CATEGORIES)
    return Categories(tuple(names), known - len(left), known)


def terms_of(titles: Collection[str]) -> Terms:
    """The words that titles of this list share and titles of other fields do not."""
    texts = [_words(title) for title in dict.fromkeys(titles)]
    texts = [_singular(words, _plurals(texts)) for words in texts]
    pairs = Counter(pair for words in texts for pair in set(pairwise(words)) if _tells(pair))
    phrase = ""
    if pairs:
        pair, count = min(pairs.items(), key=lambda item: (-item[1], item[0]))
        phrase = " ".join(pair) if count >= max(3, 0.05 * len(texts)) else ""
    single = Counter(
        word
        for words in texts
        for word in set(words)
        if word not in _COMMON
        and len(word) > 2
        and not word.isdigit()
        and word not in phrase.split()
    )
    least = max(2, _LEAST_SHARE * len(texts))
    ranked = sorted(single.items(), key=lambda item: (-item[1], item[0]))
    return Terms(phrase, tuple(word for word, count in ranked if count >= least)[:_FEW_WORDS])


def _words(title: str) -> list[str]:
    return re.findall(r"[^\W\d_](?:[\w-]*\w)?", title.casefold())


def _plurals(texts: Sequence[Sequence[str]]) -> frozenset[str]:
    """Words that also stand in the list without their final s."""
    seen = {word for words in texts for word in words}
    return frozenset(
        word for word in seen if len(word) > 3 and word[-1] == "s" and word[:-1] in seen
    )


def _singular(words: Sequence[str], plurals: Collection[str]) -> list[str]:
    return [word[:-1] if word in plurals else word for word in words]


def _tells(pair: tuple[str, str]) -> bool:
    """Whether two neighbouring words may be a name of something."""
    first, second = pair
    return first not in _COMMON and len(first) > 2 and len(second) > 2 and not second.isdigit()
