"""Measure how good the bot is on a list, and show it: in text, as JSON, as a page or a plot."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from jobs import replay_report
from jobs.console import Console
from jobs.replay import replay
from tracker.errors import InputError
from tracker.pull_request.folder import write_atomically
from tracker.settings import Settings


def show_replay(
    settings: Settings,
    console: Console,
    *,
    start: date,
    end: date,
    budget: int | None = None,
    plot: Path | None = None,
) -> None:
    """Replay the list's history from `start` to `end`, print it, and write its plot.

    Raises InputError for a plot that is no SVG file or cannot be written; see also
    jobs.replay.
    """
    if plot is not None and plot.suffix.lower() != ".svg":
        raise InputError(f"--plot {plot}: the plot is an SVG; name a file that ends in .svg")
    result = replay(settings, console, start=start, end=end, budget=budget)
    for problem in result.problems:
        console.warn(problem)
    if plot is not None:
        _write(plot, replay_report.plot(result), "--plot")
    console.say(replay_report.text(result))
    if plot is not None:
        console.say(f"The plot is in {plot}.")
    console.document(replay_report.document(result))


def _write(path: Path, content: str, flag: str) -> None:
    try:
        write_atomically(path, content)
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"{flag} {path}: cannot be written: {reason}") from None
