"""Which records are the same paper: a pure function of the records, whatever their order.

Two records are *linked* when they share an identifier or when title and authors agree. Linked
records become one paper, the surest links first, unless that would put two different papers
together: records a person set apart, or two arXiv identifiers, ACL names or publishers' DOIs
that only a title connects. Linked records with a title but no authors join only when there is
one paper they can mean. A web page is an identifier unless the titles it stands beside say that
it is the page of several papers, such as a workshop's; against an address with a number for each
paper titles say nothing, against authors who agree little.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, compress

from db.likeness import name_of, nearly, same_person, slip
from tracker.addresses import CODE_HOSTS, names_one_paper, parse_address
from tracker.identifiers import Identifier, canonical, normalise_title
from tracker.paper import Paper

Names = frozenset[tuple[str, str]]

IDENTIFIER, AUTHORS, TITLE = "identifier", "title and authors", "title alone"
"""Why two records are linked; from the surest to the least sure."""

# A title this short is shared by papers that have nothing to do with each other.
_SHORT = 10
_SHORT_WITH_AUTHORS = 16
_SHORT_ALONE = 24
_FEW_WORDS_ALONE = 4
# A preprint is rarely published later than this many years after it.
_YEARS_APART = 3
_MOST_LETTERS = 300
# Where titles may differ by a typing error: in a word this long of a title whose other half is
# right.
_PART = 20
# How long a word must be to hold a letter too many or too few (or two swapped), and a wrong one:
# when all authors agree, when the title is very long, and otherwise. Micro and macro, CoGS and
# CFGs are different papers of one group of authors.
_VERY_LONG = 60
_SLIPS_BY_AUTHORS, _SLIPS_IF_LONG, _SLIPS = (2, 5), (3, 7), (5, 7)
_ARTICLES = frozenset({"a", "an", "the"})

# Titles with less than this share of the shorter one's words in common are of different papers
# when a page is all that connects them. Of 8,200 renamed arXiv papers 6 % have less; so do 70 %
# of other pairs from one section of a list. Three titles with none of them this near to another
# are too many for one paper that was renamed.
_UNLIKE, _NEAR = 0.25, 0.5

# Schemes of which a paper has one; of several in a record, the first is the paper's own.
SINGLE = frozenset({"arxiv", "acl", "pmid", "pmcid", "s2", "corpus"})
# Where a preprint, a thesis or a data set gets a DOI beside the publisher's: bioRxiv and
# medRxiv, Research Square, SSRN, TechRxiv, Preprints.org, OSF, Zenodo, Authorea, ChemRxiv.
_PREPRINT_DOIS = (
    *("10.1101/", "10.64898/", "10.21203/", "10.2139/", "10.36227/", "10.20944/"),
    *("10.31219/", "10.31234/", "10.5281/", "10.22541/", "10.26434/", "10.48550/"),
)


@dataclass(frozen=True)
class Record:
    """What one source said, with what it takes to compare it; `id` and `paper_id` once stored."""

    source: str
    digest: str
    paper: Paper
    id: int | None = None
    paper_id: int | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Its place in the order in which records are looked at."""
        return self.digest, self.source

    @cached_property
    def identifiers(self) -> tuple[Identifier, ...]:
        """The identifiers that say which paper it is."""
        seen: set[str] = set()
        kept = []
        for identifier in (one for i in self.paper.identifiers for one in canonical(i)):
            if identifier.scheme not in SINGLE or identifier.scheme not in seen:
                kept.append(identifier)
            seen.add(identifier.scheme)
        return tuple(dict.fromkeys(kept))

    @cached_property
    def words(self) -> list[str]:
        """The words of its title."""
        return normalise_title(self.paper.title).split()

    @cached_property
    def long_words(self) -> frozenset[str]:
        """The long words of its title, where it has any, else all."""
        return frozenset(word for word in self.words if len(word) > 3) or frozenset(self.words)

    @cached_property
    def title_key(self) -> str:
        """Its title reduced by `title_key`."""
        return title_key(self.paper.title)

    @property
    def head_key(self) -> str:
        """The beginning of a long title: equal where only the rest has an error."""
        return self.title_key[:_PART] if len(self.title_key) >= 2 * _PART else ""

    @property
    def tail_key(self) -> str:
        """The end of a long title: equal where only the rest has an error."""
        return self.title_key[-_PART:] if self.head_key else ""

    @cached_property
    def names(self) -> tuple[tuple[str, frozenset[str]], ...]:
        """Each author's surname and all words of the name."""
        return tuple(name for author in self.paper.authors if (name := name_of(author)))

    @cached_property
    def unique_names(self) -> Names:
        """What no two records of one paper differ in unless one of them is wrong."""
        return frozenset(
            (i.scheme, i.value)
            for i in self.identifiers
            if i.scheme in {"arxiv", "acl"}
            or (i.scheme == "doi" and not i.value.startswith(_PREPRINT_DOIS))
        )


