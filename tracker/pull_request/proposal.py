"""What is put to the reviewers: proposals, what was left out, and the funnel between."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from tracker.identifiers import normalise_title
from tracker.paper import Paper
from tracker.taxonomy import Path


@dataclass(frozen=True, slots=True)
class Alternative:
    """A section a paper could be filed under, and the classifier's confidence in it (0 to 1)."""

    section: Path
    confidence: float


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An entry of the reading list that resembles a paper."""

    title: str
    url: str
    section: Path


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a paper was filed where it was: its telling terms and the nearest entries there."""

    terms: tuple[str, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A candidate with a section.

    `confidence` is that of the section it was proposed for, `relevance` the paper's (0 to 1).
    `text` is exactly what is added to `file`, without the newline at its end; it stands at
    `line`, counted from 1. `alternatives` are the runner-up sections, the likeliest first.
    `sources` are the names of the sources that reported the paper. `moved_from` is where it was
    proposed, when a reviewer has moved it since. `remark` is what they should
    know of its place; it is not recorded.
    """

    paper: Paper
    section: Path
    confidence: float
    relevance: float
    text: str
    file: str
    line: int
    alternatives: tuple[Alternative, ...] = ()
    evidence: Evidence = Evidence()
    sources: tuple[str, ...] = ()
    moved_from: Path = ()
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplaced:
    """A relevant paper without a clear section; `alternatives` are the likeliest, best first."""

    paper: Paper
    relevance: float
    alternatives: tuple[Alternative, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined:
    """A proposal that a reviewer took out of an open pull request.

    `who` is their account, `where` the address at which they said so, `at` the day.
    """

    paper: Paper
    section: Path
    kind: Literal["rejected", "postponed"] = "rejected"
    reason: str = ""
    who: str = ""
    where: str = ""
    at: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """An entry brought up to date because its paper was published: one text became another."""

    paper: Paper
    section: Path
    file: str
    line: int
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCount:
    """What one source delivered in a run; `error` is why it failed, empty when it did not."""

    name: str
    fetched: int = 0
    new: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """How the papers of a run came down to its proposals; every number counts papers.

    `seen` were scored, `relevant` passed the relevance bar, of which `listed` are on the
    reading list already, `rejected` were turned down by a reviewer before, `unplaced` have no
    clear section, `excluded` belong to sections the settings leave alone, `postponed` wait
    because of the limit, and `proposed` are in the pull request.
    """

    sources: tuple[SourceCount, ...] = ()
    seen: int = 0
    relevant: int = 0
    listed: int = 0
    rejected: int = 0
    unplaced: int = 0
    excluded: int = 0
    postponed: int = 0
    proposed: int = 0


@dataclass(frozen=True, slots=True)
class Bars:
    """The settings that decide what is put to the reviewers, shown so that they can be changed."""

    limit: int = 15
    min_relevance: float = 0.5
    min_confidence: float = 0.3
    precision: float | None = None
    config: str = "tracker.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything the text of a pull request is made from.

    `proposals` are all that are open, those of earlier runs included, and `declined` what was
    taken out of this same pull request while it was open. `commands` says that comments are
    read, so that the text may invite them. `notice` is a sentence a
    person must read first, empty as a rule. `unticked` are the keys of papers whose box was
    cleared and cannot be obeyed yet; it stays empty. `full` says that more would have been
    proposed, had the text room to name it.
    """

    proposals: tuple[Proposal, ...]
    as_of: date
    unplaced: tuple[Unplaced, ...] = ()
    postponed: tuple[Proposal, ...] = ()
    updates: tuple[Update, ...] = ()
    declined: tuple[Declined, ...] = ()
    funnel: Funnel = Funnel()
    bars: Bars = field(default_factory=Bars)
    notice: str = ""
    unticked: frozenset[str] = frozenset()
    commands: bool = False
    full: bool = False


_PLAIN_KEY = re.compile(r"(?!.*--)[a-z0-9]+:[\w./:()-]{1,120}(?<!-)", re.ASCII)


def paper_key(paper: Paper) -> str:
    """A short name for a paper, the same on every run: `arxiv:2401.00001`.

    Safe inside an HTML comment and a commit message: where the identifier is not, or there is
    none, a digest takes its place.
    """
    order = {"arxiv": 0, "doi": 1, "acl": 2}
    found = sorted(paper.identifiers, key=lambda i: (order.get(i.scheme, 3), i))
    name = str(found[0]) if found else f"title:{normalise_title(paper.title)}"
    if found and _PLAIN_KEY.fullmatch(name):
        return name
    return "key:" + hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:16]
