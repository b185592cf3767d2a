"""Forms: every field is shown by `<c-field>`, and a fault says which field it is and what to do."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class DateInput(forms.DateInput):
    """The browser's own date picker; it speaks ISO whatever the reader's language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """The browser's own picker of day and time."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class Rendered:
    """Mixin: how forms of the service look and speak. `BaseForm` and `BaseModelForm` have it."""

    template_name = "ui/form.html"
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            dress(field)


class BaseForm(Rendered, forms.Form):
    """A form."""


class BaseModelForm(Rendered, forms.ModelForm):
    """A form of a model."""


def dress(field: forms.Field) -> None:
    """Give a field the service's widget and sentences; for forms that add fields of their own when they are made."""
    plain = field.widget
    if type(plain) in _PICKERS:
        field.widget = _PICKERS[type(plain)](plain.attrs)
        field.widget.is_required = plain.is_required
    usual = _usual_messages(type(field))
    for code, sentence in _sentences(field).items():
        # A sentence that the form gave itself knows better.
        if field.error_messages.get(code) == usual.get(code):
            field.error_messages[code] = sentence


_PICKERS: dict[type[forms.Widget], type[forms.Widget]] = {
    forms.DateInput: DateInput,
    forms.DateTimeInput: MomentInput,
}


def _usual_messages(kind: type[forms.Field]) -> dict[str, Any]:
    usual: dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        usual.update(getattr(base, "default_error_messages", {}))
    return usual


def _sentences(field: forms.Field) -> dict[str, Any]:
    if isinstance(field, forms.FileField):
        return {"required": _("请选择文件。"), "empty": _("文件是空的，请重新选择。")}
    if isinstance(field, forms.BooleanField):
        return {"required": _("请勾选此项。")}
    if isinstance(field, forms.DateField | forms.DateTimeField):
        return {"required": _("请填写日期。"), "invalid": _("请按“2020-03-12”的样式填写日期。")}
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        return {"required": _("请选择一项。"), "invalid_choice": _("所选的项不在列表中，请重新选择。")}
    if isinstance(field, forms.IntegerField):
        return {"required": _("请填写数字。"), "invalid": _("请只填数字。")}
    return {"required": _("请填写此项。")}
