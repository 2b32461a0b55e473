"""Text as lines, without losing a byte."""

from __future__ import annotations

import re
from pathlib import Path

# CommonMark's line endings, and no others: str.splitlines() also splits at form feeds and the like.
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


def split_lines(text: str) -> list[str]:
    """The lines of a text with their endings; joined they are the text again."""
    return _LINE.findall(text)


def ending_of(lines: list[str]) -> str:
    """The line ending most of the lines have; a line feed where there is none."""
    counts = {"\n": 0, "\r\n": 0, "\r": 0}
    for line in lines:
        content = line.rstrip("\r\n")
        if len(content) < len(line):
            found = line[len(content) :]
            counts[found if found in counts else "\n"] += 1
    return max(counts, key=lambda ending: counts[ending])


def read_text(path: Path) -> str:
    """The text of a file such that `write_text` gives the same bytes, also if it is not UTF-8."""
    return path.read_bytes().decode("utf-8", errors="surrogateescape")


def write_text(path: Path, text: str) -> None:
    """Write a text as it is: line endings and undecodable bytes included."""
    path.write_bytes(text.encode("utf-8", errors="surrogateescape"))
