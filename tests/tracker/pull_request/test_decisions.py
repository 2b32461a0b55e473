"""What reviewers did, read from GitHub alone."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.tracker.pull_request.examples import (
    BRANCH,
    LIST,
    add,
    edited,
    github,
    paper,
    proposal,
    put,
    report,
)
from tests.world.github import GitHub
from tests.world.github_model import refusal
from tracker.paper import Paper
from tracker.pull_request.commands import HELP, Command
from tracker.pull_request.decisions import Decision, read_decisions
from tracker.pull_request.local import local_target
from tracker.pull_request.proposal import Declined, paper_key
from tracker.taxonomy import Path as Section


@pytest.fixture
def world() -> Iterator[GitHub]:
    with GitHub({"README.md": LIST}) as world:
        yield world


def section_in(text: str, found: Paper) -> Section | None:
    """Where an invented list has a paper."""
    number = int((found.identifier("arxiv") or "0.0").split(".")[1])
    line = proposal(number).text
    before, present, _ = text.partition(f"{line}\n")
    return (before.rpartition("## ")[2].partition("\n")[0],) if present else None


def decided(world: GitHub) -> dict[str, Decision]:
    """Every decision, read with nothing but GitHub."""
    target = github(world)
    target.read()
    text = world.text("main")
    return {
        paper_key(decision.paper): decision
        for closed in target.closed()
        for decision in read_decisions(closed, lambda found: section_in(text, found))
    }


def test_what_was_merged_moved_and_taken_away(world: GitHub) -> None:
    put(github(world), 1, 2, 3, 4)
    text = world.text(BRANCH).replace(f"{proposal(2).text}\n", "")
    text = add(text.replace(f"{proposal(3).text}\n", ""), proposal(3).text, "## Kites\n\n")
    world.push(BRANCH, {"README.md": text})
    world.untick(1, "arxiv:2601.00004")
    world.push(BRANCH, {"README.md": text.replace(f"{proposal(4).text}\n", "")})
    world.merge_pull(1, squash=True, login="maintainer")
    found = decided(world)
    assert {key[-1]: (d.kind, d.section, d.now, d.reason) for key, d in found.items()} == {
        "1": ("accepted", ("Lanterns",), ("Lanterns",), ""),
        "2": ("rejected", ("Lanterns",), None, "its line was taken away"),
        "3": ("moved", ("Lanterns",), ("Kites",), ""),
        "4": ("rejected", ("Lanterns",), None, "unticked"),
    }
    assert {d.who for d in found.values()} == {"maintainer"}
    assert {d.where for d in found.values()} == {"https://github.com/owner/list/pull/1"}
    assert found["arxiv:2601.00001"].at is not None


def test_closing_rejects_what_nobody_put_off(world: GitHub) -> None:
    put(github(world), 1, 2, 3)
    world.comment(1, "/tracker later 2601.00002")
    world.comment(1, "/tracker drop 2601.00003 off topic", login="stranger")
    world.comment(1, "/tracker drop 2601.00003 too short")
    world.close_pull(1)
    found = decided(world)
    assert {key[-1]: (d.kind, d.reason) for key, d in found.items()} == {
        "1": ("rejected", "closed without merging"),
        "2": ("postponed", ""),
        "3": ("rejected", "too short"),
    }


def test_what_was_taken_out_while_it_was_open_is_not_forgotten(world: GitHub) -> None:
    put(github(world), 1, 2)
    target = github(world)
    snapshot = target.read()
    files, waiting = edited(snapshot, [])
    taken = Declined(
        paper=paper(2),
        section=("Lanterns",),
        reason="unticked",
        who="maintainer",
        where="https://github.com/owner/list/pull/1",
        at=date(2026, 1, 10),
    )
    files = {"README.md": files["README.md"].replace(f"{proposal(2).text}\n", "")}
    target.publish(snapshot, files, report(*waiting[:1], declined=(taken,)))
    assert "### Taken out by reviewers" in world.threads[1].body
    opened = github(world).read().pull_request
    assert opened is not None
    assert [d.reason for d in opened.declined] == ["unticked"]
    world.merge_pull(1)
    found = decided(world)
    assert found["arxiv:2601.00001"].kind == "accepted"
    assert (found["arxiv:2601.00002"].kind, found["arxiv:2601.00002"].who) == (
        "rejected",
        "maintainer",
    )


def test_what_came_back_later_was_accepted(world: GitHub) -> None:
    put(github(world), 1)
    world.close_pull(1)
    assert decided(world)["arxiv:2601.00001"].kind == "rejected"
    world.push("main", {"README.md": add(LIST, proposal(1).text)})
    assert decided(world)["arxiv:2601.00001"].kind == "accepted"


def test_commands_are_read_once_and_only_from_people_who_may_write(world: GitHub) -> None:
    world.rules.permissions |= {"editor": "write", "reader": "read"}
    put(github(world), 1, 2)
    first = world.comment(1, "/tracker drop 2601.00001", login="editor")
    world.comment(1, "Nice.", login="editor")
    second = world.comment(1, "/tracker dance", login="reader")
    third = world.comment(1, "/tracker help", login="stranger")
    target = github(world)
    found = target.comments(target.read())
    assert [(c.id, c.who, c.may_write) for c in found] == [
        (first.id, "editor", True),
        (second.id, "reader", False),
        (third.id, "stranger", False),
    ]
    assert found[0].commands == (Command("drop", "2601.00001"),)
    target.answer(found[0])
    target.answer(found[1], ["Only people who may write here are obeyed."])
    # A run that died after its reply does not reply again.
    world.fail(lambda _, answer: answer, path="/reactions")
    target.answer(found[1], ["Only people who may write here are obeyed."])
    replies = [c.body for c in world.comments.values() if c.login == "bot"]
    assert len(replies) == 1
    assert replies[0].startswith("Only people who may write here are obeyed.\n\n<!-- answer to")
    assert first.reactions == [("bot", "+1")]
    assert second.reactions == [("bot", "confused")]
    target = github(world)
    assert [c.id for c in target.comments(target.read())] == [third.id]
    target.answer(found[2], [HELP])
    target = github(world)
    assert target.comments(target.read()) == ()


def test_a_stranger_that_github_does_not_know_may_not_write(world: GitHub) -> None:
    put(github(world), 1)
    world.comment(1, "/tracker help", login="ghost")
    world.fail(refusal(404, "Not Found"), path="/collaborators/ghost/")
    target = github(world)
    [comment] = target.comments(target.read())
    assert not comment.may_write


def test_without_a_pull_request_there_are_no_comments(world: GitHub) -> None:
    target = github(world)
    assert target.comments(target.read()) == ()
    assert target.closed() == ()


def git(path: Path, *words: str) -> None:
    identity = ("-c", "user.name=Mia", "-c", "user.email=mia@example.org")
    subprocess.run(["git", *identity, *words], cwd=path, capture_output=True, check=True)


def test_a_local_branch_tells_what_was_decided(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(LIST, encoding="utf-8")
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", "README.md")
    git(tmp_path, "commit", "-q", "-m", "Begin")

    def decisions() -> dict[str, str]:
        text = (tmp_path / "README.md").read_text(encoding="utf-8")
        return {
            paper_key(d.paper)[-1]: d.kind
            for closed in local_target(tmp_path, ["README.md"], BRANCH).closed()
            for d in read_decisions(closed, lambda found: section_in(text, found))
        }

    put(local_target(tmp_path, ["README.md"], BRANCH), 1, 2)
    assert decisions() == {}
    git(tmp_path, "merge", "-q", BRANCH)
    assert decisions() == {"1": "accepted", "2": "accepted"}
    put(local_target(tmp_path, ["README.md"], BRANCH), 3)
    git(tmp_path, "branch", "-q", "-D", BRANCH)
    assert decisions() == {"1": "accepted", "2": "accepted", "3": "rejected"}
    (tmp_path / "survey-tracker-pull-request.md").unlink()
    without_2 = (tmp_path / "README.md").read_text(encoding="utf-8")
    without_2 = without_2.replace(f"{proposal(2).text}\n", "")
    (tmp_path / "README.md").write_text(without_2, encoding="utf-8")
    assert decisions() == {"1": "accepted", "2": "rejected"}
