"""Replaying the past: what would have been proposed, and nothing known from later."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from db import papers
from db.index import Index
from db.shelf import shelve
from jobs.cli import cli
from tests.jobs import corpus
from tests.jobs.dated_list import DatedList, fill, stream, with_entries
from tracker.errors import InputError
from tracker.identifiers import Identifier
from tracker.paper import Paper

START = date(2024, 1, 1)


def days(first: date, count: int, step: int = 1) -> list[date]:
    return [first + timedelta(days=place * step) for place in range(count)]


LOAVES = stream("Sourdough", days(date(2024, 1, 2), 4, 7))
OVENS = stream("Ovens", days(date(2024, 1, 3), 4, 7))
NOISE = [
    paper
    for week in range(-4, 5)
    for paper in stream(
        None, days(START + timedelta(days=7 * week), 7) * 4, 100 + 40 * week, 100 * (week + 5)
    )
]


@pytest.fixture
def bakers(tmp_path: Path) -> DatedList:
    """A list of December 2023; in February its maintainers add two papers of January."""
    found = DatedList(tmp_path)
    before = corpus.reading_list()
    found.commit("2023-12-01", before)
    found.commit("2024-02-05", with_entries(before, [("Sourdough", LOAVES[0])]))
    later = with_entries(before, [("Sourdough", LOAVES[0]), ("Pastry", OVENS[1])])
    found.commit("2024-02-20", later)
    fill(tmp_path, [*LOAVES, *OVENS, *NOISE])
    return found


def run(bakers: DatedList, *words: str, to: str = "2024-01-28") -> dict[str, Any]:
    done = invoke(bakers, "--from", "2024-01-01", "--to", to, "--json", *words)
    document: dict[str, Any] = json.loads(done)
    return document


def invoke(bakers: DatedList, *words: str) -> str:
    runner = CliRunner()
    done = runner.invoke(
        cli, ["replay", "--config", str(bakers.config), *words], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return done.stdout


def proposals(document: dict[str, Any], weeks: int) -> str:
    return json.dumps([week["proposals"] for week in document["weeks"][:weeks]])


def test_what_the_maintainers_added_later_counts(bakers: DatedList) -> None:
    document = run(bakers, "--budget", "2")
    assert [week["from"] for week in document["weeks"]] == [
        "2024-01-01",
        "2024-01-08",
        "2024-01-15",
        "2024-01-22",
    ]
    titles = [p["title"] for week in document["weeks"] for p in week["proposals"]]
    assert sorted(titles) == sorted(paper.title for paper in [*LOAVES, *OVENS])
    assert document["recall"] == 1.0
    assert document["precision"] == 0.25
    assert document["proposals_per_added"] == 4.0
    assert document["added"] == document["found"] == 2
    # LOAVES[0] is proposed on 7 January and added on 5 February, OVENS[1] on the 14th and 20th.
    assert document["days_earlier"] == {
        "lower_quartile": 31.0,
        "median": 33.0,
        "upper_quartile": 35.0,
    }
    # The maintainers put the paper on ovens under Pastry.
    assert document["section_agreement"] == 0.5
    outcomes = [o for week in document["weeks"] for o in week["outcomes"] if o]
    assert [o["sections"][0][-1] for o in outcomes] == ["Sourdough", "Pastry"]


def test_the_settings_bars_keep_nothing_back_but_are_told(bakers: DatedList) -> None:
    bakers.config.write_text(
        bakers.config.read_text(encoding="utf-8") + "[propose]\nmin_relevance = 0.5\nlimit = 4\n",
        encoding="utf-8",
    )
    document = run(bakers)
    assert document["budget"] == 4
    guesses = [p for week in document["weeks"] for p in week["proposals"]]
    assert len(guesses) == 16
    over = document["over_the_bars"]
    assert over["proposals"] == sum(
        p["relevance"] >= 0.5 and p["confidence"] >= 0.3 for p in guesses
    )
    assert over["proposals"] == 8
    assert over["found"] == 2


def test_an_excluded_section_is_left_alone(bakers: DatedList) -> None:
    bakers.config.write_text(
        bakers.config.read_text(encoding="utf-8") + "[sections.Sourdough]\nexclude = true\n",
        encoding="utf-8",
    )
    document = run(bakers, "--budget", "1")
    proposed = [p for week in document["weeks"] for p in week["proposals"]]
    # Its places go to the papers that come next, and what was added there is not asked for.
    assert len(proposed) == 4
    assert all(p["section"][-1] != "Sourdough" for p in proposed)
    assert document["added"] == document["found"] == 1


def test_a_small_budget_misses_and_says_what(bakers: DatedList) -> None:
    document = run(bakers, "--budget", "1")
    assert all(len(week["proposals"]) == 1 for week in document["weeks"])
    found = {p["title"] for week in document["weeks"] for p in week["proposals"]}
    missed = {paper["title"] for paper in document["missed"]}
    assert missed == {LOAVES[0].title, OVENS[1].title} - found
    assert document["recall"] == (2 - len(missed)) / 2


def test_nothing_of_the_future_reaches_the_past(bakers: DatedList) -> None:
    """Later commits, later papers and later records of the same papers change no earlier week."""
    before = proposals(run(bakers, "--budget", "3", to="2024-01-14"), 2)

    bakers.commit("2024-01-16", corpus.reading_list().replace("Sourdough", "Galaxies"))
    bakers.commit("2024-03-01", "# Nothing\n\nNo list any more.\n")
    strange = [replace(p, abstract="sourdough starter butter " * 9) for p in NOISE[-100:]]
    later = date(2024, 1, 15)
    fill(
        bakers.place,
        [
            *stream("Pastry", days(later, 10), 400, 5000),
            *[replace(p, published=later, identifiers=(_new(n),)) for n, p in enumerate(strange)],
            *[_revised(paper) for paper in [*LOAVES[:2], *OVENS[:2], *NOISE[:150]]],
        ],
    )
    fill(bakers.place, [_published(paper) for paper in [*LOAVES, *NOISE[::3]]], "journals")

    for end in ("2024-01-14", "2024-02-04"):
        assert proposals(run(bakers, "--budget", "3", to=end), 2) == before


def _new(number: int) -> Identifier:
    return Identifier("arxiv", f"2401.{60_000 + number}")


def _revised(paper: Paper) -> Paper:
    """The same paper's second version, rewritten."""
    return replace(
        paper,
        title=f"{paper.title}, Revised",
        abstract="Galaxies and croissants, lamination and butter in convection.",
        updated=date(2024, 6, 1),
        version=2,
    )


