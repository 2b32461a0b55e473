"""A year of weekly runs with a reviewer who does everything a reviewer can do."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import pytest

from tests.tracker.pull_request.examples import BRANCH, add, github, proposal, report
from tests.world.github import GitHub
from tracker.pull_request.commands import Command, Comment, find_proposal
from tracker.pull_request.proposal import Declined, Proposal, paper_key
from tracker.pull_request.target import OpenPullRequest, PullRequest

SECTIONS = ("Lanterns", "Kites", "Boats", "Fans")
START = "# Reading list\n\n" + "".join(
    f"## {name}\n\n* Old {name} one\n* Old {name} two\n* Old {name} three\n\n" for name in SECTIONS
)


def heading(section: str) -> str:
    return f"## {section}\n\n"


def section_of(text: str, line: str) -> str | None:
    before, present, _ = text.partition(f"{line}\n")
    return before.rpartition("## ")[2].partition("\n")[0] if present else None


class Bot:
    """The smallest job that respects what reviewers do; it remembers only who was rejected."""

    def __init__(self, world: GitHub) -> None:
        self.world = world
        self.rejected: set[str] = set()
        self.put_off: dict[str, int] = {}
        self.week = 0
        self.seen: OpenPullRequest | None = None

    def run(self, candidates: list[Proposal]) -> PullRequest:
        target = github(self.world)
        snapshot = target.read()
        opened = self.seen = snapshot.pull_request
        text = snapshot.working["README.md"]
        pending = list(opened.proposals) if opened else []
        declined = list(opened.declined) if opened else []
        if opened and opened.rebuild:
            for waiting in pending:
                text = add(text, waiting.text, heading(waiting.section[0]))
        comments = target.comments(snapshot)
        text, dropped = self.obey(text, comments, pending)
        for key in opened.unticked if opened else ():
            dropped[key] = "rejected"
        kept: list[Proposal] = []
        for waiting in pending:
            key, section = paper_key(waiting.paper), section_of(text, waiting.text)
            if section is None or key in dropped:
                text = text.replace(f"{waiting.text}\n", "")
                kind = dropped.get(key, "rejected")
                declined.append(Declined(paper=waiting.paper, section=("x",), kind=kind))
                if kind == "rejected":
                    self.rejected.add(key)
                else:
                    self.put_off[key] = self.week
            elif section_of(snapshot.files["README.md"], waiting.text) is None:
                kept.append(replace(waiting, section=(section,)))
        said = opened.blocked if opened else ""
        if not said:
            out = self.rejected | {paper_key(d.paper) for d in declined}
            out |= {key for key, week in self.put_off.items() if week == self.week}
            welcome = [c for c in candidates if paper_key(c.paper) not in out]
            text = self.propose(text, kept, welcome)
        done = target.publish(
            snapshot, {"README.md": text}, report(*kept, declined=tuple(declined), notice=said)
        )
        for comment in comments:
            target.answer(comment, [] if comment.may_write else ["You may not."])
        return done

    def obey(
        self, text: str, comments: Sequence[Comment], pending: list[Proposal]
    ) -> tuple[str, dict[str, Literal["rejected", "postponed"]]]:
        """The text with papers moved as told, and what is to be taken out."""
        dropped: dict[str, Literal["rejected", "postponed"]] = {}
        for command in (c for comment in comments if comment.may_write for c in comment.commands):
            assert isinstance(command, Command)
            meant = find_proposal(command.paper, pending)
            if meant is None:
                continue
            if command.kind == "move":
                text = add(text.replace(f"{meant.text}\n", ""), meant.text, heading("Boats"))
            else:
                later = command.kind == "later"
                dropped[paper_key(meant.paper)] = "postponed" if later else "rejected"
        return text, dropped

    def propose(self, text: str, kept: list[Proposal], candidates: list[Proposal]) -> str:
        for new in candidates:
            if section_of(text, new.text) is None and len(kept) < 8:
                text = add(text, new.text, heading(new.section[0]))
                kept.append(new)
        return text


class Reviewer:
    """Does one thing a week, and remembers what they wrote themselves."""

    def __init__(self, world: GitHub, dice: random.Random) -> None:
        self.world = world
        self.dice = dice
        self.on_base: set[str] = set()
        self.on_branch: set[str] = set()
        self.declined: set[str] = set()

    def act(self, week: int, opened: OpenPullRequest | None) -> str:
        choices = ["edit base", "conflict", "nothing"]
        if opened and opened.blocked:
            choices = ["resolve"]
        elif opened and opened.proposals:
            choices += ["merge", "squash", "untick", "delete", "move", "push", "comment", "update"]
            choices += ["close"] if self.dice.random() < 0.3 else []
        name = self.dice.choice(choices)
        getattr(self, name.replace(" ", "_"))(week, opened)
        return name

    def nothing(self, week: int, opened: OpenPullRequest | None) -> None:
        """A week off."""

    def edit_base(self, week: int, opened: OpenPullRequest | None) -> None:
        self._write("main", week, "* Old Kites two\n", self.on_base)

    def conflict(self, week: int, opened: OpenPullRequest | None) -> None:
        self._write("main", week, heading("Lanterns"), self.on_base)

    def push(self, week: int, opened: OpenPullRequest | None) -> None:
        self._write(BRANCH, week, heading("Lanterns"), self.on_branch)

    def merge(self, week: int, opened: OpenPullRequest | None, *, squash: bool = False) -> None:
        if self.world.merge_pull(self.world.pulls()[0].number, squash=squash):
            self.on_base |= self.on_branch
            self.on_branch.clear()

    def squash(self, week: int, opened: OpenPullRequest | None) -> None:
        self.merge(week, opened, squash=True)

    def close(self, week: int, opened: OpenPullRequest | None) -> None:
        assert opened is not None
        self.declined |= {p.text for p in opened.proposals}
        self.world.close_pull(self.world.pulls()[0].number)
        self.on_branch.clear()

    def untick(self, week: int, opened: OpenPullRequest | None) -> None:
        chosen = self._one(opened)
        if f"[x] [{chosen.paper.title}]" in self.world.pulls()[0].body:
            self.world.untick(self.world.pulls()[0].number, paper_key(chosen.paper))
            self.declined.add(chosen.text)

    def delete(self, week: int, opened: OpenPullRequest | None) -> None:
        line = f"{self._one(opened).text}\n"
        if line in self.world.text(BRANCH) and line not in self.world.text("main"):
            text = self.world.text(BRANCH).replace(line, "")
            self.world.push(BRANCH, {"README.md": text})
            self.declined.add(line.strip())

    def move(self, week: int, opened: OpenPullRequest | None) -> None:
        line = self._one(opened).text
        text = self.world.text(BRANCH).replace(f"{line}\n", "")
        self.world.push(BRANCH, {"README.md": add(text, line, heading("Fans"))})

    def comment(self, week: int, opened: OpenPullRequest | None) -> None:
        chosen = self._one(opened)
        verb = self.dice.choice(["drop", "later", "move"])
        key = paper_key(chosen.paper).removeprefix("arxiv:")
        words = f"/tracker {verb} {key}" + (" to Boats" if verb == "move" else "")
        self.world.comment(self.world.pulls()[0].number, words)
        self.world.comment(self.world.pulls()[0].number, "/tracker drop x", login="stranger")
        if verb == "drop":
            self.declined.add(chosen.text)

    def update(self, week: int, opened: OpenPullRequest | None) -> None:
        self.world.update_branch(self.world.pulls()[0].number)

    def resolve(self, week: int, opened: OpenPullRequest | None) -> None:
        """Merge by hand, keeping the lines of both sides."""
        ours, theirs = self.world.text(BRANCH), self.world.text("main")
        for line in theirs.splitlines():
            if line.startswith("* ") and f"{line}\n" not in ours:
                ours = add(ours, line, heading(section_of(theirs, line) or "Lanterns"))
        refs, store = self.world.refs, self.world.store
        tree = store.tree({"README.md": ("100644", store.blob(ours.encode()))})
        merged = store.commit(tree, (refs[BRANCH], refs["main"]), "Resolve", "maintainer")
        self.world.move(BRANCH, merged)

    def _one(self, opened: OpenPullRequest | None) -> Proposal:
        assert opened is not None
        return self.dice.choice(opened.proposals)

    def _write(self, branch: str, week: int, after: str, kept: set[str]) -> None:
        line = f"* Mine of week {week}"
        text = self.world.text(branch)
        assert after in text
        self.world.push(branch, {"README.md": text.replace(after, f"{after}{line}\n", 1)})
        kept.add(line)


@pytest.mark.parametrize(("seed", "weeks"), [(1, 52)])
def test_a_year(seed: int, weeks: int) -> None:
    dice = random.Random(seed)
    candidates: list[Proposal] = []
    done_so_far: set[str] = set()
    with GitHub({"README.md": START}) as world:
        bot, reviewer = Bot(world), Reviewer(world, dice)
        for week in range(weeks):
            for _ in range(dice.randrange(3)):
                number = len(candidates) + 1
                candidates.append(proposal(number, section=(dice.choice(SECTIONS),)))
            did = reviewer.act(week, bot.seen)
            done_so_far.add(did)
            closed = {paper_key(p.paper) for p in candidates if p.text in reviewer.declined}
            bot.rejected |= closed
            bot.week = week
            bot.run(candidates)
            world.requests.clear()
            again = bot.run(candidates)
            assert world.writes == [], f"week {week}: {did}, {again.state}"
            check(world, reviewer, bot.seen, f"week {week}: {did}")
        assert len(done_so_far) >= weeks // 5


def check(world: GitHub, reviewer: Reviewer, opened: OpenPullRequest | None, when: str) -> None:
    assert len(world.pulls()) <= 1, when
    base = world.text("main")
    assert all(f"{line}\n" in base for line in reviewer.on_base), when
    if opened is None:
        return
    branch = world.text(BRANCH)
    assert all(f"{line}\n" in branch for line in reviewer.on_branch), when
    if opened.blocked:
        return
    assert all(f"{line}\n" in branch for line in reviewer.on_base), when
    keys = [paper_key(p.paper) for p in opened.proposals]
    assert len(keys) == len(set(keys)), when
    lines = [line for line in branch.splitlines() if line.startswith("* ")]
    assert len(lines) == len(set(lines)), when
    assert not reviewer.declined & set(lines) - set(base.splitlines()), when
    assert all(f"{p.text}\n" in branch for p in opened.proposals), when
