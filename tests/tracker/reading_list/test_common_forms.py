"""Forms in which lists commonly state title, authors, venue and year, each read for all four."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from tracker.identifiers import Identifier
from tracker.paper import Paper
from tracker.reading_list import ReadingList

TITLES = (
    "Crumbs at Large Scale",
    "Baking Bread with GPT-4",
    "Steam: A Survey of Ovens",
    "Can Bread Rise Alone?",
    "Learning to Bake in Radiology",
    "Llama 2: Open Ovens",
)
AUTHORS = {
    "Yang Li, Bo Xu": ("Yang Li", "Bo Xu"),
    "Ada Real and Chi Wu": ("Ada Real", "Chi Wu"),
    "A. Real, B. C. Meyer": ("A. Real", "B. C. Meyer"),
    "Ada Real et al.": ("Ada Real",),
    "Real et al.": ("Real",),
    "Ada Real, Bo Ek, Cy Da, and Di Fo": ("Ada Real", "Bo Ek", "Cy Da", "Di Fo"),
    "Jean-Luc de la Tour, Xin Yu": ("Jean-Luc de la Tour", "Xin Yu"),
    "Ada Real": ("Ada Real",),
}
VENUES = ("EMNLP", "arXiv", "Nature Medicine", "npj Digital Medicine")
LINK = "https://arxiv.org/abs/2301.00001"
FORMS = (
    "{title}. {authors}. {venue} 2023. [[paper]]({link})",
    "**{title}**. {authors}. {venue} 2023. [paper]({link})",
    "**{title}**, {authors}, {venue} 2023. [paper]({link})",
    "[{title}]({link}). {authors}. {venue}, 2023.",
    "[{title}]({link}), {authors}, {venue} 2023",
    "[{title}]({link}) - {authors} - {venue} 2023",
    "[{title}]({link}) | {authors} | {venue} 2023",
    "[**{title}**]({link}) {authors} ({venue} 2023)",
    "({venue} 2023) [{title}]({link})",
    "{title}, {venue}, 2023. [[paper]]({link})",
    "[{title}]({link}) by {authors}. {venue} 2023",
    "[{title}]({link}) ({authors}, {venue} 2023)",
)
BY_SEVERAL = (
    "{title} ({venue} 2023) - {authors} [paper]({link})",
    "{authors}. {title}. {venue} 2023. [link]({link})",
    "*{title}*, {authors}. In {venue}, 2023. [pdf]({link})",
    "**[{venue} 2023]** {title}. {authors}. [[pdf]]({link})",
    '"{title}", {authors}, {venue} (2023) [pdf]({link})',
)
"""Forms in which one name in full can not be told from other words."""


def line_of(form: str, title: str, authors: str, venue: str) -> str:
    line = "- " + form.format(title=title, authors=authors, venue=venue, link=LINK)
    # What ends with a full stop, or asks, takes no other.
    return line.replace("al..", "al.").replace("?.", "?")


@pytest.mark.parametrize("form", [*FORMS, *BY_SEVERAL])
def test_a_common_form_is_read(form: str) -> None:
    for title, authors, venue in product(TITLES, AUTHORS, VENUES):
        if form in BY_SEVERAL and authors == "Ada Real":
            continue
        line = line_of(form, title, authors, venue)
        [entry] = ReadingList.parse({"R.md": f"## Breads\n\n{line}\n"}).entries
        names = AUTHORS[authors] if "{authors}" in form else ()
        year = entry.published.year if entry.published else None
        assert (entry.title, entry.authors, entry.venue, year) == (title, names, venue, 2023), line


NEW = Paper(
    title="Starters That Wake at Dawn",
    identifiers=(Identifier("arxiv", "2406.00099"),),
    authors=("Gus Oats", "Hal Barley"),
    published=date(2024, 6, 3),
)


@pytest.mark.parametrize("form", [*FORMS, *BY_SEVERAL])
@pytest.mark.parametrize("authors", ["Yang Li, Bo Xu", "A. Real, B. C. Meyer", "Real et al."])
def test_a_new_line_has_the_common_form_of_those_around_it(form: str, authors: str) -> None:
    lines = [line_of(form, title, authors, "arXiv") for title in TITLES[:3]]
    listed = ReadingList.parse({"R.md": "## Breads\n\n" + "\n".join(lines) + "\n"})
    edited, [first] = listed.insert_all([(("Breads",), NEW)])
    shortened = {"A. Real, B. C. Meyer": "G. Oats, H. Barley", "Real et al.": "Oats et al."}
    written = line_of(form, NEW.title, shortened.get(authors, "Gus Oats, Hal Barley"), "arXiv")
    assert first.text == written.replace("2023", "2024").replace("2301.00001", "2406.00099")
    other = replace(NEW, title="Flour That Settles", identifiers=(Identifier("arxiv", "2406.1"),))
    _, [second] = edited.insert_all([(("Breads",), other)])
    assert second.text == first.text.replace(NEW.title, other.title).replace("2406.00099", "2406.1")
