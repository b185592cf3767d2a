"""The page of a filing: where it stands, what is filed, what was found, its papers; and the review's judgements."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keshi_web.accounts.guards import allowed
from keshi_web.accounts.roles import OFFICE_ROLES, PROVIDERS, REVIEWERS
from keshi_web.classes.case import syllabus_facts
from keshi_web.classes.completeness import agreement_labels, why_not_needed
from keshi_web.classes.differences import since_last
from keshi_web.classes.models import Filing, Material, Task
from keshi_web.classes.official import asked, forms_of, lists_people
from keshi_web.classes.precheck import shown
from keshi_web.classes.services import review
from keshi_web.classes.task_labels import task_group, task_text
from keshi_web.classes.views.wizard import filing_of
from keshi_web.common import clock
from keshi_web.common.errors import Refusal
from keshi_web.common.language import lang
from keshi_web.common.vocabulary import label
from keshi_web.documents.models import Document
from keshi_web.documents.queries import of_subject
from keshi_web.people.services import READABLE
from keshi_web.people.services.exporting import ask_export
from keshi_web.people.words import Field, Purpose
from keshi_web.ui.paging import page_number, page_of
from keshi_web.workflow.context import Line, process_context

READERS = (*PROVIDERS, *OFFICE_ROLES)
PER_PAGE = 50


@allowed(*READERS)
@require_GET
def filing(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about a filing but its people."""
    found = filing_of(request, number)
    scheme = found.scheme
    modules = list(found.modules.select_related("course", "teacher"))
    actor = request.actor
    context = {
        **process_context(found.process, found, actor),
        "filing": found,
        "scheme": scheme,
        "item": scheme.item(found.item).item,
        "item_title": getattr(scheme.item(found.item).item.title, lang()),
        "training_type": label("class.training_type", found.training_type) if found.training_type else "",
        "certificate": label("trainee.certificate.kind", found.planned_certificate)
        if found.planned_certificate
        else "",
        "modules": modules,
        "hours": {
            name.removeprefix("class.").removesuffix("_hours"): value
            for name, value in syllabus_facts(modules).items()
        },
        "findings": [shown(finding) for finding in found.findings],
        "tasks": _tasks(found) if actor.of_bureau else [],
        "differences": since_last(found) if actor.of_bureau else [],
        "may_judge": actor.reviews
        and actor.office.id == found.process.office_id
        and found.process.state in ("submitted", "endorsed", "supplemented"),
        "materials": _materials(found),
        "forms": [(form, getattr(form.text, lang()), lists_people(form)) for form in forms_of(found, scheme)],
        "letters": of_subject(f"classes.filing:{found.pk}").filter(kind=Document.Kind.LETTER),
        "answers": _answers(found),
        "amendments": found.amendments.select_related("process").order_by("-id"),
        "writable": found.plan_open and actor.of_provider,
        "answer": _answer(found),
        "on_promise": found.process.state in ("provisional", "supplemented"),
        "waits_for_people": found.starts_on and found.starts_on <= clock.today() and not found.head_count,
        "may_amend": actor.of_provider
        and found.process.state in ("approved", "provisional", "running", "interrupted"),
    }
    context["timeline"] = folded(context["timeline"])
    return render(request, "classes/filing.html", context)


def _answer(found: Filing) -> dict[str, Any]:
    """What the office last asked for or refused with, where that is how things stand: it comes first on the page."""
    events = {
        "returned": ("return",), "provisional": ("return-supplement",), "refused": ("refuse",),
        "revoked": ("revoke",),
    }.get(found.process.state)  # fmt: skip
    last = found.process.entries.filter(event__in=events).order_by("-id").first() if events else None
    if last is None:
        return {}
    said = last.details
    points = [*(said.get("defects") or []), *str(said.get("reason") or "").splitlines()]
    return {
        "asks": last.event in ("return", "return-supplement"),
        "points": [*points, *found.process.workflow.told(found, last.event)],
        "due_on": clock.read_day(said["due_on"]) if said.get("due_on") else None,
        "remedy": said.get("remedy") or "",
        "note": last.note,
    }


def folded(timeline: list[Line]) -> list[Line]:
    """The timeline with equal small lines of one person, one after the other, told as one."""
    found: list[Line] = []
    counts: list[int] = []
    for line in timeline:
        small = line.entry.version is None and not (line.note or line.remark or line.points)
        last = found[-1] if found else None
        if small and last is not None and (last.entry.event, last.who) == (line.entry.event, line.who):
            counts[-1] += 1
        else:
            found.append(line)
            counts.append(1)
    return [
        replace(line, title=_("%(title)s，%(count)s 次") % {"title": line.title, "count": count})
        if count > 1
        else line
        for line, count in zip(found, counts, strict=True)
    ]


def _tasks(found: Filing) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for task in found.tasks.select_related("judged_by").order_by("id"):
        remedy = task.evidence.get("remedy")
        rows.append(
            {
                "task": task,
                "text": task_text(task),
                "group": task_group(task),
                "clause": task.evidence.get("clause", ""),
                "remedy": remedy[lang()] if remedy else "",
                "numbers": task.evidence.get("numbers", []),
                "reason": _reason(task.evidence),
            }
        )
    order = {"rule": 0, "system": 1, "material": 2}
    return sorted(rows, key=lambda row: order[row["task"].key.split(":", 1)[0]])


