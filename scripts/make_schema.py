"""Write src/keshi/scheme/scheme.schema.json, from which editors complete and check a scheme.toml.

Made from the structures in keshi.scheme.model: types and bounds by msgspec, explanations from their docstrings.
`--check` only says whether the file is current. In a scheme: `#:schema ../../src/keshi/scheme/scheme.schema.json`.
"""

import ast
import inspect
import json
import sys
from pathlib import Path
from typing import Any

import msgspec

from keshi.scheme import model

TARGET = Path(__file__).resolve().parents[1] / "src/keshi/scheme/scheme.schema.json"
DIALECT = "http://json-schema.org/draft-07/schema#"  # the one that every TOML editor knows

Schema = dict[str, Any]


def build() -> Schema:
    """The schema of a whole scheme.toml."""
    made = msgspec.json.schema(model.SchemeFile, ref_template="#/definitions/{name}")
    notes = field_notes()
    definitions: Schema = {}
    for name, definition in sorted(made["$defs"].items()):
        inherited = notes.get("Rule", {}) if "clause" in definition.get("properties", {}) else {}
        definitions[name] = polish(definition, inherited | notes.get(name, {}))
    root = definitions.pop("SchemeFile")
    return {
        "$schema": DIALECT,
        **root,
        "title": "A notice as data (scheme.toml)",
        "definitions": definitions,
    }


def field_notes() -> dict[str, dict[str, str]]:
    """The text written under each field, by class and field."""
    found: dict[str, dict[str, str]] = {}
    for node in ast.parse(inspect.getsource(model)).body:
        if not isinstance(node, ast.ClassDef):
            continue
        fields = found.setdefault(node.name, {})
        for field, below in zip(node.body, node.body[1:], strict=False):
            if (
                isinstance(field, ast.AnnAssign)
                and isinstance(field.target, ast.Name)
                and isinstance(below, ast.Expr)
                and isinstance(below.value, ast.Constant)
            ):
                fields[field.target.id] = _one_line(str(below.value.value))
    return found


def polish(definition: Schema, notes: dict[str, str]) -> Schema:
    """One structure as editors like it: TOML's types, its explanation on one line, the fields' beside them."""
    result = dict(definition)
    if "description" in result:
        result["description"] = _one_line(result["description"])
    if "properties" in result:
        result["properties"] = {
            name: _explained(_toml(field), notes.get(name)) for name, field in result["properties"].items()
        }
    return result


def _toml(field: Any) -> Any:
    """A type as TOML can write it: no null, and where a figure may be text it may be a decimal too."""
    if not isinstance(field, dict):
        return field
    field = {key: _toml(value) if key != "default" else value for key, value in field.items()}
    if field.get("default", ...) is None or isinstance(field.get("default"), dict):
        del field["default"]
    if "anyOf" in field:
        options = [_toml(option) for option in field["anyOf"] if option != {"type": "null"}]
        if {"type": "integer"} in options and {"type": "string"} in options:
            options = [{"type": ["number", "string"], "description": 'a figure: 30, 7.5 or "20%"'}]
        if len(options) > 1:
            return {**field, "anyOf": options}
        del field["anyOf"]
        field = {**options[0], **field}
    return field


def _explained(field: Schema, note: str | None) -> Schema:
    """The field with its own explanation, and nothing beside a reference: draft 7 ignores what stands there."""
    rest = {key: value for key, value in field.items() if key != "$ref"}
    if note:
        rest["description"] = note
    return {"allOf": [{"$ref": field["$ref"]}], **rest} if "$ref" in field and rest else field | rest


def _one_line(text: str) -> str:
    return " ".join(text.split())


def text() -> str:
    """The file's content."""
    return json.dumps(build(), ensure_ascii=False, indent=2) + "\n"


def main(arguments: list[str]) -> int:
    if arguments == ["--check"]:
        if not TARGET.is_file() or TARGET.read_text(encoding="utf-8") != text():
            print(f"{TARGET.name} is not current. Run: make generate", file=sys.stderr)
            return 1
        return 0
    TARGET.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
