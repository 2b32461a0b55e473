"""Checking a list's links from the command line: what is asked, remembered, shown, suggested."""

from __future__ import annotations

import json
import socket
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from db import links as memory
from db import papers
from db.index import Index
from jobs.cli import cli
from jobs.console import Console
from jobs.links import Check, links
from jobs.links_listed import listed_links
from jobs.links_show import LinkReport
from tests.world.arxiv import ArxivWorld, Record, feed
from tests.world.links import LinkWorld, nobody, silent_host
from tests.world.server import Answer, Request
from tracker.identifiers import Identifier
from tracker.paper import Link, Paper
from tracker.reading_list import ReadingList
from tracker.settings import load_settings

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def world() -> Iterator[LinkWorld]:
    with LinkWorld(dois=["10.1000/known"]) as world:
        yield world


@pytest.fixture
def arxiv() -> Iterator[ArxivWorld]:
    record = Record(
        id="2403.90001",
        title="Steam in Small Ovens",
        submitted=datetime(2024, 3, 5, tzinfo=UTC),
        version=2,
    )
    with ArxivWorld([record]) as arxiv:
        yield arxiv


def configure(world: LinkWorld, arxiv: ArxivWorld | None = None, more: str = "") -> None:
    """A tracker.toml whose services are the stand-ins."""
    Path("tracker.toml").write_text(
        '[list]\npath = "."\n'
        f'[sources.arxiv]\ncategories = ["cs.CL"]\nurl = "{(arxiv or world).url}/api/query"\n'
        f'[links]\narchive_url = "{world.archive}"\ndoi_url = "{world.resolver}"\n'
        f"timeout = 0.3\n{more}",
        encoding="utf-8",
    )


def write(*lines: str) -> None:
    """A reading list with these lines, the first of them line 5."""
    text = "# Bread Papers\n\n## Ovens\n\n" + "\n".join(lines) + "\n"
    Path("README.md").write_text(text, encoding="utf-8")


def entry(*urls: str, title: str = "Steam in Small Ovens", label: str = "paper") -> str:
    """An entry with links."""
    return f"* [**Arxiv, 2024.03**] {title}. " + " ".join(f"[{label}]({url})" for url in urls)


def tracker_links(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["links", *arguments])


def run(now: datetime = NOW, **check: Any) -> LinkReport:
    """The job at a time of the test's choosing."""
    settings = load_settings(Path("tracker.toml"))
    return links(settings, Console(as_json=True), check=Check(**check), now=now)


def verdicts(report: LinkReport) -> list[str]:
    return [link.verdict for link in report.links]


def test_a_list_whose_links_are_alive_exits_with_0(world: LinkWorld) -> None:
    configure(world)
    write(entry(world.url + "/fine"), entry(world.url + "/fine#part", title="Heat in Large Ovens"))
    done = tracker_links()
    assert done.exit_code == 0
    assert "README.md: 2 links: 2 alive (1 address asked in 1 request)" in done.output


def test_problems_are_one_line_each_and_dead_ones_exit_with_1(world: LinkWorld) -> None:
    world.copies[f"{world.url}/gone"] = "http://web.archive.org/web/2024/gone"
    configure(world)
    write(
        *(
            entry(f"{world.url}/{page}", title=f"Ovens of the kind {page}")
            for page in ("fine", "gone", "moved", "forbidden", "trouble", "moved-to-front", "busy")
        )
    )
    done = tracker_links()
    assert done.exit_code == 1
    url = world.url
    assert done.stdout.splitlines() == [
        f"README.md:6: [dead] paper -> {url}/gone; answered 404; "
        "archived copy: https://web.archive.org/web/2024/gone",
        f"README.md:7: [moved] paper -> {url}/moved; write {url}/fine",
        f"README.md:9: [server trouble] paper -> {url}/trouble; answered 500 Internal Server Error",
        f"README.md:10: [moved] paper -> {url}/moved-to-front; leads to {url}/, not to the page",
        f"README.md:11: [rate limited] paper -> {url}/busy; answered 429 Too Many Requests",
        "",
        "README.md: 7 links: 2 moved, 1 alive, 1 dead, 1 forbidden, 1 server trouble, "
        "1 rate limited (7 addresses asked in 15 requests)",
    ]


