"""What filing tells the vault: whom an actor sees because of a class, and who is still needed for one."""

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, OuterRef, Q

from keshi_web.accounts.actor import Actor
from keshi_web.classes.models import Enrolment, Filing
from keshi_web.people.models import Person
from keshi_web.people.queries import register_cases, register_scope
from keshi_web.people.retention import register_use


@register_scope
def enrolled(actor: Actor) -> Q | None:
    """A bureau sees the people of classes filed in its region, a provider those of its own classes.

    Who left a class stays on its record and so remains in sight. A number with another name than the recorded one
    shows a provider nothing: it has yet to be cleared up whose it is, and a made-up name must not tell the real one.
    """
    if actor.office is None and not actor.of_provider:
        return None
    filings = Filing.objects.visible_to(actor)
    rows = Enrolment.objects.filter(person=OuterRef("pk"), filing__in=filings.values("pk"))
    return Q(Exists(rows.filter(named_alike=True) if actor.of_provider else rows))


@register_use
def needed_for_a_class(day: date) -> Q:
    """Whose class was still going on that day or later, or whose filing is not settled yet.

    A draft that nobody has touched since needs nobody.
    """
    going_on = Q(filing__ends_on__gte=day) & ~Q(
        filing__process__state__in=("draft", "withdrawn", "lapsed", "refused")
    )
    unsettled = Q(filing__process__closed_at__isnull=True) & ~Q(filing__process__state="draft")
    touched = Q(filing__process__changed_at__date__gte=day)
    return Q(Exists(Enrolment.objects.filter(going_on | unsettled | touched, person=OuterRef("pk"))))


@register_cases
def classes_of(person: Person, actor: Actor) -> Iterator[tuple[str, str]]:
    """The classes of a person that the actor sees, the latest first."""
    filings = Filing.objects.visible_to(actor).filter(enrolments__person=person).select_related("process")
    for one in filings.order_by("-starts_on", "-pk").distinct()[:50]:
        yield f"filing:{one.process.number}", f"{one.process.number} {one.project or one.process.title}"
