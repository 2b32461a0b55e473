"""Rows of tables are written cell by cell, as the cells of their columns are."""

from __future__ import annotations

from datetime import date

import pytest

from tracker.identifiers import Identifier
from tracker.paper import Link, Paper
from tracker.reading_list import ReadingList


def row(text: str, *links: Link, section: str = "Ovens") -> str:
    """The row that is added for a preprint with a DOI-free record and these links."""
    paper = Paper(
        title="Steam: A Survey",
        identifiers=(Identifier("arxiv", "2406.00099"),),
        published=date(2024, 6, 3),
        links=links,
    )
    _, (addition,) = ReadingList.parse({"R.md": text}).insert_all([((section,), paper)])
    return addition.text


CODE = Link("code", "https://github.com/invented/steam")


def table(*rows: str) -> str:
    """A section with a table of these rows."""
    head = ("## Ovens", "", "| Title | Venue | Date | Code |", "|---|---|---|---|")
    return "\n".join((*head, *rows)) + "\n"


def test_a_link_stands_in_the_column_of_links_like_it() -> None:
    text = table(
        "| [Heat, Explained](https://arxiv.org/abs/2401.00001) | arXiv | 2024-01 | - |",
        "| [Crumbs at Scale](https://arxiv.org/abs/2301.00002) | arXiv | 2023-01 "
        "| [Github](https://github.com/invented/crumbs) |",
    )
    assert row(text, CODE) == (
        "| [Steam: A Survey](https://arxiv.org/abs/2406.00099) | arXiv | 2024-06 "
        "| [Github](https://github.com/invented/steam) |"
    )
    assert row(text).endswith("| arXiv | 2024-06 | - |")


def test_what_a_list_writes_for_nothing_is_written_for_nothing() -> None:
    text = table(
        "| [Heat, Explained](https://arxiv.org/abs/2401.00001) | arXiv | 2024-01 | null |",
        "| [Crumbs at Scale](https://arxiv.org/abs/2301.00002) | arXiv | 2023-01 | null |",
    )
    assert row(text).endswith("| 2024-06 | null |")


def test_cells_are_padded_only_where_shorter_values_are() -> None:
    ragged = table(
        "| [Heat, Explained](https://arxiv.org/abs/2401.00001) | arXiv | 2024-01 | |",
        "| [Crumbs at Scale](https://arxiv.org/abs/2301.00002) | arXiv | 2023-01 | |",
        "| [Rye Against the Machine](https://arxiv.org/abs/2301.00003) | ACL | 2023-01 | |",
    )
    assert "| arXiv | 2024-06 |" in row(ragged)
    padded = table(
        "| [Heat, Explained](https://arxiv.org/abs/2401.00001)         | arXiv  | 2024-01 | |",
        "| [Crumbs at Scale](https://arxiv.org/abs/2301.00002)         | EMNLP  | 2023-01 | |",
        "| [Rye Against the Machine](https://arxiv.org/abs/2301.00003) | ACL    | 2023-01 | |",
    )
    assert "2406.00099)         | arXiv  |" in row(padded)


def test_a_row_ends_as_rows_without_a_last_cell_end() -> None:
    text = table(
        "| [Heat, Explained](https://arxiv.org/abs/2401.00001) | arXiv | 2024-01 |",
        "| [Crumbs at Scale](https://arxiv.org/abs/2301.00002) | arXiv | 2023-01 "
        "| [Github](https://github.com/invented/crumbs)",
    )
    assert row(text).endswith("| 2024-06 |")
    assert row(text, CODE).endswith("| [Github](https://github.com/invented/steam)")


def test_rows_may_do_without_the_first_bar() -> None:
    text = (
        "## Ovens\n\nTitle | Date | Code\n---|---|---\n"
        "[Heat, Explained](https://arxiv.org/abs/2401.00001) | 2024-01 | [c](https://github.com/a/b)\n"
        "[Crumbs at Scale](https://arxiv.org/abs/2301.00002) | 2023-01 |\n"
    )
    assert row(text) == "[Steam: A Survey](https://arxiv.org/abs/2406.00099) | 2024-06 |"


def ranked(*rows: str) -> str:
    """A section with a table whose rows are counted."""
    head = ("## Ovens", "", "| # | Paper | Published | arXiv |", "|--|:--|:--|--:|")
    return "\n".join((*head, *rows)) + "\n"


def counted(text: str) -> str:
    """The list with a preprint of June 2024 added."""
    paper = Paper(
        title="Steam: A Survey",
        identifiers=(Identifier("arxiv", "2406.00099"),),
        published=date(2024, 6, 3),
    )
    after, _ = ReadingList.parse({"R.md": text}).insert_all([(("Ovens",), paper)])
    return after.files["R.md"]


