"""`tracker init`: what it says of a list, and the two files it writes."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from db import papers
from db.index import Index
from jobs.cli import cli
from jobs.console import Console
from jobs.init import Request, init
from jobs.init_files import Choices, config_text
from jobs.init_look import look, look_text
from jobs.init_topics import USUAL_CATEGORIES, Categories, Terms, categories_of, terms_of
from tests.jobs import corpus
from tests.world.arxiv import ArxivWorld, Record
from tests.world.github import GitHub
from tests.world.github_model import NAME, TOKEN
from tests.world.server import Answer
from tracker.errors import InputError
from tracker.identifiers import Identifier
from tracker.paper import Paper
from tracker.settings import load_settings, parse_settings

LIST = """# Bread Papers

![a picture of a loaf](loaf.png)

## Table of Contents

- [Starters](#starters)

## News

- [2024-01-02] The list has 100 readers. [blog](https://bread.example/blog)

## Starters

* [**Arxiv, 2023.09**] Keeping Sourdough Starter. [paper](https://arxiv.org/abs/2309.11111)
* [**Arxiv, 2023.07**] Sourdough Starter in Cold Kitchens. [paper](https://arxiv.org/abs/2307.11111)
* [**Arxiv, 2023.02**] Feeding Sourdough Starter by Machine. [paper](https://arxiv.org/abs/2302.11111)
* [**Arxiv, 2022.12**] Sourdough Starter and Rye. [paper](https://arxiv.org/abs/2212.11111)

## Ovens

| Year | Title | Link |
|---|---|---|
| 2021 | Steam in Bakery Ovens | [paper](https://arxiv.org/abs/2101.11111) |
| 2022 | Stone Ovens Reviewed | [paper](https://arxiv.org/abs/2201.11111) |
| 2023 | Sourdough Starter Meets Oven | [paper](https://arxiv.org/abs/2301.11111) |

## Empty for Now

## Star History

## 📑 Citation

```
## Acknowledgement in a code block
@article{bread, title={Bread}}
```
"""


def never(path: Path) -> bool:
    """Nothing may be overwritten."""
    return False


def record(name: str, *categories: str) -> Record:
    return Record(
        id=name,
        title=f"Invented {name}",
        categories=categories,
        submitted=datetime(2023, 1, 1, tzinfo=UTC),
    )


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with the list, and the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_API_URL", raising=False)
    (tmp_path / ".git").mkdir()
    (tmp_path / "README.md").write_text(LIST, encoding="utf-8")
    return tmp_path


def invoke(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["init", "--offline", *arguments])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout


# -- what it says --------------------------------------------------------------------------------


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


# -- what it writes ------------------------------------------------------------------------------


def test_the_configuration_is_valid_and_works_here_and_in_an_action(place: Path) -> None:
    code, out = invoke("--file", "README.md")
    assert code == 0
    assert "written" in out
    here = load_settings(place / "tracker.toml", {})
    assert here.target == "local"
    assert here.list.skip_sections == ("Table of Contents", "News", "Star History", "Citation")
    there = load_settings(place / "tracker.toml", {"GITHUB_REPOSITORY": "bread/papers"})
    assert there.target == "github"
    assert there.list.repository == "bread/papers"


def test_the_suggested_query_is_valid_once_uncommented(place: Path) -> None:
    invoke()
    text = (place / "tracker.toml").read_text()
    lines = text.splitlines()
    start = lines.index("# [sources.semantic_scholar]")
    plain = [
        line.removeprefix("# ") if start <= n <= start + 2 else line for n, line in enumerate(lines)
    ]
    settings = parse_settings(tomllib.loads("\n".join(plain)), place / "tracker.toml", {})
    assert settings.sources.semantic_scholar is not None
    assert '"sourdough starter"' in settings.sources.semantic_scholar.query


def test_the_workflow_lies_at_the_top_of_the_checkout(place: Path) -> None:
    (place / "bot").mkdir()
    (place / "bot" / "list.md").write_text(LIST, encoding="utf-8")
    code, _ = invoke("--config", "bot/tracker.toml", "--file", "bot/list.md")
    assert code == 0
    workflow = (place / ".github" / "workflows" / "tracker.yml").read_text()
    assert 'config: "bot/tracker.toml"' in workflow
    assert load_settings(place / "bot" / "tracker.toml", {}).list.files == ("list.md",)


def test_the_workflow_asks_for_what_the_action_needs(place: Path) -> None:
    invoke()
    workflow = (place / ".github" / "workflows" / "tracker.yml").read_text()
    for needed in ("contents: write", "pull-requests: write", "issues: write", "workflow_dispatch:",
                   "concurrency:", "persist-credentials: false"):  # fmt: skip
        assert needed in workflow
    # What a person says is heard at once, and what anybody else does starts nothing.
    for event in ("issue_comment:\n    types: [created, edited]", "issues:\n    types: [edited]",
                  "pull_request:\n    types: [edited, closed]",
                  "pull_request_review:\n    types: [submitted, edited]",
                  "pull_request_review_comment:\n    types: [created, edited]"):  # fmt: skip
        assert event in workflow
    condition = workflow.partition("if: >-")[2].partition("runs-on:")[0]
    for guard in ("(github.event.review.body, '/tracker')",
                  "(github.event.comment.body, '/tracker')",
                  "head.ref == 'survey-tracker/proposals'", "== github.repository"):  # fmt: skip
        assert guard in condition
    # Empty in events of reviews, so it guards nothing there.
    assert "github.head_ref" not in condition
    assert condition.count("(") == condition.count(")")
    minute = int(workflow.split('cron: "')[1].split()[0])
    assert minute % 2 == 1
    assert 5 <= minute <= 55


# -- overwriting ---------------------------------------------------------------------------------


def test_nothing_is_overwritten_without_a_yes(place: Path) -> None:
    (place / "tracker.toml").write_text("# mine\n")
    code, out = invoke("--json")
    assert code == 0
    assert json.loads(out)["written"]["tracker.toml"] == "kept"
    assert (place / "tracker.toml").read_text() == "# mine\n"


def test_yes_overwrites(place: Path) -> None:
    (place / "tracker.toml").write_text("# mine\n")
    _, out = invoke("--yes", "--json")
    assert json.loads(out)["written"]["tracker.toml"] == "written"
    assert "[list]" in (place / "tracker.toml").read_text()


def test_a_second_time_changes_nothing_and_asks_nothing(place: Path) -> None:
    invoke()
    _, out = invoke("--json")
    assert set(json.loads(out)["written"].values()) == {"unchanged"}


@pytest.mark.parametrize("answer", [True, False])
def test_a_person_is_asked_for_each_file(place: Path, answer: bool) -> None:
    (place / "tracker.toml").write_text("# mine\n")
    asked: list[str] = []

    def ask(path: Path) -> bool:
        asked.append(path.name)
        return answer

    init(Request(config=Path("tracker.toml"), offline=True), Console(), ask, {})
    assert asked == ["tracker.toml"]
    assert ((place / "tracker.toml").read_text() == "# mine\n") is not answer


# -- mistakes ------------------------------------------------------------------------------------


def test_a_file_that_is_not_there_is_named(place: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.md: no such file"):
        invoke("--file", "nowhere.md")


def test_a_list_above_its_configuration_is_refused(place: Path) -> None:
    (place / "bot").mkdir()
    with pytest.raises(InputError, match="--config"):
        invoke("--config", "bot/tracker.toml", "--file", "README.md")


def test_a_file_without_entries_writes_nothing(place: Path) -> None:
    (place / "README.md").write_text("# A project\n\nJust prose.\n")
    with pytest.raises(InputError, match="no entry"):
        invoke()
    assert not (place / "tracker.toml").exists()


def test_a_wrong_repository_name_is_a_sentence(place: Path) -> None:
    with pytest.raises(InputError, match=r"list\.repository.*owner/name"):
        invoke("--repository", "https://github.com/bread/papers")


# -- categories ----------------------------------------------------------------------------------


def online(arxiv: ArxivWorld, console: Console | None = None) -> None:
    request = Request(config=Path("tracker.toml"), arxiv_url=arxiv.api)
    init(request, console or Console(interactive=False), never, {})


def test_categories_come_from_the_entries_on_arxiv(place: Path) -> None:
    names = ["2309.11111", "2307.11111", "2302.11111", "2212.11111", "2101.11111", "2201.11111"]
    with ArxivWorld(
        [record(name, "q-bio.OT", "cs.CY") for name in names[:4]]
        + [record(name, "physics.app-ph") for name in names[4:]]
    ) as arxiv:
        online(arxiv)
    settings = load_settings(place / "tracker.toml", {}).sources.arxiv
    assert settings is not None
    # Both categories of the first four hold the same papers; one of them is enough.
    assert settings.categories == ("cs.CY", "physics.app-ph")
    assert settings.url == arxiv.api
    assert "Of 6 entries whose categories are known, 6" in (place / "tracker.toml").read_text()


def test_without_arxiv_the_usual_categories_are_written_and_said_to_be(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with ArxivWorld() as arxiv:
        arxiv.fail(Answer(404), path=r"/api/query", times=9)
        online(arxiv)
    settings = load_settings(place / "tracker.toml", {}).sources.arxiv
    assert settings is not None
    assert settings.categories == USUAL_CATEGORIES
    assert "could be looked up" in (place / "tracker.toml").read_text()
    assert "categories of the entries are unknown" in capsys.readouterr().err


def test_an_index_that_is_there_saves_the_question(place: Path) -> None:
    listed = Paper(
        title="Keeping Sourdough Starter Alive",
        identifiers=(Identifier("arxiv", "2309.11111"),),
        categories=("q-bio.QM",),
    )
    other = Paper(
        title="Not on the list",
        identifiers=(Identifier("arxiv", "2309.22222"),),
        categories=("math.CO",),
    )
    with Index.open(f"sqlite:///{place}/papers.sqlite") as index, index.write() as session:
        papers.merge(session, [listed, other], source="test", seen_at=datetime.now(UTC))
    with ArxivWorld() as arxiv:
        online(arxiv)
        assert not arxiv.requests
    settings = load_settings(place / "tracker.toml", {}).sources.arxiv
    assert settings is not None
    assert settings.categories == ("q-bio.QM",)


def test_offline_asks_nobody(place: Path) -> None:
    with ArxivWorld() as arxiv:
        invoke("--arxiv-url", arxiv.api)
        assert not arxiv.requests


@given(
    st.lists(st.frozensets(st.sampled_from(["cs.CL", "cs.CV", "eess.IV", "q-bio.QM"]), min_size=1))
)
def test_categories_cover_what_they_say(sets: list[frozenset[str]]) -> None:
    found = categories_of(Paper(title="x", categories=tuple(sorted(names))) for names in sets)
    covered = sum(bool(names & set(found.names)) for names in sets)
    assert (found.covered, found.known) == ((covered, len(sets)) if sets else (0, 0))
    assert len(set(found.names)) == len(found.names) > 0


# -- terms ---------------------------------------------------------------------------------------


def test_terms_are_the_words_the_titles_share() -> None:
    titles = [f"{kind} Sourdough Starters for Rye" for kind in ("Wet", "Dry", "Old", "A New")]
    titles += ["Sourdough Starter Models: A Survey", "Rye and Spelt"]
    terms = terms_of(titles)
    assert terms.phrase == "sourdough starter"
    assert terms.words == ("rye",)
    assert terms.query == '"sourdough starter" + (rye)'


def test_a_list_with_nothing_in_common_suggests_no_query() -> None:
    assert terms_of(["One Thing", "Another Matter"]).query == ""


# -- the list of a repository --------------------------------------------------------------------


def test_a_repository_is_read_through_the_api(place: Path) -> None:
    github = GitHub({"README.md": corpus.reading_list()})
    with github:
        environ = {"GITHUB_API_URL": github.url, "GITHUB_TOKEN": TOKEN}
        request = Request(config=Path("tracker.toml"), repository=NAME, offline=True)
        init(request, Console(interactive=False), never, environ)
        assert not github.writes
    settings = load_settings(place / "tracker.toml", {})
    assert settings.list.repository == NAME
    assert settings.target == "github"
    assert settings.list.skip_sections == ("Acknowledgement",)


# -- any text ------------------------------------------------------------------------------------


@given(st.lists(st.text(), max_size=3), st.text(), st.text())
def test_names_survive_the_toml_file(skipped: Sequence[str], phrase: str, word: str) -> None:
    choices = Choices(
        files=("README.md",),
        categories=Categories(("cs.CL",)),
        terms=Terms(phrase, (word,) if word else ()),
        skip_sections=skipped,
    )
    data = tomllib.loads(config_text(choices))
    assert data["list"]["skip_sections"] == list(skipped)
