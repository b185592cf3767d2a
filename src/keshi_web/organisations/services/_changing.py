"""How every act on an organisation begins and ends: scope, row lock, freshness, audit context."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils.translation import gettext as _

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.auditing import audited
from keshi_web.common.errors import Stale
from keshi_web.common.saving import save
from keshi_web.organisations.models import Organisation
from keshi_web.organisations.queries import organisations_for
from keshi_web.organisations.words import OPEN_STATES


@contextmanager
def changing(
    organisation_id: int, *, by: Actor, act: str, version: int | None = None
) -> Iterator[Organisation]:
    """The organisation, locked and saved at the end with the next version.

    Raises:
        Organisation.DoesNotExist: outside the actor's scope; a view answers 404.
        Stale: merged or closed meanwhile, or changed since the page (`version`) was shown.
    """
    with audited(act, by):
        organisation = (
            organisations_for(by).select_for_update(of=("self",), no_key=True).get(pk=organisation_id)
        )
        check_fresh(organisation, version)
        yield organisation
        organisation.version += 1
        save(organisation)


def check_fresh(organisation: Organisation, version: int | None = None) -> None:
    """Refuse to act on what is gone or was shown in an older state."""
    if organisation.state not in OPEN_STATES:
        raise Stale(
            _("“%(name)s”%(state)s，不能再办理。请返回单位列表重新选择。")
            % {"name": organisation.name, "state": organisation.get_state_display()}
        )
    if version is not None and organisation.version != version:
        raise Stale(_("您打开页面后，该单位的信息已被他人更改。请刷新页面，核对后再办理。"))


def still_open(organisation_id: int) -> None:
    """Refuse new work for an organisation that was merged or closed, also by somebody who does that right now.

    Its row stays locked until the transaction ends: a merger waits, and then takes the new work along.

    Raises:
        Stale: merged or closed.
    """
    check_fresh(Organisation.objects.select_for_update(no_key=True).get(pk=organisation_id))
