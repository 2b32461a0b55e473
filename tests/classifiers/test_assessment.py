from __future__ import annotations

import pytest

from classifiers.assessment import RelevanceAssessment, assess, assess_relevance
from tests.classifiers.papers import ANTS, BEES, KELP, SECTIONS, listed, make


def test_a_clear_list_is_told_apart() -> None:
    found = assess(SECTIONS, *listed())
    assert found is not None
    assert found.papers == 36
    assert found.quality.top1 > 0.9
    assert found.coverage[0.8].coverage == 1.0
    assert sum(b.count for b in found.reliability) == 36
    sizes = {one.path: one.papers for one in found.sections}
    assert sizes[BEES] == 12
    assert sizes[KELP] == 0
    assert sum(one.predicted for one in found.sections) == 36


def test_an_empty_section_has_no_shares() -> None:
    found = assess(SECTIONS, *listed())
    assert found is not None
    [kelp] = [one for one in found.sections if one.path == KELP]
    assert kelp.recall is None
    assert kelp.precision is None


def test_a_paper_of_two_sections_is_found_in_both_wherever_it_is_filed() -> None:
    papers, labels = listed()
    both = [[ANTS, BEES] if own == [BEES] else own for own in labels]
    found = assess(SECTIONS, papers, both)
    assert found is not None
    of = {one.path: one for one in found.sections}
    right = sum(one.right for one in found.sections)
    assert right == round(found.quality.top1 * len(papers))
    # What is filed under bees is no miss of ants, and the other way about.
    assert of[BEES].papers == 12
    assert of[BEES].right < of[BEES].found == 12
    assert of[BEES].recall == 1.0
    assert of[ANTS].found > of[ANTS].right
    # In the matrix each paper counts once.
    assert found.matrix.sum() == len(papers)


def test_a_misfiled_entry_is_a_suspect() -> None:
    papers, labels = listed()
    wrong = labels.index([BEES]) + 1
    labels[wrong] = [ANTS]
    found = assess(SECTIONS, papers, labels)
    assert found is not None
    assert wrong in [suspect.row for suspect in found.suspects]
    assert found.paths[found.suspects[0].better] == BEES
    assert (ANTS, BEES, 1) in found.confused


def test_a_suspect_is_told_by_its_place_among_all_papers() -> None:
    papers, labels = listed()
    labels[5] = [ANTS if labels[5] == [BEES] else BEES]
    labels[0] = labels[1] = []
    found = assess(SECTIONS, papers, labels)
    assert found is not None
    assert found.papers == 34
    assert 5 in [suspect.row for suspect in found.suspects]


def test_nothing_listed_nothing_to_assess() -> None:
    assert assess(SECTIONS, [], []) is None
    assert assess([], [], []) is None
    assert assess(SECTIONS, [make(BEES, 1)], [[BEES]]) is None


def test_the_same_papers_give_the_same_figures() -> None:
    one, other = assess(SECTIONS, *listed()), assess(SECTIONS, *listed())
    assert one is not None
    assert other is not None
    assert one.reliability == other.reliability
    assert one.suspects == other.suspects


def test_listed_papers_rank_before_others() -> None:
    papers, _ = listed()
    stream = [make((), number) for number in range(200)]
    found = assess_relevance(papers, stream)
    assert found is not None
    assert found.stream == 200
    # All of them can be first: what else is listed does not stand before a paper.
    assert sorted(found.positions)[:30] == [1] * 30
    assert found.recall_at(1) >= 30 / len(papers)
    assert found.average_precision > 0.9


def test_a_listed_paper_like_no_other_ranks_last() -> None:
    papers, _ = listed()
    stream = [make((), number) for number in range(200)]
    found = assess_relevance([*papers, make((), 999)], stream)
    assert found is not None
    assert found.positions[-1] == max(found.positions)
    assert found.positions[-1] > 100


def test_papers_count_alone_in_a_share_and_together_in_average_precision() -> None:
    found = RelevanceAssessment(stream=10, positions=(4, 1, 3), chances=(0.1, 0.9, 0.2))
    assert found.average_precision == pytest.approx((1 / 1 + 2 / 4 + 3 / 6) / 3)
    assert found.recall_at(3) == pytest.approx(2 / 3)


def test_no_stream_no_ranking() -> None:
    assert assess_relevance(listed()[0], []) is None
    assert assess_relevance([make(BEES, 1)], [make((), 1)]) is None
