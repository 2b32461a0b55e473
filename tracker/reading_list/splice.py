"""Which lines an edit puts where."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tracker.reading_list.document import Document
from tracker.reading_list.entry import Entry
from tracker.reading_list.first import first_entry
from tracker.reading_list.lines import ending_of, split_lines
from tracker.reading_list.order import learn_order, place
from tracker.reading_list.pieces import Facts
from tracker.reading_list.rows import is_nothing
from tracker.reading_list.style import Style
from tracker.reading_list.words import PREPRINT, venue_key
from tracker.taxonomy import Path


@dataclass(frozen=True, slots=True)
class Splice:
    """Lines `start` to `end` of a file replaced by `before` + `text` + `after`.

    `text` is the entry; `before` and `after` are the blank lines that set it apart. `rank`
    orders splices at one place: by what the section is ordered by, then as given. `numbers`
    are the numbered lines behind it that count on, by `step`; `counts` says that the text is
    itself numbered so, on from the line `behind` (-1: from the first). `at` is the entry's place
    in its section.
    """

    start: int
    end: int
    text: str = ""
    before: str = ""
    after: str = ""
    rank: float = 0
    numbers: tuple[int, ...] = ()
    step: int = 1
    counts: bool = False
    behind: int = -1
    at: int = 0


_ITEM = re.compile(r"(\s*)(\d{1,9})([.)])")
_ROW = re.compile(r"(\s*(?:\|\s*)?)(\d{1,9})([.)]?\s*\|)")
_COUNTS = re.compile(r"[#№]?|no|nr|num|number|rank|idx|index|(?:s|sl|sr) ?no|序号|编号")
"""The headings of a column that counts rows; other whole numbers say something of a paper."""
_MARKER = re.compile(r"(\s*)([-*+•]|\d{1,9}[.)])(\s+)")


def insertion(
    documents: Mapping[str, Document],
    section: Path,
    style: Style,
    facts: Facts,
    text: str | None = None,
) -> tuple[str, Splice]:
    """Where an entry for `facts` goes in a section, and its text, unless `text` gives that."""
    if not style.lane:
        file, line, text, (above, below) = first_entry(documents, section, style, facts)
        eol = documents[file].ending
        return file, Splice(
            line, line, text + eol, before=eol if above else "", after=eol if below else ""
        )
    style = style.fitting(facts) if style.others else style
    lane = style.lane
    document = documents[lane[0].file]
    at = place_in(lane, style, facts)
    gap = _gap(document, lane, at)
    kept = text is not None
    text = style.write(facts, at) if text is None else text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text if kept else _tidy(text, breaks=lane[0].kind == "paragraph" and not gap)
    text = text.replace("\n", document.ending)
    neighbour = lane[at - 1] if at > 0 else lane[0]
    text, numbers, counts = _with_marker(document, text, lane, at)
    line = neighbour.end if at > 0 else neighbour.start
    splice = Splice(
        line,
        line,
        text + document.ending,
        before=gap if at > 0 else "",
        after="" if at > 0 else gap,
        rank=_rank(style, facts),
        numbers=numbers,
        counts=counts,
        behind=neighbour.start if at > 0 else -1,
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
) -> tuple[str, tuple[int, ...], bool]:
    """The entry with its neighbours' bullet or the next number, and the lines that count on."""
    kind = lane[0].kind
    if kind == "table row":
        return _with_row_number(text, lane, at)
    if kind not in ("bullet", "numbered"):
        return text, (), False
    neighbour = lane[at - 1] if at > 0 else lane[0]
    model, own = _MARKER.match(neighbour.text), _MARKER.match(text)
    if model is None or own is None:
        return text, (), False
    if kind == "bullet":
        return model[1] + model[2] + own[3] + text[own.end() :], (), False
    run = _numbered_run(lane, at)
    values = [number_of(entry) for entry in run]
    counts = _counts(values)
    previous = number_of(neighbour)
    number = (previous + 1 if at > 0 else previous) if counts else previous
    following = _counting_on(lane[at:], number) if counts else ()
    marker = f"{model[1]}{number}{own[2][-1]}{own[3]}"
    # Lines that stood under the text of the one they were learned from still do.
    body = re.sub(rf"(?<=[\r\n]) {{{own.end()}}}(?! )", " " * len(marker), text[own.end() :])
    return marker + body, following, counts


def _with_row_number(
    text: str, lane: Sequence[Entry], at: int
) -> tuple[str, tuple[int, ...], bool]:
    """A row with its number, where the first cells of the table count its rows."""
    neighbour = lane[at - 1] if at > 0 else lane[0]
    barred = neighbour.text.lstrip().startswith("|")
    own = re.match(r"\s*\|[^|]*\|" if barred else r"[^|]*\|", text)
    is_free = own is not None and (is_nothing(own[0].strip(" |")) or _ROW.fullmatch(own[0]))
    found = _ROW.match(neighbour.text)
    if own is None or found is None or not is_free or not _counts_rows(lane, at):
        return text, (), False
    first = _renumbered(found[0], int(at > 0))
    number = number_of(neighbour) + (at > 0)
    return first + text[own.end() :], _counting_on(lane[at:], number), True


