"""Proposals for a reading list on GitHub: one branch, one pull request, found or created.

Every write first looks whether it is done already, and only what changes nothing is retried
without looking, so a run that died is finished by the next one. The order is commit, branch,
text, labels: what the text says is on the branch when it says so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

import github
import requests
from github import Auth, Github, GithubException
from github import PullRequest as Pulls
from urllib3.util.retry import Retry

from tracker.errors import SettingError, TargetError
from tracker.pull_request import rolling
from tracker.pull_request.body import (
    is_our_title,
    render_body,
    room_beside,
    title,
    with_body,
)
from tracker.pull_request.commands import Comment
from tracker.pull_request.dashboard import Board
from tracker.pull_request.decisions import Closed
from tracker.pull_request.github_asking import mark
from tracker.pull_request.github_board import GithubBoard
from tracker.pull_request.github_errors import explained, message_of
from tracker.pull_request.github_git import GithubRepository
from tracker.pull_request.github_review import GithubReview
from tracker.pull_request.proposal import Report
from tracker.pull_request.rolling import Text
from tracker.pull_request.target import Conflict, Marks, PullRequest, Snapshot, State
from tracker.settings import ProposeSettings, Settings

_TIMEOUT = 30
"""Seconds without a byte before a request is given up."""

_NEEDLESS = (
    "Closed: everything proposed here is on the reading list by now, or was taken out. The next "
    "proposals will open a new pull request."
)


def connect(url: str, token: str | None) -> Github:
    """GitHub's API at an address; without a token only public repositories can be read.

    Only what changes nothing is retried: PyGithub's own policy sends a POST again when the
    answer to the first was lost, and so opens two pull requests.
    """
    token = (token or "").strip()
    if not token.isprintable() or not token.isascii() or " " in token:
        # Said here, because the error that comes of it later would show the token.
        raise TargetError("GITHUB_TOKEN holds characters that no token has; set it again")
    retry = Retry(
        total=4,
        allowed_methods={"GET", "HEAD"},
        status_forcelist=(429, 500, 502, 503, 504),
        backoff_factor=0.2,
        raise_on_status=False,
        retry_after_max=60,
    )
    # github.com asks for a second between writes; a server of one's own has no such limit.
    hosted = urlsplit(url).hostname == "api.github.com"
    return github.Github(
        auth=Auth.Token(token) if token else None,
        base_url=url,
        timeout=_TIMEOUT,
        user_agent="survey-tracker",
        retry=retry,
        seconds_between_requests=None,
        seconds_between_writes=1.0 if hosted else None,
    )


class GithubTarget:
    """The repository `list.repository`; `token` comes from GITHUB_TOKEN."""

    def __init__(self, settings: Settings, token: str | None) -> None:
        if settings.list.repository is None:
            raise TargetError("the github target needs list.repository, such as owner/name")
        self._name = settings.list.repository
        self._files = settings.list.files
        self._base = settings.list.branch
        self._branch = settings.propose.branch
        self._token = (token or "").strip()
        self._github = connect(settings.github.url, token)
        self._git: GithubRepository | None = None
        self._pulls: dict[int, Pulls.PullRequest] = {}
        self._last: Pulls.PullRequest | None = None

    def read(self) -> Snapshot:
        """See `Target.read`."""
        with explained(f"reading {self._name}", self._name):
            self._repository = self._github.get_repo(self._name)
            base = self._base or self._repository.default_branch
            owner = self._repository.owner.login
        if base == self._branch:
            raise SettingError(
                f"propose.branch {base!r} is the branch of {self._name} that the list is on; "
                f"name another, such as {ProposeSettings().branch}"
            )
        self._git = self._git or GithubRepository(self._repository)
        revision = self._git.head(base)
        if revision is None:
            raise TargetError(f"{self._name} has no branch {base!r}; correct list.branch")
        with explained("looking for the pull request", self._name):
            pulls = self._repository.get_pulls(
                state="all", head=f"{owner}:{self._branch}", sort="created", direction="desc"
            ).get_page(0)
        # Also one that a person pointed elsewhere: there is never a second beside it.
        opened = sorted((p for p in pulls if p.state == "open"), key=lambda p: p.base.ref != base)
        found = opened[0] if opened else None
        if found is not None:
            self._pulls[found.number] = found
        self._last = next((p for p in pulls if p.state == "closed"), None)
        snapshot = rolling.snapshot(
            self._git,
            self._files,
            base=base,
            revision=revision,
            branch=self._branch,
            text=_text(found) if found else None,
            closed_heads=frozenset(p.head.sha for p in pulls if p.state == "closed"),
        )
        if found is None or found.base.ref == base:
            return snapshot
        return rolling.pointed_elsewhere(snapshot, _text(found), found.head.sha, found.base.ref)

    def publish(
        self,
        snapshot: Snapshot,
        files: Mapping[str, str],
        report: Report,
        labels: Sequence[str] = (),
        *,
        reviewers: Sequence[str] = (),
        assignees: Sequence[str] = (),
    ) -> PullRequest:
        """See `Target.publish`."""
        marks = Marks(tuple(labels), tuple(reviewers), tuple(assignees))
        assert self._git is not None, "publish follows read"
        found = snapshot.pull_request
        if found is None and dict(files) == dict(snapshot.files):
            return PullRequest(None, None, snapshot.branch, "none")
        if not self._token:
            raise TargetError(
                f"GITHUB_TOKEN is not set; it must hold a token that may write contents and pull "
                f"requests of {self._name}"
            )
        if found and found.blocked:
            head, moved = found.head, False
        else:
            if found and found.number:
                # A branch whose pull request was merged meanwhile is not to be written to.
                self._check_as_read(self._pulls[found.number])
            head, moved = rolling.advance(self._git, snapshot, files, report)
        if found is None or found.number is None:
            pull = self._open(snapshot, report, head)
            mark(self._repository, pull, marks)
            return PullRequest(pull.number, pull.html_url, snapshot.branch, "opened")
        pull = self._pulls[found.number]
        if moved or not rolling.is_current(snapshot, report):
            self._check_as_read(pull)
        needless = not report.proposals and not report.updates
        if needless and not found.extra and dict(files) == dict(snapshot.files):
            return self._close(pull, snapshot, report, head)
        state: State = "unchanged"
        if moved or not rolling.is_current(snapshot, report):
            self._edit(pull, snapshot, report, head)
            state = "updated"
        if mark(self._repository, pull, marks):
            state = "updated"
        return PullRequest(pull.number, pull.html_url, snapshot.branch, state)

    def comments(self, snapshot: Snapshot) -> tuple[Comment, ...]:
        """See `Target.comments`."""
        found = snapshot.pull_request
        pull = self._pulls.get(found.number) if found and found.number else None
        review = GithubReview(self._repository)
        # People answer what they have before them, also when it was closed since.
        return tuple(c for asked in (self._last, pull) if asked for c in review.comments(asked))

    def answer(
        self, comment: Comment, sentences: Sequence[str] = (), *, obeyed: bool = False
    ) -> None:
        """See `Target.answer`."""
        GithubReview(self._repository).answer(comment, sentences, obeyed=obeyed)

    def renew(self, comment: Comment) -> None:
        """See `Target.renew`."""
        GithubReview(self._repository).renew(comment)

    def dashboard(self) -> Board | None:
        """See `Target.dashboard`."""
        return GithubBoard(self._repository).read()

    def publish_dashboard(self, board: Board | None, text: str) -> Board:
        """See `Target.publish_dashboard`."""
        return GithubBoard(self._repository).publish(board, text)

    def closed(self, numbers: Collection[int] | None = None) -> tuple[Closed, ...]:
        """See `Target.closed`."""
        return GithubReview(self._repository).closed(self._branch, numbers)

    def _open(self, snapshot: Snapshot, report: Report, head: str) -> Pulls.PullRequest:
        """Create the pull request, or find the one whose creation was not answered."""
        doing = "opening the pull request"
        with explained(doing, self._name):
            try:
                return self._repository.create_pull(
                    base=snapshot.base,
                    head=snapshot.branch,
                    title=title(report),
                    body=render_body(report, head=head, base=snapshot.base),
                )
            except (GithubException, requests.RequestException) as error:
                if isinstance(error, GithubException) and not _may_exist(error):
                    raise
                owner = self._repository.owner.login
                pulls = self._repository.get_pulls(
                    state="open", base=snapshot.base, head=f"{owner}:{snapshot.branch}"
                ).get_page(0)
                if not pulls:
                    raise
        if pulls[0].body != render_body(report, head=head, base=snapshot.base):
            self._edit(pulls[0], snapshot, report, head)
        return pulls[0]

    def _check_as_read(self, pull: Pulls.PullRequest) -> None:
        """What a person changed in the text since it was read would be written over."""
        with explained(f"reading the pull request {pull.number}", self._name):
            now = self._repository.get_pull(pull.number)
        if (now.state, now.title, now.body or "") != (pull.state, pull.title, pull.body or ""):
            raise Conflict(f"The pull request {pull.number} was changed meanwhile.")

    def _edit(self, pull: Pulls.PullRequest, snapshot: Snapshot, report: Report, head: str) -> None:
        body = _renewed(pull.body or "", report, head, snapshot.base)
        # A title that people gave stays.
        name = title(report) if is_our_title(pull.title) else pull.title
        with explained(f"writing the pull request {pull.number}", self._name):
            pull.edit(title=name, body=body)

    def _close(
        self, pull: Pulls.PullRequest, snapshot: Snapshot, report: Report, head: str
    ) -> PullRequest:
        last = replace(report, notice=_NEEDLESS)
        with explained(f"closing the pull request {pull.number}", self._name):
            # One request, so that it is never closed without its word.
            pull.edit(body=_renewed(pull.body or "", last, head, snapshot.base), state="closed")
        return PullRequest(pull.number, pull.html_url, snapshot.branch, "closed")


def _renewed(current: str, report: Report, head: str, base: str) -> str:
    """The text with what people wrote around it, for which it makes room."""
    maximum = room_beside(current)
    return with_body(current, render_body(report, head=head, base=base, maximum=maximum))


def _may_exist(error: GithubException) -> bool:
    """Whether a pull request may exist although creating it failed."""
    return error.status >= 500 or (error.status == 422 and "already exists" in message_of(error))


def _text(pull: Pulls.PullRequest) -> Text:
    return Text(
        number=pull.number,
        url=pull.html_url,
        title=pull.title,
        body=pull.body or "",
        labels=tuple(label.name for label in pull.labels),
    )
