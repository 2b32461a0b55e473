"""A replay for people and programs: figures, text, one JSON document, and a plot over time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median, quantiles
from typing import Any

from jobs.console import table
from jobs.replay import Guess, Replay, Week
from tracker.counting import counted
from tracker.taxonomy import Path, common_root, path_text


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a replay; a share or a number of days is None where there is none.

    `proposals` and `found` count papers, `recall` is the share of the `right` ones that were
    proposed, `precision` of the proposed ones that were right. `section_agreement` is a share
    of the found ones. `days` are the quartiles of how much earlier these were proposed.
    `over_the_bars` counts the proposals, and the right ones of them, that the settings'
    min_relevance and min_confidence would let pass.
    """

    proposals: int
    right: int
    found: int
    recall: float | None
    precision: float | None
    proposals_per_added: float | None
    section_agreement: float | None
    days: tuple[float, float, float] | None
    over_the_bars: tuple[int, int]


def summary(replay: Replay) -> Summary:
    """The figures of a replay."""
    proposals = sum(len(week.guesses) for week in replay.weeks)
    right, found = len(replay.right), len(replay.hits)
    passing = [
        guess
        for week in replay.weeks
        for guess in week.guesses
        if guess.relevance >= replay.min_relevance and guess.confidence >= replay.min_confidence
    ]
    return Summary(
        proposals=proposals,
        right=right,
        found=found,
        recall=_share(found, right),
        precision=_share(found, proposals),
        proposals_per_added=round(proposals / found, 1) if found else None,
        section_agreement=_share(sum(hit.agrees for hit in replay.hits.values()), found),
        days=_quartiles([hit.days for hit in replay.hits.values()]),
        over_the_bars=(len(passing), sum(guess.place in replay.hits for guess in passing)),
    )


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _quartiles(days: Sequence[int]) -> tuple[float, float, float] | None:
    if len(days) < 2:
        return (float(days[0]),) * 3 if days else None
    low, _, high = quantiles(days, method="inclusive")
    return low, float(median(days)), high


def document(replay: Replay) -> dict[str, Any]:
    """The replay as JSON. What became of a proposal is apart from what was said of it."""
    figures = summary(replay)
    days = figures.days
    return {
        "from": replay.start.isoformat(),
        "to": replay.end.isoformat(),
        "budget": replay.budget,
        "known_until": replay.known_until.isoformat(),
        "recall": figures.recall,
        "precision": figures.precision,
        "proposals": figures.proposals,
        "added": figures.right,
        "found": figures.found,
        "proposals_per_added": figures.proposals_per_added,
        "section_agreement": figures.section_agreement,
        "days_earlier": {"lower_quartile": days[0], "median": days[1], "upper_quartile": days[2]}
        if days
        else None,
        "over_the_bars": {
            "min_relevance": replay.min_relevance,
            "min_confidence": replay.min_confidence,
            "proposals": figures.over_the_bars[0],
            "found": figures.over_the_bars[1],
        },
        "not_counted": {
            "added_within_their_week": replay.quicker,
            "appeared_before": replay.older,
            "not_in_the_index": replay.unknown,
        },
        "weeks": [_week(replay, week) for week in replay.weeks],
        "missed": [_missed(replay, place) for place in missed(replay)],
        "problems": [*replay.problems, *cautions(replay)],
    }


def _week(replay: Replay, week: Week) -> dict[str, Any]:
    return {
        "from": week.first.isoformat(),
        "to": week.last.isoformat(),
        "commit": week.commit,
        "listed": week.listed,
        "appeared": week.appeared,
        "proposals": [_proposal(replay, guess) for guess in week.guesses],
        "outcomes": [_outcome(replay, guess) for guess in week.guesses],
    }


def _proposal(replay: Replay, guess: Guess) -> dict[str, Any]:
    paper = replay.papers[guess.place].paper
    return {
        "title": paper.title,
        "identifiers": [str(identifier) for identifier in paper.identifiers],
        "section": list(guess.section),
        "relevance": guess.relevance,
        "confidence": guess.confidence,
    }


