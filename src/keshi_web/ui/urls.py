"""Addresses of the design system."""

from django.conf import settings
from django.urls import path

from keshi_web.ui import guide, preferences

app_name = "ui"
urlpatterns = [path("view/", preferences.save, name="view")]
if settings.LOCAL:
    urlpatterns += [
        path("guide/", guide.components, name="guide"),
        path("guide/list/", guide.SampleList.as_view(), name="guide-list"),
        path("guide/errors/<int:status>/", guide.error, name="guide-error"),
        path("guide/sign-in/", guide.sign_in, name="guide-sign-in"),
    ]
