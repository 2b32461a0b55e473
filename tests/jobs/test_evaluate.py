"""Measuring the bot on one's own list, and showing it."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from db import history, papers
from db.index import Index
from jobs.cli import cli
from tests.jobs import corpus
from tests.jobs.dated_list import DatedList, fill
from tracker.errors import InputError
from tracker.paper import Paper
from tracker.sources.records import paper_of_record

SLIPPED = corpus.title("Sourdough", 3)
HOSTILE = "<script>alert('crust')</script> & \"Butter\" \u202e gnidaer \x1b[31m in Pastry"


def listed() -> list[Paper]:
    return [paper_of_record(record) for record in corpus.listed_again()]


def others() -> list[Paper]:
    return [paper_of_record(record) for record in corpus.feed(off_topic=120)]


@pytest.fixture
def bakers(tmp_path: Path) -> DatedList:
    """A list on which one paper on sourdough slipped under Ovens."""
    found = DatedList(tmp_path)
    text = corpus.reading_list()
    [line] = [line for line in text.splitlines() if SLIPPED in line]
    text = text.replace(f"{line}\n", "").replace("## Ovens\n\n", f"## Ovens\n\n{line}\n")
    found.commit("2024-01-01", text)
    return found


def invoke(bakers: DatedList, *words: str) -> str:
    done = CliRunner().invoke(
        cli, ["evaluate", "--config", str(bakers.config), *words], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return done.stdout


def measured(bakers: DatedList) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(invoke(bakers, "--json"))
    return document


def test_the_list_is_measured_with_what_the_index_knows(bakers: DatedList) -> None:
    fill(bakers.place, [*listed(), *others()])
    document = measured(bakers)
    assert document["papers"] == 24
    filing, relevance = document["sections"], document["relevance"]
    assert filing["top1"] > 0.8
    assert filing["top3"] == 1.0
    assert 0 <= filing["ece"] <= 1
    assert set(filing["coverage"]) == {"80", "90"}
    assert sum(b["count"] for b in filing["reliability"]) == 24
    assert {tuple(one["section"])[-1] for one in filing["by_section"]} == set(corpus.SECTIONS)
    # Nothing of the acknowledgements is a section to file under.
    assert len(filing["by_section"]) == 3
    assert relevance["listed"] == 24
    assert relevance["stream"] == 132
    assert relevance["recall_100"] == 1.0
    assert relevance["average_precision"] > 0.5


def test_a_slipped_line_is_found_where_it_stands(bakers: DatedList) -> None:
    fill(bakers.place, listed())
    suspects = measured(bakers)["sections"]["misfiled"]
    [suspect] = [suspect for suspect in suspects if suspect["title"] == SLIPPED]
    lines = (bakers.folder / "README.md").read_text(encoding="utf-8").splitlines()
    assert SLIPPED in lines[suspect["line"] - 1]
    assert suspect["file"] == "README.md"
    assert suspect["stands_in"] == [["Baking Papers", "Ovens"]]
    assert suspect["would_be_in"] == ["Baking Papers", "Sourdough"]
    assert suspect["confidence"] > suspect["confidence_where_it_stands"]


def test_a_list_the_index_does_not_know_speaks_for_itself(bakers: DatedList) -> None:
    document = measured(bakers)
    assert document["sections"]["papers"] == 24
    assert document["relevance"] is None
    assert "known by their title alone: 24 of 24" in " ".join(document["cautions"])
    assert "tracker discover" in " ".join(document["cautions"])
    assert not (bakers.place / "papers.sqlite").exists()


def point(bakers: DatedList, url: str) -> None:
    text = bakers.config.read_text("utf-8").replace("sqlite:///papers.sqlite", url)
    bakers.config.write_text(text, encoding="utf-8")


def test_an_index_that_is_not_there_is_told(bakers: DatedList) -> None:
    fill(bakers.place, listed())
    point(bakers, "sqlite:///typo.sqlite")
    first = measured(bakers)["cautions"][0]
    assert first.startswith("index.url 'sqlite:///typo.sqlite': there is no file ")
    assert str(bakers.place / "typo.sqlite") in first
    assert "run `tracker discover` first" in first
    assert not (bakers.place / "typo.sqlite").exists()


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("sqlite:///nowhere/papers.sqlite", "folder .*nowhere.* does not exist; make it"),
        ("sqlite:///list", "is a folder; name a file"),
    ],
)
def test_an_index_that_cannot_be_is_refused(bakers: DatedList, url: str, problem: str) -> None:
    point(bakers, url)
    with pytest.raises(InputError, match=rf"index\.url .*{problem}"):
        invoke(bakers)


def test_an_index_that_is_there_is_no_caution(bakers: DatedList) -> None:
    fill(bakers.place, listed())
    assert "index.url" not in " ".join(measured(bakers)["cautions"])


def test_a_tiny_list_is_told_that_it_is_tiny(bakers: DatedList) -> None:
    bakers.commit("2024-01-02", corpus.reading_list(entries=1))
    said = invoke(bakers)
    assert "Papers that stand in a section: 3" in said


def test_nothing_is_written(bakers: DatedList) -> None:
    fill(bakers.place, [*listed(), *others()])
    before = (bakers.place / "papers.sqlite").read_bytes()
    assert invoke(bakers, "--json") == invoke(bakers, "--json")
    assert (bakers.place / "papers.sqlite").read_bytes() == before
    assert bakers.git("status", "--porcelain") == ""


def test_text_says_what_a_maintainer_wants_to_know(bakers: DatedList) -> None:
    fill(bakers.place, [*listed(), *others()])
    said = invoke(bakers)
    assert "24 papers, each filed as if it were new" in said
    assert re.search(r"^Sourdough +7 +\d+%", said, re.MULTILINE)
    assert re.search(r"README\.md:\d+  " + re.escape(SLIPPED), said)
    assert "would be in  Sourdough" in said
    assert "RELEVANCE" in said
    assert "█" in said


class _Page(HTMLParser):
    """The text of a page, and everything it would load or run."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: set[str] = set()
        self.loads: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.loads += [v or "" for k, v in attrs if k in {"src", "href", "xlink:href", "data"}]
        self.loads += [k for k, _ in attrs if k.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def test_the_page_needs_nothing_but_itself(bakers: DatedList) -> None:
    fill(bakers.place, [*listed(), *others()])
    path = bakers.place / "page.html"
    said = invoke(bakers, "--html", str(path))
    assert str(path) in said
    source = path.read_text(encoding="utf-8")
    page = _Page(source)
    assert page.loads == []
    assert not page.tags & {"script", "link", "img", "iframe", "object"}
    assert "url(" not in source
    assert "@import" not in source
    assert {"svg", "table", "style"} <= page.tags
    assert "prefers-color-scheme: dark" in source
    assert SLIPPED in " ".join(page.words)


def test_titles_and_headings_are_text_in_the_page(bakers: DatedList) -> None:
    text = (bakers.folder / "README.md").read_text(encoding="utf-8")
    text = text.replace(SLIPPED, HOSTILE).replace("## Pastry", "## Pastry <b>&</b> `<img src=x>`")
    bakers.commit("2024-01-02", text)
    path = bakers.place / "page.html"
    said = invoke(bakers, "--html", str(path))
    assert "\x1b" not in said
    assert "\u202e" not in said
    source = path.read_text(encoding="utf-8")
    page = _Page(source)
    assert page.tags.isdisjoint({"script", "img"})
    assert page.loads == []
    assert "\u202e" not in source
    assert "\x1b" not in source


def test_a_page_that_cannot_be_written_is_one_sentence(bakers: DatedList) -> None:
    with pytest.raises(InputError, match=r"--html .*page\.html: there is no such folder"):
        invoke(bakers, "--html", str(bakers.place / "nowhere" / "page.html"))
    with pytest.raises(InputError, match=r"--html .*list: cannot be written"):
        invoke(bakers, "--html", str(bakers.folder))


def test_a_page_of_almost_nothing(bakers: DatedList) -> None:
    bakers.commit("2024-01-02", corpus.reading_list(entries=1).split("## Ovens", maxsplit=1)[0])
    path = bakers.place / "page.html"
    invoke(bakers, "--html", str(path))
    assert "Papers that stand in a section: 1" in " ".join(
        _Page(path.read_text(encoding="utf-8")).words
    )


def test_rejected_papers_are_no_stream(bakers: DatedList) -> None:
    fill(bakers.place, [*listed(), *others()])
    url = f"sqlite:///{bakers.place / 'papers.sqlite'}"
    with Index.open(url) as index, index.write() as session:
        [number] = papers.find(session, "2401.20007")
        at = datetime(2024, 2, 1, tzinfo=UTC)
        history.add_decision(session, history.Decision(paper=number, kind="rejected", at=at))
    assert measured(bakers)["relevance"]["stream"] == 131
