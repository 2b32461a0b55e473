"""Commands about a reading list as it is: init, lint, links."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jobs.commands.options import common_options, settings_of
from jobs.console import Console

if TYPE_CHECKING:
    from tracker.settings import Settings


@click.command()
@common_options
@click.option("--repository", metavar="OWNER/NAME", default="", help="The list's repository.")
@click.option("--file", "files", multiple=True, metavar="FILE", help="A file of the list; repeat.")
@click.option("--branch", default="", help="The branch the list is on.")
@click.option("--yes", is_flag=True, help="Overwrite files without asking.")
@click.option("--offline", is_flag=True, help="Do not ask arXiv for the entries' categories.")
@click.option("--arxiv-url", default=None, help="A mirror of arXiv's API.")
def init(
    *,
    config: Path,
    as_json: bool,
    debug: bool,
    repository: str,
    files: tuple[str, ...],
    branch: str,
    yes: bool,
    offline: bool,
    arxiv_url: str | None,
) -> None:
    """Look at a reading list; write tracker.toml and the workflow for it.

    Example: tracker init --file README.md
    """
    from jobs.init import Request
    from jobs.init import init as init_job
    from jobs.init_files import ARXIV

    def may_overwrite(path: Path) -> bool:
        if yes or not sys.stdin.isatty():
            return yes
        return click.confirm(f"{path} exists. Overwrite it?", default=False, err=True)

    request = Request(
        config=config,
        repository=repository,
        files=files,
        branch=branch,
        offline=offline,
        arxiv_url=arxiv_url or ARXIV,
    )
    init_job(request, Console(as_json=as_json), may_overwrite)


@click.command()
@common_options
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@click.option("--fix", is_flag=True, help="Make the safe fixes in the files, and nothing else.")
@click.option(
    "--online", is_flag=True, help="Ask the sources about papers and links not known yet."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default=None,
    help="text; json is the same as --json; github annotates a pull request.  [default: text]",
)
def lint(
    *,
    config: Path,
    as_json: bool,
    debug: bool,
    files: tuple[Path, ...],
    fix: bool,
    online: bool,
    form: str | None,
) -> None:
    """Audit a reading list: duplicates, broken links, dates that cannot be.

    Nothing is fetched without --online; titles, years, venues and links are compared with what
    the index knows. FILE needs no configuration; without FILE it is the list that tracker.toml
    names. Exit code 1 when something was found, or is left after --fix; a paper under two
    headings or a link that moved is a notice and alone no failure.

    Example: tracker lint README.md --fix
    """
    from jobs.lint import lint as lint_job

    settings = _settings(config, files, as_json=as_json, form=form)
    console = Console(as_json=as_json or form == "json")
    result = lint_job(
        settings, console, files=files, fix=fix, online=online, as_annotations=form == "github"
    )
    if result.failed:
        sys.exit(1)


@click.command()
@common_options
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@click.option("--all", "everything", is_flag=True, help="Ask for everything, due or not.")
@click.option(
    "--recheck-days",
    type=click.FloatRange(0, 3650),
    default=None,
    help="Leave alone for so long what was alive.  [default: links.recheck_days, 30]",
)
@click.option("--pictures", is_flag=True, help="Check the addresses of pictures and badges too.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github"]),
    default=None,
    help="text; json is the same as --json; github annotates a pull request.  [default: text]",
)
def links(
    *,
    config: Path,
    as_json: bool,
    debug: bool,
    files: tuple[Path, ...],
    everything: bool,
    recheck_days: float | None,
    pictures: bool,
    form: str | None,
) -> None:
    """Check every link of a reading list over HTTP, politely, and remember what was found.

    Tells what is dead from what moved, keeps robots out, asks for a pause or does not answer,
    and suggests the new address or an archived copy. FILE needs no configuration, but without
    one nothing is remembered. Exit code 1 when a link is dead.

    Example: tracker links README.md
    """
    from jobs.links import Check
    from jobs.links import links as links_job

    settings = _settings(config, files, as_json=as_json, form=form)
    check = Check(ask="all" if everything else "due", recheck_days=recheck_days, pictures=pictures)
    console = Console(as_json=as_json or form == "json")
    result = links_job(settings, console, files=files, check=check, as_annotations=form == "github")
    if result.failed:
        sys.exit(1)


def _settings(
    config: Path, files: tuple[Path, ...], *, as_json: bool, form: str | None
) -> Settings | None:
    """The settings where there are any or there must be; files alone need none."""
    if as_json and form in ("text", "github"):
        raise click.UsageError(f"--json and --format {form} exclude each other; remove one")
    source = click.get_current_context().get_parameter_source("config")
    chosen = source is not click.core.ParameterSource.DEFAULT
    return settings_of(config) if chosen or not files or config.exists() else None
