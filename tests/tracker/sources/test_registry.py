"""Which sources the settings name, and what is imported for them."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.world.semantic_scholar import SemanticScholarWorld, record
from tracker.http import Http
from tracker.identifiers import Identifier
from tracker.settings import parse_settings
from tracker.sources import Enriches, Examples, LooksUpOnly, Source, build_sources
from tracker.sources.arxiv import ArxivSource
from tracker.sources.feeds import FeedSource

ALL: dict[str, Any] = {
    "arxiv": {"categories": ["cs.CL", "cs.AI"]},
    "arxiv_oai": {"sets": ["cs", "stat"]},
    "semantic_scholar": {"query": "invented", "recommend": True, "citations_of": ["ARXIV:1"]},
    "feeds": [{"name": "medrxiv", "url": "https://feeds.example/rss"}],
    "files": [{"path": "feed.jsonl"}],
}


def built(http: Http, sources: dict[str, Any], **more: Any) -> list[Source]:
    settings = parse_settings({"list": {"path": "."}, "sources": sources}, Path("tracker.toml"), {})
    return build_sources(settings, http, environ={}, **more)


def test_every_source_with_a_watermark_of_its_own(http: Http) -> None:
    names = [(source.name, source.query) for source in built(http, ALL)]
    assert names == [
        ("feed.jsonl", ""),
        ("arxiv", "cat:cs.AI OR cat:cs.CL"),
        ("arxiv_oai", "set cs"),
        ("arxiv_oai", "set stat"),
        ("medrxiv", "https://feeds.example/rss"),
        ("semantic_scholar", "search invented"),
        ("semantic_scholar", "recommend"),
        ("semantic_scholar", "citations ARXIV:1"),
    ]
    assert len(set(names)) == len(names)


def test_nothing_named_is_nothing_asked(http: Http) -> None:
    assert built(http, {}) == []
    assert built(http, {"arxiv_oai": {"sets": []}}) == []


def test_an_empty_table_of_semantic_scholar_looks_papers_up_and_discovers_none(http: Http) -> None:
    with SemanticScholarWorld([record(1)]) as world:
        [source] = built(http, {"semantic_scholar": {"url": world.url}})
        assert isinstance(source, LooksUpOnly)
        assert list(source.read(None, date(2026, 3, 6))) == []
        assert world.requests == []
        assert isinstance(source, Enriches)
        [paper] = source.enrich([Identifier("arxiv", "2603.00001")])
        assert paper.abstract == "Study 1 shows $a<b$."


@pytest.mark.parametrize(
    ("api", "caught_up"),
    [([], ["cat:cs.LG OR cat:stat.*"]), (["cs.LG"], ["cat:stat.*"]), (["cs.LG", "stat"], [])],
)
def test_a_feed_of_arxiv_is_completed_from_what_no_other_source_reads(
    http: Http, api: list[str], caught_up: list[str]
) -> None:
    feed = {"name": "rss", "url": "https://rss.arxiv.org/rss/cs.LG+stat"}
    named = {"arxiv": {"categories": api}} if api else {}
    [source] = [s for s in built(http, {"feeds": [feed], **named}) if isinstance(s, FeedSource)]
    assert isinstance(source.catch_up, ArxivSource | None)
    assert [s.query for s in [source.catch_up] if s] == caught_up


def test_the_key_comes_from_the_environment_and_examples_from_the_list(http: Http) -> None:
    with SemanticScholarWorld() as world:
        settings = parse_settings(
            {
                "list": {"path": "."},
                "sources": {"semantic_scholar": {"url": world.url, "recommend": True}},
            },
            Path("tracker.toml"),
            {},
        )
        examples = Examples((Identifier("arxiv", "2603.00001"),), (Identifier("s2", "ab"),))
        [source] = build_sources(settings, http, examples, {"S2_API_KEY": "the-key"})
        list(source.read(None, date(2026, 3, 6)))
        [request] = world.requests
        assert request.header("x-api-key") == "the-key"
        assert request.json() == {
            "positivePaperIds": ["ARXIV:2603.00001"],
            "negativePaperIds": ["ab"],
        }
        assert isinstance(source, Enriches)


@pytest.mark.parametrize(
    ("sources", "package"),
    [
        ({"arxiv": {"categories": ["cs.CL"]}}, "semanticscholar"),
        ({"files": [{"path": "x"}]}, "arxiv"),
        ({"files": [{"path": "x"}]}, "feedparser"),
        ({"feeds": [{"name": "x", "url": "https://a.example"}]}, "semanticscholar"),
    ],
)
def test_a_package_is_imported_only_for_the_source_that_needs_it(
    sources: dict[str, Any], package: str
) -> None:
    program = f"""
import sys
from datetime import date
from pathlib import Path
from tracker.http import Http
from tracker.settings import parse_settings
from tracker.sources import build_sources
settings = parse_settings({{"list": {{"path": "."}}, "sources": {sources}}}, Path("t.toml"), {{}})
assert build_sources(settings, Http())
sys.exit({package!r} in sys.modules)
"""
    root = Path(__file__).parents[3]
    assert subprocess.run([sys.executable, "-c", program], cwd=root, check=False).returncode == 0
