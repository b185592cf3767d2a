"""Entries of the main menu."""

from django.utils.translation import gettext_lazy as _

from keshi_web.accounts.roles import Role
from keshi_web.people.views.shared import EXPORTERS, READERS
from keshi_web.ui import navigation

navigation.group(navigation.Group("people", _("人员"), "users", order=60))
navigation.register(
    navigation.Entry(
        "people", _("人员查找"), "user-search", "people:find", frozenset(READERS), order=60, group="people"
    )
)
navigation.register(
    navigation.Entry(
        "exports",
        _("个人信息导出"),
        "file-export",
        "people:exports",
        frozenset(EXPORTERS),
        order=65,
        group="people",
    )
)
navigation.register(
    navigation.Entry("my-data", _("我的信息"), "id", "people:my-data", frozenset({Role.TRAINEE}), order=60)
)
