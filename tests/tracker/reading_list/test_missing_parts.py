"""A part that is not known takes its punctuation along."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from tracker.identifiers import Identifier
from tracker.paper import Paper
from tracker.reading_list import ReadingList

PAPER = Paper(
    title="Named Crumb Recognition Benchmark",
    identifiers=(Identifier("arxiv", "2410.05046"),),
    published=date(2024, 10, 7),
)
LINK = "[paper](https://arxiv.org/abs/{})"


def added(lines: list[str], paper: Paper = PAPER) -> str:
    text = "# Breads\n\n## Rye\n\n" + "\n".join(lines) + "\n"
    listed = ReadingList.parse({"README.md": text})
    [section] = {entry.section for entry in listed.entries}
    _, [addition] = listed.insert_all([(section, paper)])
    return addition.text


def entries(template: str) -> list[str]:
    """Five entries of one form, the newest first."""
    names = ("RyeNet", "CrustBERT", "Doughformer", "BunGPT", "LoafLM")
    return [
        template.format(
            name=name,
            title=f"Baking Number {number} with Great Care",
            month=9 - number,
            link=LINK.format(f"24{9 - number:02d}.0000{number}"),
        )
        for number, name in enumerate(names)
    ]


@pytest.mark.parametrize(
    ("template", "line"),
    [
        (
            "* [**Arxiv, 2024.{month}**] **{name}**: {title}. {link}",
            "* [**Arxiv, 2024.10**] Named Crumb Recognition Benchmark. "
            "[paper](https://arxiv.org/abs/2410.05046)",
        ),
        (
            "* **{name}**: {title}. 2024. {link}",
            "* Named Crumb Recognition Benchmark. 2024. [paper](https://arxiv.org/abs/2410.05046)",
        ),
        (
            "- {name}: {title} ({link})",
            "- Named Crumb Recognition Benchmark ([paper](https://arxiv.org/abs/2410.05046))",
        ),
    ],
)
def test_without_a_short_name_its_separator_goes_too(template: str, line: str) -> None:
    assert added(entries(template)) == line


def test_preprints_keep_their_month_where_journals_have_only_years() -> None:
    lines = entries("* [**arXiv, 2024.0{month}**] **{name}**: {title}. {link}")
    lines[2:2] = [
        "* [**Crumb Letters, 2024**] **Bagel**: Rings of Dough. [paper](https://bread.example/a)",
        "* [**Flour Today, 2024**] **Pita**: Pockets of Air. [paper](https://bread.example/b)",
        "* [**Oven Notes, 2024**] **Naan**: Walls of Clay. [paper](https://bread.example/c)",
    ]
    assert added(lines).startswith("* [**arXiv, 2024.10**] ")


def test_whether_months_are_padded_is_asked_of_the_whole_list() -> None:
    text = (
        "# Rye\n\n* [**arXiv, 2023.06**] Crumbs of Old Loaves. [paper](https://bread.example/a)\n"
        "\n# Wheat\n\n* [**arXiv, 2023.11**] Rising Slowly at Night. "
        "[paper](https://bread.example/b)\n"
    )
    listed = ReadingList.parse({"README.md": text})
    january = replace(PAPER, published=date(2024, 1, 5))
    _, [addition] = listed.insert_all([(("Wheat",), january)])
    assert addition.text.startswith("* [**arXiv, 2024.01**] ")


@pytest.mark.parametrize("blanks", [" ", "  ", "\t"])
@pytest.mark.parametrize(
    "template",
    ["- **{title}** {link}", "{link} {title}\n", "1. **{title}**.\n\n   {link}"],
)
def test_an_added_entry_ends_without_the_blanks_of_its_neighbours(
    template: str, blanks: str
) -> None:
    lines = [re.sub(r"\n|$", blanks + r"\g<0>", line, count=1) for line in entries(template)]
    line = added(lines)
    assert line == re.sub(r"[ \t]+$", "", line, flags=re.MULTILINE)
    assert PAPER.title in line


def test_an_added_row_ends_at_its_last_bar() -> None:
    head = ["| Title | Link |", "| --- | --- |"]
    assert added(head + [f"{line} " for line in entries("| {title} | {link} |")]).endswith(") |")


def test_blanks_that_break_the_lines_of_one_paragraph_stay() -> None:
    lines = [
        f"[Baking Number {n} with Great Care](https://arxiv.org/abs/2401.0000{n})  "
        for n in range(4)
    ]
    assert added(lines).endswith(")  ")


@pytest.mark.parametrize("sign", [" -", ":", " |", ",", " —", " –", " ·", "<br>"])
def test_a_sign_before_an_unknown_end_goes_too(sign: str) -> None:
    lines = [
        f"- [Baking Number {n} with Great Care](https://arxiv.org/abs/2401.0000{n}){sign} "
        f"{words} from the oven of a friend, told at some length"
        for n, words in enumerate(("Crusts", "A loaf", "Old news", "Some rye", "Much flour"))
    ]
    assert added(lines) == f"- [{PAPER.title}](https://arxiv.org/abs/2410.05046)"


def test_a_sign_entries_end_with_stays() -> None:
    assert added(entries("- **{title}**: {link};")).endswith(");")


@pytest.mark.parametrize("end", ["<br>\n", "<br/>", "\n  ", "  \n  "])
def test_a_line_that_only_names_unknown_authors_is_left_out(end: str) -> None:
    people = ("Ada Rye, Bo Wheat", "Cy Spelt, Di Oats, Ed Barley", "Flo Millet, Gus Bran")
    lines = [
        f"- **Baking Number {n} with Great Care**{end}*{names}*{end}"
        f"[paper](https://arxiv.org/abs/2401.0000{n})"
        for n, names in enumerate(people)
    ]
    line = f"- **{PAPER.title}**{end}[paper](https://arxiv.org/abs/2410.05046)"
    assert added(lines) == line


def test_authors_are_never_those_of_the_entry_beside() -> None:
    lines = [
        f"- **Baking Number {n} with Great Care**  \n  {name}  \n"
        f"  [paper](https://arxiv.org/abs/2401.0000{n})"
        for n, name in enumerate(("Ada Rye", "Bo Wheat et al.", "A. Spelt and D. Oats"))
    ]
    text = added(lines)
    assert not re.search("Rye|Wheat|Spelt|Oats", text)
    assert len(text.splitlines()) == 2


@pytest.mark.parametrize(("sign", "month"), [("'", 2), ("’", 11), (" ", 10), ("-", 1)])
def test_year_and_month_of_an_identifier_are_those_of_the_paper_itself(
    sign: str, month: int
) -> None:
    lines = [
        f"- Baking Number {n} with Great Care (**arXiv{sign}{number}**) {LINK.format(link)}"
        for n, (number, link) in enumerate(
            [("2410", "2410.00001"), ("2401", "2401.00002"), ("2311", "2311.00003")]
        )
    ]
    paper = replace(PAPER, published=date(2025, month, 7))
    assert f" (**arXiv{sign}25{month:02d}**) [paper](" in added(lines, paper)


def test_digits_that_are_no_date_are_not_copied() -> None:
    lines = entries("- {title} (**arXiv'9{month}77**) {link}")
    assert f"{PAPER.title} (**arXiv**) [paper](" in added(lines)


@pytest.mark.parametrize("behind", ["*", "* ", ".* "])
def test_a_line_with_links_behind_unknown_authors_stays(behind: str) -> None:
    lines = [
        f"1. **Baking Number {n} with Great Care**\n   *{names}{behind}"
        f"[paper](https://arxiv.org/abs/2401.0000{n})"
        for n, names in enumerate(("Ada Rye, Bo Wheat", "Cy Spelt, Di Oats", "Flo Ek, Gus Bran"))
    ]
    line = f"1. **{PAPER.title}**\n   [paper](https://arxiv.org/abs/2410.05046)"
    assert re.sub(r"^\d", "1", added(lines)) == line


DAYS = [
    f"- [Baking Number {number} with Care](https://arxiv.org/abs/2409.0000{number}). Sep {number}, 2024"
    for number in range(9, 3, -1)
]


@pytest.mark.parametrize(
    ("published", "updated", "written"),
    [
        (date(2024, 10, 7), None, "Oct 7, 2024"),
        (date(2024, 10, 1), date(2024, 10, 1), "Oct 1, 2024"),
        (date(2024, 10, 1), None, "Oct 2024"),
        (date(2024, 1, 1), None, "2024"),
    ],
)
def test_no_day_is_invented_for_a_paper_of_which_the_month_is_known(
    published: date, updated: date | None, written: str
) -> None:
    paper = replace(PAPER, published=published, updated=updated)
    assert added(DAYS, paper).endswith(f"(https://arxiv.org/abs/2410.05046). {written}")


def test_an_arxiv_identifier_tells_the_month_also_in_january() -> None:
    lines = entries("* [**Arxiv, 2024.{month}**] **{name}**: {title}. {link}")
    new_year = replace(
        PAPER, identifiers=(Identifier("arxiv", "2401.05046"),), published=date(2024, 1, 1)
    )
    assert added(lines, new_year).startswith("* [**Arxiv, 2024.1**] ")


@pytest.mark.parametrize(("opened", "closed"), [("`", "`"), ("**", "**"), ("[", "]"), ("(", ")")])
def test_a_date_whose_venue_is_missing_stands_close_in_its_marks(opened: str, closed: str) -> None:
    lines = [
        f"- {opened}{venue} 2023{closed} Baking Number {n} with Great Care"
        f" [[paper]](https://doi.org/10.1234/loaf.{n})"
        for n, venue in enumerate(("NeurIPS", "ICML", "ACL"))
    ]
    line = f"- {opened}2024{closed} Named Crumb Recognition Benchmark"
    assert added(lines) == f"{line} [[paper]](https://arxiv.org/abs/2410.05046)"
