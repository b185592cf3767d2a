"""Evaluations in the cities that ask for them: who may do what, and the way from the application to the directory."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from keshi_web.accounts.models import User
from keshi_web.accounts.roles import LEADERS, ORGANISATION_ROLES, Role
from keshi_web.catalogue import checklist, official, services
from keshi_web.catalogue.facts import course_evaluated_on, occupation_entry, platform_facts
from keshi_web.catalogue.models import CheckResult, Listing, Occupation, Platform
from keshi_web.catalogue.services.evaluations import subject_key
from keshi_web.catalogue.workflow import EVALUATION
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed, Stale
from keshi_web.documents.queries import find_by_code, of_subject
from keshi_web.organisations.models import Blacklisting, Organisation
from keshi_web.schemes.library import get
from keshi_web.workflow.engine import choices
from support.people import id_number

from .conftest import person, version

TABLE = """
    state     | 申请单位          | 经办人员      | 评估中心                       | 负责人
    draft     | submit withdraw   |               |                                |
    submitted | withdraw          | return review | return review                  | return
    reviewed  |                   | return        | return agree pass determine fail | return agree pass determine fail
    returned  | resubmit withdraw |               |                                |
    determined |                  | file          |                                |
    passed    |                   |               |                                |
    failed    |                   |               |                                |
    withdrawn |                   |               |                                |
