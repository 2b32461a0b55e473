"""Finds the title of an entry, and the short name that may stand before it."""

from __future__ import annotations

import re

from tracker.reading_list.dates import find_date
from tracker.reading_list.inline import plain
from tracker.reading_list.people import (
    et_al,
    from_names_on,
    leading_authors,
    lone_author,
    looks_like_authors,
)
from tracker.reading_list.pieces import Draft, Piece, is_tag
from tracker.reading_list.signs import SHORTCODE, SIGNS, final_signs
from tracker.reading_list.words import is_dated_venue, is_paper_url, label_role, looks_like_venue

_QUOTED = re.compile(
    r"[\"“”«](?P<long>[^\"“”«»「」《》]{12,})[\"“”»]|[「《](?P<title>[^\"“”«»「」《》]{2,})[」》]"
)
_OPEN, _CLOSED = '"“”«「《', '"“”»」》'
KEYED = re.compile(r"\W{0,4}(?:[A-Z][\w /-]{1,20}|[\w-]+)(?:\(s\))?\s*[:：](?:\s|\Z)")
"""A line that begins with its key: `📅 Date: ...`."""


def pick_title(draft: Draft) -> Piece | None:
    """The piece that is most like a title; None where none is."""
    best: tuple[float, Piece] | None = None
    first_line = min((piece.line for piece in draft.pieces), default=0)
    for order, piece in enumerate(draft.pieces):
        score = rate(draft, piece, first_line) - 0.01 * order
        if best is None or score > best[0]:
            best = (score, piece)
    return best[1] if best is not None and best[0] > 0 else None


WORD = re.compile(r"[^\W\d_]{2,}|[\u3400-\u9fff]{2}")
"""A word of a title."""


def rate(draft: Draft, piece: Piece, first_line: int) -> float:
    """How much a piece is like a title; it is none where this is not above 0."""
    words = plain(draft.text[piece.start : piece.end])
    count = len(WORD.findall(SHORTCODE.sub("", words)))
    if not count:
        return -1.0
    score = float(min(count, 10))
    if piece.column:
        names = {other.column for other in draft.pieces} & {"title", "name"}
        own = piece.column == ("title" if "title" in names else "name")
        first = all(other.cell >= piece.cell for other in draft.pieces if other.column == "name")
        score += 14 if own and (first or piece.column == "title") else -8
    elif piece.cell == 1 and not any(o.column in ("title", "name") for o in draft.pieces):
        # Where no column is said to name things, the first does.
        score += 8
    score += 5 * (piece.line == first_line) - 2 * min(piece.line - first_line, 4)
    score += 3 * piece.bold + (4 if piece.link >= 0 else 0)
    if count <= 4 and _heads(draft, piece):
        score -= 8
    if piece.link >= 0 and is_paper_url(draft.links[piece.link].url):
        score += 2
    elif piece.link >= 0 and piece.line == first_line and _is_described(draft, piece):
        score += 8
    score += 3 * bool(_QUOTED.search(words))
    score -= _names_people(draft, piece, words, count)
    if count <= 3 and find_date(words) is not None and not _says_more(draft, piece, words):
        score -= 8
    if piece.italic and looks_like_venue(words) and count < 6:
        score -= 4
    if piece.line > first_line and KEYED.match(words):
        score -= 12
    if _IN_PROCEEDINGS.match(words) or (
        piece.link >= 0 and find_date(words) and is_tag(draft, piece)
    ):
        score -= 10
    return score


_IN_PROCEEDINGS = re.compile(
    r"In\s+(?:the\s+)?(?:\d+\w*\s+)?(?:Proc\b|Proceedings|Findings|Advances|Annual|Intl?\b|International)"
)
"""What names where a paper appeared, however many words it has."""


def _names_people(draft: Draft, piece: Piece, words: str, count: int) -> int:
    """How much it speaks against a title that a piece is, or begins with, a row of names."""
    marked = piece.bold or piece.link >= 0
    if looks_like_authors(words):
        if not marked and _is_cited(words) and not _follows_title(draft, piece):
            return 0
        # "Bread and Butter" is a title in bold, and two people in italics.
        return 4 if marked else 14 if et_al(words) or count > 4 else 8
    if not _follows_title(draft, piece):
        return 0
    row = from_names_on(words)
    return 14 if leading_authors(row) or lone_author(row, "") else 0


