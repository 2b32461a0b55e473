"""The hidden, versioned record at the end of a pull request's text.

It makes the pull request enough to go on from when the index is lost. One HTML comment:

    <!-- survey-tracker 1
    {"head": "1f0c...", "digest": "9ab3...", "proposals": [...], "unplaced": [...]}
    -->

`head` is the commit the text speaks of. Characters that could end the comment, mention anyone
or refer to an issue are written as JSON escapes. Where that takes too much room the same JSON
stands there compressed, as version 2. However much there is, every proposal is in it: what it
leaves out the next run would take for rejected.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

from tracker.identifiers import SCHEMES, Identifier
from tracker.paper import Link, Paper, Role
from tracker.pull_request.escape import shorten
from tracker.pull_request.proposal import (
    Alternative,
    Declined,
    Evidence,
    Neighbour,
    Proposal,
    Report,
    Unplaced,
    Update,
    paper_key,
)

PLAIN, PACKED = 1, 2
"""The versions: JSON, and JSON that is compressed."""

_MOST = 10_000_000
"""Bytes of a record; who writes one that unpacks to more means no good."""

_BLOCK = re.compile(r"<!-- survey-tracker (\d+)\n(.*?)\n-->", re.DOTALL)
_ESCAPED = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>@#\x7f\u2028\u2029"})
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Record:
    """What a text's hidden block says.

    `head` is the commit the text speaks of, empty where the target has no commits; `base` the
    branch it is to be merged into; `digest` tells whether two texts speak of the same proposals.
    """

    proposals: tuple[Proposal, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    declined: tuple[Declined, ...] = ()
    updates: tuple[Update, ...] = ()
    head: str = ""
    digest: str = ""
    base: str = ""


def encode(
    report: Report, head: str, base: str = "", detail: int = 2, *, packed: bool = False
) -> str:
    """The block for a report; `packed` is compressed.

    `head` is the commit the text speaks of, `base` the branch it is to be merged into.
    `detail` 2 keeps the evidence, 1 the proposals without it, 0 their names only.
    """
    data = {
        "head": head,
        "base": base,
        "digest": digest(report),
        "proposals": [_pack(proposal, detail) for proposal in report.proposals],
        "declined": [_pack_declined(declined) for declined in report.declined],
        "updates": [_pack_update(update) for update in report.updates],
        "unplaced": [_pack_unplaced(unplaced) for unplaced in report.unplaced] if detail else [],
    }
    text = _dump(data)
    if not packed:
        return f"<!-- survey-tracker {PLAIN}\n{text}\n-->"
    content = base64.b64encode(zlib.compress(text.encode(), 9)).decode("ascii")
    return f"<!-- survey-tracker {PACKED}\n{content}\n-->"


def decode(body: str) -> Record | None:
    """What a text's block records; None when there is no block this version can read."""
    found = _BLOCK.search(body.replace("\r\n", "\n"))
    text = _text(int(found[1]), found[2]) if found else None
    if text is None:
        return None
    try:
        data = json.loads(text)
        return Record(
            proposals=tuple(_unpack(item) for item in data["proposals"]),
            unplaced=tuple(_unpack_unplaced(item) for item in data.get("unplaced", ())),
            declined=tuple(_unpack_declined(item) for item in data.get("declined", ())),
            updates=tuple(_unpack_update(item) for item in data.get("updates", ())),
            head=str(data["head"]),
            digest=str(data["digest"]),
            base=str(data.get("base", "")),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _text(version: int, content: str) -> str | None:
    """The JSON of a block; None where it is none or of another version."""
    if version == PLAIN:
        return content
    if version != PACKED:
        return None
    try:
        unpacking = zlib.decompressobj()
        text = unpacking.decompress(base64.b64decode(content, validate=True), _MOST)
        return text.decode() if unpacking.eof else None
    except (ValueError, zlib.error):
        return None


def digest(report: Report) -> str:
    """A short digest of what a reviewer decides on; numbers that change with every run are out."""
    substance = [
        [[paper_key(p.paper), p.section, p.text, p.file] for p in report.proposals],
        sorted(paper_key(u.paper) for u in report.unplaced),
        [[paper_key(u.paper), u.after] for u in report.updates],
        [[paper_key(d.paper), d.kind] for d in report.declined],
        report.notice,
    ]
    text = json.dumps(substance, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _dump(data: Mapping[str, Any]) -> str:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    text = _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    # A hyphen is only dangerous in pairs, and numbers may start with one.
    return text.replace("--", "\\u002d\\u002d").translate(_ESCAPED)


def _pack(proposal: Proposal, detail: int) -> dict[str, Any]:
    paper = proposal.paper
    packed: dict[str, Any] = {
        "key": paper_key(paper),
        "ids": [str(identifier) for identifier in paper.identifiers[:8]],
        "title": shorten(paper.title, 300),
        "section": list(proposal.section),
        "file": proposal.file,
    }
    if proposal.moved_from:
        packed["moved_from"] = list(proposal.moved_from)
    if detail < 1:
        packed["ids"], packed["title"] = packed["ids"][:1], shorten(paper.title, 80)
        return packed
    packed |= {
        "text": proposal.text,
        "line": proposal.line,
        "confidence": round(proposal.confidence, 4),
        "relevance": round(proposal.relevance, 4),
        "published": paper.published.isoformat() if paper.published else None,
        "venue": paper.venue,
        "sources": list(proposal.sources),
        "links": [[link.role, link.url] for link in paper.links[:6]],
    }
    if detail > 1:
        packed["alternatives"] = _pack_alternatives(proposal.alternatives)
        packed["terms"] = list(proposal.evidence.terms)
        packed["near"] = [[n.title, n.url, list(n.section)] for n in proposal.evidence.neighbours]
    return packed


def _pack_unplaced(unplaced: Unplaced) -> dict[str, Any]:
    return {
        "key": paper_key(unplaced.paper),
        "ids": [str(identifier) for identifier in unplaced.paper.identifiers[:4]],
        "title": shorten(unplaced.paper.title, 200),
        "relevance": round(unplaced.relevance, 4),
        "alternatives": _pack_alternatives(unplaced.alternatives[:3]),
        "sources": list(unplaced.sources),
    }


def _pack_declined(declined: Declined) -> dict[str, Any]:
    return {
        "ids": [str(i) for i in declined.paper.identifiers[:4] if len(i.value) < 200],
        "title": shorten(declined.paper.title, 120),
        "section": [shorten(name, 120) for name in declined.section],
        "kind": declined.kind,
        "reason": shorten(declined.reason, 120),
        "who": declined.who[:60],
        "where": declined.where[:200],
        "at": declined.at.isoformat() if declined.at else None,
    }


def _pack_update(update: Update) -> dict[str, Any]:
    return {
        "ids": [str(i) for i in update.paper.identifiers[:4] if len(i.value) < 200],
        "title": shorten(update.paper.title, 120),
        "section": list(update.section),
        "file": update.file,
        "line": update.line,
        "before": update.before,
        "after": update.after,
    }


def _pack_alternatives(alternatives: Sequence[Alternative]) -> list[list[Any]]:
    return [[list(a.section), round(a.confidence, 4)] for a in alternatives]


def _unpack(item: Mapping[str, Any]) -> Proposal:
    return Proposal(
        paper=_unpack_paper(item),
        section=tuple(item["section"]),
        confidence=float(item.get("confidence", 0)),
        relevance=float(item.get("relevance", 0)),
        text=str(item.get("text", "")),
        file=str(item["file"]),
        line=int(item.get("line", 0)),
        alternatives=_unpack_alternatives(item.get("alternatives", ())),
        evidence=Evidence(
            terms=tuple(map(str, item.get("terms", ()))),
            neighbours=tuple(Neighbour(t, u, tuple(s)) for t, u, s in item.get("near", ())),
        ),
        sources=tuple(map(str, item.get("sources", ()))),
        moved_from=tuple(item.get("moved_from", ())),
    )


def _unpack_unplaced(item: Mapping[str, Any]) -> Unplaced:
    return Unplaced(
        paper=_unpack_paper(item),
        relevance=float(item["relevance"]),
        alternatives=_unpack_alternatives(item["alternatives"]),
        sources=tuple(map(str, item.get("sources", ()))),
    )


def _unpack_declined(item: Mapping[str, Any]) -> Declined:
    return Declined(
        paper=_unpack_paper(item),
        section=tuple(item["section"]),
        kind="postponed" if item["kind"] == "postponed" else "rejected",
        reason=str(item["reason"]),
        who=str(item["who"]),
        where=str(item["where"]),
        at=date.fromisoformat(item["at"]) if item["at"] else None,
    )


def _unpack_update(item: Mapping[str, Any]) -> Update:
    return Update(
        paper=_unpack_paper(item),
        section=tuple(item["section"]),
        file=str(item["file"]),
        line=int(item["line"]),
        before=str(item["before"]),
        after=str(item["after"]),
    )


def _unpack_paper(item: Mapping[str, Any]) -> Paper:
    published = item.get("published")
    return Paper(
        title=str(item["title"]),
        identifiers=tuple(_unpack_identifiers(item["ids"])),
        published=date.fromisoformat(published) if published else None,
        venue=str(item.get("venue", "")),
        links=tuple(Link(r, str(u)) for r, u in item.get("links", ()) if r in get_args(Role)),
    )


def _unpack_identifiers(names: Sequence[str]) -> list[Identifier]:
    found = []
    for name in names:
        scheme, _, value = name.partition(":")
        found += [Identifier(known, value) for known in SCHEMES if known == scheme]
    return found


def _unpack_alternatives(items: Sequence[Any]) -> tuple[Alternative, ...]:
    return tuple(Alternative(tuple(section), float(number)) for section, number in items)
