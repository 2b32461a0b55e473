"""The house style of a section: how its entries are written, and how the next one will be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import chain

from tracker.paper import Paper
from tracker.reading_list.cells import Rows
from tracker.reading_list.entry import Entry
from tracker.reading_list.facts import facts_of
from tracker.reading_list.labels import Labels
from tracker.reading_list.likeness import closest, distance
from tracker.reading_list.order import Order, follows, learn_order, usual_order
from tracker.reading_list.pieces import Facts, NamedLink
from tracker.reading_list.render import Habits, render
from tracker.reading_list.template import Template, Token, label_key
from tracker.reading_list.words import venue_key
from tracker.taxonomy import Path

_NEAR = 60
"""Entries farther away than this are not asked for their pattern; one section has thousands."""


_FEW, _USUAL = 3, 0.95
"""Fewer entries than this do not tell what that share of them has in common."""


_MANY = 0.1
"""Of fewer entries of another kind than this share a section has by accident."""
_BOTH = 0.25
"""A section has two styles where each is that of this share of its entries."""


class Style:
    """The style of one section.

    `lane` are the section's entries of its main kind, in order; `wider` are entries of the
    sections around it, for what the section itself does not show; `listed` are those of the
    whole list, section by section, for what neither shows. `others` are the section's entries of
    its other kinds, kind by kind.
    """

    def __init__(
        self,
        lane: Sequence[Entry],
        wider: Sequence[Entry],
        templates: Sequence[Template] | None = None,
        listed: Sequence[Sequence[Entry]] = (),
        others: Sequence[Sequence[Entry]] = (),
    ) -> None:
        self.lane = tuple(lane)
        self.others = tuple(others)
        self.wider = tuple(wider)
        self.listed = tuple(listed)
        self.templates = (
            [Template(entry) for entry in self.lane or self.wider]
            if templates is None
            else list(templates)
        )

    def without(self, entry: Entry) -> Style:
        """The style as it would be without one of several entries."""
        kept = [template for template in self.templates if template.entry is not entry]
        lane = [other for other in self.lane if other is not entry]
        others = [[other for other in each if other is not entry] for each in self.others]
        others = [each for each in others if each]
        style = Style(lane, self.wider, kept, self.listed, others)
        style.__dict__["relatives"] = self.relatives
        style.__dict__["usual"] = self.usual
        return style

    def fitting(self, facts: Facts) -> Style:
        """The style of those of the section's entries that state what these facts do.

        It is another than this one where a section has entries of several kinds, such as two
        tables, and those of another kind fit clearly better.
        """
        best, least = self, self.misfit(facts)
        for others in self.others:
            if len(others) < max(2, _MANY * len(self.lane)):
                continue
            style = Style(others, self.wider, None, self.listed)
            if (misfit := style.misfit(facts)) < least - 1.0:
                best, least = style, misfit
        return best

    def misfit(self, facts: Facts) -> float:
        """How far the entry most like these facts is from them."""
        return min((distance(facts, template) for template in self.templates[-200:]), default=0.0)

    @cached_property
    def order(self) -> Order:
        """How the section is ordered; as the list usually is where it shows no order itself."""
        facts = [entry.facts for entry in self.lane]
        own = learn_order(facts)
        unordered = own.name in ("appended", "prepended")
        if unordered and self.usual is not None and follows(self.usual, facts):
            return self.usual
        return own

    @cached_property
    def usual(self) -> Order | None:
        """How most sections of the list are ordered."""
        return usual_order([entry.facts for entry in entries] for entries in self.listed)

    @cached_property
    def shapes(self) -> Counter[str]:
        """How many of the entries have each pattern."""
        return Counter(template.shape for template in self.templates)

    @cached_property
    def habits(self) -> Habits:
        """What the entries say together."""
        between: dict[bool, Counter[str]] = {False: Counter(), True: Counter()}
        before: Counter[str] = Counter()
        examples: dict[str, tuple[NamedLink, str]] = {}
        for template in self._lines():
            tokens = template.tokens
            for number, token in enumerate(tokens):
                if token.kind != "link":
                    continue
                link = template.facts.links[token.index]
                examples[label_key(link)] = (link, token.text)
                if label_key(link) == "!":
                    examples["!" + link.label] = (link, token.text)
                gap = (
                    tokens[number - 1].text if number and tokens[number - 1].kind == "text" else ""
                )
                first = number - (2 if gap else 1)
                if first >= 0 and tokens[first].kind == "link":
                    # Pictures often stand closer than words.
                    pictures = bool(template.facts.links[tokens[first].index].image and link.image)
                    between[pictures][gap] += 1
                elif gap and not gap.strip():
                    before[gap] += 1
        written = [token for template in self.templates for token in template.tokens]
        gaps = between[False] or between[True]
        return Habits(
            between=_commonest(gaps),
            between_pictures=_commonest(between[True] or gaps),
            before=_commonest(before),
            links=examples,
            pair=_pair(self.templates),
            signs=_signs(self.templates, self.relatives),
            **self._date_habits(written),
        )

    def _lines(self) -> Iterator[Template]:
        """The patterns in which links stand beside each other: entries, or cells of a table."""
        for template in self.templates:
            if template.entry.kind == "table row":
                yield from template.cells
            else:
                yield template

    def _date_habits(self, tokens: Sequence[Token]) -> dict[str, bool]:
        """How dates are written; what the own dates leave open is told by others."""
        counts = _date_counts((t.pattern, t.text) for t in tokens if t.kind == "date")
        for entries in ((self.wider,), self.listed):
            for shown in (("{MM}", "{M} alone"), ("{DD}", "{D} alone"), ("May.", "May alone")):
                if any(counts[field] for field in shown):
                    continue
                found = _date_counts(_dates(chain.from_iterable(entries)))
                counts.update({field: found[field] for field in shown})
        return {
            "padded": counts["{MM}"] > counts["{M} alone"],
            "padded_day": counts["{DD}"] > counts["{D} alone"],
            "long_months": counts["{Month}"] > counts["{Mon}"] - counts["May"],
            "dotted_may": counts["May."] > counts["May alone"],
        }

    @cached_property
    def rows(self) -> Rows:
        """How the rows of the section's table are written."""
        return Rows(self.templates, self.habits, self.relatives)

    @cached_property
    def grouped(self) -> bool:
        """Whether most entries stand under a bold line that names their venue and year."""
        return 2 * sum(bool(entry.group) for entry in self.lane) > len(self.lane)

    @cached_property
    def own_venues(self) -> frozenset[str]:
        """The venues that entries themselves write, as `venue_key` gives them."""
        written = (t.facts.venue for t in self.templates if "venue" in t.kinds)
        return frozenset(venue_key(venue) for venue in written)

    def write(self, facts: Facts, position: int) -> str:
        """The entry for `facts` at a place among the section's entries; no final line ending."""
        if self.grouped:
            # The bold line above says venue and year for all of its entries.
            own = venue_key(facts.venue) in self.own_venues
            facts = replace(facts, venue=facts.venue if own else "", published=None)
        if self.templates[0].entry.kind == "table row":
            return self.rows.write(facts, position)
        return render(facts, self.donor(facts, position), self.habits)

    def donor(self, facts: Facts, position: int) -> Template:
        """The entry whose pattern fits the facts best: alike, common, and near."""
        low = max(0, position - _NEAR)
        near = [
            (template, 0.01 * min(abs(number - position), 50))
            for number, template in enumerate(self.templates[low : low + 2 * _NEAR], low)
        ]
        near = [each for each in near if self.follows(each[0])] or near
        found = closest(facts, near)
        if distance(facts, found) >= 2.0 and self.relatives:
            # Nothing alike here: the sections around may show how such an entry is written.
            found = closest(facts, near + [(template, 1.0) for template in self.relatives])
        return found

    def follows(self, template: Template) -> bool:
        """Whether an entry links its title, or not, as new ones do.

        Where a section has many of both that tells two whole styles apart, and what is taken from
        each of them makes a third: the commoner is followed, of equals that of the latest entry.
        """
        return self.linked is None or self.linked == (template.carrier >= 0)

    @cached_property
    def linked(self) -> bool | None:
        """Whether new entries link their title; None where the section has one style."""
        linked = [template.carrier >= 0 for template in self.templates]
        fewer = min(linked.count(True), linked.count(False))
        if (
            not self.lane
            or self.lane[0].kind in ("table row", "html row")
            or fewer < max(2, _BOTH * len(linked))
        ):
            return None
        if 2 * fewer == len(linked):
            return linked[0 if self.order.descending else -1]
        return 2 * linked.count(True) > len(linked)

    @cached_property
    def relatives(self) -> list[Template]:
        """The patterns of entries of the same kind in the sections around."""
        kind = self.templates[0].entry.kind if self.lane else ""
        columns = self.templates[0].entry.columns if self.lane else ()
        alike = [e for e in self.wider if e.kind == kind and e.columns == columns]
        return [Template(entry) for entry in alike[:_NEAR]]

    def facts_of(self, paper: Paper) -> Facts:
        """What the section would write of a paper."""
        return facts_of(paper, self.labels)

    @cached_property
    def labels(self) -> Labels:
        """How its entries, and those around, label their links."""
        own = [template for template in self.templates if self.follows(template)]
        return Labels(own, [Template(entry) for entry in self.wider[:200]])

    def describe(self) -> str:
        """The style in one line, as `tracker init` shows it."""
        if not self.templates:
            return "no entries yet"
        shape = self.shapes.most_common(1)[0][0]
        same = [template for template in self.templates if template.shape == shape]
        labels = Counter(template.labels for template in same).most_common(1)[0][0]
        example = next(template for template in same if template.labels == labels)
        usual = self.habits.signs
        words = "".join(_word(token.kind, token.text, token.pattern, example, token.index)
                        for token in example.tokens
                        if token.kind != "signs" or token.text.strip() == usual)  # fmt: skip
        line = re.sub(r"\s*[\r\n]+\s*", " ⏎ ", words).strip()
        kind = example.entry.kind
        order = self.order.name if self.lane else "appended"
        return f'{kind} "{line}", {order}'


