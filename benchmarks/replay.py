"""What a reviewer would have been proposed over a year, week by week.

    python -m benchmarks.replay --lists DIR --papers DIR [--budget 5,15,30] [--year Y] [--json]

Measured are the lists whose repository lies beside them as `repositories/<name>.bundle`; all
lists where there is no such folder. Right are the papers of the year that were not on the list
when it began and that the maintainers added after. `ours` is trained anew every week, on
the list and the stream as they were when the week began; `svm`, the plain balanced SVM, once on
the list as it was when the year began. A paper appears in the week its identifier stands for:
identifiers are given in order, so its place among its month's tells the day.

Sections go by the names they have today, also for the weeks before they were renamed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from sklearn.svm import LinearSVC

from benchmarks.corpus import Corpus, CountedFeatures, Weighting
from benchmarks.data import ReadingList, read_lists, read_papers, some_of
from benchmarks.sections import averages, table
from classifiers.relevance import RelevanceClassifier
from classifiers.sections import SectionClassifier
from tracker.taxonomy import Path as SectionPath
from tracker.taxonomy import Section

_BACKGROUND = 8000
_SEED = 0


@dataclass(frozen=True, slots=True)
class Year:
    """One list through a year.

    `seen` is when each of its known papers (a row of the corpus) first stood on it, `sections`
    where; `weeks` are the rows that appeared in each week from `start` on; `right` what was to
    be proposed.
    """

    name: str
    start: date
    seen: dict[int, date]
    sections: dict[int, tuple[SectionPath, ...]]
    weeks: list[np.ndarray]
    right: frozenset[int]

    def listed(self, day: date) -> list[int]:
        """What stood on the list before that day."""
        return [row for row, first in self.seen.items() if first < day]


def days_of(corpus: Corpus) -> np.ndarray:
    """The ordinal of the day each paper appeared; 0 where it is unknown."""
    months: dict[date, list[int]] = defaultdict(list)
    for row, paper in enumerate(corpus.papers):
        if paper.published is not None and corpus.month[row]:
            months[paper.published].append(row)
    days = np.zeros(len(corpus.papers), dtype=int)
    for first, rows in months.items():
        rows.sort(key=lambda row: str(corpus.papers[row].identifier("arxiv")))
        length = ((first + timedelta(days=31)).replace(day=1) - first).days
        for place, row in enumerate(rows):
            days[row] = first.toordinal() + place * length // len(rows)
    return days


def history_of(
    reading_list: ReadingList, corpus: Corpus
) -> tuple[dict[int, date], dict[int, tuple[SectionPath, ...]]]:
    """When each known paper of a list (a row of the corpus) first stood on it, and where."""
    seen: dict[int, date] = {}
    sections: dict[int, tuple[SectionPath, ...]] = {}
    for entry in reading_list.entries:
        row = corpus.row.get(entry.arxiv_id)
        if row is not None:
            seen.setdefault(row, entry.first_seen)
            sections[row] = entry.sections or sections.get(row) or (entry.section,)
    return seen, sections


def well_filed(
    corpus: Corpus,
    sections: Mapping[int, tuple[SectionPath, ...]],
    listed: Sequence[int],
    told: Sequence[int],
) -> int:
    """How many papers the classifier files under one of their sections, learned from the listed."""
    paths = [sections[row] for row in listed]
    taxonomy = [Section(path) for path in dict.fromkeys(p for ps in paths for p in ps)]
    model = SectionClassifier(taxonomy).fit([corpus.papers[row] for row in listed], paths)
    filings = model.predict([corpus.papers[row] for row in told])
    return sum(f.section in sections[row] for f, row in zip(filings, told, strict=True))


def year_of(reading_list: ReadingList, corpus: Corpus, days: np.ndarray, year: int) -> Year | None:
    """One list through that year; None when there is too little to learn from or to find."""
    start = date(year, 1, 1)
    seen, sections = history_of(reading_list, corpus)
    weeks = [
        np.flatnonzero((days >= first) & (days < first + 7))
        for first in range(start.toordinal(), date(year + 1, 1, 1).toordinal(), 7)
    ]
    appeared = {int(row) for rows in weeks for row in rows}
    right = frozenset(row for row, day in seen.items() if day >= start and row in appeared)
    found = Year(reading_list.name, start, seen, sections, weeks, right)
    return found if len(found.listed(start)) >= 30 and len(right) >= 10 else None


def background(days: np.ndarray, until: date, excluded: Sequence[int]) -> np.ndarray:
    """Papers of the year before that day, at most 8,000 of them."""
    last = until.toordinal()
    rows = np.setdiff1d(np.flatnonzero((days < last) & (days >= last - 365)), excluded)
    if len(rows) > _BACKGROUND:
        rows = np.random.default_rng(_SEED).choice(rows, _BACKGROUND, replace=False)
    return np.sort(rows)


def ours_weekly(
    year: Year, corpus: Corpus, days: np.ndarray, most: int
) -> tuple[list[list[int]], int]:
    """The best `most` of every week, best first; and how many of the right ones are well filed.

    Nothing of a later day is used: neither entries of the list nor papers.
    """
    proposals: list[list[int]] = []
    filed = 0
    features = CountedFeatures(corpus)
    for number, rows in enumerate(year.weeks):
        monday = year.start + timedelta(days=7 * number)
        listed = year.listed(monday)
        fresh = np.setdiff1d(rows, listed)
        known = np.concatenate([background(days, monday, listed), fresh])
        model = RelevanceClassifier(features=features)
        model.fit([corpus.papers[i] for i in listed], [corpus.papers[i] for i in known])
        scores = model.score([corpus.papers[i] for i in fresh])
        best = [int(fresh[i]) for i in np.argsort(-scores, kind="stable")[:most]]
        proposals.append(best)
        hits = [row for row in best if row in year.right]
        if hits:
            filed += well_filed(corpus, year.sections, listed, hits)
    return proposals, filed


def svm_weekly(
    year: Year, corpus: Corpus, days: np.ndarray, most: int
) -> tuple[list[list[int]], int]:
    """The same by plain balanced SVMs trained once, when the year began."""
    listed = year.listed(year.start)
    rows = np.concatenate([listed, background(days, year.start, listed)]).astype(int)
    weighting = Weighting(corpus, rows)
    matrix = weighting.matrix(rows)
    model = LinearSVC(C=0.5, class_weight="balanced", random_state=_SEED)
    model.fit(matrix, np.arange(len(rows)) < len(listed))
    pairs = [(row, path) for row in listed for path in year.sections[row]]
    filed_rows = np.array([row for row, _ in pairs])
    own = Weighting(corpus, filed_rows)
    paths = list(dict.fromkeys(path for _, path in pairs))
    filing = LinearSVC(C=0.5, class_weight="balanced", random_state=_SEED)
    filing.fit(own.matrix(filed_rows), [paths.index(p) for _, p in pairs])
    proposals, filed = [], 0
    for fresh in (np.setdiff1d(rows, listed) for rows in year.weeks):
        scores = model.decision_function(weighting.matrix(fresh))
        best = [int(fresh[i]) for i in np.argsort(-scores, kind="stable")[:most]]
        proposals.append(best)
        for row in (row for row in best if row in year.right):
            [number] = filing.predict(own.matrix(np.array([row])))
            filed += paths[number] in year.sections[row]
    return proposals, filed


def measure(
    year: Year, proposals: list[list[int]], filed: int, budgets: Sequence[int]
) -> dict[str, float]:
    """Recall and proposals per added paper at each budget; section agreement at the largest."""
    figures: dict[str, float] = {}
    for budget in budgets:
        proposed = [row for week in proposals for row in week[:budget]]
        hits = sum(row in year.right for row in proposed)
        figures[f"recall_{budget}"] = hits / len(year.right)
        figures[f"proposals_per_added_{budget}"] = len(proposed) / max(1, hits)
    hits = sum(row in year.right for week in proposals for row in week)
    figures["section_agreement"] = filed / max(1, hits)
    return {name: round(value, 4) for name, value in figures.items()}


def replayed(lists: Sequence[ReadingList], folder: Path) -> Sequence[ReadingList]:
    """Those of the lists whose repositories lie beside their folder; all if none does."""
    bundles = {path.stem for path in (folder.parent / "repositories").glob("*.bundle")}
    return [each for each in lists if each.name in bundles] if bundles else lists


def main(argv: Sequence[str] | None = None) -> int:
    """Replay every list and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--lists", type=Path, required=True)
    parser.add_argument("--papers", type=Path, required=True)
    parser.add_argument("--budget", default="5,15,30", help="proposals a week, such as 5,15,30")
    parser.add_argument("--year", type=int, help="the year; the last well-filled one if not given")
    parser.add_argument("--share", type=float, default=1.0, help="of the unlisted papers")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    budgets = sorted(int(part) for part in options.budget.split(","))
    lists = read_lists(options.lists)
    corpus = Corpus(some_of(read_papers(options.papers), lists, options.share), lists)
    days = days_of(corpus)
    filled = Counter(paper.published.year for paper in corpus.papers if paper.published)
    year = options.year or max(
        y for y, count in filled.items() if 2 * count >= max(filled.values())
    )
    figures: dict[str, dict[str, dict[str, float]]] = {}
    for reading_list in replayed(lists, options.lists):
        found = year_of(reading_list, corpus, days, year)
        if found is None:
            continue
        print(f"{found.name}: {len(found.right)} added in {year}", file=sys.stderr)
        figures[found.name] = {
            name: measure(found, *weekly(found, corpus, days, budgets[-1]), budgets)
            for name, weekly in (("ours", ours_weekly), ("svm", svm_weekly))
        }
    if options.json:
        print(json.dumps({"overall": averages(figures), "lists": figures}, indent=1))
    else:
        names = [f"recall_{b}" for b in budgets] + [f"proposals_per_added_{b}" for b in budgets]
        print(table(figures, [*names, "section_agreement"]))
    return 0 if figures else 1


if __name__ == "__main__":
    sys.exit(main())
