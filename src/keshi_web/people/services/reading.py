"""Opening what is sealed. Every act leaves a row saying who, in which role, whose, what, why and for which case."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from keshi.identity import check_id_number
from keshi_web.accounts.actor import Actor
from keshi_web.accounts.roles import FINANCE, PROVIDERS, REVIEWERS, Role
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed
from keshi_web.common.personal_numbers import refuse_in
from keshi_web.common.row_security import beyond_scope
from keshi_web.common.sealed import column
from keshi_web.people.models import AccessLog, BankAccount, Person, PersonExport
from keshi_web.people.models.access import CASE
from keshi_web.people.queries import visible_to
from keshi_web.people.words import Act, Field, Purpose
from keshi_web.people.writing import id_number_index, name_bucket, normal_name, normal_number

_IDENTITY = frozenset({Field.NAME, Field.ID_NUMBER})
_CONTACT = _IDENTITY | {Field.PHONE}
READABLE: Mapping[Role, frozenset[Field]] = {
    **dict.fromkeys(REVIEWERS | PROVIDERS, _CONTACT),
    **dict.fromkeys(FINANCE, _IDENTITY | {Field.ACCOUNT}),
    Role.AUDITOR: frozenset(Field),
    Role.TRAINEE: frozenset(Field),
}
"""What each role may read of people in its scope; a role that is not named reads nothing."""

SEARCH = "search:people"
"""The case of a search that belongs to none."""
OWN_DATA = "own:data"
"""The case of people who read what is kept about themselves."""


_USUAL: Mapping[Role, Purpose] = {
    **dict.fromkeys(FINANCE, Purpose.PAYMENT),
    Role.AUDITOR: Purpose.AUDIT,
}
"""What a role searches for where nothing else is said; reviewers and providers for a filing."""


@transaction.atomic
def reveal(
    person: Person,
    fields: Collection[str],
    *,
    actor: Actor,
    purpose: str,
    case: str,
    ip: str | None = None,
) -> dict[str, str | None]:
    """The named fields of one person in clear, and a row in the access log.

    Args:
        fields: names of `Field`.
        case: kind and key of the case it is for, as `filing:1024`.

    Raises:
        Person.DoesNotExist: outside of the actor's scope.
        NotAllowed: the role does not read such a field.
        Invalid: no field, purpose or case.
    """
    wanted = readable(fields, actor=actor, purpose=purpose, case=case)
    seen = visible_to(actor).get(pk=person.pk)
    AccessLog.objects.create(
        **reader(actor), person=seen, act=Act.REVEAL, fields=wanted, purpose=purpose, case=case, ip=ip
    )
    return unseal_people([seen], wanted)[seen.pk]


def readable(fields: Collection[str], *, actor: Actor, purpose: str, case: str) -> list[Field]:
    """The fields in their order, when this role may read them for this purpose. Raises NotAllowed, Invalid."""
    if not fields or not set(fields) <= set(Field.values):
        raise Invalid(_("请选择要查看的内容。"))
    if purpose not in Purpose.values or (purpose == Purpose.OWN) != (actor.role == Role.TRAINEE):
        raise Invalid(_("请选择查看用途。"))
    if not re.fullmatch(CASE, case):
        raise Invalid(_("须指明为哪项业务查看。"))
    refuse_in(case.partition(":")[2])
    wanted = [field for field in Field if field in fields]
    refused = [field for field in wanted if field not in READABLE.get(actor.role, ())]
    if refused:
        names = "、".join(str(field.label) for field in refused)
        raise NotAllowed(
            _("%(role)s无权查看：%(fields)s。") % {"role": Role(actor.role).label, "fields": names}
        )
    return wanted


def find_by_id_number(
    text: str, *, actor: Actor, purpose: str = "", case: str = SEARCH, ip: str | None = None
) -> Person | None:
    """The person with this number in the actor's scope, or None; either way a row in the access log.

    A merged record leads to the one it was merged into. Somebody outside of the scope is answered like nobody.

    Raises:
        Invalid: not a sound number; `problems` says why.
    """
    number = normal_number(text)
    problem = check_id_number(number, on=clock.today())
    if problem:
        raise Invalid(_("证件号码有误，请核对后再查。"), [problem])
    with transaction.atomic():
        found = visible_to(actor).filter(id_number_index=id_number_index(number)).first()
        with beyond_scope("a record that was given up leads to the one that stays"):
            while found and found.survivor_id:
                found = Person.objects.get(pk=found.survivor_id)
        _log_search([found], actor, purpose, case, ip)
    return found


@transaction.atomic
def find_by_name(name: str, *, actor: Actor, most: int = 50, ip: str | None = None) -> list[Person]:
    """People in scope with exactly this name; nothing of them is opened to the reader but their masks.

    Each of them can see that they were looked for; a search that found nobody leaves a row too.
    """
    wanted = normal_name(name)
    likely = visible_to(actor).filter(name_index=name_bucket(wanted), survivor__isnull=True)
    field = column(Person, "name")
    found = [person for person in likely if normal_name(field.get(person) or "") == wanted][:most]
    _log_search(found or [None], actor, "", SEARCH, ip)
    return found


def _log_search(
    found: Sequence[Person | None], actor: Actor, purpose: str, case: str, ip: str | None
) -> None:
    who = reader(actor)
    why = purpose or usual_purpose(actor)
    AccessLog.objects.bulk_create(
        AccessLog(**who, person=person, act=Act.SEARCH, fields=[], purpose=why, case=case, ip=ip)
        for person in found
    )


def usual_purpose(actor: Actor) -> str:
    """What a role looks for people for where nothing else is said."""
    return _USUAL.get(actor.role, Purpose.FILING)


def unseal_people(people: Iterable[Person], fields: Collection[str]) -> dict[UUID, dict[str, str | None]]:
    """Fields of many people in clear, for computing and for official papers; None where there is nothing.

    No row is written: whoever calls this shows nothing of it, or writes the row (as `reveal` does).
    """
    held = list(people)
    opened: dict[UUID, dict[str, str | None]] = {
        person.pk: {
            name: column(Person, name).get(person)
            for name in (Field.NAME, Field.ID_NUMBER, Field.PHONE)
            if name in fields
        }
        for person in held
    }
    if Field.ACCOUNT in fields:
        number = column(BankAccount, "number")
        accounts = BankAccount.objects.filter(person__in=list(opened), until__isnull=True)
        found = {account.person_id: number.get(account) for account in accounts}
        for key, values in opened.items():
            values[Field.ACCOUNT] = found.get(key)
    return opened


def reader(actor: Actor) -> dict[str, object]:
    """The columns that say in whose name something is done."""
    return {
        "user_id": actor.user_id,
        "role": actor.role,
        "office_id": actor.office.id if actor.office else None,
        "organisation_id": actor.organisation_id,
    }


def log_export(export: PersonExport, actor: Actor, ip: str | None) -> None:
    """One row for every person of an export that is being taken out."""
    who = reader(actor)
    AccessLog.objects.bulk_create(
        [
            AccessLog(
                **who,
                person_id=key,
                act=Act.EXPORT,
                fields=export.fields,
                purpose=export.purpose,
                case=export.case,
                ip=ip,
                export=export,
            )
            for key in export.people
        ],
        batch_size=2000,
    )
