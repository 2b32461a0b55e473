"""The two files `tracker init` writes: what is in them, and that both are written or neither."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.console import Console
from jobs.init import Request, init
from jobs.init_files import Choices, config_text
from jobs.init_topics import Categories, Terms
from tests.jobs.init.bakery import LIST, invoke
from tracker.errors import InputError
from tracker.settings import load_settings, parse_settings


def test_the_configuration_is_valid_and_works_here_and_in_an_action(place: Path) -> None:
    code, out = invoke("--file", "README.md")
    assert code == 0
    assert "written" in out
    here = load_settings(place / "tracker.toml", {})
    assert here.target == "local"
    assert here.list.skip_sections == ("Table of Contents", "News", "Star History", "Citation")
    there = load_settings(place / "tracker.toml", {"GITHUB_REPOSITORY": "bread/papers"})
    assert there.target == "github"
    assert there.list.repository == "bread/papers"


def test_the_suggested_query_is_valid_once_uncommented(place: Path) -> None:
    invoke()
    text = (place / "tracker.toml").read_text()
    lines = text.splitlines()
    start = lines.index("# [sources.semantic_scholar]")
    plain = [
        line.removeprefix("# ") if start <= n <= start + 2 else line for n, line in enumerate(lines)
    ]
    settings = parse_settings(tomllib.loads("\n".join(plain)), place / "tracker.toml", {})
    assert settings.sources.semantic_scholar is not None
    assert '"sourdough starter"' in settings.sources.semantic_scholar.query


def test_the_workflow_lies_at_the_top_of_the_checkout(place: Path) -> None:
    (place / "bot").mkdir()
    (place / "bot" / "list.md").write_text(LIST, encoding="utf-8")
    code, _ = invoke("--config", "bot/tracker.toml", "--file", "bot/list.md")
    assert code == 0
    workflow = (place / ".github" / "workflows" / "tracker.yml").read_text()
    assert 'config: "bot/tracker.toml"' in workflow
    assert load_settings(place / "bot" / "tracker.toml", {}).list.files == ("list.md",)


def test_the_workflow_asks_for_what_the_action_needs(place: Path) -> None:
    invoke()
    workflow = (place / ".github" / "workflows" / "tracker.yml").read_text()
    for needed in ("contents: write", "pull-requests: write", "issues: write", "workflow_dispatch:",
                   "concurrency:", "persist-credentials: false"):  # fmt: skip
        assert needed in workflow
    # What a person says is heard at once, and what anybody else does starts nothing.
    for event in ("issue_comment:\n    types: [created, edited]", "issues:\n    types: [edited]",
                  "pull_request:\n    types: [edited, closed]",
                  "pull_request_review:\n    types: [submitted, edited]",
                  "pull_request_review_comment:\n    types: [created, edited]"):  # fmt: skip
        assert event in workflow
    condition = workflow.partition("if: >-")[2].partition("runs-on:")[0]
    for guard in ("(github.event.review.body, '/tracker')",
                  "(github.event.comment.body, '/tracker')",
                  "head.ref == 'survey-tracker/proposals'", "== github.repository"):  # fmt: skip
        assert guard in condition
    # Empty in events of reviews, so it guards nothing there.
    assert "github.head_ref" not in condition
    assert condition.count("(") == condition.count(")")
    minute = int(workflow.split('cron: "')[1].split()[0])
    assert minute % 2 == 1
    assert 5 <= minute <= 55


def test_nothing_is_overwritten_without_a_yes(place: Path) -> None:
    (place / "tracker.toml").write_text("# mine\n")
    code, out = invoke("--json")
    assert code == 0
    assert json.loads(out)["written"]["tracker.toml"] == "kept"
    assert (place / "tracker.toml").read_text() == "# mine\n"


def test_yes_overwrites(place: Path) -> None:
    (place / "tracker.toml").write_text("# mine\n")
    _, out = invoke("--yes", "--json")
    assert json.loads(out)["written"]["tracker.toml"] == "written"
    assert "[list]" in (place / "tracker.toml").read_text()


def test_a_second_time_changes_nothing_and_asks_nothing(place: Path) -> None:
    invoke()
    _, out = invoke("--json")
    assert set(json.loads(out)["written"].values()) == {"unchanged"}


@pytest.mark.parametrize("answer", [True, False])
def test_a_person_is_asked_for_each_file(place: Path, answer: bool) -> None:
    (place / "tracker.toml").write_text("# mine\n")
    asked: list[str] = []

    def ask(path: Path) -> bool:
        asked.append(path.name)
        return answer

    init(Request(config=Path("tracker.toml"), offline=True), Console(), ask, {})
    assert asked == ["tracker.toml"]
    assert ((place / "tracker.toml").read_text() == "# mine\n") is not answer


@pytest.mark.parametrize(
    ("way", "problem"),
    [
        (".github", "Not a directory"),
        (".github/workflows/tracker.yml/x", "Is a directory"),
        (".github/workflows/.tracker.yml.survey-tracker/x", "cannot be written"),
    ],
    ids=["a file for a folder", "a folder for the file", "no room for a draft"],
)
def test_where_the_workflow_cannot_be_written_the_settings_stay(
    place: Path, way: str, problem: str
) -> None:
    (place / "tracker.toml").write_text("# mine\n")
    (place / way).parent.mkdir(parents=True, exist_ok=True)
    (place / way).write_text("in the way")
    before = {path: path.is_file() and path.read_bytes() for path in place.rglob("*")}
    with pytest.raises(InputError, match=rf"\.github.*{problem}.*; nothing was written"):
        invoke("--yes")
    assert {path: path.is_file() and path.read_bytes() for path in place.rglob("*")} == before


def test_no_new_folder_stays_where_the_settings_cannot_be_written(place: Path) -> None:
    (place / "tracker.toml").mkdir()
    with pytest.raises(InputError, match=r"tracker\.toml: cannot be written: Is a directory; not"):
        invoke("--yes")
    (place / "tracker.toml").rmdir()
    (place / ".tracker.toml.survey-tracker" / "x").mkdir(parents=True)
    with pytest.raises(InputError, match=r"tracker\.toml: cannot be written: .*; nothing was"):
        invoke("--yes")
    assert not (place / ".github").exists()


def test_a_file_that_is_not_there_is_named(place: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.md: no such file"):
        invoke("--file", "nowhere.md")


def test_a_list_above_its_configuration_is_refused(place: Path) -> None:
    (place / "bot").mkdir()
    with pytest.raises(InputError, match="--config"):
        invoke("--config", "bot/tracker.toml", "--file", "README.md")


def test_a_file_without_entries_writes_nothing(place: Path) -> None:
    (place / "README.md").write_text("# A project\n\nJust prose.\n")
    with pytest.raises(InputError, match="no entry"):
        invoke()
    assert not (place / "tracker.toml").exists()


def test_a_wrong_repository_name_is_a_sentence(place: Path) -> None:
    with pytest.raises(InputError, match=r"list\.repository.*owner/name"):
        invoke("--repository", "https://github.com/bread/papers")


@given(st.lists(st.text(), max_size=3), st.text(), st.text())
def test_names_survive_the_toml_file(skipped: Sequence[str], phrase: str, word: str) -> None:
    choices = Choices(
        files=("README.md",),
        categories=Categories(("cs.CL",)),
        terms=Terms(phrase, (word,) if word else ()),
        skip_sections=skipped,
    )
    data = tomllib.loads(config_text(choices))
    assert data["list"]["skip_sections"] == list(skipped)
