"""Who may do what in which state, and that it is done once, written down and told."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from keshi.identity import check_id_number
from keshi_web.common.errors import Invalid, NotAllowed, Stale
from keshi_web.workflow import engine
from keshi_web.workflow.models import Entry, Message, Process

from .conftest import GIVEN
from .sample import SAMPLE, Subject

MATRIX = """
                draft    submitted          returned            endorsed         at-city         approved
provider        submit   withdraw           resubmit,withdraw   -                -               -
rival           -        -                  -                   -                -               -
clerk           -        return,endorse     -                   -                -               -
colleague       -        return,endorse     -                   -                -               -
leader          -        -                  -                   pass-up,refuse   -               -
neighbour       -        -                  -                   -                -               -
city_clerk      -        -                  -                   -                -               -
city_leader     -        -                  -                   refuse           approve,refuse  -
auditor         -        -                  -                   -                -               -
sysadmin        -        -                  -                   -                -               -
"""
WAYS = {
    "draft": (),
    "submitted": ("submit",),
    "returned": ("submit", "return"),
    "endorsed": ("submit", "endorse"),
    "at-city": ("submit", "endorse", "pass-up"),
    "approved": ("submit", "endorse", "pass-up", "approve"),
}


def test_roles_and_states_allow_exactly_the_acts_of_the_table(world, opened):
    head, *rows = MATRIX.strip("\n").splitlines()
    states = head.split()
    table = {row.split()[0]: row.split()[1:] for row in rows}
    for place, state in enumerate(states):
        process = opened(*WAYS[state])
        assert process.state == state
        found = {
            who: ",".join(
                choice.transition.event
                for choice in engine.choices(process, Subject(process), getattr(world, who))
            )
            or "-"
            for who in table
        }
        assert found == {who: cells[place] for who, cells in table.items()}, state


def test_the_engine_refuses_whatever_is_not_offered(world, opened):
    people = [line.split()[0] for line in MATRIX.strip("\n").splitlines()[1:]]
    for state, way in WAYS.items():
        process = opened(*way)
        for who in people:
            actor = getattr(world, who)
            offered = {one.transition.event for one in engine.choices(process, Subject(process), actor)}
            for event in {one.event for one in SAMPLE.transitions} - offered:
                with pytest.raises(NotAllowed):
                    engine.fire(process.pk, event, by=actor, given=GIVEN.get(event))
        process.refresh_from_db()
        assert process.state == state


def test_a_guard_gives_its_reason(world, opened):
    process = opened(title="缺页的申请")
    (choice,) = engine.choices(process, Subject(process), world.provider)
    assert not choice.verdict.allowed
    assert choice.verdict.reason == "申请表尚未填写完整。"
    with pytest.raises(NotAllowed, match="尚未填写完整"):
        engine.fire(process, "submit", by=world.provider)


def test_a_system_step_is_nobodys(world, opened):
    process = opened("submit", "return")
    with pytest.raises(NotAllowed):
        engine.fire(process, "expire", by=world.clerk)
    engine.fire(process, "expire", by=None)
    assert (process.state, process.turn, process.is_open) == ("expired", "nobody", False)
    with pytest.raises(NotAllowed, match="须由人"):
        engine.fire(opened("submit"), "endorse", by=None)


def test_a_double_click_writes_one_entry(world, opened):
    process = opened("submit")
    seen = process.version
    first = engine.fire(process.pk, "endorse", by=world.clerk, version=seen, given={"note": "同意"})
    again = engine.fire(process.pk, "endorse", by=world.clerk, version=seen, given={"note": "同意"})
    assert first == again
    assert process.entries.filter(event="endorse").count() == 1


def test_a_double_click_is_harmless_when_the_domain_wrote_more_lines(world, opened):
    process = opened("submit")
    seen = process.version
    first = engine.fire(process, "endorse", by=world.clerk, version=seen)
    engine.record(process, "checked", by=None, found=3)
    assert engine.fire(process, "endorse", by=world.clerk, version=seen) == first


def test_another_text_from_a_second_tab_is_not_taken_for_a_double_click(world, opened):
    process = opened("submit")
    seen = process.version
    engine.fire(process, "endorse", by=world.clerk, version=seen, given={"note": "同意"})
    with pytest.raises(Stale):
        engine.fire(process, "endorse", by=world.clerk, version=seen, given={"note": "另一意见"})


def test_who_comes_second_is_told_who_was_first(world, opened):
    process = opened("submit")
    seen = process.version
    engine.fire(process.pk, "endorse", by=world.clerk, version=seen)
    with pytest.raises(Stale, match=r"测试jingban.*待批准"):
        engine.fire(process.pk, "return", by=world.colleague, version=seen, given=GIVEN["return"])


def test_nobody_checks_what_they_made_themselves_not_even_as_a_stand_in(world, opened, stand_in):
    process = opened("submit", "endorse")
    with pytest.raises(NotAllowed, match="另一人复核"):
        engine.fire(process, "pass-up", by=stand_in(world.clerk, world.leader))
    engine.fire(process, "pass-up", by=world.leader)


def test_whose_stand_in_made_it_may_not_check_it(world, opened, stand_in):
    process = opened("submit")
    # The leader was the clerk's stand-in for the endorsement: as leader they may not decide on it.
    as_clerk = stand_in(world.leader, world.clerk)
    engine.fire(process, "endorse", by=as_clerk)
    with pytest.raises(NotAllowed, match="另一人复核"):
        engine.fire(process, "pass-up", by=world.leader)


def test_the_database_itself_refuses_the_same_person(world, opened):
    process = opened("submit", "endorse", "pass-up")
    made = process.entries.get(event="pass-up")
    assert made.checks_id == world.clerk.user_id
    made.pk, made.version, made.by_id = None, None, world.clerk.user_id
    with pytest.raises(IntegrityError, match="entry_by_a_second_person"), transaction.atomic():
        made.save()


def test_a_state_cannot_be_written_past_the_engine(opened):
    process = opened("submit")
    with pytest.raises(IntegrityError, match="只能通过办理步骤"), transaction.atomic():
        Process.objects.filter(pk=process.pk).update(state="approved")
    with pytest.raises(IntegrityError, match="没有办理记录"):
        skip_the_timeline(process)


@transaction.atomic
def skip_the_timeline(process: Process) -> None:
    Process.objects.filter(pk=process.pk).update(state="approved", version=process.version + 1)
    connection.check_constraints()


def test_the_timeline_is_append_only(opened):
    process = opened("submit")
    entry = process.entries.first()
    for change in (lambda: entry.delete(), lambda: Entry.objects.filter(pk=entry.pk).update(note="改")):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


@pytest.mark.parametrize(
    "text",
    [
        "张某 11010119900307002X 缺签名",
        "１１０１０１１９９００３０７００２Ｘ",
        "110101 19900307 002X",
        "电话13800138000",
    ],
)
def test_a_personal_number_in_a_note_is_refused(world, opened, text):
    assert check_id_number("11010119900307002X") is None
    process = opened("submit")
    with pytest.raises(Invalid, match="号码") as refused:
        engine.fire(process, "endorse", by=world.clerk, given={"note": text})
    assert "0307" not in str(refused.value)
    with pytest.raises(Invalid):
        engine.fire(process, "return", by=world.clerk, given={"defects": ["第2行", text]})


@pytest.mark.parametrize(
    "text", ["见 YL2020000001", "0998-2000000", "共 20200310 份", "统一代码 91990000MA00000011"]
)
def test_ordinary_figures_in_a_note_are_fine(world, opened, text):
    engine.fire(opened("submit"), "endorse", by=world.clerk, given={"note": text})


def test_what_is_needed_must_be_given(world, opened):
    process = opened("submit")
    for given in ({}, {"defects": []}, {"defects": "  "}):
        with pytest.raises(Invalid, match="需补正的问题"):
            engine.fire(process, "return", by=world.clerk, given=given)
    with pytest.raises(Invalid, match="不得早于今天"):
        engine.fire(process, "endorse", by=world.clerk, given={"due_on": date(2020, 3, 9)})


def test_a_draft_is_the_providers_own(world, opened):
    draft, sent = opened(), opened("submit")

    def seen(actor):
        return set(Process.objects.visible_to(actor).values_list("pk", flat=True))

    assert seen(world.provider) == {draft.pk, sent.pk}
    assert seen(world.clerk) == seen(world.city_clerk) == seen(world.auditor) == {sent.pk}
    assert seen(world.rival) == seen(world.neighbour) == seen(world.sysadmin) == set()


def test_numbers_have_no_gap_when_something_fails(world, opened):
    first = opened()
    with transaction.atomic():
        opened()
        transaction.set_rollback(True)
    assert int(opened().number[-6:]) == int(first.number[-6:]) + 1


def test_a_transition_tells_whoever_acts_next(world, opened):
    process = opened("submit", "endorse")
    told = list(
        Message.objects.filter(process=process).order_by("id").values_list("user__username", flat=True)
    )
    assert sorted(told[:2]) == ["jingban", "tongshi"]
    assert told[2:] == ["kezhang"]


def test_the_clerk_in_charge_is_let_go_when_the_step_is_no_longer_theirs(world, opened):
    from keshi_web.workflow import services

    process = opened("submit")
    services.assign(process.pk, world.clerk.user_id, by=world.clerk)
    engine.fire(process, "return", by=world.clerk, given=GIVEN["return"])
    assert process.assignee_id == world.clerk.user_id
    engine.fire(process, "resubmit", by=world.provider)
    assert process.assignee_id == world.clerk.user_id
    engine.fire(process, "endorse", by=world.clerk)
    assert process.assignee_id is None


def test_the_domains_own_service_acts(world, opened, monkeypatch):
    called = []

    def handler(process, event, actor, version, given):
        called.append((event, version))
        return engine.fire(process, event, by=actor, version=version, given=given)

    process = opened("submit")
    monkeypatch.setitem(SAMPLE.__dict__, "act", handler)
    engine.act(process, "endorse", by=world.clerk, version=1, given={})
    assert called == [("endorse", 1)]
