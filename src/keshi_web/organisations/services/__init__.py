"""Every act on an organisation. Each takes the actor, checks role and scope, and leaves a history row."""

from keshi_web.accounts.services import Invitation
from keshi_web.organisations.services._changing import still_open
from keshi_web.organisations.services.declarations import declare_epidemic, declare_size, size_of
from keshi_web.organisations.services.merging import merge_duplicates
from keshi_web.organisations.services.money import (
    add_bank_account,
    read_account,
    read_contact,
    sharing_account,
)
from keshi_web.organisations.services.registration import (
    Administrator,
    Details,
    Person,
    change_contact,
    change_details,
    close,
    missing_for_submission,
    register,
    reopen,
    submit_for_verification,
)
from keshi_web.organisations.services.standing import (
    add_dispatch_agreement,
    add_kind,
    blacklist,
    end_dispatch_agreement,
    end_kind,
    enter_catalogue,
    lift_blacklisting,
    may_bar,
    note_appeal,
)
from keshi_web.organisations.services.verification import (
    reject,
    reject_bank_account,
    verify,
    verify_bank_account,
)

__all__ = [
    "Administrator",
    "Details",
    "Invitation",
    "Person",
    "add_bank_account",
    "add_dispatch_agreement",
    "add_kind",
    "blacklist",
    "change_contact",
    "change_details",
    "close",
    "declare_epidemic",
    "declare_size",
    "end_dispatch_agreement",
    "end_kind",
    "enter_catalogue",
    "lift_blacklisting",
    "may_bar",
    "merge_duplicates",
    "missing_for_submission",
    "note_appeal",
    "read_account",
    "read_contact",
    "register",
    "reject",
    "reject_bank_account",
    "reopen",
    "sharing_account",
    "size_of",
    "still_open",
    "submit_for_verification",
    "verify",
    "verify_bank_account",
]
