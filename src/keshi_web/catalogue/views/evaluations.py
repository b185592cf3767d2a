"""Evaluations: the list, applying, the page of one, its form and papers, the check list, printed papers."""

from typing import Any

import django_filters
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keshi_web.accounts.guards import allowed
from keshi_web.accounts.roles import LEADERS, ORGANISATION_ROLES, Role
from keshi_web.catalogue import checklist, official, queries, services
from keshi_web.catalogue.forms import ApplyForm, BlanksForm, ExpertForm, PaperForm
from keshi_web.catalogue.models import Evaluation, Occupation
from keshi_web.catalogue.services.evaluations import subject_key
from keshi_web.catalogue.views.common import KINDS, READERS, acting, form_page
from keshi_web.catalogue.workflow import EVALUATION, right_desk
from keshi_web.common import clock
from keshi_web.common.errors import Refusal
from keshi_web.common.language import lang
from keshi_web.documents.layout import layout_path
from keshi_web.documents.queries import of_subject
from keshi_web.documents.render import render_docx, render_pdf
from keshi_web.documents.responses import docx_response, pdf_response
from keshi_web.documents.services import render_letter
from keshi_web.files.responses import attachment_response
from keshi_web.organisations.models import Organisation
from keshi_web.organisations.papers import contacts_for_papers
from keshi_web.schemes.library import get
from keshi_web.schemes.models import SchemeVersion
from keshi_web.schemes.queries import for_place
from keshi_web.ui.lists import Column, Empty, ListPage
from keshi_web.workflow.context import process_context

JUDGES = (Role.CLERK, Role.EVALUATOR, *LEADERS)


def subject_label(subject: str) -> str:
    """What is evaluated, in words."""
    return {"platform": gettext("平台"), "course": gettext("课程"), "occupation": gettext("职业（工种）")}[
        subject
    ]


def level_label(level: str) -> str:
    """A level in words."""
    return {
        "district": gettext("区县"),
        "city": gettext("市级"),
        "province": gettext("省级"),
        "evaluation-centre": gettext("评估中心"),
    }.get(level, level)


class EvaluationFilters(django_filters.FilterSet):
    """By state and what is evaluated."""

    state = django_filters.ChoiceFilter(
        field_name="process__state",
        label=_("状态"),
        choices=lambda: [(state.key, state.label) for state in EVALUATION.states],
        empty_label=_("全部"),
    )
    subject = django_filters.ChoiceFilter(
        label=_("评估对象"),
        method="of_subject",
        choices=[("platform", _("平台")), ("course", _("课程")), ("occupation", _("职业（工种）"))],
        empty_label=_("全部"),
    )

    class Meta:
        model = Evaluation
        fields = ()

    def of_subject(self, rows: QuerySet[Evaluation], _name: str, value: str) -> QuerySet[Evaluation]:
        """Whatever is neither platform nor course is an occupation."""
        if value == "occupation":
            return rows.filter(platform=None, course=None)
        return rows.exclude(**{value: None})


class EvaluationList(ListPage):
    """Evaluations in the reader's scope."""

    title = _("平台与课程评估")
    columns = (
        Column(
            "number", _("评估号"), "process.number", link=lambda row: row.process.url, sort="process__number"
        ),
        Column("subject", _("评估对象"), lambda row: str(row.subject)),
        Column("applicant", _("申请单位"), "applicant.name", sort="applicant__pinyin"),
        Column("office", _("经办机构"), lambda row: str(row.process.office)),
        Column(
            "state",
            _("状态"),
            lambda row: (KINDS[row.process.state_shown.tone], row.process.state_shown.label),
            kind="state",
        ),
        Column(
            "due",
            _("办结期限"),
            "process.due_on",
            kind="clock",
            sort="process__due_on",
            clock=lambda row: {"paused": row.process.suspended},
        ),
        Column("decided_on", _("评估日期"), kind="day", sort="decided_on"),
        Column("valid_until", _("有效期至"), kind="day", sort="valid_until"),
    )
    filterset_class = EvaluationFilters
    search_fields = ("process__number", "process__title", "applicant__name")
    search_hint = _("评估号、名称或单位")
    order = "-number"
    empty = Empty(_("还没有评估"), _("单位申请评估后会显示在这里。"), icon="certificate")
    template_name = "catalogue/evaluations.html"

    def queryset(self, request: HttpRequest) -> QuerySet[Evaluation]:
        """Of the reader's jurisdiction or organisation."""
        return queries.evaluations_for(request.actor)

    def context(self, request: HttpRequest) -> dict[str, Any]:
        """Whether the reader may apply."""
        return {"may_apply": request.actor.of_organisation}


evaluations = allowed(*READERS)(EvaluationList.as_view())


# ---------------------------------------------------------------------------------------------------------
# Applying


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
            "levels": [level_label(level) for level in rule.levels],
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
# One evaluation


def evaluation_or_404(request: HttpRequest, number: str) -> Evaluation:
    """The evaluation by its number in the reader's scope, or a 404."""
    found = queries.evaluation_of(request.actor, number)
    if found is None:
        raise Http404
    return found


def _writable(found: Evaluation, request: HttpRequest) -> bool:
    return (
        request.actor.of_organisation
        and request.actor.organisation_id == found.applicant_id
        and found.process.state in ("draft", "returned")
    )


def _may_judge(found: Evaluation, request: HttpRequest) -> bool:
    actor = request.actor
    return (
        actor.role in JUDGES
        and actor.office is not None
        and actor.office.id == found.process.office_id
        and found.process.state in ("submitted", "reviewed")
        and right_desk(found, actor).allowed
    )


