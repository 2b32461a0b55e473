"""Titles are hostile: whatever one contains, it stays literal text on one line of its entry."""

from __future__ import annotations

import re
import unicodedata

from markdown_it import MarkdownIt

_INLINE = MarkdownIt("commonmark").enable("table").enable("strikethrough")
_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+!|~&\"'-])")
_RISKY = re.compile(r"[\\`*_\[\]<>|~&]|https?:|www\.|^\s*(?:[-+*#>=]|\d+[.)])")
_MATH = re.compile(r"(?<![\\$\w])\$(?=\S)[^$\r\n]*?[^\s\\$]\$(?![\w$])")


def flatten(text: str) -> str:
    """Text on one line: no breaks, no control or formatting characters, single spaces."""
    kept = "".join(
        " " if c.isspace() else c
        for c in text
        if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cs") or c in "\u200d\u200c"
    )
    return " ".join(kept.split())


def escape_title(title: str, *, table: bool = False, html: bool = False) -> str:
    """A title as Markdown (or, with `html`, as HTML) that renders as exactly its text.

    Nothing is escaped that does not need it; LaTeX between dollars stays as it is unless it
    would be read as something else. `table` also escapes what would end a cell.
    """
    text = flatten(title)
    if html:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    if not _RISKY.search(text):
        return text
    # A comment or a tag begun here might be ended by another title.
    if not table and not re.search(r"<[A-Za-z/!?]|`|://|www\.", text) and _is_literal(text, text):
        return text
    gentle = _gently(text, table=table)
    if _is_literal(gentle.replace("\\|", "|") if table else gentle, text):
        return gentle
    return _SPECIAL.sub(r"\\\1", text)


def _gently(text: str, *, table: bool) -> str:
    """Escape the signs that open something, outside LaTeX."""
    written, position = "", 0
    for math in _MATH.finditer(text):
        written += _escape_signs(text[position : math.start()])
        # A bar ends the cell even inside LaTeX, and GitHub reads it escaped.
        written += math[0].replace("|", "\\|") if table else math[0]
        position = math.end()
    return written + _escape_signs(text[position:])


def _unlinked(found: re.Match[str]) -> str:
    return found[0].replace(":", "\\:").replace(".", "\\.")


def _escape_signs(text: str) -> str:
    text = re.sub(r"([\\`*\[\]<|~])", r"\\\1", text)
    text = re.sub(r"(?<!\w)_|_(?!\w)", r"\\_", text)
    # GitHub makes links of bare addresses.
    text = re.sub(r"(?i)\b(https?|ftp)://|\bwww\.", _unlinked, text)
    return re.sub(r"&(?=#?\w+;)", r"\\&", text)


# Where a title may stand: alone, in emphasis, as a link, among other constructs of its line.
_FRAMES = (
    ("x ", ""),
    ("x **", "** x"),
    ("x *", "* x"),
    ("[", "](u)"),
    ("[**", "**](u)"),
    ("*y* `c` [", "](u) **z** *y* `c` [l](u)"),
    ("[l](u) `c` *y* ", " **z** *y* `c` [l](u)"),
)


def _is_literal(markdown: str, text: str) -> bool:
    """Whether Markdown renders as this text and nothing else, wherever a title may stand."""
    return all(
        _rendered(f"{opened}{markdown}{closed}") == _rendered(f"{opened}\x00{closed}", text)
        for opened, closed in _FRAMES
    )


def _rendered(markdown: str, text: str = "") -> list[tuple[str, str]]:
    """The constructs of a line and what they show, with `text` for its placeholder."""
    shown: list[tuple[str, str]] = []
    for token in _INLINE.parseInline(markdown)[0].children or []:
        kind = "text" if token.type == "text_special" else token.type
        content = token.content.replace("\ufffd", text) if text else token.content
        if kind == "text" and shown and shown[-1][0] == "text":
            shown[-1] = ("text", shown[-1][1] + content)
        elif kind != "text" or content:
            shown.append((kind, content))
    return shown
