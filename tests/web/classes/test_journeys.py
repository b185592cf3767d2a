"""A class from the first page to its last day, in each city and off the straight way."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from keshi.identity import make_id_number
from keshi_web.classes import sample as cities
from keshi_web.classes.completeness import form_of, materials_of
from keshi_web.classes.differences import since_last
from keshi_web.classes.models import Channel, Filing, Module
from keshi_web.classes.roster_rows import Row
from keshi_web.classes.services import daily, drafts, review, roster
from keshi_web.classes.services.changes import ask_for_amendment
from keshi_web.common.errors import Invalid, NotAllowed
from keshi_web.documents.models import Document
from keshi_web.documents.services import content_of
from keshi_web.organisations.models import Organisation
from keshi_web.schemes.models import SchemeVersion
from keshi_web.schemes.states import State

from .conftest import CITIES, Desk
from .rosters import rows

Make = Callable[..., Filing]
At = Callable[[Filing], Desk]
Today = Callable[[date], None]
REMEDY = "如不服本决定，可依法申请行政复议。"


def letters(filing: Filing, kind: str = "") -> list[Document]:
    """Letters about a class, the oldest first; receipts only where they are asked for."""
    found = Document.objects.filter(kind="letter", subject=f"classes.filing:{filing.pk}").order_by("id")
    return [one for one in found if (one.letter == kind if kind else one.letter != "receipt")]


def words(document: Document) -> str:
    """Everything a letter says."""
    content = content_of(document)
    return "\n".join([content.office, content.addressee, *map(str, content.paragraphs)])


@pytest.mark.parametrize("slug", CITIES)
def test_filed_approved_started_and_ended(file: Make, desk: At, clock: Today, slug: str) -> None:
    filing = file(slug, "approved")
    people = desk(filing)
    assert people.state == "approved"
    (letter,) = letters(filing)
    assert letter.letter == "approval"
    assert filing.process.office.bureau_name in words(letter)
    assert filing.organisation.name in words(letter)
    assert filing.approved_on == date(2020, 4, 20)

    clock(cities.STARTS_ON - timedelta(days=1))
    assert daily.run() == {"started": 0, "finished": 0}
    clock(cities.STARTS_ON)
    assert daily.run()["started"] >= 1  # the sample has classes of that day too
    assert people.state == "running"
    assert people.filing.frozen_at is not None
    assert daily.run() == {"started": 0, "finished": 0}
    snapshot = people.filing.snapshots.get(event="start")
    assert snapshot.head_count == cities.PEOPLE

    clock(cities.STARTS_ON + timedelta(days=46))
    assert daily.run()["finished"] >= 1
    assert people.state == "finished"
    assert daily.run() == {"started": 0, "finished": 0}


def test_after_the_start_the_roster_is_frozen(file: Make, desk: At, clock: Today) -> None:
    people = desk(file("shaoguan", "approved"))
    clock(cities.STARTS_ON)
    daily.run()
    row = Row("测试新人", make_id_number("440203", date(1990, 1, 1), 77), facts={})
    with pytest.raises(NotAllowed, match="不能直接修改"):
        roster.add(people.pk, row, by=people.provider)
    somebody = people.filing.enrolments.first()
    assert somebody is not None
    with pytest.raises(NotAllowed, match="申请变更"):
        roster.remove(somebody.pk, by=people.provider)


def fill_up(filing: Filing, people: Desk, serial: int) -> None:
    """Roster and papers."""
    cities._fill(filing, CITIES["ankang"], people.provider, serial)


def test_shaanxi_starts_on_a_promise_and_completes_the_file_later(file: Make, desk: At, clock: Today) -> None:
    """陕西 四: the whole plan follows by a promised day."""
    filing = file("ankang", "draft")
    people = desk(filing)
    by = people.provider
    drafts.save_syllabus(
        filing.pk, [{"name": "防疫与岗位操作", "hours": 30, "epidemic_prevention": True}], by=by
    )
    drafts.commit(filing.pk, by=by)
    with pytest.raises(NotAllowed, match="尚不能提交"):
        people.does("provider", "submit")
    promised = date(2020, 5, 6)
    drafts.save_plan(filing.pk, {"completion_due_on": promised}, facts={}, answers={}, by=by)
    people.does("provider", "submit")
    people.judges_everything()
    people.does("clerk", "endorse")
    with pytest.raises(NotAllowed, match="只能同意先行开班"):
        people.does("leader", "approve")
    people.does("leader", "approve-provisionally", due_on=promised)
    assert people.state == "provisional"
    (letter,) = letters(filing)
    assert letter.letter == "provisional"
    assert "2020年5月6日" in words(letter)
    assert "录入培训人员名册" in words(letter)
    (limit,) = people.filing.process.clocks.filter(name="file-completion")
    assert limit.due_on == promised

    with pytest.raises(NotAllowed, match="名册"):
        people.does("provider", "supplement")
    fill_up(filing, people, 960)
    people.does("provider", "supplement")
    with pytest.raises(NotAllowed, match="审核要点未作结论"):
        people.does("leader", "confirm")
    people.judges_everything()
    people.does("leader", "confirm", note="同意。")
    assert people.state == "approved"
    assert people.filing.completion_due_on is None
    assert [one.letter for one in letters(filing)] == ["provisional", "approval"]


def test_a_class_on_a_promise_begins_and_is_completed_while_it_runs(
    file: Make, desk: At, clock: Today
) -> None:
    """陕西 四: 先行开班，开班后在承诺时限内补报."""
    people = desk(file("ankang", "draft"))
    by, promised = people.provider, cities.STARTS_ON + timedelta(days=10)
    drafts.save_plan(people.pk, {"completion_due_on": promised}, facts={}, answers={}, by=by)
    drafts.save_syllabus(
        people.pk, [{"name": "防疫与岗位操作", "hours": 30, "epidemic_prevention": True}], by=by
    )
    drafts.commit(people.pk, by=by)
    people.does("provider", "submit")
    people.judges_everything()
    people.does("clerk", "endorse")
    people.does("leader", "approve-provisionally", due_on=promised)

    clock(cities.STARTS_ON)
    daily.run()
    assert people.filing.frozen_at is None  # nobody is on the roster: frozen empty, it would stay empty
    for number, (name, id_number, *_facts) in enumerate(rows(2)):
        facts = {"category": "employee", "relation": "contract"}
        assert roster.add(people.pk, Row(name, id_number, facts=facts), by=by).number == number + 1
    clock(cities.STARTS_ON + timedelta(days=1))
    assert daily.run()["started"] == 1
    assert daily.run()["started"] == 0
    began = people.filing
    assert (began.process.state, began.frozen_at is not None) == ("provisional", True)
    (limit,) = began.process.clocks.filter(name="file-completion")
    assert (limit.due_on, limit.stopped) == (promised, False)
    with pytest.raises(NotAllowed, match="名册已锁定"):
        roster.add(people.pk, Row("测试丙", rows(3)[2][1]), by=by)
    with pytest.raises(Invalid, match="开班日期不能变更"):
        drafts.save_plan(
            people.pk, {"starts_on": cities.STARTS_ON + timedelta(days=5)}, facts={}, answers={}, by=by
        )
    with pytest.raises(NotAllowed, match="不能取消"):
        people.does("provider", "cancel", reason="不办了")

    for rule in materials_of(began, began.scheme):
        drafts.hand_in(people.pk, rule.id, by=by, not_applicable="原件已在窗口核验")
    people.does("provider", "supplement")
    people.judges_everything()
    people.does("leader", "confirm", note="同意。")
    assert people.state == "running"
    assert people.filing.frozen_at == began.frozen_at
    assert people.filing.snapshots.filter(event="start").count() == 1
    clock(began.ends_on + timedelta(days=1))
    daily.run()
    assert people.state == "finished"


def test_what_was_supplemented_can_be_returned_for_another_day(file: Make, desk: At) -> None:
    people = desk(file("ankang", "draft"))
    drafts.save_plan(
        people.pk, {"completion_due_on": date(2020, 4, 30)}, facts={}, answers={}, by=people.provider
    )
    fill_up(people.filing, people, 960)
    people.does("provider", "submit")
    people.judges_everything()
    people.does("clerk", "endorse")
    people.does("leader", "approve-provisionally", due_on=date(2020, 4, 30))
    people.does("provider", "supplement")
    people.does("clerk", "return-supplement", defects=["名册缺少两人"], due_on=date(2020, 5, 8))
    assert people.state == "provisional"
    assert people.filing.completion_due_on == date(2020, 5, 8)


@pytest.mark.parametrize("slug", [slug for slug in CITIES if slug != "ankang"])
def test_other_notices_know_no_start_on_a_promise(file: Make, desk: At, slug: str) -> None:
    people = desk(file(slug, "endorsed"))
    with pytest.raises(NotAllowed, match="没有先行开班的规定"):
        people.does("leader", "approve-provisionally", due_on=date(2020, 5, 6))


def test_returned_once_with_every_defect_and_the_clock_stands_still(
    file: Make, desk: At, clock: Today
) -> None:
    """陕西: 3 workdays to decide; the days of correction are not the office's."""
    people = desk(file("ankang", "submitted"))
    before = people.filing.process.clocks.get(name=_office_clock(people.filing))
    assert before.due_on == date(2020, 4, 23)
    task = people.filing.tasks.filter(outcome="manual").first()
    assert task is not None
    review.judge(task.pk, False, by=people.clerk, note="复印件看不清")
    clock(date(2020, 4, 21))
    people.does("clerk", "return", defects=["培训目标未填写", "课程与岗位不符"], due_on=date(2020, 4, 28))
    (letter,) = letters(people.filing)
    for said in ("培训目标未填写", "课程与岗位不符", "复印件看不清", "2020年4月28日"):
        assert said in words(letter)
    assert people.filing.plan_open
    clock(date(2020, 4, 27))
    people.does("provider", "resubmit")
    task.refresh_from_db()
    assert task.judgement is None  # to be looked at again
    before.refresh_from_db()
    assert before.due().day == date(
        2020, 4, 29
    )  # 26 April, a Sunday, was worked; 3 workdays less the one used
    assert people.filing.process.due_on is not None