@allowed(*READERS)
@require_GET
def evaluation(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about an evaluation: where it stands, what was applied for, how each level judged, its papers."""
    found = evaluation_or_404(request, number)
    scheme, rule = found.scheme, checklist.rule_of(found)
    form = checklist.form_of(scheme, rule)
    context = {
        **process_context(found.process, found, request.actor),
        "evaluation": found,
        "rule": rule,
        "subject": subject_label(rule.subject),
        "level": level_label(checklist.current_level(found)),
        "form_title": getattr(form.text, lang()) if form else "",
        "answers": _answers(found),
        "checks": _checks(found),
        "levels": [level_label(level) for level in rule.levels],
        "experts": found.experts.select_related("by"),
        "asks_experts": checklist.needs_experts(found),
        "slots": _slots(found),
        "forms": [(one, getattr(one.text, lang())) for one in checklist.forms_of(found)],
        "letters": of_subject(subject_key(found)),
        "listings": found.listings.select_related("region"),
        "writable": _writable(found, request),
        "may_judge": _may_judge(found, request),
        "points": checklist.open_points(found) if _writable(found, request) else [],
    }
    return render(request, "catalogue/evaluation.html", context)


def _answers(found: Evaluation) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for field in checklist.asked(found):
        value = found.form.get(field.id)
        text = getattr(field.label, lang())
        if field.kind == "table":
            headings = [getattr(column, lang()) for column in field.columns]
            rows.append({"label": text, "headings": headings, "rows": value or []})
        elif field.kind == "checkbox":
            rows.append({"label": text, "value": gettext("是") if value else gettext("否")})
        else:
            shown = next((getattr(one, lang()) for one in field.choices if one.zh == value), value or "")
            rows.append({"label": text, "value": shown})
    return rows


def _checks(found: Evaluation) -> list[dict[str, Any]]:
    """Every line of the check list with what each level said, the present level's open ones marked."""
    rule = checklist.rule_of(found)
    judged = checklist.results(found)
    current = checklist.current_level(found)
    left = {check.id for check in checklist.unjudged(found)}
    return [
        {
            "check": check,
            "text": getattr(check.text, lang()),
            "by_level": [(level_label(level), judged.get(level, {}).get(check.id)) for level in rule.levels],
            "own": judged.get(current, {}).get(check.id),
            "open": check.id in left,
        }
        for check in rule.checks
    ]


def _slots(found: Evaluation) -> list[dict[str, Any]]:
    given = checklist.papers(found)
    return [{"slot": slot, "given": given.get(slot.key, [])} for slot in checklist.slots(found)]


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
    if not _writable(found, request):
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
        for index, row in enumerate(_slots(found))
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


@allowed(*JUDGES)
@require_POST
def judge(request: HttpRequest, number: str) -> HttpResponse:
    """Judge the lines of the check list: every line that was answered on the page; one with a fault stops none."""
    found = evaluation_or_404(request, number)
    done, refused = 0, []
    for check in checklist.rule_of(found).checks:
        answer = request.POST.get(f"result-{check.id}", "")
        if answer not in ("passed", "failed"):
            continue
        try:
            services.judge(
                found.pk, check.id, answer == "passed", by=request.actor,
                note=request.POST.get(f"note-{check.id}", "")[:300],
            )  # fmt: skip
            done += 1
        except Refusal as refusal:
            refused.append(f"{getattr(check.text, lang())}：{refusal}")
    if done:
        messages.success(request, gettext("已记录 %(count)s 项结论。") % {"count": done})
    for sentence in refused:
        messages.error(request, sentence)
    return redirect(reverse("catalogue:evaluation", args=[number]) + "#checks")


@allowed(*JUDGES)
@require_http_methods(["GET", "POST"])
def expert(request: HttpRequest, number: str) -> HttpResponse:
    """Record an expert's opinion."""
    found = evaluation_or_404(request, number)
    return form_page(
        request,
        ExpertForm(request.POST or None),
        lambda data: services.add_expert(found.pk, by=request.actor, **data),
        title=gettext("登记专家意见：%(name)s") % {"name": found},
        done=gettext("已登记。"),
        back=reverse("catalogue:evaluation", args=[number]),
    )


# ---------------------------------------------------------------------------------------------------------
# Papers to take away


@allowed(*READERS)
@require_GET
def material(request: HttpRequest, number: str, material_id: int) -> HttpResponse:
    """An uploaded paper, to save."""
    found = evaluation_or_404(request, number)
    row = get_object_or_404(found.materials.select_related("attachment"), pk=material_id)
    if row.attachment is None:
        raise Http404
    return attachment_response(row.attachment)


@allowed(*READERS)
@require_GET
def form(request: HttpRequest, number: str, form_id: str, kind: str) -> HttpResponse:
    """An official form as PDF or Word, filled from the evaluation."""
    found = evaluation_or_404(request, number)
    wanted = next((one for one in checklist.forms_of(found) if one.id == form_id), None)
    if wanted is None or kind not in ("pdf", "docx"):
        raise Http404
    contacts = {}
    if official.names_contacts(wanted):
        contacts = contacts_for_papers(found.applicant, by=request.actor, purpose=f"evaluation:{number}")
    data = official.form_data(found, wanted, contacts)
    layout = layout_path(found.scheme.folder, wanted)
    name = f"{number} {wanted.text.zh}"
    if kind == "docx":
        return docx_response(render_docx(wanted, data, layout=layout), name)
    return pdf_response(render_pdf(wanted, data, layout=layout), name)


@allowed(*READERS)
@require_GET
def letter(request: HttpRequest, number: str, document_id: int) -> HttpResponse:
    """A letter as PDF."""
    found = evaluation_or_404(request, number)
    document = get_object_or_404(of_subject(subject_key(found)), pk=document_id)
    return pdf_response(render_letter(document), f"{document.number} {document.title}")
