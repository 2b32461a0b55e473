"""The links, images, emphasis and breaks of a piece of Markdown, with their exact places.

CommonMark parsers give positions for blocks only, and lists hold many links that are not quite
links; this scanner finds both, in one pass from left to right.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Literal

Kind = Literal["link", "image", "emphasis", "break", "tag", "code", "pipe", "comment"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A construct in a text, at `start` to `end`.

    For links and images `label` and `url` are the spans of their text and address; for emphasis
    `label` is what is emphasised. A link around an image has the image's text as label.
    """

    kind: Kind
    start: int
    end: int
    label: tuple[int, int] = (0, 0)
    url: tuple[int, int] = (0, 0)
    image: tuple[int, int] | None = None


_NEXT = re.compile(r"\\.|!?\[|<|`+|\*{1,3}|(?<!\w)_{1,2}(?=\S)|https?://|\||\r\n|\r|\n", re.DOTALL)
_URL_END = re.compile(r"[\s<>]|$")
_ANCHOR = re.compile(
    r"<a\b[^>]*?\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))[^>]*>(.*?)</a\s*>",
    re.IGNORECASE | re.DOTALL,
)
# Not over the next tag's sign, or many tags that never end would cost squared time.
_IMG = re.compile(r"<img\b[^<>]*?\bsrc\s*=\s*(?:\"([^\"]*)\"|'([^']*)')[^<>]*>", re.IGNORECASE)
_ALT = re.compile(r"\balt\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)


def scan(text: str, start: int = 0, end: int | None = None) -> list[Mark]:
    """The constructs of `text` between `start` and `end`, left to right, none inside another.

    Only emphasis may contain others; it comes before them.
    """
    end = len(text) if end is None else end
    marks: list[Mark] = []
    position = start
    while (found := _NEXT.search(text, position, end)) is not None:
        mark = _mark_at(text, found, end)
        if mark is None:
            position = found.end()
            continue
        marks.append(mark)
        # What is emphasised is looked into; everything else is whole.
        position = mark.label[0] if mark.kind == "emphasis" else mark.end
    return marks


def _mark_at(text: str, found: re.Match[str], end: int) -> Mark | None:  # noqa: PLR0911
    sign, at = found[0], found.start()
    if sign.startswith("\\"):
        return None
    if sign in ("[", "!["):
        return _bracket(text, at, end, image=sign == "![")
    if sign == "<":
        return _tag(text, at, end)
    if sign.startswith("`"):
        return _code(text, sign, found, end)
    if sign[0] in "*_":
        return _emphasis(text, sign, at, end)
    if sign.startswith("http"):
        return _bare(text, found, end)
    return Mark("pipe" if sign == "|" else "break", at, found.end())


def _code(text: str, sign: str, found: re.Match[str], end: int) -> Mark | None:
    close = text.find(sign, found.end(), end)
    return None if close < 0 else Mark("code", found.start(), close + len(sign))


def _bare(text: str, scheme: re.Match[str], end: int) -> Mark | None:
    at, stop = scheme.start(), bare_url_end(text, scheme.start(), end)
    if stop <= scheme.end():
        return None
    return Mark("link", at, stop, label=(at, at), url=(at, stop))


def bare_url_end(text: str, start: int, end: int) -> int:
    """Where an address standing in running text stops: no closing punctuation belongs to it."""
    found = _URL_END.search(text, start, end)
    stop = found.start() if found else end
    for sign in "|[]*":
        cut = text.find(sign, start, stop)
        stop = cut if cut >= 0 else stop
    while stop > start:
        last = text[stop - 1]
        unbalanced = last == ")" and text.count("(", start, stop) < text.count(")", start, stop)
        if last not in ".,;:!?'\"\\" and not unbalanced:
            break
        stop -= 1
    return stop


_SIGNS = {"[]": re.compile(r"\\|\[|\]"), "()": re.compile(r"\\|\(|\)|\r|\n")}


def closing(text: str, start: int, end: int, pair: str = "[]") -> int:
    """The place of the bracket that closes the one at `start`; -1 where none does."""
    depth, position, signs = 0, start, _SIGNS[pair]
    while (found := signs.search(text, position, end)) is not None:
        sign, position = found[0], found.end()
        if sign == "\\":
            position += 1
        elif sign == pair[0]:
            depth += 1
        elif sign == pair[1]:
            depth -= 1
            if depth == 0:
                return found.start()
        else:
            return -1
    return -1


_NESTED = re.compile(r"[\[<]|https?://")
_BLANK_OR_BAR, _BLANK = re.compile(r"[\s|]|$"), re.compile(r"\s")
_LONGEST = 2_000
"""No bracket of a real list is longer; the limit keeps hostile text from costing squared time."""


def _bracket(text: str, at: int, end: int, *, image: bool) -> Mark | None:
    opening = at + 1 if image else at
    end = min(end, at + _LONGEST)
    close = closing(text, opening, end)
    if close < 0 or close + 1 >= end or text[close + 1] != "(":
        return None
    stop = closing(text, close + 1, end, "()")
    if stop < 0:
        # An address that is never closed ends where the white space begins.
        found = _BLANK_OR_BAR.search(text, close + 2, end)
        stop = found.start() if found else end
        return Mark("link", at, stop, (opening + 1, close), (close + 2, stop))
    url = _destination(text, close + 2, stop)
    if image:
        return Mark("image", at, stop + 1, (opening + 1, close), url)
    inner = None
    if _NESTED.search(text, opening + 1, close):
        marks = scan(text, opening + 1, close)
        inner = next((mark for mark in marks if mark.kind in ("image", "link")), None)
    if inner is not None and inner.kind == "link" and text[inner.start] == "[":
        return None
    if inner is not None and inner.kind == "image":
        return Mark("link", at, stop + 1, inner.label, url, image=inner.url)
    return Mark("link", at, stop + 1, (opening + 1, close), url)


def _destination(text: str, start: int, stop: int) -> tuple[int, int]:
    while start < stop and text[start].isspace():
        start += 1
    if start < stop and text[start] == "<":
        close = text.find(">", start, stop)
        return (start + 1, close) if close > 0 else (start, stop)
    found = _BLANK.search(text, start, stop)
    return (start, found.start() if found else stop)


def _alt(image: re.Match[str]) -> tuple[int, int]:
    """Where the words of an HTML picture stand; an empty span at its start without any."""
    found = _ALT.search(image.string, image.start(), image.end())
    if found is None:
        return image.start(), image.start()
    return found.span(1 if found[1] is not None else 2)


def _tag(text: str, at: int, end: int) -> Mark | None:
    if found := _COMMENT.match(text, at, end):
        return Mark("comment", at, found.end())
    if found := _ANCHOR.match(text, at, min(end, at + _LONGEST)):
        group = next(g for g in (1, 2, 3) if found[g] is not None)
        inner = _IMG.search(text, found.start(4), found.end(4))
        label = found.span(4)
        picture = None
        if inner is not None:
            label, picture = _alt(inner), inner.span(1 if inner[1] else 2)
        return Mark("link", at, found.end(), label, found.span(group), picture)
    if found := _IMG.match(text, at, end):
        label = _alt(found)
        return Mark("image", at, found.end(), label, found.span(1 if found[1] else 2))
    if text.startswith(("<http://", "<https://"), at):
        close = text.find(">", at, end)
        return None if close < 0 else Mark("link", at, close + 1, (at, at), (at + 1, close))
    found = _TAG.match(text, at, end)
    if found is None:
        return None
    kind: Kind = "break" if re.match(r"<br\b", found[0], re.IGNORECASE) else "tag"
    return Mark(kind, at, found.end())


def _emphasis(text: str, sign: str, at: int, end: int) -> Mark | None:
    opens = at + len(sign)
    if opens >= end or text[opens].isspace():
        return None
    close = text.find(sign, opens + 1, min(end, at + _LONGEST))
    while close >= 0 and (text[close - 1].isspace() or text[close - 1] == "\\"):
        close = text.find(sign, close + 1, min(end, at + _LONGEST))
    if close < 0 or "\n\n" in text[opens:close]:
        return None
    return Mark("emphasis", at, close + len(sign), label=(opens, close))


_DECORATION = re.compile(
    r"!\[[^\]]*\]\([^)]*\)|<!--.*?-->|</?[a-zA-Z][^<>]*>|\*+|~~|`+|(?<!\w)_+|_+(?!\w)", re.DOTALL
)
_LINK_TEXT = re.compile(r"\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\((?:[^()\s]|\([^()]*\))*\)")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


_MARKUP = re.compile(r"[\\*_`~<&\[!\0]")


def plain(markdown: str) -> str:
    """What a reader sees of a piece of Markdown, on one line."""
    if not _MARKUP.search(markdown):
        return " ".join(markdown.split())
    text = _LINK_TEXT.sub(r"\1", markdown)
    escaped: list[str] = []

    def keep(found: re.Match[str]) -> str:
        escaped.append(found[1])
        return "\0"

    text = _ESCAPE.sub(keep, text.replace("\0", "\ufffd"))
    text = unescape(_DECORATION.sub("", text))
    signs = iter(escaped)
    # A decoration may have swallowed an escaped sign.
    text = re.sub("\0", lambda _: next(signs, ""), text)
    return " ".join(text.split())
