"""Atom and RSS feeds: preprint servers, PubMed searches, journals, arXiv's announcements.

We fetch, feedparser parses the bytes. The watermark holds the last day seen and what the
server needs to tell us that nothing changed. A feed of arXiv shows a single day, cut off at
2,000 items, so days that were missed are read from the API.
"""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from typing import Any

import feedparser
from lxml import etree

from tracker.days import today
from tracker.errors import SourceError
from tracker.http import Http, Response, UnbelievableError
from tracker.paper import Paper
from tracker.sources import Batch, Source
from tracker.sources.answers import failing_as, parse_xml
from tracker.sources.feed_entries import (
    Entry,
    announce_type,
    arxiv_paper_of,
    own_day,
    paper_of,
)
from tracker.sources.fields import day

logger = logging.getLogger(__name__)

_ACCEPT = "application/atom+xml, application/rss+xml, application/rdf+xml, application/xml;q=0.9, */*;q=0.5"  # noqa: E501
_IDENTIFIER = "{http://purl.org/dc/elements/1.1/}identifier"
_ITEMS = frozenset({"item", "entry"})
_CUT_AT = 2_000
"""arXiv's feeds end here, replacements first, so that new papers are what is missing."""
_LONGEST_PAUSE = timedelta(days=5)
"""arXiv pauses over a weekend joined to a holiday, never longer."""
_WAITING = timedelta(days=3)
"""Papers announced on a day came in up to this long before, over a weekend."""


