"""Forms of accounts."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.models import User
from keshi_web.accounts.queries import colleagues_of
from keshi_web.accounts.roles import OFFICE_ROLES, ORGANISATION_ROLES, Role
from keshi_web.accounts.services import passwords
from keshi_web.common import clock
from keshi_web.regions.models import Region
from keshi_web.ui.forms import BaseForm


class SignInForm(BaseForm):
    """Name and password."""

    username = forms.CharField(
        label=_("登录名"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(BaseForm):
    """A code of the authenticator app, or one of paper where `recovery` says so."""

    code = forms.CharField(
        label=_("验证码"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: Any, recovery: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if recovery:
            self.fields["code"].help_text = _(
                "验证器显示的 6 位数字；手机不在身边时，也可输入一个未用过的备用码。"
            )
            self.fields["code"].widget.attrs.pop("inputmode")


class ConfirmForm(BaseForm):
    """The password, or a code, of somebody who is signed in."""

    secret = forms.CharField(
        label=_("密码或验证码"),
        help_text=_("输入登录密码；启用了第二重验证的，也可输入验证器当前显示的 6 位数字。"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class NewPasswordForm(BaseForm):
    """A new password, twice, judged by the rules for this user."""

    password = forms.CharField(
        label=_("新密码"),
        help_text=_(
            "至少 12 个字符，不能全是数字，不能是常用密码，不能与登录名或姓名相似。建议用几个互不相关的词。"
        ),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("再输入一次"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        """The password, once the rules accept it."""
        password: str = self.cleaned_data["password"]
        passwords.check(password, self.user)
        return password

    def clean(self) -> dict[str, Any]:
        """Both entries agree."""
        cleaned = super().clean() or self.cleaned_data
        if "password" in cleaned and "again" in cleaned and cleaned["password"] != cleaned["again"]:
            self.add_error("again", _("两次输入的密码不一致。"))
        return cleaned


class ProfileForm(BaseForm):
    """What people change about themselves."""

    email = forms.EmailField(label=_("电子邮箱"), required=False, help_text=_("用于接收办理提醒，可以不填。"))


class DelegationForm(BaseForm):
    """To whom, from when until when, and why."""

    to = forms.ModelChoiceField(
        label=_("受托人"), queryset=User.objects.none(), help_text=_("同一机构的在职人员。")
    )
    valid_from = forms.DateField(label=_("自"))
    valid_until = forms.DateField(label=_("至"), help_text=_("含当日；到期自动失效。"))
    reason = forms.CharField(label=_("事由"), max_length=200, help_text=_("如：出差、休假、培训。"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = colleagues_of(actor).order_by("name", "pk")
        self.fields["valid_from"].initial = clock.today()


class NewUserForm(BaseForm):
    """A new account."""

    username = forms.RegexField(
        label=_("登录名"),
        regex=r"^[a-z][a-z0-9._-]{2,59}$",
        help_text=_("3 至 60 个小写字母、数字、点或连字符，以字母开头。不要用身份证号或手机号。"),
        error_messages={"invalid": _("登录名须为 3 至 60 个小写字母、数字、点或连字符，以字母开头。")},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    name = forms.CharField(label=_("姓名"), max_length=60)
    email = forms.EmailField(label=_("电子邮箱"), required=False)

    def clean_username(self) -> str:
        """The name, once nobody else has it."""
        username: str = self.cleaned_data["username"]
        if User.objects.filter(username=username).exists():
            raise ValidationError(_("登录名“%(name)s”已被使用，请另取一个。") % {"name": username})
        return username


class MemberForm(NewUserForm):
    """A new member of an organisation."""

    role = forms.ChoiceField(
        label=_("角色"), choices=[(role.value, role.label) for role in sorted(ORGANISATION_ROLES)]
    )
    field_order = ("name", "username", "role", "email")


class RoleForm(BaseForm):
    """A role at a place, from a day until a day."""

    role = forms.ChoiceField(
        label=_("角色"), choices=[(role.value, role.label) for role in Role if role is not Role.TRAINEE]
    )
    office = forms.CharField(
        label=_("机构"),
        required=False,
        max_length=60,
        help_text=_("机构角色填写：行政区划代码或名称，如 210804。"),
        widget=forms.TextInput(attrs={"list": "offices", "autocomplete": "off"}),
    )
    organisation = forms.CharField(
        label=_("单位"), required=False, max_length=18, help_text=_("单位角色填写：统一社会信用代码。")
    )
    valid_from = forms.DateField(label=_("自"))
    valid_until = forms.DateField(label=_("至"), required=False, help_text=_("不填为长期。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_from"].initial = clock.today()

    def clean_role(self) -> Role:
        """The role itself."""
        return Role(self.cleaned_data["role"])

    def clean_office(self) -> Region | None:
        """The office by its key, code or name."""
        text = self.cleaned_data["office"].strip()
        if not text:
            return None
        named = list(
            Region.objects.valid_on(clock.today()).filter(Q(key=text) | Q(code=text) | Q(name=text))[:2]
        )
        if len(named) != 1:
            raise ValidationError(_("找不到唯一的机构“%(text)s”，请填写行政区划代码。") % {"text": text})
        return named[0]

    def clean_organisation(self) -> int | None:
        """The organisation's id by its code."""
        code = self.cleaned_data["organisation"].strip().upper()
        if not code:
            return None
        organisations = User.assignments.rel.related_model._meta.get_field("organisation").related_model
        found = organisations.objects.filter(uscc=code).values_list("pk", flat=True).first()
        if found is None:
            raise ValidationError(_("没有统一社会信用代码为 %(code)s 的单位。") % {"code": code})
        return int(found)

    def clean(self) -> dict[str, Any]:
        """The place fits the role."""
        cleaned = super().clean() or self.cleaned_data
        role = cleaned.get("role")
        if role in OFFICE_ROLES and not cleaned.get("office") and "office" not in self.errors:
            self.add_error("office", _("请填写机构。"))
        if (
            role in ORGANISATION_ROLES
            and not cleaned.get("organisation")
            and "organisation" not in self.errors
        ):
            self.add_error("organisation", _("请填写单位。"))
        if role not in OFFICE_ROLES:
            cleaned["office"] = None
        if role not in ORGANISATION_ROLES:
            cleaned["organisation"] = None
        return cleaned
