"""What `tracker init` looks up: the categories of the entries, and a list on GitHub."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db import papers
from db.index import Index
from jobs.console import Console
from jobs.init import Request, init
from jobs.init_topics import USUAL_CATEGORIES, categories_of
from tests.jobs import corpus
from tests.jobs.init.bakery import invoke, never
from tests.world.arxiv import ArxivWorld, Record
from tests.world.github import GitHub
from tests.world.github_model import NAME, TOKEN
from tests.world.server import Answer
from tracker.identifiers import Identifier
from tracker.paper import Paper
from tracker.settings import load_settings


def record(name: str, *categories: str) -> Record:
    return Record(
        id=name,
        title=f"Invented {name}",
        categories=categories,
        submitted=datetime(2023, 1, 1, tzinfo=UTC),
    )


def online(arxiv: ArxivWorld, console: Console | None = None) -> None:
    request = Request(config=Path("tracker.toml"), arxiv_url=arxiv.api)
    init(request, console or Console(interactive=False), never, {})


def test_categories_come_from_the_entries_on_arxiv(place: Path) -> None:
    names = ["2309.11111", "2307.11111", "2302.11111", "2212.11111", "2101.11111", "2201.11111"]
    with ArxivWorld(
        [record(name, "q-bio.OT", "cs.CY") for name in names[:4]]
        + [record(name, "physics.app-ph") for name in names[4:]]
    ) as arxiv:
        online(arxiv)
    settings = load_settings(place / "tracker.toml", {}).sources.arxiv
    assert settings is not None
    # Both categories of the first four hold the same papers; one of them is enough.
    assert settings.categories == ("cs.CY", "physics.app-ph")
    assert settings.url == arxiv.api
    assert "Of 6 entries whose categories are known, 6" in (place / "tracker.toml").read_text()


def test_without_arxiv_the_usual_categories_are_written_and_said_to_be(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with ArxivWorld() as arxiv:
        arxiv.fail(Answer(404), path=r"/api/query", times=9)
        online(arxiv)
    settings = load_settings(place / "tracker.toml", {}).sources.arxiv
    assert settings is not None
    assert settings.categories == USUAL_CATEGORIES
    assert "could be looked up" in (place / "tracker.toml").read_text()
    assert "categories of the entries are unknown" in capsys.readouterr().err


def test_an_index_that_is_there_saves_the_question(place: Path) -> None:
    listed = Paper(
        title="Keeping Sourdough Starter Alive",
        identifiers=(Identifier("arxiv", "2309.11111"),),
        categories=("68T50", "I.2.7", "q-bio.QM"),
    )
    other = Paper(
        title="Not on the list",
        identifiers=(Identifier("arxiv", "2309.22222"),),
        categories=("math.CO",),
    )
    with Index.open(f"sqlite:///{place}/papers.sqlite") as index, index.write() as session:
        papers.merge(session, [listed, other], source="test", seen_at=datetime.now(UTC))
    with ArxivWorld() as arxiv:
        online(arxiv)
        assert not arxiv.requests
    settings = load_settings(place / "tracker.toml", {}).sources.arxiv
    assert settings is not None
    assert settings.categories == ("q-bio.QM",)


def test_offline_asks_nobody(place: Path) -> None:
    with ArxivWorld() as arxiv:
        invoke("--arxiv-url", arxiv.api)
        assert not arxiv.requests


@given(
    st.lists(st.frozensets(st.sampled_from(["cs.CL", "cs.CV", "eess.IV", "q-bio.QM"]), min_size=1))
)
def test_categories_cover_what_they_say(sets: list[frozenset[str]]) -> None:
    found = categories_of(Paper(title="x", categories=tuple(sorted(names))) for names in sets)
    covered = sum(bool(names & set(found.names)) for names in sets)
    assert (found.covered, found.known) == ((covered, len(sets)) if sets else (0, 0))
    assert len(set(found.names)) == len(found.names) > 0


def test_a_repository_is_read_through_the_api(place: Path) -> None:
    github = GitHub({"README.md": corpus.reading_list()})
    with github:
        environ = {"GITHUB_API_URL": github.url, "GITHUB_TOKEN": TOKEN}
        request = Request(config=Path("tracker.toml"), repository=NAME, offline=True)
        init(request, Console(interactive=False), never, environ)
        assert not github.writes
    settings = load_settings(place / "tracker.toml", {})
    assert settings.list.repository == NAME
    assert settings.target == "github"
    assert settings.list.skip_sections == ("Acknowledgement",)
