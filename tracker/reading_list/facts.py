"""What a section would write of a paper: its words for a preprint, its labels, its fineness."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date

from tracker.paper import Paper
from tracker.publication import Publication, publication_of, short_venue
from tracker.reading_list.dates import PartialDate
from tracker.reading_list.escape import flatten
from tracker.reading_list.labels import Labels
from tracker.reading_list.names import written_as
from tracker.reading_list.pieces import Facts
from tracker.reading_list.words import PREPRINT

_SOME = 0.4
"""A part that fewer of a section's entries write is an exception, not its style."""


def facts_of(paper: Paper, labels: Labels) -> Facts:
    """What a section would write of a paper; `labels` know its entries and those around it."""
    facts = [template.facts for template in labels.own]
    publication = publication_of([paper])
    short, title = _names(flatten(paper.title), facts)
    authors, et_al = _authors(paper, facts)
    return Facts(
        title=title,
        short_name=short,
        authors=authors,
        et_al=et_al,
        venue=_venue(paper, publication, facts, [template.facts for template in labels.wider]),
        published=_date(paper, publication, facts),
        links=labels.links_of(paper),
    )


def _names(title: str, facts: Sequence[Facts]) -> tuple[str, str]:
    """The short name the section would set before a title, and the title it would write."""
    named = [fact for fact in facts if fact.short_name]
    prefix, colon, rest = title.partition(": ")
    short = prefix == prefix.strip() and len(prefix.split()) <= 3 and len(prefix) <= 30
    if len(named) < _SOME * len(facts) or not named or not colon or not short:
        return "", title
    repeated = sum(f.title.casefold().startswith(f.short_name.casefold()) for f in named)
    return prefix, title if repeated > 0.5 * len(named) else rest


def _authors(paper: Paper, facts: Sequence[Facts]) -> tuple[tuple[str, ...], bool]:
    authored = [fact for fact in facts if fact.authors]
    if len(authored) < _SOME * len(facts) or not authored or not paper.authors:
        return (), False
    stated = [name for fact in authored for name in fact.authors]
    names = written_as([flatten(name) for name in paper.authors], stated)
    shortened = [fact for fact in authored if fact.et_al]
    if len(shortened) <= 0.5 * len(authored):
        return names, False
    kept = Counter(len(fact.authors) for fact in shortened).most_common(1)[0][0]
    return names[:kept], len(names) > kept


_YEAR = re.compile(r"(?:19|20)\d\d")
_ARXIV = re.compile(r"(?<![\d.])\d{4}\.\d{4,5}(?:v\d+)?(?![\d.])")
_JOINED = re.compile(r"(\W+)(?:19|20)\d\d$")


def _venue(
    paper: Paper,
    publication: Publication | None,
    facts: Sequence[Facts],
    wider: Sequence[Facts],
) -> str:
    """The venue as the section writes venues; for a preprint its word for preprints."""
    stated = [fact.venue for fact in facts if fact.venue]
    if len(stated) < _SOME * len(facts):
        return ""
    year = str(paper.published.year) if paper.published else ""
    if publication:
        year = str(publication.year) if publication.year else year
        venue = _spelling(publication.venue, [*facts, *wider])
        joints = Counter(found[1] for text in stated if (found := _JOINED.search(text)))
        if year and sum(joints.values()) > 0.5 * len(stated) and not _YEAR.search(venue):
            return venue + joints.most_common(1)[0][0] + year
        return venue
    arxiv = paper.identifier("arxiv")
    if arxiv is None:
        return ""
    for venues in (stated, [fact.venue for fact in wider]):
        spelled = Counter(
            # Other digits are those of the paper they stand with.
            re.sub(
                r"[\s'’:-]*(?<!\d)(?!(?:19|20)\d\d(?!\d))\d[\d.]*",
                "",
                _YEAR.sub(year, _ARXIV.sub("{}", venue)),
            )
            for venue in venues
            if re.match(r"(?i)arxiv\b", venue)
        )
        if spelled:
            return spelled.most_common(1)[0][0].replace("{}", arxiv)
    return ""


def _spelling(venue: str, facts: Sequence[Facts]) -> str:
    """The list's own name for a venue, in short where it has none."""
    names = Counter(
        _JOINED.sub("", fact.venue)
        for fact in facts
        if fact.venue and short_venue(fact.venue).casefold() == venue.casefold()
    )
    return names.most_common(1)[0][0] if names else flatten(venue)


def _date(
    paper: Paper, publication: Publication | None, facts: Sequence[Facts]
) -> PartialDate | None:
    """The day of a paper, as finely as the newest entries of its kind write theirs."""
    dated = [fact for fact in facts if fact.published]
    if paper.published is None or len(dated) < _SOME * len(facts) or not dated:
        return None
    # Preprints often state a month where what is published states a year.
    alike = [fact for fact in dated if bool(PREPRINT.search(fact.venue)) == (not paper.venue)]
    dates = [fact.published for fact in alike or dated if fact.published]
    newest = sorted(dates, key=lambda date: date.key, reverse=True)
    depth = Counter(d.depth for d in newest[:12] if d.year == newest[0].year).most_common(1)[0][0]
    if depth == 1 and publication and publication.year:
        return PartialDate(publication.year)
    told = paper.updated is not None
    # An arXiv identifier begins with its month.
    month = f"{paper.published:%y%m}."
    least = 2 if (paper.identifier("arxiv") or "").startswith(month) else 1
    return _known(paper.published, told=told, least=least).cut(depth)


def _known(day: date, *, told: bool, least: int) -> PartialDate:
    """What a day says for certain: who knows the month alone says its first, the year its first.

    Who tells of updates too tells days. `least` is how fine it is known at least: 1 the year,
    2 the month.
    """
    whole = PartialDate(day.year, day.month, day.day)
    if told or day.day > 1:
        return whole
    return whole.cut(max(least, 1 if day.month == 1 else 2))
