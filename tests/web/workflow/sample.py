"""A small workflow of the tests: an application is submitted, endorsed, approved at the district, then at the city."""

from dataclasses import dataclass

from keshi_web.accounts.roles import PROVIDERS, Role
from keshi_web.workflow.engine import not_the_same_person
from keshi_web.workflow.models import Process
from keshi_web.workflow.table import (
    YES,
    ClockSpec,
    Side,
    State,
    Transition,
    Workflow,
    no,
)

CLERK = frozenset({Role.CLERK})
LEADER = frozenset({Role.SECTION_LEADER, Role.BUREAU_LEADER})


@dataclass
class Subject:
    """What the sample decides about."""

    process: Process

    @property
    def complete(self) -> bool:
        return "缺" not in self.process.title


def complete(subject: Subject, actor: object):
    """材料须齐全"""
    return YES if subject.complete else no("申请表尚未填写完整。")


SPANS = {
    "review": ClockSpec(
        "review", "受理后3个工作日内审核", "reviewed within 3 workdays", "二(一)", Side.OFFICE, workdays=3
    ),
    "correction": ClockSpec(
        "correction", "5个工作日内补正", "corrected within 5 workdays", "二(二)", Side.PROVIDER, workdays=5
    ),
}

T = Transition
SAMPLE = (
    Workflow(
        name="sample",
        title="样例申请",
        start="draft",
        states=(
            State("draft", "草稿", Side.PROVIDER),
            State("submitted", "待审核", Side.OFFICE, "blue"),
            State("returned", "待补正", Side.PROVIDER, "amber"),
            State("endorsed", "待批准", Side.OFFICE, "blue"),
            State("at-city", "待市级核准", Side.OFFICE, "blue"),
            State("approved", "已批准", Side.NOBODY, "green", final=True),
            State("refused", "不予批准", Side.NOBODY, "red", final=True),
            State("withdrawn", "已撤回", Side.NOBODY, "grey", final=True),
            State("expired", "逾期作废", Side.NOBODY, "grey", final=True),
        ),
        transitions=(
            T("submit", ("draft",), "submitted", "提交", PROVIDERS, "provider", guards=(complete,),
              starts=("review",), notifies=(Side.OFFICE,)),
            T("resubmit", ("returned",), "submitted", "补正后提交", PROVIDERS, "provider", guards=(complete,),
              resumes=("review",), stops=("correction",), notifies=(Side.OFFICE,)),
            T("withdraw", ("submitted", "returned"), "withdrawn", "撤回", PROVIDERS, "provider", aside=True,
              tone="outline-secondary"),
            T("return", ("submitted",), "returned", "退回补正", CLERK, needs=("defects",), suspends=("review",),
              starts=("correction",), notifies=(Side.PROVIDER,), tone="warning"),
            T("endorse", ("submitted",), "endorsed", "审核通过", CLERK, notifies=(Side.OFFICE,), bulk=True),
            T("pass-up", ("endorsed",), "at-city", "同意并报市级", LEADER, moves=1,
              guards=(not_the_same_person("endorse"),), stops=("review",), starts=("review",), bulk=True,
              notifies=(Side.OFFICE,)),
            T("approve", ("at-city",), "approved", "批准", LEADER, stops=("review",), letter="approval",
              notifies=(Side.PROVIDER,), guards=(not_the_same_person("pass-up"),), tone="success", bulk=True),
            T("refuse", ("endorsed", "at-city"), "refused", "不予批准", LEADER, "above", needs=("reason", "remedy"),
              letter="refusal", notifies=(Side.PROVIDER,), tone="danger"),
            T("expire", ("returned",), "expired", "逾期作废", at="system"),
        ),
        subject_of=Subject,
        clock=lambda subject, name: SPANS[name],
        url=lambda process: "/work/done/",
    )
)  # fmt: skip
