"""`make demo`: the main job, offline, on the bundled example.

The example is copied to demo/, made a git checkout, and read by the same code that runs on
GitHub; only the target is local. Nothing is fetched.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

from jobs.console import Console
from jobs.run import RunResult, run
from jobs.show_run import funnel_text, outcome, sections_text
from tracker.errors import TrackerError
from tracker.settings import load_settings
from tracker.taxonomy import section_key

HERE = Path(__file__).parent / "medical-llms"
PLACE = Path("demo")
AS_OF = date(2024, 12, 1)
"""The first day of the month after the newest paper of the example's feed."""


def main() -> None:
    """Run the demonstration in ./demo and show what came of it."""
    console = Console()
    prepare(PLACE)
    settings = load_settings(PLACE / "tracker.toml", {})
    try:
        result = run(settings, console, as_of=AS_OF, dry_run=False)
    except TrackerError as error:
        sys.exit(f"error: {error}")
    console.say(f"\nThe funnel, as of {AS_OF}:\n")
    console.say(funnel_text(result.report.funnel))
    console.say("")
    console.say(sections_text(result.added))
    console.say("\nThe diff:\n")
    console.say(result.diff)
    console.say(compare(result, HERE / "later.jsonl"))
    console.say(f"\n{outcome(result)}")
    console.say(f"Look around: git -C {PLACE} diff main...{settings.propose.branch}")
    search = f'tracker search "report generation" --config {PLACE}/tracker.toml'
    console.say(f"             .venv/bin/{search}")


def prepare(place: Path) -> None:
    """A fresh copy of the example as a git checkout."""
    if place.exists():
        shutil.rmtree(place)
    shutil.copytree(HERE, place)
    identity = ["-c", "user.name=demo", "-c", "user.email=demo@example.org"]
    for arguments in (["init", "-b", "main"], ["add", "."], ["commit", "-m", "The reading list"]):
        subprocess.run(["git", "-C", place, *identity, *arguments], check=True, capture_output=True)


def compare(result: RunResult, later: Path) -> str:
    """How many of the papers that the maintainers added later were proposed, and where."""
    added = [json.loads(line) for line in later.read_text(encoding="utf-8").splitlines()]
    proposed = {p.paper.identifier("arxiv"): p for p in result.added}
    found = [paper for paper in added if paper["id"] in proposed]
    right = sum(
        section_key(proposed[paper["id"]].section[-1])
        in {section_key(path[-1]) for path in paper["sections"]}
        for paper in found
    )
    return (
        f"Of the {len(added)} papers in the feed that the maintainers themselves added later, "
        f"{len(found)} are among the {len(result.added)} proposals, {right} of them under the "
        "section the maintainers chose."
    )


if __name__ == "__main__":
    main()
