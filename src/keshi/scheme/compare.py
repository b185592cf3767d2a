"""What differs between two versions of a scheme, rule by rule."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from keshi.expression.tables import Key, Table
from keshi.scheme.load import Scheme


@dataclass(frozen=True, slots=True)
class Difference:
    """One key that was added, removed or changed; `path` names rules by their id, not by their position."""

    path: str
    kind: Literal["added", "removed", "changed"]
    before: str
    after: str


def compare_schemes(old: Scheme, new: Scheme) -> list[Difference]:
    """Every difference between two scheme files and their tables, in the order of the files."""
    found = list(_walk("", msgspec.to_builtins(old.file), msgspec.to_builtins(new.file)))
    for name in {**old.tables, **new.tables}:
        before, after = _rows(old.tables.get(name)), _rows(new.tables.get(name))
        for keys in {**before, **after}:
            path = f"tables.{name}[{', '.join('*' if key is None else str(key) for key in keys)}]"
            a, b = before.get(keys), after.get(keys)
            if a != b:
                found.append(Difference(path, _kind(a, b), a or "", b or ""))
    return found


def _rows(table: Table | None) -> dict[Key, str]:
    """What a table says for each of its keys: the amounts that follow one another in time."""
    found: dict[Key, list[str]] = {}
    for row in table.rows if table else ():
        found.setdefault(row.keys, []).append(_row_text(row.value, row.valid_from, row.valid_to))
    return {keys: "; ".join(texts) for keys, texts in found.items()}


def _row_text(value: Any, since: Any, until: Any) -> str:
    validity = f" ({since or ''}–{until or ''})" if since or until else ""
    return f"{value}{validity}"


def _kind(a: Any, b: Any) -> Literal["added", "removed", "changed"]:
    return "added" if a is None else "removed" if b is None else "changed"


def _walk(path: str, old: Any, new: Any) -> Iterator[Difference]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in {**old, **new}:
            yield from _walk(f"{path}.{key}" if path else str(key), old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list) and _named(old) and _named(new):
        before, after = ({part["id"]: part for part in parts} for parts in (old, new))
        for key in {**before, **after}:
            yield from _walk(f"{path}[{key}]", before.get(key), after.get(key))
    elif old != new:
        yield Difference(path, _kind(old, new), _text(old), _text(new))


def _named(parts: list[Any]) -> bool:
    return bool(parts) and all(isinstance(part, Mapping) and "id" in part for part in parts)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return str(
            value.get("formula")
            or value.get("holds")
            or value.get("value")
            or value.get("text")
            or dict(value)
        )
    return str(value)
