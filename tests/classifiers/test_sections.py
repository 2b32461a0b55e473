from __future__ import annotations

from dataclasses import replace

import pytest

from classifiers.sections import SectionClassifier
from tests.classifiers.papers import ANTS, BEES, KELP, SECTIONS, TIDES, listed, make
from tracker.paper import Paper
from tracker.taxonomy import Section


@pytest.fixture(scope="module")
def trained() -> SectionClassifier:
    return SectionClassifier(SECTIONS).fit(*listed())


def test_new_papers_are_filed_where_their_like_stand(trained: SectionClassifier) -> None:
    for topic in (BEES, ANTS, TIDES):
        filings = trained.predict([make(topic, number) for number in range(100, 110)])
        assert [filing.section for filing in filings] == [topic] * 10


def test_a_filing_tells_its_evidence(trained: SectionClassifier) -> None:
    _, labels = listed()
    [filing] = trained.predict([make(BEES, 100)])
    assert 0.5 < filing.confidence <= 1
    assert len(filing.alternatives) == 3
    confidences = [filing.confidence, *(confidence for _, confidence in filing.alternatives)]
    assert confidences == sorted(confidences, reverse=True)
    assert sum(confidences) == pytest.approx(1, abs=0.01)
    assert filing.terms
    assert all(
        term in f"{make(BEES, 100).title} {make(BEES, 100).abstract}" for term in filing.terms
    )
    assert [labels[place] for place in filing.neighbours] == [[BEES]] * len(filing.neighbours)
    assert filing.parent == ("Insects",)
    assert filing.parent_confidence >= filing.confidence


def test_an_empty_section_is_found_by_its_heading(trained: SectionClassifier) -> None:
    [filing] = trained.predict([Paper(title="Kelp forests under warming")])
    assert filing.section == KELP


def test_an_empty_section_is_found_by_its_description() -> None:
    sections = [*SECTIONS[:3], Section(KELP, 2, "seaweed canopies and urchin grazing")]
    trained = SectionClassifier(sections).fit(*listed())
    [filing] = trained.predict([Paper(title="Urchin grazing shapes seaweed canopies")])
    assert filing.section == KELP


def test_a_paper_may_stand_in_several_sections() -> None:
    papers, labels = listed()
    both = [[BEES, ANTS] if label == [BEES] else label for label in labels]
    [filing] = SectionClassifier(SECTIONS).fit(papers, both).predict([make(BEES, 100)])
    assert {filing.section, filing.alternatives[0][0]} == {BEES, ANTS}


@pytest.mark.parametrize(
    "paper",
    [
        Paper(title="蜜蜂如何找到回家的路"),
        Paper(title=""),
        Paper(title="Über allen Gipfeln ist Ruh"),
    ],
)
def test_what_is_not_understood_is_not_decided(trained: SectionClassifier, paper: Paper) -> None:
    [filing] = trained.predict([paper])
    assert filing.confidence < 0.5
    assert filing.understood < 0.5


def test_what_titles_lack_does_not_make_an_abstract_strange() -> None:
    papers, labels = listed()
    model = SectionClassifier(SECTIONS).fit([Paper(title=p.title) for p in papers], labels)
    unheard = " ".join(f"furthermore{number}" for number in range(60))
    plain = [make(BEES, number) for number in range(100, 120)]
    longer = [replace(paper, abstract=f"{paper.abstract} {unheard}") for paper in plain]
    for short, long in zip(model.predict(plain), model.predict(longer), strict=True):
        assert long.confidence == pytest.approx(short.confidence, abs=0.1)


def test_the_same_data_give_the_same_filings() -> None:
    papers = [make(ANTS, number) for number in range(200, 220)]
    runs = [SectionClassifier(SECTIONS).fit(*listed()).predict(papers) for _ in range(2)]
    assert runs[0] == runs[1]


def test_a_list_without_entries_is_filed_by_headings() -> None:
    [filing] = SectionClassifier(SECTIONS).fit([], []).predict([Paper(title="Tidal power")])
    assert filing.section == TIDES
    assert filing.neighbours == ()


def test_sections_known_only_from_labels_are_learned() -> None:
    papers, labels = listed()
    [filing] = SectionClassifier([]).fit(papers, labels).predict([make(TIDES, 99)])
    assert filing.section == TIDES


def test_what_stands_before_the_first_heading_is_learned_too() -> None:
    papers, labels = listed()
    papers = [replace(paper, venue="Journal of Tides") for paper in papers]
    outside = [[() if path == TIDES else path for path in paths] for paths in labels]
    [filing] = SectionClassifier([]).fit(papers, outside).predict([make(TIDES, 99)])
    assert filing.section == ()


def test_no_papers_no_filings(trained: SectionClassifier) -> None:
    assert trained.predict([]) == []
    assert SectionClassifier([]).fit([], []).predict([make(BEES, 1)]) == []
