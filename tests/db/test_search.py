"""Searching and exporting."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from db import papers, search
from db.index import Index
from db.payload import from_payload
from tests.db.conftest import Fresh
from tracker.identifiers import Identifier, identify
from tracker.paper import Link, Paper

NOW = datetime(2025, 3, 1, tzinfo=UTC)
SLEEP = Paper(
    title="How Imaginary Hedgehogs Sleep",
    identifiers=identify("2501.00001"),
    abstract="They curl up.\nNobody has ever seen a hedgehog yawn.",
    authors=("Zoë Müller",),
)
YAWN = Paper(
    title="Yawning: A Field Guide",
    identifiers=identify("2501.00002"),
    abstract="Mostly about lions.",
)


@pytest.fixture
def filled(index: Index) -> Index:
    with index.write() as session:
        papers.merge(session, [SLEEP, YAWN], source="arxiv", seen_at=NOW)
    return index


def titles(index: Index, query: str, *, marks: tuple[str, str] = ("", "")) -> Sequence[str]:
    with index.read() as session:
        return [hit.title for hit in search.search(session, query, marks=marks)]


def test_words_are_found_in_any_order_and_form_the_title_first(filled: Index) -> None:
    assert titles(filled, "sleeping HEDGEHOG") == [SLEEP.title]
    assert titles(filled, "yawn") == [YAWN.title, SLEEP.title]
    assert titles(filled, "muller") == [SLEEP.title]


def test_quoted_words_stand_side_by_side(filled: Index) -> None:
    assert titles(filled, '"imaginary hedgehogs"') == [SLEEP.title]
    assert titles(filled, '"hedgehogs imaginary"') == []


def test_without_a_paper_that_has_all_words_some_words_do(filled: Index) -> None:
    assert titles(filled, "lions submarines") == [YAWN.title]
    assert titles(filled, "submarines") == []
    assert titles(filled, "") == []


def test_a_snippet_is_one_line_with_marks(filled: Index) -> None:
    with filled.read() as session:
        hit, *_ = search.search(session, "curl", marks=("[", "]"))
    assert hit.snippet == "They [curl] up. Nobody has ever seen a hedgehog yawn."


def test_what_changes_is_found_as_it_is_now(filled: Index) -> None:
    newer = Paper(
        title="How Invented Hedgehogs Sleep",
        identifiers=SLEEP.identifiers,
        categories=("cs.CL",),
        version=2,
    )
    with filled.write() as session:
        papers.merge(session, [newer], source="arxiv", seen_at=NOW)
        session.execute(text("INSERT INTO paper_text(paper_text) VALUES ('integrity-check')"))
    assert titles(filled, "invented") == [newer.title]
    assert titles(filled, "imaginary") == []


@given(st.text() | st.from_regex(r'[\w"*:^()+{}\s-]{0,30}(AND|OR|NOT|NEAR)?.{0,9}'))
def test_no_query_is_too_strange(fresh: Fresh, query: str) -> None:
    with fresh() as session:
        papers.merge(session, [SLEEP], source="arxiv", seen_at=NOW)
        search.search(session, query)


def test_the_plain_search_of_other_databases_gives_the_same_papers(filled: Index) -> None:
    with filled.read() as session:
        hits = search._search_plainly(session, ["yawn"], 5)
    assert [hit.title for hit in hits] == [YAWN.title, SLEEP.title]


def test_an_export_holds_everything(index: Index) -> None:
    whole = Paper(
        title="Sleep",
        identifiers=(Identifier("arxiv", "2501.00001"), Identifier("doi", "10.1234/x")),
        abstract="Ünïcode\nand lines",
        authors=("A B",),
        categories=("cs.CL", "cs.AI"),
        published=date(2025, 1, 2),
        updated=date(2025, 2, 2),
        venue="A Journal",
        comment="3 pages",
        version=3,
        links=(Link("code", "https://example.org/code"),),
    )
    with index.write() as session:
        papers.merge(session, [whole], source="arxiv", seen_at=NOW)
        (line,) = list(search.export(session))
    assert "\n" not in line
    read = json.loads(line)
    assert read["id"] == "2501.00001"
    assert read["doi"] == "10.1234/x"
    assert read["journal_ref"] == "A Journal"
    assert from_payload(read) == whole
