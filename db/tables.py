"""The tables of the index, one class each; the words are those of docs/architecture.md.

A paper's row is a function of its records: whatever order the sources spoke in, the same
records give the same row. Times are UTC, sections are lists of headings.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, DateTime, Dialect, ForeignKey, Integer, Text
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel, UniqueConstraint


class Moment(TypeDecorator[datetime]):
    """A point in time, aware and in UTC in Python; SQLite keeps no zone, so none is stored."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC without a zone for SQLite, with one elsewhere."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """The stored time with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# SQLite gives out row numbers (and never one twice) only for a column called INTEGER.
_NUMBER = BigInteger().with_variant(Integer(), "sqlite")
# Without this, None would be stored as the text "null".
_OPTIONAL_JSON = JSON(none_as_null=True)
_NEVER_REUSED = {"sqlite_autoincrement": True}


def _key() -> Any:
    return Field(default=None, sa_column=Column(_NUMBER, primary_key=True))


def _paper_key(*, unique: bool = False, required: bool = True) -> Any:
    column: Column[Any] = Column(
        _NUMBER, ForeignKey("paper.id"), nullable=not required, index=not unique, unique=unique
    )
    return Field(default=None if not required else ..., sa_column=column)


class PaperRow(SQLModel, table=True):
    """A paper, consolidated from its records."""

    __tablename__ = "paper"
    __table_args__ = (_NEVER_REUSED,)

    id: int | None = _key()
    title: str = Field(sa_type=Text)
    abstract: str = Field(default="", sa_type=Text)
    authors: list[str] = Field(default_factory=list, sa_type=JSON)
    categories: list[str] = Field(default_factory=list, sa_type=JSON)
    published: date | None = Field(default=None, index=True)
    updated: date | None = None
    venue: str = Field(default="", sa_type=Text)
    comment: str = Field(default="", sa_type=Text)
    version: int | None = None
    embedding: bytes | None = None
    created_at: datetime = Field(sa_type=Moment)
    updated_at: datetime = Field(sa_type=Moment)


class IdentifierRow(SQLModel, table=True):
    """A name of a paper; each belongs to one paper only."""

    __tablename__ = "identifier"
    __table_args__ = (UniqueConstraint("scheme", "value"), _NEVER_REUSED)

    id: int | None = _key()
    scheme: str
    value: str = Field(sa_type=Text)
    paper_id: int = _paper_key()


class ClaimRow(SQLModel, table=True):
    """An identifier that a record of a second paper carries too, kept from its unique place.

    Rare: a whole volume's DOI given to each of its papers, or papers a person set apart.
    """

    __tablename__ = "claim"
    __table_args__ = (UniqueConstraint("scheme", "value", "paper_id"), _NEVER_REUSED)

    id: int | None = _key()
    scheme: str
    value: str = Field(sa_type=Text)
    paper_id: int = _paper_key()


class RecordRow(SQLModel, table=True):
    """What one source said of a paper, word for word; said again, only `last_seen` moves.

    `digest` is the fingerprint of the payload. The three keys find records with a like title:
    the whole title, and its beginning and end together with the first author.
    """

    __tablename__ = "record"
    __table_args__ = (UniqueConstraint("source", "digest"), _NEVER_REUSED)

    id: int | None = _key()
    paper_id: int = _paper_key()
    source: str
    digest: str
    payload: dict[str, Any] = Field(sa_type=JSON)
    embedding: bytes | None = None
    title_key: str = Field(default="", index=True)
    head_key: str = Field(default="", index=True)
    tail_key: str = Field(default="", index=True)
    first_seen: datetime = Field(sa_type=Moment)
    last_seen: datetime = Field(sa_type=Moment)


class MergeRow(SQLModel, table=True):
    """Records that joined a paper although they once were, or could have been, another.

    `absorbed` is the number of the paper that ended in `kept`; None when the records never
    had a paper of their own. `moved` holds what else went along, so that it can be undone.
    """

    __tablename__ = "merge"
    __table_args__ = (_NEVER_REUSED,)

    id: int | None = _key()
    kept: int = Field(index=True)
    absorbed: int | None = Field(default=None, index=True)
    records: list[int] = Field(sa_type=JSON)
    moved: dict[str, list[int]] = Field(default_factory=dict, sa_type=JSON)
    reason: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=Moment)
    undone_at: datetime | None = Field(default=None, sa_type=Moment)


class ApartRow(SQLModel, table=True):
    """Two records a person declared to be different papers; they never merge again."""

    __tablename__ = "apart"
    __table_args__ = (UniqueConstraint("one", "other"), _NEVER_REUSED)

    id: int | None = _key()
    one: int = Field(sa_column=Column(_NUMBER, ForeignKey("record.id"), nullable=False))
    other: int = Field(
        sa_column=Column(_NUMBER, ForeignKey("record.id"), nullable=False, index=True)
    )
    at: datetime = Field(sa_type=Moment)


class LinkRow(SQLModel, table=True):
    """An address that belongs to a paper, in the order a reader sees them."""

    __tablename__ = "link"
    __table_args__ = (_NEVER_REUSED,)

    id: int | None = _key()
    paper_id: int = _paper_key()
    role: str
    url: str = Field(sa_type=Text)


class RunRow(SQLModel, table=True):
    """One execution of a job."""

    __tablename__ = "run"
    __table_args__ = (_NEVER_REUSED,)

    id: int | None = _key()
    job: str
    started: datetime = Field(sa_type=Moment)
    finished: datetime | None = Field(default=None, sa_type=Moment)
    as_of: date | None = None
    status: str = "running"
    funnel: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)


class WatermarkRow(SQLModel, table=True):
    """How far a source has been read with one query, and how it went."""

    __tablename__ = "watermark"
    __table_args__ = (UniqueConstraint("source", "query"), _NEVER_REUSED)

    id: int | None = _key()
    source: str
    query: str = Field(sa_type=Text)
    value: str | None = Field(default=None, sa_type=Text)
    last_success: datetime | None = Field(default=None, sa_type=Moment)
    last_failure: datetime | None = Field(default=None, sa_type=Moment)
    error: str = Field(default="", sa_type=Text)
    last_new: datetime | None = Field(default=None, sa_type=Moment)


class ListingRow(SQLModel, table=True):
    """An entry of the reading list as last parsed, and the paper it stands for."""

    __tablename__ = "listing"
    __table_args__ = (_NEVER_REUSED,)

    id: int | None = _key()
    file: str
    line: int
    section: list[str] = Field(sa_type=JSON)
    text: str = Field(sa_type=Text)
    paper_id: int | None = _paper_key(required=False)


class ProposalRow(SQLModel, table=True):
    """A candidate with a section, put to the reviewers."""

    __tablename__ = "proposal"
    __table_args__ = (_NEVER_REUSED,)

    id: int | None = _key()
    paper_id: int = _paper_key()
    run_id: int | None = Field(
        default=None, sa_column=Column(_NUMBER, ForeignKey("run.id"), nullable=True)
    )
    section: list[str] = Field(sa_type=JSON)
    confidence: float = 0.0
    relevance: float = 0.0
    alternatives: list[Any] = Field(default_factory=list, sa_type=JSON)
    evidence: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    text: str = Field(default="", sa_type=Text)
    file: str = ""
    line: int | None = None
    pull_request: int | None = Field(default=None, index=True)
    branch: str = ""
    url: str = Field(default="", sa_type=Text)
    state: str = Field(default="open", index=True)
    created_at: datetime = Field(sa_type=Moment)
    updated_at: datetime = Field(sa_type=Moment)


class DecisionRow(SQLModel, table=True):
    """What a reviewer did with a paper."""

    __tablename__ = "decision"
    __table_args__ = (_NEVER_REUSED,)

    id: int | None = _key()
    paper_id: int = _paper_key()
    kind: str = Field(index=True)
    from_section: list[str] | None = Field(
        default=None, sa_column=Column("from_section", _OPTIONAL_JSON)
    )
    to_section: list[str] | None = Field(
        default=None, sa_column=Column("to_section", _OPTIONAL_JSON)
    )
    who: str = ""
    at: datetime = Field(sa_type=Moment)
    where: str = Field(default="", sa_type=Text)
    reason: str = Field(default="", sa_type=Text)


class ScoreRow(SQLModel, table=True):
    """What the classifiers last said of a paper."""

    __tablename__ = "score"
    __table_args__ = (_NEVER_REUSED,)

    id: int | None = _key()
    paper_id: int = _paper_key(unique=True)
    run_id: int | None = Field(
        default=None, sa_column=Column(_NUMBER, ForeignKey("run.id"), nullable=True)
    )
    relevance: float
    section: list[str] = Field(default_factory=list, sa_type=JSON)
    confidence: float = 0.0
    alternatives: list[Any] = Field(default_factory=list, sa_type=JSON)
    evidence: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    at: datetime = Field(sa_type=Moment)


class ShelfRow(SQLModel, table=True):
    """A paper whose abstract was given up: old, and never of use to the list."""

    __tablename__ = "shelf"
    __table_args__ = (_NEVER_REUSED,)

    id: int | None = _key()
    paper_id: int = _paper_key(unique=True)
    at: datetime = Field(sa_type=Moment)


class MemoRow(SQLModel, table=True):
    """A small value kept between runs and shared by processes: a pace, a cached answer."""

    __tablename__ = "memo"
    __table_args__ = (UniqueConstraint("topic", "key"), _NEVER_REUSED)

    id: int | None = _key()
    topic: str
    key: str = Field(sa_type=Text)
    value: bytes
    at: datetime = Field(sa_type=Moment)


class CheckedLinkRow(SQLModel, table=True):
    """An address the reading list links to, and what the checks so far say of it.

    See tracker.links.LinkState, whose fields these are.
    """

    __tablename__ = "checked_link"
    __table_args__ = (UniqueConstraint("address"), _NEVER_REUSED)

    id: int | None = _key()
    address: str = Field(sa_type=Text)
    status: str
    code: int = 0
    target: str = Field(default="", sa_type=Text)
    reason: str = Field(default="", sa_type=Text)
    checked_at: datetime = Field(sa_type=Moment)
    alive_at: datetime | None = Field(default=None, sa_type=Moment)
    failing_since: datetime | None = Field(default=None, sa_type=Moment)
    failures: int = 0
    archived: str | None = Field(default=None, sa_type=Text)


# The same tables for statements over many rows at once, where one object a row is too slow.
PAPER, IDENTIFIER, CLAIM, LINK, RECORD, MERGE, APART, PROPOSAL, DECISION, LISTING, SCORE = (
    SQLModel.metadata.tables[name]
    for name in (
        *("paper", "identifier", "claim", "link", "record", "merge", "apart"),
        *("proposal", "decision", "listing", "score"),
    )
)
SHELF = SQLModel.metadata.tables["shelf"]