@dataclass(frozen=True, slots=True)
class Group:
    """Records of one paper, and the links that brought them together."""

    records: tuple[Record, ...]
    links: tuple[tuple[Record, Record, str], ...]


def title_key(title: str) -> str:
    """A title's letters and digits; equal where only spelling or articles differ."""
    words = [word for word in title.split() if word.lower() not in _ARTICLES]
    return normalise_title(" ".join(words or [title])).replace(" ", "")[:_MOST_LETTERS]


def title_counts(record: Record) -> bool:
    """Whether the record's title is long enough to say anything about which paper it is."""
    return len(record.title_key) >= _SHORT and len(record.words) > 1


def unlike(one: Record, other: Record, page: Identifier) -> bool:
    """Whether the titles are of different papers, unless more than this page connects them."""
    return title_counts(one) and title_counts(other) and _is_shared(page, (one, other))


def shared_pages(records: Iterable[Record]) -> frozenset[Identifier]:
    """The web pages that are no one paper's, by titles and authors of the records naming them."""
    titled: dict[Identifier, dict[object, Record]] = defaultdict(dict)
    for record in records:
        for identifier in record.identifiers:
            if identifier.scheme == "url" and title_counts(record):
                titled[identifier].setdefault((record.title_key, record.names), record)
    return frozenset(
        page for page, known in titled.items() if _is_shared(page, tuple(known.values()))
    )


def link(one: Record, other: Record, shared: frozenset[Identifier] = frozenset()) -> str | None:
    """Why two records may be one paper: IDENTIFIER, AUTHORS, TITLE, or None for no reason.

    `shared` are web pages of several papers: they name one only together with its title, or
    part of that.
    """
    common = set(one.identifiers).intersection(other.identifiers)
    if common and (not common <= shared or _within(one, other)):
        return IDENTIFIER
    if not title_counts(one) or not nearly(one.title_key, other.title_key):
        return None
    if _conflict(one.unique_names, other.unique_names) or not _years_near(one, other):
        return None
    several = _same_people(one, other)
    if one.names and other.names:
        enough = several or len(one.title_key) >= _SHORT_WITH_AUTHORS
        agree = enough and _authors_agree(one, other) and _same_title(one, other, known=several)
        return AUTHORS if agree else None
    if len(one.title_key) < _SHORT_ALONE or len(one.words) < _FEW_WORDS_ALONE:
        return None
    return TITLE if _same_title(one, other, known=False) else None


def group(records: Iterable[Record], apart: frozenset[frozenset[int]] = frozenset()) -> list[Group]:
    """Divide records into papers; `apart` holds pairs of record numbers that must not meet."""
    ordered = sorted(records, key=lambda record: record.key)
    forest = _Forest(ordered, apart)
    links = list(_links(ordered))
    for reason in (IDENTIFIER, AUTHORS):
        for one, other, why in links:
            if why == reason:
                forest.join(one, other, reason)
    for pairs in _connected([(one, other) for one, other, why in links if why == TITLE]):
        if forest.could_join({member for pair in pairs for member in pair}):
            for one, other in pairs:
                forest.join(one, other, TITLE)
    return forest.groups()


