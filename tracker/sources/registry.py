"""The sources that the settings name."""

from __future__ import annotations

from collections.abc import Iterator

from tracker.http import Http
from tracker.settings import Settings
from tracker.sources import Source


def build_sources(settings: Settings, http: Http) -> list[Source]:
    """The sources that the settings name, each one's packages imported only then."""
    return list(_sources(settings, http))


def _sources(settings: Settings, http: Http) -> Iterator[Source]:
    named = settings.sources
    if named.files:
        from tracker.sources.files import FileSource

        for file in named.files:
            yield FileSource(file.path, settings.resolve(file.path))
    if named.arxiv:
        from tracker.sources.arxiv import ArxivSource

        yield ArxivSource(named.arxiv, http)
