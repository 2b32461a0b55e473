"""Commands that look into the index: status, search, show, why; and what sets a paper right."""

from __future__ import annotations

from pathlib import Path

import click

from jobs.commands.options import common_options, settings_of
from jobs.console import Console


@click.command()
@common_options
def status(config: Path, as_json: bool, debug: bool) -> None:
    """Show for each source how far it was read, and what went wrong.

    Example: tracker status
    """
    from jobs.status import status as status_job

    status_job(settings_of(config), Console(as_json=as_json))


@click.command()
@common_options
@click.argument("query")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
def search(config: Path, as_json: bool, debug: bool, query: str, limit: int) -> None:
    """Search titles, abstracts and authors of the index.

    Example: tracker search "chest x-ray report"
    """
    from jobs.look import search as search_job

    search_job(settings_of(config), Console(as_json=as_json), query, limit)


@click.command()
@common_options
@click.argument("paper")
def show(config: Path, as_json: bool, debug: bool, paper: str) -> None:
    """Show one paper of the index.

    PAPER is an arXiv id, a DOI, an address or a title.

    Example: tracker show 2311.05112
    """
    from jobs.look import show as show_job

    show_job(settings_of(config), Console(as_json=as_json), paper)


@click.command()
@common_options
@click.argument("paper")
def why(config: Path, as_json: bool, debug: bool, paper: str) -> None:
    """Show everything known of one paper, and why it is proposed or is not.

    PAPER is an arXiv id, a DOI, an address, a title or the paper's number in the index.

    Example: tracker why 2311.05112
    """
    from jobs.why import why as why_job

    why_job(settings_of(config), Console(as_json=as_json), paper)


@click.command()
@common_options
@click.argument("paper")
def reconsider(config: Path, as_json: bool, debug: bool, paper: str) -> None:
    """Let a paper that reviewers rejected be proposed again.

    PAPER is an arXiv id, a DOI, an address, a title or the paper's number in the index.

    Example: tracker reconsider 2311.05112
    """
    from jobs.why import reconsider as reconsider_job

    reconsider_job(settings_of(config), Console(as_json=as_json), paper)


@click.command()
@common_options
@click.argument("merge", type=int)
def unmerge(config: Path, as_json: bool, debug: bool, merge: int) -> None:
    """Set apart papers that were taken for one.

    MERGE is the number that `tracker why` shows beside "merged".

    Example: tracker unmerge 12
    """
    from jobs.why import unmerge as unmerge_job

    unmerge_job(settings_of(config), Console(as_json=as_json), merge)
