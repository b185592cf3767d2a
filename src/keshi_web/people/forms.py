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
from keshi_web.organisations.models import Organisation
from keshi_web.organisations.words import OPEN_STATES
from keshi_web.people.models.access import CASE
from keshi_web.people.services import READABLE
from keshi_web.people.words import Field, Purpose, categories, relations
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
        help_text=_("从列表中选择此人参加的班级，或填写业务类别和编号，如 filing:1024。"),
        widget=forms.TextInput(attrs={"list": "cases", "autocomplete": "off"}),
        validators=[RegexValidator(CASE, _("请按“类别:编号”填写，只用字母、数字和连字符。"))],
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        readable = [(field.value, field.label) for field in Field if field in READABLE.get(actor.role, ())]
        own = actor.role == Role.TRAINEE
        reasons = [(one.value, one.label) for one in Purpose if (one == Purpose.OWN) == own]
        self.fields["fields_wanted"].choices = readable
        self.fields["purpose"].choices = reasons if own else [("", _("请选择")), *reasons]


class GroundForm(BaseForm):
    """A change that says on whose word it is made; a trainee's own is on their own."""

    ground = forms.CharField(label=_("依据"), max_length=200, help_text=_("如：本人提供、本人来电核实。"))

    def __init__(self, *args: Any, actor: Actor | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if actor is not None and actor.role == Role.TRAINEE:
            del self.fields["ground"]


class ChangePhoneForm(GroundForm):
    """Another phone, and on whose word."""

    phone = forms.CharField(
        label=_("新手机号码"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "tel"}),
    )
    field_order = ("phone", "ground")


class ChangeAccountForm(GroundForm):
    """The account that a person is paid to, and on whose word."""

    number = forms.CharField(
        label=_("银行账号"),
        max_length=40,
        help_text=_("须为本人名下的账户。"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    bank = forms.CharField(label=_("开户银行"), max_length=60)
    field_order = ("number", "bank", "ground")


class CorrectNameForm(GroundForm):
    """The name on the identity card."""

    name = forms.CharField(
        label=_("证件上的姓名"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    field_order = ("name", "ground")


class LinkForm(GroundForm):
    """A trainee's account, by its sign-in name."""

    username = forms.CharField(label=_("学员账号的登录名"), max_length=60)
    field_order = ("username", "ground")


class MergeForm(GroundForm):
    """The record that stays, by its number."""

    id_number = forms.CharField(
        label=_("保留记录的证件号码"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    field_order = ("id_number", "ground")


class PeriodForm(BaseForm):
    """From a day until a day."""

    valid_from = forms.DateField(label=_("自"))
    valid_until = forms.DateField(label=_("至"), required=False, help_text=_("留空表示未定。"))


class LastDayForm(BaseForm):
    """The last day of something."""

    last_day = forms.DateField(label=_("最后一日"))


class CategoryForm(PeriodForm):
    """A category with its days and its proof."""

    category = forms.ChoiceField(label=_("人员类别"), choices=categories)
    proof = forms.CharField(
        label=_("证明材料"), max_length=200, required=False, help_text=_("名称和编号，如：就业创业证第…号。")
    )
    attachment = forms.FileField(
        label=_("证明材料扫描件"),
        required=False,
        help_text=_("PDF、Word 或图片；加密保存，每次查看都留下记录。"),
    )
    field_order = ("category", "valid_from", "valid_until", "proof", "attachment")


class EmploymentForm(PeriodForm):
    """For whom somebody works, through whom, and by what contract."""

    user_uscc = forms.CharField(label=_("用工单位的统一社会信用代码"), max_length=40)
    agency_uscc = forms.CharField(
        label=_("劳务派遣单位的统一社会信用代码"),
        max_length=40,
        required=False,
        help_text=_("劳务派遣人员填写。"),
    )
    relation = forms.ChoiceField(label=_("用工关系"), choices=relations)
    contract_signed_on = forms.DateField(label=_("劳动合同签订日期"), required=False)
    contract_months = forms.IntegerField(
        label=_("劳动合同期限（月）"),
        min_value=0,
        max_value=600,
        required=False,
        help_text=_("无固定期限填 0。"),
    )
    insured = forms.NullBooleanField(label=_("是否缴纳社会保险"), required=False)
    front_line = forms.NullBooleanField(label=_("是否一线员工"), required=False)
    field_order = (
        "user_uscc", "agency_uscc", "relation", "valid_from", "valid_until", "contract_signed_on", "contract_months",
        "insured", "front_line",
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if actor.organisation_id is not None:
            own = Organisation.objects.filter(pk=actor.organisation_id).values_list("uscc", flat=True)
            self.fields["user_uscc"].initial = own.first()

    def clean_user_uscc(self) -> int:
        return _organisation_id(self.cleaned_data["user_uscc"])

    def clean_agency_uscc(self) -> int | None:
        text = self.cleaned_data["agency_uscc"]
        return _organisation_id(text) if text else None

    def clean(self) -> dict[str, Any]:
        """The organisations by their keys, as the act takes them."""
        given = super().clean() or {}
        if not self.errors:
            given["organisation_id"] = given.pop("user_uscc")
            given["agency_id"] = given.pop("agency_uscc")
        return given


def _organisation_id(text: str) -> int:
    found = Organisation.objects.filter(uscc=normal_number(text), state__in=OPEN_STATES).first()
    if found is None:
        raise ValidationError(_("没有此统一社会信用代码的单位，请核对，或请该单位先登记。"))
    return found.pk
