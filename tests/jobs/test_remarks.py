"""A year that has no heading yet: the paper stands under another, and everyone is told."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from jobs.console import Console
from jobs.remarks import remark_on
from jobs.show_run import as_json, sections_text
from jobs.why import why
from tests.jobs import corpus
from tests.jobs.test_run import CONFIG, go, settings
from tracker.paper import Paper
from tracker.taxonomy import Path as SectionPath

OVENS_2023 = ("Baking", "Ovens", "2023")


def remark(*beside: str, year: int | None = 2024, section: SectionPath = OVENS_2023) -> str:
    """What is said of a paper of this year, with these headings beside its section's year."""
    paths = [("Baking",), section[:2], section, *((*section[:2], name) for name in beside)]
    published = date(year, 3, 1) if year else None
    return remark_on(section, Paper(title="Heat", published=published), paths)


def test_a_year_without_a_heading_is_named_with_its_remedy() -> None:
    assert remark("2022", "2021") == (
        "the list has no heading for 2024 yet below Baking › Ovens, so this is filed under 2023: "
        "make the heading and move it there"
    )
    below = (*OVENS_2023, "Steam")
    assert remark("2022", section=below) == remark("2022")


@pytest.mark.parametrize("beside", ["Older", "Earlier papers", "Before 2020", "2019 and before"])
def test_nothing_is_said_of_what_an_older_heading_takes(beside: str) -> None:
    assert remark("2022", beside, year=2018) == ""
    assert remark("2022", year=2018, section=("Baking", "Ovens", beside)) == ""
    assert remark("2022", beside, year=2024).startswith("the list has no heading for 2024 yet")


def test_a_year_gone_by_is_not_to_come_yet() -> None:
    assert remark("2018", year=2020).startswith("the list has no heading for 2020 below Baking")
    assert "2020 below" in remark("Before 2020", year=2020)


@pytest.mark.parametrize("beside", ["2024", "📅 2024 📅", "2024 and later", "2023-2024"])
def test_nothing_is_said_where_a_heading_may_be_meant_for_the_year(beside: str) -> None:
    assert remark("2022", beside) == ""


def test_nothing_is_said_of_papers_of_the_year_or_without_one() -> None:
    assert remark("2022", year=2023) == ""
    assert remark("2022", year=None) == ""


def test_nothing_is_said_of_sections_that_are_no_years() -> None:
    assert remark("Steam", section=("Baking", "Ovens", "CVPR 2023")) == ""


def test_pull_request_report_and_why_say_that_the_year_has_no_heading(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = corpus.reading_list()
    for topic in corpus.SECTIONS:
        text = text.replace(f"## {topic}\n", f"## {topic}\n\n### 2023\n")
    (tmp_path / "README.md").write_text(text, encoding="utf-8")
    (tmp_path / "tracker.toml").write_text(CONFIG, encoding="utf-8")
    corpus.write_feed(tmp_path / "feed.jsonl", [*corpus.listed_again(), *corpus.feed()])
    first, second = go(tmp_path), go(tmp_path)
    ovens = next(p for p in first.added if p.section[1:] == ("Ovens", "2023"))
    said = "the list has no heading for 2024 yet below Baking Papers › Ovens, so this is filed"
    assert ovens.remark.startswith(said)
    assert second.body.count(said) == first.body.count(said) > 1
    assert sections_text(first.added).count(said) == 1
    assert said in json.dumps(as_json(first), ensure_ascii=False)
    capsys.readouterr()
    why(settings(tmp_path), Console(interactive=False), str(ovens.paper.identifier("arxiv")))
    assert f"  note         {said}" in capsys.readouterr().out


def test_a_paper_that_was_moved_under_a_new_heading_is_where_it_belongs() -> None:
    moved = Paper(title="Heat", published=date(2024, 3, 1))
    assert remark_on(("Baking", "2024"), moved, [("Baking",), ("Baking", "2023")]) == ""
