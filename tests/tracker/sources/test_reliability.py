"""Every fault against every protocol: what it costs, what is said, that nothing is lost.

`docs/reliability.md` has a row for each fault here; the last test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from typing import Protocol as TypingProtocol
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.world import arxiv as arxiv_world
from tests.world import semantic_scholar as s2_world
from tests.world.arxiv import ArxivWorld
from tests.world.faults import EVERYWHERE, FINAL, HANGING, OWN
from tests.world.feeds import FeedWorld, arxiv_item, arxiv_rss
from tests.world.oai import OaiWorld, oai_records
from tests.world.semantic_scholar import SemanticScholarWorld
from tests.world.server import Answer, Request, World
from tracker.errors import SourceError
from tracker.http import Http, Limits, Response, UnbelievableError
from tracker.settings import ArxivSettings
from tracker.sources import Source
from tracker.sources.arxiv import ArxivSource
from tracker.sources.arxiv_answers import read_page
from tracker.sources.feeds import FeedSource, check_feed
from tracker.sources.oai import OaiSource, check_records
from tracker.sources.semantic_scholar import CitationSource, SearchSource, SemanticScholar

UNTIL = date(2026, 3, 6)
TODAY = date(2026, 4, 1)
CITED = "ARXIV:2311.05112"


@dataclass(slots=True)
class Kept:
    """What an index would hold: papers by identifier, and the watermark."""

    papers: dict[str, int] = field(default_factory=dict)
    watermark: str | None = None

    def run(self, source: Source, until: date = UNTIL) -> str | None:
        """Read the source as a run does; the reason when it fails."""
        try:
            for batch in source.read(self.watermark, until):
                for paper in batch.papers:
                    name = paper.identifier("arxiv") or ""
                    self.papers[name] = self.papers.get(name, 0) + 1
                self.watermark = batch.watermark or self.watermark
        except SourceError as failure:
            return failure.reason
        return None


class Build(TypingProtocol):
    """Makes the source as it is on a day."""

    def __call__(self, http: Http, today: date = TODAY) -> Source: ...


@dataclass(frozen=True, slots=True)
class Protocol:
    """One way papers come in: a stand-in, a source that reads it, and what there is.

    `serve` makes the stand-in serve only so many of them.
    """

    world: World
    source: Build
    papers: frozenset[str]
    serve: Callable[[int], None]


def _arxiv() -> Protocol:
    papers = arxiv_world.records(50)
    world = ArxivWorld(papers)

    def source(http: Http, today: date = TODAY) -> Source:
        asked = ArxivSettings(url=world.api, categories=("cs.CL", "cs.AI", "cs.LG"))
        return ArxivSource(asked, http, today=lambda: today, page_size=20)

    def serve(count: int) -> None:
        world.papers = papers[:count]

    return Protocol(world, source, frozenset(paper.id for paper in papers), serve)


def _oai() -> Protocol:
    records = oai_records(45)
    world = OaiWorld(records, page=20)

    def source(http: Http, today: date = TODAY) -> Source:
        return OaiSource(world.url + "/oai", "cs", http, today=lambda: today)

    def serve(count: int) -> None:
        world.records = records[:count]

    return Protocol(world, source, frozenset(record.id for record in records), serve)


def _feed() -> Protocol:
    world = FeedWorld()

    def source(http: Http, today: date = TODAY) -> Source:
        return FeedSource("feed", world.url + "/feed", http, today=lambda: today)

    def serve(count: int) -> None:
        items = [arxiv_item(n, UNTIL) for n in range(1, count + 1)]
        world.feeds["feed"] = arxiv_rss(UNTIL, items)

    serve(40)
    return Protocol(world, source, frozenset(f"2603.{n:05d}" for n in range(1, 41)), serve)


def _scholar() -> tuple[list[dict[str, Any]], frozenset[str]]:
    papers = [s2_world.record(n, publicationDate=f"2026-03-0{2 + n // 10}") for n in range(45)]
    return papers, frozenset(paper["externalIds"]["ArXiv"] for paper in papers)


def _search() -> Protocol:
    papers, names = _scholar()
    world = SemanticScholarWorld(papers, page=20)

    def source(http: Http, today: date = TODAY) -> Source:
        return SearchSource(SemanticScholar(world.url, http), "invented")

    def serve(count: int) -> None:
        world.papers = papers[:count]

    return Protocol(world, source, names, serve)


def _citations() -> Protocol:
    papers, names = _scholar()
    world = SemanticScholarWorld(page=20)
    world.citations[CITED] = papers

    def source(http: Http, today: date = TODAY) -> Source:
        return CitationSource(SemanticScholar(world.url, http), CITED)

    def serve(count: int) -> None:
        world.citations[CITED] = papers[:count]

    return Protocol(world, source, names, serve)


PROTOCOLS = {
    "arxiv": _arxiv,
    "oai": _oai,
    "feed": _feed,
    "search": _search,
    "citations": _citations,
}


@contextmanager
def standing(name: str) -> Iterator[Protocol]:
    protocol = PROTOCOLS[name]()
    with protocol.world:
        yield protocol


@pytest.mark.parametrize("name", PROTOCOLS)
@pytest.mark.parametrize("fault", EVERYWHERE)
def test_a_passing_fault_is_outlived(http: Http, name: str, fault: str) -> None:
    with standing(name) as protocol:
        protocol.world.fail(EVERYWHERE[fault][0])
        kept = Kept()
        assert kept.run(protocol.source(http)) is None
        assert set(kept.papers) == protocol.papers
        assert set(kept.papers.values()) == {1}


@pytest.mark.parametrize("name", PROTOCOLS)
@pytest.mark.parametrize("fault", [f for f in EVERYWHERE if f != HANGING] + [*FINAL])
def test_a_lasting_fault_is_told_and_made_up_for(http: Http, name: str, fault: str) -> None:
    spoiled, words = {**EVERYWHERE, **FINAL}[fault]
    with standing(name) as protocol:
        protocol.world.fail(spoiled, times=None)
        kept = Kept()
        reason = kept.run(protocol.source(http))
        assert reason is not None
        assert words in reason
        assert kept.papers == {}
        assert kept.watermark is None
        assert len(protocol.world.requests) == (1 if fault in FINAL else http.limits.attempts)

        protocol.world.recover()
        assert kept.run(protocol.source(http)) is None
        assert set(kept.papers) == protocol.papers
        assert set(kept.papers.values()) == {1}


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_server_that_never_ends_is_left_in_time(name: str) -> None:
    limits = Limits(read=0.05, attempts=3)
    with standing(name) as protocol, Http(limits=limits) as hasty:
        protocol.world.fail(EVERYWHERE[HANGING][0], times=None)
        kept = Kept()
        reason = kept.run(protocol.source(hasty))
        assert reason is not None
        assert "no answer in time" in reason
        assert len(protocol.world.requests) == limits.attempts
        assert kept == Kept()

        protocol.world.recover()
        assert kept.run(protocol.source(hasty)) is None
        assert set(kept.papers) == protocol.papers
        assert set(kept.papers.values()) == {1}


# The first question of a harvest has no token that could expire.
@pytest.mark.parametrize(
    ("fault", "name", "page"),
    [
        (fault, name, page)
        for fault, name in OWN
        for page in range(3)
        if (fault, page) != ("expired token", 0)
    ],
)
def test_what_a_protocol_can_do_wrong_by_itself(
    http: Http, fault: str, name: str, page: int
) -> None:
    with standing(name) as protocol:
        protocol.world.fail(OWN[fault, name], after=page)
        kept = Kept()
        reason = kept.run(protocol.source(http))
        if reason is not None:
            # Told is as good as made up for, as long as the next run has it all.
            assert "announced" in reason or " of " in reason
            assert kept.run(protocol.source(http)) is None
        assert set(kept.papers) == protocol.papers


@pytest.mark.parametrize("name", ["arxiv", "oai", "search"])
def test_a_break_on_the_way_is_made_up_for(http: Http, name: str) -> None:
    with standing(name) as protocol:
        protocol.world.fail(Answer(403), after=1)
        kept = Kept()
        assert kept.run(protocol.source(http)) is not None
        assert 0 < len(kept.papers) < len(protocol.papers)
        assert kept.run(protocol.source(http)) is None
        assert set(kept.papers) == protocol.papers


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_second_run_moves_nothing_back(http: Http, name: str) -> None:
    with standing(name) as protocol:
        kept = Kept()
        kept.run(protocol.source(http))
        before = kept.watermark
        assert kept.run(protocol.source(http)) is None
        assert kept.watermark == before
        assert set(kept.papers) == protocol.papers


_SPOILING = [
    *(fault for name, (fault, _) in EVERYWHERE.items() if name != HANGING),
    *(fault for fault, _ in FINAL.values()),
]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(sorted(PROTOCOLS)), data=st.data())
def test_whatever_goes_wrong_in_whatever_order(name: str, data: st.DataObject) -> None:
    """Runs over any faults: a watermark never passes a paper that was not read."""
    own = [fault for (_, protocol), fault in OWN.items() if protocol == name]
    faults = st.sampled_from([*_SPOILING, *own])
    with standing(name) as protocol, Http(limits=Limits(read=0.5)) as http:
        kept = Kept()
        for _ in range(data.draw(st.integers(1, 3))):
            protocol.world.recover()
            for fault in data.draw(st.lists(faults, max_size=6)):
                passed = data.draw(st.integers(0, 3))
                protocol.world.fail(fault, times=data.draw(st.integers(1, 5)), after=passed)
            reason = kept.run(protocol.source(http))
            if reason is None:
                assert set(kept.papers) == protocol.papers
        protocol.world.recover()
        assert kept.run(protocol.source(http)) is None
        assert set(kept.papers) == protocol.papers


def _first_answer(name: str) -> tuple[str, bytes]:
    """The address and the body of a source's first answer."""
    with standing(name) as protocol, Http() as http:
        bodies: list[bytes] = []

        def recorded(_: Request, answer: Answer) -> Answer:
            bodies.append(answer.content)
            return answer

        protocol.world.fail(recorded)
        next(iter(protocol.source(http).read(None, UNTIL)))
        asked = protocol.world.requests[0]
        return f"http://127.0.0.1{asked.path}?{urlencode(asked.query)}", bodies[0]


