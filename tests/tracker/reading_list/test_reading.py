"""What one line states: title, authors, venue and date, however a list writes them."""

from __future__ import annotations

import pytest

from tracker.reading_list import Document, Entry

LINK = "[paper](https://arxiv.org/abs/2305.08300)"


def entry(line: str) -> Entry:
    """The only entry of a list of one line."""
    (found,) = Document.parse(f"# Bread\n\n{line}\n").entries
    return found


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ('"No Crumb Unseen": Reading Loaves', '"No Crumb Unseen": Reading Loaves'),
        ('**""Teach Me to Knead": Ovens as Pupils"**', '"Teach Me to Knead": Ovens as Pupils'),
        ('**"CRUST: Loaves for "Rye" Minds of Today."**', 'CRUST: Loaves for "Rye" Minds of Today'),
        ('**Do Ovens Know "What They Bake Today"?**', 'Do Ovens Know "What They Bake Today"?'),
        ('"A Loaf of One Kind" and "A Loaf of Two"', '"A Loaf of One Kind" and "A Loaf of Two"'),
        ("**“Loaves That Rise Overnight.”**", "Loaves That Rise Overnight"),
        ('RyeNet: **"Loaves That Rise Overnight"**.', "Loaves That Rise Overnight"),
        ('"Loaves That Rise Overnight", 2023.', "Loaves That Rise Overnight"),
    ],
)
def test_quotation_marks_around_a_title_and_within_it(written: str, title: str) -> None:
    assert entry(f"- {written} {LINK}").title == title


@pytest.mark.parametrize(
    "line",
    [
        "- **Loaves That Rise Overnight**. Ada Real, Bo Fictional. arXiv 2023. {link}",
        "- **Loaves That Rise Overnight**, Ada Real, Bo Fictional, arXiv 2023. {link}",
        "- Ada Real, Bo Fictional. **Loaves That Rise Overnight**. arXiv, 2023. {link}",
        "- Ada Real and Bo Fictional. Loaves That Rise Overnight. arXiv, 2023. [{link}]",
        '- Ada Real, Bo Fictional, "Loaves That Rise Overnight", arXiv 2023. {link}',
        "- Loaves That Rise Overnight | Ada Real; Bo Fictional | arXiv 2023 | {link}",
        "- [Loaves That Rise Overnight](https://arxiv.org/abs/1) - _Ada Real, Bo Fictional_, arXiv 2023",
    ],
)
def test_a_citation_in_a_row(line: str) -> None:
    found = entry(line.format(link=LINK))
    assert found.title == "Loaves That Rise Overnight"
    assert found.authors == ("Ada Real", "Bo Fictional")
    assert found.venue == "arXiv"
    assert found.published is not None
    assert found.published.year == 2023


def test_what_stands_behind_a_title_is_not_part_of_it() -> None:
    found = entry("- Loaves That Rise Overnight, 2023/05 [Paper] https://arxiv.org/abs/2305.08300")
    assert found.title == "Loaves That Rise Overnight"
    assert found.published is not None
    assert found.published.month == 5


def test_a_name_before_a_dash_is_short_for_the_title_behind() -> None:
    titled = entry(f"- **RyeNet** - Loaves That Rise Overnight with Patience. {LINK}")
    assert (titled.short_name, titled.title) == (
        "RyeNet",
        "Loaves That Rise Overnight with Patience",
    )


@pytest.mark.parametrize(
    ("link", "role"),
    [
        ("[link](https://github.com/invented/rye)", "code"),
        ("[link](https://arxiv.org/abs/2305.08300)", "paper"),
        ("[website](https://github.com/invented/rye)", "project"),
        ("[here](https://huggingface.co/datasets/invented/rye)", "data"),
    ],
)
def test_a_label_that_says_nothing_leaves_the_word_to_the_address(link: str, role: str) -> None:
    assert entry(f"- **Loaves That Rise Overnight** {link}").links[0].role == role
