from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegionsConfig(AppConfig):
    name = "keshi_web.regions"
    label = "regions"
    verbose_name = _("地区")
