"""A pattern without some of its parts, and without what stands there for these alone."""

from __future__ import annotations

import re

from tracker.reading_list.template import Token


def leave_out(tokens: list[Token], kinds: set[str], *, cells: bool) -> list[Token]:
    """The tokens without those of some kinds, and without what stands there for these alone.

    `cells` says that they stand in a row of a table, where the cells stay.
    """
    kept: list[Token] = []
    dropped = ""
    for number, token in enumerate(tokens):
        if token.kind in kinds:
            dropped = token.kind
            continue
        if dropped and token.kind == "text" and kept and kept[-1].kind == "text":
            before = kept.pop().text
            ends = all(other.kind in kinds for other in tokens[number + 1 :])
            if cells:
                kept.append(Token("text", _join_cell(before, token.text, ends)))
            else:
                kept.append(Token("text", _join(before, token.text, dropped, ends)))
        elif dropped and token.kind == "text" and not kept and not cells:
            kept.append(Token("text", _SET_OFF.sub("", token.text)))
        else:
            kept.append(token)
        dropped = ""
    if dropped and kept and kept[-1].kind == "text" and not cells:
        kept.append(Token("text", _join(kept.pop().text, "", dropped, ends=True)))
    if kept and not cells and kept[-1].kind == "text" and kept[-1] is not tokens[-1]:
        end = tokens[-1].text if tokens[-1].kind == "text" else ""
        kept.append(Token("text", _without_dangling(kept.pop().text, end)))
    return kept


_EDGE = r"(?:\s|<br\s*/?>|[,;·])+"
_CELL_OPENS = re.compile(r"(?:^|(?<!\\)\||<t[dh]\b[^>]*>)\s*$", re.IGNORECASE)
_CELL_CLOSES = re.compile(r"\s*(?:\||</t[dhr])", re.IGNORECASE)


def _join_cell(before: str, behind: str, ends: bool) -> str:
    """What is left of a cell around something left out, without what set it off."""
    before, behind = _without_pairs(before, behind)
    lead, end = re.match(_EDGE, behind), re.search(rf"{_EDGE}$", before)
    if _CELL_OPENS.search(before):
        return before + (behind[lead.end() :] if lead and lead[0].strip() else behind)
    if (_CELL_CLOSES.match(behind) or ends) and end and end[0].strip():
        return before[: end.start()] + (behind if behind[:1].isspace() else " " + behind)
    return before + behind


_DANGLING = re.compile(r"(?:(?:^|(?<=\s))[-–—]|[—:：|,;·•，、；]|<br\s*/?>)\s*$", re.IGNORECASE)


def _without_dangling(text: str, end: str) -> str:
    """A last text without signs that announce what is not there, unless entries end so."""
    while (found := _DANGLING.search(text)) and not end.rstrip().endswith(found[0].rstrip()):
        text = text[: found.start()].rstrip(" \t\r\n")
    return text


_AFTER_ONE = re.compile(r"(?:[,.;:·|，、；：。][\"”]?|(?:^|\s)[-–—])\s*$")
_ANOTHER = re.compile(r"\s*(?:[,.;:·|，、；：。]|[-–—](?=\s))")
_SET_OFF = re.compile(r"^(?:\s*[,.;:·|，、；：。])+\s*")
_NOTHING_YET = re.compile(
    r"(?:[(\[（【《「]|(?<=[\s(\[（【])[*_`]{1,3})$|^\s*(?:[-*+•]|\d+[.)])\s+(?:\[[ xX]\]\s+)?$"
)
"""Where nothing stands yet that a separator could set off: behind a bracket, or a bullet."""


def _join(before: str, behind: str, dropped: str, ends: bool) -> str:
    """What is left around something left out, without brackets; `ends`: nothing comes behind."""
    lines = re.search(r"(\r\n|\r|\n)[ \t]*(?:[-*+] )?[^\r\n]*$", before)
    whole = r"[ \t]*(?:\r|\n|$)" if ends or dropped == "note" else r"[ \t]*[\r\n]"
    if lines and re.match(whole, behind):
        return before[: lines.start()] + behind
    before, behind = _without_pairs(before, behind)
    if (joined := _without_line(before, behind, ends)) is not None:
        return joined
    if dropped == "short":
        behind = re.sub(r"^\s*(?:[:：]|[-–—](?=\s))\s*", " " if before[-1:].strip() else "", behind)
    # Of two separators one is enough.
    if before and _AFTER_ONE.search(before) and (another := _ANOTHER.match(behind)):
        behind = behind[another.end() :]
    if behind[:1] in tuple("（【"):
        before = before.rstrip("，、；：")
    elif behind[:1] in tuple(".,;，；。"):
        before = before.rstrip(" \t")
    opens = re.search(r"(?:^|\s)[*_`]+$|[\[(（【，、；：。]$", before) is not None
    if (before[-1:].isspace() or opens) and behind[:1] in (" ", "\t"):
        behind = behind.lstrip(" \t")
    return before + behind


_PAIRS = (
    *(("**", "**"), ("*", "*"), ("_", "_"), ('"', '"'), ("(", ")"), ("[", "]"), ("`", "`")),
    *(("（", "）"), ("【", "】"), ("「", "」"), ("《", "》")),
)
_BULLET = re.compile(r"(?:^|[\r\n])[ \t]*[-*+•][ \t]+$")
_CLOSES = re.compile(r"\s*[\])）】」》]")


def _without_pairs(before: str, behind: str) -> tuple[str, str]:
    """Both sides of something left out without the brackets that held it alone.

    In brackets that hold something else they are without what set that off.
    """
    changed = True
    # The star of a bullet opens nothing.
    while changed and _BULLET.search(before) is None:
        changed = False
        for opened, closed in _PAIRS:
            if before.rstrip(" ,").endswith(opened) and behind.lstrip(" .,").startswith(closed):
                before = before.rstrip(" ,")[: -len(opened)]
                behind = behind.lstrip(" .,")[len(closed) :]
                changed = True
                break
    if _NOTHING_YET.search(before):
        behind = _SET_OFF.sub("", behind)
    if _CLOSES.match(behind):
        before, behind = before.rstrip(" \t,;:·|，、；："), behind.lstrip(" \t")
    return before, behind


_BREAK = r"(?:<br\s*/?>[ \t]*(?:\r\n|\r|\n)?|\r\n|\r|\n)"
_LINE_BEFORE = re.compile(rf"{_BREAK}[ \t]*(?:[-*+•][ \t]+)?$", re.IGNORECASE)
_LINE_BEHIND = re.compile(rf"[ \t]*{_BREAK}", re.IGNORECASE)


def _without_line(before: str, behind: str, ends: bool) -> str | None:
    """The text without a line of which nothing is left; None where something is."""
    start, end = _LINE_BEFORE.search(before), _LINE_BEHIND.match(behind)
    if start is None:
        return None
    if end is None and (behind.strip() or not ends):
        # A line that goes on does so without the sign that set off what went.
        return before + re.sub(r"^\s*[·•|,;.–—](?:\s+|$)", "", behind).lstrip(" \t")
    if end is None or (ends and end.end() == len(behind)):
        return before[: start.start()] + behind
    return before + behind[end.end() :].lstrip(" \t")
