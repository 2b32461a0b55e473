"""Numbers that count items or rows go on as a person would count, and close up again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tracker.identifiers import Identifier
from tracker.paper import Paper
from tracker.reading_list import ReadingList
from tracker.reading_list.lint import lint

HEADS = {
    "row": ["| # | Paper | Date |", "|--:|---|---|"],
    "item": [],
    "cell": ["<table>", "<tr><th>#</th><th>Paper</th><th>Date</th></tr>"],
    "cells": ["<table>", "<tr><th>No.</th><th>Paper</th><th>Date</th></tr>"],
}
FORMS = {
    "row": "| {} | [{}](https://arxiv.org/abs/{}) | Jan {} |",
    "item": "{}. [{}](https://arxiv.org/abs/{}), Jan {}",
    "cell": '<tr><td>{}</td><td><a href="https://arxiv.org/abs/{}">{}</a></td><td>Jan {}</td></tr>',
    "cells": "<tr>\n  <td>{}.</td>\n  <td>"
    '<a href="https://arxiv.org/abs/{}">{}</a></td>\n  <td>Jan {}</td>\n</tr>',
}
NAMES = ("Heat, Explained", "Crumbs at Scale", "Pans of Old", "Ash and Embers", "A Cold Oven")
STEAM = "Steam: A Survey"
Entry = tuple[object, str, int]
"""A number, a title and a year."""


def line(form: str, number: object, name: str, year: int) -> str:
    """The entry of a year's paper."""
    link = f"{year - 2000}01.00001"
    where = (link, name) if form.startswith("cell") else (name, link)
    return FORMS[form].format(number, *where, year)


def section(name: str, form: str, entries: Sequence[Entry]) -> str:
    """A section with numbered entries."""
    tail = ["</table>"] if form.startswith("cell") else []
    lines = [f"## {name}", "", *HEADS[form], *(line(form, *entry) for entry in entries), *tail, ""]
    return "\n".join(lines)


def steam(year: int, name: str = STEAM, day: int = 3) -> Paper:
    """A new paper of January of that year."""
    number = Identifier("arxiv", f"{year - 2000}01.0000{day}")
    return Paper(title=name, identifiers=(number,), published=date(year, 1, day))


def inserted(text: str, *papers: Paper, where: str = "Ovens") -> str:
    """The text with new papers, after checking that taking them out again gives the old one."""
    reading_list, _ = ReadingList.parse({"R.md": text}).insert_all([((where,), p) for p in papers])
    rest = reading_list
    for paper in papers:
        rest = rest.remove(next(entry for entry in rest.entries if entry.title == paper.title))
    assert rest.files["R.md"] == text
    return reading_list.files["R.md"]


def around(
    numbers: Sequence[object], place: int, *, down: bool
) -> tuple[list[Entry], list[Entry], int]:
    """Entries of falling (or rising) years without and with a new one, and its year."""
    years = [2024 - 2 * n if down else 2014 + 2 * n for n in range(len(numbers))]
    new = years[place - 1] + (-1 if down else 1) if place else years[0] + (1 if down else -1)
    old = list(zip(numbers, NAMES, years, strict=False))
    return old, [*old[:place], (None, STEAM, new), *old[place:]], new


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("before", "place", "after"),
    [
        ((1, 2, 3), 0, (1, 2, 3, 4)),
        ((1, 2, 3), 1, (1, 2, 3, 4)),
        ((1, 2, 3), 3, (1, 2, 3, 4)),
        (("01", "02", "03"), 1, ("01", "02", "03", "04")),
        # A gap stays one, and what is behind it counts on.
        ((1, 2, 4, 5), 4, (1, 2, 4, 5, 6)),
        ((1, 2, 4, 5), 1, (1, 2, 3, 5, 6)),
        ((1, 2, 3, 3, 4), 5, (1, 2, 3, 3, 4, 5)),
        # The newest first, with the highest number.
        ((4, 3, 2, 1), 0, (5, 4, 3, 2, 1)),
        ((4, 3, 2, 1), 2, (5, 4, 3, 2, 1)),
        ((4, 3, 2, 1), 4, (5, 4, 3, 2, 1)),
        (("04", "03", "02", "01"), 2, ("05", "04", "03", "02", "01")),
    ],
)
@pytest.mark.parametrize("newest_first", [True, False])
def test_a_new_entry_is_counted(
    form: str, before: Sequence[object], place: int, after: Sequence[object], newest_first: bool
) -> None:
    old, new, year = around(before, place, down=newest_first)
    numbered = [(n, name, y) for n, (_, name, y) in zip(after, new, strict=True)]
    text = section("Ovens", form, old)
    assert inserted(text, steam(year)) == section("Ovens", form, numbered).replace(
        f"{year - 2000}01.00001", f"{year - 2000}01.00003"
    )


