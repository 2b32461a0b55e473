"""What the tests of all sources share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tracker.http import Http, Limits


@pytest.fixture
def http() -> Iterator[Http]:
    """An impatient way out: the stand-in servers answer at once or not at all."""
    with Http("ada@example.org", limits=Limits(connect=1, read=0.3, response=3)) as http:
        yield http
