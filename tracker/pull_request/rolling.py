"""One rolling branch: what is on it, how the base is merged in, how the next commit is made.

The same rules for GitHub and a local checkout; `Repository` is what differs. The branch only
ever moves forward: every commit has the head that was read as its first parent, and is
refused when the branch is elsewhere by then.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from tracker.counting import counted
from tracker.pull_request import block
from tracker.pull_request.block import Record
from tracker.pull_request.merge import merge, undo
from tracker.pull_request.message import commit_message, is_signed, read_message
from tracker.pull_request.proposal import Proposal, Report, paper_key
from tracker.pull_request.target import OpenPullRequest, Plan, Snapshot

Blob = tuple[str, str]
"""A file's mode and the name of its content: ("100644", "3b18e5...")."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit on the branch that is not on the base.

    `known` says that it is, or comes before, one that a pull request's text or end names.
    """

    name: str
    message: str
    tree: str
    known: bool = False

    @property
    def is_ours(self) -> bool:
        """Whether the bot wrote it, and just so.

        The mark is in the message, since a token may be a person's; who amends or rebases a
        commit keeps the message, but not the tree it names. Earlier versions named none: theirs
        count where the name of the commit vouches for them.
        """
        signed = is_signed(self.message, self.tree)
        return self.known if signed is None else signed


@dataclass(frozen=True, slots=True)
class Divergence:
    """How a branch left its base: `fork` is where, `commits` since then, the oldest first.

    `changed` are the paths that differ between the fork and the branch's head.
    """

    fork: str
    commits: tuple[Commit, ...]
    changed: tuple[str, ...]

    def vouched(self, names: Collection[str]) -> Divergence:
        """The same, with the commits known up to the last of these."""
        ends = [place for place, commit in enumerate(self.commits) if commit.name in names]
        known = ends[-1] + 1 if ends else 0
        marked = tuple(replace(commit, known=True) for commit in self.commits[:known])
        return replace(self, commits=marked + self.commits[known:])


class Repository(Protocol):
    """The git repository of a target."""

    def head(self, branch: str) -> str | None:
        """The branch's commit; None when there is no such branch."""
        ...

    def blob(self, revision: str, path: str) -> Blob | None:
        """The file at a commit; None when there is none."""
        ...

    def text(self, blob: Blob, path: str) -> str:
        """A file's content, UTF-8 with surrogateescape; `path` is for the error's sentence."""
        ...

    def divergence(self, base: str, head: str) -> Divergence:
        """How commit `head` left commit `base`."""
        ...

    def commit(self, plan: Plan, files: Mapping[str, str], message: str) -> str | None:
        """A new commit as planned, with these texts; None when it would change nothing.

        Its `message` is signed with its tree. The branch is not moved. A commit with two parents
        always changes something.
        """
        ...

    def move(self, branch: str, expected: str | None, commit: str) -> None:
        """Move or create the branch; raises Conflict when it is not where it was expected."""
        ...


@dataclass(frozen=True, slots=True)
class Text:
    """A pull request's text and what the target knows around it."""

    number: int | None = None
    url: str | None = None
    title: str = ""
    body: str = ""
    labels: tuple[str, ...] = ()


def snapshot(
    repository: Repository,
    names: Sequence[str],
    *,
    base: str,
    revision: str,
    branch: str,
    text: Text | None,
    closed_heads: frozenset[str] = frozenset(),
) -> Snapshot:
    """What the repository holds now; `revision` is the head of the branch `base`.

    `text` is the open pull request's, None when none is open; `closed_heads` are the heads of
    closed and merged ones, whose content has been judged already.
    """
    files = {n: repository.text(repository.blob(revision, n) or ("", ""), n) for n in names}
    head = repository.head(branch)
    nothing = Snapshot(
        files=files,
        revision=revision,
        base=base,
        branch=branch,
        plan=Plan(head=head, parents=(revision,), ground=revision),
    )
    if head is None:
        return nothing
    record = block.decode(text.body) if text else None
    fork = repository.divergence(revision, head)
    fork = fork.vouched(closed_heads | ({record.head} if record else set()))
    by_people = not all(commit.is_ours for commit in fork.commits)
    if not fork.commits or (text is None and (head in closed_heads or not by_people)):
        return _start_over(nothing, head, fork)
    if text is None and (carried := _after_closing(repository, nothing, fork, closed_heads)):
        return carried
    text = text or Text()
    seen = _announced(head, fork, record)
    found = replace(
        _opened(text, head, record or Record()),
        proposals=_proposals(record, fork, seen),
        extra=any(path not in names for path in fork.changed),
    )
    return _merged(repository, nothing, fork, found, seen)


