"""The evaluation of platforms, courses and occupations: at each level somebody checks and somebody else agrees."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.roles import LEADERS, ORGANISATION_ROLES, Role
from keshi_web.catalogue.checklist import current_level, open_points, rule_of, unjudged
from keshi_web.catalogue.models import Evaluation
from keshi_web.workflow.engine import not_the_same_person
from keshi_web.workflow.table import YES, ClockSpec, Side, State, Transition, Verdict, Workflow, no, register

FIRST_LOOK = frozenset({Role.CLERK, Role.EVALUATOR})
SECOND_LOOK = frozenset({*LEADERS, Role.EVALUATOR})


def complete(evaluation: Evaluation, actor: Actor) -> Verdict:
    """The form's own blanks are filled in."""
    points = open_points(evaluation)
    return no(_now("请填写：%(fields)s。") % {"fields": "、".join(points[:5])}) if points else YES


def all_judged(evaluation: Evaluation, actor: Actor) -> Verdict:
    """Every line of the check list is judged at this level."""
    left = unjudged(evaluation)
    return no(_now("评估内容清单还有 %(count)s 项未作结论。") % {"count": len(left)}) if left else YES


def none_failed(evaluation: Evaluation, actor: Actor) -> Verdict:
    """No line is judged to fail at this level."""
    if evaluation.checks.filter(level=current_level(evaluation), passed=False).exists():
        return no(_now("评估内容清单中有不合格项，不能评为合格。"))
    return YES


def level_follows(evaluation: Evaluation, actor: Actor) -> Verdict:
    """An office above still has to give its opinion."""
    return no(_now("本级为最后一级，请直接作出评估结论。")) if evaluation.process.is_last_level else YES


def last_level(evaluation: Evaluation, actor: Actor) -> Verdict:
    """No office above has to give its opinion."""
    return YES if evaluation.process.is_last_level else no(_now("还须报上一级审核。"))


def _clock(evaluation: Evaluation, name: str) -> ClockSpec | None:
    """The notice's time limit for the opinion, where it sets one."""
    scheme = evaluation.scheme
    rule = rule_of(evaluation)
    for clock in scheme.file.clocks:
        if clock.id == rule.clock and clock.within:
            span = clock.within
            return ClockSpec(
                clock.id, clock.text.zh, clock.text.en, clock.clause, Side.OFFICE,
                workdays=span.workdays, days=span.days, months=span.months,
            )  # fmt: skip
    return None


def _subject(process: Any) -> Evaluation:
    return Evaluation.objects.select_related(
        "process__office", "scheme_version", "applicant", "platform", "course", "occupation"
    ).get(process=process)


def _decide(process: Any, event: str, by: Actor, version: int | None, given: Mapping[str, Any]) -> Any:
    from keshi_web.catalogue.services import act

    return act(process, event, by=by, version=version, given=given)


ANOTHER = not_the_same_person("review")

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
            State("passed", _("评估合格"), Side.NOBODY, "green", final=True),
            State("failed", _("评估不合格"), Side.NOBODY, "red", final=True),
            State("withdrawn", _("已撤回"), Side.NOBODY, "grey", final=True),
        ),
        transitions=(
            Transition(
                "submit", ("draft",), "submitted", _("提交评估申请"), ORGANISATION_ROLES, at="provider",
                guards=(complete,), starts=("notice",), notifies=(Side.OFFICE,),
            ),
            Transition(
                "return", ("submitted", "reviewed"), "returned", _("退回补正"), FIRST_LOOK | SECOND_LOOK,
                needs=("defects",), suspends=("*",), letter="return", notifies=(Side.PROVIDER,), tone="warning",
            ),
            Transition(
                "resubmit", ("returned",), "submitted", _("重新提交"), ORGANISATION_ROLES, at="provider",
                guards=(complete,), resumes=("*",), notifies=(Side.OFFICE,),
            ),
            Transition(
                "review", ("submitted",), "reviewed", _("完成初评"), FIRST_LOOK, guards=(all_judged,),
                notifies=(Side.OFFICE,),
            ),
            Transition(
                "agree", ("reviewed",), "submitted", _("同意并报上级"), SECOND_LOOK, moves=1,
                guards=(level_follows, ANOTHER, none_failed), notifies=(Side.OFFICE, Side.PROVIDER), tone="success",
            ),
            Transition(
                "pass", ("reviewed",), "passed", _("评估合格"), SECOND_LOOK, guards=(last_level, ANOTHER, none_failed),
                stops=("*",), letter="evaluation-result", notifies=(Side.PROVIDER,), tone="success",
            ),
            Transition(
                "fail", ("reviewed",), "failed", _("评估不合格"), SECOND_LOOK, needs=("reason", "remedy"),
                guards=(ANOTHER,), stops=("*",), letter="evaluation-result", notifies=(Side.PROVIDER,), tone="danger",
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
        notes={"delisted": _("移出目录")},
    )
)  # fmt: skip
