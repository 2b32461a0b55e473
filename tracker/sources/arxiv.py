"""New papers of whole arXiv categories, by day of submission.

The arxiv package builds the queries, walks the pages and parses them; what goes over the
wire is ours (`tracker.http`), and so is the judgement whether all of it arrived. The API is
described in https://info.arxiv.org/help/api/user-manual.html.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

import arxiv

from tracker.days import today
from tracker.errors import SourceError
from tracker.http import Http, HttpError, Response
from tracker.paper import Paper
from tracker.settings import ArxivSettings
from tracker.sources import Batch
from tracker.sources.answers import failing_as
from tracker.sources.arxiv_answers import (
    EmptyPageError,
    Page,
    error_message,
    paper_of,
    read_page,
    wrong_identifier,
)
from tracker.sources.fields import day

logger = logging.getLogger(__name__)

PAGE = 2_000
"""The most papers the API gives at once."""
QUERY_LIMIT = 30_000
"""The most papers the API gives for one query."""
_WINDOW_DAYS = 14
"""Days asked for at once: few requests, and the watermark moves in between on a long way."""
_IDS_PER_REQUEST = 300
"""Identifiers looked up at once; their address stays below the 8 kB servers accept."""
_SILENT_DAYS = 4
"""Papers appear up to this long after submission: a weekend and a holiday."""
_USUAL_DAYS = 30
_SURELY_SOME = 8
"""When this many papers were to be expected, none at all is not chance (p < 0.001)."""
_LEAST_FULL = timedelta(hours=1)
_LEAST_SHORT = timedelta(days=1)
"""Windows no longer than this are not halved, when they hold too much or came short."""
_MOST_SHORT = 3
"""After so many windows that stay short the fault is not in single papers: no more halving."""
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class _Window:
    """The minutes from `start` to `end`, both included, as the API filters them."""

    start: datetime
    end: datetime

    @property
    def span(self) -> timedelta:
        return self.end - self.start + _MINUTE

    def __str__(self) -> str:
        return f"{self.start:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M}"

    def halves(self) -> tuple[_Window, _Window]:
        unit = _DAY if self.span >= 2 * _DAY else _MINUTE
        middle = self.start + self.span // unit // 2 * unit
        return _Window(self.start, middle - _MINUTE), _Window(middle, self.end)


@dataclass(slots=True)
class _Reading:
    """What one call of `read` has seen so far."""

    short: list[str] = field(default_factory=list)


class ArxivSource:
    """The papers of the configured categories; the watermark is the last day read in full.

    `today` tells the day it is in UTC: papers of a day that is not over are read, and read
    again the next time.
    """

    name = "arxiv"

    def __init__(
        self,
        settings: ArxivSettings,
        http: Http,
        *,
        today: Callable[[], date] = today,
        page_size: int = PAGE,
        query_limit: int = QUERY_LIMIT,
    ) -> None:
        self._settings = settings
        self._today = today
        self._page_size = page_size
        self._query_limit = query_limit
        self._session = _CheckedSession(http)

    @property
    def query(self) -> str:
        """The categories; another set of them has a watermark of its own."""
        return " OR ".join(f"cat:{name}" for name in sorted(set(self._settings.categories)))

    def read(self, watermark: str | None, until: date) -> Iterator[Batch]:
        """Batches of papers submitted after the watermark, less the overlap, up to `until`."""
        start = self._first_day(watermark, until)
        if start > until:
            return
        reading = _Reading()
        with failing_as(self.name):
            for window in _windows(start, until):
                seen = yield from self._window(window, reading)
                if not seen and self._is_silent(window):
                    continue
                if not reading.short:
                    yield Batch((), watermark=self._moved(watermark, window))
        if reading.short:
            raise SourceError(
                self.name,
                f"fewer papers than announced ({'; '.join(reading.short)})",
                url=self._settings.url,
            )

    def look_up(self, identifiers: Iterable[str]) -> Iterator[Paper]:
        """The papers with these arXiv identifiers, in no set order; unknown ones are left out."""
        names = sorted({name for name in identifiers if name})
        with failing_as(self.name):
            for start in range(0, len(names), _IDS_PER_REQUEST):
                yield from self._look_up(names[start : start + _IDS_PER_REQUEST])

    def _look_up(self, names: list[str]) -> Iterator[Paper]:
        client = self._client(page_size=len(names))
        search = arxiv.Search(id_list=names, max_results=None)
        try:
            # By identifier: after a short page the package asks for the rest, some of it twice.
            results = {result.entry_id: result for result in client.results(search)}
        except HttpError as error:
            wrong = wrong_identifier(error_message(error.content) or "", names)
            if wrong is None:
                raise
            logger.warning("arXiv knows no identifier like %s", wrong)
            rest = [name for name in names if name != wrong]
            yield from self._look_up(rest) if rest else ()
            return
        if len(results) < self._session.total and len(names) > 1:
            middle = len(names) // 2
            yield from self._look_up(names[:middle])
            yield from self._look_up(names[middle:])
            return
        papers = map(paper_of, results.values())
        yield from (paper for paper in papers if paper is not None)

    def _first_day(self, watermark: str | None, until: date) -> date:
        known = day(watermark)
        if known is None:
            return until - timedelta(days=self._settings.first_days - 1)
        return known + timedelta(days=1 - self._settings.overlap_days)

    def _moved(self, watermark: str | None, window: _Window) -> str:
        """The watermark after a window; it never moves back, nor past a day still going on."""
        over = min(window.end.date(), self._today() - timedelta(days=1))
        return max(watermark or "", over.isoformat())

    def _window(
        self, window: _Window, reading: _Reading
    ) -> Generator[Batch, None, dict[str, None]]:
        """The papers of a window; in halves where the API could not give it whole.

        Returns the identifiers of the papers.
        """
        seen: dict[str, None] = {}
        page: list[Paper] = []
        for result in self._results(window):
            if self._session.total > self._query_limit and window.span > _LEAST_FULL:
                break
            paper = paper_of(result)
            name = (paper and paper.identifier("arxiv")) or result.entry_id
            if paper is not None and name not in seen:
                page.append(paper)
            seen[name] = None
            if len(page) == self._page_size:
                yield Batch(tuple(page), expected=self._session.total)
                page = []
        total = self._session.total
        if page:
            yield Batch(tuple(page), expected=total)
        smallest = _LEAST_FULL if total > self._query_limit else _LEAST_SHORT
        can_halve = window.span > smallest and len(reading.short) < _MOST_SHORT
        if len(seen) < total and can_halve:
            logger.info("%d of %d papers from %s", len(seen), total, window)
            known = len(reading.short)
            for half in window.halves():
                seen |= yield from self._window(half, reading)
            if len(seen) < total and len(reading.short) == known:
                # Both halves are whole and do not make one: which of the totals was wrong?
                total = self._count(window)
        if len(seen) < total and not (can_halve and len(reading.short) > known):
            reading.short.append(f"{len(seen)} of {total} from {window}")
        return seen

    def _count(self, window: _Window) -> int:
        """How many papers the API announces for a window."""
        next(self._client(page_size=1).results(self._search(window)), None)
        return self._session.total

    def _results(self, window: _Window) -> Iterator[arxiv.Result]:
        """What the pages of a window give, also when they end too early."""
        search, some = self._search(window), False
        try:
            for result in self._client(self._page_size).results(search):
                some = True
                yield result
        except arxiv.UnexpectedEmptyPageError:
            # The package trusts the total of the first page and met the end before it.
            return
        except HttpError as error:
            # Deep pages are at times empty for good; the same papers come in smaller windows.
            if not (some and isinstance(error.__cause__, EmptyPageError)):
                raise

    def _is_silent(self, window: _Window) -> bool:
        """Whether a window without papers is too short to mean anything.

        Raises SourceError when no paper at all cannot be true for these categories.
        """
        days = window.span / _DAY
        if days <= _SILENT_DAYS:
            return True
        before = _Window(window.start - timedelta(days=_USUAL_DAYS), window.start - _MINUTE)
        usual = self._count(before)
        expected = usual / _USUAL_DAYS * (days - _SILENT_DAYS)
        if usual and expected < _SURELY_SOME:
            return False
        doubt = f"about {expected:.0f} are usual" if usual else "check the categories' names"
        raise SourceError(
            self.name, f"no paper at all from {window}; {doubt}", url=self._settings.url
        )

    def _client(self, page_size: int) -> arxiv.Client:
        # Pace and patience are Http's; the package's own know neither timeouts nor Retry-After.
        client = arxiv.Client(page_size=page_size, delay_seconds=0, num_retries=0)
        client.query_url_format = self._settings.url + "?{}"
        client._session = self._session
        return client

    def _search(self, window: _Window) -> arxiv.Search:
        span = f"submittedDate:[{window.start:%Y%m%d%H%M} TO {window.end:%Y%m%d%H%M}]"
        return arxiv.Search(
            query=f"({self.query}) AND {span}",
            max_results=None,
            sort_by=arxiv.SortCriterion.SubmittedDate,
            sort_order=arxiv.SortOrder.Ascending,
        )


class _CheckedSession:
    """The one method of a session that the arxiv package uses, over our HTTP.

    `total` is the number of papers the last page announced.
    """

    def __init__(self, http: Http) -> None:
        self._http = http
        self._page = Page(0, 0, 0, 0)

    @property
    def total(self) -> int:
        return self._page.total

    def get(self, url: str, headers: object = None) -> Response:
        """A page of results that can be believed; raises HttpError."""
        response = self._http.get(url, check=self._check, daily=lambda _: self._page.is_complete)
        if response.from_cache:
            self._check(response)
        return response

    def _check(self, response: Response) -> None:
        self._page = read_page(response)


def _windows(start: date, until: date) -> Iterator[_Window]:
    while start <= until:
        end = min(until, start + timedelta(days=_WINDOW_DAYS - 1))
        start, first = end + timedelta(days=1), start
        yield _Window(_at(first), _at(start) - _MINUTE)


def _at(midnight: date) -> datetime:
    return datetime.combine(midnight, time(), UTC)
