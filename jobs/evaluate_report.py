"""An evaluation for people and programs: text with bars, and one JSON document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from classifiers.assessment import Assessment, RelevanceAssessment, SectionQuality
from classifiers.evaluation import Bin, Suspect
from jobs.console import shortened, table
from jobs.evaluate import Evaluation
from jobs.past import Held
from tracker.counting import counted
from tracker.taxonomy import Path, path_text

RECALLS = (100, 300)
FOUND_AND_RIGHT = (
    "Found: of a section's papers, those the bot would file there or under another section they "
    "stand in. Right: of what it would file there, what stands there."
)
COUNTED_ONCE = (
    "Here a paper under several headings counts once: under the one the bot chose if that is "
    "right, else under the first, so a row may hold fewer papers than its section."
)
_BINS = (10, 30, 100, 300, 1000, 3000)
_BIN_WIDTH = 68
"""A line of the reliability diagram with its bar, and a count of four digits."""

# Headings can be as long as paragraphs; those that begin alike are told apart by their ends.
_NAME = 60
_CONFUSED, _SUSPECTS, _FARTHEST = 10, 20, 10


def document(evaluation: Evaluation) -> dict[str, Any]:
    """The evaluation as JSON; `sections` or `relevance` is null where nothing was measured."""
    return {
        "entries": evaluation.entries,
        "papers": len(evaluation.listing),
        "sections": _sections(evaluation),
        "relevance": _relevance(evaluation),
        "cautions": list(evaluation.cautions),
    }


def _sections(evaluation: Evaluation) -> dict[str, Any] | None:
    found = evaluation.sections
    if found is None:
        return None
    return {
        "papers": found.papers,
        "top1": _rounded(found.quality.top1),
        "top3": _rounded(found.quality.top3),
        "macro_f1": _rounded(found.quality.macro_f1),
        "ece": _rounded(found.calibration_error),
        "coverage": {
            f"{precision:.0%}".rstrip("%"): {
                "threshold": _rounded(coverage.threshold),
                "coverage": _rounded(coverage.coverage),
            }
            for precision, coverage in found.coverage.items()
        },
        "reliability": [
            {
                "low": _rounded(b.low),
                "high": _rounded(b.high),
                "count": b.count,
                "confidence": _rounded(b.confidence),
                "accuracy": _rounded(b.accuracy),
            }
            for b in found.reliability
        ],
        "by_section": [
            {
                "section": list(one.path),
                "papers": one.papers,
                "found": one.found,
                "predicted": one.predicted,
                "right": one.right,
                "recall": _rounded(one.recall),
                "precision": _rounded(one.precision),
            }
            for one in found.sections
        ],
        "confused": [
            {"section": list(a), "taken_for": list(b), "papers": count}
            for a, b, count in found.confused
        ],
        "misfiled": [_suspect(evaluation, found, suspect) for suspect in found.suspects],
    }


def _suspect(evaluation: Evaluation, found: Assessment, suspect: Suspect) -> dict[str, Any]:
    held = evaluation.listing[suspect.row]
    return {
        **_named(held),
        "stands_in": [list(path) for path in sorted(held.sections)],
        "would_be_in": list(found.paths[suspect.better]),
        "confidence": _rounded(suspect.confidence),
        "confidence_where_it_stands": _rounded(suspect.current),
    }


def _relevance(evaluation: Evaluation) -> dict[str, Any] | None:
    found = evaluation.relevance
    if found is None:
        return None
    return {
        "listed": len(found.positions),
        "stream": found.stream,
        "average_precision": _rounded(found.average_precision),
        **{f"recall_{most}": _rounded(found.recall_at(most)) for most in RECALLS},
        "positions": {
            "quarter": _quantile(found.positions, 0.25),
            "half": _quantile(found.positions, 0.5),
            "three_quarters": _quantile(found.positions, 0.75),
        },
        "farthest": [
            {**_named(evaluation.listing[place]), "position": found.positions[place]}
            for place in farthest(found)
        ],
    }


def _named(held: Held) -> dict[str, Any]:
    return {
        "title": held.paper.title,
        "file": held.entry.file,
        "line": held.entry.start + 1,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)


def _quantile(values: Sequence[int], share: float) -> int:
    """The smallest value with at least that share of all at or below it."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def farthest(found: RelevanceAssessment, most: int = _FARTHEST) -> list[int]:
    """The listed papers that rank last, the last first; none of those among the first 300."""
    order = sorted(range(len(found.positions)), key=lambda i: -found.positions[i])
    # What ranks well would have been found, however few rank behind it.
    return [place for place in order[:most] if found.positions[place] > RECALLS[-1]]


