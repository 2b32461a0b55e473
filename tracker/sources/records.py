"""A line of a JSONL file as a paper: three formats, told apart by what they hold.

- The arXiv metadata snapshot: `authors_parsed`, `categories` in one string, `versions`.
- A plain record: `id` (arXiv's), `title`, `abstract`, `authors` and `categories` as lists,
  `published`, `updated`, `doi`, `journal_ref`, `comment`.
- Our own export: the plain record with `identifiers` ("arxiv:…"), `venue` and `links`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date
from email.utils import parsedate_to_datetime
from typing import Any, get_args

from tracker.identifiers import SCHEMES, Identifier, arxiv_id, identify, normalise_doi
from tracker.paper import Link, Paper, Role
from tracker.sources.fields import (
    code_links,
    day,
    month_of_arxiv_id,
    one_line,
    unique,
    without_tex_accents,
)

_ROLES: tuple[Role, ...] = get_args(Role)
_DIMENSIONS = 768
_MOST_KEYS, _LONGEST_KEY = 12, 40
"""So much of a strange record is quoted in a sentence."""


def paper_of_record(record: object) -> Paper:
    """The paper a JSON object describes; ValueError says what it lacks."""
    if not isinstance(record, Mapping):
        # One kind is expected of us.
        raise ValueError('not a JSON object such as {"id": ..., "title": ...}')  # noqa: TRY004
    title = one_line(_text(record, "title"))
    if not title:
        raise ValueError(f'no text in "title" ({_keys(record)})')
    identifiers = _identifiers(record)
    if not identifiers:
        raise ValueError(
            "no identifier in id, identifiers, doi or url, or one over 1,000 characters "
            f"({_keys(record)})"
        )
    abstract, comment = _text(record, "abstract"), _text(record, "comment", "comments")
    versions = record.get("versions") or ()
    return Paper(
        title=title,
        identifiers=identifiers,
        abstract=one_line(abstract),
        authors=_authors(record),
        categories=_categories(record),
        published=_published(record, versions, identifiers),
        updated=day(record.get("updated") or record.get("update_date")),
        venue=one_line(_text(record, "venue", "journal_ref", "journal-ref")),
        comment=one_line(comment),
        version=_version(record, versions),
        links=_links(record) or code_links(f"{comment} {abstract}"),
        embedding=_embedding(record.get("embedding")),
    )


def _keys(record: Mapping[Any, Any]) -> str:
    """The keys that are there, one of which may be misspelt."""
    told = [one_line(str(key))[:_LONGEST_KEY] for key in record][:_MOST_KEYS]
    more = ", ..." if len(record) > len(told) else ""
    return f"its keys are {', '.join(told)}{more}" if told else "it has no keys"


def _text(record: Mapping[str, Any], *keys: str) -> str:
    """The first of the fields that is a string with something in it."""
    values = (record.get(key) for key in keys)
    return next((value for value in values if isinstance(value, str) and value.strip()), "")


def _strings(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _identifiers(record: Mapping[str, Any]) -> tuple[Identifier, ...]:
    found: list[Identifier] = []
    for text in _strings(record.get("identifiers")):
        scheme, _, value = text.partition(":")
        found += [Identifier(name, value) for name in SCHEMES if name == scheme and value]
    name = str(record.get("id") or "")
    if (match := arxiv_id(name)) and re.sub(r"v\d+$", "", name.strip()).endswith(match[0]):
        found.append(Identifier("arxiv", match[0]))
    elif name:
        found += identify(name)
    if doi := normalise_doi(_text(record, "doi")):
        found.append(Identifier("doi", doi))
    return tuple(dict.fromkeys(found or identify(_text(record, "url", "link"))))


def _authors(record: Mapping[str, Any]) -> tuple[str, ...]:
    parsed = record.get("authors_parsed")
    if isinstance(parsed, list) and parsed:
        return unique(_display_name(_strings(name)) for name in parsed)
    authors = record.get("authors")
    if isinstance(authors, str):
        return split_authors(authors)
    names = authors if isinstance(authors, list) else []
    plain = (name.get("name", "") if isinstance(name, Mapping) else name for name in names)
    return tuple(one_line(name) for name in plain if isinstance(name, str) and name.strip())


def _display_name(parts: list[str]) -> str:
    """A name that arXiv keeps as last, first, suffix (and perhaps affiliations)."""
    last, first, suffix = [*parts, "", "", ""][:3]
    return without_tex_accents(one_line(f"{first} {last} {suffix}"))


def split_authors(text: str) -> tuple[str, ...]:
    """The names in "A. One, B. Two and C. Three", without affiliations in parentheses."""
    outside = re.sub(r"\([^()]*\)", "", without_tex_accents(text))
    names = re.split(r"\s*[,;]\s*(?:and\s+)?|\s+and\s+", one_line(outside))
    return unique(name.strip() for name in names)


def _categories(record: Mapping[str, Any]) -> tuple[str, ...]:
    categories = record.get("categories")
    if isinstance(categories, str):
        return unique(categories.replace(",", " ").split())
    return unique(one_line(name) for name in _strings(categories))


def _published(
    record: Mapping[str, Any], versions: Iterable[Any], identifiers: Iterable[Identifier]
) -> date | None:
    first = next(iter(versions), None)
    if isinstance(first, Mapping) and (created := first.get("created")):
        try:
            return parsedate_to_datetime(str(created)).astimezone(UTC).date()
        except ValueError:
            pass
    if (published := day(record.get("published"))) is not None:
        return published
    names = (i.value for i in identifiers if i.scheme == "arxiv")
    return next((month for month in map(month_of_arxiv_id, names) if month), None)


def _version(record: Mapping[str, Any], versions: object) -> int | None:
    if isinstance(versions, list) and versions:
        return len(versions)
    version = record.get("version")
    if isinstance(version, int):
        return version
    match = arxiv_id(str(record.get("id") or ""))
    return match[1] if match else None


def _links(record: Mapping[str, Any]) -> tuple[Link, ...]:
    links = record.get("links")
    made = []
    for item in links if isinstance(links, list) else []:
        url = item.get("url") if isinstance(item, Mapping) else item
        role = item.get("role") if isinstance(item, Mapping) else None
        if isinstance(url, str) and url.startswith(("http://", "https://")):
            made.append(Link(next((known for known in _ROLES if known == role), "other"), url))
    return tuple(made)


def _embedding(value: object) -> tuple[float, ...]:
    if not isinstance(value, list) or len(value) != _DIMENSIONS:
        return ()
    return tuple(float(number) for number in value if isinstance(number, int | float))
