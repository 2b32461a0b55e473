"""Checking a list's links: what is remembered from one check to the next."""

from __future__ import annotations

import json
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from db import links as memory
from db.index import Index
from jobs.console import Console
from jobs.links import links
from tests.jobs.links.checking import NOW, configure, entry, run, tracker_links, verdicts, write
from tests.world.links import LinkWorld
from tracker.settings import load_settings


def test_what_was_alive_is_not_asked_again_for_a_month(world: LinkWorld) -> None:
    configure(world)
    write(entry(world.url + "/fine", world.url + "/moved"))
    for days, requests in [(0, 3), (29, 3), (31, 6)]:
        assert verdicts(run(NOW + timedelta(days=days))) == ["alive", "moved"]
        assert len(world.pages()) == requests
    run(NOW + timedelta(days=32), recheck_days=1)
    assert len(world.pages()) == 9
    run(NOW + timedelta(days=32), ask="all")
    assert len(world.pages()) == 12


def test_what_is_dead_is_asked_for_with_growing_patience_and_still_told(world: LinkWorld) -> None:
    configure(world)
    write(entry(world.url + "/gone"))
    asked = []
    for hours in range(0, 24 * 8, 12):
        before = len(world.pages())
        assert verdicts(run(NOW + timedelta(hours=hours))) == ["dead"]
        asked += [hours] if len(world.pages()) > before else []
    assert asked == [0, 12, 36, 84, 180]


def test_a_host_without_a_name_is_failing_first_and_dead_a_day_later(
    world: LinkWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose(monkeypatch, socket.EAI_NONAME)
    configure(world)
    write(entry("https://lost.example/a", "https://lost.example/b"), entry(world.url + "/fine"))
    first = run()
    assert verdicts(first) == ["failing", "failing", "alive"]
    assert not first.failed
    later = run(NOW + timedelta(hours=25))
    assert verdicts(later) == ["dead", "dead", "alive"]
    assert later.failed
    done = tracker_links()
    assert "no such host; failing since 2026-03-01, 3 checks" in done.stdout


def lose(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Let the names of all hosts but this one be unknown."""
    known = socket.getaddrinfo

    def look_up(host: Any, *rest: Any, **named: Any) -> Any:
        if str(host) in {"127.0.0.1", "localhost"}:
            return known(host, *rest, **named)
        raise socket.gaierror(number, "no")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr("tracker.pacing._ELSEWHERE_PACE", 0.0)
    monkeypatch.setattr("tracker.pacing._ELSEWHERE_BACKOFF", 0.002)


def test_without_a_network_it_is_said_once_and_nothing_is_remembered(
    world: LinkWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose(monkeypatch, socket.EAI_NONAME)
    configure(world)
    world.stop()
    write(*(entry(f"https://lost{n}.example/") for n in range(20)))
    done = tracker_links("--json")
    assert done.exit_code == 1
    assert done.stderr.count("network") == 1
    document = json.loads(done.stdout)
    assert document["offline"]
    assert document["counts"] == {"unchecked": 20}
    with Index.open("sqlite:///papers.sqlite") as index, index.read() as session:
        assert memory.recall(session, [f"https://lost{n}.example/" for n in range(20)]) == {}


def test_the_only_link_that_is_due_may_be_lost_while_the_network_is_there(
    world: LinkWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    lose(monkeypatch, socket.EAI_NONAME)
    configure(world)
    write(entry("https://lost.example/"))
    assert verdicts(run()) == ["failing"]


class Impatient(Console):
    """A console at which somebody presses Ctrl-C after a while."""

    def __init__(self, after: int) -> None:
        super().__init__(as_json=True, interactive=False)
        self.left = after

    @contextmanager
    def step(self, description: str, total: int | None = None) -> Iterator[Any]:
        yield self

    def advance(self, count: int = 1) -> None:
        self.left -= count
        if self.left < 0:
            raise KeyboardInterrupt


def test_what_was_checked_before_an_interrupt_is_kept(
    world: LinkWorld, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(world)
    write(*(entry(f"{world.url}/fine?{n}") for n in range(9)))
    settings = load_settings(Path("tracker.toml"))
    with pytest.raises(KeyboardInterrupt):
        links(settings, Impatient(4), now=NOW)
    assert "4 of 9 addresses were checked and are remembered" in capsys.readouterr().err
    assert verdicts(run()) == ["alive"] * 9
    asked = Counter(number for request in world.requests for number in request.query)
    assert [asked[str(number)] for number in range(4)] == [1] * 4


def test_without_a_configuration_nothing_is_remembered(world: LinkWorld, place: Path) -> None:
    write(entry(world.url + "/fine", world.url + "/forbidden"))
    done = tracker_links("README.md")
    assert done.exit_code == 0
    assert "not remembered" in done.stderr
    assert [path.name for path in place.iterdir()] == ["README.md"]
