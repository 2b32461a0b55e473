"""What stands on a list and is no entry: its authors' own paper, links to its own sections."""

from __future__ import annotations

import pytest

from tracker.reading_list import Document, ReadingList

ENTRIES = "".join(
    f"- **Baking Number {number} with Care** [paper](https://arxiv.org/abs/2401.0000{number})\n"
    for number in range(6)
)
SURVEY = "[A Survey of Sourdough: Past and Promise](https://arxiv.org/abs/2311.00001)"


@pytest.mark.parametrize(
    "banner",
    [
        f"> {SURVEY}",
        f"**{SURVEY}**<br>*Ada Real, Bo Fictional*",
        f"Our survey paper on arXiv: {SURVEY}",
        f"The papers are ordered as in our survey {SURVEY}.",
        "**[Read our survey paper here](https://arxiv.org/abs/2311.00001)**",
    ],
)
def test_the_paper_a_list_belongs_to_is_no_entry(banner: str) -> None:
    text = f"# Breads\n\n{banner}\n\n## Rye\n{ENTRIES}"
    assert len(Document.parse(text).entries) == 6


@pytest.mark.parametrize(
    "sentence",
    [
        f"We keep this list for readers of our survey: {SURVEY}.",
        "**[Read our survey paper here](https://arxiv.org/abs/2311.00001)**",
    ],
)
def test_nor_is_it_within_an_introduction(sentence: str) -> None:
    text = f"# Breads\n\n## Overview\n{sentence}\n\n## Rye\n{ENTRIES}"
    assert len(Document.parse(text).entries) == 6


def test_a_survey_filed_under_surveys_is_an_entry() -> None:
    text = f"# Breads\n\n## Surveys\n- {SURVEY}\n\n## Rye\n{ENTRIES}"
    assert len(Document.parse(text).entries) == 7


def test_a_list_of_paragraphs_keeps_them_all() -> None:
    text = f"# Breads\n\n{SURVEY}\n\n[Loaves That Rise](https://arxiv.org/abs/2311.00002)\n"
    assert len(Document.parse(text).entries) == 2


@pytest.mark.parametrize(
    "link",
    [
        "#rye",
        "https://github.com/ada/breads#rye",
        "https://github.com/ada/breads/blob/main/R.md#rye",
    ],
)
def test_links_to_sections_are_no_entries(link: str) -> None:
    text = f"# Breads\n\n## Overview\n- [Rye and its many relatives]({link})\n\n## Rye\n{ENTRIES}"
    assert len(Document.parse(text).entries) == 6


def test_a_project_has_its_name_for_a_title_and_its_description_for_a_note() -> None:
    text = (
        "## Tools\n- [Kneadr](https://github.com/a/kneadr) - Kneads dough for you. Runs anywhere.\n"
    )
    (entry,) = Document.parse(text).entries
    assert entry.title == "Kneadr"
    assert entry.notes == "Kneads dough for you. Runs anywhere."


HTML = """# Breads

<ul><li><a href="https://arxiv.org/abs/2311.00009">Loaves before the first section</a></li></ul>

## Rye

- [Baking with care](https://arxiv.org/abs/2401.00001)
  <ul><li><a href="https://arxiv.org/abs/2401.00001">the same, within an entry</a></li></ul>

<ul>
<li><a href="#rye">Rye</a></li>
<LI class="x"><a href="https://arxiv.org/abs/2311.00001">Loaves That Rise</a>, 2023</LI>

<li><a href="https://doi.org/10.1000/182">Loaves That Fall</a>
</ul>

<table><tr><td><ul><li><a href="https://arxiv.org/abs/2311.00003">In a Row</a></ul></td></tr></table>

## Acknowledgement

<ul><li><a href="https://arxiv.org/abs/2311.00004">A paper we thank for</a></li></ul>
"""


def test_items_of_html_lists_are_told_by_section_and_not_read() -> None:
    document = Document.parse(HTML, file="L.md", skip_sections=["Acknowledgement"])
    assert [(u.line, u.items, u.reason) for u in document.unread] == [
        (3, 1, "1 item of an HTML list (<li>) in section Breads"),
        (12, 2, "2 items of an HTML list (<li>) in section Breads › Rye"),
    ]
    assert [entry.title for entry in document.entries] == ["Baking with care", "In a Row"]


OWN = "- [Ovens and Fire]({})\n- [Yeast, Dough and Time]({})\n"


@pytest.mark.parametrize(
    "index",
    [
        OWN.format("docs/ovens.md", "docs/yeast.md"),
        OWN.format("./docs/ovens.md#baking", "/docs/yeast.md?plain=1"),
        OWN.format(*(f"https://github.com/a/b/blob/main/docs/{n}.md" for n in ("ovens", "yeast"))),
        OWN.replace("- ", "1. ").format("docs/ovens.md", "docs/yeast.md"),
        "- Everything\n  - [Ovens and Fire](docs/ovens.md)\n  - [Yeast](docs/yeast.md): 12 papers\n",
        "| Topic | Papers |\n|--|--|\n| [Ovens and Fire](docs/ovens.md) | 12 |\n",
    ],
)
@pytest.mark.parametrize("heading", ["", "## Topics\n\n", "## Papers\n\nAll of them:\n\n"])
def test_an_index_of_the_lists_own_files_is_no_section(index: str, heading: str) -> None:
    files = {"README.md": f"# Bread\n\n{heading}{index}"}
    files |= {f"docs/{name}.md": f"# {name}\n\n{ENTRIES}" for name in ("ovens", "yeast")}
    reading_list = ReadingList.parse(files)
    assert {entry.file for entry in reading_list.entries} == {"docs/ovens.md", "docs/yeast.md"}
    assert [section.path for section in reading_list.taxonomy] == [("ovens",), ("yeast",)]


def test_sections_beside_an_index_stay_and_so_do_pages_that_are_not_the_lists() -> None:
    surveys = f"# Bread\n\n## Topics\n\n- [Yeast and Dough](yeast.md)\n\n## Surveys\n\n{ENTRIES}"
    notes = "- [Notes on Yeast and Dough](notes/yeast.md)\n"
    files = {"docs/a.md": surveys, "docs/yeast.md": f"# Yeast\n\n{ENTRIES}{notes}"}
    paths = [section.path for section in ReadingList.parse(files).taxonomy]
    assert paths == [("Bread",), ("Bread", "Surveys"), ("Yeast",)]
    assert "Notes on Yeast and Dough" in {e.title for e in ReadingList.parse(files).entries}
