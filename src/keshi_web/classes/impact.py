"""Past classes for the preview of what a new version of their notice would have meant."""

from collections.abc import Iterator

from keshi.case import Case
from keshi_web.classes.case import planned_case
from keshi_web.classes.models import Filing
from keshi_web.schemes.models import SchemeVersion

NEWEST = 500
"""Classes that a preview looks at."""


def past_classes(version: SchemeVersion) -> Iterator[tuple[str, Case]]:
    """Numbers and cases of the newest classes handed in under any version of the scheme, the plan taken as carried
    out; people stand there by their number on the roster.
    """
    found = (
        Filing.objects.filter(scheme_version__scheme=version.scheme, snapshots__isnull=False)
        .select_related(
            "process__office",
            "organisation__region",
            "scheme_version__region",
            "platform",
            "delegate",
            "occupation",
        )
        .distinct()
        .order_by("-pk")
    )
    for filing in found[:NEWEST]:
        yield filing.process.number, planned_case(filing).case
