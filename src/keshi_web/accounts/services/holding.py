"""What granting and ending roles have in common, whoever does it."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from keshi_web.accounts.actor import delegations_ahead
from keshi_web.accounts.models import Assignment, Delegation, SessionRecord, User
from keshi_web.accounts.roles import SECOND_FACTOR, Role
from keshi_web.accounts.services import sessions
from keshi_web.accounts.services.log import Kind, record
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed

ALONE = frozenset({Role.SYSADMIN, Role.AUDITOR})
"""Held beside no other kind of role: who runs the accounts or audits does no business."""
OPPOSED = ((Role.FINANCE_MAKER, Role.FINANCE_CHECKER),)
"""Pairs that one person never holds at once: who makes a payment does not check it."""


@transaction.atomic
def hold(
    user: User,
    role: Role,
    *,
    office_id: int | None = None,
    organisation_id: int | None = None,
    valid_from: date | None = None,
    valid_until: date | None = None,
    by: User | int | None,
) -> Assignment:
    """Give a role at a place, from today where no day is named. Sessions without the factor it needs end.

    Raises:
        NotAllowed: roles that do not go together; the same one twice.
        Invalid: a place that does not fit the role, days in the wrong order or in the past.
    """
    User.objects.select_for_update().get(pk=user.pk)
    begin = valid_from or clock.today()
    if begin < clock.today():
        raise Invalid(_("任职不能从过去的日期开始。"))
    if valid_until is not None and valid_until < begin:
        raise Invalid(_("截止日期不得早于开始日期。"))
    new = Assignment(
        user=user,
        role=role,
        office_id=office_id,
        organisation_id=organisation_id,
        valid_from=begin,
        valid_until=valid_until,
        granted_by_id=by.pk if isinstance(by, User) else by,
    )
    _check_beside(new)
    try:
        new.full_clean(exclude=["granted_by"])  # nobody grants the first administrator
    except ValidationError as error:
        raise Invalid(" ".join(error.messages)) from error
    new.save()
    if role in SECOND_FACTOR:
        sessions.end_all(user, SessionRecord.End.ROLE, by=by, second_factor=False)
    record(Kind.ROLE_GRANTED, user=user, by=by, **_of(new))
    return new


@transaction.atomic
def release(held: Assignment, *, last_day: date | None = None, by: User | int | None) -> None:
    """End a role after a last day, yesterday where none is named; what was lent of it ends with it.

    Raises Invalid for a day in the past other than yesterday, NotAllowed for a role that has ended.
    """
    held = Assignment.objects.select_for_update(of=("self",)).get(pk=held.pk)
    today = clock.today()
    if held.valid_until is not None and held.valid_until < today:
        raise NotAllowed(_("该任职已经终止。"))
    last = last_day or today - timedelta(days=1)
    if last < today - timedelta(days=1):
        raise Invalid(_("终止日期不能早于今天。"))
    # A role that ends before or on its first day keeps an empty period: until the day before it began.
    held.valid_until = max(last, held.valid_from - timedelta(days=1))
    held.save(update_fields=["valid_until"])
    if last < today:
        Delegation.objects.filter(assignment=held, revoked_at__isnull=True).update(revoked_at=clock.now())
    record(Kind.ROLE_ENDED, user=held.user_id, by=by, **_of(held))


def _check_beside(new: Assignment) -> None:
    end = new.valid_until or date.max
    others = new.user.assignments.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=new.valid_from), valid_from__lte=end
    )
    for other in others:
        if (other.role, other.office_id, other.organisation_id) == (
            new.role,
            new.office_id,
            new.organisation_id,
        ):
            raise NotAllowed(_("该用户在此期间已担任这一角色。"))
        if other.role != new.role and (other.role in ALONE or new.role in ALONE):
            raise NotAllowed(_("系统管理员、审计人员不得兼任其他角色。"))
        if any({other.role, new.role} == set(pair) for pair in OPPOSED):
            raise NotAllowed(_("财务经办与财务复核不得由同一人担任。"))
    for lent in delegations_ahead(new.user).filter(valid_from__lte=end).select_related("assignment"):
        if new.role in ALONE:
            raise NotAllowed(_("该用户受托办理业务，须先撤销委托，才能担任系统管理员或审计人员。"))
        if any({lent.assignment.role, new.role} == set(pair) for pair in OPPOSED):
            raise NotAllowed(_("财务经办与财务复核不得由同一人担任。"))


def _of(held: Assignment) -> dict[str, object]:
    return {
        "assignment": held.pk,
        "role": str(held.role),
        "office": held.office.key if held.office else None,
        "organisation": held.organisation_id,
        "from": held.valid_from.isoformat(),
        "until": held.valid_until.isoformat() if held.valid_until else None,
    }


def running_or_ahead(held: Assignment) -> bool:
    """Whether a role is in force or will be."""
    return held.valid_until is None or held.valid_until >= max(clock.today(), held.valid_from)
