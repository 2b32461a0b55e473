"""Searching the papers of the index, and writing them out.

On SQLite the search is FTS5's: words in any order, stemmed, accents ignored, the title
weighted above the abstract. Elsewhere every word must occur somewhere, and titles come first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal_column, select, text
from sqlmodel import Session

from db.papers import stream
from db.payload import to_export
from db.tables import PAPER

_FIND = text("""
    SELECT paper.id, paper.title, paper.published,
           snippet(paper_text, 1, :open, :close, '…', 24) AS snippet,
           bm25(paper_text, 10.0, 1.0, 4.0) AS rank
    FROM paper_text JOIN paper ON paper.id = paper_text.rowid
    WHERE paper_text MATCH :query ORDER BY rank, paper.id LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class Hit:
    """A paper that was found.

    `snippet` is one line of its abstract around the words searched, which stand between the
    marks that were asked for; `score` is higher for better hits.
    """

    paper: int
    title: str
    snippet: str
    score: float


def search(
    session: Session, query: str, *, limit: int = 20, marks: tuple[str, str] = ("", "")
) -> list[Hit]:
    """The papers that best fit any text, the best first.

    All words must occur; where no paper has them all, papers with some of them are found. Words
    between double quotes must stand side by side.
    """
    phrases = _phrases(query)
    if not phrases:
        return []
    if session.get_bind().dialect.name != "sqlite":
        return _search_plainly(session, phrases, limit)
    for joined in (" ", " OR "):
        quoted = joined.join('"' + phrase.replace('"', '""') + '"' for phrase in phrases)
        values = {"query": quoted, "limit": limit, "open": marks[0], "close": marks[1]}
        rows = session.execute(_FIND, values).all()
        if rows:
            return [
                Hit(row.id, row.title, " ".join(row.snippet.split()), -row.rank) for row in rows
            ]
    return []


def export(session: Session) -> Iterator[str]:
    """Every paper as a line of JSON, in the format that the files source reads."""
    for _, paper in stream(session):
        yield json.dumps(to_export(paper), ensure_ascii=False)


def _phrases(query: str) -> list[str]:
    """The words and quoted phrases of a query, without anything FTS5 could take for syntax."""
    found = []
    for quoted, plain in re.findall(r'"([^"]*)"|([^"\s]+)', query):
        phrase = " ".join(re.findall(r"[^\W_]+", quoted or plain))
        if phrase:
            found.append(phrase)
    return found[:50]


def _search_plainly(session: Session, phrases: list[str], limit: int) -> list[Hit]:
    title, whole = func.lower(PAPER.c.title), func.lower(PAPER.c.title + " " + PAPER.c.abstract)
    score: ColumnElement[Any] = sum(
        (case((title.contains(p.lower(), autoescape=True), 2), else_=1) for p in phrases),
        start=literal_column("0"),
    )
    fits = [whole.contains(phrase.lower(), autoescape=True) for phrase in phrases]
    wanted = select(PAPER.c.id, PAPER.c.title, score.label("score")).where(*fits)
    rows = session.execute(wanted.order_by(score.desc(), PAPER.c.id).limit(limit))
    return [Hit(row.id, row.title, row.title, float(row.score)) for row in rows]