# What is asked


def test_an_address_is_asked_for_once_whatever_its_fragment(world: LinkWorld) -> None:
    configure(world)
    write(entry(f"{world.url}/fine", f"{world.url}/fine#a"), f"See [this]({world.url}/fine#b).")
    assert len(run().links) == 3
    assert world.pages() == ["/fine"]


def test_papers_of_arxiv_cost_one_request_for_all(world: LinkWorld, arxiv: ArxivWorld) -> None:
    configure(world, arxiv)
    write(
        entry("https://arxiv.org/abs/2403.90001"),
        entry("http://arxiv.org/pdf/2403.90001v2.pdf"),
        entry("https://doi.org/10.48550/arXiv.2403.90001"),
    )
    assert verdicts(run()) == ["alive"] * 3
    assert len(arxiv.requests) == 1
    assert world.requests == []


def test_papers_and_versions_arxiv_does_not_have_are_dead(
    world: LinkWorld, arxiv: ArxivWorld
) -> None:
    configure(world, arxiv)
    write(
        entry("https://arxiv.org/abs/2403.90001v3"),
        entry("https://arxiv.org/abs/2403.90002"),
        entry("https://arxiv.org/abs/2403.90001"),
    )
    report = run()
    assert verdicts(report) == ["dead", "dead", "alive"]
    assert report.links[0].reason == "arXiv has no version 3 of 2403.90001"
    assert report.links[0].better == "https://arxiv.org/abs/2403.90001"
    # The one it left out was asked for once more.
    assert len(arxiv.requests) == 2


def test_an_answer_that_leaves_a_paper_out_once_kills_nothing(
    world: LinkWorld, arxiv: ArxivWorld
) -> None:
    configure(world, arxiv)
    write(entry("https://arxiv.org/abs/2403.90001"))
    arxiv.fail(lambda *_: feed([], total=0))
    assert verdicts(run()) == ["alive"]


@pytest.mark.parametrize("fault", ["down", "knows nothing"])
def test_a_failing_arxiv_says_nothing_of_its_papers(
    world: LinkWorld, arxiv: ArxivWorld, fault: str
) -> None:
    configure(world, arxiv)
    write(*(entry(f"https://arxiv.org/abs/2402.{n:05}") for n in range(1, 9)))
    if fault == "down":
        arxiv.fail(Answer(403), times=None)
    report = run()
    assert verdicts(report) == ["unchecked"] * 8
    assert not report.failed


def test_a_doi_is_asked_for_once_and_only_where_it_is_registered(world: LinkWorld) -> None:
    configure(world)
    write(
        entry("https://doi.org/10.1000/known", "http://dx.doi.org/10.1000/KNOWN"),
        entry("https://doi.org/10.1000/unknown"),
    )
    assert verdicts(run()) == ["alive", "alive", "dead"]
    asked = [r.path for r in world.requests if r.path.startswith("/doi/")]
    assert asked == ["/doi/10.1000/known", "/doi/10.1000/unknown"]


class BusyWorld(LinkWorld):
    """Counts how many requests are under way at once; a meeting is one both worlds come to."""

    def __init__(self, meeting: threading.Barrier) -> None:
        super().__init__()
        self.meeting = meeting
        self.active = 0
        self.most = 0

    def answer(self, request: Request) -> Answer:
        self.active += 1
        self.most = max(self.most, self.active)
        if request.path == "/fine":
            self.meeting.wait(timeout=20)
        answer = super().answer(request)
        self.active -= 1
        return answer


def test_hosts_are_asked_side_by_side_and_each_one_thing_at_a_time() -> None:
    meeting = threading.Barrier(2)
    with BusyWorld(meeting) as one, BusyWorld(meeting) as other:
        configure(one)
        there = other.url.replace("127.0.0.1", "localhost")
        pages = ["fine", "moved", "forbidden", "gone", "away", "head-405"]
        write(*(entry(f"{url}/{page}") for page in pages for url in (one.url, there)))
        report = run()
    assert verdicts(report)[:2] == ["alive", "alive"]
    assert not any(link.verdict == "unchecked" for link in report.links)
    assert (one.most, other.most) == (1, 1)


