"""The links of a new entry, labelled as the section labels its own: words, numbers, badges."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from tracker.identifiers import LONGEST
from tracker.paper import Paper, Role
from tracker.publication import publication_of
from tracker.reading_list.echo import NAMES, filled, opened, values_of, values_of_all
from tracker.reading_list.escape import flatten
from tracker.reading_list.inline import plain
from tracker.reading_list.pieces import NamedLink
from tracker.reading_list.signs import is_sign
from tracker.reading_list.template import Template
from tracker.reading_list.words import PREPRINT, is_acronym, label_role, looks_like_venue

_WANTED: tuple[Role, ...] = ("code", "project", "data", "model")
_Form = tuple[str, str]
"""A label and a picture's address, with `{arxiv}` and the like for what they say of the paper."""
_DATED = re.compile(
    r"(?P<open>[\[(]?)(?P<venue>[^\d\[\]]{2,60}?)(?P<joint>[\s,'’:-]{0,3})"
    r"(?P<year>(?:19|20)\d\d)(?P<close>[\])]?)"
)
"""A label such as `NeurIPS 2023`."""


class Labels:
    """How a section links a paper; `own` are its entries, `wider` those around it."""

    def __init__(self, own: Sequence[Template], wider: Sequence[Template]) -> None:
        self.own = own
        self.wider = wider
        self._forms = [_label_forms(own), _label_forms(wider)]
        self._addresses = [_addresses(own), _addresses(wider)]
        self._carried = 2 * sum(template.carrier >= 0 for template in own) > len(own)
        labels = set(self._forms[0].get("paper", ()))
        named = sum(any(form in labels for _, form in _labelled(template)) for template in own)
        self._named = 2 * named > len(own)
        self._pictures = _pictures(own)
        self._several = _several_pages(own)

    def links_of(self, paper: Paper) -> tuple[NamedLink, ...]:
        """The paper's own link first, then the others the list has a word for."""
        arxiv = paper.identifier("arxiv")
        stated = _stated(paper)
        found = [
            NamedLink("paper", page.replace("{}", arxiv or ""), label, image)
            for page, (label, image) in (self._several if arxiv else ())
        ]
        if not found and (url := self._address(paper)):
            if self._carried:
                found.append(NamedLink("paper", url))
            if not self._carried or self._named:
                found.append(self._label("paper", url, stated))
        for link in paper.links:
            if len(link.url) > LONGEST or link.role not in _WANTED:
                continue
            if all(link.url != other.url for other in found):
                named = self._label(link.role, link.url)
                if named.image or named.label not in ("", link.url):
                    found.append(named)
        values = values_of_all(named.url for named in found)
        pictures = (
            (filled(label, values), filled(image, values)) for label, image in self._pictures
        )
        shown = (NamedLink("other", "", label or "", image) for label, image in pictures if image)
        return (*found, *shown)

    def _label(self, role: Role, url: str, stated: Mapping[str, str] | None = None) -> NamedLink:
        """A link as links of its role are labelled; `stated` is what labels say of a paper."""
        values = {**values_of(url), **(stated or {})}
        for forms in self._forms:
            for label, image in forms.get(role, ()):
                if not _fits(label, url, values):
                    continue
                texts = filled(label, values), filled(image, values)
                if texts[0] is not None and texts[1] is not None:
                    return NamedLink(role, url, url if label == "<>" else texts[0], texts[1])
        return NamedLink(role, url, "paper" if role == "paper" else "")

    def _address(self, paper: Paper) -> str:
        """The address the list links a paper by: of arXiv's the abstract's or the PDF's."""
        arxiv = paper.identifier("arxiv")
        form = next((form for form in self._addresses if form), "")
        return form.replace("{}", arxiv) if arxiv and form else paper.url


def _label_forms(templates: Sequence[Template]) -> dict[Role, list[_Form]]:
    """How links of each role are labelled, the commonest way first.

    Not by names of what is linked: a label says what a link is, in words or signs, or is that of
    most entries.
    """
    counts: dict[Role, Counter[_Form]] = {}
    for template in templates:
        for role, form in _labelled(template):
            counts.setdefault(role, Counter())[form] += 1
    return {
        role: [
            form
            for form, count in forms.most_common()
            if _says_what(form) or (role == "paper" and count > max(1, len(templates) / 2))
        ]
        for role, forms in counts.items()
    }


def _labelled(template: Template) -> Iterator[tuple[Role, _Form]]:
    """The roles and forms of the links, without the title's own."""
    for number, link in enumerate(template.facts.links):
        if number != template.carrier and link.url:
            yield link.role, _form(link, (link.url,))


