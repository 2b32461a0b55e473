"""The dashboard: what people ticked there, and what it says after a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from db import history, papers
from db.consolidate import PULL_REQUEST
from jobs.comments import Word
from jobs.status import source_statuses
from jobs.work import Work
from tracker.errors import TargetError
from tracker.pull_request import block
from tracker.pull_request.body import TEXT_NAME
from tracker.pull_request.dashboard import (
    Board,
    Dashboard,
    Month,
    Outcomes,
    SourceHealth,
    read_wishes,
    render_dashboard,
)
from tracker.pull_request.proposal import Declined, Report, paper_key
from tracker.pull_request.target import PullRequest

_LATEST = 50
"""How many decisions the dashboard's precision is counted over."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The dashboard as it was found, and what people asked for by ticking its boxes.

    `usable` is False where there is to be none, or it could not be read.
    """

    board: Board | None = None
    asked: Mapping[int, Word] = field(default_factory=dict)
    usable: bool = True


def read_board(work: Work) -> Desk:
    """Read the dashboard; a paper that is brought back goes where it was proposed before.

    A repository without issues, or a token that may not see them, costs a warning only.
    """
    if not work.settings.propose.dashboard:
        return Desk(usable=False)
    try:
        board = work.target.dashboard()
    except TargetError as error:
        work.console.warn(f"the dashboard was not read: {error}; `dashboard = false` does without")
        return Desk(usable=False)
    if board is None or not board.is_open:
        return Desk(board)
    return Desk(board, _asked(work, board))


def _asked(work: Work, board: Board) -> dict[int, Word]:
    """The papers that people asked for by ticking their boxes."""
    wishes = read_wishes(board.body)
    asked: dict[int, Word] = {}
    where = board.url or ""
    with work.index.write() as session:
        for number, declined in _declined(session):
            if paper_key(declined.paper) not in wishes.bring_back:
                continue
            section = declined.section or None
            asked[number] = Word(section=section, where=where, reason="brought back")
        record = block.decode(board.body)
        for unplaced in record.unplaced if record else ():
            if section := wishes.file.get(paper_key(unplaced.paper)):
                stated = [unplaced.paper]
                merged = papers.merge(session, stated, source=PULL_REQUEST, seen_at=work.now)
                asked[merged.ids[0]] = Word(section=section, where=where, reason="filed by hand")
    return asked


def publish_board(work: Work, desk: Desk, report: Report, pull_request: PullRequest | None) -> None:
    """Make the dashboard say how things stand after a run."""
    if not desk.usable or work.dry_run:
        return
    names = {source.name for source in report.funnel.sources}
    with work.index.read() as session:
        dashboard = Dashboard(
            waiting=report.postponed,
            declined=tuple(declined for _, declined in _declined(session)),
            unplaced=report.unplaced,
            sources=_health(session, names, work.now),
            outcomes=_outcomes(session),
            months=_months(session, work.now),
            pull_request=_where(pull_request),
        )
    try:
        work.target.publish_dashboard(desk.board, render_dashboard(dashboard))
    except TargetError as error:
        work.console.warn(
            f"the dashboard was not written: {error}; `dashboard = false` does without"
        )


def _where(pull_request: PullRequest | None) -> str:
    """The address of the open pull request; that of a local list is a file beside it."""
    if pull_request is None or pull_request.state in {"closed", "none"}:
        return ""
    return pull_request.url or TEXT_NAME


def _declined(session: Session) -> list[tuple[int, Declined]]:
    """The papers that reviewers rejected, the latest first."""
    rejected = history.rejected_ids(session)
    latest = {d.paper: d for d in history.decisions(session) if d.paper in rejected}
    known = papers.load(session, latest)
    ordered = sorted(latest.values(), key=lambda d: (d.at, d.paper), reverse=True)
    return [
        (
            decision.paper,
            Declined(
                paper=known[decision.paper],
                section=decision.from_section or (),
                reason=decision.reason,
                who=decision.who,
                where=decision.where,
                at=decision.at.date(),
            ),
        )
        for decision in ordered
        if decision.paper in known
    ]


def _health(session: Session, names: Iterable[str], now: datetime) -> tuple[SourceHealth, ...]:
    wanted = set(names)
    return tuple(
        SourceHealth(
            name=one.label,
            problem=one.error or one.silence,
            since=one.last_success.date() if one.last_success else None,
        )
        for one in source_statuses(session, now.date())
        if one.name in wanted or one.label in wanted
    )


def _outcomes(session: Session) -> Outcomes:
    """What became of the latest proposals; a paper that came back counts once."""
    latest: dict[int, history.Kind] = {}
    for decision in history.decisions(session):
        if decision.kind in {"accepted", "moved", "rejected"}:
            latest.pop(decision.paper, None)
            latest[decision.paper] = decision.kind
    kinds = Counter(list(latest.values())[-_LATEST:])
    return Outcomes(accepted=kinds["accepted"], moved=kinds["moved"], rejected=kinds["rejected"])


def _months(session: Session, now: datetime) -> tuple[Month, ...]:
    """The months that are over, as many as there are."""
    seen = papers.months(session)
    proposed = Counter(
        f"{p.created_at:%Y-%m}" for p in history.proposals(session) if p.created_at is not None
    )
    accepted = Counter(
        f"{d.at:%Y-%m}" for d in history.decisions(session) if d.kind in {"accepted", "moved"}
    )
    over = sorted(name for name in {*seen, *proposed, *accepted} if name < f"{now:%Y-%m}")
    return tuple(
        Month(name=name, seen=seen.get(name, 0), proposed=proposed[name], accepted=accepted[name])
        for name in over
    )
