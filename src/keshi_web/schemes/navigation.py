"""Menu entries."""

from django.utils.translation import gettext_lazy as _

from keshi_web.accounts.roles import OFFICE_ROLES, PROVIDERS
from keshi_web.ui import navigation, states

navigation.register(
    navigation.Entry(
        "schemes", _("政策"), "book-2", "schemes:list", frozenset({*OFFICE_ROLES, *PROVIDERS}), order=70
    )
)
states.colour(checked="amber", published="green", open="amber")
