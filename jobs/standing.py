"""Which lines of the branch are a paper's, and what people made of them.

Of a paper that stands there more than once, one line is the proposal's: the one that reads as it
was proposed, else the one where it was proposed, else the first. It is the paper's however it was
reworded or wherever it was moved, and so is every copy of it. Any other line that names the paper
is a person's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from jobs.listing import Listing
from jobs.renamed import new_name, same_section
from tracker.pull_request.proposal import Proposal
from tracker.reading_list import Entry, ReadingList
from tracker.taxonomy import Path


def line_of(proposal: Proposal | None, places: Sequence[Entry]) -> Entry:
    """The entry, of those that name its paper, that is the proposal's."""
    if proposal is None:
        return places[0]
    return max(places, key=lambda e: (_bare(e) == proposal.text, e.section == proposal.section))


def lines_of(proposal: Proposal | None, places: Sequence[Entry]) -> tuple[Entry, ...]:
    """The proposal's entry, and its copies elsewhere."""
    own = line_of(proposal, places)
    return tuple(entry for entry in places if _bare(entry) == _bare(own))


def without(
    working: ReadingList, on_branch: Listing, refused: Mapping[int, Proposal | None]
) -> ReadingList:
    """The list without the lines of some papers; what people wrote of them elsewhere stays."""
    entries = [
        entry
        for number, proposal in refused.items()
        if number in on_branch.places
        for entry in lines_of(proposal, on_branch.places[number])
    ]
    # From the end on, so that those before stay where they are.
    for entry in sorted(entries, key=lambda e: (e.file, -e.start)):
        working = working.remove(entry)
    return working


def rebuilt(
    base: ReadingList, listing: Listing, left: Mapping[int, Proposal]
) -> tuple[ReadingList, frozenset[int]]:
    """The base's list with what is `left` put into it again, and what has no section there.

    A section that was renamed is found under its new name.
    """
    sections: dict[Path, Path | None] = {}
    for path in {proposal.section for proposal in left.values()}:
        evidence = (p.evidence for p in left.values() if p.section == path)
        near = [n.title for e in evidence for n in e.neighbours if n.section == path]
        sections[path] = path if path in base.taxonomy else new_name(path, listing, near)
    placed = [(n, there, p) for n, p in left.items() if (there := sections[p.section])]
    working, _ = base.insert_all([(there, proposal.paper) for _, there, proposal in placed])
    return working, frozenset(left) - {number for number, *_ in placed}


def as_it_stands(proposal: Proposal, number: int, on_branch: Listing) -> Proposal:
    """A proposal as people may have moved or reworded it on the branch."""
    entry = line_of(proposal, on_branch.places[number])
    first = proposal.moved_from or proposal.section
    stayed = same_section(
        first,
        entry.section,
        on_branch,
        neighbours=[n.title for n in proposal.evidence.neighbours],
        others={a.section for a in proposal.alternatives},
    )
    return replace(
        proposal,
        section=entry.section,
        moved_from=() if stayed else first,
        file=entry.file,
        line=entry.start + 1,
        text=_bare(entry),
    )


def _bare(entry: Entry) -> str:
    return entry.text.rstrip("\r\n")