CHECKS: dict[str, Callable[[Response], object]] = {
    "arxiv": read_page,
    "oai": check_records,
    "feed": check_feed,
}


@pytest.mark.parametrize("name", CHECKS)
def test_no_beginning_of_an_answer_passes_for_the_whole(name: str) -> None:
    url, body = _first_answer(name)
    body = body.strip()
    CHECKS[name](Response(url, 200, {}, body))
    for end in {*range(0, len(body), 97), *range(len(body) - 40, len(body))}:
        with pytest.raises(UnbelievableError):
            CHECKS[name](Response(url, 200, {}, body[:end]))


@pytest.mark.parametrize("name", CHECKS)
@settings(max_examples=50, deadline=None)
@given(noise=st.binary(max_size=200) | st.text(max_size=100).map(lambda t: f"<a>{t}".encode()))
def test_noise_is_not_believed_and_breaks_nothing(name: str, noise: bytes) -> None:
    with pytest.raises(UnbelievableError):
        CHECKS[name](Response("http://127.0.0.1/?max_results=9", 200, {}, noise))


LAUGHS = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha">
{}]><rss version="2.0"><channel><title>&z;</title><item><title>&z;</title>
<link>https://doi.org/10.1234/z</link></item></channel></rss>""".format(
    "".join(
        f'<!ENTITY {name} "{f"&{before};" * 10}">'
        for before, name in zip("abcdefghijkl", "bcdefghijklz", strict=True)
    )
)