def _says_what(form: _Form) -> bool:
    """Whether a label says what its link is, rather than what is linked."""
    label, image = form
    words = plain(label).strip("[]() ")
    known = label_role(words) is not None or is_sign(words) or "{" in words or label == "<>"
    return known or "{" in image


def _several_pages(templates: Sequence[Template]) -> tuple[tuple[str, _Form], ...]:
    """The pages of arXiv that most entries link to, with their labels, if those are several.

    Such as the abstract and the PDF.
    """
    shown: Counter[tuple[tuple[str, _Form], ...]] = Counter()
    for template in templates:
        pages = tuple(
            (page, ("", "") if number == template.carrier else _form(link, (link.url,)))
            for number, link in enumerate(template.facts.links)
            if (page := _arxiv_page(link))
        )
        if pages:
            shown[pages] += 1
    pages, count = shown.most_common(1)[0] if shown else ((), 0)
    several = len({page for page, _ in pages}) > 1
    plain_labels = not any(NAMES.search(text) for _, form in pages for text in form)
    return pages if several and plain_labels and count > max(1, shown.total() / 2) else ()


def _pictures(templates: Sequence[Template]) -> list[_Form]:
    """The pictures without a link that most entries with links like these have."""
    shown: Counter[_Form] = Counter()
    able: Counter[str] = Counter()
    for template in templates:
        urls = tuple(link.url for link in template.facts.links if link.url)
        able.update({name for url in urls for name in values_of(url)})
        for link in template.facts.links:
            if not link.url and "{" in (form := _form(link, urls))[1]:
                shown[form] += 1
    return [
        form
        for form, count in shown.items()
        if count >= 2 and all(2 * count > able[name] for name in NAMES.findall(form[1]))
    ]


def _form(link: NamedLink, urls: Sequence[str]) -> _Form:
    """The label and picture of a link with what they repeat of these addresses left open."""
    label, image = "<>" if link.label == link.url else _without_venue(link), link.image
    for url in urls:
        values = values_of(url)
        label, image = opened(label, values), opened(image, values)
    return label, image


def _without_venue(link: NamedLink) -> str:
    """A label with the venue and year of its paper left open; a host's own name stays."""
    found = _DATED.fullmatch(link.label)
    name = found["venue"] if found else link.label.strip("[]() ")
    if link.role != "paper" or link.image or not looks_like_venue(name):
        return link.label
    preprint = PREPRINT.search(name) is not None
    if found:
        venue = name if preprint else "{venue}"
        return f"{found['open']}{venue}{found['joint']}{{year}}{found['close']}"
    return link.label if preprint or _suits(name, link.url) else link.label.replace(name, "{venue}")


def _fits(label: str, url: str, values: Mapping[str, str]) -> bool:
    """Whether a label is for this link: that of preprints is not for what has a venue."""
    if "{venue}" in label:
        return True
    dated = "{year}" in label
    name = label.replace("{year}", "").strip("[]() ,'’:-")
    return not (dated and "venue" in values) and _suits(name, url)


def _suits(name: str, url: str) -> bool:
    """Whether a label, where it is a host's or a venue's short name, is that of the address."""
    short = name == "arXiv" or is_acronym(name)
    return not (short and looks_like_venue(name)) or name.lower() in url.lower()


def _stated(paper: Paper) -> dict[str, str]:
    """What labels may say of a paper: its venue and the year of that, or the year it is of."""
    publication = publication_of([paper])
    year = publication.year if publication else None
    year = year or (paper.published.year if paper.published else None)
    venue = {"venue": flatten(publication.venue)} if publication else {}
    return venue | ({"year": str(year)} if year else {})


_ARXIV_PAGE = re.compile(
    r"(https?://(?:www\.)?(?:arxiv\.org|browse\.arxiv\.org)/(?:abs|pdf|html)/)"
    r"\d{4}\.\d{4,5}(?:v\d+)?(\.pdf)?/?$"
)


def _arxiv_page(link: NamedLink) -> str:
    """A paper's page at arXiv, `{}` for the identifier; "" for another link."""
    found = _ARXIV_PAGE.match(link.url) if link.role == "paper" else None
    return found[1] + "{}" + (found[2] or "") if found else ""


def _addresses(templates: Sequence[Template]) -> str:
    """How these entries link to arXiv, `{}` for the identifier; "" where they do not."""
    forms: Counter[str] = Counter()
    for template in templates:
        for link in template.facts.links:
            if page := _arxiv_page(link):
                forms[page] += 1
    return forms.most_common(1)[0][0] if forms else ""
