"""What is not as the settings say, or cannot be read: whoever reads the list says so, once."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from jobs.cli import cli
from tests.jobs import corpus
from tests.jobs.dated_list import CONFIG, DatedList, fill
from tracker.sources.records import paper_of_record

SLIP = "list.skip_sections in tracker.toml: no heading is called 'Acknowledgments'; "
REMEDY = "is it 'Acknowledgement'?"
OFFLINE = '[links]\nignore = ["*"]\n'


def skipping(name: str) -> str:
    """The settings of a list with this section to skip."""
    return CONFIG.replace("[list]\n", f"[list]\nskip_sections = ['{name}']\n")


@pytest.fixture
def bakers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DatedList:
    """A list whose settings misspell the heading of its last section."""
    found = DatedList(tmp_path)
    found.commit("2023-12-01", corpus.reading_list())
    fill(tmp_path, [paper_of_record(record) for record in corpus.feed(off_topic=60)])
    found.config.write_text(f"{skipping('Acknowledgments')}\n{OFFLINE}", encoding="utf-8")
    monkeypatch.chdir(found.folder)
    return found


def told(bakers: DatedList, *words: str) -> str:
    done = CliRunner().invoke(cli, [*words, "--config", str(bakers.config)])
    assert done.exit_code in (0, 1), done.output
    return done.output


@pytest.mark.parametrize(
    "command",
    [
        ["lint"],
        ["lint", "README.md", "--format", "github"],
        ["links"],
        ["evaluate"],
        ["replay", "--from", "2024-01-01", "--to", "2024-01-14"],
        ["run", "--dry-run", "--as-of", "2024-02-01"],
        ["review", "--dry-run", "--as-of", "2024-02-01"],
    ],
    ids=" ".join,
)
def test_a_misspelt_section_to_skip_is_told_once(bakers: DatedList, command: list[str]) -> None:
    assert told(bakers, *command).count(SLIP + REMEDY) == 1


def test_why_tells_it_too(bakers: DatedList) -> None:
    told(bakers, "run", "--dry-run", "--as-of", "2024-02-01")
    assert told(bakers, "why", "2401.10020").count(SLIP + REMEDY) == 1


def test_a_name_like_no_heading_is_to_be_taken_out(bakers: DatedList) -> None:
    bakers.config.write_text(skipping("Sponsors"), encoding="utf-8")
    assert "'Sponsors'; take it out, or name a heading of the list\n" in told(bakers, "lint")


def test_nothing_is_told_of_other_files(bakers: DatedList) -> None:
    (bakers.place / "other.md").write_text(corpus.reading_list(), encoding="utf-8")
    assert "skip_sections" not in told(bakers, "lint", "../other.md")


@pytest.mark.parametrize(
    "command", [["evaluate"], ["run", "--dry-run", "--as-of", "2024-02-01"]], ids=" ".join
)
def test_entries_that_cannot_be_read_are_counted(bakers: DatedList, command: list[str]) -> None:
    mute = "- [pdf](https://arxiv.org/abs/2401.10099)\n"
    text = corpus.reading_list().replace("## Pastry\n\n", f"## Pastry\n\n{mute}", 1)
    assert mute in text
    bakers.commit("2023-12-02", text)
    output = " ".join(told(bakers, *command).split())
    assert output.count("README.md: 1 of ") == 1
    assert "entries could not be read, so nothing is learned from them; `tracker lint`" in output


ITEMS = "2 items of an HTML list (<li>) in section Baking Papers › Pastry"


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("evaluate", f"2 of 26 entries could not be read ({ITEMS}), so"),
        ("run --dry-run --as-of 2024-02-01", f"2 of 26 entries could not be read ({ITEMS}), so"),
        ("lint", f"These look like entries and cannot be read: {ITEMS}."),
        ("init --offline --yes", f": {ITEMS}: <li>"),
    ],
)
def test_items_of_html_lists_are_counted_by_section(
    bakers: DatedList, command: str, words: str
) -> None:
    item = "<li><a href='https://arxiv.org/abs/2401.10099'>Puffs</a></li>\n"
    text = corpus.reading_list().replace("## Pastry\n\n", f"## Pastry\n\n{2 * item}\n", 1)
    bakers.commit("2023-12-02", text)
    assert words in " ".join(told(bakers, *command.split()).split())


def test_a_list_of_html_items_alone_is_told_to_be_one(bakers: DatedList) -> None:
    item = "<li><a href='https://arxiv.org/abs/2401.10099'>Puffs</a></li>\n"
    bakers.commit("2023-12-02", f"# Pastry\n\n{item}")
    done = CliRunner().invoke(cli, ["evaluate", "--config", str(bakers.config)])
    assert "README.md but 1 item of an HTML list (<li>) in section Pastry;" in str(done.exception)
