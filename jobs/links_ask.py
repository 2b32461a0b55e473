"""Asks for many addresses: hosts side by side, each host one request after the other.

Papers of arXiv are looked up together through its API, DOIs where they are registered; only
what is left costs a page each. A host that asks for a pause or does not answer is left alone.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from tracker.errors import SourceError
from tracker.links import Outcome
from tracker.links_check import LinkChecker, arxiv_page, doi_of
from tracker.pacing import rule_for
from tracker.paper import Paper
from tracker.responses import host_of

WORKERS = 16
"""Hosts asked at the same time."""

_STRIKES = 3
"""After so many links without an answer a host is taken to be down for this run."""
_TOO_MANY_UNKNOWN = 5
"""More unknown papers than this, and none known, is a fault of arXiv's API and not of the list."""

Checked = tuple[str, Outcome]
"""An address and what its check gave."""

LookUp = Callable[[Iterable[str]], Iterator[Paper]]
"""Papers by arXiv identifier; unknown ones are left out. Raises SourceError."""


class StoppedError(Exception):
    """Raised inside a worker that waits, when nobody wants its results any more."""


@dataclass(slots=True)
class Stop:
    """A sign to all workers; `sleep` is a pause that ends when it is given."""

    event: threading.Event = field(default_factory=threading.Event)

    def sleep(self, seconds: float) -> None:
        """Wait; raises StoppedError when the sign is given."""
        if self.event.wait(seconds):
            raise StoppedError


def ask(
    addresses: Iterable[str], checker: LinkChecker, look_up: LookUp, stop: Stop
) -> Generator[Checked, None, None]:
    """Outcomes of all addresses as they come in; closing the iterator stops the workers."""
    queue: SimpleQueue[Checked | BaseException | None] = SimpleQueue()
    # The host with the most links takes longest and is begun first.
    groups = sorted(_groups(addresses).values(), key=len, reverse=True)
    waiting = iter(groups)
    guard = threading.Lock()

    def work() -> None:
        try:
            while not stop.event.is_set():
                with guard:
                    group = next(waiting, None)
                if group is None:
                    break
                for checked in _check_group(group, checker, look_up):
                    queue.put(checked)
                    if stop.event.is_set():
                        break
        except StoppedError:
            pass
        except BaseException as error:
            queue.put(error)
        finally:
            queue.put(None)

    # Not waited for at the end: a request under way may take its whole timeout.
    workers = [threading.Thread(target=work, daemon=True) for _ in range(min(WORKERS, len(groups)))]
    for worker in workers:
        worker.start()
    try:
        yield from _arriving(queue, len(workers))
    except BaseException:
        stop.event.set()
        raise


def _arriving(
    queue: SimpleQueue[Checked | BaseException | None], working: int
) -> Iterator[Checked]:
    while working:
        try:
            # Without a timeout an interrupt is not noticed on every system.
            item = queue.get(timeout=1.0)
        except Empty:
            continue
        if item is None:
            working -= 1
        elif isinstance(item, BaseException):
            raise item
        else:
            yield item


def _groups(addresses: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """The addresses by whom they are asked of."""
    groups: dict[str, list[str]] = defaultdict(list)
    for address in addresses:
        if arxiv_page(address):
            groups["arxiv.org"].append(address)
        elif doi_of(address):
            groups["doi.org"].append(address)
        else:
            groups[rule_for(host_of(address)).group].append(address)
    return groups


def _check_group(
    addresses: Sequence[str], checker: LinkChecker, look_up: LookUp
) -> Iterator[Checked]:
    pages = {address: page for address in addresses if (page := arxiv_page(address))}
    if pages:
        yield from _papers(pages, look_up)
    dois: dict[str, list[str]] = defaultdict(list)
    for address in addresses:
        if address not in pages and (doi := doi_of(address)):
            dois[doi.lower()].append(address)
    known = {address for group in dois.values() for address in group} | pages.keys()
    rest = [address for address in addresses if address not in known]
    ask_doi: Callable[[str], Outcome] = checker.check_doi
    for doi, outcome in _one_by_one(list(dois), ask_doi, host=lambda _: "doi.org"):
        yield from ((address, outcome) for address in dois[doi])
    yield from _one_by_one(rest, checker.check, host=host_of)


def _one_by_one(
    names: Sequence[str], check: Callable[[str], Outcome], *, host: Callable[[str], str]
) -> Iterator[Checked]:
    """Check one after the other; what is said of a whole host is not asked again."""
    given_up: dict[str, Outcome] = {}
    strikes: dict[str, int] = defaultdict(int)
    for name in names:
        where = host(name)
        outcome = given_up.get(where) or check(name)
        yield name, outcome
        if where in given_up:
            continue
        strikes[where] = strikes[where] + 1 if outcome.is_unreachable else 0
        if outcome.status == "rate limited":
            given_up[where] = Outcome("unchecked", reason="its host asked for a pause")
        elif outcome.status in {"dead", "unchecked"} and outcome.is_unreachable:
            given_up[where] = outcome
        elif strikes[where] >= _STRIKES:
            given_up[where] = Outcome("unchecked", reason="its host does not answer")


def _papers(pages: Mapping[str, tuple[str, int | None]], look_up: LookUp) -> Iterator[Checked]:
    """Whether arXiv has the papers behind these addresses, each in that version."""
    names = {name for name, _ in pages.values()}
    try:
        versions = _versions(look_up(names))
        if missing := names - versions.keys():
            # One answer that leaves papers out proves little, and may have been kept for the
            # day; the first version has an address of its own.
            first = _versions(look_up(f"{name}v1" for name in missing))
            versions |= dict.fromkeys(first)
    except SourceError as error:
        failed = Outcome("unchecked", reason=error.reason)
        yield from ((address, failed) for address in pages)
        return
    if not versions and len(names) > _TOO_MANY_UNKNOWN:
        failed = Outcome("unchecked", reason=f"arXiv claims to know none of {len(names)} papers")
        yield from ((address, failed) for address in pages)
        return
    for address, (name, version) in pages.items():
        if name not in versions:
            yield address, Outcome("dead", 404, reason=f"arXiv has no paper {name}")
        elif version is not None and version > (versions[name] or version):
            yield address, Outcome("dead", 404, reason=f"arXiv has no version {version} of {name}")
        else:
            yield address, Outcome("alive", 200)


def _versions(papers: Iterable[Paper]) -> dict[str, int | None]:
    """The newest version of each paper, by its arXiv identifier."""
    return {name: paper.version for paper in papers if (name := paper.identifier("arxiv"))}
