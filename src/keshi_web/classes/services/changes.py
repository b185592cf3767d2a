"""Changes after the decision: asked for by the provider, reviewed again, then applied as a whole."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from keshi_web.accounts.actor import Actor
from keshi_web.classes.guards import amendable
from keshi_web.classes.letters import issue
from keshi_web.classes.models import Amendment, Enrolment, Filing, Module
from keshi_web.classes.precheck import precheck, store
from keshi_web.classes.roster_rows import Row
from keshi_web.classes.selectable import administrators, courses, delegate_fault, platforms, teachers
from keshi_web.classes.services import joining as joiners
from keshi_web.classes.services.drafts import locked as lock_filing
from keshi_web.classes.services.drafts import refresh_head_count
from keshi_web.classes.workflow import AMENDMENT
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed
from keshi_web.common.language import lang
from keshi_web.organisations.models import Organisation
from keshi_web.workflow.engine import fire, open_process, record
from keshi_web.workflow.models import Entry, Process
from keshi_web.workflow.numbers_in_text import refuse_numbers

PREFIX = "BG"
"""变更: the prefix of amendment numbers."""
AMENDABLE = ("project", "starts_on", "ends_on", "platform", "delegate", "administrator")
"""Columns of the plan that may change after the decision; `modules`, `leave` and people who join besides."""


@transaction.atomic
def ask_for_amendment(
    filing_id: int, changes: Mapping[str, Any], reason: str, *, by: Actor, joining: Sequence[Row] = ()
) -> Amendment:
    """Ask for a change of an approved class and hand it in for review.

    `changes`: new values by column (days as ISO text, others by primary key), `modules` a whole new syllabus,
    `leave` the ids of roster rows whose people leave. `joining`: people who join before the class begins.

    Raises:
        NotAllowed: not the provider's class, or not in a state that can be changed.
        Invalid: nothing would change, the first day of a running class, an unknown field, a platform, delegate,
            administrator, course or teacher that the plan may not choose, or people who cannot join.
    """
    refuse_numbers({"reason": reason, "note": changes.get("project")})
    filing = lock_filing(filing_id, by)
    if not by.of_provider:
        raise NotAllowed(_("变更由申报单位申请。"))
    verdict = amendable(filing, by)
    if not verdict.allowed:
        raise NotAllowed(str(verdict.reason))
    unknown = changes.keys() - {*AMENDABLE, "modules", "leave"}
    if unknown:
        raise Invalid(_("不能变更：%(fields)s。") % {"fields": "、".join(sorted(unknown))})
    if "starts_on" in changes and filing.frozen_at:
        raise Invalid(_("班级已开班，开班日期不能变更。"))
    _refuse_foreign(filing, changes)
    wanted = {name: value for name, value in changes.items() if _differs(filing, name, value)}
    rows = joiners.check(filing, joining) if joining else []
    if rows:
        wanted["join"] = len(rows)
    if not wanted:
        raise Invalid(_("没有任何变更。"))
    if not reason.strip():
        raise Invalid(_("请写明变更理由。"))
    if filing.amendments.filter(open=True).exists():
        raise Invalid(_("本班已有一项变更在办理中。"))
    process = open_process(
        AMENDMENT,
        prefix=PREFIX,
        title=filing.project,
        chain=[filing.process.office],
        organisation_id=filing.organisation_id,
        by=by,
    )
    before = {name: _plain(getattr(filing, _column(name))) for name in wanted if name in AMENDABLE}
    amendment = Amendment.objects.create(
        process=process, filing=filing, changes={"before": before, "after": wanted}, reason=reason.strip()
    )
    joiners.keep(amendment, rows)
    _try(amendment)
    fire(process, "submit", by=by)
    record(filing.process, "amendment-asked", by=by, number=process.number)
    return amendment


def _refuse_foreign(filing: Filing, changes: Mapping[str, Any]) -> None:
    """What the plan refers to has to be among what its form offers, under the old or the new delegate and platform."""
    if "platform" in changes and not platforms().filter(pk=changes["platform"]).exists():
        raise Invalid(_("所选平台不在可选范围内，请从列表中选择。"))
    if "administrator" in changes and not administrators(filing).filter(pk=changes["administrator"]).exists():
        raise Invalid(_("培训管理员须是申报单位的人员，请从列表中选择。"))
    if changes.get("delegate") is not None:
        delegate = Organisation.objects.filter(pk=changes["delegate"]).first()
        if delegate is None:
            raise Invalid(_("没有登记这个受委托单位。"))
        if fault := delegate_fault(filing, delegate):
            raise Invalid(fault)
    own = {filing.organisation_id, filing.delegate_id, changes.get("delegate")} - {None}
    used = {filing.platform_id, changes.get("platform")} - {None}
    modules = changes.get("modules") or []
    wanted = {row["course_id"] for row in modules if row.get("course_id")}
    taught = {row["teacher_id"] for row in modules if row.get("teacher_id")}
    found = courses(own, used).filter(pk__in=wanted).count(), teachers(own).filter(pk__in=taught).count()
    if found != (len(wanted), len(taught)):
        raise Invalid(_("培训大纲中的课程或教师不属于申报单位、受委托单位或所用平台，请重新选择。"))


def _differs(filing: Filing, name: str, value: Any) -> bool:
    if name in ("modules", "leave"):
        return bool(value)
    return _plain(getattr(filing, _column(name))) != value


def _column(name: str) -> str:
    return f"{name}_id" if name in ("platform", "delegate", "administrator") else name


def _plain(value: Any) -> Any:
    return (
        value.isoformat()
        if isinstance(value, date)
        else value
        if isinstance(value, int | str)
        else value and str(value)
    )


@transaction.atomic
def act(
    process: Process | int,
    event: str,
    *,
    by: Actor | None,
    version: int | None = None,
    given: Mapping[str, Any] | None = None,
) -> Entry:
    """Decide an amendment; accepting it applies all of it to the class, or nothing.

    Raises:
        Stale, NotAllowed, Invalid: as `workflow.engine.fire`; Invalid also when the changed class would break a rule.
    """
    process_id = process if isinstance(process, int) else process.pk
    locked = Process.objects.select_for_update(of=("self",)).select_related("office").get(pk=process_id)
    before = locked.version
    # The class is locked before its state is asked: one that begins at this moment is waited for.
    Process.objects.select_for_update(of=("self",)).filter(filing__amendments__process=locked).first()
    entry = fire(locked, event, by=by, version=version, given=given)
    if locked.version == before:
        return entry
    amendment = Amendment.objects.select_related("filing__process", "filing__scheme_version").get(
        process=locked
    )
    if event == "accept":
        filing = apply(amendment)
        store(filing, precheck(filing))
        record(filing.process, "amended", by=by, number=locked.number)
    if locked.state_shown.final:
        Amendment.objects.filter(pk=amendment.pk).update(open=False)
        joiners.forget(amendment)
    issue(amendment.filing, locked.workflow.event(event).letter, entry, by, amendment)
    return entry


def apply(amendment: Amendment) -> Filing:
    """Write the changes to the class. Raises Invalid when the class as changed fails a rule of the filing stage."""
    filing = (
        Filing.objects.select_for_update(of=("self",))
        .select_related("process", "scheme_version", "organisation__region")
        .get(pk=amendment.filing_id)
    )
    after = amendment.changes["after"]
    if filing.frozen_at and {"starts_on", "join"} & after.keys():
        raise Invalid(_("班级已于开班日锁定，不能再改开班日期或增加人员。请不同意此项变更。"))
    for name in AMENDABLE:
        if name in after:
            value = after[name]
            setattr(
                filing,
                _column(name),
                date.fromisoformat(value) if name in ("starts_on", "ends_on") else value,
            )
    if "starts_on" in after and filing.starts_on and filing.starts_on < clock.today():
        raise Invalid(_("变更后的开班日期 %(day)s 已过。") % {"day": filing.starts_on.isoformat()})
    try:
        filing.validate_constraints()
    except ValidationError as error:
        raise Invalid("".join(error.messages)) from error
    filing.revision += 1
    filing.save()
    if "modules" in after:
        filing.modules.all().delete()
        Module.objects.bulk_create(
            Module(filing=filing, order=index, **row) for index, row in enumerate(after["modules"], 1)
        )
    if "leave" in after:
        filing.enrolments.filter(pk__in=after["leave"], left_on=None).update(
            left_on=clock.today(), left_reason=amendment.reason[:200]
        )
        refresh_head_count(filing)
    if "join" in after:
        joiners.bring_in(amendment, filing)
    return filing


def leaving(amendment: Amendment) -> QuerySet[Enrolment]:
    """Rows of the roster whose people leave by an amendment."""
    rows = amendment.filing.enrolments.filter(pk__in=amendment.changes["after"].get("leave", ()))
    return rows.select_related("person").order_by("number")


def _try(amendment: Amendment) -> None:
    """Whether the class would still stand as changed; leaves nothing behind."""
    with transaction.atomic():
        filing = apply(amendment)
        check = precheck(filing)
        waivable = {
            rule.id for rule, _formula in filing.scheme.item(filing.item).requirements if rule.waivable
        }
        wrong = [one for one in check.findings if one.outcome == "failed" and one.rule not in waivable]
        transaction.set_rollback(True)
    if check.problems:
        raise Invalid(_("变更后无法核验。"), check.problems)
    if wrong:
        said = "；".join(f"{getattr(one.text, lang())}（{one.clause}）" for one in wrong)
        raise Invalid(_("变更后不符合：%(rules)s。") % {"rules": said})
