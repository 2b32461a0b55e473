"""What holds for every list and every paper, however odd: nothing else of the file changes."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from pathlib import Path as FilePath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tracker.identifiers import Identifier
from tracker.paper import Paper
from tracker.reading_list import Addition, Document, ReadingList, read_text, write_text
from tracker.reading_list.escape import flatten
from tracker.reading_list.lines import split_lines
from tracker.taxonomy import Path

FILE = "README.md"

BULLETS = """\
# Papers about bread

## Rye
* [**ICLR, 2024**] **RyeNet**: Networks That Rise Overnight. [paper](https://arxiv.org/abs/2405.00001)
* [**Arxiv, 2023.5**] **CrustBERT**: Crust Prediction without Labels. [paper](https://arxiv.org/abs/2305.00002) [code](https://github.com/invented/crust)
* [**Arxiv, 2022.1**] Sourdough Is All You Want. [paper](https://arxiv.org/abs/2201.00003)

## Wheat
* [**Arxiv, 2023.7**] **Loafer**: Loaves as Language. [paper](https://arxiv.org/abs/2307.00004)

Some closing words.
"""
NUMBERED = """\
## Cakes
1. **Layered Cakes, Layered Networks**
   *Ada Invented, Bo Fictional.* [[paper]](https://arxiv.org/abs/2401.00005) 2024.01

2. **Icing on Large Models**
   *Cy Nobody.* [[paper]](https://arxiv.org/abs/2312.00006) 2023.12
"""
TABLE = """\
# Tools

| Title | Venue | Date | Code |
|:------|:-----:|:----:|:----:|
| [**Whisking with Agents**](https://arxiv.org/abs/2403.00007) | arXiv | 2024-03 | [Github](https://github.com/invented/whisk) |
| [**Kneading, Revisited**](https://arxiv.org/abs/2311.00008) | arXiv | 2023-11 | - |
"""
PARAGRAPHS = """\
### Pies

**A Pie in the Sky: Planning with Pastry**<br>
*Di Unreal, Ed Imagined*<br>
[2nd Aug., 2023] [arXiv, 2023]<br>
[[Paper](https://arxiv.org/abs/2308.00009)]<br>


**Crusts under Pressure**<br>
*Flo Pretend*<br>
[1st May, 2023] [arXiv, 2023]<br>
[[Paper](https://arxiv.org/abs/2305.00010)]<br>
"""
HTML_ROWS = """\
## Ovens

<table>
<tr><th>Paper</th><th>Venue</th><th>Date</th></tr>
<tr><td><a href="https://arxiv.org/abs/2403.00011">Heat, Explained</a></td><td>arXiv</td><td>2024-03</td></tr>
<tr>
  <td><a href="https://arxiv.org/abs/2311.00012">Crumbs at Scale</a></td>
  <td>arXiv</td>
  <td>2023-11</td>
</tr>
</table>

Some closing words.
"""
HEADINGS = """\
# Breads

## Rolls

### [Rolls That Roll Overnight](https://arxiv.org/abs/2402.00013)
*Gil Invented, Hy Fictional*, arXiv 2024

They roll while you sleep.

### [Buns under Uncertainty](https://arxiv.org/abs/2302.00014)
*Ike Nobody*, arXiv 2023

## Other
"""
NESTED = """\
# Doughs
- Yeast
  - [Bubbles in Latent Space](https://arxiv.org/abs/2404.00015), arXiv 2024.04
  - [Foam of Thought](https://arxiv.org/abs/2304.00016), arXiv 2023.04
- Salt
  - [Grains at Inference Time](https://arxiv.org/abs/2303.00017), arXiv 2023.03
"""
SHAPES = (BULLETS, NUMBERED, TABLE, PARAGRAPHS, HTML_ROWS, HEADINGS, NESTED)

PIECES = st.sampled_from(
    ["# ", "## A\n", "* ", "- ", "1. ", "\n", "\n\n", "\r\n", "\r", "\t", "  ", "    ", "|", "| a | b |\n",
     "|---|---|\n", "**", "*", "_", "`", "```\n", "[", "]", "(", ")", "](", "<", ">", "<br>", "<details>",
     "<summary>x</summary>", "</details>", "<!--", "-->", "<table><tr><td>", "</tr>", "https://arxiv.org/abs/2401.00001",
     "[paper](https://arxiv.org/abs/2402.00002)", "Loaves as Language", "Ada Invented et al.", "2024.5",
     "\\", "$x_1$", "\u2028", "\x0c", "\x00", "\udc80", "面包", "🍞", "=====\n", "-----\n", ": ", "&amp;"]
)  # fmt: skip
TEXTS = st.one_of(
    st.lists(PIECES, max_size=60).map("".join),
    st.text(max_size=200),
    st.builds(lambda a, b, c: a + b + c, st.sampled_from(SHAPES), st.text(max_size=80), st.sampled_from(SHAPES)),
)  # fmt: skip
SIGNS = st.sampled_from(
    [*"[]()*_`|\\<>#!~&$^{}\"'-+=:;,.", "](", "[x](y)", "![", "**", "__", "``", "<br>", "<b>", "</td>",
     "<!--", "-->", "&lt;", "&#42;", "http://", "https://x.org/", "www.", "\n", "\r\n", "\t", "\x00", "\u202e",
     "\u2028", "1. ", "- ", "# ", "> ", "| ", "$x^2$", "$\\alpha_1|$", "\\(", "标题", "🍞", "é", " ", " word ",
     "Bread", "@someone", "#1", "Loaves"]
)  # fmt: skip
ODD = st.one_of(st.lists(SIGNS, max_size=8).map("".join), st.text(max_size=30))
TITLES = st.builds(
    lambda a, words, b: a + words + b,
    ODD,
    st.sampled_from([" Loaves ", " Bread of the Week "]),
    ODD,
)


def parse(text: str) -> ReadingList:
    """A list of one file."""
    return ReadingList.parse({FILE: text})


def paper(title: str = "Bread Winners: A Study", number: int = 99) -> Paper:
    """A preprint of June 2024."""
    return Paper(
        title=title,
        identifiers=(Identifier("arxiv", f"2406.{number:05d}"),),
        authors=("Gus Madeup", "Hal Notreal"),
        published=date(2024, 6, 3),
    )


def insert(text: str, section: Path, *papers: Paper) -> tuple[str, list[Addition]]:
    """The text with papers added, and the additions."""
    changed, additions = parse(text).insert_all([(section, each) for each in papers])
    return changed.files[FILE], additions


@given(TEXTS)
def test_what_is_parsed_is_given_back_as_it_was(text: str) -> None:
    assert Document.parse(text).text == text
    assert "".join(split_lines(text)) == text
    assert parse(text).files == {FILE: text}


@given(TEXTS)
def test_entries_are_lines_of_the_file_in_order(text: str) -> None:
    document = Document.parse(text)
    for entry in document.entries:
        assert "".join(document.lines[entry.start : entry.end]) == entry.text
        assert entry.section in document.taxonomy
        assert entry.title or entry.kind in ("table row", "html row")
    starts = [entry.start for entry in document.entries]
    assert starts == sorted(starts)


@given(st.binary(max_size=200))
def test_files_keep_their_bytes(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "list.md"
    file.write_bytes(data)
    write_text(file, Document.parse(read_text(file)).text)
    assert FilePath(file).read_bytes() == data


@settings(max_examples=60)
@given(TEXTS, st.data())
def test_an_insertion_changes_no_other_line(text: str, data: st.DataObject) -> None:
    before = parse(text)
    if not len(before.taxonomy) or re.search(r"\r(?!\n)", text):
        return
    section = data.draw(st.sampled_from([section.path for section in before.taxonomy]))
    after, (addition,) = insert(text, section, paper())
    old, new = split_lines(text), split_lines(after)
    added = split_lines(addition.text + "\n")
    assert [line.rstrip("\r\n") for line in new[addition.line - 1 :][: len(added)]] == [
        line.rstrip("\r\n") for line in added
    ]
    if counted(text):
        return
    kept = [*new[: addition.line - 1], *new[addition.line - 1 + len(added) :]]
    assert _without_blanks(kept) == _without_blanks(old)


def _without_blanks(lines: list[str]) -> list[str]:
    return [line.rstrip("\r\n") for line in lines if line.strip()]


def counted(text: str) -> bool:
    """Whether a text has numbered lines, which an insertion may count on."""
    return re.search(r"^\s*\d+[.)]", text, re.MULTILINE) is not None


@pytest.mark.parametrize("text", SHAPES)
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("final", [True, False])
def test_an_insertion_only_adds_lines_and_removing_it_is_identity(
    text: str, ending: str, final: bool
) -> None:
    text = (text if final else text.rstrip("\n")).replace("\n", ending)
    reading_list = parse(text)
    for section in reading_list.by_section:
        changed, (addition,) = reading_list.insert_all([(section, paper())])
        assert len(changed.entries) == len(reading_list.entries) + 1
        added = next(e for e in changed.entries if e.start == addition.line - 1)
        assert added.section == section
        assert added.text.rstrip("\r\n") == addition.text
        assert changed.remove(added).files[FILE] == text


@pytest.mark.parametrize("text", SHAPES)
def test_several_papers_at_once_are_the_same_as_one_by_one(text: str) -> None:
    section = next(iter(parse(text).by_section))
    papers = [paper(f"Bread Winners {number}: A Study", number) for number in (1, 2, 3)]
    together, additions = insert(text, section, *papers)
    assert len(additions) == 3
    for addition, each in zip(additions, papers, strict=True):
        lines = [line.rstrip("\r\n") for line in split_lines(together)]
        assert (
            addition.text.split("\n") == lines[addition.line - 1 :][: addition.text.count("\n") + 1]
        )
        assert each.title.partition(":")[0] in addition.text
    assert len(parse(together).entries) == len(parse(text).entries) + 3


_RENDERER = MarkdownIt("commonmark").enable("table")


def shown(text: str) -> str:
    """What a CommonMark renderer shows of a document, as plain text."""
    words = []
    for token in _RENDERER.parse(text):
        if token.type == "html_block":
            words.append(unescape(re.sub(r"<[^>]*>", "", token.content)))
        words += [
            " " if child.type in ("softbreak", "html_inline") else child.content
            for child in token.children or []
        ]
    return " ".join("".join(words).split())


def visible(title: str) -> str:
    """A title as a reader should see it: its own characters, white space as single blanks."""
    return flatten(title)


@settings(max_examples=150)
@given(st.sampled_from(SHAPES), TITLES)
def test_any_title_stays_one_entry_and_renders_as_itself(text: str, title: str) -> None:
    if not re.search(r"\w", visible(title)):
        return
    before = parse(text)
    section = next(iter(before.by_section))
    after, (addition,) = insert(text, section, paper(title))
    changed = parse(after)
    assert len(changed.entries) == len(before.entries) + 1
    assert [s.path for s in changed.taxonomy] == [s.path for s in before.taxonomy]
    entry = next(e for e in changed.entries if e.start == addition.line - 1)
    assert entry.text.rstrip("\r\n") == addition.text
    assert [link.url for link in entry.links if "2406" in link.url]
    head, colon, rest = visible(title).partition(":")
    for part in (head, rest) if colon else (head,):
        assert part.strip() in shown(after)


@given(st.sampled_from(SHAPES), st.lists(TITLES, min_size=2, max_size=4, unique=True))
@settings(max_examples=40)
def test_hostile_titles_beside_each_other_stay_apart(text: str, titles: list[str]) -> None:
    wordy = [t for t in titles if re.search(r"\w", visible(t))]
    section = next(iter(parse(text).by_section))
    papers = [paper(title, number) for number, title in enumerate(wordy, 1)]
    after, _ = insert(text, section, *papers)
    links = {link.url for entry in parse(after).entries for link in entry.links}
    assert len(parse(after).entries) == len(parse(text).entries) + len(papers)
    for each in papers:
        assert any(f"{each.identifier('arxiv')}" in url for url in links)
