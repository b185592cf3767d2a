"""Making, revoking and recognising tokens."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from keshi_web.accounts.actor import Actor, actor_of
from keshi_web.accounts.roles import PROVIDERS, Role
from keshi_web.accounts.services.log import Kind, record
from keshi_web.api.models import ApiToken
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed
from keshi_web.organisations.words import OPEN_STATES

MARK = "keshi_"
"""How every token begins, so that one in the wrong place is recognised."""
SHOWN = len(MARK) + 6
LONGEST = timedelta(days=366)
_SEEN_EVERY = timedelta(seconds=60)


@transaction.atomic
def make(name: str, scopes: Collection[str], expires_on: date, *, by: Actor) -> tuple[ApiToken, str]:
    """A new token of the actor's organisation, and its text, which is kept nowhere.

    Raises:
        NotAllowed: not an administrator of an organisation, or one who only stands in.
        Invalid: no name or scope, or a last day that has passed or lies more than a year ahead.
    """
    if by.role != Role.PROVIDER_ADMIN or by.organisation_id is None or by.standing_in_for is not None:
        raise NotAllowed(_("接口令牌由本单位管理员本人生成。"))
    if not clock.today() <= expires_on <= clock.today() + LONGEST:
        raise Invalid(_("有效期须在今天之后、一年之内。"))
    text = MARK + secrets.token_urlsafe(32)
    token = ApiToken(
        organisation_id=by.organisation_id,
        assignment_id=by.assignment_id,
        name=name.strip(),
        prefix=text[:SHOWN],
        digest=_digest(text),
        scopes=sorted(set(scopes)),
        expires_on=expires_on,
    )
    try:
        token.full_clean(exclude=["revoked_by", "revoked_at", "last_used_at"])
    except ValidationError as error:
        raise Invalid(" ".join(error.messages)) from error
    token.save()
    record(
        Kind.TOKEN_MADE, user=by.user_id, by=by.user_id, token=token.pk, organisation=by.organisation_id,
        scopes=token.scopes, until=expires_on.isoformat(),
    )  # fmt: skip
    return token, text


@transaction.atomic
def revoke(token_id: int, *, by: Actor) -> ApiToken:
    """End a token at once.

    Raises ApiToken.DoesNotExist for another organisation's, NotAllowed for one that was revoked before.
    """
    tokens = ApiToken.objects.visible_to(by).select_for_update(of=("self",)).select_related("assignment")
    token = tokens.get(pk=token_id)
    if token.revoked_at is not None:
        raise NotAllowed(_("此令牌此前已经停用。"))
    token.revoked_at, token.revoked_by_id = clock.now(), by.user_id
    token.save(update_fields=["revoked_at", "revoked_by"])
    record(
        Kind.TOKEN_REVOKED, user=token.assignment.user_id, by=by.user_id, token=token.pk,
        organisation=token.organisation_id,
    )  # fmt: skip
    return token


def recognise(text: str) -> tuple[ApiToken, Actor] | None:
    """The token and in whose name it acts; None where it holds no longer or never did.

    It holds while it is neither revoked nor expired, its maker's account is open, they still administer the
    organisation, and the organisation exists.
    """
    found = (
        ApiToken.objects.select_related("assignment__user", "organisation")
        .filter(digest=_digest(text), revoked_at__isnull=True, expires_on__gte=clock.today())
        .first()
    )
    if found is None or not found.assignment.user.is_active or found.organisation.state not in OPEN_STATES:
        return None
    actor = actor_of(found.assignment.user, found.assignment_id)
    held = (
        actor is not None
        and actor.assignment_id == found.assignment_id
        and actor.standing_in_for is None
        and actor.organisation_id == found.organisation_id
        and actor.role in PROVIDERS
    )
    if not held or actor is None:
        return None
    _note_use(found)
    return found, actor


def _note_use(token: ApiToken) -> None:
    now = clock.machine_now()
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - _SEEN_EVERY)
    if token.last_used_at is None or token.last_used_at < now - _SEEN_EVERY:
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
