"""What `tracker init` says of a list: its sections, their style, what their titles share."""

from __future__ import annotations

import json
from pathlib import Path

from jobs.init_look import look, look_text
from jobs.init_topics import terms_of
from tests.jobs.init.bakery import LIST, invoke
from tracker.settings import load_settings


def test_it_says_how_each_section_is_written_and_ordered() -> None:
    found = look({"README.md": LIST})
    by_name = {section.path[-1]: section for section in found.sections}
    assert by_name["Starters"].entries == 4
    assert by_name["Starters"].style == 'bullet "* [**Venue, Year.Month**] Title. [paper](…)"'
    assert by_name["Starters"].order == "newest first"
    assert by_name["Ovens"].style == "table: | Year | Title | Link |"
    assert by_name["Ovens"].order == "oldest first"
    assert [path[-1] for path in found.empty] == ["Empty for Now"]
    assert found.links == {"paper": 7}


def test_news_navigation_and_citation_are_left_alone() -> None:
    found = look({"README.md": LIST})
    assert found.skipped == ("Table of Contents", "News", "Star History", "Citation")
    assert {s.path[-1] for s in found.sections} == {"Starters", "Ovens"}


def test_a_catalogue_that_holds_the_list_is_not_skipped() -> None:
    """Some lists put every section below a heading `Catalogue` or `Contents`."""
    text = LIST.replace("## Table of Contents", "## News in Brief\n\n## Catalogue")
    text = text.replace("## Starters", "### Starters").replace("## Ovens", "### Ovens")
    found = look({"README.md": text.replace("## News\n", "")})
    assert len(found.entries) == 7
    assert "Catalogue" not in found.skipped
    assert "Citation" in found.skipped


def test_what_could_not_be_read_is_reported_with_its_line() -> None:
    broken = LIST.replace(
        "## Empty for Now", "* **Only** https://\n* [paper](https://arxiv.org/abs/2303.11111)\n"
    )
    found = look({"README.md": broken})
    for item in found.unread:
        assert broken.splitlines()[item.line - 1].strip() in item.text
        assert f"README.md:{item.line}" in look_text(found)
    assert found.unread


def test_several_files_make_one_list(place: Path) -> None:
    (place / "more.md").write_text(
        "# More\n\n" + LIST[14 : LIST.index("## Ovens")], encoding="utf-8"
    )
    code, out = invoke("--file", "README.md", "--file", "more.md", "--json")
    assert code == 0
    document = json.loads(out)
    assert document["entries"] == 11
    assert load_settings(place / "tracker.toml", {}).list.files == ("README.md", "more.md")


def test_terms_are_the_words_the_titles_share() -> None:
    titles = [f"{kind} Sourdough Starters for Rye" for kind in ("Wet", "Dry", "Old", "A New")]
    titles += ["Sourdough Starter Models: A Survey", "Rye and Spelt"]
    terms = terms_of(titles)
    assert terms.phrase == "sourdough starter"
    assert terms.words == ("rye",)
    assert terms.query == '"sourdough starter" + (rye)'


def test_a_list_with_nothing_in_common_suggests_no_query() -> None:
    assert terms_of(["One Thing", "Another Matter"]).query == ""
