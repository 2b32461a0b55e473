"""Jobs write to the stand-in GitHub too: their requests are held against its description."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.jobs.reviewer import Survey, first_proposals, judge_once
from tests.tracker.pull_request.conftest import _as_described, _on_any_machine

__all__ = ["_as_described", "_on_any_machine", "judged_once", "survey"]


@pytest.fixture
def judged_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of anything but judging."""
    judge_once(monkeypatch)


@pytest.fixture
def survey(tmp_path: Path, judged_once: None) -> Iterator[Survey]:
    """A survey whose first proposals wait on GitHub."""
    with first_proposals(tmp_path) as survey:
        yield survey
