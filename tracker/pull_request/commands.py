"""What a reviewer can say in a comment: `/tracker move <paper> to <section>` and its kin.

A command is a line of its own. Quoted lines and code are not commands, so that an answer that
cites one does not repeat it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Protocol, TypeVar

from tracker.identifiers import identify, normalise_title
from tracker.paper import Paper
from tracker.pull_request.escape import markdown
from tracker.pull_request.proposal import paper_key

Kind = Literal["move", "drop", "later", "add", "help"]
Place = Literal["comment", "line", "review"]
"""Where commands are written: the conversation, a line of the diff, the text of a review."""

HELP = """\
A line of a comment can be one of these, for people who may write to this repository:

| command | what it does |
|---|---|
| `/tracker move <paper> to <section>` | files the paper under another section |
| `/tracker drop <paper> [reason]` | takes it out; it is not proposed again |
| `/tracker later <paper>` | takes it out of this pull request; it may come again |
| `/tracker add <arXiv id or DOI> [to <section>]` | adds a paper, with a section or where it fits |
| `/tracker help` | shows this |

A paper is its arXiv id, DOI or link, or its title in quotes; `drop` and `later` take several ids
at once. A section is its heading, or as much
of its path as makes it clear: `Applications › Summaries`."""


@dataclass(frozen=True, slots=True)
class Command:
    """One command; `paper`, `section` and `reason` are as the reviewer wrote them."""

    kind: Kind
    paper: str = ""
    section: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A line that begins like a command and is none; `sentence` says what was expected."""

    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """A comment with commands: whose it is, and whether they may write to the repository.

    `wording` stands for its commands as they are written now. `edited` says that it was answered
    before its last edit, which may have changed a command or not. `thread` is the comment on the
    diff that a reply belongs to.
    """

    id: int
    number: int
    who: str
    may_write: bool
    commands: tuple[Command | Mistake, ...]
    at: datetime | None = None
    where: str = ""
    place: Place = "comment"
    thread: int = 0
    wording: str = ""
    edited: bool = False


_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_LINE = re.compile(r"^ {0,3}(?:[-*+] )?/tracker\b[ \t]*(.*)$", re.IGNORECASE)
_FENCE = re.compile(r"^ {0,3}(```+|~~~+)")
_PAPER = re.compile(
    r"\"([^\"]+)\"|“([^”]+)”|„([^“”]+)[“”]|«([^»]+)»|‘(.+?)’(?=\s|$)|'(.+?)'(?=\s|$)"
    r"|`([^`]+)`|\*\*(.+?)\*\*|\[[^\]]*\]\((\S+?)\)(?=\s|$)|(\S+)"
)
_KEY = re.compile(r"[a-z0-9]+:\S+", re.IGNORECASE)
_TO = re.compile(r"\s+to\s+", re.IGNORECASE)


def parse_comment(body: str) -> tuple[Command | Mistake, ...]:
    """The commands of a comment in their order."""
    return tuple(each for line in _lines(body) for each in _each(_command(line)))


def wording(body: str) -> str:
    """A short name for the commands of a comment as they are written, without what is around.

    It is made of the words, not of what is understood: a later version may understand more.
    """
    words = "\n".join(" ".join(line.split()) for line in _lines(body))
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:12]


def _lines(body: str) -> list[str]:
    """What follows `/tracker` on each line that is a command."""
    found: list[str] = []
    fence = ""
    for line in _COMMENT.sub("", body).splitlines():
        mark = _FENCE.match(line)
        closes = line.strip().startswith(fence) and not line.strip().strip(fence[:1])
        if mark and (not fence or closes):
            fence = "" if fence else mark[1]
        elif not fence and (match := _LINE.match(line)):
            found.append(match[1].strip())
    return found


_AND = re.compile(r"\s*,?\s*(?:and\s+)?(\S+)", re.IGNORECASE)


def _each(command: Command | Mistake) -> list[Command | Mistake]:
    """A command to take out several papers is one for each: identifiers before the reason."""
    if isinstance(command, Mistake) or command.kind not in {"drop", "later"}:
        return [command]
    papers, rest = [command.paper.rstrip(",")], command.reason
    while (found := _AND.match(rest)) and _is_identifier(found[1].rstrip(",;")):
        papers.append(found[1].rstrip(",;"))
        rest = rest[found.end() :].strip()
    return [replace(command, paper=paper, reason=rest) for paper in papers]


def _is_identifier(word: str) -> bool:
    return bool(_KEY.fullmatch(word) or identify(word))


def _command(words: str) -> Command | Mistake:  # noqa: PLR0911 - one a command
    verb, _, rest = words.partition(" ")
    rest = rest.strip()
    paper = _PAPER.match(rest)
    name = next(filter(None, paper.groups()), "") if paper else ""
    after = rest[paper.end() :] if paper else ""
    if paper and paper[paper.re.groups] and not _is_identifier(name.rstrip(",")):
        # A title without quotes: its first word may be another paper's.
        name, after = (rest, "") if verb.lower() in {"drop", "later"} else (name, after)
    match verb.lower():
        case "help" | "":
            return Command("help")
        case "drop" if name:
            return Command("drop", name, reason=after.strip())
        case "later" if name:
            return Command("later", name, reason=after.strip())
        case "add" if name and (not after.strip() or _TO.match(after)):
            return Command("add", name, _section(after))
        case "move" if rest:
            return _move(rest, name, after)
        case "add" | "drop" | "later" | "move":
            return Mistake(_USAGE[verb.lower()])
        case _:
            return Mistake(
                f"there is no command “{markdown(verb[:30])}”; `/tracker help` lists them"
            )


def _move(rest: str, name: str, after: str) -> Command | Mistake:
    if _TO.match(after):
        return Command("move", name, _section(after))
    # A title without quotes, which may hold a "to" of its own.
    title, *more = re.split(r"\s+to\s+(?!.*\s+to\s)", rest, maxsplit=1, flags=re.IGNORECASE)
    return Command("move", title.strip(), more[0].strip()) if more else Mistake(_USAGE["move"])


_USAGE = {
    "add": "write it as `/tracker add <arXiv id or DOI> to <section>`, or without the section",
    "drop": "write it as `/tracker drop <paper> <reason>`; the reason may be left out",
    "later": "write it as `/tracker later <paper>`",
    "move": "write it as `/tracker move <paper> to <section>`",
}


def _section(text: str) -> str:
    return _TO.sub("", text, count=1).strip().strip('"“”')


class _OfPaper(Protocol):
    @property
    def paper(self) -> Paper: ...


Named = TypeVar("Named", bound=_OfPaper)


def find_proposal(name: str, proposals: Iterable[Named]) -> Named | None:
    """The proposal, or what else is of a paper, that a reviewer's words name.

    They may be its key, an identifier, a link or the title; a part of a title will do when it is
    in only one. None when nothing or several fit.
    """
    known = list(proposals)
    identifiers = set(identify(name))
    exact = [
        p for p in known if paper_key(p.paper) == name or identifiers & set(p.paper.identifiers)
    ]
    words = f" {normalise_title(name)} "
    whole = [p for p in known if f" {normalise_title(p.paper.title)} " == words]
    parts = [p for p in known if words.strip() and words in f" {normalise_title(p.paper.title)} "]
    found = exact or whole or parts
    return found[0] if len(found) == 1 else None
