"""Invented papers and the smallest job that proposes them, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from tests.world.github import GitHub
from tests.world.github_model import NAME, TOKEN
from tracker.identifiers import Identifier
from tracker.paper import Link, Paper
from tracker.pull_request.github import GithubTarget
from tracker.pull_request.proposal import (
    Alternative,
    Evidence,
    Funnel,
    Neighbour,
    Proposal,
    Report,
    SourceCount,
    paper_key,
)
from tracker.pull_request.target import PullRequest, Snapshot, Target
from tracker.settings import parse_settings

BRANCH = "survey-tracker/proposals"
LIST = "# Reading list\n\n## Lanterns\n\n* Old lanterns\n\n## Kites\n\n* Old kites\n"


def paper(number: int = 1, **changes: Any) -> Paper:
    """An invented paper; `number` makes it another one."""
    given: dict[str, Any] = {
        "title": f"Paper lanterns, part {number}",
        "identifiers": (Identifier("arxiv", f"2601.{number:05}"),),
        "abstract": "We fold lanterns out of paper and count how long they glow.",
        "published": date(2026, 1, 5),
        "links": (Link("code", "https://example.org/lanterns"),),
    }
    return Paper(**{**given, **changes})


def proposal(number: int = 1, **changes: Any) -> Proposal:
    """A proposal for `paper(number)`."""
    given: dict[str, Any] = {
        "paper": paper(number),
        "section": ("Lanterns",),
        "confidence": 0.81,
        "relevance": 0.93,
        "text": f"* Paper lanterns, part {number} (arXiv 2601.{number:05})",
        "file": "README.md",
        "line": 5,
        "alternatives": (Alternative(("Kites",), 0.12), Alternative(("Kites", "Tails"), 0.04)),
        "evidence": Evidence(
            ("paper", "lantern"),
            (Neighbour("Old lanterns", "https://example.org/old", ("Lanterns",)),),
        ),
        "sources": ("arxiv",),
    }
    return Proposal(**{**given, **changes})


def report(*proposals: Proposal, **changes: Any) -> Report:
    """A report of these proposals."""
    funnel = Funnel(
        sources=(SourceCount(name="arxiv", fetched=120, new=40),),
        seen=40,
        relevant=len(proposals),
        proposed=len(proposals),
    )
    given: dict[str, Any] = {"as_of": date(2026, 1, 9), "funnel": funnel}
    return Report(proposals=proposals, **{**given, **changes})


def github(world: GitHub, *, token: str = TOKEN, **tables: Any) -> GithubTarget:
    """A target that talks to the stand-in."""
    data = {"list": {"repository": NAME}, "github": {"url": world.url}, **tables}
    return GithubTarget(parse_settings(data, Path("tracker.toml"), {}), token)


def add(text: str, line: str, heading: str = "## Lanterns\n\n") -> str:
    """The list with a line at the top of a section."""
    assert heading in text
    return text.replace(heading, f"{heading}{line}\n", 1)


def put(target: Target, *numbers: int, labels: Sequence[str] = ()) -> PullRequest:
    """Propose papers as the job does: what waits stays, what is on the list is not proposed."""
    snapshot = target.read()
    files, proposals = edited(snapshot, numbers)
    return target.publish(snapshot, files, report(*proposals), labels)


def edited(snapshot: Snapshot, numbers: Sequence[int]) -> tuple[Mapping[str, str], list[Proposal]]:
    """The texts with the papers added, and all proposals that are open then."""
    opened = snapshot.pull_request
    files = dict(snapshot.working)
    waiting = list(opened.proposals) if opened else []
    if opened and opened.rebuild:
        for pending in waiting:
            files["README.md"] = add(files["README.md"], pending.text)
    waiting = [p for p in waiting if p.text in files["README.md"]]
    known = {paper_key(p.paper) for p in waiting}
    for number in numbers:
        new = proposal(number)
        if new.text in files["README.md"] or paper_key(new.paper) in known:
            continue
        files["README.md"] = add(files["README.md"], new.text)
        waiting.append(new)
    return files, waiting
