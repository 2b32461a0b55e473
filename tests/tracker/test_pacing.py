"""Whose turn it is, how long it lasts, and who is told to wait."""

from __future__ import annotations

import threading

import pytest

from tests.world.clock import Clock
from tracker.pacing import MemoryStore, Pacer, Store, is_loopback, rule_for


def test_one_pace_for_all_hosts_of_a_provider() -> None:
    clock = Clock()
    pacer = Pacer(MemoryStore(), clock, clock.sleep)
    for host in ("export.arxiv.org", "rss.arxiv.org", "oaipmh.arxiv.org", "arxiv.org"):
        with pacer.turn(host):
            clock.now += 1
    assert clock.slept == [3.0, 3.0, 3.0]


def test_other_providers_do_not_wait_for_it() -> None:
    clock = Clock()
    pacer = Pacer(MemoryStore(), clock, clock.sleep)
    for host in ("export.arxiv.org", "api.semanticscholar.org", "connect.medrxiv.org"):
        with pacer.turn(host):
            pass
    assert clock.slept == []


def test_processes_that_share_a_store_share_the_pace() -> None:
    clock, store = Clock(), MemoryStore()
    first, second = (Pacer(store, clock, clock.sleep) for _ in range(2))
    with first.turn("export.arxiv.org"):
        pass
    with second.turn("rss.arxiv.org"):
        pass
    assert clock.slept == [3.0]


def test_threads_take_turns() -> None:
    clock = Clock()
    pacer = Pacer(MemoryStore(), clock, clock.sleep)
    order: list[str] = []

    def second() -> None:
        with pacer.turn("rss.arxiv.org"):
            order.append("second")

    thread = threading.Thread(target=second)
    with pacer.turn("export.arxiv.org"):
        thread.start()
        thread.join(0.05)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
    assert clock.slept == [3.0]


def test_a_turn_held_by_a_dead_process_comes_free() -> None:
    clock = Clock()
    store: Store = MemoryStore()
    assert store.take("arxiv.org", clock(), 240.0) == 0
    with Pacer(store, clock, clock.sleep).turn("arxiv.org"):
        pass
    assert sum(clock.slept) == 240.0


def test_who_waits_for_another_process_is_told(caplog: pytest.LogCaptureFixture) -> None:
    clock = Clock()
    store: Store = MemoryStore()
    store.take("arxiv.org", clock(), 240.0)
    with caplog.at_level("WARNING"), Pacer(store, clock, clock.sleep).turn("arxiv.org"):
        pass
    [record] = caplog.records
    assert "another process is asking arxiv.org; waiting up to 240 s" in record.getMessage()


def test_a_clock_set_back_does_not_stop_the_run() -> None:
    clock = Clock()
    store = MemoryStore()
    with Pacer(store, clock, clock.sleep).turn("arxiv.org"):
        pass
    clock.now -= 3600
    with Pacer(store, clock, clock.sleep).turn("arxiv.org"):
        pass
    assert sum(clock.slept) <= 10.0


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.8.8.8"])
def test_this_machine_is_not_paced(host: str) -> None:
    assert is_loopback(host)
    assert rule_for(host).pace == 0


@pytest.mark.parametrize("host", ["arxiv.org.evil.example", "notarxiv.org", "10.0.0.1"])
def test_no_other_host_passes_for_a_known_one(host: str) -> None:
    assert rule_for(host).group == host
    assert rule_for(host).pace > 0
