"""The dashboard issue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings

from tests.tracker.pull_request.examples import LIST, github, paper, proposal, put
from tests.tracker.pull_request.test_body import GITHUB
from tests.tracker.pull_request.test_escape import LIVE, titles
from tests.world.github import GitHub
from tracker.pull_request.body import BEGIN, MAXIMUM
from tracker.pull_request.dashboard import (
    Dashboard,
    Month,
    Outcomes,
    SourceHealth,
    Wishes,
    read_wishes,
    render_dashboard,
)
from tracker.pull_request.local import local_target
from tracker.pull_request.proposal import Alternative, Declined, Unplaced


def declined(number: int) -> Declined:
    return Declined(
        paper=paper(number),
        section=("Lanterns",),
        reason="too short",
        who="maintainer",
        where="https://github.com/owner/list/pull/1",
        at=date(2026, 1, 10),
    )


def unplaced(number: int) -> Unplaced:
    choices = (Alternative(("Kites",), 0.2), Alternative(("Lanterns", "Old"), 0.1))
    return Unplaced(paper=paper(number), relevance=0.8, alternatives=choices)


FULL = Dashboard(
    waiting=(proposal(1),),
    declined=(declined(2), declined(3)),
    unplaced=(unplaced(4), unplaced(5)),
    sources=(
        SourceHealth(name="arxiv"),
        SourceHealth(name="medrxiv", problem="silent for 9 days", since=date(2026, 1, 2)),
    ),
    outcomes=Outcomes(accepted=7, moved=1, rejected=2),
    months=(Month(name="2026-01", seen=900, proposed=12, accepted=9),),
    pull_request="https://github.com/owner/list/pull/7",
)


def test_everything_is_shown() -> None:
    text = render_dashboard(FULL)
    for words in (
        "[the open pull request](https://github.com/owner/list/pull/7)",
        "The latest decisions: 7 accepted, 1 moved to another section, 2 rejected; 80% belonged on "
        "the list.",
        "- [Paper lanterns, part 1](https://arxiv.org/abs/2601.00001): Lanterns (0.81)",
        "- [ ] [Paper lanterns, part 2](https://arxiv.org/abs/2601.00002)<br>Lanterns · "
        "by maintainer · 2026-01-10 · [there]",
        "  - [ ] Lanterns › Old (0.10) <!-- file arxiv:2601.00004 1 -->",
        "| arxiv | fine |",
        "| medrxiv | ⚠ silent for 9 days (last worked on 2026-01-02) |",
        'x-axis ["2026-01"]',
        "line [9]",
    ):
        assert words in text


def test_of_a_paper_that_was_moved_the_confidence_is_told_with_its_section() -> None:
    moved = proposal(1, section=("Art", "Kites"), moved_from=("Art", "Lanterns"))
    text = render_dashboard(Dashboard(waiting=(moved,)))
    assert ": Kites, moved from Lanterns (0.81)" in text


def test_an_empty_dashboard_says_so() -> None:
    text = render_dashboard(Dashboard())
    assert "No pull request is open." in text
    assert "No proposal has been decided on yet." in text
    assert "###" not in text


def tick(text: str, mark: str) -> str:
    ticked, count = re.subn(rf"\[ \](.*<!-- {re.escape(mark)} -->)", r"[x]\1", text)
    assert count == 1
    return ticked.replace("\n", "\r\n")


def test_ticked_boxes_are_wishes() -> None:
    text = render_dashboard(FULL)
    assert read_wishes(text) == Wishes()
    assert read_wishes(tick(text, "bring-back arxiv:2601.00003")) == Wishes(
        frozenset({"arxiv:2601.00003"})
    )
    assert read_wishes(tick(text, "file arxiv:2601.00005 1")) == Wishes(
        frozenset(), {"arxiv:2601.00005": ("Lanterns", "Old")}
    )
    assert read_wishes("- [x] mine <!-- bring-back arxiv:1 -->") == Wishes()
    strange = text.replace("file arxiv:2601.00005 1", "file arxiv:2601.00005 7")
    assert read_wishes(tick(strange, "file arxiv:2601.00005 7")) == Wishes()


@given(titles, titles)
@settings(max_examples=40)
def test_hostile_words_change_nothing_but_words(name: str, term: str) -> None:
    def board(name: str, term: str) -> str:
        return render_dashboard(
            Dashboard(
                waiting=(proposal(1, paper=paper(1, title=name), section=(term,)),),
                declined=(Declined(paper=paper(2, title=name), section=(term,), reason=name),),
                unplaced=(
                    Unplaced(
                        paper=paper(3, title=name),
                        relevance=0.5,
                        alternatives=(Alternative((term,), 0.2),),
                    ),
                ),
                sources=(SourceHealth(name=term, problem=name),),
            )
        )

    hostile = GITHUB.parse(board(f"n {name}", f"t {term}"))
    harmless = GITHUB.parse(board("A", "B"))
    assert [token.type for token in hostile] == [token.type for token in harmless]
    inside = [child for token in hostile for child in token.children or ()]
    assert not any(LIVE.search(child.content) for child in inside if child.type == "text")


@pytest.mark.parametrize("count", [0, 5, 500])
def test_it_fits_whatever_it_has_to_say(count: int) -> None:
    long = "word|@#" * 50
    text = render_dashboard(
        Dashboard(
            waiting=tuple(proposal(n, paper=paper(n, title=long)) for n in range(count)),
            declined=tuple(
                Declined(paper=paper(n, title=long), section=(long,), reason=long)
                for n in range(count)
            ),
            unplaced=tuple(
                Unplaced(
                    paper=paper(n, title=long),
                    relevance=1,
                    alternatives=(Alternative((long, long), 0.1),) * 3,
                )
                for n in range(count)
            ),
        )
    )
    assert len(text) <= MAXIMUM
    assert ("more" in text) == (count == 500)


@pytest.fixture
def world() -> Iterator[GitHub]:
    with GitHub({"README.md": LIST}) as world:
        yield world


def publish(world: GitHub, dashboard: Dashboard) -> int | None:
    target = github(world)
    target.read()
    return target.publish_dashboard(target.dashboard(), render_dashboard(dashboard)).number


def test_one_issue_is_kept_current(world: GitHub) -> None:
    put(github(world), 1)
    assert publish(world, FULL) == 2
    world.requests.clear()
    assert publish(world, FULL) == 2
    assert world.writes == []
    world.threads[2].body = "Read this.\r\n" + world.threads[2].body.replace("\n", "\r\n")
    world.threads[2].labels.clear()
    assert publish(world, FULL) == 2
    assert world.writes == []
    assert publish(world, Dashboard()) == 2
    assert world.threads[2].body.startswith("Read this.\n")
    assert "No pull request is open." in world.threads[2].body


def test_a_closed_dashboard_is_left_alone(world: GitHub) -> None:
    publish(world, FULL)
    world.threads[1].state = "closed"
    world.requests.clear()
    assert publish(world, Dashboard()) == 1
    assert world.writes == []


def test_a_strangers_issue_is_not_taken_for_it(world: GitHub) -> None:
    publish(world, FULL)
    world.threads[1].login = "stranger"
    assert BEGIN in world.threads[1].body
    assert publish(world, FULL) == 2


def test_a_local_dashboard_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    (tmp_path / "README.md").write_text(LIST, encoding="utf-8")
    target = local_target(tmp_path, ["README.md"], "proposals")
    assert target.dashboard() is None
    target.publish_dashboard(None, render_dashboard(FULL))
    board = target.dashboard()
    assert board is not None
    assert board.body == render_dashboard(FULL)
    assert board.is_open
