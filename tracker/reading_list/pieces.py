"""An entry's text cut at its links, emphasis, breaks and cells, and what has been read of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from tracker.paper import Role
from tracker.reading_list.dates import PartialDate, WrittenDate, find_date
from tracker.reading_list.inline import Mark, plain, scan
from tracker.reading_list.signs import SIGNS, is_sign
from tracker.reading_list.words import label_role, link_role, looks_like_venue, url_role


@dataclass(frozen=True, slots=True)
class NamedLink:
    """A link as an entry writes it; `label` is its text, "" when that is the paper's title.

    A bare address is its own label. `image` is the address of the picture that is its text, ""
    for words. A picture without a link has role "other" and `url` "".
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
class Piece:
    """A run of text between constructs."""

    start: int
    end: int
    bold: bool = False
    italic: bool = False
    link: int = -1
    line: int = 0
    cell: int = 0
    column: str = ""

    @property
    def is_marked(self) -> bool:
        """Whether it is set off from plain text: by emphasis, as a link or in a cell."""
        return self.bold or self.italic or self.link >= 0 or self.cell > 0


@dataclass(slots=True)
class Draft:
    text: str
    pieces: list[Piece] = field(default_factory=list)
    links: list[NamedLink] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    # What stands before the authors, without a mark that says it is the title.
    before_authors: Piece | None = None
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

    def put_signs(self, start: int, end: int) -> None:
        """Note emoji before a title; blanks behind them go where they go."""
        self.put("signs", start, end)
        self.notes.append(self.text[start:end].strip())


def is_tag(draft: Draft, piece: Piece) -> bool:
    """Whether a piece is a venue or a date, such as `[ACL 2024]`."""
    words = draft.text[piece.start : piece.end].strip(" []()（）【】`*_")
    found = find_date(words)
    if found is not None:
        rest = (words[: found.start] + words[found.end :]).strip(" ,.-")
        return not rest or looks_like_venue(rest)
    return len(words.split()) <= 4 and looks_like_venue(words)


_COLUMNS = (
    ("title", r"(?:\w+ )?titles?|papers?|paper names?|articles?|论文|标题|论文名称"),
    ("name", r"(?:\w+ )?names?|models?|methods?|works?|datasets?|模型|数据集|(?:数据集|模型)?名称"),
    ("venue", r"venue|publisher|publication|journal|conference|where|期刊|会议|来源"),
    ("date", r"date|year|time|published|month|release|released|release time|时间|日期|年份"),
    ("authors", r"authors?|作者"),
    (
        "links",
        r"links?|urls?|code|github|repo|project|data|pdf|paper link|resources?|website"
        r"|(?:获取|下载|论文)?链接|地址",
    ),
)


@lru_cache(maxsize=1_024)
def column_name(header: str) -> str:
    """What a table's column holds, told by its heading; "" for anything else.

    A "name" is what an entry goes by where no column has titles.
    """
    words = " ".join(re.findall(r"[^\W_]+", header.casefold()))
    for name, pattern in _COLUMNS:
        if re.fullmatch(pattern, words):
            return name
    return "date" if "date" in words else ""


_SHIFTED = re.compile(r"</?su[bp]>", re.IGNORECASE)
_INNER = re.compile(r"\*{1,3}|_{1,2}|~~")


def _is_letter(text: str, mark: Mark) -> bool:
    """Whether a tag only shifts letters of a title, as in H<sub>2</sub>O."""
    return mark.kind == "tag" and _SHIFTED.match(text, mark.start, mark.end) is not None


def _is_soft(text: str, mark: Mark) -> bool:
    """Whether a line ends there only in the file, not for its readers."""
    ends = mark.kind == "break" and text[mark.start] in "\r\n"
    return ends and not text[max(0, mark.start - 2) : mark.start].endswith(("  ", "\\"))


def _is_badge(code: str) -> bool:
    """Whether code is a venue or date set off, rather than a word of the title."""
    words = code.strip("` ")
    return find_date(words) is not None or looks_like_venue(words)