HEAT = "| {} | [Heat, Explained](https://arxiv.org/abs/2401.00001) | Jan. 2024 | `2401.00001` |"
CRUMBS = "| {} | [Crumbs at Scale](https://arxiv.org/abs/2301.00002) | Jan. 2023 | `2301.00002` |"
FORKS = "| {} | [Knives, Forks](https://arxiv.org/abs/2501.00003) | Jan. 2025 | `2501.00003` |"
PANS = "| {} | [Pans of Old](https://arxiv.org/abs/2201.00005) | Jan. 2022 | `2201.00005` |"
STEAM = "| {} | [Steam: A Survey](https://arxiv.org/abs/2406.00099) | Jun. 2024 | `2406.00099` |"


def test_a_row_is_counted_and_those_behind_it_count_on() -> None:
    first = ranked(HEAT.format(1), CRUMBS.format(2), PANS.format(3))
    assert counted(first) == ranked(
        STEAM.format(1), HEAT.format(2), CRUMBS.format(3), PANS.format(4)
    )
    last = ranked(CRUMBS.format(1), HEAT.format(2))
    assert counted(last) == ranked(CRUMBS.format(1), HEAT.format(2), STEAM.format(3))
    between = ranked(FORKS.format(1), HEAT.format(2), CRUMBS.format(3))
    assert counted(between) == ranked(
        FORKS.format(1), STEAM.format(2), HEAT.format(3), CRUMBS.format(4)
    )


def test_several_rows_at_one_place_are_counted_in_their_order() -> None:
    papers = [
        Paper(
            title=title,
            identifiers=(Identifier("arxiv", f"2406.0000{n}"),),
            published=date(2024, 6, n),
        )
        for n, title in enumerate(("Steam and Wood", "Water and Steam"), 1)
    ]
    rows = HEAT.format(1), CRUMBS.format(2), PANS.format(3)
    reading_list = ReadingList.parse({"R.md": ranked(*rows)})
    after, _ = reading_list.insert_all([(("Ovens",), paper) for paper in papers])
    lines = after.files["R.md"].splitlines()[4:]
    assert [line.split(" | ")[0] for line in lines] == ["| 1", "| 2", "| 3", "| 4", "| 5"]


def test_a_row_that_goes_leaves_no_gap_in_the_numbers() -> None:
    reading_list = ReadingList.parse({"R.md": ranked(*(r.format(n) for n, r in enumerate(
        (FORKS, HEAT, CRUMBS), 1)))})  # fmt: skip
    after = reading_list.remove(reading_list.entries[0])
    assert after.files["R.md"] == ranked(HEAT.format(1), CRUMBS.format(2))


def test_numbers_that_do_not_count_rows_are_left_alone() -> None:
    rows = (HEAT.format(7), CRUMBS.format(3), PANS.format(1))
    assert counted(ranked(*rows)) == ranked(STEAM.format("").replace("|  |", "| |"), *rows)
    years = "\n".join(
        (
            *("## Ovens", "", "| Year | Paper |", "|--|--|"),
            "| 2022 | [Crumbs at Scale](https://arxiv.org/abs/2201.00002) |",
            "| 2023 | [Heat, Explained](https://arxiv.org/abs/2301.00001) |",
        )
    )
    steam = "| 2024 | [Steam: A Survey](https://arxiv.org/abs/2406.00099) |"
    assert counted(years + "\n") == f"{years}\n{steam}\n"


def test_may_is_no_short_name_and_takes_no_full_stop() -> None:
    text = ranked(HEAT.format(1), CRUMBS.format(2))
    paper = Paper(
        title="Dough in Spring",
        identifiers=(Identifier("arxiv", "2405.00004"),),
        published=date(2024, 5, 3),
    )
    _, (addition,) = ReadingList.parse({"R.md": text}).insert_all([(("Ovens",), paper)])
    assert "| May 2024 |" in addition.text


def test_may_takes_a_full_stop_where_the_list_gives_it_one() -> None:
    spring = HEAT.format(1).replace("Jan. 2024", "May. 2024")
    paper = Paper(
        title="Dough in Spring",
        identifiers=(Identifier("arxiv", "2405.00004"),),
        published=date(2024, 5, 3),
    )
    text = ranked(spring, CRUMBS.format(2))
    _, (addition,) = ReadingList.parse({"R.md": text}).insert_all([(("Ovens",), paper)])
    assert "| May. 2024 |" in addition.text


