"""The design system: loads every app's `navigation` module once all apps are ready."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    name = "keshi_web.ui"
    label = "ui"
    verbose_name = _("界面")

    def ready(self) -> None:
        autodiscover_modules("navigation")
