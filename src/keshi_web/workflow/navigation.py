"""Entries of the menu and the number of unread messages in the header."""

from django.utils.translation import gettext_lazy as _

from keshi_web.accounts.roles import OFFICE_ROLES, ORGANISATION_ROLES, Role
from keshi_web.ui import navigation, shell
from keshi_web.workflow import queries

navigation.register(
    navigation.Entry(
        "work",
        _("工作台"),
        "layout-dashboard",
        "workflow:queue",
        frozenset({*OFFICE_ROLES, *ORGANISATION_ROLES}),
        order=10,
    )
)
navigation.register(
    navigation.Entry(
        "deliveries",
        _("外发消息"),
        "mail-exclamation",
        "workflow:deliveries",
        frozenset({Role.SYSADMIN}),
        order=80,
    )
)
shell.provide_messages(lambda request: queries.unread(request.actor.user_id), "workflow:inbox")
