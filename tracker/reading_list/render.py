"""Writes an entry: the facts of one paper in the pattern of another entry."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from tracker.reading_list.dates import coarser, write_date
from tracker.reading_list.escape import escape_title, flatten
from tracker.reading_list.inline import scan
from tracker.reading_list.missing import leave_out
from tracker.reading_list.people import by, et_al
from tracker.reading_list.pieces import Facts, NamedLink
from tracker.reading_list.template import Template, Token, label_key
from tracker.reading_list.words import within


@dataclass(frozen=True, slots=True)
class Habits:
    """What a section's entries say together that one of them alone does not.

    `padded` and `padded_day`: numbers below ten have a zero. `long_months`: `June`, not `Jun`.
    `dotted_may`: `May.`, as `Jun.`.
    `signs` are the emoji that all begin with, `""` where they differ.
    `between` is what stands between two links, `between_pictures` between two pictures, `before`
    before the first. `pair` joins two authors.
    `links` are examples of links by label, as (the link, its text with brackets).
    """

    padded: bool = False
    padded_day: bool = False
    long_months: bool = False
    dotted_may: bool = False
    pair: str = ""
    signs: str = ""
    between: str = " "
    between_pictures: str = " "
    before: str = " "
    links: Mapping[str, tuple[NamedLink, str]] = field(default_factory=dict)


_FACTS = ("title", "short", "authors", "venue", "date", "note")


def render(facts: Facts, donor: Template, habits: Habits) -> str:
    """The text of an entry for `facts`, written as `donor` is; no final line ending."""
    carrier = _carrier(facts, donor)
    rest = [index for index in range(len(facts.links)) if index != carrier]
    table = donor.entry.kind == "table row"
    html = donor.entry.kind == "html row"
    tokens = with_signs(_with_links(facts, donor, rest, habits), habits.signs)
    written: list[str] = []
    for token in _with_stop(_without_missing(tokens, facts, donor), facts, donor):
        if token.kind in ("text", "link"):
            written.append(token.text)
        elif token.kind == "url":
            link = facts.links[carrier] if carrier >= 0 else None
            written.append(safe_url(link.url, table=table) if link else "")
        else:
            written.append(_value(token, facts, habits, table=table, html=html))
        if len(written) > 1 and token.kind == "text" and written[-2][-1:] in tuple("?!."):
            # What ends its own sentence takes no full stop.
            written[-1] = re.sub(r"^\.(?!\w)", "", written[-1])
    text = "".join(written)
    return _squeeze(text, donor)


def _with_stop(tokens: list[Token], facts: Facts, donor: Template) -> list[Token]:
    """The tokens with a full stop where only the donor's question mark stood before a fact.

    Or only the one of its "et al.", where these authors are all.
    """
    asked = donor.facts.title[-1:] in ("?", "!") and facts.title[-1:] not in ("?", "!")
    written = list(tokens)
    for number in range(1, len(tokens) - 1):
        before, behind = tokens[number - 1], tokens[number + 1].kind
        if tokens[number].text != " " or behind not in _FACTS:
            continue
        opened = number > 1 and tokens[number - 2].text.rstrip("*_ ")[-1:] in ("(", "[")
        others = et_al(before.text) if before.kind == "authors" else None
        ended = others is not None and others[0].endswith(".") and not facts.et_al
        alone = ended and not opened and behind != "date"
        if alone or (asked and before.kind == "title"):
            written[number] = Token("text", ". ")
    return written


def with_signs(tokens: list[Token], usual: str) -> list[Token]:
    """The tokens with the emoji that all entries have as text; others mark one entry."""
    written: list[Token] = []
    for token in tokens:
        text = token.kind == "text" or (token.kind == "signs" and token.text.strip() == usual)
        if text and written and written[-1].kind == "text":
            written[-1] = Token("text", written[-1].text + token.text)
        else:
            written.append(Token("text", token.text) if text else token)
    return written


def safe_url(url: str, *, table: bool = False) -> str:
    """An address that cannot end the link it stands in."""
    url = re.sub(
        r"[\s<>\"`\x00-\x1f]|\\(?![_#*~&-])", lambda f: f"%{ord(f[0]) % 256:02X}", url.strip()
    )
    if table:
        url = url.replace("|", "%7C")
    depth = 0
    for sign in url:
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            break
    return url if depth == 0 else url.replace("(", "%28").replace(")", "%29")


def _carrier(facts: Facts, donor: Template) -> int:
    """Which of the paper's links carries the title."""
    if donor.carrier < 0 or not facts.links:
        return -1
    candidates = range(len(facts.links))
    role = donor.facts.links[donor.carrier].role
    linked = [i for i in candidates if facts.links[i].url]
    unnamed = [i for i in linked if not facts.links[i].label and not facts.links[i].image]
    alike = [i for i in linked if facts.links[i].role == role]
    return next(iter((*unnamed, *alike, *linked)), -1)