"""
COLUMNS = {
    "申请单位": ORGANISATION_ROLES, "经办人员": {Role.CLERK}, "评估中心": {Role.EVALUATOR}, "负责人": LEADERS
}  # fmt: skip
"""评估中心 acts at the level of the evaluation centre alone, 经办人员 at the others (`right_desk`)."""


def test_the_table_above_is_the_workflow():
    head, *rows = ([cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines())
    wanted = {
        (row[0], name): set(cell.split())
        for row in rows
        for name, cell in zip(head[1:], row[1:], strict=True)
    }
    found = {
        (state.key, name): {one.event for one in EVALUATION.from_state(state.key) if set(roles) <= one.by}
        for state in EVALUATION.states
        for name, roles in COLUMNS.items()
    }
    assert found == wanted
    everybody = {role for roles in COLUMNS.values() for role in roles}
    assert all(one.by <= everybody for one in EVALUATION.transitions)


def possible(case, who):
    process = case.evaluation.process
    subject = EVALUATION.subject_of(process)
    return {one.transition.event for one in choices(process, subject, who) if one.verdict.allowed}


# ---- the ways


def test_shaoguan_asks_the_centre_which_has_three_workdays(opened):
    centre, leader = person("shaoguan-evaluator"), person("shaoguan-leader")
    case = opened("shaoguan", "wu", "platform")
    with pytest.raises(NotAllowed, match="请填写或提交"):
        case.does(case.applicant, "submit")
    case.fills().does(case.applicant, "submit")
    process = case.evaluation.process
    assert process.due_on == date(2020, 4, 23)  # Monday, 20 April and three workdays
    assert process.due_clock == "evaluation-opinion"
    with pytest.raises(NotAllowed, match="评估中心人员"):
        case.judges(person("shaoguan-clerk"))
    with pytest.raises(NotAllowed, match="未作结论"):
        case.does(centre, "review")
    case.judges(centre).does(centre, "review")
    assert "pass" not in possible(case, centre)
    case.does(leader, "pass", note="同意。")
    facts = platform_facts(case.evaluation.platform, "shaoguan-2020", "/440000/440200/440203/", clock.today())
    assert facts == {"recommended": False, "evaluated_on": date(2020, 4, 20)}
    (letter,) = of_subject(subject_key(case.evaluation))
    assert letter.letter == "evaluation-result"
    confirmed = find_by_code(letter.code)
    assert confirmed is not None
    assert confirmed.addressee == case.evaluation.applicant.name


def test_wuhai_asks_district_then_city_two_people_at_each(opened):
    case = opened("wuhai", "wu", "platform").fills()
    case.does(case.applicant, "submit")
    clerk, section = person("wuhai-150302-clerk"), person("wuhai-150302-section")
    case.judges(clerk).does(clerk, "review")
    assert "pass" not in possible(case, section)
    case.does(section, "agree", note="同意上报。")
    assert case.evaluation.process.office.key == "150300"
    with pytest.raises(NotAllowed):
        case.judges(clerk)
    assert len(checklist.unjudged(case.evaluation)) == 7
    city, leader = person("wuhai-clerk"), person("wuhai-leader")
    case.judges(city).does(city, "review").does(leader, "pass")
    assert case.state == "passed"
    form = checklist.form_of(case.evaluation.scheme, checklist.rule_of(case.evaluation))
    data = official.form_data(case.evaluation, form)
    opinion = data.of("district-opinion")
    assert (opinion.person, opinion.on) == (section.name, clock.today())
    assert "同意上报" in opinion.text
    assert data.of("district-handler").person == clerk.name
    assert data.of("city-leader").person == leader.name
    assert data.of("city-date") == clock.today()
    assert data.of("platform-type") == ("委托第三方线上培训平台",)


def test_jinan_district_decides_on_a_course_and_the_city_takes_note(opened):
    case = opened("jinan", "ding", "course").fills()
    case.does(case.applicant, "submit")
    clerk, section = person("jinan-370102-clerk"), person("jinan-370102-section")
    case.judges(clerk).does(clerk, "review")
    assert not {"agree", "pass"} & possible(case, section)
    case.does(section, "determine")
    assert (case.state, case.evaluation.process.office.key) == ("determined", "370100")
    (letter,) = of_subject(subject_key(case.evaluation))
    assert letter.office_key == "370102"
    form = next(one for one in checklist.forms_of(case.evaluation) if one.id == "evaluation-result")
    report = official.form_data(case.evaluation, form)
    assert report.of("district") == "历下区"
    assert [row[3] for row in report.of("results")] == ["30"]  # 1 200 minutes of video
    assert possible(case, person("jinan-leader")) == set()
    case.does(person("jinan-clerk"), "file")
    assert case.state == "passed"


def test_jinan_course_may_be_used_from_the_district_s_decision_until_the_policy_ends(opened):
    case = opened("jinan", "ding", "course").fills()
    case.does(case.applicant, "submit")
    clerk = person("jinan-370102-clerk")
    case.judges(clerk).does(clerk, "review").does(person("jinan-370102-section"), "determine")
    course = case.evaluation.course
    path = "/370000/370100/370102/"
    assert course_evaluated_on([course], "jinan-2020", path, date(2020, 6, 30)) == date(2020, 4, 20)
    assert course_evaluated_on([course], "jinan-2020", path, date(2020, 7, 1)) is None
    assert course_evaluated_on([course], "jinan-2020", path, date(2020, 4, 19)) is None
    with pytest.raises(Invalid, match="不能修改"):
        services.save_course(course.pk, {"video_minutes": 9000}, by=case.applicant)
    services.save_course(course.pk, {"description": "新的简介"}, by=case.applicant)


def test_jinan_occupation_outside_the_catalogue_is_asked_of_experts(opened):
    case = opened("jinan", "ding", "occupation", "测试新职业").fills()
    case.does(case.applicant, "submit")
    clerk, leader = person("jinan-clerk"), person("jinan-leader")
    with pytest.raises(NotAllowed, match="专家"):
        case.does(clerk, "review")
    services.add_expert(case.pk, "测试专家甲", False, "条件尚不成熟", by=clerk)
    case.does(clerk, "review")
    with pytest.raises(NotAllowed, match="未过半数"):
        case.does(leader, "pass")
    case.does(leader, "return", defects=["请补充说明"]).does(case.applicant, "resubmit")
    for name in ("测试专家乙", "测试专家丙"):
        services.add_expert(case.pk, name, True, "可以开展", by=clerk)
    case.does(clerk, "review").does(leader, "pass")
    made = case.evaluation.occupation
    assert (made.edition, made.name, made.major_group) == (0, "测试新职业", 0)
    assert occupation_entry(made, "/370000/370100/370102/", clock.today()) is not None


def test_an_occupation_in_the_catalogue_needs_no_experts(opened):
    with pytest.raises(Invalid, match="无需专家评估"):
        opened("jinan", "ding", "occupation", Occupation.objects.get(edition=2015, code="6-31-01-03"))


def test_a_recommended_platform_is_exempt_and_the_clause_says_so(opened):
    recommended = Platform.objects.get(name="中国职业培训在线")
    with pytest.raises(Invalid, match=r"无需评估.*附件1 二\(一\)"):
        opened("shaoguan", "wu", "platform", recommended)


# ---- what may go wrong


def test_what_failed_is_judged_anew_after_the_correction(opened):
    case = opened("wuhai", "wu", "platform").fills()
    case.does(case.applicant, "submit")
    clerk = person("wuhai-150302-clerk")
    first, *others = checklist.unjudged(case.evaluation)
    services.judge(case.pk, first.id, False, by=clerk, note="服务器不稳定")
    case.judges(clerk).does(clerk, "review")
    section = person("wuhai-150302-section")
    assert "agree" not in possible(case, section)
    case.does(section, "return", defects=["服务器不稳定"]).does(case.applicant, "resubmit")
    assert [one.id for one in checklist.unjudged(case.evaluation)] == [first.id]
    case.judges(clerk).does(clerk, "review").does(section, "agree")
    kept = CheckResult.objects.filter(evaluation=case.evaluation, check_id=first.id, level="district")
    assert list(kept.values_list("passed", flat=True)) == [False, True]
    assert others


def test_a_double_click_decides_once_and_a_late_click_is_told(opened):
    case = opened("wuhai", "wu", "platform").fills()
    process = case.evaluation.process
    first = services.act(process.pk, "submit", by=case.applicant, version=process.version)
    again = services.act(process.pk, "submit", by=case.applicant, version=process.version)
    assert first.pk == again.pk
    with pytest.raises(Stale):
        services.act(process.pk, "withdraw", by=case.applicant, version=process.version)


def test_a_foreign_office_or_organisation_finds_nothing(opened, sign_in):
    case = opened("wuhai", "wu", "platform").fills()
    case.does(case.applicant, "submit")
    number = case.evaluation.process.number
    for name in ("shaoguan-evaluator", "jinan-leader", "wuhai-jia"):
        assert sign_in(name).get(reverse("catalogue:evaluation", args=[number])).status_code == 404
    assert sign_in("wuhai-clerk").get(reverse("catalogue:evaluation", args=[number])).status_code == 200


def test_nobody_writes_a_person_s_number_into_the_form(opened):
    case = opened("wuhai", "wu", "platform")
    asked = {field.id for field in checklist.asked(case.evaluation)}
    assert not asked & {"contact", "legal-representative", "uscc", "applicant"}
    jinan = opened(
        "jinan", "wu", "platform", services.save_platform(None, {"name": "另一平台"}, by=person("jinan-wu"))
    )
    for number in (id_number(3), "13800000000", "138 0000 0000"):
        with pytest.raises(Invalid, match="号码"):
            services.save_form(jinan.pk, {"credit": f"联系人 {number}"}, by=jinan.applicant)
    services.save_form(case.pk, {"contact": "13800000000"}, by=case.applicant)
    assert "contact" not in case.evaluation.form


def test_the_applicant_sees_contacts_on_its_form_and_the_bureau_does_not(opened, sign_in):
    case = opened("wuhai", "wu", "platform").fills()
    case.does(case.applicant, "submit")
    number = case.evaluation.process.number
    for name in ("wuhai-wu", "wuhai-clerk"):
        for kind in ("pdf", "docx"):
            answer = sign_in(name).get(reverse("catalogue:form", args=[number, "annex-1", kind]))
            assert answer.status_code == 200
    readings = case.evaluation.applicant.readings.filter(purpose=f"evaluation:{number}")
    assert set(readings.values_list("by__username", flat=True)) == {"wuhai-wu"}


def test_the_check_list_page_judges_many_lines_and_tells_what_it_could_not(opened, sign_in):
    case = opened("wuhai", "wu", "platform").fills()
    case.does(case.applicant, "submit")
    number = case.evaluation.process.number
    checks = [check.id for check in checklist.rule_of(case.evaluation).checks]
    sent = {f"result-{one}": "passed" for one in checks} | {f"result-{checks[0]}": "failed"}
    answer = sign_in("wuhai-150302-clerk").post(reverse("catalogue:judge", args=[number]), sent, follow=True)
    assert "须写明理由" in answer.content.decode()
    assert [one.id for one in checklist.unjudged(case.evaluation)] == [checks[0]]


def test_a_second_evaluation_of_the_same_waits_for_the_first(opened):
    case = opened("wuhai", "wu", "platform")
    with pytest.raises(Invalid, match="已有一项评估"):
        opened("wuhai", "wu", "platform", case.evaluation.platform)


def test_after_the_last_day_of_the_policy_nobody_applies(opened):
    clock.stand_on(date(2020, 7, 1))
    with pytest.raises(Invalid, match=r"不适用|不再受理"):
        opened("jinan", "ding", "course")


def test_a_judgement_stays_for_good(opened):
    case = opened("wuhai", "wu", "platform").fills()
    case.does(case.applicant, "submit").judges(person("wuhai-150302-clerk"))
    row = CheckResult.objects.filter(evaluation=case.evaluation).first()
    row.passed = False
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_delisting_says_why_and_ends_the_use(opened):
    case = opened("wuhai", "wu", "platform").fills()
    case.does(case.applicant, "submit")
    for place, second in (("150302-", "150302-section"), ("", "leader")):
        clerk = person(f"wuhai-{place}clerk")
        case.judges(clerk).does(clerk, "review").does(person(f"wuhai-{second}"), "agree" if place else "pass")
    listing = Listing.objects.get(evaluation=case.evaluation)
    with pytest.raises(NotAllowed):
        services.delist(listing.pk, "停止运营", by=person("jinan-leader"))
    with pytest.raises(Invalid, match="原因"):
        services.delist(listing.pk, " ", by=person("wuhai-leader"))
    services.delist(listing.pk, "停止运营", by=person("wuhai-leader"))
    path, platform = "/150000/150300/150302/", case.evaluation.platform
    assert platform_facts(platform, "wuhai-2020", path, clock.today())["evaluated_on"] is None
    assert case.evaluation.process.entries.filter(event="delisted").exists()
    assert version("wuhai-2020").region.path in path
    assert clock.today() - timedelta(days=1) < listing.valid_from


# ---- two people at once, and lines that do not concern the case


def second_clerk(username):
    """A colleague at the same desk."""
    first = person(username)
    return replace(first, user_id=User.objects.exclude(pk=first.user_id).order_by("pk")[0].pk)


def at_district(opened):
    case = opened("wuhai", "wu", "platform").fills()
    case.does(case.applicant, "submit")
    return case, checklist.unjudged(case.evaluation)


def test_a_judgement_changed_by_a_colleague_is_not_overwritten_unread(opened):
    case, (line, *_rest) = at_district(opened)
    clerk, colleague = person("wuhai-150302-clerk"), second_clerk("wuhai-150302-clerk")
    first = services.judge(case.pk, line.id, True, by=clerk)
    changed = services.judge(case.pk, line.id, False, by=colleague, note="证书过期", seen=first.pk)
    with pytest.raises(Stale, match="另一结论"):
        services.judge(case.pk, line.id, True, by=clerk, note="复核", seen=first.pk)
    assert services.judge(case.pk, line.id, True, by=clerk, note="已补证书", seen=changed.pk).passed
    assert CheckResult.objects.filter(evaluation=case.evaluation, check_id=line.id).count() == 3


def test_saving_the_page_again_leaves_judgements_with_whoever_made_them(opened, sign_in):
    case, lines = at_district(opened)
    case.judges(second_clerk("wuhai-150302-clerk"))
    number = case.evaluation.process.number
    held = {row.check_id: row for row in CheckResult.objects.filter(evaluation=case.evaluation)}
    sent = {f"result-{one.id}": "passed" for one in lines} | {
        f"seen-{key}": row.pk for key, row in held.items()
    }
    page = sign_in("wuhai-150302-clerk").post(reverse("catalogue:judge", args=[number]), sent, follow=True)
    assert "没有改动" in page.content.decode()
    assert set(CheckResult.objects.filter(evaluation=case.evaluation)) == set(held.values())


def test_a_line_that_does_not_concern_the_case_needs_a_reason_and_stops_nobody(opened):
    case, lines = at_district(opened)
    clerk = person("wuhai-150302-clerk")
    third_party = next(one for one in lines if one.id == "third-party-agreement")
    with pytest.raises(Invalid, match="不适用的须写明理由"):
        services.judge(case.pk, third_party.id, None, by=clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        CheckResult.objects.create(
            evaluation=case.evaluation,
            check_id=third_party.id,
            level="district",
            passed=None,
            by_id=clerk.user_id,
        )
    services.judge(case.pk, third_party.id, None, by=clerk, note="企业自有网站，没有第三方")
    case.judges(clerk).does(clerk, "review").does(person("wuhai-150302-section"), "agree")
    assert case.evaluation.process.office.key == "150300"


def test_after_the_first_look_only_whoever_decides_judges(opened):
    case, (line, *_rest) = at_district(opened)
    clerk, section = person("wuhai-150302-clerk"), person("wuhai-150302-section")
    with pytest.raises(NotAllowed, match="这一步"):
        services.judge(case.pk, line.id, True, by=section)
    case.judges(clerk).does(clerk, "review")
    with pytest.raises(NotAllowed, match="这一步"):
        services.judge(case.pk, line.id, False, by=clerk, note="改主意")
    services.judge(case.pk, line.id, False, by=section, note="现场核查不符")
    assert "agree" not in possible(case, section)


def test_an_expert_has_one_voice_the_latest(opened):
    case = opened("jinan", "ding", "occupation", "测试新职业").fills()
    case.does(case.applicant, "submit")
    clerk = person("jinan-clerk")
    services.add_expert(case.pk, "测试专家甲", True, "可以开展", by=clerk)
    services.add_expert(case.pk, "测试专家乙", False, "条件不足", by=clerk)
    case.does(clerk, "review")
    assert "pass" not in possible(case, person("jinan-leader"))
    case.does(person("jinan-leader"), "return", defects=["请专家再议"]).does(case.applicant, "resubmit")
    services.add_expert(case.pk, "测试专家乙", True, "条件已具备", by=clerk)
    assert [one.agrees for one in checklist.opinions(case.evaluation)] == [True, True]
    case.does(clerk, "review").does(person("jinan-leader"), "pass")


def test_who_is_barred_does_not_apply(opened):
    organisation = Organisation.objects.get(pk=person("wuhai-wu").organisation_id)
    Blacklisting.objects.create(
        organisation=organisation, reason="骗取补贴", document_number="乌人社罚〔2020〕1号",
        office_id=person("wuhai-leader").office.id,
        valid_from=clock.today(), by_id=person("wuhai-leader").user_id,
    )  # fmt: skip
    with pytest.raises(Invalid, match="黑名单"):
        opened("wuhai", "wu", "platform")


def test_an_occupation_of_another_edition_is_the_same_in_the_catalogue(opened):
    newer = Occupation.objects.get(edition=2022, code="6-31-01-03")
    with pytest.raises(Invalid, match="无需专家评估"):
        opened("jinan", "ding", "occupation", newer)


def test_the_course_form_counts_class_hours_as_the_notice_does(opened):
    """济南: a remainder of 20 minutes makes an hour, 19 make none."""
    rules = {slug: version(f"{slug}-2020") for slug in ("jinan", "shaoguan")}
    hours = {slug: get(one).file.hours for slug, one in rules.items()}
    assert [hours["jinan"].in_minutes(minutes) for minutes in (1219, 1220, 1240)] == [30, 31, 31]
    assert [hours["shaoguan"].in_minutes(minutes) for minutes in (89, 90)] == [1, 2]
