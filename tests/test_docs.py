"""The documents keep their promises: links resolve, commands exist, the glossary and the schema are current."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from datetime import date
from functools import cache
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import get_args

import jsonschema
import pytest
from click.testing import CliRunner

from keshi.cli.group import keshi
from keshi.expression.types import BASES
from keshi.scheme import model
from keshi.settlement.result import Outcome
from keshi.vocabulary import vocabulary

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
SCHEMES = sorted([*ROOT.glob("schemes/*/scheme.toml"), *ROOT.glob("docs/examples/*/scheme.toml")])
DECISIONS = ROOT / "docs/decisions"

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"```[\w-]*\n(.*?)```|`([^`\n]+)`", re.DOTALL)
_PICTURE = re.compile(r"```mermaid\n.*?```", re.DOTALL)
_FENCE = re.compile(r"```.*?```", re.DOTALL)


def name(path):
    return str(path.relative_to(ROOT))


@cache
def text_of(path):
    return path.read_text(encoding="utf-8")


def code_of(path):
    without_pictures = _PICTURE.sub("", text_of(path))
    return "\n".join(block or inline for block, inline in _CODE.findall(without_pictures))


def anchors(path):
    """The anchors of a page's headings, as the usual renderers make them."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", text_of(path)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_resolve(page):
    dead = []
    for target in _LINK.findall(_FENCE.sub("", text_of(page))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        if not linked.exists() or (anchor and anchor not in anchors(linked)):
            dead.append(target)
    assert not dead


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_make_targets_exist(page):
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?:^|[\s$])make ([a-z][a-z-]*)", code_of(page), re.MULTILINE))
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_keshi_commands_exist(page):
    """Commands and long options, wherever a page shows them as code."""
    wrong = []
    for line in re.findall(
        r"(?:^|[\s/$])keshi ((?:--lang \w+ )?[a-z][a-z-]*\b[^\n|#;&]*)", code_of(page), re.MULTILINE
    ):
        words = line.split()
        words = words[2:] if words[0] == "--lang" else words
        shown = help_of(words[0])
        options = {word.partition("=")[0] for word in words[1:] if word.startswith("--")}
        if shown is None or any(not re.search(rf"{re.escape(option)}\b", shown) for option in options):
            wrong.append(line)
    assert not wrong


@cache
def help_of(command):
    result = CliRunner().invoke(keshi, [command, "--help"])
    return result.output if result.exit_code == 0 else None


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_named_files_exist(page):
    """Paths of the repository in code spans; `<id>` and `*` stand for any."""
    gone = []
    for path in re.findall(
        r"(?<![\w/.])((?:src|tests|docs|schemes|scripts|requirements)/[\w./<>*{},-]*)", code_of(page)
    ):
        pattern = re.sub(r"<\w+>|\{[^}]*\}", "*", path.rstrip(".,"))
        if not any(ROOT.glob(pattern.rstrip("/"))):
            gone.append(path)
    assert not gone


def test_decision_index_is_complete():
    index = text_of(DECISIONS / "README.md")
    pages = sorted(path.name for path in DECISIONS.glob("[0-9]*.md"))
    assert re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", index) == pages
    for number, page in enumerate(pages, start=1):
        assert page.startswith(f"{number:04}-")
        title, *_ = text_of(DECISIONS / page).splitlines()
        assert title.startswith(f"# {number}. ")
        for heading in ("Situation", "Decision", "Consequences", "Turned down"):
            assert f"\n## {heading}\n" in text_of(DECISIONS / page)


def glossary():
    return text_of(ROOT / "docs/glossary.md")


def test_glossary_has_every_fact_and_value():
    missing = [fact for fact in vocabulary() if f"| `{fact}` |" not in glossary()]
    for fact in vocabulary().values():
        missing += [
            f"{fact.name}: {v}"
            for v, label in (fact.values or {}).items()
            if f"- `{v}` {label.zh}" not in glossary()
        ]
    assert not missing


def test_glossary_has_every_value_that_schemes_use():
    values = {
        *get_args(model.Stage),
        *get_args(model.Payee),
        *get_args(model.Per),
        *get_args(Outcome),
        *BASES,
    }
    for struct, field in (
        (model.Advance, "basis"), (model.Step, "level"), (model.Duty, "topic"),
        (model.HourRule, "basis"), (model.Limit, "counts"),
    ):  # fmt: skip
        values.update(get_args(struct.__annotations__[field]))
    assert not {value for value in values if f"`{value}`" not in glossary()}


