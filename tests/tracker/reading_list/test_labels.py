"""Links of a new entry are labelled as the section labels its own: words, numbers, badges."""

from __future__ import annotations

from datetime import date

import pytest

from tracker.identifiers import Identifier
from tracker.paper import Link, Paper
from tracker.reading_list import ReadingList

SHIELD = "https://img.shields.io"


def added(*lines: str, code: str = "https://github.com/invented/steam", venue: str = "") -> str:
    """What is added to a section of these lines."""
    paper = Paper(
        title="Steam: A Survey",
        identifiers=(Identifier("arxiv", "2406.00099"),),
        authors=("Gus Madeup", "Hal Notreal", "Ida Nobody"),
        published=date(2024, 6, 3),
        links=(Link("code", code),) if code else (),
        venue=venue,
    )
    text = "## Other\n- Elsewhere and Otherwise [PDF](https://arxiv.org/pdf/2301.00009)\n"
    text += "- Elsewhere Once More [PDF](https://arxiv.org/pdf/2301.00008)\n## Ovens\n"
    reading_list = ReadingList.parse({"R.md": text + "\n".join(lines) + "\n"})
    _, (addition,) = reading_list.insert_all([(("Ovens",), paper)])
    return addition.text


def badge(number: str) -> str:
    """A badge that names an arXiv paper, leading to it."""
    return f"[![arXiv]({SHIELD}/badge/arXiv-{number}-red.svg)](https://arxiv.org/abs/{number})"


def stars(repository: str) -> str:
    """A badge with the stars of a repository."""
    return f"![Stars]({SHIELD}/github/stars/{repository})"


def test_badges_name_the_new_paper() -> None:
    lines = [f"- **Heat, Explained** {badge('2401.00001')}", f"- **Crumbs** {badge('2301.00002')}"]
    assert added(*lines, code="") == f"- **Steam: A Survey** {badge('2406.00099')}"


def test_linked_and_plain_badges_name_the_new_repository() -> None:
    def line(title: str, number: str, repository: str) -> str:
        return (
            f"- [{title}](https://arxiv.org/abs/{number}) "
            f"[code](https://github.com/{repository}) {stars(repository)}"
        )

    lines = [line("Heat, Explained", "2401.00001", "a/b"), line("Crumbs", "2301.00002", "c/d")]
    assert added(*lines) == line("Steam: A Survey", "2406.00099", "invented/steam")
    assert "shields" not in added(*lines, code="")
    assert "shields" not in added(*lines, code="https://steam.example.org")


def test_an_address_without_end_is_not_written() -> None:
    lines = [
        f"- [{title}](https://arxiv.org/abs/{number}) [code](https://github.com/a/{number})"
        for title, number in (("Heat, Explained", "2401.00001"), ("Crumbs", "2301.00002"))
    ]
    expected = "- [Steam: A Survey](https://arxiv.org/abs/2406.00099)"
    assert added(*lines, code="https://github.com/" + "x1" * 1_000) == expected


def test_a_badge_that_says_something_of_one_paper_is_not_copied() -> None:
    kind = f"![]({SHIELD}/badge/Data-blue)"
    lines = [
        f"- [Heat, Explained](https://arxiv.org/abs/2401.00001) {kind}",
        f"- [Crumbs at Scale](https://arxiv.org/abs/2301.00002) {kind}",
    ]
    assert "shields" not in added(*lines)


@pytest.mark.parametrize("label", ["{}", "arXiv:{}", "{}v2"])
def test_numbers_as_labels_are_the_new_papers(label: str) -> None:
    lines = [
        f"- **{title}** [{label.format(n)}](https://arxiv.org/abs/{n})"
        for title, n in (("Heat, Explained", "2401.00001"), ("Crumbs at Scale", "2301.00002"))
    ]
    expected = label.removesuffix("v2").format("2406.00099")
    assert (
        added(*lines, code="")
        == f"- **Steam: A Survey** [{expected}](https://arxiv.org/abs/2406.00099)"
    )


def test_the_sections_own_form_of_address_comes_first() -> None:
    lines = ["- Heat, Explained [PDF](https://arxiv.org/abs/2401.00001)"]
    assert added(*lines, code="") == "- Steam: A Survey [PDF](https://arxiv.org/abs/2406.00099)"


