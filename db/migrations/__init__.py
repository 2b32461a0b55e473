"""Alembic's environment and one file a change of the tables; db.index runs them on opening."""
