"""What an audit of a reading list finds, and the small edits that put it right."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate

from tracker.reading_list.document import Document


@dataclass(frozen=True, slots=True)
class Edit:
    """The characters `start` to `end` of a file's text, replaced by `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a list.

    `line` counts from 1; `sentence` says what is wrong and `fix` what to do about it. `edits`
    do it, where that is safe without a person looking: they change no fact and no meaning.
    """

    file: str
    line: int
    rule: str
    sentence: str
    fix: str
    edits: tuple[Edit, ...] = ()


class Page:
    """A document's text with places: what stands at which character, and on which line.

    `shown` is the text with comments and code blanked out, character for character.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.text = document.text
        self.shown = _HIDDEN.sub(_blank, document.text)
        self.starts = [0, *accumulate(map(len, document.lines))]

    def line_at(self, position: int) -> int:
        """The line, from 1, that holds a character."""
        return min(bisect_right(self.starts, position), max(len(self.document.lines), 1))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The characters of the lines `start` to `end` (from 0, half-open)."""
        return self.starts[start], self.starts[end]

    def finding(
        self, position: int, rule: str, sentence: str, fix: str, *edits: Edit
    ) -> Finding:  # fmt: skip
        """A finding at a character of this page."""
        return Finding(self.document.file, self.line_at(position), rule, sentence, fix, edits)


_HIDDEN = re.compile(
    r"<!--.*?(?:-->|\Z)|^[ ]{0,3}(?P<fence>`{3,}|~{3,})[^\r\n]*(?:\r\n?|\n).*?"
    r"(?:^[ ]{0,3}(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|(?<!`)(?P<code>`{1,2})(?!`)[^\r\n]*?(?<!`)(?P=code)(?!`)",
    re.DOTALL | re.MULTILINE,
)


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\r\n]", " ", found[0])


def fixes_made(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings whose edits can be made together: of two that collide, the first."""
    made: dict[str, list[Edit]] = {}
    chosen = []
    for finding in findings:
        others = made.setdefault(finding.file, [])
        if finding.edits and not any(
            _collide(edit, other) for edit in finding.edits for other in others
        ):
            others.extend(finding.edits)
            chosen.append(finding)
    return tuple(chosen)


def apply_fixes(files: Mapping[str, str], findings: Iterable[Finding]) -> dict[str, str]:
    """The files' texts with the safe edits of the findings made, and nothing else changed.

    Of two edits that touch the same characters the first one found is made; the other is found
    again by the next audit.
    """
    made: dict[str, list[Edit]] = {}
    for finding in fixes_made(findings):
        made.setdefault(finding.file, []).extend(finding.edits)
    fixed = dict(files)
    for name, text in files.items():
        position, written = 0, []
        for edit in sorted(made.get(name, ()), key=lambda edit: (edit.start, edit.end)):
            written += [text[position : edit.start], edit.text]
            position = edit.end
        fixed[name] = "".join(written) + text[position:]
    return fixed


def _collide(one: Edit, other: Edit) -> bool:
    return (one.start < other.end and other.start < one.end) or one == other
