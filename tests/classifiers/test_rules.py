from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from classifiers.sections import SectionClassifier
from classifiers.years import FIRST, LAST, spans, year_of
from tests.classifiers.papers import ANTS, BEES, listed, make
from tracker.paper import Paper
from tracker.taxonomy import Path, Section


@pytest.mark.parametrize(
    ("heading", "year"),
    [("2024", 2024), ("Year 2023", 2023), ("📅 2022 📅", 2022), ("Papers in 2021", 2021)],
)
def test_headings_that_are_years(heading: str, year: int) -> None:
    assert year_of(("Papers", heading)) == year


@pytest.mark.parametrize("heading", ["GPT-4", "2023 survey of bees", "1.2", "CVPR 2024", ""])
def test_headings_that_are_not(heading: str) -> None:
    assert year_of(("Papers", heading)) is None


def by_year(shift: int) -> tuple[list[Paper], list[list[Path]]]:
    """The bees of four years under their years, `shift` years later, and ants beside them."""
    papers, labels = listed()
    dated: list[Paper] = []
    places: list[list[Path]] = []
    for number, (paper, label) in enumerate(zip(papers, labels, strict=True)):
        year = 2020 + number % 4
        dated.append(replace(paper, published=date(year, 5, 1)))
        places.append([("Bees", str(year + shift))] if label == [BEES] else label)
    return dated, places


@pytest.mark.parametrize(
    ("heading", "span"),
    [
        ("Older", (FIRST, 2020)),
        ("Earlier papers", (FIRST, 2020)),
        ("📜 Previous Work 📜", (FIRST, 2020)),
        ("Before 2020", (FIRST, 2019)),
        ("< 2020", (FIRST, 2019)),
        ("≤2020", (FIRST, 2020)),
        ("2020 and earlier", (FIRST, 2020)),
        ("Papers before 2019", (FIRST, 2018)),
        ("2018-2020", (2018, 2020)),
        ("2018 – 2020", (2018, 2020)),
        ("2020-2018", (2018, 2020)),
        ("2018–20", (2018, 2020)),
        ("2018-now", (2018, LAST)),
        ("Papers 2018 to present", (2018, LAST)),
        ("2018-05", None),
        ("2020-19", None),
        ("2024+", (2024, LAST)),
        ("2024 and later", (2024, LAST)),
        ("Since 2024", (2024, LAST)),
        ("After 2024", (2025, LAST)),
        ("Older people", None),
        ("Earlier detection of sepsis", None),
        ("2023 survey of bees", None),
        ("Before 2020: sepsis", None),
    ],
)
def test_headings_that_take_more_than_a_year(heading: str, span: tuple[int, int] | None) -> None:
    years = [("Papers", "2021"), ("Papers", "2022")]
    assert spans([*years, ("Papers", heading)]).get(("Papers", heading)) == span
    # Without a year beside it a heading may mean anything.
    assert spans([*years, ("Bees", heading)]).get(("Bees", heading)) is None


@pytest.mark.parametrize("heading", ["2023-", "2023 –", "(2023–)"])
def test_a_dash_behind_one_of_the_years_opens_a_span(heading: str) -> None:
    paths = [("Papers", "2021"), ("Papers", "2022"), ("Papers", heading)]
    assert spans(paths)["Papers", heading] == (2023, LAST)


@pytest.mark.parametrize("form", ["– {} –", "{} -", "{}"])
def test_dashes_that_adorn_years_open_no_span(form: str) -> None:
    paths = {("Papers", form.format(year)): (year, year) for year in (2021, 2022)}
    assert spans([*paths]) == paths


@pytest.mark.parametrize("older", ["Older", "Earlier papers", "Before 2021"])
@pytest.mark.parametrize(("year", "heading"), [(2017, ""), (2021, "2021"), (2023, "2023")])
def test_what_is_older_than_the_years_is_filed_where_such_papers_go(
    older: str, year: int, heading: str
) -> None:
    papers, labels = by_year(0)
    labels = [[("Bees", older)] if path == ("Bees", "2020") else [path] for [path] in labels]
    trained = SectionClassifier([]).fit(papers, labels)
    [filing] = trained.predict([replace(make(BEES, 100), published=date(year, 1, 1))])
    assert filing.section == ("Bees", heading or older)
    assert filing.confidence > 0.5


@pytest.mark.parametrize(
    ("shift", "year", "nearest"),
    [(0, 2024, 2023), (0, 2026, 2023), (0, 2019, 2020), (1, 2025, 2024), (1, 2018, 2021)],
)
@pytest.mark.parametrize("step", [1, -1])
def test_a_year_without_a_heading_goes_to_the_nearest(
    shift: int, year: int, nearest: int, step: int
) -> None:
    sections = [Section(("Bees", str(each + shift))) for each in range(2020, 2024)][::step]
    trained = SectionClassifier(sections).fit(*by_year(shift))
    [filing] = trained.predict([replace(make(BEES, 100), published=date(year, 1, 1))])
    assert filing.section == ("Bees", str(nearest))
    assert filing.confidence < 0.8


@pytest.mark.parametrize("shift", [0, 1])
def test_the_date_decides_between_years(shift: int) -> None:
    trained = SectionClassifier([]).fit(*by_year(shift))
    paper = replace(make(BEES, 100), published=date(2022, 11, 1))
    [filing] = trained.predict([paper])
    assert filing.section == ("Bees", str(2022 + shift))
    assert filing.confidence > 0.5


