"""What a reviewer reads."""

from __future__ import annotations

import random
import re
import string
from datetime import date

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt

from tests.tracker.pull_request.examples import paper, proposal, report
from tests.tracker.pull_request.test_escape import LIVE, titles
from tests.world.github_model import MOST_BODY
from tracker.pull_request import block
from tracker.pull_request.body import (
    BEGIN,
    END,
    MAXIMUM,
    fits,
    local_text,
    render_body,
    title,
    with_body,
)
from tracker.pull_request.message import commit_message, read_message
from tracker.pull_request.proposal import (
    Alternative,
    Bars,
    Declined,
    Funnel,
    Report,
    SourceCount,
    Unplaced,
    Update,
    paper_key,
)
from tracker.pull_request.rolling import unticked

GITHUB = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def shown(body: str) -> str:
    """The text without what a reader does not see."""
    return re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)


def test_a_paper_is_explained_in_one_row() -> None:
    body = render_body(report(proposal()))
    assert (
        "| [Paper lanterns, part 1](https://arxiv.org/abs/2601.00001) | Lanterns | high (0.81) "
        "| Kites (0.12), Tails (0.04) | “paper”, “lantern”<br>"
        "near [Old lanterns](https://example.org/old) |\n"
    ) in body


def test_of_a_paper_that_was_moved_the_confidence_is_told_with_its_section() -> None:
    body = render_body(report(proposal(section=("Kites",), moved_from=("Lanterns",)), proposal(2)))
    assert "| Kites | high (0.81) for Lanterns |" in body
    item = next(
        line for line in body.splitlines() if line.startswith("- [x] [Paper lanterns, part 1")
    )
    assert "moved here from Lanterns, where it had high (0.81) confidence" in item
    assert item.count("0.81") == 1


def test_a_paper_can_be_unticked() -> None:
    body = render_body(report(proposal(1), proposal(2)))
    assert "- [x] [Paper lanterns, part 1]" in body
    assert "2026-01-05 · arxiv · [code](https://example.org/lanterns)" in body
    assert unticked(body) == frozenset()
    cleared = re.sub(r"\[x\](.*2601\.00002)", r"[ ]\1", body)
    assert unticked(cleared.replace("\n", "\r\n")) == {"arxiv:2601.00002"}


def test_papers_stand_together_by_section() -> None:
    body = render_body(
        report(proposal(1), proposal(2, section=("Kites",)), proposal(3), proposal(4))
    )
    headings = re.findall(r"^\*\*(\w+)\*\*$", body, re.MULTILINE)
    assert headings == ["Lanterns", "Kites"]
    assert body.index("part 4") < body.index("| Kites |")


def test_everything_left_out_is_said() -> None:
    body = render_body(
        report(
            proposal(1),
            unplaced=(
                Unplaced(
                    paper=paper(7), relevance=0.8, alternatives=(Alternative(("Kites",), 0.2),)
                ),
            ),
            postponed=(proposal(8),),
            updates=(
                Update(
                    paper=paper(9, venue="Journal of Folding"),
                    section=("Lanterns",),
                    file="README.md",
                    line=3,
                    before="* x",
                    after="* y",
                ),
            ),
            funnel=Funnel(
                sources=(
                    SourceCount(name="arxiv", fetched=1200, new=300),
                    SourceCount(name="medrxiv", error="timed out after 30 s"),
                ),
                seen=300,
                relevant=12,
                listed=2,
                rejected=3,
                unplaced=1,
                postponed=1,
                proposed=1,
            ),
            bars=Bars(limit=1, min_relevance=0.6, min_confidence=0.4),
        )
    )
    for sentence in (
        "| arxiv | 1,200 | 300 |  |",
        "| medrxiv | 0 | 0 | failed: timed out after 30 s |",
        "300 papers scored → 12 relevant → 1 proposed",
        "- 288 below the relevance bar of 0.6",
        "- 2 on the reading list already",
        "- 3 turned down by a reviewer before",
        "- 1 without a section of at least 0.4 confidence",
        "- 1 postponed by the limit of 1",
        "- [Paper lanterns, part 7](https://arxiv.org/abs/2601.00007): Kites (0.20)",
        "- [Paper lanterns, part 8](https://arxiv.org/abs/2601.00008): Lanterns (0.81)",
        "Journal of Folding (Lanterns)",
        "`limit = 1` papers",
    ):
        assert sentence in body


