"""A formula with its figures in place of names: floor(1830 / 45)."""

from collections.abc import Callable, Mapping
from typing import Any

from keshi.expression.nodes import Call, Name, Node, walk
from keshi.expression.parse import Source


def substitute(source: Source, node: Node, values: Mapping[str, Any], shown: Callable[[Any], str]) -> str:
    """The text of the formula in which every name that has a value is written as that value."""
    tables = {
        id(part.arguments[0]) for part in walk(node) if isinstance(part, Call) and part.function == "lookup"
    }
    names = [
        part
        for part in walk(node)
        if isinstance(part, Name) and id(part) not in tables and part.name in values
    ]
    text = source.text
    for part in sorted(names, key=lambda name: name.start, reverse=True):
        text = f"{text[: part.start]}{shown(values[part.name])}{text[part.end :]}"
    return text
