"""What the arXiv API answers: whether to believe it, and the papers in it.

The arxiv package takes any 200 for an answer and recovers silently from broken XML, so every
response is judged here before the package sees it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from urllib.parse import parse_qs, urlsplit

import arxiv
from lxml import etree

from tracker.counting import counted
from tracker.http import Response, UnbelievableError
from tracker.identifiers import Identifier, arxiv_id, normalise_doi
from tracker.paper import Paper
from tracker.sources.answers import parse_xml
from tracker.sources.fields import code_links, one_line, unique

_ATOM = "{http://www.w3.org/2005/Atom}"
_TOTAL = "{http://a9.com/-/spec/opensearch/1.1/}totalResults"
_ERRORS = "arxiv.org/api/errors"


class EmptyPageError(UnbelievableError):
    """A page without papers where more were announced."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says of itself: `total` papers match, `entries` are given here."""

    total: int
    entries: int
    start: int
    size: int

    @property
    def expected(self) -> int:
        """How many entries a complete page would hold."""
        return max(0, min(self.size, self.total - self.start))

    @property
    def is_complete(self) -> bool:
        """Whether it holds all it should; only such pages are worth keeping."""
        return self.entries >= self.expected


def read_page(response: Response) -> Page:
    """Judge a response of the API; raises UnbelievableError when it is no page of results."""
    text = response.content.strip()
    if not text.startswith(b"<"):
        raise UnbelievableError(f"answered {one_line(response.text[:80])!r} instead of papers")
    root = parse_xml(text)
    if root is None or root.tag != f"{_ATOM}feed":
        raise UnbelievableError("answered a page that is no Atom feed")
    if not text.endswith(b"feed>"):
        raise UnbelievableError("the feed is cut off")
    if (problem := error_in(root)) is not None:
        raise UnbelievableError(f"answered an error: {problem}")
    total = root.findtext(_TOTAL)
    if total is None or not total.strip().isdigit():
        raise UnbelievableError("the feed does not say how many papers there are")
    asked = parse_qs(urlsplit(response.url).query)
    page = Page(
        total=int(total),
        entries=len(root.findall(f"{_ATOM}entry")),
        start=int(asked.get("start", ["0"])[0]),
        size=int(asked.get("max_results", ["10"])[0]),
    )
    if page.expected and not page.entries:
        raise EmptyPageError(f"announced {counted(page.total, 'paper')} and gave an empty page")
    return page


def error_in(root: etree._Element) -> str | None:
    """The message of an error feed; None for any other feed."""
    for entry in root.findall(f"{_ATOM}entry"):
        if _ERRORS in (entry.findtext(f"{_ATOM}id") or ""):
            return one_line(entry.findtext(f"{_ATOM}summary") or "unknown")
    return None


def error_message(content: bytes) -> str | None:
    """The message when `content` is an error feed."""
    root = parse_xml(content)
    return None if root is None else error_in(root)


def paper_of(result: arxiv.Result) -> Paper | None:
    """A result of the arxiv package as a paper; None when its id is not one of arXiv's."""
    found = arxiv_id(result.get_short_id())
    if found is None:
        return None
    name, version = found
    identifiers = [Identifier("arxiv", name)]
    if result.doi and (doi := normalise_doi(result.doi)):
        identifiers.append(Identifier("doi", doi))
    comment = one_line(result.comment or "")
    return Paper(
        title=one_line(result.title),
        identifiers=tuple(identifiers),
        abstract=one_line(result.summary),
        authors=tuple(one_line(author.name) for author in result.authors if author.name.strip()),
        categories=unique([result.primary_category, *result.categories]),
        published=result.published.astimezone(UTC).date(),
        updated=result.updated.astimezone(UTC).date(),
        venue=one_line(result.journal_ref or ""),
        comment=comment,
        version=version,
        links=code_links(f"{comment} {result.summary}"),
    )


def wrong_identifier(message: str, asked: Iterable[str]) -> str | None:
    """The identifier an error feed complains about, when it is one of those asked for."""
    found = re.search(r"incorrect id format for (\S+)", message)
    return found[1] if found and found[1] in set(asked) else None
