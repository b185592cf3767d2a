"""Registrations for platforms: the list, one of them, asking for one."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from keshi_web.accounts.guards import allowed
from keshi_web.accounts.roles import ORGANISATION_ROLES
from keshi_web.catalogue import queries, services
from keshi_web.catalogue.facts import registration_asked
from keshi_web.catalogue.models import Registration
from keshi_web.catalogue.views.common import KINDS, READERS, acting
from keshi_web.common import clock
from keshi_web.common.language import lang
from keshi_web.organisations.models import Organisation
from keshi_web.schemes.queries import for_place
from keshi_web.ui.lists import Column, Empty, ListPage
from keshi_web.workflow.context import process_context


class RegistrationList(ListPage):
    """Registrations in the reader's scope."""

    title = _("平台使用登记")
    columns = (
        Column(
            "number", _("登记号"), "process.number", link=lambda row: row.process.url, sort="process__number"
        ),
        Column("platform", _("平台名称"), "platform.name", sort="platform__name"),
        Column("organisation", _("申请单位"), "organisation.name", sort="organisation__pinyin"),
        Column(
            "state",
            _("状态"),
            lambda row: (KINDS[row.process.state_shown.tone], row.process.state_shown.label),
            kind="state",
        ),
        Column("registered_on", _("登记日期"), kind="day", sort="registered_on"),
    )
    search_fields = ("process__number", "platform__name", "organisation__name")
    search_hint = _("登记号、平台或单位")
    order = "-number"
    empty = Empty(
        _("还没有登记"), _("通知要求登记后使用的平台，由单位在平台页面申请登记。"), icon="id-badge-2"
    )

    def queryset(self, request: HttpRequest) -> QuerySet[Registration]:
        """Of the reader's jurisdiction or organisation."""
        return queries.registrations_for(request.actor)


registrations = allowed(*READERS)(RegistrationList.as_view())


@allowed(*READERS)
@require_GET
def registration(request: HttpRequest, number: str) -> HttpResponse:
    """One registration: who asked for which platform, by which clause, and where it stands."""
    rows = queries.registrations_for(request.actor).select_related("organisation__region", "scheme_version")
    found = get_object_or_404(rows, process__number=number)
    named = registration_asked(found.scheme_version, found.platform)
    context = {
        **process_context(found.process, found, request.actor),
        "registration": found,
        "rule": getattr(named.registration, lang()) if named and named.registration else "",
        "clause": named.clause if named else "",
    }
    return render(request, "catalogue/registration.html", context)


@allowed(*ORGANISATION_ROLES)
@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a registration under the notice of the organisation's place that wants one."""
    platform = get_object_or_404(queries.platforms_for(request.actor), pk=pk)
    organisation = Organisation.objects.select_related("region").get(pk=request.actor.organisation_id)
    version = next(
        (
            one
            for one in for_place(organisation.region.path, clock.today())
            if registration_asked(one, platform)
        ),
        None,
    )
    if version is None:
        raise Http404
    return acting(
        request,
        lambda: services.ask_for_registration(version, platform, organisation=organisation, by=request.actor),
        gettext("已提交登记申请。"),
        reverse("catalogue:platform", args=[pk]),
    )


def wanted_of(request: HttpRequest, platform: Any) -> list[dict[str, Any]]:
    """For an organisation: which notices of its place want a registration for a platform, and its own one."""
    actor = request.actor
    if not actor.of_organisation:
        return []
    own = {
        one.scheme: one for one in queries.registrations_for(actor).filter(platform=platform).order_by("pk")
    }
    return [
        {
            "version": version,
            "text": getattr(named.registration, lang()),
            "clause": named.clause,
            "own": own.get(version.scheme),
        }
        for version in for_place(queries.place_of(actor), clock.today())
        if (named := registration_asked(version, platform)) is not None
    ]