def pointed_elsewhere(snapshot: Snapshot, text: Text, head: str, base: str) -> Snapshot:
    """The snapshot where a person made `base` the open pull request's: it waits for them."""
    found = snapshot.pull_request
    if found is None:
        record = block.decode(text.body) or Record()
        found = replace(_opened(text, head, record), files=snapshot.files)
    sentence = (
        f"This pull request is for {base} now, and the proposals are for {snapshot.base}. Make "
        f"{snapshot.base} its base again, name {base} in list.branch, or close it; until then "
        "nothing is added."
    )
    return replace(snapshot, pull_request=replace(found, blocked=sentence))


def _opened(text: Text, head: str, record: Record) -> OpenPullRequest:
    """What a pull request's text tells of it; the files are not known from that."""
    return OpenPullRequest(
        number=text.number,
        url=text.url,
        head=head,
        files={},
        title=text.title,
        body=text.body,
        labels=text.labels,
        proposals=record.proposals,
        declined=record.declined,
        updates=record.updates,
        unticked=unticked(text.body),
    )


def _start_over(nothing: Snapshot, head: str, fork: Divergence) -> Snapshot:
    """The next proposals start from the base; the branch, whatever is on it, moves forward."""
    revision = nothing.revision
    parents = (head,) if fork.fork == revision else (head, revision)
    plan = Plan(head=head, parents=parents if fork.commits else (revision,), ground=revision)
    return replace(nothing, plan=plan)


def _after_closing(
    repository: Repository, nothing: Snapshot, fork: Divergence, closed_heads: frozenset[str]
) -> Snapshot | None:
    """The base with what people pushed after the pull request was closed, and nothing else.

    What they found there was judged when they closed it. None when nothing was closed here, or
    when they changed the very lines of it: the branch then counts as it is.
    """
    names, revision = tuple(nothing.files), nothing.revision
    head = fork.commits[-1].name
    last = next((c.name for c in reversed(fork.commits) if c.name in closed_heads), None)
    if last is None:
        return None
    since = repository.divergence(last, head)
    if all(commit.is_ours for commit in since.commits):
        return _start_over(nothing, head, fork)
    then, now = _texts(repository, last, names), _texts(repository, head, names)
    overlay = _overlay(repository, revision, since, head, names)
    first = _texts(repository, fork.fork, names)

    def carried(name: str) -> str | None:
        found = merge(then[name], now[name], nothing.files[name])
        if found is None:
            # What they wrote adjoins what was closed.
            own = undo(first[name], then[name], now[name])
            found = merge(first[name], own, nothing.files[name])
        return found

    files = {name: carried(name) for name in names}
    whole = {name: text for name, text in files.items() if text is not None}
    if overlay is None or len(whole) < len(files):
        return None
    if whole == nothing.files and not overlay:
        return _start_over(nothing, head, fork)
    parents = (head,) if fork.fork == revision else (head, revision)
    found = OpenPullRequest(
        number=None,
        url=None,
        head=head,
        files=whole,
        proposals=_proposals(None, since, head),
        extra=bool(overlay),
    )
    plan = Plan(head=head, parents=parents, ground=revision, overlay=overlay)
    return replace(nothing, plan=plan, pull_request=found)


def _proposals(record: Record | None, fork: Divergence, seen: str) -> tuple[Proposal, ...]:
    """What the text records, and what our commits say that it does not speak of.

    A run may have died before it wrote the text, and a person pushed since: our lines are no
    less ours. The messages of our commits name their papers.
    """
    told = record.proposals if record else ()
    known = {paper_key(proposal.paper) for proposal in told}
    names = [commit.name for commit in fork.commits]
    first = names.index(record.head) + 1 if record and record.head in names else 0
    if record and not first:
        return told
    until = names.index(seen) + 1 if seen in names else 0
    ours = [commit for commit in fork.commits[first:until] if commit.is_ours]
    more = {paper_key(p.paper): p for commit in ours for p in read_message(commit.message)}
    return (*told, *(proposal for key, proposal in more.items() if key not in known))


