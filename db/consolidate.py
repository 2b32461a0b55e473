"""One paper out of its records: what to believe when sources differ.

A pure function of the records, so that their order of arrival does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from db.identity import Record
from tracker.paper import Paper

READING_LIST = "reading list"
"""The source of what a reading list says of its entries."""

PULL_REQUEST = "pull request"
"""The source of what a pull request says of its papers."""

BY_HAND = frozenset({READING_LIST, PULL_REQUEST})
"""The sources that are people: what they say is believed last."""

# Sources call a preprint server a venue; a reader wants to know where a paper was published.
_NOT_A_VENUE = re.compile(
    r"(?i)\s*(?:arxiv(?:\.org)?(?:\s+(?:preprint|e-?prints?|abs/|\[).*)?|corr(?:\s+abs/.*)?|"
    r"bio ?rxiv|med ?rxiv|preprints?)\W*"
)
# Some sources cut abstracts; a longer one that begins the same is the same text, whole.
_SAME_BEGINNING = 150


def consolidate(records: Iterable[Record]) -> Paper:
    """What the records together say of a paper.

    The newest version by arXiv itself is believed first, then other sources, the one with the
    longest abstract first, and what people typed last.
    """
    ordered = sorted(records, key=_trust)
    papers = [record.paper for record in ordered]
    # A list knows the year, or the month; what stands for it must not pass for the day.
    by_source = [r.paper for r in ordered if r.source not in BY_HAND]
    dated = by_source if any(paper.published for paper in by_source) else papers
    return Paper(
        title=_first(paper.title for paper in papers),
        identifiers=tuple(sorted({i for record in ordered for i in record.identifiers})),
        abstract=_abstract(papers),
        authors=next((paper.authors for paper in papers if paper.authors), ()),
        categories=next((paper.categories for paper in papers if paper.categories), ()),
        published=min(_days(paper.published for paper in dated), default=None),
        updated=max(_days(paper.updated for paper in dated), default=None),
        venue=_first(p.venue for p in papers if not _NOT_A_VENUE.fullmatch(p.venue)),
        comment=_first(paper.comment for paper in papers),
        version=max((paper.version for paper in papers if paper.version), default=None),
        links=tuple(dict.fromkeys(link for paper in papers for link in paper.links)),
        embedding=next((paper.embedding for paper in papers if paper.embedding), ()),
    )


def _trust(record: Record) -> tuple[object, ...]:
    paper = record.paper
    listed = record.source in BY_HAND
    from_arxiv = not listed and paper.identifier("arxiv") is not None and bool(paper.categories)
    return (
        listed,
        not from_arxiv,
        -(paper.version or 0),
        -(paper.updated or paper.published or date.min).toordinal(),
        -len(paper.abstract),
        record.key,
    )


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text.strip()), "")


def _abstract(papers: Sequence[Paper]) -> str:
    chosen = _first(paper.abstract for paper in papers)
    beginning = chosen[:_SAME_BEGINNING]
    return max(
        (p.abstract for p in papers if p.abstract.startswith(beginning)), key=len, default=""
    )


def _days(days: Iterable[date | None]) -> list[date]:
    return [day for day in days if day]
