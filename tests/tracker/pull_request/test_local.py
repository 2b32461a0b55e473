"""Proposals in a local checkout, and in a folder without git."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
from pathlib import Path

import pytest

from tests.tracker.pull_request.examples import BRANCH, LIST, add, edited, proposal, put, report
from tracker.errors import InputError, TargetError, TrackerError
from tracker.pull_request import block
from tracker.pull_request.body import TEXT_NAME
from tracker.pull_request.folder import write_atomically, write_together
from tracker.pull_request.local import local_target
from tracker.pull_request.local_git import LocalRepository
from tracker.pull_request.proposal import paper_key
from tracker.pull_request.target import Conflict, Target


def git(path: Path, *words: str) -> str:
    identity = ("-c", "user.name=Mia", "-c", "user.email=mia@example.org")
    done = subprocess.run(["git", *identity, *words], cwd=path, capture_output=True, check=True)
    return done.stdout.decode()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout whose user git does not know."""
    path = tmp_path / "list"
    path.mkdir()
    (path / "README.md").write_text(LIST, encoding="utf-8")
    git(path, "init", "-q", "-b", "main")
    git(path, "config", "user.useConfigOnly", "true")
    git(path, "add", "README.md")
    git(path, "commit", "-q", "-m", "Begin")
    return path


def target(path: Path, base: str | None = None) -> Target:
    return local_target(path, ["README.md"], BRANCH, base)


def commit(path: Path, branch: str, text: str) -> None:
    """A person's commit on a branch, the ordinary way."""
    current = git(path, "branch", "--show-current").strip()
    git(path, "switch", "-q", branch)
    (path / "README.md").write_text(text, encoding="utf-8")
    git(path, "commit", "-q", "-am", "Mine")
    git(path, "switch", "-q", current)


def test_proposals_become_a_branch_and_a_text(checkout: Path) -> None:
    before = git(checkout, "ls-files", "--stage")
    done = put(target(checkout), 1, 2)
    assert (done.number, done.url, done.branch, done.state) == (None, None, BRANCH, "opened")
    diff = git(checkout, "diff", "main", BRANCH, "--unified=0").splitlines()
    assert diff[-2:] == [f"+{proposal(2).text}", f"+{proposal(1).text}"]
    assert git(checkout, "log", "-1", "--format=%an", BRANCH) == "survey-tracker\n"
    assert (checkout / "README.md").read_text(encoding="utf-8") == LIST
    assert git(checkout, "ls-files", "--stage") == before
    assert git(checkout, "status", "--porcelain") == ""
    text = (checkout / TEXT_NAME).read_text(encoding="utf-8")
    assert text.startswith("# Reading list: add 2 papers in 1 section\n")


def test_the_second_run_writes_nothing(checkout: Path) -> None:
    put(target(checkout), 1)
    head, text = git(checkout, "rev-parse", BRANCH), (checkout / TEXT_NAME).stat()
    assert put(target(checkout), 1).state == "unchanged"
    assert git(checkout, "rev-parse", BRANCH) == head
    assert (checkout / TEXT_NAME).stat().st_mtime_ns == text.st_mtime_ns
    assert put(target(checkout), 2).state == "updated"
    assert git(checkout, "rev-parse", f"{BRANCH}~1") == head


@pytest.mark.parametrize("place", [".", "bot", "odd [name]*"])
def test_what_is_to_be_overlooked_is(checkout: Path, tmp_path: Path, place: str) -> None:
    (checkout / place).mkdir(exist_ok=True)
    outside = tmp_path / "outside.sqlite"
    ours = [checkout / place / name for name in ("a ", "kept", "p.sqlite", "p.sqlite-wal")]
    for file in (outside, *ours, checkout / "mine"):
        file.write_text("x", encoding="utf-8")
    git(checkout, "add", str(ours[1]))
    git(checkout, "commit", "-qm", "Keep one of them")
    for folder in (checkout, checkout / place):
        repository = LocalRepository.around(folder)
        assert repository is not None
        repository.exclude(outside, *ours)
        assert git(checkout, "status", "--porcelain", "-uall") == "?? mine\n"
    excluded = (checkout / ".git/info/exclude").read_text(encoding="utf-8")
    assert excluded.count("sqlite-wal\n") == 1
    assert "kept" not in excluded
    assert "outside" not in excluded


