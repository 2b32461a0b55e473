"""Adding entries: in the section's style, at its place, and nothing else changed."""

from __future__ import annotations

import difflib
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from tracker.errors import InputError
from tracker.identifiers import Identifier
from tracker.paper import Link, Paper
from tracker.reading_list import ReadingList

BULLETS = """\
# List
## Agents
* [**Arxiv, 2024.9**] **Zebra**: Striped Agents for Wards. [paper](https://arxiv.org/abs/2409.01234) [code](https://github.com/x/zebra)
* [**ACL, 2024.2**] **Gnu**: Herds of Helpful Agents. [paper](https://arxiv.org/abs/2402.01234)
* [**Arxiv, 2023.11**] **Okapi**: Shy Agents in the Woods. [paper](https://arxiv.org/abs/2311.01234)
* [**Arxiv, 2023.4**] **Lynx**: Agents with Sharp Ears. [paper](https://arxiv.org/abs/2304.01234)
## Empty
## Later
"""
NUMBERED = """\
# List

## Data

1. **First Facts of the Matter**. *Ada Example et al*. arXiv 2021. [[Paper](https://arxiv.org/abs/2101.00001)]
2. **Second Facts of the Matter**. *Bo Sample et al*. arXiv 2022. [[Paper](https://arxiv.org/abs/2201.00001)]
3. **Third Facts of the Matter**. *Cy Pattern et al*. arXiv 2024. [[Paper](https://arxiv.org/abs/2401.00001)]
"""
TABLE = """\
# List

| Title | Venue | Date | Code |
|:--|:--:|:--:|--|
| [**Rows of Knowledge**](https://arxiv.org/abs/2312.00007) | arXiv | 2023-12 | [Github](https://github.com/x/rows) |
| [**Columns of Doubt**](https://arxiv.org/abs/2306.00007) | arXiv | 2023-06 |  |
| [**Cells of Another Kind**](https://arxiv.org/abs/2301.00007) | arXiv | 2023-01 |  |
"""
AGENTS = ("List", "Agents")


def paper(
    title: str = "Quagga: Agents Long Gone", number: str = "2403.04321", **other: object
) -> Paper:
    year, month = 2000 + int(number[:2]), int(number[2:4])
    return Paper(
        title=title,
        identifiers=(Identifier("arxiv", number),),
        authors=("Dee Instance", "Ed Case", "Flo Specimen"),
        published=date(year, month, 15),
        **other,  # type: ignore[arg-type]
    )


def parse(text: str) -> ReadingList:
    return ReadingList.parse({"README.md": text})