@pytest.mark.parametrize(
    ("head", "form"),
    [
        ("| # | Paper |\n|---|---|", "| {} | [{}](https://arxiv.org/abs/{}) |"),
        ("| # | Paper |\n|---|---|", "| {}. | [{}](https://arxiv.org/abs/{}) |"),
        ("|#|Paper|\n|-|-|", "|{}|[{}](https://arxiv.org/abs/{})|"),
        ("# | Paper\n--|--", "{} | [{}](https://arxiv.org/abs/{})"),
        ("| #     | Paper |\n|-------|---|", "| {:<5} | [{}](https://arxiv.org/abs/{}) |"),
    ],
)
@pytest.mark.parametrize("first", [0, 1])
def test_numbers_are_written_in_the_form_of_the_table(head: str, form: str, first: int) -> None:
    titles = ["Steam: A Survey", "Heat, Explained", "Crumbs at Scale", "Pans of Old"]
    names = ["2406.00099", "2401.00001", "2301.00002", "2201.00005"]

    def text(start: int) -> str:
        rows = zip(range(first, first + 4 - start), titles[start:], names[start:], strict=True)
        return "\n".join(("## Ovens", "", head, *(form.format(*row) for row in rows))) + "\n"

    assert counted(text(1)) == text(0)
    reading_list = ReadingList.parse({"R.md": text(0)})
    assert reading_list.remove(reading_list.entries[0]).files["R.md"] == text(1)


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("Score", ("7", "8", "9")),
        ("Citations", ("12", "13", "14")),
        ("Stars", ("1", "2", "3")),
        ("#", ("1.5", "2.5", "3.7")),
        ("ID", ("2401.00001", "2402.00002", "2403.00005")),
        ("Size", ("1.3B", "2.7B", "3.1B")),
        ("#", ("101", "102", "103")),
    ],
)
def test_what_a_column_says_of_papers_is_never_changed(
    heading: str, values: tuple[str, ...]
) -> None:
    titles = ("Heat, Explained", "Crumbs at Scale", "Pans of Old")
    rows = [
        f"| {value} | [{title}](https://arxiv.org/abs/2{3 - n}01.00001) |"
        for n, (value, title) in enumerate(zip(values, titles, strict=True))
    ]
    head = ["## Ovens", "", f"| {heading} | Paper |", "|---|---|"]
    text = "\n".join((*head, *rows)) + "\n"
    written = counted(text).splitlines()
    assert [row for row in written if row in rows] == rows
    (new,) = set(written) - {*head, *rows}
    assert new.count("|") == 3
    reading_list = ReadingList.parse({"R.md": text})
    left = reading_list.remove(reading_list.entries[0]).files["R.md"].splitlines()
    assert left == [*head, *rows[1:]]


def test_a_row_that_is_moved_is_counted_where_it_goes() -> None:
    text = ranked(HEAT.format(1), CRUMBS.format(2))
    pots = "\n".join(ranked(PANS.format(1), FORKS.format(2)).splitlines()).replace("Ovens", "Pots")
    reading_list = ReadingList.parse({"R.md": f"{text}\n{pots}\n"})
    moved, _ = reading_list.move(reading_list.entries[0], ("Pots",))
    numbers = [line.split("|")[1].strip() for line in moved.files["R.md"].splitlines()
               if "arxiv.org" in line]  # fmt: skip
    assert numbers == ["1", "1", "2", "3"]


@pytest.mark.parametrize("label", ["p", "a", "f", "http", "td", "<b>p</b>"])
def test_a_label_in_html_stands_between_its_tags_whatever_it_spells(label: str) -> None:
    def html(title: str, number: str) -> str:
        link = f'<a href="https://arxiv.org/abs/{number}">{label}</a>'
        return f"<tr><td>{title}</td><td>{link}</td></tr>"

    rows = [html("Heat, Explained", "2401.00001"), html("Crumbs at Scale", "2301.00002")]
    head = "<table>\n<tr><th>Title</th><th>Link</th></tr>"
    text = "\n".join(("## Ovens", "", head, *rows, "</table>", ""))
    assert row(text) == html("Steam: A Survey", "2406.00099")


@pytest.mark.parametrize("heading", ["Venue", "ID"])
@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("arXiv:{}", "arXiv:2406.00099"),
        ("arXiv:{}v2", "arXiv:2406.00099"),
        ("`arXiv {}`", "`arXiv 2406.00099`"),
        ("arXiv preprint arXiv:{}", "arXiv preprint arXiv:2406.00099"),
    ],
)
def test_an_identifier_in_a_cell_is_that_of_the_new_paper(
    heading: str, cell: str, written: str
) -> None:
    head = ("## Ovens", "", f"| Title | {heading} |", "|---|---|")
    rows = [
        f"| [{title}](https://arxiv.org/abs/{number}) | {cell.format(number)} |"
        for title, number in (("Heat, Explained", "2401.00001"), ("Crumbs", "2301.00002"))
    ]
    assert row("\n".join((*head, *rows, ""))) == (
        f"| [Steam: A Survey](https://arxiv.org/abs/2406.00099) | {written} |"
    )
