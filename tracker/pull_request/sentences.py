"""What the text of a pull request says in whole sentences: what was left out, and why."""

from __future__ import annotations

from tracker.counting import counted
from tracker.pull_request.escape import shorten
from tracker.pull_request.proposal import Bars, Funnel, Report


def funnel(numbers: Funnel, day: str) -> str:
    """How the papers came down to the proposals."""
    steps = [
        f"{counted(numbers.seen, 'paper')} scored",
        f"{numbers.relevant:,} relevant",
        f"{numbers.proposed:,} proposed",
    ]
    return f"As of {day}: {' → '.join(steps)}."


def left_out(report: Report) -> list[str]:
    """Why papers that were looked at are not proposed, and how many."""
    numbers, bars = report.funnel, report.bars
    below = max(0, numbers.seen - numbers.relevant)
    lines = (
        (below, f"below the relevance bar of {bars.min_relevance:g}"),
        (numbers.listed, "on the reading list already"),
        (numbers.rejected, "turned down by a reviewer before"),
        (numbers.unplaced, _without_section(bars)),
        (numbers.excluded, "in sections that the settings leave alone"),
        (numbers.postponed, f"postponed by the limit of {bars.limit}"),
    )
    return [f"{number:,} {reason}" for number, reason in lines if number]


def _without_section(bars: Bars) -> str:
    if bars.min_confidence > 1:
        return "without a section, as none is as certain as `precision` asks for"
    return f"without a section of at least {bars.min_confidence:.2g} confidence"


def configure(report: Report) -> str:
    """How to have less, more or other things proposed."""
    bars = report.bars
    return (
        f"In `{shorten(bars.config, 80).replace('`', '')}`, under `[propose]`: "
        f"`limit = {bars.limit}` papers a pull request, `min_relevance = {bars.min_relevance:g}`, "
        f"{_confidence_bar(bars)}; `updates = false` leaves published versions alone, "
        '`dashboard = false` the dashboard. Under `[sections."Name"]`, `exclude = true` leaves a '
        "section alone, `limit` bounds it, `reviewers`, `assignees` and `labels` give it to "
        "people, and a sentence in `description` says what belongs there."
    )


def _confidence_bar(bars: Bars) -> str:
    if bars.precision is not None:
        return f"`precision = {bars.precision:g}`"
    return f"`min_confidence = {bars.min_confidence:g}`"


def postponed_why(report: Report) -> str:
    """What keeps papers waiting."""
    most = f"One pull request holds at most {counted(report.bars.limit, 'paper')}"
    return f"{most}, and no more than this text has room to name." if report.full else f"{most}."