def test_nothing_to_propose_leaves_nothing(checkout: Path) -> None:
    assert put(target(checkout)).state == "none"
    assert [file.name for file in checkout.iterdir() if file.name != ".git"] == ["README.md"]
    assert git(checkout, "branch", "--format=%(refname:short)") == "main\n"


def test_the_users_name_is_used_where_git_knows_it(checkout: Path) -> None:
    git(checkout, "config", "user.name", "Ada")
    git(checkout, "config", "user.email", "ada@example.org")
    put(target(checkout), 1)
    assert git(checkout, "log", "-1", "--format=%an %ae", BRANCH) == "Ada ada@example.org\n"


def test_hooks_are_not_run(checkout: Path) -> None:
    for name in ("pre-commit", "commit-msg", "reference-transaction", "post-commit"):
        hook = checkout / ".git" / "hooks" / name
        hook.write_text("#!/bin/sh\ntouch hook-was-run\nexit 1\n", encoding="utf-8")
        hook.chmod(0o755)
    assert put(target(checkout), 1).state == "opened"
    assert not list(checkout.rglob("hook-was-run"))


def test_uncommitted_work_is_neither_used_nor_touched(checkout: Path) -> None:
    (checkout / "README.md").write_text(LIST + "* unfinished\n", encoding="utf-8")
    (checkout / "staged.md").write_text("staged", encoding="utf-8")
    git(checkout, "add", "staged.md")
    status = git(checkout, "status", "--porcelain")
    put(target(checkout), 1)
    assert git(checkout, "status", "--porcelain") == status
    assert "unfinished" not in git(checkout, "show", f"{BRANCH}:README.md")
    assert "staged.md" not in git(checkout, "ls-tree", "--name-only", BRANCH)


def test_a_persons_commit_stays_and_a_moved_base_is_merged_in(checkout: Path) -> None:
    put(target(checkout), 1)
    commit(checkout, BRANCH, git(checkout, "show", f"{BRANCH}:README.md") + "* Mine\n")
    commit(checkout, "main", "# Preface\n" + LIST)
    put(target(checkout), 2)
    text = git(checkout, "show", f"{BRANCH}:README.md")
    assert text.startswith("# Preface\n")
    assert text.endswith("* Mine\n")
    assert proposal(2).text in text
    git(checkout, "merge", "-q", BRANCH)
    assert target(checkout).read().pull_request is None


def test_a_conflict_is_rebuilt_or_left_to_people(checkout: Path) -> None:
    put(target(checkout), 1)
    commit(checkout, "main", add(LIST, "* New"))
    opened = target(checkout).read().pull_request
    assert opened is not None
    assert opened.rebuild
    put(target(checkout), 1)
    commit(checkout, BRANCH, add(git(checkout, "show", f"{BRANCH}:README.md"), "* Mine"))
    commit(checkout, "main", add(git(checkout, "show", "main:README.md"), "* Newer"))
    opened = target(checkout).read().pull_request
    assert opened is not None
    assert "resolve the conflict" in opened.blocked


def test_after_a_merge_the_next_proposals_start_anew(checkout: Path) -> None:
    put(target(checkout), 1)
    git(checkout, "merge", "-q", BRANCH)
    assert put(target(checkout), 1).state == "none"
    assert put(target(checkout), 2).state == "opened"
    record = block.decode((checkout / TEXT_NAME).read_text(encoding="utf-8"))
    assert record is not None
    assert [paper_key(p.paper) for p in record.proposals] == ["arxiv:2601.00002"]


def test_a_branch_that_is_checked_out_is_not_moved(checkout: Path) -> None:
    put(target(checkout), 1)
    git(checkout, "switch", "-q", BRANCH)
    snapshot = target(checkout).read()
    assert snapshot.base == "main"
    with pytest.raises(TargetError, match="is checked out in"):
        put(target(checkout), 2)
    (checkout / TEXT_NAME).unlink()
    remedy = r"check out the list's own branch or set list\.branch, or name another$"
    with pytest.raises(InputError, match=remedy):
        target(checkout).read()
    assert target(checkout, "main").read().base == "main"


