"""Files of papers: three formats, bad lines, and reading on where the last reading ended."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.errors import InputError, SourceError
from tracker.identifiers import Identifier
from tracker.paper import Link
from tracker.sources import Batch
from tracker.sources.files import FileSource
from tracker.sources.records import paper_of_record, split_authors

MAY = date(2024, 5, 15)


def line(number: int, published: str | None = "2024-05-01", **more: Any) -> str:
    """A plain record."""
    record = {"id": f"2405.{number:05d}", "title": f"Invented study {number}", **more}
    if published:
        record["published"] = published
    return json.dumps(record)


class Reader:
    """Reads a file again and again as runs do, keeping the watermark."""

    def __init__(self, path: Path) -> None:
        self.source = FileSource(path.name, path)
        self.watermark: str | None = None

    def __call__(self, until: date = MAY) -> list[str]:
        found = []
        for batch in self.source.read(self.watermark, until):
            found += [paper.identifier("arxiv") or "" for paper in batch.papers]
            self.watermark = batch.watermark or self.watermark
        return [name.removeprefix("2405.").lstrip("0") for name in found]


@pytest.fixture(params=["plain", "gzip"])
def write(request: pytest.FixtureRequest) -> Callable[[Path, str], None]:
    """Writes a file, in both of the ways it may lie there."""

    def zipped(path: Path, text: str) -> None:
        path.write_bytes(gzip.compress(text.encode()))

    def plain(path: Path, text: str) -> None:
        path.write_text(text, encoding="utf-8")

    return zipped if request.param == "gzip" else plain


Write = Callable[[Path, str], None]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "feed.jsonl"


def test_the_snapshot_of_arxiv() -> None:
    paper = paper_of_record(
        {
            "id": "hep-th/9901001",
            "submitter": "Ada Muster",
            "authors": "A. Muster (1), B. Beispiel and C. Third ((1) Somewhere)",
            "title": "Invented\n  fields",
            "comments": "9 pages; https://github.com/ada/fields",
            "journal-ref": "Inv. Phys. 1 (1999)",
            "doi": "10.1234/Inv.1",
            "categories": "hep-th math.QA",
            "abstract": "  We invent.\n",
            "versions": [
                {"version": "v1", "created": "Sun, 3 Jan 1999 23:30:00 -0500"},
                {"version": "v2", "created": "Mon, 1 Feb 1999 10:00:00 GMT"},
            ],
            "update_date": "2009-10-31",
            "authors_parsed": [["Muster", "Ada", ""], ["Beispiel", "Bo", "Jr."], ["Third", "", ""]],
        }
    )
    assert paper.identifiers == (
        Identifier("arxiv", "hep-th/9901001"),
        Identifier("doi", "10.1234/inv.1"),
    )
    assert paper.title == "Invented fields"
    assert paper.authors == ("Ada Muster", "Bo Beispiel Jr.", "Third")
    assert paper.categories == ("hep-th", "math.QA")
    assert (paper.published, paper.updated) == (date(1999, 1, 4), date(2009, 10, 31))
    assert (paper.version, paper.venue) == (2, "Inv. Phys. 1 (1999)")
    assert paper.links == (Link("code", "https://github.com/ada/fields"),)


def test_a_plain_record() -> None:
    paper = paper_of_record(
        {
            "id": "2405.00001v2",
            "title": "Invented",
            "authors": ["Ada Muster", " Bo  Beispiel "],
            "categories": ["cs.CL"],
            "published": "2024-05-03T15:57:09Z",
            "doi": None,
        }
    )
    assert paper.identifiers == (Identifier("arxiv", "2405.00001"),)
    assert paper.authors == ("Ada Muster", "Bo Beispiel")
    assert (paper.published, paper.version) == (date(2024, 5, 3), 2)


def test_our_own_export() -> None:
    paper = paper_of_record(
        {
            "title": "Invented",
            "identifiers": ["doi:10.1234/inv", "pmid:123", "made-up:9", "arxiv:2405.00001"],
            "venue": "Inventions",
            "published": "2024-05",
            "links": [
                {"role": "code", "url": "https://a.example/code"},
                {"role": "strange", "url": "https://a.example/x"},
                {"role": "code", "url": "javascript:alert(1)"},
            ],
            "embedding": [0.5] * 768,
        }
    )
    assert [str(i) for i in paper.identifiers] == [
        "doi:10.1234/inv",
        "pmid:123",
        "arxiv:2405.00001",
    ]
    assert paper.venue == "Inventions"
    assert paper.links == (
        Link("code", "https://a.example/code"),
        Link("other", "https://a.example/x"),
    )
    assert len(paper.embedding) == 768


def test_the_month_of_the_identifier_stands_in_for_a_date() -> None:
    assert paper_of_record({"id": "2405.00001", "title": "x"}).published == date(2024, 5, 1)
    assert paper_of_record({"id": "cs/9905001", "title": "x"}).published == date(1999, 5, 1)
    assert paper_of_record({"doi": "10.1234/x", "title": "x"}).published is None


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ([], "not a JSON object"),
        ({"id": "2405.00001"}, 'no text in "title"'),
        ({"id": "2405.00001", "title": " \n"}, 'no text in "title"'),
        ({"id": "2405.00001", "title": 7}, 'no text in "title"'),
        ({"title": "Nameless"}, "no identifier"),
        ({"title": "Nameless", "identifiers": "arxiv:2405.00001"}, "no identifier"),
        ({"title": "Endless", "url": f"https://a.example/{'x1' * 600}"}, "over 1,000 characters"),
    ],
)
def test_what_is_no_paper(record: object, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        paper_of_record(record)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("A. One, B. Two and C. Three", ("A. One", "B. Two", "C. Three")),
        ("A. One (MIT), B. Two (1 and 2), and C. Three", ("A. One", "B. Two", "C. Three")),
        ("Ferdinand Land and Sandra Anders", ("Ferdinand Land", "Sandra Anders")),
        ("The Invented Collaboration", ("The Invented Collaboration",)),
        ("", ()),
    ],
)
def test_names_in_one_string(text: str, names: tuple[str, ...]) -> None:
    assert split_authors(text) == names


_JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
_KEYS = "id title abstract authors authors_parsed categories versions published updated doi links"


@given(st.dictionaries(st.sampled_from(_KEYS.split()), _JSON))
def test_no_record_breaks_the_reader(record: dict[str, Any]) -> None:
    """Whatever a line holds, it is a paper with a title and a name or a plain ValueError."""
    try:
        paper = paper_of_record(record)
    except ValueError:
        return
    assert paper.title
    assert paper.identifiers


def test_an_unchanged_file_is_not_opened_again(path: Path, write: Write) -> None:
    write(path, "\n".join([line(1), line(2)]))
    reader = Reader(path)
    assert reader() == ["1", "2"]
    before = path.stat()
    assert list(reader.source.read(reader.watermark, MAY)) == []
    assert path.stat().st_atime_ns == before.st_atime_ns


def test_a_copy_with_another_date_is_the_same_file(path: Path, write: Write) -> None:
    text = "\n".join([line(1), line(2)])
    write(path, text)
    reader = Reader(path)
    reader()
    path.unlink()
    write(path, text)
    assert reader() == []


def test_of_a_longer_file_the_tail_is_read(path: Path, write: Write) -> None:
    text = line(1) + "\n" + line(2) + "\n"
    write(path, text)
    reader = Reader(path)
    assert reader() == ["1", "2"]
    write(path, text + line(3))
    assert reader() == ["3"]
    write(path, text + line(3) + "\n" + line(4))
    assert reader() == ["4"]


def test_a_rewritten_file_is_read_from_its_beginning(path: Path, write: Write) -> None:
    write(path, line(1) + "\n" + line(2) + "\n")
    reader = Reader(path)
    reader()
    write(path, line(3) + "\n" + line(2) + "\n" + line(4) + "\n")
    assert reader() == ["3", "2", "4"]


def test_papers_of_later_days_are_left_until_then(path: Path, write: Write) -> None:
    write(path, "\n".join(line(n, f"2024-05-{n:02d}") for n in range(10, 21)))
    reader = Reader(path)
    assert reader(date(2024, 5, 12)) == ["10", "11", "12"]
    assert reader(date(2024, 5, 12)) == []
    assert reader(date(2024, 5, 11)) == []
    assert reader(date(2024, 5, 15)) == ["13", "14", "15"]
    assert reader(date(2024, 6, 1)) == ["16", "17", "18", "19", "20"]
    assert reader(date(2024, 6, 2)) == []


def test_a_run_of_an_earlier_day_does_not_use_a_new_tail_up(path: Path, write: Write) -> None:
    text = line(10, "2024-05-10") + "\n"
    write(path, text)
    reader = Reader(path)
    assert reader(date(2024, 5, 20)) == ["10"]
    write(path, text + line(11, "2024-05-11") + "\n" + line(19, "2024-05-19"))
    assert reader(date(2024, 5, 12)) == ["11"]
    assert set(reader(date(2024, 5, 20))) == {"11", "19"}


def test_a_watermark_that_is_a_day_leaves_out_what_is_older(path: Path) -> None:
    path.write_text("\n".join(line(n, f"2024-05-{n:02d}") for n in range(10, 21)))
    batches = list(FileSource("x", path).read("2024-05-17", date(2024, 5, 19)))
    assert [paper.title for batch in batches for paper in batch.papers] == [
        "Invented study 18",
        "Invented study 19",
    ]


def problems(path: Path) -> list[str]:
    batches = FileSource(path.name, path).read(None, MAY)
    return [problem for batch in batches for problem in batch.problems]


def test_bad_lines_are_named_and_passed(path: Path, write: Write) -> None:
    write(path, "\n".join([line(1), "{oops", "", '{"id": "2405.00009"}', line(2), "[" * 100_000]))
    assert Reader(path)() == ["1", "2"]
    told = [problem.removeprefix(str(path)) for problem in problems(path)]
    assert told[0] == ":2: skipped: not JSON"
    assert told[1] == ':4: skipped: no text in "title" (its keys are id)'
    assert told[2].startswith(":6: skipped")


def test_of_many_bad_lines_the_number_is_told(path: Path) -> None:
    path.write_text("nonsense\n" * 500 + line(1))
    assert Reader(path)() == ["1"]
    told = problems(path)
    assert len(told) == 11
    assert told[-1].endswith("500 lines in all could not be read")


def test_a_line_that_is_still_being_written_is_read_when_it_is_whole(path: Path) -> None:
    whole = line(1) + "\n" + line(2) + "\n"
    path.write_text(whole[:-20])
    reader = Reader(path)
    assert reader() == ["1"]
    path.write_text(whole)
    assert reader() == ["2"]


def test_a_file_of_something_else_is_bad_input(path: Path, write: Write) -> None:
    write(path, "title,authors\nInvented,Ada\n")
    with pytest.raises(InputError, match=r"feed\.jsonl: of its 2 lines none is a paper"):
        Reader(path)()


def test_of_a_file_without_a_paper_the_first_reason_is_told(path: Path, write: Write) -> None:
    records = [{"id": f"2405.{number:05}", "Titel": "Invented"} for number in (1, 2, 3)]
    write(path, "\n" + "\n".join(map(json.dumps, records)) + "\n")
    reason = r'of its 3 lines none .*; line 2: no text in "title" \(its keys are id, Titel\)'
    with pytest.raises(InputError, match=reason):
        Reader(path)()


def test_of_a_strange_record_not_everything_is_quoted() -> None:
    with pytest.raises(ValueError, match="no text") as told:
        paper_of_record({f"{number}\n" * 1000: "x" for number in range(1000)})
    assert len(str(told.value)) < 600
    assert str(told.value).endswith(", ...)")


def test_binary_noise_is_bad_input(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 10)
    with pytest.raises(InputError, match="is a paper in JSON"):
        Reader(path)()


def test_a_file_that_is_none_is_bad_input(path: Path) -> None:
    remedy = r"feed\.jsonl: {}; correct path under \[\[sources\.files\]\]$"
    with pytest.raises(InputError, match=remedy.format("there is no such file")):
        Reader(path)()
    path.mkdir()
    with pytest.raises(InputError, match=remedy.format("is a folder, not a file")):
        Reader(path)()
    with pytest.raises(InputError, match=remedy.format("cannot be read: File name too long")):
        Reader(path.with_name("x" * 300 + "feed.jsonl"))()


def test_an_empty_file_is_no_news(path: Path) -> None:
    path.write_text("")
    assert Reader(path)() == []


def test_a_gzip_file_that_breaks_off_gives_what_it_has_and_fails(path: Path) -> None:
    text = "\n".join(line(n, abstract=f"{n * 7919 % 1013}" * 40) for n in range(1, 3001))
    packed = gzip.compress(text.encode())
    path.write_bytes(packed[: len(packed) // 2])
    reader = Reader(path)
    before: list[Batch] = []
    with pytest.raises(SourceError, match="breaks off"):
        before.extend(reader.source.read(None, MAY))
    found = sum(len(batch.papers) for batch in before)
    assert 0 < found < 3000
    path.write_bytes(packed)
    reader.watermark = before[-1].watermark
    assert found + len(reader()) == 3000


def test_a_reading_cut_short_goes_on_at_its_last_batch(path: Path) -> None:
    path.write_text("\n".join(line(n) for n in range(1, 2501)))
    reader = Reader(path)
    first = next(iter(reader.source.read(None, MAY)))
    reader.watermark = first.watermark
    assert len(first.papers) == 1000
    assert len(reader()) == 1500


@settings(max_examples=60, deadline=None)
@given(
    days=st.lists(st.integers(1, 28), max_size=12),
    steps=st.lists(st.tuples(st.integers(0, 6), st.integers(1, 30)), max_size=8),
)
def test_whatever_grows_and_whenever_it_is_read_nothing_is_lost(
    tmp_path_factory: pytest.TempPathFactory, days: list[int], steps: list[tuple[int, int]]
) -> None:
    """Runs with days in any order over a growing file find each paper whose day has come."""
    path = tmp_path_factory.mktemp("files") / "feed.jsonl"
    path.write_text("")
    reader, seen, written, latest = Reader(path), set(), 0, 0
    for grown, until in steps:
        more = days[written : written + grown]
        with path.open("a") as file:
            for number, published in enumerate(more, written + 1):
                file.write(line(number, f"2024-05-{published:02d}") + "\n")
        written += len(more)
        latest = max(latest, until)
        found = reader(date(2024, 5, 1) + timedelta(days=until - 1))
        assert all(days[int(name) - 1] <= until for name in found)
        seen |= set(found)
        if until == latest:
            assert {str(n) for n, day in enumerate(days[:written], 1) if day <= until} <= seen
    assert seen | set(reader(date(2024, 5, 31))) == {str(n) for n in range(1, written + 1)}
    assert reader(date(2024, 5, 31)) == []
