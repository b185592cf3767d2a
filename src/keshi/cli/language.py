"""The language of the command: `--lang` anywhere on the line, then KESHI_LANG, then Chinese."""

import os
import sys
from collections.abc import Sequence

from keshi.messages import Lang, message

VARIABLE = "KESHI_LANG"


def chosen(arguments: Sequence[str], environment: str | None) -> Lang:
    """The language asked for; texts of the help are made before the options are parsed, so they are read here."""
    asked = environment or ""
    for index, argument in enumerate(arguments):
        if argument == "--lang" and index + 1 < len(arguments):
            asked = arguments[index + 1]
        elif argument.startswith("--lang="):
            asked = argument.removeprefix("--lang=")
    return "en" if asked == "en" else "zh"


LANG: Lang = chosen(sys.argv[1:], os.environ.get(VARIABLE))


def say(key: str, /, **params: object) -> str:
    """A message in the command's language."""
    return message(key, LANG, **params)
