"""`tracker init`: look at a reading list, and write the configuration and the workflow for it."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobs.console import Console
from jobs.init_files import ARXIV, Choices, config_text, workflow_text
from jobs.init_look import Look, look, look_document, look_text
from jobs.init_topics import Categories, categories_of, terms_of
from tracker.counting import counted
from tracker.errors import InputError, SourceError, TargetError
from tracker.paper import Paper
from tracker.pull_request.folder import write_together
from tracker.pull_request.local_git import checkout_around
from tracker.settings import ArxivSettings, Settings, parse_settings

_MOST_LOOKED_UP = 300
"""Entries whose categories are asked for: one request, and enough to know the field."""

WORKFLOW = Path(".github/workflows/tracker.yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What `tracker init` was asked for.

    `config` is the file to write. `repository` is read through GitHub's API; without it `files`
    are paths of files on this machine. `offline` asks nobody for categories.
    """

    config: Path
    repository: str = ""
    files: Sequence[str] = ()
    branch: str = ""
    offline: bool = False
    arxiv_url: str = ARXIV


def init(
    request: Request,
    console: Console,
    may_overwrite: Callable[[Path], bool],
    environ: Mapping[str, str] = os.environ,
) -> None:
    """Print what the reading list holds and write tracker.toml and the workflow.

    A file that is there with another content is overwritten if `may_overwrite` says so. Raises
    InputError when the list cannot be read or holds no entry, and when a file cannot be written:
    then neither is.
    """
    folder = request.config.parent
    files = _named(request, folder)
    settings = _settings(request, files, environ)
    texts = _read(settings, environ, console)
    found = look(texts)
    console.say(look_text(found))
    if not found.entries:
        raise InputError(f"no entry was found in {', '.join(texts)}; name the files with --file")
    categories = _categories(found, settings, request, console)
    choices = Choices(
        files=files,
        categories=categories,
        terms=terms_of([entry.title for entry in found.entries if entry.title]),
        repository=request.repository,
        branch=request.branch,
        skip_sections=found.skipped,
        arxiv_url=request.arxiv_url,
    )
    root = _top(folder)
    place = os.path.relpath(request.config.resolve(), root.resolve()).replace(os.sep, "/")
    seed = request.repository or str(root.resolve().name)
    made = {request.config: config_text(choices), root / WORKFLOW: workflow_text(place, seed)}
    outcome = _write(made, may_overwrite)
    console.say(_goodbye(categories, outcome, request.repository))
    console.document(_document(found, choices, outcome))


def _named(request: Request, folder: Path) -> tuple[str, ...]:
    """The list's files as the configuration names them."""
    names = tuple(dict.fromkeys(request.files)) or ("README.md",)
    if request.repository:
        return names
    top = folder.resolve()
    missing = [name for name in names if not Path(name).is_file()]
    if missing:
        raise InputError(
            f"{', '.join(missing)}: no such file; name the list's files with --file, or its "
            "repository with --repository owner/name"
        )
    outside = [name for name in names if not Path(name).resolve().is_relative_to(top)]
    if outside:
        raise InputError(
            f"{', '.join(outside)}: not in the folder of {request.config}; say with --config where "
            "the configuration is to be, above the list"
        )
    found = (Path(name).resolve().relative_to(top).as_posix() for name in names)
    return tuple(dict.fromkeys(found))


def _settings(request: Request, files: Sequence[str], environ: Mapping[str, str]) -> Settings:
    """Settings good enough to read the list with, checked like those of a file."""
    where = {"repository": request.repository} if request.repository else {"path": "."}
    listed: dict[str, Any] = {**where, "files": list(files)}
    if request.branch:
        listed["branch"] = request.branch
    data = {
        "list": listed,
        "sources": {"arxiv": {"categories": ["cs.CL"], "url": request.arxiv_url}},
    }
    return parse_settings(data, request.config, environ)


def _read(settings: Settings, environ: Mapping[str, str], console: Console) -> Mapping[str, str]:
    if settings.list.path:
        return {
            name: settings.resolve(name).read_bytes().decode("utf-8", "surrogateescape")
            for name in settings.list.files
        }
    from tracker.pull_request.github import GithubTarget

    with console.step(f"Reading {settings.list.repository}"):
        return GithubTarget(settings, environ.get("GITHUB_TOKEN") or None).read().files


