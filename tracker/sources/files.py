"""Papers from a JSONL or JSONL.gz file, streamed.

The watermark remembers how much of the file was read, a fingerprint of that part, up to which
day its papers were taken, and the earliest day that was still to come. So an unchanged file is
not read again, of a longer one only the tail is, and a later day brings the papers that had
been left for it.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import logging
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import BinaryIO, cast

from tracker.counting import counted
from tracker.errors import SettingError, SourceError
from tracker.paper import Paper
from tracker.sources import Batch
from tracker.sources.fields import day
from tracker.sources.records import paper_of_record

logger = logging.getLogger(__name__)

_BATCH = 1_000
_LONGEST_LINE = 10_000_000
_CHUNK = 1_000_000
_TOLD = 10
"""Bad lines named one by one; of the others the number is enough."""
_KEY = "sources.files"
_REMEDY = "correct path under [[sources.files]]"


@dataclass(frozen=True, slots=True)
class _State:
    """How far a file has been read; days are ISO dates.

    `read` bytes (decompressed) with that `sha256` were taken up to the day `until`; `later` is
    the first day of a paper left for later. `size` and `mtime` are the file's own when it was
    read to its end, else 0.
    """

    read: int = 0
    sha256: str = ""
    until: str = ""
    later: str = ""
    size: int = 0
    mtime: int = 0

    @classmethod
    def parse(cls, watermark: str | None) -> _State | None:
        """The state in a watermark; a watermark of another kind is none."""
        try:
            return cls(**json.loads(watermark or "null"))
        except (TypeError, ValueError):
            return None

    def __str__(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    def is_due(self, until: str) -> bool:
        """Whether the day of a paper left for later has come."""
        return bool(self.later) and self.later <= until

    def leaving(self, appeared: str) -> _State:
        """The state with one more paper left for that day."""
        return replace(self, later=min(self.later or appeared, appeared))


class FileSource:
    """The papers of one file; `name` is its path as the settings write it."""

    query = ""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self._path = path

    def read(self, watermark: str | None, until: date) -> Iterator[Batch]:
        """Batches of the papers that appeared up to `until` and were not taken before.

        A watermark that is a day means that papers up to that day are known. Raises SettingError
        when the file cannot be opened or nothing in it can be read, SourceError when it
        breaks off.
        """
        try:
            status = self._path.stat()
            with _opened(self._path) as stream:
                stream.read(0)
        except OSError as error:
            raise SettingError(f"{_KEY}: {self._path}: {_unreadable(error)}; {_REMEDY}") from None
        old = _State.parse(watermark) or _State()
        since = str(day(watermark) or "")
        stamp = (status.st_size, status.st_mtime_ns)
        if (old.size, old.mtime) == stamp and not old.is_due(until.isoformat()):
            return
        try:
            yield from self._read(old, since, until.isoformat(), stamp)
        except (OSError, EOFError, zlib.error) as error:
            raise SourceError(self.name, f"the file breaks off: {error}") from error

    def _read(self, old: _State, since: str, until: str, stamp: tuple[int, int]) -> Iterator[Batch]:
        with _opened(self._path) as stream:
            reader = _Reader(self._path, stream)
            if reader.skip(old.read) != old.sha256 and old.read:
                logger.info("%s was rewritten and is read from its beginning", self._path)
                stream.seek(0)
                reader, old = _Reader(self._path, stream), _State()
            state = replace(old, size=0, mtime=0)
            if old.is_due(until):
                for state, due in self._fallen_due(old, until):
                    yield Batch(due, watermark=str(state) if state.read else None)
            # A day before the one already read up to must not be remembered as the last.
            settled = until >= old.until
            state = replace(state, until=until)
            papers: list[Paper] = []
            for paper in reader.papers():
                appeared = _day(paper)
                if appeared > until:
                    state = state.leaving(appeared)
                elif appeared > since or not since:
                    papers.append(paper)
                if len(papers) == _BATCH:
                    watermark = str(reader.mark(state)) if settled else None
                    yield Batch(tuple(papers), watermark, problems=reader.problems())
                    papers = []
            reader.conclude()
            state = replace(reader.mark(state), size=stamp[0], mtime=stamp[1])
            watermark = str(state) if settled else None
            yield Batch(tuple(papers), watermark, problems=reader.problems())

    def _fallen_due(self, old: _State, until: str) -> Iterator[tuple[_State, tuple[Paper, ...]]]:
        """The papers of the part already read whose day has come since.

        With each batch the state to remember; one that has read nothing is not to be.
        """
        state = replace(old, until=until, later="", size=0, mtime=0)
        papers: list[Paper] = []
        with _opened(self._path) as stream:
            for paper in _Reader(self._path, stream, end=old.read, quiet=True).papers():
                appeared = _day(paper)
                if appeared > until:
                    state = state.leaving(appeared)
                elif appeared > old.until:
                    papers.append(paper)
                if len(papers) == _BATCH:
                    yield _State(), tuple(papers)
                    papers = []
        yield state, tuple(papers)


class _Reader:
    """Reads lines and keeps count of bytes, lines and what could not be read."""

    def __init__(
        self, path: Path, stream: BinaryIO, *, end: int | None = None, quiet: bool = False
    ) -> None:
        self._path = path
        self._stream = stream
        self._end = end
        self._quiet = quiet
        self._digest = hashlib.sha256()
        self._start = self._read = 0
        self._line = 0
        self._good = self._bad = 0
        self._first_reason = ""
        self._problems: list[str] = []

    def skip(self, size: int) -> str:
        """Pass over `size` bytes; their fingerprint, whatever it is when there are fewer."""
        while self._read < size and (part := self._stream.read(min(_CHUNK, size - self._read))):
            self._take(part)
        self._start = self._read
        return self._digest.hexdigest()

    def papers(self) -> Iterator[Paper]:
        """The papers of the lines that follow; lines that hold none are reported and passed."""
        while (self._end is None or self._read < self._end) and (
            line := self._stream.readline(_LONGEST_LINE)
        ):
            paper = self._paper(line)
            # A last line without its end may still be growing: it stays unread if unreadable.
            if paper is not None or line.endswith(b"\n"):
                self._take(line)
            if paper is not None:
                yield paper

    def mark(self, state: _State) -> _State:
        """The state with what has been read so far."""
        return replace(state, read=self._read, sha256=self._digest.hexdigest())

    def problems(self) -> tuple[str, ...]:
        """What has gone wrong since the last time this was asked."""
        told, self._problems = tuple(self._problems), []
        return told

    def conclude(self) -> None:
        """Say how many lines were bad; SettingError when no line of the whole file was good."""
        if self._bad > _TOLD:
            self._problems.append(f"{self._path}: {self._bad} lines in all could not be read")
        if self._bad and not self._good and not self._start:
            raise SettingError(
                f"{_KEY}: {self._path}: of its {counted(self._bad, 'line')} none is a paper in "
                f"JSON; {self._first_reason}; put the file right, or {_REMEDY}"
            )

    def _take(self, part: bytes) -> None:
        self._digest.update(part)
        self._read += len(part)
        self._line += part.count(b"\n")

    def _paper(self, line: bytes) -> Paper | None:
        if not line.strip():
            return None
        try:
            paper = paper_of_record(json.loads(line))
        except (ValueError, RecursionError) as error:
            self._bad += 1
            reason = "not JSON" if isinstance(error, json.JSONDecodeError) else error
            self._first_reason = self._first_reason or f"line {self._line + 1}: {reason}"
            if self._bad <= _TOLD and not self._quiet:
                self._problems.append(f"{self._path}:{self._line + 1}: skipped: {reason}")
            return None
        self._good += 1
        return paper


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    """The file's content, decompressed when it begins as gzip does."""
    with path.open("rb") as raw:
        zipped = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        if not zipped:
            yield raw
            return
        with gzip.open(raw) as stream:
            yield cast(BinaryIO, stream)


def _unreadable(error: OSError) -> str:
    """Why a file cannot be opened, in words that do not depend on the system."""
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, IsADirectoryError):
        return "is a folder, not a file"
    return f"cannot be read: {error.strerror or error}"


def _day(paper: Paper) -> str:
    """The day a paper appeared; one without any date has always been there."""
    return paper.published.isoformat() if paper.published else ""