def test_the_same_report_gives_the_same_text() -> None:
    one = report(proposal(1), proposal(2))
    assert render_body(one, head="a") == render_body(one, head="a")


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ((), "Reading list: nothing to add"),
        ((1,), "Reading list: add 1 paper in 1 section"),
        ((1, 2), "Reading list: add 2 papers in 1 section"),
    ],
)
def test_titles(numbers: tuple[int, ...], expected: str) -> None:
    assert title(report(*map(proposal, numbers))) == expected


@given(titles, titles, titles)
@settings(max_examples=60)
def test_hostile_words_change_nothing_but_words(name: str, term: str, section: str) -> None:
    name, term, section = f"n {name}", f"t {term}", f"s {section}"
    hostile = proposal(
        paper=paper(title=name, abstract=name, venue=term),
        section=(section, term),
        alternatives=(Alternative((term,), 0.1),),
        sources=(term,),
    )
    body = render_body(
        report(
            hostile,
            unplaced=(Unplaced(paper=hostile.paper, relevance=0.6),),
            postponed=(hostile,),
            notice=name,
            funnel=Funnel(sources=(SourceCount(name=term, error=name),)),
        )
    )
    tokens = GITHUB.parse(body)
    expected = GITHUB.parse(render_body(_harmless()))
    assert [token.type for token in tokens] == [token.type for token in expected]
    inside = [child for token in tokens for child in token.children or ()]
    assert not any(LIVE.search(child.content) for child in inside if child.type == "text")
    assert {child.content for child in inside if child.type == "html_inline"} <= {
        "<br>",
        "<!-- paper arxiv:2601.00001 -->",
        "<!-- unplaced arxiv:2601.00001 -->",
    }
    assert not any(child.type in {"image", "s_open", "em_open"} for child in inside)
    record = block.decode(body)
    assert record is not None
    assert record.proposals[0].section == hostile.section


def _harmless() -> Report:
    calm = proposal(
        paper=paper(title="A", abstract="A", venue="B"),
        alternatives=(Alternative(("B",), 0.1),),
        sources=("B",),
    )
    return report(
        calm,
        unplaced=(Unplaced(paper=calm.paper, relevance=0.6),),
        postponed=(calm,),
        notice="A",
        funnel=Funnel(sources=(SourceCount(name="B", error="A"),)),
    )


@pytest.mark.parametrize(
    ("count", "length"), [(0, 1), (1, 20_000), (15, 60), (15, 1500), (100, 1), (100, 60), (250, 9)]
)
def test_the_text_fits_whatever_it_has_to_say(count: int, length: int) -> None:
    long = "word|@#" * length
    many = [
        proposal(
            number,
            paper=paper(number, title=f"{number} {long}", abstract=long * 3, venue=long),
            section=(long[:90], f"Section {number % 7}"),
            text=long,
        )
        for number in range(count)
    ]
    body = render_body(
        report(
            *many,
            postponed=tuple(many),
            unplaced=tuple(Unplaced(paper=p.paper, relevance=0.5) for p in many),
            funnel=Funnel(sources=tuple(SourceCount(name=long, error=long) for _ in many)),
            notice=long,
        )
    )
    assert len(body) <= MAXIMUM
    assert body.rstrip().endswith(END)
    record = block.decode(body)
    assert record is not None
    assert [paper_key(p.paper) for p in record.proposals] == [paper_key(p.paper) for p in many]
    shown_here = body.count("- [x] ")
    assert shown_here == count or f"Only {shown_here} of {count} papers fit" in body


def test_what_was_cut_is_said() -> None:
    small = render_body(report(proposal()))
    assert "limit for this text" not in small
    large = render_body(
        report(*(proposal(n, paper=paper(n, abstract="lantern " * 200)) for n in range(60)))
    )
    assert "limit for this text" in shown(large)
    assert large.count("- [x] ") == 60


def test_what_people_write_around_the_text_stays() -> None:
    first = render_body(report(proposal(1)))
    second = render_body(report(proposal(1), proposal(2)))
    edited = f"Please wait for Mia.\r\n\r\n{first}\nThanks!"
    updated = with_body(edited, second)
    assert updated == f"Please wait for Mia.\r\n\r\n{second.rstrip()}\n\nThanks!"
    assert with_body("someone emptied it", second) == second
    assert with_body(f"{BEGIN} without an end", second) == second
    assert with_body("x" * 9000 + first, "y" * MAXIMUM) == "y" * MAXIMUM


