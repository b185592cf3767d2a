"""Controls drawn from the vocabulary's facts and from the blanks of official forms."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keshi.scheme.model import FormField
from keshi.vocabulary import Fact
from keshi_web.common.language import lang

NOTHING = ("", "—")
LEVELS = (_("一级"), _("二级"), _("三级"), _("四级"), _("五级"))
"""Skill levels, the highest first."""


def choices_of(fact: Fact, only: list[str] | None = None) -> list[tuple[str, str]]:
    """A fact's choices with their labels in the reader's language, an empty one first."""
    values = fact.values or {}
    return [
        NOTHING,
        *((key, getattr(label, lang())) for key, label in values.items() if not only or key in only),
    ]


def control_for(fact: Fact, *, required: bool = False) -> forms.Field:
    """The control that asks for a fact of the vocabulary."""
    label = getattr(fact.label, lang())
    match fact.type:
        case "boolean":
            yes_no = [NOTHING, ("true", _("是")), ("false", _("否"))]
            return forms.ChoiceField(label=label, choices=yes_no, required=required)
        case "choice":
            return forms.ChoiceField(label=label, choices=choices_of(fact), required=required)
        case "date":
            return forms.DateField(label=label, required=required)
        case "number" if fact.whole:
            return forms.IntegerField(
                label=label,
                required=required,
                min_value=fact.least,
                max_value=fact.most if fact.most else 10**9,
            )
        case "number":
            return forms.DecimalField(label=label, required=required, min_value=fact.least, max_digits=16)
        case _:
            return forms.CharField(label=label, required=required, max_length=200)


def stored(value: Any) -> Any:
    """A cleaned value as `facts` and `answers` keep it."""
    if isinstance(value, date):
        return value.isoformat()
    if value in ("true", "false"):
        return value == "true"
    if value is None or isinstance(value, bool | int | str | list):
        return value
    return str(value)


def answer_control(field: FormField) -> forms.Field:
    """The control that asks for a blank of an official form."""
    label = getattr(field.label, lang())
    match field.kind:
        case "choice":
            options = [(choice.zh, getattr(choice, lang())) for choice in field.choices]
            return forms.ChoiceField(label=label, choices=[NOTHING, *options], required=False)
        case "checkbox":
            return forms.BooleanField(label=label, required=False)
        case "date":
            return forms.DateField(label=label, required=False)
        case "number":
            return forms.DecimalField(label=label, required=False, max_digits=12, min_value=0)
        case _:
            return forms.CharField(label=label, required=False, max_length=500)
