"""Dates that cannot be: found in every form the reader understands, and nothing else is."""

from __future__ import annotations

from datetime import date

import pytest

from tracker.reading_list import ReadingList
from tracker.reading_list.lint import lint

TODAY = date(2026, 4, 1)
NEIGHBOURS = "".join(
    f"* [**Arxiv, 2024.{n}**] Machines That Garden in Month {n}. [paper](https://a.org/p/{n})\n"
    for n in (3, 2, 1)
)
SHAPES = (
    "* [**Arxiv, {}**] **Rob**: Weeds and Why They Win. [paper](https://a.org/p/9)",
    "* [{}] [Weeds and Why They Win](https://a.org/p/9)",
    "* `{}` **Weeds and Why They Win** [paper](https://a.org/p/9)",
    "* [Weeds and Why They Win](https://a.org/p/9), A. Gardener, *Journal of Hoes*, {}",
    "* Weeds and Why They Win ({}). [paper](https://a.org/p/9)",
)


def impossible(entry: str, today: date | None = TODAY) -> list[str]:
    """What is wrong with the dates of the fourth entry of a list; its line is checked."""
    text = f"# List\n\n## Robots\n{NEIGHBOURS}{entry}\n"
    found = lint(ReadingList.parse({"README.md": text}), today=today)
    wrong = [finding for finding in found if finding.rule == "impossible-date"]
    assert {finding.line for finding in wrong} <= {7}
    return [finding.sentence for finding in wrong]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("2024-13", "there is no month 13"),
        ("2024/13", "there is no month 13"),
        ("2024.13", "there is no month 13"),
        ("2024.00", "there is no month 0"),
        ("2024年13月", "there is no month 13"),
        ("13/2024", "there is no month 13"),
        ("2024-02-31", "February 2024 has no day 31"),
        ("2023.02.29", "February 2023 has no day 29"),
        ("2024-06-45", "June 2024 has no day 45"),
        ("31 Nov 2024", "November 2024 has no day 31"),
        ("Feb 30, 2024", "February 2024 has no day 30"),
        ("1999.13", "there is no month 13"),
        ("2023/15", "there is no month 15"),
        ("1824-02-03", "it is before 1900"),
        ("Feb 1824", "it is before 1900"),
    ],
)
def test_a_date_that_no_calendar_has_is_found(shape: str, written: str, reason: str) -> None:
    assert impossible(shape.format(written)) == [f"The date {written!r} cannot be: {reason}."]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(
    "written",
    [
        # No year that a paper could be of.
        *("1203.4 stars", "1500.50 USD", "1024.15 tokens", "1280.5", "2048.50", "1203.4.1"),
        *("pp. 1234-12", "1824-02", "LNCS 1234/01", "1234-56-78"),
        # What stands beside it says what it counts or names.
        *("$2012.50", "2012.50 USD", "2013.25 tokens", "2015.50%", "LNCS 2016/13", "pp. 1999-14"),
        *("ISSN 1945-00", "ISSN: 2049-3630", "vol. 2021/14", "version 2023.15", "1999-00"),
    ],
)
def test_a_figure_is_no_date(shape: str, written: str) -> None:
    assert impossible(shape.format(written)) == []


@pytest.mark.parametrize("written", ["2031-12", "2031.12", "Dec 2031", "2031-12-24", "2031"])
def test_a_date_that_has_not_come_is_found_where_the_day_is_known(written: str) -> None:
    entry = f"* [{written}] [Weeds and Why They Win](https://a.org/p/9)"
    [sentence] = impossible(entry)
    assert sentence == (
        f"The date {written!r} cannot be: it is in the future (today is 2026-04-01)."
    )
    assert impossible(entry, today=None) == []


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("Journal of Hoes, 2026.9", False),
        ("Journal of Hoes, 2026.11", True),
        ("ICRA 2027", False),
        ("ICRA 2028", True),
        ("Arxiv, 2026.4", False),
        ("Arxiv, 2026.5", True),
        ("Arxiv, 2027", True),
    ],
)
def test_what_is_accepted_is_dated_ahead_and_preprints_are_not(written: str, found: bool) -> None:
    entry = f"* [**{written}**] Weeds and Why They Win. [paper](https://a.org/p/9)"
    assert bool(impossible(entry)) is found


@pytest.mark.parametrize("edge", ["| ", ""])
def test_dates_in_cells_of_a_table_are_found_and_figures_are_none(edge: str) -> None:
    rows = (
        "Title | Stars | Date | Price (USD)",
        "---|---|---|---",
        "[Weeds and Why They Win](https://a.org/p/8) | 2013.25 | 2024-12 | 1280.5",
        "[Hoes and How to Hold Them](https://a.org/p/9) | 1500.15 | 2024-13 | 2013.50",
    )
    text = "".join(f"{edge}{row}\n" for row in ("## Robots", *rows)).removeprefix(edge)
    found = lint(ReadingList.parse({"README.md": text}), today=TODAY)
    wrong = [finding for finding in found if finding.rule == "impossible-date"]
    assert [(finding.line, finding.sentence) for finding in wrong] == [
        (5, "The date '2024-13' cannot be: there is no month 13.")
    ]


@pytest.mark.parametrize(
    "entry",
    [
        "* [Weeds in 1824-02 and 2024-13](https://a.org/p/2024-13) `2024-12`",
        "* [Weeds and Why They Win](https://a.org/2024.13), season 2021-22, pages 1824-31, 2024/25",
        "* [Weeds and Why They Win](https://a.org/p/9), ICRA 2024. 13 pages.",
        "* [Weeds and Why They Win](https://a.org/p/9), version 1.2024.13, CVE-2024-13",
        "* [Weeds and Why They Win](https://a.org/p/9), 2024 <img src='badge/2024-13.svg'>",
        "* [Weeds and Why They Win](https://a.org/p/9), ICRA'98",
        "* [A Calculus of Weeds](https://a.org/p/9), 1854",
    ],
)
def test_what_only_looks_like_a_date_is_none(entry: str) -> None:
    assert impossible(entry) == []
