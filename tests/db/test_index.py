"""Opening the index: fresh, again, too new, not an index; transactions, locks and kills."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlmodel import SQLModel

import db.engine
from db import papers
from db.index import NEWEST, Index, alembic_config
from tracker.errors import InputError, TrackerError
from tracker.paper import Paper

ROOT = Path(__file__).parents[2]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "papers.sqlite"


def open_file(file: Path) -> Index:
    return Index.open(f"sqlite:///{file}")


def test_migrations_give_exactly_the_tables_of_the_models(file: Path) -> None:
    def ours(item: object, name: str | None, *_: object) -> bool:
        return not str(name).startswith("paper_text")

    with open_file(file) as index, index.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours})
        assert compare_metadata(context, SQLModel.metadata) == []
        assert ScriptDirectory.from_config(alembic_config(connection)).get_heads() == [NEWEST]


def test_the_migrations_can_be_undone(file: Path) -> None:
    from alembic import command

    with open_file(file) as index, index.engine.begin() as connection:
        command.downgrade(alembic_config(connection), "base")
        left = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))
        assert {name for (name,) in left} <= {"alembic_version", "sqlite_sequence"}


def test_an_index_is_kept(file: Path) -> None:
    with open_file(file) as index, index.write() as session:
        session.execute(text("INSERT INTO run VALUES (1, 'run', 'x', NULL, NULL, 'done', '{}')"))
    with open_file(file) as index, index.read() as session:
        assert session.scalar(text("SELECT count(*) FROM run")) == 1
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA foreign_keys")) == 1


def test_what_fails_in_the_middle_leaves_nothing(file: Path) -> None:
    with open_file(file) as index:
        with suppress(ZeroDivisionError), index.write() as session:
            session.execute(text("INSERT INTO memo VALUES (1, 'a', 'b', x'00', 'x')"))
            raise ZeroDivisionError
        with index.read() as session:
            assert session.scalar(text("SELECT count(*) FROM memo")) == 0


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"index\.url .*folder .*nowhere.* does not exist"):
        open_file(tmp_path / "nowhere" / "papers.sqlite")


@pytest.mark.parametrize("content", [b"# A reading list\n", b"SQLite format 3\x00 and no more"])
def test_another_kind_of_file_is_refused_and_left_alone(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(InputError, match=r"index\.url .*not a"):
        open_file(file)
    assert file.read_bytes() == content


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        open_file(tmp_path)


@pytest.mark.parametrize("url", ["papers.sqlite", "nosuch://x", "sqlite+nosuch:///x"])
def test_an_address_that_is_none_is_explained(url: str) -> None:
    with pytest.raises(InputError, match=r"index\.url"):
        Index.open(url)


def test_an_index_of_a_newer_program_is_refused_with_a_remedy(file: Path) -> None:
    with open_file(file) as index, index.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(InputError, match=r"newer survey-tracker .*9999.*update survey-tracker"):
        open_file(file)


def test_a_writer_that_waits_too_long_says_so(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db.engine, "LOCK_SECONDS", 0.05)
    with open_file(file) as index:
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            with pytest.raises(TrackerError, match="another process"), index.write():
                pass
            with index.read() as session:
                assert papers.count(session) == 0
        finally:
            other.close()


MERGE = """
    import os, sys
    from datetime import UTC, datetime
    from db import papers
    from db.index import Index
    from tracker.identifiers import Identifier
    from tracker.paper import Paper

    now = datetime(2025, 1, 1, tzinfo=UTC)
    url, first, batches, mark = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    with Index.open(url) as index:
        for batch in range(first, first + batches):
            found = [
                Paper(title=f"Paper {n}", identifiers=(Identifier("arxiv", f"2501.{n:05}"),))
                for n in range(batch * 50, batch * 50 + 50)
            ]
            with index.write() as session:
                papers.merge(session, found, source="arxiv", seen_at=now)
                if mark == "die":
                    print("inside", flush=True)
                    sys.stdin.read()
"""


def start(file: Path, first: int, batches: int, mark: str) -> subprocess.Popen[str]:
    script = textwrap.dedent(MERGE)
    arguments = [f"sqlite:///{file}", str(first), str(batches), mark]
    return subprocess.Popen(
        [sys.executable, "-c", script, *arguments],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_processes_write_at_once_and_none_is_lost(file: Path) -> None:
    # Neither finds a file: they also race to create it.
    running = [start(file, 4 * number, 4, "go") for number in range(2)]
    for process in running:
        process.communicate(timeout=60)
        assert process.returncode == 0
    with open_file(file) as index, index.read() as session:
        assert papers.count(session) == 400
        assert session.scalar(text("PRAGMA integrity_check")) == "ok"


def test_a_process_killed_while_it_merges_leaves_a_sound_index(file: Path) -> None:
    with open_file(file):
        pass
    with start(file, 0, 1, "die") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "inside\n"
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=60)
    with open_file(file) as index:
        with index.read() as session:
            assert papers.count(session) == 0
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"
        again = start(file, 0, 1, "go")
        again.communicate(timeout=60)
        with index.read() as session:
            assert papers.count(session) == 50


def test_a_file_that_was_replaced_is_not_mixed_with_the_old_one(tmp_path: Path) -> None:
    url, other = f"sqlite:///{tmp_path / 'a.sqlite'}", f"sqlite:///{tmp_path / 'b.sqlite'}"
    for address, title in ((url, "Old"), (other, "New")):
        with Index.open(address) as index, index.write() as session:
            papers.merge(
                session,
                [Paper(title=title)],
                source="here",
                seen_at=datetime(2024, 1, 1, tzinfo=UTC),
            )
    with Index.open(url) as first, first.read() as session:
        assert papers.get(session, 1).title == "Old"
        (tmp_path / "b.sqlite").replace(tmp_path / "a.sqlite")
        for name in ("a.sqlite-wal", "a.sqlite-shm"):
            (tmp_path / name).unlink(missing_ok=True)
        with Index.open(url) as second, second.read() as reading:
            assert papers.get(reading, 1).title == "New"
