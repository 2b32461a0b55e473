"""Emoji, as characters and by their names, such as `:fire:`."""

from __future__ import annotations

import re

_EMOJI = (
    "\U0001f000-\U0001faff\u231a\u231b\u23e9-\u23fa\u2600-\u27bf\u2b05-\u2b55\ufe0f\u200d\u20e3"
)
SHORTCODE = re.compile(r":[a-z0-9_+-]{1,50}:")
"""An emoji by its name."""
SIGNS = re.compile(
    rf"(?:[{_EMOJI}]|{SHORTCODE.pattern})(?:[{_EMOJI} \t]|{SHORTCODE.pattern})*(?=[^\s|<]|\Z)"
)
"""Emoji in a row before something else, with the blanks behind them."""
_LAST = re.compile(rf"[{_EMOJI} \t]")
_LONGEST = 52


def is_sign(label: str) -> bool:
    """Whether a label is all signs: emoji, or their names."""
    return bool(label.strip()) and re.search(r"\w", SHORTCODE.sub("", label)) is None


def final_signs(text: str, start: int, end: int) -> int:
    """Where the emoji begin that a stretch of text ends with, the blanks before them counted."""
    first = position = end
    while position > start:
        if _LAST.match(text, position - 1):
            position -= 1
        elif text[position - 1] == ":" and (name := _named(text, start, position)) < position:
            position = name
        else:
            break
        first = position
    return first if text[first:end].strip() else end


def _named(text: str, start: int, end: int) -> int:
    """Where the name of an emoji begins that ends there, behind a blank; the end without one."""
    opened = text.rfind(":", max(start, end - _LONGEST), end - 1)
    whole = opened > start and text[opened - 1] in " \t:" and SHORTCODE.fullmatch(text, opened, end)
    return opened if whole else end
