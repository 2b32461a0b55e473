from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.confidence import Familiar, Trust, told
from classifiers.sections import SectionClassifier
from tests.classifiers.papers import ANTS, BEES, SECTIONS, TIDES, listed, make
from tracker.paper import Paper
from tracker.taxonomy import Path

_ROWS = st.lists(
    st.tuples(*[st.floats(0.001, 1.0)] * 4, st.floats(0.0, 1.0)), min_size=1, max_size=8
)


@given(_ROWS)
def test_telling_a_confidence_keeps_the_order_and_shares_the_rest(
    rows: list[tuple[float, ...]],
) -> None:
    numbers = np.array(rows)
    chances = numbers[:, :4] / numbers[:, :4].sum(axis=1, keepdims=True)
    found = told(chances, numbers[:, 4])
    assert found.sum(axis=1) == pytest.approx(np.minimum(1, np.maximum(4e-6, 4 * numbers[:, 4])))
    for before, after in zip(chances, found, strict=True):
        assert (np.diff(after[np.argsort(before, kind="stable")]) >= 0).all()


def test_a_confidence_is_told_where_it_can_be() -> None:
    chances = np.array([[0.7, 0.2, 0.1], [0.7, 0.2, 0.1], [0.7, 0.2, 0.1]])
    found = told(chances, np.array([0.9, 0.4, 0.0])).max(axis=1)
    assert found == pytest.approx([0.9, 0.4, 0.0], abs=1e-5)


@pytest.mark.parametrize("sections", [1, 2])
def test_with_few_sections_what_is_not_trusted_is_not_told(sections: int) -> None:
    found = told(np.full((1, sections), 1 / sections), np.array([0.1]))
    assert found.max() == pytest.approx(0.1)


def test_what_was_too_sure_is_trusted_less() -> None:
    chances = np.tile([0.98, 0.01, 0.01], (200, 1))
    truth = np.zeros((200, 3), dtype=bool)
    truth[:150, 0] = truth[150:, 1] = True
    found = Trust.of(chances, truth).confidence(chances[:1])
    assert found == pytest.approx(0.75, abs=0.02)


def test_a_few_papers_change_little() -> None:
    chances = np.tile([0.6, 0.4], (4, 1))
    truth = np.tile([True, False], (4, 1))
    assert Trust.of(chances, truth) == Trust()
    assert Trust.of(np.tile(chances, (2, 1)), np.tile(truth, (2, 1))).confidence(chances)[0] < 0.9


def test_farther_than_any_listed_paper_is_not_familiar() -> None:
    known = Familiar.of(np.linspace(0.1, 0.2, 101))
    assert known.share(np.array([0.2, 0.15, 0.11, 0.08, 0.03])) == pytest.approx(
        [1, 1, 1, 0.541, 0], abs=0.01
    )
    assert Familiar.of(np.zeros(3)).share(np.array([-1.0])) == 1


def noisy(each: int, seed: int) -> tuple[list[Paper], list[list[Path]]]:
    """A list whose maintainers file three papers of ten anywhere."""
    chance = random.Random(seed)
    papers: list[Paper] = []
    labels: list[list[Path]] = []
    for topic in (BEES, ANTS, TIDES):
        for number in range(1000 * seed, 1000 * seed + each):
            papers.append(make(topic, number))
            labels.append([chance.choice([BEES, ANTS, TIDES]) if chance.random() < 0.3 else topic])
    return papers, labels


def test_confidence_is_as_high_as_filings_are_right() -> None:
    trained = SectionClassifier(SECTIONS[:3]).fit(*noisy(60, 1))
    papers, labels = noisy(60, 2)
    filings = trained.predict(papers)
    right = [filing.section in label for filing, label in zip(filings, labels, strict=True)]
    assert np.mean([filing.confidence for filing in filings]) == pytest.approx(
        np.mean(right), abs=0.08
    )


def test_a_new_paper_is_trusted_no_more_than_a_listed_one_left_out() -> None:
    trained = SectionClassifier(SECTIONS[:3]).fit(*noisy(40, 1))
    filings = trained.predict(noisy(40, 2)[0])
    new = np.mean([filing.confidence for filing in filings])
    assert new == pytest.approx(trained.loo_.max(axis=1).mean(), abs=0.03)


def test_papers_of_another_field_are_not_decided() -> None:
    # Half of their words are known, as most of any English abstract's are.
    trained = SectionClassifier(SECTIONS).fit(*listed(24))
    others = trained.predict([make((), number) for number in range(20)])
    assert np.mean([filing.understood for filing in others]) > 0.4
    assert max(filing.confidence for filing in others) < 0.5


def test_an_empty_text_gets_no_confidence_from_a_large_section() -> None:
    papers = [make(BEES, number) for number in range(60)] + [make(ANTS, n) for n in range(6)]
    trained = SectionClassifier(SECTIONS).fit(papers, [[BEES]] * 60 + [[ANTS]] * 6)
    for filing in trained.predict([Paper(title=""), Paper(title="蜜蜂"), Paper(title="Über")]):
        assert filing.confidence < 0.5


def test_a_title_is_compared_with_titles() -> None:
    labels = [[topic] for topic in (BEES, ANTS, TIDES) for _ in range(60)]
    papers = [make(label[0], number) for number, label in enumerate(labels)]
    title = replace(make(BEES, 900), abstract="")
    assert SectionClassifier(SECTIONS).fit(papers, labels).predict([title])[0].confidence > 0.5


def test_a_threshold_is_never_below_an_even_chance() -> None:
    threshold = SectionClassifier(SECTIONS).fit(*listed(24)).threshold(0.6)
    assert threshold is not None
    assert threshold >= 0.5
