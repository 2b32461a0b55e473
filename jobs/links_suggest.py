"""What to write instead of a link that is dead or has moved, where that is known."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from urllib.parse import urlsplit

from sqlmodel import Session

from db import papers
from jobs.links_listed import ListedLink
from tracker.identifiers import Identifier, normalise_title, url_of
from tracker.links import LinkState, same_page
from tracker.paper import Paper
from tracker.reading_list import Entry
from tracker.reading_list.words import identify_safely

_LEAST_TITLE = 20
"""A shorter title, normalised, may be several papers'."""


def better_address(
    session: Session, link: ListedLink, state: LinkState, dead: Collection[str]
) -> str:
    """The address to write instead; "" where none is known.

    Where the link has moved to for good; for a dead link of a paper the page of one of its
    identifiers, for one of its code or data what its record names. `dead` are not suggested.
    """
    if state.status == "moved":
        return "" if _is_front_page(state) else state.target
    if state.status != "dead" or link.entry is None:
        return ""
    found = _canonical(session, link) if link.role == "paper" else _recorded(session, link)
    return next(
        (a for a in found if a and a not in dead and not same_page(a, state.address)),
        "",
    )


def _is_front_page(state: LinkState) -> bool:
    """Whether a page was given up and its visitors are sent to the site's front."""
    return len(urlsplit(state.address).path) > 1 and len(urlsplit(state.target).path) <= 1


def _canonical(session: Session, link: ListedLink) -> Iterator[str]:
    """The pages of the paper's identifiers: in the entry, in the dead address, in the index."""
    entry = link.entry
    assert entry is not None
    urls = [*(other.url for other in entry.paper_links if other.url != link.url), link.url]
    named = [identifier for url in urls for identifier in identify_safely(url)]
    yield from (url_of(identifier) for identifier in named if identifier.scheme != "url")
    for paper in _papers(session, entry, named):
        yield paper.url


def _recorded(session: Session, link: ListedLink) -> Iterator[str]:
    """What the paper's record says leads to the same kind of thing."""
    assert link.entry is not None
    for paper in _papers(session, link.entry, link.entry.identifiers):
        yield from (other.url for other in paper.links if other.role == link.role)


def _papers(session: Session, entry: Entry, named: Collection[Identifier]) -> Iterator[Paper]:
    numbers: dict[int, None] = {}
    for identifier in named:
        if identifier.scheme != "url":
            numbers |= dict.fromkeys(papers.find(session, url_of(identifier)))
    if not numbers and len(normalise_title(entry.title)) >= _LEAST_TITLE:
        numbers |= dict.fromkeys(papers.find(session, entry.title))
    yield from papers.load(session, list(numbers)).values()
