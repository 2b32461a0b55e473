"""What goes wrong with any server, for `World.fail`, and what the program says of it."""

from __future__ import annotations

from tests.world import arxiv, oai, semantic_scholar
from tests.world.server import Answer, Fault, Request


def half(_: Request, answer: Answer) -> Answer:
    """Half of the right body with a length to match, as a proxy may keep it."""
    return Answer(200, answer.content[: len(answer.content) // 2], answer.headers)


def broken_off(_: Request, answer: Answer) -> Answer:
    """The right body, and the connection reset in its middle."""
    return Answer(200, answer.content, answer.headers, delivery="reset")


def too_short(_: Request, answer: Answer) -> Answer:
    """The right body, closed before the announced length."""
    return Answer(200, answer.content, answer.headers, delivery="truncated")


def never_ending(_: Request, answer: Answer) -> Answer:
    """The right body, whose second half never comes."""
    return Answer(200, answer.content, answer.headers, delivery="hang")


HANGING = "read that never ends"

EVERYWHERE: dict[str, tuple[Fault, str]] = {
    "429": (Answer(429), "429"),
    "429 with Retry-After": (Answer(429, headers={"Retry-After": "0"}), "429"),
    "500": (Answer(500), "500"),
    "502": (Answer(502), "502"),
    "503": (Answer(503), "503"),
    "503 with Retry-After": (Answer(503, headers={"Retry-After": "0"}), "503"),
    "504": (Answer(504), "504"),
    "connection reset in mid-body": (broken_off, "broke off"),
    "body shorter than announced": (too_short, "broke off"),
    HANGING: (never_ending, "no answer in time"),
    "XML or JSON cut in half": (half, ""),
    "HTML page with 200": (arxiv.HTML_PAGE, ""),
    "empty body with 200": (Answer(200, b""), ""),
    "Rate exceeded. with 200": (arxiv.RATE_EXCEEDED, ""),
}
"""With any protocol: outlived when it passes, told in these words when it lasts."""

FINAL: dict[str, tuple[Fault, str]] = {
    "301 to elsewhere": (Answer(301, headers={"Location": "https://a.example/"}), "redirects"),
    "401": (Answer(401), "401"),
    "403": (Answer(403), "403"),
    "406": (Answer(406), "406"),
    "429 for an hour": (Answer(429, headers={"Retry-After": "3600"}), "429"),
}
"""There is no use in asking again within the same run."""

OWN: dict[tuple[str, str], Fault] = {
    ("error feed with 200", "arxiv"): arxiv.error_feed("internal error"),
    ("empty page in the middle", "arxiv"): arxiv.without_entries,
    ("empty page in the middle", "oai"): oai.without_records,
    ("empty page in the middle", "search"): semantic_scholar.without_data,
    ("empty page in the middle", "citations"): semantic_scholar.without_data,
    ("total that changes between pages", "arxiv"): arxiv.with_total(7),
    ("total that changes between pages", "oai"): oai.with_total(7),
    ("total that changes between pages", "search"): semantic_scholar.with_total(7),
    ("page with a paper missing", "arxiv"): arxiv.without_first_entry,
    ("duplicates across pages", "arxiv"): arxiv.reordered(*range(17), 0, 1, 2),
    ("duplicates across pages", "oai"): oai.with_first_twice,
    ("duplicates across pages", "search"): semantic_scholar.with_first_twice,
    ("duplicates across pages", "citations"): semantic_scholar.with_first_twice,
    ("expired token", "oai"): oai.error("badResumptionToken", "expired"),
    ("error with 200", "search"): semantic_scholar.ERROR_WITH_200,
    ("error with 200", "citations"): semantic_scholar.ERROR_WITH_200,
    ("nothing, with a total", "search"): semantic_scholar.EMPTY_WITH_TOTAL,
}
"""What one protocol can do wrong, by the fault's and the protocol's name."""
