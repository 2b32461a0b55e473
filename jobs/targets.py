"""The target that the settings name."""

from __future__ import annotations

from collections.abc import Mapping

from tracker.errors import InputError
from tracker.pull_request.target import Target
from tracker.settings import Settings


def open_target(settings: Settings, environ: Mapping[str, str], *, dry_run: bool) -> Target:
    """Where the list is read from and proposals go; the packages it needs are imported here.

    A dry run reads a public repository without a token. Raises InputError when GitHub is to be
    written to and there is no GITHUB_TOKEN.
    """
    propose = settings.propose
    if settings.target == "local":
        from tracker.pull_request.local import local_target

        folder = settings.resolve(settings.list.path or ".")
        return local_target(folder, settings.list.files, propose.branch, settings.list.branch)
    from tracker.pull_request.github import GithubTarget

    token = environ.get("GITHUB_TOKEN", "")
    if not token and not dry_run:
        raise InputError(
            "GITHUB_TOKEN is not set; give a token that may write contents and pull requests of "
            f"{settings.list.repository}, or use list.path for a local list"
        )
    return GithubTarget(settings, token or None)
