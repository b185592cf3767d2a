"""The language a person reads the service in."""

from django.conf import settings

from keshi_web.accounts.models import User


def supported(code: str) -> str | None:
    """The code when the service speaks that language."""
    return code if code in dict(settings.LANGUAGES) else None


def keep(user: User, code: str) -> None:
    """Remember a user's language."""
    User.objects.filter(pk=user.pk).update(language=code)
    user.language = code
