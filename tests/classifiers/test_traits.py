from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from classifiers.relevance import RelevanceClassifier
from classifiers.traits import Traits
from tests.classifiers.papers import ANTS, BEES, TIDES, make, stream
from tracker.paper import Paper

CODE = " All of it is at https://code.invalid/hive."
TOPICS = (BEES, ANTS, TIDES)


def by(paper: Paper, authors: int, *, code: bool = False) -> Paper:
    names = tuple(f"Author {number}" for number in range(authors))
    return replace(paper, authors=names, abstract=paper.abstract + (CODE if code else ""))


def test_large_teams_and_code_stand_out() -> None:
    papers = [by(make(BEES, number), 2 + number % 2, code=number == 0) for number in range(10)]
    traits = Traits.of(papers)
    few, many = traits.matrix([by(make(BEES, 1), 2), by(make(BEES, 1), 12, code=True)])
    assert (many > few).all()


def test_hundreds_of_authors_count_as_thirty() -> None:
    traits = Traits.of([by(make(BEES, number), 2 + number) for number in range(10)])
    thirty, hundreds = traits.matrix([by(make(BEES, 1), 30), by(make(BEES, 1), 900)])
    assert thirty.tolist() == hundreds.tolist()


@pytest.mark.parametrize(
    "paper",
    [
        by(make(BEES, 1, abstract=False), 1),
        replace(by(make(BEES, 1, abstract=False), 40), title="Bees, with code on GitHub"),
        Paper(title=""),
    ],
)
def test_of_a_paper_that_only_a_list_knows_nothing_is_told(paper: Paper) -> None:
    # A list writes "Bee et al.", which is no team of one.
    traits = Traits.of([by(make(BEES, number), 2 + number) for number in range(10)])
    assert traits.matrix([paper]).tolist() == [[0.0, 0.0]]


@pytest.mark.parametrize("papers", [[], [Paper(title="Bees")], [make(BEES, 1)] * 3])
def test_traits_that_nobody_shows_say_nothing(papers: list[Paper]) -> None:
    found = Traits.of(papers).matrix([make(BEES, 2), Paper(title="")])
    assert found.shape == (2, 2)
    assert np.isfinite(found).all()
    assert Traits.of(papers).matrix([]).shape == (0, 2)


def test_of_papers_on_one_matter_those_are_first_that_are_made_like_the_listed() -> None:
    listed = [by(make(t, n), 8 + n % 5, code=True) for t in TOPICS for n in range(10)]
    others = [by(make(t, n), 1 + n % 3) for t in TOPICS for n in range(500, 520)]
    model = RelevanceClassifier().fit(listed, [*stream(300), *others])
    plain = [by(make(t, n), 2) for t in TOPICS for n in range(900, 910)]
    alike = [by(paper, 10) for paper in plain]
    assert (model.score(alike) > model.score(plain)).all()
    blind = RelevanceClassifier(without=["traits"]).fit(listed, [*stream(300), *others])
    assert (blind.score(alike) == blind.score(plain)).all()


def test_a_large_team_does_not_make_a_paper_of_another_field_belong() -> None:
    listed = [by(make(t, n), 10, code=True) for t in TOPICS for n in range(10)]
    model = RelevanceClassifier().fit(listed, [by(paper, 2) for paper in stream(300)])
    foreign = [by(make((), number), 30, code=True) for number in range(1000, 1050)]
    assert model.score(foreign).max() < 0.5
