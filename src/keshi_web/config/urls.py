"""All addresses of the service."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("keshi_web.accounts.urls")),
]
