"""Archived copies of pages that are gone, from the Internet Archive's availability API.

Described in https://archive.org/help/wayback_api.php.
"""

from __future__ import annotations

import logging
import re

from tracker.http import Http, HttpError, Response, UnbelievableError

logger = logging.getLogger(__name__)


def archived_copy(http: Http, url: str, address: str) -> str | None:
    """The address of an archived copy, "" when there is none, None when nobody could tell.

    `url` is the API's address.
    """
    try:
        response = http.get(url, params={"url": address}, check=_check)
    except HttpError as error:
        logger.info("no word of archived copies: %s", error)
        return None
    copy = response.json()["archived_snapshots"].get("closest") or {}
    if not copy.get("available") or str(copy.get("status", "")) != "200":
        return ""
    return re.sub(r"\Ahttp://(?=web\.archive\.org/)", "https://", str(copy.get("url", "")))


def _check(response: Response) -> None:
    try:
        found = response.json()["archived_snapshots"]
    except (ValueError, KeyError, TypeError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("closest", {}), dict):
        raise UnbelievableError("answered something else than archived copies")
