"""Trainees of the demonstration who can be signed in as: two in every city, on the roster of its approved class.

The bureau has checked who they are, their categories have a proof and days, and several people have read their data, so
that their own page has something to show.
"""

from datetime import date

from keshi_web.accounts.actor import Actor, actor_of
from keshi_web.accounts.models import User
from keshi_web.accounts.sample import trainee_account
from keshi_web.classes.models import Filing
from keshi_web.organisations.models import Organisation
from keshi_web.people import services as vault
from keshi_web.people.models import Person
from keshi_web.people.words import Field, Purpose

HIRED_ON = date(2019, 7, 1)


def make_trainees(filing: Filing, slug: str, provider_word: str, clerk_name: str) -> None:
    """Give the first two people of a roster an account, employment, categories and readers."""
    provider, clerk = _actor(f"{slug}-{provider_word}"), _actor(clerk_name)
    first, second = (row.person for row in filing.enrolments.order_by("number")[:2])
    agency = Organisation.objects.get(pk=_actor(f"{slug}-ji").organisation_id)
    for number, (person, through) in enumerate(((first, None), (second, agency)), start=1):
        username = f"{slug}-trainee" if number == 1 else f"{slug}-trainee-{number}"
        trainee_account(username, person.name_masked)
        _employ(person, filing, through, provider)
        phone = f"1390000{(filing.pk * 10 + number) % 10_000:04d}"
        vault.change_phone(person, phone, actor=clerk, ground="现场核验时本人提供（示例）")
        vault.link_user(person, username, actor=clerk, ground="现场核对身份证原件（示例）")
    _categories(first, second, clerk)
    _readers(first, filing, slug, provider, clerk)
    _readers(second, filing, slug, provider, clerk)


def _employ(person: Person, filing: Filing, through: Organisation | None, provider: Actor) -> None:
    vault.record_employment(
        person,
        filing.organisation_id,
        "contract",
        HIRED_ON,
        actor=provider,
        agency_id=through.pk if through else None,
        contract_signed_on=HIRED_ON,
        contract_months=36,
        insured=True,
        front_line=True,
    )


def _categories(first: Person, second: Person, clerk: Actor) -> None:
    employee, ended = "劳动合同和社会保险缴费记录（示例）", "就业创业证（示例）"
    vault.record_category(first, "employee", HIRED_ON, actor=clerk, proof=employee)
    vault.record_category(first, "laid-off", date(2018, 12, 1), date(2019, 6, 30), actor=clerk, proof=ended)
    vault.record_category(second, "dispatched", HIRED_ON, actor=clerk, proof="劳务派遣协议（示例）")
    vault.record_category(second, "veteran", date(2017, 9, 1), actor=clerk, proof="退役证（示例）")


def _readers(person: Person, filing: Filing, slug: str, provider: Actor, clerk: Actor) -> None:
    case = f"filing:{filing.process.number}"
    vault.reveal(person, [Field.PHONE], actor=provider, purpose=Purpose.FILING, case=case)
    vault.reveal(person, [Field.NAME, Field.ID_NUMBER], actor=clerk, purpose=Purpose.FILING, case=case)
    vault.reveal(person, [Field.PHONE], actor=clerk, purpose=Purpose.CHECK, case=case)
    auditor = _actor(f"{slug}-auditor")
    vault.reveal(person, [Field.ID_NUMBER], actor=auditor, purpose=Purpose.AUDIT, case=case)


def _actor(username: str) -> Actor:
    found = actor_of(User.objects.get(username=username))
    assert found is not None
    return found
