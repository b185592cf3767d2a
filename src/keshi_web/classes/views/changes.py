"""Amendments: asked for by the provider, looked at by both sides."""

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from keshi_web.accounts.guards import allowed
from keshi_web.accounts.roles import PROVIDERS
from keshi_web.classes.forms import delegate_by_code, module_forms, platform_choices, stored
from keshi_web.classes.letters import amendment_lines
from keshi_web.classes.models import Amendment, Filing
from keshi_web.classes.roster_rows import Row
from keshi_web.classes.selectable import administrators
from keshi_web.classes.services.changes import ask_for_amendment, leaving
from keshi_web.classes.services.joining import joining
from keshi_web.classes.services.joining import read as read_joining
from keshi_web.classes.views.detail import READERS
from keshi_web.classes.views.wizard import filing_of
from keshi_web.common.errors import Refusal
from keshi_web.common.language import lang
from keshi_web.organisations.models import Organisation
from keshi_web.ui.forms import BaseForm, dress
from keshi_web.workflow.context import process_context


class AmendmentForm(BaseForm):
    """What may change after the decision; what is left as it was is no change."""

    project = forms.CharField(label=_("培训项目"), max_length=120)
    starts_on = forms.DateField(label=_("开班日期"))
    ends_on = forms.DateField(label=_("结束日期"))
    reason = forms.CharField(label=_("变更理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    leave = forms.CharField(
        label=_("退出培训的人员序号"),
        required=False,
        max_length=500,
        help_text=_("填写名册中的序号，用逗号分开，如 3, 17。"),
    )
    delegate = forms.CharField(
        label=_("受委托培训机构（平台）"),
        required=False,
        max_length=18,
        help_text=_("统一社会信用代码；清空即不再委托。"),
    )
    join = forms.CharField(
        label=_("增加的培训人员"),
        required=False,
        help_text=_("从表格中复制粘贴，第一行为表头（与名册相同）。仅开班前可以增加。"),
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, filing: Filing, **kwargs: Any) -> None:
        self.filing = filing
        kwargs["initial"] = {
            "project": filing.project, "starts_on": filing.starts_on, "ends_on": filing.ends_on,
            "platform": str(filing.platform_id or ""), "administrator": str(filing.administrator_id or ""),
            "delegate": filing.delegate.uscc if filing.delegate else "",
        }  # fmt: skip
        super().__init__(*args, **kwargs)
        if filing.frozen_at:
            self.fields["starts_on"].disabled = True
            del self.fields["join"]
        people = [(str(one.pk), one.name) for one in administrators(filing)]
        self.fields["platform"] = forms.ChoiceField(
            label=_("所用线上培训平台"), choices=platform_choices(filing)
        )
        self.fields["administrator"] = forms.ChoiceField(label=_("培训管理员"), choices=people)
        for name in ("platform", "administrator"):
            dress(self.fields[name])
        self.order_fields(
            [
                "project",
                "starts_on",
                "ends_on",
                "platform",
                "administrator",
                "delegate",
                "leave",
                "join",
                "reason",
            ]
        )

    def clean_delegate(self) -> Organisation | None:
        """The delegate by its credit code."""
        return delegate_by_code(self.filing, self.cleaned_data["delegate"])

    def clean_join(self) -> list[Row]:
        """The people pasted, as rows; they are judged when the change is asked for."""
        text = self.cleaned_data["join"]
        try:
            return read_joining(text) if text.strip() else []
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from None

    def clean_leave(self) -> list[int]:
        """Numbers of the roster to the ids of its rows."""
        text = self.cleaned_data["leave"].replace("，", ",").replace("、", ",")
        numbers = [part.strip() for part in text.split(",") if part.strip()]
        if not all(part.isdecimal() for part in numbers):
            raise forms.ValidationError(_("请只填序号，用逗号分开。"))
        found = dict(
            self.filing.enrolments.filter(left_on=None, number__in=numbers).values_list("number", "pk")
        )
        missing = [part for part in numbers if int(part) not in found]
        if missing:
            raise forms.ValidationError(_("名册中没有序号 %(numbers)s。") % {"numbers": "、".join(missing)})
        return sorted(found.values())

    def changes(self) -> dict[str, Any]:
        """New values as `ask_for_amendment` takes them."""
        data = self.cleaned_data
        found: dict[str, Any] = {name: stored(data[name]) for name in ("project", "starts_on", "ends_on")}
        found |= {name: int(data[name]) for name in ("platform", "administrator") if data.get(name)}
        found["delegate"] = data["delegate"].pk if data["delegate"] else None
        if self.filing.frozen_at:
            found.pop("starts_on")
        if data["leave"]:
            found["leave"] = data["leave"]
        return found


@allowed(*PROVIDERS)
@require_http_methods(["GET", "POST"])
def amend(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for a change of an approved class."""
    filing = filing_of(request, number)
    form = AmendmentForm(request.POST or None, filing=filing)
    formset = module_forms(filing, request.POST if "modules-TOTAL_FORMS" in request.POST else None, extra=0)
    if request.method == "POST" and form.is_valid() and (not formset.is_bound or formset.is_valid()):
        changes = form.changes()
        if formset.is_bound and formset.has_changed():
            changes["modules"] = [_module(one.cleaned_data) for one in formset if _kept(one)]
        try:
            made = ask_for_amendment(
                filing.pk,
                changes,
                form.cleaned_data["reason"],
                by=request.actor,
                joining=form.cleaned_data.get("join", ()),
            )
            return redirect("classes:amendment", made.process.number)
        except Refusal as refusal:
            for line in str(refusal).splitlines():
                form.add_error(None, line)
    context = {"filing": filing, "process": filing.process, "form": form, "formset": formset}
    return render(request, "classes/amend.html", context, status=422 if form.errors else 200)


def _kept(one: Any) -> bool:
    return bool(one.cleaned_data.get("name")) and not one.cleaned_data.get("DELETE")


def _module(data: dict[str, Any]) -> dict[str, Any]:
    found = {name: value for name, value in data.items() if name not in ("DELETE", "course", "teacher")}
    for name in ("course", "teacher"):
        found[f"{name}_id"] = data[name].pk if data.get(name) else None
    return found


@allowed(*READERS)
@require_GET
def amendment(request: HttpRequest, number: str) -> HttpResponse:
    """An amendment: what changes, why, and where it stands."""
    found = (
        Amendment.objects.filter(process__number=number, process__in=_visible(request))
        .select_related("process__office", "filing__process", "filing__organisation")
        .first()
    )
    if found is None:
        raise Http404
    context = {
        **process_context(found.process, found, request.actor),
        "amendment": found,
        "filing": found.filing,
        "lines": amendment_lines(found),
        "leaving": [(row, row.name_for(request.actor)) for row in leaving(found)],
        "joining": joining(found),
        "modules": found.changes["after"].get("modules", []),
        "modules_before": found.filing.modules.all() if found.open else [],
        "lang": lang(),
    }
    return render(request, "classes/amendment.html", context)


def _visible(request: HttpRequest) -> Any:
    from keshi_web.workflow.models import Process

    return Process.objects.visible_to(request.actor).values("pk")
