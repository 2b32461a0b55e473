"""Runs, watermarks, the listing, proposals, decisions and scores."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session

from db import history, papers
from db.history import Decision, Listing, Proposal, Score, Watermark
from db.index import Index
from tracker.identifiers import identify
from tracker.paper import Paper

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)


@pytest.fixture
def session(index: Index) -> Iterator[Session]:
    with index.write() as session:
        found = [
            Paper(title=f"Invented Paper {number}", identifiers=identify(f"2501.0000{number}"))
            for number in (1, 2, 3)
        ]
        papers.merge(session, found, source="arxiv", seen_at=NOW)
        yield session


def test_a_run_is_recorded_from_start_to_finish(session: Session) -> None:
    first = history.start_run(session, "run", started=NOW, as_of=date(2025, 3, 1))
    second = history.start_run(session, "links", started=LATER)
    history.finish_run(session, first, finished=LATER, status="done", funnel={"seen": 3})
    running, done = history.runs(session)
    assert (running.id, running.status, running.finished) == (second, "running", None)
    assert (done.as_of, done.finished, done.funnel) == (date(2025, 3, 1), LATER, {"seen": 3})
    assert history.runs(session, job="links") == [running]


def test_a_failure_leaves_the_watermark_where_it_was(session: Session) -> None:
    assert history.watermark(session, "arxiv", "cs.CL") is None
    history.note_new(session, "arxiv", "cs.CL", NOW)
    history.set_watermark(session, "arxiv", "cs.CL", "2025-02-28", NOW)
    history.fail_watermark(session, "arxiv", "cs.CL", "no answer", LATER)
    history.set_watermark(session, "arxiv", "cs.AI", "2025-03-01", NOW, new=2)
    assert history.watermark(session, "arxiv", "cs.CL") == "2025-02-28"
    assert history.watermarks(session) == [
        Watermark(
            source="arxiv", query="cs.AI", value="2025-03-01", last_success=NOW, last_new=NOW
        ),
        Watermark(
            source="arxiv",
            query="cs.CL",
            value="2025-02-28",
            last_success=NOW,
            last_failure=LATER,
            error="no answer",
            last_new=NOW,
        ),
    ]
    history.set_watermark(session, "arxiv", "cs.CL", "2025-03-01", LATER)
    assert history.watermarks(session)[1].error == ""


def test_the_listing_is_the_list_as_last_read(session: Session) -> None:
    one = Listing(file="README.md", line=3, section=("A", "B"), text="- One", paper=1)
    unread = Listing(file="README.md", line=4, section=("A",), text="- ?")
    history.replace_listing(session, [one, unread])
    assert history.listing(session) == [one, unread]
    assert history.listed_ids(session) == {1}
    history.replace_listing(session, [])
    assert history.listing(session) == []


def test_a_proposal_is_kept_as_made_and_changes_state(session: Session) -> None:
    run = history.start_run(session, "run", started=NOW)
    made = Proposal(
        paper=2,
        section=("A", "B"),
        confidence=0.75,
        relevance=0.5,
        alternatives=((("C",), 0.25),),
        evidence={"terms": ["sleep"]},
        text="- Two",
        file="README.md",
        line=7,
        run=run,
    )
    number = history.add_proposal(session, made, at=NOW)
    other = history.add_proposal(
        session, Proposal(paper=3, section=("A",), confidence=1, relevance=1), at=NOW
    )
    history.update_proposals(
        session, [number], at=LATER, state="moved", section=("C",), pull_request=5, branch="b"
    )
    (kept,) = history.proposals(session, pull_request=5)
    assert (kept.paper, kept.section, kept.state, kept.branch) == (2, ("C",), "moved", "b")
    assert (kept.alternatives, kept.evidence) == (made.alternatives, made.evidence)
    assert (kept.created_at, kept.updated_at, kept.run) == (NOW, LATER, run)
    assert [proposal.id for proposal in history.proposals(session, state="open")] == [other]
    assert history.proposals(session, paper=2) == [kept]


def test_an_unknown_field_of_a_proposal_is_an_error(session: Session) -> None:
    with pytest.raises(TypeError, match="stat"):
        history.update_proposals(session, [1], at=NOW, stat="open")


def test_a_decision_is_recorded_once(session: Session) -> None:
    moved = Decision(
        paper=1, kind="moved", at=NOW, from_section=("A",), to_section=("B",), who="ann", where="u"
    )
    assert history.add_decision(session, moved)
    assert not history.add_decision(session, moved)
    assert history.decisions(session) == [moved]
    assert history.decisions(session, paper=2) == []


def test_a_rejection_stands_until_it_is_taken_back(session: Session) -> None:
    def decide(paper: int, kind: history.Kind, days: int) -> None:
        at = NOW + timedelta(days=days)
        history.add_decision(session, Decision(paper=paper, kind=kind, at=at))

    decide(1, "rejected", 2)
    decide(1, "postponed", 3)
    decide(2, "rejected", 1)
    decide(2, "reconsidered", 2)
    decide(3, "rejected", 2)
    decide(3, "accepted", 1)  # told late: what counts is when it was done
    assert history.rejected_ids(session) == {1, 3}


def test_a_score_replaces_the_one_before(session: Session) -> None:
    history.save_scores(session, [Score(paper=1, relevance=0.1, at=NOW)])
    newer = Score(
        paper=1,
        relevance=0.9,
        at=LATER,
        section=("A",),
        confidence=0.5,
        alternatives=((("B",), 0.25),),
        evidence={"near": [2]},
    )
    history.save_scores(session, [newer])
    assert history.score(session, 1) == newer
    assert history.score(session, 2) is None


def test_small_values_are_remembered_and_forgotten(session: Session) -> None:
    history.remember(session, "turn", "arxiv", b"1", at=NOW)
    history.remember(session, "turn", "arxiv", b"2", at=LATER)
    assert history.recall(session, "turn", "arxiv") == (b"2", LATER)
    assert history.recall(session, "turn", "s2") is None
    history.forget(session, "turn", before=LATER)
    assert history.recall(session, "turn", "arxiv") == (b"2", LATER)
    history.forget(session, "turn", before=LATER + timedelta(days=1))
    assert history.recall(session, "turn", "arxiv") is None


def test_what_refers_to_an_absorbed_paper_follows_it(session: Session) -> None:
    history.replace_listing(
        session, [Listing(file="README.md", line=3, section=("A",), text="- Two", paper=2)]
    )
    history.add_decision(session, Decision(paper=2, kind="rejected", at=NOW))
    history.save_scores(session, [Score(paper=2, relevance=0.1, at=NOW)])
    bridge = Paper(title="Invented Paper 1", identifiers=identify("2501.00001, doi:10.1234/x"))
    same = Paper(title="Invented Paper 2", identifiers=identify("doi:10.1234/x"))
    papers.merge(session, [same], source="journal", seen_at=NOW)
    history.add_decision(session, Decision(paper=4, kind="rejected", at=NOW))
    assert papers.merge(session, [bridge], source="s2", seen_at=NOW).absorbed == {4}
    assert history.rejected_ids(session) == {1, 2}
    assert history.listed_ids(session) == {2}
