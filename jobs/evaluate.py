"""How good the bot is on this very list: measured on the list's own entries, nothing written."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from classifiers.assessment import Assessment, RelevanceAssessment, assess, assess_relevance
from db import history, papers
from db.consolidate import BY_HAND
from db.index import Index, check
from db.shelf import shelved
from db.tables import RECORD
from jobs.console import Console
from jobs.known_papers import has_index
from jobs.listing import parse_list, sections_to_file_under, title_keys, warn_of_list
from jobs.past import Finder, Held, Known, held
from jobs.targets import open_target
from tracker.counting import counted
from tracker.index_address import file_of
from tracker.paper import Paper
from tracker.pull_request.target import Snapshot
from tracker.reading_list import Entry
from tracker.settings import Settings, SourceSettings
from tracker.taxonomy import Taxonomy

MOST = 20_000
"""So many papers of the stream are ranked, the newest of them."""

MANY = 1_000
"""Among fewer papers than this a place says little."""

FEW = 20
"""With fewer papers than this nothing can be said of a list."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was measured. `listing` are the list's papers; what the index adds may be nothing.

    Rows of `sections.suspects` and places of `relevance` are places in `listing`. An
    assessment is None where there was too little to measure; `cautions` say why.
    """

    entries: int
    listing: tuple[Held, ...]
    places: int
    sections: Assessment | None
    relevance: RelevanceAssessment | None
    cautions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Others:
    """What the index knows from sources, and which of it reviewers rejected.

    Of further papers, `given_up` in number, it has given up the abstracts.
    """

    papers: tuple[Paper, ...] = ()
    rejected: frozenset[int] = frozenset()
    given_up: int = 0


def evaluate(
    settings: Settings, console: Console, *, environ: Mapping[str, str] = os.environ
) -> Evaluation:
    """Measure both classifiers on the list that the settings name, with what the index knows.

    Raises InputError when there is no list or index.url is no good, TrackerError when the list
    cannot be read.
    """
    check(settings.index_url)
    with console.step("Reading the list"):
        snapshot = open_target(settings, environ, dry_run=True).read()
        reading_list = parse_list(snapshot.files, settings)
    warn_of_list(console, reading_list)
    with console.step("Reading the index"):
        others = _others(settings)
    known = [_known(paper) for paper in others.papers]
    finder = Finder(known)
    entries = _decided(reading_list.entries, snapshot)
    listing = held(entries, others.papers, map(finder.find, entries))
    sections = sections_to_file_under(reading_list, settings)
    with console.step(f"Filing {counted(len(listing), 'paper')} as if new"):
        labels = [[path for path in sorted(one.sections) if path in sections] for one in listing]
        filing = assess(list(sections), [one.paper for one in listing], labels)
    stream, rejected = _stream(listing, others)
    with console.step(f"Ranking them among {counted(len(stream), 'other')}"):
        ranking = assess_relevance([one.paper for one in listing], stream, rejected)
    return Evaluation(
        entries=len(entries),
        listing=tuple(listing),
        places=len(sections),
        sections=filing,
        relevance=ranking,
        cautions=(
            *_missing(settings),
            *_waiting(len(reading_list.entries) - len(entries)),
            *_about_filing(labels, sections),
            *_about_papers(listing, stream, others.given_up, settings.sources),
        ),
    )


def _decided(entries: Sequence[Entry], snapshot: Snapshot) -> list[Entry]:
    """The entries without those that only the bot has put there, and nobody decided on.

    Without git the list and its proposals are one file.
    """
    opened = snapshot.pull_request
    if snapshot.revision or opened is None:
        return list(entries)
    finder = Finder([_known(proposal.paper) for proposal in opened.proposals])
    return [entry for entry in entries if finder.find(entry) is None]


def _known(paper: Paper) -> Known:
    titles = frozenset(title_keys(paper.title))
    return Known(paper, paper.published or date.min, frozenset(paper.identifiers), titles)


def _others(settings: Settings) -> _Others:
    """The papers that sources reported; what only lists and people named is the list itself."""
    if not has_index(settings):
        return _Others()
    with Index.open_to_read(settings.index_url) as index, index.read() as session:
        by_source = select(RECORD.c.paper_id).where(RECORD.c.source.not_in(BY_HAND)).distinct()
        reported = set(session.scalars(by_source))
        rejected = history.rejected_ids(session)
        kept = papers.load(session, shelved=False)
        given_up = len(shelved(session, reported))
        found = {number: paper for number, paper in kept.items() if number in reported}
    places = frozenset(place for place, number in enumerate(found) if number in rejected)
    return _Others(tuple(found.values()), places, given_up)


def _stream(listing: Sequence[Held], others: _Others) -> tuple[list[Paper], list[Paper]]:
    """The newest papers that are not on the list, and those of them that were rejected."""
    listed = {one.place for one in listing}
    titles = {key for one in listing for key in title_keys(one.paper.title)}
    left = [
        place
        for place, paper in enumerate(others.papers)
        if place not in listed and titles.isdisjoint(title_keys(paper.title))
    ]
    left.sort(key=lambda place: _newness(others.papers[place]), reverse=True)
    rejected = [others.papers[place] for place in left if place in others.rejected]
    stream = [others.papers[place] for place in left if place not in others.rejected]
    return stream[:MOST], rejected


def _newness(paper: Paper) -> tuple[object, ...]:
    return paper.published or date.min, paper.identifiers, paper.title


def _missing(settings: Settings) -> list[str]:
    """That there is no index, which may be a slip of the settings."""
    if has_index(settings):
        return []
    file = file_of(settings.index_url)
    return [
        f"index.url {settings.index.url!r}: there is no index in {file}, so the list alone was "
        "read; run `tracker discover` first, or correct the address in tracker.toml."
    ]


def _waiting(number: int) -> list[str]:
    """That entries were left out."""
    if not number:
        return []
    return [f"Entries that wait for review: {number}; nothing is measured by them."]


def _about_filing(labels: Sequence[Sequence[object]], sections: Taxonomy) -> list[str]:
    """What a reader of the filing's figures should know."""
    said = []
    filed = sum(bool(paths) for paths in labels)
    if filed < FEW:
        said.append(
            f"Papers that stand in a section: {filed}, too few to say how good the filing is. "
            f"From {FEW} on the figures begin to mean something."
        )
    sizes = [sum(section.path in paths for paths in labels) for section in sections]
    if sum(size > 0 for size in sizes) == 1:
        said.append(
            "The papers stand in one section only: nothing is to be told apart, so the figures of "
            "the filing say nothing."
        )
    elif 1 < len(sizes) <= 3:
        said.append(
            f"Sections: {len(sizes)}; the right one is always among the first three, so top-3 "
            "says nothing."
        )
    small = sum(size < 2 for size in sizes)
    if small and filed >= FEW:
        said.append(
            f"Sections with fewer than two papers: {small} of {len(sizes)}; a paper judged as if "
            "it were new finds only their names there."
        )
    return said


