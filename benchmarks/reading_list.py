"""How well real lists are read, and how well entries are put back into them.

    python -m benchmarks.reading_list --lists DIR [--repositories DIR] [--only NAME] [--json]

For every `*.md` of DIR, one at a time:

- `sections`, `entries`; `coverage`: the share of the file's links to papers that lie inside an
  entry. Links in comments, in code, in what stands before the first section with entries and in
  sections that hold none by their heading (news, citation, thanks...) are not counted;
  `byte_identity`: parsing and writing back changes nothing.
- Leave-one-out: every entry is taken out, and put back from its parsed facts: title, authors,
  venue, date, links with their labels (badges are links without an address), short name. `exact`
  is the share written letter for letter as before; `structure` the share that is the same once
  the values are masked; both leave the notes of an entry (a summary, a rating) out of account,
  which are no facts and cannot come back; `exact_with_notes` does not. The running number of a
  list that counts is the position's matter. `position`: the share within one place of where it
  was, in sections where at least four fifths of the neighbouring pairs stand in order by date or
  alphabet; `position_with_ties`: in all sections with an order, entries of the same date as the
  one put back not counted as places.
- `history_position`: for every commit of `NAME.bundle` that added entries, the share that is put
  exactly where the maintainers put them, among the entries there before.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tracker.identifiers import normalise_title
from tracker.reading_list import Document, Entry, ReadingList, Style, read_text
from tracker.reading_list.inline import scan
from tracker.reading_list.missing import leave_out
from tracker.reading_list.order import strictly_ordered
from tracker.reading_list.reading import read
from tracker.reading_list.render import with_signs
from tracker.reading_list.rows import cells_of, is_nothing
from tracker.reading_list.splice import insertion
from tracker.reading_list.template import Template
from tracker.reading_list.words import is_paper_url
from tracker.taxonomy import Path as SectionPath

FILE = "README.md"
SHARES = (
    *("coverage", "byte_identity", "exact", "exact_with_notes", "structure", "position"),
    *("position_with_ties", "history_position"),
)


@dataclass(slots=True)
class Tally:
    """How many of how many."""

    hits: int = 0
    total: int = 0

    def add(self, hit: bool) -> None:
        """Count one case."""
        self.hits += hit
        self.total += 1


def paper_links(document: Document) -> Iterator[int]:
    """The lines (from 0) of the links to papers an entry should hold."""
    text = re.sub(
        r"<!--.*?-->|^ {0,3}(`{3,}|~{3,}).*?^ {0,3}\1", _blank, document.text, flags=re.S | re.M
    )
    first = min((entry.start for entry in document.entries), default=0)
    first = max((start for start, closed in document.starts if start <= first), default=0)
    line, position = 0, 0
    for mark in scan(text):
        if mark.kind != "link" or not is_paper_url(text[mark.url[0] : mark.url[1]]):
            continue
        line += len(re.findall(r"\r\n|\r|\n", text[position : mark.start]))
        position = mark.start
        inside = any(start <= line < end for start, end in document.outside)
        if line >= first and not inside:
            yield line


def expected(entry: Entry, signs: str) -> str:
    """The entry's text as it is without its notes, which are no facts.

    Nor are emoji before it, other than those that all of its section have (`signs`).
    """
    tokens = with_signs(Template(entry).tokens, signs)
    kept = leave_out(tokens, {"note", "signs"}, cells=entry.kind in ("table row", "html row"))
    return "".join(token.text for token in kept)


def _blank(found: re.Match[str]) -> str:
    return re.sub(r"[^\r\n]", " ", found[0])


def coverage(document: Document) -> Tally:
    """Of the links to papers, how many lie in an entry."""
    covered = {n for entry in document.entries for n in range(entry.start, entry.end)}
    tally = Tally()
    for line in paper_links(document):
        tally.add(line in covered)
    return tally


def masked(entry: Entry, text: str) -> str:
    """An entry's text with its values masked."""
    reading = read(text.rstrip("\r\n"), entry.kind, entry.columns)
    mask = Template(replace(entry, text=text, reading=reading)).masked
    if entry.kind == "table row":
        # Markdown does not mind the blanks around a bar, nor a last bar more or less.
        return re.sub(r"\s*\|\s*", "|", mask).strip("| ")
    # Nor can a reader tell one blank from another.
    return re.sub(r"[ \t\u00a0]+", " ", mask).strip()


def normal(entry: Entry, text: str) -> str:
    """Text without trailing white space and, where a list counts, without the running number."""
    text = re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)
    return re.sub(r"^\s*\d+(?=[.)])", "1", text) if entry.kind == "numbered" else text


def without_nothing(row: str) -> str:
    """A row with empty cells where it says that there is nothing, as where a note stood."""
    return "|".join("" if is_nothing(cell) else cell.strip() for cell in cells_of(row))


def leave_one_out(reading_list: ReadingList, show: int = 0) -> dict[str, Tally]:
    """Take each entry out, put it back, and compare."""
    names = ("exact", "exact_with_notes", "structure", "position", "position_with_ties")
    tallies = {name: Tally() for name in names}
    for section, entries in reading_list.by_section.items():
        whole = reading_list.style(section)
        strict = strictly_ordered([entry.facts for entry in whole.lane])
        ordered = whole.order.name in ("newest first", "oldest first", "alphabetical")
        for entry in entries:
            style = without(reading_list, whole, section, entry)
            _, splice = insertion(reading_list.documents, section, style, entry.facts)
            text = splice.text.rstrip("\r\n")
            before = expected(entry, style.habits.signs)
            text, before = normal(entry, text), normal(entry, before)
            if entry.kind == "table row" and entry.notes:
                text, before = without_nothing(text), without_nothing(before)
            same = masked(entry, text) == masked(entry, before)
            tallies["exact"].add(text == before)
            tallies["exact_with_notes"].add(text == normal(entry, entry.text.rstrip("\r\n")))
            tallies["structure"].add(same or text == before)
            if show and not same:
                print(f"- {before}\n+ {text}")
            if entry in whole.lane:
                where = whole.lane.index(entry)
                others = (other for other in whole.lane if other is not entry)
                at = sum(other.start < splice.start for other in others)
                if strict:
                    tallies["position"].add(abs(at - where) <= 1)
                if ordered:
                    away = untied(whole, where, at)
                    tallies["position_with_ties"].add(away <= 1)
    return tallies


