"""The queue, decisions and messages as their readers meet them."""

from datetime import date

import pytest
from django.urls import reverse

from keshi_web.accounts.services import sessions
from keshi_web.common import sealed
from keshi_web.common.errors import NotAllowed, Stale
from keshi_web.workflow import engine, services
from keshi_web.workflow.context import process_context
from keshi_web.workflow.models import Message, Preference, Process

from .conftest import GIVEN
from .sample import Subject


def text(response) -> str:
    return response.content.decode()


def act_url(process: Process, event: str) -> str:
    return reverse("workflow:act", args=[process.pk, event])


# ---- the queue


def test_the_queue_shows_what_waits_for_the_reader_by_due_date(world, opened, signed_in, clock):
    late = opened("submit", title="先交的申请")
    clock(date(2020, 3, 12))
    soon = opened("submit", title="后交的申请")
    decided = opened("submit", "endorse", title="已审的申请")
    page = text(signed_in(world.clerk).get("/work/"))
    assert page.index(late.number) < page.index(soon.number)
    assert decided.number not in page
    assert "剩 1 个工作日" in page
    assert "剩 3 个工作日" in page
    assert decided.number in text(signed_in(world.clerk).get("/work/done/"))
    assert decided.number in text(signed_in(world.clerk).get("/work/open/"))
    assert decided.number in text(signed_in(world.leader).get("/work/"))
    assert decided.number not in text(signed_in(world.neighbour).get("/work/open/"))


def test_the_provider_sees_only_its_own(world, opened, signed_in):
    process = opened("submit", "return")
    assert process.number in text(signed_in(world.provider).get("/work/"))
    assert process.number not in text(signed_in(world.rival).get("/work/open/"))


def test_signed_out_and_business_free_roles_stay_outside(world, client, signed_in):
    assert client.get("/work/").status_code == 302
    assert signed_in(world.sysadmin).get("/work/").status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("text=制造", {"a", "b"}),
        ("text=钢铁", {"a"}),
        ("text=钢铁+没有", set()),
        ("text=铁", {"a"}),
        ("state=submitted", {"a", "b"}),
        ("state=endorsed", set()),
        ("kind=sample", {"a", "b"}),
        ("due_until=2020-03-13", {"a"}),
        ("due_from=2020-03-14", {"b"}),
        ("who=me", {"a"}),
        ("who=nobody", {"b"}),
        ("due_from=nonsense", {"a", "b"}),
    ],
)
def test_filters_narrow_the_queue(world, opened, signed_in, clock, query, found):
    cases = {"a": opened("submit", title="钢铁班")}
    services.assign(cases["a"].pk, world.clerk.user_id, by=world.clerk)
    clock(date(2020, 3, 13))
    cases["b"] = opened("submit", title="电工班")
    page = text(signed_in(world.clerk).get(f"/work/?{query}"))
    assert {key for key, case in cases.items() if case.number in page} == found


def test_a_leader_may_look_at_the_offices_below(world, opened, signed_in):
    process = opened("submit")
    client = signed_in(world.city_leader)
    assert process.number not in text(client.get("/work/open/"))
    assert process.number in text(client.get("/work/open/?scope=below"))
    assert 'name="scope"' not in text(signed_in(world.clerk).get("/work/open/"))


def test_the_number_of_queries_does_not_grow_with_the_queue(
    world, opened, signed_in, django_assert_max_num_queries
):
    for n in range(3):
        opened("submit", title=f"申请{n}")
    client = signed_in(world.clerk)
    client.get("/work/")
    for url in ("/work/", "/work/open/", "/work/done/", "/messages/"):
        with django_assert_max_num_queries(22):
            client.get(url)
    for n in range(15):
        opened("submit", title=f"再申请{n}")
    for url in ("/work/", "/work/open/", "/messages/"):
        with django_assert_max_num_queries(22):
            client.get(url)


def test_the_queue_is_exported(world, opened, signed_in):
    opened("submit")
    response = signed_in(world.clerk).get("/work/?export=xlsx")
    assert response.status_code == 200
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    assert b"".join(response.streaming_content)[:2] == b"PK"


# ---- who is in charge


