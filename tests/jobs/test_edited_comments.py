"""Comments that people edit after they were answered."""

from __future__ import annotations

import pytest

from jobs import run as job
from tests.jobs.reviewer import Survey
from tests.jobs.test_afterwards import name, proposals, replies
from tests.jobs.test_comments import section_of
from tests.jobs.test_lost_index import lose_index
from tests.world.github_model import Comment
from tracker.pull_request.proposal import Proposal


@pytest.fixture(params=["comment", "line"])
def place(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def say(survey: Survey, place: str, body: str, *, login: str = "maintainer") -> Comment:
    """Comment, and run."""
    world = survey.github
    said = {"comment": world.comment, "line": world.comment_line, "review": world.review}
    comment = said[place](1, body, login=login)
    survey.run("review")
    return comment


def edit(survey: Survey, comment: Comment, body: str) -> None:
    """Edit a comment, and run."""
    survey.github.edit_comment(comment, body)
    survey.run("review")


def elsewhere(proposal: Proposal) -> list[str]:
    """Two sections that a paper is not proposed for."""
    return [s for s in ("Sourdough", "Ovens", "Pastry") if s != proposal.section[-1]][:2]


def writes(survey: Survey) -> list[str]:
    """What the next run writes."""
    survey.github.requests.clear()
    survey.run("review")
    return [f"{r.method} {r.path}" for r in survey.github.writes]


def test_a_command_that_was_edited_is_obeyed_once(survey: Survey, place: str) -> None:
    chosen, *_ = proposals(survey)
    first, second = elsewhere(chosen)
    comment = say(survey, place, f"/tracker move {name(chosen)} to {first}")
    edit(survey, comment, f"/tracker move {name(chosen)} to {second}")
    assert section_of(survey.text(), chosen.paper.title) == second
    assert comment.reactions == [("bot", "+1")]
    assert writes(survey) == []
    # The first wording again is another wish.
    edit(survey, comment, f"/tracker move {name(chosen)} to {first}")
    assert section_of(survey.text(), chosen.paper.title) == first


def test_a_mistake_that_was_edited_is_answered_anew(survey: Survey, place: str) -> None:
    chosen, *_ = proposals(survey)
    comment = say(survey, place, "/tracker dance")
    assert comment.reactions == [("bot", "confused")]
    edit(survey, comment, f"/tracker drop {name(chosen)}")
    assert comment.reactions == [("bot", "+1")]
    assert chosen.paper.title not in survey.text()
    edit(survey, comment, "/tracker drop Pancakes")
    assert comment.reactions == [("bot", "confused")]
    assert len(replies(survey.github)) == 2
    assert writes(survey) == []


@pytest.mark.parametrize("lost", [False, True])
def test_an_edit_that_leaves_the_commands_alone_repeats_nothing(
    survey: Survey, place: str, lost: bool
) -> None:
    chosen, *_ = proposals(survey)
    first, second = elsewhere(chosen)
    said = f"/tracker move {name(chosen)} to {first}"
    comment = say(survey, place, said)
    say(survey, "comment", f"/tracker move {name(chosen)} to {second}")
    edit(survey, comment, f"Thank you, this is useful.\n\n{said}  ")
    assert section_of(survey.text(), chosen.paper.title) == second
    assert comment.reactions == [("bot", "+1")]
    if lost:
        # The reaction was given anew, so GitHub tells that the edit was read.
        lose_index(survey)
        survey.run("review")
    assert section_of(survey.text(), chosen.paper.title) == second
    assert replies(survey.github) == []
    assert writes(survey) == []


def test_an_edited_mistake_is_known_from_its_reply_when_the_index_is_lost(
    survey: Survey, place: str
) -> None:
    comment = say(survey, place, "/tracker drop Pancakes")
    lose_index(survey)
    edit(survey, comment, "Please:\n/tracker drop Pancakes")
    assert len(replies(survey.github)) == 1
    assert comment.reactions == [("bot", "confused")]


def test_a_command_edited_after_the_index_was_lost_is_obeyed(survey: Survey, place: str) -> None:
    first, second, *_ = proposals(survey)
    comment = say(survey, place, f"/tracker drop {name(first)}")
    lose_index(survey)
    edit(survey, comment, f"/tracker drop {name(second)}")
    assert second.paper.title not in survey.text()
    assert first.paper.title not in survey.text()
    assert writes(survey) == []


def test_what_was_edited_while_a_run_goes_on_is_heard_by_the_next(
    survey: Survey, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, *_ = proposals(survey)
    world, real = survey.github, job._Proposing._publish
    said = world.comment if place == "comment" else world.comment_line
    comment = said(1, f"/tracker drop {name(first)}")

    def meanwhile(self: job._Proposing, *given: object) -> object:
        world.edit_comment(comment, f"/tracker drop {name(second)}")
        return real(self, *given)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(job._Proposing, "_publish", meanwhile)
        survey.run("review")
    assert comment.reactions == []
    assert second.paper.title in survey.text()
    survey.run("review")
    assert comment.reactions == [("bot", "+1")]
    assert second.paper.title not in survey.text()


@pytest.mark.parametrize("place", ["comment", "line", "review"])
def test_what_was_deleted_while_a_run_goes_on_stops_no_run(
    survey: Survey, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = proposals(survey)
    world, real = survey.github, job._Proposing._publish
    said = {"comment": world.comment, "line": world.comment_line, "review": world.review}
    comment = said[place](1, f"/tracker drop {name(first)}")

    def meanwhile(self: job._Proposing, *given: object) -> object:
        world.comments.pop(comment.id, None)
        return real(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(job._Proposing, "_publish", meanwhile)
    survey.run("review")
    assert first.paper.title not in survey.text()
    assert writes(survey) == []


def test_a_dropped_paper_is_filed_when_the_command_is_edited_so(survey: Survey) -> None:
    chosen, *_ = proposals(survey)
    first, _ = elsewhere(chosen)
    comment = say(survey, "comment", f"/tracker drop {name(chosen)}")
    edit(survey, comment, f"/tracker move {name(chosen)} to {first}")
    assert section_of(survey.text(), chosen.paper.title) == first
    assert comment.reactions == [("bot", "+1")]
    assert writes(survey) == []


def test_a_stranger_who_edits_gets_no_second_reply(survey: Survey, place: str) -> None:
    before = survey.text()
    comment = say(survey, place, "/tracker help", login="stranger")
    for words in ("/tracker dance", "/tracker help"):
        edit(survey, comment, words)
    lose_index(survey)
    edit(survey, comment, "/tracker drop Pancakes")
    assert comment.reactions == [("bot", "confused")]
    assert len(replies(survey.github)) == 1
    assert survey.text() == before
