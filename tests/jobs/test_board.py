"""The dashboard: what people tick is done, what it says is current, and it can be turned off."""

from __future__ import annotations

import gzip
import json
import re
from datetime import date
from pathlib import Path

import pytest

from db import history
from db.index import Index
from jobs.console import Console
from jobs.run import RunResult, run
from jobs.show_run import as_json, funnel_text
from jobs.why import reconsider, unmerge, why
from tests.jobs import corpus
from tests.jobs.test_run import CONFIG
from tests.world.github import GitHub
from tests.world.github_model import NAME, TOKEN, refusal
from tracker.errors import InputError
from tracker.pull_request.body import TEXT_NAME
from tracker.pull_request.folder import BOARD_NAME
from tracker.settings import Settings, load_settings


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "README.md").write_text(corpus.reading_list(), encoding="utf-8")
    configure(tmp_path, CONFIG)
    corpus.write_feed(tmp_path / "feed.jsonl", [*corpus.listed_again(), *corpus.feed()])
    return tmp_path


def configure(place: Path, text: str) -> None:
    (place / "tracker.toml").write_text(text, encoding="utf-8")


def settings(place: Path) -> Settings:
    return load_settings(place / "tracker.toml", {})


def go(place: Path, *, month: int = 2, day: int = 1) -> RunResult:
    return run(settings(place), Console(interactive=False), as_of=date(2024, month, day))


def board(place: Path) -> str:
    return (place / BOARD_NAME).read_text(encoding="utf-8")


def edit(path: Path, pattern: str, new: str) -> None:
    text, count = re.subn(pattern, new, path.read_text(encoding="utf-8"), count=1, flags=re.M)
    assert count == 1
    path.write_text(text, encoding="utf-8")


def mix(place: Path) -> None:
    """Put most entries under a wrong heading, so that no confidence can be trusted."""
    lines = corpus.reading_list().split("\n")
    entries = [line for line in lines if line.startswith("* [**")]
    mixed = (entry for start in range(5) for entry in entries[start::5])
    text = "\n".join(next(mixed) if line.startswith("* [**") else line for line in lines)
    (place / "README.md").write_text(text, encoding="utf-8")


def untick(place: Path) -> str:
    """Clear the first box; the paper's key."""
    text = (place / TEXT_NAME).read_text(encoding="utf-8")
    found = re.search(r"^- \[x\].*<!-- paper (\S+) -->$", text, re.M)
    assert found
    edit(place / TEXT_NAME, r"^- \[x\]", "- [ ]")
    return found[1]


def test_what_was_declined_can_be_brought_back(place: Path) -> None:
    go(place)
    assert "### Declined" not in board(place)
    key = untick(place)
    assert go(place, day=2).decided[0].kind == "rejected"
    assert f"<!-- bring-back {key} -->" in board(place)
    listed = (place / "README.md").read_text(encoding="utf-8")
    assert key.partition(":")[2] not in listed

    edit(place / BOARD_NAME, rf"\[ \](.*<!-- bring-back {key} -->)", r"[x]\1")
    result = go(place, day=3)
    assert [str(p.paper.identifiers[0]) for p in result.added if p.confidence == 1] == [key]
    assert key.partition(":")[2] in (place / "README.md").read_text(encoding="utf-8")
    assert "bring-back" not in board(place)
    before = board(place)
    assert go(place, day=4).added == ()
    assert board(place) == before


def test_an_unplaced_paper_is_filed_by_a_tick(place: Path) -> None:
    mix(place)
    configure(place, CONFIG.replace("min_confidence = 0.2", "precision = 0.99"))
    assert go(place).added == ()
    edit(place / BOARD_NAME, r"\[ \](.*Pastry.*<!-- file \S+ \d -->)", r"[x]\1")
    [proposal] = go(place, day=2).added
    assert proposal.section[-1] == "Pastry"
    assert proposal.paper.title not in board(place)


def test_it_shows_months_that_are_over_and_how_sources_fare(place: Path) -> None:
    packed = gzip.compress((place / "feed.jsonl").read_bytes())
    (place / "feed.jsonl.gz").write_bytes(packed)
    configure(place, CONFIG.replace("feed.jsonl", "feed.jsonl.gz"))
    go(place)
    assert "mermaid" not in board(place)
    (place / TEXT_NAME).unlink()
    go(place, month=3)
    text = board(place)
    assert 'x-axis ["2024-02"]' in text
    assert "bar [336]" in text
    assert "line [0]" in text
    assert "The latest decisions: 6 accepted" in text
    assert "| feed.jsonl.gz | fine |" in text
    (place / "feed.jsonl.gz").write_bytes(packed[:-500])
    go(place, month=3, day=2)
    assert "| feed.jsonl.gz | ⚠ " in board(place)


def test_one_key_turns_it_off(place: Path) -> None:
    configure(place, CONFIG + "dashboard = false\n")
    go(place)
    assert not (place / BOARD_NAME).exists()


def test_on_github_it_is_one_issue_and_written_only_when_it_changes(place: Path) -> None:
    configure(place, CONFIG.replace('path = "."', f'repository = "{NAME}"', 1))
    with GitHub({"README.md": corpus.reading_list()}) as github:
        environ = {"GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": github.url}
        loaded = load_settings(place / "tracker.toml", environ)
        console = Console(interactive=False)
        for day in (1, 2, 3):
            github.requests.clear()
            run(loaded, console, as_of=date(2024, 2, day), environ=environ)
        assert github.writes == []
        [issue] = [t for t in github.threads.values() if not t.head]
        assert issue.title == "Reading list dashboard"
        assert "[the open pull request](https://github.com/owner/list/pull/1)" in issue.body


