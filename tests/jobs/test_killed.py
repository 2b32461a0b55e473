"""The real job is ended at each request that writes: the next run ends where a calm one would.

The suite ends it at every sixth of the moments at which that can matter; with
SURVEY_TRACKER_LONG_TESTS=1 in the environment, before and after each, and each index write too.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests

from db.index import Index
from jobs import propose
from tests.jobs import corpus
from tests.jobs.reviewer import BRANCH, Survey, judge_once, on_github
from tracker.pull_request import block
from tracker.pull_request.proposal import Proposal, paper_key

NEVER = 10**9
LONG = bool(os.environ.get("SURVEY_TRACKER_LONG_TESTS"))


class Killed(BaseException):
    """The process ends here; nothing may catch it."""


@contextmanager
def dying(monkeypatch: pytest.MonkeyPatch, moment: int) -> Iterator[list[str]]:
    """End the process at a moment; gives the moments there were so far.

    Moments are before and after each request that writes, each transaction of the index, and
    the recording of what was published.
    """
    moments: list[str] = []

    def watched(real: Callable[..., Any], name: Callable[..., str]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            what = name(*arguments)
            if not what:
                return real(*arguments, **options)
            if len(moments) - 1 == moment:
                raise Killed  # The dead do not write down that they failed.
            for when in ("before", "after"):
                done = real(*arguments, **options) if when == "after" else None
                moments.append(f"{when} {what}")
                if len(moments) - 1 == moment:
                    raise Killed
            return done

        return call

    def request(_: object, method: str, url: str, *__: object) -> str:
        return "" if method == "GET" else f"{method} {url}"

    with monkeypatch.context() as patch:
        patch.setattr(requests.Session, "request", watched(requests.Session.request, request))
        patch.setattr(Index, "write", watched(Index.write, lambda _: "index"))
        patch.setattr(propose, "record", watched(propose.record, lambda *_: "record"))
        yield moments


def chosen(moments: list[str]) -> list[int]:
    """The moments at which it matters that the process ends.

    Nothing lasting happens between two requests but transactions of the index: of moments
    without any between them one is enough.
    """
    if LONG:
        return list(range(len(moments)))
    found, last = [], ""
    for number, name in enumerate(moments):
        if "index" in name:
            last = ""
            continue
        if name.startswith("after") or last == "":
            found.append(number)
        last = name
    return found[::6]


def first(survey: Survey) -> None:
    """Nothing is there yet."""


def more(survey: Survey) -> None:
    survey.run()
    survey.week(1)


def comments(survey: Survey) -> None:
    survey.week(1)
    survey.run()
    one, two, three, *_ = proposals(survey)
    say = partial(survey.github.comment, 1)
    say(f"/tracker drop {name(one)} not about bread")
    say(f"/tracker move {name(two)} to {other(two)}")
    say(f"/tracker later {name(three)}")
    say(f"/tracker add {survey.papers[-2]['id']} to Ovens")
    say("/tracker help\n/tracker dance")
    say(f"/tracker drop {name(two)}", login="stranger")


def reviews(survey: Survey) -> None:
    """What was said on lines, in reviews, and anew in a comment that was answered."""
    survey.week(1)
    survey.run()
    one, two, three, _ = proposals(survey)
    world = survey.github
    wrong = world.comment(1, "/tracker dance")
    right = world.comment(1, f"/tracker move {name(three)} to {other(three)}")
    survey.run("review")
    world.edit_comment(wrong, f"/tracker drop {name(two)}")
    world.edit_comment(right, f"{right.body}\n\nThank you!")
    world.comment_line(1, f"/tracker drop {name(one)} not about bread")
    world.comment_line(1, "/tracker dance")
    world.comment_line(1, "/tracker help", login="stranger")
    world.review(1, f"/tracker add {survey.papers[-2]['id']} to Ovens\n/tracker dance")
    world.review(1, "/tracker help", login="stranger")
    survey.week(2)


def branch(survey: Survey) -> None:
    survey.week(1)
    survey.run()
    one, two, three, four = proposals(survey)
    survey.github.untick(1, paper_key(one.paper))
    text = survey.text().replace(f"{two.text}\n", "").replace(f"{three.text}\n", "")
    text = text.replace(four.text, four.text.replace("2024.1", "2024.01"))
    heading = f"## {other(three)}\n\n"
    survey.github.push(BRANCH, {"README.md": text.replace(heading, f"{heading}{three.text}\n")})
    survey.week(2)


def published(survey: Survey) -> None:
    survey.run()
    survey.week(1)
    for paper in corpus.listed_again(2)[:2]:
        survey.feed([paper | {"venue": "Journal of Loaves", "doi": f"10.5555/{paper['id']}"}])


def unpublished(survey: Survey) -> None:
    """An update that was offered is not wanted."""
    published(survey)
    survey.run()
    record = block.decode(survey.github.threads[1].body)
    assert record is not None
    survey.github.untick(1, paper_key(record.updates[0].paper))


def wishes(survey: Survey) -> None:
    survey.run()
    survey.github.untick(1, paper_key(proposals(survey)[0].paper))
    config = survey.folder / "tracker.toml"
    everything = config.read_text("utf-8").replace("relevance = 0.05", "relevance = 0")
    config.write_text(everything.replace("limit = 4", "limit = 6"), "utf-8")
    survey.week(1)
    survey.run()
    [board] = [t for t in survey.github.threads.values() if not t.head]
    ticked = re.sub(r"\[ \]( .*<!-- bring-back )", r"[x]\1", board.body)
    board.body = re.sub(r"\[ \]( .*<!-- file \S+ 1 -->)", r"[x]\1", ticked, count=1)
    assert board.body.count("[x]") == 2


def merged(survey: Survey) -> None:
    more(survey)
    survey.github.merge_pull(1, squash=True)


def closed(survey: Survey) -> None:
    more(survey)
    survey.github.close_pull(1)


def needless(survey: Survey) -> None:
    """The list has by now all that is proposed, and nothing else is known."""
    survey.run()
    survey.github.push("main", {"README.md": survey.text()})
    survey.github.push("main", {"README.md": survey.text() + "\nBake well.\n"})


def conflict(survey: Survey) -> None:
    more(survey)
    on_top(survey)


def blocked(survey: Survey) -> None:
    more(survey)
    survey.github.push(BRANCH, {"README.md": survey.text().replace("2024.1", "2024.01")})
    survey.github.untick(1, paper_key(proposals(survey)[0].paper))
    on_top(survey)


def on_top(survey: Survey) -> None:
    """A person writes where the proposals stand."""
    text = re.sub(r"(## \w+\n\n)", r"\1* My own\n", survey.text("main"))
    survey.github.push("main", {"README.md": text})


def proposals(survey: Survey) -> tuple[Proposal, ...]:
    record = block.decode(survey.github.threads[1].body)
    assert record is not None
    return record.proposals


def name(proposal: Proposal) -> str:
    return proposal.paper.identifiers[0].value


def other(proposal: Proposal) -> str:
    return next(section for section in corpus.SECTIONS if section != proposal.section[-1])


def asked_again(survey: Survey) -> None:
    """A paper that was rejected is asked for in a comment."""
    survey.run()
    gone = proposals(survey)[0]
    survey.github.untick(1, paper_key(gone.paper))
    survey.run()
    survey.week(1)
    survey.github.comment(1, f"/tracker add {name(gone)} to {other(gone)}")


SCENES = [first, more, comments, reviews, branch, published, unpublished, wishes, asked_again]
SCENES += [merged, closed, needless, conflict, blocked]


def state(survey: Survey) -> dict[str, Any]:
    """Everything a person can see, and what the index remembers of it."""
    world = survey.github
    decided = [
        (survey.name(d.paper), d.kind, d.at, d.from_section, d.to_section, d.who, d.where, d.reason)
        for d in survey.decisions()
    ]
    return {
        "texts": {branch: survey.text(branch) for branch in world.refs},
        "threads": [
            (t.number, t.state, t.title, t.labels, t.assignees, t.reviewers, unsigned(t.body))
            for t in world.threads.values()
        ],
        "comments": [(c.body, c.login, c.reactions) for c in world.comments.values()],
        "decisions": sorted(decided, key=str),
        "open": sorted(
            (survey.name(p.paper), p.section, p.text, p.pull_request, p.branch)
            for p in survey.open_proposals()
        ),
    }


def unsigned(body: str) -> str:
    """A text without what a second look changes, and nobody sees or decides on.

    That is the name of the commit, what the sources gave just now, and the links of papers,
    of which the list's own line is one once it is read.
    """
    told = re.sub(r"(jsonl \|) \d+ \| \d+ \|", r"\1", body.replace("\r\n", "\n"))
    return re.sub(r'"head":"\w*"|"links":\[(\["[^]]*"\],?)*\]', "", told)


@pytest.mark.parametrize("prepare", SCENES)
def test_a_run_killed_anywhere_is_finished_by_the_next(
    prepare: Callable[[Survey], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge_once(monkeypatch)
    with on_github(tmp_path) as survey:
        with (tmp_path / "tracker.toml").open("a", encoding="utf-8") as config:
            config.write('labels = ["literature"]\nassignees = ["maintainer"]\n')
        prepare(survey)
        saved = survey.save()
        with dying(monkeypatch, NEVER) as moments:
            survey.run()
        calm = state(survey)
        assert any("POST" in moment or "PATCH" in moment for moment in moments)
        for moment in chosen(moments):
            saved.restore(tmp_path, survey.github)
            with dying(monkeypatch, moment) as so_far, pytest.raises(Killed):
                survey.run()
            assert so_far == moments[: moment + 1]
            survey.run()
            for part, found in state(survey).items():
                assert found == calm[part], moments[moment]
        survey.github.requests.clear()
        survey.run()
        assert survey.github.writes == []
