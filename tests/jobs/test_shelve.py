"""When papers are shelved, and which are not."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import history, papers
from db.index import Index
from db.shelf import shelved
from jobs.console import Console
from jobs.look import show
from jobs.run import RunResult, run
from jobs.shelve import months_before, off_the_shelf, shelve_old
from tests.jobs import corpus
from tests.jobs.test_run import CONFIG
from tracker.identifiers import Identifier
from tracker.paper import Paper
from tracker.settings import Settings, load_settings, parse_settings

OTHER = [1_000_000]
"""A relevant paper that is none of those below."""
DAYS = [date(2025, 1, 31), date(2025, 2, 28), date(2025, 9, 1)]


def settings_of(folder: Path, months: int) -> Settings:
    data = {"list": {"path": "."}, "index": {"keep_months": months}}
    return parse_settings(data, folder / "tracker.toml", {})


def filled(index: Index) -> list[int]:
    numbers: list[int] = []
    for number, day in enumerate(DAYS):
        names = (Identifier("arxiv", f"2501.{number:05d}"),)
        found = Paper(title=f"Invented number {number}", identifiers=names, abstract="Much.")
        at = datetime(day.year, day.month, day.day, 23, tzinfo=UTC)
        with index.write() as session:
            numbers += papers.merge(session, [found], source="x", seen_at=at).ids
    return numbers


@pytest.mark.parametrize(
    ("months", "as_of", "left"),
    [
        (6, date(2025, 7, 31), [0, 1, 2]),
        (6, date(2025, 8, 1), [1, 2]),
        (6, date(2025, 9, 1), [2]),
        (0, date(2035, 1, 1), [0, 1, 2]),
        (1, date(2035, 1, 1), []),
    ],
)
def test_what_is_too_old_is_shelved(
    tmp_path: Path, months: int, as_of: date, left: list[int]
) -> None:
    now = datetime(2035, 1, 1, tzinfo=UTC)
    settings = settings_of(tmp_path, months)
    with Index.open("sqlite://") as index:
        numbers = filled(index)
        assert shelve_old(index, settings, as_of=as_of, now=now, relevant=OTHER) == 3 - len(left)
        assert shelve_old(index, settings, as_of=as_of, now=now, relevant=OTHER) == 0
        with index.read() as session:
            assert list(off_the_shelf(session)) == [numbers[n] for n in left]
            assert list(off_the_shelf(session, numbers)) == numbers


def test_what_would_be_filed_stays(tmp_path: Path) -> None:
    now = datetime(2035, 1, 1, tzinfo=UTC)
    with Index.open("sqlite://") as index:
        numbers = filled(index)
        relevant = numbers[:1]
        shelve_old(index, settings_of(tmp_path, 1), as_of=now.date(), now=now, relevant=relevant)
        with index.read() as session:
            assert list(shelved(session, numbers)) == numbers[1:]


def test_a_run_that_found_nothing_relevant_shelves_nothing(tmp_path: Path) -> None:
    now = datetime(2035, 1, 1, tzinfo=UTC)
    with Index.open("sqlite://") as index:
        filled(index)
        settings = settings_of(tmp_path, 1)
        assert shelve_old(index, settings, as_of=now.date(), now=now, relevant=()) == 0


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(1, 50))
def test_months_before_a_day(day: date, months: int) -> None:
    before = months_before(day, months)
    assert (day.year - before.year) * 12 + day.month - before.month == months
    assert before.day == day.day or (before.day < day.day and before.day >= 28)


def test_runs_shelve_what_never_mattered_and_propose_nothing_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "README.md").write_text(corpus.reading_list(), encoding="utf-8")
    (tmp_path / "tracker.toml").write_text(CONFIG + "[index]\nkeep_months = 6\n", encoding="utf-8")
    corpus.write_feed(tmp_path / "feed.jsonl", [*corpus.listed_again(), *corpus.feed()])
    settings = load_settings(tmp_path / "tracker.toml", {})

    def go(as_of: date) -> RunResult:
        return run(settings, Console(interactive=False), as_of=as_of)

    first = go(date(2024, 2, 1))
    assert first.added
    later = go(date(2024, 9, 1))
    with Index.open(settings.index_url) as index, index.read() as session:
        everything, left = papers.load(session), off_the_shelf(session)
        listed, proposed = history.listed_ids(session), history.proposals(session)
    gone = everything.keys() - left.keys()
    assert len(gone) > len(everything) / 2
    assert not gone & (listed | {proposal.paper for proposal in proposed})
    assert all(everything[number].abstract == "" for number in gone)
    name = str(everything[min(gone)].identifiers[0])
    show(settings, Console(interactive=False), name)
    assert "shelved      2024-09-01; was of no use for long" in capsys.readouterr().out
    # The file says all of it again, in other words: still nobody is taken for new.
    corpus.write_feed(
        tmp_path / "feed.jsonl", [{**paper, "comment": "again"} for paper in corpus.feed()]
    )
    again = go(date(2024, 9, 2))
    assert sum(source.new for source in again.sources) == 0
    assert [p.paper.title for p in again.report.proposals] == [
        p.paper.title for p in later.report.proposals
    ]
