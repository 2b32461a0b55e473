"""An entry as a pattern: the facts taken out, everything else kept letter for letter."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property

from tracker.reading_list.entry import Entry
from tracker.reading_list.pieces import Facts, NamedLink, Place
from tracker.reading_list.rows import PIPE

_SLOTS = ("title", "short", "authors", "venue", "date", "note", "signs")


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a pattern. `kind` is "text", "link", "url" or the name of a fact.

    `text` is how the entry writes it. For links `index` counts in the entry's facts; a "link"
    is a whole link with the brackets right around it, a "url" the address of the link that
    carries the title.
    """

    kind: str
    text: str
    index: int = -1
    pattern: str = ""


class Template:
    """The pattern of one entry."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.facts = entry.facts
        self.body = entry.text.rstrip("\r\n")
        self.tokens = _tokens(self.body, entry.reading.places, entry.facts.links)

    @cached_property
    def cells(self) -> list[Template]:
        """The cells of a table's row as patterns of their own; first what precedes any bar."""
        cells: list[list[Token]] = [[]]
        for token in self.tokens:
            first, *others = PIPE.split(token.text) if token.kind == "text" else [token.text]
            if token.kind != "text" or first:
                cells[-1].append(replace(token, text=first))
            cells += [[Token("text", text)] if text else [] for text in others]
        return [self._part(tokens) for tokens in cells]

    def _part(self, tokens: Sequence[Token]) -> Template:
        """The pattern of some of its tokens, with the facts these write."""
        kinds = {token.kind for token in tokens}
        used = [token.index for token in tokens if token.index >= 0]
        whole, part = self.facts, copy(self)
        # What was worked out for the whole does not hold for the part.
        part.__dict__ = {"entry": self.entry}
        part.facts = Facts(
            title=whole.title if "title" in kinds else "",
            short_name=whole.short_name if "short" in kinds else "",
            authors=whole.authors if "authors" in kinds else (),
            et_al=whole.et_al and "authors" in kinds,
            venue=whole.venue if "venue" in kinds else "",
            published=whole.published if "date" in kinds else None,
            links=tuple(whole.links[index] for index in used),
        )
        part.tokens = [
            replace(token, index=used.index(token.index)) if token.index >= 0 else token
            for token in tokens
        ]
        part.body = "".join(token.text for token in tokens)
        return part

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The facts it writes."""
        return frozenset(token.kind for token in self.tokens)

    @cached_property
    def carrier(self) -> int:
        """The link whose text is the title or the short name; -1 where there is none."""
        return next((token.index for token in self.tokens if token.kind == "url"), -1)

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The texts of its links other than the title's, pictures as `!`."""
        return tuple(
            label_key(self.facts.links[token.index])
            for token in self.tokens
            if token.kind == "link"
        )

    @cached_property
    def shape(self) -> str:
        """The pattern with its links left out: what entries of one style have in common."""
        written: list[str] = []
        for token in self.tokens:
            if token.kind == "text":
                written.append(re.sub(r"^\s*\d+(?=[.)])", "1", token.text))
            elif token.kind == "date":
                written.append("{date" + str(len(token.pattern.split("{"))) + "}")
            elif token.kind != "link":
                written.append("{" + token.kind + "}")
        return re.sub(r"\s+", " ", "".join(written)).strip()

    @cached_property
    def masked(self) -> str:
        """The entry with the values of its facts masked; the labels of links are kept."""
        return mask(self)


def label_key(link: NamedLink) -> str:
    """What tells links of one kind from another in a pattern."""
    if not link.url:
        return "!"
    if link.label == link.url:
        return "<>"
    return "!" + link.label if link.image else link.label


def mask(template: Template) -> str:
    """An entry's text with its facts replaced by their names."""
    written: list[str] = []
    for token in template.tokens:
        if token.kind == "text":
            written.append(
                re.sub(r"^(\s*)\d+(?=[.)])", r"\g<1>1", token.text) if not written else token.text
            )
        elif token.kind == "link":
            link = template.facts.links[token.index]
            text = token.text
            for value, name in ((link.url, "{url}"), (link.image, "{image}")):
                text = text.replace(value, name) if value else text
            if not link.url and link.label:
                text = text.replace(link.label, "{label}")
            written.append(text)
        elif token.kind == "date":
            written.append(re.sub(r"\{[^}]*\}", "{#}", token.pattern))
        else:
            written.append("{" + token.kind + "}")
    return "".join(written)


def _tokens(body: str, places: tuple[Place, ...], links: tuple[NamedLink, ...]) -> list[Token]:
    """The pattern of a text whose facts stand at `places`."""
    facts = [place for place in places if place.name in _SLOTS]
    urls = {place.index: place for place in places if place.name == "url"}
    spans: list[tuple[int, int, Token]] = []
    for place in places:
        if place.name != "link":
            continue
        inside = [f for f in facts if place.start <= f.start and f.end <= place.end]
        if any(f.name in ("title", "short") for f in inside):
            url = urls[place.index]
            spans.append((url.start, url.end, Token("url", body[url.start : url.end], place.index)))
            continue
        start, end = _with_brackets(body, place.start, place.end)
        spans.append((start, end, Token("link", body[start:end], place.index)))
    covered = [(start, end) for start, end, token in spans if token.kind == "link"]
    for fact in facts:
        if fact.start < fact.end and not any(a <= fact.start < b for a, b in covered):
            token = Token(fact.name, body[fact.start : fact.end], -1, fact.pattern)
            spans.append((fact.start, fact.end, token))
    tokens: list[Token] = []
    position = 0
    for start, end, token in sorted(spans, key=lambda span: span[:2]):
        if start < position:
            continue
        if start > position:
            tokens.append(Token("text", body[position:start]))
        tokens.append(token)
        position = end
    if position < len(body):
        tokens.append(Token("text", body[position:]))
    return _whole_notes(tokens)


def _whole_notes(tokens: list[Token]) -> list[Token]:
    """The tokens with notes joined over the bare signs between them and at the very end."""
    joined: list[Token] = []
    for number, token in enumerate(tokens):
        following = tokens[number + 1].kind if number + 1 < len(tokens) else "note"
        bare = token.kind == "text" and re.search(r"[\w\r\n|<]", token.text) is None
        after = bool(joined) and joined[-1].kind == "note" and not _closes(joined, token)
        if after and (token.kind == "note" or (bare and following == "note")):
            joined[-1] = Token("note", joined[-1].text + token.text)
        else:
            joined.append(token)
    return joined


def _closes(joined: Sequence[Token], token: Token) -> bool:
    """Whether a text closes what was opened before the note it follows."""
    before = joined[-2].text[-1:] if len(joined) > 1 and joined[-2].kind == "text" else ""
    return (
        bool(before)
        and token.kind == "text"
        and before in "`*_(["
        and (token.text[:1] == {"(": ")", "[": "]"}.get(before, before))
    )


def _with_brackets(body: str, start: int, end: int) -> tuple[int, int]:
    """A link's span with the brackets and emphasis directly around it."""
    while start > 0 and end < len(body):
        pair = body[start - 1] + body[end]
        if pair not in ("[]", "()", "**", "``"):
            break
        start, end = start - 1, end + 1
    return start, end
