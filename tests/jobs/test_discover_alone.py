"""Discovering alone, narrowed to sources and days."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from db import history, papers
from db.index import Index
from db.rhythm import news_days
from jobs.console import Console
from jobs.discover_alone import discover_alone
from tests.world.arxiv import ArxivWorld, records
from tests.world.feeds import FeedWorld, arxiv_item, arxiv_rss
from tests.world.oai import OaiWorld, oai_records
from tests.world.semantic_scholar import SemanticScholarWorld
from tests.world.server import Answer
from tracker.errors import InputError
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


def test_sources_of_one_name_are_told_apart(
    tmp_path: Path, world: ArxivWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    cited = ["ARXIV:2311.05112", "DOI:10.1234/x"]
    with SemanticScholarWorld() as scholar:
        scholar.citations = {name: [] for name in cited}
        named = {"url": scholar.url, "query": "invented", "citations_of": cited}
        settings = settings_of(tmp_path, world, semantic_scholar=named)
        discover_alone(settings, Console(interactive=False), until=UNTIL)
    told = capsys.readouterr()
    shown = ["feed.jsonl", "arxiv", "semantic_scholar (search invented)"]
    shown += [f"semantic_scholar (citations {name})" for name in cited]
    for name in shown:
        assert f"\n{name} " in told.out
        assert f"Reading {name} ..." in told.err


def test_no_source_is_bad_configuration(tmp_path: Path) -> None:
    neither: list[dict[str, object]] = [{}, {"semantic_scholar": {}}]
    for sources in neither:
        data = {"list": {"path": "."}, "sources": sources}
        settings = parse_settings(data, tmp_path / "tracker.toml", {})
        with pytest.raises(InputError, match=r"no source .* is configured; add one"):
            discover_alone(settings, QUIET, until=UNTIL)


def test_what_two_sources_announce_is_one_paper(tmp_path: Path, world: ArxivWorld) -> None:
    """The API, OAI-PMH and a feed give the same papers, each in its own words."""
    day = date(2026, 3, 2)
    world.papers = records(10, first=day, per_day=10)
    items = [arxiv_item(number, day) for number in range(1, 11)]
    with OaiWorld(oai_records(10)) as oai, FeedWorld(feed=arxiv_rss(day, items)) as feeds:
        settings = settings_of(
            tmp_path,
            world,
            files=[],
            arxiv_oai={"url": oai.url + "/oai", "sets": ["cs"]},
            feeds=[{"name": "rss", "url": feeds.url + "/feed"}],
        )
        result = discover_alone(settings, QUIET, until=UNTIL)
        assert [(r.name, r.fetched, r.new) for r in result.sources] == [
            ("arxiv", 10, 10),
            ("arxiv_oai", 10, 0),
            ("rss", 10, 0),
        ]
        assert count(settings) == 10
        again = discover_alone(settings, QUIET, until=UNTIL)
        assert [report.error for report in again.sources] == [None] * 3
    assert count(settings) == 10
    # Who was first is nothing to be silent about: each of them had something to say.
    with Index.open(settings.index_url) as index, index.read() as session:
        for mark in history.watermarks(session):
            assert len(news_days(session, mark.source, mark.query)) == 1


def test_a_run_s_budget_is_kept_and_the_next_run_goes_on(tmp_path: Path, world: ArxivWorld) -> None:
    with OaiWorld(oai_records(50)) as oai:
        named = {"url": oai.url + "/oai", "sets": ["cs"]}
        settings = settings_of(tmp_path, world, requests=3, arxiv_oai=named)
        first = discover_alone(settings, QUIET, until=UNTIL)
        assert [report.error for report in first.sources[:2]] == [None, None]
        assert "the run's 3 requests are used up" in str(first.sources[2].error)
        assert len(world.requests) + len(oai.requests) == 3
        for _ in range(2):
            last = discover_alone(settings, QUIET, until=UNTIL)
        assert not last.failed
        # Every page was asked for once.
        assert len({str(request.query) for request in oai.requests}) == len(oai.requests)
