"""The applicant's side of an evaluation: choosing, applying, the application form, papers."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keshi_web.accounts.guards import allowed
from keshi_web.accounts.roles import ORGANISATION_ROLES
from keshi_web.catalogue import checklist, official, services
from keshi_web.catalogue.forms import ApplyForm, BlanksForm, PaperForm
from keshi_web.catalogue.models import Evaluation, Occupation
from keshi_web.catalogue.views.common import acting, form_page
from keshi_web.catalogue.views.evaluations import (
    evaluation_or_404,
    levels_in_words,
    slot_rows,
    subject_label,
    writable,
)
from keshi_web.common import clock
from keshi_web.common.errors import Refusal
from keshi_web.common.language import lang
from keshi_web.organisations.models import Organisation
from keshi_web.schemes.library import get
from keshi_web.schemes.models import SchemeVersion
from keshi_web.schemes.queries import for_place


@allowed(*ORGANISATION_ROLES)
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """The evaluations that the notices of the organisation's place know, each with whom it exempts."""
    organisation = _organisation(request)
    found = [
        {
            "version": version,
            "rule": rule,
            "subject": subject_label(rule.subject),
            "text": getattr(rule.text, lang()),
            "exempt": getattr(rule.exempt, lang()) if rule.exempt else "",
            "levels": levels_in_words(rule),
            "over": rule.valid_until is not None and rule.valid_until < clock.today(),
        }
        for version in for_place(organisation.region.path, clock.today())
        for rule in get(version).file.evaluations
    ]
    return render(request, "catalogue/choose.html", {"choices": found})


def _organisation(request: HttpRequest) -> Organisation:
    return Organisation.objects.select_related("region").get(pk=request.actor.organisation_id)


@allowed(*ORGANISATION_ROLES)
@require_http_methods(["GET", "POST"])
def apply(request: HttpRequest, version_id: int, rule_id: str) -> HttpResponse:
    """Say what is to be evaluated; exempt ones are told so, with the clause."""
    organisation = _organisation(request)
    version: SchemeVersion | None = next(
        (one for one in for_place(organisation.region.path, clock.today()) if one.pk == version_id), None
    )
    rule = (
        next((one for one in get(version).file.evaluations if one.id == rule_id), None) if version else None
    )
    if version is None or rule is None:
        raise Http404
    form = ApplyForm(
        request.POST or None, actor=request.actor, subject=rule.subject, initial=request.GET.dict()
    )
    return form_page(
        request,
        form,
        lambda _data: services.apply_for_evaluation(
            version, rule_id, form.chosen, applicant=organisation, by=request.actor
        ),
        title=gettext("申请评估：%(what)s") % {"what": subject_label(rule.subject)},
        note=f"{version.title}（{version.notice}） {rule.clause}：{getattr(rule.text, lang())}",
        exempt=getattr(rule.exempt, lang()) if rule.exempt else "",
        done=gettext("已建立评估申请，请填写申请表。"),
        back=reverse("catalogue:choose"),
        onwards=lambda made: reverse("catalogue:evaluation-form", args=[made.process.number]),
        occupations=Occupation.objects.order_by("code")[:600] if rule.subject == "occupation" else None,
        submit=gettext("下一步"),
    )


# ---------------------------------------------------------------------------------------------------------
# Form and papers


@allowed(*ORGANISATION_ROLES)
@require_http_methods(["GET", "POST"])
def fill_in(request: HttpRequest, number: str) -> HttpResponse:
    """The application form: only what the record does not know."""
    found = _own(request, number)
    fields = checklist.asked(found)
    values = {
        **_from_record(found, fields),
        **{k: v for k, v in found.form.items() if v not in ("", [], None)},
    }
    form = BlanksForm(request.POST or None, asked=fields, values=values)
    if request.method == "POST" and form.is_valid():
        try:
            services.save_form(found.pk, form.values(), by=request.actor)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            if "more" in request.POST:
                return redirect("catalogue:evaluation-form", number)
            messages.success(request, gettext("已保存。"))
            name = (
                "catalogue:evaluation-papers"
                if request.POST.get("then") == "next"
                else "catalogue:evaluation"
            )
            return redirect(name, number)
    rule = checklist.rule_of(found)
    printed = checklist.form_of(found.scheme, rule)
    context = {
        "evaluation": found,
        "process": found.process,
        "form": form,
        "title": getattr(printed.text, lang()) if printed else gettext("申请表"),
        "printed": printed,
        "wizard": _wizard(found, "form"),
        "back": reverse("catalogue:evaluation", args=[number]),
    }
    return render(request, "catalogue/fill_in.html", context, status=422 if form.errors else 200)


def _from_record(found: Evaluation, fields: list[Any]) -> dict[str, Any]:
    """Tables that the record already fills, as rows to go on from."""
    rows = {field.id: official.table_rows(found, field) for field in fields if field.kind == "table"}
    return {
        name: [["" if cell is None else str(cell) for cell in row.values()] for row in held]
        for name, held in rows.items()
        if held
    }


def _own(request: HttpRequest, number: str) -> Evaluation:
    """The evaluation where the applicant may write now. Raises PermissionDenied."""
    found = evaluation_or_404(request, number)
    if not writable(found, request):
        raise PermissionDenied(gettext("申请已提交，不能修改。"))
    return found


def _wizard(found: Evaluation, step: str) -> list[dict[str, Any]]:
    number = found.process.number
    steps = (
        ("form", gettext("申请表"), "catalogue:evaluation-form"),
        ("papers", gettext("证明材料"), "catalogue:evaluation-papers"),
        ("page", gettext("核对与提交"), "catalogue:evaluation"),
    )
    at = [key for key, _label, _name in steps].index(step)
    return [
        {
            "label": label,
            "url": reverse(name, args=[number]),
            "status": "current" if index == at else "done" if index < at else "ahead",
        }
        for index, (_key, label, name) in enumerate(steps)
    ]


@allowed(*ORGANISATION_ROLES)
@require_http_methods(["GET", "POST"])
def papers(request: HttpRequest, number: str) -> HttpResponse:
    """The papers, place by place; each is sent on its own."""
    found = _own(request, number)
    at = request.POST.get("slot", "")
    sent = PaperForm(request.POST or None, request.FILES or None, auto_id=f"at-{at}-%s")
    if request.method == "POST" and sent.is_valid():
        try:
            services.hand_in(
                found.pk, at, by=request.actor, upload=sent.cleaned_data["file"],
                not_applicable=sent.cleaned_data["not_applicable"],
            )  # fmt: skip
            return redirect("catalogue:evaluation-papers", number)
        except Refusal as refusal:
            sent.add_error("file", str(refusal))
    rows = [
        {
            **row,
            "index": index,
            "control": sent if row["slot"].key == at else PaperForm(auto_id=f"p{index}-%s"),
        }
        for index, row in enumerate(slot_rows(found))
    ]
    context = {
        "evaluation": found,
        "process": found.process,
        "rows": rows,
        "wizard": _wizard(found, "papers"),
        "back": reverse("catalogue:evaluation-form", args=[number]),
    }
    return render(request, "catalogue/papers.html", context, status=422 if sent.errors else 200)


@allowed(*ORGANISATION_ROLES)
@require_POST
def take_back(request: HttpRequest, number: str, material_id: int) -> HttpResponse:
    """Remove a paper."""
    found = _own(request, number)
    get_object_or_404(found.materials, pk=material_id)
    return acting(
        request,
        lambda: services.take_back(material_id, by=request.actor),
        gettext("已移除。"),
        reverse("catalogue:evaluation-papers", args=[number]),
    )
