"""Audits a reading list: what its maintainers would want to put right, and how.

duplicate-in-section, duplicate-across-sections, duplicate-version   the same paper twice
link-two-titles        one link under two titles
title-differs          not the title of the paper the link leads to (needs records)
date-before-arxiv      dated before its arXiv identifier existed
impossible-date        a date no calendar has, or that has not come yet
year-contradicts, venue-contradicts   not what the paper's record says (needs records)
missing-file           a link or picture of the repository that is not there (needs its folder)
malformed-link, link-without-address, unbalanced-brackets, table-cells   broken Markdown
order-broken           out of line in a section that keeps an order
numbers-out-of-order   a row of a table that counts its rows, with a number that is not the next
contents-missing, contents-misnamed, dead-anchor   navigation that misleads
empty-section          a heading with nothing below it
unreadable-entry       looks like an entry and cannot be read
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from tracker.paper import Paper
from tracker.reading_list.edit import ReadingList
from tracker.reading_list.finding import Edit, Finding, Page, apply_fixes
from tracker.reading_list.lint_dates import impossible_dates
from tracker.reading_list.lint_files import Checkout, missing_files
from tracker.reading_list.lint_markup import (
    brackets,
    definitions,
    loose_labels,
    malformed_links,
    table_cells,
)
from tracker.reading_list.lint_numbers import numbers_out_of_order
from tracker.reading_list.lint_papers import (
    against_record,
    dates_before_arxiv,
    duplicates,
    out_of_order,
    records_by_identifier,
)
from tracker.reading_list.lint_sections import section_findings
from tracker.taxonomy import section_key

__all__ = ["RULES", "Edit", "Finding", "apply_fixes", "lint"]

RULES = (
    "contents-misnamed",
    "contents-missing",
    "date-before-arxiv",
    "dead-anchor",
    "duplicate-across-sections",
    "duplicate-in-section",
    "duplicate-version",
    "empty-section",
    "impossible-date",
    "link-two-titles",
    "link-without-address",
    "malformed-link",
    "missing-file",
    "numbers-out-of-order",
    "order-broken",
    "table-cells",
    "title-differs",
    "unbalanced-brackets",
    "unreadable-entry",
    "venue-contradicts",
    "year-contradicts",
)
"""The names of the rules, as findings carry them."""


def lint(
    reading_list: ReadingList,
    records: Iterable[Paper] = (),
    *,
    today: date | None = None,
    checkouts: Mapping[str, Checkout] | None = None,
) -> tuple[Finding, ...]:
    """Everything found wrong with a list, by file and line.

    `records` are papers as their sources report them, matched to entries by identifier; without
    any, the rules that need them are silent. Without `today` no date is too late; links to
    files are checked for the files of the list that `checkouts` places. Nothing is fetched.
    `apply_fixes` makes the edits the findings carry.
    """
    pages = {name: Page(document) for name, document in reading_list.documents.items()}
    found = [*duplicates(reading_list.entries, pages)]
    for page in pages.values():
        found += malformed_links(page)
        found += table_cells(page)
        found += numbers_out_of_order(page)
        found += section_findings(page)
        found += _unread(page)
        if checkouts and page.document.file in checkouts:
            found += missing_files(page, checkouts[page.document.file])
    found += _about_entries(reading_list, pages, records, today)
    for section in reading_list.by_section:
        style = reading_list.style(section)
        if style.lane:
            found += out_of_order(pages[style.lane[0].file], style.lane, style.order)
    files = list(pages)
    unique = dict.fromkeys(found)
    return tuple(sorted(unique, key=lambda f: (files.index(f.file), f.line, f.rule)))


def _about_entries(
    reading_list: ReadingList,
    pages: dict[str, Page],
    records: Iterable[Paper],
    today: date | None,
) -> Iterator[Finding]:
    recorded = records_by_identifier(records)
    defined = {name: definitions(page) for name, page in pages.items()}
    labels = Counter(section_key(label) for e in reading_list.entries for label in e.labels)
    used = frozenset(label for label, count in labels.items() if count >= 2)
    for entry in reading_list.entries:
        page = pages[entry.file]
        yield from loose_labels(page, entry, defined[entry.file], used)
        yield from brackets(page, entry)
        yield from dates_before_arxiv(page, entry)
        yield from impossible_dates(page, entry, today)
        papers = (recorded[i] for i in entry.identifiers if i in recorded)
        if (paper := next(papers, None)) is not None:
            yield from against_record(page, entry, paper)


def _unread(page: Page) -> Iterator[Finding]:
    for unread in page.document.unread:
        several = unread.entries > 1
        what = "These look like entries and" if several else "This looks like an entry and"
        fix = "Write it as the other entries of its section are written."
        if unread.items:
            fix = f"Write {'them' if several else 'it'} as Markdown, `- [title](address)`."
        yield page.finding(
            page.starts[unread.line - 1],
            "unreadable-entry",
            f"{what} cannot be read: {unread.reason}.",
            fix,
        )
