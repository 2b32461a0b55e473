"""The whole GitHub Action: the index lives on a branch of a bare repository on disk."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from jobs.action import Outcome, act
from jobs.console import Console
from jobs.kept_index import BRANCH, KeptIndex
from tests.jobs import corpus
from tests.jobs.action.server import git, kept, titles, write
from tests.jobs.test_run import CONFIG
from tracker.errors import InputError

ROOT = Path(__file__).resolve().parents[3]


class FakeRun:
    """Stands for `tracker run`: writes a line to the index; others may store meanwhile."""

    def __init__(self, index: Path, outcome: Outcome, others: Sequence[KeptIndex] = ()) -> None:
        self.index = index
        self.outcome = outcome
        self.others = list(others)
        self.calls: list[list[str]] = []
        self.commands: list[str] = []

    def __call__(self, command: str, config: Path, arguments: Sequence[str]) -> Outcome:
        self.commands.append(command)
        self.calls.append([str(config), *arguments])
        if self.others:
            other = self.others.pop(0)
            theirs = other.folder / "theirs.sqlite"
            other.restore(theirs)
            write(theirs, f"theirs {len(self.others)}")
            assert other.store(theirs)
        write(self.index, "mine")
        return self.outcome


DONE = Outcome(
    0, {"proposals": [{}, {}], "pull_request": {"number": 7, "url": "https://example.org/pull/7"}}
)


@pytest.fixture
def environ(remote: Path, tmp_path: Path) -> Mapping[str, str]:
    (tmp_path / "tracker.toml").write_text('[list]\npath = "."\n')
    return {
        "GITHUB_SERVER_URL": f"file://{tmp_path}/server",
        "GITHUB_REPOSITORY": "owner/list",
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "INPUT_CONFIG": str(tmp_path / "tracker.toml"),
        "INPUT_ARGUMENTS": "",
        "RUNNER_TEMP": str(tmp_path),
    }


def outputs(environ: Mapping[str, str]) -> dict[str, str]:
    """The outputs as GitHub reads them: name<<mark, value, mark."""
    text = Path(environ["GITHUB_OUTPUT"]).read_text()
    return {
        match[1]: match[3]
        for match in re.finditer(r"^(\S+?)<<(\S+)\n(.*?)\n?\2$", text, re.M | re.S)
    }


def test_the_index_is_kept_between_runs(environ: Mapping[str, str], tmp_path: Path) -> None:
    index = tmp_path / "papers.sqlite"
    for expected in (["mine"], ["mine", "mine"]):
        index.unlink(missing_ok=True)
        assert act(environ, Console(), FakeRun(index, DONE)) == 0
        assert titles(index) == expected


def test_outputs_name_the_pull_request(environ: Mapping[str, str], tmp_path: Path) -> None:
    act(environ, Console(), FakeRun(tmp_path / "papers.sqlite", DONE))
    assert outputs(environ) == {
        "pull-request-number": "7",
        "pull-request-url": "https://example.org/pull/7",
        "proposals": "2",
    }
    assert "2 papers proposed" in (tmp_path / "summary").read_text()


def test_without_a_pull_request_the_outputs_are_empty(
    environ: Mapping[str, str], tmp_path: Path
) -> None:
    nothing = Outcome(0, {"proposals": [], "pull_request": None})
    act(environ, Console(), FakeRun(tmp_path / "papers.sqlite", nothing))
    assert outputs(environ)["pull-request-number"] == ""


def test_no_value_can_pretend_to_be_another_output(
    environ: Mapping[str, str], tmp_path: Path
) -> None:
    hostile = {"number": 7, "url": "x\nEOF\npull-request-number<<EOF\n666\nEOF"}
    act(
        environ,
        Console(),
        FakeRun(tmp_path / "papers.sqlite", Outcome(0, {"pull_request": hostile})),
    )
    assert outputs(environ)["pull-request-number"] == "7"


def test_after_a_lost_race_it_runs_again_on_the_newer_index(
    environ: Mapping[str, str], remote: Path, tmp_path: Path
) -> None:
    index = tmp_path / "papers.sqlite"
    run = FakeRun(index, DONE, [kept(remote, tmp_path / "other")])
    assert act(environ, Console(), run) == 0
    assert len(run.calls) == 2
    assert titles(index) == ["mine", "theirs 0"]


def test_a_race_lost_every_time_fails_and_keeps_the_others_index(
    environ: Mapping[str, str],
    remote: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    others = [kept(remote, tmp_path / f"other{number}") for number in range(3)]
    assert act(environ, Console(), FakeRun(tmp_path / "papers.sqlite", DONE, others)) == 1
    assert "concurrency" in capsys.readouterr().err
    fresh = tmp_path / "fresh.sqlite"
    kept(remote, tmp_path / "after").restore(fresh)
    assert titles(fresh) == ["theirs 0", "theirs 1", "theirs 2"]


def test_a_dry_run_stores_nothing(environ: Mapping[str, str], remote: Path, tmp_path: Path) -> None:
    run = FakeRun(tmp_path / "papers.sqlite", DONE)
    act({**environ, "INPUT_ARGUMENTS": "--dry-run --as-of 2024-05-01"}, Console(), run)
    assert run.calls == [[environ["INPUT_CONFIG"], "--dry-run", "--as-of", "2024-05-01"]]
    assert git(remote, "for-each-ref") == ""


@pytest.mark.parametrize(
    ("event", "wanted", "command"),
    [
        ("schedule", "", "run"),
        ("workflow_dispatch", "", "run"),
        ("issue_comment", "", "review"),
        ("pull_request", "", "review"),
        ("issues", "", "review"),
        ("pull_request_review", "", "review"),
        ("pull_request_review_comment", "", "review"),
        ("pull_request", "run", "run"),
        ("schedule", " propose ", "propose"),
    ],
)
def test_what_a_person_did_is_heard_without_reading_the_sources(
    environ: Mapping[str, str], tmp_path: Path, event: str, wanted: str, command: str
) -> None:
    run = FakeRun(tmp_path / "papers.sqlite", DONE)
    act({**environ, "GITHUB_EVENT_NAME": event, "INPUT_COMMAND": wanted}, Console(), run)
    assert run.commands == [command]


def test_another_command_is_bad_input(environ: Mapping[str, str]) -> None:
    with pytest.raises(InputError, match="it is one of run, review, propose"):
        act({**environ, "INPUT_COMMAND": "init"}, Console())


def test_a_failed_run_keeps_its_exit_code_and_its_index(
    environ: Mapping[str, str], remote: Path, tmp_path: Path
) -> None:
    assert act(environ, Console(), FakeRun(tmp_path / "papers.sqlite", Outcome(1, {}))) == 1
    assert git(remote, "rev-list", "--count", BRANCH) == "1"


def test_arguments_never_reach_a_shell(environ: Mapping[str, str], tmp_path: Path) -> None:
    run = FakeRun(tmp_path / "papers.sqlite", DONE)
    hostile = "--as-of '$(touch pwned); x' `id`"
    act({**environ, "INPUT_ARGUMENTS": hostile}, Console(), run)
    assert run.calls[0][1:] == ["--as-of", "$(touch pwned); x", "`id`"]


def test_an_open_quote_in_the_arguments_is_said(environ: Mapping[str, str]) -> None:
    with pytest.raises(InputError, match="arguments"):
        act({**environ, "INPUT_ARGUMENTS": "--as-of '2024"}, Console())


def test_the_real_command_answers_with_its_own_exit_code(environ: Mapping[str, str]) -> None:
    """Through `tracker run` itself: an argument it does not know is a usage error."""
    assert act({**environ, "INPUT_ARGUMENTS": "--no-such-flag"}, Console()) == 2


def test_the_main_job_goes_on_where_it_was_on_another_machine(
    environ: Mapping[str, str], tmp_path: Path
) -> None:
    """The whole way with the real command: the second machine has only the branch."""
    counts = []
    for machine in ("one", "two"):
        place = tmp_path / machine
        place.mkdir()
        (place / "README.md").write_text(corpus.reading_list(), encoding="utf-8")
        (place / "tracker.toml").write_text(CONFIG, encoding="utf-8")
        corpus.write_feed(place / "feed.jsonl", corpus.feed())
        inputs = {
            **environ,
            "INPUT_CONFIG": str(place / "tracker.toml"),
            "INPUT_ARGUMENTS": "--as-of 2024-02-01",
        }
        assert act(inputs, Console()) == 0
        counts.append(int(outputs(environ)["proposals"]))
        with closing(sqlite3.connect(place / "papers.sqlite")) as connection:
            runs = connection.execute("SELECT count(*) FROM run").fetchone()[0]
        assert runs == len(counts)
    assert counts[0] > 0


def test_no_input_is_pasted_into_a_script() -> None:
    """`${{ inputs.x }}` inside `run:` would let an input be a command."""
    steps = (ROOT / "action.yml").read_text().split("  steps:", 1)[1]
    scripts = re.findall(r"^ +run: (?:\|\n((?: {8}.*\n|\n)+)|(.*))", steps, re.M)
    assert len(scripts) == 2
    assert not any("${{" in script for pair in scripts for script in pair)


@pytest.mark.parametrize(
    "path", ["action.yml", *sorted(p.name for p in (ROOT / ".github/workflows").glob("*.yml"))]
)
def test_foreign_actions_are_pinned_to_a_commit(path: str) -> None:
    file = ROOT / path if path == "action.yml" else ROOT / ".github/workflows" / path
    used = re.findall(r"uses: (\S+)(.*)", file.read_text())
    assert used
    for name, note in used:
        assert name == "./" or (re.search(r"@[0-9a-f]{40}$", name) and re.match(r" # v\d", note))
