"""Which lines an edit puts where."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from tracker.reading_list.document import Document
from tracker.reading_list.entry import Entry
from tracker.reading_list.first import first_entry, next_entry
from tracker.reading_list.inline import plain
from tracker.reading_list.lines import ending_of, split_lines
from tracker.reading_list.numbering import (
    PLAIN,
    ROWS,
    Form,
    Item,
    indented,
    moved_with,
    number_in,
    renumbered,
    width_of,
    with_text,
    written,
)
from tracker.reading_list.order import learn_order, place
from tracker.reading_list.pieces import Facts
from tracker.reading_list.rows import is_nothing
from tracker.reading_list.series import Counting, series_at
from tracker.reading_list.style import Style
from tracker.reading_list.words import PREPRINT, venue_key
from tracker.taxonomy import Path


@dataclass(frozen=True, slots=True)
class Splice:
    """Lines `start` to `end` of a file replaced by `before` + `text` + `after`.

    `text` is the entry; `before` and `after` are the blank lines that set it apart. `rank`
    orders splices at one place: by what the section is ordered by, then as given. `counting` is
    what it does to the numbers around. `at` is the entry's place in its section.
    """

    start: int
    end: int
    text: str = ""
    before: str = ""
    after: str = ""
    rank: float = 0
    counting: Counting = field(default_factory=Counting)
    at: int = 0


_MARKER = re.compile(r"(\s*)([-*+•]|\d{1,9}[.)])(\s+)")
_BARRED, _UNBARRED = re.compile(r"\s*\|([^|]*)\|"), re.compile(r"([^|]*)\|")
_CELL = re.compile(
    r"\s*(?:<tr\b[^<>]*>\s*)?<t[dh]\b[^<>]*>((?:(?!</?t[dhr]\b).)*)</t[dh]", re.I | re.S
)


def insertion(
    documents: Mapping[str, Document],
    section: Path,
    style: Style,
    facts: Facts,
    text: str | None = None,
    *,
    learned: Style | None = None,
) -> tuple[str, Splice]:
    """Where an entry for `facts` goes in a section, and its text, unless `text` gives that.

    `style` is the section's as it is, for the place; `learned` the one before others were added
    with it, for the text: what was only just added is no pattern for what comes next.
    """
    if not style.lane:
        file, line, text, (above, below) = first_entry(documents, section, style, facts)
        eol = documents[file].ending
        text, counting = _with_first_number(documents, documents[file], style, text, line)
        gaps = eol if above else "", eol if below else ""
        return file, Splice(line, line, text + eol, *gaps, counting=counting)
    style = style.fitting(facts) if style.others else style
    lane = style.lane
    document = documents[lane[0].file]
    at = place_in(lane, style, facts)
    gap = _gap(document, lane, at)
    kept = text is not None
    if text is None:
        empty = learned if learned and not learned.lane else None
        text = next_entry(lane, empty, facts) if empty else style.write(facts, at)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text if kept else _tidy(text, breaks=lane[0].kind == "paragraph" and not gap)
    text = text.replace("\n", document.ending)
    neighbour = lane[at - 1] if at > 0 else lane[0]
    text, counting = _with_marker(document, text, lane, at)
    line = neighbour.end if at > 0 else neighbour.start
    splice = Splice(
        line,
        line,
        text + document.ending,
        before=gap if at > 0 else "",
        after="" if at > 0 else gap,
        rank=_rank(style, facts),
        counting=counting,
        at=at,
    )
    return document.file, splice


_SPARE_BLANKS = re.compile(r"(?<![ \t\n])[ \t](?=\n)|[ \t]+(?=\n\n|\Z)")


def _tidy(text: str, *, breaks: bool) -> str:
    """An entry without blanks at the ends of its lines; `breaks` keeps those that break a line.

    Two blanks break a line where another follows without a blank line between.
    """
    behind = "  " if breaks and text.endswith("  ") else ""
    return _SPARE_BLANKS.sub("", text).rstrip() + behind


def place_in(lane: Sequence[Entry], style: Style, facts: Facts) -> int:
    """Before which of a section's entries a new one goes."""
    groups = {entry.group: entry.facts for entry in lane if entry.group}
    if not groups or sum(bool(entry.group) for entry in lane) < 0.5 * len(lane):
        return place(style.order, [entry.facts for entry in lane], facts)
    group = max(groups, key=lambda name: _resemblance(groups[name], facts))
    members = [n for n, entry in enumerate(lane) if entry.group == group]
    first, last = members[0], members[-1]
    inside = [entry.facts for entry in lane[first : last + 1]]
    return first + place(learn_order(inside), inside, facts)


def _resemblance(group: Facts, facts: Facts) -> tuple[bool, bool, bool]:
    same_venue = venue_key(group.venue) == venue_key(facts.venue)
    years = (group.published, facts.published)
    same_year = bool(years[0] and years[1] and years[0].year == years[1].year)
    preprint = bool(PREPRINT.search(group.venue)) and not facts.venue
    return same_venue and same_year, same_venue or (preprint and same_year), same_year


