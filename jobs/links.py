"""Check the links of a reading list: ask for what is due, remember it, tell what is dead.

Every answer is kept in the index the moment it comes in, so a run that is killed loses nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from db import links as memory
from db.index import Index
from db.store import IndexStore
from jobs.console import Console, Step
from jobs.discover import contact_of
from jobs.index_file import open_index
from jobs.links_ask import Checked, Stop, ask
from jobs.links_listed import ListedLink, by_address, ignored, listed_links
from jobs.links_show import CheckedLink, LinkReport, show
from jobs.links_suggest import better_address
from jobs.list_files import is_whole_list, list_files, list_text
from jobs.listing import warn_of_skips
from tracker.counting import counted
from tracker.errors import InputError
from tracker.http import Http, Limits
from tracker.links import FAILING, LinkState, Outcome, after
from tracker.links_archive import archived_copy
from tracker.links_check import LinkChecker
from tracker.pacing import MemoryStore, Store
from tracker.reading_list import ReadingList
from tracker.responses import host_of
from tracker.settings import ArxivSettings, LinkSettings, Settings
from tracker.sources.arxiv import ArxivSource

_PATIENCE = 150.0
"""Seconds for one address with all its attempts, a pause the server asks for included."""
_ATTEMPTS = 2
_SURELY_OFFLINE = 5
"""After so many hosts without an answer, and none with one, the network itself is tried."""
_EVERY = 50
"""Plain output tells how far the check is after so many addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What to check, and what of it to ask for: what is due, all, what is new, or nothing.

    `pictures` includes addresses of pictures; `recheck_days` replaces that of the settings.
    """

    ask: Literal["due", "all", "new", "nothing"] = "due"
    pictures: bool = False
    recheck_days: float | None = None


def links(
    settings: Settings | None,
    console: Console,
    *,
    files: Sequence[Path] = (),
    check: Check = Check(),
    as_annotations: bool = False,
    now: datetime | None = None,
) -> LinkReport:
    """Check the links of `files`, or of the list the settings name, and show what was found.

    Without settings nothing is remembered. Raises InputError when there is no list to read.
    """
    paths = list_files(settings, files, command="tracker links README.md")
    texts = {name: list_text(path, name) for name, path in paths.items()}
    skip = settings.list.skip_sections if settings else ()
    reading_list = ReadingList.parse(texts, skip_sections=skip)
    if is_whole_list(settings, paths.values()):
        warn_of_skips(console, reading_list)
    if not listed_links(reading_list, pictures=True):
        raise InputError(f"{', '.join(paths)}: no link was found; name the files of the list")
    if settings is None:
        console.note("There is no tracker.toml, so what is found is not remembered.")
    with open_index(settings) if settings else Index.open("sqlite://") as index:
        report = check_links(index, reading_list, settings, console, check=check, now=now)
    show(report, console, as_annotations=as_annotations)
    return report


def check_links(
    index: Index,
    reading_list: ReadingList,
    settings: Settings | None,
    console: Console,
    *,
    check: Check,
    store: Store | None = None,
    now: datetime | None = None,
) -> LinkReport:
    """Ask for the links that are due and say what is known of all of them.

    `store` keeps the turns of hosts, by default the index.
    """
    now = now or datetime.now(UTC)
    chosen = settings.links if settings else LinkSettings()
    found = listed_links(reading_list, pictures=check.pictures)
    addresses = [a for a in by_address(found) if not ignored(a, chosen.ignore)]
    with index.read() as session:
        known = memory.recall(session, addresses)
    due = [address for address in addresses if _is_due(known.get(address), chosen, check, now)]
    run = _Run(
        index=index,
        settings=settings,
        store=store or turns_of(index),
        console=console,
        now=now,
        known=known,
    )
    if due:
        run.ask(due)
        run.find_copies(due)
    return LinkReport(
        files=tuple(reading_list.files),
        links=tuple(run.described(found, ignoring=chosen.ignore)),
        asked=len(run.outcomes),
        requests=run.requests,
        is_offline=run.is_offline,
    )


def _is_due(state: LinkState | None, chosen: LinkSettings, check: Check, now: datetime) -> bool:
    if check.ask == "nothing":
        return False
    if state is None or check.ask == "all":
        return True
    patience = chosen.recheck_days if check.recheck_days is None else check.recheck_days
    return check.ask == "due" and state.is_due(now, patience)


def turns_of(index: Index) -> Store:
    """Turns shared with other processes; workers cannot share an index in memory."""
    in_memory = index.engine.url.database in {None, "", ":memory:"}
    return MemoryStore() if in_memory else IndexStore(index)


@dataclass(slots=True, kw_only=True)
class _Run:
    """One check: what was known, what came in."""

    index: Index
    settings: Settings | None
    store: Store
    console: Console
    now: datetime
    known: dict[str, LinkState]
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    requests: int = 0
    is_offline: bool = False

    @property
    def chosen(self) -> LinkSettings:
        """How links are checked."""
        return self.settings.links if self.settings else LinkSettings()

    def ask(self, due: Sequence[str]) -> None:
        """Ask for these addresses and remember each answer as it comes in."""
        hosts = len({host_of(address) for address in due})
        title = f"Checking {counted(len(due), 'address')} on {counted(hosts, 'host')}"
        stop = Stop()
        try:
            with (
                self.console.step(title, total=len(due)) as step,
                self._http(stop, self._limits) as http,
                self._http(stop, Limits()) as api,
            ):
                checker = LinkChecker(http, doi_url=self.chosen.doi_url)
                look_up = ArxivSource(self._arxiv, api).look_up
                with closing(ask(due, checker, look_up, stop)) as arriving:
                    self._take(arriving, checker, step, len(due))
        except KeyboardInterrupt:
            self.console.note(
                f"{len(self.outcomes)} of {counted(len(due), 'address')} were checked"
                + (" and are remembered" if self.settings else "")
            )
            raise

    def _take(
        self, arriving: Iterator[Checked], checker: LinkChecker, step: Step, total: int
    ) -> None:
        """Keep what comes in; what nobody answered only once it is sure that we are online."""
        held: list[Checked] = []
        is_online = False
        for address, outcome in arriving:
            step.advance()
            is_online = is_online or outcome.code > 0
            held.append((address, outcome))
            if not is_online:
                silent = {host_of(url) for url, _ in held}
                if len(silent) < _SURELY_OFFLINE:
                    continue
                if not self._reaches_anyone(checker):
                    self.is_offline = True
                    return
                is_online = True
            for checked in held:
                self._keep(*checked)
            held.clear()
            if not self.console.interactive and len(self.outcomes) % _EVERY == 0:
                self.console.note(f"{len(self.outcomes)} of {counted(total, 'address')} checked")
        if any(outcome.is_unreachable for _, outcome in held):
            self.is_offline = not self._reaches_anyone(checker)
        for checked in () if self.is_offline else held:
            self._keep(*checked)

    def _reaches_anyone(self, checker: LinkChecker) -> bool:
        """Whether the network is there, when no host of the list has answered."""
        return checker.answers(self.chosen.archive_url) or checker.answers(self.chosen.doi_url)

    def _keep(self, address: str, outcome: Outcome) -> None:
        self.outcomes[address] = outcome
        before = self.known.get(address)
        state = after(before, address, outcome, self.now)
        if state is not None and state != before:
            self._remember(state)

    def _remember(self, state: LinkState) -> None:
        self.known[state.address] = state
        with self.index.write() as session:
            memory.remember(session, state)

    def find_copies(self, due: Collection[str]) -> None:
        """Ask the Internet Archive for copies of what is dead, once for each."""
        dead = [s for a in due if (s := self.known.get(a)) and s.is_dead and s.archived is None]
        if not dead or self.is_offline:
            return
        title = f"Asking the Internet Archive for copies of {counted(len(dead), 'page')}"
        with (
            self.console.step(title, total=len(dead)) as step,
            self._http(Stop(), Limits()) as http,
        ):
            for state in dead:
                copy = archived_copy(http, self.chosen.archive_url, state.address)
                if copy is None:
                    self.console.warn("the Internet Archive does not answer; ask again later")
                    return
                self._remember(replace(state, archived=copy))
                step.advance()

    def described(
        self, found: Collection[ListedLink], ignoring: Collection[str]
    ) -> Iterator[CheckedLink]:
        """Every link of the list with what is known of it now."""
        dead = {address for address, state in self.known.items() if state.status == "dead"}
        with self.index.read() as session:
            for link in found:
                state = self.known.get(link.address or "")
                verdict, reason = self._verdict(link, state, ignoring)
                better = better_address(session, link, state, dead) if state else ""
                yield CheckedLink(
                    link=link, verdict=verdict, reason=reason, state=state, better=better
                )

    def _verdict(
        self, link: ListedLink, state: LinkState | None, ignoring: Collection[str]
    ) -> tuple[str, str]:
        if link.address is None:
            return "unchecked", "not an address that can be asked over HTTP"
        if ignored(link.address, ignoring):
            return "unchecked", "ignored by links.ignore"
        outcome = self.outcomes.get(link.address)
        says_nothing = outcome is not None and outcome.status in {"unchecked", "rate limited"}
        if outcome is not None and says_nothing and (state is None or state.status not in FAILING):
            return outcome.status, outcome.reason
        if state is None:
            return "unchecked", "the network is unreachable" if self.is_offline else "not asked"
        return state.verdict, state.reason

    @property
    def _arxiv(self) -> ArxivSettings:
        configured = self.settings.sources.arxiv if self.settings else None
        return configured or ArxivSettings(categories=("cs.CL",))

    @property
    def _limits(self) -> Limits:
        timeout = self.chosen.timeout
        return Limits(
            connect=min(10.0, timeout),
            read=timeout,
            response=timeout,
            patience=_PATIENCE,
            attempts=_ATTEMPTS,
            requests=self.chosen.requests,
        )

    @contextmanager
    def _http(self, stop: Stop, limits: Limits) -> Iterator[Http]:
        contact = contact_of(self.settings) if self.settings else ""
        with Http(contact, limits=limits, store=self.store, sleep=stop.sleep) as http:
            try:
                yield http
            finally:
                self.requests += http.sent