def _value(token: Token, facts: Facts, habits: Habits, *, table: bool, html: bool) -> str:
    if token.kind == "title":
        return escape_title(facts.title, table=table, html=html)
    if token.kind == "short":
        return escape_title(facts.short_name, table=table, html=html)
    if token.kind == "venue":
        before = token.text[: within(token.text)]
        return before + escape_title(facts.venue, table=table, html=html)
    if token.kind == "authors":
        before = token.text[: by(token.text)]
        names = _authors(token.text[len(before) :], facts, habits)
        return before + escape_title(names, table=table, html=html)
    if token.kind == "date" and facts.published is not None:
        pattern = coarser(token.pattern, facts.published.depth)
        if habits.long_months:
            pattern = pattern.replace("{Mon}", "{Month}")
        return write_date(
            facts.published,
            pattern,
            padded=habits.padded,
            padded_day=habits.padded_day,
            dotted_may=habits.dotted_may,
        )
    return ""


def _authors(example: str, facts: Facts, habits: Habits) -> str:
    """The authors, joined as those of the example are."""
    names = list(facts.authors)
    found = et_al(example)
    joints = Counter(re.findall(r"\s*[;，、；]\s*|,\s*", re.sub(r",?\s+(?:and|&)\s", " ", example)))
    joint = joints.most_common(1)[0][0] if joints else ", "
    if len(names) == 2 and habits.pair:
        joint = habits.pair
    if facts.et_al:
        return joint.join(names) + (found[0] if found else " et al.")
    last = re.search(r",? and |,? & ", example)
    if len(names) > 2 and last and not found:
        return joint.join(names[:-1]) + last[0] + names[-1]
    return joint.join(names)


def _with_links(facts: Facts, donor: Template, rest: list[int], habits: Habits) -> list[Token]:
    """The donor's tokens with its links replaced by the paper's, each where its like stands."""
    runs = _runs(donor)
    placed: dict[int, list[int]] = {number: [] for number in range(len(runs))}
    homeless: list[int] = []
    for index in rest:
        likeness = [_likeness(facts.links[index], donor, run) for run in runs]
        best = max(range(len(runs)), key=lambda n: (likeness[n], n), default=-1)
        # A link does not go among badges, nor a badge among links.
        link = facts.links[index]
        words = bool(link.url) and not link.image
        least = 2 if words else 0
        (placed[best] if best >= 0 and likeness[best] >= least else homeless).append(index)
    tokens: list[Token] = []
    position = 0
    for number, (start, end) in enumerate(runs):
        tokens += donor.tokens[position:start]
        units = [_link(facts.links[index], donor, habits) for index in placed[number]]
        if units:
            gap = _gap(donor, start, end, habits)
            tokens.append(Token("link", gap.join(units)))
        else:
            tokens.append(Token("missing", ""))
        position = end
    tokens += donor.tokens[position:]
    units = [_link(facts.links[index], donor, habits) for index in homeless]
    if units and donor.entry.kind != "html row":
        tokens = _append(tokens, habits.before + habits.between.join(units))
    return tokens


def _append(tokens: list[Token], text: str) -> list[Token]:
    last = tokens[-1] if tokens else None
    if last is not None and last.kind == "text" and not last.text.strip():
        return [*tokens[:-1], Token("link", text)]
    if last is not None and last.text[-1:].isspace():
        text = text.lstrip(" ")
    return [*tokens, Token("link", text)]


