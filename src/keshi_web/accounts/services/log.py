"""The security log."""

from keshi_web.accounts import origin
from keshi_web.accounts.models import SecurityEvent, User

Kind = SecurityEvent.Kind


def record(
    kind: SecurityEvent.Kind, *, user: User | int | None, by: User | int | None = None, **details: object
) -> SecurityEvent:
    """Write one line, with the address and device of the request being answered.

    `details` are keys, days and numbers; never what somebody typed.
    """
    here = origin.current()
    return SecurityEvent.objects.create(
        kind=kind,
        user_id=user.pk if isinstance(user, User) else user,
        by_id=by.pk if isinstance(by, User) else by,
        address=here.address,
        device=here.device,
        details={name: value for name, value in details.items() if value not in (None, "")},
    )
