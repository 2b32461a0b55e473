"""A small survey between a stand-in GitHub and a growing feed, and people who review it.

    with Survey.on_github(tmp_path) as survey:
        survey.week(1)
        survey.run()
        survey.world.merge_pull(1)

Everything happens on the survey's own day, which the stand-in's clock follows.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from sqlmodel import Session

import jobs.run
from db import history, papers
from db.index import Index
from jobs.classify import Judgement, classify
from jobs.console import Console
from jobs.run import Part, RunResult, run
from tests.jobs import corpus
from tests.world.github import GitHub
from tests.world.github_model import NAME, TOKEN
from tracker.pull_request.proposal import paper_key
from tracker.settings import Settings, load_settings

BRANCH = "survey-tracker/proposals"
Record = dict[str, object]
START = date(2024, 1, 5)
LISTED = 4
"""Entries in each section at the beginning."""

CONFIG = """
[list]
{where}
skip_sections = ["Acknowledgement"]
[[sources.files]]
path = "feed.jsonl"
[[sources.files]]
path = "journals.jsonl"
[propose]
limit = 4
min_relevance = 0.05
min_confidence = 0.6
"""


@dataclass(frozen=True)
class Saved:
    """A repository, its people and the files beside the index, to be brought back at will."""

    files: dict[str, tuple[bytes, int]]
    github: tuple[object, ...]

    @classmethod
    def of(cls, folder: Path, github: GitHub) -> Saved:
        """What is there now."""
        paths = list(folder.iterdir())
        return cls({p.name: (p.read_bytes(), p.stat().st_mtime_ns) for p in paths}, github.save())

    def restore(self, folder: Path, github: GitHub) -> None:
        """Bring it back, there or elsewhere."""
        for path in folder.iterdir():
            path.unlink()
        for name, (content, changed) in self.files.items():
            (folder / name).write_bytes(content)
            # A source that looks as it did is not read again.
            os.utime(folder / name, ns=(changed, changed))
        github.resume(self.github)


@dataclass
class Survey:
    """A reading list, its feed and its index; `world` is None for a list on this machine."""

    folder: Path
    world: GitHub | None = None
    day: date = START
    fed: set[int] = field(default_factory=set)
    papers: list[Record] = field(default_factory=list)
    _names: dict[int, str] = field(default_factory=dict)

    @property
    def github(self) -> GitHub:
        """The stand-in."""
        assert self.world is not None
        return self.world

    @property
    def environ(self) -> dict[str, str]:
        """What the Action gives a run."""
        if self.world is None:
            return {}
        return {"GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": self.world.url}

    @property
    def settings(self) -> Settings:
        """The settings as a run reads them."""
        return load_settings(self.folder / "tracker.toml", self.environ)

    def week(self, number: int, *, on_topic: int = 1, off_topic: int = 4) -> None:
        """The papers of a week appear, and it is its last day."""
        self.day = START + timedelta(weeks=number)
        if self.world is not None:
            self.world.now = f"{self.day}T09:00:00Z"
        if number not in self.fed:
            self.fed.add(number)
            self.feed(papers_of(number, self.day, on_topic, off_topic))
            if number % 3 == 1:
                self.feed([anywhere(number, self.day)])

    def feed(self, records: Iterable[Record], *, name: str = "feed.jsonl") -> None:
        """Papers appear in a source."""
        records = list(records)
        self.papers += (p for p in records if p["title"] not in {q["title"] for q in self.papers})
        with (self.folder / name).open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(record) + "\n" for record in records)

    def run(self, part: Part = "run") -> RunResult:
        """The job, as it is started every week."""
        console = Console(interactive=False)
        done = run(self.settings, console, as_of=self.day, part=part, environ=self.environ)
        if self.world is not None:
            # Runs are at noon; what people do now is an answer to this one.
            self.world.now = f"{self.day}T18:00:00Z"
        return done

    def text(self, branch: str = BRANCH) -> str:
        """The list on a branch."""
        return self.github.text(branch)

    def decisions(self) -> list[history.Decision]:
        """The decisions in the index."""
        with Index.open(self.settings.index_url) as index, index.read() as session:
            found = history.decisions(session)
            self._read_names(session, {decision.paper for decision in found})
            return found

    def open_proposals(self) -> list[history.Proposal]:
        """The proposals that wait, as the index has them."""
        with Index.open(self.settings.index_url) as index, index.read() as session:
            found = history.proposals(session, state="open")
            self._read_names(session, {proposal.paper for proposal in found})
            return found

    def _read_names(self, session: Session, numbers: Iterable[int]) -> None:
        self._names.update((number, paper_key(papers.get(session, number))) for number in numbers)

    def save(self) -> Saved:
        """How everything is now: the repository, its people, the index."""
        return Saved.of(self.folder, self.github)

    def name(self, number: int) -> str:
        """The name, not depending on the index, of a paper in what was read last."""
        return self._names[number]


@contextmanager
def on_github(folder: Path) -> Iterator[Survey]:
    """A list in a repository on the stand-in, with nothing in the feed yet."""
    with GitHub({"README.md": corpus.reading_list(LISTED)}) as world:
        yield _begin(Survey(folder, world), f'repository = "{NAME}"')


@contextmanager
def first_proposals(folder: Path) -> Iterator[Survey]:
    """The same after its first run; run once, and brought back from then on."""
    saved, fed, found, day = _first_week()
    with GitHub({}) as world:
        saved.restore(folder, world)
        yield Survey(folder, world, day, set(fed), list(found))


@cache
def _first_week() -> tuple[Saved, set[int], list[Record], date]:
    with TemporaryDirectory() as name, on_github(Path(name)) as survey:
        survey.week(1)
        survey.run()
        return survey.save(), survey.fed, survey.papers, survey.day


def judge_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of anything but judging: the same papers get the judgement they once got."""
    monkeypatch.setattr(jobs.run, "classify", _judged)


