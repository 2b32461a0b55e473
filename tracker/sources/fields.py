"""Small things every source does to the fields of a paper."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime

from tracker.identifiers import arxiv_id
from tracker.paper import Link

# Hosts where a link in a comment or an abstract is the paper's own code.
_CODE = re.compile(
    r"https?://(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org|codeberg\.org)"
    r"/[\w.-]+/[\w.-]*\w",
    re.IGNORECASE,
)


def one_line(text: str) -> str:
    """Text without line breaks and doubled blanks."""
    return " ".join(text.split())


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """The values that are not empty, each once, in order."""
    return tuple(dict.fromkeys(value for value in values if value))


def code_links(text: str) -> tuple[Link, ...]:
    """Links to code repositories that a comment or an abstract names."""
    addresses = unique(found[0].removesuffix(".git") for found in _CODE.finditer(text))
    return tuple(Link("code", address) for address in addresses)


def day(value: object) -> date | None:
    """The day of an ISO date or time, also of a bare year and month; None when there is none."""
    text = str(value or "").strip()
    if found := re.match(r"(\d{4})-(\d{2})(?!\d|-)", text):
        text = f"{found[1]}-{found[2]}-01"
    try:
        return datetime.fromisoformat(text[:10]).date()
    except ValueError:
        return None


def month_of_arxiv_id(identifier: str) -> date | None:
    """The first day of the month an arXiv identifier was given out in."""
    found = arxiv_id(identifier)
    if found is None:
        return None
    digits = found[0].rsplit("/", 1)[-1]
    year, month = int(digits[:2]), int(digits[2:4])
    return date(1900 + year if year >= 91 else 2000 + year, month, 1)
