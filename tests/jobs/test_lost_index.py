"""The index is lost after a long history: what people decided is read again from GitHub alone."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from tests.jobs import corpus
from tests.jobs.reviewer import BRANCH, Survey, on_github
from tracker.pull_request import block
from tracker.pull_request.proposal import Proposal, paper_key


def proposals(survey: Survey) -> list[Proposal]:
    """What waits in the open pull request."""
    [pull] = survey.github.pulls()
    record = block.decode(pull.body)
    assert record is not None
    return list(record.proposals)


def other(proposal: Proposal) -> str:
    """A section in which the paper was not proposed."""
    return next(section for section in corpus.SECTIONS if section != proposal.section[-1])


def history(survey: Survey) -> None:
    """Everything that can happen to a proposal, in four pull requests, of which one is open."""
    world = survey.github
    survey.week(1)
    survey.run()
    moved, dropped, later, deleted = proposals(survey)
    say = partial(world.comment, world.pulls()[0].number)
    say(f"/tracker move {moved.paper.identifiers[0].value} to {other(moved)}")
    say(f"/tracker drop {dropped.paper.identifiers[0].value} not about bread")
    say(f"/tracker later {later.paper.identifiers[0].value}")
    survey.week(2)
    survey.run()
    text = survey.text()
    world.push(BRANCH, {"README.md": text.replace(f"{deleted.text}\n", "")}, login="second")
    survey.week(3)
    survey.run()
    world.merge_pull(world.pulls()[0].number, login="second")
    survey.week(4)
    survey.run()
    world.close_pull(world.pulls()[0].number)
    survey.week(5)
    survey.run()
    [pull] = world.pulls()
    world.untick(pull.number, paper_key(proposals(survey)[0].paper))
    one = proposals(survey)[1]
    text = survey.text().replace(f"{one.text}\n", "")
    heading = f"## {other(one)}\n\n"
    world.push(BRANCH, {"README.md": text.replace(heading, f"{heading}{one.text}\n")})
    survey.week(6)
    survey.run()
    world.merge_pull(pull.number, squash=True)
    survey.week(7)
    survey.run()
    gone, put_off, *_ = proposals(survey)
    say = partial(world.comment, world.pulls()[0].number)
    say(f"/tracker drop {gone.paper.identifiers[0].value}")
    say(f"/tracker later {put_off.paper.identifiers[0].value}")
    survey.week(8)
    survey.run()


def lose_index(survey: Survey) -> None:
    """Only what GitHub and the sources have is left."""
    for file in survey.folder.glob("papers.sqlite*"):
        file.unlink()


def decided(survey: Survey) -> list[tuple[object, ...]]:
    """The decisions, each with its day; the hour is not kept beside what was taken out."""
    found = [
        (survey.name(d.paper), d.kind, d.at.date(), d.from_section, d.to_section, d.who, d.where)
        + (d.reason,)
        for d in survey.decisions()
    ]
    return sorted(found, key=str)


def test_decisions_are_read_again_from_github(tmp_path: Path) -> None:
    with on_github(tmp_path) as survey:
        history(survey)
        before, waiting = decided(survey), proposals(survey)
        open_before = {(survey.name(p.paper), p.section) for p in survey.open_proposals()}
        rejected = {name for name, kind, *_ in before if kind == "rejected"}
        lose_index(survey)
        survey.github.requests.clear()
        result = survey.run()
        assert decided(survey) == before
        assert {(survey.name(p.paper), p.section) for p in survey.open_proposals()} == open_before
        assert result.added == ()
        assert [p.text for p in proposals(survey)] == [p.text for p in waiting]
        assert [r.path for r in survey.github.writes if "/git/" in r.path] == []
        for week in range(9, 12):
            survey.week(week)
            survey.github.merge_pull(survey.github.pulls()[0].number)
            result = survey.run()
            assert not {paper_key(p.paper) for p in result.added} & rejected


def test_what_was_taken_off_the_list_or_brought_back_stays_so(tmp_path: Path) -> None:
    with on_github(tmp_path) as survey:
        survey.run()
        off, back, *_ = proposals(survey)
        survey.github.untick(1, paper_key(back.paper))
        survey.run()
        survey.github.merge_pull(1)
        survey.week(1)
        survey.run()
        base = survey.text("main")
        assert off.text in base
        survey.github.push("main", {"README.md": base.replace(f"{off.text}\n", "")})
        [board] = [t for t in survey.github.threads.values() if not t.head]
        key = f"<!-- bring-back {paper_key(back.paper)} -->"
        [line] = [line for line in board.body.splitlines() if key in line]
        board.body = board.body.replace(line, line.replace("[ ]", "[x]"))
        survey.week(2)
        survey.run()
        assert paper_key(back.paper) in {paper_key(p.paper) for p in proposals(survey)}
        lose_index(survey)
        result = survey.run()
        assert result.added == ()
        assert paper_key(back.paper) in {paper_key(p.paper) for p in proposals(survey)}
        # Who brought it back, and when, is nowhere but in the index; that it waits is enough.
        standing = {survey.name(d.paper): d.kind for d in survey.decisions()}
        assert standing[paper_key(off.paper)] == "rejected"
        survey.github.merge_pull(survey.github.pulls()[0].number)
        survey.week(3)
        result = survey.run()
        standing = {survey.name(d.paper): d.kind for d in survey.decisions()}
        assert standing[paper_key(back.paper)] == "accepted"
        assert paper_key(off.paper) not in {paper_key(p.paper) for p in proposals(survey)}
