"""Who may do what, when: one table for filings and one for amendments, checked against the workflow and the service."""

from collections.abc import Callable

import pytest

from keshi_web.accounts.roles import LEADERS, PROVIDERS, REVIEWERS, Role
from keshi_web.classes import sample as cities
from keshi_web.classes.models import Filing
from keshi_web.classes.services import decisions
from keshi_web.classes.services.changes import ask_for_amendment
from keshi_web.classes.workflow import AMENDMENT, FILING
from keshi_web.common.errors import NotAllowed
from keshi_web.workflow.engine import _write, choices
from keshi_web.workflow.models import Process
from keshi_web.workflow.table import Workflow

PROVIDER, CLERK, LEADER, CALENDAR = "申报单位", "经办人员", "负责人", "系统"
COLUMNS = {PROVIDER: PROVIDERS, CLERK: frozenset({Role.CLERK}), LEADER: LEADERS, CALENDAR: frozenset()}
"""负责人 are section and bureau leaders. Roles that stand in no column can do nothing with a filing at all."""

FILING_TABLE = """
    state        | 申报单位          | 经办人员                       | 系统   | 负责人
    draft        | submit withdraw   | register                       |        |
    submitted    | withdraw          | return endorse propose-refusal |        | return
    endorsed     | withdraw          | return                         |        | return send-back approve refuse
    endorsed     |                   |                                |        | approve-provisionally
    returned     | resubmit withdraw | reregister                     |        | lapse
    provisional  | supplement cancel |                                | start  | revoke
    supplemented |                   | return-supplement              | start  | confirm return-supplement
    approved     | cancel            |                                | start go-on | revoke
    running      | interrupt         |                                | finish | revoke
    interrupted  | ask-to-resume     |                                |        | revoke
    resuming     |                   | resume decline-to-resume       |        | resume decline-to-resume
    finished     |                   |                                |        |
    refused      |                   |                                |        |
    withdrawn    |                   |                                |        |
    revoked      |                   |                                |        |
    lapsed       |                   |                                |        |
"""
AMENDMENT_TABLE = """
    state     | 申报单位        | 经办人员      | 系统 | 负责人
    draft     | submit withdraw |               |      |
    submitted | withdraw        | accept refuse |      | accept refuse
    accepted  |                 |               |      |
    refused   |                 |               |      |
    withdrawn |                 |               |      |
"""


def table(text: str) -> dict[tuple[str, str], set[str]]:
    """Acts by state and column; a state with many takes two lines."""
    head, *rows = ([cell.strip() for cell in line.split("|")] for line in text.strip().splitlines())
    found: dict[tuple[str, str], set[str]] = {}
    for row in rows:
        for column, cell in zip(head[1:], row[1:], strict=True):
            found.setdefault((row[0], column), set()).update(cell.split())
    return found


def from_workflow(workflow: Workflow) -> dict[tuple[str, str], set[str]]:
    """The same, read out of the transitions."""
    found: dict[tuple[str, str], set[str]] = {}
    for state in workflow.states:
        for column, roles in COLUMNS.items():
            found[state.key, column] = {
                one.event
                for one in workflow.from_state(state.key)
                if (one.at == "system" if column == CALENDAR else roles <= one.by)
            }
    return found


@pytest.mark.parametrize(
    ("workflow", "text"), [(FILING, FILING_TABLE), (AMENDMENT, AMENDMENT_TABLE)], ids=["filing", "amendment"]
)
def test_the_table_above_is_the_workflow(workflow: Workflow, text: str) -> None:
    assert from_workflow(workflow) == table(text)


@pytest.mark.parametrize("workflow", [FILING, AMENDMENT], ids=lambda one: one.name)
def test_no_other_role_acts(workflow: Workflow) -> None:
    for one in workflow.transitions:
        assert one.by <= PROVIDERS | REVIEWERS
        assert one.at == "system" or one.by, one.event


@pytest.fixture
def stood(file: Callable[..., Filing]) -> Callable[[str], Filing]:
    """A class set into a state as it is, whatever led there."""
    filing = file("shaoguan", "submitted")

    def set_to(state: str) -> Filing:
        process = Process.objects.get(pk=filing.process_id)
        process.state, process.version = state, process.version + 1
        process.save(update_fields=["state", "version"])
        _write(process, "moved", "", None, {}, version=process.version)
        return Filing.objects.select_related("process__office").get(pk=filing.pk)

    return set_to


PEOPLE = {
    PROVIDER: ("shaoguan-jia", "shaoguan-jia-training"),
    CLERK: ("shaoguan-440203-clerk",),
    LEADER: ("shaoguan-440203-section", "shaoguan-leader", "shaoguan-province"),
}
OTHERS = ("shaoguan-evaluator", "shaoguan-finance", "shaoguan-finance-check", "shaoguan-auditor", "sysadmin")
STRANGERS = ("shaoguan-yi", "yingkou-jia", "yingkou-210802-clerk", "yingkou-leader", "yingkou-province")
AT_THE_OFFICE_ONLY = {"return", "return-supplement", "resume", "decline-to-resume"}
"""Done where the case is: not by a leader of an office above."""


def test_everybody_is_offered_what_the_table_says(stood: Callable[[str], Filing]) -> None:
    expected = table(FILING_TABLE)
    for state in FILING.states:
        filing = stood(state.key)
        for column, usernames in PEOPLE.items():
            for username in usernames:
                actor = cities.actor(username)
                offered = {one.transition.event for one in choices(filing.process, filing, actor)}
                wanted = expected[state.key, column]
                if actor.office is not None and actor.office.id != filing.process.office_id:
                    wanted = wanted - AT_THE_OFFICE_ONLY
                assert offered == wanted, (username, state.key)


def test_nobody_else_is_offered_anything_or_may_do_it(stood: Callable[[str], Filing]) -> None:
    for state in FILING.states:
        filing = stood(state.key)
        for username in (*OTHERS, *STRANGERS):
            assert not choices(filing.process, filing, cities.actor(username)), (username, state.key)
    filing = stood("submitted")
    for username in (*OTHERS, *STRANGERS):
        with pytest.raises(NotAllowed):
            decisions.act(filing.process, "endorse", by=cities.actor(username))


def test_what_does_not_leave_a_state_is_refused_by_name(stood: Callable[[str], Filing]) -> None:
    """Wrong order: every act out of a state in which the table does not have it."""
    expected = table(FILING_TABLE)
    leader, provider = cities.actor("shaoguan-leader"), cities.actor("shaoguan-jia")
    for state in FILING.states:
        filing = stood(state.key)
        possible = {event for column in COLUMNS for event in expected[state.key, column]}
        for event in {one.event for one in FILING.transitions} - possible:
            by = provider if FILING.event(event).by >= PROVIDERS else leader
            with pytest.raises(NotAllowed, match="此件当前为"):
                decisions.act(filing.process, event, by=by, given={"reason": "理由", "remedy": "复议"})
        assert Process.objects.get(pk=filing.process_id).state == state.key


def test_an_amendment_is_the_providers_to_ask_and_the_offices_to_decide(
    file: Callable[..., Filing],
) -> None:
    filing = file("shaoguan", "approved")
    made = ask_for_amendment(filing.pk, {"project": "新名称"}, "名称有误", by=cities.actor("shaoguan-jia"))
    expected = table(AMENDMENT_TABLE)
    for column, usernames in PEOPLE.items():
        for username in usernames:
            actor = cities.actor(username)
            offered = {one.transition.event for one in choices(made.process, made, actor)}
            here = actor.office is None or actor.office.id == filing.process.office_id
            assert offered == (expected["submitted", column] if here else set()), username
