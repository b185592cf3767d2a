"""Reading .po files and writing .mo files: the parts of the format that the service's translations use."""

import ast
import re
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

HEADER = "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n"


class Key(NamedTuple):
    """What an entry is found by."""

    context: str | None
    text: str
    plural: str | None


@dataclass
class Entry:
    """A translation: one text, or one per plural form. `line` is that of its first keyword."""

    line: int
    texts: list[str] = field(default_factory=list)
    fuzzy: bool = False


Catalogue = dict[Key, Entry]


class PoError(Exception):
    """A line that is no .po, or a text translated twice; names file and line."""


WORD = re.compile(r'(msgctxt|msgid|msgid_plural|msgstr(?:\[(\d)\])?)\s+(".*")$')


@dataclass
class _Draft:
    line: int = 0
    fuzzy: bool = False
    words: dict[str, str] = field(default_factory=dict)


def read_po(path: Path) -> Catalogue:
    """All entries but the header.

    Raises PoError.
    """
    found: Catalogue = {}
    draft, last = _Draft(), ""
    fuzzy = False
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate([*lines, 'msgid ""'], 1):
        text = line.strip()
        if text.startswith("#"):
            fuzzy = fuzzy or (text.startswith("#,") and "fuzzy" in text)
            continue
        if not text:
            continue
        if text.startswith('"') and last:
            draft.words[last] += _unquoted(text, path, number)
            continue
        word = WORD.match(text)
        if not word:
            raise PoError(f"{path}:{number}: not a line of a .po file: {text[:60]}")
        name = word[1]
        if name == "msgctxt" or (name == "msgid" and last != "msgctxt"):
            _keep(found, draft, path)
            draft = _Draft(number, fuzzy)
            fuzzy = False
        draft.words[name], last = _unquoted(word[3], path, number), name
    return found


def _keep(found: Catalogue, draft: _Draft, path: Path) -> None:
    words = draft.words
    if not words.get("msgid"):
        return
    key = Key(words.get("msgctxt"), words["msgid"], words.get("msgid_plural"))
    texts = [text for name, text in sorted(words.items()) if name.startswith("msgstr")]
    if not texts or (key.plural is not None and len(texts) < 2):
        raise PoError(f"{path}:{draft.line}: no msgstr for {quoted(key.text)}")
    if key in found:
        raise PoError(
            f"{path}:{draft.line}: {quoted(key.text)} is translated twice, first in line {found[key].line}"
        )
    found[key] = Entry(draft.line, texts, draft.fuzzy)


def _unquoted(text: str, path: Path, line: int) -> str:
    try:
        return str(ast.literal_eval(text))
    except (SyntaxError, ValueError) as error:
        raise PoError(f"{path}:{line}: a broken text: {text[:60]}") from error


def quoted(text: str) -> str:
    """A text as a .po file writes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def write_mo(catalogue: Catalogue, path: Path) -> None:
    """The catalogue as gettext's machine format (little-endian, no hash table), finished entries only."""
    pairs = {b"": HEADER.encode()}
    for key, entry in catalogue.items():
        if not entry.fuzzy and all(entry.texts):
            source = key.text if key.plural is None else f"{key.text}\0{key.plural}"
            source = source if key.context is None else f"{key.context}\x04{source}"
            pairs[source.encode()] = "\0".join(entry.texts).encode()
    count, start = len(pairs), 28
    strings = b""
    offsets: list[tuple[int, int]] = []
    ordered = sorted(pairs.items())
    base = start + 16 * count
    for text in (*[source for source, _ in ordered], *[target for _, target in ordered]):
        offsets.append((len(text), base + len(strings)))
        strings += text + b"\0"
    table = b"".join(struct.pack("<II", *pair) for pair in offsets)
    path.write_bytes(
        struct.pack("<7I", 0x950412DE, 0, count, start, start + 8 * count, 0, 0) + table + strings
    )
