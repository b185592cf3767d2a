"""Platforms, courses and teachers of organisations, and the directory of what may be used where."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext as _

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.auditing import need_role
from keshi_web.accounts.roles import ORGANISATION_ROLES, PROVIDERS
from keshi_web.catalogue.models import Course, Listing, Platform, Teacher
from keshi_web.catalogue.signals import delisted
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed
from keshi_web.common.row_security import beyond_scope
from keshi_web.common.saving import save
from keshi_web.schemes.library import get
from keshi_web.schemes.models import SchemeVersion
from keshi_web.schemes.states import State
from keshi_web.workflow.engine import record
from keshi_web.workflow.numbers_in_text import refuse_numbers

Own = TypeVar("Own", Platform, Course, Teacher)
PLATFORM_FIELDS = ("name", "url", "kind", "icp", "functions", "free")
COURSE_FIELDS = (
    "name", "platform", "occupation", "level", "video_minutes", "standard", "epidemic_prevention", "description",
)  # fmt: skip
TEACHER_FIELDS = ("name", "title", "subject", "honours", "consented_on", "since", "until")
EVALUATED = {
    Platform: ("name", "url", "kind", "free"),
    Course: ("name", "platform", "occupation", "level", "video_minutes", "standard"),
}
"""What an evaluation looked at, so it stays as it was while the listing holds or the evaluation runs."""


@transaction.atomic
def save_platform(platform_id: int | None, values: Mapping[str, Any], *, by: Actor) -> Platform:
    """Add a platform to the organisation's own, or change one.

    Raises:
        NotAllowed: not the organisation's own.
        Invalid: a name that a notice recommends, or a change of what was evaluated.
    """
    need_role(by, *ORGANISATION_ROLES)
    platform = _own(Platform, "operator_id", platform_id, by)
    _write(platform, PLATFORM_FIELDS, values)
    if Platform.objects.filter(operator=None, name=platform.name.strip()).exists():
        raise Invalid(_("“%(name)s”是通知推荐的平台，不需要登记，备案时直接选用。") % {"name": platform.name})
    save(platform)
    return platform


@transaction.atomic
def save_course(course_id: int | None, values: Mapping[str, Any], *, by: Actor) -> Course:
    """Add a course to the organisation's own, or change one. Raises as `save_platform`."""
    need_role(by, *ORGANISATION_ROLES)
    course = _own(Course, "owner_id", course_id, by)
    _write(course, COURSE_FIELDS, values)
    platform = course.platform
    if platform is not None and platform.operator_id not in (None, by.organisation_id):
        raise Invalid(_("课程只能放在本单位登记的平台或推荐平台上。"))
    save(course)
    return course


@transaction.atomic
def save_teacher(teacher_id: int | None, values: Mapping[str, Any], *, by: Actor) -> Teacher:
    """Add a teacher to the organisation's register, or change one.

    Raises:
        NotAllowed: not the organisation's own.
        Invalid: consent of a day to come, or without an honour that it is about.
    """
    need_role(by, *PROVIDERS)
    teacher = _own(Teacher, "organisation_id", teacher_id, by)
    _write(teacher, TEACHER_FIELDS, values)
    teacher.honours = [text.strip() for text in teacher.honours if text.strip()]
    if teacher.consented_on is not None:
        if teacher.consented_on > clock.today():
            raise Invalid(_("本人同意公开的日期不能在今天之后。"))
        if not teacher.honours:
            raise Invalid(_("公开名录只列获得荣誉的教师，请先填写荣誉。"))
    save(teacher)
    return teacher


def _own(model: type[Own], owner: str, pk: int | None, by: Actor) -> Own:
    if pk is None:
        return model(**{owner: by.organisation_id})
    row = model._default_manager.select_for_update().filter(pk=pk, **{owner: by.organisation_id}).first()
    if row is None:
        raise NotAllowed(_("只能维护本单位的内容。"))
    return row


def _write(row: Platform | Course | Teacher, fields: tuple[str, ...], values: Mapping[str, Any]) -> None:
    refuse_numbers({"note": [value for value in values.values() if isinstance(value, str | list)]})
    frozen = EVALUATED.get(type(row), ()) if row.pk and is_bound(row) else ()
    for name in fields:
        if name not in values:
            continue
        if name in frozen and getattr(row, name) != values[name]:
            label = type(row)._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            raise Invalid(
                _("“%(field)s”已评估或正在评估，不能修改。内容有变化的请另行登记并重新申请评估。")
                % {"field": label}
            )
        setattr(row, name, values[name])