def test_entities_that_multiply_stay_small(http: Http) -> None:
    with FeedWorld(feed=LAUGHS) as world:
        source = FeedSource("feed", world.url + "/feed", http, today=lambda: TODAY)
        papers = [paper for batch in source.read(None, UNTIL) for paper in batch.papers]
        assert all(len(paper.title) < 10_000 for paper in papers)


@pytest.mark.parametrize("name", PROTOCOLS)
@pytest.mark.parametrize("believed", [date(2026, 3, 4), date(2026, 3, 6)])
def test_a_clock_an_hour_off_loses_nothing(http: Http, name: str, believed: date) -> None:
    """Near midnight an hour is a day: on the fifth a run may believe it is the fourth or sixth.

    The last papers of the fifth come after that run.
    """
    with standing(name) as protocol:
        kept = Kept()
        protocol.serve(36)
        assert kept.run(protocol.source(http, believed), until=believed) is None
        protocol.serve(len(protocol.papers))
        for day in (UNTIL, UNTIL + timedelta(days=1)):
            # The response cache lasts for a day.
            with Http(limits=http.limits) as tomorrow:
                assert kept.run(protocol.source(tomorrow, day), until=day) is None
        assert set(kept.papers) == protocol.papers


def test_the_table_in_the_documentation_lists_every_fault_and_tests_that_exist() -> None:
    root = Path(__file__).parents[3]
    page = (root / "docs" / "reliability.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([^|]+?) \|", page, re.MULTILINE)
    missing = {*EVERYWHERE, *FINAL, *(fault for fault, _ in OWN)} - set(rows)
    assert not missing, f"docs/reliability.md has no row for {sorted(missing)}"
    code = "".join(file.read_text(encoding="utf-8") for file in (root / "tests").rglob("test_*.py"))
    named = set(re.findall(r"`(test_[a-z]\w+)`", page))
    gone = named - set(re.findall(r"def (test_\w+)\(", code))
    assert named
    assert not gone, f"docs/reliability.md names tests that are not there: {sorted(gone)}"
