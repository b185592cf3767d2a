"""The form of a new token."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from keshi_web.api.scopes import Scope
from keshi_web.common import clock
from keshi_web.ui.forms import BaseForm

USUAL = timedelta(days=180)


def usual_last_day() -> date:
    """Half a year from today."""
    return clock.today() + USUAL


class TokenForm(BaseForm):
    """What the token is for, what it may do, how long."""

    name = forms.CharField(label=_("用途"), max_length=60, help_text=_("如：本单位培训管理系统。"))
    scopes = forms.MultipleChoiceField(
        label=_("权限"),
        choices=Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("只勾选该系统用得到的。"),
    )
    expires_on = forms.DateField(label=_("有效期至"), initial=usual_last_day, help_text=_("最长一年。"))

    def token(self) -> dict[str, Any]:
        """As `tokens.make` takes it."""
        data = self.cleaned_data
        return {"name": data["name"], "scopes": data["scopes"], "expires_on": data["expires_on"]}
