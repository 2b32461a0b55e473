"""Parsing: what is an entry, what it states, and that no byte is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.identifiers import Identifier
from tracker.reading_list import Document, Entry, PartialDate, ReadingList, read_text, write_text

LIST = """\
# A list of invented papers

[![badge](https://img.shields.io/badge/x)](https://example.org)

## Table of Contents
- [Agents](#agents)
- [Data](#data)

## News
- [2024/05] We added [a survey](https://arxiv.org/abs/2401.00001)!

## Agents
Some words about agents and [their survey](https://arxiv.org/abs/2401.00002).

* [**Arxiv, 2024.9**] **Zebra**: Striped Agents for Wards. [paper](https://arxiv.org/abs/2409.01234) [code](https://github.com/x/zebra)
* [**ACL, 2023**] Plain Agents in Clinics. [paper](https://aclanthology.org/2023.acl-long.1/)

<!--
* [**Arxiv, 2020**] A Paper Nobody Wants to See. [paper](https://arxiv.org/abs/2001.00001)
-->

### Tables

| Title | Venue | Date | Code |
|:--|:--:|:--:|--|
| [**Rows of Knowledge in Tables**](https://arxiv.org/pdf/2312.00007.pdf) | EMNLP | 2023-12 | [Github](https://github.com/x/rows) |

## Data

1. **Numbered Facts about Datasets**
   *Ada Example, Bo Sample* [[paper]](https://arxiv.org/abs/2305.00009) 2023.5
"""


@pytest.fixture(scope="module")
def document() -> Document:
    return Document.parse(LIST)


def entry(document: Document, words: str) -> Entry:
    return next(e for e in document.entries if words in e.title)


def test_entries_and_nothing_else(document: Document) -> None:
    assert [e.title for e in document.entries] == [
        "Striped Agents for Wards",
        "Plain Agents in Clinics",
        "Rows of Knowledge in Tables",
        "Numbered Facts about Datasets",
    ]
    assert document.unread == ()


def test_sections_are_a_tree_without_navigation_and_news(document: Document) -> None:
    root = "A list of invented papers"
    paths = [section.path for section in document.taxonomy]
    assert paths == [
        (root,),
        (root, "Agents"),
        (root, "Agents", "Tables"),
        (root, "Data"),
    ]


def test_a_bullet_states_its_facts(document: Document) -> None:
    zebra = entry(document, "Striped")
    assert zebra.kind == "bullet"
    assert zebra.short_name == "Zebra"
    assert zebra.venue == "Arxiv"
    assert zebra.published == PartialDate(2024, 9)
    assert [link.role for link in zebra.links] == ["paper", "code"]
    assert zebra.labels == ("paper", "code")
    assert zebra.identifiers == (Identifier("arxiv", "2409.01234"),)
    paper = zebra.paper()
    assert paper.venue == ""
    assert paper.published is not None
    assert (paper.published.year, paper.published.month) == (2024, 9)


def test_a_row_is_read_by_its_columns(document: Document) -> None:
    row = entry(document, "Rows")
    assert row.kind == "table row"
    assert row.venue == "EMNLP"
    assert row.published == PartialDate(2023, 12)
    assert [link.role for link in row.links] == ["paper", "code"]


def test_an_entry_over_two_lines(document: Document) -> None:
    facts = entry(document, "Numbered")
    assert facts.kind == "numbered"
    assert facts.authors == ("Ada Example", "Bo Sample")
    assert facts.published == PartialDate(2023, 5)
    assert "".join(document.lines[facts.start : facts.end]) == facts.text


def test_skipped_sections_hold_nothing() -> None:
    document = Document.parse(LIST, skip_sections=["🚀 agents!"])
    assert [e.title for e in document.entries] == ["Numbered Facts about Datasets"]


@pytest.mark.parametrize(
    ("text", "kind", "title"),
    [
        (
            "### [Headings that Are Entries Themselves](https://arxiv.org/abs/2301.00001)\n",
            "heading",
            "Headings that Are Entries Themselves",
        ),
        (
            "**A Paragraph with Many Breaks**<br>\n*Ada Example, Bo Sample*<br>\n"
            "[2nd May, 2023] [arXiv, 2023]<br>\n[[Paper](https://arxiv.org/abs/2305.00001)]<br>\n",
            "paragraph",
            "A Paragraph with Many Breaks",
        ),
        (
            "<table><tr><th>Title</th><th>Date</th></tr>\n<tr><td>Cells of Markup and Meaning</td>"
            '<td><a href="https://arxiv.org/abs/2301.00003">Paper</a></td></tr></table>\n',
            "html row",
            "Cells of Markup and Meaning",
        ),
        (
            "<details>\n<summary>Invented journal</summary>\n\n"
            "- **[Folded Away but Present](https://doi.org/10.1000/x1)**<br/>Ada E et al. · "
            "*Invented Journal* · 2024-05-06\n</details>\n",
            "bullet",
            "Folded Away but Present",
        ),
    ],
)
def test_kinds_of_entries(text: str, kind: str, title: str) -> None:
    document = Document.parse("# List\n\n## Papers\n\n" + text)
    assert [(e.kind, e.title) for e in document.entries] == [(kind, title)]


def test_nested_topics_are_sections() -> None:
    text = (
        "# List\n\n- Planning\n  - [Plans That Come Together](https://arxiv.org/abs/2301.00001)\n"
        "- Memory\n  - [Things One Remembers Well](https://arxiv.org/abs/2301.00002)\n"
    )
    sections = [e.section[-1] for e in Document.parse(text).entries]
    assert sections == ["Planning", "Memory"]


@pytest.mark.parametrize(
    "line",
    [
        "[](https://arxiv.org/abs/2301.00001)",
        # A link that says it leads to a paper does, wherever it leads.
        "[PDF](https://bread.example/loaf)",
    ],
)
def test_what_cannot_be_read_is_reported(line: str) -> None:
    document = Document.parse(f"# L\n\n## P\n\n- {line}\n")
    assert document.entries == ()
    assert [(u.line, u.reason) for u in document.unread] == [(5, "no title found beside its links")]


@settings(max_examples=60, deadline=None)
@given(
    st.text(
        alphabet=st.sampled_from("#*-|[]()<>!`_\\ \t\n\r.1a&\"'~:é漢\x0b\u2028\ud800"), max_size=120
    )
)
def test_no_text_is_too_broken(text: str) -> None:
    document = Document.parse(text)
    assert document.text == text
    assert "".join(document.lines) == text
    for found in document.entries:
        assert "".join(document.lines[found.start : found.end]) == found.text


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200))
def test_bytes_survive(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "list.md"
    path.write_bytes(data)
    write_text(path, Document.parse(read_text(path)).text)
    assert path.read_bytes() == data


def test_a_file_without_headings_is_one_section(tmp_path: Path) -> None:
    document = Document.parse(
        "- [A Lonely Paper of Note](https://arxiv.org/abs/2301.00001)\n", file="papers.md"
    )
    assert [section.path for section in document.taxonomy] == [("papers.md",)]
    assert document.entries[0].section == ("papers.md",)


def test_sections_to_skip_that_a_list_does_not_have_are_told() -> None:
    skips = ("Data", "news", "Table of Content", "Sponsors and Friends")
    reading_list = ReadingList.parse({"README.md": LIST}, skip_sections=skips)
    assert reading_list.unknown_skips() == {
        "Table of Content": "Table of Contents",
        "Sponsors and Friends": "",
    }
