"""A reviewer who does, by the dice, everything that a reviewer can do."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.jobs import corpus
from tests.jobs.reviewer import BRANCH, Survey
from tests.world.github_model import Thread
from tracker.pull_request import block
from tracker.pull_request.proposal import Proposal, paper_key
from tracker.reading_list import ReadingList

SECTIONS = tuple(corpus.SECTIONS)
ANYTIME = ["edit_base", "conflict", "nothing", "take_off", "bring_back", "file"]
WITH_PROPOSALS = ["merge", "squash", "close", "untick", "delete", "move", "reword", "push"]
WITH_PROPOSALS += ["update", "drop", "later", "move_by_comment", "add", "stranger"]


def lines(text: str) -> list[str]:
    """The entries of a list as they are written."""
    return [line for line in text.split("\n") if line.startswith("* ")]


def title_in(line: str) -> str:
    """The title of an entry that follows the list's custom."""
    found = re.search(r"\*\*\] (.*?)\. \[paper\]", line)
    return found[1] if found else line


def filed(text: str) -> dict[str, tuple[str, ...]]:
    """The section of each entry, by its text."""
    parsed = ReadingList.parse({"README.md": text}, skip_sections=["Acknowledgement"])
    return {entry.text.rstrip("\n"): entry.section for entry in parsed.entries}


