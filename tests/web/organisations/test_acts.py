"""Registration, verification, declarations, accounts, standing: what each act does and when it refuses."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, connection, transaction

from keshi_web.accounts.actor import Actor
from keshi_web.accounts.roles import Role
from keshi_web.common import clock
from keshi_web.common.errors import Invalid, NotAllowed, Stale
from keshi_web.organisations import services
from keshi_web.organisations.facts import organisation_facts
from keshi_web.organisations.history import history_of
from keshi_web.organisations.models import BankAccount, ContactRole, Organisation, Reading
from keshi_web.organisations.queries import alike, blacklisting_on, listed, organisations_for, size_on
from keshi_web.organisations.sample import bank_code, licence_picture
from keshi_web.organisations.words import CHECKS, KindOf, LegalForm, State

from .conftest import Register, enter_account

Staff = Callable[[Role, str], Actor]
DAY = date(2020, 3, 10)


# Registration --------------------------------------------------------------------------------------------


def test_a_new_organisation_waits_until_everything_is_there(register: Register) -> None:
    organisation, admin = register()
    with pytest.raises(Invalid, match=r"登记银行账户；申报企业规模"):
        services.submit_for_verification(organisation.pk, by=admin)
    assert organisations_for(admin).get().state == State.REGISTERED


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"uscc": "91210802MA00000000"}, "校验"),
        ({"uscc": ""}, "."),
        ({"legal_form": LegalForm.INDIVIDUAL_BUSINESS}, "个体工商户"),
        ({"name": " "}, "单位名称"),
    ],
)
def test_a_faulty_registration_is_refused_and_leaves_nothing(
    details: services.Details, register: Register, change: dict[str, str], says: str
) -> None:
    with pytest.raises(Invalid, match=says):
        register(**change)
    assert not Organisation.objects.exists()


def test_a_code_is_registered_once(register: Register) -> None:
    organisation, _ = register()
    with pytest.raises(Invalid, match="已经登记"):
        register(uscc=organisation.uscc.lower())


def test_names_and_phones_are_sealed(register: Register) -> None:
    register()
    with connection.cursor() as cursor:
        cursor.execute("select string_agg(c::text, '') from organisations_contact c")
        (dump,) = cursor.fetchone()
    assert "13800000001" not in dump
    assert "测试乙" not in dump
    assert b"13800000001".hex() not in dump


def test_a_similar_name_of_the_region_is_shown(register: Register) -> None:
    first, _ = register(name="营口测试甲机械有限公司")
    second, _ = register(name="营口（测试甲）机械 有限责任公司")
    register(name="营口测试乙机械有限公司")
    assert list(alike(first)) == [second]


# Verification --------------------------------------------------------------------------------------------


def test_a_clerk_verifies_after_every_check(register: Register, complete: Callable, staff: Staff) -> None:
    organisation, admin = register()
    complete(organisation, admin)
    clerk = staff(Role.CLERK, "210802")
    with pytest.raises(Invalid, match="法定代表人"):
        services.verify(organisation.pk, by=clerk, checks=["licence", "bank-account"])
    services.verify(organisation.pk, by=clerk, checks=CHECKS.keys())
    organisation.refresh_from_db()
    assert organisation.state == State.VERIFIED
    assert organisation.bank_accounts.get().verified_by_id == clerk.user_id
    with pytest.raises(Stale, match="已核实"):
        services.reject(organisation.pk, by=clerk, reason="再看")


def test_a_refusal_names_its_reason_and_the_organisation_tries_again(
    register: Register, complete: Callable, staff: Staff
) -> None:
    organisation, admin = register()
    complete(organisation, admin)
    clerk = staff(Role.CLERK, "210800")
    with pytest.raises(Invalid, match="理由"):
        services.reject(organisation.pk, by=clerk, reason=" ")
    services.reject(organisation.pk, by=clerk, reason="执照照片不清晰")
    services.submit_for_verification(organisation.pk, by=admin)
    assert [row.reason for row in organisation.verifications.all()] == ["执照照片不清晰"]


def test_an_older_page_is_stale(register: Register, complete: Callable, staff: Staff) -> None:
    organisation, admin = register()
    complete(organisation, admin)
    shown = Organisation.objects.get().version
    services.change_details(organisation.pk, by=admin, address="测试路2号")
    with pytest.raises(Stale, match="他人更改"):
        services.verify(organisation.pk, by=staff(Role.CLERK, "210802"), checks=CHECKS.keys(), version=shown)


def test_what_is_on_the_licence_is_verified_again(verified: Register) -> None:
    organisation, admin = verified()
    assert services.change_details(organisation.pk, by=admin, address="测试路3号").state == State.VERIFIED
    changed = services.change_details(organisation.pk, by=admin, name="营口测试甲重工有限公司")
    assert changed.state == State.SUBMITTED
    assert changed.pinyin.startswith("ying kou")


def test_a_new_legal_representative_is_verified_again(verified: Register) -> None:
    organisation, admin = verified()
    services.change_contact(
        organisation.pk, ContactRole.LEGAL_REPRESENTATIVE, services.Person("测试丙"), by=admin
    )
    organisation.refresh_from_db()
    assert organisation.state == State.SUBMITTED
    assert organisation.contacts.filter(role=ContactRole.LEGAL_REPRESENTATIVE).count() == 2


# Accounts ------------------------------------------------------------------------------------------------


def test_an_account_needs_a_second_person_also_in_the_database(verified: Register, staff: Staff) -> None:
    organisation, admin = verified()
    account = enter_account(organisation, admin, "2108020000002")
    with pytest.raises(IntegrityError, match="bank_account_second_person"), transaction.atomic():
        BankAccount.objects.filter(pk=account.pk).update(
            verified_by_id=admin.user_id, verified_at="2020-03-10T00:00Z"
        )
    services.verify_bank_account(account.pk, by=staff(Role.CLERK, "210802"), organisation_id=organisation.pk)
    in_use = organisation.bank_accounts.get(retired_at__isnull=True)
    assert in_use == account
    assert organisation.bank_accounts.count() == 2


def test_an_account_number_is_found_but_not_readable(verified: Register, staff: Staff) -> None:
    organisation, _ = verified()
    other, other_admin = verified(name="营口测试乙机械有限公司")
    account = organisation.bank_accounts.get()
    assert services.sharing_account(account) == [other]
    with connection.cursor() as cursor:
        cursor.execute("select string_agg(a::text, '') from organisations_bankaccount a")
        (dump,) = cursor.fetchone()
        assert "2108020000001" not in dump
        assert b"2108020000001".hex() not in dump
    clerk = staff(Role.CLERK, "210802")
    assert services.read_account(organisation.pk, account.pk, by=clerk, purpose="核实") == "2108020000001"
    reading = Reading.objects.get()
    assert (reading.by_id, reading.field, reading.row) == (clerk.user_id, "account", account.pk)
    with pytest.raises(Invalid, match="用途"):
        services.read_account(organisation.pk, account.pk, by=clerk, purpose="")
    with pytest.raises(Organisation.DoesNotExist):
        services.read_account(organisation.pk, account.pk, by=other_admin, purpose="好奇")


def test_money_goes_to_the_organisation_itself(register: Register) -> None:
    organisation, admin = register()
    with pytest.raises(Invalid, match="户名"):
        services.add_bank_account(
            organisation.pk,
            by=admin,
            holder="测试甲",
            bank="测试银行",
            branch_code=bank_code("10200000001"),
            account="12345678",
        )


# Declarations --------------------------------------------------------------------------------------------


def test_the_size_is_computed_and_counts_from_its_day(
    register: Register, clock: Callable[[date], None]
) -> None:
    organisation, admin = register()
    with pytest.raises(Invalid, match="营业收入"):
        services.declare_size(
            organisation.pk, by=admin, year=2019, employees=120, revenue_wan=None, assets_wan=None
        )
    first = services.declare_size(
        organisation.pk, by=admin, year=2019, employees=999, revenue_wan=Decimal("40000"), assets_wan=None
    )
    assert first.size == "medium"
    clock(date(2020, 4, 1))
    services.declare_size(
        organisation.pk, by=admin, year=2019, employees=1000, revenue_wan=Decimal("40000"), assets_wan=None
    )
    assert size_on(organisation, DAY) == first
    assert listed(admin).get().size == "large"
    with pytest.raises(IntegrityError), transaction.atomic():
        type(first).objects.filter(pk=first.pk).update(size="micro")


def test_facts_are_those_of_the_day(verified: Register, staff: Staff) -> None:
    organisation, admin = verified((KindOf.ENTERPRISE, KindOf.DISPATCH_AGENCY))
    services.declare_epidemic(
        organisation.pk, by=admin, affected=True, since=date(2020, 2, 3), statement="停工至二月底"
    )
    facts = organisation_facts(organisation, DAY)
    assert facts == {
        "organisation.kind": "enterprise",
        "organisation.name": "营口测试甲机械有限公司",
        "organisation.uscc": organisation.uscc,
        "organisation.region": "210802",
        "organisation.legal_person": True,
        "organisation.industry": "工业",
        "organisation.employees": 120,
        "organisation.revenue_wan": Decimal("1860.00"),
        "organisation.affected_by_epidemic": True,
        "organisation.in_catalogue": False,
    }
    assert "organisation.affected_by_epidemic" not in organisation_facts(organisation, date(2020, 1, 31))


def test_several_capacities_have_to_be_chosen(verified: Register, staff: Staff) -> None:
    organisation, _ = verified((KindOf.ENTERPRISE, KindOf.PLATFORM))
    assert "organisation.kind" not in organisation_facts(organisation, DAY)
    assert organisation_facts(organisation, DAY, kind="platform")["organisation.kind"] == "platform"
    assert "organisation.kind" not in organisation_facts(organisation, DAY, kind="institution")


# Standing ------------------------------------------------------------------------------------------------


def test_a_kind_holds_once_at_a_time(verified: Register, staff: Staff) -> None:
    organisation, _ = verified()
    clerk = staff(Role.CLERK, "210802")
    with pytest.raises(Invalid, match="已登记为此类型"):
        services.add_kind(organisation.pk, KindOf.ENTERPRISE, by=clerk, valid_from=date(2020, 6, 1))
    services.add_kind(organisation.pk, KindOf.INSTITUTION, by=clerk, valid_from=DAY)
    services.enter_catalogue(
        organisation.pk, by=clerk, document="清单", valid_from=DAY, valid_until=date(2020, 12, 31)
    )
    assert organisation_facts(organisation, date(2020, 12, 31))["organisation.in_catalogue"]
    assert not organisation_facts(organisation, date(2021, 1, 1))["organisation.in_catalogue"]


def test_only_leaders_of_a_city_blacklist(verified: Register, staff: Staff) -> None:
    organisation, admin = verified()
    more = {
        "reason": "虚报课时",
        "document_number": "营人社〔2020〕9号",
        "valid_from": DAY,
        "valid_until": date(2020, 12, 31),
    }
    for actor in (
        staff(Role.SECTION_LEADER, "210802"), staff(Role.CLERK, "210800"), staff(Role.AUDITOR, "210800"), admin,
    ):  # fmt: skip
        with pytest.raises(NotAllowed, match="市级以上"):
            services.blacklist(organisation.pk, by=actor, **more)
    leader = staff(Role.BUREAU_LEADER, "210800")
    row = services.blacklist(organisation.pk, by=leader, **more)
    with pytest.raises(Invalid, match="已列入黑名单"):
        services.blacklist(
            organisation.pk, by=leader, **{**more, "valid_from": date(2020, 12, 31), "valid_until": None}
        )
    assert blacklisting_on(organisation.pk, DAY) == row
    services.note_appeal(organisation.pk, row.pk, by=leader, text="单位提出异议，已复核")
    services.lift_blacklisting(organisation.pk, row.pk, by=leader, reason="复核撤销")
    assert blacklisting_on(organisation.pk, DAY) is None
    services.blacklist(organisation.pk, by=leader, **more)


def test_a_dispatch_agreement_names_a_registered_agency(verified: Register) -> None:
    user, admin = verified()
    agency, _ = verified((KindOf.DISPATCH_AGENCY,), name="营口测试己人力资源有限公司")
    paper = ContentFile(b"\x89PNG\r\n\x1a\n", name="协议.png")
    more = {"by": admin, "document": paper, "valid_from": DAY}
    with pytest.raises(Invalid, match="没有此统一社会信用代码的劳务派遣单位"):
        services.add_dispatch_agreement(user.pk, agency_uscc=user.uscc, **more)
    with pytest.raises(Invalid, match="损坏"):
        services.add_dispatch_agreement(user.pk, agency_uscc=agency.uscc, **more)


# Scope and history ---------------------------------------------------------------------------------------


def test_everybody_sees_their_own_part(verified: Register, staff: Staff) -> None:
    here, admin = verified()
    for role, key, seen in (
        (Role.CLERK, "210802", True), (Role.AUDITOR, "210800", True), (Role.BUREAU_LEADER, "210000", True),
        (Role.CLERK, "210803", False), (Role.BUREAU_LEADER, "440200", False),
    ):  # fmt: skip
        assert organisations_for(staff(role, key)).contains(here) is seen
    assert list(organisations_for(admin)) == [here]
    assert not organisations_for(None).exists()
    with pytest.raises(Organisation.DoesNotExist):
        services.close(here.pk, by=staff(Role.CLERK, "440200"), reason="x")


def test_every_change_says_who_made_it(verified: Register, staff: Staff) -> None:
    organisation, admin = verified()
    services.change_details(organisation.pk, by=admin, name="营口测试甲重工有限公司")
    Organisation.objects.filter(pk=organisation.pk).update(address="绕过程序的修改")
    events = list(organisation.events.order_by("pgh_id"))
    named = next(event for event in events if event.name == "营口测试甲重工有限公司")
    assert named.pgh_context.metadata["user"] == admin.user_id
    assert named.pgh_context.metadata["act"] == "change-details"
    assert events[-1].address == "绕过程序的修改"


def test_roles_that_may_not_act(verified: Register, staff: Staff) -> None:
    organisation, admin = verified()
    auditor = staff(Role.AUDITOR, "210800")
    for act in (
        lambda: services.verify(organisation.pk, by=auditor, checks=CHECKS.keys()),
        lambda: services.change_details(organisation.pk, by=auditor, address="x"),
        lambda: services.declare_epidemic(
            organisation.pk, by=auditor, affected=False, since=DAY, statement=""
        ),
        lambda: services.close(organisation.pk, by=admin, reason="x"),
        lambda: services.submit_for_verification(
            organisation.pk, by=replace(admin, role=Role.TRAINING_ADMIN)
        ),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_a_new_name_needs_an_account_in_it(verified: Register, staff: Staff) -> None:
    organisation, admin = verified()
    services.change_details(organisation.pk, by=admin, name="营口测试新名有限公司")
    organisation.refresh_from_db()
    assert organisation.state == State.SUBMITTED
    clerk = staff(Role.CLERK, "210802")
    with pytest.raises(Invalid, match="与现单位名称一致"):
        services.verify(organisation.pk, by=clerk, checks=CHECKS.keys())
    enter_account(organisation, admin, "2108020000099")
    services.verify(organisation.pk, by=clerk, checks=CHECKS.keys())
    assert organisation.bank_accounts.get(retired_at=None).holder == "营口测试新名有限公司"


def test_a_closing_by_mistake_is_taken_back_by_a_leader(verified: Register, staff: Staff) -> None:
    organisation, admin = verified()
    clerk, leader = staff(Role.CLERK, "210802"), staff(Role.SECTION_LEADER, "210802")
    services.close(organisation.pk, by=clerk, reason="执照注销")
    with pytest.raises(NotAllowed):
        services.reopen(organisation.pk, by=clerk, reason="误标")
    services.reopen(organisation.pk, by=leader, reason="误标，登记机关查询仍存续")
    with pytest.raises(Stale):
        services.reopen(organisation.pk, by=leader, reason="误标")
    services.submit_for_verification(organisation.pk, by=admin)
    services.verify(organisation.pk, by=clerk, checks=CHECKS.keys())


def test_an_agreement_ends_by_either_side_and_only_a_present_agency_sends(
    verified: Register, staff: Staff
) -> None:
    agency, agent = verified((KindOf.DISPATCH_AGENCY,))
    firm, admin = verified()
    stranger = verified()[1]
    paper = {"document": ContentFile(licence_picture("X"), name="协议.png"), "agency_uscc": agency.uscc}
    day = clock.today()
    with pytest.raises(Invalid, match="劳务派遣单位"):
        services.add_dispatch_agreement(firm.pk, by=admin, valid_from=day - timedelta(days=1), **paper)
    made = services.add_dispatch_agreement(firm.pk, by=admin, valid_from=day, **paper)
    with pytest.raises(Organisation.DoesNotExist):
        services.end_dispatch_agreement(firm.pk, made.pk, by=stranger, last_day=day)
    services.end_dispatch_agreement(agency.pk, made.pk, by=agent, last_day=day)
    made.refresh_from_db()
    assert made.valid_until == day


def test_the_history_tells_of_everything_that_hangs_on_it(verified: Register, staff: Staff) -> None:
    organisation, admin = verified()
    clerk, leader = staff(Role.CLERK, "210802"), staff(Role.BUREAU_LEADER, "210800")
    services.add_kind(organisation.pk, KindOf.PLATFORM, by=clerk, valid_from=clock.today())
    barred = services.blacklist(
        organisation.pk, by=leader, reason="虚报", document_number="营人社罚〔2020〕1号",
        valid_from=clock.today(), valid_until=None,
    )  # fmt: skip
    services.lift_blacklisting(organisation.pk, barred.pk, by=leader, reason="已整改")
    enter_account(organisation, admin, "2108020000088")
    told = [(change.act, change.who) for change in history_of(organisation)]
    assert told[:4] == [
        ("登记银行账户", admin.name),
        ("解除黑名单", leader.name),
        ("列入黑名单", leader.name),
        ("增加单位类型", clerk.name),
    ]
    assert told[-1][0] == "登记"
    assert any("营人社罚〔2020〕1号" in line for change in history_of(organisation) for line in change.lines)
