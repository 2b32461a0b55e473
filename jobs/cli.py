"""The command `tracker` as the shell calls it: all commands, and what becomes of errors."""

from __future__ import annotations

import logging
import sys

import click

from jobs.commands import lists, looking, measuring, running
from jobs.console import printable
from tracker.errors import TrackerError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="survey-tracker", prog_name="tracker")
def cli() -> None:
    """Keep a survey's reading list alive.

    Finds new papers, decides which belong, files each under its section and opens one pull
    request. Start with `tracker init`.
    """


for command in (
    lists.init,
    running.run,
    running.discover,
    running.review,
    running.propose,
    looking.status,
    looking.search,
    looking.show,
    looking.why,
    looking.reconsider,
    looking.unmerge,
    lists.lint,
    measuring.evaluate,
    measuring.replay,
    lists.links,
):
    cli.add_command(command)


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
    # What libraries warn of helps nobody; what we warn of, such as a long wait, does.
    logging.getLogger("tracker").setLevel(logging.DEBUG if debug else logging.WARNING)
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
