"""What GitHub refuses, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.tracker.pull_request.examples import BRANCH, LIST, github, put
from tests.world.github import GitHub
from tests.world.github_model import TOKEN, refusal
from tests.world.server import Answer
from tracker.errors import InputError, TargetError


@pytest.fixture
def world() -> Iterator[GitHub]:
    with GitHub({"README.md": LIST}) as world:
        yield world


def forbid_pulls(world: GitHub) -> None:
    world.rules.actions_may_open_pulls = False


def forbid_writes(world: GitHub) -> None:
    world.rules.read_only_token = True


def protect(world: GitHub) -> None:
    put(github(world), 9)
    world.rules.protected = frozenset({BRANCH})


def answer(status: int, message: str, **headers: str) -> Callable[[GitHub], None]:
    return lambda world: world.fail(refusal(status, message, **headers), times=None)


@pytest.mark.parametrize(
    ("arrange", "sentence"),
    [
        (forbid_pulls, "Allow GitHub Actions to create and approve pull requests"),
        (forbid_writes, r"`contents: write`.*Resource not accessible by integration"),
        (protect, "rules that protect branches"),
        (answer(401, "Bad credentials"), "does not accept the token; set GITHUB_TOKEN"),
        (answer(404, "Not Found"), "not found in owner/list, or the token may not see it"),
        (answer(409, "Git Repository is empty."), "is empty; run again"),
        (
            answer(403, "You have exceeded a secondary rate limit.", Retry_After="60"),
            "rate limit is used up; run again in 60 seconds",
        ),
        (answer(403, "API rate limit exceeded for 203.0.113.1"), "run again in an hour"),
        (
            answer(403, "API rate limit exceeded.", X_RateLimit_Reset="1767225600"),
            "run again after 00:00 UTC",
        ),
        (lambda world: world.fail(Answer(200, "<html>"), times=None), "not GitHub's; check"),
        (
            lambda world: world.fail(Answer(200, {}, delivery="reset"), times=None),
            r": GitHub could not be reached \([a-z ]+\); check the network and github\.url",
        ),
    ],
)
def test_every_refusal_is_one_sentence_with_a_remedy(
    world: GitHub, arrange: Callable[[GitHub], None], sentence: str
) -> None:
    arrange(world)
    with pytest.raises(TargetError, match=sentence) as caught:
        put(github(world), 1)
    assert "\n" not in str(caught.value)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("token", ["secret\nsecret", "secret secret", "sécret"])
def test_a_spoilt_token_is_not_shown(world: GitHub, token: str) -> None:
    with pytest.raises(TargetError, match="holds characters that no token has") as caught:
        github(world, token=token)
    assert "secret" not in str(caught.value)
    assert github(world, token=f" {TOKEN}\n").read().pull_request is None


def test_proposals_need_a_branch_of_their_own(world: GitHub) -> None:
    with pytest.raises(InputError, match=r"propose\.branch 'main' is the branch .*owner/list"):
        github(world, propose={"branch": "main"}).read()
    assert not world.writes


def test_a_missing_branch_or_file_is_named(world: GitHub) -> None:
    with pytest.raises(TargetError, match="no branch 'trunk'"):
        github(world, list={"repository": "owner/list", "branch": "trunk"}).read()
    with pytest.raises(TargetError, match=r"LIST\.md"):
        github(world, list={"repository": "owner/list", "files": ["LIST.md"]}).read()


def test_only_reading_is_retried(world: GitHub) -> None:
    world.fail(Answer(502), Answer(503), method="GET")
    assert put(github(world), 1).state == "opened"
    world.fail(lambda _, answer: Answer(502), path="/git/trees$", method="POST")
    world.requests.clear()
    with pytest.raises(TargetError, match="answered 502"):
        put(github(world), 2)
    assert len(world.seen("/git/trees$", "POST")) == 1
