"""Authors of a new entry are written as the section writes its own."""

from __future__ import annotations

import pytest

from tracker.reading_list.names import written_as

NAMES = ("Ada Maria Real", "Bo van den Berg", "Novak, Cy")


@pytest.mark.parametrize(
    ("stated", "written"),
    [
        (["Dee Other", "Eve Nobody"], NAMES),
        (["Other", "Nobody"], ("Real", "van den Berg", "Novak")),
        (["D. Other", "E.-F. Nobody"], ("A. M. Real", "B. van den Berg", "C. Novak")),
        (["Other D", "Nobody EF"], ("Real AM", "van den Berg B", "Novak C")),
        (["Other D.", "Nobody E."], ("Real A.M.", "van den Berg B.", "Novak C.")),
        # Where a list has no one way, names stay as they are.
        (["Other", "Eve Nobody"], NAMES),
        ([], NAMES),
    ],
)
def test_names_are_written_as_the_others_are(stated: list[str], written: tuple[str, ...]) -> None:
    assert written_as(NAMES, stated) == written


def test_what_is_no_name_in_full_stays() -> None:
    assert written_as(["Madonna", "Real AM", "王 小明"], ["D. Other"]) == (
        ("Madonna", "Real AM", "王 小明")
    )
