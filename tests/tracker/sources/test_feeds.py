"""Feeds as the known publishers write them, and the ways a feed misleads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from tests.world.arxiv import ArxivWorld, records
from tests.world.feeds import (
    ARXIV_ATOM,
    ELSEVIER,
    JMIR_ATOM,
    MEDRXIV,
    NATURE,
    PUBMED,
    FeedWorld,
    arxiv_item,
    arxiv_rss,
    rss,
)
from tests.world.server import Answer, Request
from tracker.errors import SourceError
from tracker.http import Http
from tracker.paper import Paper
from tracker.settings import ArxivSettings
from tracker.sources import Source
from tracker.sources.arxiv import ArxivSource
from tracker.sources.feeds import FeedSource, arxiv_categories

WEDNESDAY = date(2026, 3, 4)
TODAY = date(2026, 3, 6)


@pytest.fixture
def world() -> Iterator[FeedWorld]:
    with FeedWorld() as world:
        yield world


class Reader:
    """Reads a feed again and again as runs do, keeping the watermark."""

    def __init__(self, world: FeedWorld, http: Http, catch_up: Source | None = None) -> None:
        self.source = FeedSource(
            "a feed", world.url + "/feed", http, catch_up=catch_up, today=lambda: TODAY
        )
        self.watermark: str | None = None

    def __call__(self, until: date = TODAY) -> list[Paper]:
        found: list[Paper] = []
        for batch in self.source.read(self.watermark, until):
            found += batch.papers
            self.watermark = batch.watermark or self.watermark
        return found


@pytest.fixture
def reader(world: FeedWorld, http: Http) -> Reader:
    return Reader(world, http)


def facts(paper: Paper) -> tuple[Any, ...]:
    return (
        paper.title,
        [str(identifier) for identifier in paper.identifiers],
        paper.authors,
        str(paper.published),
        paper.venue,
        paper.abstract,
    )


PUBLISHERS = {
    "medRxiv": (
        MEDRXIV,
        (
            "Invented triage: a pilot study",
            ["doi:10.1101/2026.03.01.26300001"],
            ("A. Muster", "B. C. Beispiel", "D.-E. van der Third"),
            "2026-03-03",
            "",
            "Few were triaged (p<0.05). We triaged more.",
        ),
    ),
    "Nature": (
        NATURE,
        (
            "Invented models & their uses",
            ["doi:10.1038/s49999-026-00001-1"],
            ("Ada Muster", "Bo Beispiel"),
            "2026-03-04",
            "Nature Inventions",
            "Models were invented and used.",
        ),
    ),
    "PubMed": (
        PUBMED,
        (
            "Invented notes in the clinic",
            ["pmid:39999999", "doi:10.1234/jim.1"],
            ("Ada Muster", "Bo Beispiel"),
            "2026-03-02",
            "Journal of invented medicine",
            "Notes were invented, at length (n < 40).",
        ),
    ),
    "Elsevier": (
        ELSEVIER,
        (
            "Invented imaging",
            ["url:https://sciencedirect.com/science/article/pii/S0933365726000011"],
            ("Ada Muster", "Bo Beispiel"),
            "2026-04-01",
            "Inventions in Medicine",
            "",
        ),
    ),
    "JMIR": (
        JMIR_ATOM,
        (
            "Invented chatbots for everyone",
            ["doi:10.2196/99999"],
            ("Ada Muster", "Bo Beispiel"),
            "2026-03-05",
            "",
            "Everyone needs one. Objective: We invent them.",
        ),
    ),
    "arXiv's Atom": (
        ARXIV_ATOM,
        (
            "Invented Atoms",
            ["arxiv:2603.00011", "doi:10.1234/atoms"],
            ("Ada Muster", "Bo Beispiel"),
            "2026-03-04",
            "J. Inv. 1",
            "They are small.",
        ),
    ),
}


@pytest.mark.parametrize(("text", "expected"), PUBLISHERS.values(), ids=PUBLISHERS.keys())
def test_each_publisher_s_habits(
    world: FeedWorld, reader: Reader, text: str, expected: tuple[Any, ...]
) -> None:
    world.feeds["feed"] = text
    [paper] = reader()
    assert facts(paper) == expected


def test_arxiv_s_announcements(world: FeedWorld, reader: Reader) -> None:
    kinds = ["new", "cross", "replace", "replace-cross"]
    world.feeds["feed"] = arxiv_rss(
        WEDNESDAY, [arxiv_item(n, WEDNESDAY, kind) for n, kind in enumerate(kinds, 1)]
    )
    papers = reader()
    assert [paper.identifier("arxiv") for paper in papers] == ["2603.00001", "2603.00002"]
    first = papers[0]
    assert first.title == "Invented study 1 of $a<b$ & <b>bold</b> claims"
    assert first.abstract == "Study 1: $x<i$ holds."
    assert first.authors == ("Ada Muster", "Bo Beispiel", "Chi Third")
    assert first.categories == ("cs.CL", "cs.AI")
    assert (first.published, first.version) == (WEDNESDAY, 1)


def test_an_old_paper_cross_listed_keeps_its_age(world: FeedWorld, reader: Reader) -> None:
    world.feeds["feed"] = arxiv_rss(WEDNESDAY, [arxiv_item(9, WEDNESDAY, "cross", month="2501")])
    assert [paper.published for paper in reader()] == [date(2025, 1, 1)]


def test_an_unchanged_feed_costs_one_small_answer(world: FeedWorld, reader: Reader) -> None:
    world.feeds["feed"] = NATURE
    assert len(reader()) == 1
    before = reader.watermark
    assert reader() == []
    assert reader.watermark == before
    assert world.requests[0].header("If-None-Match") == ""
    assert world.requests[1].header("If-None-Match").startswith('"')
    world.feeds["feed"] = MEDRXIV
    assert len(reader()) == 1


def test_a_weekend_without_papers_is_by_design(world: FeedWorld, reader: Reader) -> None:
    world.feeds["feed"] = arxiv_rss(date(2026, 2, 28))
    assert reader(date(2026, 3, 1)) == []
    assert reader.watermark is not None


def test_a_batch_that_stays_the_same_for_days_is_an_alarm(world: FeedWorld, reader: Reader) -> None:
    old = date(2026, 2, 20)
    world.feeds["feed"] = arxiv_rss(old, [arxiv_item(1, old)])
    assert len(reader(date(2026, 2, 21))) == 1
    assert reader(date(2026, 2, 24)) == []
    with pytest.raises(SourceError, match="announced nothing since 2026-02-20"):
        reader(date(2026, 3, 2))


def test_the_same_with_a_server_that_forgets_what_it_said(world: FeedWorld, reader: Reader) -> None:
    old = date(2026, 2, 20)
    text = arxiv_rss(old, [arxiv_item(1, old)])
    world.fail(Answer(200, text), times=None)
    assert len(reader(date(2026, 2, 21))) == 1
    with pytest.raises(SourceError, match="announced nothing since 2026-02-20"):
        reader(date(2026, 3, 2))


def test_days_that_were_missed_are_read_from_the_api(world: FeedWorld, http: Http) -> None:
    with ArxivWorld(records(50)) as arxiv:
        settings = ArxivSettings(url=arxiv.api, categories=("cs.CL", "cs.AI", "cs.LG"))
        reader = Reader(world, http, ArxivSource(settings, http, today=lambda: TODAY))
        monday, friday = date(2026, 3, 2), date(2026, 3, 6)
        world.feeds["feed"] = arxiv_rss(monday, [arxiv_item(901, monday)])
        assert len(reader(monday)) == 1
        assert arxiv.requests == []

        world.feeds["feed"] = arxiv_rss(friday, [arxiv_item(902, friday)])
        found = {paper.identifier("arxiv") for paper in reader(friday)}
        assert {paper.id for paper in arxiv.papers} <= found
        assert "2603.00902" in found


def test_a_catch_up_that_fails_leaves_the_days_to_the_next_run(
    world: FeedWorld, http: Http
) -> None:
    with ArxivWorld(records(50)) as arxiv:
        settings = ArxivSettings(url=arxiv.api, categories=("cs.CL",))
        reader = Reader(world, http, ArxivSource(settings, http, today=lambda: TODAY))
        monday, friday = date(2026, 3, 2), date(2026, 3, 6)
        world.feeds["feed"] = arxiv_rss(monday, [arxiv_item(901, monday)])
        reader(monday)
        world.feeds["feed"] = arxiv_rss(friday, [arxiv_item(902, friday)])
        arxiv.fail(Answer(403))
        with pytest.raises(SourceError, match="the days it missed"):
            reader(friday)
        assert len(reader(friday)) > 1


def test_a_feed_that_is_cut_off_at_its_limit_is_completed(world: FeedWorld, http: Http) -> None:
    with ArxivWorld(records(50)) as arxiv:
        settings = ArxivSettings(url=arxiv.api, categories=("cs.CL", "cs.AI", "cs.LG"))
        reader = Reader(world, http, ArxivSource(settings, http, today=lambda: TODAY))
        items = [arxiv_item(n, WEDNESDAY, "replace") for n in range(2_000)]
        world.feeds["feed"] = arxiv_rss(WEDNESDAY, items)
        found = {paper.identifier("arxiv") for paper in reader(WEDNESDAY)}
        announced = {p.id for p in arxiv.papers if p.submitted.date() <= WEDNESDAY}
        assert found == announced


def test_a_run_that_plays_an_earlier_day_sees_no_further(world: FeedWorld, reader: Reader) -> None:
    items = [
        {
            "title": f"Invented {day}",
            "link": f"https://doi.org/10.1234/{day}",
            "published": datetime(2026, 3, day, tzinfo=UTC),
        }
        for day in (1, 3, 5)
    ]
    world.feeds["feed"] = rss(items)
    assert [paper.title for paper in reader(WEDNESDAY)] == ["Invented 1", "Invented 3"]
    assert "Invented 5" in [paper.title for paper in reader(TODAY)]


def test_journals_that_date_ahead_are_not_held_back(world: FeedWorld, reader: Reader) -> None:
    world.feeds["feed"] = ELSEVIER
    [paper] = reader(TODAY)
    assert paper.published == date(2026, 4, 1)


def test_a_watermark_that_is_a_day_leaves_out_what_is_older(
    world: FeedWorld, reader: Reader
) -> None:
    world.feeds["feed"] = NATURE
    reader.watermark = "2026-03-04"
    assert reader() == []
    reader.watermark = "2026-03-03"
    assert len(reader()) == 1


@pytest.mark.parametrize("text", [ARXIV_ATOM, NATURE, PUBMED], ids=["Atom", "RDF", "RSS"])
def test_each_format_shows_when_it_is_cut_off(world: FeedWorld, reader: Reader, text: str) -> None:
    world.feeds["feed"] = text
    world.fail(Answer(200, text.rstrip()[:-3]))
    assert len(reader()) == 1
    world.fail(Answer(200, text.rstrip()[:-3]), times=None)
    with pytest.raises(SourceError, match="a feed: the feed is cut off"):
        reader()


def test_a_feed_that_moved_is_followed_at_home_only(world: FeedWorld, reader: Reader) -> None:
    world.feeds["moved"] = NATURE
    world.fail(Answer(301, headers={"Location": "/moved"}))
    assert len(reader()) == 1
    world.fail(Answer(301, headers={"Location": "https://elsewhere.example/feed"}))
    with pytest.raises(SourceError, match="redirects"):
        reader()


def test_what_is_not_well_formed_is_read_as_far_as_it_goes(
    world: FeedWorld, reader: Reader
) -> None:
    world.feeds["feed"] = rss([{"title": "Q and A", "link": "https://doi.org/10.1234/q"}]).replace(
        "Q and A", "Q & A"
    )
    assert [paper.title for paper in reader()] == ["Q & A"]


def test_the_same_item_twice_is_one_paper_to_the_index(world: FeedWorld, reader: Reader) -> None:
    item = {"title": "Twice", "link": "https://doi.org/10.1234/twice"}
    world.feeds["feed"] = rss([item, item])
    assert len({paper.identifiers for paper in reader()}) == 1


def test_no_text_of_a_feed_is_asked_for_as_an_address(world: FeedWorld, reader: Reader) -> None:
    world.fail(Answer(200, world.url + "/other"), times=None)
    with pytest.raises(SourceError, match="no feed"):
        reader()
    assert not world.seen("/other")


def test_the_categories_of_an_address() -> None:
    assert arxiv_categories("https://rss.arxiv.org/rss/cs.CL+cs.AI") == ("cs.CL", "cs.AI")
    assert arxiv_categories("https://rss.arxiv.org/atom/q-bio") == ("q-bio",)
    assert arxiv_categories("https://connect.medrxiv.org/medrxiv_xml.php") == ()


def test_asks_for_what_it_can_read(world: FeedWorld, reader: Reader) -> None:
    """Some servers answer 406 to those who accept anything."""

    def picky(request: Request, answer: Answer) -> Answer:
        wants = request.header("Accept")
        return answer if "application/rss+xml" in wants else Answer(406)

    world.feeds["feed"] = NATURE
    world.fail(picky)
    assert len(reader()) == 1