def _office_clock(filing: Filing) -> str:
    return next(one.id for one in filing.scheme.file.clocks if one.event == "application-received")


def test_refused_with_reasons_and_remedies(file: Make, desk: At) -> None:
    people = desk(file("jinan", "submitted"))
    with pytest.raises(Invalid):
        people.does("clerk", "propose-refusal")
    people.does("clerk", "propose-refusal", reason="课程不在目录内")
    with pytest.raises(Invalid, match="救济途径"):
        people.does("leader", "refuse", reason="课程不在目录内")
    people.does("leader", "refuse", reason="课程不在目录内\n平台未评估", remedy=REMEDY)
    assert people.state == "refused"
    (letter,) = letters(people.filing)
    assert letter.letter == "refusal"
    for said in ("课程不在目录内", "平台未评估", REMEDY):
        assert said in words(letter)


def test_a_proposal_to_refuse_cannot_simply_be_approved(file: Make, desk: At) -> None:
    people = desk(file("jinan", "submitted"))
    people.does("clerk", "propose-refusal", reason="课程不在目录内")
    with pytest.raises(NotAllowed, match="审核要点未作结论"):
        people.does("leader", "approve")
    people.does("leader", "send-back", remark="请重新核对课程")
    assert people.state == "submitted"
    assert people.filing.endorsed_by is None