@dataclass(frozen=True, slots=True)
class _State:
    """The last day seen, the validators of the last response, and whether arXiv gave it."""

    day: str = ""
    etag: str = ""
    modified: str = ""
    arxiv: bool = False

    @classmethod
    def parse(cls, watermark: str | None) -> _State:
        """The state in a watermark; none in one of another kind."""
        try:
            return cls(**json.loads(watermark or "{}"))
        except (TypeError, ValueError):
            return cls()

    def __str__(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @property
    def conditions(self) -> dict[str, str]:
        """The headers by which a server answers 304 when nothing changed."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in headers.items() if value}


class FeedSource:
    """One feed. `catch_up` reads arXiv's API where one of its feeds missed days."""

    def __init__(
        self,
        name: str,
        url: str,
        http: Http,
        *,
        catch_up: Source | None = None,
        today: Callable[[], date] = today,
    ) -> None:
        self.name = name
        self.query = url
        self._http = http
        self.catch_up = catch_up
        self._today = today

    def read(self, watermark: str | None, until: date) -> Iterator[Batch]:
        """What the feed shows, papers after `until` left out when `until` is in the past.

        A watermark that is a day leaves out what is older.
        """
        since = str(day(watermark) or "")
        state = _State.parse(watermark)
        with failing_as(self.name):
            response = self._http.get(
                self.query,
                headers={"Accept": _ACCEPT, **state.conditions},
                accept={200, 304},
                check=check_feed,
            )
        if response.status_code == 304:
            self._check_pause(state, until)
            yield Batch((), watermark=watermark)
            return
        feed = parse_feed(response.content)
        if feed.bozo:
            logger.info("%s is not well-formed and was read all the same", self.query)
        for batch in self._announced(feed, state, response, until):
            fresh = (p for p in batch.papers if not p.published or str(p.published) > since)
            yield replace(batch, papers=tuple(fresh)) if since else batch

    def _announced(
        self, feed: Any, state: _State, response: Response, until: date
    ) -> Iterator[Batch]:
        from_arxiv = is_arxiv(feed)
        papers = _arxiv_papers(feed.entries) if from_arxiv else _papers(feed, response.content)
        shown = _last_day(feed)
        left = [paper for paper in papers if self._is_later(paper, until)]
        kept = tuple(paper for paper in papers if paper not in left)
        yield Batch(kept, expected=len(feed.entries))
        seen = _State(max(state.day, min(shown, until.isoformat())), arxiv=from_arxiv)
        if from_arxiv:
            yield from self._missed(feed, state, shown, until)
            self._check_pause(seen, until)
        if not left:
            etag, modified = response.header("ETag"), response.header("Last-Modified")
            seen = replace(seen, etag=etag, modified=modified)
        yield Batch((), watermark=str(seen))

    def _is_later(self, paper: Paper, until: date) -> bool:
        # Journals date ahead; only a run that plays an earlier day may not see that far.
        return bool(paper.published and until < self._today() and paper.published > until)

    def _missed(self, feed: Any, state: _State, shown: str, until: date) -> Iterator[Batch]:
        """From the API, what an arXiv feed left out: days between readings, and its end."""
        cut = len(feed.entries) >= _CUT_AT
        gap = bool(state.day and shown) and _working_days_between(state.day, shown) > 0
        if not (cut or gap):
            return
        logger.info("%s %s", self.name, "was cut off" if cut else f"was not read since {state.day}")
        if self.catch_up is None:
            return
        start = state.day if gap else shown
        before = (date.fromisoformat(start) - _WAITING).isoformat()
        try:
            for batch in self.catch_up.read(before, until):
                yield Batch(batch.papers, expected=batch.expected)
        except SourceError as error:
            raise SourceError(
                self.name,
                f"the days it missed could not be read: {error.reason}",
                url=error.url,
                attempt=error.attempt,
            ) from error

    def _check_pause(self, seen: _State, until: date) -> None:
        """Raise SourceError when arXiv has been silent for longer than it ever is."""
        last = day(seen.day) if seen.arxiv else None
        if last and until - last > _LONGEST_PAUSE:
            raise SourceError(self.name, f"has announced nothing since {last}", url=self.query)


def check_feed(response: Response) -> None:
    """Raise UnbelievableError when a response is no whole feed."""
    if response.status_code == 304:
        return
    content = response.content.strip()
    root = parse_xml(content)
    kind = etree.QName(root).localname if root is not None else ""
    if kind not in {"rss", "feed", "RDF"}:
        raise UnbelievableError("answered a page that is no feed")
    if not re.search(rb"</(?:[\w-]+:)?" + kind.encode() + rb"\s*>(?:\s*<!--.*?-->)*$", content):
        raise UnbelievableError("the feed is cut off")


def parse_feed(content: bytes) -> Any:
    """A feed as feedparser reads it, its text untouched."""
    # A stream, because a string may be taken for an address to fetch; and no sanitising,
    # which takes `$a<b$` for markup. Escaping is the business of whoever writes it out.
    return feedparser.parse(io.BytesIO(content), sanitize_html=False, resolve_relative_uris=False)


def is_arxiv(feed: Any) -> bool:
    """Whether it is one of arXiv's own feeds, by what it says of itself."""
    said = " ".join(str(feed.feed.get(key) or "") for key in ("id", "link", "title", "subtitle"))
    return "arxiv.org" in said.lower()


def arxiv_categories(url: str) -> tuple[str, ...]:
    """The categories an address such as https://rss.arxiv.org/rss/cs.CL+cs.AI asks for."""
    found = re.search(r"arxiv\.org/(?:rss|atom)/([\w.+-]+)", url)
    return tuple(name for name in found[1].split("+") if name) if found else ()


def _papers(feed: Any, content: bytes) -> list[Paper]:
    names = _all_identifiers(content, len(feed.entries))
    made = (paper_of(entry, texts) for entry, texts in zip(feed.entries, names, strict=True))
    return [paper for paper in made if paper is not None]


def _all_identifiers(content: bytes, count: int) -> Sequence[Sequence[str]]:
    """The dc:identifier texts of each entry: PubMed writes several, feedparser keeps one."""
    root = parse_xml(content)
    items = [] if root is None else [e for e in root.iter("{*}*") if _name(e) in _ITEMS]
    found = [[e.text or "" for e in item.iterfind(_IDENTIFIER)] for item in items]
    return found if len(found) == count else [()] * count


def _name(element: etree._Element) -> str:
    return str(etree.QName(element).localname)


def _arxiv_papers(entries: Sequence[Entry]) -> list[Paper]:
    # Replacements are announced too; the papers are old.
    fresh = (entry for entry in entries if not announce_type(entry).startswith("replace"))
    return [paper for paper in map(arxiv_paper_of, fresh) if paper is not None]


def _last_day(feed: Any) -> str:
    """The newest day of a feed's entries, else of the feed; empty when it has no dates."""
    days = [found for found in map(own_day, feed.entries) if found]
    newest = max(days, default=own_day(feed.feed))
    return newest.isoformat() if newest else ""


def _working_days_between(first: str, last: str) -> int:
    """Mondays to Fridays after one ISO day and before the other."""
    start, end = date.fromisoformat(first).toordinal() + 1, date.fromisoformat(last).toordinal()
    return sum(date.fromordinal(number).weekday() < 5 for number in range(start, end))
