"""Writing a filing: the draft, its plan, syllabus, materials and commitment."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.roles import Role
from keshi_web.classes.completeness import materials_of
from keshi_web.classes.models import Channel, Filing, Material, Module
from keshi_web.classes.workflow import FILING
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed, Stale
from keshi_web.common.saving import save
from keshi_web.files.models import Attachment
from keshi_web.organisations.models import Organisation
from keshi_web.regions.models import Region
from keshi_web.schemes.models import SchemeVersion
from keshi_web.schemes.queries import for_place
from keshi_web.workflow.engine import open_process, record
from keshi_web.workflow.models import Process
from keshi_web.workflow.numbers_in_text import refuse_numbers

PREFIX = "KB"
"""开班: the prefix of filing numbers."""
PLAN_FIELDS = (
    "project", "training_type", "occupation", "level", "starts_on", "ends_on", "platform", "delegate", "payee",
    "administrator", "planned_certificate", "completion_due_on", "continues",
)  # fmt: skip
"""Columns that the plan page writes; everything else it asks goes into `facts` and `answers`."""
WORDS = ("name", "content", "goal", "delivery")
"""What a line of the syllabus says in words of the provider's own."""


def office_for(organisation: Organisation, version: SchemeVersion) -> list[Region]:
    """The offices that a filing passes: the one where the organisation is registered, territorially (属地)."""
    region = organisation.region
    if not region.path.startswith(version.region.path) and not version.region.path.startswith(region.path):
        raise Invalid(
            _("本单位注册地在%(region)s，不适用“%(scheme)s”。")
            % {"region": region.name, "scheme": version.title}
        )
    return [region]


def available(organisation: Organisation, day: date) -> list[SchemeVersion]:
    """The notices under which an organisation could file a class that starts on a day."""
    return for_place(organisation.region.path, day)


@transaction.atomic
def create_draft(
    organisation: Organisation,
    version: SchemeVersion,
    item: str,
    *,
    by: Actor,
    channel: str = Channel.WEB,
    received_on: date | None = None,
) -> Filing:
    """A new draft under an item of a notice. A clerk may open one for what came on paper, by fax, post or e-mail.

    Raises:
        NotAllowed: another organisation's, a closed one's, or a clerk registering a web application.
        Invalid: the notice does not cover the organisation, or has no such item.
    """
    if by.reads_only:
        raise NotAllowed(_("本单位已注销或已并入其他单位，不能新建备案。"))
    chain = office_for(organisation, version)
    if by.of_provider:
        if by.organisation_id != organisation.pk:
            raise NotAllowed(_("只能为本单位申报。"))
        if channel not in (Channel.WEB, Channel.API):
            raise NotAllowed(_("纸质、传真、邮寄和邮件申请由经办人员登记。"))
    elif by.role == Role.CLERK and by.office is not None and by.office.id == chain[0].pk:
        if channel in (Channel.WEB, Channel.API):
            raise NotAllowed(_("网上申报由申报单位自行提交。"))
    else:
        raise NotAllowed(_("只有申报单位或受理机构的经办人员可以新建备案。"))
    from keshi_web.schemes.library import get

    if item not in get(version).rules:
        raise Invalid(_("该政策没有此补贴项目。"))
    process = open_process(
        FILING, prefix=PREFIX, title=organisation.name, chain=chain, organisation_id=organisation.pk, by=by
    )
    return Filing.objects.create(
        process=process,
        scheme_version=version,
        item=item,
        organisation=organisation,
        channel=channel,
        received_on=received_on if channel not in (Channel.WEB, Channel.API) else None,
        registered_by_id=by.user_id if by.of_bureau else None,
    )


def locked(filing_id: int, by: Actor) -> Filing:
    """The filing with its process locked, as every step locks it first: its state is the one that is in force.

    Raises Filing.DoesNotExist when the actor does not see it.
    """
    Process.objects.select_for_update(of=("self",)).filter(filing=filing_id).first()
    return (
        Filing.objects.visible_to(by)
        .select_related("process__office", "organisation__region", "scheme_version__region")
        .select_for_update(of=("self",))
        .get(pk=filing_id)
    )


def opened_for_writing(filing_id: int, by: Actor, revision: int | None = None) -> Filing:
    """The filing locked for a change of its plan by somebody who may change it now.

    A step that is being made at this moment (the filing is handed in, the class begins) is waited for.

    Raises:
        NotAllowed: not theirs, or handed in already.
        Stale: the page is older than the last saved change.
    """
    filing = locked(filing_id, by)
    on_paper = filing.channel not in (Channel.WEB, Channel.API)
    writes = by.of_provider or (
        on_paper
        and by.role == Role.CLERK
        and by.office is not None
        and by.office.id == filing.process.office_id
    )
    if not writes:
        raise NotAllowed(_("只有申报单位可以修改备案内容。"))
    if not filing.plan_open:
        raise NotAllowed(
            _("备案当前为“%(state)s”，不能直接修改；开班后请申请变更。")
            % {"state": filing.process.state_shown.label}
        )
    if revision is not None and revision != filing.revision:
        raise Stale(_("此页打开后内容已被修改（可能是您在另一窗口或同事所改）。请核对后重新保存。"))
    return filing


