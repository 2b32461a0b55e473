"""A year of weekly runs of the real job, with a reviewer who does everything a reviewer can do.

The suite runs four months; with SURVEY_TRACKER_LONG_TESTS=1 in the environment, whole ones.
"""

from __future__ import annotations

import os
import random
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.jobs.people import (
    ANYTIME,
    SECTIONS,
    WITH_PROPOSALS,
    Reviewer,
    filed,
    lines,
    resend,
    title_in,
)
from tests.jobs.reviewer import BRANCH, Survey, on_github
from tracker.pull_request import block
from tracker.pull_request.dashboard import NAME as DASHBOARD
from tracker.pull_request.proposal import paper_key

LONG = bool(os.environ.get("SURVEY_TRACKER_LONG_TESTS"))
YEARS = [(seed, 52) for seed in range(2, 7)] if LONG else [(2, 17)]

pytestmark = pytest.mark.usefixtures("judged_once")


@pytest.mark.parametrize(("seed", "weeks"), YEARS)
def test_a_year(tmp_path: Path, seed: int, weeks: int) -> None:
    with on_github(tmp_path) as survey:
        reviewer = Reviewer(survey, random.Random(seed))
        survey.run()
        for week in range(1, weeks + 1):
            blocked = reviewer.blocked
            reviewer.next_week()
            acts = [reviewer.act(week) for _ in range(1 + week % 2)]
            if blocked and reviewer.pull:
                reviewer.resolve(week)
            survey.week(week)
            resend(survey, reviewer)
            before = there(survey)
            result = survey.run()
            when = f"week {week}: {acts}, {result.pull_request}"
            check(survey, reviewer, when)
            check_bytes(before, there(survey), when)
            survey.github.requests.clear()
            survey.run()
            assert [f"{r.method} {r.path}" for r in survey.github.writes] == [], when
        assert set(ANYTIME + WITH_PROPOSALS) - reviewer.did.keys() == set()


@dataclass(frozen=True)
class There:
    """The lines of both branches, and those that the open pull request calls proposals."""

    base: list[str]
    branch: list[str]
    proposed: set[str]


def there(survey: Survey) -> There:
    """What is there now."""
    pulls = survey.github.pulls()
    record = block.decode(pulls[0].body) if pulls else None
    branch = survey.text() if pulls else survey.text("main")
    return There(
        survey.text("main").split("\n"),
        branch.split("\n"),
        {p.paper.title for p in record.proposals} if record else set(),
    )


def check_bytes(before: There, after: There, when: str) -> None:
    """We write no other lines than proposals, and take away no others."""
    assert after.base == before.base, when
    ours = before.proposed | after.proposed
    theirs = [line for line in before.branch if title_in(line) not in ours]
    still = [line for line in after.branch if title_in(line) not in ours]
    fork = Counter(theirs) | Counter(before.base)
    lost = Counter(theirs) - Counter(still)
    # What people took off the base leaves the branch with the base's merge.
    assert not lost - (Counter(theirs) - Counter(before.base)), (when, lost)
    assert not Counter(still) - fork, (when, Counter(still) - fork)


def check(survey: Survey, reviewer: Reviewer, when: str) -> None:
    """What must hold after every run."""
    github = survey.github
    assert len(github.pulls()) <= 1, when
    assert [t.title for t in github.threads.values() if not t.head] == [DASHBOARD], when
    base = survey.text("main")
    assert reviewer.on_base <= set(lines(base)), when
    pull = reviewer.pull
    if pull is None:
        return
    record = block.decode(pull.body)
    assert record is not None, when
    branch = survey.text()
    assert reviewer.on_branch <= set(lines(branch)), when
    if reviewer.blocked:
        # What people say now is heard once they have resolved the conflict.
        return
    assert not {p.paper.title for p in record.proposals} & reviewer.declined, when
    assert reviewer.on_base <= set(lines(branch)), when
    new = [line for line in lines(branch) if line not in lines(base)]
    assert len(new) == len(set(new)), when
    assert not set(map(title_in, new)) & reviewer.declined, when
    places = filed(branch)
    for proposal in record.proposals:
        assert places[proposal.text] == proposal.section, when
        assert proposal.paper.title in pull.body, when
    assert reviewer.wanted <= set(map(title_in, lines(branch))) | reviewer.declined, when
    for comment in github.comments.values():
        if comment.number == pull.number and comment.login != github.login:
            assert any(who == github.login for who, _ in comment.reactions), when


def test_a_box_cleared_during_a_conflict_is_obeyed_after_it(tmp_path: Path) -> None:
    with on_github(tmp_path) as survey:
        survey.run()
        gone = survey.run().report.proposals[0]
        reviewer = Reviewer(survey, random.Random(1))
        reviewer.push(1)
        reviewer.on_branch.clear()
        for section in SECTIONS:
            reviewer._write("main", f"* My {section}", f"## {section}\n\n", reviewer.on_base)
        survey.github.untick(1, paper_key(gone.paper))
        survey.week(1)
        assert survey.run().decided == ()
        assert reviewer.blocked
        survey.github.requests.clear()
        survey.run()
        assert survey.github.writes == []
        reviewer.resolve(1)
        assert gone.text in survey.text()
        [decision] = survey.run().decided
        assert (decision.kind, decision.reason) == ("rejected", "unticked")
        assert gone.text not in survey.text()


def test_what_a_person_wrote_on_a_branch_that_was_closed_is_no_paper_of_ours(
    tmp_path: Path,
) -> None:
    with on_github(tmp_path) as survey:
        first = survey.run().report.proposals[0]
        line = first.text.replace("100.", "in Town.").replace("2401.", "2309.")
        survey.github.push(BRANCH, {"README.md": survey.text().replace(first.text, line)})
        survey.run()
        survey.github.close_pull(1)
        survey.week(1)
        config = survey.folder / "tracker.toml"
        everything = re.sub(r"min_(\w+) = .*", r"min_\1 = 0", config.read_text("utf-8"))
        config.write_text(everything.replace("limit = 4", "limit = 100"), "utf-8")
        added = {proposal.paper.title for proposal in survey.run().added}
        assert len(added) > 20
        assert title_in(line) not in added