def test_proposals_need_a_branch_of_their_own(checkout: Path) -> None:
    with pytest.raises(
        InputError, match=r"^propose\.branch 'main': is checked out .* name another$"
    ):
        local_target(checkout, ("README.md",), "main").read()


def test_a_race_is_a_conflict(checkout: Path) -> None:
    put(target(checkout), 1)
    slow = target(checkout)
    snapshot = slow.read()
    put(target(checkout), 2)
    files, proposals = edited(snapshot, [3])
    with pytest.raises(Conflict, match="run again"):
        slow.publish(snapshot, files, report(*proposals))


def test_a_list_in_a_folder_of_the_checkout(checkout: Path) -> None:
    inner = checkout / "docs"
    inner.mkdir()
    (inner / "README.md").write_bytes(b"# Inner\r\n\xff\r\n")
    git(checkout, "add", "docs")
    git(checkout, "commit", "-q", "-m", "More")
    done = local_target(inner, ["README.md"], BRANCH)
    snapshot = done.read()
    assert snapshot.files == {"README.md": "# Inner\r\n\udcff\r\n"}
    text = snapshot.files["README.md"] + "* x\r\n"
    done.publish(snapshot, {"README.md": text}, report(proposal()))
    shown = subprocess.run(
        ["git", "show", f"{BRANCH}:docs/README.md"], cwd=inner, capture_output=True, check=True
    )
    assert shown.stdout == b"# Inner\r\n\xff\r\n* x\r\n"
    assert git(checkout, "show", f"{BRANCH}:README.md") == LIST
    assert git(checkout, "status", "--porcelain") == ""
    # The base moves outside the folder.
    commit(checkout, "main", "# Preface\n" + LIST)
    snapshot = done.read()
    done.publish(snapshot, snapshot.working, report(proposal()))
    assert git(checkout, "show", f"{BRANCH}:README.md").startswith("# Preface")


def test_problems_are_named(checkout: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"list\.path: there is no folder"):
        target(tmp_path / "nowhere")
    with pytest.raises(InputError, match=r"list\.branch 'trunk': .* no such branch"):
        target(checkout, "trunk")
    with pytest.raises(InputError, match=r"^list\.files: .*LIST\.md: no such file"):
        local_target(checkout, ["LIST.md"], BRANCH).read()


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["docs"], r"list\.files: .*docs: a folder; name the Markdown files in it"),
        (["README.md/x"], r"x: no such file; correct list\.path or list\.files"),
        (
            ["README.md", "link.md"],
            r"list\.files: .*link\.md: the same file as README\.md; name one of",
        ),
    ],
)
def test_names_that_are_of_no_file_of_their_own_are_refused(
    tmp_path: Path, names: list[str], sentence: str
) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "README.md").write_text(LIST, encoding="utf-8")
    (tmp_path / "link.md").symlink_to("README.md")
    with pytest.raises(InputError, match=sentence):
        local_target(tmp_path, names, BRANCH).read()