def test_people_and_labels_of_the_sections_that_get_something(place: Path) -> None:
    tables = (
        '[sections.Ovens]\nlabels = ["ovens"]\nassignees = ["baker"]\n'
        '[sections.Pastry]\nlabels = ["pastry"]\nexclude = true\n'
        '[sections.Sourdough]\nlimit = 1\nreviewers = ["miller"]\n'
    )
    text = CONFIG.replace('path = "."', f'repository = "{NAME}"', 1)
    configure(place, text + 'labels = ["literature"]\n' + tables)
    with GitHub({"README.md": corpus.reading_list()}) as github:
        github.rules.permissions |= {"baker": "write", "miller": "write"}
        environ = {"GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": github.url}
        loaded = load_settings(place / "tracker.toml", environ)
        result = run(loaded, Console(interactive=False), as_of=date(2024, 2, 1), environ=environ)
        [pull] = github.pulls()
    sections = [proposal.section[-1] for proposal in result.added]
    assert "Pastry" not in sections
    assert sections.count("Sourdough") == 1
    excluded = result.report.funnel.excluded
    assert excluded > 0
    assert re.search(
        rf"^in excluded sections +{excluded}$", funnel_text(result.report.funnel), re.MULTILINE
    )
    assert as_json(result)["excluded"] == excluded
    with Index.open(loaded.index_url) as index, index.read() as session:
        assert history.runs(session)[0].funnel["excluded"] == excluded
    assert sorted(pull.labels) == ["literature", "ovens"]
    assert pull.assignees == ["baker"]
    assert pull.reviewers == ["miller"]


def test_a_section_that_does_not_exist_is_bad_configuration(place: Path) -> None:
    configure(place, CONFIG + "[sections.Ofens]\nexclude = true\n")
    with pytest.raises(InputError, match="'Ofens': no one section is called that; is it 'Ovens'"):
        go(place)


def test_a_precision_no_confidence_reaches_files_nothing(place: Path) -> None:
    configure(place, CONFIG.replace("min_confidence = 0.2", "precision = 0.8"))
    assert go(place).report.bars.precision == 0.8
    (place / TEXT_NAME).unlink()
    (place / "papers.sqlite").unlink()
    mix(place)
    configure(place, CONFIG.replace("min_confidence = 0.2", "precision = 0.99"))
    result = go(place)
    assert result.added == ()
    assert result.report.unplaced


def test_why_tells_everything_and_reconsider_brings_back(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    go(place)
    key = untick(place)
    go(place, day=2)
    capsys.readouterr()
    why(settings(place), Console(interactive=False), key.partition(":")[2])
    page = capsys.readouterr().out
    for words in ("rejected 2024-02-02", "proposed", "relevance", "above the bar of 0.05", "near"):
        assert words in page
    assert "It will not be proposed: it was rejected on 2024-02-02 (unticked). Bring it b" in page
    assert "If it were brought back:" in page
    why(settings(place), Console(as_json=True, interactive=False), key.partition(":")[2])
    document = json.loads(capsys.readouterr().out)
    assert document["judgement"]["relevance"] > 0.05
    assert len(document["judgement"]["alternatives"]) == 2
    assert document["decisions"][0]["kind"] == "rejected"

    assert reconsider(settings(place), Console(interactive=False), key.partition(":")[2])
    assert not reconsider(settings(place), Console(interactive=False), key.partition(":")[2])
    with Index.open(settings(place).index_url) as index, index.read() as session:
        assert history.rejected_ids(session) == set()
    why(settings(place), Console(interactive=False), key.partition(":")[2])
    assert "until the open pull request is merged or closed" in capsys.readouterr().out
    with pytest.raises(InputError, match="no such paper in the index"):
        why(settings(place), Console(interactive=False), "2501.99999")


def test_papers_taken_for_one_are_set_apart(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = {**corpus.feed(1, 0)[0], "id": None, "doi": "10.1000/bread"}
    go(place)
    corpus.write_feed(place / "feed.jsonl", [*corpus.feed(), again])
    go(place, day=2)
    capsys.readouterr()
    why(settings(place), Console(as_json=True, interactive=False), str(again["title"]))
    [merge] = json.loads(capsys.readouterr().out)["merges"]
    unmerge(settings(place), Console(interactive=False), merge["merge"])
    assert "a paper of its own again" in capsys.readouterr().out
    with pytest.raises(InputError, match="2 papers; give one of the numbers"):
        why(settings(place), Console(interactive=False), str(again["title"]))
    with pytest.raises(InputError, match="undone already"):
        unmerge(settings(place), Console(interactive=False), merge["merge"])


def test_why_of_a_listed_paper_judges_it_as_if_it_were_not(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    go(place)
    capsys.readouterr()
    why(settings(place), Console(interactive=False), corpus.arxiv_id(1, 3))
    page = capsys.readouterr().out
    assert "As if it were not on the list:" in page
    assert "section      Baking Papers › Ovens" in page


def test_where_issues_are_switched_off_the_rest_goes_on(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(place, CONFIG.replace('path = "."', f'repository = "{NAME}"', 1))
    with GitHub({"README.md": corpus.reading_list()}) as github:
        environ = {"GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": github.url}
        loaded = load_settings(place / "tracker.toml", environ)
        gone = refusal(410, "Issues are disabled for this repo")
        github.fail(lambda _request, _answer: gone, path="/issues$", times=9)
        result = run(loaded, Console(interactive=False), as_of=date(2024, 2, 1), environ=environ)
        assert len(github.pulls()) == 1
    assert not result.failed
    told = capsys.readouterr().err
    assert "warning: the dashboard was not read" in told
    assert "`dashboard = false` does without" in told
