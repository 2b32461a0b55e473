"""What of the list and of the index an evaluation measures by, and what it says is missing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from jobs.cli import cli
from tests.jobs import corpus
from tests.jobs.test_run import CONFIG, git, go

ARXIV = '[sources.arxiv]\nurl = "http://127.0.0.1:9/"\ncategories = ["cs.CL"]\n'
OWN_INDEX = "name another index.url with keep_months = 0 and fill it with `tracker discover`"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "README.md").write_text(corpus.reading_list(), encoding="utf-8")
    (tmp_path / "tracker.toml").write_text(CONFIG, encoding="utf-8")
    corpus.write_feed(tmp_path / "feed.jsonl", [*corpus.listed_again(), *corpus.feed()])
    return tmp_path


def measured(place: Path) -> dict[str, Any]:
    words = ["evaluate", "--config", str(place / "tracker.toml"), "--json"]
    done = CliRunner().invoke(cli, words, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def cautions(place: Path) -> str:
    return " ".join(measured(place)["cautions"])


def test_what_waits_in_the_list_itself_is_no_truth(place: Path) -> None:
    go(place, dry_run=True)
    before = measured(place)
    assert len(go(place).added) == 6
    after = measured(place)
    assert (after["entries"], after["papers"]) == (before["entries"], before["papers"])
    assert after["sections"] == before["sections"]
    assert after["relevance"]["stream"] == before["relevance"]["stream"]
    assert "Entries that wait for review: 6; nothing is measured by them." in after["cautions"]
    (place / "survey-tracker-pull-request.md").unlink()
    assert measured(place)["papers"] == before["papers"] + 6


def test_what_was_merged_is_truth(place: Path) -> None:
    git(place, "init", "-q", "-b", "main")
    git(place, "add", "README.md")
    git(place, "commit", "-q", "-m", "The list")
    go(place)
    assert measured(place)["papers"] == 24
    git(place, "merge", "-q", "survey-tracker/proposals")
    after = measured(place)
    assert after["papers"] == 30
    assert "wait for review" not in " ".join(after["cautions"])


def test_papers_given_up_are_told_from_those_that_never_were_there(place: Path) -> None:
    go(place)
    assert "gave up" not in cautions(place)
    go(place, as_of=date(2026, 1, 1))
    said = cautions(place)
    assert "not on the list: 12 (the index gave up the abstracts of 300 more)" in said
    assert OWN_INDEX in said


@pytest.mark.parametrize(
    ("sources", "remedies"),
    [
        (ARXIV, ["`tracker discover --since DATE` fetches", "`tracker run --dry-run` asks"]),
        ("", ["with [sources.arxiv] in tracker.toml, `tracker", "add [sources.arxiv] or"]),
        ('[sources.arxiv_oai]\nsets = ["cs"]\n', ["thousands; `tracker discover", "add [sources"]),
        (
            "[sources.semantic_scholar]\n",
            ["with [sources.arxiv] in tracker.toml", "`tracker run --dry-run` asks"],
        ),
    ],
)
def test_a_remedy_is_one_that_these_settings_allow(
    place: Path, sources: str, remedies: list[str]
) -> None:
    (place / "tracker.toml").write_text(CONFIG + sources, encoding="utf-8")
    said = cautions(place)
    assert all(remedy in said for remedy in remedies), said
