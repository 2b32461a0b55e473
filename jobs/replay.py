"""What would have been proposed, had the bot been there: week by week through the list's history.

Each week ends with a run. It learns from the list as it stood that evening and from the papers
that had appeared by then, and proposes the best that nobody was shown yet. Only afterwards is
looked up what the maintainers added later: nothing from after a week reaches its proposals.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from classifiers.counted import CountedFeatures, WordMemory
from classifiers.relevance import RelevanceClassifier
from classifiers.sections import SectionClassifier
from db.index import Index
from jobs.choose import excluding
from jobs.console import Console
from jobs.known_papers import has_index
from jobs.list_history import ListHistory, Version, read_history
from jobs.listing import likely_names, section_settings, sections_to_file_under, skip_slip
from jobs.past import Finder, Held, Known, held, known_papers
from tracker.counting import counted
from tracker.days import today
from tracker.errors import InputError, SettingError
from tracker.identifiers import normalise_title
from tracker.reading_list import Entry, ReadingList
from tracker.settings import SectionSettings, Settings
from tracker.taxonomy import Path, Taxonomy

_WEEK = timedelta(days=7)
_KEPT = 200
"""Papers of earlier weeks that come up again, the nearest first: a bot's queue, bounded."""

_LISTS = 32
"""Parsed lists kept at hand; a long history of a large list would fill the memory."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A paper that would have been proposed, by its place among the known papers."""

    place: int
    relevance: float
    section: Path
    confidence: float


@dataclass(frozen=True, slots=True)
class Week:
    """One run: the days it covers, what it knew, and what it would have proposed, best first.

    `listed` counts the papers on the list as of `commit`, `appeared` those of these days.
    """

    first: date
    last: date
    commit: str
    listed: int
    appeared: int
    guesses: tuple[Guess, ...]


