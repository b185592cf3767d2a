"""Facts declared for regions: what holds now, what waits for a second person, the history."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from keshi.vocabulary import Fact
from keshi_web.accounts.guards import allowed
from keshi_web.accounts.roles import LEADERS, Role
from keshi_web.common.errors import Refusal
from keshi_web.common.language import lang
from keshi_web.files.kinds import DOCUMENTS
from keshi_web.files.responses import attachment_response
from keshi_web.files.services import store
from keshi_web.regions.models import Region
from keshi_web.schemes import facts as acts
from keshi_web.schemes import queries
from keshi_web.schemes.models import RegionalFact
from keshi_web.schemes.states import Decision
from keshi_web.schemes.views.common import BUREAU
from keshi_web.ui.forms import BaseForm, DateInput


class DeclareForm(BaseForm):
    """One fact of the vocabulary, its content, and the document that decides it."""

    name = forms.ChoiceField(label=gettext_lazy("事实"))
    value = forms.CharField(
        label=gettext_lazy("内容"),
        required=False,
        help_text=gettext_lazy("日期按 2020-03-12 的样式填写；留空表示撤销此前的申报。"),
        max_length=200,
    )
    document_number = forms.CharField(label=gettext_lazy("文号"), max_length=120)
    declared_on = forms.DateField(label=gettext_lazy("文件日期"), widget=DateInput())
    document = forms.FileField(label=gettext_lazy("决定文件"), help_text=gettext_lazy("PDF、Word 或图片"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = queries.declarable()
        self.fields["name"].choices = [(name, fact.label.of(lang())) for name, fact in known.items()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The value as the fact's type."""
        cleaned = super().clean() or {}
        fact = queries.declarable().get(cleaned.get("name", ""))
        if fact is not None:
            try:
                cleaned["value"] = read(fact, cleaned.get("value", ""))
            except (ValueError, forms.ValidationError):
                self.add_error("value", _("内容与该事实的类型不符，请按说明填写。"))
        return cleaned


def read(fact: Fact, text: str) -> Any:
    """What a person typed as the fact's type; None for nothing. Raises ValueError or ValidationError."""
    text = text.strip()
    if not text:
        return None
    if fact.type == "boolean":
        return (
            {"是": True, "yes": True, "否": False, "no": False}[text.lower()]
            if text.lower() in _YES_NO
            else _wrong()
        )
    if fact.type == "texts":
        return text.split()
    return queries.read_value(fact, text)


_YES_NO = frozenset({"是", "yes", "否", "no"})


def _wrong() -> None:
    raise ValueError("neither yes nor no")


@allowed(*BUREAU)
def facts(request: HttpRequest) -> HttpResponse:
    """The page; a clerk's form to declare stands on it."""
    return _page(request, DeclareForm() if request.actor.role == Role.CLERK else None)


def _page(request: HttpRequest, form: DeclareForm | None, status: int = 200) -> HttpResponse:
    actor = request.actor
    rows = list(queries.facts_seen_by(actor))
    known = queries.declarable()
    in_force = queries.facts_for(actor.office.path)
    context = {
        "form": form,
        "rows": [
            {
                "fact": row,
                "label": known[row.name].label.of(lang()) if row.name in known else row.name,
                "state": (row.decision, row.get_decision_display()),
                "may_decide": row.decision == Decision.OPEN
                and row.declared_by_id != actor.user_id
                and queries.may_decide(actor, row.region),
            }
            for row in rows
        ],
        "now": [
            {"label": fact.label.of(lang()), "value": in_force.get(name), "source": fact.source.of(lang())}
            for name, fact in known.items()
        ],
        "place": actor.place,
    }
    return render(request, "schemes/facts.html", context, status=status)


@allowed(Role.CLERK)
@require_POST
def declare(request: HttpRequest) -> HttpResponse:
    """Put a fact before a second person."""
    form = DeclareForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    cleaned = form.cleaned_data
    try:
        with transaction.atomic():
            acts.declare(
                Region.objects.get(pk=request.actor.office.id),
                cleaned["name"],
                cleaned["value"],
                declared_on=cleaned["declared_on"],
                document_number=cleaned["document_number"],
                document=store(
                    cleaned["document"],
                    actor_id=request.actor.user_id,
                    purpose="regional-fact",
                    allowed=DOCUMENTS,
                ),
                actor=request.actor,
            )
    except Refusal as refusal:
        form.add_error(None, str(refusal))
        return _page(request, form, status=422)
    messages.success(request, _("已申报，待负责人批准后生效。"))
    return redirect("schemes:facts")


@allowed(*sorted(LEADERS))
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Let it take effect."""
    fact = get_object_or_404(queries.facts_seen_by(request.actor), pk=pk)
    try:
        acts.approve(fact.pk, actor=request.actor)
        messages.success(request, _("已批准，自即日起生效。"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("schemes:facts")


@allowed(*sorted(LEADERS))
@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Turn it down, with the reason."""
    fact = get_object_or_404(queries.facts_seen_by(request.actor), pk=pk)
    try:
        acts.refuse(fact.pk, actor=request.actor, reason=request.POST.get("reason", ""))
        messages.success(request, _("已作出不予批准的决定。"))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("schemes:facts")


@allowed(*BUREAU)
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """The decision document."""
    fact: RegionalFact = get_object_or_404(queries.facts_seen_by(request.actor), pk=pk)
    return attachment_response(fact.document)
