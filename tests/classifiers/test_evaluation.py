from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers import evaluation

TRUTH = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 1]], dtype=bool)
SCORES = np.array([[0.6, 0.2, 0.1, 0.1], [0.5, 0.1, 0.2, 0.2], [0.1, 0.1, 0.3, 0.5]])


def test_any_of_a_papers_sections_counts() -> None:
    found = evaluation.quality(SCORES, TRUTH)
    assert found.top1 == pytest.approx(2 / 3)
    assert found.top3 == pytest.approx(2 / 3)
    # Section 0: one of two right; section 1 never found; section 3 right.
    assert found.macro_f1 == pytest.approx((2 / 3 + 0 + 1) / 3)


def test_macro_f1_is_one_when_all_is_right() -> None:
    assert evaluation.macro_f1(np.array([0, 1, 2]), np.array([0, 1, 2])) == 1.0
    assert evaluation.macro_f1(np.array([]), np.array([])) == 0.0


def test_calibration_error_is_the_distance_of_confidence_and_accuracy() -> None:
    confidences = np.array([0.95] * 10 + [0.55] * 10)
    right = np.array([True] * 10 + [True] * 5 + [False] * 5)
    assert evaluation.calibration_error(confidences, right) == pytest.approx(0.05)
    diagram = evaluation.reliability(confidences, right)
    assert [(b.low, b.count, b.accuracy) for b in diagram] == [(0.5, 10, 0.5), (0.9, 10, 1.0)]


def test_coverage_reaches_as_far_as_the_precision_holds() -> None:
    confidences = np.arange(10, 0, -1) / 10
    right = np.array([True] * 8 + [False] * 2)
    assert evaluation.coverage_at(confidences, right, 0.9) == evaluation.Coverage(0.3, 0.8)
    assert evaluation.coverage_at(confidences, right, 0.8) == evaluation.Coverage(0.1, 1.0)
    assert evaluation.coverage_at(confidences, ~right, 0.9) == evaluation.Coverage(None, 0.0)


@given(
    st.lists(st.tuples(st.sampled_from([0.1, 0.5, 0.7, 0.9]), st.booleans()), max_size=60),
    st.sampled_from([0.5, 0.8, 0.9]),
)
def test_the_threshold_keeps_its_promise(
    decisions: list[tuple[float, bool]], precision: float
) -> None:
    confidences = np.array([confidence for confidence, _ in decisions])
    right = np.array([good for _, good in decisions], dtype=bool)
    found = evaluation.coverage_at(confidences, right, precision)
    if found.threshold is not None:
        taken = confidences >= found.threshold
        assert right[taken].mean() >= precision
        assert taken.mean() == pytest.approx(found.coverage)


def test_confusion_counts_what_was_taken_for_what() -> None:
    matrix = evaluation.confusion([0, 0, 1], [0, 1, 1], 2)
    assert matrix.tolist() == [[1, 1], [0, 1]]


def test_suspects_are_entries_another_section_claims() -> None:
    [suspect] = evaluation.suspects(SCORES, TRUTH, least=0.4)
    assert (suspect.row, suspect.better) == (1, 0)
    assert suspect.confidence == pytest.approx(0.5)
    assert suspect.current == pytest.approx(0.1)


def test_ranking_figures() -> None:
    scores, relevant = np.array([0.9, 0.8, 0.7, 0.1]), np.array([True, False, True, False])
    assert evaluation.average_precision(scores, relevant) == pytest.approx((1 + 2 / 3) / 2)
    assert evaluation.recall_at(scores, relevant, 1) == 0.5
    assert evaluation.recall_at(scores, relevant, 3) == 1.0
    assert evaluation.recall_at(scores, np.zeros(4, bool), 3) == 0.0


def test_assurance_asks_for_more_than_luck() -> None:
    confidences, right = np.linspace(1, 0.5, 20), np.ones(20, dtype=bool)
    # Seven right of seven show 0.8 with an assurance of 0.8 (0.8 to the eighth is below 0.2).
    assert evaluation.coverage_at(confidences[:7], right[:7], 0.8, assurance=0.8).coverage == 0
    assert evaluation.coverage_at(confidences[:8], right[:8], 0.8, assurance=0.8).coverage == 1
    assert evaluation.coverage_at(confidences, right, 0.8, assurance=0.8).coverage == 1
    assert evaluation.coverage_at(confidences, ~right, 0.8, assurance=0.8).threshold is None


def test_assurance_holds_where_chance_alone_decides() -> None:
    rng = np.random.default_rng(0)
    broken = 0
    for _ in range(200):
        confidences = rng.random(150)
        right = rng.random(150) < 0.5 + confidences / 2
        found = evaluation.coverage_at(confidences, right, 0.8, assurance=0.8)
        # Of all to come at or above t, (1.5 + t / 2) / 2 is right.
        broken += found.threshold is not None and 0.75 + found.threshold / 4 < 0.8
    assert broken < 0.35 * 200


def test_nothing_is_filed_alone_below_an_even_chance() -> None:
    confidences = np.array([0.9] * 30 + [0.3] * 2)
    right = np.array([True] * 30 + [False] * 2)
    assert evaluation.coverage_at(confidences, right, 0.8, assurance=0.8).threshold == 0.3
    found = evaluation.filed_alone(confidences, right, 0.8)
    assert found == evaluation.Coverage(0.5, 30 / 32)
    assert evaluation.filed_alone(confidences, ~right, 0.8) == evaluation.Coverage(None, 0.0)
