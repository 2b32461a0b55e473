"""A stand-in for the web that lists link to, and one for arXiv."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.world.arxiv import ArxivWorld, Record
from tests.world.links import LinkWorld


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def world() -> Iterator[LinkWorld]:
    with LinkWorld(dois=["10.1000/known"]) as world:
        yield world


@pytest.fixture
def arxiv() -> Iterator[ArxivWorld]:
    record = Record(
        id="2403.90001",
        title="Steam in Small Ovens",
        submitted=datetime(2024, 3, 5, tzinfo=UTC),
        version=2,
    )
    with ArxivWorld([record]) as arxiv:
        yield arxiv
