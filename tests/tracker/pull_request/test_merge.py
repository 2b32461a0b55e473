"""Merging texts as git does."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.pull_request.merge import merge, undo

texts = st.lists(st.sampled_from(["a\n", "b\n", "c\r\n", "\n", "d \n"]), max_size=12).map("".join)


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "merged"),
    [
        ("1\n2\n3\n", "0\n1\n2\n3\n", "1\n2\n3\n4\n", "0\n1\n2\n3\n4\n"),
        ("1\n2\n3\n", "1\n2\n", "1\n2\n3\n4\n", None),
        ("1\n2\n3\n4\n", "1\n3\n4\n", "1\n2\n3\n4\n5\n", "1\n3\n4\n5\n"),
        ("1\n2\n", "1\nours\n2\n", "1\ntheirs\n2\n", None),
        ("1\n2\n", "1\nsame\n2\n", "1\nsame\n2\n", "1\nsame\n2\n"),
        ("", "ours", "theirs", None),
        (
            "1\r\n2\x0b3\x0c4\n",
            "1\r\n2\x0b3\x0c4\n",
            "0\n1\r\n2\x0b3\x0c4\n",
            "0\n1\r\n2\x0b3\x0c4\n",
        ),
    ],
)
def test_merging(base: str, ours: str, theirs: str, merged: str | None) -> None:
    assert merge(base, ours, theirs) == merged
    assert merge(base, theirs, ours) == merged


@given(texts, texts)
def test_one_side_alone_wins(base: str, other: str) -> None:
    assert merge(base, other, base) == other
    assert merge(base, base, other) == other
    assert merge(base, other, other) == other


@settings(max_examples=60)
@given(base=texts, ours=texts, theirs=texts)
def test_what_merges_cleanly_does_not_depend_on_the_side(base: str, ours: str, theirs: str) -> None:
    assert merge(base, ours, theirs) == merge(base, theirs, ours)


@pytest.mark.parametrize("place", range(0, 40, 5))
def test_insertions_far_apart_merge_as_in_git(tmp_path: Path, place: int) -> None:
    lines = [f"* entry {number}\n" for number in range(40)]
    ours, theirs = lines.copy(), lines.copy()
    ours.insert(place, "* ours\n")
    theirs.insert(39 - place, "* theirs\n")
    del theirs[20]
    sides = {"ours": ours, "base": lines, "theirs": theirs}
    for name, side in sides.items():
        (tmp_path / name).write_text("".join(side), encoding="utf-8")
    done = subprocess.run(
        ["git", "merge-file", "-p", *(str(tmp_path / name) for name in sides)],
        capture_output=True,
        check=False,
    )
    expected = done.stdout.decode() if done.returncode == 0 else None
    assert merge("".join(lines), "".join(ours), "".join(theirs)) == expected


@given(st.lists(st.sampled_from(["base", "bot", "mine"]), max_size=20))
def test_what_was_added_is_taken_out_and_what_was_written_beside_it_stays(kinds: list[str]) -> None:
    lines = [(kind, f"{kind} {number}\n") for number, kind in enumerate(kinds)]

    def only(*wanted: str) -> str:
        return "".join(line for kind, line in lines if kind in wanted)

    assert undo(only("base"), only("base", "bot"), "".join(line for _, line in lines)) == only(
        "base", "mine"
    )


def test_what_was_replaced_comes_back_unless_it_was_changed_again() -> None:
    assert undo("a\nb\nc\n", "a\nB\nc\n", "a\nB\nc\n") == "a\nb\nc\n"
    assert undo("a\nb\nc\n", "a\nB\nc\n", "a\nB, mine\nc\n") == "a\nB, mine\nc\n"
