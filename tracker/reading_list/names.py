"""Names of people as a list writes them: in full, with initials, or surnames alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from tracker.reading_list.words import CAPITAL

_Form = Literal["full", "surname", "initials first", "initials last", "turned"]
_MOST = 0.6
_FIRST = re.compile(rf"(?:{CAPITAL}\.[ -]?)+")
_HAN = re.compile(r"[\u3400-\u9fff]{2,}")
"""A Chinese name is whole without a blank."""
_TURNED = re.compile(rf"[^,]{{2,}}, ?(?:{CAPITAL}\.?[ -]?){{1,4}}")
_LAST = re.compile(rf"[^\W\d_]{{2}}[^\d_]* (?:{CAPITAL}\.?[ -]?){{1,4}}")
_SUFFIX = re.compile(r"[JS]r\.?|I{2,3}|IV")
# Two surnames stand together with one of these between them: Ortega y Gasset.
_BETWEEN = frozenset(("y", "e", "i"))
# Small words of surnames that some write with a capital, and nobody is called.
_CAPITALS = frozenset(("De", "Del", "Della", "Den", "Der", "Dos", "Von"))
_ORGANISATION = re.compile(
    r"[\d@&]|AI\b|\b(?:of|for|and|the)\b|\b(?i:agency|alliance|association|authors|cent(?:er|re)|"
    r"collaboration|committee|community|company|consortium|contributors|corp|corporation|council|"
    r"department|foundation|group|inc|initiative|institute|investigators|labs?|laboratory|ltd|"
    r"ministry|network|organi[sz]ation|project|research|society|teams?|university)\b"
)


@dataclass(frozen=True, slots=True)
class _Name:
    """A person's name in parts; without `given` names there is nothing to shorten."""

    given: tuple[str, ...]
    surname: str
    suffix: str = ""


def written_as(names: Sequence[str], stated: Sequence[str]) -> tuple[str, ...]:
    """Names in full as most of the stated ones are written; others stay as they are.

    Organisations are written as they are, and say nothing of how people are written.
    """
    people = [name for name in stated if not _is_organisation(name)]
    forms = Counter(map(_form_of, people))
    form, count = forms.most_common(1)[0] if forms else ("full", 0)
    if form == "full" or count <= _MOST * len(people):
        return tuple(names)
    stop = "." if sum(name.endswith(".") for name in people) > 0.5 * len(people) else ""
    return tuple(_written(name, form, stop) for name in names)


def _is_organisation(name: str) -> bool:
    """Whether its words say that a name is that of an organisation or a team."""
    return _ORGANISATION.search(name) is not None


def _form_of(name: str) -> _Form:
    if _TURNED.fullmatch(name):
        return "turned"
    parts = _parted(name)
    if not parts.given:
        return "full" if _HAN.fullmatch(name) else "surname"
    if all(_FIRST.fullmatch(part) for part in parts.given) and "," not in name:
        return "initials first"
    return "initials last" if _is_last(name) else "full"


def _is_last(name: str) -> bool:
    """Whether a name is written as `Real AM` is."""
    words = name.split()
    if _ends_in_suffix(words):
        words.pop()
    return _LAST.fullmatch(" ".join(words)) is not None


def _written(name: str, form: _Form, stop: str) -> str:
    latin = re.search(r"[a-zß-ÿ]", name) is not None
    if not latin or _is_organisation(name) or _is_last(name):
        return name
    parts = _parted(name)
    initials = [found for part in parts.given if (found := _initials(part))]
    if not initials:
        return name
    dotted = ["-".join(f"{initial}." for initial in joined) for joined in initials]
    if form == "turned":
        return ", ".join(filter(None, (parts.surname, " ".join(dotted), parts.suffix)))
    words, suffix = [parts.surname], parts.suffix
    if form == "initials first":
        words = [*dotted, parts.surname]
    elif form == "initials last":
        hyphen = "-" if stop else ""
        words.append("".join(hyphen.join(i + stop for i in joined) for joined in initials))
        suffix = suffix if stop else suffix.rstrip(".")
    return " ".join(filter(None, (*words, suffix)))


def _initials(given: str) -> list[str]:
    """The initials of a given name: one, or several to be joined by hyphens."""
    return [part[0].upper() for part in re.split(r"[-‐‑]", given) if part[:1].isalpha()]


def _parted(name: str) -> _Name:
    """The given names, and the surname with the small words that belong to it."""
    parts = [part.strip() for part in name.split(",")]
    suffix = " ".join(part for part in parts if _SUFFIX.fullmatch(part))
    parts = [part for part in parts if part and not _SUFFIX.fullmatch(part)]
    if not 1 <= len(parts) <= 2:
        return _Name((), name)
    words = parts[0].split()
    if _ends_in_suffix(words):
        suffix = words.pop()
    if len(parts) == 2:
        given = parts[1].split()
        while len(given) > 1 and given[-1].islower():
            words.insert(0, given.pop())
        return _Name(_apart(given), " ".join(words), suffix)
    at = _surname_at(words)
    return _Name(_apart(words[:at]), " ".join(words[at:]), suffix)


def _ends_in_suffix(words: Sequence[str]) -> bool:
    """Whether the last word is one such as Jr.; the II of `Real II` may be initials."""
    least = 1 if words[-1][0] in "JS" else 2
    return len(words) > least and _SUFFIX.fullmatch(words[-1]) is not None


def _apart(given: Sequence[str]) -> tuple[str, ...]:
    """Given names without nicknames in brackets or quotes; `A.B.` is two."""
    several = [re.sub(r"(?<=[^\W\d_]\.)(?=[^\W\d_])", " ", part).split() for part in given]
    return tuple(part for parts in several for part in parts if part[0].isalpha())


def _surname_at(words: Sequence[str]) -> int:
    """Where the surname begins: at the last word, or the small words before it."""
    at = len(words) - 1
    if words[at].islower():
        return at
    while at > 0:
        before = words[at - 1]
        if before in _BETWEEN and at > 2:
            at -= 2
        elif before.islower() or (at > 1 and (before in _CAPITALS or _is_van(before, words[at]))):
            at -= 1
        else:
            break
    return at


def _is_van(word: str, behind: str) -> bool:
    """Whether it is the `Van` of `Van den Berg`: by itself it may be a given name."""
    return word == "Van" and (behind.islower() or behind in _CAPITALS)
