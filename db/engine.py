"""The connections of an index: how SQLite is set up, which engines are kept, what errors mean."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Collection
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError

from tracker.errors import SettingError
from tracker.index_address import ENGINES, engine_name, in_memory

LOCK_SECONDS = 30.0
ANOTHER_S = "an SQLite file of another program, not an index; name another file"
_ALLOWED = "allowed: an address such as sqlite:///papers.sqlite"
_PAGE_BYTES = 8192
# Any number: the lock that lets one writer at a time into PostgreSQL, as SQLite does by itself.
_POSTGRES_LOCK = 7_205_759


def take_engine(url: str) -> Engine:
    """The engine for an address: one that nobody uses, or a new one; see `put_back`.

    Raises SettingError naming index.url when the address, its folder or its file is no good.
    """
    if engine_name(url) not in ENGINES:
        raise SettingError(
            f"index.url {url!r}: an index is kept in SQLite or PostgreSQL; {_ALLOWED}"
        )
    try:
        address = make_url(url)
        if address.get_backend_name() == "sqlite":
            _check_file(url, address.database)
            if not in_memory(address.database):
                # A relative name is another file in another folder.
                address = address.set(database=str(Path(address.database or "").absolute()))
        return _idle.pop(address, None) or _new_engine(address)
    except (ArgumentError, NoSuchModuleError) as error:
        raise SettingError(f"index.url {url!r}: {error}; {_ALLOWED}") from None
    except ModuleNotFoundError as error:
        shown = make_url(url).render_as_string(hide_password=True)
        raise SettingError(
            f"index.url {shown!r}: its driver, the Python package {error.name}, is not installed; "
            "install it, or name an SQLite file such as sqlite:///papers.sqlite"
        ) from None


def _new_engine(address: URL) -> Engine:
    sqlite = address.get_backend_name() == "sqlite"
    arguments = {"timeout": LOCK_SECONDS} if sqlite else {}
    engine = create_engine(address, json_serializer=_json, connect_args=arguments)
    if sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


def reading_engine(file: Path) -> Engine:
    """An engine for a file beside which SQLite can make none of its own.

    A file that was switched to write-ahead logging is then read only as one that nobody
    changes. That is so where no log lies beside it; where one does, someone may be writing.
    """
    log, shared = (file.with_name(file.name + ending) for ending in ("-wal", "-shm"))
    immutable = _size(shared) is None and not _size(log)
    address = f"{file.as_uri()}?mode=ro{'&immutable=1' if immutable else ''}"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(address, uri=True, timeout=LOCK_SECONDS, check_same_thread=False)

    engine = create_engine(
        URL.create("sqlite", database=str(file)), creator=connect, json_serializer=_json
    )
    event.listen(engine, "connect", _prepare_reading)
    event.listen(engine, "begin", _begin)
    return engine


def _size(path: Path) -> int | None:
    """The size of what is there; None where there is nothing, or can be nothing."""
    try:
        return path.stat().st_size
    except OSError:
        return None


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


# Engines that nobody uses, for the statements they have compiled: no connection stays open, and
# no two indexes share one.
_idle: dict[URL, Engine] = {}
_MOST_IDLE = 4


def put_back(engine: Engine) -> None:
    """Close an engine's connections and keep it for the next who asks for its address."""
    engine.dispose()
    if not in_memory(engine.url.database):
        _idle[engine.url] = engine
        while len(_idle) > _MOST_IDLE:
            _idle.pop(next(iter(_idle)), None)


def _check_file(url: str, name: str | None) -> None:
    """Refuse what SQLite would take for a fresh file or fail on with few words."""
    if name is None or in_memory(name):
        return
    path = Path(name)
    if not path.parent.is_dir():
        raise SettingError(
            f"index.url {url!r}: the folder {str(path.parent)!r} does not exist; "
            "make it, or correct the address"
        )
    if path.is_dir():
        raise SettingError(f"index.url {url!r}: is a folder; name a file such as papers.sqlite")
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except FileNotFoundError:
        return
    except OSError as error:
        raise SettingError(f"index.url {url!r}: cannot be read: {error.strerror}") from None
    if start and start != b"SQLite format 3\x00":
        raise SettingError(f"index.url {url!r}: not an SQLite file; name another, or remove it")
    if is_another_s(_tables(path)):
        raise SettingError(f"index.url {url!r}: {ANOTHER_S}")


def is_another_s(tables: Collection[str]) -> bool:
    """Whether an SQLite file with these tables is another program's."""
    names = {name for name in tables if not name.startswith("sqlite_")}
    return bool(names - {"alembic_version"}) and not names >= {"alembic_version", "paper"}


def _tables(path: Path) -> list[str]:
    """The tables in a file, told without a lock or a file beside it; none where it is unsound.

    What is in a log beside it alone is not seen.
    """
    try:
        address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            return [name for (name,) in found]
    except sqlite3.Error:
        return []


def _prepare_reading(connection: Any, _record: object) -> None:
    # The driver would begin transactions by itself, too late and deferred; see _begin.
    connection.isolation_level = None


def _prepare_sqlite(connection: Any, record: object) -> None:
    _prepare_reading(connection, record)
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={int(LOCK_SECONDS * 1000)}")
    cursor.execute("PRAGMA foreign_keys=ON")
    # Abstracts fill pages badly that hold two of them; this is for files that are still empty.
    cursor.execute(f"PRAGMA page_size={_PAGE_BYTES}")
    if cursor.execute("PRAGMA journal_mode").fetchone()[0] not in {"wal", "memory"}:
        _enter_wal(cursor)
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def _enter_wal(cursor: Any) -> None:
    """Switch to write-ahead logging; SQLite does not wait by itself when two try at once."""
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("tracker_write", False)
    if connection.dialect.name == "sqlite":
        # A deferred transaction that reads and then writes fails at once when another writer
        # came between, whatever the timeout.
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    elif writes and connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_POSTGRES_LOCK})")


def reason_of(error: DatabaseError | sqlite3.Error) -> str:
    """One sentence for what the database said."""
    said = said_by(error)
    if "locked" in said:
        return f"another process has been writing for {LOCK_SECONDS:.0f} seconds; try again later"
    if "not a database" in said or "malformed" in said:
        return f"not a sound SQLite file ({said}); name another, or restore it"
    if is_forbidden(error):
        return f"cannot be written ({said}); check its folder and permissions"
    return said


def is_forbidden(error: DatabaseError | sqlite3.Error) -> bool:
    """Whether the database may not write its file, or another beside it."""
    return any(words in said_by(error) for words in ("readonly", "unable to open"))


def said_by(error: DatabaseError | sqlite3.Error) -> str:
    """What the database said, without the statement it was about."""
    return str(error.orig if isinstance(error, DatabaseError) else error)
