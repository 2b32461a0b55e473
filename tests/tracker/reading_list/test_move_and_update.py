"""Moving an entry to another section, and changing what it states, in place."""

from __future__ import annotations

import pytest

from tracker.errors import InputError
from tracker.reading_list import Entry, PartialDate, ReadingList

TEXT = """\
# Papers on tea

## Green
* [**Arxiv, 2024.3**] **Leafy**: Leaves and Language. [paper](https://arxiv.org/abs/2403.00001)
* [**Arxiv, 2023.9**] **Sencha**: Steaming Young Leaves at Scale. [paper](https://arxiv.org/abs/2309.00002) [code](https://github.com/invented/sencha) :fire: loved by all

## Black
* [**ACL, 2024.2**] **Assamble**: Ensembles from Assam. [paper](https://arxiv.org/abs/2402.00003)
* [**Arxiv, 2023.6**] **Smoky**: Lapsang for Long Documents. [paper](https://arxiv.org/abs/2306.00006)
* [**Arxiv, 2023.1**] **Darj**: Altitude Helps. [paper](https://arxiv.org/abs/2301.00004)

## Tables
| Title | Venue | Date |
|---|---|---|
| [Oolong Contexts](https://arxiv.org/abs/2405.00005) | arXiv | 2024-05 |

## Empty
"""
LINES = TEXT.splitlines(keepends=True)


def tea() -> ReadingList:
    return ReadingList.parse({"README.md": TEXT})


def entry(title: str) -> Entry:
    return next(each for each in tea().entries if each.title == title)


def test_a_moved_entry_keeps_its_text_and_takes_its_place_in_the_order() -> None:
    changed, addition = tea().move(
        entry("Steaming Young Leaves at Scale"), ("Papers on tea", "Black")
    )
    expected = [*LINES[:4], *LINES[5:8], LINES[4], *LINES[8:]]
    assert changed.files["README.md"] == "".join(expected)
    assert addition.line == 8
    assert addition.text == LINES[4].rstrip()


def test_there_and_back_is_where_it_was() -> None:
    moved, _ = tea().move(entry("Steaming Young Leaves at Scale"), ("Papers on tea", "Black"))
    there = next(each for each in moved.entries if each.title == "Steaming Young Leaves at Scale")
    back, _ = moved.move(there, ("Papers on tea", "Green"))
    assert back.files["README.md"] == TEXT


def test_in_a_section_of_another_kind_it_is_written_as_entries_are_there() -> None:
    changed, addition = tea().move(entry("Altitude Helps"), ("Papers on tea", "Tables"))
    assert addition.text.startswith("| [")
    assert addition.text.count("|") == 4
    assert "https://arxiv.org/abs/2301.00004" in addition.text
    assert len(changed.entries) == len(tea().entries)


def test_an_empty_section_gets_what_is_moved_there() -> None:
    changed, addition = tea().move(entry("Leaves and Language"), ("Papers on tea", "Empty"))
    assert changed.files["README.md"].endswith("## Empty\n" + addition.text + "\n")


def test_there_must_be_such_a_section() -> None:
    with pytest.raises(InputError, match="no such section"):
        tea().move(entry("Altitude Helps"), ("Papers on tea", "Coffee"))


def test_a_preprint_that_has_appeared_gets_its_venue_and_year() -> None:
    changed = tea().update(entry("Altitude Helps"), venue="EMNLP", published=PartialDate(2023))
    line = LINES[9].replace("Arxiv, 2023.1", "EMNLP, 2023")
    assert changed.files["README.md"] == "".join([*LINES[:9], line, *LINES[10:]])


def test_a_date_is_written_as_it_was() -> None:
    changed = tea().update(entry("Oolong Contexts"), published=PartialDate(2024, 6))
    assert changed.files["README.md"] == TEXT.replace("2024-05 |", "2024-06 |")


def test_a_link_is_replaced_and_the_others_stay() -> None:
    address = "https://aclanthology.org/2024.acl-long.1/"
    changed = tea().update(entry("Steaming Young Leaves at Scale"), link=address)
    expected = TEXT.replace("https://arxiv.org/abs/2309.00002", address)
    assert changed.files["README.md"] == expected


def test_a_title_is_escaped_for_where_it_stands() -> None:
    changed = tea().update(entry("Oolong Contexts"), title="Oolong | Contexts")
    assert "| [Oolong \\| Contexts](" in changed.files["README.md"]
    assert [e.title for e in changed.entries][-1] == "Oolong | Contexts"


def test_what_an_entry_does_not_state_has_no_place() -> None:
    bare = ReadingList.parse(
        {"README.md": "## A\n- [Chai and Chatter](https://arxiv.org/abs/2401.1)\n"}
    )
    with pytest.raises(InputError, match=r"line 2.*no venue"):
        bare.update(bare.entries[0], venue="ACL")
