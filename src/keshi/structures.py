"""Plain data turned into structures, safely from many threads."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import msgspec

Structure = TypeVar("Structure")


def reader(kind: type[Structure]) -> Callable[[object], Structure]:
    """A function that turns plain data (of TOML or JSON) into a structure; it raises msgspec.ValidationError.

    To be called where a module is imported: msgspec studies a type when it first meets it, and two threads that meet
    it at the same moment end the whole process (it uses what the other one has only half studied).
    """
    msgspec.json.Decoder(kind)
    return partial(msgspec.convert, type=kind)  # noqa: TID251 - the one place