def test_a_checkout_that_git_cannot_read_is_not_taken_for_a_folder(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (checkout / ".git" / "config").write_text("[core", encoding="utf-8")
    with pytest.raises(TargetError, match="git refuses to read it: bad config"):
        target(checkout)
    monkeypatch.setenv("PATH", str(checkout))
    with pytest.raises(TargetError, match="in a git checkout, but git: No such file"):
        target(checkout)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that git knows nothing of."""
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    path = tmp_path / "plain"
    path.mkdir()
    (path / "README.md").write_text(LIST, encoding="utf-8")
    (path / "README.md").chmod(0o640)
    return path


def test_without_git_the_list_itself_is_edited(folder: Path) -> None:
    assert put(target(folder), 1).state == "opened"
    assert proposal(1).text in (folder / "README.md").read_text(encoding="utf-8")
    assert stat.S_IMODE((folder / "README.md").stat().st_mode) == 0o640
    assert sorted(file.name for file in folder.iterdir()) == ["README.md", TEXT_NAME]
    opened = target(folder).read().pull_request
    assert opened is not None
    assert [paper_key(p.paper) for p in opened.proposals] == ["arxiv:2601.00001"]
    assert put(target(folder), 1).state == "unchanged"
    assert put(target(folder), 2).state == "updated"
    (folder / TEXT_NAME).unlink()
    assert target(folder).read().pull_request is None
    assert put(target(folder), 1, 2).state == "none"


def test_an_edit_meanwhile_is_a_conflict(folder: Path) -> None:
    slow = target(folder)
    snapshot = slow.read()
    files, proposals = edited(snapshot, [1])
    (folder / "README.md").write_text(LIST + "* Mine\n", encoding="utf-8")
    with pytest.raises(Conflict, match="edited meanwhile"):
        slow.publish(snapshot, files, report(*proposals))
    assert (folder / "README.md").read_text(encoding="utf-8") == LIST + "* Mine\n"


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"body": "x", "files": {"README.md": 1}}'])
def test_a_broken_journal_is_overlooked(folder: Path, content: str) -> None:
    journal = folder / ".survey-tracker-unfinished.json"
    journal.write_text(content, encoding="utf-8")
    assert target(folder).read().files == {"README.md": LIST}
    put(target(folder), 1)
    assert not journal.exists()


def test_an_untracked_list_in_a_checkout_is_a_file(checkout: Path) -> None:
    (checkout / "other.md").write_text(LIST, encoding="utf-8")
    done = local_target(checkout, ["other.md"], BRANCH)
    put_files = {"other.md": add(LIST, "* x")}
    assert done.publish(done.read(), put_files, report(proposal())).state == "opened"
    assert (checkout / "other.md").read_text(encoding="utf-8") == put_files["other.md"]


def test_several_files_are_written_together_or_not_at_all(tmp_path: Path) -> None:
    first, second = tmp_path / "first.md", tmp_path / "second.md"
    write_together({first: "one", second: "two"})
    assert (first.read_text(), second.read_text()) == ("one", "two")
    second.unlink()
    second.mkdir()
    with pytest.raises(TargetError, match=r"second\.md: cannot be written: Is a directory"):
        write_together({first: "new", second: "new"})
    assert first.read_text() == "one"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["first.md", "second.md"]


@pytest.mark.parametrize("is_new", [False, True])
def test_a_file_replaced_before_another_fails_is_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_new: bool
) -> None:
    first, second = tmp_path / "first.md", tmp_path / "second.md"
    for path in (second,) if is_new else (first, second):
        path.write_text("old", encoding="utf-8")
        path.chmod(0o640)
    before = {path.name: (path.read_text(), path.stat().st_mode) for path in tmp_path.iterdir()}
    replace = Path.replace

    def failing(draft: Path, path: Path) -> Path:
        if path == second:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return replace(draft, path)

    monkeypatch.setattr(Path, "replace", failing)
    wanted = r"second\.md: cannot be written: Input/output error; .*first\.md was put back"
    with pytest.raises(TargetError, match=wanted):
        write_together({first: "new", second: "new"})
    after = {path.name: (path.read_text(), path.stat().st_mode) for path in tmp_path.iterdir()}
    assert after == before


def test_a_file_that_cannot_be_put_back_is_kept_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "first.md", tmp_path / "second.md"
    first.write_text("old", encoding="utf-8")
    replace = Path.replace

    def failing(draft: Path, path: Path) -> Path:
        if path == second or (path.exists() and path.read_text() == "new"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return replace(draft, path)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(TrackerError, match=r"put back by hand .*first\.md from ") as told:
        write_together({first: "new", second: "new"})
    assert Path(str(told.value).rpartition(" from ")[2]).read_text() == "old"


@pytest.mark.parametrize("name", ["sub/../list.md", "link.md"])
def test_two_names_of_one_file_lose_no_text(tmp_path: Path, name: str) -> None:
    path = tmp_path / "list.md"
    path.write_text("old", encoding="utf-8")
    (tmp_path / "sub").mkdir()
    (tmp_path / "link.md").symlink_to(path)
    with pytest.raises(InputError, match=r"the same file as .*list\.md; name it once"):
        write_together({path: "one", tmp_path / name: "two"})
    assert path.read_text() == "old"


def test_writing_follows_a_symbolic_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real.md", tmp_path / "link.md"
    real.write_text("old", encoding="utf-8")
    link.symlink_to(real)
    write_atomically(link, "new \udcff")
    assert link.is_symlink()
    assert real.read_bytes() == b"new \xff"
    with pytest.raises(TargetError, match="cannot be written"):
        write_atomically(tmp_path / "nowhere" / "x.md", "text")
