"""A stand-in for arXiv's query API: Atom, paging, totals, id_list, sorting, the error feed.

Written after https://info.arxiv.org/help/api/user-manual.html and the answers the real one
gave. The ways it is known to misbehave are faults to queue with `World.fail`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from tests.world.server import Answer, Request, World

MOST_PER_PAGE = 2_000
MOST_PER_QUERY = 30_000
XML = {"Content-Type": "application/atom+xml; charset=utf-8"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A paper as arXiv holds it; `submitted` is when the first version came in."""

    id: str
    title: str
    abstract: str = "We describe an invented thing."
    authors: tuple[str, ...] = ("Ada Muster", "Bo Beispiel")
    categories: tuple[str, ...] = ("cs.CL",)
    submitted: datetime
    updated: datetime | None = None
    version: int = 1
    comment: str = ""
    journal_ref: str = ""
    doi: str = ""


def records(
    count: int,
    *,
    first: date = date(2026, 3, 2),
    per_day: int = 10,
    categories: Sequence[tuple[str, ...]] = (("cs.CL",), ("cs.AI", "cs.CL"), ("cs.LG",)),
) -> list[Record]:
    """Invented papers, `per_day` of them a day from `first` on."""
    made = []
    for number in range(count):
        day = first + timedelta(days=number // per_day)
        moment = datetime.combine(day, time(8), UTC) + timedelta(minutes=number % per_day)
        made.append(
            Record(
                id=f"{day:%y%m}.{number + 1:05d}",
                title=f"Invented study number {number + 1}",
                abstract=f"Study {number + 1} shows $a<b$ & little else.",
                categories=categories[number % len(categories)],
                submitted=moment,
            )
        )
    return made


class ArxivWorld(World):
    """Serves `papers` at `/api/query`."""

    def __init__(self, papers: Iterable[Record] = ()) -> None:
        super().__init__()
        self.papers = list(papers)
        self.on("GET", r"/api/query", self._query)

    @property
    def api(self) -> str:
        """The value for `[sources.arxiv] url`."""
        return self.url + "/api/query"

    def _query(self, request: Request) -> Answer:
        asked = request.query
        start, most = int(asked.get("start", 0)), int(asked.get("max_results", 10))
        if most > MOST_PER_QUERY or start > MOST_PER_QUERY:
            return error_feed("max_results must be no more than 30000", status=400)
        wanted = [name for name in asked.get("id_list", "").split(",") if name]
        for name in wanted:
            if not re.fullmatch(r"(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7})(v\d+)?", name):
                return error_feed(f"incorrect id format for {name}", status=400)
        found = self.papers
        if wanted:
            names = {re.sub(r"v\d+$", "", name) for name in wanted}
            found = [paper for paper in found if paper.id in names]
        if query := asked.get("search_query", ""):
            found = [paper for paper in found if _matches(paper, query)]
        found = _sorted(found, asked.get("sortBy", ""), asked.get("sortOrder", ""))
        page = found[start : start + min(most, MOST_PER_PAGE)]
        return feed(page, total=len(found), start=start, size=most, title=str(dict(asked)))


def _matches(paper: Record, query: str) -> bool:
    window = re.search(r"submittedDate:\[(\d{12}) TO (\d{12})\]", query)
    if window and not window[1] <= f"{paper.submitted:%Y%m%d%H%M}" <= window[2]:
        return False
    categories = set(re.findall(r"cat:([\w.-]+)", query))
    if categories and not categories & set(paper.categories):
        return False
    words = [word.lower() for word in re.findall(r"(?:all|ti|abs):\"?([\w -]+)", query)]
    text = f"{paper.title} {paper.abstract}".lower()
    return not words or any(word.strip() in text for word in words)


def _sorted(papers: list[Record], by: str, order: str) -> list[Record]:
    if by == "relevance" or not by:
        return papers
    keys = {
        "submittedDate": lambda p: (p.submitted, p.id),
        "lastUpdatedDate": lambda p: (p.updated or p.submitted, p.id),
    }
    return sorted(papers, key=keys[by], reverse=order != "ascending")


def feed(
    papers: Iterable[Record], *, total: int, start: int = 0, size: int = 10, title: str = ""
) -> Answer:
    """A page of results as the API writes it."""
    entries = "".join(entry(paper) for paper in papers)
    return Answer(200, _FEED.format(escape(title), size, total, start, entries), XML)


_FEED = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" \
xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/api/stand-in</id>
  <title>arXiv Query: {}</title>
  <updated>2026-04-12T22:09:26Z</updated>
  <opensearch:itemsPerPage>{}</opensearch:itemsPerPage>
  <opensearch:totalResults>{}</opensearch:totalResults>
  <opensearch:startIndex>{}</opensearch:startIndex>
{}</feed>
"""


def entry(paper: Record) -> str:
    """One paper as Atom; the newest version, with the date of the first as `published`."""
    page = f"https://arxiv.org/abs/{paper.id}v{paper.version}"
    parts = [
        f"    <id>http://arxiv.org/abs/{paper.id}v{paper.version}</id>",
        f"    <title>{escape(paper.title)}</title>",
        f"    <updated>{paper.updated or paper.submitted:%Y-%m-%dT%H:%M:%SZ}</updated>",
        f'    <link href="{page}" rel="alternate" type="text/html"/>',
        f"    <summary>{escape(paper.abstract)}</summary>",
        *(f"    <category term={quoteattr(name)}/>" for name in paper.categories),
        f"    <published>{paper.submitted:%Y-%m-%dT%H:%M:%SZ}</published>",
        f"    <arxiv:comment>{escape(paper.comment)}</arxiv:comment>" * bool(paper.comment),
        f"    <arxiv:primary_category term={quoteattr(paper.categories[0])}/>",
        f"    <arxiv:journal_ref>{escape(paper.journal_ref)}</arxiv:journal_ref>"
        * bool(paper.journal_ref),
        *(f"    <author><name>{escape(name)}</name></author>" for name in paper.authors),
        f"    <arxiv:doi>{escape(paper.doi)}</arxiv:doi>" * bool(paper.doi),
    ]
    return "  <entry>\n" + "\n".join(part for part in parts if part) + "\n  </entry>\n"


def error_feed(message: str, status: int = 200) -> Answer:
    """The feed of one entry by which the API reports an error, at times with status 200."""
    where = "https://arxiv.org/api/errors#" + message.replace(" ", "_")
    body = f"""<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns="http://www.w3.org/2005/Atom">
  <id>https://arxiv.org/</id>
  <title>arXiv Search Results</title>
  <opensearch:itemsPerPage>1</opensearch:itemsPerPage>
  <opensearch:totalResults>1</opensearch:totalResults>
  <opensearch:startIndex>0</opensearch:startIndex>
  <entry>
    <id>{where}</id>
    <title>Error</title>
    <updated>2026-04-12T22:59:06Z</updated>
    <summary>{escape(message)}</summary>
    <author><name>arXiv api core</name></author>
  </entry>
</feed>
"""
    return Answer(status, body, XML)


RATE_EXCEEDED = Answer(200, "Rate exceeded.")
HTML_PAGE = Answer(
    200,
    "<!DOCTYPE html><html><body><h1>We will be back soon</h1><br></body></html>",
    {"Content-Type": "text/html"},
)


def without_entries(_: Request, answer: Answer) -> Answer:
    """The page with its totals and none of its papers."""
    return replace(answer, body=re.sub(r"  <entry>.*?</entry>\n", "", answer.body, flags=re.S))


def without_first_entry(_: Request, answer: Answer) -> Answer:
    """The page with one paper missing."""
    return replace(
        answer, body=re.sub(r"  <entry>.*?</entry>\n", "", answer.body, count=1, flags=re.S)
    )


def cut_off(_: Request, answer: Answer) -> Answer:
    """Half of the XML with a length to match, as a proxy may store it."""
    return replace(answer, body=answer.body[: len(answer.body) * 2 // 3])


def with_total(change: int) -> Any:
    """A fault that announces so many papers more (or fewer) than there are."""

    def changed(_: Request, answer: Answer) -> Answer:
        body = re.sub(
            r"(<opensearch:totalResults>)(\d+)",
            lambda found: found[1] + str(int(found[2]) + change),
            answer.body,
        )
        return replace(answer, body=body)

    return changed


def reordered(*order: int) -> Any:
    """A fault that gives the page's papers in another order, some perhaps twice."""

    def changed(_: Request, answer: Answer) -> Answer:
        entries = re.findall(r"  <entry>.*?</entry>\n", answer.body, flags=re.S)
        chosen = "".join(entries[index] for index in order if index < len(entries))
        head = answer.body.split("  <entry>", 1)[0]
        return replace(answer, body=head + chosen + "</feed>\n")

    return changed
