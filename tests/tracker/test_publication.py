"""Where a preprint was published, in the words of the sources."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.identifiers import Identifier
from tracker.paper import Paper
from tracker.publication import Publication, is_preprint, publication_of, short_venue


@pytest.mark.parametrize(
    ("said", "short"),
    [
        ("Nature 620, 172-180 (2023)", "Nature"),
        ("npj Digit. Med. 6, 210 (2023)", "npj Digit. Med."),
        ("Journal of Loaves, Volume 144, 2023, 104458", "Journal of Loaves"),
        ("Bakery Letters, vol. 11, pp. 1234-1245, 2023", "Bakery Letters"),
        ("JMIR Med Inform 2024;12:e53787", "JMIR Med Inform"),
        ("Annual Meeting of the Association for Computational Linguistics", "ACL"),
        ("Proceedings of the 62nd Annual Meeting of the ACL (2024)", "ACL"),
        (
            "Findings of the Association for Computational Linguistics: EMNLP 2023",
            "EMNLP Findings",
        ),
        ("Neural Information Processing Systems", "NeurIPS"),
        ("ICLR 2024 Workshop on Dough", "ICLR Workshop"),
        ("Accepted by AAAI 2024", "AAAI"),
        ("In Proceedings of the Conference on Bread, 2024", "Conference on Bread"),
        ("2023 International Symposium on Ovens (ISO)", "International Symposium on Ovens (ISO)"),
        ("Transactions on Machine Learning Research", "TMLR"),
        ("Nature Medicine", "Nature Medicine"),
        ("arXiv preprint arXiv:2305.12345", ""),
        ("medRxiv", ""),
        ("Under review", ""),
        ("", ""),
    ],
)
def test_a_venue_in_short(said: str, short: str) -> None:
    assert short_venue(said) == short
    assert is_preprint(said) == (short == "")


@given(st.text(max_size=60))
def test_a_short_venue_is_one_line_and_stays_as_it_is(said: str) -> None:
    short = short_venue(said)
    assert "\n" not in short
    assert short == short.strip()
    assert is_preprint(said) <= (short == "")


PREPRINT = Paper(
    title="Bread",
    identifiers=(Identifier("arxiv", "2305.00001"),),
    published=date(2023, 5, 1),
)


def published(**changes: object) -> Paper:
    given_: dict[str, object] = {"title": "Bread", "venue": "Journal of Bread"}
    return Paper(**{**given_, **changes})  # type: ignore[arg-type]


def test_a_preprint_has_no_publication() -> None:
    assert publication_of([PREPRINT]) is None
    assert publication_of([published(venue="arXiv.org"), PREPRINT]) is None
    assert publication_of([]) is None


@pytest.mark.parametrize(
    ("paper", "found"),
    [
        (published(venue="Bread 3, 4 (2024)"), Publication("Bread", 2024)),
        # A date may be the preprint's: only a later year tells anything.
        (published(published=date(2023, 8, 1)), Publication("Journal of Bread")),
        (published(published=date(2024, 2, 1)), Publication("Journal of Bread", 2024)),
        (
            published(venue="ACL", identifiers=(Identifier("acl", "2024.acl-long.5"),)),
            Publication("ACL", 2024, "https://aclanthology.org/2024.acl-long.5/"),
        ),
        (
            published(identifiers=(Identifier("doi", "10.1000/bread"),)),
            Publication("Journal of Bread", None, "https://doi.org/10.1000/bread"),
        ),
        (
            published(identifiers=(Identifier("doi", "10.1101/2023.01.01.1"),)),
            Publication("Journal of Bread"),
        ),
    ],
)
def test_venue_year_and_address(paper: Paper, found: Publication) -> None:
    assert publication_of([PREPRINT, paper]) == found
