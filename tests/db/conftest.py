"""An index in memory, and one that forgets between examples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from sqlmodel import Session

from db.index import Index

Fresh = Callable[[], AbstractContextManager[Session]]


@pytest.fixture
def index() -> Iterator[Index]:
    with Index.open("sqlite://") as index:
        yield index


@pytest.fixture(scope="module")
def fresh() -> Iterator[Fresh]:
    """A session over an empty index each time it is called; for property tests."""
    with Index.open("sqlite://") as index:

        @contextmanager
        def session() -> Iterator[Session]:
            with index.write() as opened:
                yield opened
                opened.rollback()

        yield session
