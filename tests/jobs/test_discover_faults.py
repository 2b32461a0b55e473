"""Every fault against all sources at once, into a real index: what is told, lost and doubled."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from db import history, papers
from db.index import Index
from db.rhythm import note_news
from db.tables import RECORD
from jobs.console import Console
from jobs.discover_alone import discover_alone
from tests.world import arxiv, oai, semantic_scholar
from tests.world.faults import EVERYWHERE, FINAL, HANGING
from tests.world.feeds import FeedWorld, arxiv_item, arxiv_rss
from tests.world.server import World
from tracker.settings import Settings, parse_settings

UNTIL = date(2026, 3, 6)
QUIET = Console(as_json=False, interactive=False)
CITED = "ARXIV:2311.05112"
COUNTS = {"arxiv": 50, "arxiv_oai": 45, "feed": 40, "semantic_scholar": 45}
"""Papers of each source; the same ones, some by all four."""
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Providers:
    """The stand-ins, and the settings that name all of them."""

    worlds: tuple[World, ...]
    settings: Settings


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index without papers; to copy is quicker than to make one."""
    file = tmp_path_factory.mktemp("index") / "papers.sqlite"
    with Index.open(f"sqlite:///{file}"):
        pass
    return file


@pytest.fixture
def providers(tmp_path: Path, empty: Path) -> Iterator[Providers]:
    shutil.copy(empty, tmp_path / "papers.sqlite")
    found = [
        semantic_scholar.record(n, publicationDate=f"2026-03-0{2 + n // 10}") for n in range(1, 46)
    ]
    scholar = semantic_scholar.SemanticScholarWorld(found, page=20)
    scholar.citations[CITED] = found
    feed = arxiv_rss(UNTIL, [arxiv_item(n, UNTIL) for n in range(1, 41)])
    worlds = (
        arxiv.ArxivWorld(arxiv.records(50)),
        oai.OaiWorld(oai.oai_records(45), page=20),
        FeedWorld(feed=feed),
        scholar,
    )
    with ExitStack() as stack:
        for world in worlds:
            stack.enter_context(world)
        categories = ["cs.CL", "cs.AI", "cs.LG"]
        named: dict[str, Any] = {
            "arxiv": {"url": worlds[0].url + "/api/query", "categories": categories},
            "arxiv_oai": {"url": worlds[1].url + "/oai", "sets": ["cs"]},
            "feeds": [{"name": "feed", "url": worlds[2].url + "/feed"}],
            "semantic_scholar": {"url": scholar.url, "query": "x", "citations_of": [CITED]},
        }
        data = {"list": {"path": "."}, "sources": named}
        yield Providers(worlds, parse_settings(data, tmp_path / "tracker.toml", {}))


def kept(settings: Settings) -> tuple[int, dict[str, int]]:
    """How many papers the index has, and how many records of each source."""
    with Index.open(settings.index_url) as index, index.read() as session:
        sources = Counter(session.scalars(select(RECORD.c.source)))
        return papers.count(session), dict(sources)


@pytest.mark.parametrize("fault", [f for f in EVERYWHERE if f != HANGING] + [*FINAL])
def test_a_fault_is_told_and_the_next_run_has_every_paper_once(
    providers: Providers, fault: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spoiled, words = {**EVERYWHERE, **FINAL}[fault]
    for world in providers.worlds:
        world.fail(spoiled, times=None)
    result = discover_alone(providers.settings, QUIET, until=UNTIL)
    assert result.failed
    assert [report.status for report in result.sources] == ["failed"] * 5
    # The second source of Semantic Scholar may leave it alone after the first.
    assert all(words in str(report.error) for report in result.sources[:4])
    assert all(report.watermark is None for report in result.sources)
    told = capsys.readouterr().err
    for report in result.sources:
        assert f"warning: {report.label} failed and is read again next time" in told
    assert kept(providers.settings) == (0, {})

    for world in providers.worlds:
        world.recover()
    assert not discover_alone(providers.settings, QUIET, until=UNTIL).failed
    assert kept(providers.settings) == (50, COUNTS)


def test_one_source_that_fails_does_not_stop_the_others(providers: Providers) -> None:
    for number, world in enumerate(providers.worlds):
        others = [other for other in providers.worlds if other is not world]
        world.fail(EVERYWHERE["503"][0], times=None)
        result = discover_alone(providers.settings, QUIET, until=UNTIL + timedelta(days=number))
        failed = {report.name for report in result.sources if report.error}
        assert failed == {list(COUNTS)[number]}
        assert all(other.requests for other in others)
        world.recover()
    assert kept(providers.settings) == (50, COUNTS)


def test_silence_ends_a_run_with_exit_code_1_after_its_work(
    providers: Providers, tmp_path: Path
) -> None:
    """A source that had news every day, and then none for weeks, needs a person."""
    query = "cat:cs.CL"
    lines = [
        '[list]\npath = "."\n[sources.arxiv]',
        f'url = "{providers.settings.sources.arxiv.url}"',  # type: ignore[union-attr]
        'categories = ["cs.CL"]\n[[sources.files]]\npath = "feed.jsonl"\n',
    ]
    (tmp_path / "tracker.toml").write_text("\n".join(lines))
    (tmp_path / "feed.jsonl").write_text('{"id": "2603.90001", "title": "Invented in a file"}\n')
    (tmp_path / "README.md").write_text("# List\n\n## One\n\n- [A](https://arxiv.org/abs/1)\n")
    discover_alone(providers.settings, QUIET, until=UNTIL, names=["arxiv"])
    with Index.open(providers.settings.index_url) as index, index.write() as session:
        for days in range(20, 40):
            at = datetime.now(UTC) - timedelta(days=days)
            note_news(session, "arxiv", query, at)
        history.set_watermark(session, "arxiv", query, "2026-03-08", at)
    providers.worlds[0].papers = []  # type: ignore[attr-defined]
    command = [sys.executable, "-m", "jobs.cli", "discover", "--json", "--until", "2026-03-09"]
    command += ["--config", str(tmp_path / "tracker.toml")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    document = json.loads(done.stdout)
    assert [source["status"] for source in document["sources"]] == ["ok", "ok"]
    assert document["sources"][0]["new"] == 1
    [alarm] = document["alarms"]
    assert alarm.startswith("arxiv has had nothing new since")
    assert f"warning: {alarm}" in done.stderr
