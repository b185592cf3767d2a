"""Addresses of the service with Django's admin beside them."""

from typing import Any

from django.contrib import admin
from django.urls import path

from keshi_web.classes.models import Filing
from keshi_web.config.urls import urlpatterns as service


class Filings(admin.ModelAdmin):
    """The columns, filters, search and order of the service's list."""

    list_display = (
        "number",
        "organisation",
        "project",
        "training_type",
        "head_count",
        "estimate",
        "starts_on",
        "state",
        "due",
    )
    list_filter = ("process__state", "training_type")
    search_fields = ("process__number", "project", "organisation__name")
    list_select_related = ("process", "organisation")
    list_per_page = 20
    ordering = ("-process__number",)

    def get_queryset(self, request: Any) -> Any:
        return Filing.objects.visible_to(request.actor).select_related("process", "organisation")

    def number(self, row: Filing) -> str:
        return row.process.number

    def state(self, row: Filing) -> str:
        return str(row.process.state_shown.label)

    def due(self, row: Filing) -> Any:
        return row.process.due_on


site = admin.AdminSite()
site.register(Filing, Filings)
filings = site._registry[Filing]
urlpatterns = [path("admin/", site.urls), *service]
