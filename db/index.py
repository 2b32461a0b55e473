"""Opening the paper index: the connection, its migrations, and transactions.

with Index.open("sqlite:///papers.sqlite") as index:
    with index.write() as session:
        papers.merge(session, found, source="arxiv", seen_at=now)
with Index.open_to_read("sqlite:///papers.sqlite") as index:
    with index.read() as session:
        papers.get(session, 1)
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlmodel import Session

from db.engine import (
    ANOTHER_S,
    is_another_s,
    is_forbidden,
    put_back,
    reading_engine,
    reason_of,
    said_by,
    take_engine,
)
from tracker.errors import SettingError, TrackerError
from tracker.index_address import file_of, is_there

if TYPE_CHECKING:
    from alembic.config import Config

logger = logging.getLogger(__name__)

MIGRATIONS = Path(__file__).parent / "migrations"

NEWEST = "0003"
"""The revision this program needs; the same as the newest file in db/migrations/versions."""

_NO_INDEX = (
    "there is no index yet; `tracker run` or `tracker discover` makes one, or correct the address"
)


class _CannotWriteError(SettingError):
    """The file of an index, or the folder it lies in, cannot be written."""


class Index:
    """An open paper index; a context manager that closes it."""

    def __init__(self, engine: Engine, name: str, *, writable: bool = True) -> None:
        self.engine = engine
        self.name = name
        self._writable = writable
        self._writer = engine.execution_options(tracker_write=True)

    @classmethod
    def open(cls, url: str) -> Self:
        """Open the index at a database address, created or brought up to date where needed.

        Raises SettingError naming index.url when the address, its folder or the file is no good
        or the file was written by a newer program.
        """
        engine = take_engine(url)
        index = cls(engine, make_url(url).render_as_string(hide_password=True))
        try:
            index._migrate()
        except (DatabaseError, sqlite3.Error) as error:
            index.close()
            kind = _CannotWriteError if is_forbidden(error) else SettingError
            raise kind(f"index.url {index.name!r}: {reason_of(error)}") from None
        except BaseException:
            index.close()
            raise
        return index

    @classmethod
    def open_to_read(cls, url: str) -> Self:
        """Open an index that is there, to read it: also where nothing can be written.

        None is made. Raises SettingError as `open` does, when there is no index yet, and for one
        of an older program that cannot be brought up to date.
        """
        require(url)
        file = file_of(url)
        if file is None:
            return cls.open(url)
        # Another user's file may lie in a folder that we can write: it is not for us to put a
        # log beside it that its owner cannot write.
        if os.access(file, os.W_OK):
            with suppress(_CannotWriteError):
                return cls.open(url)
        index = cls(reading_engine(file.absolute()), url, writable=False)
        try:
            index._check_revision()
        except (DatabaseError, sqlite3.Error) as error:
            index.close()
            raise SettingError(
                f"index.url {url!r}: cannot be read without writing ({said_by(error)}); check its "
                "folder and permissions"
            ) from None
        except BaseException:
            index.close()
            raise
        return index

    def close(self) -> None:
        """Close every connection."""
        if self._writable:
            put_back(self.engine)
        else:
            self.engine.dispose()

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
            raise TrackerError(f"index {self.name!r}: {reason_of(error)}") from error

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

        config = alembic_config(connection)
        self._refuse_newer(config, found)
        # Where a program keeps all it has in its log, the file alone does not tell.
        dialect = connection.dialect
        if dialect.name == "sqlite" and is_another_s(dialect.get_table_names(connection)):
            raise SettingError(f"index.url {self.name!r}: {ANOTHER_S}")
        logger.debug("bringing the index from revision %s to %s", found, NEWEST)
        command.upgrade(config, "head")

    def _refuse_newer(self, config: Config, found: str | None) -> None:
        from alembic.script import ScriptDirectory
        from alembic.util import CommandError

        try:
            if found is not None:
                ScriptDirectory.from_config(config).get_revision(found)
        except CommandError:
            raise SettingError(
                f"index.url {self.name!r}: written by a newer survey-tracker (revision {found}); "
                "update survey-tracker, or name another file"
            ) from None

    def _check_revision(self) -> None:
        """Refuse what would have to be written before it can be read."""
        with self.engine.connect() as connection:
            found = _revision(connection)
            if found is None:
                raise SettingError(f"index.url {self.name!r}: {_NO_INDEX}")
            if found != NEWEST:
                self._refuse_newer(alembic_config(connection), found)
                raise SettingError(
                    f"index.url {self.name!r}: written by an older survey-tracker (revision "
                    f"{found}); it must be brought up to date and cannot be written; check its "
                    "folder and permissions"
                )


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration for a connection, with no file beside it."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def require(url: str) -> None:
    """Refuse an address with no index behind it; one that is no file is taken to be there."""
    check(url)
    file = file_of(url)
    if file is not None and not is_there(file):
        raise SettingError(f"index.url {url!r}: {_NO_INDEX}")


def check(url: str) -> None:
    """Refuse an address that `Index.open` would refuse before it opens anything; make nothing."""
    put_back(take_engine(url))


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
