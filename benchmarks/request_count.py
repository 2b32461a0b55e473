"""How many requests a week of arXiv costs: ours, a query per keyword, a look-up per paper.

    python -m benchmarks.request_count [--papers FOLDER]

A local server stands in for arXiv's API with 5,000 papers of five categories, submitted over
seven days; requests are counted there. With a folder of papers (`2024.jsonl.gz`) these are
real titles and abstracts, and the last column says how many of those that real lists took
(`listed.jsonl.gz`) each way has found; without one they are invented. A query per keyword is
what the bots ask that list a topic's papers: the newest hundred of each, with the arxiv
package and its own settings. The stand-in matches a keyword as a phrase in title or abstract.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import arxiv

from benchmarks.data import iterate_papers
from tests.world.arxiv import ArxivWorld, Record, records
from tracker.http import Http
from tracker.settings import ArxivSettings
from tracker.sources.arxiv import ArxivSource

CATEGORIES = ("cs.CL", "cs.AI", "cs.LG", "cs.CV", "cs.IR")
MONDAY = date(2024, 5, 6)
DAYS = 7
PAPERS = 5_000
PACE = 3
"""Seconds between two requests, by arXiv's terms."""
KEYWORDS = (
    *("large language model", "LLM agent", "retrieval-augmented", "hallucination", "instruction"),
    *("multimodal", "medical", "clinical", "biomedical", "health", "radiology", "benchmark"),
)


@dataclass(frozen=True, slots=True)
class Way:
    """A way to ask, and what came of it: requests sent, identifiers of papers found."""

    name: str
    requests: int
    found: set[str]


def main() -> None:
    """Print a table of the ways."""
    parser = argparse.ArgumentParser(description="Requests for a week of arXiv.")
    parser.add_argument("--papers", type=Path, help="folder of 2024.jsonl.gz")
    arguments = parser.parse_args()
    listed = _listed(arguments.papers) if arguments.papers else set()
    papers = real_week(arguments.papers) if arguments.papers else invented_week()
    wanted = listed & {paper.id for paper in papers}
    print(f"{len(papers)} papers of {', '.join(CATEGORIES)} in {DAYS} days, {len(wanted)} listed\n")
    print(f"| way | requests | at {PACE} s each | papers | of the listed |\n|---|---|---|---|---|")
    for way in ways(papers):
        waiting = timedelta(seconds=way.requests * PACE)
        share = f"{len(way.found & wanted)} of {len(wanted)}" if wanted else "-"
        print(f"| {way.name} | {way.requests} | {waiting} | {len(way.found)} | {share} |")


def ways(papers: list[Record]) -> Iterator[Way]:
    """Each way, asked for real."""
    with ArxivWorld(papers) as world:
        for way in (one_run, daily_runs, keyword_queries, look_ups):
            world.requests.clear()
            name, found = way(world)
            yield Way(name, len(world.requests), found)


def one_run(world: ArxivWorld) -> tuple[str, set[str]]:
    """Our source after a week without a run."""
    return "survey-tracker, once for the week", _read(world, None, MONDAY + _days(6))


def daily_runs(world: ArxivWorld) -> tuple[str, set[str]]:
    """Our source on each day, three days of overlap included."""
    found: set[str] = set()
    for number in range(DAYS):
        before = MONDAY + _days(number - 1)
        found |= _read(world, before.isoformat(), MONDAY + _days(number))
    return f"survey-tracker, on each of {DAYS} days", found


def keyword_queries(world: ArxivWorld) -> tuple[str, set[str]]:
    """The newest hundred for each keyword on each day."""
    client = arxiv.Client(delay_seconds=0)
    client.query_url_format = world.api + "?{}"
    found: set[str] = set()
    everything = world.papers
    for number in range(DAYS):
        evening = datetime.combine(MONDAY + _days(number + 1), time(), UTC)
        world.papers = [paper for paper in everything if paper.submitted < evening]
        for keyword in KEYWORDS:
            newest = arxiv.SortCriterion.SubmittedDate
            search = arxiv.Search(f'all:"{keyword}"', max_results=100, sort_by=newest)
            found |= {_name(result) for result in client.results(search)}
    world.papers = everything
    return f"{len(KEYWORDS)} keyword queries, on each of {DAYS} days", found


def look_ups(world: ArxivWorld) -> tuple[str, set[str]]:
    """One request for each paper that a feed announced."""
    client = arxiv.Client(delay_seconds=0)
    client.query_url_format = world.api + "?{}"
    found = {
        _name(result)
        for paper in world.papers
        for result in client.results(arxiv.Search(id_list=[paper.id]))
    }
    return "a look-up for each announced paper", found


def _read(world: ArxivWorld, watermark: str | None, until: date) -> set[str]:
    settings = ArxivSettings(url=world.api, categories=CATEGORIES)
    with Http() as http:
        batches = ArxivSource(settings, http).read(watermark, until)
        return {str(paper.identifier("arxiv")) for batch in batches for paper in batch.papers}


def real_week(folder: Path) -> list[Record]:
    """The first 5,000 real papers of the five categories in May 2024, spread over the week."""
    made: list[Record] = []
    known = iterate_papers(folder, ["2024", "listed"])
    for name, paper in sorted({str(paper.identifier("arxiv")): paper for paper in known}.items()):
        if name.startswith("2405.") and set(paper.categories) & set(CATEGORIES):
            made.append(
                Record(
                    id=name,
                    title=paper.title,
                    abstract=paper.abstract,
                    categories=paper.categories,
                    submitted=_moment(len(made)),
                )
            )
        if len(made) == PAPERS:
            break
    return made


def invented_week() -> list[Record]:
    """As many invented papers."""
    categories = [(name,) for name in CATEGORIES]
    return records(PAPERS, first=MONDAY, per_day=-(-PAPERS // DAYS), categories=categories)


def _listed(folder: Path) -> set[str]:
    return {str(paper.identifier("arxiv")) for paper in iterate_papers(folder, ["listed"])}


def _name(result: arxiv.Result) -> str:
    return str(result.get_short_id()).partition("v")[0]


def _moment(number: int) -> datetime:
    start = datetime.combine(MONDAY, time(), UTC)
    return start + timedelta(minutes=number * DAYS * 24 * 60 // PAPERS)


def _days(number: int) -> timedelta:
    return timedelta(days=number)


if __name__ == "__main__":
    main()
