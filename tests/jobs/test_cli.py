"""The command line: flags, exit codes, one sentence for every mistake."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from jobs.cli import cli, main
from tests.db.test_reading import NAMELESS
from tests.jobs import corpus
from tests.jobs.test_run import CONFIG, go

LIST = "# Bread\n\n## Ovens\n\n- [Wood ovens and the crust](https://arxiv.org/abs/2401.00001)\n"
ROOT = Path(__file__).resolve().parents[2]


def tracker(place: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does, in a process of its own."""
    program = "import sys; sys.path.insert(0, sys.argv.pop(1)); from jobs.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, str(ROOT), *arguments],
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )


def refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *arguments: str
) -> tuple[int, str, str]:
    """The exit code, and what is printed and said, without a process to start."""
    monkeypatch.setattr(sys, "argv", ["tracker", *arguments])
    with pytest.raises(SystemExit) as stop:
        main()
    assert isinstance(stop.value.code, int)
    return stop.value.code, *capsys.readouterr()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("list")
    (place / "README.md").write_text(corpus.reading_list(), encoding="utf-8")
    (place / "tracker.toml").write_text(CONFIG, encoding="utf-8")
    corpus.write_feed(place / "feed.jsonl", corpus.feed())
    return place


def test_run_then_search_then_show(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = tracker(place, "run", "--as-of", "2024-02-01", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert len(document["proposals"]) == 6
    assert "Reading the list ..." in done.stderr

    again = tracker(place, "run", "--as-of", "2024-02-01")
    assert again.returncode == 0
    assert "6 proposals wait for review" in again.stdout

    monkeypatch.chdir(place)
    found = CliRunner().invoke(cli, ["search", "sourdough starter", "--json", "--limit", "3"])
    hits = json.loads(found.stdout)
    assert len(hits) == 3
    assert "Sourdough" in hits[0]["title"]

    identifier = document["proposals"][0]["paper"]["identifiers"][0]
    shown = json.loads(CliRunner().invoke(cli, ["show", identifier, "--json"]).stdout)
    assert shown[0]["title"] == document["proposals"][0]["paper"]["title"]
    assert shown[0]["proposals"][0]["state"] == "open"
    page = CliRunner().invoke(cli, ["show", identifier])
    assert "  proposed " in page.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "--config", "nowhere.toml"], "nowhere.toml: no such file"),
        (["run", "--as-of", "yesterday"], "'yesterday' is not a day of the form YYYY-MM-DD"),
        (["run", "--as-off", "2024-01-01"], "No such option"),
        (["rn"], "No such command"),
        (["search"], "Missing argument"),
    ],
)
def test_a_mistake_gets_one_sentence_and_exit_code_2(
    place: Path,
    arguments: list[str],
    words: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(place)
    code, printed, said = refused(monkeypatch, capsys, *arguments)
    assert code == 2
    assert words in said
    assert "Traceback" not in said
    assert printed == ""


@pytest.mark.parametrize("command", ["search", "show", "why", "reconsider", "unmerge"])
def test_without_an_index_it_is_said_what_makes_one(
    tmp_path: Path,
    command: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "tracker.toml").write_text("[list]\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    code, printed, said = refused(monkeypatch, capsys, command, "1")
    assert (code, printed) == (2, "")
    assert "papers.sqlite': there is no index yet; `tracker run` or `tracker discover`" in said
    assert not (tmp_path / "papers.sqlite").exists()


def test_what_only_reads_works_where_nothing_can_be_written(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here = Path(shutil.copytree(place, tmp_path / "list"))
    monkeypatch.chdir(here)
    go(here)
    (here / "papers.sqlite").rename(here / NAMELESS)
    with (here / "tracker.toml").open("a") as file:
        file.write(f'[index]\nurl = "sqlite:///{NAMELESS}"\n')
    before = sorted(path.name for path in here.rglob("*"))
    title = corpus.title("Sourdough", 20)
    for command in (["status"], ["search", "sourdough"], ["show", title], ["why", title],
                    ["evaluate"], ["lint"]):  # fmt: skip
        done = CliRunner().invoke(cli, command)
        assert done.exception is None or isinstance(done.exception, SystemExit), command
        assert done.stdout, command
    assert sorted(path.name for path in here.rglob("*")) == before
    code, _, said = refused(monkeypatch, capsys, "show", "10.1000/nothing")
    assert (code, "no such paper in the index" in said) == (2, True)
    code, _, said = refused(monkeypatch, capsys, "discover")
    assert (code, "cannot be written" in said) == (2, True)


def test_github_without_a_token_says_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tracker.toml").write_text('[list]\nrepository = "a/b"\n', encoding="utf-8")
    code, _, said = refused(monkeypatch, capsys, "run")
    assert code == 2
    assert "GITHUB_TOKEN is not set" in said


@pytest.mark.parametrize(
    ("listed", "command", "words"),
    [
        ('path = "nowhere"', "run", ["list.path: there is no folder", "correct it"]),
        (
            'files = ["LIST.md"]',
            "run",
            ["list.files: ", "LIST.md: no such file; ", "correct list.path or list.files"],
        ),
        (
            'files = ["LIST.md"]',
            "lint",
            ["list.files: ", "LIST.md: no such file; correct list.path"],
        ),
        ('[sections."Ofens"]\nexclude = true', "evaluate", ["sections.'Ofens'", "'Ovens'"]),
        ('[index]\nurl = "sqlite:///no/x.sqlite"', "status", ["index.url", "make it, or correct"]),
        ('[[sources.files]]\npath = "no.jsonl"', "discover", ["sources.files: ", "correct path"]),
        ("", "discover", ["sources: no source of papers"]),
    ],
)
def test_a_setting_that_fits_nothing_there_is_named_with_its_file(
    tmp_path: Path,
    listed: str,
    command: str,
    words: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "my.toml").write_text(f"[list]\n{listed}\n", encoding="utf-8")
    (tmp_path / "README.md").write_text(LIST, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    code, _, said = refused(monkeypatch, capsys, command, "--config", "my.toml")
    assert code == 2
    *_, told = said.splitlines()
    assert told.startswith(f"error: my.toml: {words[0]}")
    assert all(word in told for word in words)


def test_when_every_source_fails_the_exit_code_is_1(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "README.md").write_text(corpus.reading_list(), encoding="utf-8")
    (tmp_path / "tracker.toml").write_text(
        '[list]\npath = "."\n[sources.arxiv]\n'
        'url = "http://127.0.0.1:9/"\ncategories = ["cs.CL"]\n',
        encoding="utf-8",
    )
    code, printed, said = refused(monkeypatch, capsys, "run", "--json")
    assert code == 1
    assert json.loads(printed)["sources"][0]["status"] == "failed"
    assert "warning: arxiv failed and is read again next time" in said


def test_debug_shows_where(tmp_path: Path) -> None:
    done = tracker(tmp_path, "run", "--debug")
    assert "Traceback" in done.stderr
    assert done.returncode == 2


@pytest.mark.parametrize("name", sorted(cli.commands))
def test_every_command_says_what_it_does_and_gives_an_example(name: str) -> None:
    command = cli.commands[name]
    assert command.help
    assert "Example: tracker " in command.help
    flags = {option for p in command.params if isinstance(p, click.Option) for option in p.opts}
    assert {"--config", "--json", "--debug"} <= flags
    assert f"`tracker {name}" in (ROOT / "README.md").read_text(encoding="utf-8")
