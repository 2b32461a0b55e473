"""What `tracker why` says of a paper that reviewers turned down or put off."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from db.history import Decision, Kind
from jobs.console import Console
from jobs.kept_back import KeptBack, kept_back, kept_back_sentence
from jobs.why import reconsider, why
from tests.jobs.reviewer import Survey
from tracker.errors import TargetError
from tracker.identifiers import Identifier
from tracker.paper import Paper
from tracker.pull_request.proposal import Declined, paper_key
from tracker.pull_request.target import OpenPullRequest
from tracker.settings import Settings, parse_settings

PAPER = Paper(title="Invented Loaves", identifiers=(Identifier("arxiv", "2401.00001"),))
OTHER = Paper(title="Invented Rolls", identifiers=(Identifier("arxiv", "2401.00002"),))
NAMELESS = Paper(title="Loaves Without a Name")


def decided(*kinds: Kind) -> list[Decision]:
    return [
        Decision(paper=7, kind=kind, at=datetime(2024, 2, day, tzinfo=UTC), who="ann", reason="old")
        for day, kind in enumerate(kinds, 1)
    ]


def opened(*papers: Paper, **more: Any) -> OpenPullRequest:
    out = tuple(
        Declined(paper=paper, section=("A",), at=date(2024, 3, 1), **more) for paper in papers
    )
    return OpenPullRequest(number=1, url=None, head="", files={}, declined=out)


def settings(**tables: Any) -> Settings:
    return parse_settings({"list": {"path": "."}, **tables}, Path("tracker.toml"), {})


ON_GITHUB = settings(list={"repository": "a/b"})


@pytest.mark.parametrize(
    ("decisions", "pull_request", "kind", "is_out"),
    [
        ([], None, None, None),
        ([], opened(OTHER), None, None),
        (decided("accepted"), None, None, None),
        (decided("rejected", "reconsidered"), opened(OTHER), None, None),
        (decided("postponed"), None, None, None),
        (decided("rejected"), None, "rejected", False),
        (decided("rejected", "postponed"), None, "rejected", False),
        (decided("rejected"), opened(PAPER), "rejected", True),
        (decided("postponed"), opened(PAPER, kind="postponed"), "postponed", True),
        ([], opened(PAPER), "rejected", True),
        (decided("rejected", "reconsidered"), opened(PAPER), "postponed", True),
    ],
)
def test_what_keeps_a_paper_back(
    decisions: list[Decision], pull_request: OpenPullRequest | None, kind: str, is_out: bool
) -> None:
    found = kept_back(PAPER, decisions, pull_request)
    assert (found and (found.kind, found.is_out)) == (kind and (kind, is_out))


def test_a_paper_is_known_by_any_of_its_names_or_its_title() -> None:
    more = replace(PAPER, identifiers=(Identifier("acl", "x.1"), *PAPER.identifiers))
    assert paper_key(more) == paper_key(PAPER)
    assert kept_back(more, [], opened(replace(PAPER, identifiers=more.identifiers[:1])))
    assert kept_back(NAMELESS, [], opened(NAMELESS))
    assert kept_back(NAMELESS, [], opened(PAPER)) is None


def test_a_rejection_names_who_when_why_and_every_way_back() -> None:
    kept = KeptBack(kind="rejected", at=date(2024, 2, 1), who="ann", reason="off topic",
                    where="https://a.example/1")  # fmt: skip
    assert kept_back_sentence(kept, 7, PAPER, ON_GITHUB) == (
        "It will not be proposed: it was rejected on 2024-02-01 by ann (off topic), see "
        "https://a.example/1. Bring it back with its box in the dashboard, `/tracker add "
        "2401.00001` in the pull request or `tracker reconsider 7`."
    )
    bare = KeptBack(kind="rejected", where="survey-tracker/proposals", is_out=True)
    without = settings(propose={"dashboard": False})
    assert kept_back_sentence(bare, 7, PAPER, without) == (
        "It will not be proposed: it was rejected. Bring it back with `tracker reconsider 7` from "
        "the next pull request on."
    )


def test_what_was_put_off_comes_again_by_itself() -> None:
    kept = KeptBack(kind="postponed", at=date(2024, 2, 1), who="ann", is_out=True)
    told = (
        "It will not be proposed until the open pull request is merged or closed: it was taken out "
        "of it on 2024-02-01 by ann."
    )
    assert kept_back_sentence(kept, 7, NAMELESS, settings()) == told
    sooner = " Bring it back sooner with `/tracker add PAPER` in the pull request."
    assert kept_back_sentence(kept, 7, NAMELESS, ON_GITHUB) == told + sooner


def test_why_says_until_when_a_paper_was_put_off(
    survey: Survey, capsys: pytest.CaptureFixture[str]
) -> None:
    [proposal, *_] = survey.open_proposals()
    name = survey.name(proposal.paper).removeprefix("arxiv:")
    survey.github.comment(1, f"/tracker later {name}")
    survey.run("review")

    def asked(as_json: bool = False) -> str:
        capsys.readouterr()
        why(survey.settings, Console(as_json=as_json, interactive=False), name,
            environ=survey.environ)  # fmt: skip
        return capsys.readouterr().out

    page = asked()
    assert "until the open pull request is merged or closed" in page
    assert "by maintainer" in page
    assert f"Bring it back sooner with `/tracker add {name}` in the pull request." in page
    assert "If it were brought back:" in page
    document = json.loads(asked(as_json=True))
    assert document["kept_back"]["kind"] == "postponed"
    names = [source["source"] for source in document["sources"]]
    assert len(names) == len(set(names)) > 1
    assert f"feed.jsonl ({survey.day}), pull request ({survey.day})\n" in page
    survey.github.merge_pull(1)
    survey.run("review")
    assert "As the next run would judge it:" in asked()
    assert json.loads(asked(as_json=True))["kept_back"] is None


def test_what_was_taken_out_of_an_open_pull_request_comes_back_after_it(
    survey: Survey, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    [proposal, *_] = survey.open_proposals()
    name = survey.name(proposal.paper).removeprefix("arxiv:")
    survey.github.comment(1, f"/tracker drop {name}")
    survey.run("review")

    def asked() -> str:
        capsys.readouterr()
        console = Console(interactive=False)
        reconsider(survey.settings, console, name, environ=survey.environ)
        captured = capsys.readouterr()
        return captured.out + captured.err

    said = asked()
    assert ": may be proposed again\nIt will not be proposed until the open pull request is" in said
    assert f"Bring it back sooner with `/tracker add {name}` in the pull request." in said
    said = asked()
    assert ": was not rejected; there is nothing to do\nIt will not be proposed until" in said
    survey.github.merge_pull(1)
    survey.run("review")
    assert "It will not" not in asked()

    def fail(*_: object) -> None:
        raise TargetError("GitHub does not answer")

    monkeypatch.setattr("tracker.pull_request.github.GithubTarget.read", fail)
    assert "(GitHub does not answer); if the paper was taken out of it, it is not prop" in asked()
