"""Opening the paper index: the connection, its migrations, and transactions.

with Index.open("sqlite:///papers.sqlite") as index:
    with index.write() as session:
        papers.merge(session, found, source="arxiv", seen_at=now)
    with index.read() as session:
        papers.get(session, 1)
"""

from __future__ import annotations

import json
import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError
from sqlmodel import Session

from tracker.errors import InputError, TrackerError

if TYPE_CHECKING:
    from alembic.config import Config

logger = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"

NEWEST = "0003"
"""The revision this program needs; the same as the newest file in db/migrations/versions."""

_LOCK_SECONDS = 30.0
_PAGE_BYTES = 8192
# Any number: the lock that lets one writer at a time into PostgreSQL, as SQLite does by itself.
_POSTGRES_LOCK = 7_205_759


class Index:
    """An open paper index; a context manager that closes it."""

    def __init__(self, engine: Engine, name: str) -> None:
        self.engine = engine
        self.name = name
        self._writer = engine.execution_options(tracker_write=True)

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the index at a database address, created or brought up to date where needed.

        Raises InputError naming index.url when the address, its folder or the file is no good
        or the file was written by a newer program.
        """
        engine = _engine(url)
        index = cls(engine, make_url(url).render_as_string(hide_password=True))
        try:
            index._migrate()
        except (DatabaseError, sqlite3.Error) as error:
            index.close()
            raise InputError(f"index.url {index.name!r}: {_reason(error)}") from None
        except BaseException:
            index.close()
            raise
        return index

    def close(self) -> None:
        """Close every connection."""
        _put_back(self.engine)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that may write: all of it is kept, or nothing.

        One writer at a time; another process waits for up to 30 seconds and then gets a
        TrackerError.
        """
        with self._speaking(), Session(self._writer) as session, session.begin():
            session.connection()  # waits for its turn now, not at the first statement
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that sees one state of the index, whoever writes meanwhile."""
        with self._speaking(), Session(self.engine) as session:
            yield session

    @contextmanager
    def _speaking(self) -> Iterator[None]:
        try:
            yield
        except OperationalError as error:
            raise TrackerError(f"index {self.name!r}: {_reason(error)}") from error

    def _migrate(self) -> None:
        with self._writer.connect() as connection:
            if _revision(connection) == NEWEST:
                return
        # SQLite ignores this pragma inside a transaction, and changing a table by copying it
        # would otherwise delete the rows that refer to it.
        with self._writer.connect() as connection:
            sqlite = connection.dialect.name == "sqlite"
            if sqlite:
                _pragma(connection, "foreign_keys=OFF")
            try:
                with connection.begin():
                    # Another process may have been quicker while this one waited for the lock.
                    if (found := _revision(connection)) != NEWEST:
                        self._upgrade(connection, found)
            finally:
                if sqlite:
                    _pragma(connection, "foreign_keys=ON")

    def _upgrade(self, connection: Connection, found: str | None) -> None:
        from alembic import command  # slow to import, and needed once in a file's life
        from alembic.script import ScriptDirectory
        from alembic.util import CommandError

        config = alembic_config(connection)
        try:
            if found is not None:
                ScriptDirectory.from_config(config).get_revision(found)
        except CommandError:
            raise InputError(
                f"index.url {self.name!r}: written by a newer survey-tracker (revision {found}); "
                "update survey-tracker, or name another file"
            ) from None
        logger.debug("bringing the index from revision %s to %s", found, NEWEST)
        command.upgrade(config, "head")


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration for a connection, with no file beside it."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def file_of(url: str) -> Path | None:
    """The file of an index; None for a database that is no file, or an address that is no good."""
    try:
        address = make_url(url)
    except ArgumentError:
        return None
    if address.get_backend_name() != "sqlite" or _in_memory(address.database):
        return None
    return Path(address.database or "")


def check(url: str) -> None:
    """Refuse an address that `Index.open` would refuse before it opens anything; make nothing."""
    _put_back(_engine(url))


def _engine(url: str) -> Engine:
    try:
        address = make_url(url)
        if address.get_backend_name() == "sqlite":
            _check_file(url, address.database)
            if not _in_memory(address.database):
                # A relative name is another file in another folder.
                address = address.set(database=str(Path(address.database or "").absolute()))
        return _idle.pop(address, None) or _new_engine(address)
    except (ArgumentError, NoSuchModuleError, ModuleNotFoundError) as error:
        raise InputError(
            f"index.url {url!r}: {error}; allowed: an address such as sqlite:///papers.sqlite"
        ) from None


def _new_engine(address: URL) -> Engine:
    sqlite = address.get_backend_name() == "sqlite"
    engine = create_engine(
        address,
        json_serializer=lambda value: json.dumps(value, ensure_ascii=False, sort_keys=True),
        connect_args={"timeout": _LOCK_SECONDS} if sqlite else {},
    )
    if sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin)
    return engine


# Engines that nobody uses, for the statements they have compiled: no connection stays open, and
# no two indexes share one.
_idle: dict[URL, Engine] = {}
_MOST_IDLE = 4


def _put_back(engine: Engine) -> None:
    engine.dispose()
    if not _in_memory(engine.url.database):
        _idle[engine.url] = engine
        while len(_idle) > _MOST_IDLE:
            _idle.pop(next(iter(_idle)), None)


def _in_memory(name: str | None) -> bool:
    return not name or name == ":memory:" or name.startswith("file:")


def _check_file(url: str, name: str | None) -> None:
    """Refuse what SQLite would take for a fresh file or fail on with few words."""
    if name is None or _in_memory(name):
        return
    path = Path(name)
    if not path.parent.is_dir():
        raise InputError(
            f"index.url {url!r}: the folder {str(path.parent)!r} does not exist; "
            "make it, or correct the address"
        )
    if path.is_dir():
        raise InputError(f"index.url {url!r}: is a folder; name a file such as papers.sqlite")
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except FileNotFoundError:
        return
    except OSError as error:
        raise InputError(f"index.url {url!r}: cannot be read: {error.strerror}") from None
    if start and start != b"SQLite format 3\x00":
        raise InputError(f"index.url {url!r}: not an SQLite file; name another, or remove it")


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver would begin transactions by itself, too late and deferred; see _begin.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={int(_LOCK_SECONDS * 1000)}")
    cursor.execute("PRAGMA foreign_keys=ON")
    # Abstracts fill pages badly that hold two of them; this is for files that are still empty.
    cursor.execute(f"PRAGMA page_size={_PAGE_BYTES}")
    if cursor.execute("PRAGMA journal_mode").fetchone()[0] not in {"wal", "memory"}:
        _enter_wal(cursor)
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def _enter_wal(cursor: Any) -> None:
    """Switch to write-ahead logging; SQLite does not wait by itself when two try at once."""
    deadline = time.monotonic() + _LOCK_SECONDS
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


def _pragma(connection: Connection, text: str) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute(f"PRAGMA {text}").close()


def _revision(connection: Connection) -> str | None:
    """The revision the tables are at; None for a database without any."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").fetchone()
    return str(found[0]) if found else None


def _reason(error: DatabaseError | sqlite3.Error) -> str:
    """One sentence for what the database said."""
    said = str(error.orig if isinstance(error, DatabaseError) else error)
    if "locked" in said:
        return f"another process has been writing for {_LOCK_SECONDS:.0f} seconds; try again later"
    if "not a database" in said or "malformed" in said:
        return f"not a sound SQLite file ({said}); name another, or restore it"
    if "readonly" in said or "unable to open" in said:
        return f"cannot be written ({said}); check its folder and permissions"
    return said
