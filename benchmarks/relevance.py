"""How near the top the relevance classifier puts what the maintainers added later.

    python -m benchmarks.relevance --lists DIR --papers DIR [--since D] [--until D] [--json]

For each list: train on its papers as of a date T, rank every known paper of the twelve months
after T; right are those the maintainers added after T. T is the first day on which the list held
50 identified papers and 15 of the following year's papers were still to be added. Every method
gets the same 8,000 papers of the year before as background. `ours_with_stream` is also given,
unlabelled, what it is to rank, as the bot is when it works off a backlog.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, diags
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from benchmarks.data import ReadingList, read_lists, read_papers, some_of
from benchmarks.sections import averages, table
from classifiers.evaluation import average_precision, recall_at
from classifiers.relevance import RelevanceClassifier
from tracker.paper import Paper

_BACKGROUND = 8000
_SEED = 0


class Corpus:
    """All papers, their words counted once: what every method's vectoriser would count itself.

    Pairs and words of fewer than three papers of the whole corpus are not kept. `month` is 0
    for papers of months of which hardly anything but listed papers is known: to find those
    would be no feat.
    """

    def __init__(self, papers: Sequence[Paper], lists: Sequence[ReadingList]) -> None:
        self.papers = list(papers)
        self.row = {paper.identifier("arxiv"): row for row, paper in enumerate(papers)}
        texts = (f"{paper.title}. {paper.abstract}" for paper in papers)
        counter = CountVectorizer(ngram_range=(1, 2), min_df=3, dtype=np.float32)
        self.counts: csr_matrix = counter.fit_transform(texts)
        self.terms = counter.get_feature_names_out()
        self.single = np.array([i for i, term in enumerate(self.terms) if " " not in term])
        months = np.array([_month(paper.published) for paper in papers])
        listed = {entry.arxiv_id for each in lists for entry in each.entries}
        other = np.array([paper.identifier("arxiv") not in listed for paper in papers])
        known = np.bincount(months[other])
        streamed = np.flatnonzero(known >= known.max() / 10)
        self.month = np.where(np.isin(months, streamed), months, 0)


def _month(day: date | None) -> int:
    return day.year * 12 + day.month if day else 0


class Weighting:
    """TF-IDF as scikit-learn's, from counts; `most` keeps the most frequent terms."""

    def __init__(self, counts: csr_matrix, max_df: float = 1.0, most: int | None = None) -> None:
        size = counts.shape[0]
        spread = np.bincount(counts.indices, minlength=counts.shape[1])
        self.kept = np.flatnonzero((spread > 0) & (spread <= max_df * size))
        if most is not None and len(self.kept) > most:
            total = np.asarray(counts.sum(axis=0)).ravel()[self.kept]
            self.kept = np.sort(self.kept[np.argsort(-total, kind="stable")[:most]])
        self.idf = diags(np.log((1 + size) / (1 + spread[self.kept])) + 1)

    def matrix(self, counts: csr_matrix, sublinear: bool = True) -> csr_matrix:
        """Rows of unit length."""
        chosen = counts[:, self.kept]
        if sublinear:
            chosen.data = np.log(chosen.data) + 1
        return normalize(chosen @ self.idf)


