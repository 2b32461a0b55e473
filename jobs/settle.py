"""Where things stand before anything new is proposed: what waits, what was decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from db import history, papers
from db.consolidate import PULL_REQUEST
from jobs.answers import reworded
from jobs.comments import Find, Heard, Hearing, Reply, Word
from jobs.listing import Listing, listing_of, parse_list, sections_to_file_under
from jobs.standing import as_it_stands, line_of, rebuilt, without
from jobs.updates import Updates, due_updates, settle_in_place, settle_updates
from jobs.verdicts import Past, decide, decide_late, note_standing, read_past
from jobs.work import Work
from tracker.errors import TargetError
from tracker.paper import Paper
from tracker.pull_request.commands import Comment
from tracker.pull_request.proposal import Declined, Proposal, paper_key
from tracker.pull_request.target import OpenPullRequest, Snapshot
from tracker.reading_list import ReadingList
from tracker.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where things stand.

    `listing` is what the list holds without what is only proposed; `sections` are where a
    paper can be filed. `working` is what new lines are added to, `on_branch` its papers, and
    `pending` the proposals that wait for review, by paper, as they stand there now. `declined`
    were taken out of the open pull request, `asked` a person wants to have on the list.
    `updates` are the entries brought up to date. `decided` is what was recorded just now,
    `replies` what is to be answered. `notice` is a sentence saying what a person must do before
    anything can be added; `unticked` are then the boxes that cannot be obeyed until it is done.
    `body` is the open pull request's text.
    """

    listing: Listing
    sections: Taxonomy
    working: ReadingList
    on_branch: Listing
    pending: Mapping[int, Proposal]
    declined: Mapping[int, Declined] = field(default_factory=dict)
    asked: Mapping[int, Word] = field(default_factory=dict)
    updates: Updates
    decided: tuple[history.Decision, ...] = ()
    replies: tuple[Reply, ...] = ()
    notice: str = ""
    unticked: frozenset[str] = frozenset()
    body: str = ""

    def settled(self, number: int, paper: Paper) -> bool:
        """Whether nothing is to be decided of a paper now.

        It stands on the branch, put there by us or by a person; it was taken out of the open
        pull request; or a person asked for it.
        """
        known = number in self.pending or number in self.declined or number in self.asked
        return known or self.on_branch.has(number, paper)


@dataclass(frozen=True, slots=True)
class _Open:
    """What the open pull request records: proposals and what was taken out, by paper.

    `keys` are the names its boxes give the papers.
    """

    recorded: Mapping[int, Proposal] = field(default_factory=dict)
    declined: Mapping[int, Declined] = field(default_factory=dict)
    keys: Mapping[str, int] = field(default_factory=dict)

    def named(self, keys: Collection[str]) -> frozenset[str]:
        """The names that the papers of these boxes have now."""
        numbers = (number for key, number in self.keys.items() if key in keys)
        return frozenset(paper_key(self.recorded[number].paper) for number in numbers)


def settle(
    work: Work,
    snapshot: Snapshot,
    base: ReadingList,
    listing: Listing,
    *,
    find: Find,
    wishes: Mapping[int, Word],
) -> State:
    """Compare what was proposed with what stands on the list and its branch now.

    What became of earlier proposals is recorded, and what comments ask for is done on the
    branch's list. `base` is the list as the snapshot's base has it, `listing` its papers. `find`
    knows the papers that comments name, `wishes` are what was asked for on the dashboard.
    """
    opened, unticked = _boxes(snapshot.pull_request)
    due = due_updates(work.index, listing) if work.settings.propose.updates else []
    past = read_past(work, opened, listing, due)
    known = _unrecorded(work, snapshot.branch, opened, _recorded(work, opened))
    heard = _hear(work, snapshot, known, base=base, listing=listing, find=find)
    branch = _read_branch(work, opened, known=known, heard=heard, base=base, listed=listing)
    # Without git the list and its proposals are one file: what waits there is not listed yet.
    if in_place := not snapshot.revision:
        listing = listing.without(branch.pending.keys() | branch.refused.keys())
    compare = settle_in_place if in_place else settle_updates
    updates = compare(work.index, branch.working, branch.on_branch, opened, due, now=work.now)
    wanted = {**wishes, **heard.asked}
    asked = {n: word for n, word in wanted.items() if not _stands(n, branch.on_branch, listing)}
    declined = branch.declined(known.declined, listing, asked, work.now)
    decided = _record(
        work, branch, heard, past, listing=listing, declined=declined, wanted=wanted, opened=opened
    )
    return State(
        listing=listing,
        sections=sections_to_file_under(base, work.settings, updates.working),
        working=updates.working,
        on_branch=branch.on_branch,
        pending=branch.pending,
        declined=declined,
        asked=asked,
        updates=updates,
        decided=decided,
        replies=tuple(heard.replies),
        notice=(opened.blocked if opened else "") or past.notice,
        unticked=unticked | known.named(unticked),
        body=opened.body if opened else "",
    )


