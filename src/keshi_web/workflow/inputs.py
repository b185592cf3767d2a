"""What a decision may ask for: each input's label, hint, form field and sentences to click. Domain apps add theirs."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keshi_web.workflow.table import Text

LONGEST = 4000
"""Characters of a text."""

_MARK = re.compile(r"^\s*(?:[（(]\d{1,2}[)）]|\d{1,2}(?:[、)）]|[.．](?!\d)))")
"""The number people put before a point: 1. 1、 1) （1）; not the 1 of 1.5."""


class Lines(forms.CharField):
    """Several points, one a line; cleaned to a list."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("widget", forms.Textarea(attrs={"rows": 6}))
        super().__init__(max_length=LONGEST, **more)

    def to_python(self, value: Any) -> Any:
        """The points without blank lines and without the numbers people put before them."""
        text = super().to_python(value)
        lines = (_MARK.sub("", line).strip() for line in str(text or "").splitlines())
        return [line for line in lines if line]

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise forms.ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        super().run_validators("\n".join(value))


def _text(rows: int) -> Callable[..., forms.Field]:
    def make(**more: Any) -> forms.Field:
        return forms.CharField(max_length=LONGEST, widget=forms.Textarea(attrs={"rows": rows}), **more)

    return make


def day_field(**more: Any) -> forms.Field:
    """A calendar day."""
    return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)


_PARAGRAPH = _text(4)


@dataclass(frozen=True)
class Input:
    """One input. `field` makes the form field from label, help_text and required; `phrases` are one-click sentences."""

    label: Text
    field: Callable[..., forms.Field] = _PARAGRAPH
    hint: Text = ""
    phrases: tuple[Text, ...] = ()
    office_only: bool = False


_inputs: dict[str, Input] = {
    "note": Input(
        _("办理意见"),
        _text(4),
        _("申报单位可以看到。"),
        (_("材料齐全，符合规定，同意。"), _("经核对，情况属实。")),
    ),
    "remark": Input(_("内部备注"), _text(2), _("仅经办机构可见，申报单位看不到。"), office_only=True),
    "reason": Input(_("理由"), _text(6), _("写明依据的条款和事实。")),
    "remedy": Input(
        _("救济途径"),
        _text(3),
        _("告知可以在什么期限内、向谁申请复议或提起诉讼。"),
        (_("如不服本决定，可自收到本决定之日起60日内依法申请行政复议，或在6个月内依法提起行政诉讼。"),),
    ),
    "defects": Input(
        _("需补正的问题"),
        Lines,
        _("每行一条，请一次列全。"),
        (
            _("花名册有信息缺失，请核对后重新上传。"),
            _("培训计划与教学大纲的课时不一致。"),
            _("缺少合作协议或协议要素不全。"),
        ),
    ),
    "due_on": Input(_("补正（补报）期限"), day_field, _("最后一日。")),
    "received_on": Input(_("收到日期"), day_field, _("材料送达之日；期限自该日起算。")),
}


def register(name: str, described: Input) -> None:
    """Make an input known to the decision pages.

    Raises ValueError when another input has the name.
    """
    if _inputs.get(name, described) is not described:
        raise ValueError(f"two inputs are called {name}")
    _inputs[name] = described


def described(name: str) -> Input:
    """The description of an input; a name nobody registered is a text named by itself."""
    return _inputs.get(name) or Input(name)


def registered(name: str) -> Input | None:
    """The description of an input that somebody registered."""
    return _inputs.get(name)


def label_of(name: str) -> Text:
    """The words for an input."""
    return described(name).label
