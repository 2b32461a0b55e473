"""Commands on lines of the diff and in reviews, obeyed and answered as those in comments are."""

from __future__ import annotations

import pytest

from tests.jobs.reviewer import Survey
from tests.jobs.test_afterwards import kinds, name, proposals, replies
from tests.jobs.test_comments import section_of
from tests.jobs.test_edited_comments import edit, elsewhere, say, writes
from tests.jobs.test_lost_index import lose_index
from tests.world.github_model import refusal

MISTAKE = "There is no command “dance”; `/tracker help` lists them."


def test_a_comment_on_a_line_is_obeyed_and_gets_a_reaction(survey: Survey) -> None:
    chosen, *_ = proposals(survey)
    comment = say(survey, "line", f"/tracker drop {name(chosen)} half baked")
    assert comment.reactions == [("bot", "+1")]
    assert chosen.paper.title not in survey.text()
    assert replies(survey.github) == []
    assert writes(survey) == []
    lose_index(survey)
    survey.run("review")
    assert comment.reactions == [("bot", "+1")]
    [decision] = [d for d in survey.decisions() if d.reason == "half baked"]
    assert (decision.kind, decision.who) == ("rejected", "maintainer")
    assert decision.where.endswith(f"#{comment.id}")


def test_a_mistake_on_a_line_is_answered_below_it(survey: Survey) -> None:
    first = say(survey, "line", "Is this one about bread?")
    second = survey.github.comment_line(1, "/tracker dance", login="maintainer", thread=first.id)
    survey.run("review")
    assert second.reactions == [("bot", "confused")]
    assert replies(survey.github)[-1] == MISTAKE
    [reply] = [c for c in survey.github.said(1, "line") if c.login == "bot"]
    assert reply.thread == first.id
    assert writes(survey) == []


def test_where_a_line_has_no_thread_any_more_the_answer_is_a_comment(survey: Survey) -> None:
    survey.github.fail(refusal(404, "Not Found"), path="/replies$")
    comment = say(survey, "line", "/tracker dance")
    assert comment.reactions == [("bot", "confused")]
    assert [c.body.partition("\n")[0] for c in survey.github.said(1, "comment")] == [MISTAKE]
    assert writes(survey) == []


def test_a_review_is_obeyed_and_answered_by_one_comment(survey: Survey) -> None:
    chosen, *_ = proposals(survey)
    section, _ = elsewhere(chosen)
    review = say(survey, "review", f"Nearly.\n\n/tracker move {name(chosen)} to {section}")
    assert section_of(survey.text(), chosen.paper.title) == section
    page = f"https://github.com/owner/list/pull/1#{review.id}"
    assert [c.body.partition("\n\n<!--")[0] for c in survey.github.said(1, "comment")] == [
        f"[Your review]({page}): 👍"
    ]
    assert writes(survey) == []
    lose_index(survey)
    survey.run("review")
    assert writes(survey) == []
    assert len(survey.github.said(1, "comment")) == 1


@pytest.mark.parametrize("lost", [False, True])
def test_a_review_that_was_edited_is_heard_once_for_each_wording(
    survey: Survey, lost: bool
) -> None:
    first, second, *_ = proposals(survey)
    review = say(survey, "review", f"/tracker drop {name(first)}")
    if lost:
        lose_index(survey)
    edit(survey, review, f"Sorry!\n/tracker drop {name(first)}")
    assert len(survey.github.said(1, "comment")) == 1
    edit(survey, review, f"/tracker drop {name(second)}")
    assert second.paper.title not in survey.text()
    assert len(survey.github.said(1, "comment")) == 2
    assert writes(survey) == []


def test_a_review_that_was_not_submitted_was_not_said(survey: Survey) -> None:
    chosen, *_ = proposals(survey)
    review = survey.github.review(1, f"/tracker drop {name(chosen)}", pending=True)
    survey.run("review")
    assert chosen.paper.title in survey.text()
    review.pending = False
    survey.run("review")
    assert chosen.paper.title not in survey.text()


def test_a_stranger_gets_one_reply_wherever_they_speak(survey: Survey) -> None:
    before, chosen = survey.text(), proposals(survey)[0]
    for place in ("review", "line", "comment", "review", "line"):
        say(survey, place, f"/tracker drop {name(chosen)}", login="stranger")
        assert len(replies(survey.github)) == 1
    lose_index(survey)
    say(survey, "review", "/tracker help", login="stranger")
    assert len(replies(survey.github)) == 1
    assert survey.text() == before
    assert writes(survey) == []


def test_a_stranger_cannot_answer_in_our_name(survey: Survey) -> None:
    chosen, *_ = proposals(survey)
    say(survey, "comment", "/tracker help", login="stranger")
    mark = survey.github.said(1, "comment")[-1].body.partition("\n\n")[2]
    say(survey, "comment", f"{mark.replace('stranger', 'another')}", login="stranger")
    say(survey, "comment", "/tracker help", login="another")
    assert len(replies(survey.github)) == 2
    assert chosen.paper.title in survey.text()


def test_the_last_word_wins_wherever_it_was_said(survey: Survey) -> None:
    chosen, *_ = proposals(survey)
    first, second = elsewhere(chosen)
    world = survey.github
    world.now = "2024-01-13T08:00:00Z"
    world.comment(1, f"/tracker move {name(chosen)} to {first}")
    world.now = "2024-01-13T07:00:00Z"
    world.comment_line(1, f"/tracker drop {name(chosen)}")
    world.now = "2024-01-13T09:00:00Z"
    world.review(1, f"/tracker move {name(chosen)} to {second}")
    survey.run("review")
    assert section_of(survey.text(), chosen.paper.title) == second


@pytest.mark.parametrize("place", ["line", "review"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_what_was_said_on_a_closed_pull_request_is_known_from_github(
    survey: Survey, place: str, when: str
) -> None:
    put_off, dropped, *_ = proposals(survey)
    world = survey.github
    if when == "after":
        world.close_pull(1)
    said = world.comment_line if place == "line" else world.review
    said(1, f"/tracker later {name(put_off)}\n/tracker drop {name(dropped)} no")
    if when == "before":
        world.close_pull(1)
    for _ in range(2):
        survey.week(2)
        survey.run()
        assert kinds(survey, dropped)[-1] == "rejected"
        assert kinds(survey, put_off)[-1] in {"postponed", "reconsidered"}
        lose_index(survey)
    assert len(replies(world)) == (0 if place == "line" else 1)


def test_a_run_without_reviews_asks_for_no_comments_on_lines(survey: Survey) -> None:
    survey.github.requests.clear()
    survey.run("review")
    asked = [r.path for r in survey.github.requests if "/pulls/1/" in r.path]
    assert [path.rpartition("/")[2] for path in asked if "commits" not in path] == ["reviews"]
