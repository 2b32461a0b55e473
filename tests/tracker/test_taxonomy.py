"""The tree of sections, and how people name one."""

from __future__ import annotations

import pytest

from tracker.taxonomy import Section, Taxonomy, common_root, section_key

TAXONOMY = Taxonomy(
    [
        Section(("🔥 Building",), 2),
        Section(("🔥 Building", "Fine-tuning General LLMs"), 3),
        Section(("Applications",), 2),
        Section(("Applications", "Medical Education"), 3),
        Section(("Applications", "Others"), 3),
        Section(("Challenges",), 2),
        Section(("Challenges", "Others"), 3),
        Section(("Challenges", "Ethics / Law"), 3),
    ]
)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("Medical Education", ("Applications", "Medical Education")),
        ("medical education", ("Applications", "Medical Education")),
        ("building", ("🔥 Building",)),
        ("Applications › Others", ("Applications", "Others")),
        ("challenges > others", ("Challenges", "Others")),
        ("Challenges/Others", ("Challenges", "Others")),
        ("Ethics / Law", ("Challenges", "Ethics / Law")),
    ],
)
def test_find_understands_what_people_write(text: str, path: tuple[str, ...]) -> None:
    found = TAXONOMY.find(text)
    assert found is not None
    assert found.path == path


@pytest.mark.parametrize("text", ["Others", "Nothing like it", "", " › "])
def test_find_does_not_guess(text: str) -> None:
    assert TAXONOMY.find(text) is None


def test_suggest_offers_what_resembles() -> None:
    assert TAXONOMY.suggest("Medical Educaton")[0].name == "Medical Education"


def test_children_and_leaves() -> None:
    assert [s.name for s in TAXONOMY.children(("Applications",))] == ["Medical Education", "Others"]
    assert TAXONOMY.is_leaf(("Applications", "Others"))
    assert not TAXONOMY.is_leaf(("Applications",))


def test_section_key_ignores_emoji_case_and_punctuation() -> None:
    assert section_key("🗂️ Down-stream  Tasks:") == section_key("down stream tasks")
    assert section_key("医学 大模型") == "医学 大模型"


@pytest.mark.parametrize(
    ("paths", "root"),
    [
        ([("A list", "B"), ("A list", "C", "D")], ("A list",)),
        ([("A", "B"), ("C", "B")], ()),
        ([("A", "B")], ("A",)),
        ([("A",), ("A", "B")], ()),
        ([], ()),
    ],
)
def test_common_root_is_what_all_paths_begin_with(
    paths: list[tuple[str, ...]], root: tuple[str, ...]
) -> None:
    assert common_root(paths) == root
