"""Tables of contents in every form lists have: what they misname and leave out is found."""

from __future__ import annotations

import pytest

from tracker.reading_list import ReadingList
from tracker.reading_list.lint import Finding, apply_fixes, lint

TOPICS = ("Surveys", "Hoes & Rakes", "Watering", "Pruning")
SECTIONS = "".join(
    f"## {topic}\n"
    + "".join(
        f"* [**Arxiv, 2024.{month}**] {topic} in Month {month} of the Gardening Year."
        f" [paper](https://arxiv.org/abs/240{month}.0000{number})\n"
        for month in (3, 2)
    )
    + "\n"
    for number, topic in enumerate(TOPICS, 1)
)
HTML = (
    "<{list}>\n"
    '  <li><a href="#surveys">Surveys</a>\n'
    '    <ul>\n      <li><a href="#hoes--rakes"><b>Hoes &amp; Raks</b></a></li>\n    </ul></li>\n'
    '  <li><a href="#pruning">Pruning</a></li>\n'
    "</{list}>\n"
)
MARKDOWN = "- [Surveys](#surveys)\n  - [Hoes & Raks](#hoes--rakes)\n- [Pruning](#pruning)\n"
FORMS = {
    "a heading": "## Contents\n" + HTML.format(list="ul"),
    "a heading in HTML": "<h2>Table of Contents</h2>\n" + HTML.format(list="ol"),
    "details": (
        "<details>\n<summary>Table of Contents</summary>\n"
        + HTML.format(list="ol")
        + "</details>\n"
    ),
    "details around Markdown": (
        "<details open>\n<summary><b>📖 Contents</b></summary>\n\n" + MARKDOWN + "\n</details>\n"
    ),
    "a bold line": "**Contents**\n\n" + MARKDOWN,
    "a paragraph in HTML": "<p><b>Contents</b></p>\n" + HTML.format(list="ul"),
    "no title": HTML.format(list="ul"),
    "no title, in Markdown": MARKDOWN,
}
form = pytest.mark.parametrize("contents", FORMS.values(), ids=FORMS.keys())


def findings(contents: str, sections: str = SECTIONS) -> tuple[str, list[Finding]]:
    """A list that opens with these contents, and what the audit finds in it."""
    text = f"# Gardening robots\n\n{contents}\n{sections}"
    return text, list(lint(ReadingList.parse({"README.md": text})))


@form
def test_a_misspelt_line_and_a_section_left_out_are_found(contents: str) -> None:
    text, found = findings(contents)
    lines = text.splitlines()
    assert [(finding.rule, lines[finding.line - 1].strip()[-24:]) for finding in found] == [
        ("contents-misnamed", next(x.strip()[-24:] for x in lines if "Raks" in x)),
        ("contents-missing", "## Watering"),
    ]


@form
def test_what_is_put_right_is_written_as_the_contents_are(contents: str) -> None:
    text, found = findings(contents)
    after = apply_fixes({"README.md": text}, found)["README.md"]
    assert "Raks" not in after
    assert ("Hoes &amp; Rakes</" in after) == ("<li>" in contents)
    assert after.count("\n") == text.count("\n")
    wanted = '<li><a href="#watering">Watering</a></li>' if "<li>" in contents else "[Watering](#"
    assert wanted in found[-1].fix


@form
def test_nothing_is_wrong_with_sound_contents(contents: str) -> None:
    whole = SECTIONS.replace("## Watering\n", "")
    assert findings(contents.replace("Raks", "Rakes"), whole)[1] == []


def test_the_anchor_of_a_line_to_add_is_the_one_github_gives() -> None:
    _, found = findings(MARKDOWN.replace("Raks", "Rakes"), SECTIONS.replace("Watering", "Rain 🌧"))
    assert "[Rain 🌧](#rain-)" in found[-1].fix


@pytest.mark.parametrize(
    "opening",
    [
        "Begin with [what to read](#surveys), [the tools](#hoes--rakes), [the rest](#pruning).\n",
        "- [What to read first](#surveys)\n- [Tools](#hoes--rakes)\n",
        "- [Start here](#surveys)\n- [All tools](#hoes--rakes)\n- [For winter](#pruning)\n",
        "- [Surveys](#surveys)\n- [Add a paper](#pruning)\n- [Read on](#watering)\n",
        "**The contents of this list are what four gardeners read**\n\n[First](#surveys), [last](#pruning)\n",
        "<details><summary>Contents</summary>\n\n</details>\n\n[First](#surveys), [last](#pruning)\n",
        '<p><a href="#surveys">First</a> | <a href="#watering">Wet</a> | <a href="#pruning">Last</a></p>\n',
    ],
)
def test_pointers_are_no_table_of_contents(opening: str) -> None:
    assert findings(opening)[1] == []
