"""Which headings and items are titles of papers, and which head what stands below them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from tracker.reading_list.blocks import Block
from tracker.reading_list.inline import plain, scan
from tracker.reading_list.reading import read
from tracker.reading_list.words import is_paper_url, label_role

_LONGEST = 20
"""Lines below a heading that can all belong to one entry."""


def linked_title(lines: Sequence[str], block: Block) -> bool:
    """Whether a heading is itself a paper's title, linked."""
    text = "".join(lines[block.start : block.end]).rstrip("\r\n")
    if "http" not in text:
        return False
    facts = read(text, "heading").facts
    # A short name beside a link may head a section; as the link itself it is a title.
    linked = any(is_paper_url(link.url) and not link.label for link in facts.links)
    enough = 1 if linked else 3
    return len(facts.title.split()) >= enough and any(is_paper_url(k.url) for k in facts.links)


def end_of_entry(lines: Sequence[str], blocks: Sequence[Block], position: int) -> int:
    """Where the next heading stands that is not part of the entry one begins."""
    level = blocks[position].level
    stop = position + 1
    while stop < len(blocks) and not (
        blocks[stop].kind == "heading"
        and (blocks[stop].level <= level or linked_title(lines, blocks[stop]))
    ):
        stop += 1
    return stop


def unlinked_titles(lines: Sequence[str], blocks: Sequence[Block]) -> set[int]:
    """Headings that are titles: below each stand links to its paper, and nothing with a title.

    One alone may be anything, so most of a level must be such, and several.
    """
    found: dict[int, set[int]] = {}
    headings = Counter(block.level for block in blocks if block.kind == "heading")
    for position, block in enumerate(blocks):
        if block.kind == "heading" and len(plain(block.text).split()) >= 4:
            below = blocks[position + 1 : end_of_entry(lines, blocks, position)]
            if below and _is_body(lines, below):
                found.setdefault(block.level, set()).add(position)
    many = [level for level, alike in found.items() if len(alike) >= max(3, headings[level] / 2)]
    return {position for level in many for position in found[level]}


def _is_body(lines: Sequence[str], below: Sequence[Block]) -> bool:
    """Whether blocks say of one paper where it is, and name no other."""
    if any(block.kind in ("table row", "html row", "heading", "bold") for block in below):
        return False
    body = lines[below[0].start : below[-1].end]
    text = "".join(body)
    links = [mark for mark in scan(text) if mark.kind == "link"]
    papers = [mark for mark in links if is_paper_url(text[slice(*mark.url)])]
    labelled = all(label_role(plain(text[slice(*mark.label)])) is not None for mark in papers)
    return 0 < len(papers) <= 2 and labelled and len(body) <= _LONGEST


def names_papers(lines: Sequence[str], blocks: Iterable[Block]) -> bool:
    """Whether items are entries themselves, not details of the one around them."""
    for block in blocks:
        text = "".join(lines[block.start : block.head])
        if "http" not in text and block.children and names_papers(lines, block.children):
            return True
        if "http" not in text:
            continue
        facts = read(text.rstrip("\r\n"), block.kind).facts
        if len(facts.title.split()) >= 3 and any(link.role == "paper" for link in facts.links):
            return True
    return False


def starts_with_title(lines: Sequence[str], start: int, end: int) -> bool:
    """Whether lines begin with a link whose words are no label."""
    text = "".join(lines[start:end]).lstrip()
    marks = scan(text) if text.startswith(("[", "**[", "*[")) else []
    first = next((mark for mark in marks if mark.kind == "link"), None)
    if first is None or first.start > 2:
        return False
    label = plain(text[first.label[0] : first.label[1]])
    return label_role(label) is None and len(label.split()) >= 2
