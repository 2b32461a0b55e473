"""Web addresses that carry a paper's identifier, as a table: one line a habit of a site.

Only what follows from the address itself; nothing is looked up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit


@dataclass(frozen=True, slots=True)
class Address:
    """A web address in pieces: host in lower case without `www.`, path and query decoded."""

    host: str
    path: str
    query: tuple[tuple[str, str], ...]

    @property
    def target(self) -> str:
        """Path and query, as the rules see them."""
        pairs = "&".join(f"{name}={value}" for name, value in self.query)
        return f"{self.path}?{pairs}" if pairs else self.path


CODE_HOSTS = ("github.com", "gitlab.com", "gitee.com", "bitbucket.org", "anonymous.4open.science")
"""Ends of the hosts where programs are kept."""

# A line of text that is an address although nobody typed the scheme.
_BARE = re.compile(r"(?:www\.[\w-]+|[\w-]+(?:\.[\w-]+)*)\.[a-z]{2,}(?::\d+)?/\S+$", re.IGNORECASE)
# Markdown writes a\_b where the address has a_b.
_ESCAPED = re.compile(r"\\(?=[_*~#&%()\[\]])")
# What sites and newsletters add to find out where a reader came from; never part of the page.
_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|mc_[ce]id|casa_token|sharing_token|redirectedfrom|login|ref|ref_src|"
    r"s|via|source|trk|share|token|download|needaccess|rss|via%3dihub|_x_tr_\w+",
    re.IGNORECASE,
)


def parse_address(text: str) -> Address | None:
    """A web address taken apart; None for what is none."""
    text = _ESCAPED.sub("", text.strip())
    if not re.match(r"https?://", text, re.IGNORECASE):
        # A DOI such as 10.1000/x has no letters before its slash and is not taken for a host.
        if not _BARE.match(text):
            return None
        text = "https://" + text
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").removeprefix("www.").rstrip(".")
    except ValueError:
        return None
    if not host:
        return None
    path = re.sub(r"/{2,}", "/", unquote(parts.path))
    return Address(host, path, tuple(parse_qsl(parts.query, keep_blank_values=True)))


def normalise_url(url: str) -> str:
    """An address reduced to what tells pages apart.

    No difference of scheme, `www.` or trailing slash, no fragment and none of the parameters
    that only say where a reader came from. What is no address comes back stripped.
    """
    try:
        parts = urlsplit(_ESCAPED.sub("", url.strip()))
        host = (parts.hostname or "").removeprefix("www.").rstrip(".")
        port = f":{parts.port}" if parts.port not in {None, 80, 443} else ""
    except ValueError:
        return url.strip()
    if not host:
        return url.strip()
    query = "&".join(
        pair
        for pair in parts.query.split("&")
        if pair and not _TRACKING.fullmatch(pair.partition("=")[0])
    )
    return urlunsplit(("https", host + port, parts.path.rstrip("/"), query, ""))


def found_in(address: Address) -> Iterator[tuple[str, str]]:
    """Scheme and raw value of the identifiers that the site's habits give away."""
    for host, pattern, scheme, template in _RULES:
        if host.search(address.host) and (found := pattern.search(address.target)):
            yield scheme, template.format(*(group or "" for group in found.groups()))
            return


def names_one_paper(url: str) -> bool:
    """Whether a page's address, in normal form, has a number or name for each paper of a site."""
    address = parse_address(url)
    return address is not None and ("url", url) in found_in(address)


def _rule(
    host: str, pattern: str, scheme: str, template: str = "{}"
) -> tuple[re.Pattern[str], re.Pattern[str], str, str]:
    ending = re.compile(rf"(?:^|\.)(?:{host})$")
    return ending, re.compile(pattern, re.IGNORECASE), scheme, template


_ANTHOLOGY = r"(\d{4}\.[a-z0-9_]+-[a-z0-9_]+\.\d+|[A-Z]\d{2}-\d{4,5})"
_PROCEEDINGS = (
    r"^/paper(?:_files)?/(?:paper/)?(\d{4})/(?:hash|file)/([0-9a-f]{32})-"
    r"(?:Abstract|Paper|Supplemental|Metadata|Bibtex|Reviews?)(-[A-Za-z_]+)?"
)
_END = r"(?=$|[/?.])"

