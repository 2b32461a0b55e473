"""The files `tracker init` writes: a commented tracker.toml and the workflow."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

from jobs.init_topics import Categories, Terms
from tracker.counting import counted
from tracker.pull_request.dashboard import LABEL
from tracker.settings import ProposeSettings

_ACTION = "survey-tracker/survey-tracker"
_CHECKOUT = "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2"

_BRANCH = ProposeSettings().branch

ARXIV = "https://export.arxiv.org/api/query"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the configuration says; `repository` is empty for a list in a checkout."""

    files: Sequence[str]
    categories: Categories
    terms: Terms
    repository: str = ""
    branch: str = ""
    skip_sections: Sequence[str] = ()
    arxiv_url: str = ARXIV


def config_text(choices: Choices) -> str:
    """tracker.toml, with a comment for what a maintainer may want to change."""
    where = (
        f"repository = {_quoted(choices.repository)}"
        if choices.repository
        else "# In GitHub Actions the repository is found; elsewhere the list is in this folder."
    )
    lines = [
        "# survey-tracker: how the reading list is kept alive. Every key, with its default:",
        "# docs/configuration.md of the project. Everything but [list] may be left out.",
        "# A run writes its index, papers.sqlite, beside this file; git is told to overlook it.",
        "",
        "[list]",
        where,
        f"files = {_list(choices.files)}",
    ]
    if choices.branch:
        lines.append(f"branch = {_quoted(choices.branch)}")
    lines += [
        f"skip_sections = {_list(choices.skip_sections)}  # headings that hold no entries",
        "",
        *_sources(choices),
        "[propose]",
        "limit = 15           # the most proposals that wait for review at any time",
        "min_relevance = 0.5  # raise it for fewer papers that fit better",
        '# labels = ["literature"]',
        "",
        "# A sentence on what belongs into a section helps most where there are few entries:",
        '# [sections."Name of the section"]',
        '# description = "..."',
    ]
    return "\n".join(lines) + "\n"


def _sources(choices: Choices) -> list[str]:
    categories, terms = choices.categories, choices.terms
    if categories.known:
        appear = "appears" if categories.covered == 1 else "appear"
        why = (
            f"# Of {counted(categories.known, 'entry')} whose categories are known, "
            f"{categories.covered:,} {appear} in one of these."
        )
    else:
        why = (
            "# No entry's categories could be looked up: in these, papers on language models\n"
            "# appear. Change them to your field's (https://arxiv.org/category_taxonomy)."
        )
    lines = [
        why,
        "# All new papers there are read; what belongs is learned from the list, not from words.",
        "[sources.arxiv]",
        f"categories = {_list(categories.names)}",
    ]
    if choices.arxiv_url != ARXIV:
        lines.append(f"url = {_quoted(choices.arxiv_url)}")
    lines.append("")
    if terms.query:
        lines += [
            "# Journals and conferences come from Semantic Scholar. The query is made of the words",
            "# the list's titles share; a key, free of charge, makes it reliable (S2_API_KEY).",
            "# [sources.semantic_scholar]",
            f"# query = {_literal(terms.query)}",
            "# recommend = true",
            "",
        ]
    return lines


_ABOUT = """\
# Reads new papers and keeps one pull request with proposals for the reading list.
#
# Once: Settings > Actions > General > tick "Allow GitHub Actions to create and approve pull
# requests". GitHub stops schedules after 60 days without activity in a public repository; start
# it again from the Actions tab.
#
# What you say to the proposals is heard at once: a comment or review with /tracker, a box you
# clear, a merge, a box you tick in the dashboard. Take those events out, and it is heard the next
# day. Reviews of pull requests from forks start nothing, and no pull request is checked out.
"""


_HEARD = """\
  issue_comment:
    types: [created, edited]
  issues:
    types: [edited]
  pull_request:
    types: [edited, closed]
  pull_request_review:
    types: [submitted, edited]
  pull_request_review_comment:
    types: [created, edited]
"""


def workflow_text(config: str, seed: str) -> str:
    """The workflow for the list's repository; `config` is the path of tracker.toml in it.

    `seed` chooses the minute, so that not everybody asks arXiv in the same one.
    """
    digest = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big")
    # Odd, and never near the full hour, when GitHub's schedules are late or dropped.
    minute, hour = 7 + 2 * (digest % 24), 5 + digest // 24 % 3
    return f"""{_ABOUT}name: survey-tracker

on:
  schedule:
    - cron: "{minute} {hour} * * 1-5" # UTC, Monday to Friday
  workflow_dispatch:
{_HEARD}
permissions:
  contents: write # the branch of the proposals, and survey-tracker-index
  pull-requests: write
  issues: write

concurrency:
  group: survey-tracker
  cancel-in-progress: false

jobs:
  tracker:
    if: >-
      github.event_name == 'schedule' || github.event_name == 'workflow_dispatch' ||
      (github.event_name == 'issue_comment' && github.event.issue.pull_request &&
        contains(github.event.comment.body, '/tracker')) ||
      (github.event_name == 'issues' &&
        contains(github.event.issue.labels.*.name, '{LABEL}')) ||
      (github.event.pull_request.head.ref == '{_BRANCH}' &&
        github.event.pull_request.head.repo.full_name == github.repository &&
        (github.event_name == 'pull_request' ||
          (github.event_name == 'pull_request_review' &&
            contains(github.event.review.body, '/tracker')) ||
          (github.event_name == 'pull_request_review_comment' &&
            contains(github.event.comment.body, '/tracker'))))
    runs-on: ubuntu-latest
    timeout-minutes: 60
    # env:
    #   S2_API_KEY: ${{{{ secrets.S2_API_KEY }}}} # for [sources.semantic_scholar]
    steps:
      - uses: {_CHECKOUT}
        with:
          ref: ${{{{ github.event.repository.default_branch }}}}
          persist-credentials: false
      - uses: {_ACTION}@v{version("survey-tracker")}
        with:
          config: {_quoted(config)}
"""


def _quoted(text: str) -> str:
    """A string as TOML and YAML both write it."""
    # Bytes that are not UTF-8 come as surrogates, which no file can hold.
    sound = text.encode("utf-8", "replace").decode("utf-8")
    return json.dumps(sound, ensure_ascii=False).replace("\x7f", "\\u007f")


def _literal(text: str) -> str:
    """A string with quotation marks in it, as TOML writes it most readably."""
    return _quoted(text) if "'" in text or not text.isprintable() else f"'{text}'"


def _list(items: Sequence[str]) -> str:
    return f"[{', '.join(map(_quoted, items))}]"
