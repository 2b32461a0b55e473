"""How often the section classifier files a paper where the maintainers did.

    python -m benchmarks.sections --lists DIR --papers DIR [--title-only] [--later SHARE]
                                  [--ablation] [--json]

For each list with at least 60 identified papers and five sections of two or more: five folds
over papers, the fixed seed below (`--seed` for others). With `--later` no folds: that share of
the papers, the first that were added, to learn from, and those added after to judge, as far as
their sections were there. Sections of a single paper are left out, for in five folds they are
never learned and tested at once. Any of a paper's sections counts as right.

Of confidences: `ece`, ten bins (`ece_over_papers`: its mean over papers instead of lists);
`ece_chance`, what confidences that tell the exact truth would
show on so many papers; `log_loss` and `auc` of "the first section is right". `coverage_80` is
the share that can be filed with 80 % right, the threshold chosen on the same decisions;
`filed_80` the share really filed above the thresholds that the classifier chose on each fold's
training papers, and `right_80` how many of those were right.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import KFold
from sklearn.svm import LinearSVC

from benchmarks.data import LabelledList, labelled, read_lists, read_papers
from classifiers.evaluation import calibration_error, coverage_at, quality
from classifiers.sections import SectionClassifier

_SEED = 0
Fold = tuple[np.ndarray, np.ndarray]
PRECISIONS = (0.8, 0.9)
_DRAWS = 200
_LEAST_LEARNED, _LEAST_TESTED = 40, 15


@dataclass(frozen=True, slots=True)
class Judged:
    """The scores of a fold's test papers, and from which confidence each precision is met."""

    scores: np.ndarray
    thresholds: tuple[float | None, ...] = (None,) * len(PRECISIONS)


Method = Callable[[LabelledList, np.ndarray, np.ndarray, np.ndarray], Judged]

_PARTS = ["names", "parents", "rules", "balance", "telling", "title pieces", "pieces"]


def ours(*without: str) -> Method:
    """The project's classifier, or what is left of it."""

    def score(data: LabelledList, truth: np.ndarray, train: np.ndarray, test: np.ndarray) -> Judged:
        model = SectionClassifier(data.sections, without=without)
        model.fit([data.papers[i] for i in train], [data.labels[i] for i in train])
        return Judged(
            model.probabilities([data.papers[i] for i in test]),
            tuple(model.threshold(precision) for precision in PRECISIONS),
        )

    return score


def linear_svm(C: float, balanced: bool, **vectorizer: object) -> Method:  # noqa: N803
    """TF-IDF over words and pairs with a linear SVM; a paper is given once a section."""

    def score(data: LabelledList, truth: np.ndarray, train: np.ndarray, test: np.ndarray) -> Judged:
        rows, columns = np.nonzero(truth[train])
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, **vectorizer)
        texts = [f"{paper.title}. {paper.abstract}" for paper in data.papers]
        matrix = words.fit_transform([texts[train[i]] for i in rows])
        weight = "balanced" if balanced else None
        model = LinearSVC(C=C, class_weight=weight, random_state=_SEED).fit(matrix, columns)
        scores = np.full((len(test), truth.shape[1]), -np.inf)
        scores[:, model.classes_] = model.decision_function(
            words.transform([texts[i] for i in test])
        )
        return Judged(scores)

    return score


def majority(data: LabelledList, truth: np.ndarray, train: np.ndarray, test: np.ndarray) -> Judged:
    """Always the sections with the most papers."""
    return Judged(np.tile(truth[train].sum(axis=0, dtype=float), (len(test), 1)))


METHODS: dict[str, Method] = {
    "ours": ours(),
    "svm": linear_svm(0.5, balanced=True),
    # arxiv-sanity-lite's compute.py and serve.py.
    "sanity": linear_svm(0.01, balanced=True, max_features=20000),
    "majority": majority,
}


