"""The main job over real HTTP, between a stand-in arXiv and a stand-in GitHub."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import cast

import pytest

from db import papers
from db.index import Index
from jobs.console import Console
from jobs.run import RunResult, run
from tests.jobs import corpus
from tests.world.arxiv import ArxivWorld, Record
from tests.world.github import GitHub
from tests.world.github_model import NAME, TOKEN
from tests.world.server import Answer
from tracker.errors import InputError, TargetError
from tracker.identifiers import Identifier
from tracker.settings import load_settings

AS_OF = date(2024, 2, 1)


@dataclass
class Scene:
    """Both worlds and the folder of the configuration."""

    github: GitHub
    arxiv: ArxivWorld
    folder: Path

    def run(self, *, dry_run: bool = False) -> RunResult:
        """One run, as the Action starts it."""
        environ = {"GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": self.github.url}
        settings = load_settings(self.folder / "tracker.toml", environ)
        console = Console(interactive=False)
        return run(settings, console, as_of=AS_OF, dry_run=dry_run, environ=environ)

    def writes(self) -> list[str]:
        """The requests so far that change something on GitHub."""
        return [f"{r.method} {r.path}" for r in self.github.requests if r.method != "GET"]


def record(paper: dict[str, object]) -> Record:
    """A paper of the corpus as arXiv holds it."""
    return Record(
        id=str(paper["id"]),
        title=str(paper["title"]),
        abstract=str(paper["abstract"]),
        authors=tuple(cast("list[str]", paper.get("authors", ["Nobody"]))),
        categories=("cs.CY",),
        submitted=datetime.fromisoformat(str(paper["published"]).replace("Z", "+00:00")).replace(
            tzinfo=UTC
        ),
    )


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    papers = [*corpus.listed_again(), *corpus.feed()]
    with ExitStack() as stack:
        github = stack.enter_context(GitHub({"README.md": corpus.reading_list()}))
        arxiv = stack.enter_context(ArxivWorld(map(record, papers)))
        (tmp_path / "tracker.toml").write_text(
            f'[list]\nrepository = "{NAME}"\nskip_sections = ["Acknowledgement"]\n'
            f'[sources.arxiv]\nurl = "{arxiv.api}"\ncategories = ["cs.CY"]\nfirst_days = 40\n'
            "[propose]\nlimit = 6\nmin_relevance = 0.05\n"
            'min_confidence = 0.2\nlabels = ["literature"]\n',
            encoding="utf-8",
        )
        yield Scene(github, arxiv, tmp_path)


def test_one_pull_request_with_lines_in_the_lists_style(scene: Scene) -> None:
    before = scene.github.text("main")
    result = scene.run()
    assert result.sources[0].status == "ok"
    assert result.sources[0].fetched == 312
    [pull] = scene.github.pulls()
    assert pull.labels == ["literature"]
    assert result.pull_request is not None
    assert result.pull_request.number == pull.number
    assert result.pull_request.state == "opened"
    branch = scene.github.text("survey-tracker/proposals")
    assert scene.github.text("main") == before
    lines = branch.split("\n")
    for proposal in result.added:
        assert lines[proposal.line - 1] == proposal.text
        assert proposal.paper.title in pull.body
    for proposal in result.added:
        lines.remove(proposal.text)
    assert "\n".join(lines) == before


def test_the_abstracts_of_the_lists_own_papers_are_looked_up_once(scene: Scene) -> None:
    scene.run()
    assert scene.arxiv.requests[-1].query["id_list"]
    scene.run()
    assert sum(bool(r.query.get("id_list")) for r in scene.arxiv.requests) == 1


def test_a_second_run_writes_nothing(scene: Scene) -> None:
    scene.run()
    writes = scene.writes()
    result = scene.run()
    assert scene.writes() == writes
    assert result.added == ()
    assert result.pull_request is not None
    assert result.pull_request.state == "unchanged"


def test_a_dry_run_writes_nothing(scene: Scene) -> None:
    result = scene.run(dry_run=True)
    assert scene.writes() == []
    assert len(result.added) == 6
    assert result.body


def test_a_dry_run_of_a_public_list_needs_no_token(scene: Scene) -> None:
    environ = {"GITHUB_API_URL": scene.github.url}
    settings = load_settings(scene.folder / "tracker.toml", environ)
    console = Console(interactive=False)
    result = run(settings, console, as_of=AS_OF, dry_run=True, environ=environ)
    assert len(result.added) == 6
    with pytest.raises(InputError, match="GITHUB_TOKEN is not set"):
        run(settings, console, as_of=AS_OF, environ=environ)


def test_when_merged_the_next_papers_get_a_new_pull_request(scene: Scene) -> None:
    first = scene.run()
    [pull] = scene.github.pulls()
    assert scene.github.merge_pull(pull.number)
    second = scene.run()
    [again] = scene.github.pulls()
    assert again.number != pull.number
    assert not {p.text for p in first.added} & {p.text for p in second.added}
    assert len(second.added) == 6


def test_what_was_closed_is_not_proposed_again(scene: Scene) -> None:
    first = scene.run()
    [pull] = scene.github.pulls()
    scene.github.close_pull(pull.number)
    second = scene.run()
    assert not {p.text for p in first.added} & {p.text for p in second.added}


def test_an_unticked_paper_leaves_the_branch_for_good(scene: Scene) -> None:
    first = scene.run()
    [pull] = scene.github.pulls()
    gone = first.added[2]
    scene.github.untick(pull.number, str(gone.paper.identifiers[0]))
    second = scene.run()
    branch = scene.github.text("survey-tracker/proposals")
    assert gone.text not in branch
    assert gone.paper.title not in {p.paper.title for p in second.report.proposals}
    assert len(second.report.proposals) == 6


def test_a_box_is_understood_when_more_is_known_of_its_paper_since(scene: Scene) -> None:
    """A paper proposed under one identifier may have gained another that ranks before it."""
    first = scene.run()
    [pull] = scene.github.pulls()
    gone = first.added[0]
    [identifier] = gone.paper.identifiers
    scene.github.untick(pull.number, str(identifier))
    pull.body = pull.body.replace(str(identifier), "doi:10.5555/crumb").replace("\r\n", "\n")
    with Index.open(f"sqlite:///{scene.folder}/papers.sqlite") as index, index.write() as session:
        both = replace(gone.paper, identifiers=(identifier, Identifier("doi", "10.5555/crumb")))
        papers.merge(session, [both], source="elsewhere", seen_at=datetime.now(UTC))
    second = scene.run()
    assert gone.text not in scene.github.text("survey-tracker/proposals")
    assert gone.paper.title not in {p.paper.title for p in second.report.proposals}


def test_an_index_that_was_lost_is_no_reason_to_propose_again(scene: Scene) -> None:
    scene.run()
    branch = scene.github.text("survey-tracker/proposals")
    for file in scene.folder.glob("papers.sqlite*"):
        file.unlink()
    result = scene.run()
    assert result.added == ()
    assert scene.github.text("survey-tracker/proposals") == branch


def test_a_persons_edit_on_the_branch_stays(scene: Scene) -> None:
    first = scene.run()
    edited = first.added[0]
    text = scene.github.text("survey-tracker/proposals")
    better = edited.text.replace("Arxiv", "Crumb Letters")
    scene.github.push("survey-tracker/proposals", {"README.md": text.replace(edited.text, better)})
    second = scene.run()
    assert better in scene.github.text("survey-tracker/proposals")
    assert second.added == ()
    assert better in {p.text for p in second.report.proposals}


def test_arxiv_down_is_reported_and_read_from_the_same_watermark_later(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    scene.arxiv.fail(Answer(400, b"broken"), path="query", times=None)
    result = scene.run()
    assert result.failed
    assert "arxiv failed and is read again next time" in capsys.readouterr().err
    assert scene.github.pulls() == []
    scene.arxiv.recover()
    assert len(scene.run().added) == 6


def test_a_wrong_token_is_one_sentence(scene: Scene) -> None:
    environ = {"GITHUB_TOKEN": "wrong", "GITHUB_API_URL": scene.github.url}
    settings = load_settings(scene.folder / "tracker.toml", environ)
    with pytest.raises(TargetError, match="GITHUB_TOKEN"):
        run(settings, Console(interactive=False), as_of=AS_OF, environ=environ)