def test_withdrawn_before_and_cancelled_after_the_decision(file: Make, desk: At) -> None:
    early = desk(file("wuhai", "submitted"))
    early.does("provider", "withdraw")
    assert early.state == "withdrawn"
    assert early.filing.process.due_on is None
    late = desk(file("wuhai", "approved"))
    with pytest.raises(NotAllowed):
        late.does("provider", "withdraw")
    with pytest.raises(Invalid, match="理由"):
        late.does("provider", "cancel")
    late.does("provider", "cancel", reason="企业停产")
    assert late.state == "withdrawn"


def test_revoked_with_a_letter(file: Make, desk: At) -> None:
    people = desk(file("yingkou", "approved"))
    people.does("leader", "revoke", reason="名册不实", remedy=REMEDY)
    assert people.state == "revoked"
    assert "名册不实" in words(letters(people.filing, "revocation")[0])


def interrupted(people: Desk, clock: Today, online: int, offline: int) -> None:
    """A class of these hours, begun and interrupted."""
    Module.objects.filter(filing=people.pk).delete()
    Module.objects.create(filing=people.filing, order=1, name="理论", hours=online)
    Module.objects.create(
        filing=people.filing, order=2, name="实操", hours=offline, online=False, theory=False
    )
    clock(cities.STARTS_ON)
    daily.run()
    people.does("provider", "interrupt", reason="疫情防控要求停课")


