"""What a section would write of a paper: its words for a preprint, its labels, its fineness."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from tracker.identifiers import arxiv_id
from tracker.paper import Paper, Role
from tracker.publication import Publication, publication_of, short_venue
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
    publication = publication_of([paper])
    short, title = _names(flatten(paper.title), facts)
    authors, et_al = _authors(paper, facts)
    return Facts(
        title=title,
        short_name=short,
        authors=authors,
        et_al=et_al,
        venue=_venue(paper, publication, facts, [template.facts for template in wider]),
        published=_date(paper, publication, facts),
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
_JOINED = re.compile(r"(\W+)(?:19|20)\d\d$")


def _venue(
    paper: Paper,
    publication: Publication | None,
    facts: Sequence[Facts],
    wider: Sequence[Facts],
) -> str:
    """The venue as the section writes venues; for a preprint its word for preprints."""
    stated = [fact.venue for fact in facts if fact.venue]
    if len(stated) < _SOME * len(facts):
        return ""
    year = str(paper.published.year) if paper.published else ""
    if publication:
        year = str(publication.year) if publication.year else year
        venue = _spelling(publication.venue, [*facts, *wider])
        joints = Counter(found[1] for text in stated if (found := _JOINED.search(text)))
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


def _spelling(venue: str, facts: Sequence[Facts]) -> str:
    """The list's own name for a venue, in short where it has none."""
    names = Counter(
        _JOINED.sub("", fact.venue)
        for fact in facts
        if fact.venue and short_venue(fact.venue).casefold() == venue.casefold()
    )
    return names.most_common(1)[0][0] if names else flatten(venue)


def _date(
    paper: Paper, publication: Publication | None, facts: Sequence[Facts]
) -> PartialDate | None:
    """The day of a paper, as finely as the newest entries of its kind write theirs."""
    dated = [fact for fact in facts if fact.published]
    if paper.published is None or len(dated) < _SOME * len(facts) or not dated:
        return None
    # Preprints often state a month where what is published states a year.
    alike = [fact for fact in dated if bool(PREPRINT.search(fact.venue)) == (not paper.venue)]
    dates = [fact.published for fact in alike or dated if fact.published]
    newest = sorted(dates, key=lambda date: date.key, reverse=True)
    depth = Counter(d.depth for d in newest[:12] if d.year == newest[0].year).most_common(1)[0][0]
    if depth == 1 and publication and publication.year:
        return PartialDate(publication.year)
    return _known(paper.published, told=paper.updated is not None).cut(depth)


def _known(day: date, *, told: bool) -> PartialDate:
    """What a day says for certain: who knows the month alone says its first, the year its first.

    Who tells of updates too tells days.
    """
    whole = PartialDate(day.year, day.month, day.day)
    if told or day.day > 1:
        return whole
    return whole.cut(1 if day.month == 1 else 2)


def _links(
    paper: Paper, own: Sequence[Template], wider: Sequence[Template]
) -> tuple[NamedLink, ...]:
    """The paper's own link first, then the others the list has a word for."""
    found: list[NamedLink] = []
    if url := _address(paper, own) or _address(paper, wider) or paper.url:
        carried = 2 * sum(template.carrier >= 0 for template in own) > len(own)
        twice = 2 * sum(any(_labelled([template], "paper")) for template in own) > len(own)
        if carried:
            found.append(NamedLink("paper", url))
        if not carried or twice:
            found.append(_named("paper", url, own, wider))
    wanted: tuple[Role, ...] = ("code", "project", "data", "model")
    for link in paper.links:
        if link.role in wanted and all(link.url != other.url for other in found):
            named = _named(link.role, link.url, own, wider)
            if named.image or named.label not in ("", link.url):
                found.append(named)
    return (*found, *_pictures([link.url for link in found], own))


