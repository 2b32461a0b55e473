"""Links and pictures that lead to a file of the repository, or to none."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from tracker.reading_list import ReadingList
from tracker.reading_list.lint import lint
from tracker.reading_list.lint_files import Checkout

ENTRY = "* [Weeds and Why They Win](https://a.org/p/9)\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with some files, and a secret beside it."""
    folder = tmp_path / "repository"
    for name in ("README.md", "docs/list.md", "docs/a b.md", "img/Map (old).png", "img/Ärger.png"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("x", encoding="utf-8")
    (folder / "submodule").mkdir()
    (tmp_path / "secret.md").write_text("x", encoding="utf-8")
    (folder / "out").symlink_to(tmp_path)
    return folder


def missing(root: Path | None, text: str, file: str = "README.md") -> list[tuple[int, str]]:
    """The lines of links to files that are not there, and what to do about them."""
    checkouts = {file: Checkout(root, PurePosixPath(file))} if root else {}
    found = lint(ReadingList.parse({file: f"## Robots\n{ENTRY}{text}\n"}), checkouts=checkouts)
    return [(finding.line, finding.fix) for finding in found if finding.rule == "missing-file"]


@pytest.mark.parametrize(
    "link",
    [
        "[a](docs/none.md)",
        "[a](docs/none.md#part)",
        "[a](/list.md)",
        "[a](Docs/list.md)",
        "[a](docs/list.md/more)",
        "![a](img/none.png)",
        "![a](img/none.png 'A map')",
        "[![a](img/none.png)](https://a.org)",
        "[![a](https://a.org/a.png)](none.md)",
        "<img src='img/none.png'>",
        '<a href="none.md">a</a>',
    ],
)
def test_what_names_no_file_is_found_on_its_line(root: Path, link: str) -> None:
    assert [line for line, _ in missing(root, f"\nSee\n{link}")] == [5]


@pytest.mark.parametrize(
    "link",
    [
        "[a](docs/list.md)",
        "[a](./docs/list.md?plain=1#L3)",
        "[a](/docs/list.md)",
        "[a](docs)",
        "[a](docs/)",
        "[a](.)",
        "[a](docs/../README.md)",
        "[a](docs/a%20b.md)",
        "[a](<docs/a b.md>)",
        "![a](img/Map%20(old).png)",
        "![a](img/Map%20\\(old\\).png)",
        "![a](img/A\u0308rger.png)",
        "![a](img/%C3%84rger.png)",
    ],
)
def test_what_names_a_file_or_a_folder_is_none(root: Path, link: str) -> None:
    assert missing(root, link) == []


@pytest.mark.parametrize(
    "link",
    [
        "[a](#robots)",
        "[a](//a.org/none.md)",
        "[a](mailto:ada@a.org)",
        "[a](htps://a.org/none.md)",
        "[a]({{ site.url }}/none.md)",
        "[a](...)",
        "[a](none.md and more)",
        "[a](none.md",
        "`[a](none.md)` <!-- [a](none.md) -->",
        "[a](../secret.md)",
        "[a](../../none.md)",
        "[a](/../none.md)",
        "[a](out/none.md)",
        "[a](submodule/none.md)",
        "[a](docs\\none.md)",
        "[a](%00)",
    ],
)
def test_what_is_no_file_of_the_repository_is_not_looked_for(root: Path, link: str) -> None:
    assert missing(root, link) == []


def test_targets_are_relative_to_the_file_they_stand_in(root: Path) -> None:
    text = "[a](list.md) [b](../README.md) [c](README.md)"
    assert len(missing(root, text, "docs/list.md")) == 1


def test_what_is_meant_is_named(root: Path) -> None:
    [(_, fix)] = missing(root, "[a](docs/List.md)")
    assert fix == "Correct its name; 'docs/list.md' is there."
    [(_, fix)] = missing(root, "[a](arxiv.org/abs/2401.00001)")
    assert fix == "Write https://arxiv.org/abs/2401.00001."
    [(_, fix)] = missing(root, "[a](elsewhere.md)")
    assert fix == "Add the file, or correct or remove the link."


def test_without_a_folder_nothing_is_looked_for() -> None:
    assert missing(None, "[a](none.md)") == []