def _commonest(texts: Counter[str]) -> str:
    return texts.most_common(1)[0][0] if texts else " "


def _date_counts(dates: Iterable[tuple[str, str]]) -> Counter[str]:
    """How often each field is written in dates given by pattern and text."""
    counts: Counter[str] = Counter()
    for pattern, text in dates:
        for field in re.findall(r"\{\w+\}", pattern.replace("{y}{MM}", "")):
            counts[field] += 1
        below_ten = re.search(r"(?<!\d)[1-9](?!\d)", text) is not None
        counts["{M} alone"] += "{M}" in pattern and below_ten
        counts["{D} alone"] += "{D}" in pattern and below_ten
        counts["May"] += "May" in text
        counts["May."] += "May." in text
        counts["May alone"] += re.search(r"May(?!\.)", text) is not None
    return counts


def _dates(entries: Iterable[Entry]) -> Iterator[tuple[str, str]]:
    """The dates that entries write, by pattern and text."""
    for entry in entries:
        for place in entry.reading.places:
            if place.name == "date":
                yield place.pattern, entry.text[place.start : place.end]


def _pair(templates: Sequence[Template]) -> str:
    """What stands between two authors; empty where none of the entries has two."""
    found: Counter[str] = Counter()
    for template in templates:
        if len(template.facts.authors) == 2:
            text = next((token.text for token in template.tokens if token.kind == "authors"), "")
            joint = re.search(r",? and |,? & ", text) or re.search(", ", text)
            if joint:
                found[joint[0]] += 1
    return found.most_common(1)[0][0] if found else ""


