"""The roster page of the wizard: import with preview, paste, add, mend, remove."""

import re
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from keshi.vocabulary import vocabulary
from keshi_web.accounts.guards import allowed
from keshi_web.classes.completeness import roster_facts
from keshi_web.classes.forms import control_for, stored
from keshi_web.classes.models import Filing, RosterImport
from keshi_web.classes.roster_rows import Fault, Row
from keshi_web.classes.services import roster as acts
from keshi_web.classes.services import storing
from keshi_web.classes.views.wizard import WRITERS, onwards, refused, wizard_context, writable
from keshi_web.common.errors import Refusal
from keshi_web.common.language import lang
from keshi_web.common.vocabulary import label
from keshi_web.files.responses import download_response
from keshi_web.ui.forms import BaseForm, dress
from keshi_web.ui.paging import page_number, page_of

PER_PAGE = 50


class UploadForm(BaseForm):
    """A roster as a file."""

    file = forms.FileField(
        label=_("名册文件"), help_text=_("Excel 工作簿（.xlsx）或 CSV 文件，表头与官方名册相同。")
    )
    replace = forms.BooleanField(label=_("替换现有名册"), required=False)


class PasteForm(BaseForm):
    """A roster as text copied from a workbook."""

    text = forms.CharField(
        label=_("粘贴名册"),
        help_text=_("从表格中复制，第一行为表头。"),
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off"}),
    )
    replace = forms.BooleanField(label=_("替换现有名册"), required=False)


class PersonForm(BaseForm):
    """One person."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    id_number = forms.CharField(
        label=_("身份证号码"), max_length=24, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    phone = forms.CharField(label=_("手机号码"), max_length=20, required=False)

    def __init__(self, *args: Any, filing: Filing, known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in roster_facts(filing, filing.scheme):
            self.fields[f"fact:{name.removeprefix('trainee.')}"] = control_for(vocabulary()[name])
        for field in self.fields.values():
            dress(field)
        if known:
            for name in ("name", "id_number", "phone"):
                self.fields[name].required = False

    def row(self) -> Row:
        """The row as the roster's acts take it."""
        data = self.cleaned_data
        facts = {
            name.removeprefix("fact:"): stored(value)
            for name, value in data.items()
            if name.startswith("fact:") and value not in (None, "")
        }
        from keshi.identity import normalise

        return Row(data["name"].strip(), normalise(data["id_number"])[0], normalise(data["phone"])[0], facts)


@allowed(*WRITERS)
@require_http_methods(["GET", "POST"])
def roster(request: HttpRequest, number: str) -> HttpResponse:
    """Who is on the roster, what is waiting in a preview, and the ways to add people."""
    filing = writable(request, number)
    if request.method == "POST" and "then" in request.POST:
        return onwards(request, filing, "roster")
    return _page(request, filing)


def _page(request: HttpRequest, filing: Filing, status: int = 200, **forms_given: Any) -> HttpResponse:
    waiting = filing.imports.exclude(
        state__in=[RosterImport.State.STORED, RosterImport.State.DROPPED]
    ).order_by("-at")
    rows = filing.enrolments.filter(left_on=None).select_related("person").order_by("number")
    page = page_of(rows, page_number(request), PER_PAGE)
    context = {
        **wizard_context(filing, "roster"),
        "writable": filing.plan_open and filing.frozen_at is None,
        "upload": forms_given.get("upload") or UploadForm(auto_id="upload-%s"),
        "paste": forms_given.get("paste") or PasteForm(auto_id="paste-%s"),
        "person": forms_given.get("person") or PersonForm(filing=filing, auto_id="person-%s"),
        "waiting": waiting,
        "page": page,
        "rows": [
            (
                row,
                row.name_for(request.actor),
                label("trainee.category", row.category) if row.category else "",
            )
            for row in page.rows
        ],
    }
    return render(request, "classes/roster.html", context, status=status)


@allowed(*WRITERS)
@require_GET
def template(request: HttpRequest, number: str) -> HttpResponse:
    """An empty roster for this notice, with drop-downs and notes."""
    filing = writable(request, number)
    from keshi_web.classes.roster_template import write

    content = write(filing, lang())
    return download_response(
        content,
        _now("培训人员名册.xlsx"),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )


@allowed(*WRITERS)
@require_POST
def upload(request: HttpRequest, number: str) -> HttpResponse:
    """Take a file in."""
    filing = writable(request, number)
    form = UploadForm(request.POST, request.FILES, auto_id="upload-%s")
    if form.is_valid():
        try:
            made = acts.upload(
                filing.pk, form.cleaned_data["file"], by=request.actor, replace=form.cleaned_data["replace"]
            )
            return redirect("classes:preview", number, made.pk)
        except Refusal as refusal:
            refused(request, filing, form, "file", refusal)
    return _page(request, filing, 422, upload=form)


@allowed(*WRITERS)
@require_POST
def paste(request: HttpRequest, number: str) -> HttpResponse:
    """Take pasted rows in."""
    filing = writable(request, number)
    form = PasteForm(request.POST, auto_id="paste-%s")
    if form.is_valid():
        try:
            made = acts.paste(
                filing.pk, form.cleaned_data["text"], by=request.actor, replace=form.cleaned_data["replace"]
            )
            return redirect("classes:preview", number, made.pk)
        except Refusal as refusal:
            refused(request, filing, form, "text", refusal)
    return _page(request, filing, 422, paste=form)