def _record(
    work: Work,
    branch: _Branch,
    heard: Heard,
    past: Past,
    *,
    listing: Listing,
    declined: Mapping[int, Declined],
    wanted: Mapping[int, Word],
    opened: OpenPullRequest | None,
) -> tuple[history.Decision, ...]:
    """Write into the index what was decided; gives what became of proposals just now."""
    with work.index.write() as session:
        decided = decide(
            session,
            pending=branch.pending,
            refused={**heard.late, **branch.refused},
            withdrawn=branch.withdrawn,
            listing=listing,
            past=past,
            now=work.now,
        )
        decide_late(session, heard.late, work.now)
        note_standing(
            session,
            declined=declined,
            asked=wanted,
            pending=branch.pending,
            opened=(opened.url if opened else None) or work.settings.propose.branch,
            listed=listing.sections,
            now=work.now,
        )
    return tuple(decided)


def _stands(number: int, *listings: Listing) -> bool:
    return any(number in listing.sections for listing in listings)


def _boxes(opened: OpenPullRequest | None) -> tuple[OpenPullRequest | None, frozenset[str]]:
    """The open pull request, and the boxes that cannot be obeyed yet, which it is then without.

    Nothing can be taken off a blocked branch, so nothing is decided either.
    """
    if opened is None or not opened.blocked:
        return opened, frozenset()
    return replace(opened, unticked=frozenset()), opened.unticked


@dataclass(frozen=True, slots=True)
class _Branch:
    """The branch as people and their words have left it.

    `refused` were taken out by a word or a box, `withdrawn` have no section on the list any
    more.
    """

    working: ReadingList
    on_branch: Listing
    recorded: Mapping[int, Proposal] = field(default_factory=dict)
    pending: Mapping[int, Proposal] = field(default_factory=dict)
    refused: Mapping[int, Word] = field(default_factory=dict)
    withdrawn: frozenset[int] = frozenset()

    def declined(
        self,
        before: Mapping[int, Declined],
        listing: Listing,
        asked: Collection[int],
        now: datetime,
    ) -> dict[int, Declined]:
        """What was taken out of the open pull request and is not there, or `asked` for, again."""
        gone = {**before, **self._gone(listing, now)}
        there = self.on_branch
        return {n: d for n, d in gone.items() if n not in asked and not there.has(n, d.paper)}

    def _gone(self, listing: Listing, now: datetime) -> dict[int, Declined]:
        """What was taken out of the open pull request since the last run."""
        left = self.recorded.keys() - self.pending.keys() - self.withdrawn - listing.sections.keys()
        return {
            number: _gone(proposal, self.refused.get(number), now)
            for number, proposal in self.recorded.items()
            if number in left
        }


def _read_branch(
    work: Work,
    opened: OpenPullRequest | None,
    *,
    known: _Open,
    heard: Heard,
    base: ReadingList,
    listed: Listing,
) -> _Branch:
    """The branch with what reviewers said done to it; the base when nothing is open."""
    if opened is None:
        return _Branch(base, listed)
    if opened.blocked and opened.files == base.files:
        # What is on the branch is not known: what is recorded waits until it is.
        waiting = {n: p for n, p in known.recorded.items() if n not in listed.sections}
        return _Branch(base, listed, known.recorded, waiting)
    refused = _unticked(known, opened) | heard.refused
    left = {n: p for n, p in known.recorded.items() if n not in listed.sections}
    working, withdrawn = parse_list(opened.files, work.settings), frozenset[int]()
    if opened.rebuild:
        working, withdrawn = rebuilt(working, listed, left)
    # What the list itself has by now was accepted, whatever was said before.
    unwanted = [n for n in refused if not opened.head or n not in listed.sections]
    proposed = known.recorded
    working = without(working, _listing(work, working), {n: proposed.get(n) for n in unwanted})
    working = _moved(work, working, proposed, heard)
    on_branch = _listing(work, working)
    # What was taken out may still stand there in a person's own words: that is theirs.
    pending = {
        number: as_it_stands(proposal, number, on_branch)
        for number, proposal in proposed.items()
        if number in on_branch.entries
        and number not in refused
        and (not opened.head or number not in listed.sections)
    }
    return _Branch(working, on_branch, known.recorded, pending, refused, withdrawn)


