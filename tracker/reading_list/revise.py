"""An entry's text with some of its facts replaced where they stand."""

from __future__ import annotations

from tracker.errors import InputError
from tracker.reading_list.dates import PartialDate, coarser, write_date
from tracker.reading_list.entry import Entry
from tracker.reading_list.escape import escape_title
from tracker.reading_list.render import safe_url


def revised(
    entry: Entry,
    *,
    title: str | None = None,
    venue: str | None = None,
    published: PartialDate | None = None,
    link: str | None = None,
) -> str:
    """The text of an entry with the facts given in place of those it states.

    `link` is a new address for its first link to the paper. Everything else, notes and white
    space too, stays as it is. Raises InputError for a fact the entry does not state: there is
    no place to put it.
    """
    table, html = entry.kind == "table row", entry.kind == "html row"
    new: dict[str, str] = {}
    if title is not None:
        new["title"] = escape_title(title, table=table, html=html)
    if venue is not None:
        new["venue"] = escape_title(venue, table=table, html=html)
    if link is not None:
        new["url"] = safe_url(link, table=table)
    if published is not None:
        new["date"] = ""
    changes: list[tuple[int, int, str]] = []
    first = _paper_link(entry)
    for place in entry.reading.places:
        if place.name not in new or (place.name == "url" and place.index != first):
            continue
        text = new.pop(place.name)
        if place.name == "date" and published is not None:
            text = write_date(published, coarser(place.pattern, published.depth))
        changes.append((place.start, place.end, text))
    if new:
        missing = " or ".join({"url": "link"}.get(name, name) for name in new)
        raise InputError(f"{entry.file}, line {entry.start + 1}: the entry states no {missing}")
    written, position = "", 0
    for start, end, text in sorted(changes):
        written += entry.text[position:start] + text
        position = end
    return written + entry.text[position:]


def _paper_link(entry: Entry) -> int:
    """Which of its links leads to the paper; its first where none says so."""
    links = entry.facts.links
    roles = (n for n, link in enumerate(links) if link.role == "paper" and link.url)
    return next(roles, next((n for n, link in enumerate(links) if link.url), -1))