def qualifying(lists: Sequence[LabelledList]) -> list[LabelledList]:
    """The lists large enough, without sections of one paper."""
    found = []
    for data in lists:
        sizes = Counter(path for paths in data.labels for path in paths)
        kept = tuple(section for section in data.sections if sizes[section.path] >= 2)
        if len(data.papers) < 60 or len(kept) < 5:
            continue
        labels = [tuple(path for path in paths if sizes[path] >= 2) for paths in data.labels]
        places = [place for place, paths in enumerate(labels) if paths]
        found.append(
            LabelledList(
                data.name,
                tuple(data.papers[place] for place in places),
                tuple(labels[place] for place in places),
                kept,
                tuple(data.since[place] for place in places),
            )
        )
    return found


def folds(data: LabelledList, seed: int = _SEED) -> list[Fold]:
    """Every paper tested once, in five parts."""
    return list(KFold(5, shuffle=True, random_state=seed).split(data.papers))


def later(data: LabelledList, share: float) -> tuple[LabelledList, list[Fold]] | None:
    """The list's first papers to learn from, and those added after under sections there were.

    What came in one import is not torn apart. None where too few are on either side.
    """
    order = sorted(range(len(data.papers)), key=lambda place: data.since[place])
    days = [data.since[place] for place in order]
    first = int(share * len(order))
    while 0 < first < len(order) and days[first] == days[first - 1]:
        first += 1
    there = {path for place in order[:first] for path in data.labels[place]}
    kept = order[:first] + [p for p in order[first:] if there.intersection(data.labels[p])]
    if first < _LEAST_LEARNED or len(kept) - first < _LEAST_TESTED:
        return None
    rest = LabelledList(
        data.name,
        tuple(data.papers[place] for place in kept),
        tuple(tuple(path for path in data.labels[place] if path in there) for place in kept),
        tuple(section for section in data.sections if section.path in there),
        tuple(data.since[place] for place in kept),
    )
    return rest, [(np.arange(first), np.arange(first, len(kept)))]


def measure(data: LabelledList, method: Method, splits: Sequence[Fold]) -> dict[str, float]:
    """The figures of one method on the tested papers of one list."""
    paths = [section.path for section in data.sections]
    truth = np.array([[path in places for path in paths] for places in data.labels])
    scores = np.zeros(truth.shape)
    bars = np.full((len(PRECISIONS), len(truth)), np.inf)
    for train, test in splits:
        judged = method(data, truth, train, test)
        scores[test] = judged.scores
        for row, threshold in enumerate(judged.thresholds):
            bars[row, test] = np.inf if threshold is None else threshold
    tested = np.sort(np.concatenate([test for _, test in splits]))
    scores, truth, bars = scores[tested], truth[tested], bars[:, tested]
    found = quality(scores, truth)
    figures = {"top1": found.top1, "top3": found.top3, "macro_f1": found.macro_f1}
    if scores.min() >= 0 and scores.max() <= 1:
        right = truth[np.arange(len(truth)), scores.argmax(axis=1)]
        figures |= of_confidence(scores.max(axis=1), right, bars)
    return {name: round(value, 4) for name, value in figures.items()}


def of_confidence(confidences: np.ndarray, right: np.ndarray, bars: np.ndarray) -> dict[str, float]:
    """The figures of confidences in filings that were right or not; NaN where nothing is filed."""
    rng = np.random.default_rng(_SEED)
    chance = [
        calibration_error(confidences, rng.random(len(confidences)) < confidences)
        for _ in range(_DRAWS)
    ]
    figures = {
        "ece": calibration_error(confidences, right),
        "ece_chance": float(np.mean(chance)),
        "log_loss": float(log_loss(right, confidences, labels=[False, True])),
        "auc": float(roc_auc_score(right, confidences)),
    }
    for precision, bar in zip(PRECISIONS, bars, strict=True):
        filed, percent = confidences >= bar, f"{precision:.0%}".rstrip("%")
        figures[f"coverage_{percent}"] = coverage_at(confidences, right, precision).coverage
        figures[f"filed_{percent}"] = float(filed.mean())
        figures[f"right_{percent}"] = float(right[filed].mean()) if filed.any() else float("nan")
    return figures