def _is_cited(words: str) -> bool:
    """Whether a row of names goes on with what may be a title, as in `Real et al. (2023). T.`."""
    rest = _YEAR_FIRST.sub("", words[leading_authors(words) :])
    return rest != words and len(WORD.findall(rest)) > 1 and not looks_like_venue(rest)


_YEAR_FIRST = re.compile(r"^\s{0,4}(?:\(\d{4}[a-z]?\))?[.,:]?\s{0,4}")


def _follows_title(draft: Draft, piece: Piece) -> bool:
    """Whether a piece without marks stands behind what may be the title."""
    if piece.bold or piece.link >= 0 or piece.cell:
        return False
    return any(
        other.end <= piece.start and other.line == piece.line and _may_be_title(draft, other)
        for other in draft.pieces
    )


def _may_be_title(draft: Draft, piece: Piece) -> bool:
    if piece.link >= 0 and is_paper_url(draft.links[piece.link].url):
        return True
    several = len(WORD.findall(draft.text, piece.start, piece.end)) >= _FEW
    ended = draft.text[piece.end - 1] in ".,?!" or _ENDED.match(draft.text, piece.end)
    told = several or piece is draft.before_authors or (piece.bold and ended)
    return bool(told) and not is_tag(draft, piece) and not _heads(draft, piece)


_ENDED = re.compile(r"[*_]{1,3}(?:[.,]|\s[-–—|]\s)")
"""What ends a title in bold."""
_FEW = 3
"""Words of a title without marks; fewer may be a label, and what follows the title."""


def _leads(words: str) -> bool:
    """Whether words begin with a month, or a day, and go on with something else."""
    words = words.lstrip("[(（【")
    date = find_date(words)
    if date is None or date.start > 0 or date.value.month is None:
        return False
    rest = words[date.end :].strip(" ])）】")
    return len(WORD.findall(rest)) > 1 and not looks_like_venue(rest)


def _says_more(draft: Draft, piece: Piece, words: str) -> bool:
    """Whether words with a date are more than a date, maybe with a venue."""
    if _leads(words):
        return True
    date = find_date(words)
    begins = piece is draft.pieces[0] and not (piece.bold or piece.italic or piece.cell)
    if date is None or date.start == 0 or not begins:
        return False
    rest = words[: date.start].strip(" .,;(-–—")
    return len(WORD.findall(rest)) > 1 and not looks_like_venue(rest)


_AFTER_NAME = re.compile(
    r"[\s*_)\]]*(?:\([^()\s]*\)[*_]*)?(?:</?\w+>)?\s*[:：]\s*[\s*_\"“\[]*(?=\w+\W+\w+)"
)


_DASH = re.compile(r"[\s*_]*\s[-–—]\s")


def _is_described(draft: Draft, piece: Piece) -> bool:
    """Whether a linked name begins its entry and a dash leads to what it is."""
    place = next(p for p in draft.places if p.name == "link" and p.index == piece.link)
    return piece is draft.pieces[0] and _DASH.match(draft.text, place.end) is not None


_AFTER_DASH = re.compile(r"[\s*_)\]]*\s[-–—]\s+([^\r\n|\[<.]+)")


def _heads(draft: Draft, piece: Piece) -> bool:
    """Whether a piece is a name before a colon, set off from the words behind it."""
    if not (piece.bold or piece.italic or piece.link >= 0):
        return False
    if _AFTER_NAME.match(draft.text, piece.end) is not None:
        return True
    # Behind a dash stands a title, or what a thing is in small letters.
    behind = None if piece.link >= 0 else _AFTER_DASH.match(draft.text, piece.end)
    several = len(WORD.findall(draft.text, piece.start, piece.end)) >= _FEW
    if behind and several and leading_authors(behind[1]):
        return False
    words = WORD.findall(behind[1]) if behind else []
    large = [word for word in words if not word[0].islower() or len(word) < 4]
    return len(words) >= 4 and len(large) > 0.7 * len(words)


def _without_half_quotes(text: str, start: int, end: int) -> tuple[int, int]:
    """A title without a quotation mark at one end that nothing answers."""
    marks = [n for n in range(start, end) if text[n] in _OPEN + _CLOSED]
    if marks == [start]:
        return start + 1, end
    return (start, end - 1) if marks == [end - 1] else (start, end)


