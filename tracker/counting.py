"""Numbers of things as people read them."""

from __future__ import annotations

import re


def counted(number: int, noun: str) -> str:
    """A number of things, the noun in its number: `1 paper`, `1,250 entries`."""
    if re.search(r"(?:s|x|z|ch|sh)$", noun):
        plural = f"{noun}es"
    elif re.search(r"[^aeiou]y$", noun):
        plural = f"{noun[:-1]}ies"
    else:
        plural = f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"