def _named(role: Role, url: str, own: Sequence[Template], wider: Sequence[Template]) -> NamedLink:
    """A link as the section labels links of its role: a word, a number, a badge."""
    values = _values(url)
    for templates in (own, wider):
        forms = Counter(_form(link) for link in _labelled(templates, role))
        for (label, image), _ in forms.most_common():
            texts = _filled(label, values), _filled(image, values)
            if texts[0] is not None and texts[1] is not None:
                return NamedLink(role, url, url if label == "<>" else texts[0], texts[1])
    return NamedLink(role, url, "paper" if role == "paper" else "")


def _labelled(templates: Sequence[Template], role: Role) -> Iterator[NamedLink]:
    """The links of a role that have a label which says what they are."""
    for template in templates:
        for number, link in enumerate(template.facts.links):
            if link.role != role or number == template.carrier:
                continue
            words = plain(_form(link)[0]).strip("[]() ")
            known = label_role(words) is not None or "{" in words or link.label == link.url
            # Other labels are the names of what is linked; a badge may show a name as well.
            if known or (link.image and "{" in _form(link)[1]):
                yield link


def _pictures(urls: Sequence[str], own: Sequence[Template]) -> Iterator[NamedLink]:
    """The pictures without a link that most entries with links like these have."""
    values = {name: value for url in urls for name, value in _values(url).items()}
    shown: Counter[tuple[str, str]] = Counter()
    able: Counter[str] = Counter()
    for template in own:
        able.update({name for link in template.facts.links for name in _values(link.url)})
        for link in template.facts.links:
            if not link.url and "{" in (form := _form(link, template))[1]:
                shown[form] += 1
    for (label, image), count in shown.items():
        text = _filled(image, values)
        names = re.findall(r"\{(\w+)\}", image)
        if text is not None and count >= 2 and all(2 * count > able[name] for name in names):
            yield NamedLink("other", "", _filled(label, values) or "", text)


_REPOSITORY = re.compile(r"https?://github\.com/([\w.-]+/[\w.-]+?)(?:\.git)?/?(?:[#?].*)?$")


def _values(url: str) -> dict[str, str]:
    """What of an address labels and badges repeat: an arXiv identifier, a repository."""
    if repository := _REPOSITORY.match(url):
        return {"repository": repository[1]}
    arxiv = arxiv_id(url) if "arxiv" in url.lower() else None
    return {"arxiv": arxiv[0]} if arxiv else {}


def _form(link: NamedLink, template: Template | None = None) -> tuple[str, str]:
    """The label and picture of a link with what they repeat of its address left open."""
    urls = [link.url] if template is None else [other.url for other in template.facts.links]
    label, image = "<>" if link.label == link.url else link.label, link.image
    for url in urls:
        for name, value in _values(url).items():
            version = r"(?:v\d+)?" if name == "arxiv" else ""
            pattern = re.compile(rf"(?i){re.escape(value)}{version}")
            label, image = (pattern.sub(f"{{{name}}}", text) for text in (label, image))
    return label, image


def _filled(form: str, values: Mapping[str, str]) -> str | None:
    """A label or picture for these values; None where it needs one that is not known."""
    names = re.findall(r"\{(\w+)\}", form)
    if any(name not in values for name in names):
        return None
    return re.sub(r"\{(\w+)\}", lambda found: values[found[1]], form)


_ARXIV_PAGE = re.compile(
    r"(https?://(?:www\.)?(?:arxiv\.org|browse\.arxiv\.org)/(?:abs|pdf|html)/)"
    r"\d{4}\.\d{4,5}(?:v\d+)?(\.pdf)?/?$"
)


def _address(paper: Paper, templates: Sequence[Template]) -> str:
    """The address these entries link an arXiv paper by, the abstract's or the PDF's; else ""."""
    arxiv = paper.identifier("arxiv")
    if arxiv is None:
        return ""
    forms: Counter[str] = Counter()
    for template in templates:
        for link in template.facts.links:
            if link.role == "paper" and (found := _ARXIV_PAGE.match(link.url)):
                forms[found[1] + "{}" + (found[2] or "")] += 1
    return forms.most_common(1)[0][0].replace("{}", arxiv) if forms else ""