def _quoted(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The title between quotation marks; None where the marks are words of the title."""
    last = end
    while last > start and text[last - 1] in " .,;，；。":
        last -= 1
    if text[start] in _OPEN and last - start > 2 and text[last - 1] in _CLOSED:
        inner = text[start + 1 : last - 1]
        marks = [n for n, sign in enumerate(inner) if sign in _OPEN + _CLOSED]
        # "A "bold" title" has one pair in another; "This" and "That" are two.
        nested = not marks or (len(marks) % 2 == 0 and not inner[marks[0] - 1 : marks[0]].strip())
        if nested and (len(inner) >= 12 or text[start] in "「《"):
            return start + 1, last - 1
    found = _QUOTED.search(text, start, end)
    if found is None:
        return None
    before, behind = text[start : found.start()], text[found.end() : end]
    leads = re.search(r"\w\W*\Z", before) and not re.search(r"[]:：.,;|)}*–—-]\s*\Z", before)
    follows = re.match(r"\s*(?:[:：?!–—-]\s*)?(?=\w)", behind)
    told = looks_like_authors(behind) or looks_like_venue(behind.strip()) or find_date(behind)
    if leads or (follows and (follows[0].strip() or not told)):
        return None
    return found.span(found.lastgroup or 0)


def take_title(draft: Draft, piece: Piece) -> None:
    """Take the title out of its piece; what stands around it becomes pieces of its own."""
    text = draft.text
    _take_signs(draft, piece)
    start, end = piece.start, piece.end
    if (quoted := _quoted(text, start, end)) is not None:
        start, end = quoted
    else:
        start = _behind_date(draft, start, end)
        start, end = _without_brackets(draft, start, _trim(text, start, end)[1])
        start, end = _trim(text, start, end)
        year = _FINAL_YEAR.search(text, start, end) if piece.link < 0 else None
        if year and not _LEADS_ON.search(text, start, year.start()):
            if not any(_dates(draft, other) for other in draft.pieces if other is not piece):
                _take_year(draft, year)
            end = _trim(text, start, year.start())[1]
            end = _before_venue(draft, start, end)
    start, end = _without_half_quotes(text, *_trim(text, start, end))
    _take_short(draft, piece, start)
    draft.title = plain(text[start:end])
    draft.put("title", start, end)
    taken = draft.date.end if draft.date else 0
    first = taken if piece.start < taken <= start else piece.start
    before = piece.start + len(text[piece.start : start].rstrip(_OPEN + " "))
    for left, right in ((first, before), (max(end, taken), piece.end)):
        if right - left > 1 and re.search(r"\w", text[left:right]):
            rest = Piece(left, right, piece.bold, piece.italic, -1, piece.line, piece.cell)
            draft.pieces.append(rest)
    draft.pieces.sort(key=lambda p: p.start)


def _take_signs(draft: Draft, piece: Piece) -> None:
    """Take emoji before and behind a title out of its piece."""
    before = SIGNS.match(draft.text, piece.start, piece.end)
    if before and before.end() < piece.end:
        draft.put_signs(*before.span())
        piece.start = before.end()
    behind = final_signs(draft.text, piece.start, piece.end)
    if piece.start < behind < piece.end and not _LEADS_ON.search(draft.text, piece.start, behind):
        draft.put("note", behind, piece.end)
        draft.notes.append(draft.text[behind : piece.end].strip())
        piece.end = behind


_LAST_PART = re.compile(r",\s{1,4}(?!and\b|or\b)([^,]{2,80})\Z")


def _before_venue(draft: Draft, start: int, end: int) -> int:
    """Take the venue of `Title, Venue, Year`; gives where the title ends."""
    text = draft.text
    found = _LAST_PART.search(text, max(start, end - 90), end)
    if found is None or draft.venue or not is_dated_venue(f"{found[1]} 2000"):
        return end
    if len(WORD.findall(text, start, found.start())) < 2:
        return end
    draft.venue = plain(found[1])
    draft.put("venue", *found.span(1))
    return found.start()


_LEADS_ON = re.compile(
    r"\b(?:of|the|an?|in|on|at|for|to|and|by|from|with|as|via|is|are|since|until|through|during)\s{0,4}\Z",
    re.I,
)
"""A word of a title that another has to follow, be it an emoji or a year."""


def _behind_date(draft: Draft, start: int, end: int) -> int:
    """Where a title begins behind the date that a line begins with."""
    date = find_date(draft.text, start, min(end, start + 20)) if draft.date is None else None
    if date is None or date.start > start + 1:
        return start
    joint = re.compile(r"\)?\s*[-–—|:]\s+").match(draft.text, date.end, end)
    if joint is None and _leads(plain(draft.text[date.start : end])):
        # Titles begin with a year, but not with a month.
        joint = re.compile(r"\s+").match(draft.text, date.end, end)
    if joint is None:
        return start
    draft.date = date
    draft.put("date", date.start, date.end, 0, date.pattern)
    return joint.end()


_FINAL_YEAR = re.compile(
    r"(?<=[\s,(，（])(?:19|20)\d\d(?:[./-]\d\d?|年(?:\d\d?月)?)?[)）]?[.。]?\s*\Z"
)


def _take_year(draft: Draft, found: re.Match[str]) -> None:
    date = find_date(draft.text, found.start(), found.end())
    if date is not None and draft.date is None:
        draft.date = date
        draft.put("date", date.start, date.end, 0, date.pattern)


def _dates(draft: Draft, piece: Piece) -> bool:
    """Whether a piece is a date, maybe with a venue."""
    words = draft.text[piece.start : piece.end]
    return len(words.split()) <= 6 and find_date(words) is not None


_GROUP = re.compile(r"[\s.,]*[(\[（【]([^()\[\]（）【】]{2,60})[)\]）】][\s.:,]*")


def _without_brackets(draft: Draft, start: int, end: int) -> tuple[int, int]:
    """A title without the bracketed venue or date before and behind it."""
    text = draft.text
    while (found := _GROUP.match(text, start, end)) and _is_dated(found[1]) and found.end() < end:
        start = found.end()
    while True:
        tail = [m for m in _GROUP.finditer(text, start, end) if m.end() == end]
        if not tail or not _is_dated(tail[0][1]) or tail[0].start() == start:
            return start, end
        end = tail[0].start()


def _is_dated(words: str) -> bool:
    found = find_date(words)
    return (
        (found is not None and len(words.split()) <= 8)
        or looks_like_venue(words)
        or label_role(words) is not None
    )


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (
        text[start].isspace() or text[start] in ":,;-–—.|])」》】）·•>：，、；。"
    ):
        start += 1
    while start < end:
        last = text[end - 1]
        opening = {")": "(", "]": "["}.get(last, "")
        closes = opening and text.count(last, start, end) <= text.count(opening, start, end)
        if closes or not (last.isspace() or last in ":,;-–—|[](.)「《【（·•<：，、；。"):
            break
        if last == "." and text[end - 3 : end] == "...":
            break
        end -= 1
    return start, end


def _take_short(draft: Draft, title: Piece, start: int) -> None:
    """A name in bold, underlined or linked before the title, most often with a colon."""
    text = draft.text
    before = [
        piece
        for piece in draft.pieces
        if piece.end <= title.start and re.search(r"\w", text[piece.start : piece.end])
    ]
    piece = before[-1] if before else title
    if piece is title or (piece.line, piece.cell) != (title.line, title.cell):
        return
    words = text[piece.start : piece.end].rstrip(':： "“(')
    if not words or len(words) > 40 or len(words.split()) > 5 or words.startswith(("[", "(")):
        return
    between = text[piece.start + len(words) : start]
    colon = re.search(r"[:：]", between) is not None
    bold = piece.bold and not title.bold and re.fullmatch(r"[*_ ]*", between) is not None
    set_off = piece.link >= 0 or piece.bold
    linked = set_off and re.search(r"[-–—]\W*\Z", between) is not None
    if not (colon or bold or linked) or _is_venue_and_date(words):
        return
    draft.short = plain(words)
    draft.put("short", piece.start, piece.start + len(words))
    draft.pieces.remove(piece)


def _is_venue_and_date(words: str) -> bool:
    found = find_date(words)
    return found is not None and (
        looks_like_venue(words) or found.end - found.start > len(words) - 3
    )
