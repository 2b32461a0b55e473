"""What `tracker why` says of a paper is what the next run makes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jobs.console import Console
from jobs.run import RunResult
from jobs.why import why
from tests.jobs import corpus
from tests.jobs.test_run import CONFIG, go, settings
from tracker.errors import InputError, TargetError

EMPTY = "## Pastry\n\n", "## Convection\n\n## Pastry\n\n"
"""A heading without entries, whose name draws papers of another section."""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    text = corpus.reading_list().replace(*EMPTY)
    (tmp_path / "README.md").write_text(text, encoding="utf-8")
    configure(tmp_path)
    corpus.write_feed(tmp_path / "feed.jsonl", [*corpus.listed_again(), *corpus.feed()])
    return tmp_path


def configure(place: Path, tables: str = "", limit: int = 100) -> None:
    text = CONFIG.replace("limit = 6", f"limit = {limit}") + tables
    (place / "tracker.toml").write_text(text, encoding="utf-8")


def asked(place: Path, capsys: pytest.CaptureFixture[str], paper: str) -> dict[str, Any]:
    capsys.readouterr()
    why(settings(place), Console(as_json=True, interactive=False), paper)
    judgement: dict[str, Any] = json.loads(capsys.readouterr().out)["judgement"]
    return judgement


def said(place: Path, capsys: pytest.CaptureFixture[str], paper: str) -> str:
    capsys.readouterr()
    why(settings(place), Console(interactive=False), paper)
    return capsys.readouterr().out


def judged(result: RunResult) -> list[dict[str, Any]]:
    """What a run made of the papers it would propose, or postpones."""
    return [
        {
            "paper": str(proposal.paper.identifiers[0]).partition(":")[2],
            "relevance": round(proposal.relevance, 4),
            "section": list(proposal.section),
            "confidence": round(proposal.confidence, 4),
            "alternatives": [
                {"section": list(a.section), "confidence": round(a.confidence, 4)}
                for a in proposal.alternatives
            ],
        }
        for proposal in (*result.added, *result.report.postponed)
    ]


def same(place: Path, capsys: pytest.CaptureFixture[str], wanted: dict[str, Any]) -> bool:
    found = asked(place, capsys, wanted["paper"])
    return {key: found[key] for key in wanted if key != "paper"} == {
        key: value for key, value in wanted.items() if key != "paper"
    }


@pytest.mark.parametrize(
    "table",
    [
        '[sections.Convection]\ndescription = "Convection in ovens"\n',
        '[sections."Baking Papers"]\nlimit = 3\n',
    ],
    ids=["a heading without entries", "a parent"],
)
def test_what_a_run_accepts_is_accepted(
    place: Path, capsys: pytest.CaptureFixture[str], table: str
) -> None:
    configure(place, table)
    wanted = judged(go(place, dry_run=True))[0]
    assert same(place, capsys, wanted)


def test_a_misspelt_section_is_refused_as_by_a_run(place: Path) -> None:
    go(place, dry_run=True)
    configure(place, "[sections.Ofens]\nexclude = true\n")
    with pytest.raises(InputError, match="'Ofens': no one section is called that"):
        why(settings(place), Console(interactive=False), "2401.10020")


def test_the_numbers_are_those_of_the_run(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = judged(go(place, dry_run=True))
    assert any("Convection" in str(one["alternatives"]) for one in found)
    assert all(same(place, capsys, one) for one in found[:4])


def test_what_waits_in_the_list_itself_teaches_nothing(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(place, limit=3)
    go(place)
    [wanted, *_] = judged(go(place))
    assert same(place, capsys, wanted)


def test_a_paper_that_was_moved_stands_where_the_reviewer_put_it(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = next(p for p in go(place).added if p.section[-1] == "Sourdough")
    title = first.paper.title
    path = place / "README.md"
    text = path.read_text("utf-8").replace(f"{first.text}\n", "")
    path.write_text(text.replace("## Ovens\n\n", f"## Ovens\n\n{first.text}\n"), encoding="utf-8")
    moved = f"Ovens, moved from Baking Papers › Sourdough ({first.confidence:.2f}), open ("
    assert f"  proposed     Baking Papers › {moved}" in said(place, capsys, title)
    waiting = go(place).report.proposals
    assert moved in said(place, capsys, title)
    other = next(p.paper.title for p in waiting if p.paper.title != title)
    assert "moved from" not in said(place, capsys, other)
    (place / "survey-tracker-pull-request.md").unlink()
    go(place)
    assert "  decided      moved to Baking Papers › Ovens 2024-02-01" in said(place, capsys, title)


def test_headings_are_those_of_today(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    go(place, dry_run=True)
    path = place / "README.md"
    path.write_text(path.read_text("utf-8").replace("## Ovens", "## Hearths"), encoding="utf-8")
    assert asked(place, capsys, corpus.arxiv_id(1, 3))["section"] == ["Baking Papers", "Hearths"]


def test_an_entry_edited_since_is_still_its_paper(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    go(place, dry_run=True)
    path = place / "README.md"
    text = path.read_text("utf-8").replace("**Arxiv, 2023.4**", "**ArXiv, 2023.04**")
    path.write_text(text, encoding="utf-8")
    page = said(place, capsys, corpus.arxiv_id(1, 3))
    assert "As if it were not on the list:" in page
    wanted = judged(go(place, dry_run=True))[0]
    path.write_text(text.replace("2023.04", "2023.4"), encoding="utf-8")
    assert same(place, capsys, wanted)


def test_a_list_that_cannot_be_read_leaves_what_is_known(
    place: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    go(place, dry_run=True)

    def fail(*_: object) -> None:
        raise TargetError("GitHub does not answer")

    monkeypatch.setattr("tracker.pull_request.folder.FolderTarget.read", fail)
    page = said(place, capsys, "2401.10020")
    assert corpus.title("Sourdough", 20) in page
    assert "It cannot be judged: GitHub does not answer" in page


def test_an_excluded_section_is_told(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(place, '[sections."ovens"]\nexclude = true\n')
    go(place, dry_run=True)
    line = 'nothing is filed there (sections."ovens".exclude in tracker.toml)'
    assert line in said(place, capsys, "2401.10120")
    assert asked(place, capsys, "2401.10120")["excluded_by"] == 'sections."ovens".exclude'
    assert line not in said(place, capsys, "2401.10020")
    assert asked(place, capsys, "2401.10020")["excluded_by"] is None


def test_a_section_around_it_excludes_too(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(place, '[sections."Baking Papers"]\nexclude = true\n')
    go(place, dry_run=True)
    assert '(sections."Baking Papers".exclude in' in said(place, capsys, "2401.10120")


def test_a_section_that_is_full_is_told(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    configure(place, "[sections.Sourdough]\nlimit = 1\n")
    result = go(place)
    [waits] = [p for p in result.added if p.section[-1] == "Sourdough"]
    [later, *_] = [p for p in result.report.postponed if p.section[-1] == "Sourdough"]
    line = 'as many wait there as may (sections."Sourdough".limit in tracker.toml)'
    assert line in said(place, capsys, later.paper.title)
    assert asked(place, capsys, later.paper.title)["limited_by"] == 'sections."Sourdough".limit'
    assert line not in said(place, capsys, waits.paper.title)


def test_a_precision_that_no_confidence_reaches_is_told(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paper = judged(go(place))[0]["paper"]
    (place / "README.md").write_text(corpus.reading_list(2), encoding="utf-8")
    config = place / "tracker.toml"
    config.write_text(config.read_text().replace("min_confidence = 0.2", "precision = 0.97"))
    text = said(place, capsys, paper)
    assert "no confidence is high enough for a precision of 0.97" in text


def test_the_only_paper_of_a_list_cannot_be_compared(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [line, *_] = [t for t in corpus.reading_list().splitlines() if t.startswith("* [**")]
    (place / "README.md").write_text(f"# One\n\n## Sourdough\n\n{line}\n", encoding="utf-8")
    go(place)
    number = line.partition("abs/")[2].partition(")")[0]
    assert "it is the only paper of the list" in said(place, capsys, number)
