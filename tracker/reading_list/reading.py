"""What an entry states: its title, links, venue, date, authors and notes, and where each stands."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from tracker.reading_list.citation import (
    part_before_authors,
    title_before_authors,
    title_of_citation,
)
from tracker.reading_list.dates import find_date
from tracker.reading_list.inline import plain
from tracker.reading_list.people import (
    BEFORE_NAMES,
    SENTENCE,
    author_parts,
    by,
    et_al,
    from_names_on,
    is_person,
    leading_authors,
    lone_author,
    looks_like_surnames,
)
from tracker.reading_list.pieces import Draft, Facts, NamedLink, Piece, Reading, cut
from tracker.reading_list.rows import is_nothing
from tracker.reading_list.signs import SIGNS, final_signs
from tracker.reading_list.title import KEYED, pick_title, take_title
from tracker.reading_list.words import is_serial, looks_like_venue, venue_key, within

ANY_WORD = re.compile(r"\w")
_MARKER = re.compile(r"(?:\s*(?:[-*+•]|\d{1,9}[.)])(?:\s+\[[ xX]\](?=\s))?\s+|#{1,6}\s+|\s*)")

_REFERENCE = re.compile(r"\[\d{1,3}\]:?\s+(?=\S)")


@lru_cache(maxsize=4096)
def read(
    text: str,
    kind: str = "bullet",
    columns: tuple[str, ...] = (),
    known: frozenset[str] = frozenset(),
) -> Reading:
    """Read an entry's text (without its final line ending).

    `columns` are the table's headings; `known` are venues the rest of the list writes (as
    `venue_key` gives them). A text without anything like a title gives an empty title. After an
    edit the entries it left alone need not be read again.
    """
    draft = Draft(text)
    begin = 0
    if kind not in ("table row", "html row"):
        found = _MARKER.match(text)
        begin = found.end() if found else 0
        if number := _REFERENCE.match(text, begin):
            # The number of a bibliography is that of one paper.
            draft.put("note", *number.span())
            draft.notes.append(number[0].strip())
            begin = number.end()
    cut(draft, begin, columns, rows=kind == "table row", html=kind == "html row")
    part_before_authors(draft)
    title = pick_title(draft)
    if title is not None:
        title = title_of_citation(draft, title)
    title = title_before_authors(draft, title)
    if title is not None:
        take_title(draft, title)
    for piece in draft.pieces:
        if piece is not title:
            _take_rest(draft, piece, known)
    return _finish(draft)


def _take_rest(draft: Draft, piece: Piece, known: frozenset[str]) -> None:
    text = draft.text
    words = text[piece.start : piece.end]
    if piece.link >= 0 or not ANY_WORD.search(plain(words)):
        return
    if SIGNS.fullmatch(words):
        draft.put("note", piece.start, piece.end)
        draft.notes.append(words)
        return
    if piece.cell and is_nothing(words):
        return
    start = piece.start
    keyed = KEYED.match(words) if _begins_line(text, start) else None
    if keyed and piece.column == "":
        key = keyed[0].casefold()
        start += keyed.end()
        if start >= piece.end:
            # What it announces is a link.
            return
        if not re.search(r"date|year|publish|venue|journal|conf|author|time|发表|作者|日期", key):
            _note(draft, start, piece.end)
            return
        kind = "authors" if "author" in key or "作者" in key else ""
        kind = kind or ("date" if re.search(r"date|year|time|日期", key) else "venue")
    else:
        kind = piece.column if piece.column in ("venue", "date", "authors") else ""
    if not draft.authors and (
        kind == "authors" or (not kind and _names(draft, piece, words, known))
    ):
        start = _take_authors(draft, start, piece.end)
        if start >= piece.end:
            return
    if not _take_venue_and_date(draft, start, piece, known, kind) and ANY_WORD.search(
        text[start : piece.end]
    ):
        _note(draft, start, piece.end)


_LINE_END = re.compile(r"[\r\n]|<br\s*/?>")
_LINE_START = re.compile(r"\s*(?:[-*+•>]|\d+[.)])?[\s*_]*")


def _begins_line(text: str, start: int) -> bool:
    line = _LINE_END.split(text[:start])[-1]
    return _LINE_START.fullmatch(line) is not None


def _names(draft: Draft, piece: Piece, words: str, known: frozenset[str]) -> bool:
    row = from_names_on(words)
    if leading_authors(row) or _surnames(words, known):
        return True
    after_title = bool(draft.title) and any(
        p.name == "title" and p.end <= piece.start for p in draft.places
    )
    if after_title and lone_author(row, _behind(draft.text, piece.end)):
        return True
    first = _NAME_END.split(words, maxsplit=1)[0].strip(" .")
    if not after_title or not piece.italic or looks_like_venue(first) or find_date(first):
        return False
    # Names that "et al." follows outside their emphasis cannot be written without it.
    others = et_al(draft.text, piece.end, piece.end + _NEAR_NAMES)
    return is_person(first) and others is None


def _behind(text: str, end: int) -> str:
    """What follows on the same line, as far as a venue may reach."""
    return _LINE_END.split(text[end : end + _NEAR_VENUE])[0]


_NEAR_VENUE = 80
_NAME_END = re.compile(r"(?<=[^\W\d_]{2})\.\s|\s?\(")
_NEAR_NAMES = 12
"""Letters behind names in which "et al." belongs to them."""


_MOST_SURNAMES = 200
"""Letters of a row of surnames; the limit keeps hostile text from costing squared time."""


def _surnames(words: str, known: frozenset[str] = frozenset()) -> int:
    """How much of words such as `(Lee, Kim; 2024)` is surnames, the bracket counted."""
    opened = re.match(r"\s*[(\[（]", words)
    found = find_date(words) if opened else None
    if opened is None or found is None:
        return 0
    names = words[opened.end() : found.start].rstrip(" ,;，；")
    long = len(names) > _MOST_SURNAMES
    if long or venue_key(names) in known or not looks_like_surnames(names):
        return 0
    return opened.end() + len(names)


def _take_authors(draft: Draft, start: int, end: int) -> int:
    """Take the names; gives where the rest of the piece begins."""
    text = draft.text
    surnames = start + _surnames(text[start:end])
    while start < end and text[start] in BEFORE_NAMES:
        start += 1
    first, stop = start, end
    start += by(text[start:end])
    if found := et_al(text, start, end):
        stop = found.end()
        draft.et_al = True
        names = text[start : found.start()]
    else:
        lone = lone_author(text[start:end], _behind(text, end))
        stop = max(start + (leading_authors(text[start:end]) or lone), surnames)
        ends = SENTENCE if stop > start else _NAME_END
        stop = stop if stop > start else end
        if stop == end and (last := ends.search(text, start, end)):
            stop = last.start()
        while stop > start and text[stop - 1] in " .,;，、；。":
            stop -= 1
        names = text[start:stop]
    draft.authors = tuple(plain(part) for part in author_parts(names, bare=False))
    draft.put("authors", first, stop)
    behind = re.compile(r"\s*(\([^()]*\))").match(text, stop, end)
    if behind and find_date(behind[1]) is None:
        # Where they work.
        _note(draft, *behind.span(1))
        stop = behind.end()
    return stop if ANY_WORD.search(text[stop:end]) else end


def _take_venue_and_date(
    draft: Draft, start: int, piece: Piece, known: frozenset[str], kind: str
) -> bool:
    text, end = draft.text, piece.end
    found = find_date(text, start, end) if draft.date is None and kind != "authors" else None
    spare = [(start, end)]
    if found is not None:
        sides = [(start, found.start), (found.end, end)]
        spare = [_trim_venue(text, *side) for side in sides]
        spare = [side for side in spare if ANY_WORD.search(text[side[0] : side[1]])]
        if kind == "" and any(len(text[a:b].split()) > 12 for a, b in spare):
            return False
        draft.date = found
        draft.put("date", found.start, found.end, 0, found.pattern)
    taken = found is not None
    for side in spare:
        left, right = _trim_venue(text, *side)
        words = text[left:right]
        likely = kind == "venue" or looks_like_venue(words, known) or found is not None
        told = piece.italic and (bool(draft.authors) or is_serial(words))
        likely = likely or (told and len(words.split()) <= 8)
        if (
            not draft.venue
            and likely
            and re.search(r"[^\W\d_]", words)
            and len(words.split()) <= 14
        ):
            draft.venue = plain(words[within(words) :])
            draft.put("venue", left, right)
            taken = True
        elif taken and ANY_WORD.search(words):
            _note(draft, left, right)
    return taken


_BEHIND_VENUE = '[]({,;:.|·•-–—/，、；：。（【】「」《》"“'
_AROUND_VENUE = _BEHIND_VENUE + ")}”»）"


def _trim_venue(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start].isspace() or text[start] in _AROUND_VENUE):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in _BEHIND_VENUE):
        end -= 1
    if end > start and text[end - 1] in ")）" and not re.search(r"[(（]", text[start:end]):
        end = _trim_venue(text, start, end - 1)[1]
    return start, end


def _links(draft: Draft) -> tuple[NamedLink, ...]:
    """The links, those whose text is the title or short name without a label."""
    names = [place for place in draft.places if place.name in ("title", "short")]
    links = list(draft.links)
    for place in draft.places:
        if place.name == "link" and any(
            place.start <= name.start and name.end <= place.end for name in names
        ):
            links[place.index] = replace(links[place.index], label="")
    return tuple(links)


def _note(draft: Draft, start: int, end: int) -> None:
    """Keep what says something else, without the brackets and signs before it."""
    text = draft.text
    while start < end and not (text[start].isalnum() or text[start] in "([<$`\"“‘'&#@~"):
        start += 1
    while end > start and text[end - 1] in " \t([{*_（【":
        end -= 1
    if start < end:
        draft.notes.append(plain(text[start:end]))
        draft.put("note", start, end)


_LINE_STOP = re.compile(r"[\r\n]|\Z")


def _finish(draft: Draft) -> Reading:
    start = 0
    for found in _LINE_STOP.finditer(draft.text):
        end = start + len(draft.text[start : found.start()].rstrip())
        signs = final_signs(draft.text, start, end)
        signs = end - len(draft.text[signs:end].lstrip())
        start = found.end()
        if signs < end and not any(p.start < end and signs < p.end for p in draft.places):
            draft.put("note", signs, end)
            draft.notes.append(draft.text[signs:end].strip())
    places = sorted(draft.places, key=lambda place: (place.start, -place.end))
    facts = Facts(
        title=draft.title,
        short_name=draft.short,
        authors=draft.authors,
        et_al=draft.et_al,
        venue=draft.venue,
        published=draft.date.value if draft.date else None,
        links=_links(draft),
    )
    return Reading(facts, tuple(places), " ".join(draft.notes))
