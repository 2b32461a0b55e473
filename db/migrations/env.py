"""Runs the migrations on the connection that db.index hands over, inside its transaction.

For a developer's `alembic revision --autogenerate` see CONTRIBUTING.md: db.index.alembic_config
gives the configuration, so that there is no alembic.ini to keep in step.
"""

from alembic import context
from sqlmodel import SQLModel

import db.tables  # noqa: F401  (fills the metadata)

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    # SQLite can change tables inside a transaction: a migration that is killed leaves no half.
    transactional_ddl=True,
    render_as_batch=connection.dialect.name == "sqlite",
    include_object=lambda item, name, kind, reflected, compare_to: (
        not (kind == "table" and reflected and str(name).startswith("paper_text"))
    ),
)
with context.begin_transaction():
    context.run_migrations()
