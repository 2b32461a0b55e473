"""Published versions: an entry that names a preprint is brought up to date, or left alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from db import history
from db.index import Index
from jobs.console import Console
from jobs.run import RunResult, run
from tests.jobs import corpus
from tests.jobs.test_run_github import record
from tests.world.arxiv import ArxivWorld
from tests.world.github import GitHub
from tests.world.github_model import NAME, TOKEN
from tracker.pull_request.body import TEXT_NAME
from tracker.settings import load_settings

BRANCH = "survey-tracker/proposals"
TITLE = corpus.title("Ovens", 3)
ADDRESS = f"https://arxiv.org/abs/{corpus.arxiv_id(1, 3)}"
BEFORE = f"* [**Arxiv, 2023.4**] {TITLE}. [paper]({ADDRESS})"
AFTER = f"* [**Journal of Ovens, 2024**] {TITLE}. [paper]({ADDRESS})"


def published(**changes: object) -> dict[str, object]:
    """A listed paper as a source reports it after its publication."""
    return {
        "id": corpus.arxiv_id(1, 3),
        "title": TITLE,
        "abstract": corpus.abstract("Ovens", 3),
        "published": "2023-04-02T00:00:00Z",
        "journal-ref": "Journal of Ovens 12, 3-9 (2024)",
        **changes,
    }


def write(place: Path, *extra: dict[str, object], tables: str = "", listed: str = "") -> None:
    """The feed and the configuration, with nothing in the feed that would be proposed."""
    corpus.write_feed(place / "feed.jsonl", [*corpus.feed(0, 40), *extra])
    (place / "tracker.toml").write_text(
        f"[list]\n{listed}\nskip_sections = ['Acknowledgement']\n"
        f"[[sources.files]]\npath = 'feed.jsonl'\n[propose]\nmin_relevance = 0.9\n{tables}",
        encoding="utf-8",
    )


def go(place: Path, github: GitHub | None = None, *, day: int = 1) -> RunResult:
    environ = {"GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": github.url} if github else {}
    settings = load_settings(place / "tracker.toml", environ)
    console = Console(interactive=False)
    return run(settings, console, as_of=date(2024, 6, day), environ=environ)


@pytest.fixture
def world() -> Iterator[GitHub]:
    with ExitStack() as stack:
        yield stack.enter_context(GitHub({"README.md": corpus.reading_list()}))


def test_an_entry_is_brought_up_to_date_under_its_own_heading(
    world: GitHub, tmp_path: Path
) -> None:
    write(tmp_path, published(), listed=f"repository = '{NAME}'")
    result = go(tmp_path, world)
    before, after = world.text("main"), world.text(BRANCH)
    assert after == before.replace(BEFORE, AFTER)
    assert after != before
    [pull] = world.pulls()
    assert "### Brought up to date" in pull.body
    assert "Journal of Ovens 2024" in pull.body
    assert pull.title == "Reading list: update 1 entry"
    assert (result.updated, result.added) == (1, ())

    world.requests.clear()
    assert go(tmp_path, world, day=2).updated == 0
    assert world.writes == []


def test_once_merged_it_is_done(world: GitHub, tmp_path: Path) -> None:
    write(tmp_path, published(), listed=f"repository = '{NAME}'")
    go(tmp_path, world)
    assert world.merge_pull(1)
    assert go(tmp_path, world, day=2).pull_request is None
    assert world.pulls() == []


@pytest.mark.parametrize("how", ["untick", "close", "revert"])
@pytest.mark.parametrize("lost", [False, True])
def test_one_that_is_not_wanted_is_not_offered_again(
    world: GitHub, tmp_path: Path, how: str, lost: bool
) -> None:
    write(tmp_path, published(), listed=f"repository = '{NAME}'")
    go(tmp_path, world)
    if how == "untick":
        world.untick(1, f"arxiv:{corpus.arxiv_id(1, 3)}")
    elif how == "close":
        world.close_pull(1)
    else:
        world.push(BRANCH, {"README.md": world.text("main")})
    if lost:
        (tmp_path / "papers.sqlite").unlink()
    result = go(tmp_path, world, day=2)
    assert result.updated == 0
    assert world.pulls() == []
    assert go(tmp_path, world, day=3).pull_request is None
    assert BEFORE in world.text("main")


def test_what_a_person_wrote_meanwhile_stays(world: GitHub, tmp_path: Path) -> None:
    write(tmp_path, published(), listed=f"repository = '{NAME}'")
    go(tmp_path, world)
    mine = AFTER.replace("Journal of Ovens", "J. Ovens")
    world.push(BRANCH, {"README.md": world.text(BRANCH).replace(AFTER, mine)})
    go(tmp_path, world, day=2)
    assert mine in world.text(BRANCH)
    assert len(world.pulls()) == 1


def test_when_the_base_moves_in_the_same_place_it_is_offered_again(
    world: GitHub, tmp_path: Path
) -> None:
    write(tmp_path, published(), listed=f"repository = '{NAME}'")
    go(tmp_path, world)
    above = world.text("main").replace(BEFORE, f"* [Mine](https://ovens.example/)\n{BEFORE}")
    world.push("main", {"README.md": above.replace(f"{TITLE}. [", f"{TITLE}! [")})
    go(tmp_path, world, day=2)
    text = world.text(BRANCH)
    assert "* [Mine](https://ovens.example/)\n* [**Journal of Ovens, 2024**]" in text
    assert f"{TITLE}! [paper]" in text


def test_it_can_be_turned_off(world: GitHub, tmp_path: Path) -> None:
    write(tmp_path, published(), listed=f"repository = '{NAME}'", tables="updates = false\n")
    assert go(tmp_path, world).pull_request is None
    assert world.pulls() == []


def test_the_lists_own_word_for_a_venue_is_taken(tmp_path: Path) -> None:
    listed = corpus.reading_list().replace(
        f"* [**Arxiv, 2023.5**] {corpus.title('Ovens', 4)}",
        f"* [**J. Ovens, 2023**] {corpus.title('Ovens', 4)}",
    )
    (tmp_path / "README.md").write_text(listed, encoding="utf-8")
    other = {
        **published(title=corpus.title("Ovens", 4), id=corpus.arxiv_id(1, 4)),
        "abstract": corpus.abstract("Ovens", 4),
    }
    write(tmp_path, published(), other, listed="path = '.'")
    go(tmp_path)
    text = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert AFTER.replace("Journal of Ovens", "J. Ovens") in text


def test_in_a_folder_the_box_takes_it_back(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text(corpus.reading_list(), encoding="utf-8")
    write(tmp_path, published(), listed="path = '.'")
    go(tmp_path)
    assert AFTER in (tmp_path / "README.md").read_text(encoding="utf-8")
    assert go(tmp_path, day=2).updated == 0
    text = (tmp_path / TEXT_NAME).read_text(encoding="utf-8")
    assert text.count("<!-- update ") == 1
    (tmp_path / TEXT_NAME).write_text(text.replace("- [x]", "- [ ]"), encoding="utf-8")
    go(tmp_path, day=3)
    go(tmp_path, day=4)
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == corpus.reading_list()


def test_without_a_place_for_the_venue_the_entry_stays(tmp_path: Path) -> None:
    plain = corpus.reading_list().replace("[**Arxiv, 2023.", "[**2023.")
    (tmp_path / "README.md").write_text(plain, encoding="utf-8")
    write(tmp_path, published(), listed="path = '.'")
    assert go(tmp_path).updated == 0
    assert (tmp_path / "README.md").read_text(encoding="utf-8") == plain


def test_arxiv_is_asked_once_a_month_whether_a_listed_preprint_was_published(
    tmp_path: Path,
) -> None:
    listed = [record({**paper, "authors": ["Rosa Crumb"]}) for paper in corpus.listed_again()]
    (tmp_path / "README.md").write_text(corpus.reading_list(), encoding="utf-8")
    with ArxivWorld(listed) as arxiv:
        (tmp_path / "tracker.toml").write_text(
            "[list]\npath = '.'\nskip_sections = ['Acknowledgement']\n"
            f"[sources.arxiv]\nurl = '{arxiv.api}'\ncategories = ['cs.CY']\nfirst_days = 2\n",
            encoding="utf-8",
        )

        def asked(day: int) -> tuple[int, RunResult]:
            arxiv.requests.clear()
            result = go(tmp_path, day=day)
            return sum(bool(request.query.get("id_list")) for request in arxiv.requests), result

        assert asked(1)[0] == 1
        arxiv.papers = [
            replace(paper, journal_ref="Journal of Ovens 12 (2024)")
            if paper.id == corpus.arxiv_id(1, 3)
            else paper
            for paper in arxiv.papers
        ]
        count, result = asked(20)
        assert (count, result.updated) == (0, 0)
        index = f"sqlite:///{tmp_path / 'papers.sqlite'}"
        with Index.open(index) as opened, opened.write() as session:
            for topic in ("looked up", "response"):
                history.forget(session, topic, before=datetime(2100, 1, 1, tzinfo=UTC))
        count, result = asked(28)
        assert (count, result.updated) == (1, 1)
    assert AFTER in (tmp_path / "README.md").read_text(encoding="utf-8")
