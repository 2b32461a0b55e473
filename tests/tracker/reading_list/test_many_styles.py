"""Styles of many lists: read for what they say, and a new entry is written in each."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from tracker.identifiers import Identifier
from tracker.paper import Paper
from tracker.reading_list import Entry, ReadingList

TITLES = ("Heat, Explained Again", "Crumbs at Scale and Beyond", "Why Rye Needs Time")
NAMES = ("Real", "Fictional", "Madeup")
PAPER = Paper(
    title="Steam: A Survey of Ovens",
    identifiers=(Identifier("arxiv", "2406.00099"),),
    authors=("Gus Oats", "Hal Barley", "Ida Millet"),
    published=date(2024, 6, 3),
    updated=date(2024, 6, 4),
)
SECTION = ("Breads",)
BARE = replace(PAPER, authors=(), published=None, identifiers=(Identifier("doi", "10.1000/rye"),))


def listed(form: str) -> ReadingList:
    """A list of three entries of one form."""
    lines = [
        form.format(
            title=title,
            name=name,
            year=2024 - number,
            number=number + 1,
            link=f"https://arxiv.org/abs/2{4 - number}01.00001",
        )
        for number, (title, name) in enumerate(zip(TITLES, NAMES, strict=True))
    ]
    return ReadingList.parse({"R.md": "## Breads\n\n" + "\n".join(lines) + "\n"})


def added(form: str, paper: Paper = PAPER) -> str:
    """What is added for a paper, whatever was added before."""
    once, [first] = listed(form).insert_all([(SECTION, paper)])
    _, [second] = once.insert_all([(SECTION, paper)])
    assert second.text == first.text
    return first.text


def told(entry: Entry) -> tuple[object, ...]:
    """Title, authors, venue and year of an entry."""
    year = entry.published.year if entry.published else None
    return entry.title, entry.authors, entry.venue, year


@pytest.mark.parametrize(
    ("form", "venue", "line", "bare"),
    [
        (
            "- 《{title}》，{name}等，{year}年，[论文]({link})", "",
            "- 《Steam: A Survey of Ovens》，Oats等，2024年，[论文](https://arxiv.org/abs/2406.00099)",
            "- 《Steam: A Survey of Ovens》，[论文](https://doi.org/10.1000/rye)",
        ),
        (
            "- {title}，{name}等，ACL，{year}年，[论文]({link})", "ACL",
            "- Steam: A Survey of Ovens，Oats等，2024年，[论文](https://arxiv.org/abs/2406.00099)",
            "- Steam: A Survey of Ovens，[论文](https://doi.org/10.1000/rye)",
        ),
        (
            "- **{title}**，{name}等，ACL {year}【[论文]({link})】", "ACL",
            "- **Steam: A Survey of Ovens**，Oats等，2024【[论文](https://arxiv.org/abs/2406.00099)】",
            "- **Steam: A Survey of Ovens**【[论文](https://doi.org/10.1000/rye)】",
        ),
        (
            "- [{title}]({link})（{name}等，{year}）", "",
            "- [Steam: A Survey of Ovens](https://arxiv.org/abs/2406.00099)（Oats等，2024）",
            "- [Steam: A Survey of Ovens](https://doi.org/10.1000/rye)",
        ),
    ],
)  # fmt: skip
def test_full_width_signs_between_the_parts(form: str, venue: str, line: str, bare: str) -> None:
    entries = listed(form).entries
    assert [told(entry) for entry in entries] == [
        (title, (name,), venue, 2024 - number)
        for number, (title, name) in enumerate(zip(TITLES, NAMES, strict=True))
    ]
    assert (added(form), added(form, BARE)) == (line, bare)


@pytest.mark.parametrize(
    "line",
    [
        "- **烤面包的研究**，王小麦，李大麦，ACL，2024，[论文]({link})",
        "- 《烤面包的研究》，王小麦、李大麦，ACL 2024，[论文]({link})",
        "- 王小麦，李大麦。烤面包的研究。ACL，2024年。[论文]({link})",
        "- 烤面包的研究，王小麦、李大麦等，ACL，2024，[论文]({link})",
    ],
)
def test_chinese_names_are_authors_and_written_in_full(line: str) -> None:
    for entry in listed(line).entries:
        assert told(entry) == ("烤面包的研究", ("王小麦", "李大麦"), "ACL", 2024)
    assert "Gus Oats" in added(line)


@pytest.mark.parametrize("behind", ["，{year}年6月", "，{year}年", "（{year}）", "，{year}"])
def test_a_full_width_sign_before_a_year_alone(behind: str) -> None:
    found = listed(f"- {{title}}{behind}，[论文]({{link}})").entries
    assert [told(entry) for entry in found] == [
        (title, (), "", 2024 - number) for number, title in enumerate(TITLES)
    ]


@pytest.mark.parametrize("title", ["论《面包经》中的烤箱", "《面包经》与烤箱的研究"])
def test_a_book_named_in_a_title_is_not_the_title(title: str) -> None:
    entry = listed(f"- {title}，王小麦等，2024年，[论文]({{link}})").entries[0]
    assert told(entry) == (title, ("王小麦",), "", 2024)


@pytest.mark.parametrize(
    ("form", "authors", "written"),
    [
        ("({name}, Nobody; {year})", True, "(Oats, Barley, Millet; 2024)"),
        ("({name} & Nobody, {year})", True, "(Oats, Barley & Millet, 2024)"),
        ("[{name}, Nobody, and Ek; {year}]", True, "[Oats, Barley, and Millet; 2024]"),
        ("(Computers & Security, {year})", False, "(2024)"),
        ("(Bakeries; {year})", False, "(2024)"),
        ("[ACL; {year}]", False, "[2024]"),
        ("(ACL · {year})", False, "(2024)"),
    ],
)
@pytest.mark.parametrize("title", ["{title}", "**{title}**"])
def test_surnames_and_a_year_in_brackets(
    title: str, form: str, authors: bool, written: str
) -> None:
    whole = f"- {title} {form}. [paper]({{link}})"
    first = listed(whole).entries[0]
    assert (first.title, bool(first.authors), bool(first.venue)) == (
        TITLES[0],
        authors,
        not authors,
    )
    new = title.format(title=PAPER.title)
    assert added(whole) == f"- {new} {written}. [paper](https://arxiv.org/abs/2406.00099)"
    assert added(whole, BARE) == f"- {new}. [paper](https://doi.org/10.1000/rye)"


@pytest.mark.parametrize(
    ("behind", "authors", "venue"),
    [
        (". *Ada Real.* arXiv {year}", ("Ada Real",), "arXiv"),
        (". *Ada Real (Bread School). arXiv.* {year}", ("Ada Real",), "arXiv"),
        (". *Ada Real* et al. arXiv {year}", (), "arXiv"),
        (", Ada Real, Bo Ek, Cy Fict, ACL, {year}", ("Ada Real", "Bo Ek", "Cy Fict"), "ACL"),
    ],
)
def test_who_wrote_it_and_where_it_appeared(
    behind: str, authors: tuple[str, ...], venue: str
) -> None:
    found = listed(f"- **{{title}}**{behind}. [paper]({{link}})").entries[0]
    assert told(found) == (TITLES[0], authors, venue, 2024)


@pytest.mark.parametrize(
    ("details", "written", "bare"),
    [
        (
            ("* Authors: {name}, Bo Ek", "* Venue: ACL {year}", "* [paper]({link})"),
            ("* Authors: Gus Oats, Hal Barley, Ida Millet", "* Venue: 2024", "* [paper](@)"),
            ("* [paper](@)",),
        ),
        (
            ("    - Ada {name}, Bo Ek", "    - ACL {year}", "    - Paper: [arXiv]({link})"),
            ("    - Gus Oats, Hal Barley, Ida Millet", "    - 2024", "    - Paper: [arXiv](@)"),
            ("    - Paper: [paper](@)",),
        ),
        (
            ("+ Author(s): {name} et al.", "+ Code: <https://x.example/{name}>", "+ Link: {link}"),
            ("+ Author(s): Oats et al.", "+ Link: @"),
            ("+ Link: @",),
        ),
        (
            ("* {name} et al.", "* [paper]({link})", "* In short: it is good"),
            ("* Oats et al.", "* [paper](@)"),
            ("* [paper](@)",),
        ),
    ],
)
def test_what_an_item_says_in_items_of_its_own(
    details: tuple[str, ...], written: tuple[str, ...], bare: tuple[str, ...]
) -> None:
    form = "\n  ".join(("- **{title}**", *details))
    new = f"- **{PAPER.title}**"
    assert added(form) == "\n  ".join((new, *written)).replace(
        "@", "https://arxiv.org/abs/2406.00099"
    )
    assert added(form, BARE) == "\n  ".join((new, *bare)).replace(
        "@", "https://doi.org/10.1000/rye"
    )


@pytest.mark.parametrize("marker", ["-", "*", "1.", "- [ ]"])
@pytest.mark.parametrize("sign", ["🔥 ", "🔥🔥", ":star: ", "☄️ :fire: "])
@pytest.mark.parametrize(
    "form",
    ["{}{{title}}", "{}**{{title}}**", "{}[{{title}}]({{link}})", "**{}{{title}}**",
     "[{}{{title}}]({{link}})", "{}**RyeNet**: {{title}}"],
)  # fmt: skip
def test_emoji_before_titles(marker: str, sign: str, form: str) -> None:
    marked = f"{marker} {form.format(sign)} [paper]({{link}})"
    plain = marked.replace(sign, "")
    entries = listed(marked).entries
    assert [entry.title for entry in entries] == list(TITLES)
    assert {entry.short_name for entry in entries} == {"RyeNet" if "RyeNet" in form else ""}
    assert added(marked).count(sign.strip()) == 1
    assert added(marked).replace(sign, "") == added(plain)
    one = "\n".join(
        (marked if number == 1 else plain).format(title=title, link=f"https://x.example/{number}")
        for number, title in enumerate(TITLES)
    )
    _, [addition] = ReadingList.parse({"R.md": f"## Breads\n\n{one}\n"}).insert_all(
        [(SECTION, PAPER)]
    )
    assert sign.strip() not in addition.text


@pytest.mark.parametrize("form", ["**{title} 🔥** {link}", "[{title} :fire:]({link}) 🔥🔥"])
def test_emoji_behind_titles_mark_one_entry(form: str) -> None:
    assert listed(f"- {form}").entries[0].title == TITLES[0]
    assert not {"🔥", ":fire:"} & set(added(f"- {form}"))
    assert "Ovens**" in added(f"- {form}") or "Ovens](" in added(f"- {form}")


@pytest.mark.parametrize("cell", ["🔥 [{title}]({link})", "[:new: {title}]({link})"])
def test_emoji_in_the_cells_of_titles(cell: str) -> None:
    rows = [
        f"| {each.format(title=title, link=f'https://x.example/{number}')} | ACL |"
        for number, (title, each) in enumerate(
            zip(TITLES, (cell, "[{title}]({link})", cell), strict=True)
        )
    ]
    head = ("## Breads", "", "| Paper | Venue |", "|---|---|")
    table = ReadingList.parse({"R.md": "\n".join((*head, *rows, ""))})
    assert [entry.title for entry in table.entries] == list(TITLES)
    _, [addition] = table.insert_all([(SECTION, PAPER)])
    assert addition.text == f"| [{PAPER.title}](https://arxiv.org/abs/2406.00099) | |"


def test_a_question_mark_stands_for_a_full_stop_and_for_none() -> None:
    assert added("- {title}? {name} et al. {year} [paper]({link})").startswith(
        "- Steam: A Survey of Ovens. Oats et al. 2024 [paper]("
    )
    asking = replace(PAPER, title="Does Steam Rise in Ovens?")
    assert added("- {title}. {name} et al. {year} [paper]({link})", asking).startswith(
        "- Does Steam Rise in Ovens? Oats et al. 2024 [paper]("
    )
    assert added("- {title}? [paper]({link})").startswith("- Steam: A Survey of Ovens [paper](")


@pytest.mark.parametrize(
    ("behind", "written"),
    [
        ("*{name} et al. arXiv.*", "*Gus Oats. arXiv.*"),
        ("{name} et al., arXiv", "Gus Oats, arXiv"),
        ("({name} et al. arXiv)", "(Gus Oats arXiv)"),
        ("{name} et al. {year}", "Oats 2024"),
    ],
)
def test_the_full_stop_of_et_al_may_end_a_sentence_as_well(behind: str, written: str) -> None:
    form = "- **{{title}}.** {} [[paper]({{link}})]".format(behind.replace("{name}", "Ada {name}"))
    form = form if "arXiv" in behind else form.replace("Ada ", "")
    alone = replace(PAPER, authors=("Gus Oats",))
    link = "[[paper](https://arxiv.org/abs/2406.00099)]"
    assert added(form, alone) == f"- **{PAPER.title}.** {written} {link}"


@pytest.mark.parametrize(
    ("form", "authors", "line", "bare"),
    [
        (
            "- [{number}] A. {name}, B. Ek. {title}. ACL, {year}. {link}",
            ("A. Real", "B. Ek"),
            "- G. Oats, H. Barley, I. Millet. Steam: A Survey of Ovens. 2024. @",
            "- Steam: A Survey of Ovens. @",
        ),
        (
            '[{number}] A. {name} and B. Ek, "{title}," ACL, {year}. {link}\n',
            ("A. Real", "B. Ek"),
            'G. Oats, H. Barley and I. Millet, "Steam: A Survey of Ovens," 2024. @',
            '"Steam: A Survey of Ovens," @',
        ),
        (
            "- {name}, A., & Ek, B. C. ({year}). {title}. ACL. {link}",
            ("Real, A", "Ek, B. C"),
            "- Oats, G., Barley, H., & Millet, I. (2024). Steam: A Survey of Ovens. @",
            "- Steam: A Survey of Ovens. @",
        ),
        (
            "- {name}, A. ({year}). *{title}*. ACL. {link}",
            ("Real, A",),
            "- Oats, G., Barley, H., Millet, I. (2024). *Steam: A Survey of Ovens*. @",
            "- *Steam: A Survey of Ovens*. @",
        ),
        (
            "1. {name}, A., and Ek, B. {year}. {title}. ACL. {link}",
            ("Real, A", "Ek, B"),
            "1. Oats, G., Barley, H., and Millet, I. 2024. Steam: A Survey of Ovens. @",
            "1. Steam: A Survey of Ovens. @",
        ),
        (
            "- {name}, A. et al. ({year}). {title}. ACL. {link}",
            ("Real, A",),
            "- Oats, G. et al. (2024). Steam: A Survey of Ovens. @",
            "- Steam: A Survey of Ovens. @",
        ),
    ],
)
def test_citations_as_in_a_bibliography(
    form: str, authors: tuple[str, ...], line: str, bare: str
) -> None:
    first = listed(form).entries[0]
    assert told(first) == (TITLES[0], authors, "ACL", 2024)
    assert re.sub(r"^\d+", "1", added(form)) == line.replace(
        "@", "https://arxiv.org/abs/2406.00099"
    )
    assert re.sub(r"^\d+", "1", added(form, BARE)) == bare.replace(
        "@", "https://doi.org/10.1000/rye"
    )


@pytest.mark.parametrize(
    "title", ["Crumbs at Large", "Loaves by GPT-4", "Bread in 3D", "T5 and Rye 2"]
)
@pytest.mark.parametrize(
    "names", ["Ada Real, Bo Xu", "A. Real, B. Xu", "Ada Real, Cy de Fo, and Bo Xu"]
)
@pytest.mark.parametrize(
    "venue", ["EMNLP {year}", "In Proceedings of EMNLP {year}", "*ACL*, {year}"]
)
@pytest.mark.parametrize("mark", ["", "**"])
def test_a_surname_of_two_letters_and_a_title_with_a_number_end_their_sentences(
    title: str, names: str, venue: str, mark: str
) -> None:
    form = f"- {mark}{title}{mark}. {names}. {venue}. [paper]({{link}})"
    found = listed(form).entries[0]
    last = tuple(name.removeprefix("and ") for name in names.split(", "))
    assert (found.title, found.authors) == (title, last)
    assert found.venue == venue.removeprefix("In ").replace("*", "")[: -len("{year}")].rstrip(" ,")


def test_what_stands_first_is_left_out_without_the_bullet() -> None:
    form = '* [Jun {year}] **"{title}"** *Ada {name}* arXiv. [[paper]({link})]'
    line = f'* **"{BARE.title}"**. [[paper](https://doi.org/10.1000/rye)]'
    assert added(form, BARE) == line
