"""The links of a reading list: where each stands, what it leads to, whose entry it is in."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from tracker.links import link_address
from tracker.reading_list import Entry, ReadingList
from tracker.reading_list.finding import Page
from tracker.reading_list.inline import Mark, plain, scan

_SCHEME = re.compile(r"(?i)(?:https?|ftps?|git|ssh):")


@dataclass(frozen=True, slots=True)
class ListedLink:
    """A link at a line (from 1) of a file.

    `url` is as the list writes it, `address` what is asked for, None when nobody can ask for
    it over HTTP. `role` is what it leads to in its entry, "picture" for a picture's own
    address, "other" outside of entries. `text` is what a reader sees of it.
    """

    file: str
    line: int
    text: str
    url: str
    address: str | None
    role: str
    entry: Entry | None = None


def listed_links(reading_list: ReadingList, *, pictures: bool = False) -> list[ListedLink]:
    """Every web link of the list's files in order, in entries and in the prose between them.

    `pictures` includes the addresses of pictures, such as badges. Left out are anchors and
    files of the repository, and what is in comments and code.
    """
    return [
        link
        for document in reading_list.documents.values()
        for link in _on_page(Page(document), document.entries, pictures)
    ]


def _on_page(page: Page, entries: Collection[Entry], pictures: bool) -> Iterator[ListedLink]:
    ordered = sorted(entries, key=lambda entry: entry.start)
    starts = [entry.start for entry in ordered]
    # Code is blanked out already; a lone backtick must not hide what stands behind it.
    text = page.shown.replace("`", " ")
    for mark in scan(text):
        for start, end, role in _addresses(mark, pictures):
            url = text[start:end].strip()
            if not _SCHEME.match(url):
                continue
            line = page.line_at(start)
            at = bisect_right(starts, line - 1) - 1
            entry = ordered[at] if at >= 0 and line - 1 < ordered[at].end else None
            label = plain(text[slice(*mark.label)])
            yield ListedLink(
                file=page.document.file,
                line=line,
                text=label,
                url=url,
                address=link_address(url),
                role=role or _role(entry, url),
                entry=entry,
            )


def _addresses(mark: Mark, pictures: bool) -> Iterator[tuple[int, int, str]]:
    if mark.kind == "link":
        yield *mark.url, ""
    picture = mark.image if mark.kind == "link" else mark.url if mark.kind == "image" else None
    if pictures and picture is not None:
        yield *picture, "picture"


def _role(entry: Entry | None, url: str) -> str:
    links = entry.named_links if entry else ()
    return next((link.role for link in links if link.url == url), "other")


def ignored(address: str, patterns: Collection[str]) -> bool:
    """Whether an address fits one of the patterns, in which `*` stands for anything."""
    return any(fnmatchcase(address.lower(), pattern.lower()) for pattern in patterns)


def by_address(links: Collection[ListedLink]) -> Mapping[str, list[ListedLink]]:
    """The links of each address, so that it is asked for once."""
    found: dict[str, list[ListedLink]] = {}
    for link in links:
        if link.address is not None:
            found.setdefault(link.address, []).append(link)
    return found