@pytest.mark.parametrize("cell", ["{}", "{:>3}", "{:<3}", "{:>2}"])
@pytest.mark.parametrize("count", [9, 99])
def test_a_column_keeps_its_width_as_far_as_its_blanks_allow(cell: str, count: int) -> None:
    rows = [
        (f"{'ZMA'[n % 3]}{n} is Baked with Care", 2010 + 8 * n // count) for n in range(1, count)
    ]

    def text(*last: tuple[str, int]) -> str:
        numbered = enumerate([*rows, *last], 1)
        return section("Ovens", "row", [(cell.format(n), *row) for n, row in numbered])

    written = inserted(text((NAMES[0], 2020)), steam(2019)).replace("1901.00003", "1901.00001")
    assert written == text((STEAM, 2019), (NAMES[0], 2020))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("step", [1, -1])
def test_several_at_one_place_are_counted_in_their_order(form: str, step: int) -> None:
    rows = list(zip((1, 2, 3)[::step], NAMES, (2024, 2020, 2016), strict=False))
    papers = [steam(2022, "Steam and Wood", 2), steam(2018, "Steam and Coal", 3)]
    papers += [steam(2022, "Steam and Gas", 4)]
    entries = ReadingList.parse({"R.md": inserted(section("Ovens", form, rows), *papers)}).entries
    numbers = [int("".join(filter(str.isdigit, e.text.split("http")[0][:40]))) for e in entries]
    assert numbers == [1, 2, 3, 4, 5, 6][::step]


@pytest.mark.parametrize("form", ["row", "item", "cell"])
@pytest.mark.parametrize("step", [1, -1])
def test_a_series_through_several_sections_counts_on_through_them(form: str, step: int) -> None:
    def text(numbers: Sequence[int], new: bool) -> str:
        years = [2016, 2017, *([2018] if new else [])]
        ovens = zip(numbers, (*NAMES[:2], STEAM), years, strict=False)
        pots = zip(numbers[len(years) :], NAMES[2:4], (2016, 2017), strict=True)
        both = section("Ovens", form, [*ovens]) + "\n" + section("Pots", form, [*pots])
        return both.replace("1801.00001", "1801.00003")

    before, after = [1, 2, 3, 4][::step], [1, 2, 3, 4, 5][::step]
    assert inserted(text(before, False), steam(2018)) == text(after, True)


def below(number: int, name: str, year: int, blanks: int) -> str:
    """An item over several lines, of which one is a list of its own."""
    first = line("item", number, name, year)
    deeper = " " * (blanks + 2)
    return f"{first}\n\n{' ' * blanks}- Ada Real\n{deeper}- Bo Fictional\n"


@pytest.mark.parametrize(
    "blanks", [lambda n: len(f"{n}. "), lambda _: 4], ids=["under the text", "always four"]
)
@pytest.mark.parametrize("where", [0, 3, 9])
def test_what_stands_below_a_number_moves_with_it(blanks: Callable[[int], int], where: int) -> None:
    names = [f"{'ZMA'[n % 3]}{n} is Baked with Care" for n in range(9)]
    years = list(range(2024, 2006, -2))
    old = [below(n, names[n - 1], years[n - 1], blanks(n)) for n in range(1, 10)]
    text = "## Ovens\n\n" + "\n".join(old)
    new = inserted(text, steam(years[where] + 1 if where < 9 else 2007))
    shown = MarkdownIt().parse(new)
    assert sum(token.type == "list_item_open" and token.level == 1 for token in shown) == 10
    kept = [row for n, row in enumerate(old) if n < where]
    moved = [below(n + 1, names[n - 1], years[n - 1], blanks(n + 1)) for n in range(where + 1, 10)]
    assert new.startswith("\n".join(["## Ovens\n", *kept]))
    assert new.endswith("\n".join(moved))


@pytest.mark.parametrize("count", [7, 8, 9])
@pytest.mark.parametrize("year", [2025, 2000])
def test_new_entries_of_several_lines_stay_items_of_the_list(count: int, year: int) -> None:
    form = "{}. [Baking in {}](https://arxiv.org/abs/{}01.00001)\n\n{}*Ada Real, Bo Other.* {}.4\n"
    rows = [
        form.format(n, y, f"{y - 2000:02}", " " * len(f"{n}. "), y)
        for n, y in zip(range(1, count + 1), range(2022, 2000, -2), strict=False)
    ]
    papers = [
        replace(steam(year, f"Steam Number {day}", day), authors=("Cy Nobody", "Di Unreal"))
        for day in (1, 2, 3)
    ]
    text = inserted("## Ovens\n\n" + "\n".join(rows), *papers)
    assert text.count("*Cy Nobody, Di Unreal.*") == 3
    outside = {token.type for token in MarkdownIt().parse(text)[3:] if token.level == 0}
    assert outside == {"ordered_list_open", "ordered_list_close"}


def test_sections_that_begin_again_are_counted_each() -> None:
    pots = section("Pots", "item", [(1, NAMES[2], 2016), (2, NAMES[3], 2017)])
    ovens = section("Ovens", "item", [(1, NAMES[0], 2016), (2, NAMES[1], 2017)])
    for text in (ovens + "\n" + pots, pots + "\n" + ovens):
        assert pots in inserted(text, steam(2018))


def test_where_others_write_ones_one_alone_is_followed_by_a_one() -> None:
    ovens = section("Ovens", "item", [(1, NAMES[0], 2016)])
    pots = section("Pots", "item", [(1, NAMES[2], 2016), (1, NAMES[3], 2017)])
    assert "2." not in inserted(ovens + "\n" + pots, steam(2018)).replace("2017", "")


def test_what_is_no_entry_counts_on_with_the_list() -> None:
    lines = [line("item", 1, NAMES[0], 2016), line("item", 3, NAMES[1], 2018)]
    text = "\n".join(["## Ovens", "", lines[0], "2. More is to come here.", lines[1], ""])
    written = inserted(text, steam(2015)).splitlines()
    assert [row[:2] for row in written[2:]] == ["1.", "2.", "3.", "4."]


@pytest.mark.parametrize("form", ["row", "cell"])
@pytest.mark.parametrize(
    ("heading", "numbers"),
    [
        ("Stars", (1, 2, 3)),
        ("Rank", (1, 2, 3)),
        ("#", (101, 102, 103)),
        ("#", (7, 3, 1)),
        ("#", (12, 11, 10)),
    ],
)
def test_what_does_not_count_rows_from_one_is_left_alone(
    form: str, heading: str, numbers: Sequence[int]
) -> None:
    rows = list(zip(numbers, NAMES, (2024, 2022, 2020), strict=False))
    text = section("Ovens", form, rows)
    for head in ("| # |", "<th>#</th>"):
        text = text.replace(head, head.replace("#", heading))
    old, new = text.splitlines(), inserted(text, steam(2023)).splitlines()
    (added,) = [row for row in new if STEAM in row]
    assert added.startswith(("| |", "<tr><td></td>"))
    assert [row for row in new if row != added] == old


@pytest.mark.parametrize("form", ["row", "cell", "cells"])
@pytest.mark.parametrize(
    ("numbers", "found"),
    [
        ((1, 2, 3, 4), []),
        (("01", "02", "03"), []),
        ((4, 3, 2, 1), []),
        # What a row that was moved to another table leaves, and what it brings.
        ((1, 2, 4, 5), [(4, 3)]),
        ((1, 2, 9, 3, 4), [(9, 3)]),
        ((9, 1, 2, 3), [(9, 1)]),
        ((1, 2, 3, 3, 4), [(3, 4)]),
        ((5, 4, 2, 1), [(2, 3)]),
        ((4, 3, 3, 2, 1), [(3, 2)]),
        # Numbers of other things than rows.
        ((1, 3, 5), []),
        ((7, 3, 1), []),
        ((101, 102, 104, 105), []),
    ],
)
def test_rows_that_do_not_count_are_found(
    form: str, numbers: Sequence[object], found: list[tuple[int, int]]
) -> None:
    years = range(2024, 2010, -1)
    rows = section("Ovens", form, list(zip(numbers, NAMES, years, strict=False)))
    findings = lint(
        ReadingList.parse({"R.md": section("Pots", form, [(1, STEAM, 2024)]) + "\n" + rows})
    )
    wrong = [finding for finding in findings if finding.rule == "numbers-out-of-order"]
    assert [finding.sentence for finding in wrong] == [
        f"A row of the section 'Ovens' has the number {number} where {due} is due."
        for number, due in found
    ]
    end = "bottom" if numbers[0] in (4, 5) else "top"
    assert all(f"from 1 at the {end} on" in finding.fix for finding in wrong)


def test_a_numbered_list_is_counted_where_it_is_shown() -> None:
    text = section("Ovens", "item", list(zip((1, 2, 2, 3), NAMES, range(2020, 2024), strict=False)))
    assert "numbers-out-of-order" not in {f.rule for f in lint(ReadingList.parse({"R.md": text}))}


@pytest.mark.parametrize(
    ("form", "numbers"),
    [("row", ("1", "2", "3")), ("item", ("1", "2", "3")), ("cell", ("", "", ""))],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_several_first_entries_share_one_list(
    form: str, numbers: Sequence[str], ending: str
) -> None:
    ovens = section("Ovens", form, [(1, NAMES[0], 2016), (2, NAMES[1], 2018)])
    text = (ovens + "\n## Pots\n\n## Pans\n\nNone yet.\n").replace("\n", ending)
    papers = [steam(year, f"Steam and {year}") for year in (2019, 2021, 2020)]
    changed, additions = ReadingList.parse({"R.md": text}).insert_all(
        [(("Pots",), paper) for paper in papers]
    )
    years = (2019, 2020, 2021)
    rows = [(n, f"Steam and {year}", year) for n, year in zip(numbers, years, strict=True)]
    pots = section("Pots", form, rows).replace("01.00001", "01.00003")
    assert changed.files["R.md"] == f"{ovens}\n{pots}\n## Pans\n\nNone yet.\n".replace("\n", ending)
    lines = changed.files["R.md"].split(ending)
    assert [lines[each.line - 1] for each in additions] == [each.text for each in additions]
    assert all(paper.title in each.text for paper, each in zip(papers, additions, strict=True))


@pytest.mark.parametrize("form", ["row", "item"])
@pytest.mark.parametrize("step", [1, -1])
def test_a_first_entry_goes_on_with_a_series_through_the_sections(form: str, step: int) -> None:
    def text(pots: Sequence[Entry], *pans: Entry) -> str:
        ovens = [(n, name, 2016) for n, name in zip((1, 2), NAMES, strict=False)]
        parts = [("Ovens", ovens), ("Pots", pots), ("Pans", pans)]
        if step < 0:
            parts = [(name, list(entries)[::-1]) for name, entries in reversed(parts)]
        return "\n".join(section(name, form, list(entries)) for name, entries in parts)

    before = text([], (3, NAMES[2], 2016), (4, NAMES[3], 2016))
    after = text([(3, STEAM, 2018)], (4, NAMES[2], 2016), (5, NAMES[3], 2016))
    changed, _ = ReadingList.parse({"R.md": before}).insert_all([(("Pots",), steam(2018))])
    written = changed.files["R.md"].replace("1801.00003", "1801.00001").splitlines()
    assert [row for row in written if row] == [row for row in after.splitlines() if row]


@settings(max_examples=30)
@given(
    st.sampled_from(["row", "item", "cell"]),
    st.booleans(),
    st.lists(st.integers(1, 3), min_size=2, max_size=4),
    st.lists(st.tuples(st.integers(0, 4), st.integers(2009, 2026)), min_size=1, max_size=6),
)
@example("item", True, [2, 3], [(0, 2009), (2, 2026)])
@example("item", False, [2, 2], [(0, 2025), (1, 2025)])
@example("row", True, [1, 1, 2], [(0, 2025)])
@example("cell", True, [1, 1, 1], [(1, 2025)])
def test_numbers_stay_consecutive_wherever_new_entries_go(
    form: str, down: bool, sizes: list[int], new: list[tuple[int, int]]
) -> None:
    # One of the sections is empty; the first row of HTML in such a one is not counted.
    sizes = [*sizes[:-1], *([] if form == "cell" else [0]), sizes[-1]]
    total = sum(sizes)
    numbers = iter(range(total, 0, -1) if down else range(1, total + 1))
    parts = []
    for oven, size in enumerate(sizes):
        years = range(2024, 2010, -2) if down else range(2012, 2026, 2)
        rows = [(next(numbers), f"Crumb {n} of Old", years[n]) for n in range(size)]
        parts.append(section(f"Oven {oven}", form, rows))
    papers = [
        ((f"Oven {place % len(sizes)}",), steam(year, f"Steam Number {n}", n))
        for n, (place, year) in enumerate(new, 1)
    ]
    changed, _ = ReadingList.parse({"R.md": "\n".join(parts)}).insert_all(papers)
    shown = ["".join(filter(str.isdigit, e.text.split("[")[0][:12])) for e in changed.entries]
    wanted = [str(number) for number in range(1, total + len(new) + 1)]
    assert shown == (wanted[::-1] if down else wanted)
