"""Classes and the directory of platforms and courses: where one is used, and what taking one out does to filings.

What was agreed to before keeps the agreement. A filing not yet decided is judged as the directory is now, so it can
no longer be agreed to with a platform or course that was taken out; both sides are told at once.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.roles import PROVIDERS, REVIEWERS
from keshi_web.catalogue.facts import listings_at
from keshi_web.catalogue.models import Listing
from keshi_web.catalogue.signals import Use
from keshi_web.classes.models import Filing
from keshi_web.common import clock
from keshi_web.common.row_security import beyond_scope
from keshi_web.workflow import notify, texts
from keshi_web.workflow.engine import record
from keshi_web.workflow.models import Process
from keshi_web.workflow.table import YES, Verdict, no

UNDECIDED = ("draft", "submitted", "endorsed", "returned")
DECIDED = ("provisional", "supplemented", "approved", "running", "interrupted", "resuming")
SHOWN = 200

texts.register(
    "class-platform-delisted",
    texts.Kind(
        gettext_lazy("%(number)s 所用的“%(name)s”已移出目录"),
        gettext_lazy("原因：%(reason)s。此件尚未决定，须改用目录内的平台或课程后才能同意开班。"),
        icon="alert-triangle",
        colour="amber",
    ),
)


def _using(listing: Listing) -> QuerySet[Filing]:
    """Filings under the listing's notice and in its region that use the platform or course."""
    used = (
        Q(platform=listing.platform_id)
        if listing.platform_id
        else Q(pk__in=Filing.objects.filter(modules__course=listing.course_id).values("pk"))
    )
    return Filing.objects.filter(
        used, scheme_version__scheme=listing.scheme, process__path__startswith=listing.region.path
    ).select_related("process__office", "scheme_version")


def uses(listing: Listing, actor: Actor) -> Iterator[Use]:
    """The classes an actor sees that use what is listed, those still to be decided first."""
    seen = Process.objects.filter(kind="filing", state__in=(*UNDECIDED, *DECIDED)).visible_to(actor)
    rows = list(_using(listing).filter(process__in=seen).order_by("-pk")[:SHOWN])
    for filing in sorted(rows, key=lambda one: one.process.state in DECIDED):
        process = filing.process
        yield Use(process.number, process.url, str(process.state_shown.label), process.state in DECIDED)


def on_delisted(sender: Any, *, listing: Listing, by: Actor | None, **_more: Any) -> None:
    """Write it on the timeline of every filing that it holds up, and tell provider and office."""
    with beyond_scope("drafts that use what was taken out of the directory"):
        _hold_up(listing, by)


def _hold_up(listing: Listing, by: Actor | None) -> None:
    for filing in _using(listing).filter(process__state__in=UNDECIDED).order_by("-process_id"):
        if lost(filing, listing) is None:
            continue
        # The latest first, as whoever locks several cases does.
        process = Process.objects.select_for_update(of=("self",)).get(pk=filing.process_id)
        if process.state not in UNDECIDED:
            continue  # decided a moment before
        users = notify.holders(PROVIDERS, organisation_id=process.organisation_id)
        if process.received_at is not None:
            record(process, "delisted", by=by, note=str(listing.subject), reason=listing.delisted_reason)
            users |= notify.holders(REVIEWERS, office_id=process.office_id)
        notify.tell(
            users,
            "class-platform-delisted",
            {"number": process.number, "name": str(listing.subject), "reason": listing.delisted_reason},
            process=process,
            key=f"delisted:{listing.pk}:{process.pk}",
        )


def lost(filing: Filing, listing: Listing) -> Listing | None:
    """The listing, where nothing else lets the filing use the platform or course today."""
    others = listings_at(filing.process.path, clock.today(), listing.scheme)
    held = others.filter(platform=listing.platform_id, course=listing.course_id).exists()
    return None if held else listing


def still_listed(filing: Filing, actor: Actor) -> Verdict:
    """Guard: platform and courses were not taken out of the directory since the filing came in."""
    courses = filing.modules.exclude(course=None).values("course")
    out = Listing.objects.filter(
        Q(platform=filing.platform_id, platform__isnull=False) | Q(course__in=courses),
        scheme=filing.scheme_version.scheme,
        delisted_on__lte=clock.today(),
        valid_from__lte=filing.filed_on or clock.today(),
    ).select_related("platform", "course", "region")
    for listing in out:
        inside = filing.process.path.startswith(listing.region.path)
        if inside and lost(filing, listing) is not None:
            return no(
                _(
                    "所用“%(name)s”已于%(day)s移出目录（%(reason)s），不能同意开班。请退回补正，改用目录内的平台或课程。"
                )
                % {"name": listing.subject, "day": listing.delisted_on, "reason": listing.delisted_reason}
            )
    return YES
