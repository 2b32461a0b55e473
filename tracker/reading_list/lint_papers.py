"""Entries that contradict each other, their own links, or the record of their paper."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tracker.identifiers import Identifier, arxiv_id, normalise_title
from tracker.paper import Paper
from tracker.reading_list.dates import PartialDate
from tracker.reading_list.entry import Entry
from tracker.reading_list.finding import Edit, Finding, Page
from tracker.reading_list.order import Key, Order
from tracker.reading_list.words import PREPRINT, identify_safely, venue_key
from tracker.taxonomy import path_text


def same_title(one: str, other: str) -> bool:
    """Whether two titles can be those of one paper: equal, one within the other, or nearly so."""
    if _agree(one, other):
        return True
    a, b = (set(normalise_title(title).split()) - _SMALL for title in (one, other))
    return len(a & b) >= max(2, 0.5 * min(len(a), len(b)))


def _agree(one: str, other: str) -> bool:
    """Whether nothing in two titles speaks against each other.

    A single word is taken for a name, which says nothing against the other title.
    """
    left, right = normalise_title(one), normalise_title(other)
    if left == right or not left or not right:
        return True
    if f" {left} " in f" {right} " or f" {right} " in f" {left} ":
        return True
    return len(one.split()) == 1 or len(other.split()) == 1


_SMALL = frozenset({"a", "an", "and", "for", "from", "in", "of", "on", "the", "to", "via", "with"})


def _name(entry: Entry) -> str:
    title = entry.title or entry.short_name
    return title if len(title) <= 90 else title[:89].rstrip() + "…"


def _place(entry: Entry, other: Entry) -> str:
    where = f"line {entry.start + 1}"
    return where if entry.file == other.file else f"{entry.file}, {where}"


def duplicates(entries: Sequence[Entry], pages: Mapping[str, Page]) -> Iterator[Finding]:
    """The same paper twice, told by its identifiers or its title; one link under two titles."""
    by_identifier: dict[Identifier, Entry] = {}
    by_title: dict[str, Entry] = {}
    for entry in entries:
        page = pages[entry.file]
        position = page.starts[entry.start]
        known = [by_identifier[i] for i in _own(entry) if i in by_identifier]
        other = next((o for o in known if _is_one(o, entry)), None)
        clash = next((o for o in known if not _is_one(o, entry)), None)
        if other is None and len(key := normalise_title(entry.title)) >= 20:
            other = by_title.get(key)
        if other is not None:
            yield _duplicate(page, position, entry, other)
        elif clash is not None:
            link = next(i for i in _own(entry) if by_identifier.get(i) is clash)
            yield page.finding(
                position,
                "link-two-titles",
                f"{link} is linked here as {_name(entry)!r} and on {_place(clash, entry)}"
                f" as {_name(clash)!r}.",
                "Find out which paper it is; keep one entry, or correct the link of the other.",
            )
        for identifier in _own(entry):
            by_identifier.setdefault(identifier, entry)
        by_title.setdefault(normalise_title(entry.title), entry)


def _is_one(one: Entry, other: Entry) -> bool:
    """Whether two entries with one link are taken for one paper."""
    # In one section nobody files a paper twice on purpose: a slip of the link is as likely.
    alike = _agree if _together(one, other) else same_title
    return alike(_full(one), _full(other))


def _together(one: Entry, other: Entry) -> bool:
    return one.section == other.section and one.file == other.file


def _full(entry: Entry) -> str:
    return f"{entry.short_name} {entry.title}"


def _own(entry: Entry) -> tuple[Identifier, ...]:
    links = entry.paper_links
    found = (identifier for link in links for identifier in identify_safely(link.url))
    return tuple(dict.fromkeys(found))


def _duplicate(page: Page, position: int, entry: Entry, other: Entry) -> Finding:
    shared = set(_own(entry)) & set(_own(other))
    both = _own(entry) and _own(other) and not shared
    edits: tuple[Edit, ...] = ()
    fix = "Keep one of the two."
    alike = not _stated(entry).isdisjoint(_stated(other))
    called = "" if alike else f", as {_name(other)!r}"
    if both:
        rule = "duplicate-version"
        versions = f"{_own(other)[0]} there and {_own(entry)[0]} here"
        sentence = f"{_name(entry)!r} is also on {_place(other, entry)}, linked to {versions}."
        fix = "Keep one entry, with the link readers should follow."
    elif _together(entry, other):
        rule = "duplicate-in-section"
        where = f"{_place(other, entry)} of the same section{called}"
        sentence = f"{_name(entry)!r} is already on {where}."
        if entry.text.strip() == other.text.strip() and entry.kind != "numbered":
            edits = (Edit(*page.span(entry.start, entry.end), ""),)
            fix = "Remove this one; the two are the same, letter for letter."
    else:
        rule = "duplicate-across-sections"
        where = f"{_place(other, entry)}, under {path_text(other.section)}{called}"
        sentence = f"{_name(entry)!r} is also on {where}."
        fix = "Keep it where it belongs most, unless it is filed twice on purpose."
    return page.finding(position, rule, sentence, fix, *edits)


def dates_before_arxiv(page: Page, entry: Entry) -> Iterator[Finding]:
    """A year or month earlier than the arXiv identifier, which names the month it was given."""
    stated, month = entry.published, arxiv_month(entry)
    if stated is None or month is None or stated.depth == 3:
        depth = 1 if stated is None else 2
    else:
        depth = stated.depth
    if stated is None or month is None or stated.cut(depth).key >= month.cut(depth).key:
        return
    # A paper may well reach arXiv after its conference, so there only the year before counts.
    if not PREPRINT.search(entry.venue) and entry.venue and stated.year >= month.year:
        return
    if depth == 2 and _submitted_before(entry, stated):
        return
    yield page.finding(
        page.starts[entry.start],
        "date-before-arxiv",
        f"It is dated {_written(stated)}, but its arXiv identifier was given in {_written(month)}.",
        f"Write {_written(month.cut(depth))} if the link is right, else correct the link.",
    )


_FIRST_DAYS = 2_000
"""arXiv gives out about a thousand numbers a day; a weekend and a month's last day come to this."""


