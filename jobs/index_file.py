"""Opening the index of a list to write to it, and keeping its file out of the list's repository."""

from __future__ import annotations

import logging

from db.index import Index
from tracker.errors import TargetError
from tracker.index_address import file_of
from tracker.pull_request.local_git import LocalRepository, checkout_around
from tracker.settings import Settings

logger = logging.getLogger(__name__)


def open_index(settings: Settings) -> Index:
    """The index that the settings name, made where there is none; git overlooks its file.

    Raises InputError when index.url is no good.
    """
    index = Index.open(settings.index_url)
    _overlook(settings)
    return index


def _overlook(settings: Settings) -> None:
    """A checkout is where the list is, and the next thing done there is often `git add .`."""
    file = file_of(settings.index_url)
    if file is None or checkout_around(file.parent) is None:
        return
    try:
        if repository := LocalRepository.around(file.parent):
            beside = ("", "-wal", "-shm")
            repository.exclude(*(file.with_name(file.name + ending) for ending in beside))
    except TargetError as error:
        # Whoever needs git here will say so.
        logger.debug("git was not told to overlook the index: %s", error)
