"""Rows of a roster on their way in: read from a workbook, pasted text or a form, judged, mended, kept sealed."""

import json
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from keshi.case.values import Refused, problem, reader
from keshi.identity import check_id_number, check_mobile, id_number_warnings, mask_id_number, normalise
from keshi.problems import BadInput, Problem
from keshi.vocabulary import vocabulary
from keshi.workbook import read_roster
from keshi_web.people.writing import masked_name

IDENTITY = ("name", "id_number", "phone")
_MOST_SHOWN = 20
_STEP = 500


@dataclass
class Fault:
    """What is wrong with a row or with the whole file: a message of the library by code, or (no code) its texts in
    `params` by language. Never a person's value.
    """

    code: str
    place: str = ""
    fact: str = ""
    params: dict[str, Any] = field(default_factory=dict)

    def text(self, lang: str) -> str:
        """The sentence."""
        if not self.code:
            return str(self.params["en" if lang == "en" else "zh"])
        return Problem(self.code, params=self.params).text("en" if lang == "en" else "zh")


@dataclass
class Row:
    """One person as the roster says it: identity, facts by the vocabulary's names without `trainee.`, faults."""

    name: str = ""
    id_number: str = ""
    phone: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    place: str = ""
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)

    @property
    def masked(self) -> str:
        """The identity number as pages may show it."""
        return mask_id_number(self.id_number) if self.id_number else ""

    @property
    def masked_name(self) -> str:
        """The name as pages of the office may show it."""
        return masked_name(self.name)

    @property
    def sound(self) -> bool:
        """Whether it can be stored."""
        return not self.faults


@dataclass
class Sheet:
    """All rows of one roster, and what is wrong with the file as a whole."""

    rows: list[Row] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)


def read_file(content: bytes, suffix: str) -> Sheet:
    """The rows of a workbook or delimited file. A file that cannot be opened has only faults."""
    with tempfile.TemporaryDirectory(prefix="roster-") as folder:
        path = Path(folder) / f"roster{suffix}"
        path.write_bytes(content)
        try:
            roster = read_roster(path)
        except BadInput as error:
            return Sheet(faults=[_fault(one) for one in error.problems])
        rows = [_row(refused.record, refused.place) for refused in roster.refused]  # to be mended first
        rows += [
            _row(record, roster.place(f"trainees[{index}]")) for index, record in enumerate(roster.trainees)
        ]
        of_rows = {id(problem) for refused in roster.refused for problem in refused.problems}
        return Sheet(
            rows,
            [_fault(one) for one in roster.problems if id(one) not in of_rows][:_MOST_SHOWN],
            [_fault(one) for one in roster.notes if one.code != "workbook-rows"][:_MOST_SHOWN],
        )


def read_text(text: str) -> Sheet:
    """The rows of text pasted from a workbook: a heading and one person a line, columns set off by tabs or commas."""
    lines = [line for line in text.replace("\r\n", "\n").split("\n") if line.strip()]
    suffix = ".tsv" if lines and "\t" in lines[0] else ".csv"
    return read_file("\n".join(lines).encode("utf-8-sig"), suffix)


def too_long(most: int) -> Fault:
    """The file names more people than one class may have."""
    texts = {
        "zh": f"名册超过{most}行，请按班级分开备案。",
        "en": f"The roster has more than {most} rows; file the classes one by one.",
    }
    return Fault("", params=texts)


def _fault(problem: Problem) -> Fault:
    return Fault(problem.code, problem.where, params=dict(problem.params))


def _row(record: Mapping[str, Any], place: str) -> Row:
    facts = {name: _stored(value) for name, value in _flat(record) if name not in IDENTITY}
    return Row(
        name=str(record.get("name") or "").strip(),
        id_number=normalise(str(record.get("id_number") or ""))[0],
        phone=normalise(str(record.get("phone") or ""))[0],
        facts=facts,
        place=place,
    )


def _flat(record: Mapping[str, Any], prefix: str = "") -> Iterable[tuple[str, Any]]:
    for name, value in record.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        elif not isinstance(value, list) or name == "other_subsidies":
            yield f"{prefix}{name}", value


def _stored(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | bool | list | None) else str(value)


def judge(
    rows: Sequence[Row],
    needed: Iterable[str],
    today: date,
    *,
    told: Callable[[int], object] = lambda count: None,
) -> None:
    """Write on every row what is wrong with it: name, number, facts the notice needs, people named twice.

    `told` hears now and then how many rows are done.
    """
    wanted = [name.removeprefix("trainee.") for name in needed]
    first = {row.id_number: row for row in reversed(rows)}
    for done, row in enumerate(rows):
        if done % _STEP == 0:
            told(done)
        row.faults = [*_identity_faults(row, today, first), *_fact_faults(row, wanted)]
        row.notes = [
            Fault(one.code, row.place, "id_number", dict(one.params)) for one in id_number_warnings(row.id_number)
        ] if not row.faults else []  # fmt: skip


def _identity_faults(row: Row, today: date, first: Mapping[str, Row]) -> Iterable[Fault]:
    if len(row.name) < 2:
        yield _missing("name", row.place)
    if not row.id_number:
        yield _missing("id_number", row.place)
    elif wrong := check_id_number(row.id_number, on=today):
        yield Fault(wrong.code, row.place, "id_number", dict(wrong.params))
    elif first[row.id_number] is not row:
        yield Fault("case-duplicate-person", row.place, "id_number", {"first": first[row.id_number].place})
    if row.phone and (wrong := check_mobile(row.phone)):
        yield Fault(wrong.code, row.place, "phone", dict(wrong.params))


def _missing(name: str, place: str) -> Fault:
    fact = vocabulary()[f"trainee.{name}"]
    return Fault("fact-missing", place, name, {"label": fact.label.zh, "label_en": fact.label.en})


def _fact_faults(row: Row, wanted: Iterable[str]) -> Iterable[Fault]:
    facts = vocabulary()
    for name, value in row.facts.items():
        fact = facts.get(f"trainee.{name}")
        if fact is None or value in (None, ""):
            continue
        try:
            reader(fact)(value)
        except Refused as refused:
            found = problem(refused, fact, row.place, value)
            yield Fault(found.code, row.place, name, dict(found.params))
    for name in wanted:
        fact = facts[f"trainee.{name}"]
        if row.facts.get(name) in (None, "") and not fact.optional:
            yield _missing(name, row.place)


def pack(sheet: Sheet) -> str:
    """The rows as text, to be sealed."""
    return json.dumps(asdict(sheet), ensure_ascii=False, separators=(",", ":"))


def unpack(text: str) -> Sheet:
    """What `pack` wrote."""
    raw = json.loads(text)

    def faults(found: list[dict[str, Any]]) -> list[Fault]:
        return [Fault(**one) for one in found]

    rows = [
        Row(**{**row, "faults": faults(row["faults"]), "notes": faults(row["notes"])}) for row in raw["rows"]
    ]
    return Sheet(rows, faults(raw["faults"]), faults(raw["notes"]))
