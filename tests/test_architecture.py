"""The house keeps its shape: imports run down only, files and functions stay small."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = {
    "tracker": {"tracker"},
    "classifiers": {"classifiers", "tracker"},
    "db": {"db", "tracker"},
    "jobs": {"jobs", "db", "classifiers", "tracker"},
}
ROOMS = ("sources", "reading_list", "pull_request")
MODULES = sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Dotted names of all modules a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_run_down_only(path: Path) -> None:
    inside = path.relative_to(ROOT).parts
    for name in imported(path):
        floor, *rest = name.split(".")
        if floor not in FLOORS:
            continue
        assert floor in FLOORS[inside[0]], f"{inside} imports {name}"
        if inside[0] == "tracker" and inside[1] in ROOMS and rest and rest[0] in ROOMS:
            assert rest[0] == inside[1], f"{inside} imports {name}"


@pytest.mark.parametrize("path", [*MODULES, *TESTS], ids=lambda p: str(p.relative_to(ROOT)))
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= 60, f"{node.name} has {length} lines"


def test_help_imports_nothing_heavy() -> None:
    heavy = {"sklearn", "numpy", "sqlmodel", "sqlalchemy", "github", "arxiv", "requests", "rich"}
    program = (
        "import sys\n"
        "from click.testing import CliRunner\n"
        "from jobs.cli import cli\n"
        "assert CliRunner().invoke(cli, ['--help']).exit_code == 0\n"
        f"print(sorted({heavy!r} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
