"""What the words of a list give away: labels of links, venues, odd sections."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from tracker.addresses import CODE_HOSTS
from tracker.identifiers import Identifier, identify
from tracker.paper import Role
from tracker.reading_list.signs import SHORTCODE
from tracker.taxonomy import section_key

_ROLES: tuple[tuple[Role, str], ...] = (
    (
        "paper",
        "paper papers pdf abs abstract arxiv link html article doi publication preprint url acl"
        " read openreview 论文 链接 原文",
    ),
    ("code", "code github git source repo repository implementation colab gitlab 代码"),
    (
        "project",
        "project page website homepage site web demo blog video slides poster home 项目 主页",
    ),
    ("data", "data dataset datasets benchmark corpus download 数据 数据集"),
    (
        "model",
        "model models weights checkpoint checkpoints huggingface hugging face hf modelscope 模型",
    ),
)
_WORDS: dict[str, Role] = {word: role for role, words in _ROLES for word in words.split()}
_FILLER = {"official", "project", "the", "full", "text", "here", "to", "and", "ai", "v1", "v2"}
_PAPER_HOSTS = (
    *(
        "arxiv.org",
        "doi.org",
        "aclanthology.org",
        "aclweb.org",
        "openreview.net",
        "ncbi.nlm.nih.gov",
    ),
    *("ieeexplore.ieee.org", "dl.acm.org", "proceedings.mlr.press", "papers.nips.cc", "nature.com"),
    *("proceedings.neurips.cc", "openaccess.thecvf.com", "link.springer.com", "sciencedirect.com"),
    *("biorxiv.org", "medrxiv.org", "semanticscholar.org", "ojs.aaai.org", "mdpi.com", "ssrn.com"),
    *("onlinelibrary.wiley.com", "academic.oup.com", "usenix.org", "ijcai.org", "jmir.org"),
    *("thelancet.com", "nejm.org", "jamanetwork.com", "cell.com", "science.org", "pnas.org"),
    *("tandfonline.com", "frontiersin.org", "plos.org", "ecva.net", "isca-archive.org"),
    *("europepmc.org", "springer.com", "iclr.cc", "ui.adsabs.harvard.edu", "preprints.org"),
    *("researchsquare.com", "techrxiv.org", "papers.miccai.org", "neurips.cc", "mlr.press"),
)


@lru_cache(maxsize=4096)
def label_role(label: str) -> Role | None:
    """What a label such as `[code]` says a link leads to; None where it says nothing."""
    words = section_key(SHORTCODE.sub(" ", label)).split()
    if not words or len(words) > 4:
        return None
    found = [_WORDS[word] for word in words if word in _WORDS]
    known = all(word in _WORDS or word in _FILLER or word.isdigit() for word in words)
    return found[-1] if found and known else None


_ANY = frozenset(("link", "links", "url", "html", "read", "here"))


def link_role(label: str, url: str) -> Role:
    """What a link leads to, by its label; by its address where that says more."""
    named = label_role(label)
    by_address = url_role(url)
    if named == "paper" and by_address in ("code", "data", "model"):
        return by_address if _ANY.issuperset(section_key(label).split()) else named
    return named or by_address


@lru_cache(maxsize=4096)
def url_role(url: str) -> Role:
    """What an address says a link leads to."""
    host = (_split(url).hostname or "").removeprefix("www.")
    if host.endswith(CODE_HOSTS):
        return "code"
    if host.endswith(("huggingface.co", "hf.co", "modelscope.cn")):
        if "/papers/" in url:
            return "paper"
        return "data" if "/datasets/" in url else "model"
    if host.endswith(("kaggle.com", "zenodo.org", "physionet.org", "figshare.com")):
        return "data"
    if is_paper_url(url):
        return "paper"
    return "project" if host.endswith(("github.io", "gitlab.io", "youtube.com")) else "other"


@lru_cache(maxsize=4096)
def is_paper_url(url: str) -> bool:
    """Whether an address leads to a paper: it carries an identifier, or a publisher's host."""
    if not url.lower().startswith(("http://", "https://")):
        return False
    host = (_split(url).hostname or "").removeprefix("www.")
    if host.endswith(CODE_HOSTS) or "shields.io" in host:
        return False
    if any(identifier.scheme != "url" for identifier in identify_safely(url)):
        return True
    return host.endswith(_PAPER_HOSTS) or _split(url).path.lower().endswith(".pdf")


def identify_safely(url: str) -> tuple[Identifier, ...]:
    """The identifiers of an address; none where it is no address at all."""
    try:
        return identify(url)
    except ValueError:
        return ()


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