def _merged(
    repository: Repository, nothing: Snapshot, fork: Divergence, found: OpenPullRequest, seen: str
) -> Snapshot:
    """The branch with the base merged in: files to work on, and a plan for the next commit.

    `seen` is the commit of the branch to go on from.
    """
    names, revision, head = tuple(nothing.files), nothing.revision, found.head
    plan = Plan(head=head, parents=(head,), ground=head, unannounced=seen != head)
    stuck: list[str] = []
    if fork.fork != revision:
        overlay = _overlay(repository, revision, fork, head, names)
        stuck += [] if overlay is not None else ["other files"]
        parents = (head, revision)
        plan = replace(plan, parents=parents, ground=revision, overlay=overlay or {})
    start = fork if seen == head else repository.divergence(revision, seen)
    ours = _texts(repository, seen, names)
    then = _texts(repository, start.fork, names)
    merged = {name: merge(then[name], ours[name], nothing.files[name]) for name in names}
    stuck += sorted(name for name, text in merged.items() if text is None)
    if gone := sorted(name for name in names if then[name] and not ours[name]):
        sentence = (
            f"{', '.join(gone)} is not on this branch any more. Put it back, or merge and name the "
            "file that holds the list in list.files; until then nothing is added."
        )
        return replace(
            nothing, plan=plan, pull_request=replace(found, files=ours, blocked=sentence)
        )
    if not stuck:
        files = {name: text for name, text in merged.items() if text is not None}
        return replace(nothing, plan=plan, pull_request=replace(found, files=files))
    if all(commit.is_ours for commit in fork.commits):
        again = replace(found, files=nothing.files, rebuild=True)
        return replace(nothing, plan=plan, pull_request=again)
    sentence = (
        f"{nothing.base} and this branch changed the same lines of {', '.join(stuck)}, and people "
        f"have committed here. Merge {nothing.base} into {nothing.branch} and resolve the "
        "conflict; until then nothing is added."
    )
    return replace(nothing, plan=plan, pull_request=replace(found, files=ours, blocked=sentence))


def _announced(head: str, fork: Divergence, record: Record | None) -> str:
    """The commit to go on from: the head, or what stood there before a run that died.

    A run that died between moving the branch and writing the text leaves commits of ours that
    no text speaks of. Going on from before them makes them again, and finds them done. What a
    person committed is gone on from in any case.
    """
    names = [commit.name for commit in fork.commits]
    if record is None or record.head not in names:
        return head
    seen = record.head
    for commit in fork.commits[names.index(record.head) + 1 :]:
        seen = seen if commit.is_ours else commit.name
    return seen


def _overlay(
    repository: Repository, revision: str, fork: Divergence, head: str, names: Sequence[str]
) -> dict[str, Blob | None] | None:
    """What people changed on the branch besides the list; None when the base changed it too."""
    overlay: dict[str, Blob | None] = {}
    for path in fork.changed:
        if path in names:
            continue
        ours, theirs = repository.blob(head, path), repository.blob(revision, path)
        if theirs not in {repository.blob(fork.fork, path), ours}:
            return None
        overlay[path] = ours
    return overlay


def _texts(repository: Repository, revision: str, names: Sequence[str]) -> dict[str, str]:
    """The files at a commit; one that is not there, as before it was renamed, counts as empty."""
    blobs = {name: repository.blob(revision, name) for name in names}
    return {name: repository.text(blob, name) if blob else "" for name, blob in blobs.items()}


_BOX = re.compile(r"^\s*[-*+] \[( |x|X)\].*<!-- (?:paper|update) (\S+) -->\s*$", re.MULTILINE)


def unticked(body: str) -> frozenset[str]:
    """The keys of the papers whose box is empty in a pull request's text."""
    boxes = _BOX.findall(body.replace("\r\n", "\n"))
    return frozenset(key for mark, key in boxes if mark == " ")


def advance(
    repository: Repository, snapshot: Snapshot, files: Mapping[str, str], report: Report
) -> tuple[str, bool]:
    """Move the branch so that it holds `files`; returns its head and whether it moved."""
    plan = snapshot.plan
    assert plan is not None, "a snapshot of a repository has a plan"
    pending = snapshot.pull_request.proposals if snapshot.pull_request else ()
    known = {paper_key(proposal.paper) for proposal in pending}
    new = [p for p in report.proposals if paper_key(p.paper) not in known]
    papers = counted(len(new), "paper")
    subject = f"Add {papers} to the reading list" if new else "Update the reading list"
    if len(plan.parents) > 1:
        subject += f", with {snapshot.base} merged in"
    commit = repository.commit(plan, files, commit_message(new, subject))
    if commit is None:
        assert plan.head is not None, "a commit on a new branch changes something"
        return plan.head, False
    repository.move(snapshot.branch, plan.head, commit)
    return commit, True


def is_current(snapshot: Snapshot, report: Report) -> bool:
    """Whether the open pull request's text says already what the report has to say."""
    found = snapshot.pull_request
    record = block.decode(found.body) if found else None
    stale = snapshot.plan is not None and snapshot.plan.unannounced
    if record is None or stale or record.digest != block.digest(report):
        return False
    # An earlier version left out what had no room.
    told = (len(record.proposals), len(record.updates))
    return told == (len(report.proposals), len(report.updates))
