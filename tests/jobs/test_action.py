"""The GitHub Action against a bare repository on disk: the index lives on a branch of it."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from db.index import Index
from db.store import IndexStore
from jobs.action import Outcome, act
from jobs.console import Console
from jobs.kept_index import BRANCH, KeptIndex, KeptIndexError
from tests.jobs import corpus
from tests.jobs.test_run import CONFIG
from tracker.errors import InputError
from tracker.pacing import Kept

ROOT = Path(__file__).resolve().parent.parent.parent


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """An empty repository owner/list on a server made of folders."""
    folder = tmp_path / "server" / "owner" / "list.git"
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--bare")
    return folder


def kept(remote: Path, folder: Path, largest: int = 95_000_000) -> KeptIndex:
    folder.mkdir()
    return KeptIndex(str(remote), folder, "papers.sqlite", largest=largest)


def write(index: Path, *titles: str) -> None:
    with closing(sqlite3.connect(index)) as connection, connection:
        connection.execute("CREATE TABLE IF NOT EXISTS paper (title TEXT)")
        connection.executemany("INSERT INTO paper VALUES (?)", [(title,) for title in titles])


def titles(index: Path) -> list[str]:
    with closing(sqlite3.connect(index)) as connection:
        return [row[0] for row in connection.execute("SELECT title FROM paper ORDER BY title")]


def test_the_first_run_finds_no_branch_and_begins_one(remote: Path, tmp_path: Path) -> None:
    index = tmp_path / "papers.sqlite"
    first = kept(remote, tmp_path / "first")
    assert not first.restore(index)
    assert not index.exists()
    write(index, "one")
    assert first.store(index)

    copy = tmp_path / "checkout" / "papers.sqlite"
    assert kept(remote, tmp_path / "second").restore(copy)
    assert titles(copy) == ["one"]


def test_the_branch_stays_one_commit_without_parents(remote: Path, tmp_path: Path) -> None:
    index = tmp_path / "papers.sqlite"
    for number in range(3):
        place = kept(remote, tmp_path / f"run{number}")
        place.restore(index)
        write(index, f"paper {number}")
        assert place.store(index)
    assert git(remote, "rev-list", "--count", BRANCH) == "1"
    assert git(remote, "ls-tree", "--name-only", BRANCH).split() == ["README.md", "papers.sqlite"]
    assert git(remote, "for-each-ref", "--format=%(refname:short)") == BRANCH
    fresh = tmp_path / "fresh.sqlite"
    kept(remote, tmp_path / "last").restore(fresh)
    assert titles(fresh) == ["paper 0", "paper 1", "paper 2"]


def test_what_is_only_in_the_write_ahead_log_is_stored_too(remote: Path, tmp_path: Path) -> None:
    index = tmp_path / "papers.sqlite"
    place = kept(remote, tmp_path / "run")
    place.restore(index)
    with closing(sqlite3.connect(index)) as reader:
        reader.execute("PRAGMA journal_mode=WAL")
        reader.execute("SELECT * FROM sqlite_schema").fetchall()
        write(index, "in the log")
        assert (tmp_path / "papers.sqlite-wal").stat().st_size > 0
        assert place.store(index)
    fresh = tmp_path / "fresh.sqlite"
    kept(remote, tmp_path / "next").restore(fresh)
    assert titles(fresh) == ["in the log"]


def test_what_sources_answered_lately_is_not_stored(remote: Path, tmp_path: Path) -> None:
    name = tmp_path / "papers.sqlite"
    with Index.open(f"sqlite:///{name}") as index:
        answer = Kept(os.urandom(500_000), {}, 1_700_000_000.0)
        IndexStore(index).save("https://export.arxiv.org/api/query", answer)
        IndexStore(index).free("arxiv.org", 1_700_000_003.0)
    place = kept(remote, tmp_path / "run")
    place.restore(tmp_path / "elsewhere.sqlite")
    assert place.store(name)
    fresh = tmp_path / "fresh.sqlite"
    kept(remote, tmp_path / "next").restore(fresh)
    assert fresh.stat().st_size < 500_000
    with Index.open(f"sqlite:///{fresh}") as index:
        assert IndexStore(index).load("https://export.arxiv.org/api/query") is None
        assert IndexStore(index).take("arxiv.org", 1_700_000_000.0, 1.0) > 0


def test_a_restored_index_is_not_mixed_with_an_old_log(remote: Path, tmp_path: Path) -> None:
    good = tmp_path / "good.sqlite"
    write(good, "stored")
    place = kept(remote, tmp_path / "run")
    place.restore(tmp_path / "nothing")
    place.store(good)
    index = tmp_path / "papers.sqlite"
    for rest in ("", "-wal", "-shm", "-journal"):
        index.with_name(index.name + rest).write_bytes(b"left by a run that was killed")
    kept(remote, tmp_path / "next").restore(index)
    assert titles(index) == ["stored"]
    assert not index.with_name("papers.sqlite-wal").exists()


@pytest.mark.parametrize("begun", [True, False], ids=["branch there", "first run"])
def test_whoever_stores_first_is_not_overwritten(remote: Path, tmp_path: Path, begun: bool) -> None:
    index = tmp_path / "papers.sqlite"
    if begun:
        place = kept(remote, tmp_path / "earlier")
        place.restore(index)
        write(index, "earlier")
        place.store(index)
    mine, theirs = kept(remote, tmp_path / "mine"), kept(remote, tmp_path / "theirs")
    mine_index, their_index = tmp_path / "mine.sqlite", tmp_path / "theirs.sqlite"
    mine.restore(mine_index)
    theirs.restore(their_index)
    write(mine_index, "mine")
    write(their_index, "theirs")
    assert theirs.store(their_index)
    assert not mine.store(mine_index)
    fresh = tmp_path / "fresh.sqlite"
    kept(remote, tmp_path / "after").restore(fresh)
    assert titles(fresh) == titles(their_index)


def test_an_index_above_the_limit_is_kept_in_parts(remote: Path, tmp_path: Path) -> None:
    index = tmp_path / "papers.sqlite"
    many = [f"paper {number * 7919 % 100_003:06}" for number in range(4_000)]
    place = kept(remote, tmp_path / "run", largest=10_000)
    place.restore(index)
    write(index, *many)
    assert place.store(index)
    names = git(remote, "ls-tree", "--name-only", BRANCH).split()
    assert names[:3] == ["README.md", "papers.sqlite.gz.000", "papers.sqlite.gz.001"]
    fresh = tmp_path / "fresh.sqlite"
    assert kept(remote, tmp_path / "next").restore(fresh)
    assert titles(fresh) == sorted(many)


@pytest.mark.parametrize("largest", [95_000_000, 10_000], ids=["one file", "parts"])
def test_a_damaged_index_is_replaced_instead_of_failing_every_run(
    remote: Path, tmp_path: Path, largest: int, caplog: pytest.LogCaptureFixture
) -> None:
    index = tmp_path / "papers.sqlite"
    write(index, *(f"paper {number * 7919 % 100_003:06}" for number in range(4_000)))
    place = kept(remote, tmp_path / "run", largest=largest)
    place.restore(index)
    assert place.store(index)
    damage(remote, tmp_path / "checkout")

    fresh = tmp_path / "fresh.sqlite"
    following = kept(remote, tmp_path / "next")
    assert not following.restore(fresh)
    assert not fresh.exists()
    assert "damaged" in caplog.text
    write(fresh, "new")
    assert following.store(fresh)
    assert kept(remote, tmp_path / "last").restore(fresh)
    assert titles(fresh) == ["new"]


def damage(remote: Path, checkout: Path) -> None:
    """Cut the last stored file in half, as a transfer that broke off would."""
    git(remote.parent, "clone", "--quiet", "--branch", BRANCH, str(remote), str(checkout))
    last = max(checkout.glob("papers.sqlite*"))
    content = last.read_bytes()
    last.write_bytes(content[: len(content) // 2])
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.org")
    git(checkout, *identity, "commit", "--quiet", "--all", "--message", "damage")
    git(checkout, "push", "--quiet")


def test_a_branch_that_cannot_be_read_stops_the_run(tmp_path: Path) -> None:
    index = tmp_path / "papers.sqlite"
    write(index, "here already")
    with pytest.raises(KeptIndexError, match=BRANCH):
        kept(tmp_path / "no such repository", tmp_path / "run").restore(index)
    assert titles(index) == ["here already"]


def test_a_refused_push_is_an_error_and_not_a_lost_race(remote: Path, tmp_path: Path) -> None:
    hook = remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'denied to github-actions' >&2\nexit 1\n")
    hook.chmod(0o755)
    index = tmp_path / "papers.sqlite"
    place = kept(remote, tmp_path / "run")
    place.restore(index)
    write(index, "one")
    with pytest.raises(KeptIndexError, match="contents: write"):
        place.store(index)


def test_a_spoilt_index_is_not_stored(remote: Path, tmp_path: Path) -> None:
    index = tmp_path / "papers.sqlite"
    place = kept(remote, tmp_path / "run")
    place.restore(index)
    index.write_bytes(b"this is no database" * 100)
    with pytest.raises(KeptIndexError, match="cannot be copied"):
        place.store(index)
    assert git(remote, "for-each-ref") == ""


def test_the_token_is_no_argument_of_git(remote: Path, tmp_path: Path) -> None:
    """A token for an https server goes into git's environment, which only we can read."""
    folder = tmp_path / "run"
    folder.mkdir()
    place = KeptIndex("https://127.0.0.1:1/owner/list.git", folder, "papers.sqlite", "hush-hush")
    with pytest.raises(KeptIndexError) as error:
        place.restore(tmp_path / "papers.sqlite")
    assert "hush-hush" not in str(error.value)
    assert "hush" not in (folder / "config").read_text()


# -- the whole Action ----------------------------------------------------------------------------


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
