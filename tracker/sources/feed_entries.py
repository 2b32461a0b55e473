"""Entries of feeds as papers: arXiv's own, preprint servers, PubMed, journals, any other.

Formats hide the same facts in different places; each helper names whose habit it is for.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from email.utils import parsedate_to_datetime
from typing import Any, Final

from tracker.identifiers import Identifier, arxiv_id, identify, normalise_doi
from tracker.paper import Paper
from tracker.sources.fields import (
    code_links,
    day,
    month_of_arxiv_id,
    one_line,
    unique,
    without_tex_accents,
)

Entry = Mapping[str, Any]
"""An entry as feedparser gives it."""

# Only what is surely markup: `$a<b$` and `p < 0.05` are text.
_TAG: Final = re.compile(
    r"</?(?:p|br|hr|b|i|u|em|strong|sub|sup|a|div|span|h[1-6]|ul|ol|li|img|table|tr|td|th|small"
    r"|section|title|(?:jats|mml):[\w-]+)(?:\s+[\w:-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s<>]+))*\s*/?>",
    re.IGNORECASE,
)
_INITIALS: Final = re.compile(r"(?:[A-Z]\.?[\s-]?){1,4}(?:,?\s*(?:Jr|Sr|II|III)\.?)?$")
_ARXIV_LEAD: Final = re.compile(r"^arXiv:(\S+)\s+Announce Type:\s*(\S+)\s+(?:Abstract:\s*)?")
_ONLINE_LEAD: Final = re.compile(r"^.{0,120}?Published online:[^;]*;\s*doi:\s*\S+\s*")
_PUBMED_TAIL: Final = re.compile(r"\s*PMID:\s*\d+.*$", re.DOTALL)
_SOURCE: Final = re.compile(r"Source:\s*(.*?)(?:,\s*Volume\b|,\s*Issue\b|\s*Author\(s\):|$)")
_AUTHORS: Final = re.compile(r"Author\(s\):\s*(.*)$")
_AFFILIATION: Final = re.compile(r"\s*\([^()]*\)")
_DATED: Final = re.compile(
    r"(?:Publication date|Available online):?\s*(?:(\d{1,2})\s+)?([A-Z][a-z]+)\s+(\d{4})"
)
_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december"),
)
_PREPRINT_SERVERS: Final = frozenset({"arxiv", "medrxiv", "biorxiv", "psyarxiv", "research square"})


def paper_of(entry: Entry, names: Sequence[str] = ()) -> Paper | None:
    """An entry as a paper; None without a title or anything to identify it by.

    `names` are the texts of its dc:identifier elements, of which feedparser keeps one.
    """
    title = one_line(plain_text(str(entry.get("title") or "")))
    identifiers = _identifiers(entry, names)
    if not title or not identifiers:
        return None
    text = _description(entry)
    abstract = _abstract(text)
    return Paper(
        title=title,
        identifiers=identifiers,
        abstract=abstract,
        authors=_authors(entry, text),
        published=_published(entry, text),
        venue=_venue(entry, text),
        links=code_links(abstract),
    )


def arxiv_paper_of(entry: Entry) -> Paper | None:
    """An entry of arXiv's own feeds as a paper, whose text holds no markup."""
    found = arxiv_id(f"{entry.get('id') or ''} {entry.get('link') or ''}")
    title = one_line(str(entry.get("title") or ""))
    if found is None or not title:
        return None
    name, version = found
    identifiers = [Identifier("arxiv", name)]
    if doi := normalise_doi(str(entry.get("arxiv_doi") or "")):
        identifiers.append(Identifier("doi", doi))
    abstract = one_line(_ARXIV_LEAD.sub("", str(entry.get("summary") or "")))
    announced, month = own_day(entry), month_of_arxiv_id(name)
    is_old = bool(announced and month and (month.year, month.month) < _before(announced))
    tags = entry.get("tags") or ()
    return Paper(
        title=title,
        identifiers=tuple(identifiers),
        abstract=abstract,
        authors=people([without_tex_accents(str(entry.get("author") or ""))], given_first=True),
        categories=unique(str(tag.get("term") or "") for tag in tags),
        # A cross-list may be years old; a new paper is announced a day or a few after it came.
        published=month if is_old else announced,
        venue=one_line(str(entry.get("arxiv_journal_reference") or "")),
        version=version,
        links=code_links(abstract),
    )


def _before(announced: date) -> tuple[int, int]:
    """The month of the newest papers that can have been waiting for this announcement."""
    earlier = date.fromordinal(announced.toordinal() - 7)
    return earlier.year, earlier.month


def announce_type(entry: Entry) -> str:
    """arXiv's `new`, `cross`, `replace` or `replace-cross`; empty when it does not say."""
    said = str(entry.get("arxiv_announce_type") or "").strip().lower()
    lead = _ARXIV_LEAD.match(str(entry.get("summary") or ""))
    return said or (lead[2].lower() if lead else "")


def own_day(entry: Entry) -> date | None:
    """The day of an entry or feed in the time zone it was written in."""
    for key in ("published", "updated", "prism_publicationdate", "prism_coverdate"):
        raw = str(entry.get(key) or "").strip()
        if not raw:
            continue
        try:
            return parsedate_to_datetime(raw).date()
        except (TypeError, ValueError):
            if (found := day(raw)) is not None:
                return found
        if parsed := entry.get(f"{key}_parsed"):
            return date(*parsed[:3])
    return None