def _rank(style: Style, facts: Facts) -> float:
    """Among new entries at one place, the order of the section decides."""
    key = style.order.key(facts)
    if key is None or not key or style.order.by not in ("date", "month", "arxiv", "year"):
        return 0.0
    value = 0.0
    for part in (*key, 0, 0, 0)[:3]:
        value = value * 100_000 + float(part)
    return -value if style.order.descending else value


def _gap(document: Document, lane: Sequence[Entry], at: int) -> str:
    """The blank lines between this place's neighbours, or else between most neighbours."""
    gaps = [_between(document, a, b) for a, b in pairwise(lane)]
    here = gaps[at - 1] if 0 < at < len(lane) else None
    if here is not None:
        return here
    counts = Counter(gap for gap in gaps if gap is not None)
    near = [gap for gap in (gaps[at - 2 : at - 1] if at >= 2 else gaps[:1]) if gap is not None]
    if near and counts and counts[near[0]] >= 0.3 * sum(counts.values()):
        return near[0]
    if counts:
        return counts.most_common(1)[0][0]
    return document.ending if lane[0].kind in ("paragraph", "heading") else ""


def _between(document: Document, first: Entry, second: Entry) -> str | None:
    text = "".join(document.lines[first.end : second.start])
    return text if not text.strip() and text.count("\n") <= 4 else None


def _with_marker(
    document: Document, text: str, lane: Sequence[Entry], at: int
) -> tuple[str, Counting]:
    """The entry with its neighbours' bullet or the next number, and what that does to others."""
    neighbour = lane[at - 1] if at > 0 else lane[0]
    if neighbour.kind in ROWS:
        return _with_row_number(document, text, neighbour, at)
    if neighbour.kind not in ("bullet", "numbered"):
        return text, Counting()
    model, own = _MARKER.match(neighbour.text), _MARKER.match(text)
    if model is None or own is None:
        return text, Counting()
    if neighbour.kind == "bullet":
        return model[1] + model[2] + own[3] + text[own.end() :], Counting()
    counted = series_at(document, neighbour)
    number, counting = model[2][:-1], Counting()
    if counted is not None:
        next_number, counting = counted[0].inserted(counted[1] + (at > 0))
        number = written(next_number, counting.form)
    marker = f"{model[1]}{number}{own[2][-1]}{own[3]}"
    # Lines that stood under the text of the one they were learned from still do.
    by = len(marker) - own.end()
    return with_text(marker + text[own.end() :], own.end(), by, counting.form), counting


def _with_row_number(
    document: Document, text: str, neighbour: Entry, at: int
) -> tuple[str, Counting]:
    """A row with its number, where the first cells of the table count its rows."""
    cell = _first_cell(neighbour)
    own, model = cell.match(text), cell.match(neighbour.text)
    counted = series_at(document, neighbour)
    if own is None or model is None or counted is None:
        return text, Counting()
    if not is_nothing(own[1]) and not re.fullmatch(r"\s*\d{1,9}[.)]?\s*", plain(own[1])):
        return text, Counting()
    series, place = counted
    number, counting = series.inserted(place + (at > 0))
    first = renumbered(model[0], number - series.items[place].number, counting.form)
    return first + text[own.end() :], counting


def _first_cell(row: Entry) -> re.Pattern[str]:
    """What the first cell of a row, and of those like it, is found by."""
    if row.kind == "html row":
        return _CELL
    return _BARRED if row.text.lstrip().startswith("|") else _UNBARRED


def _with_first_number(
    documents: Mapping[str, Document], document: Document, style: Style, text: str, line: int
) -> tuple[str, Counting]:
    """The first entry of a section with the number that the list around gives one.

    That is 1, or the next of a series through several sections.
    """
    donor = style.templates[0].entry if style.templates else None
    counted = series_at(documents[donor.file], donor) if donor else None
    item = number_in(text, "numbered") if donor and donor.kind == "numbered" else None
    if donor is None or counted is None or donor.kind == "html row":
        return renumbered(text, 1 - int(item[2]), PLAIN) if item else text, Counting()
    series, place = counted
    number, counting = 1, Counting()
    if series.parts > 1 and donor.file == document.file:
        number, counting = series.inserted(series.place_of(line))
    head, eol, row = text.rpartition(document.ending)
    if donor.kind == "numbered":
        first = renumbered(text, number - int(item[2]), series.form) if item else text
        return first, counting if item else Counting()
    cell = _first_cell(donor)
    own, model = cell.match(row), cell.match(donor.text)
    if own is None or model is None or not is_nothing(own[1]) or (head and series.parts > 1):
        return text, Counting()
    first = renumbered(model[0], number - series.items[place].number, series.form)
    return head + eol + first + row[own.end() :], counting