def _published(paper: Paper) -> Paper:
    """What a publisher says of the same paper half a year later."""
    return Paper(
        title=paper.title,
        identifiers=(*paper.identifiers, Identifier("doi", f"10.9999/{paper.title.split()[-1]}")),
        abstract="Sourdough and ovens in print.",
        authors=paper.authors,
        published=date(2024, 7, 1),
        venue="Journal of Sourdough",
    )


def test_every_week_is_what_it_was_when_the_week_was_the_last(bakers: DatedList) -> None:
    whole = run(bakers, "--budget", "2")
    for place, end in enumerate(["2024-01-07", "2024-01-14", "2024-01-21"], 1):
        assert proposals(run(bakers, "--budget", "2", to=end), place) == proposals(whole, place)


def test_what_was_proposed_is_not_proposed_again(bakers: DatedList) -> None:
    document = run(bakers, "--budget", "40")
    found = [p["identifiers"][0] for week in document["weeks"] for p in week["proposals"]]
    assert len(found) == len(set(found))


def test_a_paper_added_before_its_weeks_run_is_not_to_be_found(bakers: DatedList) -> None:
    text = with_entries(corpus.reading_list(), [("Ovens", OVENS[0])])
    bakers.git("reset", "-q", "--hard", "HEAD~2")
    bakers.commit("2024-01-05", text)
    document = run(bakers, "--budget", "2")
    assert document["added"] == 0
    assert document["recall"] is None
    assert document["not_counted"]["added_within_their_week"] == 1
    titles = [p["title"] for week in document["weeks"] for p in week["proposals"]]
    assert OVENS[0].title not in titles


