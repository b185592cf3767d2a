"""The filing wizard: plan, syllabus, roster, materials, check. Every page saves on its own and can be left."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from keshi_web.accounts.guards import allowed
from keshi_web.accounts.roles import PROVIDERS, Role
from keshi_web.catalogue.models import Occupation
from keshi_web.classes.completeness import form_of, materials_of, not_needed, open_points, why_not_needed
from keshi_web.classes.forms import MaterialForm, PlanForm, module_forms
from keshi_web.classes.models import Channel, Filing
from keshi_web.classes.official import forms_of
from keshi_web.classes.precheck import plain, precheck, shown, store
from keshi_web.classes.services import drafts
from keshi_web.common.errors import Invalid, Refusal
from keshi_web.common.language import lang
from keshi_web.files.services import store as store_file
from keshi_web.workflow.engine import choices

WRITERS = (*PROVIDERS, Role.CLERK)
STEPS = ("plan", "syllabus", "roster", "materials", "check")


def filing_of(request: HttpRequest, number: str) -> Filing:
    """The filing by its number in the reader's scope, or a 404."""
    found = (
        Filing.objects.visible_to(request.actor)
        .select_related(
            "process__office", "organisation__region", "scheme_version__region", "platform", "delegate", "occupation",
            "administrator",
        )
        .filter(process__number=number)
        .first()
    )  # fmt: skip
    if found is None:
        raise Http404
    return found


def writable(request: HttpRequest, number: str) -> Filing:
    """The filing, where the reader may change its plan now; otherwise a 404 or 403 page."""
    filing = filing_of(request, number)
    actor = request.actor
    on_paper = filing.channel not in (Channel.WEB, Channel.API)
    if not actor.of_provider and not (
        on_paper and actor.office and actor.office.id == filing.process.office_id
    ):
        raise PermissionDenied(_("备案内容由申报单位填写。"))
    return filing


def wizard_context(filing: Filing, step: str) -> dict[str, Any]:
    """The steps with their marks, by what is there; rules are only asked on the last page."""
    done = {
        "plan": bool(filing.project and filing.starts_on and filing.ends_on and filing.platform_id),
        "syllabus": filing.modules.exists(),
        "roster": filing.head_count > 0,
        "materials": filing.committed_at is not None,
        "check": False,
    }
    labels = {
        "plan": _("培训计划"),
        "syllabus": _("培训大纲"),
        "roster": _("培训人员"),
        "materials": _("材料与承诺"),
        "check": _("核验与提交"),
    }
    steps = [
        {
            "label": labels[key],
            "url": reverse(f"classes:{key}", args=[filing.process.number]),
            "status": "current" if key == step else "done" if done[key] else "ahead",
        }
        for key in STEPS
    ]
    at = STEPS.index(step)
    back = reverse(f"classes:{STEPS[at - 1]}", args=[filing.process.number]) if at else ""
    return {
        "filing": filing,
        "process": filing.process,
        "wizard": steps,
        "back": back,
        "writable": filing.plan_open,
    }


def onwards(request: HttpRequest, filing: Filing, step: str) -> HttpResponse:
    """After saving: to the next step, or back to the filing where the person wants to leave."""
    number = filing.process.number
    if request.POST.get("then") == "leave":
        messages.success(request, _("已保存。您可以随时回来继续填写。"))
        return redirect("classes:filing", number)
    return redirect(f"classes:{STEPS[STEPS.index(step) + 1]}", number)


def refused(request: HttpRequest, filing: Filing, form: Form, name: str | None, refusal: Refusal) -> None:
    """Say at the control why nothing was saved; on top, where a filing handed in meanwhile shows no controls."""
    form.add_error(name, str(refusal))
    if not filing.plan_open:
        messages.error(request, str(refusal))


def _revision(request: HttpRequest) -> int | None:
    raw = request.POST.get("revision", "")
    return int(raw) if raw.isdecimal() else None


@allowed(*WRITERS)
@require_http_methods(["GET", "POST"])
def plan(request: HttpRequest, number: str) -> HttpResponse:
    """What, when, where, by whom."""
    filing = writable(request, number)
    by_office = request.actor.of_bureau
    form = PlanForm(request.POST or None, filing=filing, by_office=by_office)
    if request.method == "POST" and form.is_valid():
        try:
            drafts.save_plan(
                filing.pk, form.columns(), facts=form.plan_facts(), answers=form.answers(), by=request.actor,
                revision=_revision(request),
            )  # fmt: skip
            return onwards(request, filing, "plan")
        except Refusal as refusal:
            form.add_error(None, str(refusal))
    occupations = Occupation.objects.order_by("code")[:600]
    context = {
        **wizard_context(filing, "plan"),
        "form": form,
        "groups": form.groups(),
        "occupations": occupations,
    }
    return render(request, "classes/plan.html", context, status=422 if form.errors else 200)


@allowed(*WRITERS)
@require_http_methods(["GET", "POST"])
def syllabus(request: HttpRequest, number: str) -> HttpResponse:
    """The modules with their hours."""
    filing = writable(request, number)
    formset = module_forms(filing, request.POST or None, extra=0 if filing.modules.exists() else 3)
    error = ""
    if request.method == "POST":
        if "add" in request.POST:
            data = request.POST.copy()
            total = min(int(data.get("modules-TOTAL_FORMS", "0") or 0) + 1, 200)
            data["modules-TOTAL_FORMS"] = str(total)
            formset = module_forms(filing, data)
            formset.is_valid()
            context = {**wizard_context(filing, "syllabus"), "formset": formset, "adding": True}
            return render(request, "classes/syllabus.html", context)
        if formset.is_valid():
            rows = [
                {name: value for name, value in form.cleaned_data.items() if name != "DELETE"}
                for form in formset
                if form.cleaned_data.get("name") and not form.cleaned_data.get("DELETE")
            ]
            try:
                drafts.save_syllabus(filing.pk, rows, by=request.actor, revision=_revision(request))
                return onwards(request, filing, "syllabus")
            except Refusal as refusal:
                error = str(refusal)
    context = {**wizard_context(filing, "syllabus"), "formset": formset, "error": error}
    faulty = bool(error) or (request.method == "POST" and not formset.is_valid())
    return render(request, "classes/syllabus.html", context, status=422 if faulty else 200)