@dataclass(frozen=True, slots=True)
class Added:
    """The day on which a paper first stood on the list, and where it then stood."""

    day: date
    sections: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A guess that was right; `agrees` in the section, too; `days` is how much earlier it came.

    `section` is the one guessed, by the name it had when the maintainers added the paper.
    """

    added: Added
    section: Path
    agrees: bool
    days: int


@dataclass(frozen=True, slots=True)
class Replay:
    """A replay: its weeks and, by place, what was right to propose and what was.

    `right` are the papers of these weeks that the maintainers added after the run of their
    week, `quicker` counts those they added before it. What else they added until `end` appeared
    before `start` (`older`) or is not in the index (`unknown`). The bars are those of the
    settings; they keep nothing back here, so that a replay shows what they would cost. Of `shelved`
    papers the index gave up the abstracts.
    """

    start: date
    end: date
    budget: int
    min_relevance: float
    min_confidence: float
    known_until: date
    papers: Sequence[Known]
    weeks: tuple[Week, ...]
    right: Mapping[int, Added]
    hits: Mapping[int, Hit]
    quicker: int
    older: int
    unknown: int
    shelved: int
    problems: tuple[str, ...] = ()


def replay(
    settings: Settings, console: Console, *, start: date, end: date, budget: int | None = None
) -> Replay:
    """Walk the list's history from `start` to `end`, both included, a week at a time.

    `budget` is how many papers a week may propose, `propose.limit` without it. Raises
    InputError when there is no history, no list yet at `start`, or no paper to propose.
    """
    if end < start:
        raise InputError(f"--to {end}: before --from {start}; exchange them")
    if end > (last := today()):
        raise InputError(f"--to {end}: lies in the future; the last day can be {last}")
    with console.step("Reading the list's history"):
        history = read_history(settings)
    budget = budget or settings.propose.limit
    walk = _Walk(settings, history, console, start=start, end=end, budget=budget)
    days = list(_weeks(start, end))
    with console.step(f"Replaying {counted(len(days), 'week')}", len(days)) as step:
        weeks = []
        for first, last in days:
            weeks.append(walk.week(first, last))
            step.advance()
    with console.step("Looking up what the maintainers added"):
        return _compared(walk, tuple(weeks), start, end)


def _weeks(start: date, end: date) -> Iterator[tuple[date, date]]:
    first = start
    while first <= end:
        yield first, min(first + _WEEK - timedelta(days=1), end)
        first += _WEEK


class _Walk:
    """What stays at hand from week to week; none of it is learned from a later one."""

    def __init__(
        self,
        settings: Settings,
        history: ListHistory,
        console: Console,
        *,
        start: date,
        end: date,
        budget: int,
    ) -> None:
        self.settings, self.history, self.budget = settings, history, budget
        self._check_history(start)
        with console.step("Reading the index"):
            self.papers = _papers(settings, start, end)
        self._days = [known.day for known in self.papers]
        self._plain = [known.paper for known in self.papers]
        self._finder = Finder(self.papers)
        self._memory = WordMemory()
        self._shown: set[int] = set()
        self._queue: list[int] = []
        self._filing: tuple[object, SectionClassifier] | None = None
        self._lists: dict[str, ReadingList | None] = {}
        self._named: set[str] = set()
        self._taxonomy = Taxonomy(())
        self._skips: dict[str, str] | None = None

    def _check_history(self, start: date) -> None:
        if self.history.upto(start) is None:
            began = self.history.versions[0].day
            remedy = " (the checkout is shallow: `git fetch --unshallow`)"
            raise InputError(
                f"--from {start}: the list's history begins on {began}"
                f"{remedy if self.history.shallow else ''}; name a day after it"
            )

    def list_on(self, day: date) -> tuple[Version, ReadingList] | None:
        """The list at the end of a day, or the last before it that can be read."""
        for version in reversed([v for v in self.history.versions if v.day <= day]):
            if version.commit not in self._lists:
                if len(self._lists) == _LISTS:
                    del self._lists[next(iter(self._lists))]
                self._lists[version.commit] = self.history.read(version)
            if (found := self._lists[version.commit]) is not None:
                return version, found
        return None

    def upto(self, day: date) -> int:
        """How many papers had appeared at the end of a day."""
        return bisect_right(self._days, day)

    def week(self, first: date, last: date) -> Week:
        """The run at the end of the week, with what was known that evening."""
        known = self.upto(last)
        fresh = range(self.upto(first - timedelta(days=1)), known)
        found = self.list_on(last)
        if found is None:
            return Week(first, last, "", 0, len(fresh), ())
        version, reading_list = found
        skips = reading_list.unknown_skips()
        before = skips if self._skips is None else self._skips
        self._skips = {name: near for name, near in skips.items() if name in before}
        entries = reading_list.entries
        listing = held(entries, self._plain, [self._finder.find(e, last) for e in entries])
        places = {one.place for one in listing}
        scores = self._scores(listing, places, known, fresh)
        best = sorted(scores, key=lambda place: (-scores[place], place))
        filed = self._filed(best, scores, version, reading_list, listing)
        guesses = tuple(islice(filed, self.budget))
        self._shown.update(guess.place for guess in guesses)
        self._queue = [place for place in best if place not in self._shown][:_KEPT]
        return Week(first, last, version.commit, len(listing), len(fresh), guesses)

    def _scores(
        self, listing: Sequence[Held], places: set[int | None], known: int, fresh: range
    ) -> dict[int, float]:
        """How likely each candidate belongs."""
        candidates = [
            place
            for place in sorted({*self._queue, *fresh})
            if place not in places and place not in self._shown
        ]
        if not listing or not candidates:
            return {}
        stream = [self._plain[place] for place in range(known) if place not in places]
        model = RelevanceClassifier(features=CountedFeatures(self._memory))
        model.fit([one.paper for one in listing], stream)
        scores = model.score([self._plain[place] for place in candidates])
        return {place: float(score) for place, score in zip(candidates, scores, strict=True)}

    def _filed(
        self,
        best: Sequence[int],
        scores: Mapping[int, float],
        version: Version,
        reading_list: ReadingList,
        listing: Sequence[Held],
    ) -> Iterator[Guess]:
        """The papers in this order, those left out that belong to an excluded section."""
        key = (version.commit, tuple(one.place for one in listing))
        if self._filing is None or self._filing[0] != key:
            sections = self._sections(reading_list)
            filed = [one for one in listing if any(path in sections for path in one.sections)]
            labels = [[p for p in sorted(one.sections) if p in sections] for one in filed]
            classifier = SectionClassifier(list(sections))
            self._filing = key, classifier.fit([one.paper for one in filed], labels)
        settings = self.section_settings(reading_list)
        for start in range(0, len(best), self.budget):
            batch = best[start : start + self.budget]
            filings = self._filing[1].predict([self._plain[place] for place in batch])
            for place, filing in zip(batch, filings, strict=bool(filings)):
                if not excluding(filing.section, settings):
                    yield Guess(place, round(scores[place], 4), filing.section, filing.confidence)

    def section_settings(self, reading_list: ReadingList) -> dict[Path, SectionSettings]:
        """What the settings say of the sections of a list that is not today's."""
        return section_settings(reading_list.taxonomy, self._settings_for(reading_list))

    def _settings_for(self, reading_list: ReadingList) -> Settings:
        """The settings without those of sections that only the list of another day has."""
        known = {
            name: section
            for name, section in self.settings.sections.items()
            if reading_list.taxonomy.find(name)
        }
        return self.settings.model_copy(update={"sections": known})

    def _sections(self, reading_list: ReadingList) -> Taxonomy:
        """The sections of that day."""
        settings = self._settings_for(reading_list)
        self._named |= settings.sections.keys()
        self._taxonomy = reading_list.taxonomy
        return sections_to_file_under(reading_list, settings)

    def unnamed(self) -> list[str]:
        """Headings in the settings that no version replayed had: most likely slips."""
        slips = self.settings.sections.keys() - self._named if self._taxonomy else set()
        skips = [skip_slip(name, near) for name, near in (self._skips or {}).items()]
        return skips + [
            f"sections.{name!r} in tracker.toml: no replayed version of the list has one "
            f"section called that, so it changed nothing; {likely_names(self._taxonomy, name)}"
            for name in sorted(slips)
        ]