class CountedFeatures:
    """The classifier's own features, made from the corpus's counts."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus

    def _rows(self, papers: Sequence[Paper]) -> np.ndarray:
        return np.array([self._corpus.row[paper.identifier("arxiv")] for paper in papers])

    def fit(self, papers: Sequence[Paper]) -> csr_matrix:
        """As classifiers.relevance.PaperFeatures."""
        rows = self._rows(papers)
        self._words = Weighting(self._corpus.counts[rows])
        self.terms_ = self._corpus.terms[self._words.kept]
        return self.matrix(papers)

    def matrix(self, papers: Sequence[Paper]) -> csr_matrix:
        """As classifiers.relevance.PaperFeatures."""
        rows = self._rows(papers)
        return self._words.matrix(self._corpus.counts[rows])

    def understood(self, papers: Sequence[Paper]) -> np.ndarray:
        """As classifiers.relevance.PaperFeatures, of the words the corpus kept."""
        single = self._corpus.single
        rows = self._corpus.counts[self._rows(papers)]
        present = np.zeros((rows.shape[1], 2), dtype=np.float32)
        present[single, 0] = 1
        present[np.intersect1d(self._words.kept, single), 1] = 1
        rows.data[:] = 1
        found = rows @ present
        return found[:, 1] / np.maximum(1, found[:, 0])


@dataclass(frozen=True, slots=True)
class Task:
    """Rows of the corpus: the list at T, the year before, the year after, and what was added."""

    name: str
    since: date
    listed: np.ndarray
    background: np.ndarray
    stream: np.ndarray
    added: np.ndarray


def task_of(
    reading_list: ReadingList, corpus: Corpus, since: date | None, until: date | None
) -> Task | None:
    """What one list is measured on; None when it never qualifies."""
    first: dict[int, date] = {}
    for entry in reading_list.entries:
        if entry.arxiv_id in corpus.row:
            first.setdefault(corpus.row[entry.arxiv_id], entry.first_seen)
    for day in [since] if since else sorted(set(first.values())):
        listed = np.array([row for row, seen in first.items() if seen <= day], dtype=int)
        month = _month(day)
        last = _month(until) if until else month + 12
        stream = np.flatnonzero((corpus.month > month) & (corpus.month <= last))
        stream = np.setdiff1d(stream, listed)
        later = [row for row, seen in first.items() if seen > day]
        added = np.isin(stream, later)
        if len(listed) >= 50 and added.sum() >= 15:
            before = np.flatnonzero((corpus.month > month - 12) & (corpus.month <= month))
            before = np.setdiff1d(before, listed)
            if len(before) > _BACKGROUND:
                rng = np.random.default_rng(_SEED)
                before = np.sort(rng.choice(before, _BACKGROUND, replace=False))
            return Task(reading_list.name, day, listed, before, stream, added)
    return None


def baselines(task: Task, corpus: Corpus) -> dict[str, np.ndarray]:
    """What four known recipes make of the stream."""
    rows = np.concatenate([task.listed, task.background])
    listed = np.arange(len(rows)) < len(task.listed)
    train, stream = corpus.counts[rows], corpus.counts[task.stream]
    plain, frequent = Weighting(train), Weighting(train, most=20000)
    common = Weighting(train, max_df=0.95)
    elas = np.where(listed, 1.0, listed.sum() / (9.8 * max(1, (~listed).sum())))
    matrix = plain.matrix(train)
    center = np.asarray(matrix[listed].mean(axis=0)).ravel()
    ready = plain.matrix(stream)
    return {
        "elas_u4": _svm(common, train, listed, stream, C=0.11, weights=elas / elas.mean()),
        "svm": _fit(matrix, listed, 0.5).decision_function(ready),
        "sanity": _svm(frequent, train, listed, stream, C=0.01),
        "centroid": np.asarray(ready @ center),
    }


def _svm(
    weighting: Weighting,
    train: csr_matrix,
    listed: np.ndarray,
    stream: csr_matrix,
    *,
    C: float,  # noqa: N803
    weights: np.ndarray | None = None,
) -> np.ndarray:
    model = _fit(weighting.matrix(train), listed, C, weights)
    return np.asarray(model.decision_function(weighting.matrix(stream)))


def _fit(
    matrix: csr_matrix,
    listed: np.ndarray,
    C: float,  # noqa: N803
    weights: np.ndarray | None = None,
) -> LinearSVC:
    kind = "balanced" if weights is None else None
    model = LinearSVC(C=C, class_weight=kind, random_state=_SEED)
    return model.fit(matrix, listed, sample_weight=weights)


def ours(task: Task, corpus: Corpus, known: np.ndarray, without: Sequence[str] = ()) -> np.ndarray:
    """The project's classifier, trained with the rows `known` as its stream."""
    papers = corpus.papers
    model = RelevanceClassifier(features=CountedFeatures(corpus), without=without)
    model.fit([papers[i] for i in task.listed], [papers[i] for i in known])
    return model.score([papers[i] for i in task.stream])


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
    figures: dict[str, dict[str, dict[str, float]]] = {}
    for reading_list in lists:
        task = task_of(reading_list, corpus, options.since, options.until)
        if task is None:
            continue
        about = f"{len(task.listed)} at {task.since}, {task.added.sum()} added"
        print(f"{task.name}: {about} of {len(task.stream)}", file=sys.stderr)
        scores = {"ours": ours(task, corpus, task.background)}
        if options.ablation:
            known = np.concatenate([task.background, task.stream])
            scores["ours_with_stream"] = ours(task, corpus, known)
            scores["without feedback"] = ours(task, corpus, task.background, ["feedback"])
        scores |= baselines(task, corpus)
        figures[task.name] = {name: measure(found, task.added) for name, found in scores.items()}
        gc.collect()
    if options.json:
        print(json.dumps({"overall": averages(figures), "lists": figures}, indent=1))
    else:
        print(table(figures, ["ap", "recall_100", "recall_300", "recall_1000"]))
    return 0 if figures else 1


if __name__ == "__main__":
    sys.exit(main())