# Text


def text(evaluation: Evaluation, width: int | None = None) -> str:
    """The evaluation for a person, its tables no wider than `width`."""
    files = dict.fromkeys(one.entry.file for one in evaluation.listing)
    head = f"{', '.join(files)}: {size(evaluation)}"
    parts = [head, "\n".join(evaluation.cautions)]
    if evaluation.sections is not None:
        names = Names(evaluation.sections.paths)
        parts += _sections_text(evaluation, evaluation.sections, names, width)
    if evaluation.relevance is not None:
        parts += _relevance_text(evaluation, evaluation.relevance, width)
    return "\n\n".join(part for part in parts if part)


def _sections_text(
    evaluation: Evaluation, found: Assessment, names: Names, width: int | None
) -> Iterator[str]:
    yield "\n".join(["FILING", *filing_sentences(found)])
    yield f"{_section_table(found, names, width)}\n\n{FOUND_AND_RIGHT}"
    yield "How sure, and how often right:\n" + "\n".join(_bin(b, width) for b in found.reliability)
    if found.confused:
        yield "\n".join(["Sections confused most:", *_confused_lines(found, names, width)])
    if found.suspects:
        lines = [
            line
            for suspect in found.suspects[:_SUSPECTS]
            for line in _suspect_lines(evaluation, found, suspect, names)
        ]
        left = len(found.suspects) - _SUSPECTS
        more = [f"  and {left} more; --json and --html have all"] if left > 0 else []
        yield "\n".join(["Entries that look misfiled, the clearest first:", *lines, *more])


def _section_table(found: Assessment, names: Names, width: int | None) -> str:
    """A row a section; the bars, which only repeat a number, are the first to give way."""
    head = ["section", "papers", "found", "right", ""]
    rows = [_row(one, names) for one in found.sections]
    shown = table(head, rows)
    if width is None or max(map(len, shown.splitlines())) <= width:
        return shown
    return table(head[:-1], [row[:-1] for row in rows], width)


