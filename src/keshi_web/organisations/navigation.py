"""Menu entries and the colours of states."""

from django.utils.translation import gettext_lazy as _

from keshi_web.accounts.roles import OFFICE_ROLES, ORGANISATION_ROLES
from keshi_web.ui import navigation, states

navigation.group(navigation.Group("own", _("本单位"), "building", order=50))
navigation.register(
    navigation.Entry("organisations", _("单位"), "building", "organisations:list", OFFICE_ROLES, order=50)
)
navigation.register(
    navigation.Entry(
        "own-organisation",
        _("单位信息"),
        "building",
        "organisations:mine",
        ORGANISATION_ROLES,
        order=50,
        group="own",
    )
)
states.colour(registered="neutral", submitted="amber", verified="green", merged="violet", waiting="amber")
