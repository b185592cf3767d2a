"""Settings of the measurement: the service with Django's own admin beside it, the peer of the list of filings."""

from typing import Any

from keshi_web.config.settings import *  # noqa: F403
from keshi_web.config.settings import INSTALLED_APPS, TEMPLATES

INSTALLED_APPS = [*INSTALLED_APPS, "django.contrib.admin"]
TEMPLATES[0]["OPTIONS"]["context_processors"].append("django.contrib.auth.context_processors.auth")  # type: ignore[index]
SILENCED_SYSTEM_CHECKS = ["admin.E408", "admin.E409", "admin.E410", "fields.E304"]
ROOT_URLCONF = "admin_urls"


class _Anyone:
    """A user who may see everything: what is measured is the list."""

    is_active = is_staff = is_authenticated = True
    pk = id = 0

    def has_perm(self, *_args: object) -> bool:
        return True

    has_module_perms = has_perm

    def get_username(self) -> str:
        return ""


def change_list(actor: Any, query: dict[str, str]) -> None:
    """The admin's list of the filings that the actor sees, rendered."""
    from django.test import RequestFactory

    from admin_urls import filings
    from keshi_web.accounts.actor import scope_of
    from keshi_web.common.row_security import seeing

    request = RequestFactory().get("/admin/classes/filing/", query)
    request.user, request.actor, request.session = _Anyone(), actor, {}  # type: ignore[assignment]
    with seeing(scope_of(actor)):
        response = filings.changelist_view(request)
        response.render()
    assert response.status_code == 200
