"""Kinds, the published catalogue, dispatch agreements and the blacklist."""

from datetime import date

from django.core.files import File
from django.db.models import Exists
from django.utils.translation import gettext as _

from keshi.identity import normalise
from keshi_web.accounts.actor import Actor
from keshi_web.accounts.auditing import need_role
from keshi_web.accounts.roles import LEADERS, REVIEWERS, Role
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed, Stale
from keshi_web.common.saving import save
from keshi_web.files.services import store
from keshi_web.organisations.models import (
    Blacklisting,
    CatalogueEntry,
    DispatchAgreement,
    Kind,
    Organisation,
)
from keshi_web.organisations.queries import agreements_of, of_kind
from keshi_web.organisations.services._changing import changing
from keshi_web.organisations.words import OPEN_STATES, KindOf

BARRING_LEVELS = frozenset({"city", "province"})
"""A district proposes, a city or the province bars."""


def add_kind(
    organisation_id: int, kind: KindOf, *, by: Actor, valid_from: date, valid_until: date | None = None
) -> Kind:
    """Let an organisation act as one more kind, from a day on.

    Raises:
        Invalid: it already does in that period. NotAllowed: not the bureau.
    """
    need_role(by, *REVIEWERS)
    with changing(organisation_id, by=by, act="add-kind") as organisation:
        row = Kind(organisation=organisation, kind=kind, valid_from=valid_from, valid_until=valid_until)
        save(row)
    return row


def end_kind(organisation_id: int, kind_id: int, *, by: Actor, last_day: date) -> Kind:
    """Let an organisation act as a kind until a day.

    Raises:
        Invalid: the day lies before the first. NotAllowed. Kind.DoesNotExist: another organisation's.
    """
    need_role(by, *REVIEWERS)
    with changing(organisation_id, by=by, act="end-kind") as organisation:
        row = organisation.kinds.get(pk=kind_id)
        row.valid_until = last_day
        save(row)
    return row


def enter_catalogue(
    organisation_id: int, *, by: Actor, document: str, valid_from: date, valid_until: date | None = None
) -> CatalogueEntry:
    """Record that an institution stands in the published catalogue, by which document.

    Raises:
        Invalid: it already does in that period, or is no institution. NotAllowed.
    """
    need_role(by, *REVIEWERS)
    with changing(organisation_id, by=by, act="enter-catalogue") as organisation:
        if not organisation.kinds.filter(kind__in=[KindOf.INSTITUTION, KindOf.BUREAU_SCHOOL]).exists():
            raise Invalid(_("只有培训机构可以列入目录清单。请先登记其单位类型。"))
        row = CatalogueEntry(
            organisation=organisation,
            document=document.strip(),
            valid_from=valid_from,
            valid_until=valid_until,
            entered_by_id=by.user_id,
        )
        save(row)
    return row


def add_dispatch_agreement(
    organisation_id: int,
    *,
    by: Actor,
    agency_uscc: str,
    document: File,
    valid_from: date,
    valid_until: date | None = None,
) -> DispatchAgreement:
    """A user enterprise enters the agreement with the agency that sends it workers.

    Raises:
        Invalid: no registered dispatch agency has this code, a faulty file, or the period is taken.
    """
    need_role(by, Role.PROVIDER_ADMIN, Role.TRAINING_ADMIN)
    with changing(organisation_id, by=by, act="add-dispatch-agreement") as organisation:
        agency = Organisation.objects.filter(
            Exists(of_kind(KindOf.DISPATCH_AGENCY, valid_from)),
            uscc=normalise(agency_uscc)[0],
            state__in=OPEN_STATES,
        ).first()
        if agency is None:
            raise Invalid(_("没有此统一社会信用代码的劳务派遣单位。请核对代码，或请该单位先登记。"))
        row = DispatchAgreement(
            agency=agency,
            user_enterprise=organisation,
            valid_from=valid_from,
            valid_until=valid_until,
            entered_by_id=by.user_id,
            document=store(document, actor_id=by.user_id, purpose="dispatch-agreement"),
        )
        save(row)
    return row


def end_dispatch_agreement(
    organisation_id: int, agreement_id: int, *, by: Actor, last_day: date
) -> DispatchAgreement:
    """Either side lets an agreement end on a day.

    Raises:
        DispatchAgreement.DoesNotExist: another organisation's. Invalid: the day lies before the first.
    """
    need_role(by, Role.PROVIDER_ADMIN, Role.TRAINING_ADMIN)
    with changing(organisation_id, by=by, act="end-dispatch-agreement") as organisation:
        row = agreements_of(organisation).select_for_update(of=("self",)).get(pk=agreement_id)
        row.valid_until = last_day
        save(row)
    return row


def blacklist(
    organisation_id: int,
    *,
    by: Actor,
    reason: str,
    document_number: str,
    valid_from: date,
    valid_until: date | None,
    document: File | None = None,
) -> Blacklisting:
    """Bar an organisation by a written decision.

    Raises:
        NotAllowed: not a leader of a city or province. Invalid: reason, document or period.
    """
    _need_barring(by)
    if not reason.strip() or not document_number.strip():
        raise Invalid(_("请填写列入黑名单的事由和决定文号。"))
    assert by.office is not None
    with changing(organisation_id, by=by, act="blacklist") as organisation:
        row = Blacklisting(
            organisation=organisation,
            reason=reason.strip(),
            document_number=document_number.strip(),
            document=store(document, actor_id=by.user_id, purpose="blacklist-decision") if document else None,
            office_id=by.office.id,
            by_id=by.user_id,
            valid_from=valid_from,
            valid_until=valid_until,
        )
        save(row)
    return row


def note_appeal(organisation_id: int, blacklisting_id: int, *, by: Actor, text: str) -> Blacklisting:
    """Write down an organisation's objection and what became of it.

    Raises:
        NotAllowed: not the bureau. Stale: the decision was lifted.
    """
    need_role(by, *REVIEWERS)
    with changing(organisation_id, by=by, act="note-appeal") as organisation:
        row = _barring(organisation, blacklisting_id)
        row.appeal = text.strip()
        save(row)
    return row


def lift_blacklisting(organisation_id: int, blacklisting_id: int, *, by: Actor, reason: str) -> Blacklisting:
    """End a blacklisting before its last day.

    Raises:
        NotAllowed: not a leader of a city or province. Invalid: no reason. Stale: lifted meanwhile.
    """
    _need_barring(by)
    if not reason.strip():
        raise Invalid(_("请填写解除的理由。"))
    with changing(organisation_id, by=by, act="lift-blacklisting") as organisation:
        row = _barring(organisation, blacklisting_id)
        row.lifted_at, row.lifted_by_id, row.lifted_reason = clock.now(), by.user_id, reason.strip()
        save(row)
    return row


def may_bar(by: Actor) -> bool:
    """Whether the actor may blacklist: a leader of a city or province."""
    return by.role in LEADERS and by.office is not None and by.office.level in BARRING_LEVELS


def _need_barring(by: Actor) -> None:
    if not may_bar(by):
        raise NotAllowed(_("列入或解除黑名单由市级以上机构的负责人决定。"))


def _barring(organisation: Organisation, blacklisting_id: int) -> Blacklisting:
    row = organisation.blacklistings.filter(pk=blacklisting_id, lifted_at__isnull=True).first()
    if row is None:
        raise Stale(_("该决定已解除。请刷新页面。"))
    return row
