"""The paper that a person names: in the index, or where papers are looked up by identifier."""

from __future__ import annotations

from collections.abc import Callable

from db import papers
from jobs.comments import AskAgain, NotFound
from jobs.discover import http_of
from jobs.work import Work
from tracker.errors import SourceError
from tracker.identifiers import Identifier, identify
from tracker.paper import Paper
from tracker.pull_request.escape import markdown
from tracker.settings import ArxivSettings, SemanticScholarSettings

BY_NAME = "asked for"
"""The source of what was looked up because a person named it."""


def finder(work: Work) -> Callable[[str], int]:
    """A function from a person's words to the number of the paper they name.

    It raises NotFound with a sentence where they name none, and AskAgain when the source that
    may know it could not be asked.
    """

    def find(text: str) -> int:
        with work.index.read() as session:
            known = papers.find(session, text)
        if len(known) == 1:
            return known[0]
        if known:
            raise NotFound(
                f"“{markdown(text[:80])}” is several papers; give the arXiv id or the DOI."
            )
        named = [name for name in identify(text) if name.scheme not in {"url"}]
        if not named:
            raise NotFound(
                f"“{markdown(text[:80])}” is no arXiv id, DOI or address of a paper I know."
            )
        try:
            paper = _ask(work, named[0])
        except SourceError as error:
            work.console.warn(f"{text[:80]} could not be looked up: {error}")
            raise AskAgain from None
        if paper is None:
            raise NotFound(f"Nothing is known of “{markdown(text[:80])}”; is the identifier right?")
        with work.index.write() as session:
            return papers.merge(session, [paper], source=BY_NAME, seen_at=work.now).ids[0]

    return find


def _ask(work: Work, name: Identifier) -> Paper | None:
    """What arXiv, or for its own papers and all others Semantic Scholar, says of a paper."""
    with http_of(work.settings, work.index) as http:
        if name.scheme == "arxiv":
            from tracker.sources.arxiv import ArxivSource

            arxiv = work.settings.sources.arxiv or ArxivSettings(categories=("cs.CL",))
            return next(ArxivSource(arxiv, http).look_up([name.value]), None)
        from tracker.sources.semantic_scholar import SearchSource, SemanticScholar

        scholar = work.settings.sources.semantic_scholar or SemanticScholarSettings()
        client = SemanticScholar(scholar.url, http, work.environ.get("S2_API_KEY", ""))
        return next(SearchSource(client, "").enrich([name]), None)
