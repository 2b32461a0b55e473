"""Headings that say where their papers appeared: a venue, or none yet."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from classifiers.years import year_in
from tracker.paper import Paper
from tracker.publication import short_venue
from tracker.reading_list.words import PREPRINT, is_acronym, looks_like_venue
from tracker.taxonomy import Path, section_key

Kind = Literal["venue", "mixed", "preprints"]
"""A venue's papers alone, a venue's papers among others, or papers without a venue."""

_VENUE_SHARE = 0.6
# Such as "NeurIPS 2024" or "MICCAI'23 Workshops".
_SHORT = re.compile(r"\W*([A-Za-z]+)(?:\W+\w+){0,2}\W*")
_PREPRINTS = re.compile(r"\W*(?:arxiv|bio-?rxiv|med-?rxiv|pre-?prints?)(?:\W+\w+){0,2}\W*", re.I)


def kinds_of(held: Mapping[Path, Sequence[Paper]]) -> dict[Path, Kind]:
    """The sections that are venues, and those of preprints beside them, by the papers they hold.

    Where too few of their papers state a venue the heading has to be one by its words.
    """
    found: dict[Path, Kind] = {}
    for path, papers in held.items():
        known = [paper for paper in papers if paper.venue]
        named = sum(names(path, paper) for paper in known)
        if len(known) >= 2:
            if named >= _VENUE_SHARE * len(known):
                alone = named >= _VENUE_SHARE * len(papers) or _by_words(path)
                found[path] = "venue" if alone else "mixed"
        elif _by_words(path) and named == len(known):
            found[path] = "venue"
    above = {path[:-1] for path in found}
    for path in held:
        if path and path not in found and path[:-1] in above and _PREPRINTS.fullmatch(path[-1]):
            found[path] = "preprints"
    return found


def names(path: Path, paper: Paper) -> bool:
    """Whether the heading's words, years aside, are all in the paper's venue.

    Sources write the venue in full where a heading has its short name, or the other way round.
    """
    heading = "".join(path[-1:])
    short, venue = short_venue(heading), short_venue(paper.venue)
    return _holds(paper.venue, heading) or _holds(venue, short)


def _holds(venue: str, heading: str) -> bool:
    words = {word for word in section_key(heading).split() if not word.isdigit()}
    return bool(words) and words <= set(section_key(venue).split())


def _by_words(path: Path) -> bool:
    name = path[-1] if path else ""
    found = _SHORT.fullmatch(name)
    dated = year_in(name) is not None or re.search(r"['’]\d\d\b", name) is not None
    if found is None or not dated or PREPRINT.search(name):
        return False
    return is_acronym(found[1]) and looks_like_venue(found[1])
