"""The text of a pull request, made for a maintainer with two minutes.

`render_body` is deterministic: the same report gives the same characters. GitHub refuses texts
of more than 65,536; what does not fit is left out in the order of `_LEVELS`, and said so. The
hidden record stays whole: `fits` tells whether it can, before there is too much of it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby

import jinja2

from tracker.counting import counted
from tracker.paper import Paper
from tracker.pull_request import block
from tracker.pull_request.escape import link, markdown, shorten
from tracker.pull_request.proposal import (
    Alternative,
    Declined,
    Proposal,
    Report,
    SourceCount,
    Unplaced,
    Update,
    paper_key,
)
from tracker.pull_request.sentences import configure, funnel, left_out, postponed_why
from tracker.taxonomy import Path, common_root, path_text

MAXIMUM = 65_000
"""Characters of a text; GitHub allows 65,536, and a person may add some of their own."""

TEXT_NAME = "survey-tracker-pull-request.md"
"""The text's file beside a local list; deleting it says that all in it has been looked at."""

BEGIN = "<!-- survey-tracker: what stands between here and the end mark is rewritten -->"
END = "<!-- survey-tracker: end mark -->"


@dataclass(frozen=True, slots=True)
class _Level:
    """How much is shown: `abstract` in characters, the rest in items.

    `detail` is the block's, which is `packed` before anything else gives way.
    """

    abstract: int = 900
    evidence: int = 2
    detail: int = 2
    packed: bool = True
    listed: int = 30
    papers: int = 1000
    length: int = 200
    table: bool = True
    cut: str = ""
    root: int = 0


_LEVELS = (
    _Level(packed=False),
    _Level(),
    _Level(abstract=350, cut="Abstracts are shortened to fit GitHub's limit for this text."),
    _Level(abstract=0, cut="Abstracts are left out to fit GitHub's limit for this text."),
    _Level(
        abstract=0,
        evidence=1,
        detail=1,
        listed=10,
        length=120,
        cut="Abstracts and most of the evidence are left out to fit GitHub's limit for this text.",
    ),
    _Level(
        abstract=0,
        evidence=0,
        detail=0,
        listed=5,
        length=80,
        cut="Abstracts and evidence are left out to fit GitHub's limit for this text.",
    ),
    _Level(
        abstract=0,
        evidence=0,
        detail=0,
        listed=5,
        length=80,
        table=False,
        cut="The table, abstracts and evidence are left out to fit GitHub's limit for this text.",
    ),
)


def title(report: Report) -> str:
    """The pull request's title; no paper's title is in it."""
    papers, updates = len(report.proposals), len(report.updates)
    added = f"add {counted(papers, 'paper')} in {_sections(report.proposals)}" if papers else ""
    updated = f"update {counted(updates, 'entry')}" if updates else ""
    both = " and ".join(part for part in (added, updated) if part)
    return f"{_TITLE}{both or 'nothing to add'}"


def is_our_title(text: str) -> bool:
    """Whether a pull request's title is one that `title` makes."""
    return _OWN_TITLE.fullmatch(text) is not None


_TITLE = "Reading list: "
_OWN_TITLE = re.compile(
    rf"{_TITLE}(?:nothing to add|add [\d,]+ papers? in [\d,]+ sections?"
    r"(?: and update [\d,]+ (?:entry|entries))?|update [\d,]+ (?:entry|entries))"
)


def render_body(report: Report, *, head: str = "", base: str = "", maximum: int = MAXIMUM) -> str:
    """The text in Markdown, at most `maximum` characters if `fits` says that it can be.

    `head` is the commit it speaks of and `base` the branch it is to be merged into, both
    recorded in the hidden block.
    """
    for level in _LEVELS:
        text = _render(report, level, head, base)
        if len(text) <= maximum:
            return text
    papers = max(len(report.proposals), len(report.updates))
    while len(text) > maximum and papers:
        papers //= 2
        text = _render(report, _least(report, papers), head, base)
    return text


def fits(report: Report, maximum: int = MAXIMUM) -> bool:
    """Whether a text can say everything that must be recorded of this report."""
    # The names of the commit and the branch are not known yet.
    return len(_render(report, _least(report, 0), "0" * 64, "0" * 200)) <= maximum


def _least(report: Report, papers: int) -> _Level:
    """The level for more than any other can hold: some of the papers, and the record of all."""
    whole = max(len(report.proposals), len(report.updates))
    of = f"{papers} of {counted(whole, 'paper')}"
    cut = f"Only {of} fit into this text; the changed files show all."
    return replace(_LEVELS[-1], papers=papers, listed=min(5, papers), length=60, cut=cut)