def move_online(people: Desk, hours: int) -> None:
    """What an accepted amendment would have done: hours of practice become online theory."""
    rest = people.filing.modules.get(online=False)
    rest.hours -= hours
    rest.save()
    Module.objects.create(filing=people.filing, order=3, name="续训理论", hours=hours)


def test_an_interrupted_class_goes_on_online_up_to_half_of_its_hours(
    file: Make, desk: At, clock: Today
) -> None:
    """营口 二."""
    people = desk(file("yingkou", "approved"))
    interrupted(people, clock, online=40, offline=60)
    assert people.filing.interrupted_on == cities.STARTS_ON
    move_online(people, 11)
    with pytest.raises(NotAllowed, match=r"50%（二）"):
        people.does("provider", "ask-to-resume", note="剩余理论转线上")
    rest = people.filing.modules.get(order=3)
    rest.hours = 10
    rest.save()
    Module.objects.filter(filing=people.pk, order=2).update(hours=50)
    people.does("provider", "ask-to-resume", note="剩余理论转线上")
    people.does("clerk", "decline-to-resume", reason="请附疫情通知")
    assert people.state == "interrupted"
    people.does("provider", "ask-to-resume", note="已附通知")
    people.does("clerk", "resume")
    assert people.state == "running"


def test_a_class_that_was_online_from_the_start_resumes_as_it_was_approved(
    file: Make, desk: At, clock: Today
) -> None:
    people = desk(file("yingkou", "approved"))
    clock(cities.STARTS_ON)
    daily.run()
    people.does("provider", "interrupt", reason="平台检修")
    people.does("provider", "ask-to-resume", note="平台已恢复")
    assert people.state == "resuming"


def test_a_class_of_before_is_entered_with_its_real_days_and_a_mark(
    ready: Make, desk: At, sign_in: Callable[..., Any]
) -> None:
    people = desk(ready("shaoguan"))
    began = date(2020, 3, 23)
    late = {"late_reason": "系统启用前纸质办理", "filed_on": date(2020, 3, 5), "starts_on": began,
            "ends_on": date(2020, 5, 6)}  # fmt: skip
    drafts.save_plan(
        people.pk, late, facts={}, answers={"late": {"approved_on": "2020-03-12"}}, by=people.provider
    )
    people.does("provider", "submit")
    assert people.filing.tasks.get(key="system:late").outcome == "manual"
    people.judges_everything()
    people.does("clerk", "endorse")
    people.does("leader", "approve")
    filing = people.filing
    assert (filing.filed_on, filing.approved_on) == (date(2020, 3, 5), date(2020, 3, 12))
    page = sign_in("shaoguan-440203-clerk").get(f"/classes/{filing.process.number}/").content.decode()
    assert "补录" in page
    assert "系统启用前纸质办理" in page
    assert daily.run()["started"] >= 1
    assert people.state == "running"


