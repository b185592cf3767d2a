from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "keshi_web.accounts"
    label = "accounts"
    verbose_name = _("账户")

    def ready(self) -> None:
        from keshi_web.accounts import checks, signals  # noqa: F401