def averages(lists: dict[str, dict[str, dict[str, float]]]) -> dict[str, dict[str, float]]:
    """The mean of every figure of every method over the lists."""
    methods = next(iter(lists.values()), {})
    return {
        method: {
            name: round(float(np.nanmean([each[method][name] for each in lists.values()])), 4)
            for name in methods[method]
        }
        for method in methods
    }


def over_papers(
    lists: dict[str, dict[str, dict[str, float]]], counts: dict[str, int], name: str
) -> dict[str, float]:
    """The mean of one figure of every method that has it, where a list counts by its papers."""
    papers = sum(counts[each] for each in lists)
    return {
        method: round(sum(lists[n][method][name] * counts[n] for n in lists) / papers, 4)
        for method, figures in next(iter(lists.values()), {}).items()
        if name in figures
    }


def table(lists: dict[str, dict[str, dict[str, float]]], names: Sequence[str]) -> str:
    """The figures as Markdown, a row a list and method."""
    lines = [f"| list | method | {' | '.join(names)} |", "|---|---|" + "---:|" * len(names)]
    for title, methods in {**lists, "**average**": averages(lists)}.items():
        for method, figures in methods.items():
            cells = [f"{figures[name]:.3f}" if name in figures else "" for name in names]
            lines.append(f"| {title} | {method} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _without_nan(value: object) -> object:
    """JSON knows no NaN: nothing was filed, so no share of it was right."""
    if isinstance(value, dict):
        return {name: _without_nan(each) for name, each in value.items()}
    return None if value != value else value  # noqa: PLR0124 - only NaN is not itself


def main(argv: Sequence[str] | None = None) -> int:
    """Measure every list and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--lists", type=Path, required=True)
    parser.add_argument("--papers", type=Path, required=True)
    parser.add_argument("--title-only", action="store_true", help="withhold the abstracts")
    parser.add_argument("--ablation", action="store_true", help="also leave out one part at a time")
    parser.add_argument("--seed", type=int, default=_SEED, help="of the folds")
    parser.add_argument(
        "--later", type=float, metavar="SHARE", help="no folds: learn from the first papers added"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    lists = read_lists(options.lists)
    wanted = {entry.arxiv_id for each in lists for entry in each.entries}
    papers = {key: paper for key, paper in read_papers(options.papers).items() if key in wanted}
    if options.title_only:
        papers = {key: replace(paper, abstract="") for key, paper in papers.items()}
    methods = dict(METHODS)
    if options.ablation:
        methods |= {f"without {part}": ours(part) for part in _PARTS}
    figures: dict[str, dict[str, dict[str, float]]] = {}
    counts: dict[str, int] = {}
    for data in qualifying([labelled(each, papers) for each in lists]):
        given = later(data, options.later) if options.later else (data, folds(data, options.seed))
        if given is None:
            continue
        chosen, splits = given
        print(f"{chosen.name}: {len(chosen.papers)} papers", file=sys.stderr)
        counts[chosen.name] = sum(len(test) for _, test in splits)
        figures[chosen.name] = {name: measure(chosen, m, splits) for name, m in methods.items()}
    overall = averages(figures)
    for name, error in over_papers(figures, counts, "ece").items():
        overall[name]["ece_over_papers"] = error
    if options.json:
        print(json.dumps(_without_nan({"overall": overall, "lists": figures}), indent=1))
    elif figures:
        print(table(figures, list(next(iter(figures.values()))["ours"])))
        print(f"\nECE as a mean over papers, not lists: {overall['ours']['ece_over_papers']:.3f}")
    return 0 if figures else 1


if __name__ == "__main__":
    sys.exit(main())
