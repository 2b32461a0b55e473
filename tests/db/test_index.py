"""Opening the index: fresh, again, too new, not an index; transactions and locks."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlmodel import SQLModel

from db.index import NEWEST, Index, alembic_config


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'papers.sqlite'}"


def test_migrations_give_exactly_the_tables_of_the_models(url: str) -> None:
    with Index.open(url) as index, index.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": False,
                "include_object": lambda item, name, kind, *_: (
                    not str(name).startswith("paper_text")
                ),
            },
        )
        assert compare_metadata(context, SQLModel.metadata) == []
        assert ScriptDirectory.from_config(alembic_config(connection)).get_heads() == [NEWEST]
