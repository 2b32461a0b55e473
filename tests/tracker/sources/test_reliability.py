"""Every fault against every protocol: what it costs, what is said, that nothing is lost.

`docs/reliability.md` has a row for each fault here; the last test holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.world import arxiv as arxiv_world
from tests.world import semantic_scholar as s2_world
from tests.world.arxiv import ArxivWorld
from tests.world.feeds import FeedWorld, arxiv_item, arxiv_rss
from tests.world.oai import OaiWorld, error, oai_records
from tests.world.semantic_scholar import SemanticScholarWorld
from tests.world.server import Answer, Fault, Request, World
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


@dataclass(slots=True)
class Kept:
    """What an index would hold: papers by identifier, and the watermark."""

    papers: dict[str, int] = field(default_factory=dict)
    watermark: str | None = None

    def run(self, source: Source) -> str | None:
        """Read the source as a run does; the reason when it fails."""
        try:
            for batch in source.read(self.watermark, UNTIL):
                for paper in batch.papers:
                    name = paper.identifier("arxiv") or ""
                    self.papers[name] = self.papers.get(name, 0) + 1
                self.watermark = batch.watermark or self.watermark
        except SourceError as failure:
            return failure.reason
        return None


@dataclass(frozen=True, slots=True)
class Protocol:
    """One way papers come in: a stand-in, a source that reads it, and what there is."""

    world: World
    source: Callable[[Http], Source]
    papers: frozenset[str]


def _arxiv() -> Protocol:
    world = ArxivWorld(arxiv_world.records(50))
    names = frozenset(paper.id for paper in world.papers)

    def source(http: Http) -> Source:
        asked = ArxivSettings(url=world.api, categories=("cs.CL", "cs.AI", "cs.LG"))
        return ArxivSource(asked, http, today=lambda: TODAY, page_size=20)

    return Protocol(world, source, names)


def _oai() -> Protocol:
    world = OaiWorld(oai_records(45), page=20)
    names = frozenset(record.id for record in world.records)
    return Protocol(
        world, lambda http: OaiSource(world.url + "/oai", "cs", http, today=lambda: TODAY), names
    )


def _feed() -> Protocol:
    world = FeedWorld(feed=arxiv_rss(UNTIL, [arxiv_item(n, UNTIL) for n in range(1, 41)]))
    names = frozenset(f"2603.{n:05d}" for n in range(1, 41))
    return Protocol(
        world,
        lambda http: FeedSource("feed", world.url + "/feed", http, today=lambda: TODAY),
        names,
    )


def _search() -> Protocol:
    papers = [s2_world.record(n, publicationDate="2026-03-03") for n in range(1, 46)]
    world = SemanticScholarWorld(papers, page=20)
    names = frozenset(paper["externalIds"]["ArXiv"] for paper in papers)
    return Protocol(
        world, lambda http: SearchSource(SemanticScholar(world.url, http), "invented"), names
    )


def _citations() -> Protocol:
    papers = [s2_world.record(n, publicationDate="2026-03-03") for n in range(1, 46)]
    world = SemanticScholarWorld(page=1_000)
    world.citations["ARXIV:2311.05112"] = papers
    names = frozenset(paper["externalIds"]["ArXiv"] for paper in papers)
    return Protocol(
        world,
        lambda http: CitationSource(SemanticScholar(world.url, http), "ARXIV:2311.05112"),
        names,
    )


PROTOCOLS = {
    "arxiv": _arxiv,
    "oai": _oai,
    "feed": _feed,
    "search": _search,
    "citations": _citations,
}


def half(_: Request, answer: Answer) -> Answer:
    """Half of the right body with a length to match, as a proxy may keep it."""
    return Answer(200, answer.content[: len(answer.content) // 2], answer.headers)


def broken_off(_: Request, answer: Answer) -> Answer:
    return Answer(200, answer.content, answer.headers, delivery="reset")


def too_short(_: Request, answer: Answer) -> Answer:
    return Answer(200, answer.content, answer.headers, delivery="truncated")


def never_ending(_: Request, answer: Answer) -> Answer:
    return Answer(200, answer.content, answer.headers, delivery="hang")


# What comes with any protocol: a passing fault is outlived, a lasting one told in these words.
EVERYWHERE: dict[str, tuple[Fault, str]] = {
    "429": (Answer(429), "429"),
    "429 with Retry-After": (Answer(429, headers={"Retry-After": "0"}), "429"),
    "500": (Answer(500), "500"),
    "502": (Answer(502), "502"),
    "503": (Answer(503), "503"),
    "503 with Retry-After": (Answer(503, headers={"Retry-After": "0"}), "503"),
    "504": (Answer(504), "504"),
    "connection reset in mid-body": (broken_off, "broke off"),
    "body shorter than announced": (too_short, "broke off"),
    "read that never ends": (never_ending, "no answer in time"),
    "XML or JSON cut in half": (half, ""),
    "HTML page with 200": (arxiv_world.HTML_PAGE, ""),
    "empty body with 200": (Answer(200, b""), ""),
    "Rate exceeded. with 200": (arxiv_world.RATE_EXCEEDED, ""),
}

# No use in asking again within the same run.
FINAL: dict[str, tuple[Fault, str]] = {
    "301 to elsewhere": (Answer(301, headers={"Location": "https://a.example/"}), "redirects"),
    "403": (Answer(403), "403"),
    "406": (Answer(406), "406"),
    "429 for an hour": (Answer(429, headers={"Retry-After": "3600"}), "429"),
}

# What only one protocol can do wrong.
OWN: dict[str, tuple[str, Fault]] = {
    "error feed with 200": ("arxiv", arxiv_world.error_feed("internal error")),
    "empty page in the middle": ("arxiv", arxiv_world.without_entries),
    "total that changes between pages": ("arxiv", arxiv_world.with_total(7)),
    "page with a paper missing": ("arxiv", arxiv_world.without_first_entry),
    "duplicates across pages": ("arxiv", arxiv_world.reordered(*range(17), 0, 1, 2)),
    "expired token": ("oai", error("badResumptionToken", "expired")),
    "error with 200": ("search", s2_world.ERROR_WITH_200),
    "nothing, with a total": ("search", s2_world.EMPTY_WITH_TOTAL),
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
@pytest.mark.parametrize("fault", [f for f in EVERYWHERE if f != "read that never ends"] + [*FINAL])
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


# The first question of a harvest has no token that could expire.
@pytest.mark.parametrize(
    ("fault", "page"),
    [(fault, page) for fault in OWN for page in range(3) if (fault, page) != ("expired token", 0)],
)
def test_what_only_one_protocol_can_do_wrong(http: Http, fault: str, page: int) -> None:
    name, spoiled = OWN[fault]
    with standing(name) as protocol:
        protocol.world.fail(spoiled, after=page)
        kept = Kept()
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
    *(fault for name, (fault, _) in EVERYWHERE.items() if name != "read that never ends"),
    *(fault for fault, _ in FINAL.values()),
]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=st.sampled_from(sorted(PROTOCOLS)), data=st.data())
def test_whatever_goes_wrong_in_whatever_order(name: str, data: st.DataObject) -> None:
    """Runs over any faults: a watermark never passes a paper that was not read."""
    own = [fault for of, fault in OWN.values() if of == name]
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


@pytest.mark.parametrize("hours", [-1, 1])
def test_a_clock_an_hour_off_loses_nothing(http: Http, hours: int) -> None:
    """At half past eleven at night it is either still or already another hour, or day."""
    world = ArxivWorld(arxiv_world.records(30, first=date(2026, 3, 1)))
    believed = [date(2026, 3, 2) if hours < 0 else date(2026, 3, 3), date(2026, 3, 3)]
    with world:
        kept = Kept()
        late = world.papers[12:20]
        world.papers = [paper for paper in world.papers if paper not in late]
        for day in believed:
            asked = ArxivSettings(url=world.api, categories=("cs.CL", "cs.AI", "cs.LG"))
            source = ArxivSource(asked, Http(), today=lambda day=day: day)  # type: ignore[misc]
            for batch in source.read(kept.watermark, day):
                kept.papers |= {paper.identifier("arxiv") or "": 1 for paper in batch.papers}
                kept.watermark = batch.watermark or kept.watermark
            world.papers += late
            late = []
        assert set(kept.papers) == {paper.id for paper in world.papers}


def test_the_table_in_the_documentation_lists_every_fault() -> None:
    page = Path(__file__).parents[3] / "docs" / "reliability.md"
    rows = re.findall(r"^\| ([^|]+?) \|", page.read_text(encoding="utf-8"), re.MULTILINE)
    missing = {*EVERYWHERE, *FINAL, *OWN} - set(rows)
    assert not missing, f"docs/reliability.md has no row for {sorted(missing)}"
