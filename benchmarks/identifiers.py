"""How many of the links to papers in real lists yield an identifier, and whether it is right.

    python -m benchmarks.identifiers --lists FOLDER [--identity FOLDER] [--misses]

A link is *named* when it gives an arXiv id, DOI, PMID, PMCID, ACL or Semantic Scholar name,
*placed* when the site has no such name in its address but its many spellings come down to one
(OpenReview, IEEE Xplore, NeurIPS), and *missed* when only the address as it stands is left.
"Right" is checked where the data holds an independent answer: the arXiv ids of the lists'
histories, and the ACL names and DOIs of the identity pairs.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tracker.addresses import found_in, parse_address
from tracker.identifiers import identify


def main() -> None:
    """Print coverage, errors and, when asked, each miss."""
    parser = argparse.ArgumentParser(description="Coverage of identifiers in links of real lists.")
    parser.add_argument("--lists", type=Path, required=True, help="folder of *.history.jsonl")
    parser.add_argument("--identity", type=Path, help="folder of pairs_arxiv_acl.jsonl.gz")
    parser.add_argument("--misses", action="store_true", help="print every missed link")
    arguments = parser.parse_args()
    links, wrong, checked = _read_links(arguments.lists)
    kinds = {link: _kind(link) for link in links}
    counts = Counter(kinds.values())
    print(f"links to papers: {len(links)}")
    for kind in ("named", "placed", "missed"):
        print(f"  {kind:7} {counts[kind]:6}  {counts[kind] / len(links):.1%}")
    print(f"arXiv links checked against the lists' histories: {checked}, wrong: {len(wrong)}")
    for link, expected in wrong:
        print(f"  {link} is {expected}")
    missed = [link for link, kind in kinds.items() if kind == "missed"]
    hosts = Counter(urlsplit(link).hostname or "" for link in missed)
    print("misses by host:", ", ".join(f"{host} {n}" for host, n in hosts.most_common(15)))
    if arguments.misses:
        print(*sorted(missed), sep="\n")
    if arguments.identity:
        _check_pairs(arguments.identity / "pairs_arxiv_acl.jsonl.gz")


def _read_links(folder: Path) -> tuple[list[str], list[tuple[str, str]], int]:
    links: set[str] = set()
    wrong = []
    checked = 0
    for path in sorted(folder.glob("*.history.jsonl")):
        for line in _lines(path):
            links.update(line["paper_urls"])
            expected = line["arxiv_id"]
            names = {str(name) for url in line["paper_urls"] for name in identify(url)}
            if expected and any(expected in url for url in line["paper_urls"]):
                checked += 1
                if f"arxiv:{expected}" not in names:
                    wrong.append((", ".join(line["paper_urls"]), expected))
    return sorted(links), wrong, checked


def _kind(link: str) -> str:
    (first, *_) = identify(link) or (None,)
    if first is None:
        return "missed"
    if first.scheme != "url":
        return "named"
    address = parse_address(link)
    return "placed" if address and any(True for _ in found_in(address)) else "missed"


def _check_pairs(path: Path) -> None:
    pairs = list(_lines(path))
    spellings: dict[str, Callable[[dict[str, str]], str]] = {
        # MIT Press's DOIs (Computational Linguistics, TACL) do not hold the Anthology's name.
        "DOI": lambda pair: (
            f"https://doi.org/{pair['acl_doi']}" if pair["acl_doi"].startswith("10.18653/") else ""
        ),
        "page": lambda pair: f"https://aclanthology.org/{pair['acl_id']}/",
        "file": lambda pair: f"http://www.aclweb.org/anthology/{pair['acl_id']}.pdf",
    }
    for name, spell in spellings.items():
        asked = [(spell(pair), pair["acl_id"]) for pair in pairs if spell(pair)]
        wrong = [
            link for link, expected in asked if f"acl:{expected}" not in map(str, identify(link))
        ]
        print(f"ACL Anthology by {name}: {len(asked)} links, wrong: {len(wrong)}", *wrong[:3])


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


if __name__ == "__main__":
    main()
