"""Names of people in a text: one, a row of them, and where a row ends."""

from __future__ import annotations

import re

from tracker.reading_list.words import CAPITAL, is_serial, looks_like_venue

_NAME = re.compile(
    rf"{CAPITAL}[\w'’.-]*"
    r"(?:[ \u00a0-](?:(?:de|van|von|der|den|da|di|dos|del|la|le|el|al|bin|ten|ter)\b"
    rf"|{CAPITAL}[\w'’.-]*)){{0,5}}"
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


# The full stop comes first: that is what is looked for quickly.
SENTENCE = re.compile(r"\.(?<=[^\W\d_]{2}\.)(?<!\b[JSD]r\.)(?<!\bSt\.)(?<!\bal\.)\s+(?=\S)(?!\w\.)")
"""Where one sentence ends and another begins; initials, and words that are cut short, end none."""
ROW_END = re.compile(
    rf"{SENTENCE.pattern}|\s{{1,4}}[-–—|·•](?:\s|\Z)|\s{{0,4}}[(\[（](?=[^()\[\]（）]{{0,60}}(?:19|20)\d\d)"
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


BEFORE_NAMES = ' .,;:·-–—(["”“»」》，、；：。（【|'
"""What may stand between names and what is before them."""
_BY = re.compile(r"by\s+(?=\S)", re.IGNORECASE)


def by(names: str) -> int:
    """How long the `by` is that stands before names, with the blank behind it."""
    found = _BY.match(names)
    return found.end() if found else 0


def from_names_on(text: str) -> str:
    """A text without what may stand before the names that it may begin with."""
    names = text.lstrip(BEFORE_NAMES)
    return names[by(names) :]


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

_INITIALS = (
    rf"\s{{0,4}}(?:(?:{CAPITAL}\.[ -]?){{1,4}}(?=\s{{0,4}}(?:[,;&(]|and\b|\Z))"
    rf"|(?:{CAPITAL}\.[ -]?){{0,3}}{CAPITAL}\Z)"
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
