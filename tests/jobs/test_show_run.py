"""What a run tells people, in numbers that fit their nouns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from jobs.init_look import look, look_text
from jobs.run import RunResult
from jobs.show_run import decisions_text, outcome
from tests.tracker.pull_request.examples import proposal, report
from tracker.pull_request.target import PullRequest

OPEN = PullRequest(number=1, url="https://a.org/1", branch="b", state="updated")


def result(waiting: int, added: int = 0, updated: int = 0) -> RunResult:
    """A run that found so many proposals waiting, and did so much."""
    every = [proposal(number) for number in range(waiting + added)]
    return RunResult(
        run=1,
        part="run",
        as_of=report().as_of,
        dry_run=False,
        sources=(),
        report=report(*every),
        added=tuple(every[waiting:]),
        updated=updated,
        answered=1,
        pull_request=OPEN,
        diff="",
        body="",
        where="there",
    )


@pytest.mark.parametrize(
    ("done", "said"),
    [
        (result(1), "Nothing new; 1 proposal waits for review: there"),
        (result(2), "Nothing new; 2 proposals wait for review: there"),
        (result(1, 1), "1 paper proposed, 1 more waits: there"),
        (result(2, 2, 1), "2 papers and 1 published version proposed, 2 more wait: there"),
    ],
)
def test_what_became_of_the_proposals(done: RunResult, said: str) -> None:
    assert outcome(done) == said
    assert decisions_text(done) == "Since the last run: 1 comment answered."
    assert decisions_text(replace(done, answered=2)).endswith("2 comments answered.")


def test_a_look_at_one_entry_counts_one() -> None:
    one = "# A\n* [Weeds and Why They Win](https://arxiv.org/abs/2401.00001)\n"
    assert look_text(look({"README.md": one})).startswith("1 entry in 1 section.")


def test_where_nothing_looks_like_an_entry_nothing_could_be_read() -> None:
    said = look_text(look({"README.md": "# A\nOnly words.\n"}))
    assert said.startswith("0 entries in ")
    assert "could be read" not in said
