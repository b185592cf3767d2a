"""The menu entry of class filing."""

from django.utils.translation import gettext_lazy as _

from keshi_web.accounts.roles import OFFICE_ROLES, PROVIDERS
from keshi_web.ui import navigation

navigation.register(
    navigation.Entry(
        "filings",
        _("开班备案"),
        "clipboard-check",
        "classes:filings",
        frozenset({*OFFICE_ROLES, *PROVIDERS}),
        order=20,
    )
)
