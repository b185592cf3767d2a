"""The evaluation of platforms, courses and occupations: at each level somebody checks and somebody else agrees."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.roles import LEADERS, ORGANISATION_ROLES, Role
from keshi_web.catalogue.checklist import (
    current_level,
    decides_here,
    failed,
    needs_experts,
    open_points,
    opinions,
    rule_of,
    unjudged,
)
from keshi_web.catalogue.models import Evaluation
from keshi_web.workflow.engine import not_the_same_person
from keshi_web.workflow.of_notice import clock_of
from keshi_web.workflow.table import YES, ClockSpec, Side, State, Transition, Verdict, Workflow, no, register

CENTRE = "evaluation-centre"
FIRST_LOOK = frozenset({Role.CLERK, Role.EVALUATOR})
SECOND_LOOK = frozenset({*LEADERS, Role.EVALUATOR})
ANOTHER = not_the_same_person("review")


def complete(evaluation: Evaluation, actor: Actor) -> Verdict:
    """Form and papers are complete."""
    points = open_points(evaluation)
    if not points:
        return YES
    more = gettext("等%(count)s项") % {"count": len(points)} if len(points) > 5 else ""
    return no(gettext("请填写或提交：%(fields)s。") % {"fields": "、".join(points[:5]) + more})


def right_desk(evaluation: Evaluation, actor: Actor) -> Verdict:
    """The centre's people at the level of the evaluation centre, the bureau's clerks and leaders at the others."""
    at_centre = current_level(evaluation) == CENTRE
    if at_centre and actor.role == Role.CLERK:
        return no(gettext("此项由评估中心人员评估。"))
    if not at_centre and actor.role == Role.EVALUATOR:
        return no(gettext("此项由人社部门经办人员和负责人评估。"))
    return YES


def all_judged(evaluation: Evaluation, actor: Actor) -> Verdict:
    """Every line of the check list is judged at this level."""
    left = unjudged(evaluation)
    return no(gettext("评估内容清单还有 %(count)s 项未作结论。") % {"count": len(left)}) if left else YES


def experts_heard(evaluation: Evaluation, actor: Actor) -> Verdict:
    """At least one expert gave an opinion where experts are asked."""
    if needs_experts(evaluation) and not evaluation.experts.exists():
        return no(gettext("请先登记所聘专家的意见。"))
    return YES


def none_failed(evaluation: Evaluation, actor: Actor) -> Verdict:
    """No line is judged to fail at this level, and most of the experts agree."""
    if failed(evaluation):
        return no(gettext("评估内容清单中有不合格项，不能评为合格。"))
    votes = [opinion.agrees for opinion in opinions(evaluation)]
    if votes and votes.count(True) <= votes.count(False):
        return no(gettext("同意的专家未过半数，不能评为合格。"))
    return YES


def may_judge(evaluation: Evaluation, actor: Actor) -> Verdict:
    """Judging lines: whoever takes the first look while it lasts, then whoever decides, who is another person."""
    process = evaluation.process
    roles = {"submitted": FIRST_LOOK, "reviewed": SECOND_LOOK}.get(process.state)
    if roles is None:
        return no(gettext("此件当前不在评估中。"))
    if actor.office is None or actor.office.id != process.office_id or not actor.of_bureau:
        return no(gettext("此件现由%(office)s办理。") % {"office": process.office.name})
    if actor.role not in roles:
        return no(gettext("您的角色不能在这一步作出评估结论。"))
    verdict = right_desk(evaluation, actor)
    if verdict.allowed and process.state == "reviewed":
        verdict = ANOTHER(evaluation, actor)
    return verdict


def level_follows(evaluation: Evaluation, actor: Actor) -> Verdict:
    """An office above still has to give its opinion."""
    return no(gettext("本级为最后一级，请直接作出评估结论。")) if decides_here(evaluation) else YES


def last_level(evaluation: Evaluation, actor: Actor) -> Verdict:
    """No office above has to give its opinion, and none is to be told."""
    if not decides_here(evaluation):
        return no(gettext("还须报上一级审核。"))
    return no(gettext("结论须报上级备案。")) if rule_of(evaluation).files_with else YES


def reported_above(evaluation: Evaluation, actor: Actor) -> Verdict:
    """This level decides, and an office above takes note of it."""
    if not decides_here(evaluation):
        return no(gettext("还须报上一级审核。"))
    return YES if rule_of(evaluation).files_with else no(gettext("本政策不要求报上级备案。"))


def _clock(evaluation: Evaluation, name: str) -> ClockSpec | None:
    """The notice's time limit for the opinion, where it sets one."""
    rule = rule_of(evaluation)
    return clock_of(evaluation.scheme, Side.OFFICE, id=rule.clock) if rule.clock else None


