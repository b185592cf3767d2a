"""The library is pure: no Django, no clock, no chance, no network, no binary fractions for money."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import keshi

PACKAGE = Path(keshi.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))
NAMES = [str(path.relative_to(PACKAGE)) for path in FILES]

FORBIDDEN = {
    "django", "keshi_web", "random", "secrets", "socket", "ssl", "select", "asyncio", "http", "urllib", "ftplib",
    "smtplib", "requests", "httpx", "subprocess", "multiprocessing", "threading", "pickle", "marshal", "ctypes",
}  # fmt: skip
CLOCKS = {
    "now", "utcnow", "today", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "process_time", "localtime",
    "gmtime", "fromtimestamp", "ctime", "sleep", "uuid1", "uuid4", "urandom",
}  # fmt: skip
STOPWATCH = {"settlement/batch/run.py": {"perf_counter"}}
"""Tells how long a batch took; decides nothing."""

MONEY = [
    name
    for name in NAMES
    if name == "money.py" or name.startswith(("settlement/", "expression/", "scheme/", "case/"))
]
EXACT_QUOTIENTS = {
    "left.unit / right.unit": "a unit by a unit",
    "Fraction(a) / b": "a fraction by a number",
    "Fraction(written[1]) / (100 if written[2] else 1)": "a fraction by a number",
    **dict.fromkeys(
        ["a.scale / unit", "b.scale / unit", "n.scale / unit"], "by the fraction that _unit gives"
    ),
    **dict.fromkeys(["a.scale / b.scale", "a.scale / b.fixed"], "scales are fractions"),
    **dict.fromkeys(
        ["row.value / self.unit", "best[0].value / self.unit"], "the unit of a tariff is a fraction"
    ),
}


def tree(name: str) -> ast.Module:
    return ast.parse((PACKAGE / name).read_text(encoding="utf-8"))


def imported(name: str) -> Iterator[str]:
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize("name", NAMES)
def test_no_module_imports_what_is_not_pure(name):
    assert not {module.partition(".")[0] for module in imported(name)} & FORBIDDEN


@pytest.mark.parametrize("name", NAMES)
def test_no_module_reads_a_clock_or_draws_lots(name):
    read = set()
    for node in ast.walk(tree(name)):
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS:
            read.add(node.attr)
        elif isinstance(node, ast.ImportFrom):
            read |= {alias.name for alias in node.names} & CLOCKS
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("time.time", "time"):
            read.add("time")
    assert read <= STOPWATCH.get(name, set())


@pytest.mark.parametrize("name", MONEY)
def test_no_money_is_a_binary_fraction(name):
    for node in ast.walk(tree(name)):
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float | complex)), ast.unparse(
            node
        )
        if isinstance(node, ast.Call):
            assert ast.unparse(node.func) not in (
                "float",
                "math.sqrt",
                "math.fsum",
                "statistics.mean",
                "round",
            )
        if isinstance(node, ast.AugAssign):
            assert not isinstance(node.op, ast.Div)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            written = ast.unparse(node)
            path = isinstance(node.right, ast.JoinedStr | ast.Constant) or written.endswith(
                ("_FILE", "_FOLDER", "file", " base")
            )
            assert path or written in EXACT_QUOTIENTS, f"{name}: {written}"


def run(code: str) -> set[str]:
    """The top-level modules loaded by a fresh interpreter after some code."""
    shown = f"{code}\nimport sys\nprint(' '.join(sorted({{name.partition('.')[0] for name in sys.modules}})))"
    done = subprocess.run(
        [sys.executable, "-c", shown], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.split())


EVERYTHING = """
import importlib, pkgutil, keshi
for module in pkgutil.walk_packages(keshi.__path__, "keshi."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
"""


def test_importing_all_of_it_loads_neither_django_nor_a_network():
    loaded = run(EVERYTHING)
    assert "keshi" in loaded
    assert not loaded & {
        "django",
        "keshi_web",
        "psycopg",
        "ssl",
        "socket",
        "http",
        "asyncio",
        "requests",
        "httpx",
        "ftplib",
        "smtplib",
    }


def test_heavy_libraries_wait_until_they_are_needed():
    loaded = run(
        "import keshi, keshi.case, keshi.expression, keshi.hours, keshi.scheme, keshi.settlement, keshi.workbook"
    )
    assert not loaded & {
        "duckdb",
        "python_calamine",
        "xlsxwriter",
        "pyarrow",
        "numpy",
        "rich",
        "click",
        "chinese_calendar",
    }


def test_settling_a_class_loads_no_heavy_library():
    loaded = run("from keshi.scheme import find_scheme\nfind_scheme('shaoguan-2020')")
    assert not loaded & {"duckdb", "python_calamine", "xlsxwriter", "pyarrow", "numpy"}
