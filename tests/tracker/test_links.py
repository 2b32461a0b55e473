"""What is made of several checks of a link, and which addresses are one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.links import LinkState, Outcome, Status, after, link_address, same_page
from tracker.links_check import arxiv_page, doi_of

NOW = datetime(2026, 3, 1, tzinfo=UTC)


# Several checks


def checked(*checks: tuple[float, Outcome]) -> LinkState | None:
    """What is known after checks at these hours."""
    state = None
    for hours, outcome in checks:
        state = after(state, "https://a.example/", outcome, NOW + timedelta(hours=hours))
    return state


GONE, LOST, LATE = Outcome("dead", 404), Outcome("dead"), Outcome("timed out")
FINE = Outcome("alive", 200)


def test_gone_is_dead_at_once_and_lost_only_a_day_later() -> None:
    for checks, verdict in [
        ([(0, GONE)], "dead"),
        ([(0, LOST)], "failing"),
        ([(0, LOST), (23, LOST)], "failing"),
        ([(0, LOST), (24, LOST)], "dead"),
        ([(0, LOST), (12, FINE), (24, LOST)], "failing"),
        ([(0, LATE), (24, LOST)], "dead"),
        ([(0, LATE), (240, LATE)], "timed out"),
        ([(0, GONE), (24, FINE)], "alive"),
    ]:
        state = checked(*checks)
        assert state is not None
        assert state.verdict == verdict, checks


def test_a_check_that_says_nothing_changes_nothing() -> None:
    for status in ("unchecked", "rate limited"):
        assert checked((0, Outcome(status))) is None
        assert checked((0, FINE), (9, Outcome(status))) == checked((0, FINE))


def test_failures_are_counted_from_the_first() -> None:
    state = checked((0, FINE), (10, LATE), (20, GONE))
    assert state is not None
    assert (state.failures, state.failing_since) == (2, NOW + timedelta(hours=10))
    assert state.alive_at == NOW


def test_patience_grows_with_failures() -> None:
    hours = [
        next(h for h in range(10_000) if state.is_due(state.checked_at + timedelta(hours=h), 30))
        for count in range(1, 9)
        if (state := checked(*((0, LATE) for _ in range(count))))
    ]
    assert hours == [12, 24, 48, 96, 192, 384, 720, 720]
    alive = checked((0, FINE))
    assert alive is not None
    assert not alive.is_due(NOW + timedelta(days=29), 30)
    assert alive.is_due(NOW + timedelta(days=30), 30)
    assert alive.is_due(NOW, 0)


STATUSES = st.sampled_from(["alive", "moved", "dead", "forbidden", "timed out", "unchecked"])


@given(st.lists(st.tuples(st.integers(0, 2_000), STATUSES, st.sampled_from([0, 404])), min_size=1))
def test_nothing_is_dead_on_one_check_without_its_server_saying_so(
    history: list[tuple[int, Status, int]],
) -> None:
    checks = [(hours, Outcome(status, code)) for hours, status, code in sorted(history)]
    state = checked(*checks)
    failed = [hours for hours, outcome in checks if outcome.status in {"dead", "timed out"}]
    if state is not None and state.is_dead and state.code == 0:
        assert failed[-1] - failed[0] >= 24
    if state is not None and state.status in {"alive", "moved"}:
        assert (state.failures, state.failing_since) == (0, None)


# Addresses


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://A.example/Path#part", "https://a.example/Path"),
        ("HTTPS://a.example", "https://a.example/"),
        (r"https://a.example/x\_y?a=1&amp;b=2", "https://a.example/x_y?a=1&b=2"),
        ("https://a.example/?a=1&copy=2", "https://a.example/?a=1&copy=2"),
        ("https://ada:secret@a.example:8080/x", "https://a.example:8080/x"),
        ("https://[::1]:80/x", "https://[::1]:80/x"),
        ("mailto:ada@example.org", None),
        ("ftp://a.example/x", None),
        ("https://", None),
        ("https://[broken/", None),
        ("#part", None),
        ("https://a.example:port/", None),
    ],
)
def test_addresses_to_ask_for(url: str, address: str | None) -> None:
    assert link_address(url) == address


PIECES = st.sampled_from(
    [
        *"ab.-_:/?#[]@!$&'()*+,;=%é中\u200b\x00\\ \t1",
        *("://", "..", "[::1]", "[fe80::1%1]", "a" * 70, ":99999", "1.2.3.4", "xn--"),
        *("arxiv.org/abs/", "doi.org/10.1000/", "2311.05112v1"),
    ]
)


@given(st.lists(PIECES, max_size=12).map("".join))
def test_an_address_stays_itself_and_can_be_taken_apart(text: str) -> None:
    address = link_address("https://" + text)
    if address is None:
        return
    assert "#" not in address
    assert same_page(address, address)
    arxiv_page(address)
    doi_of(address)
    if "\\" not in address and "&" not in address:
        assert link_address(address) == address


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://a.example/x", "https://www.a.example/x/", True),
        ("https://a.example:443/x", "https://a.example/x", True),
        ("http://a.example/x", "https://a.example/x", False),
        ("https://a.example/x", "https://a.example/y", False),
    ],
)
def test_what_is_worth_an_edit(one: str, other: str, *, same: bool) -> None:
    assert same_page(one, other) is same
