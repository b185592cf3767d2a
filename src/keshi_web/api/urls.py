"""Addresses of the interface and of the pages about it."""

from typing import Any

from django.urls import path, re_path

from keshi_web.accounts.guards import public
from keshi_web.api import views
from keshi_web.api.gate import gate, not_found
from keshi_web.api.v1.api import v1

app_name = "api"


def guarded(included: tuple[list[Any], str, str]) -> tuple[list[Any], str, str]:
    """A version's addresses, each behind the gate."""
    for pattern in included[0]:
        pattern.callback = gate(pattern.callback)
    return included


urlpatterns = [
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/new/", views.new_token, name="new-token"),
    path("tokens/<int:token_id>/revoke/", views.revoke_token, name="revoke-token"),
    path("v1/openapi.json", views.openapi, name="openapi"),
    path("v1/docs/", views.docs, name="docs"),
    path("v1/", guarded(v1.urls)),
    re_path(r"^v1/", public(not_found)),
]
