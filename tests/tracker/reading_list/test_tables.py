"""Rows of tables are written cell by cell, as the cells of their columns are."""

from __future__ import annotations

from datetime import date

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
