"""What looks like an entry and is none: links to the list's own sections, its authors' paper."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tracker.reading_list.entry import Entry
from tracker.reading_list.inline import plain, scan
from tracker.reading_list.pieces import Reading

_ANCHOR = re.compile(r"#|https?://github\.com/[^/\s]+/[^/#\s]+/?(?:(?:blob|tree)/[^#\s]*)?#")
_OWN_PAPER = re.compile(
    r"\b(?:our|this|my)\s+(?:\w+\s+){0,3}(?:survey|review|paper|preprint|article|tutorial)\b",
    re.IGNORECASE,
)
_WE = re.compile(r"\b(?:our|we|my)\b", re.IGNORECASE)


def is_navigation(text: str) -> bool:
    """Whether all links of a text lead to sections of the list itself."""
    if "#" not in text:
        return False
    urls = [text[mark.url[0] : mark.url[1]] for mark in scan(text) if mark.kind == "link"]
    return bool(urls) and all(_ANCHOR.match(url) for url in urls)


def is_about_the_list(text: str, reading: Reading) -> bool:
    """Whether a paragraph with a paper's title speaks of the list's own authors and paper."""
    title = next(place for place in reading.places if place.name == "title")
    around = f"{text[: title.start]} {reading.notes}"
    return bool(_WE.search(plain(around)) or _OWN_PAPER.search(reading.facts.title))


def banners(entries: Sequence[Entry]) -> list[Entry]:
    """Of the entries of one file the paragraphs above all sections, where others are not such.

    There a list shows the paper it belongs to.
    """
    above: list[Entry] = []
    for entry in entries:
        if entry.kind != "paragraph" or len(entry.section) > 1:
            break
        above.append(entry)
    sections = {entry.section for entry in above}
    rest = entries[len(above) :]
    alone = all(entry.section not in sections for entry in rest)
    return above if alone and len(rest) >= 5 * len(above) else []