def untied(style: Style, where: int, at: int) -> int:
    """How many entries of another date or name lie between two places of a section."""
    keys = [style.order.key(entry.facts) for entry in style.lane]
    others = keys[:where] + keys[where + 1 :]
    between = others[min(where, at) : max(where, at)]
    return sum(other != keys[where] for other in between)


def without(reading_list: ReadingList, whole: Style, section: SectionPath, entry: Entry) -> Style:
    """The section's style as it is without the entry."""
    if len(whole.lane) > 1 or entry not in whole.lane:
        return whole.without(entry)
    others = {path: entries for path, entries in reading_list.by_section.items() if path != section}
    return ReadingList.style_among(others, section)


def history(bundle: Path) -> Tally:
    """Of the entries the maintainers added, how many go where they put them."""
    tally = Tally()
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["git", "clone", "-q", "--bare", str(bundle), folder], check=True)
        git = ["git", "-C", folder]
        log = subprocess.run(
            [*git, "log", "--all", "--reverse", "--first-parent", "--format=%H"],
            check=True, capture_output=True, text=True,
        ).stdout.split()  # fmt: skip
        before: ReadingList | None = None
        for commit in log:
            shown = subprocess.run(
                [*git, "show", f"{commit}:{FILE}"], check=False, capture_output=True
            )
            if shown.returncode:
                continue
            text = shown.stdout.decode("utf-8", "surrogateescape")
            after = ReadingList.parse({FILE: text})
            if before is not None and before.files[FILE] != text:
                _compare(before, after, tally)
            before = after
    return tally


def key(entry: Entry) -> str:
    """What an entry is recognised by in another version of the list."""
    return normalise_title(entry.title)


def _compare(before: ReadingList, after: ReadingList, tally: Tally) -> None:
    known = {key(entry) for entry in before.entries}
    links = {str(i) for entry in before.entries for i in entry.identifiers}
    for section, entries in after.by_section.items():
        there = [key(entry) for entry in before.by_section.get(section, [])]
        if not there:
            continue
        for number, entry in enumerate(entries):
            if key(entry) in known or any(str(i) in links for i in entry.identifiers):
                continue
            common = [key(other) for other in entries[:number] if key(other) in there]
            _, splice = insertion(before.documents, section, before.style(section), entry.facts)
            old = [other for other in before.by_section[section] if other.start < splice.start]
            put = [key(other) for other in old if key(other) in {key(other) for other in entries}]
            tally.add(len(put) == len(common))


def measure(path: Path, bundle: Path | None, show: int) -> dict[str, Any]:
    """Everything about one list; tallies under the shares' names."""
    text = read_text(path)
    reading_list = ReadingList.parse({FILE: text})
    document = reading_list.documents[FILE]
    identity = Tally()
    identity.add(reading_list.files[FILE] == text and "".join(document.lines) == text)
    found: dict[str, Any] = {
        "sections": len(document.taxonomy),
        "entries": len(document.entries),
        "unread": len(document.unread),
        "coverage": coverage(document),
        "byte_identity": identity,
    }
    found |= leave_one_out(reading_list, show)
    found["history_position"] = history(bundle) if bundle and bundle.exists() else Tally()
    return found


def share(tally: Tally) -> float | None:
    """A tally as a share; None when nothing was counted."""
    return round(tally.hits / tally.total, 4) if tally.total else None


def report(lists: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The benchmark's document: shares over all cases together, and for each list."""
    overall: dict[str, Any] = {
        name: sum(found[name] for found in lists.values())
        for name in ("sections", "entries", "unread")
    }
    for name in SHARES:
        tallies = [found[name] for found in lists.values()]
        overall[name] = share(Tally(sum(t.hits for t in tallies), sum(t.total for t in tallies)))
        shares = [value for tally in tallies if (value := share(tally)) is not None]
        overall[f"{name}_mean"] = round(sum(shares) / len(shares), 4) if shares else None
    each = {
        list_name: {
            name: share(value) if isinstance(value, Tally) else value
            for name, value in found.items()
        }
        for list_name, found in lists.items()
    }
    return {"overall": overall, "lists": each}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--lists", type=Path, required=True)
    parser.add_argument("--repositories", type=Path)
    parser.add_argument("--only", default="", help="lists whose name contains this")
    parser.add_argument("--show", action="store_true", help="print entries put back otherwise")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    lists = {}
    for path in sorted(arguments.lists.glob("*.md")):
        if arguments.only in path.name:
            bundle = (
                arguments.repositories / f"{path.stem}.bundle" if arguments.repositories else None
            )
            lists[path.stem] = measure(path, bundle, arguments.show)
    result = report(lists)
    if arguments.json:
        print(json.dumps(result, indent=2))
        return
    for name, found in [*result["lists"].items(), ("overall", result["overall"])]:
        shares = "  ".join(f"{key[:9]} {found[key]}" for key in SHARES if found[key] is not None)
        print(f"{name[:34]:35}{found['sections']:4}{found['entries']:6}  {shares}")


if __name__ == "__main__":
    main()
