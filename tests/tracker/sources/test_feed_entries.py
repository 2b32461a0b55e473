"""The entries of a feed, one at a time: markup, names, and whatever else a field may hold."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.world.feeds import (
    rss,
)
from tracker.sources.feed_entries import arxiv_paper_of, paper_of, people, plain_text
from tracker.sources.feeds import parse_feed


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("for $a<b$ and $c>d$", "for $a<b$ and $c>d$"),
        ("p<i>A</i>q", "pAq"),
        ("a<br/>b<p class='x'>c</p>", "a b c "),
        ("1 < 2 &amp; 3 &lt; 4", "1 < 2 & 3 < 4"),
        ("x <sub>2</sub>", "x 2"),
        ("<jats:p>One</jats:p>", " One "),
        ('<a href="https://a.example/?x=1&y=2">see</a>', "see"),
    ],
)
def test_markup_goes_and_mathematics_stays(markup: str, text: str) -> None:
    assert plain_text(markup) == text


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Ada Muster, Bo Beispiel"], ("Ada Muster", "Bo Beispiel")),
        (["Muster, A., Beispiel, B. C."], ("A. Muster", "B. C. Beispiel")),
        (["Muster, A., Beispiel, B. C., "], ("A. Muster", "B. C. Beispiel")),
        (["Muster, Ada; Beispiel, Bo"], ("Ada Muster", "Bo Beispiel")),
        (["Muster, Ada"], ("Ada Muster",)),
        (["Ada Muster", "Bo Beispiel"], ("Ada Muster", "Bo Beispiel")),
        (["Muster, Ada", "Beispiel, Bo"], ("Ada Muster", "Bo Beispiel")),
        (["Ada Muster and Bo Beispiel"], ("Ada Muster", "Bo Beispiel")),
        (["Ada Muster"], ("Ada Muster",)),
        (["The Invented Group"], ("The Invented Group",)),
        (["", " "], ()),
        ([], ()),
    ],
)
def test_names_however_they_are_listed(names: list[str], expected: tuple[str, ...]) -> None:
    assert people(names) == expected


_NAME = st.from_regex(r"[A-Z][a-z]{2,8} [A-Z][a-z]{2,8}", fullmatch=True)


@given(st.lists(_NAME, min_size=2, max_size=9, unique=True))
def test_names_joined_come_apart_again(names: list[str]) -> None:
    expected = tuple(names)
    assert people([", ".join(names)], given_first=True) == expected
    assert people(names) == expected
    surnames_first = [f"{name.split()[1]}, {name.split()[0][0]}." for name in names]
    initials = [f"{name.split()[0][0]}. {name.split()[1]}" for name in names]
    assert people([", ".join(surnames_first)]) == tuple(dict.fromkeys(initials))


_FIELDS = (
    *("id", "title", "summary", "author", "published", "updated", "prism_doi"),
    *("dc_identifier", "dc_source", "link", "arxiv_announce_type", "arxiv_doi"),
)
_TEXT = st.text(max_size=60) | st.sampled_from(
    ["Mon, 99 Foo 99999", "0001-01-01", "Mon, 01 Jan 0001 00:00:00 +9999", "doi:10.1234/x", "%"]
)


@given(
    fields=st.dictionaries(st.sampled_from(_FIELDS), _TEXT),
    links=st.lists(_TEXT | st.just("https://[::1/10.1234/x"), max_size=2),
)
def test_no_entry_breaks_the_reader(fields: dict[str, str], links: list[str]) -> None:
    entry = {
        **fields,
        "links": [{"href": link} for link in links],
        "authors": [{"name": fields.get("author", "")}],
        "content": [{"value": fields.get("summary", "")}],
    }
    for paper in (paper_of(entry, [fields.get("dc_identifier", "")]), arxiv_paper_of(entry)):
        assert paper is None or (paper.title and paper.identifiers)


def _looks_encoded_twice(text: str) -> bool:
    """What feedparser takes for UTF-8 that was encoded once more, and repairs."""
    try:
        return text.encode("latin-1").decode() != text
    except UnicodeError:
        return False


def _feed_with(text: str) -> str:
    item = {"title": text, "link": "https://doi.org/10.1234/x"}
    return rss([item])


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1))
def test_a_title_comes_through_as_it_was_written(title: str) -> None:
    """Markup aside: here only what is surely a tag is taken for one."""
    assume(not _looks_encoded_twice(title))
    content = _feed_with(title).encode()
    [entry] = parse_feed(content).entries or [{}]
    expected = " ".join(plain_text(title).split())
    paper = paper_of(entry)
    assert (paper.title if paper else "") == expected