def _submitted_before(entry: Entry, stated: PartialDate) -> bool:
    """Whether a paper may have been sent in the month before the one its identifier names."""
    for link in entry.paper_links:
        found = arxiv_id(link.url) if "arxiv" in link.url.lower() else None
        if found and re.match(r"\d{4}\.", found[0]):
            month = 12 * int(found[0][:2]) + int(found[0][2:4])
            said = 12 * (stated.year - 2000) + (stated.month or 0)
            return month == said + 1 and int(found[0][5:]) <= _FIRST_DAYS
    return False


def arxiv_month(entry: Entry) -> PartialDate | None:
    """The month in the entry's arXiv identifier; None without one of the present form."""
    for link in entry.paper_links:
        found = arxiv_id(link.url) if "arxiv" in link.url.lower() else None
        if found and re.match(r"\d{4}\.", found[0]):
            return PartialDate(2000 + int(found[0][:2]), int(found[0][2:4]))
    return None


def _written(date: PartialDate) -> str:
    parts = [f"{date.year}", *(f"{part:02d}" for part in (date.month, date.day) if part)]
    return "-".join(parts)


def against_record(page: Page, entry: Entry, record: Paper) -> Iterator[Finding]:
    """A title, year or venue that is not the one its paper's record states."""
    position = page.starts[entry.start]
    if not _says(entry, record.title):
        yield page.finding(
            position,
            "title-differs",
            f"The paper behind its link is called {record.title!r}, not {_name(entry)!r}.",
            "Write the paper's own title, or correct the link.",
        )
        if not same_title(_full(entry), record.title):
            return
    venue, recorded = venue_key(entry.venue), venue_key(record.venue)
    if recorded and venue and PREPRINT.search(entry.venue) and not PREPRINT.search(record.venue):
        yield page.finding(
            position,
            "venue-contradicts",
            f"It is listed as a preprint; the record says it appeared in {record.venue}.",
            f"Write {record.venue} as its venue.",
        )
    elif recorded and venue and not _same_venue(venue, recorded):
        yield page.finding(
            position,
            "venue-contradicts",
            f"Its venue is written {entry.venue!r}; the record says {record.venue!r}.",
            "Write the venue of the record, unless the record is of another version.",
        )
    stated, first = entry.published, record.published
    if stated and first and stated.year < first.year and arxiv_month(entry) is None:
        yield page.finding(
            position,
            "year-contradicts",
            f"It is dated {stated.year}; its paper appeared first in {first.year}.",
            f"Write {first.year}.",
        )


