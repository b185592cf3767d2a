"""What people fill in about organisations. Rules are the services'; a form only reads types."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keshi.sme import INDUSTRIES
from keshi_web.common import clock
from keshi_web.organisations.models import Organisation
from keshi_web.organisations.words import CHECKS, NO_LEGAL_PERSONS, KindOf, LegalForm
from keshi_web.regions.models import Level, Region
from keshi_web.ui.forms import BaseForm, DateInput

PAPER = _("PDF、Word 或图片（JPG、PNG、WebP）")


def regions() -> Any:
    """Districts and offices that exist today, in the order of the tree."""
    return (
        Region.objects.valid_on(clock.today())
        .filter(level=Level.DISTRICT)
        .select_related("parent")
        .order_by("path")
    )


class RegionField(forms.ModelChoiceField):
    """A district, shown with its city."""

    def label_from_instance(self, obj: Region) -> str:
        """City and district."""
        return f"{obj.parent} · {obj}" if obj.parent else str(obj)


class DetailsForm(BaseForm):
    """What stands on the licence; without the code, which never changes."""

    name = forms.CharField(label=_("单位名称"), max_length=120, help_text=_("与营业执照或登记证书一致"))
    legal_form = forms.ChoiceField(label=_("单位性质"), choices=LegalForm.choices)
    legal_person = forms.BooleanField(
        label=_("独立法人"), required=False, help_text=_("个体工商户、分支机构、合伙企业、个人独资企业不勾选")
    )
    region = RegionField(label=_("注册地"), queryset=Region.objects.none(), empty_label=_("请选择"))
    address = forms.CharField(label=_("地址"), max_length=200)
    industry = forms.CharField(
        label=_("所属行业（划型）"),
        max_length=60,
        help_text=_("按工信部联企业〔2011〕300号的行业名称填写，如“工业”“零售业”"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = regions()  # type: ignore[attr-defined]
        self.industries = INDUSTRIES

    def clean(self) -> dict[str, Any]:
        """A form that never is a legal person needs no tick to be taken away."""
        cleaned = super().clean() or {}
        if cleaned.get("legal_form") in NO_LEGAL_PERSONS:
            cleaned["legal_person"] = False
        return cleaned


class LicenceForm(DetailsForm):
    """Changed details, with a new licence where there is one."""

    licence = forms.FileField(label=_("营业执照或登记证书"), required=False, help_text=PAPER)


class RegistrationForm(DetailsForm):
    """A new organisation, the people who stand for it, and its first administrator."""

    uscc = forms.CharField(label=_("统一社会信用代码"), max_length=40)
    kinds = forms.MultipleChoiceField(
        label=_("单位类型"), choices=KindOf.choices, widget=forms.CheckboxSelectMultiple
    )
    representative = forms.CharField(label=_("法定代表人（负责人）姓名"), max_length=60)
    contact_name = forms.CharField(label=_("联系人姓名"), max_length=60)
    contact_phone = forms.CharField(
        label=_("联系人手机号码"), max_length=30, help_text=_("加密保存，不对外显示")
    )
    licence = forms.FileField(label=_("营业执照或登记证书"), help_text=PAPER)
    username = forms.CharField(label=_("管理员登录名"), max_length=60)
    admin_name = forms.CharField(label=_("管理员姓名"), max_length=60)
    field_order = (
        "uscc", "name", "legal_form", "legal_person", "kinds", "region", "address", "industry", "licence",
        "representative", "contact_name", "contact_phone", "username", "admin_name",
    )  # fmt: skip


class ContactForm(BaseForm):
    """A person who stands for the organisation."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    phone = forms.CharField(
        label=_("手机号"), max_length=30, required=False, help_text=_("加密保存，不对外显示")
    )


