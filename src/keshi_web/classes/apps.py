from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClassesConfig(AppConfig):
    name = "keshi_web.classes"
    label = "classes"
    verbose_name = _("开班")

    def ready(self) -> None:
        from keshi_web.catalogue.signals import delisted, register_uses
        from keshi_web.classes import (
            directory,
            scopes,  # noqa: F401 - tells the vault who sees and needs whom
        )
        from keshi_web.classes.impact import past_classes
        from keshi_web.schemes.impact import register_case_source

        register_case_source(past_classes)
        register_uses(directory.uses)
        delisted.connect(directory.on_delisted, dispatch_uid="classes.delisted")
