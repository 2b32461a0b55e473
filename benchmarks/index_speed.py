"""The index at size: merging, opening, loading, searching and shelving real papers.

    python -m benchmarks.index_speed --papers FOLDER [--count 100000]

For search quality it asks for papers by four words of their titles, in random order, and reports
how often the paper is among the first ten. Loading is done in a process of its own, whose largest
resident size is told. At the end nine of ten papers go to the shelf; sizes are of a compact copy,
as the Action stores it, and of that compressed.
"""

from __future__ import annotations

import argparse
import gzip
import random
import re
import resource
import shutil
import sqlite3
import statistics
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from benchmarks.data import iterate_papers
from db import papers, search
from db.index import Index
from db.shelf import shelve

NOW = datetime(2025, 1, 1, tzinfo=UTC)
BATCH = 5_000


def main() -> None:
    """Fill an index, then print times and search results."""
    parser = argparse.ArgumentParser(description="Speed of the index.")
    parser.add_argument("--papers", type=Path, required=True, help="folder of *.jsonl.gz")
    parser.add_argument("--count", type=int, default=100_000)
    arguments = parser.parse_args()
    found = list(islice(iterate_papers(arguments.papers), arguments.count))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "papers.sqlite"
        start = time.perf_counter()
        with Index.open(f"sqlite:///{file}") as index:
            print(f"created in {time.perf_counter() - start:.2f} s")
            for at in range(0, len(found), BATCH):
                start, cpu = time.perf_counter(), time.process_time()
                with index.write() as session:
                    merged = papers.merge(
                        session, found[at : at + BATCH], source="arxiv", seen_at=NOW
                    )
                seconds, work = time.perf_counter() - start, time.process_time() - cpu
                if at == 0 or at + BATCH >= len(found):
                    last = at + len(merged.ids)
                    print(f"papers {at} to {last}: {seconds:.1f} s, processor {work:.1f} s")
            start = time.perf_counter()
            with index.write() as session:
                papers.merge(session, found[:BATCH], source="arxiv", seen_at=NOW)
            print(f"{BATCH} papers seen again: {time.perf_counter() - start:.1f} s")
        start = time.perf_counter()
        with Index.open(f"sqlite:///{file}") as index:
            print(f"opened in {(time.perf_counter() - start) * 1000:.1f} ms")
            _search(index, 500)
        with get_context("spawn").Pool(1) as pool:
            loaded, seconds, megabytes = pool.apply(_load, (file,))
        print(
            f"{loaded} papers loaded in {seconds:.1f} s of processor time, {megabytes} MB resident"
        )
        print("file:", _size(file))
        with Index.open(f"sqlite:///{file}") as index:
            start = time.process_time()
            with index.write() as session:
                keep = list(papers.load(session))[::10]
                gone = shelve(session, before=NOW + timedelta(days=1), keep=keep, at=NOW)
            print(f"{gone} papers shelved in {time.process_time() - start:.1f} s of processor time")
            with index.read() as session:
                start = time.process_time()
                left = len(papers.load(session, shelved=False))
            print(f"{left} others loaded in {time.process_time() - start:.1f} s of processor time")
        print("file with nine of ten on the shelf:", _size(file))


def _load(file: Path) -> tuple[int, float, int]:
    """All papers: how many, in how many seconds of processor time, in how many megabytes."""
    with Index.open(f"sqlite:///{file}") as index, index.read() as session:
        start = time.process_time()
        loaded = papers.load(session)
        seconds = time.process_time() - start
    return len(loaded), seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _size(file: Path) -> str:
    copy = file.with_name("copy.sqlite")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    size = copy.stat().st_size
    with copy.open("rb") as source, gzip.open(copy.with_suffix(".gz"), "wb") as packed:
        shutil.copyfileobj(source, packed)
    small = copy.with_suffix(".gz").stat().st_size
    copy.unlink()
    return f"{size / 1e6:.0f} MB, compressed {small / 1e6:.0f} MB"


def _search(index: Index, times: int) -> None:
    chance = random.Random(1)
    with index.read() as session:
        known = papers.load(session, chance.sample(range(1, papers.count(session)), times))
    seconds = []
    hits = 0
    for number, paper in known.items():
        words = [word for word in re.findall(r"\w+", paper.title) if len(word) > 3]
        query = " ".join(chance.sample(words, min(4, len(words))))
        start = time.perf_counter()
        with index.read() as session:
            found = search.search(session, query, limit=10)
        seconds.append(time.perf_counter() - start)
        hits += number in {hit.paper for hit in found}
    seconds.sort()
    print(
        f"{times} searches by four words of a title: {hits / times:.1%} among the first ten; "
        f"median {statistics.median(seconds) * 1000:.1f} ms, "
        f"95 % under {seconds[int(0.95 * times)] * 1000:.0f} ms"
    )


if __name__ == "__main__":
    main()
