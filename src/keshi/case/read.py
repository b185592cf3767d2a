"""From the JSON structure of a case to a validated one, with every problem found and its place."""

import difflib
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any, cast

from keshi.case.model import Award, Case, Place, Trainee
from keshi.case.values import Refused, problem, read_boolean, read_date, reader, shown, veiled
from keshi.expression.types import Value
from keshi.identity import check_id_number, check_uscc, id_number_warnings, mask_id_number, normalise
from keshi.problems import BadInput, Problem
from keshi.vocabulary import Fact, vocabulary

_TOP = ("scheme", "item", "as_of", "facts", "organisation", "class", "trainees", "tables", "judgements")
_NOT_CASE = ("shows", "expect")
"""Keys of a worked case that settling it does not read."""
_NESTED = {"class": ("platform",), "trainee": ("certificate",)}
_MOST_PROBLEMS = 1_000


def read_case(
    raw: Mapping[str, Any], *, place: Place = str, scheme: str | None = None, as_of: date | None = None
) -> Case:
    """A case from its JSON structure; `scheme` and `as_of` override what it says.

    Raises BadInput with every problem: keys that are unknown, values of a wrong type, impossible dates,
    invalid or repeated ID numbers, class hours that cannot be.
    """
    reading = _Reading(place)
    return reading.case(raw, scheme, as_of)


@cache
def _readers(room: str) -> dict[str, tuple[Fact, Callable[[Any], Value]]]:
    """By the part of the name after the room: the fact and its reader."""
    return {
        name.removeprefix(f"{room}."): (fact, reader(fact))
        for name, fact in vocabulary().items()
        if fact.room == room and not fact.derived
    }