def _stops(text: str, marks: Sequence[Mark], *, rows: bool) -> list[tuple[int, int, Mark | None]]:
    """Where a text is cut, left to right; None where emphasis ends."""
    stops: list[tuple[int, int, Mark | None]] = []
    emphasised = 0
    for mark in marks:
        if mark.kind == "emphasis":
            emphasised = max(emphasised, mark.label[1])
            stops.append((mark.start, mark.label[0], mark))
            stops.append((mark.label[1], mark.end, None))
        elif mark.start < emphasised and _is_soft(text, mark):
            continue
        elif not (
            (mark.kind == "code" and not _is_badge(text[mark.start : mark.end]))
            or (mark.kind == "pipe" and not rows)
            or _is_letter(text, mark)
        ):
            stops.append((mark.start, mark.end, mark))
    return sorted(stops, key=lambda each: each[:2])


_NESTED_ITEM = re.compile(r"[ \t]*(?:[-*+•]|\d{1,2}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?")
"""What a nested item begins with; the words behind it say something, it does not."""


def cut(draft: Draft, begin: int, columns: tuple[str, ...], *, rows: bool, html: bool) -> None:
    """Divide the text at its constructs."""
    text = draft.text
    state = _State(rows=rows, columns=tuple(column_name(c) for c in columns))
    # A row may do without the first bar; its first cell is the first column then.
    state.cell = int(rows and not text.lstrip().startswith("|"))
    position = _take_signs(draft, begin)
    draft.marks = scan(text, begin)
    for start, end, stop in _stops(text, draft.marks, rows=rows):
        if start < position:
            continue
        _add_piece(draft, state, position, start)
        position = end
        if stop is None or stop.kind == "emphasis":
            state.emphasise(text[start:end], opens=stop is not None)
        elif stop.kind in ("link", "image"):
            _add_link(draft, state, stop)
        elif stop.kind == "code":
            _add_piece(draft, state, start + 1, end - 1)
        elif stop.kind == "pipe":
            state.cell += 1
            position = _take_signs(draft, end)
        elif stop.kind == "break":
            state.line += 1
            nested = _NESTED_ITEM.match(text, end)
            position = nested.end() if nested else end
        elif html and re.match(r"<t[dh]\b", text[start:end], re.IGNORECASE):
            state.cell += 1
            position = _take_signs(draft, end)
    _add_piece(draft, state, position, len(text))


def _take_signs(draft: Draft, start: int) -> int:
    """Take the emoji that an entry or a cell begins with; gives where its words begin."""
    first = _BLANKS.match(draft.text, start)
    found = SIGNS.match(draft.text, first.end() if first else start)
    if found is None or found.end() == len(draft.text):
        return start
    draft.put_signs(*found.span())
    return found.end()


_BLANKS = re.compile(r"[ \t]*")


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


def _add_piece(draft: Draft, state: _State, start: int, end: int, link: int = -1) -> None:
    text = draft.text
    words = text[start:end]
    if bare := words.strip():
        start += len(words) - len(words.lstrip())
        end = start + len(bare)
        draft.pieces.append(
            Piece(start, end, state.bold, state.italic, link, state.line, state.cell, state.column)
        )


def _add_link(draft: Draft, state: _State, mark: Mark) -> None:
    text = draft.text
    label = text[mark.label[0] : mark.label[1]].strip()
    words = plain(label)
    url = text[mark.url[0] : mark.url[1]].strip()
    index = len(draft.links)
    if mark.kind == "image":
        link = NamedLink("other", "", label, url)
    elif mark.label[0] == mark.label[1] and mark.image is None:
        link = NamedLink(url_role(url), url, url)
    else:
        image = text[mark.image[0] : mark.image[1]] if mark.image else ""
        link = NamedLink(link_role(words, url), url, label, image)
    draft.links.append(link)
    draft.put("link", mark.start, mark.end, index)
    draft.put("url", *mark.url, index)
    titled = mark.kind == "link" and mark.image is None and bool(words) and not is_sign(words)
    if titled and label_role(words) is None:
        start, end = mark.label
        inner = _INNER.match(text, start, end)
        if inner and text[:end].endswith(inner[0]) and end - start > 2 * len(inner[0]):
            start, end = start + len(inner[0]), end - len(inner[0])
        _add_piece(draft, state, start, end, index)
