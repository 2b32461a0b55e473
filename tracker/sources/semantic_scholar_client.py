"""The semanticscholar package on our own way out.

Left to itself the package reads an outage as an empty answer or asks for ever, leaves
queries unencoded and its key at home for citations, and sets up the root logger. So it gets a
requester that goes through `tracker.http`, and keeps the rest: endpoints, paging, limits.
The API is described at https://api.semanticscholar.org/api-docs.
"""

from __future__ import annotations

import json
import logging
from typing import Any
from urllib.parse import unquote, urlsplit

from semanticscholar.ApiRequester import ApiRequester
from semanticscholar.AsyncSemanticScholar import AsyncSemanticScholar

from tracker.http import Http, HttpError, Response, UnbelievableError

PATIENCE = 60.0
"""Seconds of waiting, over all requests of a run, before Semantic Scholar counts as away."""

# The package warns of every identifier it does not find; that is no news here.
logging.getLogger("semanticscholar").setLevel(logging.ERROR)


class CheckedRequester(ApiRequester):  # type: ignore[misc]  # the package has no types
    """What the package asks through. Raises HttpError where the package would look away."""

    def __init__(self, http: Http, api_key: str = "") -> None:
        super().__init__(timeout=PATIENCE, retry=False)
        self.last: Any = None
        self._http = http
        self._headers = {"x-api-key": api_key} if api_key else {}
        self._patience = PATIENCE
        self._tokens: set[str] = set()
        self._seen = 0

    async def get_data_async(
        self, url: str, parameters: str, headers: object, payload: Any = None
    ) -> Any:
        """The JSON of an answer that can be believed."""
        if self._patience <= 0:
            raise HttpError("did not answer a moment ago and is left alone", url=url)
        pairs = (part.partition("=") for part in parameters.split("&") if part)
        params = [(name, unquote(value)) for name, _, value in pairs]
        if "token" not in dict(params):
            self._tokens.clear()
            self._seen = 0
        started = self._http.clock()
        try:
            response = self._http.request(
                "POST" if payload else "GET",
                url,
                params=params,
                headers=self._headers,
                json=payload or None,
                check=self._check,
                patience=self._patience,
            )
        except HttpError as error:
            if error.temporary:
                self._patience = 0
            raise HttpError(
                f"{error.reason}{_explained(error.content)}",
                url=error.url,
                status=error.status,
                attempts=error.attempts,
                temporary=error.temporary,
            ) from error
        if response.attempts > 1:
            self._patience -= self._http.clock() - started
        self._remember_page(url)
        return self.last

    def _check(self, response: Response) -> None:
        try:
            self.last = response.json()
        except ValueError:
            raise UnbelievableError("answered something that is not JSON") from None
        path = urlsplit(response.url).path
        if path.endswith("/batch"):
            believable = isinstance(self.last, list)
        elif not isinstance(self.last, dict):
            believable = False
        elif "/recommendations/" in path:
            believable = isinstance(self.last.get("recommendedPapers"), list)
        else:
            total = self.last.get("total")
            data = self.last.get("data", [] if total == 0 else None)
            # An empty page is the end only when what was announced has come; see `_seen`.
            # Pages are only announced when there is something on them.
            announced = any(self.last.get(key) for key in ("next", "token", "offset"))
            early = not data and (announced or (isinstance(total, int) and self._seen < total))
            believable = isinstance(data, list) and not early
            # Without the key the package would take the end for the beginning, for ever.
            self.last["data"] = data
        if not believable:
            raise UnbelievableError(f"answered no papers{_explained(response.content)}")

    def _remember_page(self, url: str) -> None:
        if not isinstance(self.last, dict):
            return
        self._seen += len(self.last.get("data", ()))
        token, following = self.last.get("token"), self.last.get("next")
        goes_back = following and following <= (self.last.get("offset") or 0)
        if token in self._tokens or goes_back:
            raise HttpError("gives the same page again and again", url=url)
        if token:
            self._tokens.add(token)


class QuietClient(AsyncSemanticScholar):  # type: ignore[misc]  # the package has no types
    """The package's client without its hand on the root logger."""

    def __init__(self, requester: CheckedRequester, url: str) -> None:
        super().__init__(api_url=url, retry=False)
        self._requester = requester

    @property
    def debug(self) -> bool:
        """Never; the package's setter would configure logging for everybody."""
        return False

    @debug.setter
    def debug(self, debug: bool) -> None:
        pass


def _explained(content: bytes) -> str:
    """What an error says of itself, as an addition to a sentence."""
    try:
        data = json.loads(content)
    except ValueError:
        return ""
    said = data.get("error") or data.get("message") if isinstance(data, dict) else None
    return f": {str(said)[:200]}" if said else ""