def test_what_is_proposed_after_it_was_added_is_no_find(bakers: DatedList) -> None:
    bakers.git("reset", "-q", "--hard", "HEAD~2")
    before = corpus.reading_list()
    # Of two that appear in one week the other is proposed first.
    bakers.commit("2024-01-09", with_entries(before, [("Sourdough", LOAVES[0])]))
    bakers.commit("2024-01-11", with_entries(before, [("Ovens", OVENS[0])]))
    document = run(bakers, "--budget", "1")
    late = [
        week["to"]
        for week in document["weeks"]
        for paper in week["proposals"]
        if paper["title"] in {LOAVES[0].title, OVENS[0].title} and week["to"] > "2024-01-09"
    ]
    assert late
    assert all(
        outcome is None or outcome["days_earlier"] > 0
        for week in document["weeks"]
        for outcome in week["outcomes"]
    )
    assert document["found"] < document["added"]


def test_renamed_files_and_sections_are_followed(bakers: DatedList) -> None:
    bakers.git("mv", "README.md", "papers.md")
    text = (bakers.folder / "papers.md").read_text(encoding="utf-8")
    bakers.commit("2024-02-21", text.replace("## Ovens", "## Heat"), "papers.md")
    bakers.commit(
        "2024-02-25",
        with_entries(text.replace("## Ovens", "## Heat"), [("Heat", OVENS[2])]),
        "papers.md",
    )
    with bakers.config.open("a", encoding="utf-8") as file:
        file.write("\n")
    bakers.config.write_text(
        bakers.config.read_text(encoding="utf-8").replace(
            'path = "list"', 'path = "list"\nfiles = ["papers.md"]'
        ),
        encoding="utf-8",
    )
    document = run(bakers, "--budget", "2")
    assert document["found"] == 3
    outcomes = {o["added"]: o for week in document["weeks"] for o in week["outcomes"] if o}
    # What was guessed as Ovens is Heat by then.
    assert outcomes["2024-02-25"]["section_agrees"] is True


def test_only_the_main_line_counts(bakers: DatedList) -> None:
    """What a branch held before it was merged stood on nobody's list."""
    bakers.git("checkout", "-q", "-b", "aside", "HEAD~2")
    text = with_entries(corpus.reading_list(), [("Ovens", OVENS[2])])
    bakers.commit("2024-01-02", text)
    bakers.git("checkout", "-q", "main")
    bakers.git("merge", "-q", "-s", "ours", "-m", "Merge aside", "aside", day="2024-03-10")
    document = run(bakers, "--budget", "2")
    assert document["added"] == 2
    assert OVENS[2].title in json.dumps(document["weeks"])


