"""An evaluation as one HTML page with plots; it needs nothing but itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from classifiers.assessment import Assessment, RelevanceAssessment
from jobs.console import printable, shortened
from jobs.evaluate import Evaluation
from jobs.evaluate_report import (
    COUNTED_ONCE,
    FOUND_AND_RIGHT,
    RECALLS,
    Names,
    farthest,
    filing_sentences,
    place_of,
    relevance_sentences,
    size,
    spread,
)
from jobs.past import Held
from tracker.counting import counted
from tracker.taxonomy import common_root, path_text

if TYPE_CHECKING:
    from markupsafe import Markup

_CODE = re.compile(r"`([^`]+)`")

_SIDE = 300
"""The reliability diagram is a square of so many units."""

_MOST_SECTIONS = 60
"""Of more sections, those with the most papers are in the confusion plot."""


def page(evaluation: Evaluation) -> str:
    """The page; whatever titles and headings say is text in it."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("jobs", "."),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["with_code"] = _with_code
    filing, ranking = evaluation.sections, evaluation.relevance
    return environment.get_template("evaluate.html.j2").render(
        files=list(dict.fromkeys(one.entry.file for one in evaluation.listing)),
        size=size(evaluation),
        cautions=evaluation.cautions,
        found_and_right=FOUND_AND_RIGHT,
        counted_once=COUNTED_ONCE,
        tiles=_tiles(filing, ranking),
        filing=_filing(evaluation, filing) if filing else None,
        ranking=_ranking(evaluation, ranking) if ranking else None,
    )


def _with_code(sentence: str) -> Markup:
    """The sentence with its commands set as code; the terminal's backticks mean nothing here."""
    from markupsafe import Markup, escape

    # A backtick is no special character in HTML: it is the same before and after.
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(sentence))))  # noqa: S704


def _tiles(filing: Assessment | None, ranking: RelevanceAssessment | None) -> list[tuple[str, str]]:
    """The figures a reader wants first."""
    tiles = []
    if filing:
        tiles += [
            (f"{filing.quality.top1:.0%}", "filed where they stand"),
            (f"{filing.quality.top3:.0%}", "among the first three"),
            (f"{filing.quality.macro_f1:.2f}", "macro-F1"),
            (f"{filing.calibration_error:.2f}", "calibration error"),
        ]
        tiles += [
            (f"{coverage.coverage:.0%}", f"filed alone, {precision:.0%} right")
            for precision, coverage in filing.coverage.items()
        ]
    if ranking:
        tiles += [
            (f"{ranking.recall_at(most):.0%}", f"rank among the first {most}") for most in RECALLS
        ]
    return tiles


def _filing(evaluation: Evaluation, found: Assessment) -> Mapping[str, Any]:
    names, root = Names(found.paths), common_root(found.paths)
    return {
        "sentences": list(filing_sentences(found)),
        "reliability": [
            {
                "x": round(_SIDE * b.low, 1),
                "width": round(_SIDE * (b.high - b.low) - 2, 1),
                "y": round(_SIDE * (1 - b.accuracy), 1),
                "height": round(_SIDE * b.accuracy, 1),
                "at": round(_SIDE * b.confidence, 1),
                "dot": round(_SIDE * (1 - b.accuracy), 1),
                "count": b.count,
                "papers": counted(b.count, "paper"),
                "said": f"{b.confidence:.2f}",
                "right": f"{b.accuracy:.2f}",
            }
            for b in found.reliability
        ],
        "side": _SIDE,
        "sections": [
            {
                "around": _clean(path_text(one.path[len(root) : -1])),
                "name": _clean(one.path[-1]),
                "papers": one.papers,
                "found": None if one.recall is None else round(100 * one.recall),
                "right": None if one.precision is None else round(100 * one.precision),
            }
            for one in found.sections
        ],
        "confusion": _confusion(found, names),
        "confused": [
            (_clean(names(a)), _clean(names(b)), count) for a, b, count in found.confused[:15]
        ],
        "suspects": [
            {
                **_named(evaluation.listing[suspect.row]),
                "stands": [
                    _clean(names(path)) for path in sorted(evaluation.listing[suspect.row].sections)
                ],
                "better": _clean(names(found.paths[suspect.better])),
                "confidence": f"{suspect.confidence:.0%}",
                "current": f"{suspect.current:.0%}",
            }
            for suspect in found.suspects
        ],
    }


def _confusion(found: Assessment, names: Names) -> Mapping[str, Any]:
    """The confusion matrix as shaded cells, the sections in the list's order."""
    sizes = found.matrix.sum(axis=1) + found.matrix.sum(axis=0)
    used = [int(column) for column in sizes.argsort(kind="stable")[::-1] if sizes[column]]
    kept = sorted(used[:_MOST_SECTIONS])
    cells = []
    for y, row in enumerate(kept):
        total = int(found.matrix[row].sum())
        for x, column in enumerate(kept):
            if count := int(found.matrix[row, column]):
                cells.append(
                    {
                        "x": x,
                        "y": y,
                        "count": count,
                        "right": row == column,
                        "share": round(0.25 + 0.75 * count / total, 2),
                        "title": f"{count} of {total}: {_clean(names(found.paths[row]))} "
                        f"→ {_clean(names(found.paths[column]))}",
                    }
                )
    left_out = counted(len(used) - len(kept), "section") if len(used) > len(kept) else ""
    full = [_clean(names(found.paths[column])) for column in kept]
    rows = [(shortened(name, 46), name) for name in full]
    return {"cells": cells, "names": rows, "left_out": left_out}


def _ranking(evaluation: Evaluation, found: RelevanceAssessment) -> Mapping[str, Any]:
    counts = spread(found)
    widest = max(count for _, count in counts) or 1
    return {
        "sentences": list(relevance_sentences(found)),
        "spread": [(label, count, round(220 * count / widest, 1)) for label, count in counts],
        "beyond": RECALLS[-1],
        "farthest": [
            {**_named(evaluation.listing[place]), "position": found.positions[place]}
            for place in farthest(found, 20)
        ],
    }


def _named(held: Held) -> dict[str, str]:
    return {"title": _clean(held.paper.title), "place": _clean(place_of(held))}


def _clean(text: str) -> str:
    """One line without anything invisible that could turn a line around."""
    return " ".join(printable(text).split())
