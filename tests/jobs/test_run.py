"""The main job on a local list: what it adds, that it repeats, that it survives being killed."""

from __future__ import annotations

import itertools
import json
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from db import history, papers
from db.index import Index
from jobs.console import Console
from jobs.run import RunResult, run
from jobs.show_run import as_json
from tests.jobs import corpus
from tests.jobs.reviewer import judge_once
from tracker.errors import InputError
from tracker.pull_request.folder import FolderTarget
from tracker.settings import Settings, load_settings

AS_OF = date(2024, 2, 1)
CONFIG = """
[list]
path = "."
skip_sections = ["Acknowledgement"]
[[sources.files]]
path = "feed.jsonl"
[propose]
limit = 6
min_relevance = 0.05
min_confidence = 0.2
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "README.md").write_text(corpus.reading_list(), encoding="utf-8")
    (tmp_path / "tracker.toml").write_text(CONFIG, encoding="utf-8")
    corpus.write_feed(tmp_path / "feed.jsonl", [*corpus.listed_again(), *corpus.feed()])
    return tmp_path


def go(place: Path, *, as_of: date = AS_OF, dry_run: bool = False) -> RunResult:
    return run(settings(place), Console(interactive=False), as_of=as_of, dry_run=dry_run)


def settings(place: Path) -> Settings:
    return load_settings(place / "tracker.toml", {})


def git(place: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=x", "-c", "user.email=x@example.org"]
    done = subprocess.run(
        ["git", "-C", place, *identity, *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout


def test_a_run_adds_relevant_papers_under_their_sections(place: Path) -> None:
    before = (place / "README.md").read_text(encoding="utf-8")
    result = go(place)
    after = (place / "README.md").read_text(encoding="utf-8")
    assert len(result.added) == 6
    for proposal in result.added:
        words = corpus.SECTIONS[proposal.section[-1]]
        assert any(word in proposal.paper.title.lower() for word in words)
        assert after.split("\n")[proposal.line - 1] == proposal.text
        assert proposal.text.startswith("* [**Arxiv, 2024.1**] ")
        assert proposal.evidence.terms
        assert proposal.sources == ("feed.jsonl",)
    lines = after.split("\n")
    for proposal in result.added:
        lines.remove(proposal.text)
    assert "\n".join(lines) == before
    assert (place / "survey-tracker-pull-request.md").exists()


def test_a_second_run_adds_nothing(place: Path) -> None:
    go(place)
    before = {path: path.read_bytes() for path in place.glob("*.md")}
    result = go(place)
    assert result.added == ()
    assert result.diff == ""
    assert {path: path.read_bytes() for path in place.glob("*.md")} == before


def test_below_the_limit_a_second_run_adds_nothing_either(place: Path) -> None:
    config = (place / "tracker.toml").read_text(encoding="utf-8")
    (place / "tracker.toml").write_text(config.replace("limit = 6", "limit = 100"), "utf-8")
    first = go(place)
    assert 6 < len(first.added) < 100
    assert go(place).added == ()


@pytest.mark.parametrize("with_git", [True, False])
def test_what_is_proposed_says_nothing_new_of_a_paper(place: Path, with_git: bool) -> None:
    if with_git:
        for arguments in (["init", "-qb", "main"], ["add", "."], ["commit", "-qm", "list"]):
            git(place, *arguments)
    first = go(place)
    go(place)
    with Index.open(settings(place).index_url) as index, index.read() as session:
        for proposal in first.added:
            [number] = papers.find(session, str(proposal.paper.identifiers[0]))
            assert papers.get(session, number).published == proposal.paper.published
            said = {sighting.source for sighting in papers.sightings(session, number)}
            # Without git the lines are in the list itself.
            assert ("reading list" in said) == (not with_git)


def test_what_waits_moves_up_once_the_first_proposals_are_reviewed(place: Path) -> None:
    first = go(place)
    (place / "survey-tracker-pull-request.md").unlink()
    second = go(place)
    assert len(second.added) == 6
    titles = {p.paper.title for p in first.added} & {p.paper.title for p in second.added}
    assert titles == set()


def test_a_line_taken_away_is_a_rejection(place: Path) -> None:
    first = go(place)
    gone = first.added[0]
    text = (place / "README.md").read_text(encoding="utf-8")
    (place / "README.md").write_text(text.replace(gone.text + "\n", ""), encoding="utf-8")
    for _ in range(2):
        result = go(place)
        assert gone.paper.title not in {p.paper.title for p in result.report.proposals}
        assert result.report.funnel.rejected == 1


def test_in_a_checkout_the_branch_changes_and_the_working_tree_does_not(place: Path) -> None:
    for arguments in (["init", "-qb", "main"], ["add", "."], ["commit", "-qm", "list"]):
        git(place, *arguments)
    before = (place / "README.md").read_bytes()
    go(place, dry_run=True)
    assert (place / "papers.sqlite").exists()
    assert git(place, "status", "--porcelain") == ""
    result = go(place)
    assert (place / "README.md").read_bytes() == before
    assert git(place, "status", "--porcelain") == ""
    changed = git(place, "diff", "--numstat", "main...survey-tracker/proposals").split()
    assert changed == ["6", "0", "README.md"]
    assert result.pull_request is not None
    assert result.pull_request.branch == "survey-tracker/proposals"
    head = git(place, "rev-parse", "survey-tracker/proposals")
    assert go(place).added == ()
    assert git(place, "rev-parse", "survey-tracker/proposals") == head


def test_merged_proposals_are_accepted_and_the_next_follow(place: Path) -> None:
    for arguments in (["init", "-qb", "main"], ["add", "."], ["commit", "-qm", "list"]):
        git(place, *arguments)
    first = go(place)
    git(place, "merge", "-q", "--no-edit", "survey-tracker/proposals")
    second = go(place)
    assert len(second.added) == 6
    assert not {p.text for p in first.added} & {p.text for p in second.added}
    with Index.open(settings(place).index_url) as index, index.read() as session:
        kinds = [decision.kind for decision in history.decisions(session)]
    assert kinds == ["accepted"] * 6


def test_a_dry_run_shows_everything_and_writes_nothing_but_the_index(place: Path) -> None:
    before = {path.name: path.read_bytes() for path in place.glob("*.md")}
    result = go(place, dry_run=True)
    assert {path.name: path.read_bytes() for path in place.glob("*.md")} == before
    assert result.pull_request is None
    assert result.diff.count("\n+* ") == 6
    for proposal in result.added:
        assert proposal.text in result.diff
    assert go(place).added == result.added


def test_nothing_is_filed_before_the_first_heading(place: Path) -> None:
    text = (place / "README.md").read_text(encoding="utf-8")
    survey = "* [**Arxiv, 2024.1**] Sourdough and Ovens: A Survey. [paper](https://arxiv.org/abs/2401.00009)"
    (place / "README.md").write_text(f"{survey}\n\n{text}", encoding="utf-8")
    result = go(place)
    assert result.added
    assert ("README.md",) not in {proposal.section for proposal in result.added}
    assert (place / "README.md").read_text(encoding="utf-8").startswith(f"{survey}\n\n# Baking")


def test_a_run_in_the_past_does_not_know_the_future(place: Path) -> None:
    result = go(place, as_of=date(2024, 1, 22))
    assert result.added
    for proposal in result.added:
        assert proposal.paper.published is not None
        assert proposal.paper.published <= date(2024, 1, 22)


def test_the_json_document_has_what_was_promised(place: Path) -> None:
    document = json.loads(json.dumps(as_json(go(place))))
    assert {"run", "sources", "seen", "relevant", "proposals", "abstained", "pull_request"} <= set(
        document
    )
    assert document["sources"][0].keys() == {
        "name",
        "query",
        "fetched",
        "new",
        "watermark",
        "status",
        "error",
    }
    assert document["sources"][0]["fetched"] == 336
    proposal = document["proposals"][0]
    assert {"paper", "section", "confidence", "relevance", "alternatives", "text", "line"} <= set(
        proposal
    )
    assert isinstance(proposal["section"], list)
    assert proposal["paper"]["identifiers"][0].startswith("arxiv:2401.")
    assert set(document["pull_request"]) == {"number", "url", "branch", "state"}


def test_a_list_without_entries_says_what_to_do(place: Path) -> None:
    (place / "README.md").write_text("# Nothing yet\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"list\.files: no entry.*README\.md"):
        go(place)


def test_a_described_section_that_is_not_there_is_named(place: Path) -> None:
    with (place / "tracker.toml").open("a", encoding="utf-8") as file:
        file.write('[sections."Sourdoh"]\ndescription = "x"\n')
    with pytest.raises(InputError, match=r"Sourdoh.*is it 'Sourdough'\?"):
        go(place)


class Killed(BaseException):
    """Stands for the end of the process."""


def dying(function: Callable[..., object], countdown: list[int]) -> Callable[..., object]:
    """The function, ending the process before or after the call at which the count runs out."""

    def call(*arguments: object, **options: object) -> object:
        countdown[0] -= 1
        if countdown[0] == 0:
            raise Killed
        done = function(*arguments, **options)
        countdown[0] -= 1
        if countdown[0] == 0:
            raise Killed
        return done

    return call


def small(place: Path) -> Path:
    place.mkdir()
    (place / "README.md").write_text(corpus.reading_list(4), encoding="utf-8")
    (place / "tracker.toml").write_text(CONFIG, encoding="utf-8")
    corpus.write_feed(place / "feed.jsonl", [*corpus.listed_again(4), *corpus.feed(3, 60)])
    return place


def dies_at(moment: int, place: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether a run that is ended at this moment does not reach its end."""
    countdown = [moment]
    with monkeypatch.context() as patched:
        patched.setattr(FolderTarget, "read", dying(FolderTarget.read, countdown))
        patched.setattr(FolderTarget, "publish", dying(FolderTarget.publish, countdown))
        patched.setattr(Index, "write", dying(Index.write, countdown))
        try:
            go(place)
        except Killed:
            return True
    return False


def test_killed_anywhere_and_run_again_it_ends_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge_once(monkeypatch)
    calm = small(tmp_path / "calm")
    waiting = len(go(calm).report.proposals)
    expected = (calm / "README.md").read_bytes()
    assert waiting > 1
    for moment in itertools.count(1):
        place = small(tmp_path / f"killed-{moment}")
        if not dies_at(moment, place, monkeypatch):
            break
        go(place)
        assert (place / "README.md").read_bytes() == expected, moment
        with Index.open(settings(place).index_url) as index, index.read() as session:
            assert len(history.proposals(session, state="open")) == waiting, moment
    assert moment > 10


def test_what_the_list_speaks_of_anywhere_is_not_proposed(place: Path) -> None:
    first = go(place, dry_run=True).added[0].paper.identifier("arxiv")
    path = place / "README.md"
    about = f"Our survey: https://arxiv.org/pdf/{first}v3, see below how to cite it."
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("A reading list for bakers.", about), encoding="utf-8")
    result = go(place)
    assert len(result.added) == 6
    assert first not in {proposal.paper.identifier("arxiv") for proposal in result.added}
