"""Occupations, standards, listings, teachers: what the database refuses, what applies where on which day."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keshi_web.catalogue import services
from keshi_web.catalogue.facts import occupation_entry, platform_facts, tariffs_for
from keshi_web.catalogue.models import CatalogueEntry, Listing, Occupation, Platform, TariffTable, Teacher
from keshi_web.catalogue.reading import read_levels, read_occupations
from keshi_web.catalogue.services.tariffs import displaced, look_up
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed, Stale
from keshi_web.regions.models import Region
from keshi_web.schemes.library import get
from keshi_web.schemes.signals import published

from .conftest import person, version

DISTRICT, CITY, PROVINCE = "/370000/370100/370102/", "/370000/370100/", "/370000/"
DAY0 = date(2020, 3, 1)
ROWS = [
    ("t.csv:2", {"occupation": "6-31-01-03", "level": 5, "amount": "1999.50"}),
    ("t.csv:3", {"amount": 800}),
]


@pytest.fixture
def platform(db):
    return Platform.objects.create(name="目录测试平台")


# ---- listings


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["370102", "370100", "370000", "440200"]),
            st.sampled_from(Listing.Ground.values),
            st.integers(0, 20),
            st.none() | st.integers(0, 20),
            st.none() | st.integers(0, 20),
        ),
        max_size=4,
        unique_by=lambda row: (row[0], row[1]),
    ),
    asked=st.integers(-2, 45),
)
def test_a_platform_may_be_used_where_and_while_a_listing_holds(platform, rows, asked):
    day = DAY0 + timedelta(asked)
    holding = []
    with transaction.atomic():
        for key, ground, since, length, out in rows:
            first = DAY0 + timedelta(since)
            last = None if length is None else first + timedelta(length)
            gone = None if out is None else first + timedelta(out)
            Listing.objects.create(
                platform=platform, scheme="jinan-2020", region=Region.objects.get(key=key), ground=ground,
                valid_from=first, valid_until=last, delisted_on=gone, delisted_reason="停用" if gone else "",
            )  # fmt: skip
            inside = (
                key != "440200"
                and first <= day
                and (last is None or day <= last)
                and (gone is None or day < gone)
            )
            if inside:
                holding.append((ground, first))
        found = platform_facts(platform, "jinan-2020", DISTRICT, day)
        other = platform_facts(platform, "wuhai-2020", DISTRICT, day)
        transaction.set_rollback(True)
    evaluated = [first for ground, first in holding if ground == "evaluated"]
    assert found == {
        "recommended": any(ground == "recommended" for ground, _first in holding),
        "evaluated_on": min(evaluated, default=None),
    }
    assert other == {"recommended": False, "evaluated_on": None}


def test_the_same_is_not_listed_twice_on_a_day_but_again_after_it_ended(platform):
    leader, notice = person("jinan-leader"), version("jinan-2020")
    kept = {"by": leader, "clause": "五"}
    first = services.list_platform(platform, notice, valid_from=DAY0, valid_until=date(2020, 5, 1), **kept)
    with pytest.raises(Invalid, match="期限重叠"):
        services.list_platform(platform, notice, valid_from=date(2020, 5, 1), **kept)
    services.delist(first.pk, "停止运营", by=leader)
    services.list_platform(platform, notice, valid_from=clock.today(), **kept)
    with pytest.raises(NotAllowed):
        services.list_platform(platform, notice, by=person("jinan-clerk"), valid_from=DAY0)


def test_a_listing_turns_amber_thirty_days_before_it_ends():
    listing = Listing(valid_from=DAY0, valid_until=date(2020, 6, 30))
    standing = {day: listing.standing(date.fromisoformat(day)) for day in
                ("2020-02-29", "2020-05-30", "2020-05-31", "2020-06-30", "2020-07-01")}  # fmt: skip
    assert list(standing.values()) == ["ahead", "listed", "expiring", "expiring", "expired"]


def test_a_published_notice_brings_its_platforms_and_no_namesake_gains_by_it(db):
    notice = version("shaoguan-2020")
    named = Platform.objects.get(name="中国职业培训在线")
    assert named.operator is None
    with pytest.raises(Invalid, match="不需要登记"):
        services.save_platform(None, {"name": "中国职业培训在线"}, by=person("shaoguan-wu"))
    before = Listing.objects.filter(scheme=notice.scheme).count()
    published.send(type(notice), version=notice)
    assert Listing.objects.filter(scheme=notice.scheme).count() == before
    assert before >= 9


def test_a_notice_is_published_again_and_a_platform_it_no_longer_names_ends(db):
    notice = version("shaoguan-2020")
    listing = Listing.objects.filter(scheme=notice.scheme, ground="recommended").first()
    again = Platform.objects.create(name="只在旧版中的平台", operator=None)
    old = Listing.objects.create(
        platform=again,
        scheme=notice.scheme,
        region=notice.region,
        ground="recommended",
        valid_from=date(2019, 1, 1),
    )
    services.delist(listing.pk, "停止服务", by=person("shaoguan-leader"))
    services.list_platform(
        listing.platform,
        notice,
        by=person("shaoguan-leader"),
        valid_from=clock.today(),
        clause="恢复推荐",
    )
    assert services.take_over_recommended(notice) == 0
    old.refresh_from_db()
    assert old.valid_until == (notice.governs_from or clock.today()) - timedelta(days=1)
    assert Listing.objects.filter(platform=listing.platform, scheme=notice.scheme).count() == 2


def test_only_the_owner_maintains(db):
    made = services.save_platform(None, {"name": "甲平台", "kind": "own-site"}, by=person("jinan-jia"))
    with pytest.raises(NotAllowed):
        services.save_platform(made.pk, {"name": "乙平台"}, by=person("jinan-wu"))
    with pytest.raises(NotAllowed):
        services.save_platform(None, {"name": "丙平台"}, by=person("jinan-clerk"))


# ---- occupations


def test_the_official_list_is_imported_once(db, tmp_path, capsys):
    path = tmp_path / "list.csv"
    path.write_text(
        "版本,编码,名称,技能等级\n2022,6-31-01-03,电工,五级/初级工、四级/中级工\n2022,6-99-99-01,测试工,\n",
        "utf-8",
    )
    call_command("import_occupations", str(path))
    assert "1 new, 1 changed" in capsys.readouterr().out
    call_command("import_occupations", str(path))
    assert "0 new, 0 changed, 2 as before" in capsys.readouterr().out
    assert Occupation.objects.get(edition=2022, code="6-31-01-03").levels == [5, 4]


def test_a_list_with_faults_names_each_and_stores_nothing(db, tmp_path, capsys):
    path = tmp_path / "list.csv"
    path.write_text(
        "版本,编码,名称,技能等级\n2022,6-99-99-01,测试工,\n1999,6-99,,六级\n2022,6-99-99-01,测试工,\n",
        "utf-8",
    )
    with pytest.raises(CommandError, match="5 faults"):
        call_command("import_occupations", str(path))
    told = capsys.readouterr().err
    assert "list.csv:3" in told
    assert "list.csv:2 重复" in told
    assert not Occupation.objects.filter(code="6-99-99-01").exists()


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("5-1", (5, 4, 3, 2, 1)),
        ("1-5", (5, 4, 3, 2, 1)),
        ("五、四级", (5, 4)),
        ("高级技师", (1,)),
        ("", ()),
        ("六级", None),
    ],
)
def test_levels_are_read_as_people_write_them(text, levels):
    assert read_levels(text) == levels


def test_a_list_without_codes_is_refused():
    with pytest.raises(Invalid, match="编码"):
        read_occupations([("a:2", {"名称": "电工"})], edition=2022)


def test_the_upload_page_shows_before_it_stores(sign_in):
    client = sign_in("jinan-clerk")
    file = SimpleUploadedFile("清单.csv", "版本,编码,名称\n2022,6-99-99-02,测试工乙\n".encode())
    shown = client.post(reverse("catalogue:import"), {"file": file})
    assert "测试工乙" in shown.content.decode()
    assert not Occupation.objects.filter(code="6-99-99-02").exists()
    key = {"attachment": shown.context["attachment"].pk, "edition": ""}
    assert sign_in("yingkou-clerk").post(reverse("catalogue:store-import"), key).status_code == 404
    client.post(reverse("catalogue:store-import"), key)
    assert Occupation.objects.filter(code="6-99-99-02").exists()


def test_an_occupation_stands_in_the_catalogue_once_a_day(db):
    clerk, one = person("jinan-clerk"), Occupation.objects.get(code="6-31-03-05")
    entry = services.enter_in_catalogue(one, by=clerk, document="济人社发〔2020〕1号", valid_from=DAY0)
    with pytest.raises(Invalid, match="已列入"):
        services.enter_in_catalogue(one, by=clerk, document="另一份", valid_from=date(2021, 1, 1))
    services.end_entry(entry.pk, date(2020, 12, 31), by=clerk)
    services.enter_in_catalogue(one, by=clerk, document="另一份", valid_from=date(2021, 1, 1))
    assert occupation_entry(one, DISTRICT, date(2020, 12, 31)) == entry
    assert occupation_entry(one, "/440000/440200/440203/", DAY0) is None
    with pytest.raises(NotAllowed):
        services.enter_in_catalogue(one, by=person("jinan-370102-clerk"), document="区", valid_from=DAY0)
    with pytest.raises(IntegrityError), transaction.atomic():
        CatalogueEntry.objects.create(occupation=one, region_id=entry.region_id, valid_from=DAY0)


# ---- standards


def entered(username="jinan-clerk", day=DAY0, rows=ROWS, until=None):
    return services.enter_tariffs(
        version("jinan-2020"),
        "standard",
        rows,
        by=person(username),
        valid_from=day,
        valid_until=until,
        document="济人社字〔2020〕9号",
    )


def test_a_second_person_approves_and_nobody_else(db):
    table = entered()
    assert "standard" not in tariffs_for("jinan-2020", DISTRICT, DAY0)
    for name in ("jinan-clerk", "shaoguan-leader", "jinan-370102-section"):
        with pytest.raises(NotAllowed):
            services.approve_tariffs(table.pk, by=person(name))
    services.approve_tariffs(table.pk, by=person("jinan-leader"))
    with pytest.raises(Stale):
        services.approve_tariffs(table.pk, by=person("jinan-section"))
    assert tariffs_for("jinan-2020", DISTRICT, DAY0)["standard"][0]["amount"] == "1999.50"
    same = TariffTable.objects.create(
        region=table.region,
        scheme="x",
        table="y",
        valid_from=DAY0,
        document="d",
        entered_by_id=table.entered_by_id,
    )
    same.decision, same.approved_by_id, same.decided_at = "approved", table.entered_by_id, clock.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        same.save()
    table.refresh_from_db()
    with pytest.raises(Exception, match=r"(?i)cannot update"), transaction.atomic():
        TariffTable.objects.filter(pk=table.pk).update(document="改")


def test_the_later_table_takes_over_on_its_first_day_and_the_nearest_region_wins(db):
    leader = person("jinan-leader")
    old, new = entered(), entered(day=date(2020, 4, 1), rows=[("t:2", {"amount": 900})])
    near = entered("jinan-370102-clerk", rows=[("t:2", {"amount": 700})], day=date(2020, 4, 10))
    for table in (old, new, near):
        services.approve_tariffs(table.pk, by=leader)

    def amounts(path, day):
        return [row["amount"] for row in tariffs_for("jinan-2020", path, day).get("standard", [])]

    assert amounts(CITY, date(2020, 2, 29)) == []
    assert amounts(CITY, date(2020, 3, 31)) == ["1999.50", 800]
    assert amounts(CITY, date(2020, 4, 1)) == [900]
    assert amounts(DISTRICT, date(2020, 4, 9)) == [900]
    assert amounts(DISTRICT, date(2020, 4, 10)) == [700]
    assert amounts(PROVINCE, date(2020, 4, 10)) == []


def held(table):
    table.refresh_from_db()
    return table.decision, table.ends_on


def test_a_correction_from_the_same_day_replaces_the_table_as_a_whole(db):
    leader = person("jinan-leader")
    first, right = entered(), entered(rows=[("t:2", {"amount": 950})])
    services.approve_tariffs(first.pk, by=leader)
    assert displaced(right).replaced == [first]
    services.approve_tariffs(right.pk, by=leader)
    assert held(first) == ("replaced", None)
    assert [row["amount"] for row in tariffs_for("jinan-2020", CITY, DAY0)["standard"]] == [950]


def test_tables_follow_one_another_whatever_the_order_of_approval(db):
    leader = person("jinan-leader")
    later, earlier = entered(day=date(2020, 6, 1)), entered(day=date(2020, 4, 1))
    for table in (later, earlier):
        services.approve_tariffs(table.pk, by=leader)
    assert held(earlier) == ("approved", date(2020, 5, 31))
    between = entered(day=date(2020, 5, 1))
    services.approve_tariffs(between.pk, by=leader)
    assert (held(earlier), held(between)) == (
        ("approved", date(2020, 4, 30)),
        ("approved", date(2020, 5, 31)),
    )


def test_no_day_falls_back_to_the_samples_because_a_table_ended_early(db):
    leader = person("jinan-leader")
    services.approve_tariffs(entered().pk, by=leader)
    short = entered(day=date(2020, 4, 1), until=date(2020, 4, 30))
    with pytest.raises(Invalid, match="仍应执行"):
        services.approve_tariffs(short.pk, by=leader)


def test_the_database_knows_one_table_in_force_a_day(db):
    leader = person("jinan-leader")
    services.approve_tariffs(entered().pk, by=leader)
    second = entered(day=date(2020, 5, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        TariffTable.objects.filter(pk=second.pk).update(
            decision="approved", approved_by_id=leader.user_id, decided_at=clock.now()
        )
    with pytest.raises(Exception, match="transition"), transaction.atomic():
        TariffTable.objects.filter(pk=second.pk).update(decision="replaced")
    with pytest.raises(Exception, match=r"(?i)cannot update"), transaction.atomic():
        TariffTable.objects.filter(pk=second.pk).update(rows=[])


def test_a_look_up_names_the_row(db):
    services.approve_tariffs(entered().pk, by=person("jinan-leader"))
    scheme = get(version("jinan-2020"))
    asked = {"occupation": "6-31-01-03", "level": "5"}
    found = {one.name: one for one in look_up(scheme, DISTRICT, date(2020, 4, 20), asked)}
    assert (found["standard"].value * 2, found["standard"].place) == (3999, "1")
    assert found["standard"].own is not None
    assert found["practical_share"].own is None
    other = look_up(scheme, DISTRICT, date(2020, 4, 20), {"occupation": "4-10-01-06"})[0]
    assert (other.value, other.place) == (800, "2")


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([("t.csv:2", {"amount": "abc"})], "t.csv:2"),
        ([("t.csv:2", {"amount": 1}), ("t.csv:3", {"amount": 2})], "t.csv:3"),
        ([("t.csv:2", {"price": 1})], "t.csv:2"),
        ([("t.csv:2", {"level": 5})], "t.csv:2"),
    ],
    ids=["no number", "tie", "unknown column", "no amount"],
)
def test_faults_of_a_table_are_told_with_their_places(db, rows, code):
    with pytest.raises(Invalid) as refused:
        entered(rows=rows)
    assert code in " ".join(problem.line("zh") for problem in refused.value.problems)


def test_the_upload_of_standards_and_the_look_up_page(sign_in):
    client = sign_in("jinan-clerk")
    file = SimpleUploadedFile(
        "标准.csv", b"occupation,level,certificate,amount\n6-31-01-03,5,,1500\n6-31-01-03,5,,1600\n"
    )
    notice = version("jinan-2020")
    sent = {"table": f"{notice.pk}.standard", "file": file, "document": "济1号", "valid_from": "2020-04-01"}
    refused = client.post(reverse("catalogue:new-tariff"), sent)
    assert refused.status_code == 422
    assert "标准.csv" in refused.content.decode()
    sent["file"] = SimpleUploadedFile(
        "标准.csv", b"occupation,level,certificate,amount\n6-31-01-03,5,,1500\n"
    )
    assert client.post(reverse("catalogue:new-tariff"), sent).status_code == 302
    table = TariffTable.objects.latest("pk")
    sign_in("jinan-leader").post(reverse("catalogue:approve-tariff", args=[table.pk]))
    asked = {"version": notice.pk, "occupation": "6-31-01-03", "level": "5", "day": "2020-04-20"}
    page = sign_in("jinan-ding").get(reverse("catalogue:look-up"), asked).content.decode()
    assert "1500" in page
    assert "济1号" in page


# ---- teachers and public pages


def test_only_teachers_who_agreed_are_public(sign_in, client):
    provider = person("yingkou-ding")
    for name, consent in (("测试公开师", date(2020, 3, 1)), ("测试隐名师", None)):
        services.save_teacher(
            None, {"name": name, "honours": ["辽宁工匠"], "consented_on": consent}, by=provider
        )
    with pytest.raises(Invalid, match="荣誉"):
        services.save_teacher(
            None, {"name": "测试某师", "honours": [], "consented_on": date(2020, 3, 1)}, by=provider
        )
    page = client.get(reverse("portal:teachers")).content.decode()
    assert "测试公开师" in page
    assert "测试隐名师" not in page
    bureau = sign_in("yingkou-leader").get(reverse("catalogue:teachers")).content.decode()
    assert "测试隐名师" in bureau
    assert Teacher.objects.filter(name="测试某师").count() == 0


def test_the_directory_is_open_to_everybody_and_says_why_something_left(platform, client):
    leader = person("jinan-leader")
    made = services.list_platform(platform, version("jinan-2020"), by=leader, valid_from=DAY0, clause="五")
    services.delist(made.pk, "资质失效", by=leader)
    page = client.get(reverse("portal:directory"), {"q": "目录测试平台"}).content.decode()
    assert "资质失效" in page
    assert "济南市" in page
    listed = client.get(reverse("portal:directory"), {"standing": "listed", "q": "目录测试平台"})
    assert "资质失效" not in listed.content.decode()


def test_a_code_that_nobody_issued_is_told_so(client, db):
    page = client.get(reverse("portal:check"), {"code": "ABCD-EFGH-JKMN-PQRS"}).content.decode()
    assert "没有此验证码的文书" in page
