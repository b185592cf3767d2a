"""How every act on an organisation begins and ends: scope, row lock, freshness, audit context, readable refusals."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pghistory
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.roles import Role
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed, Stale
from keshi_web.common.personal_numbers import refuse_in
from keshi_web.organisations.models import Organisation
from keshi_web.organisations.queries import organisations_for
from keshi_web.organisations.words import OPEN_STATES


@contextmanager
def audited(act: str, by: Actor | None) -> Iterator[None]:
    """A transaction whose history rows say who did what in which role."""
    refuse_in(act)
    who = {"user": by.user_id, "name": by.name, "role": str(by.role)} if by else {}
    with transaction.atomic(), pghistory.context(act=act, at=clock.now().isoformat(), **who):
        yield


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
        organisation = organisations_for(by).select_for_update(of=("self",)).get(pk=organisation_id)
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


def need_role(by: Actor, *roles: Role) -> None:
    """Refuse other roles with the names of those that may."""
    if by.role not in roles:
        names = "、".join(str(role.label) for role in roles)
        raise NotAllowed(_("只有%(roles)s可以办理此事项。") % {"roles": names})


def save(row: models.Model, **options: Any) -> None:
    """Save a row; what a field or a constraint refuses is said in its own words.

    Raises:
        Invalid: with the sentence of the field or of the constraint.
    """
    for field in row._meta.fields:
        if (
            isinstance(field, models.CharField | models.TextField)
            and field.name != "uscc"
            and not field.choices
        ):
            refuse_in(getattr(row, field.attname) or "")
    # Relations are checked by the database; a column that may be null may be left empty.
    unchecked = [
        field.name
        for field in row._meta.fields
        if field.is_relation or (field.null and getattr(row, field.attname) is None)
    ]
    try:
        row.clean_fields(exclude=unchecked)
        with transaction.atomic():
            row.save(**options)
    except ValidationError as error:
        labels = {field.name: field.verbose_name for field in row._meta.fields}
        said = [f"{labels[name]}：{'；'.join(texts)}" for name, texts in error.message_dict.items()]
        raise Invalid("；".join(said)) from None
    except IntegrityError as error:
        raise Invalid(refusal_of(row, error)) from error


def refusal_of(row: models.Model, error: IntegrityError) -> str:
    """The sentence of the constraint that refused a row."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) or ""
    for constraint in row._meta.constraints:
        if constraint.name == name and constraint.violation_error_message:
            return str(constraint.violation_error_message)
    if "uscc" in name:
        return _(
            "此统一社会信用代码已经登记。请联系本单位的管理员邀请您加入；如被他人冒用登记，请联系所在地经办机构。"
        )
    raise error
