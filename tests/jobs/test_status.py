"""What the status says of each source, and when a source counts as silent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from db import history
from db.index import Index
from db.rhythm import news_days, note_news
from jobs.console import Console
from jobs.discover_alone import discover_alone
from jobs.status import silences, source_statuses, status, status_text, usual_pause
from tests.world.arxiv import ArxivWorld, records
from tests.world.server import Answer
from tracker.settings import Settings, parse_settings

UNTIL = date(2026, 3, 6)
QUIET = Console(as_json=False, interactive=False)
CATEGORIES = ["cs.CL", "cs.AI", "cs.LG"]


@pytest.fixture
def world() -> Iterator[ArxivWorld]:
    with ArxivWorld(records(50)) as world:
        yield world


def settings_of(folder: Path, **sources: Any) -> Settings:
    (folder / "feed.jsonl").write_text('{"id": "2603.90001", "title": "Invented in a file"}\n')
    data = {"list": {"path": "."}, "sources": {"files": [{"path": "feed.jsonl"}], **sources}}
    return parse_settings(data, folder / "tracker.toml", {})


@pytest.fixture
def settings(tmp_path: Path, world: ArxivWorld) -> Settings:
    return settings_of(tmp_path, arxiv={"url": world.api, "categories": CATEGORIES})


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
    assert "UTC: answered 503 Service Unavailable; it is" in capsys.readouterr().out


def test_a_status_before_the_first_run(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [one.state for one in status(settings, QUIET)] == ["never read"] * 2
    assert "never read" in capsys.readouterr().out


def test_a_source_that_is_configured_no_more_is_no_trouble(
    tmp_path: Path,
    settings: Settings,
    world: ArxivWorld,
    capsys: pytest.CaptureFixture[str],
) -> None:
    world.fail(Answer(403), times=None)
    discover_alone(settings, QUIET, until=UNTIL)
    world.recover()
    other = settings_of(tmp_path, arxiv={"url": world.api, "categories": ["cs.CL"]})
    discover_alone(other, QUIET, until=UNTIL)
    capsys.readouterr()
    found = status(other, QUIET)
    assert [(one.label, one.state) for one in found] == [
        ("feed.jsonl", "ok"),
        ("arxiv (cat:cs.CL)", "ok"),
        ("arxiv (cat:cs.AI OR cat:cs.CL OR cat:cs.LG)", "not configured"),
    ]
    assert "403" not in capsys.readouterr().out


@pytest.mark.parametrize("width", [60, 80, 200])
def test_the_status_fits_a_terminal(tmp_path: Path, width: int) -> None:
    at = datetime(2026, 3, 6, 5, 17, tzinfo=UTC)
    long = "Journal of Invented Medicine, Section on Informatics and Other Long Names"
    error = "answered 503 Service Unavailable, and this sentence is long, too" * 3
    with Index.open(f"sqlite:///{tmp_path / 'papers.sqlite'}") as index:
        with index.write() as session:
            for name in ("arxiv", long):
                history.set_watermark(session, name, "https://feeds.example", "2026-03-05", at)
            history.fail_watermark(session, long, "https://feeds.example", error, at)
        with index.read() as session:
            named = [("arxiv", "https://feeds.example"), (long, "https://feeds.example")]
            found = source_statuses(session, date(2026, 3, 6), named)
    lines = status_text(found, width)
    assert max(map(len, lines)) <= max(width, 72)
    assert "2026-03-05  1 d  2026-03-06 05:17  never      ok" in lines[2]
    told = " ".join(line.strip() for line in lines)
    assert f"{long} failed at 2026-03-06 05:17 UTC: {error}; it is read again from" in told
    assert "2026-03-05 on" in told


def spoken(index: Index, days: list[int], *, success: int, query: str = "") -> None:
    """Let the source `arxiv` have something new on these days, and its last success on another."""
    start = datetime(2026, 1, 1, 5, tzinfo=UTC)
    with index.write() as session:
        for number in days:
            note_news(session, "arxiv", query, start + timedelta(days=number))
        at = start + timedelta(days=success)
        history.set_watermark(session, "arxiv", query, "2026-01-01", at)


def test_each_query_has_a_rhythm_of_its_own(tmp_path: Path) -> None:
    with Index.open(f"sqlite:///{tmp_path / 'papers.sqlite'}") as index:
        spoken(index, WEEKDAYS, success=75, query="set cs")
        spoken(index, [*WEEKDAYS, 74, 75], success=75, query="set stat")
        spoken(index, WEEKDAYS, success=73, query="set that is asked no more")
        with index.read() as session:
            [told] = silences(session, ["arxiv"])
            assert len(news_days(session, "arxiv", "set cs")) == len(WEEKDAYS)
    assert told.startswith("arxiv (set cs) has had nothing new since")


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
