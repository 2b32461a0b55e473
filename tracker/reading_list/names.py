"""Names of people as a list writes them: in full, with initials, or surnames alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

_Form = Literal["full", "surname", "initials first", "initials last", "turned"]
_MOST = 0.6
_FIRST = re.compile(r"(?:[^\W\d_a-zß-ÿ]\.[ -]?)+ ?[^\W\d_]{2}")
_HAN = re.compile(r"[\u3400-\u9fff]{2,}")
"""A Chinese name is whole without a blank."""
_TURNED = re.compile(r"[^,]{2,}, ?(?:[^\W\d_a-zß-ÿ]\.?[ -]?){1,4}")
_LAST = re.compile(r"[^\W\d_]{2}[^\d_]* (?:[^\W\d_a-zß-ÿ]\.?[ -]?){1,4}")


def written_as(names: Sequence[str], stated: Sequence[str]) -> tuple[str, ...]:
    """Names in full as most of the stated ones are written; others stay as they are."""
    forms = Counter(map(_form_of, stated))
    form, count = forms.most_common(1)[0] if forms else ("full", 0)
    if count <= _MOST * len(stated):
        return tuple(names)
    stop = "." if sum(name.endswith(".") for name in stated) > 0.5 * len(stated) else ""
    return tuple(_written(name, form, stop) for name in names)


def _form_of(name: str) -> _Form:
    if len(name.split()) == 1 and _HAN.fullmatch(name) is None:
        return "surname"
    if _TURNED.fullmatch(name):
        return "turned"
    if _FIRST.match(name):
        return "initials first"
    return "initials last" if _LAST.fullmatch(name) else "full"


def _written(name: str, form: _Form, stop: str) -> str:
    given, surname = _parted(name)
    latin = re.search(r"[a-zß-ÿ]", name) is not None
    if form == "full" or _form_of(name) != "full" or not given or not latin:
        return name
    if form == "surname":
        return surname
    initials = [part[0].upper() for part in given]
    if form == "initials first":
        return " ".join(f"{initial}." for initial in initials) + f" {surname}"
    if form == "turned":
        return f"{surname}, " + " ".join(f"{initial}." for initial in initials)
    return f"{surname} " + "".join(initial + stop for initial in initials)


def _parted(name: str) -> tuple[list[str], str]:
    """The given names and the surname, with the small words that belong to it."""
    last, comma, first = name.partition(",")
    if comma:
        return first.split(), last.strip()
    words = name.split()
    at = len(words) - 1
    while at > 1 and words[at - 1].islower():
        at -= 1
    return words[:at], " ".join(words[at:])