def _categories(found: Look, settings: Settings, request: Request, console: Console) -> Categories:
    """The categories of the list's own entries: from the index if there is one, else arXiv's."""
    names = list(
        dict.fromkeys(
            identifier.value
            for entry in found.entries
            for identifier in entry.identifiers
            if identifier.scheme == "arxiv"
        )
    )
    known = _from_index(settings, set(names))
    if names and not known and not request.offline:
        known = _from_arxiv(settings, _spread(names), console)
    return categories_of(known)


def _spread(names: Sequence[str]) -> list[str]:
    """At most so many names, taken evenly from the whole list."""
    count = min(len(names), _MOST_LOOKED_UP)
    return [names[place * len(names) // count] for place in range(count)]


def _from_index(settings: Settings, names: Collection[str]) -> list[Paper]:
    from db import papers
    from db.index import Index
    from jobs.known_papers import has_index

    if not has_index(settings):
        return []
    with Index.open_to_read(settings.index_url) as index, index.read() as session:
        return [
            paper
            for _, paper in papers.stream(session)
            if paper.categories and paper.identifier("arxiv") in names
        ]


def _from_arxiv(settings: Settings, names: Sequence[str], console: Console) -> list[Paper]:
    from tracker.http import Http, Limits
    from tracker.sources.arxiv import ArxivSource

    assert isinstance(settings.sources.arxiv, ArxivSettings)
    found: list[Paper] = []
    try:
        # A person is waiting; the categories can be written by hand as well.
        with (
            Http(limits=Limits(patience=60)) as http,
            console.step(f"Looking up {counted(len(names), 'entry')} on arXiv", len(names)) as step,
        ):
            for paper in ArxivSource(settings.sources.arxiv, http).look_up(names):
                found.append(paper)
                step.advance()
    except SourceError as error:
        console.warn(f"the categories of the entries are unknown: {error.reason}")
    return found


def _top(folder: Path) -> Path:
    """The top of the checkout that `folder` is in; the folder itself outside git."""
    return folder if (folder / ".git").exists() else checkout_around(folder) or folder


def _write(texts: Mapping[Path, str], may_overwrite: Callable[[Path], bool]) -> dict[Path, str]:
    """Write the files, all or none; what became of each: written, unchanged or kept."""
    outcome = {path: _intended(path, text, may_overwrite) for path, text in texts.items()}
    wanted = {path: text for path, text in texts.items() if outcome[path] == "written"}
    made: list[Path] = []
    try:
        for path in wanted:
            made += _made_folders(path.parent)
        write_together(wanted)
    except (OSError, TargetError) as error:
        for folder in reversed(made):
            folder.rmdir()
        said = error if isinstance(error, TargetError) else f"{error.filename}: {error.strerror}"
        raise InputError(f"{said}; nothing was written, so put that right and run again") from None
    return outcome


def _intended(path: Path, text: str, may_overwrite: Callable[[Path], bool]) -> str:
    try:
        if not path.exists():
            return "written"
        if path.read_text(encoding="utf-8", errors="replace") == text:
            return "unchanged"
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"{path}: cannot be written: {reason}; nothing was written") from None
    return "written" if may_overwrite(path) else "kept"


def _made_folders(folder: Path) -> list[Path]:
    """Make a folder and those around it that are missing; which ones, the outermost first."""
    missing = [place for place in (folder, *folder.parents) if not place.exists()][::-1]
    folder.mkdir(parents=True, exist_ok=True)
    return missing


def _goodbye(categories: Categories, outcome: Mapping[Path, str], repository: str) -> str:
    lines = ["", f"arXiv categories to read: {', '.join(categories.names)}.", ""]
    lines += [f"{state:>9}  {path}" for path, state in outcome.items()]
    token = " (with a token that may read it in GITHUB_TOKEN)" if repository else ""
    lines += ["", f"Next: `tracker run --dry-run`{token} shows what it would propose."]
    return "\n".join(lines)


def _document(found: Look, choices: Choices, outcome: Mapping[Path, str]) -> dict[str, Any]:
    return {
        "files": list(choices.files),
        **look_document(found),
        "categories": list(choices.categories.names),
        "query": choices.terms.query,
        "written": {str(path): state for path, state in outcome.items()},
    }
