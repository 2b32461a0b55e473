"""The progress bar of a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console as Terminal
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn
from rich.progress import TimeElapsedColumn as Elapsed

from jobs.console import shortened

_BESIDE = 40
"""Columns for the bar, its count and the time."""


class Bar:
    """One piece of work on the terminal; its count is shown once something was counted."""

    def __init__(self, progress: Progress, description: str, total: int | None) -> None:
        self._progress = progress
        self._task = progress.add_task(escape(description), total=total, count="")
        self._done = 0
        self._total = total

    def advance(self, count: int = 1, *, total: int | None = None) -> None:
        """Go on by so many; `total` is what the work has been found to be."""
        self._done += count
        self._total = self._total if total is None else max(total, self._done)
        of = "" if self._total is None else f"/{self._total:,}"
        self._progress.update(
            self._task, total=self._total, completed=self._done, count=f"{self._done:,}{of}"
        )

    def finish(self) -> None:
        """Fill the bar, whatever was announced or not."""
        self._progress.update(self._task, total=1, completed=1)


@contextmanager
def bar(description: str, total: int | None) -> Iterator[Bar]:
    """A bar on standard error for as long as the work goes on."""
    columns = (
        *(TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[count]}")),
        Elapsed(),
    )
    terminal = Terminal(stderr=True)
    with Progress(*columns, console=terminal) as progress:
        shown = Bar(progress, shortened(description, max(terminal.width - _BESIDE, 20)), total)
        yield shown
        shown.finish()