def _in_common(one: Record, other: Record) -> float:
    """The share of the shorter title's long words that both titles have."""
    ours, theirs = one.long_words, other.long_words
    return len(ours & theirs) / max(1, min(len(ours), len(theirs)))


def _within(one: Record, other: Record) -> bool:
    """Whether two titles are the same, or all of one that says something is in the other."""
    if one.title_key == other.title_key:
        return True
    return title_counts(one) and title_counts(other) and _in_common(one, other) == 1


def _is_shared(page: Identifier, records: Sequence[Record]) -> bool:
    """Whether a page that all these records name is the page of several papers."""
    if len({record.title_key for record in records}) < 2:
        return False
    if names_one_paper(page.value):
        return any(
            one.names and other.names and not _authors_agree(one, other)
            for one, other in combinations(records, 2)
            if _in_common(one, other) < _UNLIKE
        )
    address = parse_address(page.value)
    # The papers of one group often share the page of its code.
    by_people = address is not None and not address.host.endswith(CODE_HOSTS)

    def one_paper(one: Record, other: Record) -> bool:
        return _in_common(one, other) >= _UNLIKE or (by_people and _same_people(one, other))

    near = _parts(records, lambda one, other: _in_common(one, other) >= _NEAR)
    return near > 2 or _parts(records, one_paper) > 1


def _parts(records: Sequence[Record], alike: Callable[[Record, Record], bool]) -> int:
    """How many papers these records are of, if those are one that hang together by likeness."""
    rest, parts = list(records), 0
    while rest:
        parts += 1
        frontier = [rest.pop()]
        while frontier and rest:
            one = frontier.pop()
            found = [alike(one, other) for other in rest]
            frontier += compress(rest, found)
            rest = [other for other, is_alike in zip(rest, found, strict=True) if not is_alike]
    return parts


def _links(ordered: Sequence[Record]) -> Iterator[tuple[int, int, str]]:
    """Every linked pair, as positions, found through what both have."""
    shared = shared_pages(ordered)
    blocks: dict[object, list[int]] = defaultdict(list)
    for position, record in enumerate(ordered):
        for identifier in record.identifiers:
            blocks[identifier].append(position)
        if title_counts(record):
            blocks[record.title_key].append(position)
        for part in filter(None, (record.head_key, record.tail_key)):
            blocks[part].append(position)
    pairs = {pair for block in blocks.values() for pair in combinations(block, 2)}
    for one, other in sorted(pairs):
        if reason := link(ordered[one], ordered[other], shared):
            yield one, other, reason


