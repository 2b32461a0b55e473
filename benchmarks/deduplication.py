"""Deduplication: 10,000 records of known papers, disguised as sources disguise them.

    python -m benchmarks.deduplication --papers FOLDER --identity FOLDER [--records N] [--seed N]

Real papers become several records: arXiv versions (with the titles they really had), arXiv's own
DOI, a publication that knows only its DOI and spells title and authors its own way, an ACL
Anthology entry, a line of a reading list with a title and no authors. They are shuffled and
merged in batches into a fresh index. Precision and recall are over pairs of records that should
be, or were, put together. As hard negatives the sample holds real pairs of different papers with
the nearest titles under one first author, one of each pair without its arXiv identifier.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path
from typing import Any

from benchmarks.data import month_of
from db import papers
from db.identity import Record
from db.index import Index
from tracker.identifiers import Identifier, identify
from tracker.paper import Paper

NOW = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Disguised:
    """A record, the paper it truly is, and how it was disguised."""

    truth: str
    kind: str
    source: str
    paper: Paper


def main() -> None:
    """Build the records, merge them, print what was found."""
    parser = argparse.ArgumentParser(description="Precision and recall of merging.")
    parser.add_argument("--papers", type=Path, required=True, help="folder of *.jsonl.gz")
    parser.add_argument("--identity", type=Path, required=True, help="folder of pairs and variants")
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    known = _read_papers(arguments.papers)
    records = build(known, arguments.identity, arguments.records, chance)
    found, seconds = merge(records, chance)
    report(records, found, seconds)


def build(
    known: dict[str, Paper], identity: Path, wanted: int, chance: random.Random
) -> list[Disguised]:
    """Records of known truth: hard negatives, ACL pairs, title variants, then anything."""
    records = [record for pair in _near_pairs(known, chance) for record in pair]
    variants = {line["id"]: line for line in _lines(identity / "title_variants.jsonl.gz")}
    acl = list(_lines(identity / "pairs_arxiv_acl.jsonl.gz"))
    chance.shuffle(acl)
    used = {record.truth for record in records}
    for pair in acl:
        if len(records) > wanted * 0.3:
            break
        if pair["arxiv_id"] not in used and pair["arxiv_id"] in known:
            used.add(pair["arxiv_id"])
            records += _acl_records(known[pair["arxiv_id"]], pair, chance)
    titles = Counter(Record("", "", paper).title_key for paper in known.values())
    everything = sorted(known)
    chance.shuffle(everything)
    everything.sort(key=lambda name: name not in variants)
    for name in everything:
        # Nobody can say whether two arXiv identifiers with one title are one work.
        if name in used or titles[Record("", "", known[name]).title_key] > 1:
            continue
        if len(records) >= wanted:
            break
        if (
            name in variants
            and sum(r.kind == "version, other title" for r in records) > wanted / 10
        ):
            continue
        records += _records_of(known[name], variants.get(name), chance)
    return records[:wanted]


def _near_pairs(known: dict[str, Paper], chance: random.Random) -> Iterator[list[Disguised]]:
    """Different papers of one first author whose titles are most alike."""
    by_author: dict[str, list[Record]] = defaultdict(list)
    for name, paper in sorted(known.items()):
        record = Record("", name, paper)
        if record.names:
            by_author[record.names[0][0]].append(record)
    for group in by_author.values():
        for one, other in combinations(group[:60], 2):
            matcher = SequenceMatcher(None, one.title_key, other.title_key, autojunk=False)
            if one.title_key == other.title_key or matcher.quick_ratio() < 0.75:
                continue
            if matcher.ratio() > 0.75:
                yield [
                    Disguised(one.digest, "arXiv", "arxiv", one.paper),
                    _publication(other.digest, other.paper, chance, noise=False),
                ]


def _acl_records(paper: Paper, pair: dict[str, Any], chance: random.Random) -> list[Disguised]:
    names = [Identifier("acl", pair["acl_id"])]
    if pair["acl_doi"] and chance.random() < 0.5:
        names = list(identify(pair["acl_doi"]))[:1]
    published = Paper(
        title=pair["acl_title"],
        identifiers=tuple(names),
        authors=tuple(_other_name(author, chance) for author in paper.authors),
        published=date(int(pair["acl_year"]), 7, 1),
    )
    truth = pair["arxiv_id"]
    return [
        Disguised(truth, "arXiv", "arxiv", paper),
        Disguised(truth, "ACL Anthology", "acl", published),
    ]


def _records_of(
    paper: Paper, variants: dict[str, Any] | None, chance: random.Random
) -> list[Disguised]:
    truth = paper.identifier("arxiv") or ""
    records = [Disguised(truth, "arXiv", "arxiv", paper)]
    if variants:
        for variant in variants["variants"]:
            if variant["title"] != paper.title:
                other = replace(paper, title=variant["title"], version=2)
                records.append(Disguised(truth, "version, other title", "arxiv", other))
    if chance.random() < 0.3:
        doi = replace(paper, identifiers=(Identifier("doi", f"10.48550/arXiv.{truth}"),))
        records.append(Disguised(truth, "arXiv DOI", "feed", doi))
    if paper.authors and chance.random() < 0.7:
        records.append(_publication(truth, paper, chance, noise=True))
    if chance.random() < 0.2:
        address = f"https://openreview.net/forum?id={chance.getrandbits(50):x}"
        listed = Paper(title=_spelt(paper.title, chance)[1], identifiers=identify(address))
        if len(Record("", "", listed).words) >= 5 and len(listed.title) > 40:
            records.append(Disguised(truth, "list line, no authors", papers.READING_LIST, listed))
    return records


def _publication(truth: str, paper: Paper, chance: random.Random, *, noise: bool) -> Disguised:
    kind, title = _spelt(paper.title, chance) if noise else ("near title", paper.title)
    year = 2000 + int(truth[:2]) if truth[:2].isdecimal() else 2020
    published = Paper(
        title=title,
        identifiers=(Identifier("doi", f"10.5555/{truth.replace('.', '')}"),),
        abstract=paper.abstract,
        authors=tuple(_other_name(author, chance) for author in paper.authors),
        published=date(year + chance.choice((0, 0, 1, 1, 2)), 6, 1),
        venue="A Journal",
    )
    return Disguised(truth, f"publication, {kind}", "journal", published)


def _spelt(title: str, chance: random.Random) -> tuple[str, str]:
    kind = chance.choices(list(_SPELLINGS), weights=[4, 3, 3, 3, 2, 1, 1])[0]
    return kind, _SPELLINGS[kind](title, chance)


def _case(title: str, chance: random.Random) -> str:
    return chance.choice((str.upper, str.lower, str.title, str.capitalize))(title)


def _punctuation(title: str, chance: random.Random) -> str:
    title = title.replace(": ", chance.choice((" - ", ". ", " – ", "; "))).replace("'", "’")
    return title.replace("-", chance.choice(("–", " ", ""))) + chance.choice((".", "", " ."))


def _markup(title: str, chance: random.Random) -> str:
    words = title.replace("&", "&amp;").split()
    place = chance.randrange(len(words))
    words[place] = chance.choice(
        ("<i>{}</i>", "<b>{}</b>", "\\emph{{{}}}", "{{{}}}", "<sub>{}</sub>")
    ).format(words[place])
    return " ".join(words)


def _spaces(title: str, chance: random.Random) -> str:
    return chance.choice(("\n ", "  ", "\u00a0")).join(title.split(" "))


def _articles(title: str, chance: random.Random) -> str:
    """One article left out, if there is one."""
    words = title.split()
    places = [i for i, word in enumerate(words) if word.lower() in {"a", "an", "the"}]
    if places:
        del words[chance.choice(places)]
    return " ".join(words)


def _typo(title: str, chance: random.Random) -> str:
    """One letter added, left out, changed, or swapped with the next; first letters stay right."""
    places = [i for i in range(1, len(title)) if title[i].isalpha() and title[i - 1].isalpha()]
    at = chance.choice(places)
    letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
    start, here, rest = title[:at], title[at], title[at + 1 :]
    forms = (
        start + rest,
        start + letter + here + rest,
        start + letter + rest,
        start + rest[:1] + here + rest[1:],
    )
    return chance.choice(forms)


_SPELLINGS: dict[str, Callable[[str, random.Random], str]] = {
    "same title": lambda title, chance: title,
    "other case": _case,
    "other punctuation": _punctuation,
    "markup": _markup,
    "other spacing": _spaces,
    "articles left out": _articles,
    "typing error": _typo,
}


def _other_name(author: str, chance: random.Random) -> str:
    """The ways in which sources write one name."""
    *first, last = re.sub(r"\(.*?\)", "", author).split() or [author]
    if not first or len(last.strip(".")) < 2 or "\\" in author:
        return author
    initials = [name[0] for name in first]
    return chance.choice(
        (
            author,
            f"{last}, {' '.join(first)}",
            f"{last} {''.join(initials)}".strip(),
            " ".join([*(f"{letter}." for letter in initials), last]),
            f"{last}, {' '.join(f'{letter}.' for letter in initials)}",
        )
    )


def merge(records: list[Disguised], chance: random.Random) -> tuple[list[int], float]:
    """The paper each record ended in, after merging them shuffled in batches."""
    order = list(range(len(records)))
    chance.shuffle(order)
    start = time.perf_counter()
    with (
        tempfile.TemporaryDirectory() as folder,
        Index.open(f"sqlite:///{folder}/papers.sqlite") as index,
    ):
        given: dict[int, int] = {}
        for at in range(0, len(order), 500):
            by_source: dict[str, list[int]] = defaultdict(list)
            for number in order[at : at + 500]:
                by_source[records[number].source].append(number)
            with index.write() as session:
                for source, numbers in by_source.items():
                    batch = [records[number].paper for number in numbers]
                    ids = papers.merge(session, batch, source=source, seen_at=NOW).ids
                    given.update(zip(numbers, ids, strict=True))
        with index.read() as session:
            found = [papers.resolve(session, given[number]) or 0 for number in range(len(records))]
    return found, time.perf_counter() - start


def report(records: list[Disguised], found: list[int], seconds: float) -> None:
    """Print precision and recall of pairs, the errors and recall by disguise."""
    should = set(_pairs(record.truth for record in records))
    did = set(_pairs(found))
    right = should & did
    print(f"records {len(records)}, papers {len({r.truth for r in records})}, {seconds:.1f} s")
    near = sum(record.kind == "publication, near title" for record in records)
    print(f"hard negatives: {near} papers under the title nearest to another's by its first author")
    print(f"pairs that are one paper: {len(should)}, put together: {len(did)}")
    print(f"precision {len(right) / len(did):.5f}  recall {len(right) / len(should):.5f}")
    for one, other in sorted(did - should):
        print("  wrong:", records[one].paper.title, "|", records[other].paper.title)
    kinds: dict[str, list[bool]] = defaultdict(list)
    for one, other in should:
        for kind in {records[one].kind, records[other].kind} - {"arXiv"} or {"arXiv"}:
            kinds[kind].append((one, other) in did)
    for kind, hits in sorted(kinds.items()):
        print(f"  {kind:32} pairs {len(hits):5}  recall {sum(hits) / len(hits):.4f}")
    for one, other in sorted(should - did)[:90]:
        print("  missed:", records[one].paper.title, "|", records[other].paper.title, "|",
              records[other].kind, records[other].paper.authors[:2])  # fmt: skip


def _pairs(labels: Iterable[object]) -> Iterator[tuple[int, int]]:
    groups: dict[object, list[int]] = defaultdict(list)
    for number, label in enumerate(labels):
        groups[label].append(number)
    for group in groups.values():
        yield from combinations(group, 2)


def _read_papers(folder: Path) -> dict[str, Paper]:
    """Papers with their authors, by arXiv identifier."""
    read: dict[str, Paper] = {}
    for path in sorted(folder.glob("*.jsonl.gz")):
        for line in _lines(path):
            authors = line.get("authors") or ()
            if line["id"] not in read or (authors and not read[line["id"]].authors):
                read[line["id"]] = Paper(
                    title=line["title"],
                    identifiers=(Identifier("arxiv", line["id"]),),
                    abstract=line.get("abstract") or "",
                    authors=tuple(authors),
                    categories=tuple(line.get("categories") or ()),
                    published=month_of(line["id"]),
                )
    return read


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


if __name__ == "__main__":
    main()
