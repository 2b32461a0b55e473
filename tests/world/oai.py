"""A stand-in for arXiv's OAI-PMH interface: ListRecords with resumption tokens."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from xml.sax.saxutils import escape

from tests.world.server import Answer, Request, World

XML = {"Content-Type": "text/xml; charset=utf-8"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OaiRecord:
    """A record as arXiv keeps it; `changed` is its datestamp."""

    id: str
    changed: date
    title: str = "Invented matter"
    created: date = date(2026, 3, 2)
    doi: str = ""
    journal_ref: str = ""
    deleted: bool = False


def oai_records(count: int, *, first: date = date(2026, 3, 2)) -> list[OaiRecord]:
    """Invented records, ten of them changed on each day."""
    days = [first + timedelta(days=number // 10) for number in range(count)]
    return [
        OaiRecord(id=f"2603.{n + 1:05d}", changed=day, title=f"Invented matter {n + 1}")
        for n, day in enumerate(days)
    ]


class OaiWorld(World):
    """Serves `records` at `/oai`, `page` at a time; `sized` says whether it tells how many."""

    def __init__(
        self, records: Iterable[OaiRecord] = (), *, page: int = 10, sized: bool = True
    ) -> None:
        super().__init__()
        self.records = list(records)
        self.expired: set[str] = set()
        self._page = page
        self._sized = sized
        self.on("GET", r"/oai", self._list)

    def _list(self, request: Request) -> Answer:
        asked = request.query
        if asked.get("verb") != "ListRecords":
            return error("badVerb", "Illegal OAI verb")
        if token := asked.get("resumptionToken"):
            if token in self.expired:
                return error("badResumptionToken", "the token has expired")
            since, until, start = re.findall(r"%3D([\d-]+)", token)
        else:
            if asked.get("metadataPrefix") != "arXiv":
                return error("cannotDisseminateFormat", "no such format")
            since, until, start = asked["from"], asked["until"], "0"
        found = [r for r in self.records if since <= r.changed.isoformat() <= until]
        if not found:
            return error("noRecordsMatch", "nothing in that time")
        end = int(start) + self._page
        token = token_of(since, until, end) if end < len(found) else ""
        size = f' completeListSize="{len(found)}"' if self._sized else ""
        resumption = f"<resumptionToken{size}>{escape(token)}</resumptionToken>"
        if len(found) <= self._page and not self._sized:
            resumption = ""
        rows = "".join(map(_row, found[int(start) : end]))
        return _envelope(f"<ListRecords>{rows}{resumption}</ListRecords>")


def token_of(since: str, until: str, skip: int) -> str:
    """A token as arXiv makes them: encoded once, and to be sent back just so."""
    return f"verb%3DListRecords&from%3D{since}&until%3D{until}&skip%3D{skip}"


def error(code: str, text: str) -> Answer:
    """An error of the protocol, which comes with status 200."""
    return _envelope(f'<error code="{code}">{text}</error>')


def without_records(_: Request, answer: Answer) -> Answer:
    """The page with its token and none of its records."""
    return replace(answer, body=re.sub(r"<record>.*</record>", "", answer.body, flags=re.S))


def with_first_twice(_: Request, answer: Answer) -> Answer:
    """The page with its first record once more at the end."""
    found = re.search(r"<record>.*?</record>", answer.body, flags=re.S)
    if found is None:
        return answer
    return replace(answer, body=answer.body.replace("<resumption", found[0] + "<resumption", 1))


def with_total(change: int) -> Callable[[Request, Answer], Answer]:
    """A fault that announces so many records more than there are."""

    def changed(_: Request, answer: Answer) -> Answer:
        body = re.sub(
            r'(completeListSize=")(\d+)',
            lambda found: found[1] + str(int(found[2]) + change),
            answer.body,
        )
        return replace(answer, body=body)

    return changed


def _envelope(inner: str) -> Answer:
    return Answer(
        200,
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        "<responseDate>2026-03-09T00:00:00Z</responseDate>"
        f"<request>http://oaipmh.arxiv.org/oai</request>{inner}</OAI-PMH>\n",
        XML,
    )


def _row(record: OaiRecord) -> str:
    status = ' status="deleted"' if record.deleted else ""
    header = (
        f"<header{status}><identifier>oai:arXiv.org:{record.id}</identifier>"
        f"<datestamp>{record.changed}</datestamp><setSpec>cs:cs:CL</setSpec></header>"
    )
    if record.deleted:
        return f"<record>{header}</record>"
    return f"""<record>{header}<metadata><arXiv xmlns="http://arxiv.org/OAI/arXiv/">
<id>{record.id}</id><created>{record.created}</created><updated>{record.changed}</updated>
<authors><author><keyname>Musi\\'c</keyname><forenames>Ada</forenames></author>
<author><keyname>Beispiel</keyname><forenames>Bo</forenames><suffix>Jr.</suffix></author></authors>
<title>{escape(record.title)}</title><categories>cs.CL cs.AI</categories>
<comments>9 pages</comments><journal-ref>{escape(record.journal_ref)}</journal-ref>
<doi>{escape(record.doi)}</doi>
<abstract>  We find that $a&lt;b$.
</abstract></arXiv></metadata></record>"""
