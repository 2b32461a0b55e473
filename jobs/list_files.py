"""The files of a reading list that a command is to look at, as they are in a checkout."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path, PurePosixPath

from tracker.errors import InputError, SettingError
from tracker.pull_request.local_git import checkout_around
from tracker.reading_list import read_text
from tracker.reading_list.lint_files import Checkout
from tracker.settings import Settings


def list_files(
    settings: Settings | None, files: Sequence[Path], *, command: str
) -> dict[str, Path]:
    """`files`, or those the settings name, by the name they are shown under.

    That is their path as seen from the working folder. Raises SettingError when no file is named
    and the list is on GitHub, where `command` is what would have been right, or the settings name
    what is no file.
    """
    if not files and settings is not None:
        if settings.list.repository:
            raise SettingError(
                f"list.repository {settings.list.repository!r} is on GitHub; name the files of a "
                f"checkout, for example `{command}`"
            )
        files = list(_configured(settings))
        for path in files:
            if not path.is_file():
                what = "a folder, not a file" if path.is_dir() else "no such file"
                raise SettingError(
                    f"list.files: {_name(path)}: {what}; correct list.path or list.files"
                )
    names = {path.resolve(): _name(path) for path in files}
    return {name: path for path, name in names.items()}


def is_own_list(settings: Settings | None, paths: Sequence[Path]) -> bool:
    """Whether these files are the list the settings name, so that the index may learn of it.

    The files of a list on GitHub cannot be told from another's by their paths; they are, when
    they have its files' names.
    """
    if settings is None:
        return False
    if settings.list.repository:
        return {path.name for path in paths} <= {Path(name).name for name in settings.list.files}
    return {path.resolve() for path in paths} <= {path.resolve() for path in _configured(settings)}


def checkouts_of(settings: Settings | None, paths: Mapping[str, Path]) -> dict[str, Checkout]:
    """Where each file lies in its repository; a file that came alone is left out.

    The repository is the git checkout around a file, else the folder the settings keep the list
    in.
    """
    found = {}
    for name, path in paths.items():
        whole = path.resolve()
        root = checkout_around(whole.parent)
        if root is None and settings is not None and settings.list.path:
            root = settings.resolve(settings.list.path).resolve()
        if root is not None and whole.is_relative_to(root):
            found[name] = Checkout(root, PurePosixPath(whole.relative_to(root).as_posix()))
    return found


def is_whole_list(settings: Settings | None, paths: Collection[Path]) -> bool:
    """Whether these files are all of the list the settings name, and nothing else."""
    return (
        settings is not None
        and is_own_list(settings, list(paths))
        and len(paths) == len(settings.list.files)
    )


def _configured(settings: Settings) -> Sequence[Path]:
    folder = settings.resolve(settings.list.path or ".")
    return [folder / name for name in settings.list.files]


def list_text(path: Path, name: str) -> str:
    """The text of one of the files; raises InputError when it cannot be read."""
    try:
        return read_text(path)
    except OSError as error:
        raise InputError(f"{name}: cannot be read: {error.strerror}") from None


def _name(path: Path) -> str:
    here = Path.cwd()
    if path.resolve().is_relative_to(here):
        return path.resolve().relative_to(here).as_posix()
    return os.fspath(path)