@transaction.atomic
def save_plan(
    filing_id: int,
    values: Mapping[str, Any],
    *,
    facts: Mapping[str, Any],
    answers: Mapping[str, Any],
    by: Actor,
    revision: int | None = None,
) -> Filing:
    """Save the plan: columns by name, facts by the vocabulary's names, answers by form.

    The version of the notice follows the first day, so that a class is judged by the version in force then.

    Raises:
        Invalid: days out of order, a delegate that is the organisation itself, or a person's number in a text.
    """
    refuse_numbers(
        {
            "plan": [
                values.get("project"),
                values.get("late_reason"),
                list(answers.values()),
                list(facts.values()),
            ]
        }
    )
    filing = opened_for_writing(filing_id, by, revision)
    if filing.frozen_at and values.get("starts_on", filing.starts_on) != filing.starts_on:
        raise Invalid(_("班级已开班，开班日期不能变更。"))
    for name in PLAN_FIELDS:
        if name in values:
            setattr(filing, name, values[name])
    if by.of_bureau or values.get("late_reason"):
        for name in ("received_on", "late_reason", "filed_on"):
            if name in values:
                setattr(filing, name, values[name])
    filing.facts = {**filing.facts, **facts}
    filing.answers = {**filing.answers, **answers}
    if filing.starts_on:
        _pin_version(filing, filing.starts_on)
    filing.revision += 1
    try:
        filing.validate_constraints()
    except ValidationError as error:
        raise Invalid("".join(error.messages)) from error
    filing.save()
    if filing.project and filing.process.title != filing.project:
        filing.process.title = filing.project
        filing.process.save(update_fields=["title"])
    return filing


def _pin_version(filing: Filing, day: date) -> None:
    from keshi_web.schemes.library import get
    from keshi_web.schemes.queries import in_force

    version = in_force(filing.scheme_version.scheme, day)
    if version is None:
        raise Invalid(
            _("“%(scheme)s”不适用于 %(day)s 开班的班级。")
            % {"scheme": filing.scheme_version.title, "day": day.isoformat()}
        )
    if filing.item not in get(version).rules:
        raise Invalid(
            _("%(day)s 开班适用的“%(scheme)s”没有此补贴项目，请撤回后按该版本另建备案。")
            % {"scheme": version.title, "day": day.isoformat()}
        )
    filing.scheme_version = version


@transaction.atomic
def save_syllabus(
    filing_id: int, rows: Sequence[Mapping[str, Any]], *, by: Actor, revision: int | None = None
) -> Filing:
    """Replace the syllabus by the rows given, in their order."""
    refuse_numbers({"syllabus": [[row.get(name) for name in WORDS] for row in rows]})
    filing = opened_for_writing(filing_id, by, revision)
    filing.modules.all().delete()
    Module.objects.bulk_create(Module(filing=filing, order=index, **row) for index, row in enumerate(rows, 1))
    filing.revision += 1
    filing.save(update_fields=["revision"])
    return filing


@transaction.atomic
def hand_in(
    filing_id: int,
    material: str,
    *,
    by: Actor,
    attachment: Attachment | None = None,
    not_applicable: str = "",
    on_paper: bool = False,
) -> Material:
    """Add a document for a material of the notice, say why it does not apply, or that it came on paper.

    Raises:
        Invalid: the notice knows no such material, nothing was given, or a document and a reason for its want.
    """
    refuse_numbers({"note": not_applicable})
    filing = opened_for_writing(filing_id, by)
    if material not in {rule.id for rule in materials_of(filing, filing.scheme)}:
        raise Invalid(_("本政策的备案没有此项材料。"))
    if attachment is None and not not_applicable.strip() and not on_paper:
        raise Invalid(_("请上传文件，或说明不适用的理由。"))
    added = Material(
        filing=filing,
        material=material,
        attachment=attachment,
        not_applicable=not_applicable.strip(),
        on_paper=on_paper and by.of_bureau,
        by_id=by.user_id,
    )
    save(added)
    record(filing.process, "material-added", by=by, material=material)
    return added


@transaction.atomic
def take_back(material_id: int, *, by: Actor) -> None:
    """Remove a document before the filing is handed in (again). The file itself stays in the record."""
    material = Material.objects.select_for_update().get(pk=material_id, removed_at=None)
    filing = opened_for_writing(material.filing_id, by)
    material.removed_at = clock.now()
    material.save(update_fields=["removed_at"])
    record(filing.process, "material-removed", by=by, material=material.material)


@transaction.atomic
def commit(filing_id: int, *, by: Actor) -> Filing:
    """Accept the commitments of the notice's forms, in the name of the organisation."""
    filing = opened_for_writing(filing_id, by)
    filing.committed_at = clock.now()
    filing.committed_by_id = by.user_id
    filing.save(update_fields=["committed_at", "committed_by"])
    record(filing.process, "committed", by=by)
    return filing


def refresh_head_count(filing: Filing) -> int:
    """Write the number of people on the roster; called whenever rows come or go."""
    count = filing.enrolments.filter(left_on=None).aggregate(count=Count("id"))["count"]
    Filing.objects.filter(pk=filing.pk).update(head_count=count)
    filing.head_count = count
    return int(count)