def test_a_clerk_takes_a_free_case_and_nobody_elses(world, opened):
    process = opened("submit")
    services.assign(process.pk, world.clerk.user_id, by=world.clerk)
    assert services.assign(process.pk, world.clerk.user_id, by=world.clerk) is None
    with pytest.raises(Stale, match="测试jingban"):
        services.assign(process.pk, world.colleague.user_id, by=world.colleague)
    with pytest.raises(NotAllowed, match="只有负责人"):
        services.assign(process.pk, world.colleague.user_id, by=world.clerk)
    with pytest.raises(NotAllowed):
        services.assign(process.pk, world.neighbour.user_id, by=world.neighbour)


def test_a_leader_reassigns_within_the_office_and_the_timeline_says_so(world, opened):
    process = opened("submit")
    services.assign(process.pk, world.clerk.user_id, by=world.clerk)
    entry = services.assign(process.pk, world.colleague.user_id, by=world.leader)
    assert entry.details == {"to": "测试tongshi", "earlier": "测试jingban"}
    assert Message.objects.filter(kind="assigned", user_id=world.colleague.user_id).count() == 1
    with pytest.raises(NotAllowed, match="不在本机构"):
        services.assign(process.pk, world.neighbour.user_id, by=world.leader)
    with pytest.raises(NotAllowed, match="不在本机构"):
        services.assign(process.pk, world.leader.user_id, by=world.leader)


# ---- a decision


def test_a_decision_is_confirmed_then_made(world, opened, signed_in):
    process = opened("submit")
    client = signed_in(world.clerk)
    page = client.get(act_url(process, "endorse"))
    assert page.status_code == 200
    assert "审核通过" in text(page)
    assert "受理后3个工作日内审核" in text(page)
    data = {"version": process.version, "note": "同意", "remark": "电话核实过"}
    assert client.post(act_url(process, "endorse"), data).status_code == 302
    assert client.post(act_url(process, "endorse"), data).status_code == 302  # the second click
    process.refresh_from_db()
    assert (process.state, process.entries.filter(event="endorse").count()) == ("endorsed", 1)


def test_whoever_comes_too_late_loses_no_word_and_looks_first(world, opened, signed_in):
    process = opened("submit")
    seen = process.version
    engine.fire(process, "return", by=world.colleague, given=GIVEN["return"])
    engine.fire(process, "resubmit", by=world.provider)
    client = signed_in(world.clerk)
    late = client.post(act_url(process, "endorse"), {"version": seen, "note": "写了很久的意见"})
    assert late.status_code == 409
    assert "写了很久的意见" in text(late)
    assert "测试danwei" in text(late)
    assert f'value="{process.version}"' in text(late)
    assert 'name="seen"' in text(late)


def test_what_is_missing_is_said_beside_the_field_and_nothing_is_lost(world, opened, signed_in):
    process = opened("submit", "endorse")
    page = signed_in(world.leader).post(
        act_url(process, "refuse"), {"version": process.version, "reason": "不符合第二条"}
    )
    assert page.status_code == 422
    assert "不符合第二条" in text(page)
    assert "请填写此项" in text(page)


def test_a_personal_number_in_the_form_is_refused_with_the_text_kept(world, opened, signed_in):
    process = opened("submit")
    page = signed_in(world.clerk).post(
        act_url(process, "return"),
        {"version": process.version, "defects": "1. 第二行\n2、11010119900307002X 缺签名"},
    )
    assert page.status_code == 422
    assert "身份证号码" in text(page)
    assert "缺签名" in text(page)


def test_defects_are_points_without_their_numbers(world, opened, signed_in):
    process = opened("submit")
    data = {"version": process.version, "defects": "1. 缺计划\n\n（2）缺协议"}
    assert signed_in(world.clerk).post(act_url(process, "return"), data).status_code == 302
    assert process.entries.get(event="return").details == {"defects": ["缺计划", "缺协议"]}


def test_wrong_role_foreign_case_unknown_step(world, opened, signed_in):
    process = opened("submit")
    assert signed_in(world.leader).get(act_url(process, "endorse")).status_code == 403
    assert signed_in(world.neighbour).get(act_url(process, "endorse")).status_code == 404
    assert signed_in(world.rival).get(act_url(process, "withdraw")).status_code == 404
    assert signed_in(world.clerk).get(act_url(process, "nothing")).status_code == 404
    assert signed_in(world.clerk).get(act_url(process, "approve")).status_code == 409
    assert signed_in(world.leader).post(act_url(process, "endorse"), {"version": 1}).status_code == 409
    process.refresh_from_db()
    assert process.state == "submitted"


# ---- many at once


