"""tracker.toml, read and validated; every problem becomes one sentence with a remedy."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from tracker.errors import InputError
from tracker.index_address import ENGINES, engine_name, file_of, with_file
from tracker.settings_sentence import sentence


class _Table(BaseModel):
    # Strict: a number or a switch in quotes is a slip, and what it would be taken for is a guess.
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        str_strip_whitespace=True,
        allow_inf_nan=False,
    )


_Item = TypeVar("_Item")
# TOML has lists, and the settings keep them as tuples; that alone is converted.
_Listed = Annotated[tuple[_Item, ...], Field(strict=False)]


def _check_http(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("an http or https address")
    return value.rstrip("/")


_CATEGORY = re.compile(r"[a-z]+(?:-[a-z]+)*(?:\.(?:[A-Z]{2}|[a-z]+(?:-[a-z]+)*))?")


def is_category(name: str) -> bool:
    """Whether a name has the form of an arXiv category: `cs.CL`, `hep-th`, `physics.med-ph`."""
    return _CATEGORY.fullmatch(name) is not None


_REPOSITORY = r"^[\w.-]+/[\w.-]+$"
_BRANCH = r"^[A-Za-z0-9][\w./-]*$"
_PATTERNS = {_REPOSITORY: "owner/name", _BRANCH: "a branch name"}


class ListSettings(_Table):
    """Which reading list, and what of it is left alone."""

    repository: str | None = Field(None, pattern=_REPOSITORY)
    path: str | None = None
    files: _Listed[str] = Field(("README.md",), min_length=1)
    branch: str | None = None
    skip_sections: _Listed[str] = ()

    @field_validator("files")
    @classmethod
    def _inside(cls, files: tuple[str, ...]) -> tuple[str, ...]:
        for name in files:
            if not name or Path(name).is_absolute() or ".." in Path(name).parts:
                raise ValueError("paths inside the repository, such as README.md")
        first: dict[Path, str] = {}
        for name in files:
            if Path(name) in first:
                raise ValueError(
                    f"each file once, so take out {name!r}, which is {first[Path(name)]!r} again"
                )
            first[Path(name)] = name
        return files


class SectionSettings(_Table):
    """Help for one section, and how its proposals are dealt with.

    `exclude` files nothing under it, `limit` bounds what waits under it. Reviewers and assignees
    are accounts; they and the labels are put on a pull request that proposes something here.
    """

    description: str = ""
    exclude: bool = False
    limit: int | None = Field(None, ge=1, le=100)
    labels: _Listed[str] = ()
    reviewers: _Listed[str] = ()
    assignees: _Listed[str] = ()


class ArxivSettings(_Table):
    """The arXiv API (https://info.arxiv.org/help/api/user-manual.html)."""

    url: str = "https://export.arxiv.org/api/query"
    categories: _Listed[str] = Field(..., min_length=1)
    overlap_days: int = Field(3, ge=0, le=60)
    first_days: int = Field(7, ge=1, le=3650)
    _url = field_validator("url")(_check_http)

    @field_validator("categories")
    @classmethod
    def _named(cls, categories: tuple[str, ...]) -> tuple[str, ...]:
        for name in categories:
            if not is_category(name):
                raise ValueError(f"arXiv categories such as cs.CL or hep-th, as {name!r} is not")
        return categories


class ArxivOaiSettings(_Table):
    """arXiv's OAI-PMH interface."""

    url: str = "https://oaipmh.arxiv.org/oai"
    sets: _Listed[str] = ()
    _url = field_validator("url")(_check_http)


class SemanticScholarSettings(_Table):
    """The Semantic Scholar API; its key is read from S2_API_KEY."""

    url: str = "https://api.semanticscholar.org"
    query: str = ""
    recommend: bool = False
    citations_of: _Listed[str] = ()
    _url = field_validator("url")(_check_http)


class FeedSettings(_Table):
    """One Atom or RSS feed."""

    name: str = Field(..., min_length=1)
    url: str
    _url = field_validator("url")(_check_http)


class FileSettings(_Table):
    """One JSONL or JSONL.gz file of papers."""

    path: str = Field(..., min_length=1)


class SourceSettings(_Table):
    """Where papers are discovered; `requests` bounds what one run sends."""

    requests: int = Field(2_000, ge=1)
    arxiv: ArxivSettings | None = None
    arxiv_oai: ArxivOaiSettings | None = None
    semantic_scholar: SemanticScholarSettings | None = None
    feeds: _Listed[FeedSettings] = ()
    files: _Listed[FileSettings] = ()


class ProposeSettings(_Table):
    """What is put to the reviewers, and where.

    `precision` files a paper by itself only where at least that share is right, as measured on
    the list; without it `min_confidence` is the bar. `updates` offers published versions,
    `dashboard` keeps the dashboard.
    """

    target: Literal["github", "local"] | None = None
    branch: str = Field("survey-tracker/proposals", pattern=_BRANCH)
    limit: int = Field(15, ge=1, le=100)
    min_relevance: float = Field(0.5, ge=0, le=1)
    min_confidence: float = Field(0.4, ge=0, le=1)
    precision: float | None = Field(None, gt=0, lt=1)
    labels: _Listed[str] = ()
    reviewers: _Listed[str] = ()
    assignees: _Listed[str] = ()
    updates: bool = True
    dashboard: bool = True

    @field_validator("branch")
    @classmethod
    def _taken_by_git(cls, name: str) -> str:
        parts = name.split("/")
        if ".." in name or any(not p or p[0] == "." or p.endswith((".lock", ".")) for p in parts):
            raise ValueError(
                "a branch name, which for git has no part that is empty or begins with a dot, "
                "and none that ends with a dot or .lock"
            )
        return name


class GithubSettings(_Table):
    """GitHub's API; GITHUB_API_URL wins over `url`, the token is read from GITHUB_TOKEN."""

    url: str = "https://api.github.com"
    _url = field_validator("url")(_check_http)


class IndexSettings(_Table):
    """Where the paper index lives; a relative SQLite path is beside the configuration.

    A paper that was of no use for `keep_months` loses its abstract; 0 keeps all.
    """

    url: str = "sqlite:///papers.sqlite"
    keep_months: int = Field(12, ge=0)

    @field_validator("url")
    @classmethod
    def _database(cls, value: str) -> str:
        if "://" not in value or engine_name(value) not in ENGINES:
            raise ValueError(
                "a database address of SQLite or PostgreSQL, such as sqlite:///papers.sqlite"
            )
        return value


class LinkSettings(_Table):
    """How `tracker links` checks the list's links.

    `ignore` holds patterns of addresses with `*` and `?`; `timeout` is in seconds; `requests`
    bounds what one run sends to the links' hosts. `archive_url` finds archived copies,
    `doi_url` resolves DOIs.
    """

    ignore: _Listed[str] = ()
    recheck_days: float = Field(30, ge=0, le=3650)
    timeout: float = Field(20, gt=0, le=300)
    requests: int | None = Field(None, ge=1)
    archive_url: str = "https://archive.org/wayback/available"
    doi_url: str = "https://doi.org"
    _urls = field_validator("archive_url", "doi_url")(_check_http)


class ScheduleSettings(_Table):
    """When the daemon runs."""

    run: str = "17 5 * * mon-fri"
    timezone: str = "UTC"


class Settings(_Table):
    """The whole of tracker.toml. `folder` is where the file lies; paths are relative to it."""

    list: ListSettings
    sections: dict[str, SectionSettings] = Field(default_factory=dict)
    sources: SourceSettings = SourceSettings()
    propose: ProposeSettings = ProposeSettings()
    github: GithubSettings = GithubSettings()
    index: IndexSettings = IndexSettings()
    schedule: ScheduleSettings = ScheduleSettings()
    links: LinkSettings = LinkSettings()
    folder: Path = Field(Path(), exclude=True)

    @model_validator(mode="after")
    def _at_odds(self) -> Self:
        if self.list.repository and self.list.path:
            raise ValueError("list.repository and list.path exclude each other; remove one")
        if self.propose.target == "github" and self.list.path:
            raise ValueError('propose.target "github" needs list.repository instead of list.path')
        if self.propose.target == "local" and self.list.repository:
            raise ValueError('propose.target "local" needs list.path instead of list.repository')
        if self.propose.precision is not None and "min_confidence" in self.propose.model_fields_set:
            raise ValueError(
                "propose.precision and propose.min_confidence exclude each other, since either "
                "says how sure a section must be; remove one"
            )
        if self.propose.branch == self.list.branch:
            raise ValueError(
                f"propose.branch and list.branch are both {self.list.branch!r}; the proposals need "
                f"a branch of their own, such as {ProposeSettings().branch}"
            )
        return self

    @property
    def target(self) -> Literal["github", "local"]:
        """Where proposals go; without a setting, a local path means the local target."""
        return self.propose.target or ("local" if self.list.path else "github")

    def resolve(self, path: str) -> Path:
        """A path from the settings, taken from the folder of the configuration."""
        return (self.folder / Path(path).expanduser()).resolve()

    @property
    def index_url(self) -> str:
        """The database address; the file of an SQLite one is absolute, whatever its driver."""
        file = file_of(self.index.url)
        return with_file(self.index.url, self.resolve(str(file))) if file else self.index.url


def load_settings(path: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read tracker.toml.

    GITHUB_REPOSITORY fills `list.repository` where neither it nor `list.path` is set, and
    GITHUB_API_URL replaces `github.url`. Raises InputError naming the file, the key, what was
    found and what is allowed.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; `tracker init` writes one") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read as UTF-8 text: {error}") from None
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not valid TOML: {error}") from None
    return parse_settings(data, path, environ)


def parse_settings(
    data: Mapping[str, Any], path: Path, environ: Mapping[str, str] = os.environ
) -> Settings:
    """Validate what tracker.toml holds; see `load_settings`."""
    data = dict(data)
    data.pop("folder", None)
    listed = data.get("list")
    if isinstance(listed, dict) and not listed.get("repository") and not listed.get("path"):
        propose = data.get("propose")
        local = isinstance(propose, dict) and propose.get("target") == "local"
        repository = "" if local else environ.get("GITHUB_REPOSITORY", "")
        data["list"] = {**listed, **({"repository": repository} if repository else {"path": "."})}
    if address := environ.get("GITHUB_API_URL"):
        github = data.get("github", {})
        data["github"] = {**github, "url": address} if isinstance(github, dict) else github
    try:
        return Settings.model_validate({**data, "folder": path.resolve().parent})
    except ValidationError as error:
        raise InputError(f"{path}: {sentence(error, Settings, _PATTERNS)}") from None
