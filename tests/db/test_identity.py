"""One paper or two, and that the order of arrival has no say in it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from db import papers
from db.consolidate import READING_LIST
from db.identity import AUTHORS, IDENTIFIER, TITLE, Record, group, link
from tests.db.conftest import Fresh
from tracker.identifiers import Identifier, identify
from tracker.paper import Link, Paper

NOW = datetime(2025, 3, 1, tzinfo=UTC)
LONG = "Imaginary Hedgehogs in Winter and the Models That Describe Their Sleep"
TWO = ("Ada Example", "Bo Sørensen")


def record(title: str, *names: str, authors: Sequence[str] = (), year: int | None = None) -> Record:
    found = tuple(identifier for name in names for identifier in identify(name))
    published = date(year, 1, 1) if year else None
    paper = Paper(title=title, identifiers=found, authors=tuple(authors), published=published)
    return Record("source", "", paper)


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        # An identifier decides, whatever the titles.
        (record("A", "2501.00001v1"), record("B", "arxiv.org/pdf/2501.00001v3"), IDENTIFIER),
        (record("A", "2501.00001"), record("B", "10.48550/arXiv.2501.00001"), IDENTIFIER),
        (record("A", "10.18653/v1/2023.x-main.1"), record("B", "ACL:2023.x-main.1"), IDENTIFIER),
        # Title and authors decide, in any spelling.
        (record(LONG, authors=TWO), record(LONG.upper(), authors=["Sorensen, B."]), AUTHORS),
        (record(LONG, authors=TWO), record(LONG + ".", authors=["Example A", "Other C"]), AUTHORS),
        (record(LONG, authors=TWO), record(LONG.replace("Hedge", "Hegde"), authors=TWO), AUTHORS),
        (record(LONG, authors=TWO), record(LONG.replace("the ", ""), authors=TWO), AUTHORS),
        (record("Tiny Hedgehogs", authors=TWO), record("Tiny hedgehogs", authors=TWO), AUTHORS),
        # A title alone has to be long.
        (record(LONG), record(LONG, authors=TWO), TITLE),
        (record("Tiny Hedgehogs"), record("Tiny hedgehogs"), None),
        # Different people, different years, different identifiers: different papers.
        (record(LONG, authors=TWO), record(LONG, authors=["Cy Other"]), None),
        (record("Tiny Hogs", authors=TWO, year=2010), record("Tiny Hogs", authors=TWO), None),
        (record("Big Hedgehogs", authors=TWO, year=2010),
         record("Big Hedgehogs", authors=TWO, year=2020), None),
        (record(LONG, "2501.00001", authors=TWO), record(LONG, "2501.00002", authors=TWO), None),
        (record(LONG, "10.1234/a", authors=TWO), record(LONG, "10.1234/b", authors=TWO), None),
        # A preprint server's DOI beside the publisher's is no contradiction.
        (record(LONG, "10.1101/2024.01.01.24300001"), record(LONG, "10.1234/b"), TITLE),
        # Where different papers of the same people differ.
        (record("2D " + LONG, authors=TWO), record("3D " + LONG, authors=TWO), None),
        (record("Typical " + LONG, authors=TWO), record("Atypical " + LONG, authors=TWO), None),
        (record("CoGS: " + LONG, authors=TWO), record("CFGS: " + LONG, authors=TWO), None),
    ],
)  # fmt: skip
def test_two_records_are_linked(one: Record, other: Record, why: str | None) -> None:
    assert link(one, other) == why
    assert link(other, one) == why


def test_what_a_title_alone_could_mean_twice_stays_apart() -> None:
    one = record(LONG, "2501.00001", authors=["Ada Example"])
    two = record(LONG, "2501.00002", authors=["Cy Other"])
    entry = record(LONG, "https://example.org/x")
    assert len(group([one, entry])) == 1
    assert len(group([one, two, entry])) == 3


def test_a_volume_s_doi_does_not_make_its_papers_one() -> None:
    one = record("The First of the Proceedings", "2501.00001", "10.1234/volume")
    two = record("Another of the Proceedings", "2501.00002", "10.1234/volume")
    assert len(group([one, two])) == 2


def test_two_papers_may_share_a_project_page() -> None:
    one = record("The First of a Project", "10.1234/a", "https://example.org/project")
    two = record("Another of the Project", "10.1234/b", "https://example.org/project")
    assert len(group([one, two])) == 2


WORKSHOP = "https://example.org/workshop"


def test_papers_whose_only_link_is_one_page_are_told_apart_by_their_titles() -> None:
    burrows = record("Imaginary Hedgehogs in Winter", WORKSHOP)
    rockets = record("Paper Rockets That Never Start", WORKSHOP)
    again = record("Paper Rockets that Never Start: A Report", WORKSHOP)
    assert len(group([burrows, rockets])) == 2
    assert len(group([burrows, rockets, again])) == 2


def test_a_page_of_many_papers_names_none_of_them_however_alike_their_titles_are() -> None:
    things = ("Hedgehogs", "Rockets", "Teapots", "Umbrellas")
    models = [record(f"Large Language Models for Invented {thing}", WORKSHOP) for thing in things]
    other = [record("A Study of Tin Cans", WORKSHOP), record("Where Do Lost Socks Go", WORKSHOP)]
    same = [record("large language models for invented teapots", WORKSHOP)]
    assert len(group(models + other + same)) == 6


def test_a_paper_renamed_on_its_own_page_is_one() -> None:
    before = record("Tiny Hedgehogs in Winter", "https://example.org/forum")
    after = record("Winter and How Tiny Hedgehogs Bear It", "https://example.org/forum")
    short = record("Hedgehogs", "https://example.org/forum")
    assert len(group([before, after, short])) == 1


FORUM = "https://openreview.net/forum?id=hEdGeh0g"
DOCUMENT = "https://ieeexplore.ieee.org/document/12345678"
ARTICLE = "https://journal.example.org/articles/tiny-hedgehogs"
REPOSITORY = "https://github.com/example/hedgehogs"


@pytest.mark.parametrize(
    ("page", "authors", "others", "papers"),
    [
        # An address with a number for each paper is the paper's own, as an arXiv number is.
        (FORUM, (), (), 1),
        (DOCUMENT, (), TWO, 1),
        (DOCUMENT, TWO[:1], TWO, 1),
        # Unless it stands beside a paper of other people by a slip.
        (FORUM, TWO, ("Cy Other", "Di Else"), 2),
        # Of other pages, authors who all agree say it; one alone writes several papers.
        (ARTICLE, TWO, ("Example, A.", "Sorensen, B."), 1),
        (ARTICLE, TWO, (), 2),
        (ARTICLE, TWO, (TWO[0], "Cy Other"), 2),
        (ARTICLE, TWO[:1], TWO[:1], 2),
        # The papers of one group share its code, and a venue's page is everyone's.
        (REPOSITORY, TWO, TWO, 2),
        ("https://openreview.net/group?id=Example.org/2024/Workshop", (), (), 2),
    ],
)  # fmt: skip
def test_unlike_titles_of_one_page_are_of_one_paper_where_address_or_authors_say_so(
    page: str, authors: Sequence[str], others: Sequence[str], papers: int
) -> None:
    one = record("Imaginary Hedgehogs in Winter", page, authors=authors)
    other = record("Paper Rockets That Never Start", page, authors=others)
    again = record("Paper Rockets that Never Start: A Report", page)
    assert len(group([one, other])) == papers
    assert len(group([one, other, again])) == papers


def test_a_line_with_links_to_two_papers_is_the_first_of_them() -> None:
    both = record("A Line", "2501.00001", "2501.00002")
    assert len(group([both, record("B", "2501.00002")])) == 2


ARXIV = st.sampled_from(["2501.00001", "2501.00002", "2501.00003"])
DOI = st.sampled_from(["10.1234/a", "10.1234/b", "10.1101/123456"])
URL = st.sampled_from(["https://example.org/1", "https://example.org/2"])


def _paper(
    arxiv: str | None, doi: str | None, url: str | None, title: str, authors: tuple[str, ...],
    year: int | None, abstract: str, version: int | None, venue: str, role: str | None,
) -> Paper:  # fmt: skip
    names = [
        Identifier(scheme, value)  # type: ignore[arg-type]
        for scheme, value in (("arxiv", arxiv), ("doi", doi), ("url", url))
        if value
    ]
    return Paper(
        title=title,
        identifiers=tuple(names),
        authors=authors,
        published=date(year, 5, 1) if year else None,
        abstract=abstract,
        version=version,
        venue=venue,
        links=(Link("code", f"https://example.org/{role}"),) if role else (),
    )


PAPER = st.builds(
    _paper,
    st.none() | ARXIV,
    st.none() | DOI,
    st.none() | URL,
    st.sampled_from(
        [LONG, LONG.upper(), LONG.replace("Hedge", "Hegde"), "Some Long Words", "Other Vases", "X"]
    ),
    st.sampled_from([(), TWO, ("Example, A.",), ("Cy Other",)]),
    st.sampled_from([None, 2020, 2021, 2029]),
    st.sampled_from(["", "Short.", "Short. And longer."]),
    st.sampled_from([None, 1, 2]),
    st.sampled_from(["", "arXiv", "Journal"]),
    st.sampled_from([None, "a", "b"]),
)  # fmt: skip
RECORD = st.tuples(st.sampled_from(["arxiv", "journal", READING_LIST]), PAPER)
Found = list[tuple[str, Paper]]


def keep(session: Session, found: Found, batches: Sequence[int]) -> None:
    start = 0
    for number, size in enumerate([*batches, len(found)]):
        batch = found[start : start + size]
        start += size
        at = NOW + timedelta(hours=number)
        for source in sorted({source for source, _ in batch}):
            given = [paper for said, paper in batch if said == source]
            papers.merge(session, given, source=source, seen_at=at)


def state(session: Session) -> set[tuple[Paper, frozenset[tuple[str, Paper]]]]:
    return {
        (paper, frozenset((s.source, s.paper) for s in papers.sightings(session, number)))
        for number, paper in papers.load(session).items()
    }


@settings(deadline=None, max_examples=50)
@given(
    st.lists(RECORD, max_size=9),
    st.randoms(use_true_random=False),
    st.lists(st.integers(1, 4), max_size=4),
)
def test_the_order_of_arrival_does_not_change_the_papers(
    fresh: Fresh, found: Found, chance: random.Random, batches: list[int]
) -> None:
    with fresh() as session:
        keep(session, found, [])
        expected = state(session)
    shuffled = list(found)
    chance.shuffle(shuffled)
    with fresh() as session:
        keep(session, shuffled, batches)
        assert state(session) == expected


@settings(deadline=None, max_examples=30)
@given(st.lists(RECORD, max_size=9), st.lists(st.integers(1, 4), max_size=4))
def test_nothing_a_source_said_is_lost_and_names_are_unique(
    fresh: Fresh, found: Found, batches: list[int]
) -> None:
    with fresh() as session:
        keep(session, found, batches)
        kept = state(session)
        assert {said for _, records in kept for said in records} == set(found)
        names = [name for paper, _ in kept for name in paper.identifiers]
        assert len(names) == len(set(names))
        for paper, _ in kept:
            for name in paper.identifiers:
                (number,) = papers.find(session, str(name) if name.scheme != "url" else name.value)
                assert papers.get(session, number) == paper


@settings(deadline=None, max_examples=25)
@given(st.lists(RECORD, min_size=2, max_size=8))
def test_every_merge_can_be_undone_and_stays_undone(fresh: Fresh, found: Found) -> None:
    with fresh() as session:
        keep(session, found, [1] * len(found))
        for number in papers.load(session):
            for merge in papers.merges(session, number):
                together = {s.record for s in papers.sightings(session, number)}
                came = set(merge.records)
                if merge.undone_at is None and came < together:
                    assert merge.id is not None
                    apart = papers.unmerge(session, merge.id, at=NOW)
                    assert {s.record for s in papers.sightings(session, apart)} & came
                    assert_apart(session, came, together - came)
                    # Heard again, they stay apart.
                    keep(session, found, [])
                    assert_apart(session, came, together - came)
        assert {said for _, records in state(session) for said in records} == set(found)


def assert_apart(session: Session, some: set[int], others: set[int]) -> None:
    for number in papers.load(session):
        records = {s.record for s in papers.sightings(session, number)}
        assert not (records & some and records & others)
