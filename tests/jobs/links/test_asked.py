"""Checking a list's links: what is asked, of whom, and how politely."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.links_listed import listed_links
from tests.jobs.links.checking import configure, entry, run, tracker_links, verdicts, write
from tests.world.arxiv import ArxivWorld, feed
from tests.world.links import LinkWorld, nobody, silent_host
from tests.world.server import Answer, Request
from tracker.reading_list import ReadingList


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
