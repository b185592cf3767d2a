"""Tags and filters for templates: `{% load ui %}`."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select
from django.forms.boundfield import BoundWidget
from django.http import QueryDict
from django.template import Context
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from keshi.identity import mask_id_number
from keshi.money import fen_to_yuan, yuan_to_fen
from keshi_web.ui import dates, marks

register = template.Library()


@register.filter
def money_fen(fen: int | None) -> str:
    """Yuan with separators and two decimals from whole fen: 123450 → 1,234.50; empty for no amount."""
    if fen is None or fen == "":
        return ""
    yuan, _, rest = fen_to_yuan(abs(int(fen))).partition(".")
    return f"{'-' if int(fen) < 0 else ''}{int(yuan):,}.{rest}"


@register.filter
def money_yuan(yuan: Decimal | int | str | None) -> str:
    """Yuan with separators and two decimals from a decimal amount of yuan; empty for no amount."""
    return "" if yuan is None or yuan == "" else money_fen(yuan_to_fen(yuan))


@register.filter
def clause(number: str | None) -> str:
    """A clause as it can be read: 一 alone would pass for a dash, so 第一条 (art. 一); 二(一) stays."""
    text = number or ""
    return _("第%(number)s条") % {"number": text} if len(text) == 1 else text


@register.filter
def day(when: date | datetime | None) -> str:
    """The day with its weekday: 2020-03-12 周四 / Thu 12 Mar 2020."""
    return dates.day_text(when)


@register.filter
def day_short(when: date | datetime | None) -> str:
    """The day without weekday."""
    return dates.day_text(when, weekday=False)


@register.filter
def moment(when: datetime | None) -> str:
    """Day and time in China: 2020-03-12 09:12 / 12 Mar 2020 09:12."""
    return dates.moment_text(when)


@register.filter
def iso(when: date | datetime | None) -> str:
    """The machine-readable form for `<time datetime>`."""
    return "" if when is None else when.isoformat()


@register.filter
def masked(number: str | None) -> str:
    """An ID number with its standard mask: first 4 and last 2 characters."""
    return mask_id_number(number) if number else ""


@register.simple_tag
def state_badge(state: str, label: str | None = None, kind: str | None = None) -> SafeString:
    """A badge for a state, in the colour the state has (`keshi_web.ui.marks.state_badge`)."""
    return marks.state_badge(state, label, kind)


@register.simple_tag
def clock(
    due: date | datetime | None,
    left: int | None = None,
    paused: bool = False,
    done: date | datetime | None = None,
    label: str = "",
    css: str = "",
) -> SafeString:
    """A statutory clock (`keshi_web.ui.marks.clock`)."""
    return marks.clock(due, None if left == "" else left, bool(paused), done or None, label, css)


@register.simple_tag(takes_context=True)
def querystring_with(context: Context, **changes: object) -> str:
    """The page's query with some parameters changed, for links of sort headers, filters and pages.

    None or "" takes a parameter out; whatever is changed, the list begins at its first page again unless `page` is
    given too.
    """
    request = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)
    if "page" not in changes:
        query.pop("page", None)
    for name, value in changes.items():
        if value is None or value == "":
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"


_CHECKS = (CheckboxInput, RadioSelect, CheckboxSelectMultiple)


@register.filter
def is_group(field: BoundField) -> bool:
    """Whether a field is several controls that share one legend."""
    return isinstance(field.field.widget, RadioSelect | CheckboxSelectMultiple)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Whether a field is one box to tick, with its label behind it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def is_file(field: BoundField) -> bool:
    """Whether a field takes a file."""
    return bool(field.field.widget.needs_multipart_form)


@register.simple_tag
def control(field: BoundField) -> SafeString:
    """The control of a form field with the classes, and the links to its help and errors, that a reader needs."""
    widget = field.field.widget
    base = "form-check-input" if isinstance(widget, _CHECKS) else "form-control"
    if isinstance(widget, Select) and not isinstance(widget, _CHECKS):
        base = "form-select"
    classes = [base, widget.attrs.get("class", ""), "is-invalid" if field.errors else ""]
    return field.as_widget(attrs={"class": " ".join(filter(None, classes))})


@register.simple_tag
def choice_control(choice: BoundWidget) -> SafeString:
    """One of several boxes or buttons of a field; its label is the template's affair."""
    choice.data["attrs"]["class"] = "form-check-input"
    return choice.tag()


@register.filter
def error_target(field: BoundField) -> str:
    """The id that a link of the error summary leads to: the control, or the first of several."""
    return f"{field.auto_id}_0" if is_group(field) else (field.id_for_label or field.auto_id)


@register.simple_tag
def chart_rows(data: Mapping[str, Any]) -> list[tuple[str, list[object]]]:
    """A chart's numbers as table rows: for every label the value of each series."""
    return [
        (label, [series["values"][place] for series in data["series"]])
        for place, label in enumerate(data["labels"])
    ]
