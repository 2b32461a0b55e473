"""Papers as JSON: the payload of a record, and the lines of an export."""

from __future__ import annotations

import hashlib
import json
from array import array
from collections.abc import Mapping
from datetime import date
from typing import Any

from tracker.identifiers import SCHEMES, Identifier
from tracker.paper import Link, Paper

_SAME = "same_abstract"
"""In a record's payload instead of an abstract that is also its paper's: most of a file's size."""


def to_payload(paper: Paper, *, shared: str = "") -> dict[str, Any]:
    """Everything a paper holds but its embedding, as JSON; what is unknown is left out.

    An abstract equal to `shared` is only noted to be that.
    """
    values = {
        "title": paper.title,
        "identifiers": [str(identifier) for identifier in paper.identifiers],
        "abstract": paper.abstract if paper.abstract != shared else "",
        _SAME: bool(shared) and paper.abstract == shared,
        "authors": list(paper.authors),
        "categories": list(paper.categories),
        "published": paper.published.isoformat() if paper.published else None,
        "updated": paper.updated.isoformat() if paper.updated else None,
        "venue": paper.venue,
        "comment": paper.comment,
        "version": paper.version,
        "links": [{"role": link.role, "url": link.url} for link in paper.links],
    }
    return {key: value for key, value in values.items() if key == "title" or value}


def from_payload(
    payload: Mapping[str, Any], embedding: bytes | None = None, *, shared: str = ""
) -> Paper:
    """The paper a payload was made of, with the same `shared` abstract."""
    return Paper(
        title=payload["title"],
        identifiers=tuple(parse_identifier(text) for text in payload.get("identifiers", ())),
        abstract=shared if payload.get(_SAME) else payload.get("abstract", ""),
        authors=tuple(payload.get("authors", ())),
        categories=tuple(payload.get("categories", ())),
        published=_day(payload.get("published")),
        updated=_day(payload.get("updated")),
        venue=payload.get("venue", ""),
        comment=payload.get("comment", ""),
        version=payload.get("version"),
        links=tuple(Link(link["role"], link["url"]) for link in payload.get("links", ())),
        embedding=unpack(embedding),
    )


def without_abstract(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The payload with no word of the abstract."""
    return {key: value for key, value in payload.items() if key not in {"abstract", _SAME}}


def to_export(paper: Paper) -> dict[str, Any]:
    """A line of an export: the payload, and the names arXiv's metadata snapshot uses for some."""
    line = to_payload(paper)
    extra = {
        "id": paper.identifier("arxiv"),
        "doi": paper.identifier("doi"),
        "journal_ref": paper.venue,
        "embedding": list(paper.embedding),
    }
    return {key: value for key, value in extra.items() if value} | line


def parse_identifier(text: str) -> Identifier:
    """An identifier from `scheme:value`; raises ValueError for an unknown scheme."""
    scheme, _, value = text.partition(":")
    for known in SCHEMES:
        if scheme == known:
            return Identifier(known, value)
    raise ValueError(f"unknown scheme of an identifier: {text!r}")


def digest(paper: Paper) -> str:
    """A fingerprint: equal for equal papers, different for different ones."""
    text = json.dumps(to_payload(paper), ensure_ascii=False, sort_keys=True)
    fingerprint = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16)
    fingerprint.update(pack(paper.embedding) or b"")
    return fingerprint.hexdigest()


def pack(embedding: tuple[float, ...]) -> bytes | None:
    """An embedding as 32-bit numbers; None when there is none."""
    return array("f", embedding).tobytes() if embedding else None


def unpack(stored: bytes | None) -> tuple[float, ...]:
    """The numbers of a stored embedding."""
    return tuple(array("f", stored)) if stored else ()


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
