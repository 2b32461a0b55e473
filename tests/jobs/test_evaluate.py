"""Measuring the bot on one's own list, and showing it."""

from __future__ import annotations

import errno
import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from classifiers.assessment import RelevanceAssessment
from db import history, papers
from db.index import Index
from jobs.cli import cli
from jobs.evaluate import Evaluation
from jobs.evaluate_page import page
from jobs.evaluate_report import farthest, text
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
    assert first.startswith("index.url 'sqlite:///typo.sqlite': there is no index in ")
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


def test_a_paper_under_two_headings_is_found_in_both(bakers: DatedList) -> None:
    text = (bakers.folder / "README.md").read_text(encoding="utf-8")
    line = next(line for line in text.split("## Pastry")[1].splitlines() if line[:2] == "* ")
    bakers.commit("2024-01-02", text.replace("## Ovens\n\n", f"## Ovens\n\n{line}\n"))
    fill(bakers.place, listed())
    path = bakers.place / "page.html"
    document = json.loads(invoke(bakers, "--json", "--html", str(path)))
    rows = document["sections"]["by_section"]
    assert sum(row["papers"] for row in rows) == 25
    assert sum(row["predicted"] for row in rows) == 24
    assert sum(row["found"] for row in rows) == sum(row["right"] for row in rows) + 1
    assert all(row["recall"] == round(row["found"] / row["papers"], 4) for row in rows)
    assert "or under another section they stand in" in invoke(bakers)
    assert "counts once" in path.read_text(encoding="utf-8")


def test_one_section_is_told_to_be_nothing_to_tell_apart(bakers: DatedList) -> None:
    text = corpus.reading_list(entries=24)
    one = text.split("## Ovens", maxsplit=1)[0]
    bakers.commit("2024-01-02", one)
    assert "one section only: nothing is to be told apart" in invoke(bakers)
    headless = "\n".join(line for line in one.splitlines() if not line.startswith("#"))
    bakers.commit("2024-01-03", headless)
    said = " ".join(measured(bakers)["cautions"])
    assert "one section only: nothing is to be told apart" in said
    assert "top-3" not in said


def test_top_3_of_three_sections_is_told_to_say_nothing(bakers: DatedList) -> None:
    said = " ".join(measured(bakers)["cautions"])
    assert "Sections: 3; the right one is always among the first three" in said
    more = (
        corpus.reading_list()
        + "\n## Flour\n\n* [Rye and Wheat](https://arxiv.org/abs/2301.00001)\n"
    )
    bakers.commit("2024-01-02", more)
    assert "among the first three" not in " ".join(measured(bakers)["cautions"])


LONG = "Everything that was ever written of the baking of bread, in and around "


def test_long_names_are_cut_where_they_are_alike(bakers: DatedList) -> None:
    text = (bakers.folder / "README.md").read_text(encoding="utf-8")
    for name in corpus.SECTIONS:
        text = text.replace(f"## {name}\n", f"## {LONG}{name}\n")
    bakers.commit("2024-01-02", text)
    path = bakers.place / "page.html"
    said = invoke(bakers, "--html", str(path))
    table, confused = said.split("\nsection ")[1], said.split("Sections confused most:\n")[1]
    rows = table.splitlines()[2:5]
    assert [row.split("  ")[0].split()[-1] for row in rows] == list(corpus.SECTIONS)
    assert all(row.startswith("Everything that was") and "…" in row for row in rows)
    assert LONG + "Ovens" not in confused.split("\n\n")[0]
    assert re.search(r"\d Everything .+….+ Ovens  taken for  Everything", confused)
    plot = path.read_text(encoding="utf-8").split("Confusion between sections")[1]
    assert re.search(r">Everything that was[^<]*…[^<]* Ovens<title>", plot)


