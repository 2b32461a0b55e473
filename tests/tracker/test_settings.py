"""tracker.toml: good files give settings, bad ones give one sentence with a remedy."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tracker.errors import InputError
from tracker.index_address import file_of
from tracker.settings import Settings, load_settings, parse_settings


def parse(text: str, environ: dict[str, str] | None = None) -> Settings:
    return parse_settings(tomllib.loads(text), Path("tracker.toml"), environ or {})


def test_ten_lines_are_enough() -> None:
    settings = parse('[list]\nrepository = "owner/name"\n[sources.arxiv]\ncategories = ["cs.CL"]\n')
    assert settings.list.files == ("README.md",)
    assert settings.target == "github"
    assert settings.propose.limit == 15
    assert settings.sources.arxiv is not None
    assert settings.sources.arxiv.overlap_days == 3
    assert settings.sources.semantic_scholar is None


def test_a_local_path_means_the_local_target() -> None:
    assert parse('[list]\npath = "."\n').target == "local"


def test_without_repository_and_path_the_folder_of_the_file_is_the_list() -> None:
    assert parse("[list]\n").list.path == "."


def test_github_environment_fills_what_is_not_set() -> None:
    environ = {"GITHUB_REPOSITORY": "a/b", "GITHUB_API_URL": "https://ghe.example/api/v3"}
    settings = parse("[list]\n", environ)
    assert settings.list.repository == "a/b"
    assert settings.github.url == "https://ghe.example/api/v3"
    assert parse('[list]\nrepository = "c/d"\n', environ).list.repository == "c/d"


def test_the_local_target_is_not_moved_to_github_by_the_environment() -> None:
    settings = parse('[list]\n[propose]\ntarget = "local"\n', {"GITHUB_REPOSITORY": "a/b"})
    assert (settings.target, settings.list.path) == ("local", ".")


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    (tmp_path / "tracker.toml").write_text('[list]\npath = "."\n', encoding="utf-8")
    settings = load_settings(tmp_path / "tracker.toml", {})
    assert settings.index_url == f"sqlite:///{tmp_path.resolve()}/papers.sqlite"


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("sqlite:///papers.sqlite", "sqlite:///{}/papers.sqlite"),
        ("sqlite+pysqlite:///in/papers.sqlite", "sqlite+pysqlite:///{}/in/papers.sqlite"),
        ("sqlite:///papers.sqlite?timeout=5", "sqlite:///{}/papers.sqlite?timeout=5"),
        ("sqlite:////elsewhere/papers.sqlite", "sqlite:////elsewhere/papers.sqlite"),
        ("sqlite:///:memory:", "sqlite:///:memory:"),
        ("sqlite+pysqlite://", "sqlite+pysqlite://"),
        ("postgresql+psycopg://me:x@host/papers", "postgresql+psycopg://me:x@host/papers"),
    ],
)
def test_an_index_in_a_file_lies_beside_the_settings(tmp_path: Path, url: str, wanted: str) -> None:
    data = {"list": {"path": "."}, "index": {"url": url}}
    settings = parse_settings(data, tmp_path / "tracker.toml", {})
    assert settings.index_url == wanted.format(tmp_path.resolve())
    database = make_url(settings.index_url).database
    file = file_of(settings.index_url)
    assert file == (Path(database) if database and "sqlite:////" in wanted.format("/x") else None)


@pytest.mark.parametrize("name", ["proposals", "bot/2024.1/papers_new", "a/Übersicht"])
def test_a_branch_that_git_takes_is_taken(name: str) -> None:
    assert parse(f'[list]\n[propose]\nbranch = "{name}"\n').propose.branch == name


def test_every_form_of_an_arxiv_category_is_taken() -> None:
    names = ["cs.CL", "hep-th", "physics.med-ph", "math.AG", "q-bio.QM", "astro-ph", "astro-ph.GA"]
    names += ["cond-mat.mes-hall", "stat.ML", "physics.optics", "gr-qc", "quant-ph"]
    arxiv = parse(f"[list]\n[sources.arxiv]\ncategories = {names}\n").sources.arxiv
    assert arxiv is not None
    assert arxiv.categories == tuple(names)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["'list'", "missing", "repository"]),
        ("[list]\nfils = []\n", ["'list.fils'", "did you mean 'files'"]),
        ("[lst]\n[list]\n", ["'lst'", "did you mean 'list'"]),
        ('[list]\nrepository = "x"\n', ["'list.repository'", "'x'", "owner/name"]),
        ('[list]\nrepository = "a/b"\npath = "."\n', ["list.repository", "list.path", "remove"]),
        ('[list]\nfiles = ["../x.md"]\n', ["'list.files'", "../x.md", "inside the repository"]),
        ('[list]\nfiles = ["a.md", "./a.md"]\n', ["'list.files'", "'./a.md'", "'a.md' again"]),
        ('[list]\nfiles = ["a.md", "a.md/"]\n', ["'list.files'", "take out 'a.md/'"]),
        ('[list]\n[propose]\ntarget = "gh"\n', ["'propose.target'", "'gh'", "'github' or 'local'"]),
        ("[list]\n[propose]\nlimit = 0\n", ["'propose.limit'", "0", "number from 1 to 100"]),
        (
            '[list]\n[propose]\nlimit = "15"\n',
            ["'propose.limit'", "'15'", "to 100, without quotes"],
        ),
        ("[list]\n[propose]\nlimit = 2.0\n", ["'propose.limit'", "2.0", "a whole number from 1"]),
        ('[list]\n[propose]\nupdates = "yes"\n', ["'propose.updates'", "'yes'", "true or false"]),
        ("[list]\n[propose]\ndashboard = 1\n", ["'propose.dashboard'", "1", "true or false"]),
        ("[list]\n[propose]\nmin_relevance = true\n", ["'propose.min_relevance'", "from 0 to 1"]),
        ("[list]\n[propose]\nmin_relevance = 5\n", ["'propose.min_relevance'", "from 0 to 1"]),
        ("[list]\n[propose]\nmin_relevance = nan\n", ["'propose.min_relevance'", "from 0 to 1"]),
        ("[list]\n[propose]\nprecision = 1\n", ["'propose.precision'", "above 0 and below 1"]),
        ("[list]\n[links]\ntimeout = inf\n", ["'links.timeout'", "above 0 and up to 300"]),
        ("[list]\n[links]\nrecheck_days = -inf\n", ["'links.recheck_days'", "from 0 to 3650"]),
        ("[list]\n[index]\nkeep_months = -1\n", ["'index.keep_months'", "of at least 0"]),
        ('[list]\n[sections.limit]\nlimit = "2"\n', ["'sections.limit.limit'", "from 1 to 100"]),
        ("[list]\n[sections.limit]\nlimt = 2\n", ["'sections.limit.limt'", "'limit'"]),
        ("[list]\nbranch = 3\n", ["'list.branch'", "3", "text in quotes"]),
        ("[list]\nfiles = [3]\n", ["'list.files.0'", "3", "text in quotes"]),
        ('[list]\nfiles = "x.md"\n', ["'list.files'", "'x.md'", "a list"]),
        ("[list]\nfiles = []\n", ["'list.files'", "a list with at least one item"]),
        (
            "[list]\n[propose]\nprecision = 0.8\nmin_confidence = 0.4\n",
            ["propose.precision", "propose.min_confidence", "exclude each other", "remove one"],
        ),
        ("[list]\n[sources.files]\npath = 'x'\n", ["'sources.files'", "[[sources.files]]"]),
        ("[list]\n[sources.feeds]\nurl = 'x'\n", ["'sources.feeds'", "[[sources.feeds]]"]),
        ("[list]\n[[propose]]\nlimit = 1\n", ["'propose'", "single brackets: [propose]"]),
        ("[list]\n[sources.arxiv]\n", ["'sources.arxiv.categories'", "missing", "cs.CL"]),
        *(
            (
                f'[list]\n[sources.arxiv]\ncategories = ["cs.AI", "{name}"]\n',
                ["'sources.arxiv.categories'", "arXiv categories such as", f"{name!r} is not"],
            )
            for name in ("x y", "csCL", "cs.", ".CL", "cs.CLX", "cs.C", "68T50", "cs.CL.AI", "cs-")
        ),
        ('[list]\n[index]\nurl = "papers.sqlite"\n', ["'index.url'", "sqlite:///papers.sqlite"]),
        ('[list]\n[index]\nurl = "mysql://x"\n', ["'index.url'", "'mysql://x'", "PostgreSQL"]),
        *(
            (f'[list]\n[propose]\nbranch = "{name}"\n', ["'propose.branch'", name, "branch name"])
            for name in ("bad..name", "a//b", "a/", "a/.b", "a.lock", "a.lock/b", "a.", "-a", "a b")
        ),
        ('[list]\nbranch = "x"\n[propose]\nbranch = "x"\n', ["propose.branch", "list.branch"]),
        ('[list]\n[github]\nurl = "ftp://x"\n', ["'github.url'", "'ftp://x'", "http"]),
        ("[list]\n[[sources.files]]\n", ["'sources.files.0.path'", "missing"]),
        ("list = 3\n", ["'list'", "3", "table"]),
        ('[list]\nrepository = "a/b"\n[propose]\ntarget = "local"\n', ["propose.target", "path"]),
        ('[list]\npath = "."\n[propose]\ntarget = "github"\n', ["propose.target", "repository"]),
    ],
)
def test_a_bad_file_gets_one_sentence(text: str, words: list[str]) -> None:
    with pytest.raises(InputError) as failure:
        parse(text)
    message = str(failure.value)
    assert message.startswith("tracker.toml: ")
    assert "\n" not in message
    for word in words:
        assert word in message


def test_a_missing_file_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="tracker init"):
        load_settings(tmp_path / "tracker.toml", {})


def test_a_file_that_is_not_toml_names_the_line(tmp_path: Path) -> None:
    (tmp_path / "tracker.toml").write_text("[list\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"not valid TOML.*line 1"):
        load_settings(tmp_path / "tracker.toml", {})
