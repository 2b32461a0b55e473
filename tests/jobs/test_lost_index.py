"""The index is lost after a long history: what people decided is read again from GitHub alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from tests.jobs import corpus
from tests.jobs.reviewer import BRANCH, Survey, git, in_a_checkout, on_github
from tracker.paper import Paper
from tracker.pull_request import block
from tracker.pull_request.body import TEXT_NAME
from tracker.pull_request.folder import BOARD_NAME
from tracker.pull_request.proposal import Proposal, paper_key

pytestmark = pytest.mark.usefixtures("judged_once")


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


def by_whom(survey: Survey) -> list[tuple[str, str, str, str]]:
    """Who said each decision, and where."""
    return sorted((survey.name(d.paper), d.kind, d.who, d.where) for d in survey.decisions())


def standing(survey: Survey) -> dict[str, tuple[object, ...]]:
    """What was decided last of each paper: the kind, from where, to where."""
    return {
        survey.name(d.paper): (d.kind, d.from_section, d.to_section) for d in survey.decisions()
    }


def decided(survey: Survey) -> list[tuple[object, ...]]:
    """The decisions, each with its day; the hour is not kept beside what was taken out."""
    found = [
        (survey.name(d.paper), d.kind, d.from_section, d.to_section, d.reason, d.at.date())
        for d in survey.decisions()
    ]
    return sorted(found, key=str)


def test_decisions_are_read_again_from_github(tmp_path: Path) -> None:
    with on_github(tmp_path) as survey:
        history(survey)
        before, people, waiting = decided(survey), by_whom(survey), proposals(survey)
        open_before = {(survey.name(p.paper), p.section) for p in survey.open_proposals()}
        rejected = {name for name, kind, *_ in before if kind == "rejected"}
        lose_index(survey)
        survey.github.requests.clear()
        result = survey.run()
        assert decided(survey) == before
        assert by_whom(survey) == people
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
        assert standing(survey)[paper_key(off.paper)][0] == "rejected"
        survey.github.merge_pull(survey.github.pulls()[0].number)
        survey.week(3)
        result = survey.run()
        assert standing(survey)[paper_key(back.paper)][0] == "accepted"
        assert paper_key(off.paper) not in {paper_key(p.paper) for p in proposals(survey)}


@dataclass(frozen=True)
class Person:
    """Reviews a list on GitHub, or the same list in a checkout."""

    survey: Survey

    @property
    def body(self) -> str:
        """The text of the proposals."""
        if self.survey.world is not None:
            return self.survey.github.pulls()[-1].body
        return (self.survey.folder / TEXT_NAME).read_text("utf-8")

    @property
    def text(self) -> str:
        """The list with the proposals."""
        if self.survey.world is not None:
            return self.survey.text()
        return git(self.survey.folder, "show", f"{BRANCH}:README.md")

    def untick(self, paper: Paper) -> None:
        key = f"<!-- paper {paper_key(paper)} -->"
        [line] = [line for line in self.body.splitlines() if key in line]
        body = self.body.replace(line, line.replace("[x]", "[ ]"))
        if self.survey.world is not None:
            self.survey.github.pulls()[-1].body = body
        else:
            (self.survey.folder / TEXT_NAME).write_text(body, "utf-8")

    def write(self, text: str) -> None:
        """A commit on the branch."""
        if self.survey.world is not None:
            self.survey.github.push(BRANCH, {"README.md": text})
            return
        git(self.survey.folder, "switch", "-q", BRANCH)
        (self.survey.folder / "README.md").write_text(text, "utf-8")
        git(self.survey.folder, "commit", "-qam", "Edit the list")
        git(self.survey.folder, "switch", "-q", "main")

    def merge(self) -> None:
        if self.survey.world is not None:
            self.survey.github.merge_pull(self.survey.github.pulls()[-1].number)
        else:
            git(self.survey.folder, "merge", "-q", "--no-ff", "--no-edit", BRANCH)

    def tick(self) -> None:
        """Bring back what was declined last."""
        if self.survey.world is not None:
            [board] = [t for t in self.survey.github.threads.values() if not t.head]
            board.body = re.sub(r"\[ \](.*<!-- bring-back )", r"[x]\1", board.body, count=1)
            return
        file = self.survey.folder / BOARD_NAME
        body = file.read_text("utf-8")
        file.write_text(re.sub(r"\[ \](.*<!-- bring-back )", r"[x]\1", body, count=1), "utf-8")


def reviewed(survey: Survey) -> Iterator[tuple[str, str, list[tuple[object, ...]]]]:
    """The list, the text and the decisions after each week of the same story."""
    person = Person(survey)

    def state() -> tuple[str, str, list[tuple[object, ...]]]:
        survey.run()
        decisions = [decision[:-1] for decision in decided(survey)]
        return person.text, common(person.body), decisions

    def waiting() -> tuple[Proposal, ...]:
        record = block.decode(person.body)
        assert record is not None
        return record.proposals

    survey.week(1)
    yield state()
    one, two, three, _ = waiting()
    person.untick(one.paper)
    text = person.text.replace(f"{two.text}\n", "").replace(f"{three.text}\n", "")
    heading = f"## {other(three)}\n\n"
    person.write(text.replace(heading, f"{heading}{three.text}\n"))
    survey.week(2)
    yield state()
    person.merge()
    survey.week(3)
    yield state()
    person.tick()
    survey.week(4)
    yield state()
    person.merge()
    survey.week(5)
    yield state()


def common(body: str) -> str:
    """A text without what only one of the targets has: title, addresses of reviews, commands."""
    text = body.replace("\r\n", "\n")[body.index("<!-- survey-tracker: what stands") :]
    text = text.replace(", and so do comments: `/tracker help` lists them", "")
    return re.sub(r'"(head|where|base)":"[^"]*"', "", text)


def test_github_and_a_checkout_tell_the_same_story(tmp_path: Path) -> None:
    (tmp_path / "github").mkdir()
    (tmp_path / "local").mkdir()
    local = in_a_checkout(tmp_path / "local")
    with on_github(tmp_path / "github") as hosted:
        for here, there in zip(reviewed(local), reviewed(hosted), strict=True):
            assert here == there
        assert {kind for _, kind, *_ in decided(local)} == {
            "accepted",
            "moved",
            "rejected",
            "reconsidered",
        }


def test_a_checkout_tells_what_was_accepted_moved_and_rejected(tmp_path: Path) -> None:
    survey = in_a_checkout(tmp_path)
    *_, (text, _, _) = reviewed(survey)
    before = standing(survey)
    assert {kind for kind, *_ in before.values()} == {"accepted", "moved", "rejected"}
    lose_index(survey)
    result = survey.run()
    assert result.added == ()
    assert Person(survey).text == text
    assert standing(survey) == before
    waiting = {proposal.paper.title for proposal in result.report.proposals}
    assert waiting
    assert {p.paper.title for p in survey.run().report.proposals} == waiting
