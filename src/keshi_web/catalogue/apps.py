from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    name = "keshi_web.catalogue"
    label = "catalogue"
    verbose_name = _("目录")
