"""Writes a row of a table: each cell as the other cells of its column are written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from tracker.reading_list.echo import NAMES, filled, opened, values_of_all
from tracker.reading_list.escape import escape_title
from tracker.reading_list.likeness import closest, distance
from tracker.reading_list.pieces import Facts, NamedLink
from tracker.reading_list.render import Habits, render
from tracker.reading_list.rows import Column, is_nothing, learn_columns
from tracker.reading_list.template import Template, label_key
from tracker.reading_list.words import label_role

_NEAR = 60
_CLOSE = 8
"""Rows farther away are not asked for their spacing: tables are tidied in parts."""
_Near = Sequence[tuple[Sequence[Template], float]]
_FACTS = frozenset(("title", "short", "authors", "venue", "date", "link", "url"))
_EDGE = r"(?:\s|<br\s*/?>|[,;·])+"


class Rows:
    """How the rows of a section's table are written.

    `relatives` are rows of tables with the same columns in the sections around, for cells like
    none of its own.
    """

    def __init__(
        self, rows: Sequence[Template], habits: Habits, relatives: Sequence[Template]
    ) -> None:
        self.habits = habits
        self.split = [row.cells for row in rows]
        self.relatives = [row.cells for row in relatives]
        self.headers = rows[0].entry.columns
        self.bodies = [row.body for row in rows]
        self.urls = [[link.url for link in row.facts.links] for row in rows]
        opened = sum(not cells[0].body.strip() for cells in self.split)
        self.first = 1 if 2 * opened >= len(self.split) else 0

    @cached_property
    def homes(self) -> list[dict[object, Counter[int]]]:
        """In which columns the facts of the rows stand, then in the tables around."""
        return [_homes(self.split), _homes(self.relatives)]

    def write(self, facts: Facts, position: int) -> str:
        """The row for `facts` at a place among the rows; no final line ending."""
        low = max(0, position - _NEAR)
        near = [
            (cells, 0.01 * min(abs(number - position), 50))
            for number, cells in enumerate(self.split[low : low + 2 * _NEAR], low)
        ]
        close = self.bodies[max(0, position - _CLOSE) : position + _CLOSE]
        columns = learn_columns(close or self.bodies)
        parts = self._parts(facts)
        values = {number: self._value(number, part, near) for number, part in parts.items()}
        values = self._echoed(facts) | values
        return self._joined({n: v for n, v in values.items() if v}, columns, near)

    def _echoed(self, facts: Facts) -> dict[int, str]:
        """The cells that repeat an address, such as one for the arXiv identifier alone."""
        values = values_of_all(link.url for link in facts.links)
        written = {n: filled(form, values) for n, form in self.echoes.items()}
        return {number: text for number, text in written.items() if text}

    @cached_property
    def echoes(self) -> dict[int, str]:
        """The columns that repeat what stands in the address of most of their rows, and how."""
        counts: dict[int, Counter[str]] = {}
        able = 0
        for cells, urls in zip(self.split, self.urls, strict=True):
            values = values_of_all(urls)
            able += bool(values)
            for number, cell in enumerate(cells):
                if _FACTS.isdisjoint(cell.kinds):
                    form = opened(cell.body.strip(), values)
                    if NAMES.search(form):
                        counts.setdefault(number, Counter())[form] += 1
        forms = {number: forms.most_common(1)[0] for number, forms in counts.items()}
        return {number: form for number, (form, count) in forms.items() if 2 * count > able}

    def _parts(self, facts: Facts) -> dict[int, Facts]:
        """What goes into which column; what the table has no column for is left out."""
        parts: dict[int, Facts] = {}

        def give(number: int | None, **part: object) -> None:
            if number is not None:
                parts[number] = replace(parts.get(number, Facts("")), **part)  # type: ignore[arg-type]

        title = self._home("title")
        give(title, title=facts.title)
        give(self._home("short") or title, short_name=facts.short_name)
        if facts.authors:
            give(self._home("authors"), authors=facts.authors, et_al=facts.et_al)
        if facts.venue:
            give(self._home("venue"), venue=facts.venue)
        if facts.published:
            give(self._home("date"), published=facts.published)
        carrier = self._carrier(facts)
        for link in facts.links:
            number = self._home("url") if link is carrier else None
            number = self._link_home(link) if number is None else number
            if number is not None:
                give(number, links=(*parts.get(number, Facts("")).links, link))
        return parts

    def _carrier(self, facts: Facts) -> NamedLink | None:
        """The link that goes with the title: one without words, else one of no column's words."""
        linked = [link for link in facts.links if link.url]
        bare = (link for link in linked if not link.label and not link.image)
        strange = (k for k in linked if k.role == "paper" and self._home(_marks(k)[0]) is None)
        return next(bare, next(strange, None))

    def _home(self, *marks: object) -> int | None:
        """The column where most of what has one of these marks stands, the first mark first."""
        for homes in self.homes:
            for mark in marks:
                if found := homes.get(mark):
                    return found.most_common(1)[0][0]
        return None

    def _link_home(self, link: NamedLink) -> int | None:
        """The column of the links most like one, else the one that its role heads."""
        *own, form = _marks(link)
        if (number := self._home(*own)) is not None:
            return number
        headed = (n for n, name in enumerate(self.headers) if label_role(name) == link.role)
        number = next(headed, None)
        return self._home(form) if number is None else number + self.first

    def _value(self, number: int, part: Facts, near: _Near) -> str:
        alike = list(_column(number, near))
        around = list(_column(number, [(cells, 1.0) for cells in self.relatives]))
        if not alike and not around:
            return _bare(part)
        donor = closest(part, alike or around)
        if alike and around and distance(part, donor) >= 2.0:
            donor = closest(part, alike + around)
        value, model = render(part, donor, self.habits).strip(), donor.body.strip()
        # What set off a note goes with it.
        if not re.match(_EDGE, model):
            value = re.sub(rf"^{_EDGE}", "", value)
        return value if re.search(rf"{_EDGE}$", model) else re.sub(rf"{_EDGE}$", "", value)

    def _joined(self, values: Mapping[int, str], columns: Sequence[Column], near: _Near) -> str:
        last = max(values, default=0)
        cells = [values.get(number, "") for number in range(self.first, last + 1)]
        columns = [*columns, *[Column()] * (last + 1)][self.first :]
        written = [column.cell(value) for column, value in zip(columns, cells, strict=False)]
        leads = Counter(cells[0].body for cells, _ in near if not cells[0].body.strip())
        lead = [leads.most_common(1)[0][0] if leads else ""] if self.first else []
        tail = self._tail(last, columns, near)
        return "|".join([*lead, *written]) + tail if tail else "|".join([*lead, *written]).rstrip()

    def _tail(self, last: int, columns: Sequence[Column], near: _Near) -> str:
        """How rows go on whose last cell with something in it is this one."""
        tails: Counter[str] = Counter()
        closed: Counter[str] = Counter()
        end = len(self.headers) + self.first
        for cells, _ in near:
            bodies = [cell.body for cell in cells]
            rest = bodies[last + 1 :]
            if len(bodies) > last and not is_nothing(bodies[last]) and all(map(is_nothing, rest)):
                tails["".join("|" + body for body in rest)] += 1
            closed["|" + bodies[end] if len(bodies) > end else ""] += 1
        if tails:
            return tails.most_common(1)[0][0]
        empty = [column.empty for column in columns[last + 1 - self.first : end - self.first]]
        return "".join("|" + text for text in empty) + closed.most_common(1)[0][0]


