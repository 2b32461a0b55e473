"""Which papers are put to the reviewers: certain ones first, and no section alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jobs.choose import Choice, choose
from jobs.classify import Verdict
from tracker.paper import Paper
from tracker.pull_request.proposal import Evidence
from tracker.settings import ProposeSettings, SectionSettings
from tracker.taxonomy import Path

BREAD, CAKE, TARTS = ("Baking", "Bread"), ("Baking", "Cake"), ("Baking", "Cake", "Tarts")


def verdicts(*sections: Path, confidence: float = 0.9) -> list[Verdict]:
    """One for each section, the best first."""
    return [
        Verdict(
            number=number,
            paper=Paper(title=f"Paper {number}"),
            relevance=1 - number / 100,
            section=section,
            confidence=confidence,
            alternatives=(),
            evidence=Evidence(),
        )
        for number, section in enumerate(sections)
    ]


def pick(
    judged: Sequence[Verdict],
    limit: int = 6,
    waiting: Sequence[Path] = (),
    **sections: SectionSettings,
) -> Choice:
    paths = {"baking": BREAD[:1], "bread": BREAD, "cake": CAKE}
    return choose(
        judged,
        ProposeSettings(limit=limit),
        waiting=waiting,
        min_confidence=0.3,
        sections={paths[name]: settings for name, settings in sections.items()},
    )


def chosen(choice: Choice) -> list[int]:
    return [verdict.number for verdict in choice.chosen]


def test_the_best_come_first() -> None:
    choice = pick(verdicts(BREAD, CAKE, TARTS, BREAD, CAKE, TARTS, BREAD), limit=4)
    assert chosen(choice) == [0, 1, 2, 3]
    assert [v.number for v in choice.postponed] == [4, 5, 6]


def test_one_section_leaves_room_for_the_others() -> None:
    assert chosen(pick(verdicts(*[BREAD] * 9, CAKE, TARTS))) == [0, 1, 2, 3, 9, 10]


def test_without_others_it_takes_all() -> None:
    assert chosen(pick(verdicts(*[BREAD] * 9))) == [0, 1, 2, 3, 4, 5]


def test_what_waits_takes_its_share() -> None:
    assert chosen(pick(verdicts(BREAD, BREAD, CAKE), waiting=[BREAD] * 4)) == [0, 2]
    assert chosen(pick(verdicts(BREAD), waiting=[CAKE] * 6)) == []
    assert chosen(pick(verdicts(BREAD), waiting=[CAKE] * 9)) == []


def test_a_low_confidence_has_no_section() -> None:
    choice = pick(verdicts(BREAD, CAKE, confidence=0.2))
    assert (choice.chosen, len(choice.unplaced)) == ((), 2)


def test_a_section_can_be_left_alone() -> None:
    judged = verdicts(BREAD, CAKE, TARTS)
    choice = pick(judged, cake=SectionSettings(exclude=True))
    assert chosen(choice) == [0]
    # What lies below it is left alone, too.
    assert choice.excluded == (judged[1], judged[2])
    assert choice.unplaced == ()


def test_a_section_can_be_capped_with_all_below_it() -> None:
    judged = verdicts(TARTS, CAKE, TARTS, BREAD)
    assert chosen(pick(judged, cake=SectionSettings(limit=2))) == [0, 1, 3]
    assert chosen(pick(judged, waiting=[TARTS], cake=SectionSettings(limit=2))) == [0, 3]
    assert chosen(pick(judged, baking=SectionSettings(limit=1))) == [0]


@given(
    st.lists(st.sampled_from([BREAD, CAKE, TARTS, ("Other",)]), max_size=30),
    st.lists(st.sampled_from([BREAD, CAKE]), max_size=8),
    st.integers(1, 12),
    st.integers(1, 5),
)
def test_nobody_is_lost_and_no_limit_is_passed(
    sections: list[Path], waiting: list[Path], limit: int, most: int
) -> None:
    judged = verdicts(*sections)
    settings: dict[str, Any] = {"cake": SectionSettings(limit=most)}
    choice = pick(judged, limit, waiting, **settings)
    parts = (choice.chosen, choice.postponed, choice.unplaced, choice.excluded)
    assert sorted(v.number for part in parts for v in part) == list(range(len(judged)))
    assert len(choice.chosen) <= max(limit - len(waiting), 0)
    held = Counter([*waiting, *(v.section for v in choice.chosen)])
    before = Counter(waiting)
    assert held[CAKE] + held[TARTS] <= max(most, before[CAKE])
    assert chosen(choice) == sorted(chosen(choice))
