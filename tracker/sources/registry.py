"""The sources that the settings name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

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
        *_oai(settings, http),
        *_feeds(settings, http),
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


def _oai(settings: Settings, http: Http) -> Iterator[Source]:
    named = settings.sources.arxiv_oai
    if named and named.sets:
        from tracker.sources.oai import OaiSource

        for set_name in named.sets:
            yield OaiSource(named.url, set_name, http)


def _feeds(settings: Settings, http: Http) -> Iterator[Source]:
    if settings.sources.feeds:
        from tracker.sources.feeds import FeedSource, arxiv_categories

        api = settings.sources.arxiv
        for feed in settings.sources.feeds:
            missing = set(arxiv_categories(feed.url)) - set(api.categories if api else ())
            catch_up = _arxiv_api(missing, http) if missing else None
            yield FeedSource(feed.name, feed.url, http, catch_up=catch_up)


def _arxiv_api(categories: Iterable[str], http: Http) -> Source:
    """The API for the categories of a feed; an archive stands for all of its categories."""
    from tracker.settings import ArxivSettings
    from tracker.sources.arxiv import ArxivSource

    names = [name if "." in name or name in _UNDIVIDED else f"{name}.*" for name in categories]
    fields = ArxivSettings(categories=("cs.CL",)).model_dump()
    return ArxivSource(ArxivSettings.model_construct(**{**fields, "categories": names}), http)


# Archives of arXiv that are categories themselves.
_UNDIVIDED = frozenset(
    ["gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nucl-ex", "nucl-th", "quant-ph"]
)


def _semantic_scholar(
    settings: Settings, http: Http, examples: Examples, environ: Mapping[str, str]
) -> Iterator[Source]:
    named = settings.sources.semantic_scholar
    if named is None:
        return
    from tracker.sources import semantic_scholar as package

    client = package.SemanticScholar(named.url, http, environ.get("S2_API_KEY", ""))
    if not (named.query or named.recommend or named.citations_of):
        yield package.LookUps(client)
    if named.query:
        yield package.SearchSource(client, named.query)
    if named.recommend:
        yield package.RecommendationSource(client, examples.listed, examples.rejected)
    for cited in named.citations_of:
        yield package.CitationSource(client, cited)