@pytest.mark.parametrize(
    ("authors", "expected"),
    [
        ("Ada Real; Bo Fictional; Cy Wrong", "Gus Madeup; Hal Notreal; Ida Nobody"),
        ("Ada Real、Bo Fictional、Cy Wrong", "Gus Madeup、Hal Notreal、Ida Nobody"),
        ("Ada Real, Bo Fictional and Cy Wrong", "Gus Madeup, Hal Notreal and Ida Nobody"),
        ("Ada Real, Bo Fictional, & Cy Wrong", "Gus Madeup, Hal Notreal, & Ida Nobody"),
    ],
)
def test_authors_are_joined_as_the_section_joins_them(authors: str, expected: str) -> None:
    lines = [
        f"- [{title}](https://arxiv.org/abs/{number}). *{authors}*"
        for title, number in (("Heat, Explained", "2401.00001"), ("Crumbs", "2301.00002"))
    ]
    assert f"*{expected}*" in added(*lines, code="")


@pytest.mark.parametrize("label", ["📄", ":page_facing_up:", "Artikel"])
def test_a_label_that_the_section_repeats_is_its_own(label: str) -> None:
    def line(title: str, number: str) -> str:
        return f"- {title} [{label}](https://arxiv.org/abs/{number})"

    lines = [
        line("Heat and All that Can be Explained by It", "2401.00001"),
        line("Crumbs at the Scale of Whole Kitchens", "2301.00002"),
        line("Knives, Forks and Other Things to Read", "2301.00003"),
    ]
    assert added(*lines, code="") == line("Steam: A Survey", "2406.00099")


@pytest.mark.parametrize(
    "form",
    [
        "- {title}. {author} et al. 2024. [[pdf]({url})]",
        "- {title} ({author} et al., 2024) [[pdf]({url})]",
        "- {title}, {author} et al., 2024 [[pdf]({url})]",
        "- 2024-06 {title} [:scroll:]({url})",
        "- `2024-06` {title} [📄]({url})",
    ],
)
def test_what_is_read_without_marks_is_written_without_marks(form: str) -> None:
    def line(title: str, author: str, number: str) -> str:
        return form.format(title=title, author=author, url=f"https://arxiv.org/abs/{number}")

    lines = [
        line("Heat and Its Cousins", "Real", "2401.00001"),
        line("Big Crumbs Fall", "Other", "2301.00002"),
    ]
    written = added(*lines, code="")
    author = "Madeup" if "et al" in form else ""
    assert written == line("Steam: A Survey", author, "2406.00099")


@pytest.mark.parametrize(
    "form",
    [
        "- [{title}]({abs}) [[PDF]({pdf})]",
        "- **{title}** [[abs]({abs})] [[pdf]({pdf})]",
        "- {title}. 2024. [[`abs`]({abs})] [[`pdf`]({pdf})]",
    ],
)
def test_abstract_and_pdf_are_both_linked_where_the_section_does(form: str) -> None:
    def line(title: str, number: str) -> str:
        page = "https://arxiv.org/{}/{}".format
        return form.format(title=title, abs=page("abs", number), pdf=page("pdf", number))

    lines = [line("Heat and Its Cousins", "2401.00001"), line("Big Crumbs Fall", "2301.00002")]
    assert added(*lines, code="") == line("Steam: A Survey", "2406.00099")


@pytest.mark.parametrize(
    ("form", "labels", "venue", "label"),
    [
        ("[{}]", ("NeurIPS 2023", "ACL 2022"), "ICML", "[ICML 2024]"),
        ("[{}]", ("NeurIPS 2023", "ACL 2022"), "NeurIPS 2025", "[NeurIPS 2025]"),
        ("[{}]", ("NeurIPS 2023", "ACL 2022"), "", "[PDF]"),
        ("[{}]", ("NeurIPS 2023", "arXiv 2022"), "", "[arXiv 2024]"),
        ("[{}]", ("NeurIPS 2023", "arXiv 2022"), "ICML", "[ICML 2024]"),
        ("[[{}]]", ("ACL 2023", "NeurIPS'2022"), "ICML", "[[ICML 2024]]"),
        ("[[{}]]", ("ACL 2023", "NeurIPS 2022"), "", "[PDF]"),
        ("[{}]", ("NeurIPS", "ACL"), "ICML", "[ICML]"),
        ("[{}]", ("NeurIPS", "ACL"), "", "[PDF]"),
        ("[{}]", ("Preprint", "Preprint"), "", "[Preprint]"),
        # A host's name is for that host.
        ("[{}]", ("OpenReview", "OpenReview"), "", "[PDF]"),
    ],
)
def test_a_label_that_is_a_venue_is_the_new_paper_s(
    form: str, labels: tuple[str, str], venue: str, label: str
) -> None:
    lines = [
        f"- **Bread Number {n} with Care** {form.format(name)}(https://openreview.net/forum?id=loaf{n})"
        for n, name in enumerate((*labels, *labels[:1], *labels))
    ]
    assert added(*lines, code="", venue=venue) == (
        f"- **Steam: A Survey** {label}(https://arxiv.org/pdf/2406.00099)"
    )
