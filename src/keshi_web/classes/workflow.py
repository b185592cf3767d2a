"""The process of a class filing and of its amendments: who may do what, when, with which clocks and letters."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from keshi.problems import BadInput
from keshi_web.accounts.actor import Actor
from keshi_web.accounts.roles import LEADERS, PROVIDERS, REVIEWERS, Role
from keshi_web.classes import guards
from keshi_web.classes.directory import still_listed
from keshi_web.classes.models import Amendment, Filing
from keshi_web.classes.task_labels import task_text
from keshi_web.workflow import inputs
from keshi_web.workflow.engine import not_the_same_person
from keshi_web.workflow.models import Process
from keshi_web.workflow.of_notice import clock_of
from keshi_web.workflow.table import ClockSpec, Side, State, Transition, Workflow, register

CLERK = frozenset({Role.CLERK})


def _clock(filing: Filing, name: str) -> ClockSpec | None:
    """The clocks of a filing: those of its notice at the stage `filing`, and three that every office keeps."""
    if name in ("notice", "notice-again"):  # the office's own time limit after an application came in
        found = clock_of(filing.scheme, Side.OFFICE, stage="filing", event="application-received")
        # What a clerk registers came in earlier, and its time runs from then.
        return replace(found, started_on=filing.received_on) if found and name == "notice" else found
    if name == "before-start":
        return _before(filing.starts_on, filing) if filing.starts_on and not filing.late else None
    if name == "correction":
        return ClockSpec(
            name, "补正材料", "correct the application", "", Side.PROVIDER, last_day=filing.correction_due_on
        ) if filing.correction_due_on else None  # fmt: skip
    if name == "completion" and filing.completion_due_on:
        return clock_of(
            filing.scheme, Side.PROVIDER, event="promised-date", last_day=filing.completion_due_on
        )
    return None


def _before(first: date, filing: Filing) -> ClockSpec:
    """Until the last workday on which the decision still comes before a class that begins on a day."""
    workdays, last = filing.scheme.workdays, first - timedelta(days=1)
    try:
        while not workdays.is_workday(last):
            last -= timedelta(days=1)
    except BadInput:  # a year whose calendar is not published yet
        pass
    return ClockSpec(
        "before-start", "开班前作出决定", "decide before the class starts", "", Side.OFFICE, last_day=last
    )


def _amendment_clock(amendment: Amendment, name: str) -> ClockSpec | None:
    """An application like the filing itself: the notice's time limit, and before the class begins by the old day
    or the new one.
    """
    filing = amendment.filing
    if name != "before-start":
        return _clock(filing, name)
    wanted = amendment.changes["after"].get("starts_on")
    days = [day for day in (filing.starts_on, wanted and date.fromisoformat(wanted)) if day]
    return _before(min(days), filing) if days and filing.frozen_at is None else None


def _filing(process: Process) -> Filing:
    return Filing.objects.select_related("process__office", "organisation__region", "scheme_version").get(
        process=process
    )


def _amendment(process: Process) -> Amendment:
    found = Amendment.objects.select_related("process", "filing__process", "filing__scheme_version")
    return found.get(process=process)


def _decide(process: Process, event: str, by: Actor, version: int | None, given: Mapping[str, Any]) -> Any:
    from keshi_web.classes.services.decisions import act

    return act(process, event, by=by, version=version, given=given)


def _decide_amendment(
    process: Process, event: str, by: Actor, version: int | None, given: Mapping[str, Any]
) -> Any:
    from keshi_web.classes.services.changes import act

    return act(process, event, by=by, version=version, given=given)


def _told(filing: Filing, event: str) -> list[str]:
    """What a letter of refusal or return says by itself: every check that was judged to fail."""
    if event not in ("return", "return-supplement", "propose-refusal", "refuse"):
        return []
    failed = filing.tasks.filter(judgement=False).order_by("id")
    return [_("%(what)s：%(note)s") % {"what": task_text(task), "note": task.note} for task in failed]


NOTES = {
    "material-added": _("增加材料"),
    "material-removed": _("移除材料"),
    "committed": _("作出承诺"),
    "judged": _("审核要点结论"),
    "roster-imported": _("导入名册"),
    "person-added": _("增加一名学员"),
    "person-removed": _("移除一名学员"),
    "amendment-asked": _("申请变更"),
    "amended": _("变更生效"),
    "delisted": _("所用平台或课程移出目录"),
}

ANOTHER = not_the_same_person("endorse", "propose-refusal")
inputs.register(
    "interrupted_on", inputs.Input(_("中断日期"), inputs.day_field, _("实际停课之日；今天停课的可以不填。"))
)
inputs.register("plan", inputs.Input(_("培训计划")))
inputs.register("syllabus", inputs.Input(_("培训大纲")))

FILING = register(
    Workflow(
        name="filing",
        title=_("开班备案"),
        start="draft",
        icon="clipboard-check",
        states=(
            State("draft", _("草稿"), Side.PROVIDER),
            State("submitted", _("待初审"), Side.OFFICE, "blue"),
            State("endorsed", _("待审批"), Side.OFFICE, "blue"),
            State("returned", _("补正中"), Side.PROVIDER, "amber"),
            State("provisional", _("先行开班"), Side.PROVIDER, "amber"),
            State("supplemented", _("待复核"), Side.OFFICE, "blue"),
            State("approved", _("准予开班"), Side.NOBODY, "green"),
            State("running", _("培训中"), Side.NOBODY, "green"),
            State("interrupted", _("已中断"), Side.PROVIDER, "amber"),
            State("resuming", _("待同意续训"), Side.OFFICE, "blue"),
            State("finished", _("已结束"), Side.NOBODY, "grey", final=True),
            State("refused", _("不予备案"), Side.NOBODY, "red", final=True),
            State("withdrawn", _("已撤回"), Side.NOBODY, "grey", final=True),
            State("revoked", _("已撤销"), Side.NOBODY, "red", final=True),
            State("lapsed", _("已终止"), Side.NOBODY, "grey", final=True),
        ),
        transitions=(
            Transition(
                "submit", ("draft",), "submitted", _("提交备案"), PROVIDERS, at="provider",
                guards=(guards.complete,), starts=("notice", "before-start"), letter="receipt",
                notifies=(Side.OFFICE,),
            ),
            Transition(
                "register", ("draft",), "submitted", _("登记受理"), CLERK, at="office",
                guards=(guards.came_on_paper, guards.complete), starts=("notice", "before-start"),
                letter="receipt", notifies=(Side.PROVIDER,),
            ),
            Transition(
                "return", ("submitted", "endorsed"), "returned", _("退回补正"), REVIEWERS, needs=("defects",),
                offers=("due_on", "note", "remark"),
                suspends=("*",), starts=("correction",), letter="return", notifies=(Side.PROVIDER,), tone="warning",
            ),
            Transition(
                "resubmit", ("returned",), "submitted", _("重新提交"), PROVIDERS, at="provider",
                guards=(guards.complete,), resumes=("*",), stops=("correction",), starts=("before-start",),
                notifies=(Side.OFFICE,),
            ),
            Transition(
                "reregister", ("returned",), "submitted", _("登记补正材料"), CLERK, at="office",
                guards=(guards.came_on_paper, guards.complete), needs=("received_on",), happened="received_on",
                resumes=("*",), stops=("correction",), starts=("before-start",), notifies=(Side.PROVIDER,),
            ),
            Transition(
                "lapse", ("returned",), "lapsed", _("终止办理"), LEADERS, at="above", needs=("reason",),
                guards=(guards.correction_missed,), stops=("*",), letter="lapse", notifies=(Side.PROVIDER,),
                tone="danger", aside=True, phrases=(_("逾期未补正材料。"),),
            ),
            Transition(
                "endorse", ("submitted",), "endorsed", _("初审通过"), CLERK,
                guards=(guards.tasks_settled, still_listed), notifies=(Side.OFFICE,), tone="success", bulk=True,
            ),
            Transition(
                "propose-refusal", ("submitted",), "endorsed", _("建议不予备案"), CLERK, needs=("reason",),
                notifies=(Side.OFFICE,), tone="danger",
            ),
            Transition(
                "send-back", ("endorsed",), "submitted", _("退回初审"), LEADERS, at="above", needs=("remark",),
                notifies=(Side.OFFICE,), tone="warning",
            ),
            Transition(
                "approve", ("endorsed",), "approved", pgettext_lazy("办理", "准予开班"), LEADERS, at="above",
                guards=(ANOTHER, guards.tasks_settled, still_listed, guards.not_provisional_only, guards.starts_later),
                stops=("*",), letter="approval", notifies=(Side.PROVIDER,), tone="success", bulk=True,
            ),
            Transition(
                "approve-provisionally", ("endorsed",), "provisional", _("同意先行开班"), LEADERS, at="above",
                needs=("due_on",),
                guards=(ANOTHER, guards.tasks_settled, still_listed, guards.provisional_possible, guards.starts_later),
                stops=("*",), starts=("completion",), letter="provisional", notifies=(Side.PROVIDER,), tone="warning",
            ),
            Transition(
                "supplement", ("provisional",), "supplemented", _("提交补报材料"), PROVIDERS, at="provider",
                guards=(guards.complete_in_full,), stops=("*",), starts=("notice-again",), notifies=(Side.OFFICE,),
            ),
            Transition(
                "confirm", ("supplemented",), "approved", _("补报材料齐全"), LEADERS, at="above",
                guards=(not_the_same_person("endorse"), guards.tasks_settled), stops=("*",),
                letter="approval", notifies=(Side.PROVIDER,), tone="success",
            ),
            Transition(
                "return-supplement", ("supplemented",), "provisional", _("退回补报"), REVIEWERS,
                needs=("defects", "due_on"),
                stops=("*",), starts=("completion",), letter="return", notifies=(Side.PROVIDER,), tone="warning",
            ),
            Transition(
                "refuse", ("endorsed",), "refused", pgettext_lazy("办理", "不予备案"), LEADERS, at="above",
                needs=("reason", "remedy"),
                guards=(ANOTHER,), stops=("*",), letter="refusal",
                notifies=(Side.PROVIDER,), tone="danger",
            ),
            Transition(
                "withdraw", ("draft", "submitted", "endorsed", "returned"), "withdrawn", _("撤回"), PROVIDERS,
                at="provider", stops=("*",), notifies=(Side.OFFICE,), tone="secondary", aside=True,
            ),
            Transition(
                "cancel", ("approved", "provisional"), "withdrawn", _("取消开班"), PROVIDERS, at="provider",
                needs=("reason",), guards=(guards.not_begun,), stops=("*",), notifies=(Side.OFFICE,), tone="danger",
                aside=True,
            ),
            Transition(
                "revoke", ("approved", "provisional", "running", "interrupted"), "revoked", _("撤销备案"), LEADERS,
                at="above", needs=("reason", "remedy"), stops=("*",), letter="revocation", notifies=(Side.PROVIDER,),
                tone="danger", aside=True,
            ),
            Transition("start", ("approved",), "running", _("开班"), at="system"),
            # A class on a promise begins as well; its file is completed, and decided on, while it runs.
            Transition("start", ("provisional",), "provisional", _("开班"), at="system"),
            Transition("start", ("supplemented",), "supplemented", _("开班"), at="system"),
            Transition("go-on", ("approved",), "running", _("继续培训"), at="system"),
            Transition(
                "interrupt", ("running",), "interrupted", _("登记中断"), PROVIDERS, at="provider", needs=("reason",),
                offers=("interrupted_on", "note"), notifies=(Side.OFFICE,), tone="warning", aside=True,
            ),
            Transition(
                "ask-to-resume", ("interrupted",), "resuming", _("申请线上续训"), PROVIDERS, at="provider",
                needs=("note",), guards=(guards.resumption_fits,), starts=("notice-again",), notifies=(Side.OFFICE,),
            ),
            Transition(
                "resume", ("resuming",), "running", _("同意续训"), REVIEWERS, stops=("*",), notifies=(Side.PROVIDER,),
                tone="success",
            ),
            Transition(
                "decline-to-resume", ("resuming",), "interrupted", _("不同意续训"), REVIEWERS, needs=("reason",),
                stops=("*",), notifies=(Side.PROVIDER,), tone="danger",
            ),
            Transition("finish", ("running",), "finished", _("培训结束"), at="system"),
        ),
        subject_of=_filing,
        clock=_clock,
        url=lambda process: reverse("classes:filing", args=[process.number]),
        act=_decide,
        steps=("draft", "submitted", "endorsed", "approved", "running", "finished"),
        notes=NOTES,
        told=_told,
    )
)  # fmt: skip


def no_amendment_open(amendment: Amendment, actor: Actor) -> Any:
    """Guard: the class may still be changed."""
    return guards.amendable(amendment.filing, actor)


AMENDMENT = register(
    Workflow(
        name="amendment",
        title=_("备案变更"),
        start="draft",
        icon="edit",
        states=(
            State("draft", _("草稿"), Side.PROVIDER),
            State("submitted", _("待审核"), Side.OFFICE, "blue"),
            State("accepted", _("已同意"), Side.NOBODY, "green", final=True),
            State("refused", _("未同意"), Side.NOBODY, "red", final=True),
            State("withdrawn", _("已撤回"), Side.NOBODY, "grey", final=True),
        ),
        transitions=(
            Transition(
                "submit", ("draft",), "submitted", _("提交变更"), PROVIDERS, at="provider",
                guards=(no_amendment_open,), starts=("notice-again", "before-start"), notifies=(Side.OFFICE,),
            ),
            Transition(
                "accept", ("submitted",), "accepted", _("同意变更"), REVIEWERS, guards=(no_amendment_open,),
                letter="amendment", notifies=(Side.PROVIDER,), tone="success",
            ),
            Transition(
                "refuse", ("submitted",), "refused", _("不同意变更"), REVIEWERS, needs=("reason",), letter="amendment",
                notifies=(Side.PROVIDER,), tone="danger",
            ),
            Transition(
                "withdraw", ("draft", "submitted"), "withdrawn", _("撤回"), PROVIDERS, at="provider",
                notifies=(Side.OFFICE,), tone="secondary", aside=True,
            ),
        ),
        subject_of=_amendment,
        clock=_amendment_clock,
        url=lambda process: reverse("classes:amendment", args=[process.number]),
        act=_decide_amendment,
    )
)  # fmt: skip
