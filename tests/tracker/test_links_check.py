"""What a check of one address says, and where its archived copy is."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.world.links import DISLIKES_HEAD, LinkWorld, nobody, silent_host
from tests.world.server import Answer, urls_of
from tracker.http import Http, Limits, Response
from tracker.links import Outcome
from tracker.links_archive import archived_copy
from tracker.links_check import LinkChecker, arxiv_page, doi_of

HASTY = Limits(connect=1, read=0.3, response=0.6, patience=3, attempts=2)
NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def world() -> Iterator[LinkWorld]:
    with LinkWorld(dois=["10.1000/known(1)"]) as world:
        yield world


@pytest.fixture
def checker(world: LinkWorld) -> Iterator[LinkChecker]:
    with Http(limits=HASTY) as http:
        yield LinkChecker(http, doi_url=world.resolver)


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now = NOW.timestamp()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


# One address


@pytest.mark.parametrize(
    ("page", "status", "code"),
    [
        ("fine", "alive", 200),
        ("gone", "dead", 404),
        ("gone-for-good", "dead", 410),
        ("login", "forbidden", 401),
        ("forbidden", "forbidden", 403),
        ("withheld", "forbidden", 451),
        ("no-robots", "forbidden", 999),
        ("odd", "forbidden", 418),
        ("busy", "rate limited", 429),
        ("trouble", "server trouble", 500),
        ("down", "server trouble", 503),
        ("moved", "moved", 200),
        ("away", "alive", 200),
        ("moved-to-gone", "dead", 404),
        ("circle", "server trouble", 302),
    ],
)
def test_what_a_page_answers_is_told_apart(
    world: LinkWorld, checker: LinkChecker, page: str, status: str, code: int
) -> None:
    outcome = checker.check(f"{world.url}/{page}")
    assert (outcome.status, outcome.code) == (status, code)
    assert not outcome.is_unreachable


@pytest.mark.parametrize("status", DISLIKES_HEAD)
def test_get_is_asked_where_head_is_refused(
    world: LinkWorld, checker: LinkChecker, status: int
) -> None:
    assert checker.check(f"{world.url}/head-{status}") == Outcome("alive", 200)
    assert urls_of(world.requests) == [f"HEAD /head-{status}", f"GET /head-{status}"]


def test_a_host_whose_head_was_right_a_few_times_is_believed(
    world: LinkWorld, checker: LinkChecker
) -> None:
    for number in range(6):
        assert checker.check(f"{world.url}/forbidden?{number}").status == "forbidden"
        assert checker.check(f"{world.url}/head-404?{number}").status == "alive"
    assert len(world.seen("/forbidden", "HEAD")) == 6
    assert len(world.seen("/forbidden", "GET")) == 3
    assert len(world.seen("/head-404", "GET")) == 6


def test_a_live_page_costs_one_request_without_a_body(
    world: LinkWorld, checker: LinkChecker
) -> None:
    checker.check(world.url + "/large")
    assert urls_of(world.requests) == ["HEAD /large"]


def test_only_the_beginning_of_a_page_is_read(world: LinkWorld) -> None:
    with Http(limits=Limits(size=500_000)) as http:
        response = http.get(world.url + "/large", enough=2_048)
    assert 2_048 <= len(response.content) < 500_000


@pytest.mark.parametrize(
    ("page", "target"),
    [
        ("moved", "/fine"),
        ("moved-twice", "/fine"),
        ("moved-then-away", "/away"),
        ("away-then-moved", ""),
        ("moved-to-front", "/"),
        ("moved-to-a-door", ""),
        ("moved-to-slash", ""),
    ],
)
def test_what_moved_for_good_is_where_the_lasting_redirects_lead(
    world: LinkWorld, checker: LinkChecker, page: str, target: str
) -> None:
    outcome = checker.check(f"{world.url}/{page}")
    wanted = Outcome("moved", 200, world.url + target) if target else Outcome("alive", 200)
    assert outcome == wanted


def test_a_pause_the_host_asks_for_is_kept(world: LinkWorld) -> None:
    slept: list[float] = []
    world.fail(Answer(429, headers={"Retry-After": "7"}))
    with Http(sleep=slept.append) as http:
        assert LinkChecker(http).check(world.url + "/fine").status == "alive"
    assert slept == [7.0]


@pytest.mark.parametrize("status", [429, 503])
def test_a_pause_of_an_hour_is_not_waited_for(
    world: LinkWorld, checker: LinkChecker, status: int
) -> None:
    world.fail(Answer(status, headers={"Retry-After": "3600"}), times=None)
    assert checker.check(world.url + "/fine").status == "rate limited"
    assert len(world.requests) == 1


def test_a_host_that_says_nothing_is_timed_out(checker: LinkChecker) -> None:
    with silent_host() as url:
        outcome = checker.check(url + "/fine")
    assert (outcome.status, outcome.is_unreachable) == ("timed out", True)


def test_nobody_there_is_refused(checker: LinkChecker) -> None:
    outcome = checker.check(nobody() + "/fine")
    assert (outcome.status, outcome.is_unreachable) == ("refused", True)


def test_a_connection_that_is_not_safe_is_refused(world: LinkWorld, checker: LinkChecker) -> None:
    outcome = checker.check(world.url.replace("http:", "https:") + "/fine")
    assert (outcome.status, outcome.is_unreachable) == ("refused", False)
    assert "secure connection" in outcome.reason


@pytest.mark.parametrize(
    ("number", "status"), [(socket.EAI_NONAME, "dead"), (socket.EAI_AGAIN, "unchecked")]
)
def test_no_such_host_is_told_from_nobody_to_ask_for_names(
    monkeypatch: pytest.MonkeyPatch, number: int, status: str
) -> None:
    def look_up(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(number, "no")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    clock = Clock()
    with Http(limits=HASTY, clock=clock, sleep=clock.sleep) as http:
        outcome = LinkChecker(http).check("https://nowhere.example/")
    assert (outcome.status, outcome.code, outcome.is_unreachable) == (status, 0, True)


class Scripted(Http):
    """Answers from a table instead of the network: addresses and where they redirect to."""

    def __init__(self, redirects: dict[str, str]) -> None:
        super().__init__()
        self.redirects = redirects
        self.asked: list[str] = []

    def request(self, method: str, url: str, **_: Any) -> Response:
        self.asked.append(url)
        location = self.redirects.get(url)
        return Response(url, 301 if location else 200, {"Location": location or ""}, b"")


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1/admin",
        "http://[::1]/",
        "http://localhost:8080/",
        "http://10.0.0.8/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/",
        "http://intranet/",
        "http://inside.example/",
    ],
)
def test_no_redirect_leads_from_a_public_page_to_the_inside(
    target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look_up(host: str, *_: Any, **__: Any) -> Any:
        return [(0, 0, 0, "", ("10.1.2.3", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    http = Scripted({"https://public.example/": target})
    outcome = LinkChecker(http).check("https://public.example/")
    assert (outcome.status, outcome.target) == ("unchecked", "")
    assert http.asked == ["https://public.example/"]


def test_redirects_are_followed_to_other_public_hosts_without_credentials(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def look_up(host: str, *_: Any, **__: Any) -> Any:
        return [(0, 0, 0, "", ("93.184.215.14", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    http = Scripted({"https://old.example/a": "http://ada:secret@new.example/b#part"})
    outcome = LinkChecker(http).check("https://old.example/a")
    assert outcome == Outcome("moved", 200, "http://new.example/b")
    assert http.asked == ["https://old.example/a", "http://new.example/b"]


def test_http_that_became_https_has_moved() -> None:
    http = Scripted({"http://1.1.1.1/a": "https://1.1.1.1/a"})
    outcome = LinkChecker(http).check("http://1.1.1.1/a")
    assert outcome == Outcome("moved", 200, "https://1.1.1.1/a")


def test_a_doi_is_looked_for_and_its_publisher_left_alone(
    world: LinkWorld, checker: LinkChecker
) -> None:
    assert checker.check_doi("10.1000/known(1)") == Outcome("alive", 302)
    assert checker.check_doi("10.1000/unknown").status == "dead"
    assert urls_of(world.requests) == ["HEAD /doi/10.1000/known(1)", "HEAD /doi/10.1000/unknown"]


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("https://arxiv.org/abs/2311.05112", ("2311.05112", None)),
        ("http://www.arxiv.org/pdf/2311.05112v7.pdf", ("2311.05112", 7)),
        ("https://arxiv.org/abs/cs/0309136/", ("cs/0309136", None)),
        ("https://doi.org/10.48550/arXiv.2311.05112", ("2311.05112", None)),
        ("https://arxiv.org/html/2311.05112", None),
        ("https://arxiv.org/abs/2311.0511", None),
        ("https://arxiv.org/abs/2311.05112/extra", None),
        ("https://arxiv.org/", None),
        ("https://doi.org/10.1000/2311.05112", None),
        ("https://arxiv.org.example/abs/2311.05112", None),
    ],
)
def test_which_addresses_arxiv_s_api_answers_for(
    address: str, page: tuple[str, int | None] | None
) -> None:
    assert arxiv_page(address) == page


@pytest.mark.parametrize(
    ("address", "doi"),
    [
        ("https://doi.org/10.1000/a%28b%29", "10.1000/a(b)"),
        ("http://dx.doi.org/10.1000/A", "10.1000/A"),
        ("https://doi.org/", None),
        ("https://example.org/10.1000/a", None),
    ],
)
def test_which_addresses_are_dois(address: str, doi: str | None) -> None:
    assert doi_of(address) == doi


# Archived copies


@pytest.mark.parametrize(
    ("answer", "copy"),
    [
        (
            {
                "archived_snapshots": {
                    "closest": {
                        "available": True,
                        "url": "http://web.archive.org/web/2024/http://a.example/",
                        "status": "200",
                    }
                }
            },
            "https://web.archive.org/web/2024/http://a.example/",
        ),
        ({"archived_snapshots": {}}, ""),
        ({"archived_snapshots": {"closest": {"available": False}}}, ""),
        (
            {"archived_snapshots": {"closest": {"available": True, "url": "x", "status": "404"}}},
            "",
        ),
        ({"archived_snapshots": []}, None),
        ("<html>", None),
        (Answer(404), None),
    ],
)
def test_archived_copies(world: LinkWorld, answer: Any, copy: str | None) -> None:
    world.fail(answer if isinstance(answer, Answer) else Answer(200, answer), times=None)
    with Http(limits=HASTY) as http:
        assert archived_copy(http, world.archive, "http://a.example/?a=1&b=2") == copy
    assert world.requests[0].query == {"url": "http://a.example/?a=1&b=2"}
