"""All addresses of the service."""

from django.urls import include, path

from keshi_web.config import health
from keshi_web.portal.home import home

handler400 = "keshi_web.config.errors.bad_request"
handler403 = "keshi_web.config.errors.permission_denied"
handler404 = "keshi_web.config.errors.page_not_found"
handler500 = "keshi_web.config.errors.server_error"

urlpatterns = [
    path("", home, name="home"),
    path("health/", health.health, name="health"),
    path("health/ready/", health.ready, name="ready"),
    path("ui/", include("keshi_web.ui.urls")),
    path("accounts/", include("keshi_web.accounts.urls")),
    path("people/", include("keshi_web.people.urls")),
    path("schemes/", include("keshi_web.schemes.urls")),
    path("organisations/", include("keshi_web.organisations.urls")),
    path("catalogue/", include("keshi_web.catalogue.urls")),
    path("classes/", include("keshi_web.classes.urls")),
    path("api/", include("keshi_web.api.urls")),
    path("", include("keshi_web.portal.urls")),
    path("", include("keshi_web.workflow.urls")),
]
