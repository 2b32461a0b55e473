"""What people say and push when a pull request is closed already, or while a run goes on."""

from __future__ import annotations

import json
import random
import re
import string
from collections.abc import Callable
from pathlib import Path

import pytest

from jobs import propose
from jobs.run import _Proposing
from tests.jobs.reviewer import BRANCH, Survey, on_github, papers_of
from tests.jobs.test_lost_index import lose_index
from tests.world.github import GitHub
from tests.world.github_model import NAME
from tracker.pull_request import block
from tracker.pull_request.proposal import Proposal, paper_key


def proposals(survey: Survey) -> tuple[Proposal, ...]:
    """What waits in the open pull request."""
    [pull] = survey.github.pulls()
    record = block.decode(pull.body)
    assert record is not None
    return record.proposals


def name(proposal: Proposal) -> str:
    return proposal.paper.identifiers[0].value


def end(survey: Survey, how: str) -> None:
    if how == "merged":
        assert survey.github.merge_pull(1)
    else:
        survey.github.close_pull(1)


def replies(world: GitHub) -> list[str]:
    own = [c.body for c in world.comments.values() if c.login == world.login and c.body]
    return [body.partition("\n\n<!--")[0] for body in own]


def kinds(survey: Survey, proposal: Proposal) -> list[str]:
    key = paper_key(proposal.paper)
    return [d.kind for d in survey.decisions() if survey.name(d.paper) == key]


@pytest.mark.parametrize("when", ["before", "after", "later"])
def test_a_word_on_a_closed_pull_request_is_obeyed_once(survey: Survey, when: str) -> None:
    put_off, dropped, *_ = proposals(survey)
    config = survey.folder / "tracker.toml"
    config.write_text(config.read_text().replace("limit = 4", "limit = 20"))
    world = survey.github
    if when != "before":
        world.close_pull(1)
    if when == "later":
        survey.run()
    said = world.comment(1, f"/tracker later {name(put_off)}\n/tracker drop {name(dropped)} no")
    if when == "before":
        world.close_pull(1)
    survey.week(2)
    survey.run()
    assert said.reactions == [("bot", "+1")]
    assert put_off.paper.title in survey.text()
    assert dropped.paper.title not in survey.text()
    assert kinds(survey, dropped)[-1] == "rejected"
    lose_index(survey)
    survey.run()
    assert said.reactions == [("bot", "+1")]
    assert put_off.paper.title in survey.text()
    assert dropped.paper.title not in survey.text()


def test_what_is_added_on_a_closed_pull_request_is_proposed_in_the_next(survey: Survey) -> None:
    first, *_ = proposals(survey)
    survey.github.close_pull(1)
    said = survey.github.comment(1, f"/tracker add {name(first)}")
    survey.week(2)
    survey.run("review")
    assert said.reactions == [("bot", "+1")]
    assert [p.paper.title for p in proposals(survey)] == [first.paper.title]
    survey.github.untick(survey.github.pulls()[0].number, paper_key(first.paper))
    lose_index(survey)
    survey.run("review")
    assert first.paper.title not in survey.text()


@pytest.mark.parametrize("how", ["merged", "closed"])
def test_a_move_that_comes_too_late_is_answered_in_one_sentence(survey: Survey, how: str) -> None:
    first, *_ = proposals(survey)
    said = survey.github.comment(1, f"/tracker move {name(first)} to Ovens")
    end(survey, how)
    for week in (2, 3):
        survey.week(week)
        survey.run()
    wrong = first.section[-1] != "Ovens"
    expected = {
        "merged": "It is on the list by now, under Baking Papers › "
        f"{first.section[-1]}; change its line there.",
        "closed": "It was closed without being merged; `/tracker add` proposes it again.",
    }
    assert said.reactions == [("bot", "confused" if wrong or how == "closed" else "+1")]
    assert replies(survey.github) == ([expected[how]] if wrong or how == "closed" else [])


@pytest.mark.parametrize("squash", [None, False, True])
def test_what_is_pushed_after_closing_is_kept_and_revives_nothing(
    survey: Survey, squash: bool | None
) -> None:
    old = proposals(survey)
    world = survey.github
    if squash is None:
        world.close_pull(1)
    else:
        world.merge_pull(1, squash=squash)
    mine = "* [Mine](https://bread.example/mine)"
    text = survey.text().replace("## Ovens\n\n", f"## Ovens\n\n{mine}\n")
    world.push(BRANCH, {"README.md": text, "notes.md": "Knead."})
    for week in (2, 3):
        survey.week(week)
        survey.run()
        assert mine in survey.text()
        assert world.text(BRANCH, "notes.md") == "Knead."
        assert not {p.paper.title for p in proposals(survey)} & {p.paper.title for p in old}
        if squash is None:
            assert not [p for p in old if p.paper.title in survey.text()]
    assert {kind for p in old for kind in kinds(survey, p)} == {
        "rejected" if squash is None else "accepted"
    }


