"""What the commands share: days, flags, and the settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from tracker.errors import InputError, SettingError

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


def common_options(command: Command) -> Command:
    """The flags every command has; a wrong setting is told with the configuration's name."""

    @wraps(command)
    def named(**arguments: Any) -> Any:
        try:
            return command(**arguments)
        except SettingError as error:
            raise InputError(f"{arguments['config']}: {error}") from error

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
    decorated: Any = named
    for option in reversed(options):
        decorated = option(decorated)
    return cast(Command, decorated)


def settings_of(config: Path) -> Settings:
    """The validated configuration."""
    from tracker.settings import load_settings

    return load_settings(config)
