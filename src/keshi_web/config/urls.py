"""All addresses of the service."""

from django.urls import include, path

urlpatterns = [
    path("ui/", include("keshi_web.ui.urls")),
    path("accounts/", include("keshi_web.accounts.urls")),
]
