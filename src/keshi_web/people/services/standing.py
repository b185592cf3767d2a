"""What a person is and where they work: recorded with days and proof, ended, never rewritten."""

from datetime import date
from typing import Any

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.roles import Role
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed, Stale
from keshi_web.common.saving import save
from keshi_web.files.models import Attachment
from keshi_web.files.services import store
from keshi_web.people.models import AccessLog, CategoryPeriod, Employment, Person
from keshi_web.people.queries import visible_to
from keshi_web.people.services.keeping import held_by, note
from keshi_web.people.services.reading import OWN_DATA, READABLE, SEARCH, reader, usual_purpose
from keshi_web.people.words import Act, Purpose, Turn


@transaction.atomic
def record_category(
    person: Person,
    category: str,
    valid_from: date,
    valid_until: date | None = None,
    *,
    actor: Actor,
    proof: str = "",
    attachment: File | None = None,
) -> CategoryPeriod:
    """Record a category with its days and what proves it: a paper's name and number, or the paper, sealed.

    Raises:
        Person.DoesNotExist, NotAllowed: outside of the scope, or one's own category.
        Invalid: no proof, days that cannot be, the same category on one of them.
    """
    held = held_by(person, actor)
    _not_oneself(actor)
    if not proof.strip() and attachment is None:
        raise Invalid(_("请写明证明材料的名称和编号，或上传证明材料。"))
    found = CategoryPeriod(
        person=held,
        category=category,
        valid_from=valid_from,
        valid_until=valid_until,
        proof=proof.strip(),
        recorded_by_id=actor.user_id,
    )
    if attachment is not None:
        # Under a name of ours: what a file was called often names the person, and stands open in the database.
        found.attachment = store(
            attachment, actor_id=actor.user_id, purpose="identity-proof", sealed=True, keep_as="证明材料"
        )
    save(found)
    note(held, Turn.CATEGORY, actor, _("登记：%(what)s") % {"what": found.label})
    return found


@transaction.atomic
def end_category(person: Person, period_id: int, last_day: date, *, actor: Actor) -> CategoryPeriod:
    """Let a category end on a day.

    Raises:
        CategoryPeriod.DoesNotExist: another person's. Stale: it ends already. Invalid: before its first day.
    """
    held = held_by(person, actor)
    _not_oneself(actor)
    found = held.categories.get(pk=period_id)
    _end(found, last_day)
    note(held, Turn.CATEGORY, actor, _("终止：%(what)s") % {"what": found.label})
    return found


@transaction.atomic
def record_employment(
    person: Person, organisation_id: int, relation: str, valid_from: date, *, actor: Actor, **more: Any
) -> Employment:
    """Record that a person works for an organisation; `more` are further fields of Employment.

    A provider records its own people only, also those it brings into its scope by this.

    Raises:
        NotAllowed: another organisation's people, or one's own work.
        Person.DoesNotExist: for a bureau, somebody outside of its scope.
        Invalid: days or values that cannot be.
    """
    _not_oneself(actor)
    if actor.of_provider:
        if actor.organisation_id not in (organisation_id, more.get("agency_id")):
            raise NotAllowed(_("只能登记本单位的人员。"))
    else:
        held_by(person, actor)
    found = Employment(
        person=person,
        organisation_id=organisation_id,
        relation=relation,
        valid_from=valid_from,
        recorded_by_id=actor.user_id,
        **more,
    )
    save(found)
    note(person, Turn.WORK, actor, _("登记：%(what)s") % {"what": found.organisation.name})
    return found


@transaction.atomic
def end_employment(person: Person, employment_id: int, last_day: date, *, actor: Actor) -> Employment:
    """Let an employment end on a day; a provider its own only.

    Raises:
        Employment.DoesNotExist: another person's. NotAllowed: another organisation's.
        Stale: it ends already. Invalid: before its first day.
    """
    held = held_by(person, actor)
    _not_oneself(actor)
    found = held.employments.get(pk=employment_id)
    if actor.of_provider and actor.organisation_id not in (found.organisation_id, found.agency_id):
        raise NotAllowed(_("只能登记本单位的人员。"))
    _end(found, last_day)
    note(held, Turn.WORK, actor, _("终止：%(what)s") % {"what": found.organisation.name})
    return found


@transaction.atomic
def open_proof(person: Person, period_id: int, *, actor: Actor, ip: str | None = None) -> Attachment:
    """The paper that proves a category, and a row in the access log.

    Raises:
        Person.DoesNotExist, CategoryPeriod.DoesNotExist: outside of the scope, or there is no paper.
        NotAllowed: the role reads nothing of people.
    """
    if actor.role not in READABLE:
        raise NotAllowed(_("您的角色无权查看证明材料。"))
    seen = visible_to(actor).get(pk=person.pk)
    found = seen.categories.select_related("attachment").get(pk=period_id, attachment__isnull=False)
    own = actor.role == Role.TRAINEE
    AccessLog.objects.create(
        **reader(actor),
        person=seen,
        act=Act.PAPER,
        fields=[],
        purpose=Purpose.OWN if own else usual_purpose(actor),
        case=OWN_DATA if own else SEARCH,
        ip=ip,
    )
    assert found.attachment is not None
    return found.attachment


def _end(found: CategoryPeriod | Employment, last_day: date) -> None:
    if found.valid_until is not None and found.valid_until < clock.today():
        raise Stale(_("该记录已经终止。"))
    found.valid_until = last_day
    save(found)


def _not_oneself(actor: Actor) -> None:
    if actor.role == Role.TRAINEE:
        raise NotAllowed(_("人员类别和用工关系由用人单位或经办机构登记。如有错误，请向其提出更正。"))
