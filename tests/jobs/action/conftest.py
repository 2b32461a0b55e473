"""A server made of folders, with one repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.jobs.action.server import git


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """An empty repository owner/list on a server made of folders."""
    folder = tmp_path / "server" / "owner" / "list.git"
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--bare")
    return folder
