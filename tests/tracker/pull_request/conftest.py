"""Every request to the stand-in GitHub is held against GitHub's own description, if it is there."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.world import openapi
from tests.world.github import GitHub
from tests.world.server import Request


@pytest.fixture(autouse=True)
def _on_any_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the user's git configuration nor a proxy takes part."""
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")


@pytest.fixture(autouse=True)
def _as_described(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A maintainer's clone has no description; the suite does not depend on it."""
    if not openapi.GITHUB.exists():
        yield
        return
    wrong: list[str] = []
    plain = GitHub.answer

    def checked(self: GitHub, request: Request) -> object:
        wrong.extend(openapi.problems(request))
        return plain(self, request)

    monkeypatch.setattr(GitHub, "answer", checked)
    yield
    assert wrong == []
