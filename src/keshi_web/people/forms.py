"""What staff fill in before they find or read somebody."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from keshi.identity import check_id_number
from keshi_web.accounts.actor import Actor
from keshi_web.accounts.roles import Role
from keshi_web.common import clock
from keshi_web.common.language import lang
from keshi_web.people.models.access import CASE
from keshi_web.people.services import READABLE
from keshi_web.people.words import Field, Purpose
from keshi_web.people.writing import normal_number
from keshi_web.ui.forms import BaseForm


class FindForm(BaseForm):
    """An identity number or a whole name; sent by POST, so that neither stands in an address or a log."""

    id_number = forms.CharField(
        label=_("证件号码"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(
        label=_("姓名"),
        required=False,
        max_length=60,
        help_text=_("须为完整姓名，至多列出 50 人。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_id_number(self) -> str:
        number = normal_number(self.cleaned_data["id_number"])
        problem = check_id_number(number, on=clock.today()) if number else None
        if problem:
            raise ValidationError(problem.text(lang()))
        return number

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not given.get("id_number") and not given.get("name"):
            raise ValidationError(_("请填写证件号码或姓名。"))
        return given


class RevealForm(BaseForm):
    """What to read, why and for which case."""

    fields_wanted = forms.MultipleChoiceField(label=_("内容"), widget=forms.CheckboxSelectMultiple)
    purpose = forms.ChoiceField(label=_("用途"))
    case = forms.CharField(
        label=_("业务"),
        max_length=100,
        help_text=_("业务类别和编号，如 filing:1024。"),
        validators=[RegexValidator(CASE, _("请按“类别:编号”填写，只用字母、数字和连字符。"))],
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        readable = [(field.value, field.label) for field in Field if field in READABLE.get(actor.role, ())]
        own = actor.role == Role.TRAINEE
        reasons = [(one.value, one.label) for one in Purpose if (one == Purpose.OWN) == own]
        self.fields["fields_wanted"].choices = readable
        self.fields["purpose"].choices = reasons if own else [("", _("请选择")), *reasons]


class ChangePhoneForm(BaseForm):
    """Another phone, and on whose word."""

    phone = forms.CharField(
        label=_("新手机号码"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )
    ground = forms.CharField(label=_("依据"), max_length=200, help_text=_("如：本人提供、本人来电核实。"))


class ChangeAccountForm(BaseForm):
    """The account that a person is paid to, and on whose word."""

    number = forms.CharField(
        label=_("银行账号"),
        max_length=40,
        help_text=_("须为本人名下的账户。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    bank = forms.CharField(label=_("开户银行"), max_length=60)
    ground = forms.CharField(label=_("依据"), max_length=200, help_text=_("如：本人提供、本人来电核实。"))
