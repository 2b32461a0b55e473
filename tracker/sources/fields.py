"""Small things every source does to the fields of a paper."""

from __future__ import annotations

import json
import re
import unicodedata
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


# arXiv keeps accents in names as TeX: the command, and what it puts over or under a letter.
_COMBINING = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306",
    ".": "\u0307", '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323",
    "c": "\u0327", "k": "\u0328", "b": "\u0331",
}  # fmt: skip
_LETTERS = {
    "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ",
    "OE": "Œ", "aa": "å", "AA": "Å", "i": "ı", "j": "ȷ",
}  # fmt: skip
_ACCENT = re.compile(
    r"\\(?:([`'^~=.\"])|([uvHrdckb])(?![A-Za-z]))\s*(?:\{\\?([A-Za-z])\}|\\?([A-Za-z]))"
)
_LETTER = re.compile(r"\\(ss|ae|AE|oe|OE|aa|AA|[oOlLij])(?![A-Za-z])(?:\{\}|\s)?")
_BRACED = re.compile(r"\{(\w[\u0300-\u036f]?)\}")


def without_tex_accents(text: str) -> str:
    r"""Text with accents as characters: `Mu\v{s}i\'c` is Mušić; mathematics stays."""
    if "\\" not in text:
        return text
    text = _ACCENT.sub(lambda a: (a[3] or a[4]) + _COMBINING[a[1] or a[2]], text)
    text = _LETTER.sub(lambda letter: _LETTERS[letter[1]], text)
    return unicodedata.normalize("NFC", _BRACED.sub(r"\1", text))


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


def day_of_watermark(watermark: str | None) -> date | None:
    """The day up to which a watermark of any source says it was read; None when it names none."""
    if (found := day(watermark)) is not None:
        return found
    try:
        state = json.loads(watermark or "")
        return day(state.get("day") or state.get("until"))
    except (AttributeError, ValueError):
        return None


def month_of_arxiv_id(identifier: str) -> date | None:
    """The first day of the month an arXiv identifier was given out in."""
    found = arxiv_id(identifier)
    if found is None:
        return None
    digits = found[0].rsplit("/", 1)[-1]
    year, month = int(digits[:2]), int(digits[2:4])
    return date(1900 + year if year >= 91 else 2000 + year, month, 1)
