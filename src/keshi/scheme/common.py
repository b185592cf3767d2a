"""Rules above the notices, on unless a region switches them off."""

import tomllib
from functools import cache
from importlib.resources import files

from keshi.scheme.model import CommonFile, Limit
from keshi.structures import reader

_common_file = reader(CommonFile)


@cache
def common() -> tuple[tuple[Limit, ...], bytes]:
    """The limits above all notices and the bytes they were read from."""
    raw = files(__package__).joinpath("common.toml").read_bytes()
    return tuple(_common_file(tomllib.loads(raw.decode())).limits), raw
