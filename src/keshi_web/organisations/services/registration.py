"""Registering an organisation, changing what was registered, handing it in for verification."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.files import File
from django.utils.translation import gettext as _

from keshi.identity import check_mobile, check_uscc, normalise
from keshi_web.accounts.actor import Actor
from keshi_web.accounts.auditing import audited, need_role
from keshi_web.accounts.roles import LEADERS, REVIEWERS, Role
from keshi_web.accounts.services import Invitation, first_administrator
from keshi_web.common import clock, sealed
from keshi_web.common.errors import Invalid, Stale
from keshi_web.common.language import lang
from keshi_web.common.row_security import beyond_scope
from keshi_web.common.saving import save
from keshi_web.files.services import store
from keshi_web.organisations.models import Contact, ContactRole, Kind, Organisation
from keshi_web.organisations.names import name_key, pinyin_of
from keshi_web.organisations.queries import organisations_for
from keshi_web.organisations.services._changing import changing
from keshi_web.organisations.words import KindOf, LegalForm, State
from keshi_web.regions.models import Region

SENSITIVE = frozenset({"name", "legal_form", "legal_person", "region"})
"""On the licence: a change is verified again."""


@dataclass(frozen=True)
class Details:
    """What stands on the licence, and the industry by the size standard."""

    uscc: str
    name: str
    legal_form: LegalForm
    legal_person: bool
    region: Region
    address: str
    industry: str


@dataclass(frozen=True)
class Person:
    """A person who stands for the organisation; the phone may be empty for a legal representative."""

    name: str
    phone: str = ""


@dataclass(frozen=True)
class Administrator:
    """The first account of a new organisation."""

    username: str
    name: str


def register(
    details: Details,
    *,
    kinds: Sequence[KindOf],
    representative: Person,
    contact: Person,
    licence: File | None,
    administrator: Administrator,
) -> tuple[Organisation, Invitation]:
    """Register an organisation and its first administrator, who sets a password by the invitation's link.

    Nothing is verified yet.

    Raises:
        Invalid: a faulty or known code, name, phone, file or account.
    """
    uscc = checked_uscc(details.uscc)
    if not kinds:
        raise Invalid(_("请至少选择一种单位类型。"))
    with audited("register", None):
        organisation = Organisation(
            uscc=uscc,
            name=details.name.strip(),
            name_key=name_key(details.name),
            pinyin=pinyin_of(details.name),
            legal_form=details.legal_form,
            legal_person=details.legal_person,
            region=details.region,
            address=details.address.strip(),
            industry=details.industry.strip(),
        )
        save(organisation)
        invitation = first_administrator(organisation.pk, administrator.username, administrator.name)
        user = invitation.user
        for kind in kinds:
            save(Kind(organisation=organisation, kind=kind))
        with beyond_scope("nobody is signed in yet who could see the new organisation's people"):
            _put_contact(organisation, ContactRole.LEGAL_REPRESENTATIVE, representative, user.pk)
            _put_contact(organisation, ContactRole.CONTACT, contact, user.pk)
        if licence is not None:
            # Last, so that a refusal above leaves no file behind.
            organisation.licence = store(licence, actor_id=user.pk, purpose="licence")
            save(organisation)
    return organisation, invitation


def change_details(
    organisation_id: int,
    *,
    by: Actor,
    version: int | None = None,
    licence: File | None = None,
    **changes: object,
) -> Organisation:
    """Change name, form, legal person, region, address or industry; what is on the licence is verified again.

    A new licence may come along. The unified social credit code never changes: another code is another
    organisation.

    Raises:
        Stale: changed meanwhile. Invalid: a faulty value. NotAllowed: not the organisation's administrator.
    """
    need_role(by, Role.PROVIDER_ADMIN)
    unknown = changes.keys() - SENSITIVE - {"address", "industry"}
    if unknown:
        raise TypeError(f"no such details: {', '.join(sorted(unknown))}")
    with changing(organisation_id, by=by, act="change-details", version=version) as organisation:
        changed = {name for name, value in changes.items() if getattr(organisation, name) != value}
        for name in changed:
            setattr(organisation, name, changes[name])
        if "name" in changed:
            organisation.name_key = name_key(organisation.name)
            organisation.pinyin = pinyin_of(organisation.name)
        if licence is not None:
            organisation.licence = store(licence, actor_id=by.user_id, purpose="licence")
        if changed & SENSITIVE or licence is not None:
            _verify_again(organisation)
    return organisation


def change_contact(
    organisation_id: int, role: ContactRole, person: Person, *, by: Actor, version: int | None = None
) -> Contact:
    """Name another legal representative or contact; a new legal representative is verified again.

    Raises:
        Stale, Invalid, NotAllowed.
    """
    need_role(by, Role.PROVIDER_ADMIN)
    with changing(organisation_id, by=by, act=f"change-{role}", version=version) as organisation:
        organisation.contacts.filter(role=role, superseded_at__isnull=True).update(superseded_at=clock.now())
        contact = _put_contact(organisation, role, person, by.user_id)
        if role == ContactRole.LEGAL_REPRESENTATIVE:
            _verify_again(organisation)
    return contact


def missing_for_submission(organisation: Organisation) -> list[str]:
    """What is still to be done before the registration can be handed in, each with what to do."""
    missing = []
    if organisation.licence_id is None:
        missing.append(_("上传营业执照或登记证书"))
    accounts = list(organisation.bank_accounts.filter(retired_at__isnull=True).order_by("-entered_at"))
    if not accounts:
        missing.append(_("登记银行账户"))
    elif not in_name_of(organisation, accounts[0].holder):
        missing.append(_("登记户名与现单位名称一致的银行账户"))
    if (
        organisation.kinds.filter(kind=KindOf.ENTERPRISE).exists()
        and not organisation.size_declarations.exists()
    ):
        missing.append(_("申报企业规模"))
    return missing


def submit_for_verification(organisation_id: int, *, by: Actor, version: int | None = None) -> Organisation:
    """Hand the registration in to the bureau of its region.

    Raises:
        Invalid: something is missing; every point is named. Stale: already handed in. NotAllowed.
    """
    need_role(by, Role.PROVIDER_ADMIN)
    with changing(organisation_id, by=by, act="submit", version=version) as organisation:
        if organisation.state not in (State.REGISTERED, State.REJECTED):
            raise Stale(_("登记信息已经提交或核实，无需重复提交。"))
        if missing := missing_for_submission(organisation):
            raise Invalid(_("提交核实之前，请先完成：%(missing)s。") % {"missing": "；".join(missing)})
        organisation.state = State.SUBMITTED
    return organisation


def reopen(organisation_id: int, *, by: Actor, reason: str) -> Organisation:
    """Take back that an organisation was marked as closed; it is verified again before it hands anything in.

    Raises:
        NotAllowed: not a leader over its region. Invalid: no reason. Stale: it is not closed.
    """
    need_role(by, *LEADERS)
    if not reason.strip():
        raise Invalid(_("请填写恢复的依据。"))
    with audited(f"reopen: {reason.strip()[:200]}", by):
        organisation = (
            organisations_for(by).select_for_update(of=("self",), no_key=True).get(pk=organisation_id)
        )
        if organisation.state != State.CLOSED:
            raise Stale(_("该单位并未注销。请刷新页面。"))
        organisation.state = State.REGISTERED
        organisation.version += 1
        save(organisation)
    return organisation


def close(organisation_id: int, *, by: Actor, reason: str, version: int | None = None) -> Organisation:
    """Mark an organisation whose licence was cancelled; its cases stay.

    Raises:
        NotAllowed: not a reviewer of its region. Invalid: no reason. Stale.
    """
    need_role(by, *REVIEWERS)
    if not reason.strip():
        raise Invalid(_("请填写注销的依据。"))
    with changing(
        organisation_id, by=by, act=f"close: {reason.strip()[:200]}", version=version
    ) as organisation:
        organisation.state = State.CLOSED
    return organisation


def checked_uscc(text: str) -> str:
    """The code as it is stored. Raises Invalid with what is wrong with it."""
    if problem := check_uscc(text):
        raise Invalid(problem.text(lang()), [problem])
    return normalise(text)[0]


def in_name_of(organisation: Organisation, holder: str) -> bool:
    """Whether an account's holder is the organisation under its present name."""
    return normalise(holder)[0] == normalise(organisation.name)[0]


def _verify_again(organisation: Organisation) -> None:
    if organisation.state == State.VERIFIED:
        organisation.state = State.SUBMITTED


def _put_contact(organisation: Organisation, role: ContactRole, person: Person, user_id: int) -> Contact:
    name, phone = person.name.strip(), person.phone.strip()
    if not name or len(name) > 60:
        raise Invalid(_("请填写%(role)s的姓名（60 字以内）。") % {"role": role.label})
    if phone or role == ContactRole.CONTACT:
        if problem := check_mobile(phone):
            raise Invalid(problem.text(lang()), [problem])
        phone = normalise(phone)[0]
    contact = Contact(organisation=organisation, role=role, entered_by_id=user_id)
    sealed.column(Contact, "name_sealed").put(contact, name)
    sealed.column(Contact, "phone_sealed").put(contact, phone or None)
    save(contact)
    return contact
