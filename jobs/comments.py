"""Comments with commands: what they ask for, and what is answered to each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from tracker.pull_request.commands import HELP, Command, Comment, Mistake, find_proposal
from tracker.pull_request.escape import markdown
from tracker.pull_request.proposal import Declined, Proposal
from tracker.taxonomy import Path, Taxonomy, path_text

_NOT_ALLOWED = "Thank you. Only people who may write to this repository can tell me what to do."


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a person said of a paper: who, when, and where it can be read.

    `kind` is what becomes of a paper that is taken out; `section` where one is to stand.
    """

    kind: Literal["rejected", "postponed"] = "rejected"
    section: Path | None = None
    who: str = ""
    at: datetime | None = None
    where: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered to a comment; `obeyed` with sentences only where it asked for them.

    `same` was answered before, and edited without asking for anything else.
    """

    comment: Comment
    sentences: tuple[str, ...] = ()
    obeyed: bool = True
    same: bool = False


@dataclass(slots=True)
class Heard:
    """What all comments ask for, by paper: to be taken out, moved, or added.

    `late` was said of papers of a pull request that is closed.
    """

    refused: dict[int, Word] = field(default_factory=dict)
    moved: dict[int, Word] = field(default_factory=dict)
    asked: dict[int, Word] = field(default_factory=dict)
    late: dict[int, Word] = field(default_factory=dict)
    replies: list[Reply] = field(default_factory=list)


class NotFound(Exception):  # noqa: N818 - an answer, not a mistake of ours
    """No paper has that name; the sentence says what was expected."""


class AskAgain(Exception):  # noqa: N818 - an event to answer, not a mistake
    """Who knows the paper could not be asked; the comment stays unanswered until it can."""


Find = Callable[[str], int]
"""The paper that a reviewer's words name; raises NotFound or AskAgain."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """What comments are understood against.

    `proposals` wait for review, `declined` were taken out while they did; `listed` has the
    papers on the list with a section of theirs. `find` knows papers beyond these. `closed` were
    proposed by the closed pull requests that are spoken of.
    """

    proposals: Mapping[int, Proposal]
    declined: Mapping[int, Declined]
    listed: Mapping[int, Path]
    sections: Taxonomy
    find: Find
    closed: Mapping[int, Proposal] = field(default_factory=dict)

    def hear(self, comments: Sequence[Comment]) -> Heard:
        """Everything that is asked for; a later command about a paper wins over an earlier."""
        heard = Heard()
        for comment in comments:
            if not comment.may_write:
                heard.replies.append(Reply(comment, (_NOT_ALLOWED,), obeyed=False))
                continue
            wrong: list[str] = []
            told: list[str] = []
            try:
                for command in comment.commands:
                    if isinstance(command, Mistake):
                        wrong.append(_sentence(command.sentence))
                    elif command.kind == "help":
                        told.append(HELP)
                    else:
                        wrong += self._obey(command, comment, heard)
            except AskAgain:
                continue
            heard.replies.append(Reply(comment, (*wrong, *told), obeyed=not wrong))
        return heard

    def _obey(self, command: Command, comment: Comment, heard: Heard) -> list[str]:
        """Note what a command asks for; sentences where it cannot be done."""
        word = Word(
            kind="postponed" if command.kind == "later" else "rejected",
            who=comment.who,
            at=comment.at,
            where=comment.where,
            reason=command.reason,
        )
        if command.kind == "add":
            return self._add(command, word, heard)
        meant = find_proposal(command.paper, self.proposals.values())
        number = next((n for n, p in self.proposals.items() if p is meant), None)
        if number is None and (added := self._just_added(command.paper, heard)) is not None:
            return self._change_added(added, command, word, heard)
        if number is None:
            gone = find_proposal(command.paper, self.declined.values())
            if gone is None:
                return self._too_late(command, word, heard)
            # A run may have died after it obeyed and before it said so.
            taken_out = command.kind != "move"
            return [] if taken_out else self._file_after_all(gone, command, word, heard)
        for asked in (heard.refused, heard.moved, heard.asked):
            asked.pop(number, None)
        if command.kind != "move":
            heard.refused[number] = word
            return []
        section, wrong = self._section(command.section)
        if section is not None:
            heard.moved[number] = replace(word, section=section)
        return wrong

    def _just_added(self, name: str, heard: Heard) -> int | None:
        """The paper that an earlier command asked for, if this is its name."""
        if not heard.asked:
            return None
        try:
            number = self.find(name)
        except NotFound:
            return None
        return number if number in heard.asked and number not in self.proposals else None

    def _change_added(self, number: int, command: Command, word: Word, heard: Heard) -> list[str]:
        """Do to a paper that was just asked for what is done to one that waits."""
        if command.kind == "move":
            section, wrong = self._section(command.section)
            if section is not None:
                heard.asked[number] = replace(heard.asked[number], section=section)
            return wrong
        del heard.asked[number]
        if command.kind == "drop":
            heard.late[number] = word
        return []

    def _file_after_all(
        self, gone: Declined, command: Command, word: Word, heard: Heard
    ) -> list[str]:
        """Bring back a paper that was taken out of this pull request, where it is wanted now."""
        section, wrong = self._section(command.section)
        if section is not None:
            number = next(n for n, declined in self.declined.items() if declined is gone)
            heard.asked[number] = replace(word, section=section)
        return wrong

    def _too_late(self, command: Command, word: Word, heard: Heard) -> list[str]:
        """Obey what is said of a paper of a closed pull request, or say what can be done."""
        meant = find_proposal(command.paper, self.closed.values())
        number = next((n for n, p in self.closed.items() if p is meant), None)
        if number is None:
            return [
                f"No one paper of this pull request is called “{markdown(command.paper[:80])}”."
            ]
        section, wrong = self._section(command.section) if command.kind == "move" else (None, [])
        if wrong:
            return wrong
        if number in self.listed:
            there = self.listed[number]
            text = f"It is on the list by now, under {path_text(there)}; change its line there."
            return [] if section == there else [text]
        if command.kind == "move":
            return ["It was closed without being merged; `/tracker add` proposes it again."]
        heard.late[number] = word
        return []

    def _add(self, command: Command, word: Word, heard: Heard) -> list[str]:
        section, wrong = self._section(command.section) if command.section else (None, [])
        if wrong:
            return wrong
        try:
            number = self.find(command.paper)
        except NotFound as unknown:
            return [str(unknown)]
        if number in self.proposals:
            heard.refused.pop(number, None)
            heard.asked[number] = word
            if section is not None:
                heard.moved[number] = replace(word, section=section)
            return []
        if number in self.listed:
            return [f"It is on the list already, under {path_text(self.listed[number])}."]
        heard.asked[number] = replace(word, section=section)
        return []

    def _section(self, text: str) -> tuple[Path | None, list[str]]:
        found = self.sections.find(text)
        if found is not None:
            return found.path, []
        near = ", ".join(f"“{path_text(s.path)}”" for s in self.sections.suggest(text))
        remedy = f"Is it {near}?" if near else "Write the heading as the list does."
        return None, [f"No one section is called “{markdown(text[:80])}”. {remedy}"]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."
