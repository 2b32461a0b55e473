"""Checks one address over HTTP: HEAD first, GET where a server dislikes that.

Redirects are followed to any public host, since a link may lead anywhere, and never from there
to this machine or a private network. A page that says with status 200 that it is gone (a soft
404) is taken for alive.
"""

from __future__ import annotations

import logging
import re
import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import quote, unquote, urljoin, urlsplit

from tracker.http import Http, HttpError, Response
from tracker.identifiers import arxiv_id
from tracker.links import GONE, Outcome, Status, link_address, same_page
from tracker.pacing import is_loopback
from tracker.responses import host_of, is_public

logger = logging.getLogger(__name__)

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD = frozenset({301, 308})
_MOST_HOPS = 8
_ENOUGH = 2_048
"""Bytes of a page that are read; its status came before them."""
_ANY = frozenset(range(100, 1000))
_BUSY = frozenset({429, 503})
_TROUBLE = frozenset({500, 502, 503, 504})
_HEADERS = {"Accept": "text/html,application/xhtml+xml,application/pdf;q=0.9,*/*;q=0.8"}
# Where a visitor is sent first and never meant to stay.
_DETOUR = re.compile(r"(?i)\b(?:log-?in|sign-?in|sso|auth\w*|consent|captcha|cookie\w*)\b")


_HONEST = 3
"""After so many statuses of HEAD that GET confirmed, a host's HEAD is believed."""


class _LeadsInsideError(Exception):
    """A redirect to an address that is not for the public."""


@dataclass(frozen=True, slots=True)
class _Arrival:
    """The end of a chain of redirects; `lasting` is where its lasting part leads."""

    response: Response
    lasting: str


class LinkChecker:
    """Checks addresses; `doi_url` is where DOIs are resolved."""

    def __init__(self, http: Http, *, doi_url: str = "https://doi.org") -> None:
        self._http = http
        self._doi_url = doi_url.rstrip("/")
        self._honest: Counter[tuple[str, int]] = Counter()

    def check(self, address: str) -> Outcome:
        """What becomes of a reader who follows this address."""
        try:
            arrival = self._arrive("HEAD", address)
            if arrival.response.status_code >= 400 and arrival.response.status_code != 410:
                arrival = self._second_opinion(address, arrival)
        except HttpError as error:
            if error.status or not _may_dislike_head(error):
                return outcome_of(error)
            try:
                arrival = self._arrive("GET", address)
            except (HttpError, _LeadsInsideError) as second:
                return outcome_of(second)
        except _LeadsInsideError as error:
            return outcome_of(error)
        return _judged(address, arrival)

    def check_doi(self, doi: str) -> Outcome:
        """Whether a DOI is registered; the publisher's page is not asked for."""
        address = f"{self._doi_url}/{quote(doi, safe='/:;().-_')}"
        try:
            response = self._ask("HEAD", address)
        except HttpError as error:
            return outcome_of(error)
        if response.status_code in _REDIRECTS:
            return Outcome("alive", response.status_code)
        return _judged(address, _Arrival(response, address))

    def answers(self, address: str) -> bool:
        """Whether anything at all is heard from the server of this address."""
        try:
            self._ask("HEAD", address)
        except HttpError as error:
            return error.status > 0
        return True

    def _second_opinion(self, address: str, head: _Arrival) -> _Arrival:
        """What GET says where HEAD was refused: some servers answer it with any status at all.

        A host whose HEAD was right a few times about a status is believed.
        """
        code = head.response.status_code
        habit = host_of(head.response.url), code
        if self._honest[habit] >= _HONEST:
            return head
        arrival = self._arrive("GET", address)
        self._honest[habit] = self._honest[habit] + 1 if _code(arrival) == code else 0
        return arrival

    def _arrive(self, method: str, address: str) -> _Arrival:
        url, lasting, is_lasting = address, address, True
        for _ in range(_MOST_HOPS):
            response = self._ask(method, url)
            location = response.header("Location")
            if response.status_code not in _REDIRECTS or not location:
                return _Arrival(response, lasting)
            url = _target(url, location)
            is_lasting = is_lasting and response.status_code in _FOR_GOOD
            lasting = url if is_lasting else lasting
        raise HttpError("redirects in circles", url=address, status=response.status_code)

    def _ask(self, method: str, url: str) -> Response:
        # What is temporary is asked again by Http; redirects are followed here.
        again = _BUSY if method == "HEAD" else _BUSY | _TROUBLE
        return self._http.request(
            method, url, accept=_ANY - again, headers=_HEADERS, enough=_ENOUGH
        )


