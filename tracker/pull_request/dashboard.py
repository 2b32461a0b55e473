"""The dashboard: one issue that says what waits, what was declined and what has no section yet.

Nothing in it changes with every run, so that it is only written when there is something new.
A ticked box is a wish: to bring a declined paper back, or to file an unplaced one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache

import jinja2

from tracker.pull_request import block
from tracker.pull_request.body import BEGIN, END, MAXIMUM, TEXT_NAME
from tracker.pull_request.escape import address, link, markdown, shorten
from tracker.pull_request.proposal import Declined, Proposal, Report, Unplaced, paper_key
from tracker.taxonomy import Path, common_root, path_text

NAME = "Reading list dashboard"
"""The issue's title, until people give it another."""

LABEL = "survey-tracker"
"""What the issue is found by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """A source that needs looking at, or not: `problem` is a sentence, empty when all is well.

    `since` is the day of its last success, shown only beside a problem.
    """

    name: str
    problem: str = ""
    since: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """The papers of one month that is over: `name` is like `2026-01`."""

    name: str
    seen: int
    proposed: int
    accepted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """What became of the latest proposals that were decided on."""

    accepted: int = 0
    moved: int = 0
    rejected: int = 0

    @property
    def decided(self) -> int:
        """How many there were."""
        return self.accepted + self.moved + self.rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """Everything the dashboard shows; `pull_request` is the open one's address, if there is one."""

    waiting: tuple[Proposal, ...] = ()
    declined: tuple[Declined, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    sources: tuple[SourceHealth, ...] = ()
    outcomes: Outcomes = Outcomes()
    months: tuple[Month, ...] = ()
    pull_request: str = ""


@dataclass(frozen=True, slots=True)
class Wishes:
    """The boxes people ticked: papers to bring back, and where unplaced ones belong, by key."""

    bring_back: frozenset[str] = frozenset()
    file: Mapping[str, Path] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The dashboard as the target has it; `number` is None for a file beside a local list."""

    number: int | None
    url: str | None
    body: str
    is_open: bool = True


def render_dashboard(dashboard: Dashboard) -> str:
    """The text in Markdown, at most MAXIMUM characters; the longest lists are cut to fit."""
    for listed in (200, 100, 50, 25, 10, 5, 2, 0):
        text = _render(dashboard, listed)
        if len(text) <= MAXIMUM:
            break
    return text


def read_wishes(body: str) -> Wishes:
    """The boxes that are ticked in a dashboard's text."""
    body = body.replace("\r\n", "\n")
    record = block.decode(body)
    if record is None:
        return Wishes()
    known = {paper_key(unplaced.paper): unplaced for unplaced in record.unplaced}
    places: dict[str, Path] = {}
    for key, number in _FILE.findall(body):
        choices = known[key].alternatives if key in known else ()
        if int(number) < len(choices):
            places[key] = choices[int(number)].section
    return Wishes(frozenset(_BRING_BACK.findall(body)), places)


_TICKED = r"^\s*[-*+] \[[xX]\] .*<!-- {} -->\s*$"
_BRING_BACK = re.compile(_TICKED.format(r"bring-back (\S+)"), re.MULTILINE)
_FILE = re.compile(_TICKED.format(r"file (\S+) (\d{1,2})"), re.MULTILINE)


def _render(dashboard: Dashboard, listed: int) -> str:
    declined, unplaced = dashboard.declined[:listed], dashboard.unplaced[:listed]
    root = _root(dashboard)
    record = Report(proposals=(), as_of=date.min, declined=declined[-60:], unplaced=unplaced)
    return _template().render(
        begin=BEGIN,
        end=END,
        pull_request=_pull_request(dashboard.pull_request),
        outcomes=_outcomes(dashboard.outcomes),
        waiting=[_waiting(proposal, root) for proposal in dashboard.waiting[:listed]],
        more_waiting=max(0, len(dashboard.waiting) - listed),
        declined=[_declined(item, root) for item in declined],
        more_declined=max(0, len(dashboard.declined) - listed),
        unplaced=[_unplaced(item, root) for item in unplaced],
        more_unplaced=max(0, len(dashboard.unplaced) - listed),
        sources=[_source(source) for source in dashboard.sources[:60]],
        months=dashboard.months[-12:],
        block=block.encode(record, head=""),
    )


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("tracker.pull_request", "."),
        autoescape=False,  # noqa: S701 - Markdown, not HTML; every value is escaped before
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    return environment.get_template("dashboard.md.j2")


def _root(dashboard: Dashboard) -> int:
    """How many headings all sections share, such as the list's title; they are not repeated."""
    paths = {path for p in dashboard.waiting for path in (p.section, p.moved_from)}
    paths |= {declined.section for declined in dashboard.declined}
    paths |= {choice.section for item in dashboard.unplaced for choice in item.alternatives}
    return len(common_root(paths - {()}))


def _pull_request(where: str) -> str:
    return where if where == TEXT_NAME else address(where, trusted=True)


def _waiting(proposal: Proposal, root: int) -> str:
    shown = link(shorten(proposal.paper.title, 160), proposal.paper.url)
    first = proposal.moved_from[root:]
    moved = f", moved from {_section(first)}" if first else ""
    return f"{shown}: {_section(proposal.section[root:])}{moved} ({proposal.confidence:.2f})"


def _declined(declined: Declined, root: int) -> str:
    shown = link(shorten(declined.paper.title, 160), declined.paper.url)
    facts = [
        _section(declined.section[root:]),
        f"by {markdown(shorten(declined.who, 40))}" if declined.who else "",
        declined.at.isoformat() if declined.at else "",
        link("there", declined.where) if address(declined.where) else "",
        markdown(shorten(declined.reason, 120)),
    ]
    said = " · ".join(fact for fact in facts if fact)
    return f"{shown}<br>{said} <!-- bring-back {paper_key(declined.paper)} -->"


def _unplaced(unplaced: Unplaced, root: int) -> dict[str, object]:
    key = paper_key(unplaced.paper)
    return {
        "link": link(shorten(unplaced.paper.title, 160), unplaced.paper.url),
        "choices": [
            f"{_section(choice.section[root:])} ({choice.confidence:.2f}) "
            f"<!-- file {key} {number} -->"
            for number, choice in enumerate(unplaced.alternatives[:3])
        ],
    }


def _source(source: SourceHealth) -> dict[str, str]:
    since = f" (last worked on {source.since})" if source.since else ""
    problem = f"⚠ {markdown(shorten(source.problem, 200))}{since}" if source.problem else "fine"
    return {"name": markdown(shorten(source.name, 60)), "problem": problem}


def _outcomes(outcomes: Outcomes) -> str:
    if not outcomes.decided:
        return "No proposal has been decided on yet."
    share = (outcomes.accepted + outcomes.moved) / outcomes.decided
    return (
        f"The latest decisions: {outcomes.accepted} accepted, {outcomes.moved} moved to another "
        f"section, {outcomes.rejected} rejected; {share:.0%} belonged on the list."
    )


def _section(path: Path) -> str:
    return markdown(shorten(path_text(path), 120))