def _confused_lines(found: Assessment, names: Names, width: int | None) -> Iterator[str]:
    """The pairs of sections confused most, a line each."""
    pairs = found.confused[:_CONFUSED]
    between = "  taken for  "
    room = _NAME if width is None else max(12, min(_NAME, (width - 6 - len(between)) // 2))
    for a, b, count in pairs:
        yield f"  {count:3} {shortened(names(a), room)}{between}{shortened(names(b), room)}"


def _row(one: SectionQuality, names: Names) -> tuple[object, ...]:
    """A section: the share of its papers filed right, and of those filed there that are its."""
    found = "–" if one.recall is None else f"{one.recall:.0%}"
    right = "–" if one.precision is None else f"{one.precision:.0%}"
    return (
        shortened(names(one.path), _NAME),
        one.papers,
        found.rjust(5),
        right.rjust(5),
        _bar(one.recall or 0.0, 20),
    )


def _bin(b: Bin, width: int | None) -> str:
    span = f"{b.low:.1f}–{b.high:.1f}"
    bar = f"{_bar(b.accuracy, 20):20}  " if width is None or width >= _BIN_WIDTH else ""
    count = counted(b.count, "paper")
    return f"  {span}  said {b.confidence:.2f}  right {b.accuracy:.2f}  {bar}{count}"


def _bar(share: float, width: int) -> str:
    """A bar as long as the share, in eighths of a character."""
    eighths = round(8 * width * share)
    return "█" * (eighths // 8) + " ▏▎▍▌▋▊▉"[eighths % 8].strip()


def _suspect_lines(
    evaluation: Evaluation, found: Assessment, suspect: Suspect, names: Names
) -> Iterator[str]:
    held = evaluation.listing[suspect.row]
    stands = "; ".join(names(path) for path in sorted(held.sections))
    yield f"  {place_of(held)}  {' '.join(held.paper.title.split())}"
    yield f"    stands in    {stands} ({suspect.current:.2f})"
    yield f"    would be in  {names(found.paths[suspect.better])} ({suspect.confidence:.2f})"


def _relevance_text(
    evaluation: Evaluation, found: RelevanceAssessment, width: int | None
) -> Iterator[str]:
    yield "\n".join(["RELEVANCE", *relevance_sentences(found)])
    counts = spread(found)
    widest = max(count for _, count in counts) or 1
    bar = 30 if width is None else max(0, min(30, width - 22))
    lines = [f"  {label:>12}  {count:4}  {_bar(count / widest, bar)}" for label, count in counts]
    yield "\n".join(["Where the listed papers rank:", *lines])
    lines = [
        f"  {found.positions[place]:6}  {place_of(evaluation.listing[place])}  "
        f"{' '.join(evaluation.listing[place].paper.title.split())}"
        for place in farthest(found)
    ]
    if lines:
        head = f"Listed papers beyond the first {RECALLS[-1]}, the last first, with their place:"
        yield "\n".join([head, *lines])


def size(evaluation: Evaluation) -> str:
    """How much the list holds, in words."""
    return f"{counted(evaluation.entries, 'entry')}, {counted(len(evaluation.listing), 'paper')}"


def filing_sentences(found: Assessment) -> Iterator[str]:
    """The figures of the section classifier, in words."""
    quality = found.quality
    yield (
        f"{counted(found.papers, 'paper')}, each filed as if it were new: {quality.top1:.0%} under "
        f"a section it stands in (top-1), {quality.top3:.0%} with it among the first three "
        f"(top-3), macro-F1 {quality.macro_f1:.2f}."
    )
    yield (
        f"Confidence and truth lie {found.calibration_error:.2f} apart on average (ECE; 0 is best)."
    )
    for precision, coverage in found.coverage.items():
        if coverage.threshold is None:
            yield (
                f"Too few papers are told surely enough to say that {precision:.0%} of those filed "
                "alone would be right."
            )
        else:
            yield (
                f"{coverage.coverage:.0%} can be filed alone if {precision:.0%} of them must be "
                f"right: those with a confidence of {coverage.threshold:.2f} or more."
            )


def relevance_sentences(found: RelevanceAssessment) -> Iterator[str]:
    """The figures of the relevance classifier, in words."""
    recalls = ", ".join(f"{found.recall_at(most):.0%} among the first {most}" for most in RECALLS)
    yield (
        f"{counted(len(found.positions), 'listed paper')}, each ranked by itself, as if it were "
        f"new, among {counted(found.stream, 'other')}: {recalls}; average precision, of all "
        f"together, {found.average_precision:.2f}."
    )
    yield "What ranks before them may belong as well: the list is all this is measured by."


def spread(found: RelevanceAssessment) -> list[tuple[str, int]]:
    """How many listed papers rank in each stretch of places."""
    counts = []
    low = 0
    for high in (*_BINS, None):
        inside = sum(low < p <= (high or max(p, low)) for p in found.positions)
        label = f"{low + 1}–{high}" if high else f"beyond {low}"
        counts.append((label, inside))
        low = high or low
    return counts


def place_of(held: Held) -> str:
    """The file and line of an entry, as editors and terminals read it."""
    return f"{held.entry.file}:{held.entry.start + 1}"


class Names:
    """What sections are called where there is little room: as much of a path as tells it apart."""

    def __init__(self, paths: Sequence[Path]) -> None:
        ends = Counter(path[-depth:] for path in paths for depth in range(1, len(path) + 1))
        self._names = {
            path: next(
                (path[-d:] for d in range(1, len(path)) if ends[path[-d:]] == 1),
                path,
            )
            for path in paths
        }

    def __call__(self, path: Path) -> str:
        return path_text(self._names.get(path, path))
