"""Every sentence the library says to a person, in Chinese and English.

One TOML file per room of the library; a table is one message, `zh` and `en` its two texts with
`{named}` places. Code names a message by its key and never writes a sentence itself.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

Lang = Literal["zh", "en"]
LANGUAGES: tuple[Lang, ...] = ("zh", "en")


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """All messages by key. Raises ValueError when two files define the same key."""
    found: dict[str, dict[str, str]] = {}
    for entry in sorted(files(__name__).iterdir(), key=lambda e: e.name):
        if not entry.name.endswith(".toml"):
            continue
        for key, texts in tomllib.loads(entry.read_text(encoding="utf-8")).items():
            if key in found:
                raise ValueError(f"message {key!r} is defined twice, again in {entry.name}")
            found[key] = texts
    return found


def message(key: str, lang: Lang = "zh", /, **params: object) -> str:
    """The text of one message. Raises KeyError when the catalogue has no such key or place."""
    return catalogue()[key][lang].format(**params)