def test_what_came_on_paper_is_registered_by_a_clerk(file: Make, desk: At, actor: Any) -> None:
    model = desk(file("shaoguan", "draft"))
    organisation = Organisation.objects.get(pk=model.filing.organisation_id)
    version = SchemeVersion.objects.get(scheme="shaoguan-2020", state=State.PUBLISHED)
    with pytest.raises(NotAllowed, match="经办人员登记"):
        drafts.create_draft(organisation, version, "on-the-job", by=model.provider, channel=Channel.PAPER)
    with pytest.raises(NotAllowed):
        drafts.create_draft(
            organisation, version, "on-the-job", by=actor("yingkou-210802-clerk"), channel=Channel.PAPER
        )
    filing = drafts.create_draft(
        organisation,
        version,
        "on-the-job",
        by=model.clerk,
        channel=Channel.PAPER,
        received_on=date(2020, 4, 17),
    )
    people = desk(filing)
    columns = (
        "project",
        "training_type",
        "occupation",
        "level",
        "starts_on",
        "ends_on",
        "platform",
        "administrator",
    )
    plan = {name: getattr(model.filing, name) for name in columns}
    by = people.clerk
    drafts.save_plan(filing.pk, plan, facts=model.filing.facts, answers={}, by=by)
    cities._fill(filing, CITIES["shaoguan"], by, 960)
    with pytest.raises(Filing.DoesNotExist):  # a 404 on the page
        drafts.commit(filing.pk, by=actor("yingkou-210802-clerk"))
    with pytest.raises(NotAllowed, match="角色"):
        people.does("clerk", "submit")
    people.does("clerk", "register")
    assert people.state == "submitted"
    assert people.filing.filed_on == date(2020, 4, 17)
    assert "现场提交纸质材料" in words(letters(filing, "receipt")[0])
    people.does("clerk", "return", defects=["缺公章"])
    with pytest.raises(Invalid, match="收到日期"):
        people.does("clerk", "reregister")
    with pytest.raises(Invalid, match="不能在今天之后"):
        people.does("clerk", "reregister", received_on=date(2020, 4, 21))
    people.does("clerk", "reregister", received_on=date(2020, 4, 20))
    assert people.state == "submitted"


def test_the_three_workdays_of_papers_run_from_the_day_they_came_in(
    ready: Make, desk: At, clock: Today
) -> None:
    """安康: received on Friday and registered on Monday, decided until Wednesday; corrected papers likewise."""
    people = desk(ready("ankang"))
    Filing.objects.filter(pk=people.pk).update(channel=Channel.POST, received_on=date(2020, 4, 17))
    people.does("clerk", "register")
    run = people.filing.process.clocks.get(name=_office_clock(people.filing))
    assert (run.started_on, run.due_on) == (date(2020, 4, 17), date(2020, 4, 22))
    assert people.filing.process.due_on == date(2020, 4, 22)
    people.does("clerk", "return", defects=["缺公章"])
    clock(date(2020, 4, 24))
    people.does("clerk", "reregister", received_on=date(2020, 4, 22))
    run.refresh_from_db()
    assert run.due_on == date(2020, 4, 24)


def test_a_first_day_moved_during_the_correction_moves_the_offices_last_day(file: Make, desk: At) -> None:
    people = desk(file("shaoguan", "submitted"))
    (run,) = people.filing.process.clocks.filter(name="before-start")
    assert run.due_on == date(2020, 5, 9)  # a Saturday that was worked
    people.does("clerk", "return", defects=["开班日期过早"])
    drafts.save_plan(people.pk, {"starts_on": date(2020, 5, 20)}, facts={}, answers={}, by=people.provider)
    people.does("provider", "resubmit")
    moved = people.filing.process.clocks.get(name="before-start", stopped=False)
    assert moved.due_on == people.filing.process.due_on == date(2020, 5, 19)


