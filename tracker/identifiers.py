"""Identifiers of papers, in every spelling, normalised so that equal things compare equal."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args
from urllib.parse import unquote

from tracker.addresses import Address, found_in, normalise_url, parse_address
from tracker.titles import fold, normalise_title

__all__ = [
    "LONGEST",
    "SCHEMES",
    "Identifier",
    "Scheme",
    "arxiv_id",
    "canonical",
    "fold",
    "identify",
    "normalise_doi",
    "normalise_title",
    "normalise_url",
    "url_of",
]

LONGEST = 1_000
"""Longer addresses are neither identifiers nor written into a list, where nobody finds the end
of a link of thousands. The longest in 23 real lists has 311 characters."""

Scheme = Literal["arxiv", "doi", "s2", "corpus", "pmid", "pmcid", "acl", "url"]
SCHEMES: tuple[Scheme, ...] = get_args(Scheme)


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """A name for a paper, unique within its scheme; `value` is in normal form."""

    scheme: Scheme
    value: str

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


# The identifier as arXiv defines it: https://info.arxiv.org/help/arxiv_identifier.html
# Four digits in the month until 2014, five since.
_ARXIV_NEW = r"(?:0[7-9]|1[0-4])(?:0[1-9]|1[0-2])\.\d{4}|(?:1[5-9]|[2-8]\d)(?:0[1-9]|1[0-2])\.\d{5}"
_ARCHIVES = (
    "acc-phys adap-org alg-geom ao-sci astro-ph atom-ph bayes-an chao-dyn chem-ph cmp-lg comp-gas "
    "cond-mat cs dg-ga funct-an gr-qc hep-ex hep-lat hep-ph hep-th math math-ph mtrl-th nlin "
    "nucl-ex nucl-th patt-sol physics plasm-ph q-alg q-bio quant-ph solv-int supr-con"
)
_ARXIV_OLD = rf"(?:{'|'.join(_ARCHIVES.split())})(?:\.[A-Za-z-]+)?/\d{{2}}(?:0[1-9]|1[0-2])\d{{3}}"
_ARXIV = re.compile(rf"(?<![\w.-])({_ARXIV_NEW}|{_ARXIV_OLD})(?:v(\d+))?(?!\d)", re.IGNORECASE)
# In an address of another site, a number is arXiv's when the address says so before it.
_ARXIV_ELSEWHERE = re.compile(
    rf"arxiv\b[^?#]*?(?<![\d.])({_ARXIV_NEW}|{_ARXIV_OLD})(?:v(\d+))?(?!\d)", re.IGNORECASE
)
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(.+)", re.IGNORECASE)

_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>|\\^`{}]+", re.IGNORECASE)
# Old DOIs built on serial numbers hold angle brackets, and differ in what follows them.
_DOI_SICI = re.compile(r"10\.\d{4,9}/\(sici\)\S+", re.IGNORECASE)
# What publishers' sites put behind a DOI in an address: views of the page, files, versions.
_VIEW = re.compile(
    r"(?:/(?:full(?:text|-text)?|abstract|abs|e?pdf(?:direct)?|html?|meta|summary|references|"
    r"figures(?:-only)?|tables|suppinfo|supplementary-material|citations?|metrics|comments?)|"
    r"\.(?:full(?:-text)?|abstract|pdf|long|short|figures-only|supplementary-material|html?|xml|"
    r"article-info|article-metrics|e?letters|extract))$"
)
# One preprint in several versions has a DOI each, or spellings with a version. The first
# version's is the paper's.
_FIRST_VERSION = (
    (re.compile(r"(10\.(?:1101|64898)/(?:\d{4}\.\d{2}\.\d{2}\.)?\d{6,8})(?:v\d+\b.*)?"), r"\1"),
    (re.compile(r"(10\.(?:21203|36227|22541)/.+?)(?:/v\d+)"), r"\1/v1"),
    (re.compile(r"(10\.20944/preprints\d+\.\d+)\.v\d+"), r"\1.v1"),
    (re.compile(r"(10\.26434/chemrxiv-\d{4}-\w+)-v\d+"), r"\1"),
    (re.compile(r"(10\.(?:31219|31234|31235|35542)/osf\.io/\w+?)_v\d+"), r"\1"),
    # JMIR gives the article the number its preprint had.
    (re.compile(r"10\.2196/preprints\.(\d+)"), r"10.2196/\1"),
)
_ACL = re.compile(r"\d{4}\.[a-z0-9_]+-[a-z0-9_]+\.\d+|[A-Z]\d{2}-\d{4}", re.IGNORECASE)
_ACL_DOI = re.compile(rf"10\.(?:18653/v1|3115/v1)/({_ACL.pattern})", re.IGNORECASE)
# How people, Semantic Scholar and PubMed write an identifier with its scheme in front.
_NAMED = re.compile(
    r"(?P<scheme>pmid|pubmed|pmcid|corpus(?:id)?|s2|acl)\s*[:=]?\s*(?P<value>[\w.-]+)",
    re.IGNORECASE,
)
_PMC = re.compile(r"(?<![A-Za-z0-9])PMC(\d+)(?!\d)", re.IGNORECASE)


def url_of(identifier: Identifier) -> str:
    """The address of the page an identifier stands for; empty when it has none."""
    templates = {
        "arxiv": "https://arxiv.org/abs/{}",
        "doi": "https://doi.org/{}",
        "s2": "https://www.semanticscholar.org/paper/{}",
        "corpus": "https://api.semanticscholar.org/CorpusID:{}",
        "pmid": "https://pubmed.ncbi.nlm.nih.gov/{}/",
        "pmcid": "https://www.ncbi.nlm.nih.gov/pmc/articles/{}/",
        "acl": "https://aclanthology.org/{}/",
        "url": "{}",
    }
    return templates[identifier.scheme].format(identifier.value)


def arxiv_id(text: str) -> tuple[str, int | None] | None:
    """The first arXiv identifier in `text` without its version, and the version."""
    found = _ARXIV.search(text)
    if found is None:
        return None
    return _arxiv_form(found[1]), int(found[2]) if found[2] else None


def normalise_doi(text: str) -> str | None:
    """The first DOI in `text` in lower case; without what a sentence or a site puts after it.

    The DOIs of one preprint's versions come out as one.
    """
    plain = unquote(text)
    found = _DOI_SICI.search(plain) or _DOI.search(plain)
    if found is None:
        return None
    doi = _trim(found[0]).lower()
    while (shorter := _trim(_VIEW.sub("", doi))) != doi and len(shorter) > len("10.1000/"):
        doi = shorter
    for pattern, form in _FIRST_VERSION:
        if whole := pattern.fullmatch(doi):
            return whole.expand(form)
    return doi


def canonical(identifier: Identifier) -> tuple[Identifier, ...]:
    """The same identifier in normal form, and others that follow from it.

    arXiv's own DOIs become arXiv identifiers; a DOI of the ACL Anthology gives its name too.
    What cannot be read stays as it is; what no list can hold is none.
    """
    return _short(_canonical(identifier))


def _canonical(identifier: Identifier) -> tuple[Identifier, ...]:
    if identifier.scheme == "doi":
        doi = normalise_doi(identifier.value)
        return _from_doi(doi) if doi else (identifier,)
    if identifier.scheme == "arxiv":
        found = arxiv_id(identifier.value)
        return (Identifier("arxiv", found[0]) if found else identifier,)
    if identifier.scheme == "url":
        address = parse_address(identifier.value)
        return _from_address(address, identifier.value) if address else (identifier,)
    return (identifier,)


def identify(text: str) -> tuple[Identifier, ...]:
    """The identifiers a link or a bare identifier carries, the most specific first.

    A web address that carries none is itself the identifier, with scheme `url`; other text
    without an identifier gives none, nor does what is longer than 1,000 characters.
    """
    text = text.strip()
    # Written bare, `math.GT/0309136` looks like a host and a path.
    address = None if _ARXIV.fullmatch(text) else parse_address(text)
    if address is not None:
        return _short(_from_address(address, text if "://" in text else f"https://{text}"))
    return _short(_from_text(text))


def _short(identifiers: Iterable[Identifier]) -> tuple[Identifier, ...]:
    return tuple(one for one in identifiers if len(one.value) <= LONGEST)


def _from_address(address: Address, text: str) -> tuple[Identifier, ...]:
    for scheme, value in found_in(address):
        if found := _checked(scheme, value):
            return found
    for decoded in (address.path, *(value for _, value in address.query)):
        if doi := normalise_doi(decoded):
            return _from_doi(_without_article_number(address.host, doi))
    if elsewhere := _ARXIV_ELSEWHERE.search(address.host + address.target):
        return (Identifier("arxiv", _arxiv_form(elsewhere[1])),)
    if found_pmc := _PMC.search(address.path):
        return (Identifier("pmcid", f"PMC{found_pmc[1]}"),)
    return (Identifier("url", normalise_url(text)),)


def _from_text(text: str) -> tuple[Identifier, ...]:
    found: list[Identifier] = []
    doi = normalise_doi(text)
    # A DOI may look as if it held an arXiv number; only what stands outside it counts.
    rest = _DOI.sub(" ", unquote(text)) if doi else text
    if match := arxiv_id(rest):
        found.append(Identifier("arxiv", match[0]))
    if doi:
        found += _from_doi(doi)
    if match_pmc := _PMC.search(rest):
        found.append(Identifier("pmcid", f"PMC{match_pmc[1]}"))
    for named in _NAMED.finditer(rest):
        found += _named(named["scheme"].lower(), named["value"])
    if not found and _ACL.fullmatch(text.strip()):
        found.append(Identifier("acl", _acl_form(text.strip())))
    return tuple(dict.fromkeys(found))


def _named(scheme: str, value: str) -> tuple[Identifier, ...]:
    if scheme in {"pmid", "pubmed"} and value.isdecimal():
        return (Identifier("pmid", value.lstrip("0")),)
    if scheme == "pmcid" and value.isdecimal():
        return (Identifier("pmcid", f"PMC{value}"),)
    if scheme.startswith("corpus") and value.isdecimal():
        return (Identifier("corpus", value),)
    if scheme == "s2" and re.fullmatch(r"[0-9a-f]{40}", value, re.IGNORECASE):
        return (Identifier("s2", value.lower()),)
    if scheme == "acl" and _ACL.fullmatch(value.rstrip(".")):
        return (Identifier("acl", _acl_form(value.rstrip("."))),)
    return ()


def _checked(scheme: str, value: str) -> tuple[Identifier, ...]:
    """The identifier a rule found in an address, in normal form; nothing when it is none."""
    if scheme == "arxiv":
        found = arxiv_id(value)
        return (Identifier("arxiv", found[0]),) if found else ()
    if scheme == "doi":
        doi = normalise_doi(value)
        return _from_doi(doi) if doi else ()
    if scheme == "acl":
        return (Identifier("acl", _acl_form(value)),)
    if scheme == "s2":
        return (Identifier("s2", value.lower()),)
    return tuple(Identifier(known, value) for known in SCHEMES if known == scheme)


def _from_doi(doi: str) -> tuple[Identifier, ...]:
    """A DOI in normal form as identifiers; arXiv's own become arXiv's."""
    if (own := _ARXIV_DOI.fullmatch(doi)) and (found := arxiv_id(own[1])):
        return (Identifier("arxiv", found[0]),)
    identifiers = [Identifier("doi", doi)]
    if anthology := _ACL_DOI.fullmatch(doi):
        identifiers.append(Identifier("acl", _acl_form(anthology[1])))
    return tuple(identifiers)


def _without_article_number(host: str, doi: str) -> str:
    """Oxford's addresses put a number of their own behind the DOI."""
    return re.sub(r"/\d{5,}$", "", doi) if host.endswith("academic.oup.com") else doi


def _arxiv_form(text: str) -> str:
    """Archive in lower case and without the subject class, which may change."""
    archive, slash, number = text.lower().rpartition("/")
    return archive.partition(".")[0] + slash + number


def _acl_form(name: str) -> str:
    """Old names start with a capital, new ones are in lower case."""
    return name.lower() if "." in name else name.upper()


def _trim(text: str) -> str:
    """Without the punctuation a sentence puts after an identifier; brackets stay in pairs."""
    while text:
        last = text[-1]
        opening = {")": "(", "]": "[", ">": "<", "}": "{"}.get(last)
        unpaired = opening is not None and text.count(last) > text.count(opening)
        if not (unpaired or last in ".,;:!?'\"“”’/*_&#="):
            return text
        text = text[:-1]
    return text
