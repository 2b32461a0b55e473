"""What a reviewer should know of where a paper is filed: it may be only the nearest there is."""

from __future__ import annotations

from collections.abc import Collection

from classifiers.years import names_years, spans
from tracker.paper import Paper
from tracker.taxonomy import Path, path_text


def remark_on(section: Path, paper: Paper, headings: Collection[Path]) -> str:
    """That a paper's year has no heading beside that of the section it is filed under, or "".

    `headings` are those of the list as it is merged: nothing is filed under others. One that
    takes several years, such as "Before 2020" or "Older", takes it too; nothing is said then, nor
    where one speaks of years in other words.
    """
    wanted = paper.published.year if paper.published else None
    around = [section[:depth] for depth in range(1, len(section) + 1)]
    taken = spans([*headings, *around])
    for part in around:
        if part not in taken or wanted is None:
            continue
        beside = {path: taken.get(path) for path in (part, *headings) if path[:-1] == part[:-1]}
        years = [span for span in beside.values() if span]
        unclear = any(span is None and names_years(path) for path, span in beside.items())
        if unclear or any(first <= wanted <= last for first, last in years):
            return ""
        yet = " yet" if wanted > max(last for _, last in years) else ""
        where = f" below {path_text(part[:-1])}" if part[:-1] else ""
        return (
            f"the list has no heading for {wanted}{yet}{where}, so this is filed under {part[-1]}: "
            "make the heading and move it there"
        )
    return ""