def test_what_is_not_corrected_in_time_is_closed_by_the_office_with_a_letter(
    file: Make, desk: At, clock: Today
) -> None:
    people = desk(file("shaoguan", "submitted"))
    people.does("clerk", "return", defects=["缺公章"], due_on=date(2020, 4, 27))
    with pytest.raises(NotAllowed, match="期满后未补正"):
        people.does("leader", "lapse", reason="逾期未补正材料。")
    clock(date(2020, 4, 28))
    people.does("leader", "lapse", reason="逾期未补正材料。")
    assert people.state == "lapsed"
    assert people.filing.process.closed_at is not None
    assert "补正期限至2020年4月27日" in words(letters(people.filing, "lapse")[0])


def test_the_office_sees_what_was_changed_since_the_last_submission(file: Make, desk: At) -> None:
    people = desk(file("shaoguan", "submitted"))
    assert since_last(people.filing) == []
    people.does("clerk", "return", defects=["名称不规范"])
    drafts.save_plan(people.pk, {"project": "车工岗位技能培训"}, facts={}, answers={}, by=people.provider)
    first = people.filing.enrolments.first()
    assert first is not None
    roster.remove(first.pk, by=people.provider)
    people.does("provider", "resubmit")
    assert [(one.before, one.after) for one in since_last(people.filing)] == [
        ("车工在岗培训", "车工岗位技能培训"),
        (f"{cities.PEOPLE} 人", f"{cities.PEOPLE - 1} 人"),
    ]


def test_a_class_interrupted_some_days_ago_keeps_the_real_day(file: Make, desk: At, clock: Today) -> None:
    people = desk(file("yingkou", "approved"))
    clock(cities.STARTS_ON)
    daily.run()
    clock(cities.STARTS_ON + timedelta(days=5))
    real = cities.STARTS_ON + timedelta(days=3)
    with pytest.raises(Invalid, match="中断日期应在"):
        people.does(
            "provider", "interrupt", reason="停课", interrupted_on=cities.STARTS_ON - timedelta(days=1)
        )
    people.does("provider", "interrupt", reason="停课", interrupted_on=real)
    assert people.filing.interrupted_on == real


def test_an_amendment_has_the_offices_time_limit_and_is_due_before_the_class_begins(
    file: Make, desk: At
) -> None:
    people = desk(file("ankang", "approved"))
    made = ask_for_amendment(people.pk, {"starts_on": "2020-05-08"}, "提前", by=people.provider)
    limits = {run.name: run.due_on for run in made.process.clocks.all()}
    assert limits == {_office_clock(people.filing): date(2020, 4, 23), "before-start": date(2020, 5, 7)}


def test_a_web_application_is_not_the_clerks_to_hand_in(ready: Make, desk: At) -> None:
    with pytest.raises(NotAllowed, match="自行提交"):
        desk(ready("shaoguan")).does("clerk", "register")


def test_filed_too_late_is_refused_with_clause_and_remedy(ready: Make, desk: At) -> None:
    """韶关: at least 5 workdays before the start."""
    people = desk(ready("shaoguan"))
    drafts.save_plan(people.pk, {"starts_on": date(2020, 4, 24)}, facts={}, answers={}, by=people.provider)
    with pytest.raises(NotAllowed, match=r"附件1 二\(一\).*推迟开班日期"):
        people.does("provider", "submit")


def test_nothing_is_approved_after_its_first_day(file: Make, desk: At, clock: Today) -> None:
    people = desk(file("shaoguan", "endorsed"))
    clock(cities.STARTS_ON + timedelta(days=1))
    with pytest.raises(NotAllowed, match="开班日期 2020-05-11 已过"):
        people.does("leader", "approve")


def test_the_forms_used_are_pinned_when_a_class_is_handed_in(ready: Make, desk: At) -> None:
    people = desk(ready("shaoguan"))
    assert not people.filing.form_versions.exists()
    people.does("provider", "submit")
    pinned = {one.form for one in people.filing.form_versions.all()}
    scheme = people.filing.scheme
    assert pinned == {one.form for one in materials_of(people.filing, scheme) if form_of(scheme, one.form)}
