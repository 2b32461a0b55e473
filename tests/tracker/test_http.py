"""What a misbehaving server costs, and what comes of it."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.world.clock import Clock
from tests.world.server import Answer, World
from tracker.http import Http, HttpError, Limits, Response, UnbelievableError
from tracker.pacing import MemoryStore, rule_for
from tracker.responses import same_site

HASTY = Limits(connect=1, read=0.3, response=0.6, patience=20, size=10_000)


@pytest.fixture
def world() -> Iterator[World]:
    with World() as world:
        world.on("GET", r"/thing", lambda _: {"thing": "x" * 200})
        world.on("GET", r"/other", lambda _: {"thing": "moved here"})
        yield world


@pytest.fixture
def http() -> Iterator[Http]:
    with Http("ada@example.org", limits=HASTY) as http:
        yield http


def test_says_who_asks(world: World, http: Http) -> None:
    http.get(world.url + "/thing", params={"q": "a b&c"})
    assert world.requests[0].header("User-Agent").startswith("survey-tracker/")
    assert "ada@example.org" in world.requests[0].header("User-Agent")
    assert world.requests[0].query == {"q": "a b&c"}


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_what_is_temporary_is_asked_again(world: World, http: Http, status: int) -> None:
    world.fail(Answer(status), times=2)
    response = http.get(world.url + "/thing")
    assert response.json() == {"thing": "x" * 200}
    assert response.attempts == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 406, 410])
def test_what_is_final_is_asked_once(world: World, http: Http, status: int) -> None:
    world.fail(Answer(status, "no"), times=None)
    with pytest.raises(HttpError, match=f"answered {status}") as failure:
        http.get(world.url + "/thing")
    assert (failure.value.status, failure.value.attempts) == (status, 1)
    assert failure.value.content == b"no"
    assert len(world.requests) == 1


def test_gives_up_after_a_few_attempts(world: World, http: Http) -> None:
    world.fail(Answer(503), times=None)
    with pytest.raises(HttpError, match="503 Service Unavailable") as failure:
        http.get(world.url + "/thing")
    assert failure.value.attempts == len(world.requests) == HASTY.attempts


@pytest.mark.parametrize("delivery", ["reset", "truncated", "hang", "drip"])
def test_a_body_that_does_not_end_well_is_asked_for_again(
    world: World, http: Http, delivery: str
) -> None:
    world.fail(Answer(200, "y" * 300, delivery=delivery))  # type: ignore[arg-type]
    response = http.get(world.url + "/thing")
    assert response.json() == {"thing": "x" * 200}
    assert response.attempts == 2


@pytest.mark.parametrize(
    ("delivery", "reason"),
    [
        ("reset", "broke off"),
        ("truncated", "broke off"),
        ("hang", "no answer in time"),
        ("drip", "did not end in time"),
    ],
)
def test_says_how_the_connection_failed(world: World, delivery: str, reason: str) -> None:
    limits = Limits(read=0.2, response=0.3, patience=20, attempts=1)
    world.fail(Answer(200, "y" * 300, delivery=delivery))  # type: ignore[arg-type]
    with Http(limits=limits) as http, pytest.raises(HttpError, match=reason):
        http.get(world.url + "/thing")


def test_nobody_there() -> None:
    with World() as world:
        address = world.url
    with Http(limits=HASTY) as http, pytest.raises(HttpError, match="no connection") as failure:
        http.get(address + "/thing")
    assert failure.value.status == 0


def test_obeys_retry_after(world: World) -> None:
    clock = Clock()
    world.fail(Answer(429, headers={"Retry-After": "37"}))
    with Http(clock=clock, sleep=clock.sleep) as http:
        assert http.get(world.url + "/thing").attempts == 2
    assert clock.slept == [37.0]


def test_a_retry_after_that_is_a_date_is_read_by_the_server_s_clock(world: World) -> None:
    # The stand-in's clock is years behind ours; only the difference of its two dates counts.
    clock = Clock()
    late = {"Retry-After": "Mon, 02 Mar 2020 10:00:45 GMT", "Date": "Mon, 02 Mar 2020 10:00:00 GMT"}
    world.fail(lambda _, __: Answer(503, headers=late))
    with Http(clock=clock, sleep=clock.sleep) as http:
        http.get(world.url + "/thing")
    assert clock.slept == [45.0]


@pytest.mark.parametrize("value", ["soon", "-5", "Mon, 99 Foo", "1e400", "٣"])
def test_a_retry_after_that_makes_no_sense_is_ignored(world: World, value: str) -> None:
    clock = Clock()
    world.fail(Answer(503, headers={"Retry-After": value.encode().decode("latin-1")}))
    with Http(clock=clock, sleep=clock.sleep) as http:
        assert http.get(world.url + "/thing").attempts == 2
    assert 0 < clock.slept[0] < 1


def test_asked_to_wait_for_an_hour_it_leaves(world: World) -> None:
    clock = Clock()
    world.fail(Answer(429, headers={"Retry-After": "3600"}), times=None)
    with Http(clock=clock, sleep=clock.sleep) as http, pytest.raises(HttpError, match="429"):
        http.get(world.url + "/thing")
    assert clock.slept == []


def test_patience_bounds_the_waiting(world: World) -> None:
    clock = Clock()
    world.fail(Answer(429, headers={"Retry-After": "50"}), times=None)
    with Http(clock=clock, sleep=clock.sleep) as http, pytest.raises(HttpError, match="429"):
        http.get(world.url + "/thing", patience=60)
    assert clock.slept == [50.0]


@settings(max_examples=40, deadline=None)
@given(
    waits=st.lists(st.none() | st.integers(0, 4_000), min_size=5, max_size=5),
    status=st.sampled_from([429, 503]),
    patience=st.sampled_from([60.0, 600.0]),
)
def test_whatever_a_server_asks_for_the_end_comes_in_time(
    waits: list[int | None], status: int, patience: float
) -> None:
    clock = Clock()
    with World() as world, Http(clock=clock, sleep=clock.sleep) as http:
        for wait in waits:
            headers = {} if wait is None else {"Retry-After": str(wait)}
            world.fail(Answer(status, headers=headers))
        with pytest.raises(HttpError):
            http.get(world.url + "/thing", patience=patience)
        assert len(world.requests) <= HASTY.attempts
    assert sum(clock.slept) <= patience


def test_pauses_grow(world: World) -> None:
    clock = Clock()
    world.fail(Answer(503), times=None)
    with Http(clock=clock, sleep=clock.sleep) as http, pytest.raises(HttpError):
        http.get(world.url + "/thing")
    base = rule_for("127.0.0.1").backoff
    bounds = [(base * 2**n, base * (2**n + 1)) for n in range(HASTY.attempts - 1)]
    assert all(low <= s <= high for s, (low, high) in zip(clock.slept, bounds, strict=True))


def test_a_check_decides_what_is_an_answer(world: World, http: Http) -> None:
    def check(response: Response) -> None:
        if b"Rate" in response.content:
            raise UnbelievableError("rate exceeded")

    world.fail(Answer(200, "Rate exceeded."))
    assert http.get(world.url + "/thing", check=check).attempts == 2


def test_a_check_may_say_that_asking_again_is_useless(world: World, http: Http) -> None:
    def check(_: Response) -> None:
        raise UnbelievableError("wrong question", temporary=False)

    with pytest.raises(HttpError, match="wrong question"):
        http.get(world.url + "/thing", check=check)
    assert len(world.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_follows_redirects_at_home(world: World, http: Http, status: int) -> None:
    world.fail(Answer(status, headers={"Location": "/other"}))
    response = http.get(world.url + "/thing")
    assert response.json() == {"thing": "moved here"}
    assert response.url.endswith("/other")


@pytest.mark.parametrize(
    "target",
    [
        "https://elsewhere.example/thing",
        "http://export.arxiv.org/thing",
        "file:///etc/passwd",
        "//elsewhere.example",
        "",
        "javascript:alert(1)",
    ],
)
def test_redirects_leave_neither_the_site_nor_https(world: World, http: Http, target: str) -> None:
    world.fail(Answer(302, headers={"Location": target}))
    with pytest.raises(HttpError, match="not https on an allowed host"):
        http.get(world.url + "/other")


@pytest.mark.parametrize("target", ["https://[::1", "http://a b.example:port/"])
def test_a_redirect_to_no_address_is_a_failure(world: World, http: Http, target: str) -> None:
    world.fail(Answer(302, headers={"Location": target}), times=None)
    with pytest.raises(HttpError):
        http.get(world.url + "/other")
    assert len(world.requests) == 1


def test_even_a_redirect_to_anywhere_stays_out_of_private_networks(
    world: World, http: Http
) -> None:
    world.fail(Answer(302, headers={"Location": "https://192.168.0.1/admin"}))
    with pytest.raises(HttpError, match="not https on an allowed host"):
        http.get(world.url + "/thing", anywhere=True)


@pytest.mark.parametrize(
    ("host", "other", "same"),
    [
        ("feeds.nature.com", "www.nature.com", True),
        ("arxiv.org", "export.arxiv.org", True),
        ("export.arxiv.org", "oaipmh.arxiv.org", True),
        ("www.ox.ac.uk", "feeds.ox.ac.uk", True),
        ("www.ox.ac.uk", "www.cam.ac.uk", False),
        ("a.co.jp", "b.co.jp", False),
        ("nature.com", "nature.org", False),
        ("arxiv.org.evil.example", "arxiv.org", False),
        ("10.0.0.1", "10.1.0.1", False),
        ("::1", "::2", False),
        ("localhost", "localhost", True),
        ("intranet", "other", False),
    ],
)
def test_what_one_site_is(host: str, other: str, same: bool) -> None:
    assert same_site(host, other) == same
    assert same_site(other, host) == same


@pytest.mark.parametrize("url", ["https://", "http://a b.example/", "nonsense", "https://[::1"])
def test_what_is_no_address_is_not_asked(http: Http, url: str) -> None:
    with pytest.raises(HttpError) as failure:
        http.get(url)
    assert failure.value.attempts == 1
    assert not failure.value.temporary


def test_a_circle_of_redirects_ends(world: World, http: Http) -> None:
    world.fail(Answer(302, headers={"Location": "/thing"}), times=None)
    with pytest.raises(HttpError, match="redirects"):
        http.get(world.url + "/thing")


def test_secrets_stay_with_the_host_they_are_for(http: Http) -> None:
    with World() as first, World() as second:
        second.on("GET", r"/there", lambda _: "fine")
        target = second.url.replace("127.0.0.1", "localhost") + "/there"
        first.fail(Answer(307, headers={"Location": target}))
        http.get(first.url + "/here", headers={"x-api-key": "secret", "Accept": "text/plain"})
        assert first.requests[0].header("x-api-key") == "secret"
        assert second.requests[0].header("x-api-key") == ""
        assert second.requests[0].header("Accept") == "text/plain"


def test_a_response_may_not_be_endless(world: World, http: Http) -> None:
    world.fail(Answer(200, "z" * 20_000))
    with pytest.raises(HttpError, match="more than 10,000 bytes"):
        http.get(world.url + "/thing")


def test_the_limit_counts_decompressed_bytes(world: World, http: Http) -> None:
    bomb = gzip.compress(b"\0" * 1_000_000)
    assert len(bomb) < 10_000
    world.fail(Answer(200, bomb, {"Content-Encoding": "gzip"}))
    with pytest.raises(HttpError, match="more than 10,000 bytes"):
        http.get(world.url + "/thing")


def test_the_budget_counts_every_attempt(world: World) -> None:
    world.fail(Answer(503), times=2)
    with Http(limits=Limits(requests=4)) as http:
        http.get(world.url + "/thing")
        http.get(world.url + "/thing")
        with pytest.raises(HttpError, match="4 requests are used up"):
            http.get(world.url + "/thing")
        assert http.sent == len(world.requests) == 4


def test_what_changes_once_a_day_is_asked_once_a_day(world: World) -> None:
    clock = Clock()
    with Http(clock=clock, sleep=clock.sleep) as http:
        first = http.get(world.url + "/thing", daily=lambda _: True)
        again = http.get(world.url + "/thing", daily=lambda _: True)
        assert (first.from_cache, again.from_cache) == (False, True)
        assert first.content == again.content
        clock.now += 24 * 3600
        assert not http.get(world.url + "/thing", daily=lambda _: True).from_cache
    assert len(world.requests) == 2


def test_only_what_is_worth_keeping_is_kept(world: World, http: Http) -> None:
    http.get(world.url + "/thing", daily=lambda _: False)
    assert not http.get(world.url + "/thing", daily=lambda _: False).from_cache


def test_the_cache_forgets_before_it_grows() -> None:
    store = MemoryStore(limit=500)
    with World() as world, Http(store=store) as http:
        world.on("GET", r"/(\d)", lambda request: "x" * 200)
        for name in "123":
            http.get(f"{world.url}/{name}", daily=lambda _: True)
        assert store.load(f"{world.url}/1") is None
        assert store.load(f"{world.url}/3") is not None


def test_a_turn_that_comes_too_late_is_not_waited_for(http: Http) -> None:
    clock = Clock()
    store = MemoryStore()
    store.take("semanticscholar.org", clock(), 240.0)
    with Http(store=store, clock=clock, sleep=clock.sleep) as patient:
        with pytest.raises(HttpError, match="its turn did not come in time"):
            patient.get("https://api.semanticscholar.org/graph", patience=60)
        assert patient.sent == 0
    assert sum(clock.slept) <= 60