def test_a_year_without_a_section_is_filed_without_confidence() -> None:
    trained = SectionClassifier([]).fit(*by_year(0))
    [filing] = trained.predict([replace(make(BEES, 100), published=date(2031, 1, 1))])
    assert filing.section[0] == "Bees"
    assert filing.confidence < 0.5
    assert filing.parent == ("Bees",)
    assert filing.parent_confidence > 0.5


def test_the_topic_still_comes_first() -> None:
    trained = SectionClassifier([]).fit(*by_year(0))
    [filing] = trained.predict([replace(make(ANTS, 100), published=date(2021, 1, 1))])
    assert filing.section == ANTS


def test_the_venue_decides_between_venues() -> None:
    papers, labels = [], []
    for number in range(16):
        venue = "Journal of Apiary" if number % 2 else "Proceedings of BuzzConf 2022"
        papers.append(replace(make(BEES, number), venue=venue))
        labels.append([("Bees", "Journal of Apiary" if number % 2 else "BuzzConf")])
    trained = SectionClassifier([Section(ANTS)]).fit(papers, labels)
    [filing] = trained.predict([replace(make(BEES, 50), venue="BuzzConf")])
    assert filing.section == ("Bees", "BuzzConf")
    assert filing.confidence > 0.8


@pytest.mark.parametrize(
    ("heading", "year"),
    [("Papers (2023)", 2023), ("Year: 2023", 2023), ("2023年", 2023), ("**2022**:", 2022)],
)
def test_years_in_other_forms(heading: str, year: int) -> None:
    assert year_of(("Papers", heading)) == year


@pytest.mark.parametrize("heading", ["≤2021", "<2020", "> 2020", "2020+", "2020 and earlier"])
def test_more_than_a_year_is_no_year(heading: str) -> None:
    assert year_of(("Papers", heading)) is None


@pytest.mark.parametrize(
    ("venue", "day", "edition"),
    [
        ("BuzzConf 2023", date(2022, 5, 1), 2023),
        ("BuzzConf", date(2023, 5, 1), 2024),
        ("Proceedings of BuzzConf 2022", None, 2022),
    ],
)
def test_a_venue_s_year_decides_between_its_editions(
    venue: str, day: date | None, edition: int
) -> None:
    papers, labels = [], []
    for number in range(24):
        year = 2022 + number % 3
        paper = make(BEES, number)
        papers.append(replace(paper, venue=f"BuzzConf {year}", published=date(year - 1, 5, 1)))
        labels.append([("Bees", f"BuzzConf {year}")])
    trained = SectionClassifier([Section(ANTS)]).fit(papers, labels)
    [filing] = trained.predict([replace(make(BEES, 50), venue=venue, published=day)])
    assert filing.section == ("Bees", f"BuzzConf {edition}")
    assert filing.confidence > 0.6


def test_a_paper_says_nothing_of_its_own_year_when_judged_as_if_not_on_the_list() -> None:
    years = range(2001, 2013)
    sections = [("Bees", str(year)) for year in years]
    # Every paper stands a different number of years away from its date.
    papers = [
        Paper(title=f"A report on bees in hive {number}", published=date(1990 - 20 * number, 5, 1))
        for number, _ in enumerate(years)
    ]
    known = SectionClassifier([Section(path) for path in sections])
    known.fit(papers, [[path] for path in sections])
    right = known.loo_.argmax(axis=1) == range(len(papers))
    assert right.mean() < 0.3


@pytest.mark.parametrize("stated", [True, False])
@pytest.mark.parametrize("third", ["Preprints", "arXiv 2024", "ICLR 2024"])
@pytest.mark.parametrize(
    "venue",
    ["", "Journal of Hives", "NeurIPS", "ICML 2024", "Neural Information Processing Systems"],
)
def test_a_venue_s_section_is_for_papers_of_that_venue_alone(
    stated: bool, third: str, venue: str
) -> None:
    papers, labels = listed()
    for number, (paper, label) in enumerate(zip(papers, labels, strict=True)):
        if label == [BEES]:
            name = ("NeurIPS 2024", "ICML 2024", third)[number % 3]
            own = name if stated and name[-1].isdigit() and "arXiv" not in name else ""
            papers[number] = replace(paper, venue=own, published=date(2024, 5, 1))
            labels[number] = [("Bees", name)]
    trained = SectionClassifier([]).fit(papers, labels)
    [filing] = trained.predict([replace(make(BEES, 100), venue=venue, published=date(2024, 6, 1))])
    named = dict.fromkeys(("NeurIPS", "Neural Information Processing Systems"), "NeurIPS 2024")
    named[""] = third if third != "ICLR 2024" else "none"
    expected = named.get(venue, venue)
    if expected in ("none", "Journal of Hives"):
        assert filing.confidence < 0.1
    else:
        assert filing.section == ("Bees", expected)
        assert filing.confidence > 0.6


@pytest.mark.parametrize("heading", ["Hives", "HIVE 2024", "Journals of Hives"])
def test_a_topic_that_a_venue_is_named_after_takes_preprints(heading: str) -> None:
    papers, labels = listed()
    for number, label in enumerate(labels):
        if label == [BEES]:
            venue = "Journal of Hives" if number % 4 == 0 else ""
            papers[number] = replace(papers[number], venue=venue)
            labels[number] = [("Bees", heading)]
    [filing] = SectionClassifier([]).fit(papers, labels).predict([make(BEES, 100)])
    assert filing.section == ("Bees", heading)
    assert filing.confidence > 0.6