def _runs(donor: Template) -> list[tuple[int, int]]:
    """The stretches of links with next to nothing between them, as spans of tokens."""
    runs: list[tuple[int, int]] = []
    for number, token in enumerate(donor.tokens):
        if token.kind != "link":
            continue
        if runs and number - runs[-1][1] <= 1:
            gap = donor.tokens[runs[-1][1]].text if number > runs[-1][1] else ""
            is_gap = number == runs[-1][1] or donor.tokens[runs[-1][1]].kind == "text"
            if (
                is_gap
                and len(gap) <= 4
                and not re.search(r"[\r\n]", gap)
                and not ("|" in gap and donor.entry.kind == "table row")
            ):
                runs[-1] = (runs[-1][0], number + 1)
                continue
        runs.append((number, number + 1))
    return runs


def _likeness(link: NamedLink, donor: Template, run: tuple[int, int]) -> float:
    best = 0.0
    for token in donor.tokens[run[0] : run[1]]:
        if token.kind == "link":
            other = donor.facts.links[token.index]
            score = 4.0 * (label_key(other) == label_key(link)) + 2.0 * (other.role == link.role)
            score += 3.0 * (bool(other.url) == bool(link.url))
            score += 1.0 * (other.label == link.label)
            best = max(best, score)
    return best


def _gap(donor: Template, start: int, end: int, habits: Habits) -> str:
    for token in donor.tokens[start:end]:
        if token.kind == "text":
            return token.text
    tokens = donor.tokens[start:end]
    if len(tokens) > 1:
        return ""
    picture = bool(tokens) and bool(donor.facts.links[tokens[0].index].image)
    return habits.between_pictures if picture else habits.between


def _link(link: NamedLink, donor: Template, habits: Habits) -> str:
    """A link as the donor, or else the section, writes links of its kind."""
    table = donor.entry.kind == "table row"
    own = {label_key(donor.facts.links[t.index]): (donor.facts.links[t.index], t.text)
           for t in donor.tokens if t.kind == "link"}  # fmt: skip
    key = label_key(link)
    example = own.get(key) or habits.links.get(key)
    if example is None or (key == "!" and example[0].label != link.label):
        named = habits.links.get("!" + link.label) if key == "!" else None
        same = [e for e in (*own.values(), *habits.links.values()) if _form(e[0]) == _form(link)]
        example = named or example or (same[0] if same else None)
    url = safe_url(link.url, table=table)
    if example is not None:
        model, text = example
        written = _substitute(text, model, link, url)
        if written is not None:
            return written
    if link.image:
        picture = f"![{link.label}]({link.image})"
        return f"[{picture}]({url})" if link.url else picture
    if not link.label or link.label == link.url:
        return f"<{url}>"
    return f"[{link.label}]({url})"


def _form(link: NamedLink) -> tuple[bool, bool, bool]:
    return bool(link.url), bool(link.image), bool(link.label) and link.label != link.url


def _substitute(text: str, model: NamedLink, link: NamedLink, url: str) -> str | None:
    """The model's text with the link's address, label and picture put in; None if it can't be."""
    mark = next((mark for mark in scan(text) if mark.kind in ("link", "image")), None)
    if mark is None:
        return None
    picture = mark.url if mark.kind == "image" else mark.image
    bare = model.label == model.url
    parts = [
        (mark.url if model.url else None, model.url, url),
        (picture, model.image, link.image),
        (mark.label, "" if bare else model.label, "" if bare else flatten(link.label)),
    ]
    spans: list[tuple[int, int, str]] = []
    for place, old, new in parts:
        at = text.find(old, *place) if place and old else -1
        if at < 0 and (old or new):
            return None
        if old:
            spans.append((at, at + len(old), new))
    written, position = "", 0
    for start, stop, new in sorted(spans):
        written += text[position:start] + new
        position = stop
    return written + text[position:]


def _without_missing(tokens: list[Token], facts: Facts, donor: Template) -> list[Token]:
    """The tokens without those for what is not known, and without what belongs to these alone."""
    known = {
        "short": bool(facts.short_name),
        "authors": bool(facts.authors),
        "venue": bool(facts.venue),
        "date": facts.published is not None,
        "note": False,
        "signs": False,
        "missing": False,
    }
    missing = {kind for kind, is_known in known.items() if not is_known}
    return leave_out(tokens, missing, cells=donor.entry.kind in ("table row", "html row"))


def _squeeze(text: str, donor: Template) -> str:
    """Trailing space goes unless the donor had it."""
    if donor.body != donor.body.rstrip():
        return text
    return text.rstrip()
