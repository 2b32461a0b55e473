"""Papers that Semantic Scholar finds, recommends, or sees citing a named paper.

Three sources that share one client, and look-ups for what the other sources leave out:
abstract, venue, date, identifiers, embedding. Nothing of it holds a run up: when Semantic
Scholar is away, that costs a minute in all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

from semanticscholar.SemanticScholarException import NoMorePagesException

from tracker.counting import counted
from tracker.errors import SourceError
from tracker.http import Http, HttpError
from tracker.identifiers import Identifier
from tracker.paper import Paper
from tracker.sources import Batch, LooksUpOnly
from tracker.sources.answers import failing_as
from tracker.sources.fields import day
from tracker.sources.semantic_scholar_client import CheckedRequester, QuietClient
from tracker.sources.semantic_scholar_papers import (
    EMBEDDED_FIELDS,
    FIELDS,
    name_of,
    paper_of,
)

NAME = "semantic_scholar"
_OVERLAP = timedelta(days=30)
"""Journals reach the index weeks after their date; a month more costs a request or two."""
_BATCH = 500
"""Papers in one look-up."""
_MOST_EXAMPLES = 100
_MOST_RECOMMENDED = 500
_CITATIONS_PER_PAGE = 1_000


class SemanticScholar:
    """The client that the three sources share, and the look-ups."""

    def __init__(self, url: str, http: Http, api_key: str = "") -> None:
        self.requester = CheckedRequester(http, api_key)
        self.api = QuietClient(self.requester, url)

    def look_up(self, identifiers: Iterable[Identifier]) -> Iterator[Paper]:
        """The papers known under these identifiers, each also carrying the one asked for.

        Identifiers that Semantic Scholar has no name for, and papers it does not know, are
        left out. Raises SourceError.
        """
        known = {name_of(identifier): identifier for identifier in identifiers}
        names = sorted(name for name in known if name)
        with speaking_of(NAME):
            for start in range(0, len(names), _BATCH):
                yield from self._look_up(names[start : start + _BATCH], known)

    def _look_up(self, names: list[str], asked: dict[str, Identifier]) -> Iterator[Paper]:
        try:
            asyncio.run(self.api.get_papers(names, fields=EMBEDDED_FIELDS))
        except HttpError as error:
            if error.status != 400:
                raise
            if len(names) > 1 and "maximum size" in error.reason:
                yield from self._look_up(names[: len(names) // 2], asked)
                yield from self._look_up(names[len(names) // 2 :], asked)
            elif "No valid paper ids" not in error.reason:
                raise
            return
        # The package drops the gaps; the answer itself is in the order of the question.
        for name, record in zip(names, self.requester.last, strict=False):
            paper = paper_of(record)
            if paper is not None:
                found = dict.fromkeys((*paper.identifiers, asked[name]))
                yield replace(paper, identifiers=tuple(found))


class _Shared:
    """What the three sources have in common."""

    name = NAME

    def __init__(self, client: SemanticScholar) -> None:
        self._client = client

    def enrich(self, identifiers: Iterable[Identifier]) -> Iterator[Paper]:
        """See `SemanticScholar.look_up`."""
        return self._client.look_up(identifiers)


class LookUps(_Shared, LooksUpOnly):
    """Semantic Scholar where no discovery is asked of it."""


class SearchSource(_Shared):
    """Papers that match a boolean query, by publication date; the watermark is a day."""

    def __init__(self, client: SemanticScholar, words: str) -> None:
        super().__init__(client)
        self._words = words

    @property
    def query(self) -> str:
        """The query as the settings write it."""
        return f"search {self._words}"

    def read(self, watermark: str | None, until: date) -> Iterator[Batch]:
        """Batches of papers dated up to `until`, from a month before the watermark on."""
        start = min(day(watermark) or until, until) - _OVERLAP
        with speaking_of(self.name):
            results = asyncio.run(
                self._client.api.search_paper(
                    # The package joins its parameters without encoding them.
                    quote(self._words, safe=""),
                    bulk=True,
                    sort="publicationDate:asc",
                    publication_date_or_year=f"{start}:{until}",
                    fields=FIELDS,
                )
            )
            for records in _pages(results):
                yield Batch(_papers(records), expected=results.total)
            if len(results) < results.total / 2:
                # The total is an estimate, but not as rough as that.
                announced = counted(results.total, "paper")
                raise SourceError(self.name, f"gave {len(results)} of about {announced}")
        yield Batch((), watermark=max(watermark or "", until.isoformat()))


class RecommendationSource(_Shared):
    """Recent papers like those on the list and unlike those the reviewers rejected."""

    query = "recommend"

    def __init__(
        self, client: SemanticScholar, liked: Sequence[Identifier], disliked: Sequence[Identifier]
    ) -> None:
        super().__init__(client)
        self._liked = liked
        self._disliked = disliked

    def read(self, watermark: str | None, until: date) -> Iterator[Batch]:
        """One batch of papers dated up to `until`; none without a list to learn from."""
        liked, disliked = _newest(self._liked), _newest(self._disliked)
        if not liked:
            return
        with speaking_of(self.name):
            try:
                records = self._recommended(liked, disliked)
            except HttpError as error:
                if error.status not in {400, 404}:
                    raise
                # One unknown example spoils the whole question: keep those it knows.
                known = self._known([*liked, *disliked])
                liked = [known[name] for name in liked if name in known]
                disliked = [known[name] for name in disliked if name in known]
                records = self._recommended(liked, disliked) if liked else []
        papers = tuple(p for p in _papers(records) if p.published is None or p.published <= until)
        yield Batch(papers, watermark=max(watermark or "", until.isoformat()))

    def _recommended(self, liked: list[str], disliked: list[str]) -> list[Any]:
        asyncio.run(
            self._client.api.get_recommended_papers_from_lists(
                liked, disliked, fields=FIELDS, limit=_MOST_RECOMMENDED
            )
        )
        return list(self._client.requester.last["recommendedPapers"])

    def _known(self, names: list[str]) -> dict[str, str]:
        """Semantic Scholar's own name of each example it knows."""
        asyncio.run(self._client.api.get_papers(names, fields=["paperId"]))
        answers = zip(names, self._client.requester.last, strict=False)
        return {name: record["paperId"] for name, record in answers if record}


