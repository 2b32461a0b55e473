"""A list whose links are checked, at times of the test's choosing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from jobs.cli import cli
from jobs.console import Console
from jobs.links import Check, links
from jobs.links_show import LinkReport
from tests.world.arxiv import ArxivWorld
from tests.world.links import LinkWorld
from tracker.settings import load_settings

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def configure(world: LinkWorld, arxiv: ArxivWorld | None = None, more: str = "") -> None:
    """A tracker.toml whose services are the stand-ins."""
    Path("tracker.toml").write_text(
        '[list]\npath = "."\n'
        f'[sources.arxiv]\ncategories = ["cs.CL"]\nurl = "{(arxiv or world).url}/api/query"\n'
        f'[links]\narchive_url = "{world.archive}"\ndoi_url = "{world.resolver}"\n'
        f"timeout = 0.3\n{more}",
        encoding="utf-8",
    )


def write(*lines: str) -> None:
    """A reading list with these lines, the first of them line 5."""
    text = "# Bread Papers\n\n## Ovens\n\n" + "\n".join(lines) + "\n"
    Path("README.md").write_text(text, encoding="utf-8")


def entry(*urls: str, title: str = "Steam in Small Ovens", label: str = "paper") -> str:
    """An entry with links."""
    return f"* [**Arxiv, 2024.03**] {title}. " + " ".join(f"[{label}]({url})" for url in urls)


def tracker_links(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["links", *arguments])


def run(now: datetime = NOW, **check: Any) -> LinkReport:
    """The job at a time of the test's choosing."""
    settings = load_settings(Path("tracker.toml"))
    return links(settings, Console(as_json=True), check=Check(**check), now=now)


def verdicts(report: LinkReport) -> list[str]:
    return [link.verdict for link in report.links]
