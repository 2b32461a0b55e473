"""What an entry states: its title, links, venue, date, authors and notes, and where each stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tracker.paper import Role
from tracker.reading_list.dates import PartialDate, WrittenDate, find_date
from tracker.reading_list.inline import Mark, plain, scan
from tracker.reading_list.words import (
    ET_AL,
    author_parts,
    is_paper_url,
    label_role,
    looks_like_authors,
    looks_like_name,
    looks_like_venue,
    url_role,
)


@dataclass(frozen=True, slots=True)
class NamedLink:
    """A link as an entry writes it; `label` is its text as a reader sees it.

    `image` is the address of the picture that is its text, "" for words. A picture without a
    link has role "other" and `url` "".
    """

    role: Role
    url: str
    label: str = ""
    image: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a paper when its entry is written."""

    title: str
    short_name: str = ""
    authors: tuple[str, ...] = ()
    et_al: bool = False
    venue: str = ""
    published: PartialDate | None = None
    links: tuple[NamedLink, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fact stands in an entry's text: `start` to `end`; `index` counts links."""

    name: str
    start: int
    end: int
    index: int = 0
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """The facts of an entry, their places in its text from left to right, and the notes."""

    facts: Facts
    places: tuple[Place, ...]
    notes: str = ""


@dataclass(slots=True)
class _Piece:
    """A run of text between constructs."""

    start: int
    end: int
    bold: bool = False
    italic: bool = False
    link: int = -1
    line: int = 0
    cell: int = 0
    column: str = ""


@dataclass(slots=True)
class _Draft:
    text: str
    pieces: list[_Piece] = field(default_factory=list)
    links: list[NamedLink] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    title: str = ""
    short: str = ""
    authors: tuple[str, ...] = ()
    et_al: bool = False
    venue: str = ""
    date: WrittenDate | None = None
    notes: list[str] = field(default_factory=list)

    def put(self, name: str, start: int, end: int, index: int = 0, pattern: str = "") -> None:
        self.places.append(Place(name, start, end, index, pattern))


_COLUMNS = (
    ("title", r"title|paper|papers|name|model|models|method|work|dataset|论文|标题|名称|模型"),
    ("venue", r"venue|publisher|publication|journal|conference|where|期刊|会议|来源"),
    ("date", r"date|year|time|published|month|release|released|release time|时间|日期|年份"),
    ("authors", r"authors?|作者"),
    (
        "links",
        r"links?|urls?|code|github|repo|project|data|pdf|paper link|resources?|website|链接|地址",
    ),
)


def column_name(header: str) -> str:
    """What a table's column holds, told by its heading; "" for anything else."""
    words = " ".join(re.findall(r"[^\W_]+", header.casefold()))
    for name, pattern in _COLUMNS:
        if re.fullmatch(pattern, words):
            return name
    return "date" if "date" in words else ""


_MARKER = re.compile(r"(?:\s*(?:[-*+•]|\d{1,9}[.)])(?:\s+\[[ xX]\](?=\s))?\s+|#{1,6}\s+|\s*)")


def read(
    text: str,
    kind: str = "bullet",
    columns: tuple[str, ...] = (),
    known: frozenset[str] = frozenset(),
) -> Reading:
    """Read an entry's text (without its final line ending).

    `columns` are the table's headings; `known` are venues the rest of the list writes (as
    `venue_key` gives them). A text without anything like a title gives an empty title.
    """
    draft = _Draft(text)
    begin = 0
    if kind not in ("table row", "html row"):
        found = _MARKER.match(text)
        begin = found.end() if found else 0
    _cut(draft, begin, columns, rows=kind == "table row", html=kind == "html row")
    title = _pick_title(draft)
    if title is not None:
        _take_title(draft, title)
    for piece in draft.pieces:
        if piece is not title:
            _take_rest(draft, piece, known)
    return _finish(draft)


def _cut(draft: _Draft, begin: int, columns: tuple[str, ...], *, rows: bool, html: bool) -> None:
    """Divide the text at its constructs."""
    text = draft.text
    state = _State(rows=rows, columns=tuple(column_name(c) for c in columns))
    position = begin
    ends: list[tuple[int, int, str]] = []
    draft.marks = scan(text, begin)
    stops: list[tuple[int, int, Mark | None]] = []
    for mark in draft.marks:
        if mark.kind == "emphasis":
            stops.append((mark.start, mark.label[0], mark))
            ends.append((mark.label[1], mark.end, text[mark.start : mark.label[0]]))
            stops.append((mark.label[1], mark.end, None))
        elif mark.kind != "code" and not (mark.kind == "pipe" and not rows):
            stops.append((mark.start, mark.end, mark))
    for start, end, mark in sorted(stops, key=lambda stop: (stop[0], stop[1])):
        if start < position:
            continue
        _add_piece(draft, state, position, start)
        position = end
        if mark is None or mark.kind == "emphasis":
            state.emphasise(text[start:end], opens=mark is not None)
        elif mark.kind in ("link", "image"):
            _add_link(draft, state, mark)
        elif mark.kind == "pipe":
            state.cell += 1
        elif mark.kind == "break":
            state.line += 1
        elif html and re.match(r"<t[dh]\b", text[start:end], re.IGNORECASE):
            state.cell += 1
    _add_piece(draft, state, position, len(text))


@dataclass(slots=True)
class _State:
    rows: bool
    columns: tuple[str, ...]
    line: int = 0
    cell: int = 0
    signs: list[str] = field(default_factory=list)

    @property
    def column(self) -> str:
        return self.columns[self.cell - 1] if 0 < self.cell <= len(self.columns) else ""

    def emphasise(self, sign: str, *, opens: bool) -> None:
        if opens:
            self.signs.append(sign)
        elif sign in self.signs:
            self.signs.remove(sign)

    @property
    def bold(self) -> bool:
        return any(len(sign) >= 2 for sign in self.signs)

    @property
    def italic(self) -> bool:
        return any(len(sign) in (1, 3) for sign in self.signs)


def _add_piece(draft: _Draft, state: _State, start: int, end: int, link: int = -1) -> None:
    text = draft.text
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        draft.pieces.append(
            _Piece(start, end, state.bold, state.italic, link, state.line, state.cell, state.column)
        )


def _add_link(draft: _Draft, state: _State, mark: Mark) -> None:
    text = draft.text
    label = plain(text[mark.label[0] : mark.label[1]])
    url = text[mark.url[0] : mark.url[1]].strip()
    index = len(draft.links)
    if mark.kind == "image":
        link = NamedLink("other", "", label, url)
    else:
        image = text[mark.image[0] : mark.image[1]] if mark.image else ""
        link = NamedLink(label_role(label) or url_role(url), url, label, image)
    draft.links.append(link)
    draft.put("link", mark.start, mark.end, index)
    draft.put("url", *mark.url, index)
    if mark.kind == "link" and mark.image is None and label and label_role(label) is None:
        start, end = mark.label
        inner = re.compile(r"\*{1,3}|_{1,2}|~~").match(text, start, end)
        if inner and text[:end].endswith(inner[0]) and end - start > 2 * len(inner[0]):
            start, end = start + len(inner[0]), end - len(inner[0])
        _add_piece(draft, state, start, end, index)


_QUOTED = re.compile(r"[\"“”«「《]([^\"“”«»「」《》]{12,})[\"“”»」》]")
_KEYED = re.compile(r"^\W{0,4}(?:[A-Z][\w /-]{1,20}|[\w-]+)\s*[:：]\s")


def _pick_title(draft: _Draft) -> _Piece | None:
    best: tuple[float, _Piece] | None = None
    first_line = min((piece.line for piece in draft.pieces), default=0)
    for order, piece in enumerate(draft.pieces):
        score = _title_score(draft, piece, first_line) - 0.01 * order
        if best is None or score > best[0]:
            best = (score, piece)
    return best[1] if best is not None and best[0] > 0 else None


def _title_score(draft: _Draft, piece: _Piece, first_line: int) -> float:
    words = plain(draft.text[piece.start : piece.end])
    count = len(re.findall(r"[^\W\d_]{2,}|[\u3400-\u9fff]{2}", words))
    if not count:
        return -1.0
    score = float(min(count, 10))
    if piece.column:
        score += 14 if piece.column == "title" else -8
    score += 5 * (piece.line == first_line) - 2 * min(piece.line - first_line, 4)
    score += 3 * piece.bold + (4 if piece.link >= 0 else 0)
    if piece.link >= 0 and is_paper_url(draft.links[piece.link].url):
        score += 2
    score += 3 * bool(_QUOTED.search(words))
    if looks_like_authors(words):
        score -= 14 if ET_AL.search(words) or count > 4 else 8
    if find_date(words) is not None and count <= 3:
        score -= 8
    if piece.italic and looks_like_venue(words) and count < 6:
        score -= 4
    if piece.line > first_line and _KEYED.match(words):
        score -= 12
    return score


def _take_title(draft: _Draft, piece: _Piece) -> None:
    """Take the title out of its piece; what stands around it becomes pieces of its own."""
    text = draft.text
    start, end = piece.start, piece.end
    if found := _QUOTED.search(text, start, end):
        start, end = found.span(1)
    else:
        start, end = _without_brackets(draft, piece, start, end)
        start, end = _trim(text, start, end)
        if piece.link < 0 and (year := re.search(r"[\s,(]((?:19|20)\d\d)$", text[start:end])):
            end = _trim(text, start, start + year.start())[1]
    start, end = _trim(text, start, end)
    if piece.link < 0 and (
        inner := re.match(r"([\w.+\-/ ]{2,24})\s*[:：]\s+(?=\S+ \S+ \S+)", text[start:end])
    ):
        del inner  # a prefix of a plain title is part of it
    _take_short(draft, piece)
    draft.title = plain(text[start:end])
    draft.put("title", start, end)
    for left, right in ((piece.start, start), (end, piece.end)):
        if right - left > 1 and re.search(r"\w", text[left:right]):
            rest = _Piece(left, right, piece.bold, piece.italic, -1, piece.line, piece.cell)
            draft.pieces.append(rest)
    draft.pieces.sort(key=lambda p: p.start)


_GROUP = re.compile(r"[\s.,]*[(\[（【]([^()\[\]（）【】]{2,60})[)\]）】][\s.:,]*")


def _without_brackets(draft: _Draft, piece: _Piece, start: int, end: int) -> tuple[int, int]:
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
    return (found is not None and len(words.split()) <= 8) or looks_like_venue(words)


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start].isspace() or text[start] in ":,;-–—.|])」】·•>：，"):
        start += 1
    while start < end:
        last = text[end - 1]
        closes = last in ")]" and text.count(last, start, end) <= text.count(
            "(["[")]".index(last)], start, end
        )
        if closes or not (last.isspace() or last in ":,;-–—|[](.)「【·•<：，。"):
            break
        if last == "." and text[end - 3 : end] == "...":
            break
        end -= 1
    return start, end


