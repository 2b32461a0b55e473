"""How the link check's findings are shown: to a person, a program, or beside the list's lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import click

from jobs.annotations import annotation, one_line
from jobs.console import Console
from jobs.links_listed import ListedLink
from tracker.counting import counted
from tracker.links import LinkState

QUIET = frozenset({"alive", "forbidden", "unchecked"})
"""Verdicts that are counted and not listed: nobody can do anything about them."""

_WIDEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedLink:
    """A link of the list with what is known of it.

    `verdict` is what it is called (see LinkState.verdict), `state` what is remembered of its
    address, None when it was never checked. `better` is the address to write instead.
    """

    link: ListedLink
    verdict: str
    reason: str = ""
    state: LinkState | None = None
    better: str = ""

    @property
    def archived(self) -> str:
        """The address of an archived copy of what is dead."""
        return (self.state.archived or "") if self.state and self.verdict == "dead" else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkReport:
    """What is known of every link of `files`; `asked` addresses were asked for in this run."""

    files: tuple[str, ...]
    links: tuple[CheckedLink, ...]
    asked: int
    requests: int
    is_offline: bool = False

    @property
    def failed(self) -> bool:
        """Whether a link is dead, or nothing could be asked at all."""
        return self.is_offline or any(link.verdict == "dead" for link in self.links)


def show(report: LinkReport, console: Console, *, as_annotations: bool) -> None:
    """Show the problems and the counts."""
    problems = [link for link in report.links if link.verdict not in QUIET]
    if report.is_offline:
        console.warn("no host answered: the network is unreachable; nothing was remembered")
    if as_annotations:
        for link in problems:
            # Console would make workflow commands harmless.
            click.echo(_command(link))
        console.note(_summary(report))
        return
    for link in problems:
        place = f"{one_line(link.link.file)}:{link.link.line}"
        console.say(f"{place}: [{link.verdict}] {_sentence(link)}")
    if problems:
        console.say()
    console.say(_summary(report))
    console.document(
        {
            "files": [one_line(name) for name in report.files],
            "offline": report.is_offline,
            "asked": report.asked,
            "requests": report.requests,
            "counts": _counts(report),
            "links": [_described(link) for link in report.links],
        }
    )


def _command(link: CheckedLink) -> str:
    level: Literal["notice", "warning"] = "warning" if link.verdict == "dead" else "notice"
    place = link.link
    return annotation(level, place.file, place.line, f"link {link.verdict}", _sentence(link))


def _sentence(link: CheckedLink) -> str:
    text = one_line(link.link.text)
    if len(text) > _WIDEST:
        text = text[: _WIDEST - 1].rstrip() + "…"
    shown = "" if text.startswith(("http:", "https:")) else f"{text} "
    said = "; ".join(_said(link))
    return one_line(f"{shown}-> {link.link.url}{'; ' if said else ''}{said}")


def _said(link: CheckedLink) -> Iterator[str]:
    """What went wrong, since when, and what to do."""
    state = link.state
    if link.reason:
        yield link.reason
    if state and state.failures > 1 and state.failing_since:
        yield f"failing since {_day(state.failing_since)}, {state.failures} checks"
    if link.better:
        yield f"write {link.better}"
    elif link.verdict == "moved" and state:
        yield f"leads to {state.target}, not to the page"
    elif link.verdict == "failing":
        yield "called dead when it is so a day later"
    if link.archived:
        yield f"archived copy: {link.archived}"


def _summary(report: LinkReport) -> str:
    counts = _counts(report)
    found = ", ".join(f"{number} {verdict}" for verdict, number in counts.items()) or "none"
    asked = f"{counted(report.asked, 'address')} asked in {counted(report.requests, 'request')}"
    links = counted(len(report.links), "link")
    return f"{one_line(', '.join(report.files))}: {links}: {found} ({asked})"


def _counts(report: LinkReport) -> dict[str, int]:
    return dict(Counter(link.verdict for link in report.links).most_common())


def _described(link: CheckedLink) -> dict[str, Any]:
    state = link.state
    return {
        "file": one_line(link.link.file),
        "line": link.link.line,
        "text": one_line(link.link.text),
        "role": link.link.role,
        "url": one_line(link.link.url),
        "status": link.verdict,
        "code": state.code if state else 0,
        "reason": one_line(link.reason),
        "target": state.target if state else "",
        "checked_at": _iso(state.checked_at if state else None),
        "alive_at": _iso(state.alive_at if state else None),
        "failing_since": _iso(state.failing_since if state else None),
        "failures": state.failures if state else 0,
        "suggestion": link.better,
        "archived": link.archived,
    }


def _day(moment: datetime) -> str:
    return moment.date().isoformat()


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
