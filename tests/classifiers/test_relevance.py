from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from classifiers.relevance import RelevanceClassifier
from tests.classifiers.papers import ANTS, BEES, TIDES, listed, make, stream
from tracker.paper import Paper

POSITIVES = listed()[0]
BELONG = [make(topic, number) for topic in (BEES, ANTS, TIDES) for number in range(100, 110)]


@pytest.fixture(scope="module")
def trained() -> RelevanceClassifier:
    return RelevanceClassifier().fit(POSITIVES, stream(300))


def test_what_belongs_is_told_from_what_does_not(trained: RelevanceClassifier) -> None:
    other = [make((), number) for number in range(1000, 1100)]
    assert trained.score(BELONG).min() > 0.5
    assert trained.score(other).max() < 0.5


def test_a_paper_that_belongs_is_found_in_the_stream_it_was_trained_with() -> None:
    mixed = [*stream(300), *BELONG]
    scores = RelevanceClassifier().fit(POSITIVES, mixed).score(mixed)
    assert scores[300:].min() > scores[:300].max()
    assert scores[300:].min() > 10 * scores[:300].max()


def test_without_a_stream_the_list_alone_must_do() -> None:
    scores = RelevanceClassifier().fit(POSITIVES, []).score([*BELONG, *stream(50)])
    assert np.mean(scores[: len(BELONG)] > 0.5) > 0.6
    assert scores[len(BELONG) :].max() < scores[: len(BELONG)].min()


def test_an_empty_list_knows_of_nothing_that_belongs() -> None:
    assert RelevanceClassifier().fit([], stream(20)).score(BELONG).tolist() == [0.0] * len(BELONG)


def test_what_reviewers_rejected_counts() -> None:
    rejected = [make(TIDES, number) for number in range(300, 330)]
    before = RelevanceClassifier().fit(POSITIVES, stream(300)).score(BELONG[-10:])
    after = RelevanceClassifier().fit(POSITIVES, stream(300), rejected).score(BELONG[-10:])
    assert after.mean() < before.mean()


def test_scores_are_probabilities_and_repeatable(trained: RelevanceClassifier) -> None:
    papers = [*BELONG, *stream(20)]
    again = RelevanceClassifier().fit(POSITIVES, stream(300)).score(papers)
    scores = trained.score(papers)
    assert scores.tolist() == again.tolist()
    assert ((scores >= 0) & (scores <= 1)).all()
    assert trained.score([]).shape == (0,)


@pytest.mark.parametrize("title", ["", "蜜蜂如何找到回家的路", "Über allen Gipfeln"])
def test_what_is_not_understood_does_not_belong(trained: RelevanceClassifier, title: str) -> None:
    assert trained.score([Paper(title=title)])[0] < 0.5


def test_the_terms_that_speak_for_a_paper_are_its_own(trained: RelevanceClassifier) -> None:
    paper = make(BEES, 100)
    terms = trained.explain(paper)
    assert terms
    assert all(term in f"{paper.title} {paper.abstract}" for term in terms)


def test_a_list_known_by_titles_is_held_against_titles() -> None:
    """Listed journal papers have no abstract and no category; the stream has both."""
    bare = [Paper(title=paper.title) for paper in POSITIVES]
    rich = [replace(p, categories=("cs.XX",)) for p in [*stream(300), *BELONG]]
    scores = RelevanceClassifier().fit(bare, rich).score(rich)
    assert scores[300:].min() > scores[:300].max()
    assert np.mean(scores[300:] > 0.5) > 0.6
    assert np.mean(scores[:300] > 0.5) < 0.05


def test_a_list_known_by_halves_does_not_hold_long_texts_against_papers() -> None:
    half = [Paper(title=p.title) if n % 2 else p for n, p in enumerate(POSITIVES)]
    rich = [*stream(300), *BELONG]
    scores = RelevanceClassifier().fit(half, rich).score(rich)
    assert scores[300:].min() > scores[:300].max()
    assert np.mean(scores[300:] > 0.5) > 0.8


def test_the_likest_are_told_apart_and_none_is_certain(trained: RelevanceClassifier) -> None:
    likest = trained.score([*BELONG, *POSITIVES])
    assert len(set(likest.tolist())) == len({p.title for p in (*BELONG, *POSITIVES)})
    assert 0.5 < likest.max() < 0.9997
