"""Markdown that does not say what was meant: links, brackets and table rows gone wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from tracker.counting import counted
from tracker.reading_list.entry import Entry
from tracker.reading_list.finding import Edit, Finding, Page
from tracker.reading_list.inline import scan
from tracker.reading_list.words import label_role
from tracker.taxonomy import section_key

_ADDRESS = r"https?://(?:[^\s()\[\]<>|]|\([^\s()]*\))++"
_DOUBLED = re.compile(rf"\]\((\(+)({_ADDRESS})(\)+)")
_UNCLOSED = re.compile(rf"\]\(({_ADDRESS})(?=[\s\]|<]|\Z)(?![ \t]*\)|[ \t]+[\"'(])")
_HREF = r"<a\s(?:[^<>]*?\s)?href\s*=\s*"
_OPENS = rf"(?:\]\(|{_HREF}[\"'])"
_SCHEME = re.compile(rf"{_OPENS}(?!https?://[^/])(h?t{{1,3}}ps?\w?[:;]?/{{1,3}})(?=\w)", re.I)
_TWICE = re.compile(rf"{_OPENS}(https?:/*)(?=https?://)", re.I)
_EMPTY = re.compile(
    r"(?<!!)\[([^\[\]\r\n]*)\]\([ \t]*\)"
    rf"|{_HREF}(?:\"\s*\"|'\s*')[^<>]*>([^<>]*)",
    re.I,
)
_SPACED = re.compile(rf"\]\([ \t]*({_ADDRESS}[ \t]+[^\s()\"'][^()\r\n]*)\)")
_LABEL = re.compile(
    r"(?<![\[!\\])(\[{1,2})([^\[\]\r\n]{1,30})(\]{1,2})([ \t]*)(\(https?://[^\s()]+\))?"
)
_DEFINITION = re.compile(r"^[ ]{0,3}\[([^\[\]\r\n]+)\]:", re.MULTILINE)


def malformed_links(page: Page) -> Iterator[Finding]:
    """Links no reader can follow; what is in comments and code is left alone."""
    for found in _DOUBLED.finditer(page.shown):
        extra = min(len(found[1]), len(found[3]) - 1)
        end = found.start(3) + 1 + extra
        edit = Edit(found.start() + 1, end, f"({found[2]})")
        yield page.finding(
            found.start(),
            "malformed-link",
            f"The address {found[2]} stands in doubled parentheses, which become part of it.",
            "Write it in single parentheses.",
            edit,
        )
    for found in _UNCLOSED.finditer(page.shown):
        yield page.finding(
            found.start(),
            "malformed-link",
            f"The link to {found[1]} is not closed.",
            "Add the closing parenthesis.",
            Edit(found.end(1), found.end(1), ")"),
        )
    for found in _SCHEME.finditer(page.shown):
        right = "http://" if re.match(r"h?t+p(?!s)\W", found[1], re.I) else "https://"
        yield page.finding(
            found.start(),
            "malformed-link",
            f"The address begins with {found[1]!r}.",
            f"Let it begin with {right}.",
            Edit(found.start(1), found.end(1), right),
        )
    for found in _TWICE.finditer(page.shown):
        yield page.finding(
            found.start(),
            "malformed-link",
            f"The address begins with {found[1]!r} twice.",
            "Let it begin once.",
            Edit(*found.span(1), ""),
        )
    for found in _EMPTY.finditer(page.shown):
        yield page.finding(
            found.start(),
            "link-without-address",
            f"The link {' '.join((found[1] or found[2] or '').split())!r} leads nowhere.",
            "Add its address, or remove it.",
        )
    for found in _SPACED.finditer(page.shown):
        yield page.finding(
            found.start(),
            "malformed-link",
            f"The address {found[1]!r} contains a space, so it is no link.",
            "Remove the space, or write it as %20.",
        )


def loose_labels(
    page: Page, entry: Entry, defined: frozenset[str], used: frozenset[str]
) -> Iterator[Finding]:
    """Labels of links, such as `[code]`, that stand apart from their address or have none.

    `used` are the labels the list's links do have (as `section_key` gives them): a word in
    brackets that is never a link elsewhere is not meant to be one.
    """
    start, end = page.span(entry.start, entry.end)
    for found in _LABEL.finditer(page.shown, start, end):
        following = page.shown[found.end(3) : found.end(3) + 1]
        if (
            label_role(found[2]) is None
            or (not found[5] and section_key(found[2]) not in used)
            or following in ("(", "[", ":", "]")
            or found[2].casefold() in defined
        ):
            continue
        if found[5]:
            yield page.finding(
                found.start(),
                "malformed-link",
                f"A space parts the label {found[2]!r} from its address {found[5][1:-1]}.",
                "Remove the space.",
                Edit(found.start(4), found.end(4), ""),
            )
        else:
            yield page.finding(
                found.start(),
                "link-without-address",
                f"The label {found[2]!r} has no address.",
                "Add its address, or remove the label.",
            )


def definitions(page: Page) -> frozenset[str]:
    """The names of the page's link definitions (`[name]: address`)."""
    return frozenset(name.casefold() for name in _DEFINITION.findall(page.shown))


