"""How much of relevance the words of papers can tell at all, however they are weighed.

    python -m benchmarks.ceiling --lists DIR --papers DIR [--replay] [--json]

Ranks as `benchmarks.relevance` does (with `--replay` week by week, as `benchmarks.replay`, all
trained once at the beginning of the year, its first month left out) by `ours`, by thirteen other
models of the papers' text, and by three mixtures of all of them, logistic regressions on the first
3,000 papers of `ours`:

- `mixed`: the weights learned from what was added to the other lists;
- `told_all`: one set of weights learned from the very papers that are to be found;
- `told`: weights of its own for each list, learned from four fifths of what is to be found there
  (and of what is not), for the last fifth.

The last two are told what nobody knows at the time, so no choice among these models, or of their
weights, can be counted on for more. The topics know all papers there are.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.preprocessing import normalize
from sklearn.svm import SVC
from sklearn.utils.extmath import randomized_svd

from benchmarks.corpus import Corpus, Task, Weighting, task_of
from benchmarks.data import read_lists, read_papers, some_of
from benchmarks.relevance import METHODS, fit_svm
from benchmarks.relevance import measure as ranked
from benchmarks.replay import days_of, replayed
from benchmarks.sections import averages
from classifiers.text import one_thread

_BACKGROUND = 8000
_SEED = 0
_TOP = 3000
_TOPICS = (64, 128, 300)
_RAREST, _COMMONEST = 20, 0.2
_KNOWN = ("ours", "svm", "elas_u4", "sanity", "centroid")
# Few papers are right: weights that are judged elsewhere are held nearer to none.
_HELD, _TOLD, _FREE = 0.01, 0.1, 1.0
_PARTS = 5
_BUDGETS = (5, 15, 30)
_YEAR = date(2024, 1, 1)
Figures = dict[str, float]
Measure = Callable[[Task, np.ndarray], Figures]


def topics_of(matrix: csr_matrix) -> np.ndarray:
    """Every paper, a row of the matrix, in the latent topics of all, the strongest first."""
    spread = np.bincount(matrix.indices, minlength=matrix.shape[1])
    kept = np.flatnonzero((spread >= _RAREST) & (spread <= _COMMONEST * matrix.shape[0]))
    most = min(max(_TOPICS), len(kept) - 1)
    left, values, _ = randomized_svd(matrix[:, kept], most, n_iter=3, random_state=_SEED)
    return np.asarray(left * values)


def components(
    task: Task, corpus: Corpus, matrix: csr_matrix, topics: np.ndarray
) -> dict[str, np.ndarray]:
    """What each model says of the stream; the matrix and the topics have a row for every paper."""
    said = {name: METHODS[name](task, corpus) for name in _KNOWN}
    said["ours"] = np.log(said["ours"] + 1e-12)
    rows = np.concatenate([task.listed, task.background])
    listed = np.arange(len(rows)) < len(task.listed)
    own, stream = matrix[rows], matrix[task.stream]
    said["svm_all_terms"] = fit_svm(own, listed, 0.1).decision_function(stream)
    logistic = LogisticRegression(C=10.0, class_weight="balanced", max_iter=300)
    said["logistic"] = logistic.fit(own, listed).decision_function(stream)
    near = np.sort((stream @ own[: len(task.listed)].T).toarray(), axis=1)
    for most in (1, 3, 8):
        said[f"nearest_{most}"] = near[:, -most:].mean(axis=1)
    for count in _TOPICS:
        among = normalize(topics[:, :count])
        linear = fit_svm(among[rows], listed, 0.5)
        said[f"topics_{count}"] = linear.decision_function(among[task.stream])
    curved = SVC(C=1.0, gamma=1.0, class_weight="balanced").fit(among[rows], listed)
    said[f"topics_{count}_curved"] = curved.decision_function(among[task.stream])
    return said


class Mixtures:
    """Mixtures of what models say of a list's stream; all tell the first papers of `ours` apart."""

    def __init__(self, said: dict[str, dict[str, np.ndarray]], tasks: dict[str, Task]) -> None:
        self._tasks = tasks
        self._rows = {name: np.argsort(-each["ours"])[:_TOP] for name, each in said.items()}
        self._all = {name: self._standard(name, each) for name, each in said.items()}

    def _standard(self, name: str, said: dict[str, np.ndarray]) -> np.ndarray:
        matrix = np.stack(list(said.values()), axis=1)
        top = matrix[self._rows[name]]
        return np.asarray((matrix - top.mean(axis=0)) / (top.std(axis=0) + 1e-9))

    def learned(self, names: Iterable[str], C: float) -> LogisticRegression:  # noqa: N803
        """Weights from what was added to these lists; what was added weighs the same in each."""
        matrices, answers, weights = [], [], []
        for name in names:
            rows = self._rows[name]
            added = self._tasks[name].added[rows]
            matrices.append(self._all[name][rows])
            answers.append(added)
            weights.append(np.full(len(rows), 1.0 / max(1, added.sum())))
        weight = np.concatenate(weights)
        model = LogisticRegression(C=C, max_iter=2000)
        return model.fit(
            np.concatenate(matrices), np.concatenate(answers), sample_weight=weight / weight.mean()
        )

    def told(self, name: str) -> np.ndarray:
        """The scores of a mixture of the list's own, each part's learned from the others.

        With fewer answers than parts all of them are given away: still no less than the ceiling.
        """
        rows = self._rows[name]
        matrix, added = self._all[name][rows], self._tasks[name].added[rows]
        if added.sum() < _PARTS:
            return self._placed(name, added)
        parts = StratifiedKFold(_PARTS, shuffle=True, random_state=_SEED)
        model = LogisticRegression(C=_TOLD, max_iter=2000)
        return self._placed(
            name, cross_val_predict(model, matrix, added, cv=parts, method="decision_function")
        )

    def scores(self, name: str, model: LogisticRegression) -> np.ndarray:
        """The mixture's scores."""
        return self._placed(name, model.decision_function(self._all[name][self._rows[name]]))

    def _placed(self, name: str, of_first: np.ndarray) -> np.ndarray:
        """Scores of the first papers among all; the others come after them."""
        scores = np.full(len(self._all[name]), -np.inf)
        scores[self._rows[name]] = of_first
        return scores


