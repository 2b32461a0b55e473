"""Every request to the stand-in GitHub is held against GitHub's own description, if it is there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.world import openapi
from tests.world.github import GitHub


@pytest.fixture(autouse=True)
def _as_described(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A maintainer's clone has no description; the suite does not depend on it."""
    if not openapi.GITHUB.exists():
        yield
        return
    wrong: list[str] = []
    plain = GitHub.answer

    def checked(self: GitHub, request: openapi.Request) -> object:
        wrong.extend(openapi.problems(request))
        return plain(self, request)

    monkeypatch.setattr(GitHub, "answer", checked)
    yield
    assert wrong == []
