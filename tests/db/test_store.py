"""Processes that share an index share pace and kept responses."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.index import Index
from db.store import IndexStore
from tracker.pacing import Kept


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[tuple[IndexStore, IndexStore]]:
    url = f"sqlite:///{tmp_path}/papers.sqlite"
    with Index.open(url) as mine, Index.open(url) as theirs:
        yield IndexStore(mine), IndexStore(theirs)


def test_one_turn_at_a_time_over_processes(stores: tuple[IndexStore, IndexStore]) -> None:
    mine, theirs = stores
    assert mine.take("arxiv.org", 100.0, 180.0) == 0.0
    assert theirs.take("arxiv.org", 101.0, 180.0) == pytest.approx(179.0)
    mine.free("arxiv.org", 105.0)
    assert theirs.take("arxiv.org", 103.0, 180.0) == pytest.approx(2.0)
    assert theirs.take("arxiv.org", 105.0, 180.0) == 0.0
    assert mine.take("elsewhere.example", 103.0, 180.0) == 0.0


def test_a_kept_response_comes_back_whole(stores: tuple[IndexStore, IndexStore]) -> None:
    mine, theirs = stores
    kept = Kept(b"line\nline\x00", {"ETag": '"x"'}, 1_700_000_000.5)
    mine.save("https://export.arxiv.org/?a", kept)
    assert theirs.load("https://export.arxiv.org/?a") == kept
    assert theirs.load("https://export.arxiv.org/?b") is None


def test_old_responses_are_dropped(stores: tuple[IndexStore, IndexStore]) -> None:
    mine, _ = stores
    mine.save("old", Kept(b"x", {}, 1_700_000_000.0))
    mine.save("new", Kept(b"y", {}, 1_700_000_000.0 + 3 * 86_400))
    assert mine.load("old") is None
    assert mine.load("new") is not None


def test_the_turn_of_a_process_that_died_ends_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/papers.sqlite"
    program = f"""
import os, signal
from db.index import Index
from db.store import IndexStore
with Index.open({url!r}) as index:
    IndexStore(index).take("arxiv.org", 100.0, 240.0)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, check=False)
    assert done.returncode == -signal.SIGKILL
    with Index.open(url) as index:
        store = IndexStore(index)
        assert store.take("arxiv.org", 110.0, 240.0) == pytest.approx(3.0)
        assert store.take("arxiv.org", 111.0, 240.0) == pytest.approx(2.0)
        assert store.take("arxiv.org", 113.0, 240.0) == 0.0


def test_the_turn_of_a_process_of_another_machine_is_waited_for(
    stores: tuple[IndexStore, IndexStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, theirs = stores
    monkeypatch.setattr("db.store._machine", lambda: "elsewhere")
    monkeypatch.setattr("os.getpid", lambda: 2**22 + 1)
    mine.take("arxiv.org", 100.0, 240.0)
    monkeypatch.undo()
    assert theirs.take("arxiv.org", 110.0, 240.0) == pytest.approx(230.0)
