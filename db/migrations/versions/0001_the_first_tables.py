"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Papers first, then what refers to them, then the text index over them."""
    _create_papers()
    _create_identity()
    _create_runs()
    _create_proposals()
    if op.get_bind().dialect.name == "sqlite":
        for statement in (TEXT_TABLE, *TEXT_TRIGGERS):
            op.execute(statement)


def downgrade() -> None:
    """Drop everything."""
    if op.get_bind().dialect.name == "sqlite":
        for event in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER paper_text_{event}")
        op.execute("DROP TABLE paper_text")
    for name in (
        *("memo", "score", "decision", "proposal", "listing", "watermark", "run"),
        *("apart", "merge", "record", "claim", "identifier", "link", "paper"),
    ):
        op.drop_table(name)


# An external-content table holds the search tree only; the words stay in `paper`.
TEXT_TABLE = """
CREATE VIRTUAL TABLE paper_text USING fts5(
    title, abstract, authors,
    content='paper', content_rowid='id', tokenize='porter unicode61 remove_diacritics 2'
)
"""
TEXT_TRIGGERS = (
    """
    CREATE TRIGGER paper_text_insert AFTER INSERT ON paper BEGIN
        INSERT INTO paper_text(rowid, title, abstract, authors)
        VALUES (new.id, new.title, new.abstract, new.authors);
    END
    """,
    """
    CREATE TRIGGER paper_text_delete AFTER DELETE ON paper BEGIN
        INSERT INTO paper_text(paper_text, rowid, title, abstract, authors)
        VALUES ('delete', old.id, old.title, old.abstract, old.authors);
    END
    """,
    """
    CREATE TRIGGER paper_text_update AFTER UPDATE OF title, abstract, authors ON paper
    WHEN old.title <> new.title OR old.abstract <> new.abstract OR old.authors <> new.authors
    BEGIN
        INSERT INTO paper_text(paper_text, rowid, title, abstract, authors)
        VALUES ('delete', old.id, old.title, old.abstract, old.authors);
        INSERT INTO paper_text(rowid, title, abstract, authors)
        VALUES (new.id, new.title, new.abstract, new.authors);
    END
    """,
)


def _number() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _time(name: str, *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=optional)


def _text(name: str, *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=optional)


def _word(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=False)


def _json(name: str, *, optional: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON(), nullable=optional)


def _refers(table: str, name: str = "", *, optional: bool = False) -> sa.Column[Any]:
    key = sa.ForeignKey(f"{table}.id")
    return sa.Column(name or f"{table}_id", _number(), key, nullable=optional)


def _create(
    name: str, *columns: sa.schema.SchemaItem, indexes: tuple[str, ...] = (), unique: str = ""
) -> None:
    op.create_table(
        name,
        sa.Column("id", _number(), primary_key=True),
        *columns,
        *([sa.UniqueConstraint(*unique.split())] if unique else []),
        sqlite_autoincrement=True,
    )
    for column in indexes:
        op.create_index(f"ix_{name}_{column}", name, [column], unique=False)


def _create_papers() -> None:
    _create(
        "paper",
        *(_text("title"), _text("abstract"), _json("authors"), _json("categories")),
        sa.Column("published", sa.Date(), nullable=True),
        sa.Column("updated", sa.Date(), nullable=True),
        *(_text("venue"), _text("comment")),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("embedding", sa.LargeBinary(), nullable=True),
        *(_time("created_at"), _time("updated_at")),
        indexes=("published",),
    )
    for name in ("identifier", "claim"):
        _create(
            name,
            *(_word("scheme"), _text("value"), _refers("paper")),
            unique="scheme value paper_id" if name == "claim" else "scheme value",
            indexes=("paper_id",),
        )
    _create("link", _refers("paper"), _word("role"), _text("url"), indexes=("paper_id",))


def _create_identity() -> None:
    _create(
        "record",
        *(_refers("paper"), _word("source"), _word("digest"), _json("payload")),
        sa.Column("embedding", sa.LargeBinary(), nullable=True),
        *(_word("title_key"), _word("head_key"), _word("tail_key")),
        *(_time("first_seen"), _time("last_seen")),
        unique="source digest",
        indexes=("paper_id", "title_key", "head_key", "tail_key"),
    )
    _create(
        "merge",
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("absorbed", sa.Integer(), nullable=True),
        *(_json("records"), _json("moved"), _text("reason")),
        *(_time("at"), _time("undone_at", optional=True)),
        indexes=("kept", "absorbed"),
    )
    _create(
        "apart",
        *(_refers("record", "one"), _refers("record", "other"), _time("at")),
        unique="one other",
        indexes=("other",),
    )


def _create_runs() -> None:
    _create(
        "run",
        *(_word("job"), _time("started"), _time("finished", optional=True)),
        sa.Column("as_of", sa.Date(), nullable=True),
        *(_word("status"), _json("funnel")),
    )
    _create(
        "watermark",
        *(_word("source"), _text("query"), _text("value", optional=True)),
        *(_time("last_success", optional=True), _time("last_failure", optional=True)),
        *(_text("error"), _time("last_new", optional=True)),
        unique="source query",
    )
    _create(
        "memo",
        *(_word("topic"), _text("key")),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        _time("at"),
        unique="topic key",
    )


def _create_proposals() -> None:
    score = (sa.Column("confidence", sa.Float(), nullable=False), _json("alternatives"))
    relevance = sa.Column("relevance", sa.Float(), nullable=False)
    _create(
        "listing",
        _word("file"),
        sa.Column("line", sa.Integer(), nullable=False),
        *(_json("section"), _text("text"), _refers("paper", optional=True)),
        indexes=("paper_id",),
    )
    _create(
        "proposal",
        *(_refers("paper"), _refers("run", optional=True), _json("section")),
        *(*score, relevance, _json("evidence")),
        *(_text("text"), _word("file"), sa.Column("line", sa.Integer(), nullable=True)),
        sa.Column("pull_request", sa.Integer(), nullable=True),
        *(_word("branch"), _text("url"), _word("state")),
        *(_time("created_at"), _time("updated_at")),
        indexes=("paper_id", "pull_request", "state"),
    )
    _create(
        "decision",
        *(_refers("paper"), _word("kind")),
        *(_json("from_section", optional=True), _json("to_section", optional=True)),
        *(_word("who"), _time("at"), _text("where"), _text("reason")),
        indexes=("kind", "paper_id"),
    )
    score = (sa.Column("confidence", sa.Float(), nullable=False), _json("alternatives"))
    relevance = sa.Column("relevance", sa.Float(), nullable=False)
    _create(
        "score",
        *(_refers("paper"), _refers("run", optional=True), relevance, _json("section")),
        *(*score, _json("evidence"), _time("at")),
        unique="paper_id",
    )
