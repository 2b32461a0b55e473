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


SURNAMES, FIRST, LAST, STOPPED = (
    ["Other", "Nobody"],
    ["D. Other", "E. Nobody"],
    ["Other D", "Nobody E"],
    ["Other D.", "Nobody E."],
)


@pytest.mark.parametrize(
    ("name", "surname", "first", "last", "stopped"),
    [
        ("Ada-Maria Real", "Real", "A.-M. Real", "Real AM", "Real A.-M."),
        ("A.M. Real", "Real", "A. M. Real", "Real AM", "Real A.M."),
        ("A. Maria Real", "Real", "A. M. Real", "Real AM", "Real A.M."),
        ("Bo (Bobby) Real", "Real", "B. Real", "Real B", "Real B."),
        # What stands behind a surname is neither it nor a given name.
        ("Sam Doe Jr.", "Doe Jr.", "S. Doe Jr.", "Doe S Jr", "Doe S. Jr."),
        ("Sam Doe, Jr.", "Doe Jr.", "S. Doe Jr.", "Doe S Jr", "Doe S. Jr."),
        ("Doe, Sam, Jr.", "Doe Jr.", "S. Doe Jr.", "Doe S Jr", "Doe S. Jr."),
        ("Sam Doe III", "Doe III", "S. Doe III", "Doe S III", "Doe S. III"),
        # Small words and the second of two surnames belong to it.
        ("Eva de la Torre y Luz", "de la Torre y Luz", "E. de la Torre y Luz",
         "de la Torre y Luz E", "de la Torre y Luz E."),
        ("Eva Torre y Luz", "Torre y Luz", "E. Torre y Luz", "Torre y Luz E", "Torre y Luz E."),
        ("Guy Van den Berg", "Van den Berg", "G. Van den Berg", "Van den Berg G",
         "Van den Berg G."),
        ("Berg, Guy van den", "van den Berg", "G. van den Berg", "van den Berg G",
         "van den Berg G."),
        ("van Berg", *["van Berg"] * 4),
        # Nobody's name.
        *((name, *[name] * 4) for name in
          ("The Hedgehog Collaboration", "Hedgehog Team", "Team Hedgehog", "Hedgehog-AI",
           "Hedgehog Team, AI of Winter", "University of Winter", "Winter Research Group")),
    ],
)  # fmt: skip
def test_each_part_of_a_name_is_known_for_what_it_is(
    name: str, surname: str, first: str, last: str, stopped: str
) -> None:
    forms = (SURNAMES, FIRST, LAST, STOPPED)
    written = [written_as([name], stated)[0] for stated in forms]
    assert written == [surname, first, last, stopped]


def test_organisations_say_nothing_of_how_people_are_written() -> None:
    groups = ["OpenHedgehogAI", "Winter Team", "Spring Team", "The Frost Collaboration"]
    assert written_as(NAMES, [*groups, "D. Other"])[0] == "A. M. Real"
    assert written_as(NAMES, groups) == NAMES


def test_what_is_no_name_in_full_stays() -> None:
    names = ("Madonna", "Real AM", "Real JR", "Real II", "王 小明")
    assert written_as(names, ["D. Other"]) == names
