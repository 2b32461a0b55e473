"""What reviewers say in comments."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracker.pull_request.examples import paper, proposal
from tracker.pull_request.commands import (
    HELP,
    Command,
    Mistake,
    find_proposal,
    parse_comment,
    wording,
)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("/tracker drop 2601.00001", Command("drop", "2601.00001")),
        ("/tracker drop 2601.00001 not ours", Command("drop", "2601.00001", reason="not ours")),
        ('/Tracker drop "Two words" why', Command("drop", "Two words", reason="why")),
        ("/tracker later https://doi.org/10.1/x", Command("later", "https://doi.org/10.1/x")),
        ("/tracker move 2601.1 to Kites › Tails", Command("move", "2601.1", "Kites › Tails")),
        ("/tracker move “A to B” to Kites", Command("move", "A to B", "Kites")),
        ("/tracker move From A to B to Kites", Command("move", "From A to B", "Kites")),
        ('/tracker move 1 to "Kites"', Command("move", "1", "Kites")),
        ("/tracker add 2601.00009", Command("add", "2601.00009")),
        ("/tracker add 10.1/x to Kites", Command("add", "10.1/x", "Kites")),
        ("/tracker help", Command("help")),
        ("/tracker", Command("help")),
        ("   /tracker   later   x  ", Command("later", "x")),
    ],
)
def test_commands(line: str, command: Command) -> None:
    assert parse_comment(f"Thanks!\r\n{line}\r\nSee you.") == (command,)


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("/tracker move 2601.1", "write it as `/tracker move <paper> to <section>`"),
        ("/tracker move", "write it as `/tracker move"),
        ("/tracker drop", "write it as `/tracker drop"),
        ("/tracker add", "write it as `/tracker add"),
        ("/tracker add x y", "write it as `/tracker add"),
        ("/tracker dance", "there is no command “dance”"),
    ],
)
def test_mistakes_say_what_was_expected(line: str, sentence: str) -> None:
    [mistake] = parse_comment(line)
    assert isinstance(mistake, Mistake)
    assert mistake.sentence.startswith(sentence)


@pytest.mark.parametrize(
    "body",
    [
        "no command",
        "> /tracker drop 1",
        "    /tracker drop 1",
        "I said /tracker drop 1",
        "```\n/tracker drop 1\n```",
        "~~~sh\n/tracker drop 1\n```\n/tracker drop 2\n~~~",
        "/trackers drop 1",
    ],
)
def test_what_is_quoted_or_code_is_no_command(body: str) -> None:
    assert parse_comment(body) == ()


def test_several_commands_keep_their_order() -> None:
    body = "/tracker drop 1\n```\n/tracker drop 2\n```\n/tracker later 3"
    assert parse_comment(body) == (Command("drop", "1"), Command("later", "3"))


def test_the_help_is_no_command() -> None:
    assert parse_comment(HELP) == ()


@given(st.text())
def test_any_comment_can_be_read(body: str) -> None:
    for found in parse_comment(f"/tracker {body}"):
        assert isinstance(found, Command | Mistake)


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("arxiv:2601.00002", 2),
        ("2601.00002v3", 2),
        ("https://arxiv.org/pdf/2601.00002", 2),
        ("paper LANTERNS part 2", 2),
        ("Part 2", 2),
        ("lanterns", None),
        ("art 2", None),
        ("2601.00003", None),
        ("", None),
        ("…", None),
    ],
)
def test_finding_the_paper_that_is_meant(name: str, number: int | None) -> None:
    known = [proposal(1), proposal(2), proposal(5, paper=paper(5, title="Kites"))]
    found = find_proposal(name, known)
    assert found == (proposal(number) if number else None)


def test_a_wording_is_that_of_the_commands_alone() -> None:
    said = wording("/tracker drop 2601.00001 too old\n/tracker help")
    assert said == wording("Hello!\n\n- /tracker  drop 2601.00001 too  old\n> no\n/tracker help ")
    assert said != wording("/tracker help\n/tracker drop 2601.00001 too old")
    assert said != wording("/tracker drop 2601.00001 too old")