def _subject(process: Any) -> Evaluation:
    found = Evaluation.objects.select_related(
        "scheme_version__region", "applicant__region", "platform", "course__occupation", "occupation"
    ).get(process=process)
    found.process = process
    return found


def _decide(process: Any, event: str, by: Actor, version: int | None, given: Mapping[str, Any]) -> Any:
    from keshi_web.catalogue.services import act

    return act(process, event, by=by, version=version, given=given)


EVALUATION = register(
    Workflow(
        name="evaluation",
        title=_("平台与课程评估"),
        start="draft",
        icon="certificate",
        states=(
            State("draft", _("草稿"), Side.PROVIDER),
            State("submitted", _("待初评"), Side.OFFICE, "blue"),
            State("reviewed", _("待复核"), Side.OFFICE, "blue"),
            State("returned", _("补正中"), Side.PROVIDER, "amber"),
            State("determined", _("评估合格，待备案"), Side.OFFICE, "green"),
            State("passed", _("评估合格"), Side.NOBODY, "green", final=True),
            State("failed", _("评估不合格"), Side.NOBODY, "red", final=True),
            State("withdrawn", _("已撤回"), Side.NOBODY, "grey", final=True),
        ),
        transitions=(
            Transition(
                "submit", ("draft",), "submitted", _("提交评估申请"), ORGANISATION_ROLES, at="provider",
                guards=(complete,), starts=("opinion",), notifies=(Side.OFFICE,),
            ),
            Transition(
                "return", ("submitted", "reviewed"), "returned", _("退回补正"), FIRST_LOOK | SECOND_LOOK,
                needs=("defects",), guards=(right_desk,), suspends=("*",), letter="return", notifies=(Side.PROVIDER,),
                tone="warning",
            ),
            Transition(
                "resubmit", ("returned",), "submitted", _("重新提交"), ORGANISATION_ROLES, at="provider",
                guards=(complete,), resumes=("*",), notifies=(Side.OFFICE,),
            ),
            Transition(
                "review", ("submitted",), "reviewed", _("完成初评"), FIRST_LOOK,
                guards=(right_desk, all_judged, experts_heard), notifies=(Side.OFFICE,),
            ),
            Transition(
                "agree", ("reviewed",), "submitted", _("同意并报上级"), SECOND_LOOK, moves=1,
                guards=(right_desk, level_follows, ANOTHER, none_failed), notifies=(Side.OFFICE, Side.PROVIDER),
                tone="success",
            ),
            Transition(
                "pass", ("reviewed",), "passed", pgettext_lazy("办理", "评估合格"), SECOND_LOOK,
                guards=(right_desk, last_level, ANOTHER, none_failed), stops=("*",), letter="evaluation-result",
                notifies=(Side.PROVIDER,), tone="success",
            ),
            Transition(
                "determine", ("reviewed",), "determined", _("评估合格并报备案"), SECOND_LOOK, moves=1,
                guards=(right_desk, reported_above, ANOTHER, none_failed), stops=("*",), letter="evaluation-result",
                notifies=(Side.OFFICE, Side.PROVIDER), tone="success",
            ),
            Transition(
                "file", ("determined",), "passed", _("登记备案"), frozenset({Role.CLERK}), notifies=(Side.PROVIDER,),
                tone="success",
            ),
            Transition(
                "fail", ("reviewed",), "failed", pgettext_lazy("办理", "评估不合格"), SECOND_LOOK,
                needs=("reason", "remedy"),
                guards=(right_desk, ANOTHER), stops=("*",), letter="evaluation-result", notifies=(Side.PROVIDER,),
                tone="danger",
            ),
            Transition(
                "withdraw", ("draft", "submitted", "returned"), "withdrawn", _("撤回"), ORGANISATION_ROLES,
                at="provider", stops=("*",), notifies=(Side.OFFICE,), tone="secondary", aside=True,
            ),
        ),
        subject_of=_subject,
        clock=_clock,
        url=lambda process: reverse("catalogue:evaluation", args=[process.number]),
        act=_decide,
        notes={
            "delisted": _("移出目录"),
            "expert": _("登记专家意见"),
            "material": _("提交材料"),
            "material-removed": _("移除材料"),
        },
    )
)  # fmt: skip
