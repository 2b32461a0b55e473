"""Whether a section is the same under a new name: a heading renamed is no paper moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from jobs.listing import Listing
from tracker.identifiers import normalise_title
from tracker.taxonomy import Path


def same_section(
    then: Path,
    now: Path,
    listing: Listing,
    *,
    neighbours: Iterable[str],
    others: Collection[Path],
) -> bool:
    """Whether the section that was `then` is the one that is `now`.

    It is when the list has no heading of the old name any more, and most of the entries that were
    `neighbours` there (their titles) stand under the new one. Where none of them is known, any
    section will do that is not one of the `others` there were. What was proposed tells both, so
    this is known also when the index is lost.
    """
    if then == now:
        return True
    if then in listing.headings or any(then in paths for paths in listing.sections.values()):
        return False
    where = _where(listing, neighbours)
    return 2 * where.count(now) > len(where) if where else now not in others


def new_name(then: Path, listing: Listing, neighbours: Iterable[str]) -> Path | None:
    """The section that was `then`, under the name it has now; None when it is gone.

    It is where most of its `neighbours` stand. Where none of them is known, it is the only one
    with the same heading, as when one above it was renamed.
    """
    where = _where(listing, neighbours)
    if where:
        (best, count), *_ = Counter(where).most_common(1)
        return best if 2 * count > len(where) else None
    alike = [path for path in listing.headings if path[-1] == then[-1]]
    return alike[0] if len(alike) == 1 else None


def _where(listing: Listing, neighbours: Iterable[str]) -> list[Path]:
    """The sections in which entries of these titles stand."""
    titles = {normalise_title(title) for title in neighbours}
    entries = listing.entries.values()
    return [entry.section for entry in entries if normalise_title(entry.title) in titles]
