"""The address of the paper index as the settings write it: its engine and, for SQLite, its file."""

from __future__ import annotations

from pathlib import Path

ENGINES = ("sqlite", "postgresql")
"""The database engines an index can live in."""


def engine_name(url: str) -> str:
    """The database engine of an address, whatever driver speaks to it: `sqlite+pysqlite:///x`."""
    return url.partition("://")[0].partition("+")[0]


def file_of(url: str) -> Path | None:
    """The file of an index; None for a database that is no file, or an address that is no good."""
    _, slashes, rest = url.partition("://")
    name = rest[1:].partition("?")[0]
    if engine_name(url) != "sqlite" or not slashes or not rest.startswith("/") or in_memory(name):
        return None
    return Path(name)


def is_there(file: Path) -> bool:
    """Whether a file may hold an index; an empty one holds none yet."""
    return file.is_file() and file.stat().st_size > 0


def in_memory(name: str | None) -> bool:
    """Whether SQLite would not take this name for that of a file."""
    return not name or name == ":memory:" or name.startswith("file:")


def with_file(url: str, file: Path) -> str:
    """The address with another file in place of its own."""
    scheme, _, rest = url.partition("://")
    _, mark, query = rest.partition("?")
    return f"{scheme}:///{file}{mark}{query}"