# Host (also of its subdomains), pattern in path and query, scheme, value. The first that fits
# counts. A value of scheme `url` is the one address that the site's many spellings come down to.
_RULES = (
    # arXiv and its mirrors; a path is enough because the hosts serve nothing else by number.
    _rule(
        r"arxiv\.org|alphaxiv\.org|ar5iv\.org|xxx\.lanl\.gov",
        r"/([a-z-]+(?:\.[A-Z]{2})?/\d{7}|\d{4}\.\d{4,5})(?=v\d|\D|$)",
        "arxiv",
    ),
    _rule(r"huggingface\.co|hf\.co|emergentmind\.com", r"/papers/(\d{4}\.\d{4,5})", "arxiv"),
    _rule(r"adsabs\.harvard\.edu", r"/\d{4}arxiv(\d{4})(\d{5})[a-z.]", "arxiv", "{}.{}"),
    _rule(r"adsabs\.harvard\.edu", r"/(\d{4}\.\d{4,5})" + _END, "arxiv"),
    _rule(r"dblp\.org|dblp\.uni-trier\.de", r"/corr/abs-(\d{4})-(\d{4,5})", "arxiv", "{}.{}"),
    _rule(r"semanticscholar\.org", r"/(?:[^/]+/)*([0-9a-f]{40})" + _END, "s2"),
    _rule(r"semanticscholar\.org", r"/(?:p/|corpusid:)(\d+)" + _END, "corpus"),
    # Biomedical libraries
    _rule(r"pubmed\.ncbi\.nlm\.nih\.gov", r"^/(\d+)" + _END, "pmid"),
    _rule(r"ncbi\.nlm\.nih\.gov", r"^/(?:m/)?pubmed/(\d+)", "pmid"),
    _rule(r"ncbi\.nlm\.nih\.gov", r"/articles/pmid/(\d+)", "pmid"),
    _rule(r"ncbi\.nlm\.nih\.gov|europepmc\.org", r"/(?:pmc/|articles/)*PMC(\d+)", "pmcid", "PMC{}"),
    _rule(r"europepmc\.org", r"/(?:article|abstract)/med/(\d+)", "pmid"),
    # The ACL Anthology, old addresses included
    _rule(
        r"aclanthology\.org|aclweb\.org|aclanthology\.info|aclanthology\.coli\.uni-saarland\.de",
        rf"^(?!/(?:anthology/)?(?:attachments|volumes|people|events|venues))/(?:[^?]*/)?{_ANTHOLOGY}"
        r"(?:v\d+)?(?=$|[/?.])",
        "acl",
    ),
    # Preprint servers
    _rule(
        r"biorxiv\.org|medrxiv\.org",
        r"/(?:early|content)/(?:[^?]*/)?(?<!\.)(\d{4}\.\d{2}\.\d{2}\.\d{6,8}|\d{6})(?=v\d|\.|/|$)",
        "doi",
        "10.1101/{}",
    ),
    _rule(r"ssrn\.com", r"(?:abstract(?:_?id)?=)(\d+)", "doi", "10.2139/ssrn.{}"),
    _rule(r"ssrn\.com", r"/delivery\.cfm/SSRN_ID(\d+)", "doi", "10.2139/ssrn.{}"),
    _rule(r"researchsquare\.com", r"/article/(rs-\d+)", "doi", "10.21203/rs.3.{}/v1"),
    _rule(r"preprints\.org", r"/manuscript/(\d{6}\.\d{4})", "doi", "10.20944/preprints{}.v1"),
    _rule(r"zenodo\.org", r"/records?/(\d+)", "doi", "10.5281/zenodo.{}"),
    _rule(
        r"openreview\.net",
        r"^/(?!groups?\b)[^?]*\?(?:.*?&)?(?:id|forum)=([\w-]+)",
        "url",
        "https://openreview.net/forum?id={}",
    ),
    _rule(
        r"hal\.(?:science|inria\.fr|archives-ouvertes\.fr)",
        r"/((?:hal|tel|inria)-\d+)(?:v\d+)?",
        "url",
        "https://hal.science/{}",
    ),
    _rule(r"eprint\.iacr\.org", r"^/(\d{4}/\d+)", "url", "https://eprint.iacr.org/{}"),
    # Publishers whose DOI follows from the address
    _rule(
        r"nature\.com",
        r"/articles/(sdata|nrdp|npj[a-z]+)(20\d\d)(\d{1,4})(?:\.pdf)?(?=$|[/?])",
        "doi",
        "10.1038/{}.{}.{}",
    ),
    _rule(
        r"nature\.com",
        r"/articles/([a-z0-9][\w.-]*?)(?:_reference)?(?:\.pdf|\.epdf)?(?=$|[/?])",
        "doi",
        "10.1038/{}",
    ),
    _rule(
        r"nature\.com",
        r"/(?:full|abs|pdf)/([a-z]+\d[\w.-]*?)\.(?:html|pdf)",
        "doi",
        "10.1038/{}",
    ),
    _rule(r"jmir\.org", r"/\d{4}/\d+/e(\d{5,})", "doi", "10.2196/{}"),
    _rule(r"jmir\.org", r"^/preprint/(\d{5,})", "doi", "10.2196/{}"),
    _rule(
        r"ijcai\.org", r"/proceedings/(20(?:1[7-9]|[2-9]\d))/0*(\d+)", "doi", "10.24963/ijcai.{}/{}"
    ),
    _rule(
        r"elifesciences\.org",
        r"/(?:articles|reviewed-preprints)/(\d{5,})",
        "doi",
        "10.7554/elife.{}",
    ),
    _rule(r"thelancet\.com", r"/PII(S\d{4}-\d{3}[\dX]\(\d\d\)\d{5}-[\dX])", "doi", "10.1016/{}"),
    _rule(
        r"academic\.oup\.com",
        r"^/(bioinformatics|bib|jamia|nar|database|gigascience|jamiaopen|pnasnexus|nsr)/"
        r"(?:advance-)?article(?:-abstract|-pdf)?/\d+/[^/]+/([a-z]{3,}\d{3,})",
        "doi",
        "10.1093/{}/{}",
    ),
    # Publishers and proceedings with a number of their own
    _rule(
        r"academic\.oup\.com",
        r"^/([\w-]+)/article(?:-abstract)?/(\d+/[^/]+/[^/]+/\d+)",
        "url",
        "https://academic.oup.com/{}/article/{}",
    ),
    _rule(
        r"sciencedirect\.com",
        r"/pii/(S?[0-9X]{15,})",
        "url",
        "https://sciencedirect.com/science/article/pii/{}",
    ),
    _rule(
        r"cell\.com",
        r"/(?:pdf(?:extended)?|fulltext|abstract|pb-assets)/(?:PII)?S(\d{4})-?(\d{3}[\dX])\((\d\d)\)"
        r"(\d{5})-?([\dX])",
        "url",
        "https://sciencedirect.com/science/article/pii/S{}{}{}{}{}",
    ),
    _rule(
        r"ieeexplore\.ieee\.org",
        r"(?:/document/|arnumber=|/ielx?\d/(?:[^/]+/)*0*)(\d{5,})",
        "url",
        "https://ieeexplore.ieee.org/document/{}",
    ),
    _rule(
        r"jamanetwork\.com",
        r"/journals/([\w-]+)/(?:fullarticle|article-abstract|article-pdf)/(\d+)",
        "url",
        "https://jamanetwork.com/journals/{}/fullarticle/{}",
    ),
    _rule(
        r"neurips\.cc|nips\.cc",
        _PROCEEDINGS,
        "url",
        "https://proceedings.neurips.cc/paper_files/paper/{}/hash/{}-Abstract{}.html",
    ),
    _rule(
        r"iclr\.cc",
        _PROCEEDINGS,
        "url",
        "https://proceedings.iclr.cc/paper_files/paper/{}/hash/{}-Abstract{}.html",
    ),
    _rule(
        r"openaccess\.thecvf\.com",
        r"^/(content[\w/-]*?)/(?:html|papers)/(?:[\w-]*/)?([^/?]+?)\.(?:html|pdf)",
        "url",
        "https://openaccess.thecvf.com/{}/html/{}.html",
    ),
    _rule(
        r"proceedings\.mlr\.press",
        r"^/(v\d+)/([\w-]+?\d{2}[a-z]*)(?:\.html|\.pdf|/|$)",
        "url",
        "https://proceedings.mlr.press/{}/{}.html",
    ),
    _rule(
        r"jmlr\.org",
        r"^/papers/v(?:olume)?(\d+)/([\w-]+)(?:\.html|/|$)",
        "url",
        "https://jmlr.org/papers/v{}/{}.html",
    ),
    _rule(
        r"ojs\.aaai\.org",
        r"/index\.php/([\w-]+)/article/(?:view|download|viewFile)/(\d+)",
        "url",
        "https://ojs.aaai.org/index.php/{}/article/view/{}",
    ),
    _rule(r"mdpi\.com", r"^/(\d{4}-\d{3}[\dX]/\d+/\d+/\d+)", "url", "https://mdpi.com/{}"),
    _rule(
        r"neurips\.cc|nips\.cc",
        r"^/virtual/(\d{4})/(poster|oral|spotlight)/(\d+)",
        "url",
        "https://neurips.cc/virtual/{}/{}/{}",
    ),
    _rule(
        r"computer\.org",
        r"^/csdl/(?:proceedings|journal|magazine)[\w-]*/(?:[^?]*/)?(\w{11})(?:$|[/?])",
        "url",
        "https://computer.org/csdl/proceedings-article/{}",
    ),
    _rule(
        r"usenix\.org",
        r"^/conference/(\w+)/presentation/([\w-]+)",
        "url",
        "https://usenix.org/conference/{}/presentation/{}",
    ),
)
