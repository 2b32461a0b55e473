"""What an entry repeats of its addresses: in labels, in badges, in cells of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from tracker.identifiers import arxiv_id

_REPOSITORY = re.compile(r"https?://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?(?:[#?].*)?$")
NAMES = re.compile(r"\{(arxiv|repository)\}")


@lru_cache(maxsize=4_096)
def values_of(url: str) -> Mapping[str, str]:
    """What of an address is repeated elsewhere: an arXiv identifier, a repository."""
    if repository := _REPOSITORY.match(url):
        return {"repository": repository[1]}
    arxiv = arxiv_id(url) if "arxiv" in url.lower() else None
    return {"arxiv": arxiv[0]} if arxiv else {}


def opened(text: str, name: str, value: str) -> str:
    """A text with the value it repeats left open, as `{name}`."""
    if value.lower() not in text.lower():
        return text
    version = r"(?:v\d+)?" if name == "arxiv" else ""
    return re.sub(rf"(?i){re.escape(value)}{version}", f"{{{name}}}", text)


def opened_all(text: str, values: Mapping[str, str]) -> str:
    """A text with all the values it repeats left open."""
    for name, value in values.items():
        text = opened(text, name, value)
    return text


def filled(form: str, values: Mapping[str, str]) -> str | None:
    """A text with what it left open put in; None where it needs a value that is not known."""
    if any(name not in values for name in NAMES.findall(form)):
        return None
    return NAMES.sub(lambda found: values[found[1]], form)
