"""Links and pictures that should lead to a file of the repository, and lead to none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from html import unescape
from os.path import normpath
from pathlib import Path, PurePosixPath
from unicodedata import normalize
from urllib.parse import unquote

from tracker.reading_list.finding import Finding, Page
from tracker.reading_list.inline import Mark, scan

# Misspelt schemes and doubled brackets are links all the same, and another rule's business.
_ELSEWHERE = re.compile(r"[a-z][a-z\d+.-]*:|//|[#?(\[]|h?t{1,3}ps?\w?[:;]?/{1,3}", re.IGNORECASE)
_TEMPLATE = re.compile(r"[{}<>$…]|\.{3}")
_HOST = re.compile(r"(?:www\.|(?:[\w-]+\.)+(?:com|org|net|io|ai|edu|gov|dev)(?:/|\Z))", re.I)
_TITLE = re.compile(r"\s*(?:[\"'(].*)?>?\s*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Checkout:
    """Where a file of the list lies: the repository's folder, and the file's path in it."""

    root: Path
    file: PurePosixPath


def missing_files(page: Page, checkout: Checkout) -> Iterator[Finding]:
    """Relative targets that name neither a file nor a folder; what lies outside is not looked at.

    As on GitHub they are relative to the Markdown file, from `/` on to the repository, and upper
    and lower case differ, whatever the disk they lie on thinks of that.
    """
    # Code is blanked out already; a lone backtick must not hide what stands behind it.
    text = page.shown.replace("`", " ")
    for mark in scan(text):
        for start, end in _targets(text, mark):
            written = page.text[start:end].strip()
            path = _path(written, checkout)
            near = None if path is None else _missing(path, checkout.root)
            if near is None:
                continue
            fix = "Add the file, or correct or remove the link."
            if near:
                fix = f"Correct its name; {near!r} is there."
            if _HOST.match(written):
                fix = f"Write https://{written}."
            yield page.finding(
                start,
                "missing-file",
                f"{written!r} leads to a file of the repository, and there is none.",
                fix,
            )


def _targets(text: str, mark: Mark) -> Iterator[tuple[int, int]]:
    """Where the addresses of a link and of its picture stand; none where it is no whole link."""
    if mark.kind not in ("link", "image"):
        return
    if text[mark.start] in "[!":
        closed = text[mark.end - 1] == ")" and mark.url[1] < mark.end
        if not closed or not _TITLE.fullmatch(text, mark.url[1], mark.end - 1):
            return
    yield mark.url
    if mark.kind == "link" and mark.image is not None:
        yield mark.image


def _path(written: str, checkout: Checkout) -> PurePosixPath | None:
    """The path in the repository that a target names; None where it names none inside it."""
    if not written or _ELSEWHERE.match(written) or _TEMPLATE.search(written):
        return None
    target = unescape(re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", written))
    target = unquote(re.split(r"[?#]", target, maxsplit=1)[0])
    if not target or "\0" in target or "\\" in target:
        return None
    whole = target.lstrip("/") if target.startswith("/") else str(checkout.file.parent / target)
    path = PurePosixPath(normpath(whole or "."))
    return None if path.parts[:1] == ("..",) or path.is_absolute() else path


def _missing(path: PurePosixPath, root: Path) -> str | None:
    """The path nearest to one that is missing, "" without any; None where nothing is missing.

    Nobody can tell of what a link leads out to, of a folder that is closed, nor of one that is
    empty: git keeps none, so that is a submodule which was not checked out.
    """
    folder = root
    for depth, part in enumerate(path.parts):
        try:
            if not folder.resolve().is_relative_to(root.resolve()):
                return None
            names = sorted(normalize("NFC", each.name) for each in folder.iterdir())
        except NotADirectoryError:
            return ""
        except OSError:
            return None
        if not names:
            return None
        wanted = normalize("NFC", part)
        if wanted not in names:
            close = get_close_matches(wanted.lower(), [name.lower() for name in names], 1, 0.8)
            found = next((name for name in names if [name.lower()] == close), "")
            return str(PurePosixPath(*path.parts[:depth], found)) if found else ""
        folder /= part
    return None
