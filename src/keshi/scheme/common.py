"""Rules above the notices, on unless a region switches them off."""

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from keshi.scheme.model import CommonFile, Limit


@cache
def common() -> tuple[tuple[Limit, ...], bytes]:
    """The limits above all notices and the bytes they were read from."""
    raw = files(__package__).joinpath("common.toml").read_bytes()
    return tuple(msgspec.convert(tomllib.loads(raw.decode()), CommonFile).limits), raw