class _Reading:
    def __init__(self, place: Place) -> None:
        self.place = place
        self.problems: list[Problem] = []
        self.notes: list[Problem] = []
        self.as_of: date | None = None

    def refuse(self, code: str, path: str, value: Any = None, /, **params: object) -> None:
        if len(self.problems) < _MOST_PROBLEMS:
            found = None if value is None else shown(value)
            told = {
                name: veiled(param) if isinstance(param, str) else param for name, param in params.items()
            }
            self.problems.append(Problem(code, veiled(self.place(path)), found, told))

    def case(self, raw: Mapping[str, Any], scheme: str | None, as_of: date | None) -> Case:
        self.unknown_keys(raw, (*_TOP, *_NOT_CASE), "")
        as_of = as_of or self.day(raw)
        self.as_of = as_of if as_of > date.min else None
        facts: dict[str, Value] = {}
        for room in ("facts", "organisation", "class"):
            facts.update(self.room(room, raw.get(room, {} if room == "facts" else None), room))
        self.consistent(facts)
        uscc = facts.get("organisation.uscc")
        if isinstance(uscc, str) and (wrong := check_uscc(normalise(uscc)[0])):
            person = check_id_number(uscc) is None
            value = mask_id_number(uscc) if person else uscc
            self.notes.append(Problem(wrong.code, self.place("organisation.uscc"), value, wrong.params))
        case = Case(
            scheme=scheme or self.text(raw, "scheme"),
            item=self.text(raw, "item"),
            as_of=as_of,
            facts=facts,
            trainees=self.trainees(raw.get("trainees")),
            tables=self.tables(raw.get("tables")),
            judgements=self.judgements(raw.get("judgements")),
            place=self.place,
            notes=self.notes,
        )
        if self.problems:
            raise BadInput(self.problems)
        return case

    def missing(self, fact: Fact, path: str) -> None:
        self.refuse("fact-missing", path, label=fact.label.zh, label_en=fact.label.en)

    def text(self, raw: Mapping[str, Any], key: str) -> str:
        value = raw.get(key)
        if isinstance(value, str) and value:
            return value
        fact = vocabulary()[f"history.{key}"]
        if value is None:
            self.missing(fact, key)
        else:
            self.problems.append(problem(Refused("value-text"), fact, self.place(key), value))
        return ""

    def day(self, raw: Mapping[str, Any]) -> date:
        fact = vocabulary()["as_of"]
        if raw.get("as_of") is None:
            self.missing(fact, "as_of")
            return date.min
        try:
            return read_date(raw.get("as_of"))
        except Refused as refused:
            self.problems.append(problem(refused, fact, self.place("as_of"), raw.get("as_of")))
        return date.min

    def unknown_keys(self, raw: Mapping[str, Any], known: Collection[str], path: str) -> None:
        for key in raw:
            if key in known:
                continue
            written = shown(key)
            near = difflib.get_close_matches(written, list(known), n=1)
            at = f"{path}.{written}" if path else written
            if near:
                self.refuse("case-unknown-key-near", at, key=written, near=near[0])
            else:
                self.refuse("case-unknown-key", at, key=written)

    def room(self, room: str, raw: Any, path: str) -> dict[str, Value]:
        """The facts of one object, by full name; nested objects are flattened, a null one has null facts."""
        if not isinstance(raw, Mapping):
            self.refuse("case-object", path, raw)
            return {}
        flat: dict[str, Any] = {}
        for key, value in raw.items():
            if key in _NESTED.get(room, ()):
                flat.update(self.nested(room, key, value, f"{path}.{key}"))
            else:
                flat[key] = value
        readers = _readers(room)
        found: dict[str, Value] = {}
        for key, value in flat.items():
            known = readers.get(key)
            if known is None:
                self.unknown_keys({key: value}, readers, path)
                continue
            fact, read = known
            if key == "delegate" and isinstance(value, Mapping):
                self.unknown_keys(value, _readers("organisation"), f"{path}.{key}")
                value = value.get("name")
            try:
                found[fact.name] = read(value)
            except Refused as refused:
                masked = mask_id_number(shown(value)) if key == "id_number" else None
                if len(self.problems) < _MOST_PROBLEMS:
                    self.problems.append(
                        problem(refused, fact, self.place(f"{path}.{key}"), value, masked=masked)
                    )
        return found

    def nested(self, room: str, key: str, value: Any, path: str) -> Iterator[tuple[str, Any]]:
        if value is None:
            prefix = f"{key}."
            return ((name, None) for name in _readers(room) if name.startswith(prefix))
        if not isinstance(value, Mapping):
            self.refuse("case-object", path, value)
            return iter(())
        return ((f"{key}.{inner}", part) for inner, part in value.items())

    def consistent(self, facts: Mapping[str, Value]) -> None:
        """Figures that contradict each other are refused, whatever the scheme."""
        ordered = (
            ("class.starts_on", "class.ends_on", "case-ends-before-start"),
            ("class.online_hours", "class.total_hours", "case-online-over-total"),
            ("class.theory_online_hours", "class.online_hours", "case-theory-over-online"),
        )
        for less, more, code in ordered:
            a, b = facts.get(less), facts.get(more)
            if a is not None and b is not None and cast(Any, a) > b:
                self.refuse(
                    code,
                    more if less == "class.starts_on" else less,
                    a if less != "class.starts_on" else b,
                    most=b,
                )

    def trainees(self, raw: Any) -> list[Trainee]:
        if not isinstance(raw, list | tuple):
            self.refuse("case-trainees", "trainees", raw)
            return []
        seen: dict[str, int] = {}
        found = []
        for index, row in enumerate(raw):
            trainee = self.trainee(row, f"trainees[{index}]")
            if trainee is None:
                continue
            first = seen.setdefault(trainee.id_number, index)
            if first != index:
                self.refuse(
                    "case-duplicate-person",
                    f"trainees[{index}].id_number",
                    mask_id_number(trainee.id_number),
                    first=self.place(f"trainees[{first}].id_number"),
                )
            found.append(trainee)
        return found

    def trainee(self, raw: Any, path: str) -> Trainee | None:
        if not isinstance(raw, Mapping):
            self.refuse("case-object", path, raw)
            return None
        own = {key: value for key, value in raw.items() if key not in ("history", "events")}
        facts = self.room("trainee", own, path)
        facts.setdefault("trainee.other_subsidies", ())
        history = self.history(raw.get("history"), f"{path}.history")
        events = raw.get("events")
        if events is not None and not isinstance(events, list | tuple):
            self.refuse("value-list", f"{path}.events", events, label="events", label_en="events")
        if events is not None and facts.get("trainee.minutes") is not None:
            self.refuse("case-minutes-and-events", f"{path}.events")
        if not self.identified(facts, own, path):
            return None
        return Trainee(facts, history, events, path)

    def identified(self, facts: dict[str, Value], raw: Mapping[str, Any], path: str) -> bool:
        number = facts.get("trainee.id_number")
        where = f"{path}.id_number"
        if not isinstance(number, str):
            if raw.get("id_number") is None:
                self.missing(vocabulary()["trainee.id_number"], where)
            return False
        number, changed = normalise(number)
        wrong = check_id_number(number, on=self.as_of)
        if wrong is not None:
            self.refuse(wrong.code, where, mask_id_number(number), **wrong.params)
            return False
        if changed:
            self.notes.append(Problem("id-normalised", self.place(where), mask_id_number(number)))
        for note in id_number_warnings(number):
            self.notes.append(Problem(note.code, self.place(where), mask_id_number(number), note.params))
        facts["trainee.id_number"] = number
        return True

    def history(self, raw: Any, path: str) -> tuple[Award, ...]:
        if raw is None:
            return ()
        if not isinstance(raw, list | tuple):
            self.refuse("value-list", path, raw, label="history", label_en="history")
            return ()
        awards = (self.award(row, f"{path}[{index}]") for index, row in enumerate(raw))
        return tuple(award for award in awards if award is not None)

    def award(self, raw: Any, path: str) -> Award | None:
        before = len(self.problems)
        facts = self.room("history", raw, path)
        for name in ("scheme", "item", "ended_on", "amount"):
            if isinstance(raw, Mapping) and raw.get(name) is None:
                self.missing(vocabulary()[f"history.{name}"], f"{path}.{name}")
        if len(self.problems) > before:
            return None
        amount = cast(Any, facts["history.amount"]) * 100
        if not isinstance(amount, int) and amount.denominator != 1:
            self.refuse("value-fen", f"{path}.amount", raw.get("amount"))
            return None
        started, ended = facts.get("history.started_on"), facts["history.ended_on"]
        if started is not None and cast(date, started) > cast(date, ended):
            self.refuse("case-ends-before-start", f"{path}.ended_on", ended)
        return Award(
            scheme=str(facts["history.scheme"]),
            item=str(facts["history.item"]),
            project=cast("str | None", facts.get("history.project")),
            started_on=cast("date | None", started),
            ended_on=cast(date, ended),
            occupation=cast("str | None", facts.get("history.occupation")),
            level=cast("int | None", facts.get("history.level")),
            amount=int(amount),
        )

    def tables(self, raw: Any) -> dict[str, list[Mapping[str, Any]]]:
        if raw is None:
            return {}
        if not isinstance(raw, Mapping) or any(
            not isinstance(rows, list | tuple) or any(not isinstance(row, Mapping) for row in rows)
            for rows in raw.values()
        ):
            self.refuse("case-tables", "tables", raw)
            return {}
        return {str(name): list(rows) for name, rows in raw.items()}

    def judgements(self, raw: Any) -> dict[str, bool]:
        if raw is None:
            return {}
        if not isinstance(raw, Mapping):
            self.refuse("case-object", "judgements", raw)
            return {}
        found = {}
        for rule, value in raw.items():
            try:
                found[str(rule)] = read_boolean(value)
            except Refused as refused:
                self.refuse(refused.code, f"judgements.{rule}", value, label=rule, label_en=rule)
        return found