def _recorded(work: Work, opened: OpenPullRequest | None) -> _Open:
    """What the text of the open pull request records; unknown papers enter the index."""
    if opened is None or not (opened.proposals or opened.declined):
        return _Open()
    stated = [proposal.paper for proposal in opened.proposals]
    stated += [declined.paper for declined in opened.declined]
    with work.index.write() as session:
        merged = papers.merge(session, stated, source=PULL_REQUEST, seen_at=work.now)
    with work.index.read() as session:
        known = papers.load(session, merged.ids)
    count = len(opened.proposals)
    # The text abridges; the index knows the paper whole.
    recorded = {
        number: replace(proposal, paper=known[number])
        for number, proposal in zip(merged.ids[:count], opened.proposals, strict=True)
    }
    declined = {
        number: replace(item, paper=known[number])
        for number, item in zip(merged.ids[count:], opened.declined, strict=True)
    }
    # The index may know a better name by now than the one that stands beside the box.
    keys = {paper_key(p.paper): n for n, p in zip(merged.ids, opened.proposals, strict=False)}
    declined = {n: item for n, item in declined.items() if n not in recorded}
    return _Open(recorded, declined, keys)


def _unrecorded(work: Work, branch: str, opened: OpenPullRequest | None, known: _Open) -> _Open:
    """What is known to wait, with the papers that the index put there and the text leaves out.

    An earlier version left out what had no room; that says nothing of what reviewers think.
    """
    if opened is None:
        return known
    with work.index.read() as session:
        waiting = {
            p.paper: p
            for p in history.proposals(session, state="open", pull_request=opened.number)
            if p.branch == branch and p.paper not in known.recorded.keys() | known.declined.keys()
        }
        there = papers.load(session, waiting)
    if not waiting:
        return known
    standing = _listing(work, parse_list(opened.files, work.settings)).entries
    more = {
        number: Proposal(
            paper=there[number],
            section=row.section,
            confidence=row.confidence,
            relevance=row.relevance,
            text=row.text,
            file=row.file,
            line=row.line or 0,
        )
        for number, row in waiting.items()
        if number in there and (opened.rebuild or number in standing)
    }
    return replace(known, recorded={**known.recorded, **more})


def _hear(
    work: Work,
    snapshot: Snapshot,
    known: _Open,
    *,
    base: ReadingList,
    listing: Listing,
    find: Find,
) -> Heard:
    """What the comments on the open pull request, and on the one before it, ask for."""
    opened = snapshot.pull_request
    if opened is not None and opened.blocked:
        return Heard()
    comments: Sequence[Comment] = ()
    same: list[Reply] = []
    try:
        comments, same = reworded(work, work.target.comments(snapshot))
    except TargetError as error:
        if not work.dry_run:
            raise
        work.console.warn(f"comments were not read: {error}")
    listed = {number: min(paths) for number, paths in listing.sections.items()}
    closed = _closed(work, {c.number for c in comments} - {opened.number if opened else None})
    places = base.taxonomy
    if opened is not None:
        here = parse_list(opened.files, work.settings).taxonomy
        places = Taxonomy(section for section in places if section.path in here)
    heard = Hearing(known.recorded, known.declined, listed, places, find, closed).hear(comments)
    heard.replies += same
    return heard


def _closed(work: Work, numbers: Collection[int]) -> dict[int, Proposal]:
    """What closed pull requests proposed, by paper."""
    if not numbers:
        return {}
    told = [p for pull in work.target.closed(numbers) for p in pull.proposals]
    with work.index.write() as session:
        stated = [proposal.paper for proposal in told]
        ids = papers.merge(session, stated, source=PULL_REQUEST, seen_at=work.now).ids
    return dict(zip(ids, told, strict=True))


def _unticked(known: _Open, opened: OpenPullRequest) -> dict[int, Word]:
    """The papers whose box a reviewer cleared."""
    word = Word(reason="unticked", where=opened.url or "")
    return {number: word for key, number in known.keys.items() if key in opened.unticked}


def _moved(
    work: Work, working: ReadingList, proposed: Mapping[int, Proposal], heard: Heard
) -> ReadingList:
    """The list with papers in the sections that comments named."""
    for number, word in heard.moved.items():
        places = _listing(work, working).places.get(number)
        entry = line_of(proposed.get(number), places) if places else None
        if entry is not None and word.section is not None and entry.section != word.section:
            working, _ = working.move(entry, word.section)
    return working


def _listing(work: Work, working: ReadingList) -> Listing:
    return listing_of(work.index, working, work.now, keep=False, source=PULL_REQUEST)


def _gone(proposal: Proposal, word: Word | None, now: datetime) -> Declined:
    """A proposal that was taken out of the open pull request since the last run."""
    word = word or Word(reason="its line was taken away")
    return Declined(
        paper=proposal.paper,
        section=proposal.section,
        kind=word.kind,
        reason=word.reason,
        who=word.who,
        where=word.where,
        at=(word.at or now).date(),
    )