class SizeForm(BaseForm):
    """A year's figures; the size is computed."""

    year = forms.IntegerField(label=_("数据年度"), min_value=2000, max_value=2100)
    industry = forms.CharField(label=_("所属行业（划型）"), max_length=60)
    employees = forms.IntegerField(label=_("从业人员（人）"), min_value=0, max_value=10_000_000)
    revenue_wan = forms.DecimalField(
        label=_("营业收入（万元）"), max_digits=14, decimal_places=2, min_value=0, required=False
    )
    assets_wan = forms.DecimalField(
        label=_("资产总额（万元）"), max_digits=14, decimal_places=2, min_value=0, required=False
    )


class EpidemicForm(BaseForm):
    """Whether the epidemic affects the organisation."""

    affected = forms.TypedChoiceField(
        label=_("是否受疫情影响"),
        choices=[("yes", _("是")), ("no", _("否"))],
        coerce=lambda value: value == "yes",
    )
    since = forms.DateField(label=_("自"), widget=DateInput())
    statement = forms.CharField(
        label=_("情况说明"), max_length=500, widget=forms.Textarea({"rows": 3}), required=False
    )


class AccountForm(BaseForm):
    """A bank account of the organisation."""

    holder = forms.CharField(label=_("户名"), max_length=120, help_text=_("须与单位名称一致"))
    bank = forms.CharField(label=_("开户银行"), max_length=120)
    branch_code = forms.CharField(
        label=_("支付系统行号"), max_length=20, help_text=_("12 位，可向开户行查询")
    )
    account = forms.CharField(
        label=_("账号"),
        max_length=40,
        help_text=_("加密保存"),
        widget=forms.TextInput({"autocomplete": "off"}),
    )


class PeriodForm(BaseForm):
    """From a day until a day."""

    valid_from = forms.DateField(label=_("自"), widget=DateInput())
    valid_until = forms.DateField(
        label=_("至"), widget=DateInput(), required=False, help_text=_("留空表示未定")
    )


class LastDayForm(BaseForm):
    """The last day of something."""

    last_day = forms.DateField(label=_("最后一日"), widget=DateInput())


class DispatchForm(PeriodForm):
    """An agreement with the agency that sends workers."""

    agency_uscc = forms.CharField(label=_("劳务派遣单位的统一社会信用代码"), max_length=40)
    document = forms.FileField(label=_("派遣协议"), help_text=PAPER)
    field_order = ("agency_uscc", "valid_from", "valid_until", "document")


class KindForm(PeriodForm):
    """One more kind."""

    kind = forms.ChoiceField(label=_("单位类型"), choices=KindOf.choices)
    field_order = ("kind", "valid_from", "valid_until")


class CatalogueForm(PeriodForm):
    """The published catalogue that names an institution."""

    document = forms.CharField(label=_("公布文件"), max_length=120)
    field_order = ("document", "valid_from", "valid_until")


class BlacklistForm(PeriodForm):
    """A decision to bar an organisation."""

    reason = forms.CharField(label=_("事由"), max_length=500, widget=forms.Textarea({"rows": 3}))
    document_number = forms.CharField(label=_("决定文号"), max_length=120)
    document = forms.FileField(label=_("决定文件"), required=False, help_text=PAPER)
    field_order = ("reason", "document_number", "document", "valid_from", "valid_until")


class VerifyForm(BaseForm):
    """The clerk's checks, the decision, and the reason of a refusal."""

    checks = forms.MultipleChoiceField(
        label=_("核对事项"), choices=list(CHECKS.items()), widget=forms.CheckboxSelectMultiple, required=False
    )
    reason = forms.CharField(
        label=_("不予通过的理由"), max_length=500, widget=forms.Textarea({"rows": 3}), required=False
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class MergeForm(BaseForm):
    """The organisation that stays, by its code."""

    survivor_uscc = forms.CharField(label=_("保留单位的统一社会信用代码"), max_length=40)
    reason = forms.CharField(
        label=_("认定为同一单位的依据"), max_length=500, widget=forms.Textarea({"rows": 3})
    )


class ReasonForm(BaseForm):
    """A reason."""

    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea({"rows": 3}))


def initial_details(organisation: Organisation) -> dict[str, Any]:
    """What the form of details shows at first."""
    return {name: getattr(organisation, name) for name in DetailsForm.base_fields}