def removal(document: Document, entry: Entry) -> Splice:
    """An entry's lines, and the blank ones that only set it apart; a list that counts closes up."""
    lines = document.lines
    start, end = entry.start, entry.end
    before = start
    while before > 0 and not lines[before - 1].strip():
        before -= 1
    behind = end
    while behind < len(lines) and not lines[behind].strip():
        behind += 1
    others = [other for other in document.entries if other.section == entry.section]
    follows = any(other.end == before for other in others)
    leads = any(other.start == behind for other in others)
    # Of the blank lines on both sides those towards another entry go with it.
    if behind > end and leads and not follows:
        end = behind
    elif 0 < before < start and (behind > end or behind == len(lines) or not (follows or leads)):
        start = before
    counted = series_at(document, entry)
    counting = counted[0].removed(counted[1]) if counted else Counting()
    if end == len(lines) and start > 0 and not lines[-1].endswith(("\n", "\r")):
        # A file without a final line ending stays one.
        last = lines[start - 1].rstrip("\r\n")
        return Splice(start - 1, end, before=last, counting=counting)
    return Splice(start, end, counting=counting)


def apply(
    lines: Sequence[str], splices: Sequence[tuple[int, Splice]]
) -> tuple[str, dict[int, tuple[int, str]]]:
    """The text with all splices made, and for each its line (from 1) and the text added."""
    ordered = sorted(splices, key=lambda item: (item[1].start, item[1].rank, item[0]))
    numbers = _Numbers(lines, [splice for _, splice in ordered])
    eol = ending_of(list(lines))
    made: list[str] = []
    places: dict[int, tuple[int, str]] = {}
    count, position = 0, 0
    ended = True
    for number, splice in ordered:
        between = [numbers.line(n) for n in range(position, splice.start)]
        count += len(between)
        ended = between[-1].endswith(("\n", "\r")) if between else ended
        position = max(position, splice.end)
        if not splice.text:
            made += [*between, splice.before]
            count += len(split_lines(splice.before))
            continue
        text = numbers.text(splice)
        if not ended:
            # The new last line goes without an ending, as the old one did.
            between.append(eol)
            text = text[: -len(eol)]
        made += between
        # After a lone carriage return a line feed would be half of an ending, not a blank line.
        lone = bool(made) and made[-1].endswith("\r") and splice.before.startswith("\n")
        before = "\r" + splice.before if lone else splice.before
        made += [before, text, splice.after]
        count += len(split_lines(before))
        places[number] = (count + 1, text.rstrip("\r\n"))
        count += len(split_lines(text)) + len(split_lines(splice.after))
    made += [numbers.line(index) for index in range(position, len(lines))]
    return "".join(made), places


def line_after(splices: Sequence[Splice], line: int) -> int:
    """Where a line (from 1) stands once splices before and behind it are made."""
    shift = 0
    for splice in splices:
        if splice.start < line:
            new = splice.before, splice.text, splice.after
            shift += sum(len(split_lines(text)) for text in new) - (splice.end - splice.start)
    return line + shift


class _Numbers:
    """The numbers of all lines once several splices are made, those of new entries in order."""

    def __init__(self, lines: Sequence[str], splices: Sequence[Splice]) -> None:
        self.lines = lines
        self.shift: Counter[int] = Counter()
        self.indent: Counter[int] = Counter()
        forms: dict[Item, Form] = {}
        # New entries that go on from one number may stand on both sides of a section's heading.
        self.before: Counter[tuple[int, int]] = Counter()
        self.behind: Counter[tuple[int, int]] = Counter()
        for splice in splices:
            counting = splice.counting
            self.behind[counting.first, counting.after] += counting.own
            forms.update(dict.fromkeys(counting.items, counting.form))
            for item in counting.items:
                self.shift[item.line] += counting.step
        self.changed = {item.line: self._changed(item, form) for item, form in forms.items()}

    def _changed(self, item: Item, form: Form) -> str:
        """The line of an item with its new number; those below it go with its text."""
        line = self.lines[item.line]
        changed = renumbered(line, self.shift[item.line], form)
        width, by = width_of(line), len(changed) - len(line)
        own = self.lines[item.line : item.end] if width and by else ()
        self.indent.update({item.line + n: by for n in moved_with(own, width, by, form)})
        return changed

    def line(self, number: int) -> str:
        """One of the lines as they were, with the number it has now."""
        return indented(self.changed.get(number, self.lines[number]), self.indent[number])

    def text(self, splice: Splice) -> str:
        """A new entry with its number: others may go on from the same one, and before it."""
        counting = splice.counting
        if not counting.own:
            return splice.text
        origin = counting.first, counting.after
        self.behind[origin] -= 1
        near = self.behind if counting.down else self.before
        by = self.shift[counting.after] + near[origin]
        self.before[origin] += 1
        return renumbered(splice.text, by, counting.form)
