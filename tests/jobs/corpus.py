"""An invented survey of baking research: its reading list, and a feed of papers around it."""

from __future__ import annotations

import json
from pathlib import Path

SECTIONS = {
    "Sourdough": ("sourdough", "starter", "fermentation", "lactobacilli"),
    "Ovens": ("oven", "steam", "convection", "thermal"),
    "Pastry": ("pastry", "butter", "lamination", "croissant"),
}
ASPECTS = ("Monitoring", "Benchmarking", "A Survey of", "Predicting", "Scaling", "Understanding")
OTHER = ("galaxy", "graph", "traffic", "proof", "protein", "market", "robot", "quantum")


def title(section: str, number: int) -> str:
    """The invented title of a paper on a section's matters."""
    words = SECTIONS[section]
    aspect, first, second = ASPECTS[number % 6], words[number % 4], words[(number + 1) % 4]
    return f"{aspect} {first.title()} and {second.title()} in Bakery Practice {number}"


def abstract(section: str, number: int) -> str:
    """Invented prose in the section's words."""
    words = SECTIONS[section]
    return (
        f"We bake {number} loaves and look at {words[0]} with {words[1]}. Dough, {words[2]} and "
        f"{words[3]} are measured in a bakery; bread quality follows the {words[number % 4]}."
    )


def reading_list(entries: int = 8) -> str:
    """The list as Markdown, newest first in each section."""
    lines = ["# Baking Papers", "", "A reading list for bakers.", ""]
    for place, section in enumerate(SECTIONS):
        lines += [f"## {section}", ""]
        for number in reversed(range(entries)):
            address = f"https://arxiv.org/abs/{arxiv_id(place, number)}"
            lines.append(
                f"* [**Arxiv, 2023.{1 + number % 9}**] {title(section, number)}. [paper]({address})"
            )
        lines.append("")
    lines += ["## Acknowledgement", "", "* [Flour Friends](https://flour.example/). Thank you.", ""]
    return "\n".join(lines)


def arxiv_id(place: int, number: int) -> str:
    """An identifier that exists only here."""
    return f"23{1 + number % 9:02d}.{10_000 + 100 * place + number}"


def feed(on_topic: int = 4, off_topic: int = 300) -> list[dict[str, object]]:
    """Papers of January 2024 as a files source reads them, most of them on other matters."""
    papers: list[dict[str, object]] = [
        {
            "id": f"2401.{10_000 + 100 * place + number}",
            "title": title(section, number),
            "abstract": abstract(section, number),
            "authors": ["Rosa Crumb", f"Ivo Loaf {number}"],
            "categories": ["cs.CY"],
            "published": f"2024-01-{1 + number % 28:02d}T00:00:00Z",
        }
        for place, section in enumerate(SECTIONS)
        for number in range(20, 20 + on_topic)
    ]
    for number in range(off_topic):
        word, other = OTHER[number % 8], OTHER[(number + 3) % 8]
        papers.append(
            {
                "id": f"2401.{20_000 + number}",
                "title": f"On {word.title()} Models for {other.title()} Systems {number}",
                "abstract": f"We study the {word} of a {other} with method {number}.",
                "authors": ["Ada Elsewhere"],
                "categories": ["cs.LG"],
                "published": f"2024-01-{1 + number % 28:02d}T00:00:00Z",
            }
        )
    return papers


def listed_again(entries: int = 8) -> list[dict[str, object]]:
    """The papers that are on the list already, with their abstracts."""
    return [
        {
            "id": arxiv_id(place, number),
            "title": title(section, number),
            "abstract": abstract(section, number),
            "published": f"2023-{1 + number % 9:02d}-02T00:00:00Z",
        }
        for place, section in enumerate(SECTIONS)
        for number in range(entries)
    ]


def write_feed(path: Path, papers: list[dict[str, object]]) -> None:
    """The papers as JSONL."""
    path.write_text("".join(json.dumps(paper) + "\n" for paper in papers), encoding="utf-8")