def _connected(pairs: Iterable[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """The pairs, those that hang together in one list."""
    lists: dict[int, list[tuple[int, int]]] = {}
    for pair in pairs:
        joined = [pair]
        for old in {id(lists[end]): lists[end] for end in pair if end in lists}.values():
            joined += old
        for end in {end for each in joined for end in each}:
            lists[end] = joined
    return [sorted(found) for found in {id(found): found for found in lists.values()}.values()]


class _Forest:
    """Sets of records that are one paper so far, joined two at a time."""

    def __init__(self, ordered: Sequence[Record], apart: frozenset[frozenset[int]]) -> None:
        self._ordered = ordered
        self._apart = apart
        self._root = list(range(len(ordered)))
        self._members = {position: [position] for position in self._root}
        self._names = {position: ordered[position].unique_names for position in self._root}
        self._links: dict[int, list[tuple[Record, Record, str]]] = defaultdict(list)

    def join(self, one: int, other: int, reason: str) -> None:
        """Put two sets together unless they are of different papers."""
        into, out = sorted((self._root[one], self._root[other]))
        if into == out or self._kept_apart(into, out):
            return
        differ = _conflict(self._names[into], self._names[out])
        if differ and not (reason == IDENTIFIER and self._outweighs(differ, one, other)):
            return
        for member in self._members[out]:
            self._root[member] = into
        self._members[into] += self._members.pop(out)
        self._names[into] |= self._names.pop(out)
        self._links[into] += self._links.pop(out, [])
        self._links[into].append((self._ordered[one], self._ordered[other], reason))

    def could_join(self, members: Iterable[int]) -> bool:
        """Whether all of these together could be one paper."""
        roots = sorted({self._root[member] for member in members})
        return not any(
            self._kept_apart(one, other) or _conflict(self._names[one], self._names[other])
            for one, other in combinations(roots, 2)
        )

    def groups(self) -> list[Group]:
        """The sets, each in order, with the links used."""
        return [
            Group(
                tuple(self._ordered[member] for member in sorted(members)),
                tuple(self._links.get(root, ())),
            )
            for root, members in sorted(self._members.items())
        ]

    def _outweighs(self, differ: set[str], one: int, other: int) -> bool:
        """Whether a shared identifier counts although identifiers of these schemes differ.

        A volume's DOI is sometimes given to each paper in it, and two papers may share a project
        page; then the title must be the same. Different DOIs or ACL names of one arXiv paper are
        no obstacle.
        """
        ours, theirs = self._ordered[one], self._ordered[other]
        page = all(i.scheme == "url" for i in set(ours.identifiers) & set(theirs.identifiers))
        return ours.title_key == theirs.title_key or ("arxiv" not in differ and not page)

    def _kept_apart(self, into: int, out: int) -> bool:
        if not self._apart:
            return False
        ids = [[self._ordered[m].id for m in self._members[root]] for root in (into, out)]
        return any(
            frozenset((one, other)) in self._apart
            for one in ids[0]
            for other in ids[1]
            if one is not None and other is not None
        )


def _conflict(one: Names, other: Names) -> set[str]:
    """The schemes of which a paper has one and in which these two differ."""
    schemes = {scheme for scheme, _ in one} & {scheme for scheme, _ in other}
    differ = set()
    for scheme in schemes:
        ours, theirs = ({n for n in names if n[0] == scheme} for names in (one, other))
        if not (ours <= theirs or theirs <= ours):
            differ.add(scheme)
    return differ


def _years_near(one: Record, other: Record) -> bool:
    """Whether the years allow one paper; a long title says more than they do."""
    ours, theirs = one.paper.published, other.paper.published
    if ours is None or theirs is None or one.head_key:
        return True
    return abs(ours.year - theirs.year) <= _YEARS_APART


def _authors_agree(one: Record, other: Record, *, share: float = 0.5) -> bool:
    """Whether this share of the authors of the shorter list is on the longer one."""
    shorter, longer = sorted((one.names, other.names), key=len)
    found = sum(any(same_person(a, b) for b in longer) for a in shorter)
    return found >= share * len(shorter)


def _same_people(one: Record, other: Record) -> bool:
    """Whether several people wrote both, and all of the shorter list are on the longer one."""
    return min(len(one.names), len(other.names)) > 1 and _authors_agree(one, other, share=1)


def _same_title(one: Record, other: Record, *, known: bool) -> bool:
    """Whether two titles are equal, or long and differ by an article or a slip in one word.

    `known` is whether all authors of several agree.
    """
    if one.title_key == other.title_key:
        return True
    if not (one.head_key and other.head_key):
        return False
    ours, theirs = ([w for w in each.words if w not in _ARTICLES] for each in (one, other))
    if ours == theirs:
        return True
    if len(ours) != len(theirs):
        return False
    differ = [pair for pair in zip(ours, theirs, strict=True) if pair[0] != pair[1]]
    if len(differ) != 1:
        return False
    least = _SLIPS_IF_LONG if len(one.title_key) >= _VERY_LONG else _SLIPS
    return slip(*differ[0], _SLIPS_BY_AUTHORS if known else least)
