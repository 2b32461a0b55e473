"""Where a job says what it does: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import click


def printable(text: str) -> str:
    """The text with everything a terminal or a workflow log would obey taken out.

    Titles come from strangers: escape sequences are dropped, and what GitHub Actions would read
    as a workflow command is broken up with a space: `::` where a line begins, before which the
    runner overlooks blanks, and its older form `##[` anywhere
    (https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs).
    """
    plain = click.unstyle(text)
    # The zero-width joiner holds emoji together; other format characters can reorder a line.
    kept = "".join(
        c for c in plain if c in "\n\t\u200d" or unicodedata.category(c) not in {"Cc", "Cf"}
    )
    lines = (_COMMAND.sub(r"\1: :", line) for line in kept.split("\n"))
    return "\n".join(lines).replace("##[", "## [")


_COMMAND = re.compile(r"^(\s*)::")


class Step(Protocol):
    """A piece of work that shows how far it is; `total` is what it has been found to be."""

    def advance(self, count: int = 1, *, total: int | None = None) -> None: ...


class _PlainStep:
    def advance(self, count: int = 1, *, total: int | None = None) -> None:
        """Plain output says when a step starts, not how far it is."""


class Console:
    """The voice of one command; `as_json` keeps standard output for one JSON document."""

    def __init__(self, *, as_json: bool = False, interactive: bool | None = None) -> None:
        self.as_json = as_json
        self.interactive = sys.stderr.isatty() if interactive is None else interactive

    def say(self, text: str = "") -> None:
        """Show a result; nothing with --json."""
        if not self.as_json:
            click.echo(printable(text))

    def note(self, text: str) -> None:
        """Tell what is going on."""
        click.echo(printable(text), err=True)

    def warn(self, text: str) -> None:
        """Tell what went wrong without stopping the work."""
        click.echo(f"warning: {printable(text)}", err=True)

    def document(self, data: Any) -> None:
        """Print the one JSON document of a command run with --json."""
        if self.as_json:
            text = json.dumps(data, ensure_ascii=False, indent=2)
            # In a workflow's log this would be a command; as an escape it is the same document.
            click.echo(text.replace("##[", "#\\u0023["))

    @contextmanager
    def step(self, description: str, total: int | None = None) -> Iterator[Step]:
        """A named piece of work; a progress bar on a terminal, a plain line elsewhere."""
        if not self.interactive:
            self.note(f"{description} ...")
            yield _PlainStep()
            return
        from jobs.bar import bar

        with bar(printable(description), total) as step:
            yield step


_SHORTEST = 12
"""The first column of a table is cut no shorter than this, however narrow the terminal."""


def terminal_width() -> int | None:
    """How many columns results may take; None where nobody counts them."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def shortened(text: str, length: int) -> str:
    """The text in so many characters: what lies in its middle gives way."""
    if len(text) <= length:
        return text
    end = (length - 1) // 2
    return f"{text[: length - 1 - end]}…{text[-end:]}"


def table(
    headings: Iterable[str], rows: Iterable[Iterable[object]], width: int | None = None
) -> str:
    """Rows in aligned columns, numbers to the right, for a person to read.

    The first column holds names, also where they look like numbers; it gives way where the
    table would be wider than `width`.
    """
    head = list(headings)
    body = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(line[i]) for line in [head, *body]) for i in range(len(head))]
    if width is not None and body:
        widths[0] = min(widths[0], max(width - sum(2 + w for w in widths[1:]), _SHORTEST))
        body = [[shortened(name, widths[0]), *rest] for name, *rest in body]
    numeric = [
        i > 0 and all(row[i].replace(".", "").isdigit() for row in body) for i in range(len(head))
    ]

    def line(cells: list[str]) -> str:
        fitted = (
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(cells, widths, numeric, strict=True)
        )
        return "  ".join(fitted).rstrip()

    return "\n".join([line(head), line(["-" * width for width in widths]), *map(line, body)])
