"""What a job says: safe for a terminal and a workflow log, one JSON document with --json."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.console import Console, printable, shortened, table


def is_command(line: str) -> bool:
    """Whether the runner of GitHub Actions would look for a command in this line."""
    return line.lstrip().startswith("::") or "##[" in line


HOSTILE = st.lists(st.sampled_from(["::", ":", "##[", "#", "[", " ", "\t", "\n", "\u200b", "a"]))


@given(st.one_of(st.text(), HOSTILE.map("".join)))
def test_nothing_a_terminal_or_a_workflow_obeys_gets_through(text: str) -> None:
    shown = printable(text)
    assert "\x1b" not in shown
    assert "\r" not in shown
    for line in shown.split("\n"):
        assert not is_command(line)


def test_printable_keeps_what_people_wrote() -> None:
    assert printable("Größe: 医学 $a<b$\n\tnext 👍") == "Größe: 医学 $a<b$\n\tnext 👍"


@pytest.mark.parametrize(
    ("hostile", "shown"),
    [
        ("::error::x", ": :error::x"),
        (" \t::error::x", " \t: :error::x"),
        ("##[group]", "## [group]"),
        ("A title ##[error]x", "A title ## [error]x"),
        ("\x1b[2K::set-output", ": :set-output"),
        ("\u200b::x", ": :x"),
        ("std::vector", "std::vector"),
    ],
)
def test_a_title_is_no_workflow_command(hostile: str, shown: str) -> None:
    assert printable(hostile) == shown


def test_a_document_has_no_workflow_command(capsys: pytest.CaptureFixture[str]) -> None:
    Console(as_json=True).document(["A title ##[error]x", "\n::error::y"])
    out = capsys.readouterr().out
    assert not any(map(is_command, out.splitlines()))
    assert json.loads(out) == ["A title ##[error]x", "\n::error::y"]


def test_json_keeps_standard_output_to_one_document(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(as_json=True, interactive=False)
    console.say("result")
    console.note("progress")
    console.warn("careful")
    with console.step("Reading"):
        pass
    console.document({"title": "Größe"})
    out, err = capsys.readouterr()
    assert json.loads(out) == {"title": "Größe"}
    assert err.splitlines() == ["progress", "warning: careful", "Reading ..."]


def test_a_terminal_gets_a_bar(capsys: pytest.CaptureFixture[str]) -> None:
    with Console(interactive=True).step("Reading [bold]x", total=2) as step:
        step.advance(2)
    shown = capsys.readouterr().err
    assert "Reading [bold]x" in shown
    assert "2/2" in shown


def test_a_long_name_leaves_room_for_the_bar(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with Console(interactive=True).step("Reading " + "a name " * 20, total=5) as step:
        step.advance(5)
    [shown] = [line for line in capsys.readouterr().err.splitlines() if line.strip()]
    assert "…" in shown
    assert " 5/5 " in shown
    assert len(shown) <= 80


def test_a_bar_counts_what_nobody_announced(capsys: pytest.CaptureFixture[str]) -> None:
    console = Console(interactive=True)
    with console.step("Reading a file") as step:
        step.advance(1_000)
        step.advance(500)
    with console.step("Reading a source") as step:
        step.advance(200, total=700)
        step.advance(550, total=700)
    with console.step("Writing"):
        pass
    shown = [line for line in capsys.readouterr().err.splitlines() if line.strip()]
    assert " 1,500 " in shown[0]
    assert " 750/750 " in shown[1]
    assert not any("?" in line or "/0" in line for line in shown)


def test_a_table_aligns_words_left_and_numbers_right() -> None:
    assert table(["name", "n"], [["arxiv", 5], ["x", 1234]]).splitlines() == [
        "name      n",
        "-----  ----",
        "arxiv     5",
        "x      1234",
    ]


def test_names_that_are_numbers_stay_names() -> None:
    assert table(["section", "n"], [["2023", 5], ["2024", 12]]).splitlines()[2:] == [
        "2023      5",
        "2024     12",
    ]


def test_the_first_column_gives_way_to_a_narrow_terminal() -> None:
    rows = [["semantic_scholar (citations DOI:10.1234/x)", 5], ["arxiv", 1234]]
    assert table(["name", "n"], rows, width=26).splitlines() == [
        "name                     n",
        "--------------------  ----",
        "semantic_s…0.1234/x)     5",
        "arxiv                 1234",
    ]
    assert "DOI:10.1234/x)" in table(["name", "n"], rows, width=None)


@given(st.text(max_size=40), st.integers(3, 30))
def test_what_is_shortened_fits(text: str, length: int) -> None:
    short = shortened(text, length)
    assert len(short) <= length
    assert short == text or (short[0] == text[0] and short[-1] == text[-1])
