"""One-click sign-in: everybody's in a demonstration, nobody's anywhere else."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.test import override_settings
from django.urls import reverse

from keshi_web.accounts import checks
from keshi_web.accounts.demonstration import sample_accounts
from keshi_web.accounts.models import SecurityEvent, SessionRecord, User
from keshi_web.accounts.roles import Role
from keshi_web.accounts.sample import CITIES, PASSWORD, load_sample, provider_accounts
from keshi_web.accounts.services import sign_in
from keshi_web.regions.sample import load_sample as load_regions

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def sample(db):
    load_regions()
    return load_sample()


def test_the_sample_has_every_role_in_every_city_once(sample):
    assert load_sample() == sample
    assert User.objects.filter(is_sample=True).count() == sample
    staff = {Role.CLERK, Role.SECTION_LEADER, Role.BUREAU_LEADER, Role.EVALUATOR, Role.FINANCE_MAKER,
             Role.FINANCE_CHECKER, Role.AUDITOR}  # fmt: skip
    for city in CITIES:
        held = User.objects.filter(assignments__office__path__contains=f"/{city.key}/")
        assert set(held.values_list("assignments__role", flat=True)) == staff
    assert User.objects.get(username="sysadmin").assignments.get().role == Role.SYSADMIN
    assert {group.title for group in sample_accounts()} >= {"营口市", "济南市", "安康市", "乌海市", "韶关市"}


def test_a_sample_organisation_gets_its_people_once(organisation, person):
    firm = organisation()
    admin = person(Role.PROVIDER_ADMIN, organisation=firm)
    assert provider_accounts(firm) == provider_accounts(firm) == 2
    assert set(firm.assignments.values_list("user__username", "role")) == {
        (admin.username, "provider-admin"),
        (f"{admin.username}-training", "training-admin"),
    }
    assert not firm.assignments.filter(user__is_sample=False).exists()


def test_one_click_signs_in_as_a_sample_person_verified(client, sample):
    page = client.get(reverse("accounts:sign-in")).content.decode()
    assert 'value="yingkou-210804-clerk"' in page
    response = client.post(reverse("accounts:sign-in-as-sample"), {"username": "yingkou-210804-clerk"})
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.get(reverse("accounts:delegations")).status_code == 200
    assert SessionRecord.objects.get().second_factor is True
    assert SecurityEvent.objects.get().details["demonstration"] is True
    confirm = reverse("accounts:confirm")
    assert (
        client.post(confirm, {"as_sample": "1", "next": "/accounts/profile/"})["Location"]
        == "/accounts/profile/"
    )


def test_nobody_real_is_signed_in_as_by_one_click(client, person):
    user = person(Role.CLERK, "210804")
    assert client.post(reverse("accounts:sign-in-as-sample"), {"username": user.username}).status_code == 404
    assert client.get(reverse("accounts:sign-in-as-sample")).status_code == 405


@override_settings(LOCAL=False, DEMO=False, TESTING=False)
def test_outside_a_demonstration_view_service_and_sample_all_refuse(client, sample, rf):
    assert client.post("/accounts/sign-in/sample/", {"username": "sysadmin"}).status_code == 404
    with pytest.raises(User.DoesNotExist):
        sign_in.enter_as_sample(rf.post("/"), "sysadmin")
    with pytest.raises(RuntimeError):
        load_sample()
    with pytest.raises(RuntimeError):
        provider_accounts(None)
    assert "sysadmin" not in client.get(reverse("accounts:sign-in")).content.decode()
    response = client.post(reverse("accounts:sign-in"), {"username": "sysadmin", "password": PASSWORD})
    assert response.status_code == 200, "a sample person's password is good for nothing"


@override_settings(LOCAL=False, DEMO=False, TESTING=False)
def test_the_start_is_refused_when_one_click_sign_in_could_be_reached():
    assert [found.id for found in checks.demonstration_sign_in_is_closed()] == ["accounts.E001"]


def test_a_demonstration_passes_the_check():
    assert not [found for found in run_checks(tags=["security"]) if found.id == "accounts.E001"]


_PROGRAM = """
import json
import django
django.setup()
from django.conf import settings
from django.core.checks import run_checks
from django.test import Client
from django.urls import NoReverseMatch, reverse
try:
    named = reverse("accounts:sign-in-as-sample")
except NoReverseMatch:
    named = None
client = Client(SERVER_NAME="keshi.example")
answer = client.post("/accounts/sign-in/sample/", {"username": "sysadmin"}, secure=True)
print(json.dumps({
    "local": settings.LOCAL, "named": named, "status": answer.status_code,
    "session": "sessionid" in client.cookies,
    "faults": [found.id for found in run_checks() if found.id == "accounts.E001"],
}))
"""


def test_with_production_settings_one_click_sign_in_does_not_exist(database_url, tmp_path):
    keep = {name: value for name, value in os.environ.items() if not name.startswith("KESHI_")}
    environment = {
        **keep,
        "DJANGO_SETTINGS_MODULE": "keshi_web.config.settings",
        "DATABASE_URL": database_url,
        "KESHI_HOME": str(tmp_path),
        "KESHI_SECRET_KEY": "x" * 60,
        "KESHI_VAULT_KEYS": str(tmp_path / "keys.json"),
        "KESHI_HOSTS": "keshi.example",
        "KESHI_BASE_URL": "https://keshi.example",
        "KESHI_UPLOADS": str(tmp_path / "uploads"),
        "KESHI_STATIC": str(tmp_path / "static"),
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _PROGRAM],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.strip().splitlines()[-1])
    assert told == {"local": False, "named": None, "status": 404, "session": False, "faults": []}
