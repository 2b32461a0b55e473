"""What happened: runs, watermarks, the reading list as last read, proposals and decisions."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Row, Select, delete, insert, select, update
from sqlmodel import Session, SQLModel

from db.tables import DECISION, LISTING, PROPOSAL, SCORE
from tracker.taxonomy import Path

RUN, WATERMARK, MEMO = (SQLModel.metadata.tables[name] for name in ("run", "watermark", "memo"))

State = Literal["open", "accepted", "moved", "rejected", "postponed", "withdrawn"]
"""What has become of a proposal."""

Kind = Literal["accepted", "moved", "rejected", "postponed", "reconsidered"]
"""What a reviewer did; `reconsidered` brings a rejected paper back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution of a job; `finished` is None while it runs, or when it was killed."""

    id: int
    job: str
    started: datetime
    finished: datetime | None = None
    as_of: date | None = None
    status: str = "running"
    funnel: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watermark:
    """How far a source has been read with one query, and how it went.

    `last_new` is when it last had a paper that the index did not know.
    """

    source: str
    query: str
    value: str | None = None
    last_success: datetime | None = None
    last_failure: datetime | None = None
    error: str = ""
    last_new: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """An entry of the reading list and the paper it stands for, None when it names none."""

    file: str
    line: int
    section: Path
    text: str
    paper: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A candidate with a section, put to the reviewers; `id` once it is in the index."""

    paper: int
    section: Path
    confidence: float
    relevance: float
    alternatives: tuple[tuple[Path, float], ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""
    file: str = ""
    line: int | None = None
    run: int | None = None
    pull_request: int | None = None
    branch: str = ""
    url: str = ""
    state: State = "open"
    created_at: datetime | None = None
    updated_at: datetime | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a reviewer did with a paper: who, when, and where it can be read."""

    paper: int
    kind: Kind
    at: datetime
    from_section: Path | None = None
    to_section: Path | None = None
    who: str = ""
    where: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """What the classifiers last said of a paper."""

    paper: int
    relevance: float
    at: datetime
    section: Path = ()
    confidence: float = 0.0
    alternatives: tuple[tuple[Path, float], ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)
    run: int | None = None


# Runs


def start_run(session: Session, job: str, *, started: datetime, as_of: date | None = None) -> int:
    """Record that a job starts; the run's number."""
    values = {"job": job, "started": started, "as_of": as_of, "status": "running", "funnel": {}}
    return int(session.scalars(insert(RUN).values(values).returning(RUN.c.id)).one())


def finish_run(
    session: Session,
    run: int,
    *,
    finished: datetime,
    status: str,
    funnel: Mapping[str, Any] | None = None,
) -> None:
    """Record how a run ended (`done`, `failed`) and its counts."""
    values = {"finished": finished, "status": status, "funnel": dict(funnel or {})}
    session.execute(update(RUN).where(RUN.c.id == run).values(values))


def runs(session: Session, *, job: str | None = None, limit: int = 20) -> list[Run]:
    """The latest runs, the newest first."""
    wanted = select(RUN).order_by(RUN.c.id.desc()).limit(limit)
    if job is not None:
        wanted = wanted.where(RUN.c.job == job)
    return [Run(**row._mapping) for row in session.execute(wanted)]


# Watermarks


def watermark(session: Session, source: str, query: str = "") -> str | None:
    """How far a source has been read; None from the beginning."""
    return session.scalar(select(WATERMARK.c.value).where(_reading(source, query)))


def watermarks(session: Session) -> list[Watermark]:
    """Every source and query ever read, by name."""
    columns = [column for column in WATERMARK.c if column.name != "id"]
    wanted = select(*columns).order_by(WATERMARK.c.source, WATERMARK.c.query)
    return [Watermark(**row._mapping) for row in session.execute(wanted)]


def set_watermark(
    session: Session, source: str, query: str, value: str | None, at: datetime, *, new: int = 0
) -> None:
    """Record that a source was read up to `value` and had `new` papers nobody knew."""
    values: dict[str, Any] = {"value": value, "last_success": at, "error": ""}
    if new:
        values["last_new"] = at
    _save_watermark(session, source, query, values)


def note_new(session: Session, source: str, query: str, at: datetime) -> None:
    """Record that a source had new papers, where its watermark stays for now."""
    _save_watermark(session, source, query, {"last_new": at})


def fail_watermark(session: Session, source: str, query: str, error: str, at: datetime) -> None:
    """Record that a source failed; it is read again from the watermark it has."""
    _save_watermark(session, source, query, {"last_failure": at, "error": error})


def _reading(source: str, query: str) -> Any:
    return (WATERMARK.c.source == source) & (WATERMARK.c.query == query)


def _save_watermark(session: Session, source: str, query: str, values: dict[str, Any]) -> None:
    changed = update(WATERMARK).where(_reading(source, query)).values(values)
    if not session.connection().execute(changed).rowcount:
        blank = {"source": source, "query": query, "error": ""}
        session.execute(insert(WATERMARK).values(blank | values))


# The reading list as last read


def replace_listing(session: Session, entries: Iterable[Listing]) -> None:
    """Keep the reading list's entries instead of those kept before."""
    session.execute(delete(LISTING))
    rows = [_columns(entry) for entry in entries]
    if rows:
        session.execute(insert(LISTING), rows)


def listing(session: Session) -> list[Listing]:
    """The reading list's entries as last kept, in document order."""
    rows = session.execute(select(LISTING).order_by(LISTING.c.id))
    return [
        Listing(
            file=row.file,
            line=row.line,
            section=tuple(row.section),
            text=row.text,
            paper=row.paper_id,
        )
        for row in rows
    ]


def listed_ids(session: Session) -> set[int]:
    """The papers that are on the reading list."""
    listed = select(LISTING.c.paper_id).where(LISTING.c.paper_id.is_not(None)).distinct()
    return set(session.scalars(listed))


# Proposals


def add_proposal(session: Session, proposal: Proposal, *, at: datetime) -> int:
    """Record a proposal; its number."""
    values = _columns(proposal) | {"created_at": at, "updated_at": at}
    values.pop("id")
    return int(session.scalars(insert(PROPOSAL).values(values).returning(PROPOSAL.c.id)).one())


def update_proposals(
    session: Session, numbers: Collection[int], *, at: datetime, **changes: Any
) -> None:
    """Change fields of proposals: `state`, `pull_request`, `branch`, `url`, `line`, `section`..."""
    if unknown := changes.keys() - {column.name for column in PROPOSAL.c}:
        raise TypeError(f"a proposal has no {', '.join(sorted(unknown))}")
    if "section" in changes:
        changes["section"] = list(changes["section"])
    for number in numbers:
        here = PROPOSAL.c.id == number
        session.execute(update(PROPOSAL).where(here).values({**changes, "updated_at": at}))


def proposals(
    session: Session,
    *,
    paper: int | None = None,
    state: State | None = None,
    pull_request: int | None = None,
) -> list[Proposal]:
    """Proposals, the oldest first; of one paper, state or pull request where given."""
    wanted = select(PROPOSAL).order_by(PROPOSAL.c.id)
    if paper is not None:
        wanted = wanted.where(PROPOSAL.c.paper_id == paper)
    if state is not None:
        wanted = wanted.where(PROPOSAL.c.state == state)
    if pull_request is not None:
        wanted = wanted.where(PROPOSAL.c.pull_request == pull_request)
    return [_proposal(row) for row in session.execute(wanted)]


# Decisions


def add_decision(session: Session, decision: Decision) -> bool:
    """Record a decision; False when the very same one is recorded already."""
    values = _columns(decision)
    here = [DECISION.c[name] == values[name] for name in ("paper_id", "kind", "at", "where", "who")]
    same = session.execute(select(DECISION).where(*here))
    if any(_decision(row) == decision for row in same):
        return False
    session.execute(insert(DECISION).values(values))
    return True


def decisions(session: Session, *, paper: int | None = None) -> list[Decision]:
    """Decisions in the order they were made; of one paper where given."""
    wanted: Select[Any] = select(DECISION).order_by(DECISION.c.at, DECISION.c.id)
    if paper is not None:
        wanted = wanted.where(DECISION.c.paper_id == paper)
    return [_decision(row) for row in session.execute(wanted)]


def standing(made: Iterable[Decision]) -> dict[int, Decision]:
    """Of decisions in their order, the one that holds of each paper; postponing changes none."""
    return {decision.paper: decision for decision in made if decision.kind != "postponed"}


def rejected_ids(session: Session) -> set[int]:
    """The papers that reviewers rejected and did not take back or bring back since."""
    holding = standing(decisions(session))
    return {paper for paper, decision in holding.items() if decision.kind == "rejected"}


# Scores


def save_scores(session: Session, scores: Iterable[Score]) -> None:
    """Keep what the classifiers say of papers instead of what they said before."""
    rows = [_columns(score) for score in scores]
    for start in range(0, len(rows), 5000):
        papers = [row["paper_id"] for row in rows[start : start + 5000]]
        session.execute(delete(SCORE).where(SCORE.c.paper_id.in_(papers)))
        session.execute(insert(SCORE), rows[start : start + 5000])


def score(session: Session, paper: int) -> Score | None:
    """What the classifiers last said of a paper; None when they never saw it."""
    row = session.execute(select(SCORE).where(SCORE.c.paper_id == paper)).one_or_none()
    if row is None:
        return None
    values = _fields(row)
    values.pop("id")
    return Score(**values)


# Small values shared by runs and processes


def remember(session: Session, topic: str, key: str, value: bytes, *, at: datetime) -> None:
    """Keep a small value under a topic and a key."""
    here = (MEMO.c.topic == topic) & (MEMO.c.key == key)
    changed = update(MEMO).where(here).values(value=value, at=at)
    if not session.connection().execute(changed).rowcount:
        session.execute(insert(MEMO).values(topic=topic, key=key, value=value, at=at))


def recall(session: Session, topic: str, key: str) -> tuple[bytes, datetime] | None:
    """A kept value and when it was kept; None when there is none."""
    here = (MEMO.c.topic == topic) & (MEMO.c.key == key)
    row = session.execute(select(MEMO.c.value, MEMO.c.at).where(here)).one_or_none()
    return None if row is None else (row.value, row.at)


def forget(session: Session, topic: str, *, before: datetime) -> None:
    """Drop the values of a topic that were kept before a time."""
    session.execute(delete(MEMO).where(MEMO.c.topic == topic, MEMO.c.at < before))


_REFERENCES = {"paper": "paper_id", "run": "run_id"}


def _columns(data: Any) -> dict[str, Any]:
    """The fields of a data class as columns."""
    values = {_REFERENCES.get(name, name): value for name, value in asdict(data).items()}
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _fields(row: Row[Any]) -> dict[str, Any]:
    """The columns of a row as fields of its data class."""
    names = {column: name for name, column in _REFERENCES.items()}
    values = {names.get(name, name): value for name, value in row._mapping.items()}
    for name in ("section", "from_section", "to_section"):
        if values.get(name) is not None:
            values[name] = tuple(values[name])
    if "alternatives" in values:
        values["alternatives"] = tuple((tuple(path), p) for path, p in values["alternatives"])
    return values


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal(**_fields(row))


def _decision(row: Row[Any]) -> Decision:
    values = _fields(row)
    values.pop("id")
    return Decision(**values)