@dataclass
class Reviewer:
    """Acts on what the pull request and the dashboard say, and remembers what must hold.

    `declined` are the titles that must not come again, `own` the lines they wrote themselves,
    by branch; `wanted` are the titles they asked for.
    """

    survey: Survey
    dice: random.Random
    declined: set[str] = field(default_factory=set)
    wanted: set[str] = field(default_factory=set)
    on_base: set[str] = field(default_factory=set)
    on_branch: set[str] = field(default_factory=set)
    did: Counter[str] = field(default_factory=Counter)
    touched: set[str] = field(default_factory=set)
    put_off: set[str] = field(default_factory=set)
    has_asked: bool = False

    @property
    def pull(self) -> Thread | None:
        """The open pull request."""
        return next(iter(self.survey.github.pulls()), None)

    @property
    def blocked(self) -> bool:
        """Whether the open pull request asks for help with a conflict."""
        return self.pull is not None and "resolve the conflict" in self.pull.body

    @property
    def board(self) -> Thread:
        """The dashboard."""
        [board] = [t for t in self.survey.github.threads.values() if not t.head]
        return board

    def proposals(self) -> Sequence[Proposal]:
        """What waits and still stands on the branch as the text says, its box ticked."""
        if self.pull is None or not (found := block.decode(self.pull.body)):
            return ()
        there = filed(self.survey.text())
        return [
            p for p in found.proposals if p.text in there and p.paper.title not in self.declined
        ]

    def act(self, week: int) -> str:
        """Do one thing that makes sense now; what it was."""
        free = [p for p in self.proposals() if p.text not in self.touched]
        names = ANYTIME + WITH_PROPOSALS if free else ANYTIME
        # What was done least so far comes first, so that everything happens.
        often = {name: self.did[name] + self.dice.random() * 2 for name in names}
        for name in sorted(names, key=lambda n: often[n]):
            if getattr(self, name)(week) is not False:
                self.did[name] += 1
                return name
        raise AssertionError("a week off is always possible")

    def next_week(self) -> None:
        """What was said was heard by now."""
        self.touched.clear()
        self.put_off.clear()
        self.has_asked = False

    def nothing(self, week: int) -> None:
        """A week off."""

    # On the list's own branch

    def edit_base(self, week: int) -> None:
        self._write("main", f"* Mine of week {week}", "## Acknowledgement\n\n", self.on_base)

    def conflict(self, week: int) -> None:
        section = self.dice.choice(SECTIONS)
        self._write("main", f"* My {section} of week {week}", f"## {section}\n\n", self.on_base)

    def take_off(self, week: int) -> bool:
        base = self.survey.text("main")
        accepted = [line for line in lines(base) if "2024" in line and "[paper]" in line]
        if not accepted:
            return False
        line = self.dice.choice(accepted)
        self.survey.github.push("main", {"README.md": base.replace(f"{line}\n", "")})
        self.declined.add(title_in(line))
        return True

    # With the pull request

    def merge(self, week: int, *, squash: bool = False) -> bool:
        # What is asked for in a pull request is heard while it is open.
        if self.pull is None or self.has_asked:
            return False
        done = self.survey.github.merge_pull(self.pull.number, squash=squash)
        if done:
            self.on_base |= self.on_branch
            self.on_branch.clear()
        return done

    def squash(self, week: int) -> bool:
        return self.merge(week, squash=True)

    def close(self, week: int) -> bool:
        if self.pull is None or self.has_asked:
            return False
        self.declined |= {p.paper.title for p in self.proposals()} - self.put_off
        self.survey.github.close_pull(self.pull.number)
        self.on_branch.clear()
        return True

    def update(self, week: int) -> bool:
        assert self.pull is not None
        return self.survey.github.update_branch(self.pull.number)

    def untick(self, week: int) -> None:
        assert self.pull is not None
        chosen = self._one()
        self.survey.github.untick(self.pull.number, paper_key(chosen.paper))
        self.declined.add(chosen.paper.title)

    def drop(self, week: int) -> None:
        chosen = self._one()
        self._say(f"/tracker drop {name_of(chosen)} not about bread")
        self.declined.add(chosen.paper.title)

    def later(self, week: int) -> None:
        title = self._one().paper.title
        self._say(f"Thank you!\n\n/tracker later “{title}”")
        self.put_off.add(title)
        self.wanted.discard(title)

    def move_by_comment(self, week: int) -> None:
        chosen = self._one()
        other = next(name for name in SECTIONS if name != chosen.section[-1])
        self._say(f"/tracker move {name_of(chosen)} to {other}")

    def add(self, week: int) -> bool:
        """Ask for what the classifier holds irrelevant, or what waits."""
        number = self.dice.choice(sorted(self.survey.fed))
        name = f".{30_000 + 4 * number}"
        [off_topic] = [p for p in self.survey.papers if str(p["id"]).endswith(name)]
        title = str(off_topic["title"])
        if title in self.declined | self.wanted:
            return False
        self._say(f"/tracker add arXiv:{off_topic['id']} to {self.dice.choice(SECTIONS)}")
        self.wanted.add(title)
        self.has_asked = True
        return True

    def stranger(self, week: int) -> None:
        self._say(f"/tracker drop {name_of(self._one())}", login="stranger")

    # On the proposals' branch

    def delete(self, week: int) -> None:
        chosen = self._one()
        self._replace(f"{chosen.text}\n", "")
        self.declined.add(chosen.paper.title)

    def move(self, week: int) -> None:
        chosen = self._one()
        other = self.dice.choice([name for name in SECTIONS if name != chosen.section[-1]])
        self._replace(f"{chosen.text}\n", "")
        self._replace(f"## {other}\n\n", f"## {other}\n\n{chosen.text}\n")

    def reword(self, week: int) -> None:
        line = self._one().text
        better = line.replace("Arxiv", "Crumb Letters")
        self._replace(line, better)

    def push(self, week: int) -> None:
        heading = f"## {self.dice.choice(SECTIONS)}\n\n"
        self._write(BRANCH, f"* Mine on the branch of week {week}", heading, self.on_branch)

    def resolve(self, week: int) -> None:
        """Merge by hand, keeping the lines of both sides."""
        ours, theirs = self.survey.text(), self.survey.text("main")
        refs, store = self.survey.github.refs, self.survey.github.store
        fork = store.merge_base(refs[BRANCH], refs["main"])
        assert fork is not None
        before = store.read(fork, "README.md").decode()
        for line in set(lines(before)) - set(lines(theirs)):
            ours = ours.replace(f"{line}\n", "")
        places = filed(theirs)
        for line in lines(theirs):
            if line not in lines(ours):
                section = places[line][-1] if line in places else "Acknowledgement"
                ours = ours.replace(f"## {section}\n\n", f"## {section}\n\n{line}\n")
        tree = store.tree({"README.md": ("100644", store.blob(ours.encode()))})
        both = (refs[BRANCH], refs["main"])
        self.survey.github.move(BRANCH, store.commit(tree, both, "Resolve", "maintainer"))

    # On the dashboard

    def bring_back(self, week: int) -> bool:
        found = re.findall(r"^.*\[ \] .*<!-- bring-back \S+ -->$", self.board.body, re.MULTILINE)
        if not found:
            return False
        record = block.decode(self.board.body)
        assert record is not None
        line = self.dice.choice(found)
        [back] = [d for d in record.declined if f"bring-back {paper_key(d.paper)} " in line]
        self._tick(line)
        self.declined.discard(back.paper.title)
        self.wanted.add(back.paper.title)
        return True

    def file(self, week: int) -> bool:
        found = re.findall(r"^.*\[ \] .*<!-- file \S+ 1 -->$", self.board.body, re.MULTILINE)
        record = block.decode(self.board.body)
        if not found or record is None:
            return False
        line = self.dice.choice(found)
        [chosen] = [u for u in record.unplaced if f"file {paper_key(u.paper)} " in line]
        self._tick(line)
        self.wanted.add(chosen.paper.title)
        return True

    def _tick(self, line: str) -> None:
        ticked = self.board.body.replace(line, line.replace("[ ]", "[x]", 1))
        self.board.body = ticked.replace("\r\n", "\n").replace("\n", "\r\n")

    def _say(self, words: str, login: str = "maintainer") -> None:
        assert self.pull is not None
        self.survey.github.comment(self.pull.number, words, login=login)

    def _one(self) -> Proposal:
        """A proposal that nobody said anything of this week."""
        chosen = self.dice.choice([p for p in self.proposals() if p.text not in self.touched])
        self.touched.add(chosen.text)
        return chosen

    def _replace(self, old: str, new: str) -> None:
        text = self.survey.text()
        assert old in text, old
        self.survey.github.push(BRANCH, {"README.md": text.replace(old, new, 1)})

    def _write(self, branch: str, line: str, after: str, kept: set[str]) -> None:
        text = self.survey.text(branch)
        assert after in text
        world = self.survey.github
        world.push(branch, {"README.md": text.replace(after, f"{after}{line}\n", 1)})
        kept.add(line)


def name_of(proposal: Proposal) -> str:
    """How a person writes a paper's name in a comment."""
    return proposal.paper.identifiers[0].value


def resend(survey: Survey, reviewer: Reviewer) -> None:
    """What was declined appears again: in a journal, and as a new version."""
    if not reviewer.declined:
        return
    title = reviewer.dice.choice(sorted(reviewer.declined))
    [paper] = [p for p in survey.papers if p["title"] == title]
    printed = {name: paper[name] for name in ("title", "authors", "published")}
    printed |= {"doi": f"10.5555/bread.{paper['id']}", "abstract": f"{paper['abstract']} In print."}
    survey.feed([printed], name="journals.jsonl")
    survey.feed([paper | {"updated": f"{survey.day}T00:00:00Z", "comment": "Second version"}])
