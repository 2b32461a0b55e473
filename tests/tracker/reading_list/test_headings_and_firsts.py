"""Entries that begin with a heading, and the first entry of a section without any."""

from __future__ import annotations

from datetime import date

import pytest

from tracker.identifiers import Identifier
from tracker.paper import Paper
from tracker.reading_list import Document, ReadingList

HEADINGS = """\
# Bread

## Rye

### [Loaves That Rise Overnight](https://arxiv.org/abs/2405.00007)
*Ada Real, Bo Fictional*, arXiv 2024

It rises while you sleep. [code](https://github.com/invented/rye)

### [Crusts That Never Burn](https://arxiv.org/abs/2305.00001)
*Cy Nobody, Di Wrong*, arXiv 2023

It cools while you wake.

## Wheat
"""
BARE_HEADINGS = """\
# Bread
## Rye
### 2024.05 - Loaves That Rise Overnight
[paper](https://arxiv.org/abs/2405.00007) | [code](https://github.com/invented/rye)
### 2023.05 - Crusts That Never Burn
[paper](https://arxiv.org/abs/2305.00001)
### 2022.05 - Crumbs of Another Kind
[paper](https://arxiv.org/abs/2205.00001)
"""
HTML = """\
## Rye

<table>
<thead><tr><th>Paper</th><th>Venue</th><th>Year</th></tr></thead>
<tbody>
<tr><td><a href="https://arxiv.org/abs/2405.00001">Loaves That Rise</a></td><td>arXiv</td><td>2024</td></tr>
<tr><td><a href="https://arxiv.org/abs/2305.00001">Crusts That Burn</a></td><td>arXiv</td><td>2023</td></tr>
</tbody>
</table>

## Wheat

## Oats
"""


def insert(text: str, *section: str) -> tuple[str, str, ReadingList]:
    """The file with a paper of June 2024 added, the text added, and the list of them."""
    paper = Paper(
        title="Steam: A Survey",
        identifiers=(Identifier("arxiv", "2406.00099"),),
        authors=("Gus Madeup", "Hal Notreal"),
        published=date(2024, 6, 3),
    )
    changed, (addition,) = ReadingList.parse({"R.md": text}).insert_all([(section, paper)])
    return changed.files["R.md"], addition.text, changed


def test_what_stands_below_a_linked_heading_is_part_of_its_entry() -> None:
    rise, burn = Document.parse(HEADINGS).entries
    assert (rise.kind, rise.authors, rise.venue) == (
        "heading",
        ("Ada Real", "Bo Fictional"),
        "arXiv",
    )
    assert [link.role for link in rise.links] == ["paper", "code"]
    assert burn.text.endswith("It cools while you wake.\n")


def test_a_new_heading_stands_behind_all_that_belongs_to_another() -> None:
    text, added, changed = insert(HEADINGS, "Bread", "Rye")
    assert added == (
        "### [Steam: A Survey](https://arxiv.org/abs/2406.00099)\n"
        "*Gus Madeup, Hal Notreal*, arXiv 2024"
    )
    assert f"wake.\n\n{added}\n\n## Wheat" in text
    assert changed.remove(changed.entries[-1]).files["R.md"] == HEADINGS


def test_headings_without_a_link_are_titles_where_their_papers_stand_below() -> None:
    assert [entry.title for entry in Document.parse(BARE_HEADINGS).entries] == [
        "Loaves That Rise Overnight",
        "Crusts That Never Burn",
        "Crumbs of Another Kind",
    ]
    text, added, _ = insert(BARE_HEADINGS, "Bread", "Rye")
    assert added == "### 2024.06 - Steam: A Survey\n[paper](https://arxiv.org/abs/2406.00099)"
    assert text.index(added) < text.index("### 2024.05")


def test_a_linked_heading_above_entries_is_a_section() -> None:
    text = "# Bread\n## [A Survey of Rye](https://arxiv.org/abs/2401.00001)\n" + "".join(
        f"- [Baking Number {n} with Care](https://arxiv.org/abs/2402.0000{n})\n" for n in range(3)
    )
    document = Document.parse(text)
    assert len(document.entries) == 3
    assert document.entries[0].section == ("Bread", "A Survey of Rye")


def test_a_first_row_of_html_gets_a_table_of_its_own() -> None:
    text, added, changed = insert(HTML, "Wheat")
    assert added.startswith("<table>\n<thead>")
    assert added.endswith("</tbody>\n</table>")
    assert len(changed.entries) == 3
    assert changed.entries[-1].section == ("Wheat",)
    assert "</table>\n\n## Oats" in text


def test_a_first_row_fits_the_table_that_waits_for_it() -> None:
    waiting = "## Wheat\n\n| Year | Title | Links |\n|---|---|---|\n\n## Oats\n"
    text, added, changed = insert(HTML.partition("## Wheat")[0] + waiting, "Wheat")
    assert added == "| 2024 | Steam: A Survey | [paper](https://arxiv.org/abs/2406.00099) |"
    assert f"|---|---|---|\n{added}\n\n## Oats" in text
    assert changed.entries[-1].columns == ("Year", "Title", "Links")


@pytest.mark.parametrize(
    "behind",
    [
        "<details>\n<summary>Older breads</summary>\n\n- [A Loaf of Old](https://arxiv.org/abs/2001.00001)\n\n</details>\n",
        "---\n",
        '<p align="right">(<a href="#bread">back to top</a>)</p>\n',
        "[back to top](#bread)\n",
    ],
)
def test_a_first_entry_stands_before_what_ends_a_section(behind: str) -> None:
    entry = "- [Loaves That Rise Overnight](https://arxiv.org/abs/2405.00007)\n"
    text, added, _ = insert(f"# Bread\n\n## Rye\n\n{entry}\n## Wheat\n\n{behind}", "Bread", "Wheat")
    assert f"## Wheat\n\n{added}\n\n{behind}" in text


@pytest.mark.parametrize("blank", ["", "\n"])
def test_a_first_entry_is_set_off_from_its_heading_as_others_are(blank: str) -> None:
    entry = "- [Loaves That Rise Overnight](https://arxiv.org/abs/2405.00007)\n"
    text, added, _ = insert(f"## Rye\n{blank}{entry}## Wheat\n", "Wheat")
    assert text.endswith(f"## Wheat\n{blank}{added}\n")
