"""The first entry of an empty section: there is nothing beside it, so the list around shows how."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tracker.reading_list.document import Document
from tracker.reading_list.entry import Entry
from tracker.reading_list.escape import escape_title
from tracker.reading_list.inline import plain
from tracker.reading_list.pieces import Facts, column_name
from tracker.reading_list.render import safe_url
from tracker.reading_list.rows import cells_of
from tracker.reading_list.style import Style
from tracker.taxonomy import Path

_DELIMITER = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
_FRAME = re.compile(
    r"\s*(?:(?:</?(?:details|summary|div|p|br|hr|center|table|tbody|ul|ol|b)\b[^>]*>\s*)*"
    r"|[-*_ ]{3,}|\(?\[[^\]]*\]\(#[^)]*\)\)?|<p [^>]*>.*\bhref=\"#.*)\s*",
    re.IGNORECASE,
)
"""A line that holds nothing: blank, a rule, tags that open or close, a way back to the top."""


def first_entry(
    documents: Mapping[str, Document], section: Path, style: Style, facts: Facts
) -> tuple[str, int, str, tuple[bool, bool]]:
    """The first entry of a section: its file, line and text, and where a blank line sets it off.

    It is written in the style of the list around the section; in a table that waits there for
    its first row, by the heads of its columns.
    """
    document, start, end = _own_lines(documents, section)
    lines, eol = document.lines, document.ending
    while end > start and _FRAME.fullmatch(lines[end - 1].rstrip("\r\n")):
        end -= 1
    heads = _waiting_table(lines[start:end])
    donor = style.templates[0].entry if style.templates else None
    if heads is not None:
        alike = donor is not None and donor.columns == heads
        text = style.write(facts, 0) if alike else _by_heads(facts, heads)
        return document.file, end, text, (False, False)
    if donor is None:
        return document.file, end, bare(facts), (True, False)
    text = _trimmed(style.write(facts, 0)).replace("\n", eol)
    if donor.kind in ("table row", "html row") and not any(map(_opens_table, lines[start:end])):
        around = _table if donor.kind == "table row" else _html_table
        text = around(documents[donor.file].lines, donor, text, eol) or bare(facts)
    above = documents[donor.file].lines[donor.start - 1] if donor.start else ""
    apart = not above.strip() or donor.kind not in ("bullet", "numbered")
    follows = end < len(lines) and bool(lines[end].strip())
    return document.file, end, text, (apart, apart and follows)


def next_entry(lane: Sequence[Entry], style: Style, facts: Facts) -> str:
    """An entry to stand beside the first ones of a section that was empty as its style was learned.

    It is written as those were: they are not learned from.
    """
    donor = style.templates[0].entry if style.templates else None
    kind, heads = lane[0].kind, lane[0].columns
    if kind == "table row" and (donor is None or donor.columns != heads):
        return _by_heads(facts, heads)
    if donor is None or (kind == "bullet" and donor.kind in ("table row", "html row")):
        return bare(facts)
    return _trimmed(style.write(facts, 0))


def _trimmed(text: str) -> str:
    """A text without blanks at the ends of its lines."""
    return re.sub(r"[ \t]+(?=\n|\Z)", "", re.sub(r"\r\n|\r", "\n", text))


def bare(facts: Facts) -> str:
    """An entry where there is nothing to learn from: a bullet with the title as link."""
    title = escape_title(facts.title)
    link = next((link for link in facts.links if link.url), None)
    return f"- [{title}]({safe_url(link.url)})" if link else f"- {title}"


def _own_lines(documents: Mapping[str, Document], section: Path) -> tuple[Document, int, int]:
    """The lines between a section's heading and the next heading."""
    for document in documents.values():
        for path, start, end in document.headings:
            if path == section:
                following = [s for s, _ in document.starts if s > start]
                stop = min(following, default=len(document.lines))
                return document, end, stop
    document = next(iter(documents.values()))
    return document, 0, len(document.lines)


def _opens_table(line: str) -> bool:
    line = line.rstrip("\r\n")
    return bool(("|" in line and _DELIMITER.fullmatch(line)) or re.search(r"(?i)<table\b", line))


def _waiting_table(own: Sequence[str]) -> tuple[str, ...] | None:
    """The heads of the columns where a section ends with a table without rows."""
    if len(own) < 2 or "|" not in own[-1] or not _DELIMITER.fullmatch(own[-1].rstrip("\r\n")):
        return None
    return tuple(
        plain(cell) for cell in cells_of(own[-2].strip().removeprefix("|").removesuffix("|"))
    )


def _by_heads(facts: Facts, heads: Sequence[str]) -> str:
    """A row for columns that no entry of the list has."""
    title = escape_title(facts.title, table=True)
    links = [f"[{link.label or 'paper'}]({safe_url(link.url, table=True)})" for link in facts.links]
    names = [column_name(head) for head in heads]
    if "links" not in names and links:
        title = f"[{title}]({safe_url(facts.links[0].url, table=True)})"
    first = names.index("title") if "title" in names else 0
    date = facts.published
    values = {
        "venue": escape_title(facts.venue, table=True),
        "date": (f"{date.year}-{date.month:02d}" if date.month else str(date.year)) if date else "",
        "authors": escape_title(", ".join(facts.authors), table=True),
        "links": " ".join(links),
    }
    cells = [title if n == first else values.pop(name, "") for n, name in enumerate(names)]
    return "| " + " | ".join(cells) + " |"


def _table(lines: Sequence[str], donor: Entry, row: str, eol: str) -> str:
    """A row below the head of the donor's table."""
    line = donor.start
    while line > 0 and not _DELIMITER.fullmatch(lines[line].rstrip("\r\n")):
        line -= 1
    head = [lines[n].rstrip("\r\n") + eol for n in (line - 1, line) if n >= 0]
    return "".join(head) + row


def _html_table(lines: Sequence[str], donor: Entry, row: str, eol: str) -> str:
    """A row in a table that opens and closes as the donor's does; "" if that shares its lines."""
    top = donor.start
    while top >= 0 and not re.match(r"\s*<table\b", lines[top], re.IGNORECASE):
        top -= 1
    end = donor.end
    while end < len(lines) and not re.match(r"\s*</table\s*>\s*$", lines[end], re.IGNORECASE):
        end += 1
    if top < 0 or end == len(lines):
        return ""
    head = "".join(lines[top : donor.start])
    if re.search(r"<td\b", head, re.IGNORECASE):
        return ""
    closing = [line for line in lines[donor.end : end] if re.match(r"\s*</tbody\s*>\s*$", line)]
    written = [head, row + eol, *closing, lines[end].rstrip("\r\n")]
    return re.sub(r"\r\n|\r|\n", eol, "".join(written))
