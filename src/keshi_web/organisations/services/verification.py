"""The bureau's decisions on a registration and on a bank account."""

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext as _

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.auditing import need_role
from keshi_web.accounts.roles import REVIEWERS
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed, Stale
from keshi_web.common.saving import save
from keshi_web.organisations.models import BankAccount, Organisation, Verification
from keshi_web.organisations.services._changing import changing
from keshi_web.organisations.services.registration import missing_for_submission
from keshi_web.organisations.words import CHECKS, State


def verify(
    organisation_id: int, *, by: Actor, checks: Collection[str], version: int | None = None
) -> Verification:
    """Confirm a registration after every check was ticked; a waiting bank account is confirmed with it.

    Raises:
        Invalid: a check is open. Stale: not handed in, or decided by somebody else. NotAllowed: role, own entry.
    """
    need_role(by, *REVIEWERS)
    with changing(organisation_id, by=by, act="verify", version=version) as organisation:
        _check_waiting(organisation)
        if still_open := [str(text) for key, text in CHECKS.items() if key not in checks]:
            raise Invalid(_("请先完成核对：%(open)s。") % {"open": "；".join(still_open)})
        if missing := missing_for_submission(organisation):
            # A new name since: money is not paid to an account in another one.
            raise Invalid(
                _("尚不能核实通过，请退回单位补正：%(missing)s。") % {"missing": "；".join(missing)}
            )
        for account in organisation.bank_accounts.filter(retired_at__isnull=True, verified_at__isnull=True):
            _confirm(account, by)
        organisation.state = State.VERIFIED
        return _decided(organisation, by, passed=True, checks=checks)


def reject(
    organisation_id: int, *, by: Actor, reason: str, checks: Collection[str] = (), version: int | None = None
) -> Verification:
    """Send a registration back with the reason; the organisation mends it and hands it in again.

    Raises:
        Invalid: no reason. Stale: not handed in, or decided by somebody else. NotAllowed.
    """
    need_role(by, *REVIEWERS)
    if not reason.strip():
        raise Invalid(_("请写明不予通过的理由和需要补正的内容。"))
    with changing(organisation_id, by=by, act="reject", version=version) as organisation:
        _check_waiting(organisation)
        organisation.state = State.REJECTED
        return _decided(organisation, by, passed=False, checks=checks, reason=reason.strip())


def verify_bank_account(account_id: UUID, *, by: Actor, organisation_id: int) -> BankAccount:
    """Confirm a new account of a verified organisation; the one before it is retired.

    Raises:
        Stale: decided meanwhile. NotAllowed: role, or the person who entered it.
    """
    need_role(by, *REVIEWERS)
    with changing(organisation_id, by=by, act="verify-account") as organisation:
        account = _waiting_account(organisation, account_id)
        _confirm(account, by)
    return account


def reject_bank_account(account_id: UUID, *, by: Actor, organisation_id: int) -> BankAccount:
    """Turn a new account down; the one in use stays.

    Raises:
        Stale: decided meanwhile. NotAllowed.
    """
    need_role(by, *REVIEWERS)
    with changing(organisation_id, by=by, act="reject-account") as organisation:
        account = _waiting_account(organisation, account_id)
        account.retired_at = clock.now()
        save(account)
    return account


def _check_waiting(organisation: Organisation) -> None:
    if organisation.state != State.SUBMITTED:
        raise Stale(
            _("该单位目前“%(state)s”，不在待核实状态；可能已由他人办理。请刷新页面。")
            % {"state": organisation.get_state_display()}
        )


def _waiting_account(organisation: Organisation, account_id: UUID) -> BankAccount:
    account = organisation.bank_accounts.filter(
        pk=account_id, retired_at__isnull=True, verified_at__isnull=True
    ).first()
    if account is None:
        raise Stale(_("该账户已由他人办理。请刷新页面。"))
    return account


def _confirm(account: BankAccount, by: Actor) -> None:
    if account.entered_by_id == by.user_id:
        raise NotAllowed(_("账户须由录入人以外的人核实，请交由其他经办人员办理。"))
    moment = clock.now()
    in_use = BankAccount.objects.filter(
        organisation_id=account.organisation_id, retired_at__isnull=True, verified_at__isnull=False
    )
    in_use.update(retired_at=moment)
    account.verified_at, account.verified_by_id = moment, by.user_id
    save(account)


def _decided(
    organisation: Organisation, by: Actor, *, passed: bool, checks: Collection[str], reason: str = ""
) -> Verification:
    assert by.office is not None  # REVIEWERS are held at an office
    decision = Verification(
        organisation=organisation,
        passed=passed,
        checks=[key for key in CHECKS if key in checks],
        reason=reason,
        by_id=by.user_id,
        office_id=by.office.id,
    )
    save(decision)
    return decision
