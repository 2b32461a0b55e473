"""The rolling pull request on GitHub, against the stand-in over real HTTP."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.tracker.pull_request.examples import (
    BRANCH,
    LIST,
    add,
    edited,
    github,
    proposal,
    put,
    report,
)
from tests.world.github import GitHub
from tests.world.server import Answer, Request
from tracker.errors import TargetError
from tracker.pull_request.proposal import paper_key
from tracker.pull_request.target import Conflict, OpenPullRequest


@pytest.fixture
def world() -> Iterator[GitHub]:
    with GitHub({"README.md": LIST, "docs/guide.md": "A guide\n"}) as world:
        yield world


def opened(world: GitHub) -> OpenPullRequest:
    found = github(world).read().pull_request
    assert found is not None
    return found


def lines_added(world: GitHub) -> list[str]:
    before = world.text("main").splitlines()
    return [line for line in world.text(BRANCH).splitlines() if line not in before]


def test_the_first_run_opens_a_pull_request(world: GitHub) -> None:
    done = put(github(world), 1, 2, labels=["literature"])
    assert (done.number, done.state) == (1, "opened")
    assert done.url == "https://github.com/owner/list/pull/1"
    assert lines_added(world) == [proposal(2).text, proposal(1).text]
    [pull] = world.pulls()
    assert pull.title == "Reading list: add 2 papers in 1 section"
    assert pull.labels == ["literature"]
    assert len(world.store.between(world.refs["main"], world.refs[BRANCH])) == 1


def test_the_second_run_writes_nothing(world: GitHub) -> None:
    put(github(world), 1, labels=["literature"])
    world.requests.clear()
    assert put(github(world), 1, labels=["literature"]).state == "unchanged"
    assert world.writes == []


def test_nothing_to_propose_writes_nothing(world: GitHub) -> None:
    assert put(github(world)).state == "none"
    assert world.writes == []


def test_reading_needs_no_token(world: GitHub) -> None:
    target = github(world, token="")
    snapshot = target.read()
    assert snapshot.files == {"README.md": LIST}
    files, proposals = edited(snapshot, [1])
    with pytest.raises(TargetError, match="GITHUB_TOKEN is not set"):
        target.publish(snapshot, files, report(*proposals))


def test_later_papers_are_appended(world: GitHub) -> None:
    put(github(world), 1)
    first = world.refs[BRANCH]
    assert put(github(world), 2).state == "updated"
    assert first in world.store.ancestors(world.refs[BRANCH])
    assert len(world.pulls("all")) == 1
    assert [paper_key(p.paper) for p in opened(world).proposals] == [
        "arxiv:2601.00001",
        "arxiv:2601.00002",
    ]


def test_a_persons_commit_stays(world: GitHub) -> None:
    put(github(world), 1)
    mine = add(world.text(BRANCH), "* Mine", "## Kites\n\n")
    pushed = world.push(BRANCH, {"README.md": mine, "notes.txt": "mine too"})
    put(github(world), 2)
    assert pushed in world.store.ancestors(world.refs[BRANCH])
    assert world.text(BRANCH, "notes.txt") == "mine too"
    assert "* Mine\n" in world.text(BRANCH)
    assert opened(world).extra


def test_a_moved_base_is_merged_in(world: GitHub) -> None:
    put(github(world), 1)
    world.push("main", {"README.md": LIST + "* New kites\n", "docs/guide.md": "A better guide\n"})
    put(github(world), 2)
    assert world.refs["main"] in world.store.ancestors(world.refs[BRANCH])
    assert world.text(BRANCH, "docs/guide.md") == "A better guide\n"
    assert lines_added(world) == [proposal(2).text, proposal(1).text]
    assert world.merge_pull(1)


def test_a_moved_base_keeps_what_people_did_elsewhere_on_the_branch(world: GitHub) -> None:
    put(github(world), 1)
    world.push(BRANCH, {"docs/guide.md": None, "docs/deep/new.md": "new"})
    world.push("main", {"README.md": LIST + "* New kites\n"})
    put(github(world), 2)
    assert set(world.store.files(world.refs[BRANCH])) == {"README.md", "docs/deep/new.md"}
    assert world.merge_pull(1)


def test_a_conflict_is_rebuilt_when_only_the_bot_wrote(world: GitHub) -> None:
    put(github(world), 1)
    world.push("main", {"README.md": add(LIST, "* New lanterns")})
    assert opened(world).rebuild
    put(github(world), 2)
    assert lines_added(world) == [proposal(2).text, proposal(1).text]
    assert "* New lanterns\n" in world.text(BRANCH)
    assert world.merge_pull(1)


def test_a_conflict_with_a_person_is_theirs_to_resolve(world: GitHub) -> None:
    put(github(world), 1)
    pushed = world.push(BRANCH, {"README.md": add(world.text(BRANCH), "* Mine")})
    world.push("main", {"README.md": add(LIST, "* Theirs")})
    target = github(world)
    snapshot = target.read()
    assert snapshot.pull_request is not None
    said = snapshot.pull_request.blocked
    assert "resolve the conflict" in said
    for expected in ("updated", "unchanged"):
        snapshot = target.read()
        files, proposals = edited(snapshot, [2])
        done = target.publish(snapshot, files, report(*proposals[:1], notice=said))
        assert done.state == expected
    assert world.refs[BRANCH] == pushed
    assert "[!IMPORTANT]" in world.pulls()[0].body
    resolved = add(add(LIST, "* Mine"), "* Theirs")
    merged = world.store.commit(
        world.store.tree({"README.md": ("100644", world.store.blob(resolved.encode()))}),
        (pushed, world.refs["main"]),
        "Resolve",
        "maintainer",
    )
    world.move(BRANCH, merged)
    assert not opened(world).blocked


@pytest.mark.parametrize("squash", [True, False])
@pytest.mark.parametrize("delete", [True, False])
def test_after_a_merge_the_next_proposals_open_a_new_one(
    world: GitHub, squash: bool, delete: bool
) -> None:
    world.rules.delete_merged_branches = delete
    put(github(world), 1)
    assert world.merge_pull(1, squash=squash)
    assert put(github(world), 1).state == "none"
    done = put(github(world), 1, 2)
    assert (done.number, done.state) == (2, "opened")
    assert lines_added(world) == [proposal(2).text]
    assert world.merge_pull(2, squash=squash)
    assert put(github(world), 3).number == 3
    assert lines_added(world) == [proposal(3).text]


def test_after_closing_the_next_proposals_start_from_the_base(world: GitHub) -> None:
    put(github(world), 1)
    head = world.refs[BRANCH]
    world.close_pull(1)
    assert put(github(world), 2).number == 2
    assert lines_added(world) == [proposal(2).text]
    assert head in world.store.ancestors(world.refs[BRANCH])


def test_a_persons_commit_on_a_branch_without_a_pull_request_stays(world: GitHub) -> None:
    put(github(world), 1)
    world.close_pull(1)
    world.push(BRANCH, {"notes.txt": "wait"})
    put(github(world), 2)
    assert world.text(BRANCH, "notes.txt") == "wait"


def test_what_a_person_amended_is_theirs(world: GitHub) -> None:
    put(github(world), 1)
    mine = f"{proposal(1).text} Read this."
    world.amend(BRANCH, {"README.md": world.text(BRANCH).replace(proposal(1).text, mine)})
    world.push("main", {"README.md": add(LIST, "* On top")})
    opened = github(world).read().pull_request
    assert opened is not None
    assert "resolve the conflict" in opened.blocked
    put(github(world), 2)
    assert f"{mine}\n" in world.text(BRANCH)


def test_what_a_person_amended_after_closing_is_kept(world: GitHub) -> None:
    put(github(world), 1)
    world.close_pull(1)
    mine = f"{proposal(1).text} Read this."
    world.amend(BRANCH, {"README.md": world.text(BRANCH).replace(proposal(1).text, mine)})
    put(github(world), 2)
    assert f"{mine}\n" in world.text(BRANCH)


@pytest.mark.parametrize("amended", [False, True])
def test_a_commit_of_an_earlier_version_is_ours_as_far_as_the_text_names_it(
    world: GitHub, amended: bool
) -> None:
    put(github(world), 1)
    last = world.store.commits[world.refs[BRANCH]]
    message = re.sub(r"Proposed-tree: .*\n", "", last.message)
    assert message != last.message
    sha = world.store.commit(last.tree, last.parents, message, "bot")
    world.move(BRANCH, sha)
    world.threads[1].body = world.threads[1].body.replace(last.sha, sha)
    mine = f"{proposal(1).text} Read this."
    if amended:
        world.amend(BRANCH, {"README.md": world.text(BRANCH).replace(proposal(1).text, mine)})
    world.push("main", {"README.md": add(LIST, "* On top")})
    opened = github(world).read().pull_request
    assert opened is not None
    assert bool(opened.blocked) == amended
    put(github(world), 2)
    assert (f"{mine}\n" in world.text(BRANCH)) == amended


def test_a_conflict_in_another_file_is_a_persons_to_resolve(world: GitHub) -> None:
    put(github(world), 1)
    world.push(BRANCH, {"docs/guide.md": "Mine\n"})
    world.push("main", {"docs/guide.md": "Theirs\n"})
    assert "the same lines of other files" in opened(world).blocked
    world.push("main", {"docs/guide.md": "Mine\n"})
    assert not opened(world).blocked


def test_a_pull_request_the_base_made_needless_is_closed(world: GitHub) -> None:
    put(github(world), 1)
    world.push("main", {"README.md": add(LIST, proposal(1).text)})
    target = github(world)
    snapshot = target.read()
    done = target.publish(snapshot, snapshot.files, report())
    assert done.state == "closed"
    assert "Closed: everything proposed here" in world.threads[1].body
    assert put(github(world), 1).state == "none"


def test_a_pull_request_with_a_persons_work_is_not_closed(world: GitHub) -> None:
    put(github(world), 1)
    world.push(BRANCH, {"README.md": LIST, "notes.txt": "mine"})
    target = github(world)
    snapshot = target.read()
    assert target.publish(snapshot, snapshot.working, report()).state == "updated"
    assert world.threads[1].state == "open"


def test_an_unticked_paper_is_reported(world: GitHub) -> None:
    put(github(world), 1, 2)
    world.untick(1, "arxiv:2601.00002")
    assert opened(world).unticked == {"arxiv:2601.00002"}


def test_what_people_wrote_in_the_text_and_title_stays(world: GitHub) -> None:
    put(github(world), 1)
    world.threads[1].body = "Mia looks at this.\r\n" + world.threads[1].body
    world.threads[1].title = "More lanterns"
    put(github(world), 2)
    assert world.threads[1].body.startswith("Mia looks at this.\r\n")
    assert world.threads[1].title == "More lanterns"


@pytest.mark.parametrize("name", ["Reading list: March", "Reading list: add 2 papers, please"])
def test_a_title_that_begins_like_ours_stays(world: GitHub, name: str) -> None:
    put(github(world), 1)
    world.threads[1].title = name
    put(github(world), 2)
    assert world.threads[1].title == name


def test_a_label_that_a_person_took_off_stays_off(world: GitHub) -> None:
    put(github(world), 1, labels=["literature"])
    world.threads[1].labels.clear()
    put(github(world), 2, labels=["literature"])
    assert world.threads[1].labels == []


def test_reviewers_and_assignees_are_asked_once(
    world: GitHub, caplog: pytest.LogCaptureFixture
) -> None:
    world.rules.permissions |= {"mia": "write"}

    def ask() -> str:
        target = github(world)
        snapshot = target.read()
        files, proposals = edited(snapshot, [1])
        return target.publish(
            snapshot,
            files,
            report(*proposals),
            reviewers=["mia", "stranger", "bot"],
            assignees=["maintainer", "stranger"],
        ).state

    assert ask() == "opened"
    assert world.threads[1].reviewers == ["mia"]
    assert world.threads[1].assignees == ["maintainer"]
    assert "stranger may not write to owner/list and is not asked" in caplog.text
    world.requests.clear()
    world.threads[1].reviewers.clear()
    world.threads[1].assignees.clear()
    assert ask() == "unchanged"
    assert world.writes == []
    assert world.threads[1].reviewers == []
    assert world.threads[1].assignees == []


def test_bytes_that_are_no_utf8_and_line_ends_stay(world: GitHub) -> None:
    world.push("main", {"README.md": LIST.replace("\n", "\r\n").encode() + b"caf\xe9\r\n"})
    target = github(world)
    snapshot = target.read()
    text = snapshot.files["README.md"]
    target.publish(snapshot, {"README.md": text + "* x\r\n"}, report(proposal()))
    added = world.store.read(world.refs[BRANCH], "README.md")
    assert added == world.store.read(world.refs["main"], "README.md") + b"* x\r\n"


def test_files_in_folders_are_one_commit(world: GitHub) -> None:
    world.push("main", {"docs/list/a.md": "A\n", "docs/list/b.md": "B\n"})
    target = github(
        world, list={"repository": "owner/list", "files": ["docs/list/a.md", "README.md"]}
    )
    snapshot = target.read()
    assert snapshot.files["docs/list/a.md"] == "A\n"
    files = {"docs/list/a.md": "A\nx\n", "README.md": LIST + "x\n"}
    target.publish(snapshot, files, report(proposal()))
    assert world.text(BRANCH, "docs/list/a.md") == "A\nx\n"
    assert len(world.store.between(world.refs["main"], world.refs[BRANCH])) == 1


def test_an_executable_list_stays_executable(world: GitHub) -> None:
    tree = dict(world.store.files(world.refs["main"]))
    tree["README.md"] = ("100755", tree["README.md"][1])
    head = (world.refs["main"],)
    world.move("main", world.store.commit(world.store.tree(tree), head, "chmod", "maintainer"))
    put(github(world), 1)
    assert world.store.files(world.refs[BRANCH])["README.md"][0] == "100755"


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_race_is_a_conflict_and_the_next_try_succeeds(world: GitHub, method: str) -> None:
    if method == "PATCH":
        put(github(world), 1)
    target = github(world)
    snapshot = target.read()
    files, proposals = edited(snapshot, [1, 2])
    mine = add(LIST, "* Mine", "## Kites\n\n")
    world.push(BRANCH, {"README.md": mine if method == "POST" else world.text(BRANCH) + "* Mine\n"})
    pushed = world.refs[BRANCH]
    with pytest.raises(Conflict, match="someone else wrote"):
        target.publish(snapshot, files, report(*proposals))
    put(target, 1, 2)
    assert pushed in world.store.ancestors(world.refs[BRANCH])
    assert "* Mine\n" in world.text(BRANCH)


def test_a_race_inside_the_last_request_is_a_conflict_too(world: GitHub) -> None:
    put(github(world), 1)

    def push_first(_: Request, answer: Answer) -> Answer:
        world.push(BRANCH, {"notes.txt": "first"})
        return answer

    world.fail(push_first, path="/git/ref/heads/survey", method="GET", after=1)
    with pytest.raises(Conflict, match="someone else wrote"):
        put(github(world), 2)
    assert world.text(BRANCH, "notes.txt") == "first"


def test_a_creation_that_was_not_answered_is_found(world: GitHub) -> None:
    world.fail(lambda _, answer: Answer(502, "gone"), path="/pulls$", method="POST")
    done = put(github(world), 1, labels=["literature"])
    assert (done.number, done.state) == (1, "opened")
    assert len(world.pulls("all")) == 1
    assert world.threads[1].labels == ["literature"]
