from __future__ import annotations

import pytest

from classifiers.assessment import assess
from classifiers.sections import SectionClassifier
from tests.classifiers.papers import ANTS, BEES, SECTIONS, listed


def test_a_clear_list_is_told_apart() -> None:
    assessment = assess(SectionClassifier(SECTIONS).fit(*listed()))
    assert assessment is not None
    assert assessment.entries == 36
    assert assessment.quality.top1 > 0.9
    assert assessment.coverage[0.8].coverage == 1.0
    assert sum(b.count for b in assessment.reliability) == 36


def test_a_misfiled_entry_is_a_suspect() -> None:
    papers, labels = listed()
    wrong = labels.index([BEES]) + 1
    labels[wrong] = [ANTS]
    assessment = assess(SectionClassifier(SECTIONS).fit(papers, labels))
    assert assessment is not None
    assert wrong in [suspect.row for suspect in assessment.suspects]
    assert assessment.paths[assessment.suspects[0].better] == BEES
    assert (ANTS, BEES, 1) in assessment.confused


def test_leave_one_out_needs_no_second_training() -> None:
    """The closed form says what training without the entry says, but for the weighing of words."""
    papers, labels = listed()
    whole = SectionClassifier(SECTIONS).fit(papers, labels)
    for place in (0, 17, 30):
        rest = SectionClassifier(SECTIONS).fit(
            papers[:place] + papers[place + 1 :], labels[:place] + labels[place + 1 :]
        )
        [chances] = rest.probabilities([papers[place]])
        assert whole.loo_[place].argmax() == chances.argmax()
        assert whole.loo_[place].max() == pytest.approx(chances.max(), abs=0.2)


def test_nothing_listed_nothing_to_assess() -> None:
    assert assess(SectionClassifier(SECTIONS).fit([], [])) is None
    assert assess(SectionClassifier([]).fit([], [])) is None