def test_many_cases_are_decided_each_with_its_own_result(world, opened, signed_in):
    cases = [opened("submit", title=f"申请{n}") for n in range(3)]
    client = signed_in(world.clerk)
    url = reverse("workflow:bulk", args=["sample", "endorse"])
    page = client.post(url, {"ids": [one.pk for one in cases]})
    assert page.status_code == 200
    assert all(one.number in text(page) for one in cases)
    engine.fire(cases[0].pk, "return", by=world.colleague, given=GIVEN["return"])
    seen = {f"version-{one.pk}": 1 for one in cases}
    result = text(
        client.post(url, {"ids": [one.pk for one in cases], "confirmed": 1, "note": "同意", **seen})
    )
    assert "已办理 2 件，未办理 1 件" in result
    assert "测试tongshi" in result
    assert [Process.objects.get(pk=one.pk).state for one in cases] == ["returned", "endorsed", "endorsed"]


def test_what_must_be_decided_singly_is_not_offered_for_many(world, opened, signed_in):
    process = opened("submit")
    client = signed_in(world.clerk)
    assert (
        client.post(reverse("workflow:bulk", args=["sample", "return"]), {"ids": process.pk}).status_code
        == 403
    )
    assert client.post(reverse("workflow:bulk", args=["nothing", "return"])).status_code == 404
    assert client.post(reverse("workflow:bulk", args=["sample", "endorse"])).status_code == 302


# ---- the pieces of a detail page


def test_remarks_are_for_the_office_only(world, opened):
    process = opened("submit")
    engine.fire(process, "endorse", by=world.clerk, given={"note": "材料齐全", "remark": "请重点看第三页"})
    services.assign(process.pk, world.leader.user_id, by=world.leader)
    for actor, remark, lines in ((world.clerk, "请重点看第三页", 4), (world.provider, "", 3)):
        timeline = process_context(process, Subject(process), actor)["timeline"]
        assert len(timeline) == lines
        endorsed = next(line for line in timeline if line.entry.event == "endorse")
        assert (endorsed.note, endorsed.remark) == ("材料齐全", remark)
        assert endorsed.who == "测试jingban · 经办人员 · 临江区"


def test_steps_show_where_a_returned_case_stands(world, opened):
    context = process_context(opened("submit", "return"), None, world.clerk)
    assert context["steps"] == ["草稿", "待审核", "待批准", "待市级核准", "已批准"]
    assert (context["step"], context["step_aside"]) == (2, "待补正")


def test_a_detail_page_asks_a_bounded_number_of_queries(world, opened, django_assert_max_num_queries):
    process = opened("submit", "return", "resubmit", "return", "resubmit", "endorse")
    with django_assert_max_num_queries(10):
        process_context(process, Subject(process), world.leader)


# ---- messages


def test_the_inbox_shows_unread_first_and_leads_to_the_case(world, opened, signed_in):
    opened("submit", title="第一件")
    opened("submit", title="第二件")
    client = signed_in(world.clerk)
    first, second = Message.objects.filter(user_id=world.clerk.user_id).order_by("id")
    assert client.get(reverse("workflow:message", args=[second.pk])).url == second.url
    page = text(client.get("/messages/"))
    assert page.index("第一件") < page.index("第二件")
    assert '<span class="ks-count">1' in page
    client.post("/messages/read/")
    assert not Message.objects.filter(user_id=world.clerk.user_id, read_at=None).exists()
    assert signed_in(world.colleague).get(reverse("workflow:message", args=[first.pk])).status_code == 404


def test_messages_are_in_the_readers_language(world, opened, signed_in):
    opened("submit", title="One")
    user = world.users[world.clerk.user_id]
    user.language = "en"
    user.save()
    assert "is now" in text(signed_in(world.clerk).get("/messages/"))


def test_an_sms_needs_a_number_which_is_kept_sealed(world, signed_in):
    client = signed_in(world.clerk)
    wrong = client.post("/messages/settings/", {"email": "all", "sms": "reminders", "phone": ""})
    assert wrong.status_code == 422
    assert (
        client.post(
            "/messages/settings/", {"email": "all", "sms": "all", "phone": "138 0013 8000"}
        ).status_code
        == 302
    )
    wish = Preference.objects.get(user_id=world.clerk.user_id)
    assert b"13800138000" not in bytes(wish.phone)
    assert sealed.column(Preference, "phone").get(wish) == "13800138000"
    assert "13800138000" not in text(client.get("/messages/settings/"))
    session = client.session
    del session[sessions._CONFIRMED]
    session.save()
    assert client.get("/messages/settings/").status_code == 302  # asked to prove who they are again
