"""Look into the index: search it, show one paper."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlmodel import Session

from db import history, papers
from db.index import Index
from db.search import search as find_hits
from db.shelf import shelved
from jobs.console import Console
from tracker.errors import InputError
from tracker.identifiers import url_of
from tracker.paper import Paper
from tracker.settings import Settings
from tracker.taxonomy import path_text


def search(settings: Settings, console: Console, query: str, limit: int) -> None:
    """Print the papers that fit a query, the best first.

    Raises InputError when there is no index yet.
    """
    marks = ("", "") if console.as_json else ("[", "]")
    with Index.open_to_read(settings.index_url) as index, index.read() as session:
        hits = find_hits(session, query, limit=limit, marks=marks)
        found = papers.load(session, [hit.paper for hit in hits])
    for hit in hits:
        paper = found[hit.paper]
        day = paper.published.isoformat() if paper.published else "no date"
        snippet = f"\n  {hit.snippet}" if hit.snippet else ""
        console.say(f"{paper.title}\n  {day}  {paper.url}{snippet}\n")
    if not hits:
        console.say("No paper fits.")
    console.document(
        [
            {
                "id": hit.paper,
                "title": hit.title,
                "identifiers": [str(i) for i in found[hit.paper].identifiers],
                "url": found[hit.paper].url,
                "snippet": hit.snippet,
                "score": round(hit.score, 4),
            }
            for hit in hits
        ]
    )


def show(settings: Settings, console: Console, text: str) -> None:
    """Print what the index knows of the papers that `text` names.

    Raises InputError when it names none, or there is no index yet.
    """
    with Index.open_to_read(settings.index_url) as index, index.read() as session:
        numbers = papers.find(session, text)
        if not numbers:
            raise InputError(f"{text!r}: no such paper in the index; try `tracker search`")
        found = [described(session, number, papers.get(session, number)) for number in numbers]
    for description in found:
        console.say(page(description))
    console.document(found)


def described(session: Session, number: int, paper: Paper) -> dict[str, Any]:
    """Everything the index knows of a paper, as a document."""
    listing = [entry for entry in history.listing(session) if entry.paper == number]
    since = shelved(session, [number]).get(number)
    return {
        "id": number,
        "title": paper.title,
        "authors": list(paper.authors),
        "published": paper.published.isoformat() if paper.published else None,
        "venue": paper.venue,
        "categories": list(paper.categories),
        "identifiers": {str(i): url_of(i) for i in paper.identifiers},
        "links": [{"role": link.role, "url": link.url} for link in paper.links],
        "abstract": paper.abstract,
        "shelved": since.date().isoformat() if since else None,
        "sources": [
            {"source": source, "first_seen": first.isoformat()}
            for source, first in _first_seen(session, number).items()
        ],
        "listed": [{"file": e.file, "line": e.line, "section": list(e.section)} for e in listing],
        "proposals": [
            {
                "section": list(p.section),
                "confidence": round(p.confidence, 4),
                "moved_from": [],
                "state": p.state,
                "where": p.url or p.branch,
            }
            for p in history.proposals(session, paper=number)
        ],
        "decisions": [
            {
                "kind": d.kind,
                "at": d.at.isoformat(),
                "to_section": list(d.to_section or ()),
                "who": d.who,
                "reason": d.reason,
            }
            for d in history.decisions(session, paper=number)
        ],
    }


def _first_seen(session: Session, number: int) -> dict[str, datetime]:
    """Each source that spoke of a paper, and when it first did; the first first."""
    first: dict[str, datetime] = {}
    for sighting in papers.sightings(session, number):
        first.setdefault(sighting.source, sighting.first_seen)
    return first


def page(paper: dict[str, Any]) -> str:
    """What `described` says of a paper, for a person."""
    lines = [paper["title"]]
    facts = {
        "authors": ", ".join(paper["authors"]),
        "published": paper["published"],
        "venue": paper["venue"],
        "categories": " ".join(paper["categories"]),
        "identifiers": "  ".join(paper["identifiers"]),
        "address": next(iter(paper["identifiers"].values()), ""),
        "sources": ", ".join(f"{s['source']} ({s['first_seen'][:10]})" for s in paper["sources"]),
        "listed": "; ".join(
            f"{path_text(tuple(e['section']))} ({e['file']}:{e['line']})" for e in paper["listed"]
        ),
        "proposed": "; ".join(
            f"{path_text(tuple(p['section']))}{_moved(p)}, {p['state']} ({p['where']})"
            for p in paper["proposals"]
        ),
        "decided": "; ".join(
            " ".join(filter(None, (d["kind"], _to(d), d["at"][:10], d["who"], d["reason"])))
            for d in paper["decisions"]
        ),
    }
    lines += [f"  {name:12} {value}" for name, value in facts.items() if value]
    if paper["shelved"]:
        why = "was of no use for long, so its abstract was given up (index.keep_months)"
        lines.append(f"  {'shelved':12} {paper['shelved']}; {why}")
    if paper["abstract"]:
        lines += ["", paper["abstract"]]
    return "\n".join([*lines, ""])


def _to(decision: dict[str, Any]) -> str:
    """Where a reviewer moved a paper; nothing for the other decisions."""
    section = tuple(decision["to_section"])
    return f"to {path_text(section)}" if section else ""


def _moved(proposal: dict[str, Any]) -> str:
    """Where it was proposed, when a reviewer has moved it since, and how sure that was."""
    first = tuple(proposal["moved_from"])
    return f", moved from {path_text(first)} ({proposal['confidence']:.2f})" if first else ""
