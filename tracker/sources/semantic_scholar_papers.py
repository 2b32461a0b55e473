"""Semantic Scholar's records as papers, and our identifiers in its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tracker.identifiers import Identifier, Scheme, arxiv_id, normalise_doi
from tracker.paper import Link, Paper
from tracker.sources.fields import code_links, day, month_of_arxiv_id, one_line

FIELDS: Final = [
    "title",
    "abstract",
    "authors",
    "externalIds",
    "corpusId",
    "venue",
    "publicationVenue",
    "journal",
    "publicationDate",
    "openAccessPdf",
]
EMBEDDED_FIELDS: Final = [*FIELDS, "embedding.specter_v2"]

_PREFIXES: Final[Mapping[Scheme, str]] = {
    "arxiv": "ARXIV:",
    "doi": "DOI:",
    "acl": "ACL:",
    "pmid": "PMID:",
    "pmcid": "PMCID:",
    "corpus": "CorpusId:",
    "s2": "",
}
# "ArXiv" as a venue says that there is none yet.
_PREPRINT_VENUES = frozenset({"arxiv.org", "arxiv", "arxiv preprint", "corr"})
_ARXIV_DOI = "10.48550/arxiv."
_DIMENSIONS = 768


def name_of(identifier: Identifier) -> str:
    """An identifier as Semantic Scholar takes it; empty for one it has no word for."""
    prefix = _PREFIXES.get(identifier.scheme)
    value = identifier.value
    if prefix is None:
        return ""
    return prefix + (value.removeprefix("PMC") if identifier.scheme == "pmcid" else value)


def paper_of(record: object) -> Paper | None:
    """A record as a paper; None for a gap or a record without a title or a name."""
    if not isinstance(record, Mapping):
        return None
    title = one_line(str(record.get("title") or ""))
    identifiers = _identifiers(record)
    if not title or not identifiers:
        return None
    abstract = one_line(str(record.get("abstract") or ""))
    arxiv = next((i.value for i in identifiers if i.scheme == "arxiv"), "")
    return Paper(
        title=title,
        identifiers=identifiers,
        abstract=abstract,
        authors=tuple(
            one_line(str(author["name"]))
            for author in record.get("authors") or ()
            if isinstance(author, Mapping) and author.get("name")
        ),
        published=day(record.get("publicationDate")) or month_of_arxiv_id(arxiv),
        venue=_venue(record),
        links=_links(record, abstract),
        embedding=_embedding(record),
    )


def _identifiers(record: Mapping[str, Any]) -> tuple[Identifier, ...]:
    external = record.get("externalIds")
    names = external if isinstance(external, Mapping) else {}
    found: list[Identifier] = []
    if match := arxiv_id(str(names.get("ArXiv") or "")):
        found.append(Identifier("arxiv", match[0]))
    doi = normalise_doi(str(names.get("DOI") or ""))
    if doi and doi.startswith(_ARXIV_DOI):
        if match := arxiv_id(doi.removeprefix(_ARXIV_DOI)):
            found.append(Identifier("arxiv", match[0]))
    elif doi:
        found.append(Identifier("doi", doi))
    if acl := names.get("ACL"):
        found.append(Identifier("acl", str(acl)))
    if pmid := names.get("PubMed"):
        found.append(Identifier("pmid", str(pmid)))
    if pmcid := names.get("PubMedCentral"):
        found.append(Identifier("pmcid", "PMC" + str(pmcid).upper().removeprefix("PMC")))
    if paper_id := record.get("paperId"):
        found.append(Identifier("s2", str(paper_id)))
    if corpus := record.get("corpusId") or names.get("CorpusId"):
        found.append(Identifier("corpus", str(corpus)))
    return tuple(dict.fromkeys(found))


def _venue(record: Mapping[str, Any]) -> str:
    for key in ("publicationVenue", "journal", "venue"):
        value = record.get(key)
        name = value.get("name") if isinstance(value, Mapping) else value
        if isinstance(name, str) and name.strip():
            return "" if name.strip().lower() in _PREPRINT_VENUES else one_line(name)
    return ""


def _links(record: Mapping[str, Any], abstract: str) -> tuple[Link, ...]:
    pdf = record.get("openAccessPdf")
    url = pdf.get("url") if isinstance(pdf, Mapping) else None
    paper = (Link("paper", url),) if isinstance(url, str) and url.startswith("http") else ()
    return paper + code_links(abstract)


def _embedding(record: Mapping[str, Any]) -> tuple[float, ...]:
    embedding = record.get("embedding")
    if not isinstance(embedding, Mapping) or embedding.get("model") != "specter_v2":
        return ()
    vector = embedding.get("vector")
    if not isinstance(vector, list) or len(vector) != _DIMENSIONS:
        return ()
    return tuple(float(number) for number in vector)
