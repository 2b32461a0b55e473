"""The sources that the settings name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tracker.http import Http
from tracker.settings import Settings
from tracker.sources import Examples, Source


def build_sources(
    settings: Settings, http: Http, examples: Examples, environ: Mapping[str, str]
) -> list[Source]:
    """The sources that the settings name; see `tracker.sources.build_sources`."""
    return [
        *_files(settings),
        *_arxiv(settings, http),
        *_semantic_scholar(settings, http, examples, environ),
    ]


def _files(settings: Settings) -> Iterator[Source]:
    if settings.sources.files:
        from tracker.sources.files import FileSource

        for file in settings.sources.files:
            yield FileSource(file.path, settings.resolve(file.path))


def _arxiv(settings: Settings, http: Http) -> Iterator[Source]:
    if settings.sources.arxiv:
        from tracker.sources.arxiv import ArxivSource

        yield ArxivSource(settings.sources.arxiv, http)


def _semantic_scholar(
    settings: Settings, http: Http, examples: Examples, environ: Mapping[str, str]
) -> Iterator[Source]:
    named = settings.sources.semantic_scholar
    if named is None:
        return
    from tracker.sources import semantic_scholar as package

    client = package.SemanticScholar(named.url, http, environ.get("S2_API_KEY", ""))
    if named.query:
        yield package.SearchSource(client, named.query)
    if named.recommend:
        yield package.RecommendationSource(client, examples.listed, examples.rejected)
    for cited in named.citations_of:
        yield package.CitationSource(client, cited)
