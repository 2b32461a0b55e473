"""Headings and what points to them: tables of contents, anchors, sections without entries."""

from __future__ import annotations

import difflib
import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from tracker.reading_list.blocks import Block, blocks_of
from tracker.reading_list.contents import Anchor, contents_of
from tracker.reading_list.finding import Edit, Finding, Page
from tracker.reading_list.inline import plain, scan
from tracker.reading_list.signs import SHORTCODE
from tracker.taxonomy import path_text, section_key


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as a reader sees it.

    `target` is what links to it say, `anchor` the same in comparable form.
    """

    name: str
    level: int
    line: int
    anchor: str
    target: str
    html: bool = False


def slug(heading: str) -> str:
    """The anchor GitHub gives a heading, without the number that tells equal ones apart.

    Lower case; letters, digits, marks, hyphens and underscores stay, blanks become hyphens:
    https://github.com/gjtorikian/html-pipeline, its table-of-contents filter.
    """
    kept = (c for c in heading.lower() if c in " -_" or unicodedata.category(c)[0] in "LNM")
    return "".join(kept).replace(" ", "-")


def _comparable(anchor: str) -> str:
    """An anchor without what editors add or lose unseen: emoji selectors, joiners, encoding."""
    return re.sub(r"[\ufe0f\u200d]", "", unquote(anchor)).lower().rstrip("-")


def headings_of(page: Page, blocks: Sequence[Block]) -> list[Heading]:
    """Every heading of a page, those without entries too."""
    seen: Counter[str] = Counter()
    found = []
    for block in blocks:
        if block.kind != "heading":
            continue
        name = plain(block.text)
        target = slug(_shown(block.text))
        anchor = _comparable(target)
        number = f"-{seen[anchor]}" if seen[anchor] else ""
        seen[anchor] += 1
        html = page.document.lines[block.start].lstrip().startswith("<")
        found.append(
            Heading(name, block.level, block.start, anchor + number, target + number, html)
        )
    return found


def _shown(markdown: str) -> str:
    """A heading's words with the blanks around pictures, which count in its anchor."""
    text = re.sub(r"!\[[^\]]*\]\([^)]*\)|<[^>]*>", "", markdown)
    text = re.sub(r"\[([^\[\]]*)\]\([^()]*\)", r"\1", text)
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", re.sub(r"(?<!\w)[*_]+|[*_]+(?!\w)|`", "", text))


def section_findings(page: Page) -> Iterator[Finding]:
    """What is wrong with the table of contents, the anchors, and sections without anything."""
    blocks = blocks_of(page.text, page.document.lines)
    headings = headings_of(page, blocks)
    anchors = _anchors(page)
    known = {heading.anchor: heading for heading in headings}
    own = {_comparable(name) for name in _NAMED.findall(page.shown)}
    contents = contents_of(page, blocks, anchors)
    for anchor in anchors:
        if anchor.target in known:
            if anchor in contents:
                yield from _label(page, anchor, known[anchor.target])
        elif anchor.target not in own and anchor.target not in _alternatives(headings):
            yield from _dead(page, anchor, headings, anchor in contents)
    yield from _missing(page, headings, contents)
    yield from empty_sections(page)


_NAMED = re.compile(r"<[a-z]\w*\b[^>]*?\b(?:id|name)\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)


def _anchors(page: Page) -> list[Anchor]:
    found = []
    for mark in scan(page.shown):
        target = page.text[mark.url[0] : mark.url[1]]
        if mark.kind == "link" and target.startswith("#") and len(target) > 1:
            label = plain(page.text[mark.label[0] : mark.label[1]])
            html = page.text[mark.start] == "<"
            found.append(Anchor(label, _comparable(target[1:]), mark, html))
    return found


def _alternatives(headings: Sequence[Heading]) -> frozenset[str]:
    """Anchors that also work: emoji written as :name: are no part of some renderers' anchors."""
    return frozenset(_comparable(slug(SHORTCODE.sub("", heading.name))) for heading in headings) | {
        "top",
        "readme",
    }


def _label(page: Page, anchor: Anchor, heading: Heading) -> Iterator[Finding]:
    label, name = section_key(anchor.label), section_key(heading.name)
    if not label or label == name or label in name or name in label:
        return
    near = difflib.SequenceMatcher(None, label, name).ratio() >= 0.8
    yield page.finding(
        anchor.mark.start,
        "contents-misnamed",
        f"The table of contents says {anchor.label!r} where the heading says {heading.name!r}.",
        "Write the heading's own words.",
        *((Edit(*anchor.mark.label, anchor.escaped(heading.name)),) if near else ()),
    )


def _dead(
    page: Page, anchor: Anchor, headings: Sequence[Heading], in_contents: bool
) -> Iterator[Finding]:
    """An anchor without a heading, with the one it most likely means."""
    target = f"#{anchor.target}"
    by_anchor = {heading.anchor: heading for heading in headings if heading.anchor}
    close = difflib.get_close_matches(anchor.target, list(by_anchor), n=2, cutoff=0.75)
    meant = by_anchor[close[0]] if close else None
    if meant is None:
        same = [h for h in headings if section_key(h.name) == section_key(anchor.label)]
        meant = same[0] if len(same) == 1 else None
    if meant is None:
        yield page.finding(
            anchor.mark.start,
            "dead-anchor",
            f"The link {anchor.label!r} leads to {target}, and no heading has that anchor.",
            "Link to a heading that exists, or remove the link.",
        )
        return
    ratio = difflib.SequenceMatcher(None, anchor.target, meant.anchor).ratio()
    words, label = section_key(meant.name), section_key(anchor.label)
    named = f" {words} " in f" {label} "
    sure = named or (ratio >= 0.9 and len(close) == 1)
    edits = [Edit(*anchor.mark.url, "#" + meant.target)]
    misnamed = not named
    if misnamed and in_contents:
        edits.append(Edit(*anchor.mark.label, anchor.escaped(meant.name)))
    numbered = re.search(r"-\d+\Z", meant.anchor)
    yield page.finding(
        anchor.mark.start,
        "contents-misnamed" if misnamed and in_contents else "dead-anchor",
        f"{anchor.label!r} links to {target}, which no heading has; the heading is"
        f" {meant.name!r} (#{meant.target}).",
        f"Link to #{meant.target}" + (" and write the heading's words." if misnamed else "."),
        *(edits if sure and not numbered else ()),
    )


def _missing(
    page: Page, headings: Sequence[Heading], contents: Sequence[Anchor]
) -> Iterator[Finding]:  # fmt: skip
    """Headings the table of contents leaves out, of the levels it lists and after it."""
    if not contents:
        return
    listed = {anchor.target for anchor in contents}
    labels = {section_key(anchor.label) for anchor in contents}
    line = page.line_at(contents[0].mark.start)
    shown = [h for h in headings if h.anchor in listed or section_key(h.name) in labels]
    if not shown:
        return
    levels = Counter(h.level for h in shown)
    filled = {e.section[:n] for e in page.document.entries for n in range(1, len(e.section) + 1)}
    # What holds no entries, such as a list of things to do, may well be left out.
    holding = {start for path, start, _ in page.document.headings if path in filled}
    near = [section_key(anchor.label) for anchor in contents if anchor.target not in
            {h.anchor for h in headings}]  # fmt: skip
    for heading in headings:
        total = sum(h.level == heading.level for h in headings if h.line >= line)
        if (
            heading in shown
            or heading.line not in holding
            or heading.line < line
            or levels[heading.level] < 0.5 * total
            or difflib.get_close_matches(section_key(heading.name), near, n=1, cutoff=0.8)
        ):
            continue
        yield page.finding(
            page.starts[heading.line],
            "contents-missing",
            f"The table of contents leaves out the section {heading.name!r}.",
            f"Add a line for it: {contents[0].like(heading.name, heading.target)}.",
        )


def empty_sections(page: Page) -> Iterator[Finding]:
    """Sections that hold nothing: neither entries, nor text, nor further sections."""
    document = page.document
    marks = sorted({start for start, _ in document.starts})
    for path, start, end in document.headings:
        after = bisect_right(marks, start)
        stop = marks[after] if after < len(marks) else len(document.lines)
        has_below = any(other[: len(path)] == path and other != path
                        for other, s, _ in document.headings if s > start)  # fmt: skip
        text = "".join(document.lines[end:stop])
        bare = re.sub(r"<!--.*?-->|</?\w[^>]*>|^\s*[-*_]{3,}\s*$", "", text, flags=re.S | re.M)
        if not has_below and not bare.strip():
            yield page.finding(
                page.starts[start],
                "empty-section",
                f"The section {path_text(path)!r} is empty.",
                "File a paper under it, or remove the heading.",
            )