def test_a_narrow_terminal_gets_no_bars_it_has_no_room_for(
    bakers: DatedList, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(bakers.place, [*listed(), *others()])
    monkeypatch.setattr("jobs.measure.terminal_width", lambda: 60)
    narrow = invoke(bakers)
    shown = narrow.split("\nsection ")[1].split("\n\nFound:")[0].splitlines()
    assert max(map(len, shown)) <= 60
    text = (bakers.folder / "README.md").read_text(encoding="utf-8")
    for name in corpus.SECTIONS:
        text = text.replace(f"## {name}\n", f"## {LONG}{name}\n")
    bakers.commit("2024-01-02", text)
    said = invoke(bakers)
    for head in ("\nsection ", "How sure, and how often right:\n", "Sections confused most:\n"):
        shown = (head.strip("\n") + said.split(head)[1].split("\n\n")[0]).splitlines()[1:]
        assert max(map(len, shown)) <= 60
        assert "█" not in "".join(shown)
    ranks = said.split("Where the listed papers rank:\n")[1].split("\n\n")[0]
    assert max(map(len, ranks.splitlines())) <= 60
    assert "█" in ranks


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


def test_what_is_wide_scrolls_in_its_own_box(bakers: DatedList) -> None:
    # Else a phone breaks names after every second letter, or shrinks a plot's labels to dots.
    fill(bakers.place, [*listed(), *others()])
    path = bakers.place / "page.html"
    invoke(bakers, "--html", str(path))
    source = path.read_text(encoding="utf-8")
    assert source.count("<table") == source.count('<div class="wide"><table') > 2
    [plot] = [line for line in source.splitlines() if "Confusion between sections" in line]
    assert plot.startswith('<div class="wide"><svg')
    assert ".wide svg { max-width: none }" in source
    assert ".name { min-width: 9rem }" in source


def test_the_page_says_what_bars_and_colours_mean(bakers: DatedList) -> None:
    fill(bakers.place, [*listed(), *others()])
    path = bakers.place / "page.html"
    invoke(bakers, "--html", str(path))
    words = _Page(path.read_text(encoding="utf-8")).words
    assert "share found" in words
    assert {" right, ", " wrong."} <= {word.rstrip("\n") for word in words}
    assert "confidence told" in words


def test_a_paper_that_ranks_well_is_not_told_to_be_missed(bakers: DatedList) -> None:
    fill(bakers.place, [*listed(), *others()])
    path = bakers.place / "page.html"
    said = invoke(bakers, "--html", str(path))
    assert "beyond the first 300" not in said
    assert "would not have found" not in path.read_text(encoding="utf-8")
    assert measured(bakers)["relevance"]["farthest"] == []


def test_only_what_ranks_beyond_the_figures_is_far() -> None:
    found = RelevanceAssessment(stream=900, positions=(1, 300, 301, 700), chances=(0.5,) * 4)
    assert farthest(found) == [3, 2]
    assert farthest(found, 1) == [3]


def test_commands_are_set_as_code_in_the_page_and_in_backticks_in_the_terminal() -> None:
    caution = "No <file> `a&b.sqlite`; run `tracker discover` first, or not `at all."
    found = Evaluation(0, (), 0, None, None, (caution,))
    shown = "No &lt;file&gt; <code>a&amp;b.sqlite</code>; run <code>tracker discover</code> first"
    assert f'<p class="caution">{shown}, or not `at all.</p>' in page(found)
    assert caution in " ".join(text(found, None).split())


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
    with pytest.raises(InputError, match=r"--html .*list: is a folder; name a file in it"):
        invoke(bakers, "--html", str(bakers.folder))
    assert not list(bakers.place.glob(".*.survey-tracker"))


def test_what_was_measured_is_told_though_the_page_cannot_be_written(
    bakers: DatedList, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, _: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    words = ["evaluate", "--config", str(bakers.config), "--html", str(bakers.place / "page.html")]
    done = CliRunner().invoke(cli, words)
    assert "page.html: cannot be written: No space left" in str(done.exception)
    assert "top-1" in done.stdout
    assert not list(bakers.place.glob(".*.survey-tracker"))


def test_a_page_of_almost_nothing(bakers: DatedList) -> None:
    bakers.commit("2024-01-02", corpus.reading_list(entries=1).split("## Ovens", maxsplit=1)[0])
    path = bakers.place / "page.html"
    said = invoke(bakers, "--html", str(path))
    assert "README.md: 1 entry, 1 paper\n" in said
    words = " ".join(_Page(path.read_text(encoding="utf-8")).words)
    assert "Papers that stand in a section: 1" in words
    assert "1 entry, 1 paper." in words


def test_rejected_papers_are_no_stream(bakers: DatedList) -> None:
    fill(bakers.place, [*listed(), *others()])
    url = f"sqlite:///{bakers.place / 'papers.sqlite'}"
    with Index.open(url) as index, index.write() as session:
        [number] = papers.find(session, "2401.20007")
        at = datetime(2024, 2, 1, tzinfo=UTC)
        history.add_decision(session, history.Decision(paper=number, kind="rejected", at=at))
    assert measured(bakers)["relevance"]["stream"] == 131
