"""The direction of imports: a room knows only the rooms below it, and no room knows the web."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from keshi.cli.group import COMMANDS

ROOT = Path(__file__).parents[1]
LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


def contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT_IMPORTS, "--no-logo", "--no-cache", "--config", "pyproject.toml"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": "src"},
    )


def test_every_contract_holds():
    result = contracts(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "0 broken" in result.stdout


@pytest.fixture
def copy(tmp_path):
    """The library and its contracts, to break them in."""
    for path in [ROOT / "pyproject.toml", *(ROOT / "src").rglob("*.py")]:
        target = tmp_path / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    return tmp_path


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("money.py", "import keshi.settlement"),
        ("expression/types.py", "import keshi.case"),
        ("case/model.py", "import keshi.scheme"),
        ("settlement/settle.py", "import keshi.workbook"),
        ("settlement/settle.py", "import django"),
        ("scheme/load.py", "import urllib.request"),
        ("hours/machine.py", "import socket"),
        ("settlement/settle.py", "import duckdb"),
        ("case/read.py", "import openpyxl"),
        ("case/read.py", "import python_calamine"),
        ("settlement/render.py", "import rich"),
        ("newcomer.py", "import keshi.money"),
    ],
)
def test_a_contract_notices(copy, file, line):
    path = copy / "src/keshi" / file
    path.write_text(
        f"{path.read_text(encoding='utf-8') if path.exists() else ''}\n{line}\n", encoding="utf-8"
    )
    result = contracts(copy)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "BROKEN" in result.stdout or "newcomer" in result.stdout


def test_nothing_is_imported_behind_the_contracts_back():
    """`importlib` and `__import__` slip past the import graph. Reading our own data files does not, and the
    command may load its own modules late."""
    allowed = {"files", "Traversable"}
    found = []
    for path in (ROOT / "src/keshi").rglob("*.py"):
        late = {"import_module"} if path.match("keshi/cli/group.py") else set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Name(id="__import__"):
                    found.append(f"{path.name}: __import__")
                case ast.Import(names=names) if any(n.name.split(".")[0] == "importlib" for n in names):
                    found.append(f"{path.name}: importlib")
                case ast.ImportFrom(module=module, names=names) if (module or "").startswith("importlib"):
                    found += [f"{path.name}: {n.name}" for n in names if n.name not in allowed | late]
    assert not found


def test_the_command_loads_only_its_own_modules():
    assert all(module.startswith("keshi.cli.") for module in COMMANDS.values())
