"""Delegations: a dated record that a colleague acts in place of the holder of an assignment."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from keshi_web.accounts.actor import Actor, delegations_ahead
from keshi_web.accounts.models import Assignment, Delegation, SessionRecord, User
from keshi_web.accounts.queries import colleagues_of
from keshi_web.accounts.roles import FINANCE, REVIEWERS, SECOND_FACTOR, Role
from keshi_web.accounts.services import sessions
from keshi_web.accounts.services.holding import ALONE, OPPOSED
from keshi_web.accounts.services.log import Kind, record
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed
from keshi_web.common.personal_numbers import refuse_in

DELEGATING = frozenset({*REVIEWERS, *FINANCE, Role.EVALUATOR})
"""Roles that can be lent: those that do an office's work. Auditing and system administration cannot."""


def delegate(to_id: int, *, valid_from: date, valid_until: date, reason: str, actor: Actor) -> Delegation:
    """Lend the assignment the actor works in to a colleague of the same office.

    A delegate keeps their own id on every act (`Actor.standing_in_for` says for whom), so whoever made a
    decision does not check it by standing in for the checker.

    Raises:
        NotAllowed: another's assignment, a role that cannot be lent, a colleague who may not hold both.
        Invalid: days in the past, in the wrong order or beyond the assignment; lent already.
    """
    if actor.role not in DELEGATING:
        raise NotAllowed(_("此角色的职责不能委托。"))
    if actor.standing_in_for is not None:
        raise NotAllowed(_("受托的职责不能再委托他人。"))
    if to_id == actor.user_id:
        raise NotAllowed(_("不能委托给自己。"))
    refuse_in(reason)
    to = colleagues_of(actor).filter(pk=to_id).first()
    if to is None:
        raise NotAllowed(_("只能委托给同一机构的在职人员。"))
    with transaction.atomic():
        # Both people are locked in one order, so that a role granted meanwhile is seen.
        list(User.objects.select_for_update().filter(pk__in=(to.pk, actor.user_id)).order_by("pk"))
        held = Assignment.objects.select_for_update().get(pk=actor.assignment_id, user_id=actor.user_id)
        _check_days(held, valid_from, valid_until)
        _check_together(held, to, valid_from, valid_until)
        made = Delegation(
            assignment=held,
            to=to,
            valid_from=valid_from,
            valid_until=valid_until,
            reason=reason.strip(),
            made_by_id=actor.user_id,
        )
        _save(made)
        if held.role in SECOND_FACTOR:
            sessions.end_all(to, SessionRecord.End.ROLE, by=actor.user_id, second_factor=False)
        record(Kind.DELEGATED, user=to, by=actor.user_id, **_of(made))
    return made


def revoke(delegation_id: int, *, actor: Actor) -> None:
    """End a delegation at once: by who made it, by its delegate, or by a leader over the office.

    Raises Delegation.DoesNotExist for one the actor does not see, NotAllowed when it is over.
    """
    from keshi_web.accounts.queries import delegations_visible_to

    found = delegations_visible_to(actor).get(pk=delegation_id)
    if not may_revoke(found, actor):
        raise NotAllowed(_("委托由委托人、受托人或本机构负责人撤销。"))
    running = Delegation.objects.filter(pk=found.pk, revoked_at__isnull=True, valid_until__gte=clock.today())
    with transaction.atomic():
        if not running.update(revoked_at=clock.now()):
            raise NotAllowed(_("该委托已经结束。"))
        record(Kind.DELEGATION_REVOKED, user=found.to_id, by=actor.user_id, **_of(found))


def may_revoke(found: Delegation, actor: Actor) -> bool:
    """Whether the actor may end a delegation they see."""
    return actor.user_id in (found.assignment.user_id, found.to_id) or actor.leads


def _check_days(held: Assignment, valid_from: date, valid_until: date) -> None:
    if valid_from < clock.today():
        raise Invalid(_("委托不能从过去的日期开始。"))
    if valid_until < valid_from:
        raise Invalid(_("截止日期不得早于开始日期。"))
    if held.valid_until is not None and valid_until > held.valid_until:
        raise Invalid(_("委托不能超过任职的截止日期（%(day)s）。") % {"day": held.valid_until.isoformat()})


def _check_together(held: Assignment, to: User, begin: date, end: date) -> None:
    """What the delegate holds, or stands in for, on any of the days goes together with what is lent."""
    own = to.assignments.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=begin), valid_from__lte=end
    ).values_list("role", flat=True)
    lent = delegations_ahead(to).filter(valid_from__lte=end, valid_until__gte=begin)
    for role in (*own, *lent.values_list("assignment__role", flat=True)):
        if role in ALONE:
            raise NotAllowed(_("系统管理员、审计人员不得受托办理业务。"))
        if any({role, held.role} == set(pair) for pair in OPPOSED):
            raise NotAllowed(_("财务经办与财务复核不得由同一人担任。"))


def _save(made: Delegation) -> None:
    try:
        made.full_clean()
    except ValidationError as error:
        raise Invalid(" ".join(error.messages)) from error
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as error:
        # Two tabs: the other one was first, between the check and the row.
        raise Invalid(_("该任职在此期间已委托他人。")) from error


def _of(made: Delegation) -> dict[str, object]:
    return {
        "delegation": made.pk,
        "assignment": made.assignment_id,
        "role": str(made.assignment.role),
        "from": made.valid_from.isoformat(),
        "until": made.valid_until.isoformat(),
    }