PREPRINT = re.compile(r"\b(?:arxiv|preprint|medrxiv|biorxiv|ssrn|corr|openreview)\b", re.IGNORECASE)
_VENUE = re.compile(
    r"\b(?:arxiv|acl|emnlp|naacl|eacl|aacl|coling|tacl|conll|lrec|neurips|nips|iclr|icml|aaai|ijcai"
    r"|cvpr|iccv|eccv|wacv|bmvc|miccai|midl|isbi|ipmi|kdd|sigir|www|wsdm|cikm|recsys|chi|uist|icassp"
    r"|interspeech|uai|aistats|colm|tmlr|jmlr|pami|tpami|tkde|tois|tmi|media|jbhi|ndss|ccs|usenix"
    r"|icra|iros|corl|rss|acm|ieee|acm mm|mm|icse|fse|ase|issta|vldb|sigmod|findings|workshop"
    r"|conference|symposium|proceedings|transactions|journal|nature|science|lancet|jama|nejm|cell"
    r"|bioinformatics|radiology|medicine|medrxiv|biorxiv|preprint|openreview|ssrn|corr|blog|npj|bmc"
    r"|plos|pnas|patterns|frontiers|springer|elsevier|nat\.? ?\w+)\b",
    re.IGNORECASE,
)


def looks_like_venue(text: str, known: frozenset[str] = frozenset()) -> bool:
    """Whether a few words name a place where papers appear."""
    words = text.split()
    if not words or len(words) > 12 or not text[:1].isalnum():
        return False
    return venue_key(text) in known or bool(_VENUE.search(text) and (len(words) <= 9))


_SERIAL = re.compile(
    r"\b(?:Journal|Transactions|Proceedings|Conference|Symposium|Workshop|Advances|International|Annals"
    r"|Frontiers|Nature|Sciences?|Medicine|Radiology|Lancet|Bioinformatics|Reports|Letters|Analysis"
    r"|Networks|Access)\b"
)
"""Words of venues that are no one's name."""
CAPITAL = r"[^\W\d_a-zß-ÿ]"
"""A capital letter, or one of a script that has none."""
_WITHIN = re.compile(r"[Ii]n:?\s+(?=\S)")


def within(venue: str) -> int:
    """How long the `In` is that stands before a venue, with the blank behind it."""
    found = _WITHIN.match(venue)
    return found.end() if found else 0


_DATED_VENUE = re.compile(
    rf"(?:In\s)?((?:(?:npj|of|and|the|&|{CAPITAL}[\w-]*)\s){{0,6}}?[\w-]+"
    rf"|{_SERIAL.pattern}[^\d.,;?!]{{0,80}}[^\W\d_]),?\s*[(\[]?(?:19|20)\d\d"
    r"|([^\W\d_]{3,8})[.,;]?\s*\Z"
)


def is_dated_venue(text: str) -> bool:
    """Whether a text begins with a venue, in capitals, and its year, or is such as `ACL` alone."""
    found = _DATED_VENUE.match(text)
    if found is None or not looks_like_venue(found[1] or found[2]):
        return False
    return found[2] is None or is_acronym(found[2])


def is_acronym(word: str) -> bool:
    """Whether a word is letters with capitals among them, such as `NeurIPS`."""
    return word.isascii() and word.isalpha() and sum(map(str.isupper, word)) >= 2


def venue_key(text: str) -> str:
    """A venue's name without case, years and punctuation."""
    return " ".join(word for word in section_key(text).split() if not word.isdigit())


def is_serial(text: str) -> bool:
    """Whether the words of a text are those of a journal or a conference, spelt out."""
    return _SERIAL.search(text) is not None


_OUTSIDE = re.compile(
    r"\b(?:table of contents?|contents?|toc|catalogue|news|updates?|what s new|changelog|change log"
    r"|acknowled?ge?ments?|citations?|cite|citing|reference this|contribut\w+|contact|star history"
    r"|stargazers|star growth|licen[cs]es?|maintainers?|how to cite|bibtex|sponsors?|community"
    r"|目录|引用|致谢|贡献|更新|新闻)\b"
)


def is_outside(heading: str) -> bool:
    """Whether a heading announces news, navigation, thanks or the like instead of entries."""
    words = section_key(heading)
    found = _OUTSIDE.search(words)
    # A long heading is about something else: "Contributing factors of hallucination in practice".
    return bool(found) and len(words.split()) <= 5