def _reason(evidence: dict[str, Any]) -> str:
    if case := evidence.get("not_needed"):
        return why_not_needed(case[lang()])
    return str(evidence.get("not_applicable") or evidence.get("reason", ""))


def _materials(found: Filing) -> list[dict[str, Any]]:
    texts = {rule.id: getattr(rule.text, lang()) for rule in found.scheme.file.materials}
    rows = found.materials.filter(removed_at=None).select_related("attachment").order_by("id")
    return [{"material": row, "text": texts.get(row.material, row.material)} for row in rows]


def _answers(found: Filing) -> list[tuple[str, Any]]:
    rows = []
    for one in asked(found, found.scheme):
        value = found.answers.get(one.key)
        if value not in (None, "", False):
            choice = next((each for each in one.field.choices if each.zh == value), None)
            said = capfirst(getattr(choice, lang())) if choice else value
            rows.append((getattr(one.field.label, lang()), _("是") if value is True else said))
    agreed = found.answers.get("agreement", {})
    labels = agreement_labels()
    rows += [
        (_("委托协议：%(content)s") % {"content": labels[name]}, value)
        for name, value in agreed.items()
        if value
    ]
    return rows


@allowed(*READERS)
@require_GET
def people(request: HttpRequest, number: str) -> HttpResponse:
    """The roster with masks, findings and estimates, page by page; narrowed to those with a finding."""
    found = filing_of(request, number)
    rows = found.enrolments.select_related("person").order_by("number")
    only = request.GET.get("only", "")
    if only == "wrong":
        rows = rows.filter(eligible=False, left_on=None)
    elif only == "left":
        rows = rows.exclude(left_on=None)
    page = page_of(rows, page_number(request), PER_PAGE)
    people_rows = [
        {
            "row": row,
            "name": row.name_for(request.actor),
            "category": label("trainee.category", row.category) if row.category else "",
            "findings": [shown(finding) for finding in row.findings],
        }
        for row in page.rows
    ]
    actor = request.actor
    readable = [(field.value, field.label) for field in Field if field in READABLE.get(actor.role, ())]
    context = {
        "filing": found, "process": found.process, "page": page, "people": people_rows, "only": only,
        "readable": readable, "case": f"filing:{found.process.number}", "purpose": Purpose.FILING.value,
    }  # fmt: skip
    return render(request, "classes/people.html", context)


@allowed(*READERS)
@require_POST
def ask_export_of(request: HttpRequest, number: str) -> HttpResponse:
    """Ask for the roster in clear; a second person decides, see the page of exports."""
    found = filing_of(request, number)
    people = found.enrolments.filter(left_on=None).values_list("person_id", flat=True)
    try:
        ask_export(
            people, request.POST.getlist("fields_wanted"), actor=request.actor, purpose=Purpose.FILING,
            case=f"filing:{number}",
        )  # fmt: skip
        messages.success(request, _("已申请导出名册，须由另一人批准。"))
        return redirect("people:exports")
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("classes:people", number)


@allowed(*REVIEWERS)
@require_http_methods(["GET", "POST"])
def judge(request: HttpRequest, number: str, task_id: int) -> HttpResponse:
    """Judge one check; what contradicts the system needs a reason."""
    found = filing_of(request, number)
    task = get_object_or_404(Task, pk=task_id, filing=found)
    error = ""
    if request.method == "POST":
        try:
            review.judge(
                task.pk,
                request.POST.get("holds") == "yes",
                by=request.actor,
                note=request.POST.get("note", ""),
            )
            return redirect(reverse("classes:filing", args=[number]) + "#tasks")
        except Refusal as refusal:
            error = str(refusal)
    context = {
        "filing": found, "process": found.process, "task": task, "text": task_text(task), "error": error,
        "note": request.POST.get("note", task.note), "clause": task.evidence.get("clause", ""),
    }  # fmt: skip
    return render(request, "classes/judge.html", context, status=422 if error else 200)


@allowed(*REVIEWERS)
@require_POST
def judge_all(request: HttpRequest, number: str) -> HttpResponse:
    """Judge every check ticked on the page as fulfilled: those that only a person can decide."""
    found = filing_of(request, number)
    wanted = [int(one) for one in request.POST.getlist("task") if one.isdecimal()]
    done = 0
    try:
        for task in found.tasks.filter(pk__in=wanted, outcome=Task.Outcome.MANUAL):
            review.judge(task.pk, True, by=request.actor)
            done += 1
        messages.success(request, _("已对 %(count)s 项作出“符合”的结论。") % {"count": done})
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect(reverse("classes:filing", args=[number]) + "#tasks")


def material_of(request: HttpRequest, number: str, material_id: int) -> Material:
    """A document of a filing in the reader's scope, or a 404."""
    found = filing_of(request, number)
    material = found.materials.filter(pk=material_id).select_related("attachment").first()
    if material is None or material.attachment is None:
        raise Http404
    return material
