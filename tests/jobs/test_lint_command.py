"""Auditing a list from the command line: what is shown, what is fixed, how it exits."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from db import papers
from db.index import Index
from jobs.cli import cli
from jobs.lint import annotation
from tracker.identifiers import Identifier
from tracker.paper import Paper
from tracker.reading_list.lint import RULES, Finding

CLEAN = """# Bread Papers

## Ovens

* [**Arxiv, 2024.03**] Steam in Small Ovens. [paper](https://arxiv.org/abs/2403.90001)
* [**Arxiv, 2024.02**] Heat in Large Ovens. [paper](https://arxiv.org/abs/2402.90002)

## Pastry

* [**Arxiv, 2024.01**] Butter and its Layers. [paper](https://arxiv.org/abs/2401.90003)
"""
SPACED = CLEAN.replace("[paper](https://arxiv.org/abs/2402", "[paper] (https://arxiv.org/abs/2402")
TWICE = (
    CLEAN
    + "* [**Arxiv, 2024.03**] Steam in Small Ovens. [paper](https://arxiv.org/abs/2403.90001)\n"
)
CONFIG = '[list]\npath = "."\n[sources.arxiv]\ncategories = ["cs.CL"]\n'


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def tracker_lint(text: str | None, *arguments: str) -> Result:
    """Run `tracker lint` on a list with this text; None leaves the list as it is."""
    if text is not None:
        Path("README.md").write_bytes(text.encode("utf-8", "surrogateescape"))
    return CliRunner().invoke(cli, ["lint", *arguments])


def test_a_clean_list_exits_with_0() -> None:
    done = tracker_lint(CLEAN, "README.md")
    assert (done.exit_code, done.output) == (0, "README.md: nothing found\n")


def test_a_finding_is_one_line_and_exit_code_1() -> None:
    done = tracker_lint(SPACED, "README.md")
    assert done.exit_code == 1
    first, *_, last = done.output.splitlines()
    assert re.fullmatch(r"README\.md:6: malformed-link: .+ \(fix: Remove the space\)", first)
    assert last == "README.md: 1 finding, 1 of them can be fixed with --fix"


def test_fix_touches_nothing_else(place: Path) -> None:
    untidy = SPACED.replace("\n", "\r\n").rstrip() + "\udcff"
    done = tracker_lint(untidy, "README.md", "--fix")
    assert done.exit_code == 0
    assert done.output.endswith("README.md: 1 finding fixed, nothing left\n")
    wanted = untidy.replace("[paper] (", "[paper](").encode("utf-8", "surrogateescape")
    assert (place / "README.md").read_bytes() == wanted
    assert [path.name for path in place.iterdir()] == ["README.md"]


def test_a_line_that_stands_twice_goes_and_every_fix_is_counted(place: Path) -> None:
    first = CLEAN.splitlines(keepends=True)[4]
    done = tracker_lint(SPACED.replace(first, first * 2), "README.md", "--fix")
    assert done.exit_code == 0
    assert done.output == "README.md: 2 findings fixed, nothing left\n"
    assert (place / "README.md").read_text(encoding="utf-8") == CLEAN


def test_what_needs_a_person_is_left_and_still_exits_with_1() -> None:
    early = SPACED.replace("2024.02", "2023.02")
    done = tracker_lint(early, "README.md", "--fix", "--json")
    document = json.loads(done.stdout)
    assert done.exit_code == 1
    assert document["fixed"] == 1
    assert [(f["line"], f["rule"], f["fixable"]) for f in document["findings"]] == [
        (6, "date-before-arxiv", False)
    ]


def test_the_day_of_the_audit_says_which_dates_have_not_come() -> None:
    done = tracker_lint(CLEAN.replace("Arxiv, 2024.02", "Arxiv, 2098.02"), "README.md")
    assert done.exit_code == 1
    assert "README.md:6: impossible-date: The date '2098.02' cannot be: it is" in done.output


PICTURED = CLEAN.replace("# Bread Papers\n", "# Bread Papers\n\n![Loaf](img/loaf.png)\n")


def test_files_are_looked_for_in_the_checkout_around_the_list(place: Path) -> None:
    assert tracker_lint(PICTURED, "README.md").exit_code == 0
    (place / ".git").mkdir()
    done = tracker_lint(None, "README.md")
    assert done.exit_code == 1
    assert done.output.startswith("README.md:3: missing-file: 'img/loaf.png' leads to a file")
    (place / "img").mkdir()
    (place / "img" / "loaf.png").write_bytes(b"x")
    assert tracker_lint(None, "README.md").exit_code == 0


def test_files_are_looked_for_in_the_folder_the_list_is_kept_in(place: Path) -> None:
    (place / "tracker.toml").write_text(CONFIG, encoding="utf-8")
    assert "README.md:3: missing-file: " in tracker_lint(PICTURED).output


def test_without_fix_nothing_is_written(place: Path) -> None:
    tracker_lint(SPACED, "README.md")
    assert (place / "README.md").read_text(encoding="utf-8") == SPACED


def test_a_paper_under_two_headings_is_a_notice_and_no_failure() -> None:
    done = tracker_lint(TWICE, "README.md")
    assert done.exit_code == 0
    assert "Notices (1)" in done.output
    assert done.output.endswith("README.md: nothing found, 1 notice\n")
    document = json.loads(tracker_lint(TWICE, "README.md", "--format", "json").stdout)
    assert document["findings"] == []
    assert [notice["rule"] for notice in document["notices"]] == ["duplicate-across-sections"]
    shown = tracker_lint(TWICE, "README.md", "--format", "github").stdout
    assert shown.startswith("::notice file=README.md,line=11,title=duplicate-across-sections::")


def test_json_is_format_json() -> None:
    one = tracker_lint(SPACED, "README.md", "--json")
    other = tracker_lint(SPACED, "README.md", "--format", "json")
    assert one.stdout == other.stdout
    assert json.loads(one.stdout)["files"] == ["README.md"]


def test_annotations_are_all_that_github_gets_on_standard_output() -> None:
    done = tracker_lint(SPACED, "README.md", "--format", "github")
    assert done.exit_code == 1
    [line] = done.stdout.splitlines()
    assert line.startswith("::warning file=README.md,line=6,title=malformed-link::A space parts")
    assert done.stderr.startswith("README.md: 1 finding")


def received(line: str) -> tuple[str, dict[str, str], str]:
    """A workflow command as the runner takes it apart."""
    assert line.startswith("::")
    head, _, data = line[2:].partition("::")
    name, _, rest = head.partition(" ")
    pairs = dict(pair.split("=", 1) for pair in rest.split(","))

    def plain(text: str) -> str:
        for escaped, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ",")):
            text = text.replace(escaped, character)
        return text.replace("%25", "%")

    return name, {key: plain(value) for key, value in pairs.items()}, plain(data)


HOSTILE = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["\n::error::x", "\r\n::stop-commands::x", "%0A::error::x", "a,line=9::b", "%"]
    ),
)


@given(HOSTILE, HOSTILE, st.sampled_from(RULES))
def test_nothing_in_a_title_or_a_name_starts_a_second_command(
    name: str, title: str, rule: str
) -> None:
    line = annotation(Finding(f"{name}.md", 7, rule, f"{title} is listed twice.", "Keep one."))
    assert "\n" not in line
    assert "\r" not in line
    command, properties, data = received(line)
    assert command in {"warning", "notice"}
    assert properties == {"file": f"{name}.md", "line": "7", "title": rule}
    assert data.endswith("is listed twice. (fix: Keep one)")


def test_a_hostile_title_in_a_list_stays_on_its_line() -> None:
    title = "::error file=x::Bread%0A::warning::y"
    again = f"* [**Arxiv, 2024.01**] {title}. [paper](https://arxiv.org/abs/2401.90003)\n"
    for form in ("text", "github"):
        done = tracker_lint(CLEAN + again, "README.md", "--format", form)
        lines = [line for line in done.stdout.splitlines() if "Bread" in line]
        assert lines
        for line in lines:
            assert line.startswith(("README.md:", "::warning file=README.md,"))


def seen(place: Path, source: str, title: str) -> None:
    paper = Paper(
        title=title, identifiers=(Identifier("arxiv", "2402.90002"),), published=date(2024, 2, 5)
    )
    with Index.open(f"sqlite:///{place / 'papers.sqlite'}") as index, index.write() as session:
        papers.merge(session, [paper], source=source, seen_at=datetime(2024, 3, 1, tzinfo=UTC))


def test_titles_are_compared_with_what_sources_report(place: Path) -> None:
    (place / "tracker.toml").write_text(CONFIG, encoding="utf-8")
    seen(place, papers.READING_LIST, "Yeast on a Long Journey Across the Sea")
    assert tracker_lint(CLEAN).exit_code == 0
    seen(place, "arxiv", "The Economics of Flour Mills in Winter")
    done = tracker_lint(None)
    assert done.exit_code == 1
    assert done.output.startswith("README.md:6: title-differs: ")
    assert "Economics of Flour Mills" in done.output


def test_no_index_is_created(place: Path) -> None:
    (place / "tracker.toml").write_text(CONFIG, encoding="utf-8")
    assert tracker_lint(CLEAN).exit_code == 0
    assert not (place / "papers.sqlite").exists()


def test_the_configuration_says_what_holds_no_entries(place: Path) -> None:
    text = TWICE.replace("## Pastry", "## Thanks")
    skipping = CONFIG.replace('path = "."', 'path = "."\nskip_sections = ["Thanks"]')
    (place / "tracker.toml").write_text(skipping, encoding="utf-8")
    assert tracker_lint(text, "README.md").output == "README.md: nothing found\n"


@pytest.mark.parametrize(
    ("config", "arguments", "words"),
    [
        (None, ["nowhere.md"], "nowhere.md: cannot be read: No such file"),
        (None, ["."], "cannot be read: Is a directory"),
        (None, [], "tracker.toml: no such file"),
        (None, ["README.md", "--config", "other.toml"], "other.toml: no such file"),
        (None, ["prose.md"], "prose.md: no entry was found"),
        ('[list]\nrepository = "a/b"\n', [], "tracker lint README.md"),
        ('[list]\nfiles = ["docs"]\n', [], "docs: a folder, not a file; correct list.path or"),
        ('[list]\nfiles = ["x.md"]\n', [], "x.md: no such file; correct list.path or list.files"),
        (None, ["README.md", "--json", "--format", "github"], "exclude each other"),
        (None, ["README.md", "--format", "xml"], "is not one of"),
    ],
)
def test_bad_input_is_exit_code_2(
    place: Path, config: str | None, arguments: list[str], words: str
) -> None:
    (place / "prose.md").write_text("Only words.\n", encoding="utf-8")
    (place / "docs").mkdir()
    if config:
        (place / "tracker.toml").write_text(config, encoding="utf-8")
    done = tracker_lint(CLEAN, *arguments)
    error = done.exception
    assert error is not None
    assert getattr(error, "exit_code", done.exit_code) == 2
    assert words in f"{done.output}{error}"
