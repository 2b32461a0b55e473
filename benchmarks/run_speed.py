"""Time and memory of the main job, network aside.

    python -m benchmarks.run_speed --list FILE.md --papers FILE.jsonl.gz [--count 1000] [--json]

Runs `tracker run` in a process of its own over a reading list and the first COUNT papers of a
file, once with a fresh index and once more, and prints wall-clock seconds and the process's
largest resident size. The index starts empty: reading, merging, training, scoring, editing and
writing are all in it.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SETTINGS = """
[list]
path = "."
[[sources.files]]
path = "feed.jsonl"
"""


def measure(folder: Path, as_of: str) -> dict[str, object]:
    """One run in a process of its own: seconds, megabytes, papers seen and proposed."""
    command = [sys.executable, "-m", "jobs.cli", "run", "--json", "--as-of", as_of]
    command += ["--config", str(folder / "tracker.toml")]
    before = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - before
    result = json.loads(done.stdout)
    return {
        "seconds": round(seconds, 2),
        # Kilobytes on Linux; the largest of all children so far, so the runs are told apart
        # only when a later one is larger.
        "megabytes": round(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024),
        "seen": result["seen"],
        "relevant": result["relevant"],
        "proposed": len(result["proposals"]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--list", type=Path, required=True, help="a reading list (Markdown)")
    parser.add_argument("--papers", type=Path, required=True, help="papers (JSONL or JSONL.gz)")
    parser.add_argument("--count", type=int, default=1000, help="how many of the papers")
    parser.add_argument("--as-of", default="2026-01-01", help="the day the runs believe it is")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    opener = gzip.open if arguments.papers.suffix == ".gz" else open
    with tempfile.TemporaryDirectory() as name, opener(arguments.papers, "rt") as papers:
        folder = Path(name)
        shutil.copy(arguments.list, folder / "README.md")
        (folder / "tracker.toml").write_text(SETTINGS, encoding="utf-8")
        with (folder / "feed.jsonl").open("w", encoding="utf-8") as feed:
            feed.writelines(itertools.islice(papers, arguments.count))
        runs = {
            "first": measure(folder, arguments.as_of),
            "again": measure(folder, arguments.as_of),
        }
    if arguments.json:
        print(json.dumps(runs, indent=2))
        return
    for name, run in runs.items():
        print(f"{name:6}", *(f"{key} {value}" for key, value in run.items()), sep="  ")


if __name__ == "__main__":
    main()
