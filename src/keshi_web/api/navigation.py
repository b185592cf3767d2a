"""The menu entry of the tokens."""

from django.utils.translation import gettext_lazy as _

from keshi_web.accounts.roles import Role
from keshi_web.ui import navigation

navigation.register(
    navigation.Entry(
        "api-tokens",
        _("接口令牌"),
        "key",
        "api:tokens",
        frozenset({Role.PROVIDER_ADMIN}),
        order=82,
        group="own",
    )
)
