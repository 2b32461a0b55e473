"""Harvesting over OAI-PMH: windows, tokens, going on after a break, faults."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice

import pytest

from tests.world.oai import OaiRecord, OaiWorld, error, oai_records, token_of
from tests.world.server import Answer
from tracker.errors import SourceError
from tracker.http import Http
from tracker.identifiers import Identifier
from tracker.paper import Paper
from tracker.sources import Batch
from tracker.sources.oai import OaiSource

UNTIL = date(2026, 3, 6)


@pytest.fixture
def world() -> Iterator[OaiWorld]:
    with OaiWorld(oai_records(45)) as world:
        yield world


@pytest.fixture
def source(world: OaiWorld, http: Http) -> OaiSource:
    return source_of(world, http)


def source_of(world: OaiWorld, http: Http) -> OaiSource:
    return OaiSource(world.url + "/oai", "cs", http, today=lambda: date(2026, 4, 1))


def names(batches: list[Batch]) -> list[str]:
    return [paper.identifier("arxiv") or "" for batch in batches for paper in batch.papers]


def all_names(world: OaiWorld) -> list[str]:
    return [record.id for record in world.records]


def test_a_record_becomes_a_paper(world: OaiWorld, source: OaiSource) -> None:
    world.records = [
        OaiRecord(
            id="2603.00001", changed=UNTIL, title="On <b> & c", doi="10.1234/A", journal_ref="J. 1"
        )
    ]
    [first, _] = source.read(None, UNTIL)
    assert first.papers == (
        Paper(
            title="On <b> & c",
            identifiers=(Identifier("arxiv", "2603.00001"), Identifier("doi", "10.1234/a")),
            abstract="We find that $a<b$.",
            authors=("Ada Musić", "Bo Beispiel Jr."),
            categories=("cs.CL", "cs.AI"),
            published=date(2026, 3, 2),
            updated=UNTIL,
            venue="J. 1",
            comment="9 pages",
        ),
    )


@pytest.mark.parametrize("sized", [True, False])
def test_follows_tokens_to_the_end(http: Http, sized: bool) -> None:
    with OaiWorld(oai_records(45), sized=sized) as world:
        batches = list(source_of(world, http).read(None, UNTIL))
        assert names(batches) == all_names(world)
        assert len(world.requests) == 5
        assert world.requests[0].query == {
            "verb": "ListRecords",
            "metadataPrefix": "arXiv",
            "set": "cs",
            "from": "2026-02-28",
            "until": "2026-03-06",
        }
        assert set(world.requests[1].query) == {"verb", "resumptionToken"}


def test_the_next_harvest_starts_on_the_last_day(world: OaiWorld, source: OaiSource) -> None:
    watermark = list(source.read(None, date(2026, 3, 4)))[-1].watermark
    batches = list(source.read(watermark, UNTIL))
    assert set(names(batches)) == {r.id for r in world.records if r.changed >= date(2026, 3, 4)}


@pytest.mark.parametrize("pages", [1, 2, 4])
def test_a_harvest_that_broke_off_goes_on_at_its_last_page(
    world: OaiWorld, source: OaiSource, pages: int
) -> None:
    before = list(islice(source.read(None, UNTIL), pages))
    asked = len(world.requests)
    after = list(source.read(before[-1].watermark, UNTIL))
    assert names(before) + names(after) == all_names(world)
    assert len(world.requests) - asked == 5 - pages


def test_a_token_that_expired_starts_the_window_again(world: OaiWorld, source: OaiSource) -> None:
    before = list(islice(source.read(None, UNTIL), 2))
    world.fail(error("badResumptionToken", "gone"))
    after = list(source.read(before[-1].watermark, UNTIL))
    assert names(after) == all_names(world)


def test_tokens_that_expire_at_once_end_the_harvest(world: OaiWorld, source: OaiSource) -> None:
    world.expired = {token_of("2026-02-28", "2026-03-06", 10)}
    with pytest.raises(SourceError, match="expire at once"):
        list(source.read(None, UNTIL))
    assert len(world.requests) == 4


def test_deleted_records_are_counted_and_left_out(world: OaiWorld, source: OaiSource) -> None:
    world.records[3] = OaiRecord(id="2603.00004", changed=date(2026, 3, 2), deleted=True)
    batches = list(source.read(None, UNTIL))
    assert len(names(batches)) == 44
    assert batches[-1].watermark is not None


def test_nothing_changed_is_an_answer(source: OaiSource) -> None:
    batches = list(source.read("2026-03-20", date(2026, 3, 22)))
    assert names(batches) == []
    assert '"day":"2026-03-22"' in (batches[-1].watermark or "")


def test_a_run_of_an_earlier_day_asks_nothing(world: OaiWorld, source: OaiSource) -> None:
    assert list(source.read("2026-03-20", UNTIL)) == []
    assert world.requests == []


def test_a_day_that_is_not_over_is_read_again(world: OaiWorld, http: Http) -> None:
    source = OaiSource(world.url + "/oai", "cs", http, today=lambda: UNTIL)
    assert '"day":"2026-03-05"' in (list(source.read(None, UNTIL))[-1].watermark or "")


WHOLE = "<OAI-PMH xmlns='http://www.openarchives.org/OAI/2.0/'>{}</OAI-PMH>"
FAULTS = {
    "503": Answer(503),
    "XML that breaks off": Answer(200, WHOLE.format("<ListRecords>")[:-20]),
    "an answer without records": Answer(200, WHOLE.format("<ListRecords/>")),
    "an error of the protocol": error("badArgument", "no"),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_a_lasting_fault_is_told_and_the_rest_is_read_later(
    world: OaiWorld, source: OaiSource, fault: Answer
) -> None:
    world.fail(fault, after=2, times=None)
    before: list[Batch] = []
    with pytest.raises(SourceError, match="arxiv_oai"):
        before.extend(source.read(None, UNTIL))
    assert len(world.requests) <= 7
    world.recover()
    after = list(source.read(before[-1].watermark, UNTIL))
    assert names(before) + names(after) == all_names(world)


def test_fewer_records_than_announced_are_a_failure(world: OaiWorld, source: OaiSource) -> None:
    batches: list[Batch] = []
    world.fail(
        lambda _, answer: Answer(200, answer.body.replace('"45"', '"46"'), answer.headers),
        times=None,
    )
    with pytest.raises(SourceError, match="gave 45 of 46 records"):
        batches.extend(source.read(None, UNTIL))
    assert names(batches) == all_names(world)

    world.recover()
    last = next(batch.watermark for batch in reversed(batches) if batch.watermark)
    assert names(list(source.read(last, UNTIL))) == all_names(world)


def test_a_token_that_leads_in_a_circle_is_noticed(world: OaiWorld, source: OaiSource) -> None:
    world.fail(
        lambda _, answer: Answer(200, answer.body.replace("%3D20<", "%3D10<"), answer.headers),
        times=None,
    )
    with pytest.raises(SourceError, match="same page"):
        list(source.read(None, UNTIL))
