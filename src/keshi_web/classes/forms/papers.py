"""Documents of a filing, and applications that came on paper."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from keshi_web.classes.models import Channel
from keshi_web.common import clock
from keshi_web.organisations.models import Organisation
from keshi_web.ui.forms import BaseForm


class MaterialForm(BaseForm):
    """A document for a material of the notice, or why it does not apply."""

    file = forms.FileField(label=_("文件"), required=False)
    not_applicable = forms.CharField(label=_("不适用的理由"), max_length=200, required=False)
    on_paper = forms.BooleanField(label=_("已收到纸质件，由窗口留存"), required=False)

    def __init__(self, *args: Any, by_office: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not by_office:
            del self.fields["on_paper"]

    def clean(self) -> dict[str, Any]:
        """One of them."""
        data = super().clean() or self.cleaned_data
        given = data.get("file") or data.get("on_paper")
        reason = str(data.get("not_applicable") or "").strip()
        if not given and not reason:
            raise ValidationError(_("请选择文件，或写明不适用的理由。"))
        if given and reason:
            raise ValidationError(_("同一份材料不能既已提交又写明不适用，请只保留一项。"))
        return data


class RegisterForm(BaseForm):
    """What a clerk registers that came on paper, by fax, post or e-mail."""

    uscc = forms.CharField(label=_("申报单位统一社会信用代码"), max_length=18)
    channel = forms.ChoiceField(
        label=_("申报渠道"),
        choices=[(one.value, one.label) for one in Channel if one not in (Channel.WEB, Channel.API)],
    )
    received_on = forms.DateField(label=_("收到日期"))

    def clean_uscc(self) -> Organisation:
        """The organisation, registered here."""
        found = Organisation.objects.filter(uscc=self.cleaned_data["uscc"].strip().upper()).first()
        if found is None:
            raise ValidationError(_("没有登记此单位。请先由单位登记或代为登记。"))
        return found

    def clean_received_on(self) -> date:
        """Not in the future."""
        day: date = self.cleaned_data["received_on"]
        if day > clock.today():
            raise ValidationError(_("收到日期不能在今天之后。"))
        return day
