"""The acts on a version: import, check, approve, publish, withdraw."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from keshi.scheme import Scheme
from keshi.settlement.receipt import ENGINE
from keshi.settlement.worked import run_worked, worked_cases
from keshi_web.accounts.actor import Actor
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed, Refusal, Stale
from keshi_web.common.personal_numbers import refuse_in
from keshi_web.regions.models import Region
from keshi_web.schemes import content, library, queries
from keshi_web.schemes.content import Content
from keshi_web.schemes.models import SchemeFile, SchemeVersion
from keshi_web.schemes.signals import published
from keshi_web.schemes.states import State

log = logging.getLogger(__name__)


def import_folder(path: Path, *, actor: Actor) -> SchemeVersion:
    """Store the scheme of a folder as a draft.

    Raises:
        Faulty: with every problem of the files.
        NotAllowed: the actor is no clerk of the scheme's region.
        Invalid: the number is taken by a version that was approved.
    """
    return _import(content.from_folder(path), actor)


def upload(files: Iterable[tuple[str, bytes]], *, actor: Actor) -> SchemeVersion:
    """Store an uploaded zip, or scheme.toml with its tables and cases, as a draft; (name, bytes) each.

    Raises the same as `import_folder`.
    """
    return _import(content.from_uploads(files), actor)


def _import(found: Content, actor: Actor) -> SchemeVersion:
    scheme = content.checked(found)
    file = scheme.file
    region = Region.objects.find(file.region, clock.today())
    if region is None:
        raise Invalid(
            _("地区表中没有代码 %(code)s。请先由系统管理员登记该地区，再导入政策。") % {"code": file.region}
        )
    if not queries.may_prepare(actor, region):
        raise NotAllowed(_("%(region)s的政策由该地人社部门的经办人员导入。") % {"region": region})
    try:
        with transaction.atomic():
            same = _make_room(file.id, file.version, found.digest, actor)
            return same or _store(scheme, region, found, actor)
    except IntegrityError:
        raise Stale(_("同一版本刚刚由他人导入，请刷新后查看。")) from None


def _make_room(scheme: str, number: int, digest: str, actor: Actor) -> SchemeVersion | None:
    """The same content if it is there already; a proposal of the same number gives way to the new files."""
    held = SchemeVersion.objects.select_for_update().filter(scheme=scheme, number=number)
    for version in held.exclude(state=State.WITHDRAWN):
        if version.content_digest == digest:
            return version
        if version.state not in (State.DRAFT, State.CHECKED):
            raise Invalid(
                _(
                    "%(version)s 已批准或发布，内容不能再改。请在 scheme.toml 中把 version 改为 %(next)d 后重新上传。"
                )
                % {"version": version, "next": version.number + 1}
            )
        _end(version, State.WITHDRAWN, actor, _("由新上传的文件代替"))
    return None


def _store(scheme: Scheme, region: Region, found: Content, actor: Actor) -> SchemeVersion:
    file = scheme.file
    version = SchemeVersion.objects.create(
        scheme=file.id,
        number=file.version,
        region=region,
        title_zh=file.title.zh,
        title_en=file.title.en,
        notice=file.notice,
        issued_on=file.issued_on,
        applies_from=file.applies.since,
        applies_until=file.applies.until,
        governs_from=file.applies.since,
        governs_until=file.applies.until,
        digest=scheme.digest,
        content_digest=found.digest,
        imported_by_id=actor.user_id,
    )
    SchemeFile.objects.bulk_create(
        SchemeFile(version=version, path=path, content=raw, size=len(raw))
        for path, raw in sorted(found.files.items())
    )
    return version


def check(version_id: int, *, actor: Actor) -> SchemeVersion:
    """Run the worked cases and keep what came out; when every one agrees the version can be approved.

    Raises NotAllowed, and Stale when it is no longer a draft.
    """
    with _acting(version_id, (State.DRAFT, State.CHECKED)) as version:
        _require(queries.may_prepare(actor, version.region), _("核对由本地经办人员进行。"))
        version.report = worked_report(version)
        version.checked_by_id, version.checked_at = actor.user_id, clock.now()
        if version.agrees:
            version.state = State.CHECKED
        version.save()
    return version


def worked_report(version: SchemeVersion) -> dict[str, object]:
    """Every worked case of a version with what it shows and in what it disagrees; JSON."""
    scheme, folder = library.get(version), library.folder_of(version)
    cases = []
    for worked in worked_cases(folder):
        disagreements = run_worked(worked, scheme)
        cases.append(
            {
                "where": worked.where.removeprefix(f"{folder}/"),
                "zh": worked.shows["zh"],
                "en": worked.shows["en"],
                "agrees": not disagreements,
                "differs": [
                    {
                        "what": each.what,
                        "expected": each.expected,
                        "found": each.found.replace(f"{folder}/", ""),
                    }
                    for each in disagreements
                ],
            }
        )
    return {"engine": ENGINE, "day": clock.today().isoformat(), "cases": cases}


def approve(version_id: int, *, actor: Actor) -> SchemeVersion:
    """A leader other than the importer approves a checked version.

    Raises NotAllowed, and Stale when it is not (or no longer) waiting for approval.
    """
    with _acting(version_id, (State.CHECKED,)) as version:
        _require(queries.may_decide(actor, version.region), _("批准由本级或上级人社部门的负责人进行。"))
        _require(version.imported_by_id != actor.user_id, _("批准人不得是导入人，请由另一位负责人批准。"))
        version.state = State.APPROVED
        version.approved_by_id, version.approved_at = actor.user_id, clock.now()
        version.save()
    return version


def publish(version_id: int, *, actor: Actor, replacing: bool = False) -> SchemeVersion:
    """Bring an approved version into force.

    With `replacing`, a published version of the same scheme that judges some of the same days gives way: it ends
    on the day before this one begins, or is superseded where nothing is left of it.

    Raises NotAllowed; Stale when it is not approved; Refusal naming the versions that it overlaps.
    """
    try:
        with _acting(version_id, (State.APPROVED,)) as version:
            _require(queries.may_decide(actor, version.region), _("发布由本级或上级人社部门的负责人进行。"))
            held = list(
                SchemeVersion.objects.select_for_update()
                .filter(pk__in=[other.pk for other in queries.overlapping(version)])
                .order_by("number")
            )
            if held and not replacing:
                raise Refusal(overlap_sentence(version, held))
            for other in held:
                _give_way(other, version, actor)
            version.state = State.PUBLISHED
            version.published_by_id, version.published_at = actor.user_id, clock.now()
            version.save()
            published.send(SchemeVersion, version=version)
    except IntegrityError:
        raise Stale(_("同一政策的另一版本刚刚发布，适用日期与本版本重叠。请刷新后核对。")) from None
    return version


def overlap_sentence(version: SchemeVersion, held: Iterable[SchemeVersion]) -> str:
    """Which published versions judge the same days, and what to do about it."""
    others = "；".join(
        _("第%(number)d版（%(period)s）") % {"number": other.number, "period": period_text(other)}
        for other in held
    )
    return _(
        "第%(number)d版适用于%(period)s开班的班级，与已发布的%(others)s重叠。同一天开班的班级只能适用一个版本："
        "请确认由本版本接替，或修改 [applies] 的日期后重新上传。"
    ) % {"number": version.number, "period": period_text(version), "others": others}


def period_text(version: SchemeVersion) -> str:
    """The days it governs, in words."""
    since, until = version.governs_from, version.governs_until
    if since and until:
        return _("%(since)s 至 %(until)s") % {"since": since, "until": until}
    if since:
        return _("%(since)s 起") % {"since": since}
    if until:
        return _("%(until)s 止") % {"until": until}
    return _("不限日期")


def _give_way(other: SchemeVersion, to: SchemeVersion, actor: Actor) -> None:
    """End a published version on the day before its successor begins; superseded where no day is left."""
    other.replaced_by = to
    begins = to.governs_from
    if begins is None or (other.governs_from or date.min) >= begins:
        _end(other, State.SUPERSEDED, actor, "")
        return
    if (other.governs_until or date.max) > (to.governs_until or date.max):
        raise Refusal(
            _("第%(number)d版在本版本截止之后仍然适用，不能由本版本截断。请延长本版本的 [applies] 截止日期。")
            % {"number": other.number}
        )
    other.governs_until = begins - timedelta(days=1)
    other.save()


def withdraw(version_id: int, *, actor: Actor, reason: str) -> SchemeVersion:
    """Take a version back, with the reason; classes that it judged keep it.

    What is not yet approved its clerk drops; what was approved or published a leader withdraws.
    Raises NotAllowed, Invalid without a reason, and Stale.
    """
    if not reason.strip():
        raise Invalid(_("请写明撤回理由。"))
    refuse_in(reason)
    with _acting(version_id, (State.DRAFT, State.CHECKED, State.APPROVED, State.PUBLISHED)) as version:
        decides = queries.may_decide(actor, version.region)
        prepares = queries.may_prepare(actor, version.region)
        proposed = version.state in (State.DRAFT, State.CHECKED)
        _require(decides or (proposed and prepares), _("已批准或已发布的版本由负责人撤回。"))
        _end(version, State.WITHDRAWN, actor, reason.strip())
    return version


def _end(version: SchemeVersion, state: State, actor: Actor, reason: str) -> None:
    version.state, version.end_reason = state, reason
    version.ended_by_id, version.ended_at = actor.user_id, clock.now()
    version.save()


@contextmanager
def _acting(version_id: int, states: tuple[State, ...]) -> Iterator[SchemeVersion]:
    """The version, locked, in one of the states."""
    with transaction.atomic():
        version = (
            SchemeVersion.objects.select_for_update(of=("self",)).select_related("region").get(pk=version_id)
        )
        if version.state not in states:
            raise Stale(
                _("%(version)s 现为“%(state)s”，此操作已不适用。请刷新页面。")
                % {"version": version, "state": version.get_state_display()}
            )
        yield version
        log.info("scheme version %s is %s", version.pk, version.state)


def _require(allowed: bool, reason: str) -> None:
    if not allowed:
        raise NotAllowed(reason)