def is_bound(row: models.Model) -> bool:
    """Whether an evaluation of a platform or course runs, or a listing holds today or later."""
    if not isinstance(row, Platform | Course):
        return False
    with beyond_scope("whoever applied for the evaluation"):
        if row.evaluations.filter(process__closed_at=None).exclude(process__state="draft").exists():
            return True
    day = clock.today()
    return any(listing.standing(day) in ("ahead", "listed", "expiring") for listing in row.listings.all())


# ---------------------------------------------------------------------------------------------------------
# The directory


@transaction.atomic
def list_platform(
    platform: Platform,
    version: SchemeVersion,
    *,
    by: Actor,
    valid_from: date,
    valid_until: date | None = None,
    clause: str = "",
) -> Listing:
    """Recommend a platform under a notice: it stands in the directory without an evaluation.

    Raises:
        NotAllowed: only a leader whose jurisdiction covers the notice's region.
        Invalid: the notice is not published, or the platform is recommended already.
    """
    if not by.leads or not by.covers(version.region.path):
        raise NotAllowed(_("只有发布政策的机构的负责人可以列入目录。"))
    refuse_numbers({"note": clause})
    if version.state != State.PUBLISHED:
        raise Invalid(_("只能按已发布的政策列入目录。"))
    listing = Listing(
        platform=platform,
        scheme=version.scheme,
        region=version.region,
        ground=Listing.Ground.RECOMMENDED,
        clause=clause,
        valid_from=valid_from,
        valid_until=valid_until,
        listed_by_id=by.user_id,
    )
    save(listing)
    return listing


@transaction.atomic
def delist(listing_id: int, reason: str, *, by: Actor) -> Listing:
    """Take a platform or course out of the directory from today.

    Classes approved before keep their approval; filings not yet decided can no longer be approved with it.

    Raises:
        NotAllowed: only a leader whose jurisdiction covers the listing's region.
        Invalid: no reason, or it is out already.
    """
    listing = (
        Listing.objects.select_for_update(of=("self",))
        .select_related("region", "evaluation__process", "platform", "course")
        .get(pk=listing_id)
    )
    if not by.leads or not by.covers(listing.region.path):
        raise NotAllowed(_("只有本地区的负责人可以移出目录。"))
    reason = reason.strip()
    if not reason:
        raise Invalid(_("请写明移出目录的原因。"))
    refuse_numbers({"reason": reason})
    if listing.standing(clock.today()) in ("delisted", "expired"):
        raise Invalid(_("已移出目录或已到期。"))
    # One that begins only later never begins.
    listing.delisted_on = max(clock.today(), listing.valid_from)
    listing.delisted_reason, listing.delisted_by_id = reason, by.user_id
    save(listing)
    if listing.evaluation is not None:
        record(listing.evaluation.process, "delisted", by=by, reason=reason)
    delisted.send(Listing, listing=listing, by=by)
    return listing


@transaction.atomic
def take_over_recommended(version: SchemeVersion) -> int:
    """List the platforms that a published notice recommends, from the day of the notice; how many are new.

    Only platforms without an operator are meant: one that an organisation registered under the same name is its own.
    What a bureau took out of the directory stays out, and what an earlier version named and this one does not is
    recommended until the day before this one begins.
    """
    named = {platform.name: platform for platform in get(version).file.platforms}
    rows = Listing.objects.filter(
        scheme=version.scheme,
        region=version.region,
        ground=Listing.Ground.RECOMMENDED,
        platform__operator=None,
    )
    added = 0
    for one in named.values():
        platform, _made = Platform.objects.get_or_create(
            name=one.name, operator=None, defaults={"url": one.url, "kind": Platform.Kind.THIRD_PARTY}
        )
        if rows.filter(platform=platform).exists():
            continue
        added += 1
        Listing.objects.create(
            platform=platform,
            scheme=version.scheme,
            region=version.region,
            ground=Listing.Ground.RECOMMENDED,
            clause=one.clause,
            valid_from=version.issued_on,
        )
    last_day = (version.governs_from or clock.today()) - timedelta(days=1)
    dropped = rows.filter(listed_by=None, valid_until=None, delisted_on=None, valid_from__lte=last_day)
    dropped.exclude(platform__name__in=named).update(valid_until=last_day)
    return added
