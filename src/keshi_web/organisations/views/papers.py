"""Files of an organisation, and sealed values opened for a purpose that is recorded."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from keshi_web.accounts.guards import allowed
from keshi_web.accounts.roles import FINANCE, OFFICE_ROLES, ORGANISATION_ROLES, REVIEWERS, Role
from keshi_web.common.errors import Refusal
from keshi_web.files.models import Attachment
from keshi_web.files.responses import attachment_response
from keshi_web.organisations import queries, services
from keshi_web.organisations.models import Organisation
from keshi_web.organisations.views.common import organisation_for

READERS = tuple(sorted({*OFFICE_ROLES, *ORGANISATION_ROLES}))


@allowed(*READERS)
def licence(request: HttpRequest, pk: int) -> HttpResponse:
    """The licence."""
    return _file(organisation_for(request, pk).licence)


@allowed(*READERS)
def dispatch_document(request: HttpRequest, pk: int, row_id: int) -> HttpResponse:
    """A dispatch agreement."""
    return _file(get_object_or_404(queries.agreements_of(organisation_for(request, pk)), pk=row_id).document)


@allowed(*READERS)
def blacklist_document(request: HttpRequest, pk: int, row_id: int) -> HttpResponse:
    """The decision of a blacklisting."""
    return _file(get_object_or_404(organisation_for(request, pk).blacklistings, pk=row_id).document)


@allowed(*sorted({*REVIEWERS, *FINANCE}), Role.PROVIDER_ADMIN)
@require_POST
def read_account(request: HttpRequest, pk: int, account_id: UUID) -> HttpResponse:
    """An account's number, once, on a page of its own."""
    organisation = organisation_for(request, pk)
    account = get_object_or_404(organisation.bank_accounts, pk=account_id)
    purpose = request.POST.get("purpose", "")
    try:
        number = services.read_account(pk, account_id, by=request.actor, purpose=purpose)
    except Refusal as refusal:
        return _opened(request, organisation, [], str(refusal))
    shown = [(_("户名"), account.holder), (_("开户银行"), account.bank), (_("账号"), number)]
    return _opened(request, organisation, shown)


@allowed(*sorted(REVIEWERS), Role.PROVIDER_ADMIN)
@require_POST
def read_contact(request: HttpRequest, pk: int, contact_id: UUID) -> HttpResponse:
    """Name and phone of a person who stands for the organisation, once."""
    organisation = organisation_for(request, pk)
    contact = get_object_or_404(organisation.contacts, pk=contact_id)
    purpose = request.POST.get("purpose", "")
    try:
        name, phone = services.read_contact(pk, contact_id, by=request.actor, purpose=purpose)
    except Refusal as refusal:
        return _opened(request, organisation, [], str(refusal))
    return _opened(
        request, organisation, [(str(contact.get_role_display()), name), (_("手机号"), phone or "—")]
    )


def _opened(
    request: HttpRequest, organisation: Organisation, shown: list[tuple[str, str]], refusal: str = ""
) -> HttpResponse:
    context = {"organisation": organisation, "shown": shown, "refusal": refusal}
    response = render(request, "organisations/opened.html", context, status=422 if refusal else 200)
    response["Cache-Control"] = "no-store"
    return response


def _file(attachment: Attachment | None) -> HttpResponse:
    if attachment is None:
        raise Http404
    return attachment_response(attachment)
