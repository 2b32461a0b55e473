"""Whether what reviewers decide makes later proposals better, on replayed history.

    python -m benchmarks.learning --lists DIR --papers DIR [--budget 15] [--weeks 4] [--json]

A year is walked as in benchmarks.replay, twice, trained anew every few weeks. With decisions, a
reviewer accepts what the maintainers added later and rejects all else: what was accepted is on
the list from then on, what was rejected is a counterexample. `without`, nobody ever answers: the
list grows only as it did. Told is the second half of the year, for the first fills the memory:
the share of its papers that were found, and of its proposals that were right. With `--ablation`,
`accepted only` and `rejected only` learn from one kind of decision. Lists to which fewer than 30
papers were added in the year tell too little.

A maintainer adds few of the papers that would fit, so a rejection here often means no more than
that nobody added the paper.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Collection, Sequence
from datetime import timedelta
from pathlib import Path

import numpy as np

from benchmarks.corpus import Corpus, CountedFeatures
from benchmarks.data import read_lists, read_papers, some_of
from benchmarks.replay import Year, background, days_of, year_of
from benchmarks.sections import averages, table
from classifiers.relevance import RelevanceClassifier

LEARNS = {"with": frozenset({"accepted", "rejected"}), "without": frozenset[str]()}
PARTS = {f"{kind} only": frozenset({kind}) for kind in ("accepted", "rejected")}
_FEW = 30


def walk(
    year: Year, corpus: Corpus, days: np.ndarray, *, most: int, every: int, learns: Collection[str]
) -> list[list[int]]:
    """The proposals of every week; nothing of a later day is used, other than the decisions."""
    proposals: list[list[int]] = []
    model = RelevanceClassifier()
    for number, rows in enumerate(year.weeks):
        decided = [row for week in proposals for row in week]
        accepted = {r for r in decided if r in year.right} if "accepted" in learns else set()
        rejected = {r for r in decided if r not in year.right} if "rejected" in learns else set()
        monday = year.start + timedelta(days=7 * number)
        listed = sorted({*year.listed(monday), *accepted})
        if number % every == 0:
            known = np.setdiff1d(background(days, monday, listed), sorted(rejected))
            model = RelevanceClassifier(features=CountedFeatures(corpus))
            given = (listed, known, sorted(rejected.difference(listed)))
            model.fit(*([corpus.papers[i] for i in part] for part in given))
        fresh = np.setdiff1d(rows, listed)
        scores = model.score([corpus.papers[i] for i in fresh])
        proposals.append([int(fresh[i]) for i in np.argsort(-scores, kind="stable")[:most]])
    return proposals


def measure(year: Year, proposals: Sequence[Sequence[int]]) -> dict[str, float]:
    """Recall and precision in the second half of the year."""
    half = len(year.weeks) // 2
    right = {int(row) for rows in year.weeks[half:] for row in rows} & year.right
    proposed = [row for week in proposals[half:] for row in week]
    hits = sum(row in right for row in proposed)
    return {
        "found": round(hits / max(1, len(right)), 4),
        "right": round(hits / max(1, len(proposed)), 4),
        "papers": float(len(right)),
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Walk the year of every list that has one and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--lists", type=Path, required=True)
    parser.add_argument("--papers", type=Path, required=True)
    parser.add_argument("--year", type=int, default=2024)
    parser.add_argument("--budget", type=int, default=15, help="proposals a week")
    parser.add_argument("--weeks", type=int, default=4, help="trained anew after so many weeks")
    parser.add_argument("--share", type=float, default=1.0, help="of the unlisted papers")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--ablation", action="store_true", help="also one kind of decision each")
    options = parser.parse_args(argv)
    methods = LEARNS | (PARTS if options.ablation else {})
    lists = read_lists(options.lists)
    corpus = Corpus(some_of(read_papers(options.papers), lists, options.share), lists)
    days = days_of(corpus)
    figures: dict[str, dict[str, dict[str, float]]] = {}
    for reading_list in lists:
        year = year_of(reading_list, corpus, days, options.year)
        if year is None or len(year.right) < _FEW:
            continue
        print(f"{year.name}: {len(year.right)} added in {options.year}", file=sys.stderr)
        figures[year.name] = {
            name: measure(
                year,
                walk(year, corpus, days, most=options.budget, every=options.weeks, learns=learns),
            )
            for name, learns in methods.items()
        }
    if options.json:
        print(json.dumps({"overall": averages(figures), "lists": figures}, indent=1))
    else:
        print(table(figures, ["found", "right", "papers"]))
    return 0 if figures else 1


if __name__ == "__main__":
    sys.exit(main())