def _code(arrival: _Arrival) -> int:
    return arrival.response.status_code


def _target(url: str, location: str) -> str:
    """Where a redirect leads; raises _LeadsInsideError when we do not go there."""
    try:
        target = link_address(urljoin(url, location))
    except ValueError:
        target = None
    if target is None:
        raise HttpError(f"redirects to {location[:80]!r}, which is no address", url=url, status=300)
    if not is_loopback(host_of(url)) and not _is_open(host_of(target)):
        raise _LeadsInsideError(host_of(target))
    return target


def _is_open(host: str) -> bool:
    """Whether a host is a public one, also by the addresses its name stands for."""
    if is_loopback(host) or not is_public(host):
        return False
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        # Behind a proxy names may not be known here; if it is not known there, it is dead.
        return True
    return all(ip_address(str(place[4][0]).partition("%")[0]).is_global for place in found)


def _judged(address: str, arrival: _Arrival) -> Outcome:
    code = arrival.response.status_code
    status = _status_of(code)
    if status != "alive":
        return Outcome(status, code, reason=f"answered {code}")
    elsewhere = not same_page(arrival.lasting, address) and not _is_detour(address, arrival.lasting)
    return Outcome("moved", code, arrival.lasting) if elsewhere else Outcome("alive", code)


def _is_detour(address: str, target: str) -> bool:
    old, new = urlsplit(address), urlsplit(target)
    return bool(_DETOUR.search(new.path)) and not _DETOUR.search(old.path)


def _status_of(code: int) -> Status:
    if code < 400:
        return "alive"
    if code in GONE:
        return "dead"
    if code == 429:
        return "rate limited"
    return "server trouble" if 500 <= code < 600 else "forbidden"


def outcome_of(error: HttpError | _LeadsInsideError) -> Outcome:
    """What a request that brought no answer says of the address."""
    if isinstance(error, _LeadsInsideError):
        return Outcome("unchecked", reason=f"redirects to {error}, which is not public")
    if error.status in _BUSY and (error.status == 429 or error.retry_after is not None):
        return Outcome("rate limited", error.status, reason=error.reason)
    if error.status:
        return Outcome("server trouble", error.status, reason=error.reason)
    return _without_answer(error)


def _without_answer(error: HttpError) -> Outcome:
    name = next((e for e in _causes(error) if isinstance(e, socket.gaierror)), None)
    if name is not None and name.errno in {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", None)}:
        return Outcome("dead", reason="no such host", is_unreachable=True)
    if name is not None:
        return Outcome("unchecked", reason="its host could not be looked up", is_unreachable=True)
    if "in time" in error.reason:
        return Outcome("timed out", reason=error.reason, is_unreachable=True)
    if "connection" in error.reason:
        # Where even a broken connection was made, somebody is there.
        return Outcome("refused", reason=error.reason, is_unreachable=error.reason == _NOBODY)
    return Outcome("unchecked", reason=error.reason)


_NOBODY = "no connection"


def _may_dislike_head(error: HttpError) -> bool:
    return "broke off" in error.reason or "no answer in time" in error.reason


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


_ARXIV_PAGE = re.compile(r"/(?:abs|pdf)/(.+?)(?:\.pdf)?/?")


def arxiv_page(address: str) -> tuple[str, int | None] | None:
    """The identifier and version behind an address of arXiv whose life its API can tell.

    Abstracts and PDF files are there when the paper is; HTML editions need not be.
    """
    parts = urlsplit(address)
    host, path = (parts.hostname or "").removeprefix("www."), unquote(parts.path)
    found = _ARXIV_PAGE.fullmatch(path) if host == "arxiv.org" else None
    doi = doi_of(address)
    text = found[1] if found else (doi or "").lower().removeprefix("10.48550/arxiv.")
    if not found and text == (doi or "").lower():
        return None
    read = arxiv_id(text)
    if read is None or text.lower() != _spelled(read):
        return None
    return read


def _spelled(read: tuple[str, int | None]) -> str:
    return read[0] if read[1] is None else f"{read[0]}v{read[1]}"


def doi_of(address: str) -> str | None:
    """The DOI in an address of its resolver; None for any other."""
    parts = urlsplit(address)
    host = (parts.hostname or "").removeprefix("www.")
    doi = unquote(parts.path).lstrip("/")
    is_doi = host in {"doi.org", "dx.doi.org"} and re.match(r"10\.\d{4,9}/\S", doi)
    return doi if is_doi else None
