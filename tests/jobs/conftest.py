"""Jobs write to the stand-in GitHub too: their requests are held against its description."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import make_url

from db.index import Index
from tests.jobs.reviewer import Survey, first_proposals, judge_once
from tests.tracker.pull_request.conftest import _as_described, _on_any_machine

__all__ = ["_as_described", "_on_any_machine", "judged_once", "survey"]


@pytest.fixture(scope="session")
def fresh_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index with nothing in it."""
    path = tmp_path_factory.mktemp("index") / "papers.sqlite"
    Index.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture(autouse=True)
def _begun_from_a_copy(monkeypatch: pytest.MonkeyPatch, fresh_index: Path) -> None:
    """Copy what every test would otherwise make anew: db/ has the tests of making it."""
    really = Index.open

    def open_(url: str) -> Index:
        found = Path(make_url(url).database or "")
        if found.name == fresh_index.name and found.parent.is_dir() and not found.exists():
            shutil.copyfile(fresh_index, found)
        return really(url)

    monkeypatch.setattr(Index, "open", open_)


@pytest.fixture
def judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of anything but judging."""
    judge_once(monkeypatch)


@pytest.fixture
def survey(tmp_path: Path, judged_once: None) -> Iterator[Survey]:
    """A survey whose first proposals wait on GitHub."""
    with first_proposals(tmp_path) as survey:
        yield survey
