"""Bank accounts and the recorded reading of what is sealed."""

from uuid import UUID

from django.utils.translation import gettext as _

from keshi.identity import check_bank_account, check_bank_code, normalise
from keshi_web.accounts.actor import Actor
from keshi_web.accounts.auditing import audited, need_role
from keshi_web.accounts.roles import FINANCE, REVIEWERS, Role
from keshi_web.common import clock, crypto, sealed
from keshi_web.common.errors import Invalid
from keshi_web.common.language import lang
from keshi_web.common.row_security import beyond_scope
from keshi_web.common.saving import save
from keshi_web.organisations.models import ACCOUNT_PURPOSE, BankAccount, Contact, Organisation, Reading
from keshi_web.organisations.queries import organisations_for
from keshi_web.organisations.services._changing import changing
from keshi_web.organisations.services.registration import in_name_of


def add_bank_account(
    organisation_id: int, *, by: Actor, holder: str, bank: str, branch_code: str, account: str
) -> BankAccount:
    """Enter an account; it is used once somebody else has verified it. One that was waiting is replaced.

    Raises:
        Invalid: a faulty number, or another holder than the organisation.
    """
    need_role(by, Role.PROVIDER_ADMIN)
    number = normalise(account)[0]
    for problem in (check_bank_account(number), check_bank_code(branch_code)):
        if problem:
            raise Invalid(problem.text(lang()), [problem])
    with changing(organisation_id, by=by, act="add-account") as organisation:
        if not in_name_of(organisation, holder):
            raise Invalid(
                _("户名须与单位名称“%(name)s”一致：补贴只拨付到单位本身的账户。")
                % {"name": organisation.name}
            )
        organisation.bank_accounts.filter(retired_at__isnull=True, verified_at__isnull=True).update(
            retired_at=clock.now()
        )
        row = BankAccount(
            organisation=organisation,
            holder=holder.strip(),
            bank=bank.strip(),
            branch_code=normalise(branch_code)[0],
            account_index=crypto.blind_index(ACCOUNT_PURPOSE, number),
            entered_by_id=by.user_id,
        )
        sealed.column(BankAccount, "account_sealed").put(row, number)
        save(row)
    return row


def sharing_account(account: BankAccount) -> list[Organisation]:
    """Other organisations that entered the same account, retired ones included: a sign to look into."""
    same = BankAccount.objects.filter(account_index=account.account_index).exclude(
        organisation_id=account.organisation_id
    )
    with beyond_scope("the same account may have been entered in another city"):
        return list(Organisation.objects.filter(bank_accounts__in=same).distinct())


def read_account(organisation_id: int, account_id: UUID, *, by: Actor, purpose: str) -> str:
    """The account's number; the reading is recorded.

    Raises:
        BankAccount.DoesNotExist, Organisation.DoesNotExist: outside the scope. NotAllowed. Invalid: no purpose.
    """
    need_role(by, *REVIEWERS, *FINANCE, Role.PROVIDER_ADMIN)
    with audited("read-account", by):
        organisation = organisations_for(by).get(pk=organisation_id)
        account = organisation.bank_accounts.get(pk=account_id)
        _record(organisation, "account", account_id, by, purpose)
        return sealed.column(BankAccount, "account_sealed").get(account) or ""


def read_contact(organisation_id: int, contact_id: UUID, *, by: Actor, purpose: str) -> tuple[str, str]:
    """Name and phone of a person who stands for an organisation; the reading is recorded.

    Raises:
        Contact.DoesNotExist, Organisation.DoesNotExist: outside the scope. NotAllowed. Invalid: no purpose.
    """
    need_role(by, *REVIEWERS, Role.PROVIDER_ADMIN)
    with audited("read-contact", by):
        organisation = organisations_for(by).get(pk=organisation_id)
        contact = organisation.contacts.get(pk=contact_id)
        _record(organisation, "contact", contact_id, by, purpose)
        name = sealed.column(Contact, "name_sealed").get(contact)
        return name or "", sealed.column(Contact, "phone_sealed").get(contact) or ""


def _record(organisation: Organisation, field: str, row: UUID, by: Actor, purpose: str) -> None:
    if not purpose.strip():
        raise Invalid(_("请说明查看的用途。"))
    save(
        Reading(
            organisation=organisation,
            field=field,
            row=row,
            purpose=purpose.strip(),
            by_id=by.user_id,
            role=by.role,
        )
    )
