"""What the pages share: who may open them, the person in scope or 404."""

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from keshi_web.accounts.roles import LEADERS, PROVIDERS, Role
from keshi_web.people import queries, services
from keshi_web.people.models import Person

READERS = tuple(role for role in Role if role in services.READABLE and role != Role.TRAINEE)
EXPORTERS = READERS
RECORDERS = (Role.CLERK, *sorted(PROVIDERS), *sorted(LEADERS))
CHANGERS = (Role.TRAINEE, *RECORDERS)
PAGE = 20


def in_scope(request: HttpRequest, person_id: UUID) -> Person:
    """The person, if the reader may know of them; else 404."""
    return get_object_or_404(queries.visible_to(request.actor).select_related("survivor"), pk=person_id)


def page_number(request: HttpRequest) -> int:
    """The page of a list that is asked for."""
    text = request.GET.get("page", "")
    return max(1, int(text)) if text.isdecimal() and len(text) < 9 else 1


def address_of(request: HttpRequest) -> str | None:
    """Where the reader sits, for the access log."""
    return request.META.get("REMOTE_ADDR") or None
