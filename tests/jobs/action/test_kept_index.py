"""The index on a branch of a bare repository: stored, restored, raced for, mended."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from db.index import Index
from db.store import IndexStore
from jobs.kept_index import BRANCH, KeptIndex, KeptIndexError
from tests.jobs.action.server import git, kept, titles, write
from tracker.pacing import Kept


def test_the_first_run_finds_no_branch_and_begins_one(remote: Path, tmp_path: Path) -> None:
    index = tmp_path / "papers.sqlite"
    first = kept(remote, tmp_path / "first")
    assert not first.restore(index)
    assert not index.exists()
    write(index, "one")
    assert first.store(index)

    copy = tmp_path / "checkout" / "papers.sqlite"
    assert kept(remote, tmp_path / "second").restore(copy)
    assert titles(copy) == ["one"]


def test_the_branch_stays_one_commit_without_parents(remote: Path, tmp_path: Path) -> None:
    index = tmp_path / "papers.sqlite"
    for number in range(3):
        place = kept(remote, tmp_path / f"run{number}")
        place.restore(index)
        write(index, f"paper {number}")
        assert place.store(index)
    assert git(remote, "rev-list", "--count", BRANCH) == "1"
    assert git(remote, "ls-tree", "--name-only", BRANCH).split() == ["README.md", "papers.sqlite"]
    assert git(remote, "for-each-ref", "--format=%(refname:short)") == BRANCH
    fresh = tmp_path / "fresh.sqlite"
    kept(remote, tmp_path / "last").restore(fresh)
    assert titles(fresh) == ["paper 0", "paper 1", "paper 2"]


def test_what_is_only_in_the_write_ahead_log_is_stored_too(remote: Path, tmp_path: Path) -> None:
    index = tmp_path / "papers.sqlite"
    place = kept(remote, tmp_path / "run")
    place.restore(index)
    with closing(sqlite3.connect(index)) as reader:
        reader.execute("PRAGMA journal_mode=WAL")
        reader.execute("SELECT * FROM sqlite_schema").fetchall()
        write(index, "in the log")
        assert (tmp_path / "papers.sqlite-wal").stat().st_size > 0
        assert place.store(index)
    fresh = tmp_path / "fresh.sqlite"
    kept(remote, tmp_path / "next").restore(fresh)
    assert titles(fresh) == ["in the log"]


def test_what_sources_answered_lately_is_not_stored(remote: Path, tmp_path: Path) -> None:
    name = tmp_path / "papers.sqlite"
    with Index.open(f"sqlite:///{name}") as index:
        answer = Kept(os.urandom(500_000), {}, 1_700_000_000.0)
        IndexStore(index).save("https://export.arxiv.org/api/query", answer)
        IndexStore(index).free("arxiv.org", 1_700_000_003.0)
    place = kept(remote, tmp_path / "run")
    place.restore(tmp_path / "elsewhere.sqlite")
    assert place.store(name)
    fresh = tmp_path / "fresh.sqlite"
    kept(remote, tmp_path / "next").restore(fresh)
    assert fresh.stat().st_size < 500_000
    with Index.open(f"sqlite:///{fresh}") as index:
        assert IndexStore(index).load("https://export.arxiv.org/api/query") is None
        assert IndexStore(index).take("arxiv.org", 1_700_000_000.0, 1.0) > 0


def test_a_restored_index_is_not_mixed_with_an_old_log(remote: Path, tmp_path: Path) -> None:
    good = tmp_path / "good.sqlite"
    write(good, "stored")
    place = kept(remote, tmp_path / "run")
    place.restore(tmp_path / "nothing")
    place.store(good)
    index = tmp_path / "papers.sqlite"
    for rest in ("", "-wal", "-shm", "-journal"):
        index.with_name(index.name + rest).write_bytes(b"left by a run that was killed")
    kept(remote, tmp_path / "next").restore(index)
    assert titles(index) == ["stored"]
    assert not index.with_name("papers.sqlite-wal").exists()


@pytest.mark.parametrize("begun", [True, False], ids=["branch there", "first run"])
def test_whoever_stores_first_is_not_overwritten(remote: Path, tmp_path: Path, begun: bool) -> None:
    index = tmp_path / "papers.sqlite"
    if begun:
        place = kept(remote, tmp_path / "earlier")
        place.restore(index)
        write(index, "earlier")
        place.store(index)
    mine, theirs = kept(remote, tmp_path / "mine"), kept(remote, tmp_path / "theirs")
    mine_index, their_index = tmp_path / "mine.sqlite", tmp_path / "theirs.sqlite"
    mine.restore(mine_index)
    theirs.restore(their_index)
    write(mine_index, "mine")
    write(their_index, "theirs")
    assert theirs.store(their_index)
    assert not mine.store(mine_index)
    fresh = tmp_path / "fresh.sqlite"
    kept(remote, tmp_path / "after").restore(fresh)
    assert titles(fresh) == titles(their_index)


def test_an_index_above_the_limit_is_kept_in_parts(remote: Path, tmp_path: Path) -> None:
    index = tmp_path / "papers.sqlite"
    many = [f"paper {number * 7919 % 100_003:06}" for number in range(4_000)]
    place = kept(remote, tmp_path / "run", largest=10_000)
    place.restore(index)
    write(index, *many)
    assert place.store(index)
    names = git(remote, "ls-tree", "--name-only", BRANCH).split()
    assert names[:3] == ["README.md", "papers.sqlite.gz.000", "papers.sqlite.gz.001"]
    fresh = tmp_path / "fresh.sqlite"
    assert kept(remote, tmp_path / "next").restore(fresh)
    assert titles(fresh) == sorted(many)


@pytest.mark.parametrize("largest", [95_000_000, 10_000], ids=["one file", "parts"])
def test_a_damaged_index_is_replaced_instead_of_failing_every_run(
    remote: Path, tmp_path: Path, largest: int, caplog: pytest.LogCaptureFixture
) -> None:
    index = tmp_path / "papers.sqlite"
    write(index, *(f"paper {number * 7919 % 100_003:06}" for number in range(4_000)))
    place = kept(remote, tmp_path / "run", largest=largest)
    place.restore(index)
    assert place.store(index)
    damage(remote, tmp_path / "checkout")

    fresh = tmp_path / "fresh.sqlite"
    following = kept(remote, tmp_path / "next")
    assert not following.restore(fresh)
    assert not fresh.exists()
    assert "damaged" in caplog.text
    write(fresh, "new")
    assert following.store(fresh)
    assert kept(remote, tmp_path / "last").restore(fresh)
    assert titles(fresh) == ["new"]


def damage(remote: Path, checkout: Path) -> None:
    """Cut the last stored file in half, as a transfer that broke off would."""
    git(remote.parent, "clone", "--quiet", "--branch", BRANCH, str(remote), str(checkout))
    last = max(checkout.glob("papers.sqlite*"))
    content = last.read_bytes()
    last.write_bytes(content[: len(content) // 2])
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.org")
    git(checkout, *identity, "commit", "--quiet", "--all", "--message", "damage")
    git(checkout, "push", "--quiet")


def test_a_branch_that_cannot_be_read_stops_the_run(tmp_path: Path) -> None:
    index = tmp_path / "papers.sqlite"
    write(index, "here already")
    with pytest.raises(KeptIndexError, match=BRANCH):
        kept(tmp_path / "no such repository", tmp_path / "run").restore(index)
    assert titles(index) == ["here already"]


def test_a_refused_push_is_an_error_and_not_a_lost_race(remote: Path, tmp_path: Path) -> None:
    hook = remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'denied to github-actions' >&2\nexit 1\n")
    hook.chmod(0o755)
    index = tmp_path / "papers.sqlite"
    place = kept(remote, tmp_path / "run")
    place.restore(index)
    write(index, "one")
    with pytest.raises(KeptIndexError, match="contents: write"):
        place.store(index)


def test_a_spoilt_index_is_not_stored(remote: Path, tmp_path: Path) -> None:
    index = tmp_path / "papers.sqlite"
    place = kept(remote, tmp_path / "run")
    place.restore(index)
    index.write_bytes(b"this is no database" * 100)
    with pytest.raises(KeptIndexError, match="cannot be copied"):
        place.store(index)
    assert git(remote, "for-each-ref") == ""


def test_the_token_is_no_argument_of_git(remote: Path, tmp_path: Path) -> None:
    """A token for an https server goes into git's environment, which only we can read."""
    folder = tmp_path / "run"
    folder.mkdir()
    place = KeptIndex("https://127.0.0.1:1/owner/list.git", folder, "papers.sqlite", "hush-hush")
    with pytest.raises(KeptIndexError) as error:
        place.restore(tmp_path / "papers.sqlite")
    assert "hush-hush" not in str(error.value)
    assert "hush" not in (folder / "config").read_text()