class CitationSource(_Shared):
    """Papers that cite a named paper, such as the survey the list belongs to."""

    def __init__(self, client: SemanticScholar, cited: str) -> None:
        super().__init__(client)
        self._cited = cited

    @property
    def query(self) -> str:
        """The name of the cited paper."""
        return f"citations {self._cited}"

    def read(self, watermark: str | None, until: date) -> Iterator[Batch]:
        """Batches of citing papers dated up to `until`, later only those since the watermark.

        The first reading gives all of them: they are the nearest relations of the list.
        """
        known = day(watermark)
        start = min(known, until) - _OVERLAP if known else date.min
        with speaking_of(self.name):
            results = asyncio.run(
                self._client.api.get_paper_citations(
                    quote(self._cited, safe=":/"), fields=FIELDS, limit=_CITATIONS_PER_PAGE
                )
            )
            for records in _pages(results):
                papers = _papers(record.get("citingPaper") for record in records)
                fresh = (p for p in papers if p.published is None or start <= p.published <= until)
                yield Batch(tuple(fresh))
        yield Batch((), watermark=max(watermark or "", until.isoformat()))


@contextmanager
def speaking_of(source: str) -> Iterator[None]:
    """Turn what goes wrong in a request into the source's failure."""
    try:
        with failing_as(source):
            yield
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        # The package takes the fields of an answer for granted.
        raise SourceError(source, f"answered in a form nobody expects: {error!r}") from error


def _pages(results: Any) -> Iterator[list[Any]]:
    """The pages of the package's results, as the API sent them."""
    while True:
        yield results.raw_data
        if results.next:
            # The package takes a page shorter than it asked for to be the last.
            results._offset = results.next - results._limit
        try:
            results.next_page()
        except NoMorePagesException:
            return


def _papers(records: Iterable[Any]) -> tuple[Paper, ...]:
    return tuple(paper for paper in map(paper_of, records) if paper is not None)


def _newest(examples: Sequence[Identifier]) -> list[str]:
    """Names of the last examples; where the order is unknown any do."""
    names = dict.fromkeys(name for name in map(name_of, examples) if name)
    return list(names)[-_MOST_EXAMPLES:]
