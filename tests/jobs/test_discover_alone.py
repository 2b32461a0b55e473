"""Discovering alone, narrowed to sources and days; what the status says afterwards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from db import history, papers
from db.index import Index
from jobs.console import Console
from jobs.discover_alone import discover_alone
from jobs.status import silences, source_statuses, status, usual_pause
from tests.world.arxiv import ArxivWorld, records
from tests.world.server import Answer
from tracker.errors import InputError
from tracker.identifiers import Identifier
from tracker.paper import Paper
from tracker.settings import Settings, parse_settings

UNTIL = date(2026, 3, 6)


@pytest.fixture
def world() -> Iterator[ArxivWorld]:
    with ArxivWorld(records(50)) as world:
        yield world


def settings_of(folder: Path, world: ArxivWorld, **changed: Any) -> Settings:
    (folder / "feed.jsonl").write_text('{"id": "2603.90001", "title": "Invented in a file"}\n')
    sources = {
        "arxiv": {"url": world.api, "categories": ["cs.CL", "cs.AI", "cs.LG"]},
        "files": [{"path": "feed.jsonl"}],
    }
    data = {"list": {"path": "."}, "sources": sources | changed}
    return parse_settings(data, folder / "tracker.toml", {})


@pytest.fixture
def settings(tmp_path: Path, world: ArxivWorld) -> Settings:
    return settings_of(tmp_path, world)


QUIET = Console(as_json=False, interactive=False)


def count(settings: Settings) -> int:
    with Index.open(settings.index_url) as index, index.read() as session:
        return papers.count(session)


def test_reads_every_source_and_nothing_twice(settings: Settings) -> None:
    first = discover_alone(settings, QUIET, until=UNTIL)
    assert [(r.name, r.fetched, r.new) for r in first.sources] == [
        ("feed.jsonl", 1, 1),
        ("arxiv", 50, 50),
    ]
    assert not first.failed
    second = discover_alone(settings, QUIET, until=UNTIL)
    assert sum(report.new for report in second.sources) == 0
    assert count(settings) == 51


def test_narrowed_to_a_source(settings: Settings, world: ArxivWorld) -> None:
    result = discover_alone(settings, QUIET, until=UNTIL, names=["feed.jsonl"])
    assert [report.name for report in result.sources] == ["feed.jsonl"]
    assert world.requests == []


def test_a_name_that_is_not_configured_is_named(settings: Settings) -> None:
    with pytest.raises(InputError, match=r"'medrxiv' is not configured; there are: feed\.jsonl"):
        discover_alone(settings, QUIET, until=UNTIL, names=["medrxiv"])


def test_days_out_of_order_are_refused(settings: Settings) -> None:
    with pytest.raises(InputError, match="is after"):
        discover_alone(settings, QUIET, until=UNTIL, since=date(2026, 3, 7))


def test_an_old_stretch_leaves_the_regular_reading_where_it_is(
    settings: Settings, world: ArxivWorld
) -> None:
    world.papers += [
        replace(paper, id=paper.id.replace("2501", "2502"))
        for paper in records(30, first=date(2025, 1, 6))
    ]
    discover_alone(settings, QUIET, until=UNTIL, names=["arxiv"])
    with Index.open(settings.index_url) as index, index.read() as session:
        [before] = history.watermarks(session)
    old = discover_alone(
        settings, QUIET, until=date(2025, 1, 10), since=date(2025, 1, 6), names=["arxiv"]
    )
    assert [(report.fetched, report.new) for report in old.sources] == [(30, 30)]
    with Index.open(settings.index_url) as index, index.read() as session:
        marks = {mark.query: mark.value for mark in history.watermarks(session)}
    assert marks[before.query] == before.value == "2026-03-06"
    assert marks[before.query + " since 2025-01-06"] == "2025-01-10"


def test_a_failed_source_is_told_and_the_others_are_read(
    settings: Settings, world: ArxivWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    world.fail(Answer(403), times=None)
    result = discover_alone(settings, Console(as_json=True, interactive=False), until=UNTIL)
    assert result.failed
    captured = capsys.readouterr()
    document = json.loads(captured.out)
    assert [source["status"] for source in document["sources"]] == ["ok", "failed"]
    assert "403" in document["sources"][1]["error"]
    assert "arxiv failed and is read again next time" in captured.err
    with Index.open(settings.index_url) as index, index.read() as session:
        assert history.runs(session)[0].status == "failed"


def test_a_bad_line_is_told_with_file_and_line(
    settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (tmp_path / "feed.jsonl").open("a") as file:
        file.write("{oops\n")
    discover_alone(settings, QUIET, until=UNTIL, names=["feed.jsonl"])
    assert "feed.jsonl:2: skipped: not JSON" in capsys.readouterr().err


def test_the_status_of_each_source(
    settings: Settings, world: ArxivWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    discover_alone(settings, QUIET, until=UNTIL)
    world.fail(Answer(503), times=None)
    discover_alone(settings, QUIET, until=UNTIL + timedelta(days=1))
    capsys.readouterr()
    status(settings, Console(as_json=True, interactive=False))
    document = json.loads(capsys.readouterr().out)
    found = {source["name"]: source for source in document["sources"]}
    assert found["arxiv"]["read_to"] == "2026-03-06"
    assert found["arxiv"]["lag_days"] == (datetime.now(UTC).date() - UNTIL).days
    assert "503" in found["arxiv"]["error"]
    assert found["arxiv"]["last_success"] < found["arxiv"]["last_failure"]
    assert found["feed.jsonl"]["error"] is None
    status(settings, QUIET)
    assert "failed: answered 503" in capsys.readouterr().out


def test_a_status_before_the_first_run(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status(settings, QUIET) == []
    assert "No source has been read yet" in capsys.readouterr().out


def spoken(index: Index, days: list[int], *, success: int) -> None:
    """Let the source `arxiv` have something new on these days, and its last success on another."""
    start = datetime(2026, 1, 1, 5, tzinfo=UTC)
    for number in days:
        at = start + timedelta(days=number)
        names = (Identifier("arxiv", f"2601.{number:05d}"),)
        paper = Paper(title=f"Invented number {number}", identifiers=names)
        with index.write() as session:
            papers.merge(session, [paper], source="arxiv", seen_at=at)
            history.set_watermark(session, "arxiv", "", "2026-01-01", at, new=1)
    with index.write() as session:
        at = start + timedelta(days=success)
        history.set_watermark(session, "arxiv", "", "2026-01-01", at)


WEEKDAYS = [day for day in range(60) if day % 7 < 5]


@pytest.mark.parametrize(
    ("days", "success", "silent"),
    [
        (WEEKDAYS, 60, False),
        (WEEKDAYS, 59 + 5, False),
        (WEEKDAYS, 59 + 12, True),
        ([0, 7, 14, 21, 28, 35, 42], 42 + 13, False),
        ([0, 7, 14, 21, 28, 35, 42], 42 + 15, True),
        ([0], 400, False),
        ([0, 1, 2], 400, False),
    ],
)
def test_silence_is_measured_by_a_source_s_own_rhythm(
    tmp_path: Path, days: list[int], success: int, silent: bool
) -> None:
    with Index.open(f"sqlite:///{tmp_path / 'papers.sqlite'}") as index:
        spoken(index, days, success=success)
        with index.read() as session:
            told = silences(session, ["arxiv", "arxiv", "unknown"])
            [one] = source_statuses(session, date(2026, 6, 1))
    assert bool(told) == silent
    assert bool(one.silence) == silent
    if silent:
        assert "has had nothing new since" in told[0]


def test_days_without_a_run_are_not_a_source_s_silence(tmp_path: Path) -> None:
    with Index.open(f"sqlite:///{tmp_path / 'papers.sqlite'}") as index:
        spoken(index, WEEKDAYS, success=WEEKDAYS[-1])
        with index.read() as session:
            assert silences(session, ["arxiv"]) == []


def test_the_usual_pause() -> None:
    start = date(2026, 1, 1)
    days = [start + timedelta(days=n) for n in (0, 1, 2, 3, 4, 7, 8)]
    assert usual_pause(days) == timedelta(days=3)
    assert usual_pause(days[:5]) is None
    assert usual_pause([]) is None
