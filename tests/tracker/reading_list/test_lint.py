"""The audit of a reading list: each rule on a list that breaks it, and on one that does not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.identifiers import Identifier
from tracker.paper import Paper
from tracker.reading_list import ReadingList
from tracker.reading_list.lint import RULES, Finding, apply_fixes, lint

SOUND = """\
# Papers on gardening robots

## Contents
- [🌱 Surveys](#-surveys)
- [Weeding](#weeding)

## 🌱 Surveys
* [**Arxiv, 2024.3**] **Rob**: Machines That Garden. [paper](https://arxiv.org/abs/2403.00001)
* [**Arxiv, 2024.1**] **Green**: What Robots Know. [paper](https://arxiv.org/abs/2401.00002) [code](https://github.com/invented/green)

## Weeding
* [**Arxiv, 2023.9**] **Weedy**: Pulling Weeds with Language Models. [paper](https://arxiv.org/abs/2309.00003)
* [**Arxiv, 2023.2**] **Thistle**: Prickly Plants and Patient Machines. [paper](https://arxiv.org/abs/2302.00004)
"""


def findings(text: str, *records: Paper, rule: str = "") -> list[Finding]:
    """What the audit finds in one file, by one rule if given."""
    found = lint(ReadingList.parse({"README.md": text}), records)
    return [finding for finding in found if rule in ("", finding.rule)]


def lines(text: str, rule: str, *records: Paper) -> list[str]:
    """The lines a rule points at, as they stand in the file."""
    split = text.splitlines()
    return [split[finding.line - 1] for finding in findings(text, *records, rule=rule)]


def fixed(text: str) -> str:
    """The text after the safe edits."""
    return apply_fixes({"README.md": text}, findings(text))["README.md"]


def test_nothing_is_wrong_with_a_sound_list() -> None:
    assert findings(SOUND) == []


def test_every_finding_carries_a_known_rule_a_sentence_and_a_remedy() -> None:
    text = SOUND.replace("#weeding", "#weedings").replace("[paper](https", "[paper]((https")
    found = findings(text)
    assert {finding.rule for finding in found} <= set(RULES)
    for finding in found:
        assert finding.sentence.endswith(".")
        assert finding.fix.endswith(".")


def test_a_link_in_doubled_parentheses_is_found_and_fixed() -> None:
    text = SOUND.replace(
        "(https://arxiv.org/abs/2401.00002)", "((https://arxiv.org/abs/2401.00002))"
    )
    assert lines(text, "malformed-link") == [text.splitlines()[8]]
    assert fixed(text) == SOUND


def test_a_link_that_is_not_closed_is_found_and_fixed() -> None:
    text = SOUND.replace("2403.00001)", "2403.00001")
    assert lines(text, "malformed-link") == [text.splitlines()[7]]
    assert fixed(text) == SOUND


def test_parentheses_that_belong_to_an_address_are_left_alone() -> None:
    text = SOUND.replace("https://arxiv.org/abs/2309.00003", "https://example.org/S12(34)00-1")
    assert findings(text, rule="malformed-link") == []


def test_a_label_parted_from_its_address_is_joined() -> None:
    text = SOUND.replace("[code](", "[[code]] (")
    assert lines(text, "malformed-link") == [text.splitlines()[8]]
    assert fixed(text) == SOUND.replace("[code](", "[[code]](")


def test_a_label_without_an_address_is_found_where_the_list_links_that_label() -> None:
    text = SOUND.replace("[paper](https://arxiv.org/abs/2401.00002)", "[[paper]]")
    assert lines(text, "link-without-address") == [text.splitlines()[8]]
    keyword = SOUND.replace("Know. ", "Know. [dataset] ")
    assert findings(keyword, rule="link-without-address") == []


@pytest.mark.parametrize(("wrong", "right"), [("htps://", "https://"), ("https:/", "https://"),
                                               ("https://https://", "https://")])  # fmt: skip
def test_a_misspelt_scheme_is_put_right(wrong: str, right: str) -> None:
    text = SOUND.replace("](https://github", f"]({wrong}github")
    assert fixed(text) == SOUND.replace("](https://github", f"]({right}github")


@pytest.mark.parametrize(
    ("link", "rule", "right"),
    [
        ('<a href="">Rakes</a>', "link-without-address", ""),
        ("<a class='x'\thref = ' '>Rakes</a>", "link-without-address", ""),
        (
            '<A HREF="htp://x.org/r">Rakes</A>',
            "malformed-link",
            '<A HREF="http://x.org/r">Rakes</A>',
        ),
        ("<a href='https:/x.org/r'>R</a>", "malformed-link", "<a href='https://x.org/r'>R</a>"),
        (
            '<a id="r" href="https://https://x.org/r">R</a>',
            "malformed-link",
            '<a id="r" href="https://x.org/r">R</a>',
        ),
        ('<a href="https://x.org/r">R</a> <a name="">S</a> <a data-href="">T</a>', "", ""),
    ],
)
def test_links_in_html_are_audited_as_those_in_markdown(link: str, rule: str, right: str) -> None:
    text = f"{SOUND}\n{link}\n"
    assert [(f.rule, f.line) for f in findings(text)] == ([(rule, 15)] if rule else [])
    assert fixed(text) == f"{SOUND}\n{right or link}\n"


def test_what_stands_in_comments_and_code_is_no_finding() -> None:
    hidden = (
        "<!-- [paper]((https://arxiv.org/abs/2401.00009)) -->\n```\n[code] (https://x.org)\n```\n"
    )
    assert findings(SOUND + hidden) == []


def test_a_bracket_without_its_partner_is_found() -> None:
    text = SOUND.replace("[**Arxiv, 2023.2**]", "[**Arxiv, 2023.2**")
    assert lines(text, "unbalanced-brackets") == [text.splitlines()[12]]


TABLE = """\
## Tools
| Title | Venue | Code |
|---|---|---|
| [A Rake for Robots](https://arxiv.org/abs/2402.00001) | ICRA | - |
| [Spades, Revisited Again](https://arxiv.org/abs/2402.00002) | ICRA |
| [Hoes \\| and How to Hold Them](https://arxiv.org/abs/2402.00003) | ICRA | - |
| [Sheds in the Wild](https://arxiv.org/abs/2402.00004) | ICRA | - | more |
"""


def test_rows_with_the_wrong_number_of_cells_are_found_and_short_ones_filled() -> None:
    rows = TABLE.splitlines()
    assert lines(TABLE, "table-cells") == [rows[4], rows[6]]
    one = TABLE.replace(" | ICRA |\n", " |\n")
    [first, _] = findings(one, rule="table-cells")
    assert first.sentence == "This row has 1 cell; its table has 3 columns."
    assert fixed(TABLE).splitlines() == [*rows[:4], rows[4] + "  |", *rows[5:]]


def test_the_same_paper_twice_is_told_by_where_it_stands() -> None:
    entry = SOUND.splitlines(keepends=True)[7]
    assert [f.line for f in findings(SOUND + entry, rule="duplicate-across-sections")] == [14]
    twice = SOUND.replace(entry, entry + entry)
    assert [f.line for f in findings(twice, rule="duplicate-in-section")] == [9]
    assert fixed(twice) == SOUND


def test_another_version_of_a_paper_is_told_by_its_title() -> None:
    entry = SOUND.splitlines(keepends=True)[12]
    other = entry.replace("https://arxiv.org/abs/2302.00004", "https://doi.org/10.1000/182")
    assert [f.line for f in findings(SOUND + other, rule="duplicate-version")] == [14]


TWO_TITLES = """# Bread

## Crumb

- [Sourdough starters and the open crumb](https://arxiv.org/abs/2301.00001)
- [{}](https://arxiv.org/abs/2301.00001)
"""


@pytest.mark.parametrize(
    ("title", "rule"),
    [
        ("Yeast cells counted by night", "link-two-titles"),
        ("Sourdough starters and the closed rind", "link-two-titles"),
        ("Sourdough", "duplicate-in-section"),
        ("Sourdough starters and the open crumb of rye", "duplicate-in-section"),
    ],
)
def test_one_link_under_two_titles_is_told_with_both(title: str, rule: str) -> None:
    (finding,) = findings(TWO_TITLES.format(title))
    assert (finding.rule, finding.line) == (rule, 6)
    assert f"{title!r}" in finding.sentence
    assert "line 5" in finding.sentence
    assert "as 'Sourdough starters and the open crumb'." in finding.sentence


def test_nearly_the_same_title_in_another_section_is_a_paper_filed_twice() -> None:
    there = TWO_TITLES.format("Rye") + "\n## Crust\n\n- [Sourdough starter and open crumbs](X)\n"
    found = findings(there.replace("X", "https://arxiv.org/abs/2301.00001"))
    assert [f.rule for f in found] == ["duplicate-in-section", "duplicate-across-sections"]


def test_a_date_before_the_arxiv_identifier_is_found() -> None:
    text = SOUND.replace("Arxiv, 2023.2", "Arxiv, 2022.12")
    assert lines(text, "date-before-arxiv") == [text.splitlines()[12]]
    # What is sent on the last of a month gets one of the next month's first numbers.
    sent = SOUND.replace("Arxiv, 2023.2", "Arxiv, 2023.1")
    assert findings(sent, rule="date-before-arxiv") == []
    assert findings(sent.replace("2302.00004", "2302.12004"), rule="date-before-arxiv") != []
    appeared = SOUND.replace("Arxiv, 2023.2", "ICRA, 2023")
    assert findings(appeared, rule="date-before-arxiv") == []


def record(**changes: object) -> Paper:
    """The record of the second survey of the sound list."""
    facts: dict[str, object] = {
        "title": "Green: What Robots Know",
        "identifiers": (Identifier("arxiv", "2401.00002"),),
        "published": date(2024, 1, 4),
    }
    return Paper(**{**facts, **changes})  # type: ignore[arg-type]


def test_a_record_that_agrees_is_no_finding() -> None:
    assert findings(SOUND, record()) == []


def test_a_title_that_is_not_the_papers_own_is_found() -> None:
    other = record(title="Green: What Robots Learn")
    assert lines(SOUND, "title-differs", other) == [SOUND.splitlines()[8]]


def test_a_preprint_that_has_appeared_contradicts_its_record() -> None:
    appeared = record(venue="Journal of Invented Horticulture")
    (finding,) = findings(SOUND, appeared, rule="venue-contradicts")
    assert "Journal of Invented Horticulture" in finding.sentence


def test_an_entry_out_of_line_is_found_where_the_section_keeps_an_order() -> None:
    entries = "".join(
        f"* [**Arxiv, 2024.{month}**] Growing Vegetables in Month {month}."
        f" [paper](https://arxiv.org/abs/24{month:02d}.1000{month})\n"
        for month in (9, 8, 7, 6, 2, 5, 4, 3, 1)
    )
    text = "## Vegetables\n" + entries
    assert lines(text, "order-broken") == [text.splitlines()[5]]
    mixed = sorted(entries.splitlines(keepends=True), key=hash_of)
    unordered = "## Vegetables\n" + "".join(mixed)
    assert findings(unordered, rule="order-broken") == []


def hash_of(line: str) -> int:
    """A fixed disorder."""
    return sum(ord(sign) * (place + 7) for place, sign in enumerate(line)) % 97


def test_a_misspelt_line_of_the_contents_is_found_and_fixed() -> None:
    text = SOUND.replace("[Weeding](#weeding)", "[Weding](#weding)")
    assert lines(text, "contents-misnamed") == ["- [Weding](#weding)"]
    assert fixed(text) == SOUND


def test_a_section_the_contents_leave_out_is_found() -> None:
    text = SOUND + "\n## Watering\n" + SOUND.splitlines()[7].replace("2403.00001", "2403.00007")
    (finding,) = findings(text, rule="contents-missing")
    assert text.splitlines()[finding.line - 1] == "## Watering"
    assert "[Watering](#watering)" in finding.fix


def test_a_link_to_a_heading_that_is_not_there_is_found() -> None:
    text = SOUND + "\nBack to [the compost heap](#compost).\n"
    assert lines(text, "dead-anchor") == ["Back to [the compost heap](#compost)."]
    named = text + '<a name="compost"></a>\n'
    assert findings(named, rule="dead-anchor") == []


def test_equal_headings_have_numbered_anchors() -> None:
    text = "- [A](#robots)\n- [B](#robots-1)\n- [C](#robots-2)\n\n# Robots\nx\n# Robots\ny\n"
    assert lines(text, "dead-anchor") == ["- [C](#robots-2)"]


def test_an_empty_section_is_found() -> None:
    text = SOUND.replace("## Weeding\n", "## Mowing\n\n## Weeding\n")
    assert lines(text, "empty-section") == ["## Mowing"]


def test_findings_of_several_files_name_theirs() -> None:
    other = "## More\n" + SOUND.splitlines(keepends=True)[7]
    found = lint(ReadingList.parse({"README.md": SOUND, "more.md": other}))
    assert [(f.file, f.line, f.rule) for f in found] == [
        ("more.md", 2, "duplicate-across-sections")
    ]


PIECES = st.sampled_from(
    ["[", "]", "(", ")", "((", "))", "](", "https://", "htps://", '<a href="', "arxiv.org/abs/2401.00001",
     "| a ", "|", "|---|\n", "\n", "# ", "* ", "**", "<a href=", ">", "[code]", " ", "`", "```\n",
     "<!--", "-->", "#x", "Robots That Garden ", "\r\n", "$", "\\"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=40).map("".join))
def test_any_text_can_be_audited_and_fixing_keeps_every_line_it_does_not_name(text: str) -> None:
    found = findings(text)
    after = apply_fixes({"README.md": text}, found)["README.md"]
    edited = {finding.line for finding in found if finding.edits}
    if not edited:
        assert after == text
    kept = [line for number, line in enumerate(text.split("\n"), 1) if number not in edited]
    remaining = iter(after.split("\n"))
    if "\r" not in text:
        assert all(any(line == other for other in remaining) for line in kept)


@given(st.lists(PIECES, max_size=30).map("".join))
def test_a_fix_is_made_once(text: str) -> None:
    """Fixing again and again comes to rest: no edit brings back what another took away."""
    seen = [text]
    for _ in range(8):
        after = fixed(seen[-1])
        if after == seen[-1]:
            return
        seen.append(after)
    assert seen[-1] == seen[-2]
