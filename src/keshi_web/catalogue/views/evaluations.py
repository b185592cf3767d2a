"""Evaluations: the list, applying, the page of one, its form and papers, the check list, printed papers."""

from typing import Any

import django_filters
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keshi.scheme.model import Evaluation as EvaluationRule
from keshi_web.accounts.guards import allowed
from keshi_web.accounts.roles import LEADERS, Role
from keshi_web.catalogue import checklist, official, queries, services
from keshi_web.catalogue.forms import ExpertForm
from keshi_web.catalogue.models import Evaluation
from keshi_web.catalogue.services.evaluations import subject_key
from keshi_web.catalogue.views.common import KINDS, READERS, form_page
from keshi_web.catalogue.workflow import EVALUATION, may_judge
from keshi_web.common.errors import Refusal
from keshi_web.common.language import lang
from keshi_web.documents.layout import layout_path
from keshi_web.documents.queries import of_subject
from keshi_web.documents.render import render_docx, render_pdf
from keshi_web.documents.responses import docx_response, pdf_response
from keshi_web.documents.services import render_letter
from keshi_web.files.responses import attachment_response
from keshi_web.organisations.papers import contacts_for_papers
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


def levels_in_words(rule: EvaluationRule) -> list[str]:
    """The offices in their order, the one that is only told of the result marked."""
    levels = [level_label(level) for level in rule.levels]
    if rule.files_with:
        levels.append(gettext("%(office)s（备案）") % {"office": level_label(rule.files_with)})
    return levels


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
# One evaluation


def evaluation_or_404(request: HttpRequest, number: str) -> Evaluation:
    """The evaluation by its number in the reader's scope, or a 404."""
    found = queries.evaluation_of(request.actor, number)
    if found is None:
        raise Http404
    return found


def writable(found: Evaluation, request: HttpRequest) -> bool:
    return (
        request.actor.of_organisation
        and request.actor.organisation_id == found.applicant_id
        and found.process.state in ("draft", "returned")
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
        "levels": levels_in_words(rule),
        "experts": checklist.opinions(found),
        "asks_experts": checklist.needs_experts(found),
        "slots": slot_rows(found),
        "forms": [(one, getattr(one.text, lang())) for one in checklist.forms_of(found)],
        "letters": of_subject(subject_key(found)),
        "listings": found.listings.select_related("region"),
        "writable": writable(found, request),
        "may_judge": may_judge(found, request.actor).allowed,
        "points": checklist.open_points(found) if writable(found, request) else [],
    }
    return render(request, "catalogue/evaluation.html", context)


def _answers(found: Evaluation) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for field in checklist.asked(found):
        value = found.form.get(field.id)
        text = getattr(field.label, lang())
        if field.kind == "table":
            headings = [getattr(column, lang()) for column in field.columns]
            lines = [list(zip(headings, line, strict=False)) for line in value or []]
            rows.append({"label": text, "headings": headings, "rows": lines})
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


def slot_rows(found: Evaluation) -> list[dict[str, Any]]:
    given = checklist.papers(found)
    return [{"slot": slot, "given": given.get(slot.key, [])} for slot in checklist.slots(found)]


ANSWERS: dict[str, bool | None] = {"passed": True, "failed": False, "none": None}
"""What a line of the check list may be answered with; `none`: it does not concern the case."""


@allowed(*JUDGES)
@require_POST
def judge(request: HttpRequest, number: str) -> HttpResponse:
    """Judge the lines of the check list: every line that was answered on the page; one with a fault stops none."""
    found = evaluation_or_404(request, number)
    before = _held(found)
    refused = []
    for check in checklist.rule_of(found).checks:
        answer = request.POST.get(f"result-{check.id}", "")
        if answer not in ANSWERS:
            continue
        shown = request.POST.get(f"seen-{check.id}", "")
        try:
            services.judge(
                found.pk, check.id, ANSWERS[answer], by=request.actor,
                note=request.POST.get(f"note-{check.id}", "")[:300],
                seen=int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 19 else None,
            )  # fmt: skip
        except Refusal as refusal:
            refused.append(f"{getattr(check.text, lang())}：{refusal}")
    done = len(_held(found) - before)
    if done:
        messages.success(request, gettext("已记录 %(count)s 项结论。") % {"count": done})
    elif not refused:
        messages.info(request, gettext("没有改动。"))
    for sentence in refused:
        messages.error(request, sentence)
    return redirect(reverse("catalogue:evaluation", args=[number]) + "#checks")


def _held(found: Evaluation) -> set[int]:
    return set(found.checks.values_list("pk", flat=True))


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