def added_lines(before: str, after: str) -> list[str]:
    """The lines added, after checking that nothing else was changed."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    diff = [d for d in difflib.ndiff(old, new) if d[0] in "+-"]
    assert all(line.startswith("+ ") for line in diff)
    return [line[2:] for line in diff]


def test_a_bullet_in_style_and_order() -> None:
    changed, [addition] = parse(BULLETS).insert_all([(AGENTS, paper())])
    line = "* [**Arxiv, 2024.3**] **Quagga**: Agents Long Gone. [paper](https://arxiv.org/abs/2403.04321)"
    assert added_lines(BULLETS, changed.files["README.md"]) == [line + "\n"]
    assert (addition.line, addition.text) == (4, line)
    assert changed.files["README.md"].splitlines()[addition.line - 1] == line


def test_code_is_labelled_as_the_list_labels_it() -> None:
    code = Link("code", "https://github.com/x/quagga")
    _, [addition] = parse(BULLETS).insert_all([(AGENTS, paper(links=(code,)))])
    assert addition.text.endswith(" [code](https://github.com/x/quagga)")


def test_a_published_paper_says_where() -> None:
    _, [addition] = parse(BULLETS).insert_all([(AGENTS, paper(venue="Journal of Wards"))])
    assert addition.text.startswith("* [**Journal of Wards, 2024.3**]")


def test_several_at_once_stand_where_their_additions_say() -> None:
    papers = [paper(number="2304.00001"), paper(number="2412.00001"), paper(number="2403.00001")]
    changed, additions = parse(BULLETS).insert_all([(AGENTS, each) for each in papers])
    lines = changed.files["README.md"].splitlines()
    assert [lines[a.line - 1] for a in additions] == [a.text for a in additions]
    assert [a.line for a in additions] == [8, 3, 5]
    dates = [e.published for e in changed.entries if e.section == AGENTS]
    assert dates == sorted(dates, reverse=True, key=lambda d: d.key if d else ())


def test_numbers_count_on() -> None:
    changed, [addition] = parse(NUMBERED).insert_all(
        [(("List", "Data"), paper(number="2301.00001"))]
    )
    assert addition.text.startswith(
        "3. **Quagga: Agents Long Gone**. *Dee Instance et al*. arXiv 2023."
    )
    entries = changed.files["README.md"].splitlines()[4:]
    assert [line.split(".")[0] for line in entries] == ["1", "2", "3", "4"]


def test_ones_stay_ones() -> None:
    text = NUMBERED.replace("2. **", "1. **").replace("3. **", "1. **")
    changed, _ = parse(text).insert_all([(("List", "Data"), paper(number="2301.00001"))])
    assert len(added_lines(text, changed.files["README.md"])) == 1


def test_a_row_of_the_table() -> None:
    changed, [addition] = parse(TABLE).insert_all(
        [(("List",), paper("A|B in [Cells]", "2307.01111"))]
    )
    assert addition.line == 6
    assert [e.title for e in changed.entries][1] == "A|B in [Cells]"
    assert addition.text.count("|") - addition.text.count("\\|") == 5


def test_the_first_entry_of_an_empty_section() -> None:
    changed, [addition] = parse(BULLETS).insert_all([(("List", "Empty"), paper())])
    assert addition.text.startswith("* [**Arxiv, 2024.3**] **Quagga**: Agents Long Gone.")
    assert [e.section for e in changed.entries][-1] == ("List", "Empty")
    added_lines(BULLETS, changed.files["README.md"])


def test_a_section_that_is_not_there() -> None:
    with pytest.raises(InputError, match="no such section"):
        parse(BULLETS).insert_all([(("List", "Nowhere"), paper())])


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings_and_a_missing_last_one_are_kept(ending: str) -> None:
    text = BULLETS.split("## Empty", maxsplit=1)[0].replace("\n", ending).removesuffix(ending)
    changed, [addition] = parse(text).insert_all([(AGENTS, paper(number="2201.00001"))])
    after = changed.files["README.md"]
    assert after == text + ending + addition.text


def test_several_files_are_one_list() -> None:
    files = {"a.md": BULLETS, "b.md": NUMBERED}
    both = ReadingList.parse(files)
    changed, additions = both.insert_all([(("List", "Data"), paper()), (AGENTS, paper())])
    assert [a.file for a in additions] == ["b.md", "a.md"]
    assert len(changed.entries) == len(both.entries) + 2


def test_styles_are_described() -> None:
    style = parse(BULLETS).style(AGENTS)
    assert style.order.name == "newest first"
    assert style.describe() == (
        'bullet "* [**Venue, Year.Month**] **Short**: Title. [paper](…)", newest first'
    )


TITLES = st.text(
    alphabet=st.sampled_from("abc XYZ  *_`[]()<>|\\!#&;:~$\"'{}^-+=.1\n\r\t\u202e\u200b漢é@/"),
    min_size=1,
    max_size=40,
).filter(lambda title: sum(c.isalpha() for c in title) >= 3)


@settings(max_examples=60, deadline=None)
@given(TITLES, st.sampled_from([(BULLETS, AGENTS), (NUMBERED, ("List", "Data"))]))
def test_a_hostile_title_stays_one_entry_and_literal(
    title: str, where: tuple[str, tuple[str, ...]]
) -> None:
    text, section = where
    reading_list = parse(text)
    changed, [addition] = reading_list.insert_all([(section, paper("Words about " + title))])
    assert len(changed.entries) == len(reading_list.entries) + 1
    shown = "".join(
        token.content
        for block in MarkdownIt("commonmark").parse(addition.text)
        for token in block.children or []
    )
    flat = "".join(c for c in title if c not in "\u202e\u200b")
    words = "".join(("Words about " + flat).split()).rstrip(".")
    assert words in "".join(shown.split())


@settings(max_examples=60, deadline=None)
@given(
    TITLES,
    st.sampled_from(["2012.00001", "2305.00001", "2402.05555", "2601.00001"]),
    st.sampled_from([(BULLETS, AGENTS), (TABLE, ("List",)), (BULLETS, ("List", "Empty"))]),
)
def test_inserting_then_removing_is_identity(
    title: str, number: str, where: tuple[str, tuple[str, ...]]
) -> None:
    text, section = where
    changed, [addition] = parse(text).insert_all([(section, paper("Words about " + title, number))])
    after = changed.files["README.md"]
    added_lines(text, after)
    [entry] = [e for e in changed.entries if e.start == addition.line - 1]
    assert changed.remove(entry).files["README.md"] == text


def test_a_short_section_is_ordered_as_the_list_usually_is() -> None:
    def lines(*months: str) -> str:
        return "".join(
            f"- [Baking in {month}](https://arxiv.org/abs/{month.replace('.', '')}.00001), {month}\n"
            for month in months
        )

    long = [f"## Part {part}\n" + lines("24.09", "24.07", "24.05", "24.03") for part in (1, 2)]
    text = (
        "".join(long).replace(", 24.", ", 2024.")
        + "## Short\n- [Crumbs](https://arxiv.org/abs/2401.00002), 2024.01\n"
    )
    changed, (addition,) = parse(text).insert_all([(("Short",), paper())])
    assert addition.line == text.count("\n")
    assert changed.entries[-1].title == "Crumbs"


LINKED = "- [{title}](https://arxiv.org/abs/24{n:02d}.00001)"
SPELLED = "- {title}. {names}. [paper](https://arxiv.org/abs/24{n:02d}.00001)"


@pytest.mark.parametrize(
    ("forms", "follows"),
    [
        ("LLLLSSSS", SPELLED),
        ("SSSSLLLL", LINKED),
        ("LSLSLSLS", SPELLED),
        ("SLSLSLSL", LINKED),
        ("LLSSSSLL", LINKED),
        ("LLLLLSSS", LINKED),
        ("SSSLLLLL", LINKED),
        ("LLLSSSSS", SPELLED),
        ("SSSSSLLL", SPELLED),
    ],
)
@pytest.mark.parametrize("alone", [0, 2])
def test_of_two_styles_in_a_section_one_is_followed_whole(
    forms: str, follows: str, alone: int
) -> None:
    lines = []
    for n, form in enumerate(forms, 1):
        known = forms[:n].count("S") > alone
        names = "Ada Real, Bo Fictional" if known else "Ada Real"
        title = f"{'AZMQ'[n % 4]}gents of Number {n} in the Woods"
        lines.append((LINKED if form == "L" else SPELLED).format(title=title, names=names, n=n))
    reading_list = parse("# List\n\n" + "\n".join(lines) + "\n")
    _, [addition] = reading_list.insert_all([(("List",), paper(number="2412.00001"))])
    names = "Dee Instance, Ed Case, Flo Specimen"
    assert addition.text == follows.format(title="Quagga: Agents Long Gone", names=names, n=12)


@pytest.mark.parametrize(
    "entry",
    [
        "- **{}**, Ada Real, Bo Fictional, *BuzzConf* {}. [[paper]](https://arxiv.org/abs/{}.00001)",
        "**{}**<br>\n*Ada Real, Bo Fictional*<br>\n[BuzzConf, {}]<br>\n"
        "[[Paper](https://arxiv.org/abs/{}.00001)]<br>\n",
        "| {} | Ada Real, Bo Fictional | {} | [paper](https://arxiv.org/abs/{}.00001) |",
    ],
)
def test_what_an_empty_section_got_first_is_no_pattern_for_the_next(entry: str) -> None:
    heads = "| Title | Authors | Date | Paper |\n|---|---|---|---|\n" if entry[0] == "|" else ""
    entries = [entry.format(f"Baking in {year}", year, f"{year % 100}01") for year in (2024, 2023)]
    reading_list = parse(f"# List\n\n## Full\n\n{heads}" + "\n".join(entries) + "\n\n## Empty\n")
    empty = ("List", "Empty")
    unknown = replace(paper("Kudu: Agents Far Away", "2401.04321"), authors=())
    _, (_, addition) = reading_list.insert_all([(empty, unknown), (empty, paper())])
    _, (alone,) = reading_list.insert_all([(empty, paper())])
    assert addition.text == alone.text.rpartition("|---|\n")[2]
    assert "Dee Instance" in addition.text
