"""Tags for pages that show processes: `{% load keshi_workflow %}`."""

from collections.abc import Mapping

from django import template
from django.utils.safestring import SafeString

from keshi_web.ui.templatetags.ui import state_badge
from keshi_web.workflow.context import KINDS
from keshi_web.workflow.models import Process

register = template.Library()


@register.simple_tag
def process_badge(process: Process) -> SafeString:
    """The state of a process as a badge."""
    state = process.state_shown
    return state_badge(state.key, str(state.label), KINDS[state.tone])


@register.simple_tag
def seen_version(versions: Mapping[int, str | None], process: Process) -> str:
    """The version a person saw when the form was first shown, else that of now."""
    return versions.get(process.pk) or str(process.version)