def test_glossary_has_every_room_of_messages():
    rooms = {
        entry.name.removesuffix(".toml")
        for entry in files("keshi.messages").iterdir()
        if entry.name.endswith(".toml")
    }
    section = glossary().partition("## Where messages live")[2].partition("\n## ")[0]
    assert rooms == set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE))


def is_module(dotted):
    path = ROOT / "src" / dotted.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").is_file()


def names_of(module):
    """What a module of the service defines or imports at its top."""
    path = ROOT / "src" / module.replace(".", "/")
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        found |= {alias.asname or alias.name for alias in getattr(node, "names", [])}
        found |= {target.id for target in getattr(node, "targets", []) if isinstance(target, ast.Name)}
        found.add(getattr(node, "name", None))
    return found


def test_glossary_points_at_what_exists():
    """The last column of the hand-written tables: a dotted name of the library, a fact, or words."""
    written = glossary().partition("## Facts")[0]
    gone = []
    for dotted in set(re.findall(r"\| `([\w.]+)` \|$", written, re.MULTILINE)):
        if dotted in vocabulary():
            continue
        module, _, attribute = dotted.rpartition(".")
        if dotted.startswith("keshi_web."):  # read, not imported: Django is not set up here
            if not (is_module(dotted) or (is_module(module) and attribute in names_of(module))):
                gone.append(dotted)
            continue
        try:
            import_module(dotted)
        except ModuleNotFoundError:
            if not module or not hasattr(import_module(module), attribute):
                gone.append(dotted)
    assert not gone


@pytest.mark.parametrize("script", ["make_glossary", "make_schema"])
def test_generated_files_are_current(script):
    result = run_script(script, "--check")
    assert result.returncode == 0, result.stderr


def test_nothing_forbidden_is_tracked():
    if not (ROOT / ".git").exists():
        pytest.skip("no git checkout")
    result = run_script("check_content")
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("README.md", ("https://py", "pi.org/simple")),
        ("requirements/dev.txt", ("--index", "-url https://example.org")),
        ("Makefile", (" /ro", "ot/keshi")),
        ("tests/test_x.py", ('"138', '26547', '781"')),
        ("docs/a.md", ("0417-", "28", "65432")),
        ("docs/a.md", ("somebody@", "163.com")),
        ("src/a.py", ("-----BEGIN PRIVATE", " KEY-----")),
        ("src/a.py", ("pass", 'word = "correct-horse"')),
    ],
)  # fmt: skip
def test_forbidden_contents_are_noticed(tmp_path, file, words):
    """The words are joined here, so that this file is clean."""
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text("".join(words), encoding="utf-8")
    (tmp_path / "scripts").mkdir(exist_ok=True)
    script = tmp_path / "scripts/check_content.py"
    script.write_bytes((ROOT / "scripts/check_content.py").read_bytes())
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    result = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert result.stderr.startswith(f"{file}:1: ")


def run_script(script, *arguments):
    return subprocess.run(
        [sys.executable, ROOT / f"scripts/{script}.py", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


@cache
def validator():
    schema = json.loads(files("keshi.scheme").joinpath("scheme.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def as_json(value):
    """What a TOML editor shows to its schema: days as texts."""
    match value:
        case dict():
            return {key: as_json(inner) for key, inner in value.items()}
        case list():
            return [as_json(inner) for inner in value]
        case date():
            return value.isoformat()
    return value


@pytest.mark.parametrize("path", SCHEMES, ids=name)
def test_schema_accepts_every_scheme(path):
    errors = [
        f"{error.json_path}: {error.message}"
        for error in validator().iter_errors(as_json(tomllib.loads(text_of(path))))
    ]
    assert not errors


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ({"parameters": {"rate": {"value": 7.5, "clause": "一"}}}, True),
        ({"parameters": {"rate": {"value": "130%", "clause": "一"}}}, True),
        ({"parameters": {"rate": {"value": 7.5}}}, False),
        ({"region": "4402"}, False),
        ({"surprise": 1}, False),
        (
            {"requirements": [{"id": "x", "of": "trainer", "clause": "一", "text": {"zh": "甲", "en": "a"}}]},
            False,
        ),
        ({"items": [{"id": "Not an id"}]}, False),
    ],
)
def test_schema_judges_as_the_loader_does(change, fits):
    scheme = as_json(tomllib.loads(text_of(ROOT / "schemes/shaoguan-2020/scheme.toml"))) | change
    assert validator().is_valid(scheme) is fits


def test_changelog_names_every_scheme():
    log = text_of(ROOT / "docs/changelog.md")
    for path in ROOT.glob("schemes/*/scheme.toml"):
        scheme = tomllib.loads(text_of(path))
        assert re.search(rf"`{scheme['id']}`( \| {scheme['version']} \|| version {scheme['version']}\b)", log)
