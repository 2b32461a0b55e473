"""Audit a reading list: show what its maintainers would want to put right, and fix what is safe.

What the rules about titles, years, venues and links compare with is what an index knows that is
there already; without one those rules are silent. Nothing is fetched unless that is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Literal

import click

from db.index import Index
from jobs.annotations import annotation as as_command
from jobs.annotations import one_line
from jobs.console import Console
from jobs.index_file import open_index
from jobs.known_papers import has_index, known_papers
from jobs.list_files import checkouts_of, is_own_list, is_whole_list, list_files, list_text
from jobs.listing import warn_of_skips
from tracker.counting import counted
from tracker.days import today
from tracker.errors import InputError
from tracker.paper import Paper
from tracker.pull_request.folder import write_together
from tracker.reading_list import ReadingList
from tracker.reading_list.finding import Finding, apply_fixes, fixes_made
from tracker.reading_list.lint import lint as audit
from tracker.settings import Settings

NOTICES = frozenset({"duplicate-across-sections", "moved-link"})
"""Rules that only tell: many lists file a paper under two headings on purpose, and a link that
moved still leads somewhere."""

_PASSES = 5
"""Fixes that touch the same characters are made one after the other, each in a pass of its own."""


_Look = Callable[[ReadingList, Iterable[Paper]], tuple[Finding, ...]]


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found in `files`, or what is left of it after `fixed` findings were put right."""

    files: tuple[str, ...]
    findings: tuple[Finding, ...]
    notices: tuple[Finding, ...]
    fixed: int = 0

    @property
    def failed(self) -> bool:
        """Whether anything is left to put right; notices alone are nothing."""
        return bool(self.findings)


