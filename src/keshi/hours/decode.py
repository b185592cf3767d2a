"""From a log as people write it (JSON, TOML, a worksheet's rows) to typed inputs, strictly."""

import json
import re
from datetime import datetime
from typing import Annotated, Any

import msgspec

from keshi.hours.events import Event
from keshi.hours.machine import moment
from keshi.problems import BadInput, Problem
from keshi.structures import reader


class _Stamped(msgspec.Struct):
    at: Annotated[datetime, msgspec.Meta(tz=True)]


class _Entry(msgspec.Struct):
    """A struct around the union: the decoder remembers how to read structs, but works unions out every time."""

    event: Event


_MISSING = re.compile(r"Object missing required field `(?P<field>\w+)`")
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<field>.*)`", re.DOTALL)
_EXPECTED = re.compile(r"Expected `(?P<kind>\w+)[^`]*`(?: of length)?(?P<bound>(?: [<>]=? \d+)?)")
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")
_stamped, _entry = reader(_Stamped), reader(_Entry)


def decode_events(events: object, where: str = "events") -> list[tuple[int, Event]]:
    """Each entry as `(server time in ms, input)`.

    Raises:
        BadInput: with the place of every entry that cannot be read (`events[3].seq`), not only the first.
    """
    if not isinstance(events, list):
        raise BadInput(Problem("hours-not-a-list", where, _shown(events)))
    inputs: list[tuple[int, Event]] = []
    problems: list[Problem] = []
    for index, raw in enumerate(events):
        try:
            at = _stamped(raw).at
        except msgspec.ValidationError:
            problems.append(_no_time(raw, f"{where}[{index}]"))
            continue
        body = {key: value for key, value in raw.items() if key != "at"}
        try:
            inputs.append((moment(at), _entry({"event": body}).event))
        except msgspec.ValidationError as error:
            problems.append(_unreadable(str(error), body, f"{where}[{index}]"))
    if problems:
        raise BadInput(problems)
    return inputs


def _no_time(raw: object, where: str) -> Problem:
    if not isinstance(raw, dict) or not all(isinstance(name, str) for name in raw):
        return Problem("hours-not-an-object", where, _shown(raw))
    if "at" not in raw:
        return Problem("hours-missing-field", where, params={"field": "at"})
    return Problem("hours-time-wrong", f"{where}.at", _shown(raw["at"]))


def _unreadable(error: str, body: dict[str, object], where: str) -> Problem:
    """The decoder's sentence about one entry as a problem a person can mend."""
    what, _, path = error.partition(" - at `$.event")
    path = path.rstrip("`")
    if found := _MISSING.match(what):
        return Problem("hours-missing-field", where + path, params={"field": found["field"]})
    if found := _UNKNOWN.match(what):
        return Problem("hours-unknown-field", where + path, params={"field": found["field"]})
    value = _shown(_at_path(body, path))
    if path == ".type":
        return Problem("hours-type-unknown", where + path, value)
    if "datetime" in what:
        return Problem("hours-time-wrong", where + path, value)
    # The decoder knows five kinds here: int, str, bool, array, object; each has its own sentence.
    expected = _EXPECTED.match(what)
    kind, bound = expected.group("kind", "bound") if expected else ("object", "")
    return Problem(f"hours-expected-{kind}", where + path, value, {"bound": bound})


def _at_path(value: Any, path: str) -> object:
    for name, number in _STEP.findall(path):
        value = value[int(number)] if number else value[name]
    return value


def _shown(value: object) -> str:
    """A value as it stands in the file, shortened: nobody looks for the end of a long one."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}..."
