"""What a section would write of a paper: its words for a preprint, its labels, its fineness."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from tracker.paper import Paper, Role
from tracker.reading_list.dates import PartialDate
from tracker.reading_list.escape import flatten
from tracker.reading_list.inline import plain
from tracker.reading_list.pieces import Facts, NamedLink
from tracker.reading_list.template import Template
from tracker.reading_list.words import PREPRINT, label_role

_SOME = 0.4
"""A part that fewer of a section's entries write is an exception, not its style."""


def facts_of(paper: Paper, own: Sequence[Template], wider: Sequence[Template]) -> Facts:
    """What a section would write of a paper; `own` are its entries, `wider` those around it."""
    facts = [template.facts for template in own]
    short, title = _names(flatten(paper.title), facts)
    authors, et_al = _authors(paper, facts)
    return Facts(
        title=title,
        short_name=short,
        authors=authors,
        et_al=et_al,
        venue=_venue(paper, facts, [template.facts for template in wider]),
        published=_date(paper, facts),
        links=_links(paper, own, wider),
    )


def _names(title: str, facts: Sequence[Facts]) -> tuple[str, str]:
    """The short name the section would set before a title, and the title it would write."""
    named = [fact for fact in facts if fact.short_name]
    prefix, colon, rest = title.partition(": ")
    short = prefix == prefix.strip() and len(prefix.split()) <= 3 and len(prefix) <= 30
    if len(named) < _SOME * len(facts) or not named or not colon or not short:
        return "", title
    repeated = sum(f.title.casefold().startswith(f.short_name.casefold()) for f in named)
    return prefix, title if repeated > 0.5 * len(named) else rest


def _authors(paper: Paper, facts: Sequence[Facts]) -> tuple[tuple[str, ...], bool]:
    authored = [fact for fact in facts if fact.authors]
    names = tuple(flatten(name) for name in paper.authors)
    if len(authored) < _SOME * len(facts) or not authored or not names:
        return (), False
    shortened = [fact for fact in authored if fact.et_al]
    if len(shortened) <= 0.5 * len(authored):
        return names, False
    kept = Counter(len(fact.authors) for fact in shortened).most_common(1)[0][0]
    return names[:kept], len(names) > kept


_YEAR = re.compile(r"(?:19|20)\d\d")


def _venue(paper: Paper, facts: Sequence[Facts], wider: Sequence[Facts]) -> str:
    """The venue as the section writes venues; for a preprint its word for preprints."""
    stated = [fact.venue for fact in facts if fact.venue]
    if len(stated) < _SOME * len(facts):
        return ""
    year = str(paper.published.year) if paper.published else ""
    if paper.venue:
        venue = flatten(paper.venue)
        dated = [re.search(r"(\W+)(?:19|20)\d\d$", text) for text in stated]
        joints = Counter(found[1] for found in dated if found)
        if year and sum(joints.values()) > 0.5 * len(stated) and not _YEAR.search(venue):
            return venue + joints.most_common(1)[0][0] + year
        return venue
    if paper.identifier("arxiv") is None:
        return ""
    for venues in (stated, [fact.venue for fact in wider]):
        spelled = Counter(
            # Other digits are those of the paper they stand with.
            re.sub(r"[\s'’:-]*(?<!\d)(?!(?:19|20)\d\d(?!\d))\d[\d.]*", "", _YEAR.sub(year, venue))
            for venue in venues
            if re.match(r"(?i)arxiv\b", venue)
        )
        if spelled:
            return spelled.most_common(1)[0][0]
    return ""


def _date(paper: Paper, facts: Sequence[Facts]) -> PartialDate | None:
    """The day of a paper, as finely as the newest entries of its kind write theirs."""
    dated = [fact for fact in facts if fact.published]
    if paper.published is None or len(dated) < _SOME * len(facts) or not dated:
        return None
    # Preprints often state a month where what is published states a year.
    alike = [fact for fact in dated if bool(PREPRINT.search(fact.venue)) == (not paper.venue)]
    dates = [fact.published for fact in alike or dated if fact.published]
    newest = sorted(dates, key=lambda date: date.key, reverse=True)
    depth = Counter(d.depth for d in newest[:12] if d.year == newest[0].year).most_common(1)[0][0]
    day = paper.published
    return PartialDate(day.year, day.month, day.day).cut(depth)


def _links(
    paper: Paper, own: Sequence[Template], wider: Sequence[Template]
) -> tuple[NamedLink, ...]:
    """The paper's own link first, then the others the list has a word for."""
    found: list[NamedLink] = []
    if url := _address(paper, [*own, *wider]):
        carried = 2 * sum(template.carrier >= 0 for template in own) > len(own)
        label = "" if carried else _label("paper", own, wider) or "paper"
        found.append(NamedLink("paper", url, url if label == "<>" else label))
    wanted: tuple[Role, ...] = ("code", "project", "data", "model")
    for link in paper.links:
        if link.role in wanted and all(link.url != other.url for other in found):
            label = _label(link.role, own, wider)
            if label not in ("", "<>"):
                found.append(NamedLink(link.role, link.url, label))
    return tuple(found)


def _label(role: Role, own: Sequence[Template], wider: Sequence[Template]) -> str:
    """The commonest word for a link of some role; `<>` for a bare address, "" for none."""
    for templates in (own, wider):
        labels: Counter[str] = Counter()
        for template in templates:
            for number, link in enumerate(template.facts.links):
                if link.role != role or number == template.carrier or link.image:
                    continue
                if link.label == link.url:
                    labels["<>"] += 1
                elif label_role(plain(link.label).strip("[]() ")) is not None:
                    # Other labels are the names of what is linked.
                    labels[link.label] += 1
        if labels:
            return labels.most_common(1)[0][0]
    return ""


_ARXIV_PAGE = re.compile(
    r"(https?://(?:www\.)?(?:arxiv\.org|browse\.arxiv\.org)/(?:abs|pdf|html)/)"
    r"\d{4}\.\d{4,5}(?:v\d+)?(\.pdf)?/?$"
)


def _address(paper: Paper, templates: Sequence[Template]) -> str:
    """The address the list links a paper by: the abstract's or the PDF's."""
    arxiv = paper.identifier("arxiv")
    if arxiv is None:
        return paper.url
    forms: Counter[str] = Counter()
    for template in templates:
        for link in template.facts.links:
            if link.role == "paper" and (found := _ARXIV_PAGE.match(link.url)):
                forms[found[1] + "{}" + (found[2] or "")] += 1
    form = forms.most_common(1)[0][0] if forms else "https://arxiv.org/abs/{}"
    return form.replace("{}", arxiv)
