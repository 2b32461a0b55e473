"""The arXiv source against a stand-in that misbehaves as arXiv is known to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import arxiv
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.world.arxiv import (
    RATE_EXCEEDED,
    ArxivWorld,
    Record,
    cut_off,
    error_feed,
    feed,
    records,
    reordered,
    with_total,
    without_entries,
    without_first_entry,
)
from tests.world.server import Answer, Request
from tracker.errors import SourceError
from tracker.http import Http
from tracker.identifiers import Identifier
from tracker.paper import Link, Paper
from tracker.settings import ArxivSettings
from tracker.sources import Batch
from tracker.sources.arxiv import ArxivSource

FRIDAY = date(2026, 3, 6)


@pytest.fixture
def world() -> Iterator[ArxivWorld]:
    # Ten papers on each of the five days from Monday to Friday.
    with ArxivWorld(records(50)) as world:
        yield world


def source(world: ArxivWorld, http: Http, query_limit: int = 30_000, **changed: Any) -> ArxivSource:
    """A source that asks for pages of twenty, so that fifty papers are three pages."""
    values = {"url": world.api, "categories": ("cs.CL", "cs.AI", "cs.LG"), **changed}
    return ArxivSource(
        ArxivSettings(**values),
        http,
        today=lambda: date(2026, 5, 1),
        page_size=20,
        query_limit=query_limit,
    )


def names(batches: list[Batch]) -> set[str]:
    return {paper.identifier("arxiv") or "" for batch in batches for paper in batch.papers}


def read(
    source: ArxivSource, watermark: str | None = None, until: date = FRIDAY
) -> tuple[list[Batch], SourceError | None]:
    """What came before the source ended or failed."""
    batches: list[Batch] = []
    try:
        batches.extend(source.read(watermark, until))
    except SourceError as error:
        return batches, error
    return batches, None


def last_watermark(batches: list[Batch]) -> str | None:
    return next((b.watermark for b in reversed(batches) if b.watermark), None)


def test_reads_whole_categories_in_as_few_requests_as_there_are_pages(
    world: ArxivWorld, http: Http
) -> None:
    batches, _ = read(source(world, http))
    assert names(batches) == {paper.id for paper in world.papers}
    assert last_watermark(batches) == "2026-03-06"
    assert [batch.expected for batch in batches] == [50, 50, 50, None]
    assert [request.query["start"] for request in world.requests] == ["0", "20", "40"]
    assert world.requests[0].query["search_query"] == (
        "(cat:cs.AI OR cat:cs.CL OR cat:cs.LG) AND submittedDate:[202602280000 TO 202603062359]"
    )


def test_a_paper_has_all_that_arxiv_says_of_it(world: ArxivWorld, http: Http) -> None:
    world.papers = [
        Record(
            id="2603.00007",
            title="Invented\n  things: a <b>survey</b> & more",
            abstract="\n We show $a<b$.\n It works. ",
            authors=("Zoë Ångström", "李 明"),
            categories=("q-bio.QM", "cs.CL"),
            submitted=datetime(2026, 3, 2, 23, 30, tzinfo=UTC),
            updated=datetime(2026, 3, 5, 1, 0, tzinfo=UTC),
            version=3,
            comment="12 pages. Code: https://github.com/ada/things.",
            journal_ref="J. Inv. Things 4 (2026) 1-12",
            doi="10.1234/ABC.5",
        )
    ]
    [batch, _] = read(source(world, http))[0]
    assert batch.papers == (
        Paper(
            title="Invented things: a <b>survey</b> & more",
            identifiers=(Identifier("arxiv", "2603.00007"), Identifier("doi", "10.1234/abc.5")),
            abstract="We show $a<b$. It works.",
            authors=("Zoë Ångström", "李 明"),
            categories=("q-bio.QM", "cs.CL"),
            published=date(2026, 3, 2),
            updated=date(2026, 3, 5),
            venue="J. Inv. Things 4 (2026) 1-12",
            comment="12 pages. Code: https://github.com/ada/things.",
            version=3,
            links=(Link("code", "https://github.com/ada/things"),),
        ),
    )


def test_the_next_reading_starts_before_the_watermark(world: ArxivWorld, http: Http) -> None:
    read(source(world, http, overlap_days=2), "2026-03-04")
    assert "[202603030000 TO 202603062359]" in world.requests[0].query["search_query"]


def test_a_run_of_an_earlier_day_moves_nothing_back(world: ArxivWorld, http: Http) -> None:
    assert read(source(world, http), "2026-04-01", date(2026, 3, 10)) == ([], None)
    batches, _ = read(source(world, http, overlap_days=5), "2026-03-07")
    assert names(batches)
    assert last_watermark(batches) == "2026-03-07"


def test_a_day_that_is_not_over_is_read_and_read_again(world: ArxivWorld, http: Http) -> None:
    settings = ArxivSettings(url=world.api, categories=("cs.CL",))
    batches, _ = read(ArxivSource(settings, http, today=lambda: FRIDAY))
    assert any(name.endswith("00050") for name in names(batches))
    assert last_watermark(batches) == "2026-03-05"


def test_a_long_way_is_gone_in_windows_that_each_move_the_watermark(
    world: ArxivWorld, http: Http
) -> None:
    world.papers = records(60, first=date(2026, 2, 1), per_day=1)
    batches, _ = read(source(world, http, first_days=60), None, date(2026, 4, 1))
    assert names(batches) == {paper.id for paper in world.papers}
    moved = [batch.watermark for batch in batches if batch.watermark]
    assert moved == ["2026-02-14", "2026-02-28", "2026-03-14", "2026-03-28", "2026-04-01"]


def test_a_window_over_the_limit_of_a_query_is_split(world: ArxivWorld, http: Http) -> None:
    batches, error = read(source(world, http, query_limit=15))
    assert error is None
    assert names(batches) == {paper.id for paper in world.papers}
    assert max(int(request.query["start"]) for request in world.requests) < 15


def test_a_paper_of_two_categories_comes_once(world: ArxivWorld, http: Http) -> None:
    both = [paper for paper in world.papers if len(paper.categories) == 2]
    papers = [paper for batch in read(source(world, http))[0] for paper in batch.papers]
    assert both
    assert len(papers) == len(world.papers)


def test_a_paper_repeated_on_its_page_comes_once(world: ArxivWorld, http: Http) -> None:
    world.fail(reordered(0, 0, 1, 1, *range(2, 18)))
    first, *_ = source(world, http).read(None, FRIDAY)
    assert len(first.papers) == len(set(names([first])))


def test_the_order_of_categories_does_not_change_the_query(world: ArxivWorld, http: Http) -> None:
    there = source(world, http, categories=("cs.CL", "cs.AI"))
    back = source(world, http, categories=("cs.AI", "cs.CL", "cs.AI"))
    assert there.query == back.query == "cat:cs.AI OR cat:cs.CL"


# The faults that any provider shows are in test_reliability.py; these are the later pages'.
ONCE = {
    "rate exceeded with 200": RATE_EXCEEDED,
    "an empty page": without_entries,
    "a page with a paper missing": without_first_entry,
    "a total that is too high": with_total(3),
    "a total that is too low": with_total(-3),
}


@pytest.mark.parametrize("page", [0, 1, 2])
@pytest.mark.parametrize("fault", ONCE.values(), ids=ONCE.keys())
def test_a_passing_fault_on_any_page_loses_nothing(
    world: ArxivWorld, http: Http, fault: Any, page: int
) -> None:
    world.fail(fault, after=page)
    batches, error = read(source(world, http))
    assert error is None
    assert names(batches) == {paper.id for paper in world.papers}
    assert last_watermark(batches) == "2026-03-06"


LASTING = {
    "an error feed with 200": (error_feed("internal error"), "internal error"),
    "an empty page": (without_entries, "empty page"),
    "XML that breaks off": (cut_off, "cut off"),
    "pages with a paper missing": (without_first_entry, "fewer papers than announced"),
    "503": (Answer(503), "503 Service Unavailable"),
}


@pytest.mark.parametrize(("fault", "reason"), LASTING.values(), ids=LASTING.keys())
@pytest.mark.parametrize("page", [0, 1])
def test_a_lasting_fault_is_told_and_moves_no_watermark(
    world: ArxivWorld, http: Http, fault: Any, reason: str, page: int
) -> None:
    world.fail(fault, after=page, times=None)
    batches, error = read(source(world, http))
    assert error is not None
    assert reason in error.reason
    assert last_watermark(batches) is None
    assert len(world.requests) < 80

    world.recover()
    again, error = read(source(world, http))
    assert error is None
    assert names(again) == {paper.id for paper in world.papers}


def test_a_failure_on_the_way_keeps_the_windows_before_it(world: ArxivWorld, http: Http) -> None:
    world.papers = records(60, first=date(2026, 2, 1), per_day=1)
    world.fail(Answer(503), after=2, times=None)
    batches, error = read(source(world, http, first_days=60), None, date(2026, 4, 1))
    assert error is not None
    assert last_watermark(batches) == "2026-02-28"
    assert error.attempt == 5
    assert error.url.startswith(world.api)


def test_a_day_that_stays_short_does_not_hide_the_days_after_it(
    world: ArxivWorld, http: Http
) -> None:
    hidden = world.papers[3]

    def lies(request: Any, answer: Answer) -> Answer:
        if "Invented study number 4<" not in answer.body:
            return answer
        body = answer.body.replace(f"abs/{hidden.id}v1</id>", f"abs/{world.papers[4].id}v1</id>")
        return replace(answer, body=body)

    world.fail(lies, times=None)
    batches, error = read(source(world, http))
    assert error is not None
    assert "9 of 10 from 2026-03-02" in error.reason
    assert names(batches) == {paper.id for paper in world.papers} - {hidden.id}
    assert last_watermark(batches) is None


def test_a_half_that_claims_to_be_empty_is_not_believed(world: ArxivWorld, http: Http) -> None:
    """The API says now and then that there is nothing where there is."""

    def nothing(request: Request, answer: Answer) -> Answer:
        if "202602280000 TO 202603062359" not in request.query["search_query"]:
            return feed([], total=0)
        is_a_page = request.query["max_results"] != "1"
        return without_first_entry(request, answer) if is_a_page else answer

    world.fail(nothing, times=None)
    batches, error = read(source(world, http))
    assert error is not None
    assert "of 50 from 2026-02-28" in error.reason
    assert last_watermark(batches) is None


def test_no_paper_where_there_always_are_some_is_a_failure(world: ArxivWorld, http: Http) -> None:
    batches, error = read(source(world, http), "2026-03-09", date(2026, 3, 20))
    assert error is not None
    assert "are usual" in error.reason
    assert last_watermark(batches) is None


def test_no_paper_over_a_weekend_is_waited_out(world: ArxivWorld, http: Http) -> None:
    batches, error = read(source(world, http), "2026-03-09", date(2026, 3, 10))
    assert (batches, error) == ([], None)


def test_no_paper_in_a_small_category_is_a_quiet_fortnight(world: ArxivWorld, http: Http) -> None:
    world.papers = records(2, first=date(2026, 2, 20), per_day=1)
    batches, error = read(source(world, http), "2026-03-05", date(2026, 3, 14))
    assert error is None
    assert last_watermark(batches) == "2026-03-14"


def test_a_category_that_never_has_papers_is_doubted(world: ArxivWorld, http: Http) -> None:
    _, error = read(source(world, http, categories=("cs.XX",)))
    assert error is not None
    assert "check the categories' names" in error.reason


def test_the_same_question_twice_a_day_is_asked_once(world: ArxivWorld, http: Http) -> None:
    first, _ = read(source(world, http))
    asked = len(world.requests)
    second, _ = read(source(world, http))
    assert len(world.requests) == asked
    assert first == second


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(orders=st.lists(st.permutations(range(20)), min_size=3, max_size=3), data=st.data())
def test_pages_shuffled_or_with_duplicates_lose_nothing_and_double_nothing(
    orders: list[list[int]], data: st.DataObject
) -> None:
    """Also when a page repeats papers in the place of others."""
    repeats = data.draw(st.lists(st.integers(0, 19), max_size=3))
    with ArxivWorld(records(50)) as world, Http() as http:
        for order in orders:
            spoiled = [*order[: 20 - len(repeats)], *repeats]
            world.fail(reordered(*spoiled))
        batches, error = read(source(world, http))
        assert error is None
        assert names(batches) == {paper.id for paper in world.papers}
        final = [paper for batch in batches for paper in batch.papers]
        kept = {paper.identifier("arxiv"): paper for paper in final}
        assert len(kept) == len(world.papers)


def test_looks_papers_up_in_batches(world: ArxivWorld, http: Http) -> None:
    world.papers = records(700, per_day=100)
    wanted = [paper.id for paper in world.papers]
    found = list(source(world, http).look_up([*wanted, *wanted, "2603.99999"]))
    assert sorted(paper.identifier("arxiv") or "" for paper in found) == sorted(wanted)
    assert len(world.requests) == 3


def test_one_wrong_identifier_does_not_spoil_a_look_up(world: ArxivWorld, http: Http) -> None:
    found = source(world, http).look_up(["2603.00001", "nonsense", "2603.00002"])
    assert {paper.identifier("arxiv") for paper in found} == {"2603.00001", "2603.00002"}


def test_a_look_up_that_comes_short_is_made_again_in_halves(world: ArxivWorld, http: Http) -> None:
    wanted = [paper.id for paper in world.papers]
    world.fail(without_first_entry)
    found = list(source(world, http).look_up(wanted))
    assert sorted(paper.identifier("arxiv") or "" for paper in found) == sorted(wanted)
    assert len(world.requests) == 4


def test_a_look_up_that_fails_says_so(world: ArxivWorld, http: Http) -> None:
    world.fail(Answer(503), times=None)
    with pytest.raises(SourceError, match="503"):
        list(source(world, http).look_up(["2603.00001"]))


def test_the_package_still_uses_the_session_it_is_given() -> None:
    """What our `_CheckedSession` relies on in the arxiv package."""
    asked: list[str] = []

    class Session:
        get: Callable[..., Answer]

        def get(self, url: str, headers: object = None) -> Any:  # type: ignore[no-redef]
            asked.append(url)
            raise LookupError

    client = arxiv.Client(page_size=7, delay_seconds=0, num_retries=0)
    client._session = Session()
    client.query_url_format = "http://127.0.0.1/api?{}"
    with pytest.raises(LookupError):
        next(client.results(arxiv.Search("x", max_results=None)))
    assert asked[0].startswith("http://127.0.0.1/api?search_query=x")
    assert "max_results=7" in asked[0]
