"""Identifiers of papers and titles, normalised, so that equal things compare equal."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from html import unescape
from typing import Literal, get_args
from urllib.parse import unquote, urlsplit, urlunsplit

Scheme = Literal["arxiv", "doi", "s2", "corpus", "pmid", "pmcid", "acl", "url"]
SCHEMES: tuple[Scheme, ...] = get_args(Scheme)


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """A name for a paper, unique within its scheme; `value` is in normal form."""

    scheme: Scheme
    value: str

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


# The identifier as arXiv defines it: https://info.arxiv.org/help/arxiv_identifier.html
_ARXIV_NEW = r"\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}"
_ARXIV_OLD = r"[a-z-]+(?:\.[A-Z]{2})?/\d{2}(?:0[1-9]|1[0-2])\d{3}"
_ARXIV = re.compile(rf"(?<![\w.])({_ARXIV_NEW}|{_ARXIV_OLD})(?:v(\d+))?(?!\d)")
_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>]+", re.IGNORECASE)


def url_of(identifier: Identifier) -> str:
    """The address of the page an identifier stands for; empty when it has none."""
    templates = {
        "arxiv": "https://arxiv.org/abs/{}",
        "doi": "https://doi.org/{}",
        "s2": "https://www.semanticscholar.org/paper/{}",
        "corpus": "https://www.semanticscholar.org/p/{}",
        "pmid": "https://pubmed.ncbi.nlm.nih.gov/{}/",
        "pmcid": "https://www.ncbi.nlm.nih.gov/pmc/articles/{}/",
        "acl": "https://aclanthology.org/{}/",
        "url": "{}",
    }
    return templates[identifier.scheme].format(identifier.value)


def arxiv_id(text: str) -> tuple[str, int | None] | None:
    """The first arXiv identifier in `text` without its version, and the version."""
    found = _ARXIV.search(text)
    if found is None:
        return None
    return found[1], int(found[2]) if found[2] else None


def normalise_doi(text: str) -> str | None:
    """The first DOI in `text`, lower case, without the punctuation a sentence puts after it."""
    found = _DOI.search(unquote(text))
    return found[0].rstrip(".,;:)]}>'\"").lower() if found else None


def normalise_url(url: str) -> str:
    """An address reduced to what tells pages apart: no scheme differences, tracking or fragment."""
    parts = urlsplit(url.strip())
    host = (parts.hostname or "").removeprefix("www.")
    path = parts.path.rstrip("/")
    return urlunsplit(("https", host, path, parts.query, ""))


def identify(text: str) -> tuple[Identifier, ...]:
    """The identifiers a link or a bare identifier carries, the most specific first.

    A web address that carries none is itself the identifier, with scheme `url`.
    """
    text = text.strip()
    is_url = text.lower().startswith(("http://", "https://"))
    host = (urlsplit(text).hostname or "").removeprefix("www.") if is_url else ""
    arxiv_hosts = ("arxiv.org", "alphaxiv.org", "ar5iv.org", "huggingface.co", "hf.co")
    about_arxiv = not is_url or host.endswith(arxiv_hosts) or "arxiv" in text.lower()
    if about_arxiv and (match := arxiv_id(text)):
        return (Identifier("arxiv", match[0]),)
    if host.endswith("aclanthology.org") and (name := urlsplit(text).path.strip("/")):
        return (Identifier("acl", name.removesuffix(".pdf")),)
    if host in {"pubmed.ncbi.nlm.nih.gov"} and (found := re.search(r"/(\d+)", text)):
        return (Identifier("pmid", found[1]),)
    if found := re.search(r"\bPMC(\d+)\b", text):
        return (Identifier("pmcid", f"PMC{found[1]}"),)
    if doi := normalise_doi(text):
        return (Identifier("doi", doi),)
    return (Identifier("url", normalise_url(text)),) if is_url else ()


def fold(text: str) -> str:
    r"""Text without case and accents, so that `Sørensen`, `Sorensen` and `S{\o}rensen` agree."""
    decomposed = (
        unicodedata.normalize("NFKD", _without_latex_accents(text)).casefold().translate(_LETTERS)
    )
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _without_latex_accents(text: str) -> str:
    return _LATEX_ACCENT.sub(lambda found: _LATEX_LETTER.get(found[1] or "", found[2] or ""), text)


def normalise_title(title: str) -> str:
    """A title reduced to its words: no case, accents, punctuation, markup or spacing.

    Greek letters, `&` and the LaTeX and HTML spellings of letters become the words they are
    read as, because sources differ in them.
    """
    plain = _without_latex_accents(_MARKUP.sub("", unescape(title)).replace("&", " and "))
    plain = _LATEX_COMMAND.sub(r" ", _GREEK_COMMAND.sub(r" \1 ", plain))
    return " ".join(re.findall(r"[^\W_]+", fold(plain)))


_MARKUP = re.compile(
    r"</?(?:i|b|em|strong|sub|sup|sc|scp|tt|u|p|span|italic|bold|mml:\w+)\b[^<>]*>"
)
_GREEK = {
    unicodedata.lookup(f"GREEK SMALL LETTER {name.upper()}"): name.replace("lamda", "lambda")
    for name in (
        *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa"),
        *("lamda", "mu", "nu", "xi", "omicron", "pi", "rho", "sigma", "tau", "upsilon", "phi"),
        *("chi", "psi", "omega"),
    )
}
_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ı": "i",
        "ς": "sigma",
    }
    | _GREEK
)
_GREEK_COMMAND = re.compile(
    r"\\(?:var)?(" + "|".join(_GREEK.values()) + r")(?![a-z])", re.IGNORECASE
)
# \'e, \'{e}, {\'e}, \v{c}, {\o}: the letter, or the name of a letter of its own.
_LATEX_LETTER = {"o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ",
                 "OE": "Œ", "aa": "å", "AA": "Å", "i": "i", "j": "j"}  # fmt: skip
_LATEX_ACCENT = re.compile(
    r"\{?\\(?:(ss|ae|AE|oe|OE|aa|AA|[oOlLij])(?![A-Za-z])\s*|(?:[`'^\"~=.]|[uvHtcdbkr](?=[\s{]))\s*\{?\\?([A-Za-z])\}?)(?:\{\})?\}?"
)
_LATEX_COMMAND = re.compile(r"\\[A-Za-z]+\*?|[\\{}$^]")