def _once(judge: Callable[..., Judgement]) -> Callable[..., Judgement]:
    known: dict[str, Judgement] = {}

    def call(papers: Any, listing: Any, sections: Any, **options: Any) -> Judgement:
        given = {name: value for name, value in options.items() if name != "console"}
        key = repr((papers, sorted(listing.sections.items()), list(sections), given))
        if key not in known:
            known[key] = judge(papers, listing, sections, **options)
        return known[key]

    return call


_judged = _once(classify)


def in_a_checkout(folder: Path) -> Survey:
    """The same list in a git checkout on this machine."""
    (folder / "README.md").write_text(corpus.reading_list(LISTED), encoding="utf-8")
    for words in (["init", "-qb", "main"], ["add", "README.md"], ["commit", "-qm", "Begin"]):
        git(folder, *words)
    return _begin(Survey(folder), 'path = "."')


def git(folder: Path, *words: str) -> str:
    """What git answers to a person."""
    identity = ("-c", "user.name=Mia", "-c", "user.email=mia@example.org")
    command = ["git", "-C", str(folder), *identity, *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _begin(survey: Survey, where: str) -> Survey:
    (survey.folder / "tracker.toml").write_text(CONFIG.format(where=where), encoding="utf-8")
    survey.feed([], name="journals.jsonl")
    survey.feed([*corpus.listed_again(LISTED), *background(40)])
    survey.week(0)
    return survey


def background(count: int) -> list[Record]:
    """Papers on other matters, from before the first week."""
    return corpus.feed(on_topic=0, off_topic=count)


def papers_of(week: int, day: date, on_topic: int, off_topic: int) -> list[Record]:
    """What appears in a week: so many papers for each section, and so many on other matters."""
    found: list[Record] = []
    for place, section in enumerate(corpus.SECTIONS):
        for number in range(100 + on_topic * week, 100 + on_topic * (week + 1)):
            words = {"title": corpus.title(section, number)}
            words["abstract"] = corpus.abstract(section, number)
            found.append(record(10_000 + 1000 * place + number, day, **words))
    for number in range(off_topic * week, off_topic * (week + 1)):
        word, other = corpus.OTHER[number % 8], corpus.OTHER[(number + 3) % 8]
        words = {"title": f"{word.title()} Methods for {other.title()} Networks {number}"}
        words["abstract"] = f"We study the {word} of a {other} with method {number}."
        found.append(record(30_000 + number, day, **words))
    return found


def anywhere(week: int, day: date) -> Record:
    """A paper that belongs on the list, and in no one section of it."""
    words = " ".join(word for words in corpus.SECTIONS.values() for word in words[:2])
    title = f"Notes on {words.title()} for Bakers {week}"
    abstract = f"We bake {week} loaves of bread in a bakery with {words}; dough is measured."
    return record(40_000 + week, day, title=title, abstract=abstract)


def record(number: int, day: date, **fields: object) -> Record:
    """A line of a feed: a paper of that day."""
    return {
        "id": f"{day:%y%m}.{number}",
        "authors": ["Rosa Crumb", f"Ivo Loaf {number}"],
        "categories": ["cs.CY"],
        "published": f"{day - timedelta(days=2)}T00:00:00Z",
        **fields,
    }