def test_a_commit_that_cannot_be_read_is_reported(bakers: DatedList) -> None:
    blob = bakers.git("rev-parse", "HEAD~1:README.md")
    (bakers.folder / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    document = run(bakers, "--budget", "2")
    assert "README.md cannot be read" in document["problems"][0]
    assert document["found"] == 2


def test_abstracts_that_were_given_up_are_told(bakers: DatedList) -> None:
    url = f"sqlite:///{bakers.place / 'papers.sqlite'}"
    with Index.open(url) as index, index.write() as session:
        [kept] = papers.find(session, LOAVES[0].title)
        now = datetime(2026, 1, 1, tzinfo=UTC)
        number = shelve(session, before=now, keep=[kept], at=now)
    said = " ".join(run(bakers, "--budget", "2", to="2024-03-01")["problems"])
    assert f"Of {number} papers the index gave up the abstract" in said


def test_text_and_plot(bakers: DatedList) -> None:
    plot = bakers.place / "replay.svg"
    words = ("--from", "2024-01-01", "--to", "2024-01-28", "--plot", str(plot))
    said = invoke(bakers, *words, "--budget", "2")
    assert "Recall 1.00 (2 of 2)" in said
    assert "2024-01-08" in said
    day = r"2024-\d\d-\d\d"
    assert re.search(rf"proposed {day}, added {day} \(\d+ days? later\) under", said)
    assert "; proposed under Ovens" in said
    assert "; proposed there, too" in said
    assert "4 weeks, at most 2 proposals a week" in said
    said = invoke(bakers, "--from", "2024-01-01", "--to", "2024-01-07", "--budget", "1")
    assert "1 week, at most 1 proposal a week" in said
    first = plot.read_bytes()
    assert ElementTree.fromstring(first).tag.endswith("svg")
    invoke(bakers, *words, "--budget", "2")
    assert plot.read_bytes() == first


def test_a_short_time_has_days_on_its_axis(bakers: DatedList) -> None:
    plot = bakers.place / "replay.svg"
    invoke(bakers, "--from", "2024-01-01", "--to", "2024-01-07", "--plot", str(plot))
    days = re.findall(r">(\d\d-\d\d)</text>", plot.read_text(encoding="utf-8"))
    # The axis ends when the maintainers added the paper, on 5 February.
    assert days == ["01-01", "01-05", "01-09", "01-13", "01-17", "01-21", "01-25", "01-29", "02-02"]


def described(bakers: DatedList, heading: str) -> list[str]:
    """What a replay says of the settings of sections, when they describe that heading."""
    table = f'[sections."{heading}"]\ndescription = "What is baked"\n'
    bakers.config.write_text(bakers.config.read_text("utf-8") + table, encoding="utf-8")
    return [said for said in run(bakers, to="2024-03-01")["problems"] if "sections." in said]


def test_a_heading_that_no_version_has_is_told_once(bakers: DatedList) -> None:
    [said] = described(bakers, "Ofens")
    assert said == (
        "sections.'Ofens' in tracker.toml: no replayed version of the list has one section called "
        "that, so it changed nothing; is it 'Ovens'?"
    )


def test_a_heading_that_comes_later_is_no_problem(bakers: DatedList) -> None:
    text = (bakers.folder / "README.md").read_text("utf-8")
    bakers.commit("2024-02-25", text.replace("## Ovens", "## Hearths"))
    assert described(bakers, "Hearths") == []


def test_problems_are_one_sentence(bakers: DatedList, tmp_path: Path) -> None:
    def refused(*words: str) -> str:
        with pytest.raises(InputError) as caught:
            invoke(bakers, *words)
        return str(caught.value)

    assert "begins on 2023-12-01" in refused("--from", "2023-01-01", "--to", "2024-01-01")
    assert "before --from" in refused("--from", "2024-02-01", "--to", "2024-01-01")
    tomorrow = str(datetime.now(UTC).date() + timedelta(days=2))
    assert "lies in the future" in refused("--from", "2024-02-01", "--to", tomorrow)
    nothing = refused("--from", "2026-01-05", "--to", "2026-02-01")
    assert "`tracker discover --since 2025-01-05`" in nothing
    assert ".svg" in refused("--from", "2024-01-01", "--to", "2024-01-02", "--plot", "plot.gif")
    (tmp_path / "papers.sqlite").unlink()
    assert "no index yet" in refused("--from", "2024-01-01", "--to", "2024-01-28")
    assert not (tmp_path / "papers.sqlite").exists()
    bakers.config.write_text('[list]\nrepository = "bakers/papers"\n', encoding="utf-8")
    assert "git clone https://github.com/bakers/papers" in refused(
        "--from", "2024-01-01", "--to", "2024-01-28"
    )
    bakers.config.write_text('[list]\npath = "."\n', encoding="utf-8")
    assert "not in a git checkout" in refused("--from", "2024-01-01", "--to", "2024-01-28")
