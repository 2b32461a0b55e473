"""A reading list in a git repository of its own, with commits of chosen days, and an index."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from db import papers
from db.index import Index
from tests.jobs import corpus
from tracker.identifiers import Identifier
from tracker.paper import Paper

CONFIG = """
[list]
path = "list"
[index]
url = "sqlite:///papers.sqlite"
"""


class DatedList:
    """A checkout in `place/list`, its tracker.toml in `place`."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.folder = place / "list"
        self.folder.mkdir()
        self.config = place / "tracker.toml"
        self.config.write_text(CONFIG, encoding="utf-8")
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str, day: str = "2000-01-01") -> str:
        """One git command, as an invented person on that day."""
        moment = f"{day}T12:00:00+0000"
        person = {"NAME": "Rosa Crumb", "EMAIL": "rosa@bakers.example", "DATE": moment}
        who = {f"GIT_{role}_{k}": v for role in ("AUTHOR", "COMMITTER") for k, v in person.items()}
        done = subprocess.run(
            ["git", "-c", "commit.gpgsign=false", *words],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "HOME": str(self.place), **who},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def commit(self, day: str, text: str, name: str = "README.md") -> str:
        """The list as it is from that day on; the commit."""
        (self.folder / name).write_text(text, encoding="utf-8")
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", f"State of {day}", day=day)
        return self.git("rev-parse", "HEAD")


def with_entries(text: str, added: Iterable[tuple[str, Paper]]) -> str:
    """The list with entries put at the top of sections."""
    for section, paper in added:
        line = f"* [**Arxiv, 2024**] {paper.title}. [paper]({paper.url})"
        text = text.replace(f"## {section}\n\n", f"## {section}\n\n{line}\n")
    return text


def fill(place: Path, found: Sequence[Paper], source: str = "arxiv") -> None:
    """Papers as a source reports them, into the index beside tracker.toml."""
    with Index.open(f"sqlite:///{place / 'papers.sqlite'}") as index, index.write() as session:
        papers.merge(session, found, source=source, seen_at=datetime(2025, 1, 1, tzinfo=UTC))


def stream(
    section: str | None, days: Iterable[date], first: int = 20, serial: int = 0
) -> list[Paper]:
    """Papers on a section's matters, or on none of the list's, one a day."""
    found = []
    for place, day in enumerate(days):
        number = first + place
        word, other = corpus.OTHER[number % 8], corpus.OTHER[(number + 3) % 8]
        matter = f"On {word.title()} Models for {other.title()} Systems {number}"
        prose = f"We study the {word} of a {other} with method {number} and a {other} of {word}."
        kind = list(corpus.SECTIONS).index(section) if section else 3
        found.append(
            Paper(
                title=corpus.title(section, number) if section else matter,
                abstract=corpus.abstract(section, number) if section else prose,
                identifiers=(
                    Identifier("arxiv", f"{day:%y%m}.{10_000 + 10_000 * kind + serial + place}"),
                ),
                authors=("Ivo Loaf",),
                published=day,
                updated=day,
                version=1,
            )
        )
    return found