def _homes(rows: Sequence[Sequence[Template]]) -> dict[object, Counter[int]]:
    homes: dict[object, Counter[int]] = {}
    for cells in rows:
        for number, cell in enumerate(cells):
            for token in cell.tokens:
                if token.kind == "link":
                    for mark in _marks(cell.facts.links[token.index]):
                        homes.setdefault(mark, Counter())[number] += 1
                elif token.kind in _FACTS:
                    homes.setdefault(token.kind, Counter())[number] += 1
    return homes


def _marks(link: NamedLink) -> tuple[object, ...]:
    """What tells links of one column from those of another, the finest mark first."""
    key = label_key(link)
    form = (bool(link.url), bool(link.image), key == "<>")
    if link.image and not link.url:
        # Pictures differ in what they show of the paper, and so in their addresses.
        kind = "/".join(link.image.split("/")[:5])
        return ("!", link.label, kind), ("!", link.label or kind), ("!", kind), form
    return (key, link.role), key, (link.role, form), form


def _column(number: int, near: _Near) -> Iterator[tuple[Template, float]]:
    """The cells of a column that state something."""
    for cells, away in near:
        if len(cells) > number and not _FACTS.isdisjoint(cells[number].kinds):
            yield cells[number], away


def _bare(part: Facts) -> str:
    """A cell like no other."""
    written = [escape_title(part.title, table=True)] if part.title else []
    written += [f"[{link.label or 'link'}]({link.url})" for link in part.links if link.url]
    return " ".join(written)
