"""Transition tables, clocks, timelines, the work queue, messages."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class WorkflowConfig(AppConfig):
    name = "keshi_web.workflow"
    label = "workflow"
    verbose_name = _("流程")

    def ready(self) -> None:
        # Every app's `workflow.py` registers its tables.
        autodiscover_modules("workflow")
