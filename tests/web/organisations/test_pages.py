"""The pages as people of each role get them."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from keshi.identity import make_uscc
from keshi_web.accounts.actor import Actor
from keshi_web.accounts.models import User
from keshi_web.accounts.roles import Role
from keshi_web.organisations.generate import generate
from keshi_web.organisations.models import Organisation
from keshi_web.organisations.sample import bank_code, licence_picture, load_sample
from keshi_web.organisations.words import CHECKS, State
from keshi_web.regions.sample import load_sample as load_regions

from .conftest import Register

Staff = Callable[[Role, str], Actor]
SignIn = Callable[[Actor], Client]


@pytest.fixture
def sign_in() -> SignIn:
    def make(actor: Actor) -> Client:
        client = Client()
        client.force_login(
            User.objects.get(pk=actor.user_id), backend="django.contrib.auth.backends.ModelBackend"
        )
        return client

    return make


def url(name: str, *args: object) -> str:
    return reverse(f"organisations:{name}", args=args)


def test_anybody_registers_an_organisation(regions: dict, client: Client) -> None:
    assert client.get(url("register")).status_code == 200
    given = {
        "uscc": make_uscc("210802", "MAREG000"),
        "name": "营口测试庚物流有限公司",
        "legal_form": "company",
        "legal_person": "on",
        "kinds": ["enterprise"],
        "region": regions["210802"].pk,
        "address": "测试路9号",
        "industry": "交通运输业",
        "representative": "测试甲",
        "contact_name": "测试乙",
        "contact_phone": "13800000009",
        "username": "geng-admin",
        "admin_name": "测试丙",
    }
    wrong = client.post(url("register"), {**given, "uscc": "123", "licence": picture()})
    assert wrong.status_code == 422
    assert not Organisation.objects.exists()
    done = client.post(url("register"), {**given, "licence": picture()})
    assert done.status_code == 302
    assert "set-password" in done["Location"]
    assert Organisation.objects.get().state == State.REGISTERED


def test_a_foreign_organisation_does_not_exist(verified: Register, staff: Staff, sign_in: SignIn) -> None:
    organisation, _ = verified()
    stranger = sign_in(staff(Role.SECTION_LEADER, "440200"))
    for name in ("detail", "verify", "licence", "merge", "blacklist", "close", "add-kind", "enter-catalogue"):
        assert stranger.get(url(name, organisation.pk)).status_code == 404, name
    account = organisation.bank_accounts.get()
    assert (
        stranger.post(url("read-account", organisation.pk, account.pk), {"purpose": "x"}).status_code == 404
    )
    assert organisation.name not in stranger.get(url("list")).content.decode()


def test_the_list_is_filtered_sorted_and_exported_in_few_queries(
    verified: Register, staff: Staff, sign_in: SignIn, django_assert_max_num_queries: Callable
) -> None:
    organisation, _ = verified()
    clerk = sign_in(staff(Role.CLERK, "210800"))
    clerk.get(url("list"))
    with django_assert_max_num_queries(12):
        page = clerk.get(
            url("list"), {"state": "verified", "kind": "enterprise", "size": "small", "sort": "-name"}
        )
    assert organisation.name in page.content.decode()
    assert organisation.name not in clerk.get(url("list"), {"kind": "platform"}).content.decode()
    assert (
        organisation.name in clerk.get(url("list"), {"region": "210800", "barred": "false"}).content.decode()
    )
    assert organisation.name in clerk.get(url("list"), {"q": organisation.uscc}).content.decode()
    exported = clerk.get(url("list"), {"export": "xlsx"})
    assert b"".join(exported.streaming_content if exported.streaming else [exported.content])[:2] == b"PK"


def test_a_clerk_verifies_on_the_page(
    register: Register, complete: Callable, staff: Staff, sign_in: SignIn
) -> None:
    organisation, admin = register()
    complete(organisation, admin)
    clerk = sign_in(staff(Role.CLERK, "210802"))
    page = clerk.get(url("verify", organisation.pk)).content.decode()
    assert "达到" in page
    version = Organisation.objects.get().version
    half = clerk.post(
        url("verify", organisation.pk), {"decision": "verify", "checks": ["licence"], "version": version}
    )
    assert half.status_code == 422
    assert "请先完成核对" in half.content.decode()
    done = clerk.post(
        url("verify", organisation.pk), {"decision": "verify", "checks": list(CHECKS), "version": version}
    )
    assert done["Location"] == url("detail", organisation.pk)
    shown = clerk.get(url("detail", organisation.pk)).content.decode()
    assert "核实通过" in shown
    assert "13800000001" not in shown
    assert "测试乙" not in shown


def test_an_account_is_shown_once_for_a_purpose(verified: Register, staff: Staff, sign_in: SignIn) -> None:
    organisation, _ = verified()
    account = organisation.bank_accounts.get()
    clerk = sign_in(staff(Role.CLERK, "210802"))
    target = url("read-account", organisation.pk, account.pk)
    assert clerk.get(target).status_code == 405
    assert clerk.post(target, {"purpose": ""}).status_code == 422
    shown = clerk.post(target, {"purpose": "核实户名"})
    assert "2108020000001" in shown.content.decode()
    assert shown["Cache-Control"] == "no-store"
    auditor = sign_in(staff(Role.AUDITOR, "210800"))
    assert auditor.post(target, {"purpose": "x"}).status_code == 403
    assert auditor.get(url("detail", organisation.pk)).status_code == 200


def test_an_administrator_completes_the_registration(register: Register, sign_in: SignIn) -> None:
    organisation, actor = register()
    admin = sign_in(actor)
    assert "登记银行账户" in admin.get(url("mine")).content.decode()
    size = {"year": 2019, "industry": "工业", "employees": 120, "revenue_wan": "1860", "assets_wan": ""}
    assert admin.post(url("declare-size"), {**size, "revenue_wan": ""}).status_code == 422
    assert admin.post(url("declare-size"), size)["Location"] == url("mine")
    account = {
        "holder": organisation.name,
        "bank": "测试银行",
        "branch_code": bank_code("10200000001"),
        "account": "21080200001",
    }
    admin.post(url("add-account"), account)
    for name in ("change-details", "declare-epidemic", "add-account", "add-dispatch"):
        assert admin.get(url(name)).status_code in (200, 302), name
    assert admin.get(url("change-contact", "contact")).status_code == 200
    assert admin.get(url("change-contact", "nobody")).status_code == 404
    if organisation.bank_accounts.exists():
        admin.post(url("submit"))
        organisation.refresh_from_db()
        assert organisation.state == State.SUBMITTED
    assert admin.get(url("list")).status_code == 403


def test_every_page_of_the_bureau_opens(verified: Register, staff: Staff, sign_in: SignIn) -> None:
    organisation, _ = verified()
    leader = sign_in(staff(Role.BUREAU_LEADER, "210800"))
    for name in ("detail", "add-kind", "enter-catalogue", "blacklist", "merge", "close"):
        assert leader.get(url(name, organisation.pk)).status_code == 200, name
    barred = {"reason": "虚报", "document_number": "1号", "valid_from": "2020-03-10", "valid_until": ""}
    assert leader.post(url("blacklist", organisation.pk), barred).status_code == 302
    row = organisation.blacklistings.get()
    assert leader.get(url("lift", organisation.pk, row.pk)).status_code == 200
    assert leader.get(url("note-appeal", organisation.pk, row.pk)).status_code == 200
    assert "黑名单" in leader.get(url("list"), {"barred": "true"}).content.decode()
    paper = leader.get(url("licence", organisation.pk))
    assert paper["Content-Disposition"].startswith("attachment")


def test_the_pages_speak_english(verified: Register, staff: Staff, sign_in: SignIn) -> None:
    organisation, _ = verified()
    actor = staff(Role.BUREAU_LEADER, "210800")
    User.objects.filter(pk=actor.user_id).update(language="en")
    with translation.override("zh-hans"):
        page = sign_in(actor).get(url("detail", organisation.pk)).content.decode()
    assert "Bank account" in page
    assert "银行账户" not in page


@pytest.mark.django_db
def test_the_sample_is_made_by_the_real_acts_and_repeats() -> None:
    load_regions()
    made = load_sample()
    assert len(made) == 30
    assert {row.state for row in made} == {State.SUBMITTED}
    assert [row.pk for row in load_sample()] == [row.pk for row in made]
    sizes = {row.size_declarations.get().size for row in made}
    assert sizes == {"large", "medium", "small", "micro", ""}
    ids = generate(40)
    assert len(set(ids)) == 40
    assert len(set(generate(10)) | set(ids)) == 50


def picture() -> SimpleUploadedFile:
    return SimpleUploadedFile("执照.png", licence_picture("SAMPLE"))
