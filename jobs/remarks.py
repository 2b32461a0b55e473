"""What a reviewer should know of where a paper is filed: it may be only the nearest there is."""

from __future__ import annotations

from collections.abc import Collection

from classifiers.rules import names_years, year_of
from tracker.paper import Paper
from tracker.taxonomy import Path, path_text


def remark_on(section: Path, paper: Paper, headings: Collection[Path]) -> str:
    """That a paper's year has no heading beside that of the section it is filed under, or "".

    `headings` are those of the list as it is merged: nothing is filed under others. One that
    speaks of several years, such as "Before 2020", may be meant for it, so nothing is said then.
    """
    wanted = paper.published.year if paper.published else None
    for depth in range(1, len(section) + 1):
        part = section[:depth]
        if year_of(part) is None or wanted is None:
            continue
        beside = [path for path in headings if path[:-1] == part[:-1]]
        years = {year_of(path) for path in (part, *beside)}
        if wanted in years or any(year_of(path) is None and names_years(path) for path in beside):
            return ""
        where = f" below {path_text(part[:-1])}" if part[:-1] else ""
        return (
            f"the list has no heading for {wanted} yet{where}, so this is filed under {part[-1]}: "
            "make the heading and move it there"
        )
    return ""
