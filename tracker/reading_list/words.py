"""What the words of a list give away: labels of links, venues, names of people, odd sections."""

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
_WITHIN = re.compile(r"[Ii]n:?\s+(?=\S)")


def within(venue: str) -> int:
    """How long the `In` is that stands before a venue, with the blank behind it."""
    found = _WITHIN.match(venue)
    return found.end() if found else 0


_DATED_VENUE = re.compile(
    rf"(?:In\s)?((?:(?:npj|of|and|the|&|[^\W\d_a-zß-ÿ][\w-]*)\s){{0,6}}?[\w-]+"
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


_NAME = re.compile(
    r"[^\W\d_a-zß-ÿ][\w'’.-]*"
    r"(?:[ \u00a0-](?:(?:de|van|von|der|den|da|di|dos|del|la|le|el|al|bin|ten|ter)\b"
    r"|[^\W\d_a-zß-ÿ][\w'’.-]*)){0,5}"
)
_HAN_NAME = re.compile(
    r"(?:欧阳|司马|上官|诸葛|[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋"
    r"蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛"
    r"郝龚邵万钱严覃武戴莫孔向汤])[\u3400-\u9fff]{1,2}"
)
"""A Chinese name, told by the commonest surnames."""
_ET_AL = re.compile(
    r",?\s{0,4}(?:\*{1,4}\s{0,4})?\b(?:et|el)\.?\s{1,4}al\b\.?"
    r"|,?\s{0,4}等(?=[\s\d，,。.;；、：:)）\]】*_|]|\Z)|,?\s{0,4}\band others\b|, ?\.\.\.",
    re.IGNORECASE,
)


SENTENCE = re.compile(r"(?<=[^\W\d_]{2})(?<!\b[JSD]r)(?<!\bSt)(?<!\bal)\.\s+(?=\S)(?!\w\.)")
"""Where one sentence ends and another begins; initials, and words that are cut short, end none."""
ROW_END = re.compile(
    rf"{SENTENCE.pattern}|\s{{1,4}}[-–—|·•]\s|\s{{0,4}}[(\[（](?=[^()\[\]（）]{{0,60}}(?:19|20)\d\d)"
)
"""Where a row of names may end: with its sentence, at a dash, or before a venue in brackets."""
_MAYBE_ET_AL = re.compile(r"\bal\b|等|\bothers\b|\.\.\.", re.IGNORECASE)


def et_al(text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
    """The words that stand for further authors, with the comma and marks before them."""
    stop = len(text) if end is None else end
    # Few texts have them, and this is quicker to tell.
    if _MAYBE_ET_AL.search(text, start, stop) is None:
        return None
    return _ET_AL.search(text, start, stop)


_LONGEST_ROW = 2_000
"""Letters of a row of names with a year; the limit keeps hostile text from costing squared time."""
_JOINT = re.compile(r"[,;，、&]| and ")


def looks_like_authors(text: str) -> bool:
    """Whether a piece of text is a row of names."""
    if found := et_al(text):
        # Sentences are none, though "等" may end what they count up.
        several = len(text.split()) <= 24 or text.count(",") >= 2
        return several and "。" not in text[: found.start()]
    if _JOINT.search(text) is None:
        return False
    parts = author_parts(text)
    if len(parts) < 2:
        return False
    return sum(map(is_full_name, parts)) >= 0.7 * len(parts)


def is_full_name(text: str) -> bool:
    """Whether a text may be a name in full: of several words, with initials, or Chinese."""
    several = _NAME.fullmatch(text) is not None and 1 < len(text.split()) <= 6
    return several or any(form.fullmatch(text) for form in (_HAN_NAME, _TURNED))


_PART = re.compile(r"\s{0,4}(?:[,;]\s{1,4}|[，；、]\s{0,4})(?=\S)")


def leading_authors(text: str) -> int:
    """How much of a text is the row of names it begins with; 0 where it begins otherwise.

    What follows them is a sentence of its own, or a venue or date behind a comma.
    """
    if found := et_al(text):
        return found.end() if looks_like_authors(text[: found.end()]) else 0
    if _JOINT.search(text) is None:
        return 0
    if names := names_before_year(text):
        return names
    stop = ROW_END.search(text)
    end = stop.start() if stop else len(text)
    for joint in [None, *reversed(list(_PART.finditer(text, 0, end)))]:
        row = text[: joint.start() if joint else end]
        rest = text[joint.end() : end] if joint else ""
        if rest and not (looks_like_venue(rest) or _dated(rest)):
            return 0
        if not _dated(row) and not _ends_in_venue(row) and looks_like_authors(row):
            return len(row)
    return 0


def _ends_in_venue(text: str) -> bool:
    *_, last = author_parts(text) or [""]
    # Chi Zhang is a person.
    return is_serial(last) or (" " not in last and looks_like_venue(last))


def _dated(text: str) -> bool:
    return re.search(r"\b(?:19|20)\d\d\b|['’]\d\d\b", text) is not None


def looks_like_name(text: str) -> bool:
    """Whether a text is the name of one person, as far as its shape can tell."""
    return bool(_NAME.fullmatch(text)) and 2 <= len(text.split()) <= 4


def lone_author(text: str, following: str) -> int:
    """How much of a text is the one name it begins with, where a venue is next.

    `following` is what comes behind the text.
    """
    stop = _LONE_END.search(text)
    name = text[: stop.start()] if stop else ""
    if not is_person(name):
        return 0
    behind = text[len(name) :]
    venue = _FIRST_WORDS.match(behind if behind.strip(" .,;") else following)
    return len(name) if venue and looks_like_venue(venue[1].strip()) else 0


_TEAM = re.compile(r"\b(?:Labs?|Team|Group|Collaboration|Consortium|AI)\Z")


def is_person(text: str) -> bool:
    """Whether a text is the name of one person or team, and no journal's or award's."""
    if not looks_like_name(text) or _ends_in_venue(text):
        return False
    return _TEAM.search(text) is not None or not _NO_PERSON.search(text)


def is_serial(text: str) -> bool:
    """Whether the words of a text are those of a journal or a conference, spelt out."""
    return _SERIAL.search(text) is not None


def is_row_of_names(text: str) -> bool:
    """Whether a text is one name or several, surnames alone among them, and nothing else."""
    parts = author_parts(text)
    named = (_TURNED.fullmatch(p) or (_NAME.fullmatch(p) and len(p.split()) <= 4) for p in parts)
    return bool(parts) and all(named)


_NO_PERSON = re.compile(
    r"[A-Z]{2}|\d|(?i:\b(?:\w{2,}(?:tions?|ology|ologies|ics|ity|ware)|\w{4,}ments?|sciences?|computers?|data"
    r"|(?:\w{3,}(?:rn|ut|ss|ag|on|er|el|st|ud)|min|cod)ing|networks?|reports?|images?|analysis|pattern"
    r"|neural|digital|medical|clinical|health|applied|under|must|read|accepted|talk|access"
    r"|materials?|methods?|letters?|reviews?|research|annals|archives|systems?|language|nature|food"
    r"|google|meta|microsoft|amazon|apple|nvidia|stanford|berkeley|princeton|harvard|oxford"
    r"|cambridge|tsinghua|peking|alibaba|tencent|baidu|huawei|institute|labs?|deepmind|oral|poster"
    r"|spotlight|long|short|main|best|paper|award)\b)"
)


def looks_like_surnames(text: str) -> bool:
    """Whether a text is a row of surnames, and neither a journal nor who employs them."""
    several = is_row_of_names(text) and len(author_parts(text)) > 1
    return several and not looks_like_venue(text) and _NO_PERSON.search(text) is None


_LONE_END = re.compile(rf"{ROW_END.pattern}|[,;]\s|[.,;]?\s{{0,4}}\Z")
_FIRST_WORDS = re.compile(r"(?:In\b)?[\W_]{0,8}([^\W\d_][^\d\r\n,.;()\[\]*]{1,60})")
"""What a venue may be among, up to its year."""

_CAPITAL = r"[^\W\d_a-zß-ÿ]"
_INITIALS = (
    rf"\s{{0,4}}(?:(?:{_CAPITAL}\.[ -]?){{1,4}}(?=\s{{0,4}}(?:[,;&(]|and\b|\Z))"
    rf"|(?:{_CAPITAL}\.[ -]?){{0,3}}{_CAPITAL}\Z)"
)
"""Initials behind a surname and a comma, as in `Real, A. B.`."""
_BETWEEN_NAMES = re.compile(
    rf"\s*(?:,(?!{_INITIALS})|[;，、])(?![^()]{{0,200}}\))\s*(?:and\s+|& ?)?"
    r"|\s+(?:and|&)\s+(?![^()]{0,200}\))"
)
_TURNED = re.compile(rf"{_NAME.pattern},{_INITIALS}")


def author_parts(text: str, *, bare: bool = True) -> list[str]:
    """The names in a row of names; `bare` leaves out what stands in brackets and marks."""
    if bare:
        text = re.sub(r"\([^()]*\)|[\d*†‡§¹²³#^]+", "", text)
    parts = _BETWEEN_NAMES.split(text)
    return [part.strip(" .") for part in parts if part.strip(" .")]


_YEAR_BEHIND = re.compile(r"\s{0,4}\((?:19|20)\d\d[a-z]?\)|\s{1,4}(?:19|20)\d\d(?=\.|\Z)")


def names_before_year(text: str) -> int:
    """How much of a text is names before a year, as in `Real, A. (2023)`."""
    found = _YEAR_BEHIND.search(text[:_LONGEST_ROW])
    if found is None:
        return 0
    row = text[: found.start()]
    if others := et_al(row):
        return (
            len(row) if others.end() == len(row) and is_row_of_names(row[: others.start()]) else 0
        )
    parts = author_parts(row)
    turned = any(map(_TURNED.fullmatch, parts))
    several = turned or (len(parts) > 1 and found[0].endswith(")"))
    if _ends_in_venue(row):
        return 0
    return len(row) if several and all(map(is_full_name, parts)) else 0


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
