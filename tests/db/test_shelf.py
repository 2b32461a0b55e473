"""Old papers that never mattered lose their text and nothing else, and get it back when told."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from db import history, papers, search
from db.index import Index
from db.shelf import shelve, shelved
from tests.db.conftest import Fresh
from tests.db.test_identity import PAPER
from tracker.identifiers import Identifier, identify
from tracker.paper import Paper

THEN = datetime(2025, 3, 1, tzinfo=UTC)
NOW = THEN + timedelta(days=400)
TITLE = "A Quiet Study of Imaginary Hedgehogs in Winter"


def paper(number: int, **changed: object) -> Paper:
    whole = Paper(
        title=f"{TITLE}, Part {number}",
        identifiers=(Identifier("arxiv", f"2501.{number:05d}"),),
        abstract=f"Hedgehog number {number} slept.",
        authors=("Ada Example", "Bo Sørensen"),
        categories=("cs.CL",),
        published=date(2025, 1, 2),
        comment="3 pages",
        embedding=(0.5, -1.0),
    )
    return replace(whole, **changed)  # type: ignore[arg-type]


def merge(session: Session, *found: Paper, at: datetime = THEN, source: str = "x") -> list[int]:
    return list(papers.merge(session, found, source=source, seen_at=at).ids)


def test_what_was_of_use_is_kept_whole(index: Index) -> None:
    with index.write() as session:
        numbers = merge(session, *(paper(n) for n in range(6)))
        listed, proposed, decided, relevant, old, _ = numbers
        history.replace_listing(
            session, [history.Listing(file="R.md", line=1, section=(), text="", paper=listed)]
        )
        proposal = history.Proposal(paper=proposed, section=("A",), confidence=1, relevance=1)
        history.add_proposal(session, proposal, at=THEN)
        history.add_decision(session, history.Decision(paper=decided, kind="rejected", at=THEN))
        [recent] = merge(session, paper(9), at=NOW)
        before = papers.load(session)
        assert shelve(session, before=NOW, keep=[relevant], at=NOW) == 2
        after = papers.load(session)
        assert shelve(session, before=NOW, keep=[relevant], at=NOW) == 0
        assert shelved(session, [*numbers, recent]) == dict.fromkeys(numbers[4:], NOW)
        assert list(papers.load(session, shelved=False)) == [*numbers[:4], recent]
    assert after[old] == replace(before[old], abstract="", embedding=())
    assert all(after[number] == before[number] for number in [*numbers[:4], recent])


def test_a_paper_on_the_shelf_is_known_and_found(index: Index) -> None:
    with index.write() as session:
        [number] = merge(session, paper(1))
        shelve(session, before=NOW, keep=(), at=NOW)
        journal = paper(1, identifiers=identify("10.1234/sleep"), abstract="", embedding=())
        merged = papers.merge(session, [journal], source="journal", seen_at=NOW)
        assert (merged.ids, merged.new) == ((number,), frozenset())
        assert list(shelved(session, [number])) == [number]
        assert [hit.paper for hit in search.search(session, "imaginary hedgehogs")] == [number]
        assert search.search(session, "slept") == []


def test_the_file_shrinks_with_what_is_given_up(tmp_path: Path) -> None:
    words = [f"word{number}" for number in range(400)]
    with Index.open(f"sqlite:///{tmp_path}/papers.sqlite") as index:
        with index.write() as session:
            texts = (" ".join(words[n % 7 :: 2]) for n in range(200))
            merge(session, *(paper(n, abstract=text) for n, text in enumerate(texts)))
        sizes = []
        for number in range(2):
            with sqlite3.connect(tmp_path / "papers.sqlite") as connection:
                connection.execute("VACUUM INTO ?", (f"{tmp_path}/copy{number}.sqlite",))
            connection.close()
            sizes.append((tmp_path / f"copy{number}.sqlite").stat().st_size)
            with index.write() as session:
                shelve(session, before=NOW, keep=(), at=NOW)
    assert sizes[1] < sizes[0] / 2


def test_the_same_words_said_again_bring_it_back(index: Index) -> None:
    with index.write() as session:
        whole, bare = paper(1), paper(2, abstract="", embedding=())
        numbers = merge(session, whole, bare)
        shelve(session, before=NOW, keep=(), at=NOW)
        assert merge(session, whole, bare, at=NOW) == numbers
        assert list(shelved(session, numbers)) == numbers[1:]
        assert papers.load(session) == dict(zip(numbers, [whole, bare], strict=True))
        [sighting] = papers.sightings(session, numbers[0])
        assert (sighting.paper, sighting.first_seen, sighting.last_seen) == (whole, THEN, NOW)


def test_a_new_version_brings_it_back(index: Index) -> None:
    with index.write() as session:
        [number] = merge(session, paper(1))
        shelve(session, before=NOW, keep=(), at=NOW)
        merge(session, paper(1, version=2, abstract="It slept longer."), at=NOW)
        assert shelved(session, [number]) == {}
        assert papers.get(session, number).abstract == "It slept longer."


def test_one_paper_with_another_that_was_shelved(index: Index) -> None:
    with index.write() as session:
        [one] = merge(session, paper(1, title="First Title of a Paper About Nothing"))
        [two] = merge(session, paper(2, title="Another Title of Something Else"))
        shelve(session, before=NOW, keep=[one], at=NOW)
        names = (*paper(1).identifiers, *paper(2).identifiers[:1])
        bridge = replace(paper(3), identifiers=(names[0], Identifier("doi", "10.1234/z")))
        merge(session, bridge, at=NOW)
        doi = (Identifier("doi", "10.1234/z"),)
        other = paper(2, title="Another Title of Something Else", identifiers=doi)
        merged = papers.merge(session, [other], source="s", seen_at=NOW)
        assert set(merged.ids) <= {one, two}
        assert set(shelved(session, [one, two])) <= set(papers.load(session))


@settings(deadline=None, max_examples=40)
@given(st.lists(PAPER, max_size=8), st.lists(st.integers(1, 3), max_size=4))
def test_said_again_it_is_as_if_nothing_was_given_up(
    fresh: Fresh, found: list[Paper], batches: Sequence[int]
) -> None:
    with fresh() as session:
        merge(session, *found)
        expected = papers.load(session)
    with fresh() as session:
        start = 0
        for size in [*batches, len(found)]:
            merge(session, *found[start : start + size])
            shelve(session, before=NOW, keep=(), at=NOW)
            start += size
        merge(session, *found)
        again = papers.load(session)
    assert set(again.values()) == set(expected.values())
