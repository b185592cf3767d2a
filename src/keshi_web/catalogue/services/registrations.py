"""Acts of a registration for a platform: ask for it, register, refuse, withdraw."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.roles import ORGANISATION_ROLES
from keshi_web.catalogue.facts import registration_asked
from keshi_web.catalogue.models import Platform, Registration
from keshi_web.catalogue.registering import REGISTRATION
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed
from keshi_web.common.saving import save
from keshi_web.organisations.models import Organisation
from keshi_web.organisations.queries import blacklisting_on
from keshi_web.organisations.words import State as OrganisationState
from keshi_web.schemes.models import SchemeVersion
from keshi_web.schemes.states import State
from keshi_web.workflow.engine import fire, open_process
from keshi_web.workflow.models import Entry, Process

PREFIX = "DJ"
"""登记: the prefix of registration numbers."""


@transaction.atomic
def ask_for_registration(
    version: SchemeVersion, platform: Platform, *, organisation: Organisation, by: Actor
) -> Registration:
    """Ask the centre of the notice's city to register the organisation for a platform.

    Raises:
        NotAllowed: another organisation's.
        Invalid: not verified or barred, the notice does not govern here or asks for none, or one was asked for already.
    """
    if by.role not in ORGANISATION_ROLES or by.organisation_id != organisation.pk:
        raise NotAllowed(_("只能为本单位申请登记。"))
    if organisation.state != OrganisationState.VERIFIED:
        raise Invalid(_("单位信息经人社部门核实后才能申请登记。"))
    if blacklisting_on(organisation.pk, clock.today()):
        raise Invalid(_("本单位已被列入黑名单，不能申请登记。"))
    if version.state != State.PUBLISHED or not organisation.region.path.startswith(version.region.path):
        raise Invalid(_("本政策现在不适用于本单位所在地区。"))
    if registration_asked(version, platform) is None:
        raise Invalid(_("本政策不要求使用“%(name)s”前登记。") % {"name": platform})
    process = open_process(
        REGISTRATION,
        prefix=PREFIX,
        title=str(platform),
        chain=[version.region],
        organisation_id=organisation.pk,
        by=by,
    )
    made = Registration(
        process=process,
        scheme_version=version,
        scheme=version.scheme,
        platform=platform,
        organisation=organisation,
    )
    save(made)
    fire(process, "submit", by=by)
    return made


@transaction.atomic
def act(
    process: Process | int,
    event: str,
    *,
    by: Actor | None,
    version: int | None = None,
    given: Mapping[str, Any] | None = None,
) -> Entry:
    """Make a transition of a registration. Raises as `workflow.engine.fire`."""
    process_id = process if isinstance(process, int) else process.pk
    locked = Process.objects.select_for_update(of=("self",)).select_related("office").get(pk=process_id)
    before = locked.version
    entry = fire(locked, event, by=by, version=version, given=given)
    if locked.version == before:
        return entry
    registration: Registration = REGISTRATION.subject_of(locked)
    if event == "register":
        registration.registered_on = clock.today()
    elif event in ("refuse", "withdraw"):
        registration.ended = True
    save(registration)
    return entry
