"""A checkout with the list on bread."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.jobs.init.bakery import LIST


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with the list, and the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_API_URL", raising=False)
    (tmp_path / ".git").mkdir()
    (tmp_path / "README.md").write_text(LIST, encoding="utf-8")
    return tmp_path
