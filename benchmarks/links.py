"""How many requests the links of real lists cost when every one of them is alive.

    python -m benchmarks.links --lists FOLDER [--json]

The link check itself runs, against a stand-in for arXiv's API and hosts that answer 200 to
everything, so redirects and second opinions come on top in the real world. *Slowest host* is the
number of requests to the host asked most often, at about a second each: hosts are asked side by
side, so it is also the time in seconds, near enough.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jobs.links_ask import Stop, ask
from jobs.links_listed import by_address, listed_links
from tests.world.arxiv import ArxivWorld, Record
from tracker.http import Http, Response
from tracker.links_check import LinkChecker, arxiv_page
from tracker.reading_list import ReadingList, read_text
from tracker.responses import host_of
from tracker.settings import ArxivSettings
from tracker.sources.arxiv import ArxivSource


class _Agreeable(Http):
    """Answers 200 to everything, and counts by host."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: Counter[str] = Counter()

    def request(self, method: str, url: str, **_: Any) -> Response:
        self.asked[host_of(url)] += 1
        return Response(url, 200, {}, b"")


def main() -> None:
    """Print a row for each list, and all of them together."""
    parser = argparse.ArgumentParser(description="Requests that checking a list's links costs.")
    parser.add_argument("--lists", type=Path, required=True, help="folder of *.md")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    rows = {path.stem: _measured(path) for path in sorted(arguments.lists.glob("*.md"))}
    names = ("links", "addresses", "requests")
    total = {name: sum(int(row[name]) for row in rows.values()) for name in names}
    if arguments.json:
        print(json.dumps({"overall": total, "lists": rows}, indent=2))
        return
    for name, row in rows.items():
        print(f"{name[:50]:50}", *(f"{key} {value}" for key, value in row.items()))
    print(f"{'all':50}", *(f"{key} {value}" for key, value in total.items()))


def _measured(path: Path) -> dict[str, int | str]:
    links = listed_links(ReadingList.parse({"README.md": read_text(path)}))
    addresses = list(by_address(links))
    pages = (arxiv_page(address) for address in addresses)
    newest: dict[str, int] = {}
    for name, version in filter(None, pages):
        newest[name] = max(newest.get(name, 1), version or 1)
    submitted = datetime(2024, 1, 1, tzinfo=UTC)
    papers = [
        Record(id=name, title=name, submitted=submitted, version=version)
        for name, version in newest.items()
    ]
    http = _Agreeable()
    with ArxivWorld(papers) as world, Http() as api:
        arxiv = ArxivSource(ArxivSettings(url=world.api, categories=("cs.CL",)), api)
        outcomes = dict(ask(addresses, LinkChecker(http), arxiv.look_up, Stop()))
        looked_up = len(world.requests)
    assert {outcome.status for outcome in outcomes.values()} <= {"alive"}, path
    host, most = (http.asked.most_common(1) or [("", 0)])[0]
    return {
        "links": len(links),
        "addresses": len(addresses),
        "arxiv": len(newest),
        "requests": looked_up + sum(http.asked.values()),
        "slowest": most,
        "host": host,
    }


if __name__ == "__main__":
    main()