def _counts_rows(entries: Sequence[Entry], at: int) -> bool:
    """Whether the first cell of a table's rows is their number, each one more than the last."""
    run = _numbered_run(entries, at)
    heading = "".join(entries[0].columns[:1]).casefold().replace(".", "").strip()
    if _COUNTS.fullmatch(heading) is None or number_of(entries[0]) > 1:
        return False
    if not all(_ROW.match(entry.text) for entry in run) or _dates_rows(run):
        return False
    steps = {number_of(second) - number_of(first) for first, second in pairwise(run)}
    return steps == {1} or (not steps and number_of(run[0]) == 1)


def _dates_rows(entries: Sequence[Entry]) -> bool:
    """Whether the first number of a row is its date, such as its year."""
    return any(
        place.name == "date" and place.start <= found.end()
        for entry in entries
        if (found := _ROW.match(entry.text))
        for place in entry.reading.places
    )


def _counting_on(entries: Sequence[Entry], number: int) -> tuple[int, ...]:
    """The first lines of the entries that count on from a number."""
    lines: list[int] = []
    for entry in entries:
        if number_of(entry) != number + len(lines):
            break
        lines.append(entry.start)
    return tuple(lines)


def _numbered_run(lane: Sequence[Entry], at: int) -> Sequence[Entry]:
    return lane[max(0, at - 10) : at + 10]


def _counts(values: Sequence[int]) -> bool:
    """Whether a list counts its items rather than writing `1.` before each."""
    steps = [b - a for a, b in pairwise(values)]
    if not steps:
        return len(values) == 1
    return steps.count(1) > 0.5 * len(steps)


def number_of(entry: Entry) -> int:
    """The number a numbered entry begins with."""
    found = _number_in(entry.text)
    return int(found[2]) if found else 1


def _number_in(text: str) -> re.Match[str] | None:
    """The number of an item or a row: what stands before it, itself, and what ends it."""
    return _ROW.match(text) or _ITEM.match(text)


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
    numbers: tuple[int, ...] = ()
    if entry.kind in ("numbered", "table row"):
        at = others.index(entry)
        run = _numbered_run(others, at)
        rows = entry.kind == "table row"
        if _counts_rows(others, at) if rows else _counts([number_of(other) for other in run]):
            numbers = _counting_on(others[at + 1 :], number_of(entry) + 1)
    if end == len(lines) and start > 0 and not lines[-1].endswith(("\n", "\r")):
        # A file without a final line ending stays one.
        last = lines[start - 1].rstrip("\r\n")
        return Splice(start - 1, end, before=last, numbers=numbers, step=-1)
    return Splice(start, end, numbers=numbers, step=-1)


def apply(
    lines: Sequence[str], splices: Sequence[tuple[int, Splice]]
) -> tuple[str, dict[int, tuple[int, str]]]:
    """The text with all splices made, and for each its line (from 1) and the text added."""
    ordered = sorted(splices, key=lambda item: (item[1].start, item[1].rank, item[0]))
    shift: Counter[int] = Counter()
    for _, splice in ordered:
        for number in splice.numbers:
            shift[number] += splice.step
    eol = ending_of(list(lines))
    written: list[str] = []
    places: dict[int, tuple[int, str]] = {}
    count, position = 0, 0
    here: Counter[int] = Counter()
    ended = True
    for number, splice in ordered:
        between = [_renumbered(lines[n], shift[n]) for n in range(position, splice.start)]
        count += len(between)
        ended = between[-1].endswith(("\n", "\r")) if between else ended
        position = max(position, splice.end)
        if not splice.text:
            written += [*between, splice.before]
            count += len(split_lines(splice.before))
            continue
        by = shift[splice.behind] + here[splice.start] if splice.counts else 0
        text = _renumbered(splice.text, by)
        here[splice.start] += splice.counts
        if not ended:
            # The new last line goes without an ending, as the old one did.
            between.append(eol)
            text = text[: -len(eol)]
        written += between
        # After a lone carriage return a line feed would be half of an ending, not a blank line.
        lone = bool(written) and written[-1].endswith("\r") and splice.before.startswith("\n")
        before = "\r" + splice.before if lone else splice.before
        written += [before, text, splice.after]
        count += len(split_lines(before))
        places[number] = (count + 1, text.rstrip("\r\n"))
        count += len(split_lines(text)) + len(split_lines(splice.after))
    written += [_renumbered(lines[index], shift[index]) for index in range(position, len(lines))]
    return "".join(written), places


def _renumbered(line: str, by: int) -> str:
    if not by:
        return line
    found = _number_in(line)
    if found is None:
        return line
    before, old, end = found.groups()
    new = str(int(old) + by)
    if end.count(" ") > 1:
        # A cell that is padded keeps its width.
        spare = end.count(" ") + len(old) - len(new)
        end = end.rstrip(" |") + " " * max(1, spare) + "|"
    return before + new + end + line[found.end() :]
