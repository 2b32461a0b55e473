"""The messages of our commits: for people to read, and to read back when the index is lost."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tracker.identifiers import SCHEMES, Identifier
from tracker.paper import Paper
from tracker.pull_request.escape import ZERO_WIDTH_SPACE, plain
from tracker.pull_request.proposal import Proposal, paper_key
from tracker.taxonomy import SEPARATOR, path_text

TRAILER = "Proposed-by: survey-tracker"
"""The last line of every commit of ours; a commit without it is a person's."""

_TREE = "Proposed-tree: "
"""What stands before the tree that we committed: amended or rebased, a commit has another."""

_LINE = re.compile(r"- ([a-z0-9]+):(\S+): (.*) → (.*)")


def commit_message(new: Sequence[Proposal], subject: str) -> str:
    """A commit's message: its subject, then one line for each paper with name and section."""
    lines = [
        f"- {paper_key(p.paper)}: {plain(p.paper.title)} → {plain(path_text(p.section))}"
        for p in new
    ]
    return "\n".join([subject, "", *lines, *([""] if lines else []), TRAILER]) + "\n"


def signed(message: str, tree: str) -> str:
    """A commit's message with the tree that it commits."""
    return message.replace(f"\n{TRAILER}\n", f"\n{_TREE}{tree}\n{TRAILER}\n")


def is_signed(message: str, tree: str) -> bool | None:
    """Whether a message says that we committed this very tree.

    None for a message of ours that names no tree, as those of earlier versions.
    """
    lines = message.splitlines()
    if TRAILER not in lines:
        return False
    named = [line for line in lines if line.startswith(_TREE)]
    return f"{_TREE}{tree}" in named if named else None


def read_message(message: str) -> tuple[Proposal, ...]:
    """The proposals that a commit's message names: paper and section, nothing else is known."""
    lines = message.replace(ZERO_WIDTH_SPACE, "").splitlines()
    found = filter(None, map(_LINE.fullmatch, lines))
    return tuple(
        Proposal(
            paper=Paper(title=line[3], identifiers=_identifiers(line[1], line[2])),
            section=tuple(line[4].split(SEPARATOR)),
            confidence=0.0,
            relevance=0.0,
            text="",
            file="",
            line=0,
        )
        for line in found
    )


def _identifiers(scheme: str, value: str) -> tuple[Identifier, ...]:

    return tuple(Identifier(name, value) for name in SCHEMES if name == scheme)
