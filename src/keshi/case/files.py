"""Case files in JSON and TOML."""

import json
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from keshi.case.values import shown
from keshi.problems import BadInput, Problem

MOST_BYTES = 64 * 1024 * 1024


def load_structure(path: Path, *, lists: bool = False) -> Any:
    """The structure in a `.json` or `.toml` file; decimals keep their digits, repeated keys are refused.

    It is an object of keys and values; with `lists` a list will do as well.

    Raises BadInput when the file is absent, too large, not UTF-8 or not well-formed, with line and column.
    """
    text = _read(path)
    try:
        if path.suffix.lower() == ".toml":
            return tomllib.loads(text, parse_float=Decimal)
        found = json.loads(
            text, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_unique_keys
        )
    except tomllib.TOMLDecodeError as error:
        raise BadInput(Problem("file-toml", str(path), params={"detail": str(error)})) from None
    except json.JSONDecodeError as error:
        where = f"{path}:{error.lineno}:{error.colno}"
        raise BadInput(Problem("file-json", where, params={"detail": error.msg})) from None
    except (ValueError, RecursionError) as error:
        raise BadInput(Problem("file-json", str(path), params={"detail": str(error)})) from None
    if not isinstance(found, Mapping) and not (lists and isinstance(found, list)):
        raise BadInput(Problem("case-object", str(path), type(found).__name__))
    return found


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadInput(Problem("file-too-large", str(path), params={"most": MOST_BYTES // 1024**2}))
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise BadInput(Problem("file-absent", str(path))) from None
    except UnicodeDecodeError:
        raise BadInput(Problem("file-not-utf8", str(path))) from None
    except OSError as error:
        raise BadInput(
            Problem("file-unreadable", str(path), params={"detail": error.strerror or ""})
        ) from None


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a number")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise ValueError(f"key {shown(key)!r} is given twice")
            seen.add(key)
    return found
