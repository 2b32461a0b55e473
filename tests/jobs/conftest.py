"""Jobs write to the stand-in GitHub too: their requests are held against its description."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.jobs.reviewer import Survey, first_proposals, judge_once
from tests.tracker.pull_request.conftest import _as_described, _on_any_machine

__all__ = ["_as_described", "_on_any_machine", "survey"]


@pytest.fixture
def survey(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Survey]:
    """A survey whose first proposals wait on GitHub."""
    judge_once(monkeypatch)
    with first_proposals(tmp_path) as survey:
        yield survey