def _outcome(replay: Replay, guess: Guess) -> dict[str, Any] | None:
    """When and where the maintainers added the paper; None when they did not."""
    hit = replay.hits.get(guess.place)
    if hit is None:
        return None
    return {
        "added": hit.added.day.isoformat(),
        "sections": [list(path) for path in hit.added.sections],
        "section_agrees": hit.agrees,
        "days_earlier": hit.days,
    }


def _missed(replay: Replay, place: int) -> dict[str, Any]:
    known, added = replay.papers[place], replay.right[place]
    return {
        "title": known.paper.title,
        "identifiers": [str(identifier) for identifier in known.paper.identifiers],
        "appeared": known.day.isoformat(),
        "added": added.day.isoformat(),
        "sections": [list(path) for path in added.sections],
    }


def missed(replay: Replay) -> list[int]:
    """What was right to propose and never was, in the order the maintainers added it."""
    left = [place for place in replay.right if place not in replay.hits]
    return sorted(left, key=lambda place: (replay.right[place].day, place))


def cautions(replay: Replay) -> list[str]:
    """What a reader of the figures should know."""
    empty = [week for week in replay.weeks if not week.appeared]
    said = []
    if empty:
        since = empty[0].first.isoformat()
        said.append(
            f"In {len(empty)} of {counted(len(replay.weeks), 'week')} nothing in the index "
            f"appeared; `tracker discover --since {since}` fills it."
        )
    if replay.shelved:
        said.append(
            f"Of {counted(replay.shelved, 'paper')} the index gave up the abstract "
            "(index.keep_months); replay with an index of its own whose keep_months is 0."
        )
    if 0 < len(replay.right) < 10:
        said.append(f"Papers to be found: {len(replay.right)}; shares of so few say little.")
    if replay.known_until < replay.end + timedelta(days=90):
        said.append(
            f"The list's history ends on {replay.known_until}: what its maintainers would still "
            "add counts as wrong."
        )
    return said


def text(replay: Replay) -> str:
    """The replay for a person."""
    parts = [_weeks(replay), _found(replay), _left(replay), "\n".join(sentences(replay))]
    return "\n\n".join(part for part in parts if part)


def _weeks(replay: Replay) -> str:
    rows = []
    for week in replay.weeks:
        hits = sum(guess.place in replay.hits for guess in week.guesses)
        cells = (week.first, week.listed, week.appeared, len(week.guesses), hits, "■" * hits)
        rows.append(cells)
    return table(["week of", "listed", "appeared", "proposed", "right", ""], rows)


def _found(replay: Replay) -> str:
    """The proposals that were right, each with when and where it was added."""
    root = common_root(path for added in replay.right.values() for path in added.sections)
    lines = ["Proposed, and added later:"] if replay.hits else []
    for week in replay.weeks:
        for guess in week.guesses:
            if (hit := replay.hits.get(guess.place)) is None:
                continue
            lines.append(f"  {_title(replay, guess.place)}")
            where = "; ".join(_short(path, root) for path in hit.added.sections)
            verdict = "there, too" if hit.agrees else f"under {_short(hit.section, root)}"
            lines.append(
                f"    proposed {week.last}, added {hit.added.day} "
                f"({counted(hit.days, 'day')} later) under {where}; proposed {verdict}"
            )
    return "\n".join(lines)


def _left(replay: Replay) -> str:
    root = common_root(path for added in replay.right.values() for path in added.sections)
    lines = ["Added, and never proposed:"] if missed(replay) else []
    for place in missed(replay):
        added = replay.right[place]
        where = "; ".join(_short(path, root) for path in added.sections)
        lines.append(f"  {_title(replay, place)}")
        lines.append(f"    appeared {replay.papers[place].day}, added {added.day} under {where}")
    return "\n".join(lines)


def _title(replay: Replay, place: int) -> str:
    return " ".join(replay.papers[place].paper.title.split())


def _short(path: Path, root: Path) -> str:
    """A section without the headings that all of them stand under."""
    return path_text(path[len(root) :] if path[: len(root)] == root else path)


