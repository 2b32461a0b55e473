"""A stand-in for Semantic Scholar: bulk search, batch look-ups, citations, recommendations.

Written after the provider's OpenAPI description and answers the real one gave.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from tests.world.server import Answer, Request, World

PER_BULK_PAGE = 1_000
MOST_BATCH = 500


def record(number: int, **changed: Any) -> dict[str, Any]:
    """An invented paper as the API writes it."""
    return {
        "paperId": f"{number:040x}",
        "corpusId": 1_000_000 + number,
        "externalIds": {"ArXiv": f"2603.{number:05d}", "CorpusId": 1_000_000 + number},
        "title": f"Invented study number {number}",
        "abstract": f"Study {number} shows $a<b$.",
        "venue": "arXiv.org",
        "publicationVenue": {"name": "arXiv.org"},
        "journal": {"name": "ArXiv"},
        "publicationDate": f"2026-03-{1 + number % 28:02d}",
        "authors": [{"authorId": "1", "name": "Ada Muster"}, {"authorId": "2", "name": "Bo B."}],
        "openAccessPdf": None,
        **changed,
    }


class SemanticScholarWorld(World):
    """Serves `papers`; `citations` maps a name to the papers that cite it.

    Names in `unknown_examples` make a recommendation fail, as one unknown paper does.
    """

    def __init__(self, papers: Iterable[dict[str, Any]] = (), *, page: int = 1_000) -> None:
        super().__init__()
        self.papers = list(papers)
        self.citations: dict[str, list[dict[str, Any]]] = {}
        self.recommended: list[dict[str, Any]] = []
        self.unknown_examples: set[str] = set()
        self._page = page
        self.on("GET", r"/graph/v1/paper/search/bulk", self._bulk)
        self.on("POST", r"/graph/v1/paper/batch", self._batch)
        self.on("GET", r"/graph/v1/paper/(?P<name>.+)/citations", self._citations)
        self.on("POST", r"/recommendations/v1/papers/", self._recommend)

    def not_found(self, request: Request) -> Answer:
        return Answer(404, {"error": f"{request.path} not found"})

    def _bulk(self, request: Request) -> Answer:
        start, _, end = request.query.get("publicationDateOrYear", ":").partition(":")
        found = [
            paper
            for paper in self.papers
            if start <= (paper["publicationDate"] or "") and (paper["publicationDate"] or "") <= end
        ]
        found.sort(key=lambda paper: (paper["publicationDate"] or "", paper["paperId"]))
        offset = int(request.query.get("token", "T0==")[1:-2])
        page = found[offset : offset + self._page]
        more = offset + self._page < len(found)
        token = {"token": f"T{offset + self._page}=="} if more else {"token": None}
        return Answer(200, {"total": len(found), **token, "data": page})

    def _batch(self, request: Request) -> Answer:
        names = request.json()["ids"]
        if len(names) > MOST_BATCH:
            return Answer(400, {"error": f"Only up to {MOST_BATCH} papers can be fetched"})
        known = {name.lower(): paper for paper in self.papers for name in _names(paper)}
        found = [known.get(name.lower()) for name in names]
        if not any(found):
            return Answer(400, {"error": "No valid paper ids given"})
        return Answer(200, found)

    def _citations(self, request: Request) -> Answer:
        if request["name"] not in self.citations:
            return Answer(404, {"error": f"Paper with id {request['name']} not found"})
        offset, limit = int(request.query["offset"]), int(request.query["limit"])
        citing = self.citations[request["name"]]
        limit = min(limit, self._page)
        page = [{"citingPaper": paper} for paper in citing[offset : offset + limit]]
        more = {"next": offset + limit} if offset + limit < len(citing) else {}
        return Answer(200, {"offset": offset, **more, "data": page})

    def _recommend(self, request: Request) -> Answer:
        asked = request.json()
        wrong = [
            name
            for name in [*asked["positivePaperIds"], *(asked["negativePaperIds"] or [])]
            if re.sub(r"^\w+:", "", name) in self.unknown_examples
        ]
        if wrong:
            return Answer(404, {"error": f"Could not find following papers: {wrong}"})
        limit = int(request.query["limit"])
        return Answer(200, {"recommendedPapers": self.recommended[:limit]})


def _names(paper: dict[str, Any]) -> list[str]:
    """What a paper may be asked for by."""
    external = paper["externalIds"] or {}
    prefixes = {"ArXiv": "ARXIV", "DOI": "DOI", "ACL": "ACL", "PubMed": "PMID"}
    others = [f"{prefix}:{external[key]}" for key, prefix in prefixes.items() if key in external]
    return [paper["paperId"], f"CorpusId:{paper['corpusId']}", *others]


def without_data(_: Request, answer: Answer) -> Answer:
    """The page with its token or offset and none of its papers."""
    return replace(answer, body={**answer.body, "data": []})


def with_first_twice(_: Request, answer: Answer) -> Answer:
    """The page with its first paper once more at the end."""
    papers = answer.body["data"]
    return replace(answer, body={**answer.body, "data": [*papers, *papers[:1]]})


def with_total(change: int) -> Callable[[Request, Answer], Answer]:
    """A fault that announces so many papers more than there are."""

    def changed(_: Request, answer: Answer) -> Answer:
        return replace(answer, body={**answer.body, "total": answer.body["total"] + change})

    return changed


FORBIDDEN = Answer(403, {"message": "Forbidden"})
TOO_MANY = Answer(429, {"message": "Too Many Requests.", "code": "429"})
INTERNAL = Answer(500, {"message": "Internal Server Error"})
ERROR_WITH_200 = Answer(200, {"error": "something went wrong"})
CUT_OFF = Answer(200, '{"total": 3, "data": [{"paperId": "00')
HTML_PAGE = Answer(200, "<html>please wait</html>", {"Content-Type": "text/html"})
EMPTY_WITH_TOTAL = Answer(200, {"total": 2674, "data": []})