def test_a_host_that_asks_for_a_pause_is_left_alone(world: LinkWorld) -> None:
    configure(world)
    world.fail(Answer(429, headers={"Retry-After": "3600"}), times=None)
    write(*(entry(f"{world.url}/fine?{n}") for n in range(5)))
    assert verdicts(run()) == ["rate limited", *["unchecked"] * 4]
    assert len(world.pages()) == 1


def test_a_host_that_does_not_answer_is_left_alone_after_three_links(world: LinkWorld) -> None:
    configure(world)
    nowhere = nobody()
    write(entry(world.url + "/fine"), *(entry(f"{nowhere}/{n}") for n in range(6)))
    text = Path("README.md").read_text(encoding="utf-8").replace("127.0.0.1", "localhost", 1)
    Path("README.md").write_text(text, encoding="utf-8")
    report = run()
    assert verdicts(report) == ["alive", *["refused"] * 3, *["unchecked"] * 3]
    assert not report.failed


def test_a_host_that_hangs_holds_up_no_other(world: LinkWorld) -> None:
    configure(world)
    with silent_host() as silent:
        there = world.url.replace("127.0.0.1", "localhost")
        write(entry(silent + "/x"), entry(there + "/fine"))
        assert verdicts(run()) == ["timed out", "alive"]


def test_what_is_over_the_budget_waits_for_the_next_run(world: LinkWorld) -> None:
    configure(world, more="requests = 2\n")
    write(*(entry(f"{world.url}/fine?{n}") for n in range(4)))
    assert verdicts(run()) == ["alive", "alive", "unchecked", "unchecked"]
    assert verdicts(run()) == ["alive"] * 4
    assert len(world.pages()) == 4


def test_what_is_ignored_commented_or_no_web_address_is_not_asked(world: LinkWorld) -> None:
    url = world.url
    configure(world, more='ignore = ["*/gone*"]\n')
    write(
        entry(f"{url}/gone?1", "ftp://a.example/x"),
        f"<!-- {entry(url + '/gone')} -->",
        f"Say `[x]({url}/gone)` and [there](#ovens), [here](other.md), [me](mailto:a@b.example).",
        f"[![badge]({url}/trouble)]({url}/fine)",
    )
    report = run()
    assert [(link.link.url, link.verdict) for link in report.links] == [
        (f"{url}/gone?1", "unchecked"),
        ("ftp://a.example/x", "unchecked"),
        (f"{url}/fine", "alive"),
    ]
    assert not report.failed
    assert [link.verdict for link in run(pictures=True).links][2:] == ["alive", "server trouble"]


MARKUP = st.lists(
    st.sampled_from(
        [
            *("https://a.example/x", "http://b.example/y_(z)", "[", "]", "](", "(", ")", "![", "|"),
            *(
                "<a href=",
                '"',
                ">",
                "</a>",
                "`",
                "*",
                "**",
                "\n",
                "\n\n",
                "* ",
                "# ",
                "<!--",
                "-->",
            ),
            *("[1]: ", "word", " ", "\r\n", "\\", "&amp;", "#part"),
        ]
    ),
    max_size=25,
).map("".join)


@given(MARKUP)
def test_every_link_found_is_an_address_that_stands_on_its_line(text: str) -> None:
    reading_list = ReadingList.parse({"README.md": text})
    lines = reading_list.documents["README.md"].lines
    for link in listed_links(reading_list, pictures=True):
        assert link.url.splitlines()[0] in lines[link.line - 1]
        assert link.address is None or link.address.startswith(("http://", "https://"))


# What is remembered


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


# What is suggested


def known(place: Path, *found: Paper) -> None:
    """Put papers into the index."""
    with Index.open(f"sqlite:///{place / 'papers.sqlite'}") as index, index.write() as session:
        papers.merge(session, found, source="arxiv", seen_at=NOW)


def better(*lines: str) -> list[str]:
    write(*lines)
    return [link.better for link in run().links if link.verdict == "dead"]


