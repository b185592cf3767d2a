"""The service's English: every Chinese text of src/keshi_web has its translation, and Django can read them.

`translations.py` checks and compiles; `--compile` only compiles what changed; `--missing` prints entries to fill in;
`--app NAME` looks at one app. Texts are found in Python (`_("…")` and its relatives) and in templates
(`{% translate %}`, `{% blocktranslate %}`), translations in `<app>/locale/en/LC_MESSAGES/django.po`; an app may use
those of common and ui.
No gettext programs are needed; the .mo files are not part of the repository.
"""

import argparse
import ast
import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from po_files import Catalogue, Entry, Key, PoError, quoted, read_po, write_mo

ROOT = Path(__file__).resolve().parents[1]
SERVICE = ROOT / "src" / "keshi_web"
CATALOGUE = Path("locale/en/LC_MESSAGES/django.po")
SHARED = ("common", "ui")
"""Apps whose translations every app may use; they stand lowest in the layers."""

SINGULAR = {"_", "_now", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
CONTEXT = {"pgettext", "pgettext_lazy"}
CONTEXT_PLURAL = {"npgettext", "npgettext_lazy"}
FUNCTIONS = SINGULAR | PLURAL | CONTEXT | CONTEXT_PLURAL

PLACES = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
CHINESE_ONLY = "{# zh only"
"""On a template's line: this text exists in Chinese only, as on official forms."""


class Use(NamedTuple):
    """A text in the source: which, and where."""

    key: Key
    path: Path
    line: int


class Fault(Exception):
    """A call whose text cannot be translated."""


def main(arguments: list[str] | None = None) -> int:
    """0 when every text is translated."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument(
        "--compile", action="store_true", help="only write the .mo files that are out of date"
    )
    parser.add_argument("--missing", action="store_true", help="print entries to fill in")
    parser.add_argument("--app", help="only this app")
    given = parser.parse_args(arguments)
    apps = sorted(path.parent.name for path in SERVICE.glob("*/__init__.py"))
    try:
        if given.compile:
            compile_all(apps)
            return 0
        return report(apps, given.app, entries=given.missing)
    except PoError as error:
        print(error, file=sys.stderr)
        return 1


def report(apps: list[str], only: str | None, *, entries: bool) -> int:
    """Print what is wrong, or the entries to fill in; compile when all is right."""
    catalogues = {
        app: read_po(SERVICE / app / CATALOGUE) for app in apps if (SERVICE / app / CATALOGUE).is_file()
    }
    problems: list[str] = []
    for app in [only] if only else apps:
        uses = list(found_in(SERVICE / app, problems))
        missing = [use for use in uses if not translated(use.key, app, catalogues)]
        if entries:
            print("".join(skeleton(missing)), end="")
            continue
        problems += [f"{place(use)}: no English for {quoted(use.key.text)}" for use in first_of_each(missing)]
        problems += faults_of(app, catalogues, {use.key for use in uses})
    problems += differing(catalogues)
    if entries or problems:
        print("\n".join(problems), file=sys.stderr)
        return bool(problems)
    compile_all(apps)
    return 0


# ---------------------------------------------------------------------------------------------------------------
# What is used


def found_in(folder: Path, problems: list[str]) -> Iterator[Use]:
    """Every translatable text of an app; calls that cannot be translated go to `problems`."""
    for path in sorted(folder.rglob("*.py")):
        if "migrations" not in path.parts:
            yield from in_python(path, problems)
    for path in sorted(folder.rglob("templates/**/*")):
        if path.suffix in {".html", ".txt", ".xml"}:
            yield from in_template(path, problems)


def in_python(path: Path, problems: list[str]) -> Iterator[Use]:
    """Calls of the translating functions with literal texts; `_(variable)` translates what was marked elsewhere."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in FUNCTIONS:
            continue
        try:
            if key := key_of(name, node.args):
                yield Use(key, path, node.lineno)
        except Fault as fault:
            problems.append(f"{relative(path)}:{node.lineno}: {fault}")


def key_of(name: str, arguments: list[ast.expr]) -> Key | None:
    """The text that a call asks for; None when it is no literal."""
    texts = []
    for argument in arguments[: 1 + (name not in SINGULAR) + (name in CONTEXT_PLURAL)]:
        if isinstance(argument, ast.JoinedStr):
            raise Fault(f'{name}(f"…") is never found in a catalogue: use %(name)s and a mapping')
        if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
            return None
        texts.append(argument.value)
    if not texts:
        return None
    context = texts.pop(0) if name in CONTEXT | CONTEXT_PLURAL else None
    return Key(context, texts[0], texts[1] if len(texts) > 1 else None)


CALL = re.compile(rf"(?<!\w)({'|'.join(sorted(FUNCTIONS, key=len, reverse=True))})\(")
LITERAL = re.compile(r"""\s*u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s*,?""", re.DOTALL)
TAGS = re.compile(
    r"\{%-?\s*blocktrans(?:late)?\b.*?\{%-?\s*endblocktrans(?:late)?\s*%\}|\{%-?\s*comment\b.*?\{%\s*endcomment\s*%\}"
    r"|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->",
    re.DOTALL,
)


def in_template(path: Path, problems: list[str]) -> Iterator[Use]:
    """Texts as Django itself finds them; Chinese outside of them is a fault."""
    from django.utils.translation.template import templatize

    source = path.read_text(encoding="utf-8")
    program = templatize(source, origin=str(path))
    for call in CALL.finditer(program):
        texts, end = [], call.end()
        while literal := LITERAL.match(program, end):
            texts.append(ast.Constant(ast.literal_eval(literal[1])))
            end = literal.end()
        if key := key_of(call[1], list(texts)):
            yield Use(key, path, program.count("\n", 0, call.start()) + 1)
    lines = source.split("\n")
    bare = TAGS.sub(lambda tag: re.sub(r"[^\n]", " ", tag[0]), source)
    for number, (line, rest) in enumerate(zip(lines, bare.split("\n"), strict=True), 1):
        if CHINESE.search(rest) and CHINESE_ONLY not in line:
            problems.append(
                f"{relative(path)}:{number}: Chinese text outside of {{% translate %}}: {rest.strip()[:40]}"
            )


# ---------------------------------------------------------------------------------------------------------------
# What is translated


def translated(key: Key, app: str, catalogues: dict[str, Catalogue]) -> bool:
    """Whether the app's own catalogue, or a shared one, has a finished translation."""
    return any(
        (entry := catalogues.get(name, {}).get(key)) is not None and all(entry.texts) and not entry.fuzzy
        for name in (app, *SHARED)
    )


def faults_of(app: str, catalogues: dict[str, Catalogue], used: set[Key]) -> Iterator[str]:
    """Entries that are unused, unfinished, or lose a place such as %(name)s."""
    path = SERVICE / app / CATALOGUE
    for key, entry in catalogues.get(app, {}).items():
        where = f"{relative(path)}:{entry.line}"
        if entry.fuzzy:
            yield f"{where}: marked fuzzy: {quoted(key.text)}"
        if key not in used and app not in SHARED:
            yield f"{where}: no longer used: {quoted(key.text)}"
        wanted = set(PLACES.findall(key.text + (key.plural or "")))
        got = set(PLACES.findall("".join(entry.texts)))
        if all(entry.texts) and wanted != got:
            yield f"{where}: other places than the Chinese text: {', '.join(sorted(wanted ^ got))}"


def differing(catalogues: dict[str, Catalogue]) -> Iterator[str]:
    """One text translated differently in two apps: Django would take either for both."""
    seen: dict[Key, tuple[str, Entry]] = {}
    for app, catalogue in catalogues.items():
        for key, entry in catalogue.items():
            first_app, first = seen.setdefault(key, (app, entry))
            if all(entry.texts) and all(first.texts) and entry.texts != first.texts:
                yield (
                    f"{relative(SERVICE / app / CATALOGUE)}:{entry.line}: {quoted(key.text)} is "
                    f"{quoted(first.texts[0])} in {first_app}: use one, or pgettext with a context"
                )


def first_of_each(uses: Iterable[Use]) -> list[Use]:
    """One use of every text, in the order of files and lines."""
    found: dict[Key, Use] = {}
    for use in sorted(uses, key=lambda use: (use.path, use.line)):
        found.setdefault(use.key, use)
    return list(found.values())


def skeleton(uses: Iterable[Use]) -> Iterator[str]:
    """Entries without their English."""
    for use in first_of_each(uses):
        context = f"msgctxt {quoted(use.key.context)}\n" if use.key.context is not None else ""
        rest = 'msgstr ""\n'
        if use.key.plural is not None:
            rest = f'msgid_plural {quoted(use.key.plural)}\nmsgstr[0] ""\nmsgstr[1] ""\n'
        yield f"\n#: {place(use)}\n{context}msgid {quoted(use.key.text)}\n{rest}"


def place(use: Use) -> str:
    return f"{relative(use.path)}:{use.line}"


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def compile_all(apps: Iterable[str]) -> None:
    """Write the .mo files that are older than their .po."""
    for app in apps:
        source = SERVICE / app / CATALOGUE
        target = source.with_suffix(".mo")
        if source.is_file() and not (
            target.is_file() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns
        ):
            made = target.with_suffix(f".{os.getpid()}")
            write_mo(read_po(source), made)
            made.replace(target)


if __name__ == "__main__":
    sys.exit(main())
