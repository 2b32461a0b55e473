"""The hidden block says everything again, whatever stood in it."""

from __future__ import annotations

import base64
import re
import zlib
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tracker.pull_request.examples import paper, proposal, report
from tracker.identifiers import Identifier
from tracker.pull_request import block
from tracker.pull_request.proposal import Alternative, Unplaced, paper_key

words = st.text(max_size=30)
BOMB = base64.b64encode(zlib.compress(b" " * 20_000_000 + b"{}")).decode()


def test_a_report_comes_back_from_its_block() -> None:
    unplaced = Unplaced(paper=paper(9), relevance=0.7, alternatives=(Alternative(("Kites",), 0.2),))
    text = block.encode(report(proposal(1), proposal(2), unplaced=(unplaced,)), "abc", "main")
    record = block.decode(f"before\n{text}\nafter")
    assert record is not None
    assert (record.head, record.base) == ("abc", "main")
    expected = proposal(1)
    found = record.proposals[0]
    assert replace(found, paper=expected.paper) == expected
    assert found.paper == replace(expected.paper, abstract="")
    assert [paper_key(p.paper) for p in record.proposals] == [
        "arxiv:2601.00001",
        "arxiv:2601.00002",
    ]
    assert record.unplaced[0].alternatives == unplaced.alternatives


@given(words, words, st.lists(words, min_size=1, max_size=3), words)
def test_nothing_in_it_takes_effect_or_ends_it(
    title: str, text: str, section: list[str], url: str
) -> None:
    hostile = proposal(
        paper=paper(title=title, identifiers=(Identifier("url", url),)),
        text=text,
        section=tuple(section),
    )
    encoded = block.encode(report(hostile), "abc")
    inner = encoded.removeprefix("<!-- survey-tracker 1").removesuffix("-->")
    assert not re.search(r"--|[<>@#]", inner)
    record = block.decode(encoded)
    assert record is not None
    assert record.proposals[0].text == text
    assert record.proposals[0].section == tuple(section)
    assert record.proposals[0].paper.identifiers == (Identifier("url", url),)


def test_what_is_compressed_says_the_same() -> None:
    told = report(*(proposal(n) for n in range(40)))
    plain, packed = block.encode(told, "abc"), block.encode(told, "abc", packed=True)
    assert len(packed) < len(plain) / 4
    assert block.decode(packed.replace("\n", "\r\n")) == block.decode(plain)
    assert not re.search(r"--|[<>@#]", packed.removeprefix("<!-- ").removesuffix("-->")[15:])


def test_a_browser_may_have_changed_the_line_ends() -> None:
    text = block.encode(report(proposal()), "abc").replace("\n", "\r\n")
    assert block.decode(text) is not None


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no block",
        "<!-- survey-tracker 2\n{}\n-->",
        "<!-- survey-tracker 2\nAAAA\n-->",
        f"<!-- survey-tracker 2\n{BOMB}\n-->",
        "<!-- survey-tracker 3\n{}\n-->",
        "<!-- survey-tracker 1\n{}\n-->",
        "<!-- survey-tracker 1\n{not json}\n-->",
        '<!-- survey-tracker 1\n{"head":"a","digest":"b","proposals":[{}]}\n-->',
        '<!-- survey-tracker 1\n{"head":"a","digest":"b","proposals":[1]}\n-->',
    ],
)
def test_what_is_no_block_is_none(body: str) -> None:
    assert block.decode(body) is None


def test_the_digest_is_of_what_reviewers_decide_on() -> None:
    before = report(proposal(1))
    assert block.digest(before) == block.digest(replace(before, as_of=date(2026, 2, 2)))
    assert block.digest(before) != block.digest(report(proposal(1), proposal(2)))
    assert block.digest(before) != block.digest(report(proposal(1, section=("Kites",))))
    assert block.digest(before) != block.digest(replace(before, notice="Resolve the conflict."))


def test_a_paper_has_one_key() -> None:
    both = (Identifier("doi", "10.1/x"), Identifier("arxiv", "2601.00001"))
    assert paper_key(paper(identifiers=both)) == "arxiv:2601.00001"
    assert paper_key(paper(identifiers=both[::-1])) == "arxiv:2601.00001"
    assert paper_key(paper(identifiers=())) == paper_key(paper(identifiers=()))
    hostile = paper_key(paper(identifiers=(Identifier("url", "https://x/--><b>"),)))
    assert re.fullmatch(r"key:[0-9a-f]{16}", hostile)
