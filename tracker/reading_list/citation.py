"""Finds the title that nothing marks: in a citation, or before its authors."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice

from tracker.reading_list.people import (
    author_parts,
    et_al,
    is_full_name,
    is_row_of_names,
    leading_authors,
    lone_author,
    looks_like_authors,
    looks_like_name,
    names_before_year,
)
from tracker.reading_list.pieces import Draft, Piece, is_tag
from tracker.reading_list.title import WORD, rate
from tracker.reading_list.words import CAPITAL, is_dated_venue

_ABBREVIATED = re.compile(
    r"\b(?:vs|etc|dr|md|mr|mrs|st|jr|no|proc|trans|int|conf|univ|dept|fig)\Z", re.I
)
_SMALL_VENUE = r"(?:(?:ar|bioR|medR)[Xx]iv|npj|eLife|iScience)\b"
_CUT = re.compile(
    rf"(?<=[^\W\d_]{{2}})\.\s+(?=[^\W_a-zß-ÿ]|[\"“(\[]|{_SMALL_VENUE})"
    r"|(?P<year>(?:(?<=\(\d{4}\))|(?<=\(\d{4}[a-z]\)))[.:,]?\s+(?=\S)|(?<=\s\d{4})\.\s+(?=\S))"
    r"|(?P<maybe>(?:(?<=[\d)\]\"”])|(?<=\d[^\W\d_]))\.|(?<=\w)[?!])\s+(?=[^\W_a-zß-ÿ]|"
    rf"{_SMALL_VENUE})"
    r"|\s+\|\s+|。\s*(?=\S)"
)


def title_of_citation(draft: Draft, piece: Piece) -> Piece:
    """The title in a piece without marks: authors, title and venue in a row.

    The draft's piece is cut at its sentences and bars then; without any it is the title itself.
    """
    text = draft.text
    if piece.is_marked:
        return piece
    cuts = [
        (_title_end(found), found.end())
        for found in islice(_CUT.finditer(text, piece.start, piece.end), _SENTENCES)
        if _parts_a_citation(found, piece)
    ]
    if not cuts:
        return piece
    starts = [piece.start, *(end for _, end in cuts)]
    ends = [*(start for start, _ in cuts), piece.end]
    parts = [
        Piece(start, end, line=piece.line, cell=piece.cell, column=piece.column)
        for start, end in zip(starts, ends, strict=True)
        if start < end
    ]
    scores = []
    behind = leading_authors(text[parts[0].start : parts[0].end]) > 0
    for order, part in enumerate(parts):
        # Behind the authors a short title is no name.
        one = looks_like_name(text[part.start : part.end]) and not (behind and order == 1)
        # The venue comes last, and may be longer than the title.
        scores.append(rate(draft, part, piece.line) - 2 * order - 6 * one)
    if max(scores) <= 0:
        return piece
    at = draft.pieces.index(piece)
    draft.pieces[at : at + 1] = parts
    return parts[scores.index(max(scores))]


_SENTENCES = 100
"""Sentences of a piece that are told apart; what follows is one part with the last."""
_CUTS = 12
"""Places where authors may begin that are looked at; titles have few."""


def part_before_authors(draft: Draft) -> None:
    """Cut the first piece without marks where its title ends and its authors begin, if they do.

    `[ACL 2024] Title. Ada Real, Bo Fictional.` has a piece for each then.
    """
    for piece in draft.pieces:
        if piece.is_marked:
            if is_tag(draft, piece):
                continue
            return
        if cut := _authors_behind(draft.text, piece):
            draft.before_authors = _title_cut_off(draft, piece, *cut)
        return


def _title_cut_off(draft: Draft, piece: Piece, end: int, start: int) -> Piece:
    """A piece's words up to `end`, which becomes a piece; those from `start` on are another."""
    title = replace(piece, end=end)
    at = draft.pieces.index(piece)
    draft.pieces[at : at + 1] = [title, replace(piece, start=start)]
    return title


def _authors_behind(text: str, piece: Piece) -> tuple[int, int] | None:
    """Where a title ends and where its authors begin."""
    if et_al(text, piece.start, piece.end):
        found = _before_authors(text, piece)
        return (_title_end(found), found.end()) if found and found["sure"] else None
    for cut in islice(_CUT.finditer(text, piece.start, piece.end), _CUTS):
        words, rest = text[piece.start : cut.start()], text[cut.end() : piece.end][:_LONGEST]
        named = leading_authors(rest) or lone_author(rest, "")
        if named and not _is_abbreviated(cut) and _stands_before_names(words, sure=True):
            return _title_end(cut), cut.end()
    for dash in islice(_DASH.finditer(text, piece.start, piece.end), _CUTS):
        rest = text[dash.end() : piece.end].rstrip()
        if len(rest) <= _LONGEST and leading_authors(rest) == len(rest):
            return dash.start(), dash.end()
    for comma in islice(_COMMA.finditer(text, piece.start, piece.end), _CUTS):
        words, rest = text[piece.start : comma.start()], text[comma.end() : piece.end][:_LONGEST]
        names = author_parts(rest[: leading_authors(rest)])
        told = len(WORD.findall(words)) >= _LEAST and not rest.startswith("and ")
        # Parts of a title may look like names in full, but have no initials.
        if told and len(names) > 1 and all(map(_INITIAL.match, names)):
            return (comma.start(), comma.end()) if _stands_before_names(words, sure=True) else None
    return None


