"""Findings as a workflow's log and a person's terminal can take them: on one line, disarmed."""

from __future__ import annotations

from typing import Literal

from jobs.console import printable


def annotation(
    level: Literal["notice", "warning"], file: str, line: int, title: str, text: str
) -> str:
    """A finding as a workflow command: one line that GitHub shows beside the list's own line.

    Escaped as the runner unescapes it, so that nothing in a title ends the command or starts
    another (https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
    """
    place = f"file={_property(file)},line={line},title={_property(title)}"
    return f"::{level} {place}::{_data(text)}"


def one_line(text: str) -> str:
    """The text on one line, with bytes that are no UTF-8 shown as question marks."""
    decodable = text.encode("utf-8", "replace").decode("utf-8")
    return " ".join(printable(decodable).split())


def _data(text: str) -> str:
    for character, escaped in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A")):
        text = text.replace(character, escaped)
    return text


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
