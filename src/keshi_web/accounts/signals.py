"""Every sign-in, by whatever door, has its session recorded."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from keshi_web.accounts.models import User
from keshi_web.accounts.services import sessions
from keshi_web.common import clock

# Django's own writes the machine's day; an account's page shows the day the service stands on.
user_logged_in.disconnect(dispatch_uid="update_last_login")


@receiver(user_logged_in, dispatch_uid="accounts.session")
def session_begun(sender: object, request: HttpRequest, user: User, **_more: Any) -> None:
    """Called by `django.contrib.auth.login` once the session has its new key."""
    user.last_login = clock.now()
    user.save(update_fields=["last_login"])
    sessions.begin(request, user)
