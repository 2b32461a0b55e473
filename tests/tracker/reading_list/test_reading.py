"""What one line states: title, authors, venue and date, however a list writes them."""

from __future__ import annotations

import pytest

from tracker.reading_list import Document, Entry, PartialDate

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


@pytest.mark.parametrize("label", [":page_facing_up:", "📄", ":scroll:", ":+1: :memo: pdf"])
def test_an_emoji_is_a_label_also_when_it_is_written_by_its_name(label: str) -> None:
    found = entry(f"- Loaves that Rise [{label}](https://arxiv.org/abs/2305.08300)")
    assert (found.title, found.short_name) == ("Loaves that Rise", "")
    assert [(link.role, link.label) for link in found.facts.links] == [("paper", label)]


def test_emoji_around_a_title_are_not_part_of_it() -> None:
    assert entry(f"- :fire: Loaves that Rise Overnight :star: {LINK}").title == (
        "Loaves that Rise Overnight"
    )


@pytest.mark.parametrize(
    ("line", "title", "authors"),
    [
        ("Loaves that Rise. Real et al. 2023.", "Loaves that Rise", ("Real",)),
        ("Deep Rye Bread, Real et al., 2023", "Deep Rye Bread", ("Real",)),
        ("Loaves that Rise (Real et al., 2023)", "Loaves that Rise", ("Real",)),
        ("RYE (Real et al., 2023)", "RYE", ("Real",)),
        ("RyeBERT, Real et al., 2023", "RyeBERT", ("Real",)),
        ("Rye Bread (Ada Real, Bo Fictional et al., 2023)", "Rye Bread",
         ("Ada Real", "Bo Fictional")),
        ("Is Bread Alive? Real et al. ICML 2023.", "Is Bread Alive?", ("Real",)),
        ("Is Bread Alive? A Study of Loaves. Real et al. 2023",
         "Is Bread Alive? A Study of Loaves", ("Real",)),
        ("Rye vs. Oat. Real et al. 2023", "Rye vs. Oat", ("Real",)),
        ("Oven No. 5 in St. John. Real et al. 2023", "Oven No. 5 in St. John", ("Real",)),
        ("Loaves - A Survey. Real et al. 2023", "Loaves - A Survey", ("Real",)),
        ("Loaves (and Butter). Real et al. 2023", "Loaves (and Butter)", ("Real",)),
        ("Rye-4. Real et al. 2023", "Rye-4", ("Real",)),
        ("How Loaves that Nobody Watches Still Come to Rise in Ovens, Real et al., 2023",
         "How Loaves that Nobody Watches Still Come to Rise in Ovens", ("Real",)),
    ],
)  # fmt: skip
@pytest.mark.parametrize("link", [LINK, f"[{LINK}]"])
def test_a_title_without_marks_ends_before_somebody_et_al(
    line: str, title: str, authors: tuple[str, ...], link: str
) -> None:
    found = entry(f"- {line} {link}")
    assert (found.title, found.authors, found.facts.et_al) == (title, authors, True)
    assert found.published is not None
    assert found.published.year == 2023


def test_a_question_ends_before_its_authors() -> None:
    found = entry(f"- Can Ovens Bake? Ada Real, Bo Fictional. ACL 2024 {LINK}")
    assert (found.title, found.authors) == ("Can Ovens Bake?", ("Ada Real", "Bo Fictional"))
    assert found.venue == "ACL"


@pytest.mark.parametrize("names", ["Ada Real, Bo Fictional et al.", "A. Real, B. Fictional et al."])
def test_names_alone_are_no_title(names: str) -> None:
    document = Document.parse(f"# Bread\n\n- {names} {LINK}\n")
    assert not document.entries
    assert len(document.unread) == 1


@pytest.mark.parametrize(
    ("date", "month", "day"),
    [("2024-12", 12, None), ("2024.12.03", 12, 3), ("Dec 2024", 12, None), ("`2024-12`", 12, None)],
)
@pytest.mark.parametrize("title", ["Rye Bread", "Loaves that Rise Overnight in May"])
def test_a_line_begins_with_a_date_with_or_without_marks(
    title: str, date: str, month: int, day: int | None
) -> None:
    found = entry(f"- {date} {title} [📄](https://arxiv.org/abs/2305.08300)")
    assert (found.title, found.published) == (title, PartialDate(2024, month, day))


@pytest.mark.parametrize("behind", [". 2024.", ", 2024.", " (2024)", " - 2024-05", " [2024]"])
def test_a_short_title_may_stand_before_its_year(behind: str) -> None:
    found = entry(f"- Rye Bread{behind} [[pdf](https://arxiv.org/abs/2305.08300)]")
    assert (found.title, found.venue) == ("Rye Bread", "")
    assert found.published is not None
    assert found.published.year == 2024


def test_a_title_may_begin_with_a_year() -> None:
    assert entry(f"- 2024 Ways to Bake Bread {LINK}").title == "2024 Ways to Bake Bread"