def _about_papers(
    listing: Sequence[Held], stream: Sequence[Paper], given_up: int, sources: SourceSettings
) -> list[str]:
    """What is missing of the papers that are on the list, and of those that are not."""
    said = []
    bare = sum(not one.paper.abstract for one in listing)
    if 2 * bare > len(listing):
        asked = sources.arxiv is not None or sources.semantic_scholar is not None
        remedy = "`tracker run --dry-run` asks the sources for their abstracts."
        if not asked:
            remedy = (
                "no source is configured that can be asked for their abstracts; add "
                "[sources.arxiv] or [sources.semantic_scholar] to tracker.toml."
            )
        said.append(f"Papers known by their title alone: {bare} of {len(listing)}; {remedy}")
    if len(stream) < MANY:
        remedy = "`tracker discover --since DATE` fetches them."
        scholar = sources.semantic_scholar
        if not (sources.arxiv or sources.arxiv_oai or (scholar and scholar.query)):
            remedy = f"with [sources.arxiv] in tracker.toml, {remedy}"
        more = ""
        if given_up:
            more = f" (the index gave up the abstracts of {given_up:,} more)"
            remedy = (
                "to measure against those too, name another index.url with keep_months = 0 and "
                "fill it with `tracker discover`."
            )
        said.append(
            f"Papers of the index that are not on the list: {len(stream)}{more}; relevance means "
            f"something against thousands; {remedy}"
        )
    return said
