"""arXiv's OAI-PMH interface: what changed in a set since a day, or all of it.

A reader of one verb, ListRecords, over our own way out: the clients there are either not
kept up any more or bring an HTTP stack of their own, without pace and limits. The protocol is
https://www.openarchives.org/OAI/openarchivesprotocol.html, the records are described at
https://info.arxiv.org/help/oa/index.html.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta

from lxml import etree

from tracker.counting import counted
from tracker.days import today
from tracker.errors import SourceError
from tracker.http import Http, HttpError, Response, UnbelievableError
from tracker.identifiers import Identifier, arxiv_id, normalise_doi
from tracker.paper import Paper
from tracker.sources import Batch
from tracker.sources.answers import failing_as, parse_xml
from tracker.sources.fields import code_links, day, one_line, unique, without_tex_accents

logger = logging.getLogger(__name__)

_OAI = "{http://www.openarchives.org/OAI/2.0/}"
_ARXIV = "{http://arxiv.org/OAI/arXiv/}"
_FIRST_DAYS = 7
_SLOWNESS = 3.0
"""The server takes half a minute for the first byte of a page, at times far more."""


@dataclass(frozen=True, slots=True)
class _State:
    """How far a set has been read.

    Up to `day`; and when `token` is set, inside the window from `since` to `until`, with
    `read` records behind.
    """

    day: str = ""
    token: str = ""
    since: str = ""
    until: str = ""
    read: int = 0

    @classmethod
    def parse(cls, watermark: str | None) -> _State:
        """The state in a watermark; one that is a day says no more than that."""
        try:
            return cls(**json.loads(watermark or "{}"))
        except (TypeError, ValueError):
            return cls(day=str(day(watermark) or ""))

    def __str__(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class _Page:
    """One answer to ListRecords. `total` is None where the server announces none."""

    papers: tuple[Paper, ...]
    records: int
    token: str
    total: int | None


class OaiSource:
    """The records of one set; a long harvest goes on at the last page that was kept."""

    name = "arxiv_oai"

    def __init__(
        self,
        url: str,
        set_name: str,
        http: Http,
        *,
        today: Callable[[], date] = today,
    ) -> None:
        self._url = url
        self._set = set_name
        self._http = http
        self._today = today

    @property
    def query(self) -> str:
        """The set."""
        return f"set {self._set}"

    def read(self, watermark: str | None, until: date) -> Iterator[Batch]:
        """Batches of the records changed since the watermark, each with where to go on."""
        state = _State.parse(watermark)
        if state.token and state.until <= until.isoformat():
            logger.info("%s goes on after %d records", self.name, state.read)
        else:
            state = self._window(state, until)
        if state.since > state.until:
            return
        known: set[str] = set()
        expired = False
        while True:
            page = self._page(state)
            if page is None:
                if expired:
                    raise SourceError(self.name, "its tokens expire at once", url=self._url)
                logger.info("%s: the token has expired; from the window's beginning", self.name)
                state, expired = replace(state, token="", read=0), True
                known.clear()
                continue
            state = replace(state, token=page.token, read=state.read + page.records)
            if page.token in known:
                raise SourceError(self.name, "gives the same page again and again", url=self._url)
            known.add(page.token)
            if page.token:
                yield Batch(page.papers, watermark=str(state), expected=page.total)
                continue
            yield Batch(page.papers, expected=page.total)
            if page.total is not None and state.read < page.total:
                yield Batch((), watermark=str(_State(day=state.day or state.since)))
                announced = counted(page.total, "record")
                raise SourceError(self.name, f"gave {state.read} of {announced}", url=self._url)
            # A day still going on is read again; datestamps know nothing finer than days.
            over = min(state.until, (self._today() - timedelta(days=1)).isoformat())
            yield Batch((), watermark=str(_State(day=max(state.day, over))))
            return

    def _window(self, state: _State, until: date) -> _State:
        first = (until - timedelta(days=_FIRST_DAYS - 1)).isoformat()
        since = state.since if state.token else state.day or first
        return _State(day=state.day, since=since, until=until.isoformat())

    def _page(self, state: _State) -> _Page | None:
        """The next page; None when the server does not know the token any more."""
        params = (
            {"resumptionToken": state.token}
            if state.token
            else {
                "metadataPrefix": "arXiv",
                "set": self._set,
                "from": state.since,
                "until": state.until,
            }
        )
        with failing_as(self.name):
            try:
                response = self._http.get(
                    self._url,
                    params={"verb": "ListRecords", **params},
                    check=check_records,
                    slowness=_SLOWNESS,
                )
            except HttpError as error:
                if state.token and isinstance(error.__cause__, _ExpiredTokenError):
                    return None
                raise
        return _parse_page(response)


class _ExpiredTokenError(UnbelievableError):
    """The server does not go on from this token."""


def check_records(response: Response) -> None:
    """Raise UnbelievableError when a response is no whole answer to ListRecords."""
    root = parse_xml(response.content)
    if root is None or root.tag != f"{_OAI}OAI-PMH":
        raise UnbelievableError("answered a page that is not OAI-PMH")
    if not response.content.rstrip().endswith(b"OAI-PMH>"):
        raise UnbelievableError("the answer is cut off")
    error = root.find(f"{_OAI}error")
    if error is not None and error.get("code") != "noRecordsMatch":
        said = f"{error.get('code')}: {one_line(error.text or '')}"
        if error.get("code") == "badResumptionToken":
            raise _ExpiredTokenError(said, temporary=False)
        raise UnbelievableError(said, temporary=False)
    if error is None and root.find(f"{_OAI}ListRecords/{_OAI}record") is None:
        raise UnbelievableError("answered without records and without a reason")


def _parse_page(response: Response) -> _Page:
    root = parse_xml(response.content)
    listed = root.find(f"{_OAI}ListRecords") if root is not None else None
    if listed is None:
        return _Page((), 0, "", None)
    records = listed.findall(f"{_OAI}record")
    token = listed.find(f"{_OAI}resumptionToken")
    size = token.get("completeListSize", "") if token is not None else ""
    return _Page(
        papers=tuple(paper for paper in map(paper_of, records) if paper is not None),
        records=len(records),
        token=(token.text or "").strip() if token is not None else "",
        total=int(size) if size.isdigit() else None,
    )


def paper_of(record: etree._Element) -> Paper | None:
    """A record in arXiv's own format as a paper; None for one that was deleted."""
    metadata = record.find(f"{_OAI}metadata/{_ARXIV}arXiv")
    if metadata is None:
        return None

    def text(name: str) -> str:
        return one_line(metadata.findtext(f"{_ARXIV}{name}") or "")

    found, title = arxiv_id(text("id")), text("title")
    if found is None or not title:
        return None
    identifiers = [Identifier("arxiv", found[0])]
    if doi := normalise_doi(text("doi")):
        identifiers.append(Identifier("doi", doi))
    authors = metadata.iterfind(f"{_ARXIV}authors/{_ARXIV}author")
    comment, abstract = text("comments"), text("abstract")
    return Paper(
        title=title,
        identifiers=tuple(identifiers),
        abstract=abstract,
        authors=unique(_name(author) for author in authors),
        categories=unique(text("categories").split()),
        published=day(text("created")),
        updated=day(text("updated")) or day(text("created")),
        venue=text("journal-ref"),
        comment=comment,
        links=code_links(f"{comment} {abstract}"),
    )


def _name(author: etree._Element) -> str:
    parts = (author.findtext(f"{_ARXIV}{part}") for part in ("forenames", "keyname", "suffix"))
    return without_tex_accents(one_line(" ".join(part for part in parts if part)))