def lint(
    settings: Settings | None,
    console: Console,
    *,
    files: Sequence[Path] = (),
    fix: bool = False,
    online: bool = False,
    as_annotations: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> Audit:
    """Audit `files`, or the list the settings name, and show what was found.

    `fix` writes the safe fixes; `online` asks the sources for what is not known yet;
    `as_annotations` shows findings as GitHub's workflow commands. Raises InputError when there
    is no list to read or a file cannot be read.
    """
    paths = list_files(settings, files, command="tracker lint README.md")
    before = {name: list_text(path, name) for name, path in paths.items()}
    skip = settings.list.skip_sections if settings else ()
    reading_list = ReadingList.parse(before, skip_sections=skip)
    if is_whole_list(settings, paths.values()):
        warn_of_skips(console, reading_list)
    is_own = is_own_list(settings, list(paths.values()))
    look = partial(
        audit,
        today=today(),
        checkouts=checkouts_of(settings if is_own else None, paths),
    )
    with ExitStack() as opened:
        index = books = _index(opened, settings, online=online)
        if index is not None and online:
            # The papers of another list would be taken for candidates, so they are forgotten.
            books = index if is_own else opened.enter_context(Index.open("sqlite://"))
            _ask(index, books, settings, reading_list, console, environ=environ)
        records = _records(books, reading_list)
        found: Sequence[Finding] = look(reading_list, records)
        if not reading_list.entries and not found:
            raise InputError(f"{', '.join(paths)}: no entry was found; name the files of the list")
        fixed = 0
        if fix:
            after, found, fixed = _fixed(before, found, skip, records, look)
            write_together({paths[n]: text for n, text in after.items() if text != before[n]})
            reading_list = ReadingList.parse(after, skip_sections=skip)
        found = _with_links(found, index, settings, reading_list, console)
    result = Audit(
        tuple(paths),
        tuple(finding for finding in found if finding.rule not in NOTICES),
        tuple(finding for finding in found if finding.rule in NOTICES),
        fixed,
    )
    _show(result, console, as_annotations=as_annotations)
    return result


def _index(opened: ExitStack, settings: Settings | None, *, online: bool) -> Index | None:
    """The index to look into; none is created unless something is asked."""
    if settings is not None and online:
        return opened.enter_context(open_index(settings))
    if settings is not None and has_index(settings):
        return opened.enter_context(Index.open_to_read(settings.index_url))
    return opened.enter_context(Index.open("sqlite://")) if online else None


def _ask(
    index: Index,
    books: Index,
    settings: Settings | None,
    reading_list: ReadingList,
    console: Console,
    *,
    environ: Mapping[str, str],
) -> None:
    """Bring `books` up to date about papers and `index` about links."""
    from jobs.links import turns_of
    from jobs.lint_online import check_new_links, look_up

    now = datetime.now(UTC)
    store = turns_of(index)
    identifiers = {i for entry in reading_list.entries for i in entry.identifiers}
    look_up(books, settings, identifiers, console, store=store, environ=environ, now=now)
    check_new_links(index, settings, reading_list, console, store=store)


def _records(index: Index | None, reading_list: ReadingList) -> tuple[Paper, ...]:
    """The records of the papers on the list that the index has."""
    if index is None:
        return ()
    identifiers = {i for entry in reading_list.entries for i in entry.identifiers}
    with index.read() as session:
        return known_papers(session, identifiers)


def _with_links(
    found: Sequence[Finding],
    index: Index | None,
    settings: Settings | None,
    reading_list: ReadingList,
    console: Console,
) -> Sequence[Finding]:
    """The findings with those about links among them, by file and line."""
    if index is None:
        return found
    from jobs.lint_online import link_findings

    names = list(reading_list.files)
    every = [*found, *link_findings(index, settings, reading_list, console)]
    return sorted(every, key=lambda f: (names.index(f.file), f.line, f.rule))


def annotation(finding: Finding) -> str:
    """A finding as a workflow command; see jobs.annotations."""
    level: Literal["notice", "warning"] = "notice" if finding.rule in NOTICES else "warning"
    return as_command(level, finding.file, finding.line, finding.rule, _sentence(finding))


def _fixed(
    files: Mapping[str, str],
    found: Sequence[Finding],
    skip: Sequence[str],
    records: Sequence[Paper],
    look: _Look,
) -> tuple[dict[str, str], Sequence[Finding], int]:
    """The files with every safe fix made, what is still found then, and how many were made."""
    texts, count = dict(files), 0
    for _ in range(_PASSES):
        made = fixes_made(found)
        if not made:
            break
        texts = apply_fixes(texts, found)
        found = look(ReadingList.parse(texts, skip_sections=skip), records)
        count += len(made)
    return texts, found, count


def _show(result: Audit, console: Console, *, as_annotations: bool) -> None:
    if as_annotations:
        for finding in (*result.findings, *result.notices):
            # The one place that prints workflow commands; Console would make them harmless.
            click.echo(annotation(finding))
        console.note(_summary(result))
        return
    for line in _lines(result):
        console.say(line)
    console.say(_summary(result))
    console.document(
        {
            "files": [one_line(name) for name in result.files],
            "findings": [_described(finding) for finding in result.findings],
            "notices": [_described(finding) for finding in result.notices],
            "fixed": result.fixed,
        }
    )


def _lines(result: Audit) -> Iterator[str]:
    for finding in result.findings:
        yield _line(finding)
    if result.notices:
        yield f"\nNotices ({len(result.notices)}), no failures; much of this is on purpose:"
    for finding in result.notices:
        yield _line(finding)
    if result.findings or result.notices:
        yield ""


def _line(finding: Finding) -> str:
    return f"{one_line(finding.file)}:{finding.line}: {finding.rule}: {_sentence(finding)}"


def _sentence(finding: Finding) -> str:
    return f"{one_line(finding.sentence)} (fix: {one_line(finding.fix).rstrip('.')})"


def _summary(result: Audit) -> str:
    said = [f"{counted(result.fixed, 'finding')} fixed"] if result.fixed else []
    number = len(result.findings)
    if result.fixed:
        said.append(f"{number:,} left" if number else "nothing left")
    else:
        said.append(counted(number, "finding") if number else "nothing found")
    if safe := sum(1 for finding in result.findings if finding.edits):
        said.append(f"{safe:,} of them can be fixed with --fix")
    if result.notices:
        said.append(counted(len(result.notices), "notice"))
    return f"{one_line(', '.join(result.files))}: {', '.join(said)}"


def _described(finding: Finding) -> dict[str, object]:
    described = asdict(finding)
    described["fixable"] = bool(described.pop("edits"))
    return {k: one_line(v) if isinstance(v, str) else v for k, v in described.items()}