def _take_short(draft: _Draft, title: _Piece) -> None:
    """A name in bold or in a link before the title's colon."""
    text = draft.text
    before = [
        p
        for p in draft.pieces
        if p.end <= title.start and p.line == title.line and p.cell == title.cell
    ]
    if not before:
        return
    piece = before[-1]
    words = text[piece.start : piece.end].rstrip(":： ")
    between = text[piece.end : title.start]
    first = text[title.start : title.start + 2]
    colon = text[piece.start : piece.end].rstrip()[-1:] in ":：" or re.search(
        r"[:：]", between + first[:1]
    )
    if not colon or len(words) > 40 or len(words.split()) > 5 or find_date(words) or not words:
        return
    draft.short = plain(words)
    draft.put("short", piece.start, piece.start + len(words))
    draft.pieces.remove(piece)


def _take_rest(draft: _Draft, piece: _Piece, known: frozenset[str]) -> None:
    text = draft.text
    words = text[piece.start : piece.end]
    if not re.search(r"\w", words):
        return
    if piece.link >= 0:
        return
    start = piece.start
    if (keyed := _KEYED.match(words)) and piece.column == "":
        key = keyed[0].casefold()
        start += keyed.end()
        if not re.search(r"date|year|publish|venue|journal|conf|author|time|发表|作者|日期", key):
            draft.notes.append(plain(words))
            draft.put("note", start, piece.end)
            return
        kind = "authors" if "author" in key or "作者" in key else ""
        kind = kind or ("date" if re.search(r"date|year|time|日期", key) else "venue")
    else:
        kind = piece.column if piece.column in ("venue", "date", "authors") else ""
    if not draft.authors and (kind == "authors" or (not kind and _names(draft, piece, words))):
        start = _take_authors(draft, start, piece.end)
        if start >= piece.end:
            return
    if not _take_venue_and_date(draft, start, piece, known, kind) and re.search(
        r"\w", text[start : piece.end]
    ):
        draft.notes.append(plain(text[start : piece.end]))
        draft.put("note", start, piece.end)


