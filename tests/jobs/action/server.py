"""A bare repository on disk that keeps an index on a branch, as GitHub does for the Action."""

from __future__ import annotations

import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from jobs.kept_index import KeptIndex


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def kept(remote: Path, folder: Path, largest: int = 95_000_000) -> KeptIndex:
    folder.mkdir()
    return KeptIndex(str(remote), folder, "papers.sqlite", largest=largest)


def write(index: Path, *titles: str) -> None:
    with closing(sqlite3.connect(index)) as connection, connection:
        connection.execute("CREATE TABLE IF NOT EXISTS paper (title TEXT)")
        connection.executemany("INSERT INTO paper VALUES (?)", [(title,) for title in titles])


def titles(index: Path) -> list[str]:
    with closing(sqlite3.connect(index)) as connection:
        return [row[0] for row in connection.execute("SELECT title FROM paper ORDER BY title")]