def plain_text(markup: str) -> str:
    """Text without tags and entities; what only looks like a tag stays."""
    return html.unescape(_TAG.sub(lambda tag: "" if _is_inline(tag[0]) else " ", markup))


def _is_inline(tag: str) -> bool:
    return bool(re.match(r"</?(?:b|i|u|em|strong|sub|sup|a|span|small)\b", tag, re.IGNORECASE))


def _description(entry: Entry) -> str:
    """The longest of the places a description may stand in."""
    contents = [str(content.get("value") or "") for content in entry.get("content") or ()]
    texts = [str(entry.get("summary") or ""), *contents]
    return max((one_line(plain_text(text)) for text in texts), key=len)


def _abstract(text: str) -> str:
    if "Author(s):" in text or text.startswith("Publication date:"):  # Elsevier gives none
        return ""
    if " ABSTRACT " in f" {text} " and "PMID:" in text:  # PubMed: citation, abstract, identifiers
        text = _PUBMED_TAIL.sub("", text.split("ABSTRACT", 1)[1])
    text = _ONLINE_LEAD.sub("", text)  # Nature
    return re.sub(r"^(?:Abstract|Background)\b[:.]?\s*(?=[A-Z])", "", text).strip()


def _identifiers(entry: Entry, names: Iterable[str]) -> tuple[Identifier, ...]:
    found: list[Identifier] = []
    places = [*names, *(str(entry.get(key) or "") for key in ("prism_doi", "dc_identifier", "id"))]
    for text in places:
        kind, _, value = text.strip().partition(":")
        if kind.lower() in {"pmid", "pubmed"} and value.isdigit():
            found.append(Identifier("pmid", value))
        elif text.startswith("oai:arXiv.org:") and (match := arxiv_id(text)):
            found.append(Identifier("arxiv", match[0]))
        elif doi := normalise_doi(text):
            found += identify(doi)
    links = [str(link.get("href") or "") for link in entry.get("links") or ()]
    pages = [one for link in links for one in identify(link)]
    found += [one for one in pages if one.scheme != "url"]
    if not any(one.scheme == "doi" for one in found):
        found += _dois_in_text(entry)
    # A bare address identifies only what nothing better does.
    return tuple(dict.fromkeys(found)) or tuple(pages[:1])


def _dois_in_text(entry: Entry) -> list[Identifier]:
    """The DOI a description announces, when it announces just one."""
    text = _description(entry)
    dois = {normalise_doi(found[0]) for found in re.finditer(r"doi:?\s*10\.\S+", text, re.I)}
    return [Identifier("doi", doi) for doi in dois if doi] if len(dois) == 1 else []


def _authors(entry: Entry, text: str) -> tuple[str, ...]:
    names = [str(author.get("name") or "") for author in entry.get("authors") or ()]
    if not any(names) and (found := _AUTHORS.search(text)):  # Elsevier
        return people([found[1]], given_first=True)
    return people(names)


def people(names: Sequence[str], *, given_first: bool = False) -> tuple[str, ...]:
    """Display names of authors however they were listed.

    One string may hold them all ("A. One, B. Two"), family names may come first ("One, A.,
    Two, B. C.") unless it is known that they do not.
    """
    bare = (_AFFILIATION.sub("", name) for name in names)
    full = [one_line(name).strip(" ,;") for name in bare]
    full = [name for name in full if name]
    if len(full) > 1:
        return unique(name if given_first else _given_first(name) for name in full)
    text = full[0] if full else ""
    if ";" in text:
        return unique(_given_first(part.strip()) for part in text.split(";"))
    parts = [part.strip() for part in re.split(r",\s*(?:and\s+)?|\s+(?:and|&)\s+", text)]
    parts = [part for part in parts if part]
    if given_first:
        return unique(parts)
    in_pairs = len(parts) % 2 == 0 and all(_INITIALS.fullmatch(part) for part in parts[1::2])
    one_person = len(parts) == 2 and " " not in parts[0]
    if in_pairs or one_person:
        pairs = zip(parts[::2], parts[1::2], strict=True)
        return unique(f"{given} {family}" for family, given in pairs)
    return unique(parts)


def _given_first(name: str) -> str:
    family, comma, given = name.partition(",")
    return f"{given.strip()} {family.strip()}" if comma and "," not in given else name


def _published(entry: Entry, text: str) -> date | None:
    if (known := own_day(entry)) is not None:
        return known
    if (found := _DATED.search(text)) and found[2].lower() in _MONTHS:  # Elsevier
        month = _MONTHS.index(found[2].lower()) + 1
        try:
            return date(int(found[3]), month, int(found[1] or 1))
        except ValueError:
            return None
    return None


def _venue(entry: Entry, text: str) -> str:
    named = str(entry.get("prism_publicationname") or entry.get("dc_source") or "")
    if not named and "Author(s):" in text and (found := _SOURCE.search(text)):
        named = found[1]
    # Nature writes the whole citation into dc:source.
    named = one_line(re.split(r",?\s*Published online", plain_text(named))[0]).strip(" ,;|")
    return "" if named.lower() in _PREPRINT_SERVERS else named
