"""The list moves to another file, or its proposals to another branch, while some wait."""

from __future__ import annotations

import pytest

from tests.jobs.reviewer import BRANCH, Survey
from tests.jobs.test_afterwards import kinds, proposals
from tracker.pull_request.proposal import paper_key


def names_list(survey: Survey, *files: str) -> None:
    """A person names other files in the configuration."""
    config = survey.folder / "tracker.toml"
    names = ", ".join(f'"{name}"' for name in files)
    config.write_text(config.read_text().replace("[list]", f"[list]\nfiles = [{names}]"))


@pytest.mark.parametrize("how", ["renamed", "replaced", "split"])
def test_a_list_that_moves_to_another_file_keeps_what_waits(survey: Survey, how: str) -> None:
    world = survey.github
    waiting = proposals(survey)
    text = survey.text("main")
    start, _, rest = text.partition("## Pastry\n")
    files: dict[str, dict[str, str | None]] = {
        "renamed": {"README.md": None, "LIST.md": text},
        "replaced": {"README.md": "See LIST.md\n", "LIST.md": text},
        "split": {"README.md": start, "LIST.md": f"# Baking Papers\n\n## Pastry\n{rest}"},
    }
    world.push("main", files[how])
    names_list(survey, *(["README.md", "LIST.md"] if how == "split" else ["LIST.md"]))
    for week in (2, 3):
        survey.week(week)
        survey.run()
        [pull] = world.pulls()
        assert {p.paper.title for p in proposals(survey)} >= {p.paper.title for p in waiting}
    assert "rejected" not in {kind for p in waiting for kind in kinds(survey, p)}
    assert world.merge_pull(pull.number)
    survey.week(4)
    survey.run()
    assert {kind for p in waiting for kind in kinds(survey, p)} == {"accepted"}
    if how == "renamed":
        assert "README.md" not in world.store.files(world.refs["main"])
    if how == "replaced":
        assert world.text("main", "README.md") == "See LIST.md\n"


def test_a_list_that_moves_while_people_write_on_the_branch_waits_for_them(
    survey: Survey,
) -> None:
    world = survey.github
    waiting = proposals(survey)
    mine = "* [Mine](https://bread.example/mine)"
    world.push(
        BRANCH, {"README.md": survey.text().replace("## Ovens\n\n", f"## Ovens\n\n{mine}\n")}
    )
    world.push("main", {"README.md": None, "LIST.md": survey.text("main")})
    names_list(survey, "LIST.md")
    head = world.refs[BRANCH]
    for week in (2, 3):
        survey.week(week)
        survey.run()
        [pull] = world.pulls()
        assert world.refs[BRANCH] == head
        assert "until then nothing is added" in pull.body
        assert survey.decisions() == []
    # They merge, and git takes the branch's lines to the new name.
    merged = world.store.tree({"LIST.md": world.store.files(head)["README.md"]})
    commit = world.store.commit(merged, (head, world.refs["main"]), "Merge main", "maintainer")
    world.move(BRANCH, commit)
    survey.week(4)
    survey.run()
    assert {p.paper.title for p in proposals(survey)} >= {p.paper.title for p in waiting}
    assert mine in world.text(BRANCH, "LIST.md")
    assert "until then nothing is added" not in pull.body
    assert survey.decisions() == []


@pytest.mark.parametrize("left", [None, "See LIST.md\n"])
def test_a_list_that_moves_on_the_branch_stops_no_run(survey: Survey, left: str | None) -> None:
    world = survey.github
    waiting = proposals(survey)
    survey.github.untick(1, paper_key(waiting[0].paper))
    world.push(BRANCH, {"README.md": left, "LIST.md": survey.text()})
    head = world.refs[BRANCH]
    for week in (2, 3):
        survey.week(week)
        survey.run()
        [pull] = world.pulls()
        assert world.refs[BRANCH] == head
        assert "name the file that holds the list in list.files" in pull.body
        assert survey.decisions() == []
    assert world.merge_pull(1)
    names_list(survey, "LIST.md")
    survey.week(4)
    survey.run()
    assert {kind for p in waiting for kind in kinds(survey, p)} == {"accepted"}


@pytest.mark.parametrize("how", ["merged", "closed"])
def test_another_branch_in_the_settings_waits_for_the_open_pull_request(
    survey: Survey, how: str
) -> None:
    world = survey.github
    waiting = proposals(survey)
    config = survey.folder / "tracker.toml"
    config.write_text(config.read_text().replace("[propose]", '[propose]\nbranch = "bot/papers"'))
    for week in (2, 3):
        survey.week(week)
        survey.run()
        assert [pull.number for pull in world.pulls()] == [1]
        assert survey.decisions() == []
    if how == "merged":
        assert world.merge_pull(1)
    else:
        world.close_pull(1)
    survey.week(4)
    survey.run()
    [pull] = world.pulls()
    assert pull.head == "bot/papers"
    expected = "accepted" if how == "merged" else "rejected"
    assert {kind for p in waiting for kind in kinds(survey, p)} == {expected}
