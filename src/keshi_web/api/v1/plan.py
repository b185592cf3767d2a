"""A plan as JSON, judged by the very form that people fill in: the same fields, the same sentences."""

from datetime import date
from typing import Any

from django.forms import Form
from django.utils.translation import gettext as _

from keshi_web.api.problems import Fault, Problem, pointer
from keshi_web.api.v1.inputs import Amendment, Plan, SyllabusModule
from keshi_web.classes.forms import ModuleForm, PlanForm
from keshi_web.classes.models import Filing

_ROOMS = {"facts": "fact", "answers": "answer", "agreement": "agreement"}


def plan_form(filing: Filing, plan: Plan) -> PlanForm:
    """The plan with its changes, valid. Raises Problem with the place of every fault."""
    data = _as_sent(PlanForm(filing=filing).initial)
    given: dict[str, Any] = {}
    for name in plan.model_fields_set:
        value = getattr(plan, name)
        if name in _ROOMS:
            inner = value.model_dump(exclude_unset=True) if name == "agreement" and value else value or {}
            given |= {f"{_ROOMS[name]}:{key}": one for key, one in inner.items()}
        else:
            given[name] = value
    form = PlanForm({**data, **_as_sent(given)}, filing=filing)
    unknown = [
        Fault(_place(name), _("本政策的此项补贴不需要这一项。"), "not-asked")
        for name, value in given.items()
        if name not in form.fields and value not in (None, "")
    ]
    if unknown or not form.is_valid():
        raise Problem("invalid", faults=[*unknown, *_faults(form)])
    return form


def syllabus_rows(
    filing: Filing, modules: list[SyllabusModule], *, at: str = "modules"
) -> list[dict[str, Any]]:
    """The syllabus as the service takes it. Raises Problem with the place of every fault."""
    rows, faults = [], []
    for index, module in enumerate(modules):
        form = ModuleForm(_as_sent(module.model_dump()), filing=filing)
        if form.is_valid():
            rows.append(form.cleaned_data)
        else:
            faults += _faults(form, at, index)
    if faults:
        raise Problem("invalid", faults=faults)
    return rows


def amendment_changes(filing: Filing, wanted: Amendment) -> dict[str, Any]:
    """New values as `ask_for_amendment` takes them. Raises Problem with the place of every fault."""
    from keshi_web.classes.views.changes import AmendmentForm

    data = _as_sent(AmendmentForm(filing=filing).initial)
    names = ("project", "starts_on", "ends_on", "platform", "administrator")
    data |= _as_sent({name: getattr(wanted, name) for name in names if getattr(wanted, name) is not None})
    data |= {"reason": wanted.reason, "leave": ",".join(str(number) for number in wanted.leave)}
    form = AmendmentForm(data, filing=filing)
    if not form.is_valid():
        raise Problem("invalid", faults=_faults(form))
    changes = form.changes()
    if wanted.modules is not None:
        changes["modules"] = [_stored(row) for row in syllabus_rows(filing, wanted.modules)]
    return changes


def _stored(row: dict[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in row.items() if name not in ("course", "teacher")}
    return found | {f"{name}_id": row[name].pk if row[name] else None for name in ("course", "teacher")}


def _as_sent(values: dict[str, Any]) -> dict[str, Any]:
    """Values as a browser would send them."""
    return {name: _sent(value) for name, value in values.items()}


def _sent(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [str(one) for one in value]
    return "" if value is None else str(value)


def _faults(form: Form, *above: object) -> list[Fault]:
    return [
        Fault(
            pointer(*above) + (_place(name) if name != "__all__" else ""),
            str(error.message % (error.params or {})),
        )
        for name, errors in form.errors.as_data().items()
        for error in errors
    ]


def _place(name: str) -> str:
    room, colon, key = name.partition(":")
    rooms = {short: long for long, short in _ROOMS.items()}
    return pointer(rooms[room], key) if colon else pointer(name)
