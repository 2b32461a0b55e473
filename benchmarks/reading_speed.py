"""How fast lists are read and added to, and how the cost grows.

    python -m benchmarks.reading_speed [--list LIST.md] [--json]

Lists of 300 to 20,000 entries are made up (bullets in sections of 50, numbered entries over two
lines, rows of a table) and parsed, and papers are added: 30 to a list of 300, and to one section of
growing size. With `--list` a real list is parsed too. The times are processor time, the best of
three.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from tracker.identifiers import Identifier
from tracker.paper import Paper
from tracker.reading_list import ReadingList, read_text
from tracker.reading_list.reading import read

FILE = "README.md"
SIZES = (300, 1_250, 5_000, 20_000)


def made_up(kind: str, entries: int, section: int = 50) -> str:
    """A list of entries of some kind, in sections of that many, the newest first."""
    lines = ["# Made up", ""]
    for number in range(entries):
        day = date(2024, 12, 28) - timedelta(days=number % section)
        link = f"https://arxiv.org/abs/{day:%y%m}.{number % 100_000:05d}"
        title = f"On the Baking of Loaf Number {number} with Language Models"
        if number % section == 0:
            lines += ["", f"## Section {number // section}", ""]
            if kind == "table":
                lines += ["| Title | Venue | Date | Code |", "|---|---|---|---|"]
        if kind == "table":
            lines.append(f"| [**{title}**]({link}) | arXiv | {day:%Y-%m-%d} | - |")
        elif kind == "numbered":
            lines += [f"{number % section + 1}. **{title}**  "]
            lines += [f"   *Ada Real, Bo Fictional.* [[paper]({link})], {day:%Y.%m}", ""]
        else:
            lines.append(f"* [**arXiv, {day:%Y.%m}**] **Loaf{number}**: {title}. [paper]({link})")
    return "\n".join(lines) + "\n"


def papers(count: int) -> list[Paper]:
    """New preprints."""
    return [
        Paper(
            title=f"Crumb{number}: A New Way to Slice Them",
            identifiers=(Identifier("arxiv", f"2501.{number:05d}"),),
            authors=("Gus Madeup", "Hal Notreal"),
            published=date(2025, 1, 1 + number % 28),
        )
        for number in range(count)
    ]


def seconds(work: Callable[[], object]) -> float:
    """The best of three runs, each as if it were the first."""
    times = []
    for _ in range(3):
        read.cache_clear()
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return round(min(times), 3)


def parsing(kind: str) -> dict[int, float]:
    """Seconds to parse lists of growing size."""
    found = {}
    for size in SIZES:
        text = made_up(kind, size)
        found[size] = seconds(lambda text=text: ReadingList.parse({FILE: text}).entries)  # type: ignore[misc]
    return found


def adding(section: int, count: int) -> float:
    """Seconds to add papers to a section of some size."""
    reading_list = ReadingList.parse({FILE: made_up("bullets", max(300, section), section)})
    path = next(iter(reading_list.by_section))
    items = [(path, paper) for paper in papers(count)]
    fresh = [ReadingList(reading_list.documents, ()) for _ in range(3)]
    return seconds(lambda: fresh.pop().insert_all(items))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--list", type=Path, help="a real list to parse")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    result: dict[str, object] = {
        "parse": {kind: parsing(kind) for kind in ("bullets", "numbered", "table")},
        "add 30 papers to a section of": {size: adding(size, 30) for size in (50, 500, 5_000)},
        "add papers to a section of 500": {count: adding(500, count) for count in (10, 40, 160)},
    }
    if arguments.list:
        text = read_text(arguments.list)
        entries = len(ReadingList.parse({FILE: text}).entries)
        result[f"parse {arguments.list.stem}"] = {
            entries: seconds(lambda: ReadingList.parse({FILE: text}).entries)
        }
    if arguments.json:
        print(json.dumps(result, indent=2))
        return
    for name, found in result.items():
        print(name, found)


if __name__ == "__main__":
    main()
