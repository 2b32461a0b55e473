"""Words cut once must say what words cut anew say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from classifiers.counted import CountedFeatures, WordMemory
from classifiers.relevance import PaperFeatures, RelevanceClassifier
from tests.classifiers.papers import listed, make
from tracker.paper import Paper

_TEXTS = st.text(st.sampled_from("ab ÄßΣ1_-.é\u0301'  "), max_size=25)
_PAPERS = st.builds(lambda title, abstract: Paper(title=title, abstract=abstract), _TEXTS, _TEXTS)


def compare(learned: list[Paper], other: list[Paper]) -> None:
    plain, counted = PaperFeatures(), CountedFeatures(WordMemory())
    expected, got = plain.fit(learned), counted.fit(learned)
    terms = [str(term) for term in counted.terms_]
    order = np.argsort(terms)
    assert [terms[place] for place in order] == [str(term) for term in plain.terms_]
    np.testing.assert_allclose(got[:, order].toarray(), expected.toarray())
    np.testing.assert_allclose(
        counted.matrix(other)[:, order].toarray(), plain.matrix(other).toarray()
    )
    np.testing.assert_allclose(counted.understood(other), plain.understood(other))


def test_the_same_matrix_as_the_classifier_s_own() -> None:
    papers, _ = listed()
    compare(papers, [make((), number) for number in range(9)])


@given(st.lists(_PAPERS, min_size=1, max_size=4), st.lists(_PAPERS, min_size=1, max_size=3))
def test_any_text_is_cut_alike(learned: list[Paper], other: list[Paper]) -> None:
    # Of texts without a word the classifier's own features make a column that is never used.
    compare([*learned, Paper(title="two words")], other)


def test_what_else_was_looked_at_changes_nothing() -> None:
    papers, _ = listed()
    stream = [make((), number) for number in range(60)]
    fresh = [make((), number) for number in range(60, 80)]
    memory = WordMemory()
    CountedFeatures(memory).fit([replace(paper, title="zebra first") for paper in fresh])
    scores = [
        RelevanceClassifier(features=CountedFeatures(remembered)).fit(papers, stream).score(fresh)
        for remembered in (memory, WordMemory())
    ]
    assert scores[0].tobytes() == scores[1].tobytes()


def test_a_replay_measures_the_classifier_that_runs() -> None:
    papers, _ = listed()
    stream = [make((), number) for number in range(60)]
    fresh = [*(make((), number) for number in range(60, 80)), *papers[:3]]
    plain = RelevanceClassifier().fit(papers[3:], stream)
    counted = RelevanceClassifier(features=CountedFeatures(WordMemory())).fit(papers[3:], stream)
    np.testing.assert_allclose(counted.score(fresh), plain.score(fresh), atol=1e-6)
    assert counted.explain(papers[0]) == plain.explain(papers[0])
