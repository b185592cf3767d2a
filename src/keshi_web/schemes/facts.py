"""The acts on a region's facts: declare by a document, approve or refuse by a second person."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from fractions import Fraction
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from keshi.vocabulary import Fact
from keshi_web.accounts.actor import Actor
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed, Stale
from keshi_web.common.personal_numbers import refuse_in
from keshi_web.files.models import Attachment
from keshi_web.regions.models import Region
from keshi_web.schemes import queries
from keshi_web.schemes.models import RegionalFact
from keshi_web.schemes.states import Decision


def declare(
    region: Region,
    name: str,
    value: Any,
    *,
    declared_on: date,
    document_number: str,
    document: Attachment,
    actor: Actor,
) -> RegionalFact:
    """Put a fact before a second person; None as value takes an earlier declaration back.

    Raises NotAllowed; Invalid for a fact that the vocabulary does not hold or a value of another type; Stale when
    a declaration of the same fact is open.
    """
    if not queries.may_prepare(actor, region):
        raise NotAllowed(_("%(region)s的事实由该地人社部门的经办人员申报。") % {"region": region})
    fact = queries.declarable().get(name)
    if fact is None:
        raise Invalid(_("没有名为 %(name)s 的可申报事实。") % {"name": name})
    if declared_on > clock.today():
        raise Invalid(_("文件日期不得晚于今天。"))
    try:
        with transaction.atomic():
            return RegionalFact.objects.create(
                region=region,
                name=name,
                value=stored_value(fact, value),
                declared_on=declared_on,
                document_number=document_number.strip(),
                document=document,
                declared_by_id=actor.user_id,
            )
    except IntegrityError:
        raise Stale(_("该事实已有一份待批准的申报，请先处理。")) from None


def stored_value(fact: Fact, value: Any) -> Any:
    """A value as it is kept: a day as ISO text, a number as text. Raises Invalid when it is of another type."""
    match fact.type, value:
        case _any, None:
            return None
        case "date", date():
            return value.isoformat()
        case "number", int() | Fraction() if not isinstance(value, bool):
            return str(value)
        case "boolean", bool():
            return value
        case "choice", str() if value in (fact.values or {}):
            return value
        case (("text" | "region"), str()):
            return value
        case "texts", list():
            return value
    raise Invalid(_("“%(value)s”不能作为该事实的内容。") % {"value": value})


def approve(fact_id: int, *, actor: Actor) -> RegionalFact:
    """A leader other than the declarer lets it take effect. Raises NotAllowed and Stale."""
    return _decide(fact_id, Decision.APPROVED, "", actor)


def refuse(fact_id: int, *, actor: Actor, reason: str) -> RegionalFact:
    """A leader turns the declaration down, with the reason. Raises NotAllowed, Invalid and Stale."""
    if not reason.strip():
        raise Invalid(_("请写明不予批准的理由。"))
    refuse_in(reason)
    return _decide(fact_id, Decision.REFUSED, reason.strip(), actor)


def _decide(fact_id: int, decision: Decision, reason: str, actor: Actor) -> RegionalFact:
    with _deciding(fact_id, actor) as fact:
        fact.decision, fact.reason = decision, reason
        fact.decided_by_id, fact.decided_at = actor.user_id, clock.now()
        fact.save()
    return fact


@contextmanager
def _deciding(fact_id: int, actor: Actor) -> Iterator[RegionalFact]:
    with transaction.atomic():
        fact = RegionalFact.objects.select_for_update(of=("self",)).select_related("region").get(pk=fact_id)
        if not queries.may_decide(actor, fact.region):
            raise NotAllowed(_("由本级或上级人社部门的负责人批准。"))
        if fact.declared_by_id == actor.user_id:
            raise NotAllowed(_("批准人不得是申报人，请由另一位负责人批准。"))
        if fact.decision != Decision.OPEN:
            raise Stale(_("该申报已有决定，请刷新页面。"))
        yield fact
