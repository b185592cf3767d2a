"""Telling people: a message in the service, then by e-mail or SMS where they chose so."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q

from keshi_web.accounts.models import Assignment, Delegation, User
from keshi_web.accounts.roles import PROVIDERS, Role
from keshi_web.common import clock
from keshi_web.workflow import texts
from keshi_web.workflow.models import Channel, Delivery, Entry, Message, Preference, Process, Wish
from keshi_web.workflow.table import Side, Transition


def tell(
    users: Iterable[int],
    kind: str,
    params: Mapping[str, Any],
    *,
    process: Process | None = None,
    url: str = "",
    key: str | None = None,
) -> list[Message]:
    """Write a message to each user and send it out as they wish, all within the caller's transaction.

    `kind` is registered in `texts`; `params` hold no personal data. With a `key`, a user is told only once.
    """
    texts.words_of(kind, params)  # a missing parameter fails here, not when somebody reads it
    wanted = {user: f"{key}:{user}" if key else None for user in users}
    with transaction.atomic():
        if key:
            told = Message.objects.filter(key__in=list(wanted.values())).values_list("user_id", flat=True)
            for user in told:
                wanted.pop(user, None)
        written = Message.objects.bulk_create(
            Message(
                user_id=user,
                process=process,
                kind=kind,
                params=dict(params),
                url=url or (process.url if process else ""),
                key=one_key,
            )
            for user, one_key in sorted(wanted.items())
        )
        _send_out(written, reminder=texts.kind_of(kind).reminder)
    return written


def _send_out(messages: list[Message], *, reminder: bool) -> None:
    from keshi_web.workflow.tasks import deliver

    users = [message.user_id for message in messages]
    wishes = {wish.user_id: wish for wish in Preference.objects.filter(user__in=users)}
    reachable = set(
        User.objects.filter(pk__in=users, is_active=True).exclude(email="").values_list("pk", flat=True)
    )
    deliveries = []
    for message in messages:
        wish = wishes.get(message.user_id) or Preference(user_id=message.user_id)
        if message.user_id in reachable and _wanted(wish.email, reminder):
            deliveries.append(Delivery(message=message, channel=Channel.EMAIL))
        if wish.phone is not None and _wanted(wish.sms, reminder):
            deliveries.append(Delivery(message=message, channel=Channel.SMS))
    for delivery in Delivery.objects.bulk_create(deliveries):
        deliver.defer(delivery_id=delivery.pk)


def _wanted(wish: str, reminder: bool) -> bool:
    return wish == Wish.ALL or (wish == Wish.REMINDERS and reminder)


def transition_made(process: Process, transition: Transition, entry: Entry) -> None:
    """Tell the sides that the table names: the provider's administrators, or whoever acts next at the office."""
    users: set[int] = set()
    if Side.PROVIDER in transition.notifies and process.organisation_id:
        users |= holders(PROVIDERS, organisation_id=process.organisation_id)
    if Side.OFFICE in transition.notifies:
        users |= in_charge(process)
    users.discard(entry.by_id or 0)
    if users:
        params = {
            "workflow": process.kind,
            "event": transition.event,
            "number": process.number,
            "title": process.title,
        }
        tell(users, "transition", params, process=process)


def in_charge(process: Process) -> set[int]:
    """The clerk in charge, else everybody at the office whose role acts in the present state."""
    if process.assignee_id:
        return {process.assignee_id}
    return holders(process.workflow.roles_in(process.state), office_id=process.office_id)


def holders(roles: Iterable[Role], **place: Any) -> set[int]:
    """Users who hold one of the roles today at a place (`office_id=`, `organisation_id=`), their stand-ins included."""
    day = clock.today()
    held = Assignment.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=day),
        valid_from__lte=day,
        role__in=set(roles),
        **place,
    )
    found = set(held.filter(user__is_active=True).values_list("user_id", flat=True))
    stand_ins = Delegation.objects.filter(
        assignment__in=held,
        to__is_active=True,
        revoked_at__isnull=True,
        valid_from__lte=day,
        valid_until__gte=day,
    )
    return found | set(stand_ins.values_list("to_id", flat=True))
