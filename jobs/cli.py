"""The command `tracker`: each command parses, calls one job and shows its result.

Only click is imported here; a job is imported by the command that runs it, so that
`tracker --help` answers at once.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from jobs.console import Console, printable
from tracker.errors import TrackerError

if TYPE_CHECKING:
    from tracker.settings import Settings

Command = TypeVar("Command", bound=Callable[..., Any])


class Day(click.ParamType[date]):
    """A calendar day, YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day, or a usage error that shows the form."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day of the form YYYY-MM-DD", param, ctx)


def today() -> date:
    """The current day in UTC, the one day all parts of a run agree on."""
    return datetime.now(UTC).date()


def common_options(command: Command) -> Command:
    """The flags every command has."""
    options = [
        click.option(
            "--config",
            type=click.Path(path_type=Path),
            default=Path("tracker.toml"),
            show_default=True,
            help="The configuration.",
        ),
        click.option("--json", "as_json", is_flag=True, help="Print one JSON document."),
        click.option("--debug", is_flag=True, help="Log in detail, show tracebacks."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


def settings_of(config: Path) -> Settings:
    """The validated configuration."""
    from tracker.settings import load_settings

    return load_settings(config)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="survey-tracker", prog_name="tracker")
def cli() -> None:
    """Keep a survey's reading list alive.

    Finds new papers, decides which belong, files each under its section and opens one pull
    request. Start with `tracker init`.
    """


@cli.command()
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


@cli.command()
@common_options
@click.option("--dry-run", is_flag=True, help="Show the diff and the text; write only the index.")
@click.option("--as-of", type=Day(), default=None, help="The day the run believes it is.")
def run(config: Path, as_json: bool, debug: bool, dry_run: bool, as_of: date | None) -> None:
    """Discover papers, file them, and open or update the pull request.

    Example: tracker run --dry-run
    """
    from jobs.run import run as run_job
    from jobs.show_run import show

    console = Console(as_json=as_json)
    result = run_job(settings_of(config), console, as_of=as_of or today(), dry_run=dry_run)
    show(result, console)
    if result.failed:
        sys.exit(1)


@cli.command()
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


@cli.command()
@common_options
def status(config: Path, as_json: bool, debug: bool) -> None:
    """Show for each source how far it was read, and what went wrong.

    Example: tracker status
    """
    from jobs.status import status as status_job

    status_job(settings_of(config), Console(as_json=as_json))


@cli.command()
@common_options
@click.argument("query")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
def search(config: Path, as_json: bool, debug: bool, query: str, limit: int) -> None:
    """Search titles, abstracts and authors of the index.

    Example: tracker search "chest x-ray report"
    """
    from jobs.look import search as search_job

    search_job(settings_of(config), Console(as_json=as_json), query, limit)


@cli.command()
@common_options
@click.argument("paper")
def show(config: Path, as_json: bool, debug: bool, paper: str) -> None:
    """Show one paper of the index.

    PAPER is an arXiv id, a DOI, an address or a title.

    Example: tracker show 2311.05112
    """
    from jobs.look import show as show_job

    show_job(settings_of(config), Console(as_json=as_json), paper)


@cli.command()
@common_options
@click.argument("files", nargs=-1, metavar="[FILE]...", type=click.Path(path_type=Path))
@click.option("--fix", is_flag=True, help="Make the safe fixes in the files, and nothing else.")
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
    form: str | None,
) -> None:
    """Audit a reading list, offline: duplicates, broken links, dates that cannot be.

    FILE needs no configuration; without FILE it is the list that tracker.toml names. Exit code
    1 when something was found, or is left after --fix; a paper under two headings is a notice
    and alone no failure.

    Example: tracker lint README.md --fix
    """
    from jobs.lint import lint as lint_job

    if as_json and form in ("text", "github"):
        raise click.UsageError(f"--json and --format {form} exclude each other; remove one")
    source = click.get_current_context().get_parameter_source("config")
    chosen = source is not click.core.ParameterSource.DEFAULT
    settings = settings_of(config) if chosen or not files or config.exists() else None
    console = Console(as_json=as_json or form == "json")
    result = lint_job(settings, console, files=files, fix=fix, as_annotations=form == "github")
    if result.failed:
        sys.exit(1)


class _SafeFormatter(logging.Formatter):
    """Log lines quote titles and answers of servers: nothing in them is obeyed."""

    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record))


def main() -> None:
    """Run the command line; known errors are one sentence, exit code 1 or 2."""
    debug = "--debug" in sys.argv[1:]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_SafeFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.DEBUG if debug else logging.ERROR, handlers=[handler])
    try:
        cli(prog_name="tracker", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("stopped", err=True)
        sys.exit(130)
    except click.exceptions.Exit as stop:
        sys.exit(stop.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Exception as error:
        if debug:
            logging.getLogger(__name__).exception("where it happened")
        known = isinstance(error, TrackerError)
        said = str(error) if known else f"unexpected {type(error).__name__}: {error}"
        click.echo(
            f"error: {printable(said)}" + ("" if known else "; --debug shows where"), err=True
        )
        sys.exit(error.exit_code if isinstance(error, TrackerError) else 1)


if __name__ == "__main__":
    main()
