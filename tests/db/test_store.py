"""Processes that share an index share pace and kept responses."""

from __future__ import annotations

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
