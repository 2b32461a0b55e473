"""What people do to the list, its headings and the branch between two runs."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.jobs import corpus
from tests.jobs.reviewer import BRANCH, Survey, in_a_checkout
from tests.jobs.test_afterwards import kinds, proposals
from tests.jobs.test_lost_index import lose_index
from tracker.pull_request.body import TEXT_NAME
from tracker.pull_request.proposal import paper_key


def test_a_pull_request_pointed_elsewhere_stays_the_only_one(survey: Survey) -> None:
    world = survey.github
    waiting = proposals(survey)
    world.push("develop", {})
    world.threads[1].base = "develop"
    head = world.refs[BRANCH]
    for week in (2, 3):
        survey.week(week)
        survey.run()
    [pull] = world.pulls()
    assert (pull.number, pull.base, world.refs[BRANCH]) == (1, "develop", head)
    assert "Make main its base again" in pull.body
    assert survey.decisions() == []
    pull.base = "main"
    survey.week(4)
    survey.run()
    assert len(world.pulls()) == 1
    assert "its base again" not in pull.body
    assert {p.text for p in proposals(survey)} >= {p.text for p in waiting}


def test_what_is_on_the_list_again_was_accepted(survey: Survey) -> None:
    first, *_ = proposals(survey)
    world = survey.github
    before = survey.text("main")
    world.merge_pull(1)
    after = survey.text("main")
    for week, text in enumerate((after, before, after), start=2):
        world.push("main", {"README.md": text})
        survey.week(week)
        survey.run()
    assert kinds(survey, first) == ["accepted", "rejected", "accepted"]
    lose_index(survey)
    survey.run()
    assert kinds(survey, first) == ["accepted"]


def test_a_box_takes_every_copy_of_a_line_off_the_branch(survey: Survey) -> None:
    first, *_ = proposals(survey)
    other = next(name for name in corpus.SECTIONS if name != first.section[-1])
    heading = f"## {other}\n\n"
    text = survey.text().replace(heading, f"{heading}{first.text}\n")
    survey.github.push(BRANCH, {"README.md": text})
    survey.run()
    assert survey.text().count(first.paper.title) == 2
    survey.github.untick(1, paper_key(first.paper))
    survey.run()
    assert first.paper.title not in survey.text()
    assert kinds(survey, first) == ["rejected"]


@pytest.mark.parametrize("where", ["above", "below"])
@pytest.mark.parametrize("how", ["box", "word"])
def test_what_a_person_writes_of_a_paper_elsewhere_is_theirs(
    survey: Survey, where: str, how: str
) -> None:
    names = list(corpus.SECTIONS)
    other = names[0 if where == "above" else -1]
    first = next(p for p in proposals(survey) if p.section[-1] != other)
    mine = f"{first.text} Also about this."
    heading = f"## {other}\n\n"
    text = survey.text().replace(heading, f"{heading}{mine}\n")
    survey.github.push(BRANCH, {"README.md": text})
    survey.run()
    [now] = [p for p in proposals(survey) if p.paper.title == first.paper.title]
    assert (now.section, now.moved_from, now.text) == (first.section, (), first.text)
    if how == "box":
        survey.github.untick(1, paper_key(first.paper))
    else:
        survey.github.comment(1, f"/tracker drop {first.paper.identifiers[0].value}")
    for week in (2, 3):
        survey.week(week)
        survey.run()
        assert mine in survey.text().splitlines()
        assert first.text not in survey.text().splitlines()
        assert first.paper.title not in {p.paper.title for p in proposals(survey)}
    assert kinds(survey, first) == ["rejected"]
    survey.github.merge_pull(1)
    survey.week(4)
    survey.run()
    # It is on the list, by their own hand.
    assert kinds(survey, first) == ["rejected", "accepted"]


def test_a_box_takes_nothing_off_that_the_list_has_itself(survey: Survey) -> None:
    first, *_ = proposals(survey)
    heading = f"## {first.section[-1]}\n\n"
    text = survey.text("main").replace(heading, f"{heading}{first.text}\n")
    survey.github.push("main", {"README.md": text})
    survey.github.untick(1, paper_key(first.paper))
    survey.run()
    survey.run()
    assert first.paper.title in survey.text()
    assert kinds(survey, first) == ["accepted"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_heading_that_is_renamed_moves_no_paper(survey: Survey, when: str) -> None:
    world = survey.github
    waiting = proposals(survey)
    name_of = waiting[0].section[-1]

    def rename() -> None:
        text = survey.text("main")
        new = text.replace(f"## {name_of}\n", f"## {name_of} of Today\n")
        world.push("main", {"README.md": new})

    if when == "before":
        rename()
        survey.run()
        assert not [p for p in proposals(survey) if p.moved_from]
    assert world.merge_pull(1)
    if when == "after":
        rename()
    survey.week(2)
    survey.run()
    assert {kind for p in waiting for kind in kinds(survey, p)} == {"accepted"}
    lose_index(survey)
    survey.run()
    assert {kind for p in waiting for kind in kinds(survey, p)} == {"accepted"}


def test_a_paper_moved_from_a_heading_that_is_dissolved_is_moved(survey: Survey) -> None:
    first, *_ = proposals(survey)
    gone = first.section[-1]
    assert survey.github.merge_pull(1)
    text = survey.text("main")
    start, _, rest = text.partition(f"## {gone}\n\n")
    there, _, after = rest.partition("\n## ")
    lines = [line for line in there.splitlines() if line.startswith("* ")]
    kept = f"{start}## {after}"
    other, another = (name for name in corpus.SECTIONS if name != gone)
    for line in lines:
        name = other if line == first.text else another
        kept = kept.replace(f"## {name}\n\n", f"## {name}\n\n{line}\n")
    survey.github.push("main", {"README.md": kept})
    survey.week(2)
    survey.run()
    assert kinds(survey, first) == ["moved"]


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("noticed", [False, True])
def test_a_pull_request_that_is_opened_again_is_to_be_reviewed_again(
    survey: Survey, noticed: bool, lost: bool
) -> None:
    waiting = proposals(survey)
    survey.github.close_pull(1)
    if noticed:
        survey.run("review")
        assert {kind for p in waiting for kind in kinds(survey, p)} == {"rejected"}
    survey.github.reopen_pull(1)
    if lost:
        lose_index(survey)
    for week in (2, 3):
        survey.week(week)
        survey.run()
        assert [pull.number for pull in survey.github.pulls()] == [1]
        assert [p.text for p in proposals(survey)] == [p.text for p in waiting]
    known = ["rejected", "reconsidered"] if noticed and not lost else []
    assert {tuple(kinds(survey, p)) for p in waiting} == {tuple(known)}
    survey.github.merge_pull(1)
    survey.week(4)
    survey.run()
    assert {tuple(kinds(survey, p)) for p in waiting} == {(*known, "accepted")}


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_paper_moved_with_all_others_of_its_heading_is_moved(survey: Survey, when: str) -> None:
    """The heading stays, so it was not renamed."""
    first, *_ = proposals(survey)
    left = first.section[-1]
    other = next(name for name in corpus.SECTIONS if name != left)
    branch = BRANCH if when == "before" else "main"
    if when == "after":
        assert survey.github.merge_pull(1)
    start, _, rest = survey.text(branch).partition(f"## {left}\n\n")
    entries, _, after = rest.partition("\n## ")
    text = f"{start}## {left}\n\n## {after}"
    text = text.replace(f"## {other}\n\n", f"## {other}\n\n{entries}")
    survey.github.push(branch, {"README.md": text})
    survey.week(2)
    survey.run()
    if when == "before":
        assert survey.github.merge_pull(1)
        survey.week(3)
        survey.run()
    assert kinds(survey, first) == ["moved"]
    lose_index(survey)
    survey.run()
    assert kinds(survey, first) == ["moved"]


def test_what_is_on_a_list_without_git_again_was_accepted(tmp_path: Path) -> None:
    survey = in_a_checkout(tmp_path)
    shutil.rmtree(tmp_path / ".git")
    survey.week(1)
    first, *_ = survey.run().report.proposals
    text, path = tmp_path / TEXT_NAME, tmp_path / "README.md"
    before, body = path.read_text(), text.read_text()
    mark = f"<!-- paper {paper_key(first.paper)} -->"
    [line] = [line for line in body.splitlines() if mark in line]
    text.write_text(body.replace(line, line.replace("[x]", "[ ]")))
    for _ in range(2):
        survey.run()
        assert first.paper.title not in path.read_text()
        assert kinds(survey, first) == ["rejected"]
    path.write_text(before)
    for week in (2, 3):
        survey.week(week)
        survey.run()
        assert kinds(survey, first) == ["rejected", "accepted"]


@pytest.mark.parametrize("heading", ["# Baking Papers\n", "## Pastry\n"])
@pytest.mark.parametrize("conflict", [False, True])
def test_what_waits_follows_a_heading_that_is_renamed(
    survey: Survey, heading: str, conflict: bool
) -> None:
    world = survey.github
    # Not what would be proposed again by itself.
    world.comment(1, "/tracker add 2401.30005 to Pastry")
    survey.run()
    waiting = proposals(survey)
    text = survey.text("main")
    for name in corpus.SECTIONS if conflict else ():
        theirs = f"* [On {name}](https://bread.example/{name})\n"
        text = text.replace(f"## {name}\n\n", f"## {name}\n\n{theirs}")
    world.push("main", {"README.md": text.replace(heading, f"{heading[:-1]} of Today\n")})
    survey.run("review")
    survey.week(2)
    survey.run()
    assert [p.paper.title for p in proposals(survey)] == [p.paper.title for p in waiting]
    assert not [p for p in proposals(survey) if p.moved_from]
    [pull] = world.pulls()
    assert world.merge_pull(pull.number)
    survey.week(3)
    survey.run()
    assert {kind for p in waiting for kind in kinds(survey, p)} == {"accepted"}


@pytest.mark.parametrize("where", ["main", "branch", "later"])
def test_a_section_moved_below_another_moves_no_paper(survey: Survey, where: str) -> None:
    world = survey.github
    waiting = proposals(survey)

    def below(branch: str) -> None:
        text = survey.text(branch).replace("## Ovens\n", "### Ovens\n")
        world.push(branch, {"README.md": text.replace("## Pastry\n", "### Pastry\n")})

    if where != "later":
        below("main" if where == "main" else BRANCH)
    survey.run()
    assert [p.paper.title for p in proposals(survey)] == [p.paper.title for p in waiting]
    assert not [p for p in proposals(survey) if p.moved_from]
    assert world.merge_pull(1)
    if where == "later":
        below("main")
    survey.week(2)
    survey.run()
    assert {kind for p in waiting for kind in kinds(survey, p)} == {"accepted"}
    lose_index(survey)
    survey.run()
    assert {kind for p in waiting for kind in kinds(survey, p)} == {"accepted"}
