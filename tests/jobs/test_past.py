"""Which entries of a list are one paper."""

from __future__ import annotations

import pytest

from jobs.past import held
from tracker.reading_list import ReadingList

SAME, OTHER = "https://arxiv.org/abs/2401.00001", "https://arxiv.org/abs/2401.00002"
DOI, PAGE = "https://doi.org/10.1000/crust", "https://crust.example.org"
LONG = "How Crusts Break in Ovens"


@pytest.mark.parametrize(
    ("title", "links", "papers"),
    [
        (LONG, (SAME, SAME), 1),
        (LONG, (SAME, OTHER), 2),
        (LONG, (SAME, DOI), 1),
        (LONG, (DOI, PAGE), 1),
        (LONG, (SAME, DOI, OTHER), 2),
        ("platform", (DOI, PAGE), 2),
    ],
)
def test_entries_with_one_title_are_one_paper_unless_they_say_otherwise(
    title: str, links: tuple[str, ...], papers: int
) -> None:
    lines = "".join(f"## Section {n}\n\n- [{title}]({link})\n\n" for n, link in enumerate(links))
    entries = list(ReadingList.parse({"README.md": f"# A list\n\n{lines}"}).entries)
    assert len(entries) == len(links)
    assert len(held(entries, [], [None] * len(entries))) == papers