@allowed(*WRITERS)
@require_POST
def add(request: HttpRequest, number: str) -> HttpResponse:
    """Add one person."""
    filing = writable(request, number)
    form = PersonForm(request.POST, filing=filing, auto_id="person-%s")
    if form.is_valid():
        try:
            acts.add(filing.pk, form.row(), by=request.actor)
            messages.success(request, _now("已加入名册。"))
            return redirect("classes:roster", number)
        except Refusal as refusal:
            refused(request, filing, form, None, refusal)
    return _page(request, filing, 422, person=form)


@allowed(*WRITERS)
@require_POST
def remove(request: HttpRequest, number: str, enrolment_id: int) -> HttpResponse:
    """Take a person off the roster."""
    filing = writable(request, number)
    if not filing.enrolments.filter(pk=enrolment_id, left_on=None).exists():
        raise Http404
    try:
        acts.remove(enrolment_id, by=request.actor)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("classes:roster", number)


def _import_of(filing: Filing, import_id: UUID) -> RosterImport:
    made = filing.imports.filter(pk=import_id).select_related("source").first()
    if made is None:
        raise Http404
    return made


@allowed(*WRITERS)
@require_GET
def preview(request: HttpRequest, number: str, import_id: UUID) -> HttpResponse:
    """The rows as they were read, those with faults first; polls while a worker is still reading."""
    filing = writable(request, number)
    made = _import_of(filing, import_id)
    if made.state in (RosterImport.State.STORED, RosterImport.State.DROPPED):
        return _done(request, number, made)
    if made.state in (RosterImport.State.READING, RosterImport.State.STORING):
        return render(request, "classes/preview.html", {**wizard_context(filing, "roster"), "made": made})
    sheet = acts.rows_of(made)
    numbered = list(enumerate(sheet.rows))
    only = request.GET.get("only", "faulty" if made.faulty else "all")
    if only == "faulty":
        numbered = [(index, row) for index, row in numbered if row.faults]
    numbered.sort(key=lambda one: _line(one[1]))
    page = page_of(numbered, page_number(request), PER_PAGE)
    rows = [
        {
            "index": index,
            "line": _line(row),
            "row": row,
            "faults": [_said(fault) for fault in row.faults],
            "notes": [note.text(lang()) for note in row.notes],
            "form": _mending(filing, index, row) if row.faults else None,
        }
        for index, row in page.rows
    ]
    context = {
        **wizard_context(filing, "roster"),
        "made": made,
        "page": page,
        "rows": rows,
        "only": only,
        "faults": [(fault.place, fault.text(lang())) for fault in sheet.faults],
        "notes": [(note.place, note.text(lang())) for note in sheet.notes],
    }
    return render(request, "classes/preview.html", context)


def _done(request: HttpRequest, number: str, made: RosterImport) -> HttpResponse:
    """On to the roster, also for a page that only asked how far it is."""
    if made.state == RosterImport.State.STORED:
        messages.success(request, _now("%(count)s 人已录入名册。") % {"count": made.rows_stored})
    elif made.rows_stored:
        messages.error(
            request, _now("备案已不能修改，名册只录入了 %(count)s 人。") % {"count": made.rows_stored}
        )
    if request.htmx:
        return HttpResponseClientRedirect(reverse("classes:roster", args=[number]))
    return redirect("classes:roster", number)


def _said(fault: Fault) -> str:
    """What is wrong, beside the control that mends it: no list of choices there, and lines as the page numbers them."""
    if fault.code in ("value-choice", "workbook-choice"):
        label = fault.params["label_en" if lang() == "en" else "label"]
        return _now("“%(label)s”填写的内容不在可选范围内，请重新选择。") % {"label": label}
    if fault.code == "case-duplicate-person":
        return _now("与第 %(line)s 行是同一身份证号码，请更正，或移除重复的一行。") % {
            "line": _line_at(fault.params["first"])
        }
    return fault.text(lang())


def _line(row: Row) -> int:
    return _line_at(row.place)


def _line_at(place: str) -> int:
    """The line of a row on its sheet, as `roster!B4` says it."""
    found = re.search(r"\d+", place.rpartition("!")[2])
    return int(found[0]) if found else 0


def _mending(filing: Filing, index: int, row: Row) -> PersonForm:
    """The controls for what is wrong with a row; sound values stay out of the page."""
    initial = {f"fact:{name}": {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value
               for name, value in row.facts.items()}  # fmt: skip
    form = PersonForm(filing=filing, known=True, initial=initial, auto_id=f"row{index}-%s")
    wrong = {fault.fact for fault in row.faults}
    for name in list(form.fields):
        if name.removeprefix("fact:") not in wrong:
            del form.fields[name]
    return form


@allowed(*WRITERS)
@require_POST
def mend(request: HttpRequest, number: str, import_id: UUID, index: int) -> HttpResponse:
    """Correct one row, or leave it out."""
    filing = writable(request, number)
    made = _import_of(filing, import_id)
    try:
        if "leave-out" in request.POST:
            acts.leave_out(made.pk, index, by=request.actor)
        else:
            values = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
            acts.mend(made.pk, index, values, by=request.actor)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("classes:preview", number, import_id)


@allowed(*WRITERS)
@require_POST
def store(request: HttpRequest, number: str, import_id: UUID) -> HttpResponse:
    """Put the rows on the roster, or give the preview up."""
    filing = writable(request, number)
    made = _import_of(filing, import_id)
    try:
        if "drop" in request.POST:
            acts.drop_import(made.pk, by=request.actor)
            return redirect("classes:roster", number)
        made = storing.store_import(made.pk, by=request.actor)
        if made.state == RosterImport.State.STORED:
            return _done(request, number, made)
        return redirect("classes:preview", number, import_id)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("classes:preview", number, import_id)