def sentences(replay: Replay) -> Iterator[str]:
    """What came of it, in words."""
    figures = summary(replay)
    yield (
        f"{replay.start} to {replay.end}: {counted(len(replay.weeks), 'week')}, at most "
        f"{counted(replay.budget, 'proposal')} a week."
    )
    if figures.right:
        yield (
            f"Recall {figures.recall:.2f} ({figures.found} of {figures.right}): papers of these "
            "weeks that the maintainers added later and that had been proposed."
        )
    else:
        yield "Nothing was to be found: no paper of these weeks in the index was added later."
    if figures.proposals:
        each = f": {figures.proposals_per_added} for each added one" if figures.found else ""
        right = f"{figures.found} of {counted(figures.proposals, 'proposal')}"
        yield f"Precision {figures.precision:.3f} ({right}){each}."
    if figures.found and figures.days:
        low, middle, high = figures.days
        yield f"Section as the maintainers chose it: {figures.section_agreement:.2f} of them."
        yield (
            f"Earlier than the maintainers by {counted(round(middle), 'day')} (median; quartiles "
            f"{low:.0f} and {high:.0f})."
        )
    if figures.proposals:
        passing, found = figures.over_the_bars
        yield (
            f"With the bars of tracker.toml (min_relevance {replay.min_relevance}, min_confidence "
            f"{replay.min_confidence}): {passing} of the proposals, {found} of them added later."
        )
    yield (
        f"Not counted of what was added meanwhile: {replay.older} that appeared earlier, "
        f"{replay.unknown} that the index does not know, {replay.quicker} added within the week "
        "they appeared in."
    )
    yield from cautions(replay)


# The plot


def plot(replay: Replay) -> str:
    """An SVG: how many of the right papers the bot, and the maintainers, had by each day."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("jobs", "."), autoescape=True, trim_blocks=True
    )
    return environment.get_template("replay.svg.j2").render(_curves(replay))


_FEWEST_TICKS = 3
_LEFT, _RIGHT, _TOP, _BOTTOM = 56.0, 880.0, 84.0, 360.0


def _curves(replay: Replay) -> Mapping[str, Any]:
    ran = {g.place: week.last for week in replay.weeks for g in week.guesses}
    proposed = sorted(ran[place] for place in replay.hits)
    added = sorted(a.day for a in replay.right.values())
    last = max([replay.end, *added])
    most = max(len(added), 1)
    span = max((last - replay.start).days, 1)

    def across(day: date) -> float:
        return round(_LEFT + (_RIGHT - _LEFT) * (day - replay.start).days / span, 1)

    def up(count: float) -> float:
        return round(_BOTTOM - (_BOTTOM - _TOP) * count / most, 1)

    def steps(days: Sequence[date]) -> str:
        path = f"M{across(replay.start)} {up(0)}"
        for count, day in enumerate(days, 1):
            path += f"H{across(day)}V{up(count)}"
        return f"{path}H{across(last)}"

    figures = summary(replay)
    ticks = _ticks(replay.start, last)
    form = "%Y-%m" if all(day.day == 1 for day in ticks) else "%m-%d"
    return {
        "sentences": list(sentences(replay)),
        "figures": figures,
        "replay": replay,
        "budget": counted(replay.budget, "proposal"),
        "earlier": counted(round(figures.days[1]), "day") if figures.days else "",
        "proposed": steps(proposed),
        "added": steps(added),
        "proposed_end": up(len(proposed)),
        "added_end": up(len(added)),
        "end": across(replay.end),
        "ticks": [(across(day), day.strftime(form)) for day in ticks],
        "counts": [(up(n), n) for n in range(0, most + 1, max(1, -(-most // 5)))],
    }


def _ticks(start: date, last: date) -> list[date]:
    """The first days of months, at most ten of them; of a shorter time, days as far apart."""
    days = [date(y, m, 1) for y in range(start.year, last.year + 1) for m in range(1, 13)]
    days = [day for day in days if start <= day <= last]
    if len(days) < _FEWEST_TICKS:
        days = [start + timedelta(days=n) for n in range((last - start).days + 1)]
    return days[:: -(-len(days) // 10) or 1]
