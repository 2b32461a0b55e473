"""How alike two titles, or two spellings of a person's name, are."""

from __future__ import annotations

import re

from tracker.identifiers import fold


def nearly(one: str, other: str) -> bool:
    """Whether two texts differ in at most three neighbouring letters; quick, to rule pairs out."""
    size = max(len(one), len(other))
    if size - min(len(one), len(other)) > 3:
        return False
    start = _shared(one, other)
    end = _shared(one[start:][::-1], other[start:][::-1])
    return start + end >= size - 3


def slip(one: str, other: str, least: tuple[int, int]) -> bool:
    """Whether two words are one letter (added, left out, changed, or two swapped) apart.

    `least` are the letters a word must have for a slip, and for a changed letter. Different
    papers of the same authors differ in first letters (typical and atypical) and digits.
    """
    shortest = min(len(one), len(other))
    start = _shared(one, other)
    if start == 0 or shortest < least[0] or not (one.isalpha() and other.isalpha()):
        return False
    left, right = one[start:], other[start:]
    if len(left) == len(right) and left[1:] == right[1:]:
        return shortest >= least[1]
    swapped = left[:2] == right[:2][::-1] and left[2:] == right[2:]
    return swapped or left[1:] == right or left == right[1:]


def _shared(one: str, other: str) -> int:
    """How many letters two words have in common at the beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(one), len(other)))


def same_person(one: tuple[str, frozenset[str]], other: tuple[str, frozenset[str]]) -> bool:
    """Whether two names, as `name_of` gives them, may be one person's.

    Which word is the surname is a guess; each must occur somewhere in the other name.
    """
    return one[0] in other[1] and other[0] in one[1]


def name_of(author: str) -> tuple[str, frozenset[str]] | None:
    """The surname and the words of `Ann B. Lee`, `Lee, Ann B.`, `Lee AB` or `Lee A.-B.`."""
    plain = re.sub(r"\(.*?\)", " ", author)
    surname, comma, _ = plain.partition(",")
    words = re.findall(r"[^\W\d_]+", fold(plain))
    if not words:
        return None
    if comma and (found := re.findall(r"[^\W\d_]+", fold(surname))):
        return found[-1], frozenset(words)
    spelled = re.findall(r"[^\W\d_]+", plain)
    full = [w for w, s in zip(words, spelled, strict=False) if len(w) > 1 and not _initials(s)]
    return (full or words)[-1], frozenset(words)


def _initials(word: str) -> bool:
    return len(word) <= 3 and word.isupper()
