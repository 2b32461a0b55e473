"""What an entry repeats of its addresses: in labels, in badges, in cells of their own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from tracker.identifiers import arxiv_id

_REPOSITORY = re.compile(r"https?://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?(?:[#?].*)?$")
NAMES = re.compile(r"\{(arxiv|repository|venue|year)\}")


@lru_cache(maxsize=4_096)
def values_of(url: str) -> Mapping[str, str]:
    """What of an address is repeated elsewhere: an arXiv identifier, a repository."""
    if repository := _REPOSITORY.match(url):
        return {"repository": repository[1]}
    arxiv = arxiv_id(url) if "arxiv" in url.lower() else None
    return {"arxiv": arxiv[0]} if arxiv else {}


def values_of_all(urls: Iterable[str]) -> dict[str, str]:
    """What of several addresses is repeated elsewhere, the last of a kind."""
    found: dict[str, str] = {}
    for url in urls:
        found |= values_of(url)
    return found


def opened(text: str, values: Mapping[str, str]) -> str:
    """A text with the values it repeats left open, such as `{arxiv}`."""
    for name, value in values.items():
        if value.lower() in text.lower():
            version = r"(?:v\d+)?" if name == "arxiv" else ""
            text = re.sub(rf"(?i){re.escape(value)}{version}", f"{{{name}}}", text)
    return text


def filled(form: str, values: Mapping[str, str]) -> str | None:
    """A text with what it left open put in; None where it needs a value that is not known."""
    if any(name not in values for name in NAMES.findall(form)):
        return None
    return NAMES.sub(lambda found: values[found[1]], form)
