"""What reviewers' decisions are worth to later proposals, on replayed history.

    python -m benchmarks.learning --lists DIR --papers DIR [--budget 5] [--weeks 4] [--json]

The bot is the only way onto the list: it holds what it held when the replay began and, where
decisions are learned from, what was proposed and accepted since. Told is the second half, for
the first fills the memory.

Relevance: a year is walked, trained anew every few weeks. The reviewer accepts what the
maintainers added at any time later and rejects all else; what was not proposed waits and may be
proposed in any later week, nothing is proposed twice. `right` is the share of the second half's
proposals that were accepted. With `--growing` the list also grows as it did. With `--ablation`,
`accepted only` and `rejected only` learn from one kind of decision. Lists to which fewer than 30
papers were added in the year tell too little. A maintainer adds few of the papers that would
fit, so a rejection here often means no more than that nobody added the paper.

Sections: the papers that a list was given after it held 50, in the order they came, halved.
`filed` is the share of the second half whose first section is one the maintainers chose, learned
from what the list held at first, and with the decisions on the first half. Sections go by
the names they have today.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Collection, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.corpus import Corpus, CountedFeatures
from benchmarks.data import ReadingList, read_lists, read_papers, some_of
from benchmarks.replay import Year, background, days_of, history_of, well_filed, year_of
from benchmarks.sections import table
from classifiers.relevance import RelevanceClassifier

LEARNS = {"with": frozenset({"accepted", "rejected"}), "without": frozenset[str]()}
PARTS = {f"{kind} only": frozenset({kind}) for kind in ("accepted", "rejected")}
_FEW = 30
_BEGIN = 50
Figures = dict[str, dict[str, float]]


def walk(
    year: Year,
    corpus: Corpus,
    days: np.ndarray,
    *,
    most: int,
    every: int,
    learns: Collection[str],
    growing: bool = False,
) -> list[list[int]]:
    """The proposals of every week; nothing of a later day is used, other than the decisions."""
    proposals: list[list[int]] = []
    model = RelevanceClassifier()
    waiting: dict[int, float] = {}
    first = year.listed(year.start)
    for number, rows in enumerate(year.weeks):
        monday = year.start + timedelta(days=7 * number)
        decided = {row for week in proposals for row in week}
        accepted = decided & year.right if "accepted" in learns else set()
        rejected = decided - year.right if "rejected" in learns else set()
        listed = sorted({*(year.listed(monday) if growing else first), *accepted})
        fresh = [int(row) for row in np.setdiff1d(rows, listed)]
        if number % every == 0:
            known = np.setdiff1d(background(days, monday, listed), sorted(rejected))
            model = RelevanceClassifier(features=CountedFeatures(corpus))
            given = (listed, known, sorted(rejected.difference(listed)))
            model.fit(*([corpus.papers[i] for i in part] for part in given))
            fresh += waiting
        scores = model.score([corpus.papers[row] for row in fresh])
        waiting |= dict(zip(fresh, map(float, scores), strict=True))
        for row in decided.union(listed):
            waiting.pop(row, None)
        proposals.append(sorted(waiting, key=lambda row: (-waiting[row], row))[:most])
    return proposals


def second_half(year: Year, proposals: Sequence[Sequence[int]]) -> dict[str, float]:
    """How many proposals of the second half were right, and what share of them."""
    proposed = [row for week in proposals[len(year.weeks) // 2 :] for row in week]
    hits = sum(row in year.right for row in proposed)
    return {
        "hits": float(hits),
        "of": float(len(proposed)),
        "right": round(hits / max(1, len(proposed)), 4),
    }


def filing(reading_list: ReadingList, corpus: Corpus) -> dict[str, dict[str, float]] | None:
    """How well the second half of a list's additions is filed with and without the first half.

    None where the list did not grow by enough after it held some.
    """
    seen, sections = history_of(reading_list, corpus)
    order = sorted(seen, key=lambda row: (seen[row], row))
    if len(order) < _BEGIN + _FEW:
        return None
    start = seen[order[_BEGIN - 1]]
    later = [row for row in order if seen[row] > start]
    if len(later) < _FEW:
        return None
    middle = seen[later[len(later) // 2]]
    first = [row for row in order if seen[row] <= start]
    decided = [row for row in later if seen[row] < middle]
    told = [row for row in later if seen[row] >= middle]
    if len(decided) < _FEW // 3:
        return None

    def filed(rows: Sequence[int]) -> dict[str, float]:
        hits = well_filed(corpus, sections, rows, told)
        counts = {"learned": float(len(rows)), "hits": float(hits), "of": float(len(told))}
        return {**counts, "filed": round(hits / len(told), 4)}

    return {"with": filed(first + decided), "without": filed(first)}


def together(figures: dict[str, Figures]) -> dict[str, float]:
    """The right ones of all lists as a share of what was judged, by method."""
    methods = next(iter(figures.values()), {})
    return {
        name: round(
            sum(one[name]["hits"] for one in figures.values())
            / max(1.0, sum(one[name]["of"] for one in figures.values())),
            4,
        )
        for name in methods
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Walk the year of every list that has one, file its history, and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--lists", type=Path, required=True)
    parser.add_argument("--papers", type=Path, required=True)
    parser.add_argument("--year", type=int, default=2024)
    parser.add_argument("--budget", type=int, default=5, help="proposals a week")
    parser.add_argument("--weeks", type=int, default=4, help="trained anew after so many weeks")
    parser.add_argument("--share", type=float, default=1.0, help="of the unlisted papers")
    parser.add_argument("--growing", action="store_true", help="the list also grows as it did")
    parser.add_argument("--ablation", action="store_true", help="also one kind of decision each")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    lists = read_lists(options.lists)
    corpus = Corpus(some_of(read_papers(options.papers), lists, options.share), lists)
    days = days_of(corpus)
    learns = LEARNS | (PARTS if options.ablation else {})
    go = partial(walk, most=options.budget, every=options.weeks, growing=options.growing)
    sections = {one.name: found for one in lists if (found := filing(one, corpus))}
    relevance: dict[str, Figures] = {}
    for reading_list in lists:
        year = year_of(reading_list, corpus, days, options.year)
        if year is not None and len(year.right) >= _FEW:
            print(f"{year.name}: {len(year.right)} added in {options.year}", file=sys.stderr)
            relevance[year.name] = {
                name: second_half(year, go(year, corpus, days, learns=kinds))
                for name, kinds in learns.items()
            }
    show(relevance, sections, as_json=options.json)
    return 0 if relevance or sections else 1


def show(relevance: dict[str, Figures], sections: dict[str, Figures], *, as_json: bool) -> None:
    """Print both tables, or one JSON document."""
    parts = {"relevance": (relevance, "right"), "sections": (sections, "filed")}
    if as_json:
        said = {n: {"overall": together(f), "lists": f} for n, (f, _) in parts.items()}
        print(json.dumps(said, indent=1))
        return
    for name, (figures, told) in parts.items():
        names = ["hits", "of", told]
        print(f"{name}\n\n{table(figures, names)}\n\ntogether: {together(figures)}\n")


if __name__ == "__main__":
    sys.exit(main())
