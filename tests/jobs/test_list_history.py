"""A list's git history, day by day."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path

import pytest

from jobs.list_history import ListHistory, read_history
from tests.jobs.dated_list import DatedList
from tracker.errors import InputError
from tracker.settings import Settings, parse_settings


def text(*titles: str) -> str:
    lines = [f"* {t} of bread. [paper](https://arxiv.org/abs/2301.{len(t):05})" for t in titles]
    return "\n".join(["# Loaves", "", "## Crumb", "", *lines, ""])


def settings(place: Path, **listed: object) -> Settings:
    return parse_settings({"list": {"path": "list", **listed}}, place / "tracker.toml", {})


def titles(history: ListHistory, day: str) -> list[str]:
    version = history.upto(date.fromisoformat(day))
    assert version is not None
    reading_list = history.read(version)
    assert reading_list is not None
    return [entry.title for entry in reading_list.entries]


@pytest.fixture
def bakers(tmp_path: Path) -> DatedList:
    found = DatedList(tmp_path)
    found.commit("2023-01-01", text("The rise"))
    return found


def test_of_each_day_the_last_commit_counts(bakers: DatedList) -> None:
    bakers.commit("2023-02-01", text("The rise", "A slip"))
    bakers.commit("2023-02-01", text("The rise", "A second fall"))
    history = read_history(settings(bakers.place))
    assert [version.day.isoformat() for version in history.versions] == ["2023-01-01", "2023-02-01"]
    assert titles(history, "2023-01-31") == ["The rise of bread"]
    assert titles(history, "2024-01-01") == ["The rise of bread", "A second fall of bread"]
    assert history.upto(date(2022, 12, 31)) is None


def test_a_clock_that_ran_behind_makes_nothing_known_earlier(bakers: DatedList) -> None:
    bakers.commit("2023-03-01", text("The rise", "A second fall"))
    bakers.commit("2022-01-01", text("The rise", "A third resurrection"))
    history = read_history(settings(bakers.place))
    assert titles(history, "2023-02-28") == ["The rise of bread"]
    assert titles(history, "2023-03-01")[1] == "A third resurrection of bread"


def test_a_list_of_several_files_in_a_folder_of_the_repository(bakers: DatedList) -> None:
    (bakers.folder / "lists").mkdir()
    bakers.commit("2023-02-01", text("The one"), "lists/one.md")
    bakers.commit("2023-03-01", text("The other side"), "lists/two.md")
    history = read_history(settings(bakers.place, path="list/lists", files=["one.md", "two.md"]))
    assert titles(history, "2023-02-01") == ["The one of bread"]
    assert titles(history, "2023-03-01") == ["The one of bread", "The other side of bread"]


def test_a_file_that_was_away_for_a_while(bakers: DatedList) -> None:
    bakers.git("rm", "-q", "README.md")
    bakers.commit("2023-02-01", "something else\n", "other.txt")
    bakers.commit("2023-03-01", text("The return"))
    history = read_history(settings(bakers.place))
    assert titles(history, "2023-01-15") == ["The rise of bread"]
    away = history.upto(date(2023, 2, 15))
    assert away is not None
    assert history.read(away) is None
    assert titles(history, "2023-03-01") == ["The return of bread"]


def test_a_file_renamed_twice_is_one_file(bakers: DatedList) -> None:
    bakers.git("mv", "README.md", "papers.md")
    bakers.commit("2023-02-01", text("The rise", "A fall"), "papers.md")
    (bakers.folder / "docs").mkdir()
    bakers.git("mv", "papers.md", "docs/list.md")
    bakers.commit("2023-03-01", text("The rise", "A fall", "The end"), "docs/list.md")
    history = read_history(settings(bakers.place, files=["docs/list.md"]))
    assert [len(titles(history, f"2023-0{month}-01")) for month in (1, 2, 3)] == [1, 2, 3]


def test_a_shallow_checkout_is_recognised(bakers: DatedList) -> None:
    bakers.commit("2023-02-01", text("The rise", "A fall"))
    clone = ["git", "clone", "-q", "--depth", "1", bakers.folder.as_uri(), "shallow"]
    subprocess.run(clone, cwd=bakers.place, check=True, capture_output=True)
    history = read_history(settings(bakers.place, path="shallow"))
    assert history.shallow
    assert history.versions[0].day == date(2023, 2, 1)


def test_what_git_cannot_give_is_a_problem_and_no_crash(bakers: DatedList) -> None:
    first = bakers.git("rev-parse", "HEAD")
    bakers.commit("2023-02-01", text("The rise", "A fall"))
    bakers.commit("2023-03-01", text("The rise", "A fall", "The end"))
    (bakers.folder / ".git" / "objects" / first[:2] / first[2:]).unlink()
    history = read_history(settings(bakers.place))
    assert any("breaks off" in problem for problem in history.problems)
    assert len(titles(history, "2023-03-01")) == 3
    bakers.git("reset", "-q", "--hard", "HEAD~1")
    with pytest.raises(InputError, match="breaks off"):
        read_history(settings(bakers.place))


def test_what_is_no_file_is_no_list(bakers: DatedList) -> None:
    bakers.git("rm", "-q", "README.md")
    (bakers.folder / "README.md").symlink_to("elsewhere.md")
    bakers.git("add", "-A")
    bakers.git("commit", "-q", "-m", "A link", day="2023-02-01")
    history = read_history(settings(bakers.place))
    assert history.versions[-1].blobs == ()


def test_what_is_missing_is_named(bakers: DatedList) -> None:
    with pytest.raises(InputError, match=r"list\.files: NONE\.md"):
        read_history(settings(bakers.place, files=["NONE.md"]))
    with pytest.raises(InputError, match=r"list\.branch 'nowhere'"):
        read_history(settings(bakers.place, branch="nowhere"))