def test_a_dead_page_is_replaced_by_the_paper_s_own(
    world: LinkWorld, arxiv: ArxivWorld, place: Path
) -> None:
    configure(world, arxiv)
    gone = world.url + "/gone"
    record = Paper(
        title="Heat in Very Large Ovens",
        identifiers=(Identifier("arxiv", "2402.90002"), Identifier("doi", "10.1000/heat")),
        links=(Link("code", "https://github.com/ada/heat"),),
        published=date(2024, 2, 2),
    )
    known(place, record)
    assert better(entry(gone, "https://arxiv.org/abs/2403.90001")) == [
        "https://arxiv.org/abs/2403.90001"
    ]
    assert better(entry(f"{world.url}/gone?doi=10.1000/steam")) == ["https://doi.org/10.1000/steam"]
    assert better(entry(gone, title=record.title)) == ["https://arxiv.org/abs/2402.90002"]
    code = entry("https://doi.org/10.1000/heat") + f" [code]({gone})"
    world.dois.add("10.1000/heat")
    assert better(code) == ["https://github.com/ada/heat"]
    assert better(f"Read [this]({gone}) first.") == [""]


def test_an_archive_that_does_not_answer_is_asked_again_later(world: LinkWorld) -> None:
    configure(world)
    write(entry(world.url + "/gone"))
    world.fail(Answer(404), path="/wayback", times=1)
    assert run().links[0].archived == ""
    world.copies[world.url + "/gone"] = "https://web.archive.org/web/2024/gone"
    later = run(NOW + timedelta(days=1))
    assert later.links[0].archived == "https://web.archive.org/web/2024/gone"
    run(NOW + timedelta(days=3))
    assert len(world.seen("/wayback")) == 2


# What is shown


def test_json_has_every_link(world: LinkWorld) -> None:
    configure(world)
    write(entry(world.url + "/gone", world.url + "/fine"))
    document = json.loads(tracker_links("--json").stdout)
    assert document["counts"] == {"dead": 1, "alive": 1}
    [dead, alive] = document["links"]
    assert (dead["file"], dead["line"], dead["status"], dead["code"]) == (
        "README.md",
        5,
        "dead",
        404,
    )
    assert (alive["role"], alive["status"], alive["failing_since"]) == ("paper", "alive", None)
    assert document == json.loads(tracker_links("--format", "json").stdout) | {
        "asked": 2,
        "requests": document["requests"],
    }


def test_annotations_warn_of_what_is_dead_and_tell_the_rest(world: LinkWorld) -> None:
    configure(world)
    write(entry(world.url + "/gone"), entry(world.url + "/moved"))
    done = tracker_links("--format", "github")
    assert done.exit_code == 1
    one, other = done.stdout.splitlines()
    assert one.startswith("::warning file=README.md,line=5,title=link dead::paper -> http")
    assert other.startswith("::notice file=README.md,line=6,title=link moved::paper -> http")
    assert "README.md: 2 links" in done.stderr


def test_nothing_in_a_link_s_text_is_obeyed(world: LinkWorld) -> None:
    configure(world)
    write(f"See [\x1b[31m::error::x%0A]({world.url}/gone) now.")
    for form in ("text", "github"):
        done = tracker_links("--format", form)
        assert "\x1b" not in done.stdout
        for line in done.stdout.splitlines():
            assert line.startswith(("README.md:", "::warning file=README.md,line=5")) or not line


@pytest.mark.parametrize(
    ("config", "arguments", "words"),
    [
        (None, ["nowhere.md"], "nowhere.md: cannot be read: No such file"),
        (None, [], "tracker.toml: no such file"),
        (None, ["prose.md"], "prose.md: no link was found"),
        ('[list]\nrepository = "a/b"\n', [], "tracker links README.md"),
        ("[links]\ntimeout = 0\n", [], "'links.timeout' is 0"),
        ('[links]\narchive_url = "archive.org"\n', [], "an http or https address"),
        (None, ["README.md", "--json", "--format", "github"], "exclude each other"),
        (None, ["README.md", "--recheck-days", "-1"], "is not in the range"),
    ],
)
def test_bad_input_is_exit_code_2(
    place: Path, config: str | None, arguments: Sequence[str], words: str
) -> None:
    (place / "prose.md").write_text("Only words.\n", encoding="utf-8")
    if config:
        listed = "" if "[list]" in config else '[list]\npath = "."\n'
        (place / "tracker.toml").write_text(listed + config, encoding="utf-8")
    done = tracker_links(*arguments)
    error = done.exception
    assert error is not None
    assert getattr(error, "exit_code", done.exit_code) == 2
    assert words in f"{done.output}{error}"
