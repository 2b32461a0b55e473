"""Which entries of a list are one paper."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from db import papers as index_papers
from db.index import Index
from jobs.known_papers import has_index
from jobs.past import Finder, Known, held, known_papers
from tests.jobs import corpus
from tracker.identifiers import Identifier, identify
from tracker.paper import Paper
from tracker.reading_list import ReadingList
from tracker.settings import load_settings

SAME, OTHER = "https://arxiv.org/abs/2401.00001", "https://arxiv.org/abs/2401.00002"
DOI, PAGE = "https://doi.org/10.1000/crust", "https://crust.example.org"
LONG = "How Crusts Break in Ovens"


@pytest.mark.parametrize(
    ("title", "links", "papers"),
    [
        (LONG, (SAME, SAME), 1),
        (LONG, (SAME, OTHER), 2),
        (LONG, (SAME, DOI), 1),
        (LONG, (DOI, PAGE), 1),
        (LONG, (SAME, DOI, OTHER), 2),
        ("platform", (DOI, PAGE), 2),
    ],
)
def test_entries_with_one_title_are_one_paper_unless_they_say_otherwise(
    title: str, links: tuple[str, ...], papers: int
) -> None:
    lines = "".join(f"## Section {n}\n\n- [{title}]({link})\n\n" for n, link in enumerate(links))
    entries = list(ReadingList.parse({"README.md": f"# A list\n\n{lines}"}).entries)
    assert len(entries) == len(links)
    assert len(held(entries, [], [None] * len(entries))) == papers


def test_entries_that_link_to_one_page_of_a_workshop_are_the_papers_they_say() -> None:
    titles = ("How Crusts Break in Ovens", "Hats for Hedgehogs", "The Weight of Paper Rockets")
    lines = "".join(f"- [{title}]({PAGE})\n" for title in titles)
    entries = ReadingList.parse({"README.md": f"# A list\n\n## One\n\n{lines}"}).entries
    page = identify(PAGE)
    rockets = Paper(title=titles[2], identifiers=page, published=date(2024, 1, 1))
    finder = Finder([Known(rockets, date(2024, 1, 1), frozenset(), frozenset())])
    found = [finder.find(entry) for entry in entries]
    assert found == [None, None, 0]
    assert [paper.paper.title for paper in held(entries, [rockets], found)] == list(titles)


ARXIV = Identifier("arxiv", "2405.06000")
LATER = Identifier("doi", "10.1145/3600000.3600001")
FIRST = Paper(
    title="A Draft on Crusts That Break",
    identifiers=(ARXIV,),
    abstract="Ovens are warm.",
    published=date(2024, 5, 14),
    version=1,
)


def known(place: Path, *found: tuple[str, Paper]) -> list[Known]:
    with Index.open(f"sqlite:///{place / 'papers.sqlite'}") as index:
        for source, paper in found:
            with index.write() as session:
                now = datetime(2025, 1, 1, tzinfo=UTC)
                index_papers.merge(session, [paper], source=source, seen_at=now)
        return known_papers(index, date(2025, 1, 1))


@pytest.mark.parametrize("day", [date(2024, 1, 1), date(2024, 5, 1), date(2024, 5, 14)])
def test_a_record_of_no_version_is_not_taken_for_an_earlier_one(tmp_path: Path, day: date) -> None:
    today = Paper(
        title="CrustBreaker: the title in the proceedings",
        identifiers=(ARXIV, LATER),
        abstract="Ovens are hot.",
        published=day,
    )
    [found] = known(tmp_path, ("arxiv", FIRST), ("semantic_scholar", today))
    assert (found.paper.title, found.paper.abstract) == (FIRST.title, FIRST.abstract)
    assert found.paper.identifiers == (ARXIV,)
    assert found.day == date(2024, 5, 14)
    assert LATER in found.names


@pytest.mark.parametrize(
    ("told", "day"),
    [
        (date(2024, 1, 1), date(2024, 5, 15)),
        (date(2024, 5, 1), date(2024, 5, 15)),
        (date(2024, 5, 3), date(2024, 5, 3)),
        (date(2024, 7, 1), date(2024, 7, 1)),
    ],
)
def test_no_paper_is_older_than_its_number(tmp_path: Path, told: date, day: date) -> None:
    paper = Paper(title=FIRST.title, identifiers=(ARXIV,), published=told)
    [found] = known(tmp_path, ("semantic_scholar", paper))
    assert found.day == day


@pytest.mark.parametrize(
    ("url", "there"),
    [
        ("sqlite:///papers.sqlite?timeout=10", True),
        ("sqlite+pysqlite:///papers.sqlite", True),
        ("sqlite+pysqlite:///other.sqlite", False),
    ],
)
def test_an_index_is_found_however_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, there: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    known(tmp_path)
    (tmp_path / "README.md").write_text(corpus.reading_list(), encoding="utf-8")
    config = tmp_path / "tracker.toml"
    config.write_text(f'[list]\npath = "."\n[index]\nurl = "{url}"\n', encoding="utf-8")
    assert has_index(load_settings(config)) == there