def _signs(templates: Sequence[Template], wider: Sequence[Template]) -> str:
    """The emoji that all but a few entries begin with; empty where they differ."""
    shown = [*templates, *wider] if len(templates) < _FEW else templates
    signs = ((t.text.strip() for t in each.tokens if t.kind == "signs") for each in shown)
    found = Counter(next(each, "") for each in signs)
    usual, count = found.most_common(1)[0] if found else ("", 0)
    return usual if count > 1 and count >= _USUAL * len(shown) else ""


_FIELDS = {"{Y}": "Year", "{y}": "Yr"}


def _word(kind: str, text: str, pattern: str, example: Template, index: int) -> str:
    if kind in ("text", "signs"):
        return text
    if kind == "date":
        return re.sub(
            r"\{[YyMDd]\w*\}|\{\w+\}",
            lambda f: _FIELDS.get(f[0], "Month" if "M" in f[0] or "S" in f[0] else "Day"),
            pattern,
        )
    if kind == "link":
        link = example.facts.links[index]
        for value in (link.url, link.image):
            text = text.replace(value, "…") if value else text
        return text
    return {"url": "…", "title": "Title", "short": "Short", "authors": "Authors", "venue": "Venue",
            "note": "Notes"}[kind]  # fmt: skip


def lanes_of(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Entries by kind: one file, one kind, one table layout; the kind most are of comes first."""
    lanes: dict[tuple[object, ...], list[Entry]] = {}
    for entry in entries:
        lanes.setdefault((entry.file, entry.kind, entry.columns), []).append(entry)
    return sorted(lanes.values(), key=len, reverse=True)


def style_of(by_section: Mapping[Path, Sequence[Entry]], section: Path) -> Style:
    """A section's style, from its entries, else from those of the nearest section around it."""
    own, *others = lanes_of(by_section.get(section, [])) or [[]]
    wider: list[Entry] = []
    above = section
    while above and not wider:
        above = above[:-1]
        for path, entries in by_section.items():
            if path != section and path[: len(above)] == above:
                wider += entries
    around = (wider if own or not wider else lanes_of(wider)[0])[:400]
    return Style(own, around, listed=list(by_section.values()), others=others)
