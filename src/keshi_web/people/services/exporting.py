"""Taking personal data out: asked for by one, decided by another, counted, marked, and over after a while."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.roles import Role
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed, Stale
from keshi_web.people.models import Person, PersonExport
from keshi_web.people.queries import exports_for, visible_to
from keshi_web.people.retention import period
from keshi_web.people.services.reading import log_export, readable, reader, unseal_people
from keshi_web.people.words import Field


@dataclass(frozen=True)
class Exported:
    """What is taken out: headings, one row of texts per person, and the mark that names who took it."""

    headings: list[str]
    rows: list[list[str]]
    mark: str


def ask_export(
    people: Iterable[UUID], fields: Collection[str], *, actor: Actor, purpose: str, case: str
) -> PersonExport:
    """Ask to take fields of these people out.

    Raises:
        NotAllowed: a field the role does not read, or somebody outside of the scope.
        Invalid: nobody, no field, purpose or case.
    """
    keys = sorted(set(people))
    if not keys:
        raise Invalid(_("请选择人员和内容。"))
    wanted = readable(fields, actor=actor, purpose=purpose, case=case)
    _all_visible(keys, actor)
    return PersonExport.objects.create(
        **reader(actor), people=keys, fields=wanted, purpose=purpose, case=case
    )


@transaction.atomic
def decide_export(export_id: UUID, *, by: Actor, approve: bool) -> PersonExport:
    """Approve or refuse, as a leader of the office (or of one above it), or the organisation's administrator.

    Raises:
        PersonExport.DoesNotExist: outside of the scope.
        NotAllowed: an own request, another role, or people whom the decider may not see.
        Stale: it is decided already.
    """
    export = exports_for(by).select_for_update(of=("self",)).get(pk=export_id)
    if export.user_id == by.user_id:
        raise NotAllowed(_("导出须由另一人批准。"))
    if not (by.leads or by.role == Role.PROVIDER_ADMIN):
        raise NotAllowed(_("导出由负责人或单位管理员批准。"))
    if export.state != PersonExport.State.ASKED:
        raise Stale(_("该导出申请已处理。"))
    _all_visible(export.people, by)
    now = clock.now()
    export.state = PersonExport.State.APPROVED if approve else PersonExport.State.REFUSED
    export.decided_by_id, export.decided_at = by.user_id, now
    export.expires_at = now + timedelta(days=period("export-file")) if approve else None
    export.save(update_fields=["state", "decided_by", "decided_at", "expires_at"])
    return export


@transaction.atomic
def take_export(export_id: UUID, *, actor: Actor, ip: str | None = None) -> Exported:
    """The data, once for each download allowed; a row in the access log for every person.

    Raises:
        PersonExport.DoesNotExist: not one of the actor's own requests.
        NotAllowed: not approved, expired, or used up.
    """
    export = PersonExport.objects.select_for_update().get(pk=export_id, user_id=actor.user_id)
    if export.state != PersonExport.State.APPROVED:
        raise NotAllowed(_("该导出申请未获批准。"))
    if export.expires_at is None or export.expires_at <= clock.now():
        raise NotAllowed(_("该导出已失效，请重新申请。"))
    if export.downloads >= export.downloads_allowed:
        raise NotAllowed(_("下载次数已用完。"))
    readable(export.fields, actor=actor, purpose=export.purpose, case=export.case)
    _all_visible(export.people, actor)
    export.downloads += 1
    export.save(update_fields=["downloads"])
    log_export(export, actor, ip)
    opened = unseal_people(Person.objects.filter(pk__in=export.people), export.fields)
    rows = [[opened[key][field] or "" for field in export.fields] for key in export.people]
    mark = _("%(name)s（%(place)s）于 %(at)s 导出，编号 %(number)s") % {
        "name": actor.name,
        "place": actor.place,
        "at": f"{clock.now():%Y-%m-%d %H:%M}",
        "number": export.pk,
    }
    return Exported([str(Field(field).label) for field in export.fields], rows, mark)


def _all_visible(people: Collection[UUID], actor: Actor) -> None:
    seen = visible_to(actor).filter(pk__in=people, erased_at__isnull=True).count()
    if seen != len(people):
        raise NotAllowed(
            _("所选人员中有 %(count)d 人不在您的管辖范围内或已删除。") % {"count": len(people) - seen}
        )