def _says(entry: Entry, title: str) -> bool:
    """Whether an entry names its paper by its title, with or without the name before a colon."""
    real = normalise_title(title)
    stated = _stated(entry)
    if not real or real in stated or len(entry.title.split()) == 1:
        return True
    rest = normalise_title(title.partition(":")[2])
    return bool(rest) and rest in stated


def _stated(entry: Entry) -> set[str]:
    """The titles an entry may be understood to state: with and without a name before it."""
    titles = (entry.title, _full(entry), entry.title.partition(":")[2])
    return {normalise_title(title) for title in titles} - {""}


def _same_venue(one: str, other: str) -> bool:
    left, right = set(one.split()), set(other.split())
    if left & right - {"of", "the", "on", "and", "in", "journal", "conference", "proceedings"}:
        return True
    initials = "".join(word[0] for word in other.split() if word not in {"of", "the", "on", "and"})
    return one.replace(" ", "") in initials or initials in one.replace(" ", "")


def out_of_order(page: Page, lane: Sequence[Entry], order: Order) -> Iterator[Finding]:
    """Entries that break the order four fifths of their section keep."""
    if order.name not in ("newest first", "oldest first", "alphabetical") or order.share < 0.8:
        return
    if order.by == "arxiv":
        # Nobody sees this order, so nobody keeps to it on purpose.
        return
    keyed = [(key, entry) for entry in lane if (key := order.key(entry.facts)) is not None]
    keys = [key for key, _ in keyed]
    kept = _longest_run(keys[::-1] if order.descending else keys)
    if order.descending:
        kept = {len(keys) - 1 - index for index in kept}
    if len(keyed) - len(kept) > _NOISE * len(keyed):
        return
    standing = [keyed[index] for index in sorted(kept)]
    rising = [key for key, _ in (reversed(standing) if order.descending else standing)]
    for index, (key, entry) in enumerate(keyed):
        if index in kept:
            continue
        at = (
            len(rising) - bisect_left(rising, key)
            if order.descending
            else bisect_right(rising, key)
        )
        where = f"below line {standing[at - 1][1].start + 1}" if at else "to the top of the section"
        yield page.finding(
            page.starts[entry.start],
            "order-broken",
            f"This section is {_ORDERS[order.name]}; {_name(entry)!r} stands out of line.",
            f"Move it {where}.",
        )


_NOISE = 0.15
"""Where more of the entries than this are out of line, the section has no order to break."""

_ORDERS = {
    "newest first": "ordered newest first",
    "oldest first": "ordered oldest first",
    "alphabetical": "ordered alphabetically",
}


def _longest_run(keys: Sequence[Key]) -> set[int]:
    """The indices of a longest non-decreasing subsequence: the fewest entries are out of line."""
    tails: list[Key] = []
    ends: list[int] = []
    previous: list[int] = []
    for index, key in enumerate(keys):
        at = bisect_right(tails, key)
        previous.append(ends[at - 1] if at else -1)
        if at == len(tails):
            tails.append(key)
            ends.append(index)
        else:
            tails[at], ends[at] = key, index
    run: set[int] = set()
    index = ends[-1] if ends else -1
    while index >= 0:
        run.add(index)
        index = previous[index]
    return run


def records_by_identifier(records: Iterable[Paper]) -> dict[Identifier, Paper]:
    """The records by each of their identifiers."""
    return {identifier: paper for paper in records for identifier in paper.identifiers}
