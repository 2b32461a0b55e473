"""Numbers of things, the noun in its number."""

from __future__ import annotations

import pytest

from tracker.counting import counted


@pytest.mark.parametrize(
    ("number", "noun", "said"),
    [
        (1, "entry", "1 entry"),
        (2, "entry", "2 entries"),
        (0, "day", "0 days"),
        (3, "address", "3 addresses"),
        (1250, "new paper", "1,250 new papers"),
    ],
)
def test_one_thing_is_not_many(number: int, noun: str, said: str) -> None:
    assert counted(number, noun) == said
