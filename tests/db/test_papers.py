"""Merging: what is one paper, whatever the order; what is kept; what can be undone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from db import history, papers
from db.index import Index
from tracker.identifiers import Identifier, identify
from tracker.paper import Paper

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
LATER = datetime(2025, 3, 2, 12, tzinfo=UTC)
TITLE = "A Quiet Study of Imaginary Hedgehogs in Winter"
AUTHORS = ("Ada Example", "Bo Sørensen")


@pytest.fixture
def index() -> Iterator[Index]:
    with Index.open("sqlite://") as index:
        yield index


def paper(title: str = TITLE, *names: str, authors: tuple[str, ...] = AUTHORS) -> Paper:
    identifiers = tuple(identifier for name in names for identifier in identify(name))
    return Paper(title=title, identifiers=identifiers, authors=authors)


def merge(index: Index, *found: Paper, source: str = "arxiv") -> papers.Merged:
    with index.write() as session:
        return papers.merge(session, found, source=source, seen_at=NOW)


def test_a_preprint_and_its_publication_are_one_paper_by_title_and_authors(index: Index) -> None:
    first = merge(index, paper(TITLE, "arXiv:2501.00001v1"))
    second = merge(
        index,
        paper(TITLE.upper() + ".", "doi:10.1234/quiet", authors=("Example, A.", "Sorensen, B")),
        source="journal",
    )
    assert second.ids == first.ids
    assert second.known == set(first.ids)
    with index.read() as session:
        kept = papers.get(session, first.ids[0])
    assert {str(name) for name in kept.identifiers} == {"arxiv:2501.00001", "doi:10.1234/quiet"}


def test_a_merge_can_be_undone_and_what_belonged_to_the_paper_goes_back(index: Index) -> None:
    one = merge(index, paper("First Title of a Paper About Nothing", "2501.00001")).ids[0]
    two = merge(index, paper("Another Title of Something Else", "doi:10.1234/x"), source="j").ids[0]
    with index.write() as session:
        history.add_proposal(
            session, history.Proposal(paper=two, section=("A",), confidence=1, relevance=1), at=NOW
        )
    bridge = paper("First Title of a Paper About Nothing", "2501.00001", "doi:10.1234/x")
    assert merge(index, bridge, source="s2").absorbed == {two}
    with index.read() as session:
        assert papers.resolve(session, two) == one
        assert history.proposals(session, paper=one)
        (undo,) = papers.merges(session, one)
        assert undo.id is not None
    with index.write() as session:
        assert papers.unmerge(session, undo.id, at=LATER) == two
    with index.read() as session:
        assert papers.get(session, two).title == "Another Title of Something Else"
        assert len(history.proposals(session, paper=two)) == 1
        assert len(papers.sightings(session, one)) == 2
    # Said again, it stays apart.
    assert merge(index, bridge, source="s3").absorbed == set()


def test_a_paper_holds_what_is_known_of_it(index: Index) -> None:
    whole = Paper(
        title=TITLE,
        identifiers=(Identifier("arxiv", "2501.00001"),),
        abstract="Nobody was harmed.",
        authors=AUTHORS,
        categories=("cs.CL",),
        published=date(2025, 1, 2),
        updated=date(2025, 1, 3),
        comment="3 pages",
        version=2,
        embedding=(0.5, -1.0),
    )
    number = merge(index, whole).ids[0]
    with index.read() as session:
        assert papers.get(session, number) == whole
        assert papers.find(session, "https://arxiv.org/pdf/2501.00001v2") == [number]
        assert papers.find(session, TITLE.lower()) == [number]
