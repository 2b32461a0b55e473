"""Identifiers in every spelling that lists, sources and people use."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.identifiers import (
    SCHEMES,
    Identifier,
    arxiv_id,
    canonical,
    identify,
    normalise_doi,
    normalise_title,
    normalise_url,
    url_of,
)
from tracker.titles import fold


def names(text: str) -> list[str]:
    return [str(identifier) for identifier in identify(text)]


@pytest.mark.parametrize(
    "text",
    [
        "2305.08982",
        "2305.08982v3",
        "arXiv:2305.08982v3 [cs.CL]",
        "ARXIV:2305.08982",
        "oai:arXiv.org:2305.08982",
        "http://arxiv.org/abs/2305.08982",
        "https://www.arxiv.org/abs/2305.08982v12",
        "arxiv.org/abs/2305.08982",
        "https://arxiv.org/abs/2305.08982?s=08",
        "https://arxiv.org/abs/2305.08982/",
        "https://arxiv.org/pdf/2305.08982.pdf",
        "https://arxiv.org/pdf/2305.08982v2.pdf#page=3",
        "https://arxiv.org/pdf/2305.08982.pdf%5D%5D%3E",
        "https://arxiv.org/html/2305.08982v1",
        "https://arxiv.org/ps/2305.08982",
        "https://arxiv.org/ftp/arxiv/papers/2305/2305.08982.pdf",
        "https://browse.arxiv.org/abs/2305.08982",
        "https://export.arxiv.org/pdf/2305.08982",
        "https://ar5iv.labs.arxiv.org/html/2305.08982",
        "https://ar5iv.org/abs/2305.08982",
        "https://www.alphaxiv.org/overview/2305.08982v2",
        "https://huggingface.co/papers/2305.08982",
        "https://hf.co/papers/2305.08982",
        "https://doi.org/10.48550/arXiv.2305.08982",
        "https://dx.doi.org/10.48550/ARXIV.2305.08982v2",
        "10.48550/arxiv.2305.08982",
        "https://www.semanticscholar.org/arxiv/2305.08982",
        "https://api.semanticscholar.org/arXiv:2305.08982",
        "https://ui.adsabs.harvard.edu/abs/2023arXiv230508982S/abstract",
        "https://dblp.org/rec/journals/corr/abs-2305-08982",
        "https://www.emergentmind.com/papers/2305.08982",
        "https://papers.cool/arxiv/2305.08982",
        "https://scirate.com/arxiv/2305.08982",
    ],
)
def test_an_arxiv_paper_has_one_name_however_it_is_written(text: str) -> None:
    assert names(text) == ["arxiv:2305.08982"]


SPELLINGS = [
    line.rsplit(" -> ", 1)
    for line in Path(__file__).with_name("identifiers.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("text", "name"), SPELLINGS)
def test_each_site_gives_its_identifier_away(text: str, name: str) -> None:
    assert names(text)[0] == name


def test_text_with_several_identifiers_gives_them_all() -> None:
    assert names("arXiv:2305.08982v3, doi:10.1234/foo, PMID 77") == [
        "arxiv:2305.08982",
        "doi:10.1234/foo",
        "pmid:77",
    ]
    assert names("https://doi.org/10.18653/v1/2023.acl-long.5") == [
        "doi:10.18653/v1/2023.acl-long.5",
        "acl:2023.acl-long.5",
    ]


@pytest.mark.parametrize(
    "text", ["", "A Title Without Any", "GPT-4", "http://[bad", "v1.2.3", "1/2"]
)
def test_what_names_nothing_gives_nothing(text: str) -> None:
    assert names(text) == []


@pytest.mark.parametrize(
    "identifier",
    [
        Identifier("url", "https://a.example/" + "x1" * 600),
        Identifier("doi", "10.1000/" + "x1" * 600),
    ],
)
def test_what_no_list_can_hold_names_nothing(identifier: Identifier) -> None:
    assert identify(identifier.value) == ()
    assert canonical(identifier) == ()


def test_a_long_address_may_hold_a_name() -> None:
    address = "https://a.example/?from=" + "x1" * 600 + "&to=https://arxiv.org/abs/2401.00001"
    assert names(address) == ["arxiv:2401.00001"]


@pytest.mark.parametrize(
    "text", ["2313.00001", "2305.0898", "1412.12345", "12305.08982", "2305.089823"]
)
def test_a_number_arxiv_never_gives_out_is_none(text: str) -> None:
    assert arxiv_id(text) is None


def test_the_version_is_kept_apart() -> None:
    assert arxiv_id("https://arxiv.org/abs/2305.08982v12") == ("2305.08982", 12)
    assert arxiv_id("2305.08982") == ("2305.08982", None)


@given(st.text())
def test_no_text_is_too_strange(text: str) -> None:
    for start in ("", "https://", "https://arxiv.org/", "10.1234/", "https://doi.org/"):
        for identifier in identify(start + text):
            assert identifier.scheme in SCHEMES
            assert identifier.value
    normalise_url(text)
    normalise_title(text)


ARXIV = st.builds(
    "{:02d}{:02d}.{:05d}".format, st.integers(15, 79), st.integers(1, 12), st.integers(0, 99999)
).map(lambda value: Identifier("arxiv", value))
DOI = st.from_regex(
    r"10\.\d{4,5}/[a-z0-9]{1,9}([.-][0-9]{2,6}|\(\d\d\)[a-z]\d){0,3}", fullmatch=True
).map(lambda value: Identifier("doi", normalise_doi(value) or ""))
ACL = st.from_regex(r"20\d\d\.[a-z]{2,8}-[a-z]{2,6}\.[1-9]\d{0,2}", fullmatch=True).map(
    lambda value: Identifier("acl", value)
)
PMID = st.integers(1, 10**8).map(lambda value: Identifier("pmid", str(value)))
PMCID = st.integers(1, 10**8).map(lambda value: Identifier("pmcid", f"PMC{value}"))
S2 = st.from_regex(r"[0-9a-f]{40}", fullmatch=True).map(lambda value: Identifier("s2", value))
CORPUS = st.integers(1, 10**9).map(lambda value: Identifier("corpus", str(value)))
ANY = st.one_of(ARXIV, DOI, ACL, PMID, PMCID, S2, CORPUS)


@given(ANY)
def test_the_address_of_an_identifier_leads_back_to_it(identifier: Identifier) -> None:
    assert identify(url_of(identifier))[0] == identifier


@given(ANY)
def test_a_normal_form_is_its_own(identifier: Identifier) -> None:
    assert canonical(identifier)[0] == identifier


@given(DOI, st.sampled_from(["https://doi.org/{}", "doi:{}", "DOI {}.", "<{}>", "({})", "{};"]))
def test_a_doi_survives_what_surrounds_it(identifier: Identifier, around: str) -> None:
    assert identifier in identify(around.format(identifier.value.upper()))


@given(DOI)
def test_a_doi_survives_percent_encoding(identifier: Identifier) -> None:
    assert identify("https://doi.org/" + quote(identifier.value, safe=""))[0] == identifier


@given(
    st.text(),
    st.sampled_from(["https://example.org/{}", "http://www.example.org/{}/?utm_medium=x"]),
)
def test_a_normal_address_is_normal_already(text: str, form: str) -> None:
    normal = normalise_url(form.format(quote(text)))
    assert normalise_url(normal) == normal


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("$\\beta$-VAE: a \\textit{Great} Model", "β-VAE – A great model."),
        ("R&amp;D of <i>in vivo</i> H<sub>2</sub>O", "R and D of In Vivo H2O"),
        ("{\\'E}tude of Erd\\H{o}s and S{\\o}rensen", "Étude of Erdős and Sørensen"),
        ("Pre-training   matters", "PRE-TRAINING MATTERS!"),
    ],
)
def test_titles_that_differ_in_spelling_only_are_equal(one: str, other: str) -> None:
    compact = [normalise_title(title).replace(" ", "") for title in (one, other)]
    assert compact[0] == compact[1]


def test_a_sign_of_less_is_no_markup() -> None:
    assert normalise_title("On $a<b$ and c>d") == "on a b and c d"


def test_names_are_folded() -> None:
    assert fold("Łukasz Ørsted-Groß") == "lukasz orsted-gross"
