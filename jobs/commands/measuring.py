"""Commands that measure how good the bot is on a list: evaluate, replay."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from jobs.commands.options import Day, common_options, settings_of
from jobs.console import Console


@click.command()
@common_options
@click.option("--html", type=click.Path(path_type=Path), default=None, help="Write a page, too.")
def evaluate(*, config: Path, as_json: bool, debug: bool, html: Path | None) -> None:
    """Show how good the bot is on your list, and which entries look misfiled.

    Every paper of the list is judged as if it were new, with what the index knows of it; a list
    the index does not know yet is judged by its entries alone. Nothing is written but the page.

    Example: tracker evaluate --html evaluation.html
    """
    from jobs.measure import show_evaluation

    show_evaluation(settings_of(config), Console(as_json=as_json), html=html)


@click.command()
@common_options
@click.option("--from", "start", type=Day(), required=True, help="The first day.")
@click.option("--to", "end", type=Day(), required=True, help="The last day.")
@click.option(
    "--budget",
    type=click.IntRange(1, 1000),
    default=None,
    help="The most proposals a week; propose.limit of tracker.toml without it.",
)
@click.option("--plot", type=click.Path(path_type=Path), default=None, help="Write a plot, SVG.")
def replay(
    *,
    config: Path,
    as_json: bool,
    debug: bool,
    start: date,
    end: date,
    budget: int | None,
    plot: Path | None,
) -> None:
    """Show what would have been proposed in the past, and what the maintainers then added.

    Walks the git history of the list, a week at a time; each week learns from nothing that came
    after it. Needs a checkout of the list (list.path) and an index of the papers of that time,
    which `tracker discover --since DATE` fills.

    Example: tracker replay --from 2025-01-01 --to 2025-06-30 --budget 10 --plot replay.svg
    """
    from jobs.measure import show_replay

    console = Console(as_json=as_json)
    show_replay(settings_of(config), console, start=start, end=end, budget=budget, plot=plot)
