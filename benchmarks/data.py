"""The real lists and papers the quality benchmarks measure on, read from their folders.

A folder of lists holds `<owner>+<name>.history.jsonl` files: one line for every entry a list
ever had. A folder of papers holds `*.jsonl.gz` files: one arXiv paper a line.
"""

from __future__ import annotations

import gzip
import json
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tracker.identifiers import Identifier
from tracker.paper import Paper
from tracker.taxonomy import Path as SectionPath
from tracker.taxonomy import Section


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list's history; `sections` is empty when the entry was removed again."""

    arxiv_id: str | None
    first_seen: date
    section: SectionPath
    sections: tuple[SectionPath, ...]


@dataclass(frozen=True, slots=True)
class ReadingList:
    """A list with its whole history, in the order the entries came."""

    name: str
    entries: tuple[Entry, ...]


def read_lists(folder: Path) -> list[ReadingList]:
    """Every list of a folder, by name."""
    found = []
    for path in sorted(folder.glob("*.history.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines()
        entries = [_entry(json.loads(line)) for line in lines if line.strip()]
        entries.sort(key=lambda entry: entry.first_seen)
        found.append(ReadingList(path.name.removesuffix(".history.jsonl"), tuple(entries)))
    return found


def _entry(line: dict[str, Any]) -> Entry:
    final = line.get("final_sections") or ()
    return Entry(
        arxiv_id=line.get("arxiv_id"),
        first_seen=date.fromisoformat(line["first_seen"][:10]),
        section=tuple(line["section"]),
        sections=tuple(tuple(path) for path in final) if line.get("in_final") else (),
    )


def iterate_papers(folder: Path, names: Iterable[str] | None = None) -> Iterator[Paper]:
    """The papers of the folder's files, or of the named ones (`2024` for `2024.jsonl.gz`).

    `listed` comes first: it is the more complete where a paper is in two files.
    """
    paths = sorted(folder.glob("*.jsonl.gz"), key=lambda path: (path.name[0].isdigit(), path.name))
    wanted = None if names is None else set(names)
    seen: set[str] = set()
    for path in paths:
        if wanted is not None and path.name.removesuffix(".jsonl.gz") not in wanted:
            continue
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                if record["id"] not in seen:
                    seen.add(record["id"])
                    yield _paper(record)


def _paper(record: dict[str, Any]) -> Paper:
    return Paper(
        title=record["title"],
        identifiers=(Identifier("arxiv", record["id"]),),
        abstract=record.get("abstract") or "",
        authors=tuple(record.get("authors") or ()),
        categories=tuple(record.get("categories") or ()),
        published=month_of(record["id"]),
    )


def month_of(arxiv_id: str) -> date | None:
    """The first day of the month an arXiv identifier was given in: its one reliable date."""
    digits = arxiv_id.rpartition("/")[2]
    year, month = int(digits[:2]), int(digits[2:4])
    if not 1 <= month <= 12:
        return None
    return date(1900 + year if year > 90 else 2000 + year, month, 1)


def read_papers(folder: Path, names: Iterable[str] | None = None) -> dict[str, Paper]:
    """Papers by arXiv identifier."""
    return {str(paper.identifier("arxiv")): paper for paper in iterate_papers(folder, names)}


def some_of(papers: dict[str, Paper], lists: Iterable[ReadingList], share: float) -> list[Paper]:
    """All papers that are on a list, and that share of the others, the same ones every time."""
    listed = {entry.arxiv_id for reading_list in lists for entry in reading_list.entries}
    chance = random.Random(0)
    return [paper for key, paper in papers.items() if key in listed or chance.random() < share]


@dataclass(frozen=True, slots=True)
class LabelledList:
    """The papers of a list that are known, the sections each stands in today, and since when."""

    name: str
    papers: tuple[Paper, ...]
    labels: tuple[tuple[SectionPath, ...], ...]
    sections: tuple[Section, ...]
    since: tuple[date, ...]


def labelled(reading_list: ReadingList, papers: dict[str, Paper]) -> LabelledList:
    """A list as it is today, restricted to the papers that are known.

    The sections are those that hold a known paper, in the order the list first used them.
    """
    where: dict[str, dict[SectionPath, None]] = defaultdict(dict)
    sections: dict[SectionPath, Section] = {}
    since: dict[str, date] = {}
    for entry in reading_list.entries:
        if entry.arxiv_id in papers:
            since.setdefault(entry.arxiv_id, entry.first_seen)
            for path in entry.sections:
                where[entry.arxiv_id][path] = None
                sections.setdefault(path, Section(path, level=len(path)))
    return LabelledList(
        name=reading_list.name,
        papers=tuple(papers[key] for key in where),
        labels=tuple(tuple(paths) for paths in where.values()),
        sections=tuple(sections.values()),
        since=tuple(since[key] for key in where),
    )
