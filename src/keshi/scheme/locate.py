"""Where in a TOML text each key's value stands, so that an error in a scheme names its line and column.

`tomllib` forgets positions. Scheme files need only plain TOML: tables, arrays of tables, inline tables and
values; a key that this scan does not find is reported by its path alone.
"""

import re
from collections.abc import Mapping

Position = tuple[int, int]
"""Line and column of a value's first character, both from 1; inside the quotes where it is a text."""

_HEADER = re.compile(r"^\s*(\[\[|\[)\s*([^\[\]]+?)\s*(\]\]|\])\s*(#.*)?$")
_KEY = re.compile(r"""((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*=\s*""")
_STRING = re.compile(r'"""|\'\'\'|"(?:[^"\\]|\\.)*"|\'[^\']*\'')


def positions(text: str) -> Mapping[str, Position]:
    """From a path such as `items[0].requirements[1].holds` to the position of its value."""
    return _Scan().run(text)


class _Scan:
    def __init__(self) -> None:
        self.found: dict[str, Position] = {}
        self.counts: dict[str, int] = {}
        self.stack = [""]
        self.index: list[int | None] = [None]
        self.last = ""

    def run(self, text: str) -> Mapping[str, Position]:
        closing = ""
        for number, line in enumerate(text.splitlines(), start=1):
            if closing:
                closing = "" if closing in line else closing
                continue
            header = _HEADER.match(line) if len(self.stack) == 1 else None
            if header:
                self.header(header[2], header[1] == "[[", (number, line.index("[") + 1))
                continue
            closing = self.pairs(line, number)
        return self.found

    def header(self, name: str, array: bool, position: Position) -> None:
        path = ""
        parts = _parts(name)
        for index, part in enumerate(parts):
            path = f"{path}.{part}" if path else part
            last = index == len(parts) - 1
            if last and array:
                self.counts[path] = self.counts.get(path, -1) + 1
                for inner in [key for key in self.counts if key.startswith(f"{path}[{self.counts[path]}]")]:
                    del self.counts[inner]
            if path in self.counts:
                path = f"{path}[{self.counts[path]}]"
        self.stack = [path]
        self.found.setdefault(path, position)

    def pairs(self, line: str, number: int) -> str:
        """Every `key = value` of a line, inline tables included; the closing quotes of a text that goes on below."""
        at, expected = 0, self.index[-1] is None
        while at < len(line) and line[at] != "#":
            key = _KEY.match(line, at) if expected else None
            if key:
                self.key(key[1], number, line, key.end())
                at, expected = key.end(), False
                continue
            text = _STRING.match(line, at)
            if text is None:
                expected = self.bracket(line[at], number, at, expected)
                at += 1
            elif text[0] not in ('"""', "'''"):
                at = text.end()
            elif text[0] in line[text.end() :]:
                at = line.index(text[0], text.end()) + 3
            else:
                return text[0]
        return ""

    def key(self, name: str, number: int, line: str, at: int) -> None:
        self.last = ".".join([*([self.stack[-1]] if self.stack[-1] else []), *_parts(name)])
        quoted = at < len(line) and line[at] in "\"'"
        self.found.setdefault(self.last, (number, at + 1 + (1 if quoted else 0)))

    def bracket(self, char: str, number: int, at: int, expected: bool) -> bool:
        """Follow an opening or closing bracket or a comma; whether a key may come next."""
        element = self.index[-1]
        if char in "{[":
            self.last = self.last if element is None else f"{self.stack[-1]}[{element}]"
            if element is not None:
                self.found.setdefault(self.last, (number, at + 1))
            self.stack.append(self.last)
            self.index.append(0 if char == "[" else None)
            return char == "{"
        if char in "}]" and len(self.stack) > 1:
            self.stack.pop()
            self.index.pop()
            return False
        if char == ",":
            if element is not None:
                self.index[-1] = element + 1
            return element is None
        return expected


def _parts(name: str) -> list[str]:
    return [
        part[1:-1] if part[0] in "\"'" else part for part in re.findall(r"\"[^\"]*\"|'[^']*'|[\w-]+", name)
    ]