@allowed(*WRITERS)
@require_http_methods(["GET"])
def materials(request: HttpRequest, number: str) -> HttpResponse:
    """The documents of the notice and the commitment."""
    filing = writable(request, number)
    return render(request, "classes/materials.html", _materials_context(request, filing))


def _materials_context(
    request: HttpRequest, filing: Filing, form: MaterialForm | None = None, at: str = ""
) -> dict[str, Any]:
    by_office = request.actor.of_bureau
    scheme = filing.scheme
    given: dict[str, list[Any]] = {}
    for row in filing.materials.filter(removed_at=None).select_related("attachment"):
        given.setdefault(row.material, []).append(row)
    spared = not_needed(filing, scheme)
    rows: list[dict[str, Any]] = [
        {
            "spared": why_not_needed(getattr(spared[rule.id], lang())) if rule.id in spared else "",
            "rule": rule,
            "text": getattr(rule.text, lang()),
            "when": getattr(rule.when, lang()) if rule.when else "",
            "form": form_of(scheme, rule.form),
            "given": given.get(rule.id, []),
            "control": form if rule.id == at else MaterialForm(by_office=by_office, auto_id=f"{rule.id}-%s"),
        }
        for rule in materials_of(filing, scheme)
    ]
    for row in rows:  # what the service makes, or is here already, asks for nothing: its form is folded away
        row["folded"] = bool(row["form"] or row["given"] or row["spared"])
    promises = [getattr(text, lang()) for form_ in forms_of(filing, scheme) for text in form_.promises]
    return {
        **wizard_context(filing, "materials"),
        "rows": rows,
        "promises": promises,
        "by_office": by_office,
    }


@allowed(*WRITERS)
@require_POST
def hand_in(request: HttpRequest, number: str, material: str) -> HttpResponse:
    """Add a document."""
    filing = writable(request, number)
    by_office = request.actor.of_bureau
    form = MaterialForm(request.POST, request.FILES, by_office=by_office, auto_id=f"{material}-%s")
    if form.is_valid():
        try:
            upload = form.cleaned_data.get("file")
            with transaction.atomic():  # where the act is refused, the file is not kept either
                attachment = (
                    store_file(upload, actor_id=request.actor.user_id, purpose="filing") if upload else None
                )
                drafts.hand_in(
                    filing.pk, material, by=request.actor, attachment=attachment,
                    not_applicable=form.cleaned_data.get("not_applicable") or "",
                    on_paper=bool(form.cleaned_data.get("on_paper")),
                )  # fmt: skip
            return redirect(reverse("classes:materials", args=[number]) + f"#{material}")
        except Refusal as refusal:
            refused(request, filing, form, "file", refusal)
    return render(
        request, "classes/materials.html", _materials_context(request, filing, form, material), status=422
    )


@allowed(*WRITERS)
@require_POST
def take_back(request: HttpRequest, number: str, material_id: int) -> HttpResponse:
    """Remove a document."""
    filing = writable(request, number)
    if not filing.materials.filter(pk=material_id, removed_at=None).exists():
        raise Http404
    try:
        drafts.take_back(material_id, by=request.actor)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("classes:materials", number)


@allowed(*WRITERS)
@require_POST
def commit(request: HttpRequest, number: str) -> HttpResponse:
    """Accept the commitments."""
    filing = writable(request, number)
    try:
        if request.POST.get("accepted") != "yes":
            raise Invalid(_("请勾选承诺后再继续。"))
        drafts.commit(filing.pk, by=request.actor)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("classes:materials", number)
    return redirect("classes:check", number)


@allowed(*WRITERS)
@require_http_methods(["GET"])
def check(request: HttpRequest, number: str) -> HttpResponse:
    """Every finding with its clause and remedy, the estimate, what is open, and the way to hand in."""
    filing = writable(request, number)
    found = precheck(filing) if filing.starts_on and filing.ends_on else None
    if found is not None and filing.plan_open:
        store(filing, found)
    points = open_points(filing, provisional=filing.completion_due_on is not None, check=found)
    wrong = [person for person in found.people if not person.eligible] if found else []
    context = {
        **wizard_context(filing, "check"),
        "check": found,
        "item": filing.scheme.item(filing.item).item,
        "problems": [problem.line(lang()) for problem in found.problems] if found else [],
        "points": [(point, reverse(f"classes:{point.step}", args=[number])) for point in points],
        "findings": [shown(plain(finding)) for finding in found.findings] if found else [],
        "warnings": [shown(plain(finding)) for finding in found.warnings] if found else [],
        "wrong": [
            {
                "number": person.enrolment.number,
                "name": person.enrolment.name_for(request.actor),
                "findings": [shown(plain(one)) for one in person.findings if one.outcome != "passed"],
            }
            for person in wrong[:50]
        ],
        "wrong_count": len(wrong),
        "choices": choices(filing.process, filing, request.actor),
    }
    return render(request, "classes/check.html", context)
