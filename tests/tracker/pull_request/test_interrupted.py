"""A run that ends anywhere is finished by the next one."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.tracker.pull_request.examples import BRANCH, LIST, add, github, proposal, put, report
from tests.world.github import GitHub
from tracker.pull_request import folder
from tracker.pull_request.body import TEXT_NAME
from tracker.pull_request.dashboard import Dashboard, render_dashboard
from tracker.pull_request.local import local_target


class Killed(BaseException):
    """The process ends here; nothing may catch it."""


@contextmanager
def killed_at(
    monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, *, call: int
) -> Iterator[list[int]]:
    """End the process right after one call of a function; before the first where it is 0.

    Where the process holds nothing that lasts, after one call is before the next.
    """
    real = getattr(owner, name)
    count = [0]

    def counted(*arguments: Any, **options: Any) -> Any:
        if call == 0:
            raise Killed
        result = real(*arguments, **options)
        count[0] += 1
        if count[0] == call:
            raise Killed
        return result

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, counted)
        yield count


def opening(world: GitHub) -> None:
    put(github(world), 1, 2, labels=["literature"])


def appending(world: GitHub) -> None:
    put(github(world), 3)


def before_opening(world: GitHub) -> None:
    """Nothing is there yet."""


def before_appending(world: GitHub) -> None:
    opening(world)


def before_merging(world: GitHub) -> None:
    opening(world)
    world.push("main", {"README.md": LIST + "* New kites\n"})


def before_rebuilding(world: GitHub) -> None:
    opening(world)
    world.push("main", {"README.md": add(LIST, "* New lanterns")})


def before_reopening(world: GitHub) -> None:
    opening(world)
    world.merge_pull(1, squash=True)


def before_closing(world: GitHub) -> None:
    opening(world)
    both = add(add(LIST, proposal(1).text), proposal(2).text)
    world.push("main", {"README.md": both})


def closing(world: GitHub) -> None:
    target = github(world)
    snapshot = target.read()
    target.publish(snapshot, snapshot.files, report())


def before_answering(world: GitHub) -> None:
    opening(world)
    world.comment(1, "/tracker dance", login="stranger")


def answering(world: GitHub) -> None:
    target = github(world)
    for comment in target.comments(target.read()):
        target.answer(comment, [] if comment.may_write else ["Only writers are obeyed."])


def showing(world: GitHub) -> None:
    target = github(world)
    target.read()
    waiting = Dashboard(waiting=(proposal(3),))
    target.publish_dashboard(target.dashboard(), render_dashboard(waiting))


SCENES: dict[str, tuple[Callable[[GitHub], None], Callable[[GitHub], None]]] = {
    "opening": (before_opening, opening),
    "appending": (before_appending, appending),
    "merging the base": (before_merging, appending),
    "rebuilding": (before_rebuilding, appending),
    "opening another": (before_reopening, appending),
    "closing": (before_closing, closing),
    "answering": (before_answering, answering),
    "showing the dashboard": (before_opening, showing),
}


def state(world: GitHub) -> dict[str, Any]:
    """Everything a person can see, but for the names of commits."""
    if BRANCH not in world.refs:
        return {"issues": [(t.number, t.title, t.body, t.labels) for t in world.threads.values()]}
    commits = world.store.between(world.refs["main"], world.refs[BRANCH])
    return {
        "list": world.text(BRANCH),
        "tree": world.store.files(world.refs[BRANCH]),
        "main": world.text("main"),
        "merged": world.refs["main"] in world.store.ancestors(world.refs[BRANCH]),
        "messages": [commit.message for commit in commits],
        "pulls": [
            (t.number, t.state, t.title, t.labels, re.sub(r'"head":"\w*"', "", t.body))
            for t in world.pulls("all")
        ],
        "comments": [
            (re.sub(r"\d+", "", comment.body), comment.reactions)
            for comment in world.comments.values()
        ],
    }


@pytest.mark.parametrize("scene", SCENES)
def test_a_run_killed_at_any_request_is_finished_by_the_next(
    scene: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare, run = SCENES[scene]
    with GitHub({"README.md": LIST}) as world:
        prepare(world)
        prepared = world.save()
        with killed_at(monkeypatch, requests.Session, "request", call=-1) as count:
            run(world)
        undisturbed, calls = state(world), count[0]
        assert calls >= 4
        for call in range(calls + 1):
            world.resume(prepared)
            with (
                killed_at(monkeypatch, requests.Session, "request", call=call),
                pytest.raises(Killed),
            ):
                run(world)
            run(world)
            assert state(world) == undisturbed, f"call {call}"
            world.requests.clear()
            run(world)
            assert world.writes == []


def git(path: Path, *words: str) -> str:
    identity = ("-c", "user.name=Mia", "-c", "user.email=mia@example.org")
    done = subprocess.run(["git", *identity, *words], cwd=path, capture_output=True, check=True)
    return done.stdout.decode()


def checkout(path: Path) -> Path:
    path.mkdir()
    (path / "README.md").write_text(LIST, encoding="utf-8")
    git(path, "init", "-q", "-b", "main")
    git(path, "add", "README.md")
    git(path, "commit", "-q", "-m", "Begin")
    return path


def local_state(path: Path) -> tuple[str, ...]:
    text = re.sub(r'"head":"\w*"', "", (path / TEXT_NAME).read_text(encoding="utf-8"))
    return (
        git(path, "show", f"{BRANCH}:README.md"),
        git(path, "log", "--format=%s", f"main..{BRANCH}"),
        git(path, "status", "--porcelain"),
        text,
    )


@pytest.mark.parametrize(("owner", "name"), [(subprocess, "run"), (Path, "replace")])
def test_a_local_run_killed_anywhere_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str
) -> None:
    def run(path: Path) -> None:
        put(local_target(path, ["README.md"], BRANCH), 1, 2)

    calm = checkout(tmp_path / "calm")
    with killed_at(monkeypatch, owner, name, call=-1) as count:
        run(calm)
    undisturbed, calls = local_state(calm), count[0]
    for call in range(calls + 1):
        path = checkout(tmp_path / f"{name}{call}")
        with killed_at(monkeypatch, owner, name, call=call), pytest.raises(Killed):
            run(path)
        run(path)
        assert local_state(path) == undisturbed, f"call {call}"


def test_files_without_git_killed_anywhere_are_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lists(name: str) -> Path:
        path = tmp_path / name
        path.mkdir()
        for file in ("README.md", "more.md"):
            (path / file).write_text(LIST, encoding="utf-8")
        return path

    def run(path: Path) -> None:
        target = local_target(path, ["README.md", "more.md"], BRANCH)
        snapshot = target.read()
        files = {n: t if "* x" in t else add(t, "* x") for n, t in snapshot.working.items()}
        target.publish(snapshot, files, report(proposal(1)))

    def contents(path: Path) -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in path.iterdir()}

    calm = lists("calm")
    with killed_at(monkeypatch, folder, "write_atomically", call=-1) as count:
        run(calm)
    undisturbed = contents(calm)
    assert set(undisturbed) == {"README.md", "more.md", TEXT_NAME}
    for name, calls in (("write_atomically", count[0]), ("unlink", 2)):
        owner = folder if name == "write_atomically" else Path
        for call in range(calls + 1):
            path = lists(f"{name}{call}")
            with killed_at(monkeypatch, owner, name, call=call), pytest.raises(Killed):
                run(path)
            run(path)
            assert contents(path) == undisturbed
