"""What `tracker init` finds in a reading list, for a person to check."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobs.console import table
from tracker.counting import counted
from tracker.reading_list import Entry, ReadingList, Unread
from tracker.reading_list.inline import plain
from tracker.reading_list.words import is_outside
from tracker.taxonomy import Path, path_text, section_key

_SHOWN_UNREAD = 10
_WIDEST_STYLE = 90


@dataclass(frozen=True, slots=True)
class SectionLook:
    """A section that holds entries: how most of them are written, and in which order."""

    path: Path
    entries: int
    style: str
    order: str


@dataclass(frozen=True, slots=True)
class Look:
    """A reading list as it was understood.

    `links` counts links by what they lead to, `skipped` are headings that hold no entries.
    """

    sections: tuple[SectionLook, ...]
    empty: tuple[Path, ...]
    entries: tuple[Entry, ...]
    links: Mapping[str, int]
    unread: tuple[Unread, ...]
    skipped: tuple[str, ...]


def look(files: Mapping[str, str]) -> Look:
    """Parse the files of a reading list and describe what is there."""
    found = ReadingList.parse(files)
    skipped = _skipped(files, len(found.entries))
    entries, by_section = found.entries, found.by_section
    around = {path[:length] for path in by_section for length in range(1, len(path))}
    return Look(
        sections=tuple(_section(found, path) for path in by_section),
        empty=tuple(
            section.path
            for section in found.taxonomy
            if section.path not in by_section and section.path not in around
        ),
        entries=entries,
        links=dict(Counter(link.role for entry in entries for link in entry.links).most_common()),
        unread=found.unread,
        skipped=skipped,
    )


def _skipped(files: Mapping[str, str], entries: int) -> tuple[str, ...]:
    """Headings that hold no entries, of which there are so many in these files.

    A table of contents that is the heading above the whole list must not be skipped.
    """
    names = tuple(dict.fromkeys(name for text in files.values() for name in _outside(text)))

    def are_free(headings: Sequence[str]) -> bool:
        return len(ReadingList.parse(files, skip_sections=headings).entries) == entries

    return names if are_free(names) else tuple(name for name in names if are_free([name]))


def _section(reading_list: ReadingList, path: Path) -> SectionLook:
    entries = reading_list.by_section[path]
    style = reading_list.style(path)
    columns = Counter(entry.columns for entry in entries).most_common(1)[0][0]
    if columns:
        written = " | ".join(plain(column).strip() or "-" for column in columns)
        written = f"table: | {written} |"
    else:
        written = style.describe().rpartition(", ")[0]
    written = re.sub(r"\s+", " ", written)
    if len(written) > _WIDEST_STYLE:
        written = written[: _WIDEST_STYLE - 1] + "…"
    order = style.order.name if len(entries) > 1 else "one entry"
    return SectionLook(path, len(entries), written, order)


def _outside(text: str) -> Iterable[str]:
    """Headings of a file that announce news, thanks, citation and the like."""
    fence = ""
    for line in text.splitlines():
        mark = re.match(r" {0,3}(`{3,}|~{3,})", line)
        if mark and (not fence or line.strip().startswith(fence)):
            fence = "" if fence else mark[1]
        heading = re.match(r" {0,3}#{1,6}[ \t]+(.+?)[ \t#]*$", line) or re.match(
            r"\s*<h[1-6][^>]*>(.+?)</h[1-6]>", line, re.IGNORECASE
        )
        if heading and not fence:
            name = re.sub(r"^[^\w]+|[^\w)?!]+$", "", plain(heading[1]))
            if section_key(name) and is_outside(name):
                yield name


def look_text(found: Look) -> str:
    """The look for a reader."""
    # The title of the whole list above every section says nothing.
    shared = {s.path[0] for s in found.sections if len(s.path) > 1}
    cut = 1 if len(shared) == 1 and all(len(s.path) > 1 for s in found.sections) else 0
    rows = [(path_text(s.path[cut:]), s.entries, s.order, s.style) for s in found.sections]
    links = ", ".join(f"{count} {role}" for role, count in found.links.items()) or "none"
    lines = [
        f"{counted(len(found.entries), 'entry')} in {counted(len(found.sections), 'section')}.",
        "",
        table(("Section", "Entries", "Order", "Style of most entries"), rows),
        "",
        f"Links by what they lead to: {links}.",
    ]
    if found.empty:
        lines.append(f"Sections without entries: {', '.join(map(path_text, found.empty))}.")
    if found.skipped:
        lines.append(f"Taken to hold no entries: {', '.join(found.skipped)}.")
    if found.unread:
        seem = "looks like an entry" if len(found.unread) == 1 else "look like entries"
        lines.append(f"\n{counted(len(found.unread), 'place')} {seem} and could not be read:")
        lines += [
            f"  {item.file}:{item.line}: {item.reason}: {item.text.strip()[:80]}"
            for item in found.unread[:_SHOWN_UNREAD]
        ]
        if len(found.unread) > _SHOWN_UNREAD:
            lines.append(f"  and {len(found.unread) - _SHOWN_UNREAD} more; --json lists them all")
    elif found.entries:
        lines.append("\nEverything that looks like an entry could be read.")
    return "\n".join(lines)


def look_document(found: Look) -> dict[str, Any]:
    """The look for a program."""
    return {
        "entries": len(found.entries),
        "sections": [
            {"path": list(s.path), "entries": s.entries, "order": s.order, "style": s.style}
            for s in found.sections
        ],
        "empty_sections": [list(path) for path in found.empty],
        "links": dict(found.links),
        "skipped_sections": list(found.skipped),
        "unread": [
            {"file": u.file, "line": u.line, "text": u.text, "reason": u.reason}
            for u in found.unread
        ],
    }
