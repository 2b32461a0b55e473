"""Turn a pull request's text into the picture of it in the README.

    python docs/picture.py survey-tracker-pull-request.md docs/images/pull-request.png

Needs Chromium on the PATH; the text is rendered as GitHub does it, as closely as that can be had
without GitHub. `make demo` writes such a text.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from markdown_it import MarkdownIt

WIDTH = 1000
"""Pixels; a pull request's text is about as wide on a laptop."""

STYLE = """
body { margin: 0; background: #f6f8fa; font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans",
  "DejaVu Sans", Helvetica, Arial, sans-serif; color: #1f2328; }
h1.name { font-size: 24px; font-weight: 400; margin: 20px 24px 4px; }
.state { display: inline-block; margin: 0 24px 14px; padding: 3px 12px; border-radius: 2em;
  background: #1f883d; color: white; font-weight: 500; }
main { margin: 0 24px 24px; padding: 16px; background: white; border: 1px solid #d1d9e0;
  border-radius: 6px; overflow-wrap: break-word; }
a { color: #0969da; text-decoration: none; }
table { border-collapse: collapse; display: block; max-width: 100%; overflow: auto;
  margin-bottom: 16px; }
th, td { border: 1px solid #d1d9e0; padding: 6px 13px; }
tr:nth-child(2n) { background: #f6f8fa; }
h3 { font-size: 17.5px; margin: 24px 0 16px; }
ul { padding-left: 2em; } li + li { margin-top: 4px; } li.task { list-style: none; }
li.task > input, li.task > p:first-child > input { margin: 0 .2em .25em -1.4em;
  vertical-align: middle; }
code { background: #818b981f; padding: .2em .4em; border-radius: 6px; font-size: 85%; }
blockquote { margin: 0 0 16px; padding: 0 1em; border-left: .25em solid #d1d9e0; color: #59636e; }
"""


def page(text: str) -> str:
    """The whole page for a text that begins with its title."""
    heading, _, body = text.partition("\n")
    html = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(body)
    html = re.sub(
        r"<li>(\s*<p>)?\[([ x])\] ",
        lambda m: (
            f'<li class="task">{m[1] or ""}<input type="checkbox" '
            f"{'checked' if m[2] == 'x' else ''}> "
        ),
        html,
    )
    name = heading.removeprefix("# ")
    return (
        f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style>'
        f'<h1 class="name">{name}</h1><span class="state">Open</span><main>{html}</main>'
    )


def photograph(html: str, picture: Path, height: int) -> None:
    """Write a page's picture with headless Chromium."""
    browser = next(filter(None, map(shutil.which, ("chromium", "google-chrome"))), None)
    if browser is None:
        sys.exit("Chromium is not on the PATH")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.html"
        source.write_text(html, encoding="utf-8")
        command = [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            f"--user-data-dir={folder}/profile",
            f"--window-size={WIDTH},{height}",
            f"--screenshot={picture.resolve()}",
            source.as_uri(),
        ]
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603


def main() -> None:
    """Read the arguments and take the picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("text", type=Path)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--height", type=int, default=1500, help="pixels (default: 1500)")
    arguments = parser.parse_args()
    html = page(arguments.text.read_text(encoding="utf-8"))
    photograph(html, arguments.picture, arguments.height)


if __name__ == "__main__":
    main()