def _names(draft: _Draft, piece: _Piece, words: str) -> bool:
    if looks_like_authors(words):
        return True
    after_title = bool(draft.title) and any(
        p.name == "title" and p.end <= piece.start for p in draft.places
    )
    first = re.split(r"\.\s", words, maxsplit=1)[0].strip(" .")
    return after_title and piece.italic and looks_like_name(first) and not looks_like_venue(first)


def _take_authors(draft: _Draft, start: int, end: int) -> int:
    """Take the names; gives where the rest of the piece begins."""
    text = draft.text
    stop = end
    if found := ET_AL.search(text, start, end):
        stop = found.end()
        draft.et_al = True
        names = text[start : found.start()]
    else:
        sentence = re.search(r"(?<=[^\W\d_]{3})\.\s+(?=\S)", text[start:end])
        if sentence:
            stop = start + sentence.start()
        else:
            while stop > start and text[stop - 1] in " .,;":
                stop -= 1
        names = text[start:stop]
    while start < stop and text[start] in " .,;:·-—–([":
        start += 1
    draft.authors = tuple(plain(part) for part in author_parts(names))
    draft.put("authors", start, stop)
    return stop if re.search(r"\w", text[stop:end]) else end


def _take_venue_and_date(
    draft: _Draft, start: int, piece: _Piece, known: frozenset[str], kind: str
) -> bool:
    text, end = draft.text, piece.end
    found = find_date(text, start, end) if draft.date is None and kind != "authors" else None
    spare = [(start, end)]
    if found is not None:
        sides = [(start, found.start), (found.end, end)]
        spare = [_trim_venue(text, *side) for side in sides]
        spare = [side for side in spare if re.search(r"\w", text[side[0] : side[1]])]
        if kind == "" and any(len(text[a:b].split()) > 12 for a, b in spare):
            return False
        draft.date = found
        draft.put("date", found.start, found.end, 0, found.pattern)
    taken = found is not None
    for left, right in spare:
        left, right = _trim_venue(text, left, right)
        words = text[left:right]
        likely = kind == "venue" or looks_like_venue(words, known) or found is not None
        if (
            not draft.venue
            and likely
            and re.search(r"[^\W\d_]", words)
            and len(words.split()) <= 14
        ):
            draft.venue = plain(words)
            draft.put("venue", left, right)
            taken = True
        elif taken and re.search(r"\w", words):
            draft.notes.append(plain(words))
            draft.put("note", left, right)
    return taken


def _trim_venue(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start].isspace() or text[start] in "[](){},;:.|·•-–—/，"):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in "[]({,;:.|·•-–—/，"):
        end -= 1
    if end > start and text[end - 1] == ")" and "(" not in text[start:end]:
        end = _trim_venue(text, start, end - 1)[1]
    return start, end


def _finish(draft: _Draft) -> Reading:
    places = sorted(draft.places, key=lambda place: (place.start, -place.end))
    facts = Facts(
        title=draft.title,
        short_name=draft.short,
        authors=draft.authors,
        et_al=draft.et_al,
        venue=draft.venue,
        published=draft.date.value if draft.date else None,
        links=tuple(draft.links),
    )
    return Reading(facts, tuple(places), " ".join(draft.notes))
