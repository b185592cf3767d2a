"""Which forms belong to a stage, and filling them from what the service knows."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from keshi.scheme import Scheme
from keshi.scheme.model import Form, FormField, Stage
from keshi.vocabulary import choice_label, vocabulary
from keshi_web.documents.data import Cell, FormData, Signed, Value, written


def available(scheme: Scheme, stage: Stage) -> list[Form]:
    """The forms that a stage's materials and evaluations name, in the order of the scheme, each once."""
    named = {material.form for material in scheme.file.materials if material.stage == stage}
    if stage == "evaluation":
        named |= {evaluation.form for evaluation in scheme.file.evaluations}
    return [form for form in scheme.file.forms if form.id in named]


def find(scheme: Scheme, form_id: str) -> Form | None:
    """A form of the scheme by its id."""
    return next((form for form in scheme.file.forms if form.id == form_id), None)


def fill(form: Form, facts: Mapping[str, object], extra: Mapping[str, object] | None = None) -> FormData:
    """What is known, in its fields: `facts` by their names in the vocabulary, `extra` by field id, which wins.

    A choice takes the vocabulary's value or the label; tables take rows, as sequences in the order of the
    columns or as mappings by the columns' labels. What nothing is known about stays blank. Raises ValueError
    for an extra that is no field, or a value that does not fit its field.
    """
    extra = extra or {}
    if unknown := extra.keys() - {field.id for field in form.fields}:
        raise ValueError(f"{form.id} has no field {', '.join(sorted(unknown))}")
    values: dict[str, Value] = {}
    for field in form.fields:
        known = extra[field.id] if field.id in extra else facts.get(field.fact or "")
        if known is None or known == "":
            continue
        values[field.id] = _value(field, known)
    return FormData(values)


def _value(field: FormField, known: object) -> Value:
    match field.kind:
        case "table":
            return _rows(field, known)
        case "choice":
            return _choices(field, known)
        case "checkbox":
            return _checked(field, known)
        case "signature" | "opinion":
            return known if isinstance(known, Signed) else Signed(text=_said(field, known))
        case "date":
            if not isinstance(known, date):
                raise ValueError(f"{field.id}: a date is needed, not {known!r}")
            return known
        case "number" if isinstance(known, int | Decimal | Fraction):
            return known
        case _:
            return _said(field, known)


def _said(field: FormField, known: object) -> str:
    """A value in words: a choice of the vocabulary by its label."""
    fact = vocabulary().get(field.fact or "")
    if fact and fact.values and isinstance(known, str):
        return choice_label(fact.name, known)
    if fact and fact.values and isinstance(known, Sequence):
        return written([choice_label(fact.name, str(one)) for one in known])
    return written(known)


def _choices(field: FormField, known: object) -> tuple[str, ...]:
    """The ticked choices' labels. A value that no choice stands for ticks nothing: somebody decides by hand."""
    if isinstance(known, bool):
        known = "是" if known else "否"
    several = known if isinstance(known, list | tuple | set | frozenset) else (known,)
    return tuple(label for one in several if (label := _choice(field, str(one))))


def _choice(field: FormField, known: str) -> str | None:
    labels = [choice.zh for choice in field.choices]
    if known in labels:
        return known
    word = choice_label(field.fact or "", known)
    exact = [choice.zh for choice in field.choices if word == choice.zh or choice.en == known]
    inside = [label for label in labels if word in label]  # 培训机构 is 目录清单内培训机构
    found = exact or inside
    return found[0] if len(found) == 1 else None


def _checked(field: FormField, known: object) -> bool:
    if not isinstance(known, bool):
        raise ValueError(f"{field.id}: ticked or not, not {known!r}")
    return known


def _rows(field: FormField, known: object) -> Value:
    if isinstance(known, str) or not isinstance(known, Sequence):
        raise ValueError(f"{field.id}: rows are needed")
    labels = [column.zh for column in field.columns]
    rows: list[tuple[str, ...]] = []
    for number, row in enumerate(known, start=1):
        if isinstance(row, Mapping):
            if unknown := row.keys() - set(labels):
                raise ValueError(f"{field.id}, row {number}: no column {', '.join(sorted(unknown))}")
            counted: dict[str, Cell] = {"序号": number}
            row = [row.get(label, counted.get(label)) for label in labels]
        rows.append(tuple(written(cell) for cell in row))
    return tuple(rows)
