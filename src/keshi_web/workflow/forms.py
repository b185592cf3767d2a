"""The form of a decision, made from what its transition asks for; and how a user wants to be told things."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keshi import identity
from keshi_web.accounts.actor import Actor
from keshi_web.ui.forms import BaseForm
from keshi_web.workflow import inputs
from keshi_web.workflow.models import Wish
from keshi_web.workflow.table import Transition


class DecisionForm(BaseForm):
    """One field for each input a transition needs or offers; `version` is that of the page the person saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, transition: Transition, actor: Actor, *args: Any, **more: Any) -> None:
        self.transition = transition
        self.base_fields = {**type(self).base_fields, **_fields(transition, actor)}
        super().__init__(*args, **more)
        for name in self.fields:
            phrases = _phrases(name, transition)
            if phrases:
                self.fields[name].widget.attrs["data-phrases"] = ""
                self.fields[name].phrases = phrases  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        """The inputs for the engine, without the empty ones."""
        empty = (None, "", [])
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in ("version", "seen") and value not in empty
        }

    def ask_to_look(self, version: int) -> None:
        """After somebody acted first: keep what was written, ask the person to look at the case as it is now."""
        self.data = self.data.copy()
        self.data["version"] = str(version)
        self.fields["seen"] = forms.BooleanField(label=_("我已查看此件的最新情况，仍要办理"))


def _fields(transition: Transition, actor: Actor) -> dict[str, forms.Field]:
    fields = {}
    for name in dict.fromkeys((*transition.needs, *transition.offers)):
        described = inputs.described(name)
        if described.office_only and not actor.of_bureau:
            continue
        fields[name] = described.field(
            label=described.label, help_text=described.hint, required=name in transition.needs
        )
    return fields


def _phrases(name: str, transition: Transition) -> list[str]:
    own = transition.phrases if name == (transition.needs or ("note",))[0] else ()
    if not own and name == "note" and transition.tone in ("warning", "danger"):
        return []  # the usual sentences agree
    return [str(phrase) for phrase in own or inputs.described(name).phrases]


class BulkForm(DecisionForm):
    """A decision on many cases; their versions stand beside each."""

    version = None  # type: ignore[assignment]


class PreferenceForm(BaseForm):
    """Which messages leave the service, and the mobile number they go to."""

    email = forms.ChoiceField(label=_("电子邮件"), choices=Wish.choices, widget=forms.RadioSelect)
    sms = forms.ChoiceField(label=_("短信"), choices=Wish.choices, widget=forms.RadioSelect)
    phone = forms.CharField(
        label=_("接收短信的手机号码"),
        required=False,
        max_length=30,
        help_text=_("加密保存，不在任何页面显示。不改则留空。"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, has_phone: bool, has_email: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        self.has_phone = has_phone
        if not has_email:
            self.fields["email"].help_text = _("您的账号没有登记电子邮箱，请联系管理员补登。")

    def clean_phone(self) -> str:
        """The number as it is dialled, empty where nothing was written."""
        number, _changed = identity.normalise(self.cleaned_data["phone"])
        if number and not (len(number) == 11 and number.isascii() and number.isdigit() and number[0] == "1"):
            raise forms.ValidationError(_("请填写 11 位手机号码。"))
        return number

    def clean(self) -> dict[str, Any]:
        """SMS needs a number."""
        found = super().clean() or self.cleaned_data
        wants_sms = found.get("sms") not in (None, Wish.NONE)
        if wants_sms and "phone" not in self.errors and not (found.get("phone") or self.has_phone):
            self.add_error("phone", _("接收短信须先登记手机号码。"))
        return found
