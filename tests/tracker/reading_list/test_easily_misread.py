"""Lines in which one thing is easily taken for another."""

from __future__ import annotations

import pytest

from tracker.reading_list import Entry, ReadingList

LINK = "[link](https://arxiv.org/abs/2301.00001)"


def read(line: str) -> Entry:
    [entry] = ReadingList.parse({"R.md": f"## Breads\n\n- {line} {LINK}\n"}).entries
    return entry


@pytest.mark.parametrize(
    ("words", "authors", "venue"),
    [
        ("Ada Real", ("Ada Real",), ""),
        ("Weiping Clements", ("Weiping Clements",), ""),
        ("Ovens Team", ("Ovens Team",), ""),
        ("Scientific Reports", (), "Scientific Reports"),
        ("Applied Sciences", (), "Applied Sciences"),
        ("Medical Image Analysis", (), "Medical Image Analysis"),
        ("Pattern Recognition Letters", (), "Pattern Recognition Letters"),
        ("Must Read", (), ""),
        ("Best Paper Award", (), ""),
        ("Under Review", (), ""),
        ("Spotlight Talk", (), ""),
    ],
)
def test_a_few_words_in_italics(words: str, authors: tuple[str, ...], venue: str) -> None:
    entry = read(f"**Bread in Large Ovens.** *{words}*, 2024.")
    assert (entry.title, entry.authors, entry.venue) == ("Bread in Large Ovens", authors, venue)


@pytest.mark.parametrize(
    ("line", "title", "authors"),
    [
        ("Real et al. (2023). Dough: Open Models. *arXiv*.", "Dough: Open Models", ("Real",)),
        ("**Bread in Ovens** — Cy Third and Di Fourth (ACL, 2024)", "", ("Cy Third", "Di Fourth")),
        ("**Bread in Ovens** — Cy Third et al. (ACL, 2024)", "", ("Cy Third",)),
        ("**Rob**: Large Ovens and Deep Bread.", "Large Ovens and Deep Bread", ()),
        ("Who Is It? Telling Bread from Cake. Real et al. ACL 2023", "", ("Real",)),
        ("**Bread of W Ovens** :star:", "Bread of W Ovens", ()),
        ("Telling the Meaning of 😂", "Telling the Meaning of 😂", ()),
        ("Foretelling the Loaves in 2020", "Foretelling the Loaves in 2020", ()),
        ("Loaves of Many Kinds 2020", "Loaves of Many Kinds", ()),
        ("面包在烤箱中的应用等问题研究", "面包在烤箱中的应用等问题研究", ()),
        ("「面包模型综述」王小明 等，2023", "面包模型综述", ("王小明",)),
    ],
)
def test_where_a_title_begins_and_ends(line: str, title: str, authors: tuple[str, ...]) -> None:
    entry = read(line)
    whole = "Bread in Ovens" if line.startswith("**B") else "Who Is It? Telling Bread from Cake"
    assert (entry.title, entry.authors) == (title or whole, authors)


def test_a_row_in_chinese_that_ends_in_and_so_on_is_no_row_of_authors() -> None:
    entry = read("**面包**: 该项目包含面包的训练、测评、部署等以促进面包快速发展。")
    assert entry.authors == ()