# Two halves of a title may be set apart by a dash as well, but not behind a venue in brackets.
_DASH = re.compile(r"(?<=\d[)\]])\s[-–—]\s+")
_COMMA = re.compile(r",\s{1,4}")
_INITIAL = re.compile(rf"{CAPITAL}\.")


def _parts_a_citation(cut: re.Match[str], piece: Piece) -> bool:
    """Whether a cut stands between parts of a citation, rather than within a title."""
    text = cut.string
    if cut["year"] is not None and names_before_year(text[piece.start : cut.start()]) > 0:
        return True
    if cut["year"] is not None or cut["maybe"] is not None:
        # A title may go on behind its year, its number or its question; names begin a part, and
        # so does a venue.
        rest = text[cut.end() : piece.end][:_LONGEST]
        return leading_authors(rest) > 0 or is_dated_venue(rest)
    return not _is_abbreviated(cut)


def _is_abbreviated(cut: re.Match[str]) -> bool:
    """Whether the full stop of a cut only shortens a word."""
    end = cut.start()
    return (
        cut[0].startswith(".") and _ABBREVIATED.search(cut.string, max(0, end - 6), end) is not None
    )


def _title_end(cut: re.Match[str]) -> int:
    """Where a title before a cut ends: with its question mark."""
    return cut.start() + cut[0].startswith(("?", "!"))


_BEFORE_AUTHORS = re.compile(
    r"(?P<sure>(?:(?<=[^\W\d_]{2})|(?<=[\d)\]\"”]))[.?!]\s{1,4}|\s{0,4}[(\[（]\s{0,4}|\s{1,4}[-–—|]\s{1,4}"
    r"|(?<=[》」])(?:[，、,;；]\s{0,4}|\s{0,4})|。\s{0,4})|\s{0,4}(?:[,;]\s{1,4}|[，、；]\s{0,4})"
)


_LEAST = 3
"""Words of a title behind authors; what is shorter may be a venue."""
_MOST_NAMES, _LONGEST = 200, 400
"""Letters of the names before "et al.", and of a title; the limits keep hostile text from costing
squared time."""


def title_before_authors(draft: Draft, piece: Piece | None) -> Piece | None:
    """The title of a piece without marks that goes on with `Somebody et al.`; else the piece.

    Where no piece is given, the first that can be cut so: on its own it looks like authors.
    """
    for candidate in list(draft.pieces) if piece is None else [piece]:
        if not candidate.is_marked and (cut := _before_authors(draft.text, candidate)):
            return _title_cut_off(draft, candidate, _title_end(cut), cut.end())
    first = draft.pieces[0] if draft.pieces else None
    if piece is None and first is not None:
        # "Somebody et al. (2023). Title." looks like authors as a whole.
        title = title_of_citation(draft, first)
        named = len(WORD.findall(draft.text, title.start, title.end)) >= _LEAST
        return title if title is not first and named else None
    return piece


def _before_authors(text: str, piece: Piece) -> re.Match[str] | None:
    """Where a title ends and the names before "et al." begin."""
    others = et_al(text, piece.start, piece.end)
    if others is None:
        return None
    cuts = [
        cut
        for cut in _BEFORE_AUTHORS.finditer(text, piece.start, others.start())
        if others.start() - cut.end() <= _MOST_NAMES
        and not _is_abbreviated(cut)
        and is_row_of_names(text[cut.end() : others.start()])
        and _stands_before_names(text[piece.start : cut.start()], sure=bool(cut["sure"]))
    ]
    # "Title, Ada Real, Bo Other et al." has another name before the last comma.
    first = [cut for cut in cuts if not _parts_names(text, piece.start, cut, others.start())]
    sure = [cut for cut in cuts if cut["sure"]]
    return next(reversed(sure or first or cuts), None)


def _parts_names(text: str, start: int, cut: re.Match[str], end: int) -> bool:
    """Whether a cut stands between two names written in full."""
    before = author_parts(text[start : cut.start()])
    behind = author_parts(text[cut.end() : end])
    return len(before) > 1 and is_full_name(before[-1]) and is_full_name(behind[0])


def _stands_before_names(words: str, *, sure: bool) -> bool:
    """Whether words are no names themselves, as far as can be told behind a mere comma."""
    found = WORD.findall(words)
    if not found or len(words) > _LONGEST or looks_like_authors(words):
        return False
    named = len(found) < 3 and re.search(r"[^\W\d_a-z]{2}", words) is None
    return sure or not named
