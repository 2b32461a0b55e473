"""Semantic Scholar against a stand-in that fails as the real one does."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.world.semantic_scholar import (
    CUT_OFF,
    ERROR_WITH_200,
    FORBIDDEN,
    INTERNAL,
    TOO_MANY,
    SemanticScholarWorld,
    record,
)
from tests.world.server import Answer, Fault
from tracker.errors import SourceError
from tracker.http import Http
from tracker.identifiers import Identifier
from tracker.paper import Link
from tracker.sources import Batch
from tracker.sources.semantic_scholar import (
    CitationSource,
    RecommendationSource,
    SearchSource,
    SemanticScholar,
)
from tracker.sources.semantic_scholar_papers import name_of, paper_of

UNTIL = date(2026, 3, 20)
WORDS = '"language model" + (medical | clinical) -"R&D"'


@pytest.fixture
def world() -> Iterator[SemanticScholarWorld]:
    with SemanticScholarWorld([record(n) for n in range(1, 26)], page=10) as world:
        yield world


@pytest.fixture
def client(world: SemanticScholarWorld, http: Http) -> SemanticScholar:
    return SemanticScholar(world.url, http, "the-key")


def ids(batches: list[Batch]) -> list[str]:
    return [paper.identifier("arxiv") or "" for batch in batches for paper in batch.papers]


def up_to(day: date) -> set[str]:
    papers = [record(n) for n in range(1, 26)]
    return {p["externalIds"]["ArXiv"] for p in papers if p["publicationDate"] <= day.isoformat()}


def test_a_record_becomes_a_paper() -> None:
    paper = paper_of(
        record(
            7,
            title=" Invented\n things ",
            externalIds={
                "ArXiv": "2603.00007",
                "DOI": "10.1234/ABC",
                "PubMed": "99",
                "PubMedCentral": "1234",
                "ACL": "2026.acl-long.7",
            },
            publicationVenue=None,
            journal={"name": "Inventions"},
            abstract="See https://github.com/ada/things for code.",
            openAccessPdf={"url": "https://a.example/p.pdf", "status": "GREEN"},
            embedding={"model": "specter_v2", "vector": [0.25] * 768},
        )
    )
    assert paper is not None
    assert paper.title == "Invented things"
    assert [str(i) for i in paper.identifiers] == [
        "arxiv:2603.00007",
        "doi:10.1234/abc",
        "acl:2026.acl-long.7",
        "pmid:99",
        "pmcid:PMC1234",
        f"s2:{7:040x}",
        "corpus:1000007",
    ]
    assert paper.venue == "Inventions"
    assert paper.published == date(2026, 3, 8)
    assert paper.authors == ("Ada Muster", "Bo B.")
    assert paper.links == (
        Link("paper", "https://a.example/p.pdf"),
        Link("code", "https://github.com/ada/things"),
    )
    assert len(paper.embedding) == 768


def test_arxiv_is_no_venue_and_its_doi_no_doi() -> None:
    paper = paper_of(record(7, externalIds={"DOI": "10.48550/arXiv.2603.00007"}))
    assert paper is not None
    assert paper.venue == ""
    assert [i.scheme for i in paper.identifiers] == ["arxiv", "s2", "corpus"]


@pytest.mark.parametrize(
    "odd",
    [
        None,
        [],
        {},
        {"paperId": "x"},
        {"title": "Nameless"},
        {"title": None, "paperId": "x"},
    ],
)
def test_what_is_no_paper_is_left_out(odd: Any) -> None:
    assert paper_of(odd) is None


def test_fields_may_be_null() -> None:
    nulls = dict.fromkeys(record(1))
    paper = paper_of({**nulls, "title": "Bare", "paperId": "ab"})
    assert paper is not None
    assert (paper.title, paper.published, paper.venue, paper.authors) == ("Bare", None, "", ())


def test_an_embedding_of_another_model_is_not_taken_for_ours() -> None:
    paper = paper_of(record(1, embedding={"model": "specter_v1", "vector": [0.1] * 768}))
    assert paper is not None
    assert paper.embedding == ()


def test_identifiers_in_its_words() -> None:
    assert name_of(Identifier("arxiv", "2603.00001")) == "ARXIV:2603.00001"
    assert name_of(Identifier("pmcid", "PMC12")) == "PMCID:12"
    assert name_of(Identifier("url", "https://a.example")) == ""


def test_a_search_follows_the_token_to_the_end(
    world: SemanticScholarWorld, client: SemanticScholar
) -> None:
    batches = list(SearchSource(client, WORDS).read(None, UNTIL))
    assert set(ids(batches)) == up_to(UNTIL)
    assert len(ids(batches)) == len(set(ids(batches)))
    assert batches[-1].watermark == "2026-03-20"
    assert [request.query.get("token") for request in world.requests] == [None, "T10=="]
    assert all(request.query["query"] == WORDS for request in world.requests)
    assert world.requests[0].query["publicationDateOrYear"] == "2026-02-18:2026-03-20"
    assert "abstract" in world.requests[0].query["fields"]


def test_the_next_search_starts_a_month_before_the_watermark(
    world: SemanticScholarWorld, client: SemanticScholar
) -> None:
    list(SearchSource(client, WORDS).read("2026-03-15", UNTIL))
    assert world.requests[0].query["publicationDateOrYear"] == "2026-02-13:2026-03-20"


def test_nothing_found_is_an_answer(client: SemanticScholar, world: SemanticScholarWorld) -> None:
    world.fail(Answer(200, {"total": 0, "offset": 0}))
    batches = list(SearchSource(client, "x").read(None, UNTIL))
    assert ids(batches) == []
    assert batches[-1].watermark == "2026-03-20"
    assert len(world.requests) == 1


def test_the_key_goes_along_everywhere(
    world: SemanticScholarWorld, client: SemanticScholar
) -> None:
    world.citations["ARXIV:2311.05112"] = [record(1)]
    list(SearchSource(client, "x").read(None, UNTIL))
    list(CitationSource(client, "ARXIV:2311.05112").read(None, UNTIL))
    list(RecommendationSource(client, [Identifier("arxiv", "2603.00001")], []).read(None, UNTIL))
    list(client.look_up([Identifier("arxiv", "2603.00001")]))
    assert len(world.requests) == 5
    assert {request.header("x-api-key") for request in world.requests} == {"the-key"}


def test_without_a_key_none_is_sent(world: SemanticScholarWorld, http: Http) -> None:
    list(SearchSource(SemanticScholar(world.url, http), "x").read(None, UNTIL))
    assert world.requests[0].header("x-api-key") == ""


def test_citations_page_by_page(world: SemanticScholarWorld, http: Http) -> None:
    # The stand-in may give fewer papers than asked for only on its last page, as the real one.
    citing = [record(n) for n in range(1, 1500)]
    with SemanticScholarWorld(page=1_000) as large:
        large.citations["ARXIV:2311.05112"] = citing
        source = CitationSource(SemanticScholar(large.url, http), "ARXIV:2311.05112")
        batches = list(source.read(None, date(2026, 3, 31)))
        assert len(set(ids(batches))) == 1499
        assert [request.query["offset"] for request in large.requests] == ["0", "1000"]
    assert source.query == "citations ARXIV:2311.05112"


def test_later_only_recent_citations_are_new(
    world: SemanticScholarWorld, client: SemanticScholar
) -> None:
    old = record(90, publicationDate="2020-01-01")
    undated = record(91, publicationDate=None, externalIds={})
    world.citations["DOI:10.1234/a"] = [old, undated, record(1)]
    source = CitationSource(client, "DOI:10.1234/a")
    first = [p.title for b in source.read(None, UNTIL) for p in b.papers]
    later = [p.title for b in source.read("2026-03-15", UNTIL) for p in b.papers]
    assert len(first) == 3
    assert later == ["Invented study number 91", "Invented study number 1"]


def test_recommendations_learn_from_list_and_rejections(
    world: SemanticScholarWorld, client: SemanticScholar
) -> None:
    world.recommended = [record(3), record(27)]
    liked = [Identifier("arxiv", "2603.00001"), Identifier("url", "https://a.example")]
    source = RecommendationSource(client, liked, [Identifier("doi", "10.1234/no")])
    batches = list(source.read(None, UNTIL))
    assert ids(batches) == ["2603.00003"]
    assert world.requests[0].json() == {
        "positivePaperIds": ["ARXIV:2603.00001"],
        "negativePaperIds": ["DOI:10.1234/no"],
    }


def test_one_unknown_example_does_not_spoil_the_recommendations(
    world: SemanticScholarWorld, client: SemanticScholar
) -> None:
    world.recommended = [record(3)]
    world.unknown_examples = {"2603.99999"}
    liked = [Identifier("arxiv", "2603.99999"), Identifier("arxiv", "2603.00001")]
    assert ids(list(RecommendationSource(client, liked, []).read(None, UNTIL))) == ["2603.00003"]
    assert world.requests[-1].json()["positivePaperIds"] == [f"{1:040x}"]


def test_nothing_to_learn_from_is_no_question(
    world: SemanticScholarWorld, client: SemanticScholar
) -> None:
    assert list(RecommendationSource(client, [], []).read(None, UNTIL)) == []
    assert world.requests == []


def test_looks_up_five_hundred_at_a_time(world: SemanticScholarWorld, http: Http) -> None:
    with SemanticScholarWorld([record(n) for n in range(1, 1201)]) as large:
        client = SemanticScholar(large.url, http)
        asked = [Identifier("arxiv", f"2603.{n:05d}") for n in range(1, 1301)]
        found = list(client.look_up(asked))
        assert len(found) == 1200
        assert [len(request.json()["ids"]) for request in large.requests] == [500, 500, 300]
        assert "embedding.specter_v2" in large.requests[0].query["fields"]


def test_a_paper_looked_up_carries_the_name_it_was_asked_by(
    world: SemanticScholarWorld, client: SemanticScholar
) -> None:
    world.papers = [record(1, externalIds={"DOI": "10.1234/B"})]
    wanted = [Identifier("arxiv", "2603.77777"), Identifier("doi", "10.1234/b")]
    [paper] = client.look_up(wanted)
    assert Identifier("doi", "10.1234/b") in paper.identifiers
    assert Identifier("arxiv", "2603.77777") not in paper.identifiers


def test_nothing_known_of_is_no_failure(client: SemanticScholar) -> None:
    assert list(client.look_up([Identifier("doi", "10.1234/unknown")])) == []


def test_an_answer_too_large_is_asked_for_in_halves(
    world: SemanticScholarWorld, client: SemanticScholar
) -> None:
    world.fail(Answer(400, {"error": "Response would exceed maximum size of 10 MB"}))
    found = list(client.look_up([Identifier("arxiv", f"2603.{n:05d}") for n in range(1, 11)]))
    assert len(found) == 10
    assert [len(request.json()["ids"]) for request in world.requests] == [10, 5, 5]


@pytest.mark.parametrize("fault", [FORBIDDEN, TOO_MANY, INTERNAL, ERROR_WITH_200, CUT_OFF])
def test_recommendations_that_fail_are_told(
    world: SemanticScholarWorld, client: SemanticScholar, fault: Answer
) -> None:
    world.recommended = [record(3)]
    source = RecommendationSource(client, [Identifier("arxiv", "2603.00001")], [])
    world.fail(fault, times=None)
    with pytest.raises(SourceError, match="semantic_scholar"):
        list(source.read(None, UNTIL))


def test_an_end_far_from_the_total_is_a_failure(
    world: SemanticScholarWorld, client: SemanticScholar
) -> None:
    world.fail(Answer(200, {"total": 2674, "data": [record(1)]}))
    with pytest.raises(SourceError, match="gave 1 of about 2,674"):
        list(SearchSource(client, "x").read(None, UNTIL))


def test_a_fault_on_a_later_page_moves_no_watermark(
    world: SemanticScholarWorld, client: SemanticScholar
) -> None:
    world.fail(Answer(401), after=1, times=None)
    batches: list[Batch] = []
    with pytest.raises(SourceError, match="401"):
        batches.extend(SearchSource(client, "x").read(None, UNTIL))
    assert ids(batches)
    assert all(batch.watermark is None for batch in batches)


def test_a_token_that_leads_in_a_circle_is_noticed(
    world: SemanticScholarWorld, client: SemanticScholar
) -> None:
    world.fail(Answer(200, {"total": 9, "token": "T0==", "data": [record(1)]}), times=None)
    with pytest.raises(SourceError, match="same page"):
        list(SearchSource(client, "x").read(None, UNTIL))
    assert len(world.requests) == 2


def test_once_away_it_is_left_alone(world: SemanticScholarWorld, client: SemanticScholar) -> None:
    world.fail(Answer(503), times=None)
    with pytest.raises(SourceError, match="503"):
        list(SearchSource(client, "x").read(None, UNTIL))
    asked = len(world.requests)
    with pytest.raises(SourceError, match="left alone"):
        list(CitationSource(client, "ARXIV:1").read(None, UNTIL))
    with pytest.raises(SourceError, match="left alone"):
        list(client.look_up([Identifier("arxiv", "2603.00001")]))
    assert len(world.requests) == asked


def test_it_costs_a_minute_at_most(world: SemanticScholarWorld) -> None:
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    world.fail(Answer(429, headers={"Retry-After": "25"}), times=None)
    with Http(clock=lambda: now[0], sleep=sleep) as http:
        client = SemanticScholar(world.url, http)
        with pytest.raises(SourceError, match="429"):
            list(SearchSource(client, "x").read(None, UNTIL))
    assert 0 < now[0] <= 60


def test_waiting_for_many_answers_costs_a_minute_in_all(world: SemanticScholarWorld) -> None:
    """Each answer comes after a wait of its own; together they use the patience up."""
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    slow = Answer(429, headers={"Retry-After": "25"})
    world.papers = [record(n, publicationDate="2026-03-03") for n in range(1, 100)]
    faults: list[Fault] = [slow, lambda _, answer: answer]
    world.fail(*faults * 10)
    batches: list[Batch] = []
    with Http(clock=lambda: now[0], sleep=sleep) as http:
        client = SemanticScholar(world.url, http)
        with pytest.raises(SourceError, match="429"):
            batches.extend(SearchSource(client, "x").read(None, UNTIL))
    assert len(ids(batches)) == 20
    assert now[0] == 50


def test_an_unknown_cited_paper_is_named(client: SemanticScholar) -> None:
    with pytest.raises(SourceError, match="Paper with id ARXIV:9 not found"):
        list(CitationSource(client, "ARXIV:9").read(None, UNTIL))


def test_the_root_logger_is_left_alone(client: SemanticScholar) -> None:
    root = logging.getLogger()
    before = list(root.handlers), root.level
    client.api.debug = True
    assert (list(root.handlers), root.level) == before