def brackets(page: Page, entry: Entry) -> Iterator[Finding]:
    """Square brackets and bold marks of an entry that never open or never close."""
    if entry.kind == "html row":
        return
    start, end = page.span(entry.start, entry.end)
    text = page.shown[start:end]
    if _UNCLOSED.search(text) or _DOUBLED.search(text):
        return
    kept = list(text)
    for mark in scan(text):
        if mark.kind in ("link", "image", "tag"):
            kept[mark.start : mark.end] = " " * (mark.end - mark.start)
    rest = re.sub(r"\\.|\$[^$\r\n]*\$|:[-']?[\[\]]", "  ", "".join(kept))
    opened = rest.count("[") - rest.count("]")
    if opened:
        sign = "[" if opened > 0 else "]"
        other = "never closed" if opened > 0 else "never opened"
        at = rest.rfind(sign) if opened > 0 else rest.find(sign)
        yield page.finding(
            start + at,
            "unbalanced-brackets",
            f"A square bracket of this entry is {other}.",
            f"Add the missing {']' if opened > 0 else '['}, or remove the other.",
        )
    if len(re.findall(r"(?<![\\*])\*\*(?!\*)", text)) % 2:
        yield page.finding(
            start + max(text.rfind("**"), 0),
            "unbalanced-brackets",
            "A bold mark (**) of this entry has no partner.",
            "Add the missing **, or remove the other.",
        )


def table_cells(page: Page) -> Iterator[Finding]:
    """Rows with more or fewer cells than their table has columns.

    GitHub shows a short row with empty cells, and some lists leave them out as a rule; only
    where few rows are short is filling them up the house style, and so a safe edit.
    """
    rows = [e for e in page.document.entries if e.kind == "table row" and e.columns]
    measured = [(entry, *_cells(entry)) for entry in rows]
    short = Counter(e.columns for e, cells, _ in measured if cells < len(e.columns))
    total = Counter(entry.columns for entry in rows)
    for entry, cells, closed in measured:
        wanted = len(entry.columns)
        if cells == wanted:
            continue
        edits: tuple[Edit, ...] = ()
        fix = "Remove the cells too many, or escape the | that is part of the text."
        if cells < wanted:
            fix = "Add the missing cells; they may be empty."
            at = page.starts[entry.start] + len(entry.text.rstrip())
            if short[entry.columns] <= 0.4 * total[entry.columns]:
                edits = (Edit(at, at, ("" if closed else " |") + "  |" * (wanted - cells)),)
        yield page.finding(
            page.starts[entry.start],
            "table-cells",
            f"This row has {counted(cells, 'cell')}; its table has {counted(wanted, 'column')}.",
            fix,
            *edits,
        )


def _cells(entry: Entry) -> tuple[int, bool]:
    """How many cells a row has, and whether it ends with a bar."""
    inner = entry.text.strip().removeprefix("|")
    closed = re.search(r"(?<!\\)\|\Z", inner) is not None
    return len(re.findall(r"(?<!\\)\|", inner)) + (not closed), closed
