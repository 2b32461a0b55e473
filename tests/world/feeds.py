"""A stand-in for servers of feeds, and feeds as the known publishers write them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape

from tests.world.server import Answer, Request, World


class FeedWorld(World):
    """Serves `feeds` (path to text) with an ETag, and 304 to those who know it."""

    def __init__(self, **feeds: str) -> None:
        super().__init__()
        self.feeds: dict[str, str] = feeds
        self.on("GET", r"/(?P<name>\w+)", self._feed)

    def _feed(self, request: Request) -> Answer:
        text = self.feeds.get(request["name"])
        if text is None:
            return Answer(404, "no such feed")
        etag = f'"{hashlib.sha256(text.encode()).hexdigest()[:16]}"'
        headers = {"ETag": etag, "Content-Type": "application/xml; charset=utf-8"}
        if request.header("If-None-Match") == etag:
            return Answer(304, b"", headers)
        return Answer(200, text, headers)


def arxiv_item(
    number: int, announced: date, kind: str = "new", *, month: str = "", **changed: str
) -> str:
    """An item of arXiv's RSS."""
    name = f"{month or format(announced, '%y%m')}.{number:05d}"
    day = f"{announced:%a, %d %b %Y} 00:00:00 -0400"
    fields = {
        "title": f"Invented study {number} of $a<b$ & <b>bold</b> claims",
        "abstract": f"Study {number}: $x<i$ holds.",
        "creator": "Ada Muster, Bo Beispiel (Somewhere), Chi Third",
        "more": "",
    } | changed
    return f"""<item>
<title>{escape(fields["title"])}</title>
<link>https://arxiv.org/abs/{name}</link>
<description>arXiv:{name}v1 Announce Type: {kind} 
Abstract: {escape(fields["abstract"])}</description>
<guid isPermaLink="false">oai:arXiv.org:{name}v1</guid>
<category>cs.CL</category><category>cs.AI</category>
<pubDate>{day}</pubDate>
<arxiv:announce_type>{kind}</arxiv:announce_type>
<dc:creator>{escape(fields["creator"])}</dc:creator>{fields["more"]}
</item>"""  # noqa: W291 - the real one has that blank


def arxiv_rss(announced: date, items: Iterable[str] = ()) -> str:
    """arXiv's RSS of one day; on a weekend it has no items."""
    return f"""<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" \
version="2.0"><channel>
<title>cs.CL updates on arXiv.org</title>
<link>http://rss.arxiv.org/rss/cs.CL</link>
<description>cs.CL updates on the arXiv.org e-print archive.</description>
<pubDate>{announced:%a, %d %b %Y} 00:00:00 -0400</pubDate>
<skipDays><day>Saturday</day><day>Sunday</day></skipDays>
{"".join(items)}
</channel></rss>
"""


ARXIV_ATOM = """<?xml version='1.0' encoding='UTF-8'?>
<feed xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns="http://www.w3.org/2005/Atom" xml:lang="en-us">
  <id>http://rss.arxiv.org/atom/cs.AI</id>
  <title>cs.AI updates on arXiv.org</title>
  <updated>2026-03-04T04:00:19.866337+00:00</updated>
  <entry>
    <id>oai:arXiv.org:2603.00011v2</id>
    <title>Invented Atoms</title>
    <updated>2026-03-04T04:00:19.899254+00:00</updated>
    <link href="https://arxiv.org/abs/2603.00011" rel="alternate" type="text/html"/>
    <summary>arXiv:2603.00011v2 Announce Type: cross 
Abstract: They are small.</summary>
    <category term="cs.CL"/>
    <published>2026-03-04T00:00:00-05:00</published>
    <arxiv:announce_type>cross</arxiv:announce_type>
    <arxiv:DOI>10.1234/Atoms</arxiv:DOI>
    <arxiv:journal_reference>J. Inv. 1</arxiv:journal_reference>
    <dc:creator>Ada Muster, Bo Beispiel</dc:creator>
  </entry>
</feed>
"""  # noqa: W291 - the real one has that blank

RDF = """<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" \
xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns:prism="http://purl.org/rss/1.0/modules/prism/" \
xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel rdf:about="https://feeds.example/x"><title>{title}</title>
<link>https://feeds.example</link></channel>
{items}
</rdf:RDF>
"""

MEDRXIV = RDF.format(
    title="medRxiv Subject Collection: Health Informatics",
    items="""<item rdf:about="https://www.medrxiv.org/cgi/content/short/2026.03.01.26300001v1?rss=1">
<title><![CDATA[Invented triage: a <i>pilot</i> study]]></title>
<link>https://www.medrxiv.org/cgi/content/short/2026.03.01.26300001v1?rss=1</link>
<description><![CDATA[Background: Few were triaged (p<0.05). We triaged more.]]></description>
<dc:creator><![CDATA[Muster, A., Beispiel, B. C., van der Third, D.-E.]]></dc:creator>
<dc:date>2026-03-03</dc:date>
<dc:identifier>doi:10.1101/2026.03.01.26300001</dc:identifier>
<dc:publisher>Cold Spring Harbor Laboratory Press</dc:publisher>
<prism:publicationName>medRxiv</prism:publicationName>
<prism:publicationDate>2026-03-03</prism:publicationDate>
</item>""",
)

