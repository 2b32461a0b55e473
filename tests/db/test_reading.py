"""Opening an index only to read it: also where nothing can be written, and never making one."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlmodel import Session

from db import papers
from db.engine import reading_engine
from db.index import Index, require
from db.search import search
from tracker.errors import InputError, TrackerError
from tracker.paper import Paper

NAMELESS = "p" * 252
"""So long a name leaves no room for `-wal` or `-shm` after it: nothing can be put beside such a
file, by whomever, as nothing can be put into a folder that cannot be written."""


def url_of(file: Path) -> str:
    return f"sqlite:///{file}"


def fill(file: Path, *titles: str) -> None:
    with Index.open(url_of(file)) as index, index.write() as session:
        found = [Paper(title=title) for title in titles]
        papers.merge(session, found, source="here", seen_at=datetime(2024, 1, 1, tzinfo=UTC))


def change(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(statement)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """An index that was made elsewhere, where SQLite can put nothing beside it."""
    fill(tmp_path / "papers.sqlite", "Invented Loaves", "Invented Rolls")
    return (tmp_path / "papers.sqlite").rename(tmp_path / NAMELESS)


@pytest.fixture
def locked(file: Path) -> Iterator[Path]:
    """A folder that cannot be written, and an index in it."""
    file = file.rename(file.with_name("papers.sqlite"))
    file.parent.chmod(0o555)
    yield file
    file.parent.chmod(0o755)


def test_an_index_beside_which_nothing_can_be_written_is_read(file: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        Index.open(url_of(file))
    with Index.open_to_read(url_of(file)) as index, index.read() as session:
        assert papers.count(session) == 2
        assert [hit.title for hit in search(session, "loaves")] == ["Invented Loaves"]
    assert [path.name for path in file.parent.iterdir()] == [NAMELESS]


@pytest.mark.skipif(os.geteuid() == 0, reason="no folder is closed to root")
def test_an_index_in_a_folder_that_cannot_be_written_is_read(locked: Path) -> None:
    with Index.open_to_read(url_of(locked)) as index, index.read() as session:
        assert papers.count(session) == 2
    assert [path.name for path in locked.parent.iterdir()] == ["papers.sqlite"]


def test_a_copy_without_write_ahead_logging_is_read(file: Path) -> None:
    short = file.rename(file.with_name("papers.sqlite"))
    change(short, "PRAGMA journal_mode=DELETE")
    short.rename(file)
    with Index.open_to_read(url_of(file)) as index, index.read() as session:
        assert papers.count(session) == 2


def test_what_is_opened_to_read_there_cannot_be_written(file: Path) -> None:
    with (
        Index.open_to_read(url_of(file)) as index,
        pytest.raises(TrackerError, match="cannot be written"),
        index.write() as session,
    ):
        papers.merge(session, [Paper(title="x")], source="x", seen_at=datetime.now(UTC))


def test_where_it_can_be_written_the_next_opens_it_as_ever(tmp_path: Path, file: Path) -> None:
    with Index.open_to_read(url_of(file)):
        pass
    file.rename(tmp_path / "papers.sqlite")
    with Index.open_to_read(url_of(tmp_path / "papers.sqlite")) as index, index.read() as session:
        assert papers.count(session) == 2
    fill(tmp_path / "papers.sqlite", "Invented Pretzels")


def test_what_a_writer_has_in_its_log_is_read(tmp_path: Path) -> None:
    file = tmp_path / "papers.sqlite"
    fill(file, "Invented Loaves")
    with Index.open(url_of(file)) as index, index.read() as writing:
        papers.count(writing)  # keeps the log from being folded into the file
        fill(file, "Invented Rolls")
        engine = reading_engine(file)
        with Session(engine) as session:
            assert papers.count(session) == 2
        engine.dispose()


@pytest.mark.parametrize(
    ("revision", "sentence"),
    [("0002", r"older survey-tracker \(revision 0002\).*cannot be written"), ("9999", "newer")],
)
def test_one_of_another_program_is_refused(file: Path, revision: str, sentence: str) -> None:
    short = file.rename(file.with_name("papers.sqlite"))
    change(short, f"UPDATE alembic_version SET version_num = '{revision}'")
    short.rename(file)
    with pytest.raises(InputError, match=f"index\\.url .*{sentence}"):
        Index.open_to_read(url_of(file))


@pytest.mark.parametrize("look", [Index.open_to_read, require])
def test_an_empty_file_is_no_index_yet_and_is_left_empty(
    tmp_path: Path, look: Callable[[str], object]
) -> None:
    (tmp_path / "papers.sqlite").touch()
    with pytest.raises(InputError, match="there is no index yet"):
        look(url_of(tmp_path / "papers.sqlite"))
    [file] = tmp_path.iterdir()
    assert file.read_bytes() == b""


@pytest.mark.parametrize("look", [Index.open, Index.open_to_read, require])
@pytest.mark.parametrize("table", ["address (name)", "paper (sheets)", "alembic_version (x)"])
def test_another_program_s_file_is_refused_and_left_alone(
    tmp_path: Path, look: Callable[[str], object], table: str
) -> None:
    file = tmp_path / "papers.sqlite"
    change(file, "CREATE TABLE bread (flour)")
    change(file, f"CREATE TABLE {table}")
    before = file.read_bytes()
    sentence = r"index\.url .*an SQLite file of another program, not an index; name another file"
    with pytest.raises(InputError, match=sentence):
        look(url_of(file))
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [(file.name, before)]


def test_another_program_s_tables_that_are_still_in_its_log_are_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "papers.sqlite"
    with closing(sqlite3.connect(file, isolation_level=None)) as theirs:
        theirs.execute("PRAGMA journal_mode=WAL")
        theirs.execute("CREATE TABLE bread (flour)")
        with pytest.raises(InputError, match="of another program"):
            Index.open(url_of(file))
        assert theirs.execute("SELECT name FROM sqlite_master").fetchall() == [("bread",)]


def test_an_empty_file_beside_which_nothing_can_be_written_is_no_index(file: Path) -> None:
    file.write_bytes(b"")
    with pytest.raises(InputError, match="there is no index yet"):
        Index.open_to_read(url_of(file))


def test_no_index_is_made(tmp_path: Path) -> None:
    sentence = r"index\.url .*/papers\.sqlite': there is no index yet; `tracker run` or "
    with pytest.raises(InputError, match=sentence):
        Index.open_to_read(url_of(tmp_path / "papers.sqlite"))
    with pytest.raises(InputError, match="there is no index yet"):
        require(url_of(tmp_path / "papers.sqlite"))
    assert list(tmp_path.iterdir()) == []


def test_an_index_in_memory_is_always_there() -> None:
    with Index.open_to_read("sqlite://") as index, index.read() as session:
        assert papers.count(session) == 0