def test_a_closed_paper_that_a_person_reworded_stays_as_they_wrote_it(survey: Survey) -> None:
    first, *_ = proposals(survey)
    survey.github.close_pull(1)
    text = survey.text().replace(first.text, f"{first.text} Worth a second look.")
    survey.github.push(BRANCH, {"README.md": text})
    survey.week(2)
    survey.run()
    assert f"{first.text} Worth a second look." in survey.text()


LETTERS = string.ascii_letters


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("opening", [True, False])
def test_what_was_committed_before_a_person_pushed_is_still_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, opening: bool
) -> None:
    with on_github(tmp_path) as survey:
        survey.week(1)
        if not opening:
            survey.run()
            survey.github.merge_pull(1)
            survey.week(2)
            survey.run()
            [first, *_] = proposals(survey)
            survey.github.untick(survey.github.pulls()[0].number, paper_key(first.paper))
            survey.week(3)
        # The branch is moved, and nothing more is heard of the run.
        with monkeypatch.context() as patch:
            patch.setattr("tracker.pull_request.github_git.GithubRepository.move", _dying())
            with pytest.raises(Killed):
                survey.run()
        mine = "* [Mine](https://bread.example/mine)"
        text = survey.text().replace("## Ovens\n\n", f"## Ovens\n\n{mine}\n")
        before = set(text.splitlines())
        survey.github.push(BRANCH, {"README.md": text})
        survey.run()
        assert before <= set(survey.text().splitlines())
        base = set(survey.text("main").splitlines())
        ours = {line for line in survey.text().splitlines() if line.startswith("* ")} - base
        assert {p.text for p in proposals(survey)} == ours - {mine}


def _dying() -> Callable[..., None]:
    from tracker.pull_request.github_git import GithubRepository

    real = GithubRepository.move

    def move(self: GithubRepository, branch: str, expected: str | None, commit: str) -> None:
        real(self, branch, expected, commit)
        raise Killed

    return move


