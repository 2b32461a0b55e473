"""Draw docs/images/replay.svg: a real list's year, replayed week by week.

    python docs/replay_picture.py --bundle FILE --papers DIR [--work DIR]

The bundle is a git bundle of a reading list's repository, the papers are `*.jsonl.gz` files, one
paper a line. `--work` keeps the checkout and the index, so that a second run need not read the
papers again. Takes about ten minutes on one core.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "images" / "replay.svg"
YEAR = ("--from", "2024-01-01", "--to", "2024-12-29", "--budget", "15")


def main() -> int:
    """Make the list and its index, then replay it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--bundle", type=Path, required=True)
    parser.add_argument("--papers", type=Path, required=True)
    parser.add_argument("--work", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        work = (options.work or Path(temporary)).resolve()
        work.mkdir(parents=True, exist_ok=True)
        config = prepare(work, options.bundle.resolve(), options.papers.resolve())
        tracker("discover", "--config", str(config))
        tracker("replay", "--config", str(config), *YEAR, "--plot", str(PICTURE))
    return 0


def prepare(work: Path, bundle: Path, papers: Path) -> Path:
    """A checkout of the list, and a tracker.toml for it."""
    checkout = work / "list"
    if not checkout.exists():
        git = ["git", "clone", "-q", "-b", "main", str(bundle), str(checkout)]
        subprocess.run(git, check=True)  # noqa: S603
    files = sorted(papers.glob("*.jsonl.gz"), key=lambda p: (p.name[0].isdigit(), p.name))
    sources = "".join(f'[[sources.files]]\npath = "{path}"\n' for path in files)
    config = work / "tracker.toml"
    config.write_text(
        f'[list]\npath = "list"\n[index]\nkeep_months = 0\n{sources}', encoding="utf-8"
    )
    return config


def tracker(*words: str) -> None:
    """One command of the project, from this checkout."""
    program = "import sys; sys.path.insert(0, sys.argv.pop(1)); from jobs.cli import main; main()"
    subprocess.run([sys.executable, "-c", program, str(ROOT), *words], check=True)  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
