"""The paper index: everything ever seen, in one SQLite file (or PostgreSQL)."""
