from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    name = "keshi_web.catalogue"
    label = "catalogue"
    verbose_name = _("培训目录")

    def ready(self) -> None:
        from keshi_web.catalogue import registering, workflow  # noqa: F401 - the processes make themselves known
        from keshi_web.catalogue.receivers import on_published
        from keshi_web.schemes.signals import published

        published.connect(on_published, dispatch_uid="catalogue")
