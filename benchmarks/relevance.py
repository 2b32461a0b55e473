"""How near the top the relevance classifier puts what the maintainers added later.

    python -m benchmarks.relevance --lists DIR --papers DIR [--since D] [--until D] [--json]

For each list: train on its papers as of a date T, rank every known paper of the twelve months
after T; right are those the maintainers added after T. T is the first day on which the list held
50 identified papers and 15 of the following year's papers were still to be added. The baselines
get 8,000 papers of the year before as background; ours chooses its own from all of that year, and
so that more data alone is not taken for a better method, `svm_year` learns from all of them.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from benchmarks.corpus import Corpus, CountedFeatures, Task, Weighting, task_of
from benchmarks.data import read_lists, read_papers, some_of
from benchmarks.sections import averages, table
from classifiers.evaluation import average_precision, recall_at
from classifiers.relevance import RelevanceClassifier

_BACKGROUND = 8000
_SEED = 0
PARTS = ("topics", "likest", "titles", "traits")
Method = Callable[[Task, Corpus], np.ndarray]


def centroid(task: Task, corpus: Corpus) -> np.ndarray:
    """Nearness to the middle of the list."""
    weighting = Weighting(corpus, np.concatenate([task.listed, task.background]))
    center = np.asarray(weighting.matrix(task.listed).mean(axis=0)).ravel()
    return np.asarray(weighting.matrix(task.stream) @ center)


def svm(
    task: Task,
    corpus: Corpus,
    *,
    C: float,  # noqa: N803
    max_df: float = 1.0,
    most: int | None = None,
    ratio: float | None = None,
    whole_year: bool = False,
) -> np.ndarray:
    """TF-IDF with a linear SVM, squared hinge; balanced if no `ratio` weighs the background."""
    rows = np.concatenate([task.listed, task.before if whole_year else task.background])
    listed = np.arange(len(rows)) < len(task.listed)
    weighting = Weighting(corpus, rows, max_df, most)
    weights = None
    if ratio is not None:
        weights = np.where(listed, 1.0, listed.sum() / (ratio * max(1, (~listed).sum())))
        weights /= weights.mean()
    model = fit_svm(weighting.matrix(rows), listed, C, weights)
    return np.asarray(model.decision_function(weighting.matrix(task.stream)))


def fit_svm(
    matrix: csr_matrix,
    listed: np.ndarray,
    C: float,  # noqa: N803
    weights: np.ndarray | None = None,
) -> LinearSVC:
    """scikit-learn's linear SVM; both kinds weigh the same if no weights are given."""
    kind = "balanced" if weights is None else None
    model = LinearSVC(C=C, class_weight=kind, random_state=_SEED)
    return model.fit(matrix, listed, sample_weight=weights)


def ours(task: Task, corpus: Corpus, without: Sequence[str] = ()) -> np.ndarray:
    """The project's classifier, or what is left of it."""
    papers = corpus.papers
    model = RelevanceClassifier(features=CountedFeatures(corpus), without=without)
    model.fit([papers[i] for i in task.listed], [papers[i] for i in task.before])
    return model.score([papers[i] for i in task.stream])


METHODS: dict[str, Method] = {
    "ours": ours,
    # ASReview's ELAS u4.
    "elas_u4": partial(svm, C=0.11, max_df=0.95, ratio=9.8),
    "svm": partial(svm, C=0.5),
    "svm_year": partial(svm, C=0.5, whole_year=True),
    # arxiv-sanity-lite's compute.py and serve.py.
    "sanity": partial(svm, C=0.01, most=20000),
    "centroid": centroid,
}


def measure(scores: np.ndarray, added: np.ndarray) -> dict[str, float]:
    """The figures of one ranking."""
    figures = {"ap": average_precision(scores, added)}
    figures |= {f"recall_{most}": recall_at(scores, added, most) for most in (100, 300, 1000)}
    return {name: round(value, 4) for name, value in figures.items()}


def main(argv: Sequence[str] | None = None) -> int:
    """Measure every list and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--lists", type=Path, required=True)
    parser.add_argument("--papers", type=Path, required=True)
    parser.add_argument("--since", type=date.fromisoformat, help="train on the lists of that day")
    parser.add_argument("--until", type=date.fromisoformat, help="rank the papers to that month")
    parser.add_argument("--ablation", action="store_true", help="also leave out one part at a time")
    parser.add_argument("--share", type=float, default=1.0, help="of the unlisted papers")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    lists = read_lists(options.lists)
    corpus = Corpus(some_of(read_papers(options.papers), lists, options.share), lists)
    methods = dict(METHODS)
    if options.ablation:
        methods |= {f"without {part}": partial(ours, without=[part]) for part in PARTS}
    figures: dict[str, dict[str, dict[str, float]]] = {}
    for reading_list in lists:
        task = task_of(reading_list, corpus, options.since, options.until, _BACKGROUND)
        if task is None:
            continue
        about = f"{len(task.listed)} at {task.since}, {task.added.sum()} added"
        print(f"{task.name}: {about} of {len(task.stream)}", file=sys.stderr)
        figures[task.name] = {
            name: measure(method(task, corpus), task.added) for name, method in methods.items()
        }
    if options.json:
        print(json.dumps({"overall": averages(figures), "lists": figures}, indent=1))
    else:
        print(table(figures, ["ap", "recall_100", "recall_300", "recall_1000"]))
    return 0 if figures else 1


if __name__ == "__main__":
    sys.exit(main())