@pytest.mark.parametrize("what", ["box", "note", "title", "closed", "merged"])
def test_what_people_do_while_a_run_goes_on_is_not_written_over(
    survey: Survey, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    waiting = proposals(survey)
    world, real = survey.github, _Proposing._publish
    [pull] = world.pulls()

    def meanwhile(self: _Proposing, *given: object) -> object:
        monkeypatch.setattr(_Proposing, "_publish", real)
        match what:
            case "box":
                world.untick(1, paper_key(waiting[0].paper))
            case "note":
                pull.body += "\n\nNote to Ann."
            case "title":
                pull.title = "January"
            case "closed":
                world.close_pull(1)
            case "merged":
                world.merge_pull(1)
        return real(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(_Proposing, "_publish", meanwhile)
    config = survey.folder / "tracker.toml"
    config.write_text(config.read_text().replace("limit = 4", "limit = 12"))
    survey.week(2)
    survey.run()
    for week in (3, 4):
        survey.week(week)
        survey.run()
    assert (waiting[0].paper.title in survey.text()) == (what not in {"box", "closed"})
    assert what != "note" or "Note to Ann." in pull.body
    assert what != "title" or pull.title == "January"
    assert len(world.pulls()) == 1


def test_a_box_of_the_dashboard_ticked_while_a_run_goes_on_is_heard(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, *_ = proposals(survey)
    survey.github.untick(1, paper_key(first.paper))
    survey.run()
    [board] = [t for t in survey.github.threads.values() if not t.head]
    [line] = [text for text in board.body.splitlines() if f"{paper_key(first.paper)} -->" in text]
    survey.github.untick(1, paper_key(second.paper))
    real = _Proposing._publish

    def meanwhile(self: _Proposing, *given: object) -> object:
        board.body = board.body.replace(line, line.replace("[ ]", "[x]"))
        return real(self, *given)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(_Proposing, "_publish", meanwhile)
        survey.run()
    survey.run("review")
    assert first.paper.title in survey.text()


@pytest.mark.parametrize("how", ["emptied", "broken"])
def test_a_text_that_was_emptied_loses_no_proposal(survey: Survey, how: str) -> None:
    before, text = proposals(survey), survey.text()
    [pull] = survey.github.pulls()
    pull.body = "" if how == "emptied" else pull.body.replace('"proposals":[', '"proposals":[,')
    survey.run()
    assert [p.text for p in proposals(survey)] == [p.text for p in before]
    assert survey.text() == text
    assert survey.decisions() == []


@pytest.mark.parametrize("how", ["renamed", "removed"])
def test_a_heading_that_is_gone_from_the_branch_stops_no_run(survey: Survey, how: str) -> None:
    config = survey.folder / "tracker.toml"
    config.write_text(config.read_text().replace("limit = 4", "limit = 12"))
    section = next(p.section[-1] for p in proposals(survey))
    start, _, rest = survey.text().partition(f"## {section}\n")
    kept = f"## New {section}\n{rest}" if how == "renamed" else rest[rest.index("## ") :]
    survey.github.push(BRANCH, {"README.md": start + kept})
    other = next(p for p in proposals(survey) if p.section[-1] != section)
    said = survey.github.comment(1, f"/tracker move {name(other)} to {section}")
    for week in (2, 3):
        survey.week(week)
        survey.run()
    assert f"\n## {section}\n" not in survey.text()
    assert said.reactions == [("bot", "confused")]


def test_a_team_that_was_asked_stops_no_run(survey: Survey) -> None:
    config = survey.folder / "tracker.toml"
    config.write_text(config.read_text() + 'reviewers = ["maintainer"]\n')
    [pull] = survey.github.pulls()
    team = {"id": 1, "name": "editors", "slug": "editors"}
    url = f"{survey.github.url}/repos/{NAME}/issues/events/77"
    asked = {"id": 77, "url": url, "event": "review_requested", "requested_team": team}
    pull.events.append(asked)
    survey.run()
    assert pull.reviewers == ["maintainer"]


def test_what_a_maintainer_files_himself_is_not_put_beside_it_again(survey: Survey) -> None:
    first, *others = proposals(survey)
    heading = f"## {first.section[-1]}\n\n"
    theirs = f"{first.text} Read this one.\n"
    before = survey.text("main")
    assert heading in before
    # At the very place where it was proposed: the branch conflicts and is built anew.
    survey.github.push("main", {"README.md": before.replace(heading, heading + theirs)})
    survey.run()
    assert survey.text().count(first.paper.title) == 1
    assert {p.paper.title for p in others} <= {p.paper.title for p in proposals(survey)}
    assert kinds(survey, first) == ["accepted"]


def test_what_the_text_leaves_out_is_not_taken_for_rejected(survey: Survey) -> None:
    """As a version did that left out what had no room."""
    [pull] = survey.github.pulls()
    waiting = proposals(survey)
    record = re.search(r"<!-- survey-tracker 1\n(.*)\n-->", pull.body)
    assert record is not None
    data = json.loads(record[1])
    data["proposals"] = data["proposals"][:1]
    pull.body = pull.body.replace(record[1], json.dumps(data))
    survey.week(2)
    survey.run()
    assert survey.decisions() == []
    assert {p.text for p in proposals(survey)} >= {p.text for p in waiting}


def test_more_than_the_text_can_record_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What a list can hold fills the real room with seventy papers only.
    monkeypatch.setattr(propose, "room_beside", lambda *_: 10_000)
    dice = random.Random(1)
    with on_github(tmp_path) as survey:
        config = survey.folder / "tracker.toml"
        config.write_text(config.read_text().replace("limit = 4", "limit = 100"))
        found = papers_of(1, survey.day, 8, 4)
        for record in found:
            # An address that nothing compresses.
            del record["id"]
            record["url"] = f"https://bread.example/{''.join(dice.choices(LETTERS, k=900))}"
        survey.feed(found)
        for _ in range(2):
            survey.run()
            assert survey.decisions() == []
        [pull] = survey.github.pulls()
        assert "no more than this text has room to name" in pull.body
        base = set(survey.text("main").splitlines())
        added = {line for line in survey.text().splitlines() if line.startswith("* ")} - base
        assert len(proposals(survey)) == len(added) > 5


def test_a_branch_that_went_with_its_merge_stops_no_run(
    survey: Survey, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, real = survey.github, _Proposing._publish
    world.rules.delete_merged_branches = True
    waiting = proposals(survey)

    def meanwhile(self: _Proposing, *given: object) -> object:
        monkeypatch.setattr(_Proposing, "_publish", real)
        world.merge_pull(1)
        return real(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(_Proposing, "_publish", meanwhile)
    config = survey.folder / "tracker.toml"
    config.write_text(config.read_text().replace("limit = 4", "limit = 12"))
    survey.week(2)
    survey.run()
    assert {kind for p in waiting for kind in kinds(survey, p)} == {"accepted"}
    [pull] = world.pulls()
    assert pull.number != 1