def _papers(settings: Settings, start: date, end: date) -> list[Known]:
    since = start - timedelta(days=365)
    fill = f"fill it with `tracker discover --since {since}`"
    if not has_index(settings):
        raise SettingError(f"index.url {settings.index.url!r}: there is no index yet; {fill}")
    with Index.open_to_read(settings.index_url) as index:
        papers = known_papers(index, end)
    if not any(known.day >= start for known in papers):
        raise SettingError(
            f"index.url {settings.index.url!r}: no paper in it appeared between {start} and "
            f"{end}; {fill}"
        )
    return papers


def _compared(walk: _Walk, weeks: tuple[Week, ...], start: date, end: date) -> Replay:
    """Look up what became of the guesses, with everything that is known today."""
    began = walk.upto(start - timedelta(days=1))
    run_of = {
        place: week.last
        for week in weeks
        for place in range(walk.upto(week.first - timedelta(days=1)), walk.upto(week.last))
    }
    added, unknown = _added(walk, start, end)
    right = {p: a for p, a in added.items() if p >= began and a.day > run_of[p]}
    hits = {
        guess.place: _hit(walk, week, guess, right[guess.place])
        for week in weeks
        for guess in week.guesses
        if guess.place in right and right[guess.place].day > week.last
    }
    return Replay(
        start=start,
        end=end,
        budget=walk.budget,
        min_relevance=walk.settings.propose.min_relevance,
        min_confidence=walk.settings.propose.min_confidence,
        known_until=walk.history.versions[-1].day,
        papers=walk.papers,
        weeks=weeks,
        right=right,
        hits=hits,
        quicker=sum(p >= began and p not in right for p in added),
        older=sum(p < began and start <= a.day <= end for p, a in added.items()),
        unknown=unknown,
        shelved=sum(known.shelved for known in walk.papers),
        problems=(*walk.history.problems, *walk.unnamed()),
    )


def _added(walk: _Walk, start: date, end: date) -> tuple[dict[int, Added], int]:
    """By place, what the maintainers added and when; and how much else until `end`.

    Not what they put under excluded sections: that is not the bot's to find.
    """
    finder = Finder(walk.papers, by_now=True)
    before = walk.list_on(start - timedelta(days=1))
    seen = {key for entry in (before[1].entries if before else ()) for key in _keys(entry)}
    known = {finder.find(entry) for entry in (before[1].entries if before else ())}
    added: dict[int, Added] = {}
    unknown = 0
    for day in sorted({v.day for v in walk.history.versions if v.day >= start}):
        found = walk.list_on(day)
        settings = walk.section_settings(found[1]) if found else {}
        where: dict[int, dict[Path, None]] = {}
        for entry in found[1].entries if found else ():
            keys = _keys(entry)
            if (place := finder.find(entry)) is None:
                unknown += day <= end and seen.isdisjoint(keys)
            elif not (place in known or place in added or excluding(entry.section, settings)):
                where.setdefault(place, {})[entry.section] = None
            seen |= keys
        added |= {place: Added(day, tuple(sections)) for place, sections in where.items()}
    return added, unknown


def _keys(entry: Entry) -> set[object]:
    """What an entry is recognised by from one day to another."""
    return {*entry.identifiers, normalise_title(entry.title)}


def _hit(walk: _Walk, week: Week, guess: Guess, added: Added) -> Hit:
    then, later = walk.list_on(week.last), walk.list_on(added.day)
    section = guess.section
    if then and later and section not in later[1].taxonomy:
        section = _moved(section, then[1], later[1])
    return Hit(added, section, section in added.sections, (added.day - week.last).days)


def _moved(section: Path, then: ReadingList, later: ReadingList) -> Path:
    """Where most entries of a section that is gone stand later: a section may be renamed."""
    keys = {key for entry in then.by_section.get(section, ()) for key in _keys(entry)}
    went = Counter(e.section for e in later.entries if not keys.isdisjoint(_keys(e)))
    return went.most_common(1)[0][0] if went else section