def whole(task: Task, scores: np.ndarray) -> Figures:
    """The figures of one ranking of all that appeared."""
    return ranked(scores, task.added)


def weekly(days: np.ndarray, task: Task, scores: np.ndarray) -> Figures:
    """The share of the added papers that is among the best of the week they appeared in."""
    weeks = (days[task.stream] - days[task.stream].min()) // 7
    found = dict.fromkeys(_BUDGETS, 0)
    for week in np.unique(weeks):
        rows = np.flatnonzero(weeks == week)
        best = rows[np.argsort(-scores[rows], kind="stable")]
        for budget in _BUDGETS:
            found[budget] += int(task.added[best[:budget]].sum())
    total = max(1, int(task.added.sum()))
    return {f"recall_{budget}": round(hits / total, 4) for budget, hits in found.items()}


def figures_of(tasks: Sequence[Task], corpus: Corpus, measure: Measure) -> dict[str, Figures]:
    """The figures of each model and mixture, averaged over the lists."""
    everything = np.arange(len(corpus.papers))
    matrix = Weighting(corpus, everything).matrix(everything)
    topics = topics_of(matrix)
    said: dict[str, dict[str, np.ndarray]] = {}
    for task in tasks:
        print(f"{task.name}: {len(task.listed)} at {task.since}", file=sys.stderr)
        said[task.name] = components(task, corpus, matrix, topics)
    by_name = {task.name: task for task in tasks}
    mixtures = Mixtures(said, by_name)
    told_all = mixtures.learned(by_name, _FREE)
    lists: dict[str, dict[str, Figures]] = {}
    for name, task in by_name.items():
        others = [other for other in by_name if other != name]
        scores = dict(said[name])
        scores["mixed"] = mixtures.scores(name, mixtures.learned(others, _HELD))
        scores["told_all"] = mixtures.scores(name, told_all)
        scores["told"] = mixtures.told(name)
        lists[name] = {model: measure(task, each) for model, each in scores.items()}
    return averages(lists)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure the ceiling and print the averages."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--lists", type=Path, required=True)
    parser.add_argument("--papers", type=Path, required=True)
    parser.add_argument("--replay", action="store_true", help="week by week through a year")
    parser.add_argument("--share", type=float, default=1.0, help="of the unlisted papers")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(argv)
    lists = read_lists(options.lists)
    corpus = Corpus(some_of(read_papers(options.papers), lists, options.share), lists)
    chosen = replayed(lists, options.lists) if options.replay else lists
    since = _YEAR if options.replay else None
    found = [task_of(each, corpus, since, None, _BACKGROUND) for each in chosen]
    tasks = [task for task in found if task is not None]
    if len(tasks) < 2:
        print("fewer than two lists have enough papers", file=sys.stderr)
        return 1
    measure = partial(weekly, days_of(corpus)) if options.replay else whole
    with one_thread():
        figures = figures_of(tasks, corpus, measure)
    if options.json:
        print(json.dumps({"overall": figures}, indent=1))
    else:
        print(_table(figures))
    return 0


def _table(figures: dict[str, Figures]) -> str:
    names = list(figures["ours"])
    lines = [f"| average | {' | '.join(names)} |", "|---|" + "---:|" * len(names)]
    for model, each in figures.items():
        lines.append(f"| {model} | {' | '.join(f'{each[name]:.3f}' for name in names)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
