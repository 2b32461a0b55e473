"""What sources share in dealing with answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from lxml import etree

from tracker.errors import SourceError
from tracker.http import HttpError


@contextmanager
def failing_as(source: str) -> Iterator[None]:
    """Turn a request that brought nothing to rely on into the source's failure."""
    try:
        yield
    except HttpError as error:
        raise SourceError(source, error.reason, url=error.url, attempt=error.attempts) from error


def parse_xml(content: bytes) -> etree._Element | None:
    """The root of an XML document, recovered where it is broken; None when there is none.

    Abstracts hold characters that XML forbids, so strictness would refuse whole pages; whoever
    asks checks by the document's end and its counts that nothing was lost.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        return etree.fromstring(content.strip(), parser)
    except etree.XMLSyntaxError:
        return None