def with_body(current: str, generated: str) -> str:
    """The generated text in the place of the one in `current`; what people wrote around it stays.

    A text whose marks were removed is replaced as a whole.
    """
    before, after = _around(current)
    if not before and not after:
        return generated
    around = before + generated.rstrip("\n") + after
    return around if len(around) <= MAXIMUM + 500 else generated


def room_beside(current: str) -> int:
    """How many characters the generated text may have beside what people wrote around it."""
    before, after = _around(current)
    # Where they wrote more than half a text, theirs gives way.
    return max(MAXIMUM - max(0, len(before) + len(after) - 500), MAXIMUM // 2)


def _around(current: str) -> tuple[str, str]:
    """What people wrote before and after the generated text."""
    start, end = current.find(BEGIN), current.rfind(END)
    return ("", "") if start < 0 or end < start else (current[:start], current[end + len(END) :])


def local_text(current: str, report: Report, *, head: str = "", base: str = "") -> str:
    """The text as a file, under its title; what people wrote around an earlier one stays."""
    generated = render_body(report, head=head, base=base, maximum=room_beside(current))
    return with_body(current or f"# {title(report)}\n\n{generated}", generated)


def _paths(report: Report) -> dict[Path, None]:
    """Every section the text names, once and in a fixed order."""
    paths = [p.section for p in (*report.proposals, *report.postponed)]
    paths += [update.section for update in report.updates]
    runners_up = [proposal.alternatives for proposal in report.proposals]
    runners_up += [unplaced.alternatives for unplaced in report.unplaced]
    paths += [a.section for alternatives in runners_up for a in alternatives]
    paths += [proposal.moved_from for proposal in report.proposals if proposal.moved_from]
    return dict.fromkeys(paths)


def _short_names(paths: Collection[Path]) -> dict[Path, str]:
    """Each section's shortest name that none of the others has."""
    ends = Counter(path[-n:] for path in paths for n in range(1, len(path) + 1))
    names = {}
    for path in paths:
        lengths = (n for n in range(1, len(path) + 1) if ends[path[-n:]] == 1)
        names[path] = path_text(path[-next(lengths, len(path)) :])
    return names


def _render(report: Report, level: _Level, head: str, base: str) -> str:
    paths = _paths(report)
    level = replace(level, root=len(common_root(list(paths))))
    shown = report.proposals[: level.papers]
    ordered = _in_groups(shown)
    more = len(report.proposals) - len(shown)
    names = _short_names(paths)
    return _template().render(
        begin=BEGIN,
        end=END,
        notice=markdown(shorten(report.notice, 1000)),
        summary=_summary(report),
        rows=[_row(proposal, level, names) for proposal in ordered] if level.table else [],
        more_rows=more,
        groups=[
            {"section": _section(path, level), "items": [_item(p, report, level) for p in items]}
            for path, items in groupby(ordered, key=lambda p: p.section)
        ],
        updates=[_update(update, report, level) for update in report.updates[: level.papers]],
        declined=_capped([_declined(d, level) for d in report.declined], level),
        unplaced=_capped([_unplaced(u, level, names) for u in report.unplaced], level),
        postponed=_capped([_postponed(p, level) for p in report.postponed], level),
        postponed_why=postponed_why(report),
        sources=[_source(source) for source in report.funnel.sources[: level.listed + 10]],
        funnel=funnel(report.funnel, report.as_of.isoformat()),
        left_out=left_out(report),
        configure=configure(report),
        cut=level.cut,
        commands=report.commands,
        block=block.encode(report, head, base, level.detail, packed=level.packed),
    )


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("tracker.pull_request", "."),
        autoescape=False,  # noqa: S701 - Markdown, not HTML; every value is escaped before
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    return environment.get_template("body.md.j2")


def _in_groups(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Proposals with those of one section together, sections in the order they first come."""
    order: dict[Path, int] = {}
    for proposal in proposals:
        order.setdefault(proposal.section, len(order))
    return sorted(proposals, key=lambda p: order[p.section])


def _summary(report: Report) -> str:
    papers, updates = len(report.proposals), len(report.updates)
    if not papers and not updates:
        return "Nothing is left to propose."
    parts = []
    if papers:
        parts.append(f"**{counted(papers, 'new paper')}** in {_sections(report.proposals)}")
    if updates:
        parts.append(f"**{counted(updates, 'published version')}**")
    return f"{' and '.join(parts)} for the reading list. Merge to accept what is ticked."


def _row(proposal: Proposal, level: _Level, names: Mapping[Path, str]) -> dict[str, str]:
    return {
        "link": _link(proposal, level),
        "section": _name(proposal.section, level, names),
        "confidence": _confidence(proposal.confidence)
        # What the classifier said was of the section it chose, not of the reviewer's.
        + (f" for {_name(proposal.moved_from, level, names)}" if proposal.moved_from else ""),
        "alternatives": _alternatives(proposal.alternatives[:2], level, names),
        "why": _why(proposal, level),
    }


def _item(proposal: Proposal, report: Report, level: _Level) -> dict[str, str]:
    paper = proposal.paper
    code = next((item.url for item in paper.links if item.role == "code"), "")
    sure, moved = f"{_confidence(proposal.confidence)} confidence", ""
    if proposal.moved_from:
        moved = f"moved here from {_section(proposal.moved_from, level)}, where it had {sure}"
    facts = [
        "" if moved else sure,
        f"relevance {proposal.relevance:.2f}",
        paper.published.isoformat() if paper.published else "",
        markdown(shorten(paper.venue, 60)),
        " + ".join(markdown(shorten(name, 40)) for name in proposal.sources[:4]),
        link("code", code) if code else "",
        moved,
        markdown(shorten(proposal.remark, 240)),
    ]
    return {
        "link": _link(proposal, level),
        "box": _box(paper, report),
        "key": paper_key(paper),
        "facts": " · ".join(fact for fact in facts if fact),
        "abstract": markdown(shorten(paper.abstract, level.abstract)) if level.abstract else "",
    }


def _why(proposal: Proposal, level: _Level) -> str:
    """The terms, and the entries of the section that resemble the paper most."""
    terms = [f"“{markdown(shorten(t, 40))}”" for t in proposal.evidence.terms[: 2 * level.evidence]]
    near = [
        link(shorten(n.title, min(45, level.length)), n.url)
        for n in proposal.evidence.neighbours[: level.evidence]
    ]
    parts = [", ".join(terms), f"near {'; '.join(near)}" if near else ""]
    return "<br>".join(part for part in parts if part)


def _unplaced(unplaced: Unplaced, level: _Level, names: Mapping[Path, str]) -> str:
    paper = unplaced.paper
    best = _alternatives(unplaced.alternatives[:3], level, names)
    shown = link(shorten(paper.title, level.length), paper.url)
    return f"{shown}: {best or 'none'} <!-- unplaced {paper_key(paper)} -->"


def _declined(declined: Declined, level: _Level) -> str:
    shown = link(shorten(declined.paper.title, level.length), declined.paper.url)
    word = "taken out" if declined.kind == "rejected" else "put off"
    who = f" by {markdown(shorten(declined.who, 40))}" if declined.who else ""
    reason = f": {markdown(shorten(declined.reason, 100))}" if declined.reason else ""
    return f"{shown} ({_section(declined.section, level)}), {word}{who}{reason}"


def _postponed(proposal: Proposal, level: _Level) -> str:
    number = f"{proposal.confidence:.2f}"
    return f"{_link(proposal, level)}: {_section(proposal.section, level)} ({number})"


def _box(paper: Paper, report: Report) -> str:
    return "[ ]" if paper_key(paper) in report.unticked else "[x]"


def _update(update: Update, report: Report, level: _Level) -> str:
    shown = link(shorten(update.paper.title, level.length), update.paper.url)
    venue = markdown(shorten(update.paper.venue, 80))
    facts = f"{shown}{': ' + venue if venue else ''} ({_section(update.section, level)})"
    return f"{_box(update.paper, report)} {facts} <!-- update {paper_key(update.paper)} -->"


def _source(source: SourceCount) -> dict[str, str]:
    return {
        "name": markdown(shorten(source.name, 60)),
        "fetched": f"{source.fetched:,}",
        "new": f"{source.new:,}",
        "note": f"failed: {markdown(shorten(source.error, 200))}" if source.error else "",
    }


def _capped(items: list[str], level: _Level) -> list[str]:
    rest = len(items) - level.listed
    return [*items[: level.listed], f"…and {rest} more"] if rest > 0 else items


def _link(proposal: Proposal, level: _Level) -> str:
    return link(shorten(proposal.paper.title, level.length), proposal.paper.url)


def _section(path: Path, level: _Level) -> str:
    return markdown(shorten(path_text(path[level.root :]), level.length))


def _name(path: Path, level: _Level, names: Mapping[Path, str]) -> str:
    return markdown(shorten(names[path], level.length))


def _alternatives(
    alternatives: Sequence[Alternative], level: _Level, names: Mapping[Path, str]
) -> str:
    """The sections that are possible at all, with their confidence."""
    shown = [a for a in alternatives if a.confidence >= 0.01]
    return ", ".join(f"{_name(a.section, level, names)} ({a.confidence:.2f})" for a in shown)


def _confidence(number: float) -> str:
    word = "high" if number >= 0.8 else "fair" if number >= 0.5 else "low"
    return f"{word} ({number:.2f})"


def _sections(proposals: Sequence[Proposal]) -> str:
    return counted(len({p.section for p in proposals}), "section")
