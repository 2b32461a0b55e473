"""Measure how good the bot is on a list, and show it: in text, as JSON, as a page or a plot."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from jobs import evaluate_report, replay_report
from jobs.console import Console, terminal_width
from jobs.evaluate import evaluate
from jobs.evaluate_page import page
from jobs.replay import replay
from tracker.errors import InputError, TargetError
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
    _check(plot, "--plot")
    result = replay(settings, console, start=start, end=end, budget=budget)
    for problem in result.problems:
        console.warn(problem)
    console.say(replay_report.text(result))
    console.document(replay_report.document(result))
    if plot is not None:
        _write(plot, replay_report.plot(result), "--plot")
        console.say(f"The plot is in {plot}.")


def show_evaluation(settings: Settings, console: Console, *, html: Path | None = None) -> None:
    """Evaluate the bot on the list, print it, and write its page.

    Raises InputError when the page cannot be written; see also jobs.evaluate.
    """
    _check(html, "--html")
    result = evaluate(settings, console)
    console.say(evaluate_report.text(result, terminal_width()))
    console.document(evaluate_report.document(result))
    if html is not None:
        _write(html, page(result), "--html")
        console.say(f"\nThe page is {html}.")


def _check(path: Path | None, flag: str) -> None:
    """A place that cannot be written to is told before the work, not after it."""
    if path is None:
        return
    folder = path.resolve().parent
    if not folder.is_dir():
        raise InputError(f"{flag} {path}: there is no such folder; make it, or name another")
    if path.is_dir():
        raise InputError(f"{flag} {path}: is a folder; name a file in it")
    if not os.access(path if path.exists() else folder, os.W_OK):
        raise InputError(f"{flag} {path}: cannot be written to; name another file")


def _write(path: Path, content: str, flag: str) -> None:
    try:
        write_atomically(path, content)
    except TargetError as error:
        raise InputError(f"{flag} {error}") from None
