"""Where and when a preprint was published, from what the sources say of it.

Sources write venues in their own ways: `Annual Meeting of the Association for Computational
Linguistics`, `Nat Med 29, 1930-1940 (2023)`. A reading list wants the short name and the year.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from tracker.identifiers import url_of
from tracker.paper import Paper


@dataclass(frozen=True, slots=True)
class Publication:
    """The place where a paper appeared: its short name, the year, the published version's address.

    `year` is None and `url` empty where they are not known.
    """

    venue: str
    year: int | None = None
    url: str = ""


def publication_of(statements: Iterable[Paper]) -> Publication | None:
    """The publication that the statements of a paper's sources tell of; None for a preprint.

    `statements` are what each source said, the most trusted first. A venue that only names a
    preprint server is none.
    """
    known = list(statements)
    for paper in known:
        venue = short_venue(paper.venue)
        if venue:
            return Publication(venue, _year(paper, known), _address(known))
    return None


@lru_cache(maxsize=4096)
def short_venue(text: str) -> str:
    """A venue's short name: without year, volume and pages; empty for a preprint server."""
    text = " ".join(text.split())
    if is_preprint(text):
        return ""
    for pattern, name in _CONFERENCES:
        if pattern.search(text):
            return name + next((end for part, end in _PARTS if part.search(text)), "")
    for beginning in _BEGINNINGS:
        text = beginning.sub("", text)
    text = _REST.split(text, maxsplit=1)[0]
    text = re.sub(r"\s*[({\[][^)}\]]*$", "", text).strip(" ,;:-–")
    # The full stop of an abbreviated name stays: `Nat. Med.`
    text = text if "." in text[:-1] else text.rstrip(".")
    return text if re.search(r"[^\W\d_]{2}", text) else ""


def is_preprint(venue: str) -> bool:
    """Whether a venue is none, or only the name of a preprint server."""
    rest = _PREPRINT.sub(" ", venue)
    return not re.search(r"[^\W\d_]", rest)


def _year(paper: Paper, known: Iterable[Paper]) -> int | None:
    """The year of publication; a date that may be the preprint's does not tell it."""
    if found := re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", paper.venue):
        return int(found[-1])
    for other in known:
        for identifier in other.identifiers:
            name = re.search(r"(?:^|/)(20\d\d)\.[a-z0-9]+-[a-z0-9]+\.\d+$", identifier.value)
            if name and identifier.scheme in {"acl", "doi"}:
                return int(name[1])
    first = min((p.published for p in known if p.published), default=None)
    if first and paper.published and paper.published.year > first.year:
        return paper.published.year
    return None


def _address(known: Iterable[Paper]) -> str:
    """The published version's own page."""
    names = [identifier for paper in known for identifier in paper.identifiers]
    for scheme in ("acl", "doi"):
        for identifier in names:
            if identifier.scheme == scheme and not _PREPRINT_DOI.match(identifier.value):
                return url_of(identifier) or ""
    return ""


_PREPRINT = re.compile(
    r"(?i)\b(?:ar ?xiv|(?:bio|med|chem|psy) ?rxiv|ssrn|corr|research square|preprints?|e-?prints?|"
    r"org|abs|cs|cl|ai|lg|cv|stat|ml|under review|submitted)\b|\d{4}\.\d{4,5}(?:v\d+)?"
)
_PREPRINT_DOI = re.compile(r"10\.(?:48550|1101|21203|2139|31234|31219|20944|36227)/")
_BEGINNINGS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"^(?:published|accepted|appeared|to appear|in press)?\s*(?:in|at|by)\s+",
        r"^(?:in )?(?:the )?proceedings of (?:the )?",
        r"^(?:19|20)\d\d\s+|^\d+(?:st|nd|rd|th)\s+",
    )
)
_REST = re.compile(
    r"(?i)[\s,;(]+(?=(?:vol(?:ume)?|no|pp?|pages?|issue|art(?:icle)?|doi)\b\.?\s*[:\d]|\d)|"
    r",\s+(?=(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d)"
)
_PARTS = (
    (re.compile(r"(?i)\bfindings\b"), " Findings"),
    (re.compile(r"(?i)\bworkshops?\b"), " Workshop"),
)
_CONFERENCES = tuple(
    (re.compile(pattern, re.IGNORECASE), name)
    for pattern, name in (
        (r"north american chapter of the association for computational|(?-i:\bNAACL\b)", "NAACL"),
        (r"european chapter of the association for computational|(?-i:\bEACL\b)", "EACL"),
        (r"asia-pacific chapter of the association for computational|(?-i:\bAACL\b)", "AACL"),
        (r"empirical methods in natural language|(?-i:\bEMNLP\b)", "EMNLP"),
        (r"transactions of the association for computational|(?-i:\bTACL\b)", "TACL"),
        (r"association for computational linguistics|(?-i:\bACL\b)", "ACL"),
        (r"international conference on computational linguistics|(?-i:\bCOLING\b)", "COLING"),
        (r"language resources and evaluation|(?-i:\bLREC\b)", "LREC"),
        (r"conference on language modeling|(?-i:\bCOLM\b)", "COLM"),
        (r"neural information processing systems|(?-i:\b(?:NeurIPS|NIPS)\b)", "NeurIPS"),
        (r"conference on learning representations|(?-i:\bICLR\b)", "ICLR"),
        (r"international conference on machine learning\b|(?-i:\bICML\b)", "ICML"),
        (r"transactions on machine learning research|(?-i:\bTMLR\b)", "TMLR"),
        (r"journal of machine learning research|(?-i:\bJMLR\b)", "JMLR"),
        (r"aaai conference|(?-i:\bAAAI\b)", "AAAI"),
        (r"joint conference on artificial intelligence|(?-i:\bIJCAI\b)", "IJCAI"),
        (r"computer vision and pattern recognition|(?-i:\bCVPR\b)", "CVPR"),
        (r"international conference on computer vision|(?-i:\bICCV\b)", "ICCV"),
        (r"european conference on computer vision|(?-i:\bECCV\b)", "ECCV"),
        (r"medical image computing and computer|(?-i:\bMICCAI\b)", "MICCAI"),
        (r"knowledge discovery and data mining|(?-i:\bKDD\b)", "KDD"),
        (r"research and development in information retrieval|(?-i:\bSIGIR\b)", "SIGIR"),
        (r"\bthe web conference|world wide web conference|(?-i:\bWWW\b)", "WWW"),
        (r"information and knowledge management|(?-i:\bCIKM\b)", "CIKM"),
        (r"human factors in computing systems|(?-i:\bCHI\b)", "CHI"),
        (r"acoustics, speech,? and signal processing|(?-i:\bICASSP\b)", "ICASSP"),
        (r"(?-i:\bINTERSPEECH\b)|\binterspeech\b", "Interspeech"),
    )
)
