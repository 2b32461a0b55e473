"""What looks like an entry and is none: the list's own sections and files, its authors' paper."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from tracker.reading_list.entry import Entry
from tracker.reading_list.inline import plain, scan
from tracker.reading_list.pieces import Reading
from tracker.taxonomy import Path, Section

_ANCHOR = re.compile(r"#|https?://github\.com/[^/\s]+/[^/#\s]+/?(?:(?:blob|tree)/[^#\s]*)?#")
_IN_REPOSITORY = re.compile(r"https?://github\.com/[^/\s]+/[^/\s]+/(?:blob|tree)/[^/\s]+/(\S+)")
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


def is_index(text: str, file: str, files: Collection[str]) -> bool:
    """Whether all links of an item in `file` lead to the list's own `files`."""
    if len(files) < 2 or ".md" not in text.lower():
        return False
    urls = [text[mark.url[0] : mark.url[1]] for mark in scan(text) if mark.kind == "link"]
    return bool(urls) and all(_own_file(url, file) in files for url in urls)


def _own_file(url: str, file: str) -> str:
    """The file an address leads to from `file`, as the list names its files."""
    path = unquote(re.split(r"[?#]", url.strip("<>"), maxsplit=1)[0])
    if found := _IN_REPOSITORY.match(path):
        # A README is in every repository.
        return found[1] if "/" in found[1] else ""
    return normpath(path.lstrip("/") if path.startswith("/") else join(dirname(file), path))


def without_indexes(
    sections: Sequence[Section], entries: Sequence[Entry], indexes: Collection[Path]
) -> list[Section]:
    """The sections without those that hold nothing but links to the list's own files."""
    filled = {entry.section for entry in entries}
    hollow = {path[:depth] for path in indexes for depth in range(1, len(path) + 1)}
    kept = {s.path for s in sections if s.path in filled or s.path not in hollow}
    kept |= {path[:depth] for path in kept for depth in range(1, len(path))}
    return [section for section in sections if section.path in kept]


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
