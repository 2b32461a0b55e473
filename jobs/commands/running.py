"""Commands that keep a list alive: run, and its parts."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jobs.commands.options import Day, common_options, settings_of
from jobs.console import Console
from tracker.days import today

if TYPE_CHECKING:
    from jobs.run import Part


@click.command()
@common_options
@click.option("--dry-run", is_flag=True, help="Show the diff and the text; write only the index.")
@click.option("--as-of", type=Day(), default=None, help="The day the run believes it is.")
def run(config: Path, as_json: bool, debug: bool, dry_run: bool, as_of: date | None) -> None:
    """Discover papers, file them, and open or update the pull request.

    Example: tracker run --dry-run
    """
    _run("run", config, as_json=as_json, dry_run=dry_run, as_of=as_of)


@click.command()
@common_options
@click.option("--dry-run", is_flag=True, help="Show what would be done; write only the index.")
@click.option("--as-of", type=Day(), default=None, help="The day the run believes it is.")
def review(config: Path, as_json: bool, debug: bool, dry_run: bool, as_of: date | None) -> None:
    """Read what reviewers decided, and do what they asked for.

    Reads no source and proposes nothing new but what a comment or the dashboard asked for.

    Example: tracker review
    """
    _run("review", config, as_json=as_json, dry_run=dry_run, as_of=as_of)


@click.command()
@common_options
@click.option("--dry-run", is_flag=True, help="Show the diff and the text; write only the index.")
@click.option("--as-of", type=Day(), default=None, help="The day the run believes it is.")
def propose(config: Path, as_json: bool, debug: bool, dry_run: bool, as_of: date | None) -> None:
    """Propose from what the index holds, without reading the sources.

    Example: tracker propose --dry-run
    """
    _run("propose", config, as_json=as_json, dry_run=dry_run, as_of=as_of)


def _run(part: Part, config: Path, *, as_json: bool, dry_run: bool, as_of: date | None) -> None:
    """The main job or a part of it."""
    from jobs.run import run as run_job
    from jobs.show_run import show

    console = Console(as_json=as_json)
    result = run_job(
        settings_of(config), console, as_of=as_of or today(), part=part, dry_run=dry_run
    )
    show(result, console)
    if result.failed:
        sys.exit(1)


@click.command()
@common_options
@click.option("--since", type=Day(), default=None, help="Read from this day on, once.")
@click.option("--until", type=Day(), default=None, help="The last day to read; today.")
@click.option("--source", "names", multiple=True, help="Only this source; may be repeated.")
def discover(
    *,
    config: Path,
    as_json: bool,
    debug: bool,
    since: date | None,
    until: date | None,
    names: tuple[str, ...],
) -> None:
    """Read the sources into the index, and nothing else.

    Exit code 1 when a source failed or has been silent for longer than it usually is.

    Example: tracker discover --source arxiv --since 2026-01-01
    """
    from jobs.discover_alone import discover_alone

    console = Console(as_json=as_json)
    result = discover_alone(
        settings_of(config), console, until=until or today(), since=since, names=names
    )
    if result.failed:
        sys.exit(1)
