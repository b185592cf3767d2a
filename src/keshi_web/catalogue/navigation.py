"""Menu entries of the catalogue."""

from django.utils.translation import gettext_lazy as _

from keshi_web.accounts.roles import OFFICE_ROLES, ORGANISATION_ROLES, PROVIDERS
from keshi_web.ui import navigation, states

READERS = frozenset({*OFFICE_ROLES, *ORGANISATION_ROLES})

navigation.group(navigation.Group("catalogue", _("资源目录"), "books", order=45))
for key, label, icon, url_name, roles, order in (
    ("evaluations", _("平台与课程评估"), "certificate", "catalogue:evaluations", READERS, 30),
    ("platforms", _("线上培训平台"), "device-laptop", "catalogue:platforms", READERS, 50),
    ("registrations", _("平台使用登记"), "id-badge-2", "catalogue:registrations", READERS, 51),
    ("courses", _("线上课程"), "book", "catalogue:courses", READERS, 52),
    ("teachers", _("教师库"), "school", "catalogue:teachers", frozenset({*OFFICE_ROLES, *PROVIDERS}), 53),
    ("occupations", _("职业（工种）"), "briefcase", "catalogue:occupations", READERS, 60),
    ("tariffs", _("补贴标准"), "coin-yuan", "catalogue:tariffs", READERS, 61),
):
    group = "" if key == "evaluations" else "catalogue"
    navigation.register(navigation.Entry(key, label, icon, url_name, roles, order=order, group=group))
states.colour(listed="green", expiring="amber", expired="red", delisted="red", ahead="neutral")
# Lists whose state is only a tone name the colour itself.
states.colour(green="green", amber="amber", red="red", blue="blue")