def test_the_text_makes_room_for_what_people_write_around_it() -> None:
    many = [proposal(n, paper=paper(n, abstract="lantern " * 200)) for n in range(60)]
    written = f"{'Mine. ' * 3000}\n\n{render_body(report(proposal(1)))}"
    text = local_text(written, report(*many))
    assert text.startswith("Mine. " * 3000)
    assert len(text) <= MOST_BODY
    record = block.decode(text)
    assert record is not None
    assert len(record.proposals) == 60


def test_fifty_papers_and_fifty_updates_of_long_lines_are_all_recorded() -> None:
    dice = random.Random(3)

    def words(count: int) -> str:
        return " ".join("".join(dice.choices(string.ascii_lowercase, k=7)) for _ in range(count))

    many = [
        proposal(n, paper=paper(n, title=words(12)), section=(words(6), words(4)), text=words(40))
        for n in range(50)
    ]
    updates = tuple(
        Update(
            paper=paper(100 + n, title=words(12)),
            section=("Kites",),
            file="README.md",
            line=n,
            before=f"* {(line := words(40))} arXiv",
            after=f"* {line} Journal of Lanterns",
        )
        for n in range(50)
    )
    told = report(*many, updates=updates)
    assert fits(told)
    body = render_body(told, head="0" * 40, base="main")
    assert len(body) <= MAXIMUM
    record = block.decode(body)
    assert record is not None
    assert len(record.proposals) == 50
    assert [u.before for u in record.updates] == [u.before for u in updates]
    assert [u.after for u in record.updates] == [u.after for u in updates]


def test_all_that_was_taken_out_is_recorded() -> None:
    gone = tuple(Declined(paper=paper(n), section=("Lanterns",)) for n in range(150))
    record = block.decode(render_body(report(proposal(200), declined=gone)))
    assert record is not None
    assert len(record.declined) == 150


def test_a_local_text_has_its_title() -> None:
    first = local_text("", report(proposal(1)))
    assert first.startswith("# Reading list: add 1 paper in 1 section\n\n")
    assert local_text(first + "mine\n", report(proposal(1), proposal(2))).endswith("\nmine\n")


def test_a_commit_names_its_papers() -> None:
    hostile = proposal(2, paper=paper(2, title="@maintainer fixes #1\nProposed-by: someone"))
    message = commit_message([proposal(1), hostile], "Add 2 papers")
    assert message.splitlines() == [
        "Add 2 papers",
        "",
        "- arxiv:2601.00001: Paper lanterns, part 1 → Lanterns",
        "- arxiv:2601.00002: @\u200bmaintainer fixes #\u200b1 Proposed-by: someone → Lanterns",
        "",
        "Proposed-by: survey-tracker",
    ]
    first, second = read_message(message)
    assert (first.paper.identifiers, first.section) == (paper(1).identifiers, ("Lanterns",))
    assert second.paper.title == "@maintainer fixes #1 Proposed-by: someone"


def test_the_day_is_the_runs() -> None:
    assert "As of 2031-05-06:" in render_body(report(as_of=date(2031, 5, 6)))


def test_runners_up_are_named_as_briefly_as_is_clear() -> None:
    many = (
        Alternative(("Kites", "Tails"), 0.2),
        Alternative(("Comets", "Tails"), 0.1),
        Alternative(("Comets", "Dust"), 0.1),
    )
    body = render_body(
        report(proposal(1, alternatives=many[:2]), proposal(2, alternatives=many[1:]))
    )
    assert "| Kites › Tails (0.20), Comets › Tails (0.10) |" in body
    assert "| Comets › Tails (0.10), Dust (0.10) |" in body


def test_sections_that_are_out_of_the_question_are_not_named() -> None:
    body = render_body(report(proposal(1, alternatives=(Alternative(("Kites",), 0.004),))))
    assert "| high (0.81) | – |" in body


def test_comments_are_only_invited_where_they_are_read() -> None:
    assert "/tracker help" not in render_body(report(proposal()))
    assert "comments: `/tracker help`" in render_body(report(proposal(), commands=True))


def test_as_many_papers_as_a_pull_request_may_hold_are_all_recorded() -> None:
    long = "Towards lanterns that fold themselves, with retrieval, long names and an afterword"
    path = ("A reading list of folded things", "Downstream tasks of folding")
    many = [
        proposal(n, paper=paper(n, title=f"{n} {long}"), section=(*path, f"Lanterns {n % 30}"))
        for n in range(100)
    ]
    body = render_body(report(*many))
    record = block.decode(body)
    assert record is not None
    assert len(record.proposals) == 100
    assert body.count("- [x] ") == 100
    assert "limit for this text" in body
