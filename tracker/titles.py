"""Titles and names reduced to what identifies them, so that equal ones compare equal."""

from __future__ import annotations

import re
import unicodedata
from html import unescape


def fold(text: str) -> str:
    r"""Text without case and accents, so that `Sørensen`, `Sorensen` and `S{\o}rensen` agree."""
    plain = _without_latex_accents(text) if "\\" in text else text
    if plain.isascii():
        return plain.casefold()
    decomposed = unicodedata.normalize("NFKD", plain).casefold().translate(_LETTERS)
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
    r"</?(?:i|b|em|strong|sub|sup|sc|scp|tt|u|p|span|italic|bold|mml:\w+)"
    r"(?:\s+[\w:-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'))*\s*/?>",
    re.IGNORECASE,
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
