"""A paper as a source reports it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from tracker.identifiers import Identifier, url_of

Role = Literal["paper", "code", "project", "data", "model", "other"]
"""What a link leads to."""


@dataclass(frozen=True, slots=True)
class Link:
    """An address that belongs to a paper, and what it leads to."""

    role: Role
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A scholarly work as one source reports it; what is unknown is empty or None.

    `authors` are display names in the paper's order. `categories` are arXiv's, the primary
    first. `published` is the day of the first version, `updated` of the newest. `venue` is
    where it appeared, as the source writes it ("" for a preprint). `version` is the arXiv
    version the record was made from. `embedding` is SPECTER2's 768 numbers when Semantic
    Scholar delivered them.
    """

    title: str
    identifiers: tuple[Identifier, ...] = ()
    abstract: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published: date | None = None
    updated: date | None = None
    venue: str = ""
    comment: str = ""
    version: int | None = None
    links: tuple[Link, ...] = ()
    embedding: tuple[float, ...] = ()

    def identifier(self, scheme: str) -> str | None:
        """The value of its first identifier of that scheme."""
        return next((i.value for i in self.identifiers if i.scheme == scheme), None)

    @property
    def url(self) -> str:
        """The address a reader is sent to: arXiv's page, else the DOI, else what there is."""
        preferred = sorted(self.identifiers, key=lambda i: _PREFERENCE.get(i.scheme, 9))
        addresses = (url_of(identifier) for identifier in preferred)
        return next((address for address in addresses if address), "")


_PREFERENCE = {
    "arxiv": 0,
    "acl": 1,
    "doi": 2,
    "url": 3,
    "pmid": 4,
    "pmcid": 5,
    "s2": 6,
    "corpus": 7,
}
