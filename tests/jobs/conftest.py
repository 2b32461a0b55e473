"""Jobs write to the stand-in GitHub too: their requests are held against its description."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.jobs.reviewer import Survey, on_github
from tests.tracker.pull_request.conftest import _as_described, _on_any_machine

__all__ = ["_as_described", "_on_any_machine", "survey"]


@pytest.fixture
def survey(tmp_path: Path) -> Iterator[Survey]:
    """A survey whose first proposals wait on GitHub."""
    with on_github(tmp_path) as survey:
        survey.week(1)
        survey.run()
        yield survey
