"""A paper that has appeared is written with its venue as the list writes venues."""

from __future__ import annotations

from datetime import date

import pytest

from tests.tracker.reading_list.test_missing_parts import added
from tracker.identifiers import Identifier
from tracker.paper import Paper


def paper(venue: str) -> Paper:
    return Paper(
        title="Crumb Statistics",
        identifiers=(Identifier("arxiv", "2310.05046"),),
        published=date(2023, 10, 7),
        venue=venue,
    )


def listed(*venues: str) -> list[str]:
    return [
        f"- [Loaf number {n}](https://arxiv.org/abs/2401.0000{n}), {venue}"
        for n, venue in enumerate(venues)
    ]


@pytest.mark.parametrize(
    ("venues", "said", "end"),
    [
        (
            ("ACL 2024", "EMNLP 2024", "Nat. Med. 2024"),
            "Annual Meeting of the Association for Computational Linguistics",
            "ACL 2023",
        ),
        (("ACL 2024", "EMNLP 2024", "ICML 2024"), "Findings of EMNLP 2024", "EMNLP Findings 2024"),
        (("ACL 2024", "EMNLP 2024", "NeurIPS'2024"), "Bread Science 3, 4-9 (2024)",
         "Bread Science 2024"),
        (("ACL 2024", "The ACL 2023", "The ACL 2022"), "ACL", "The ACL 2023"),
    ],
)  # fmt: skip
def test_a_venue_is_written_in_short(venues: tuple[str, ...], said: str, end: str) -> None:
    assert added(listed(*venues), paper(said)).endswith(f"), {end}")


def test_where_only_years_stand_it_is_the_year_of_publication() -> None:
    lines = [
        f"- Loaf number {n}. [paper](https://arxiv.org/abs/2401.0000{n}) ({2024 - n})"
        for n in range(4)
    ]
    assert added(lines, paper("ACL 2024")).endswith("(2024)")
    assert added(lines, paper("")).endswith("(2023)")