NATURE = RDF.format(
    title="Nature Inventions",
    items="""<item rdf:about="https://www.nature.com/articles/s49999-026-00001-1">
<title><![CDATA[Invented models &amp; their uses]]></title>
<link>https://www.nature.com/articles/s49999-026-00001-1</link>
<content:encoded><![CDATA[<p>Nature Inventions, Published online: 04 March 2026; \
<a href="https://www.nature.com/articles/s49999-026-00001-1">doi:10.1038/s49999-026-00001-1</a></p>\
Models were invented and used.]]></content:encoded>
<dc:title><![CDATA[Invented models]]></dc:title>
<dc:creator>Ada Muster</dc:creator><dc:creator>Bo Beispiel</dc:creator>
<dc:identifier>doi:10.1038/s49999-026-00001-1</dc:identifier>
<dc:source>Nature Inventions, Published online: 2026-03-04; | doi:10.1038/x</dc:source>
<dc:date>2026-03-04</dc:date>
<prism:publicationName>Nature Inventions</prism:publicationName>
<prism:doi>10.1038/s49999-026-00001-1</prism:doi>
</item>""",
)

PUBMED = """<?xml version="1.0" encoding="utf-8"?>
<rss xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns:content="http://purl.org/rss/1.0/modules/content/" version="2.0"><channel>
<title>pubmed: invented models</title><link>https://pubmed.ncbi.nlm.nih.gov/rss-feed/</link>
<description>A search</description>
<item><title>Invented notes in the clinic</title>
<link>https://pubmed.ncbi.nlm.nih.gov/39999999/?utm_source=curl&amp;fc=1</link>
<description>&lt;p&gt;Notes were invented.&lt;/p&gt;</description>
<content:encoded><![CDATA[<div><p style="color: #4aa564;">J Inv Med. 2026 Mar 2. \
doi: 10.1234/jim.1.</p><p><b>ABSTRACT</b></p><p>Notes were invented, at length \
(n < 40).</p><p style="color: lightgray">PMID:<a href="https://pubmed.ncbi.nlm.nih.gov/39999999/">\
39999999</a> | DOI:<a href=https://doi.org/10.1234/jim.1>10.1234/jim.1</a></p></div>]]>\
</content:encoded>
<guid isPermaLink="false">pubmed:39999999</guid>
<pubDate>Mon, 02 Mar 2026 06:00:00 -0500</pubDate>
<dc:creator>Ada Muster</dc:creator><dc:creator>Bo Beispiel</dc:creator>
<dc:date>2026-03-02</dc:date><dc:source>Journal of invented medicine</dc:source>
<dc:identifier>pmid:39999999</dc:identifier><dc:identifier>doi:10.1234/jim.1</dc:identifier>
</item></channel></rss>
"""

ELSEVIER = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>ScienceDirect Publication: Inventions in Medicine</title>
<link>https://www.sciencedirect.com/journal/inventions</link><description>RSS</description>
<item><title><![CDATA[Invented imaging]]></title>
<link>https://www.sciencedirect.com/science/article/pii/S0933365726000011?dgcid=rss_sd_all</link>
<guid isPermaLink="true">https://www.sciencedirect.com/science/article/pii/S0933365726000011</guid>
<description><![CDATA[<p>Publication date: April 2026</p><p><b>Source:</b> Inventions in Medicine, \
Volume 152</p><p>Author(s): Ada Muster, Bo Beispiel</p>]]></description>
</item></channel></rss>
"""

JMIR_ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Journal of Invented Research</title>
<id>https://www.jmir.org/feed/atom</id><updated>2026-03-05T14:00:00-05:00</updated>
<entry><title>Invented chatbots for <em>everyone</em></title>
<link rel="alternate" href="https://www.jmir.org/2026/1/e99999/"/>
<id>https://doi.org/10.2196/99999</id>
<author><name>Muster, Ada</name></author><author><name>Beispiel, Bo</name></author>
<published>2026-03-05T09:30:00-05:00</published><updated>2026-03-06T00:00:00Z</updated>
<summary type="html">Background: Everyone needs one.&lt;br/&gt;Objective: We invent them.</summary>
</entry></feed>
"""


def rss(items: Iterable[dict[str, Any]], title: str = "Some journal") -> str:
    """A plain RSS 2.0 feed; an item's `published` is a datetime."""
    rows = ""
    for item in items:
        rows += f"<item><title>{escape(item['title'])}</title><link>{escape(item['link'])}</link>"
        if "published" in item:
            rows += f"<pubDate>{format_datetime(item['published'])}</pubDate>"
        rows += "</item>"
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title>'
        f"<link>https://journal.example</link>{rows}</channel></rss>"
    )
