"""What the GitHub Action does once everything is installed: `python -I -m jobs.action`.

The index is fetched from its branch, `tracker run --json` works on it, and the index goes back.
When a person did something (a comment, a review, a box, a merge), it is `tracker review` instead,
which reads no source. Inputs arrive as environment variables, never inside a shell command:
INPUT_CONFIG, INPUT_COMMAND, INPUT_ARGUMENTS, GITHUB_TOKEN; the rest is GitHub's own
(https://docs.github.com/actions/reference/workflows-and-actions/variables).
"""

from __future__ import annotations

import json
import os
import secrets
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from jobs.console import Console
from jobs.kept_index import BRANCH, KeptIndex
from tracker.counting import counted
from tracker.errors import InputError, TrackerError
from tracker.index_address import file_of
from tracker.settings import load_settings

_ATTEMPTS = 3
"""Runs on a newer index when another run stored one meanwhile."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the command ended: its exit code, and the document it printed, empty if none."""

    code: int
    document: Mapping[str, Any]


def tracker_run(command: str, config: Path, arguments: Sequence[str]) -> Outcome:
    """A command with --json in a process of its own; its messages go where ours go."""
    # Isolated (-I), or folders of the user's repository called db or jobs would be imported.
    words = [sys.executable, "-I", "-m", "jobs.cli", command, "--config", str(config), "--json"]
    done = subprocess.run([*words, *arguments], stdout=subprocess.PIPE, check=False)  # noqa: S603
    try:
        document = json.loads(done.stdout or b"{}")
    except ValueError:
        document = {}
    return Outcome(done.returncode, document if isinstance(document, dict) else {})


Run = Callable[[str, Path, Sequence[str]], Outcome]
"""Something that runs a command of the tracker with a configuration and arguments."""

_COMMANDS = ("run", "review", "propose")
_BY_PEOPLE = frozenset(
    {
        "issue_comment",
        "issues",
        "pull_request",
        "pull_request_review",
        "pull_request_review_comment",
    }
)
"""Events that say a person did something; the others ask for the whole job."""


def act(environ: Mapping[str, str], console: Console, run: Run = tracker_run) -> int:
    """The Action's work; the exit code of `run`.

    Raises InputError on bad inputs, KeptIndexError when the index branch cannot be used.
    """
    config = Path(environ.get("INPUT_CONFIG") or "tracker.toml")
    arguments = _arguments(environ.get("INPUT_ARGUMENTS", ""))
    settings = load_settings(config, environ)
    index = file_of(settings.index_url)  # None for a database that keeps itself
    work = partial(run, _command(environ), config, arguments)
    if index is None:
        outcome = work()
    else:
        with tempfile.TemporaryDirectory(dir=environ.get("RUNNER_TEMP") or None) as folder:
            token = environ.get("GITHUB_TOKEN", "")
            kept = KeptIndex(_remote(environ), Path(folder), index.name, token)
            outcome = _run_and_keep(kept, index, work, "--dry-run" not in arguments, console)
    _report(outcome, environ, console)
    return outcome.code


def _run_and_keep(
    kept: KeptIndex, index: Path, run: Callable[[], Outcome], keep: bool, console: Console
) -> Outcome:
    """Run on the newest index until it could be stored as the newest; exit code 1 if never.

    Without `keep`, as in a dry run, the index is read and not stored.
    """
    for _ in range(_ATTEMPTS):
        if not kept.restore(index):
            console.note(f"no index on branch {BRANCH} yet; this run begins one")
        outcome = run()
        # A run that failed has still read papers; what it knows need not be asked for again.
        if not keep or not index.exists() or kept.store(index):
            return outcome
        console.note("another run stored its index meanwhile; the newest is the one to work on")
    console.warn(
        f"branch {BRANCH}: other runs stored their index {_ATTEMPTS} times during this one; "
        "give the workflow a `concurrency` group"
    )
    return replace(outcome, code=outcome.code or 1)


def _command(environ: Mapping[str, str]) -> str:
    """The command that was asked for, or that the event asks for."""
    wanted = environ.get("INPUT_COMMAND", "").strip()
    if not wanted:
        return "review" if environ.get("GITHUB_EVENT_NAME") in _BY_PEOPLE else "run"
    if wanted not in _COMMANDS:
        raise InputError(f"input command {wanted!r}: it is one of {', '.join(_COMMANDS)}")
    return wanted


def _arguments(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError as error:
        raise InputError(f"input arguments {text!r}: {error}") from None


def _remote(environ: Mapping[str, str]) -> str:
    repository = environ.get("GITHUB_REPOSITORY", "")
    if not repository:
        raise InputError("GITHUB_REPOSITORY is not set; this is meant for GitHub Actions")
    server = environ.get("GITHUB_SERVER_URL") or "https://github.com"
    return f"{server.rstrip('/')}/{repository}.git"


def _report(outcome: Outcome, environ: Mapping[str, str], console: Console) -> None:
    """The outputs of the Action, and a line for its summary page."""
    pull = outcome.document.get("pull_request") or {}
    number, url = str(pull.get("number") or ""), str(pull.get("url") or "")
    proposals = len(outcome.document.get("proposals") or ())
    if target := environ.get("GITHUB_OUTPUT"):
        with Path(target).open("a", encoding="utf-8") as out:
            for name, value in (
                ("pull-request-number", number),
                ("pull-request-url", url),
                ("proposals", str(proposals)),
            ):
                # A delimiter nobody can guess: no value can pretend to be another output.
                mark = secrets.token_hex(16)
                out.write(f"{name}<<{mark}\n{value}\n{mark}\n")
    line = f"{counted(proposals, 'paper')} proposed" + (f" in {url}" if url else "")
    if outcome.code:
        line = f"the tracker failed with exit code {outcome.code}; the log says why"
    console.note(line)
    if summary := environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8") as out:
            out.write(f"{line}\n")


def main() -> None:
    """Run the Action; known errors are one sentence and an exit code, as on the command line."""
    console = Console()
    try:
        sys.exit(act(os.environ, console))
    except TrackerError as error:
        console.note(f"error: {error}")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
