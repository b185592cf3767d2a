"""Facts of a region: declared by one, in effect by another, inherited downwards, corrected by a new row."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction

from keshi_web.accounts.roles import Role
from keshi_web.common.errors import Invalid, NotAllowed, Stale
from keshi_web.files.kinds import ANY
from keshi_web.files.services import store
from keshi_web.schemes import facts, queries
from keshi_web.schemes.models import RegionalFact
from keshi_web.schemes.states import Decision

ENDED = "epidemic_ended_on"


@pytest.fixture
def document(db):
    paper = SimpleUploadedFile("decision.txt", "决定".encode())
    return store(paper, actor_id=None, purpose="regional-fact", allowed=ANY)


@pytest.fixture
def declare(regions, document):
    def declared(actor, value, region="999900", name=ENDED):
        return facts.declare(
            regions[region],
            name,
            value,
            declared_on=date(2020, 3, 9),
            document_number="临防指〔2020〕1号",
            document=document,
            actor=actor,
        )

    return declared


def test_a_declaration_takes_effect_when_a_second_person_approves(regions, clerk, leader, declare):
    row = declare(clerk, date(2020, 3, 8))
    assert queries.facts_for(regions["999900"].path) == {}
    facts.approve(row.pk, actor=leader)
    assert queries.facts_for(regions["999900"].path) == {ENDED: date(2020, 3, 8)}


def test_a_district_inherits_from_its_city_and_the_city_not_from_it(regions, clerk, leader, person, declare):
    facts.approve(declare(clerk, date(2020, 3, 8)).pk, actor=leader)
    district = person("qu", Role.CLERK, "999901")
    facts.approve(declare(district, date(2020, 3, 1), "999901").pk, actor=leader)
    assert queries.facts_for(regions["999901"].path) == {ENDED: date(2020, 3, 1)}
    assert queries.facts_for(regions["999900"].path) == {ENDED: date(2020, 3, 8)}
    assert queries.facts_for(regions["440200"].path) == {}


def test_a_correction_is_a_new_row_and_the_past_is_still_known(regions, clerk, leader, declare, clock):
    facts.approve(declare(clerk, date(2020, 3, 8)).pk, actor=leader)
    clock(date(2020, 3, 20))
    facts.approve(declare(clerk, date(2020, 3, 15)).pk, actor=leader)
    clock(date(2020, 3, 25))
    facts.approve(declare(clerk, None).pk, actor=leader)
    path = regions["999900"].path
    assert queries.facts_for(path, date(2020, 3, 9)) == {}
    assert queries.facts_for(path, date(2020, 3, 19)) == {ENDED: date(2020, 3, 8)}
    assert queries.facts_for(path, date(2020, 3, 20)) == {ENDED: date(2020, 3, 15)}
    assert queries.facts_for(path) == {}
    assert RegionalFact.objects.count() == 3


def test_nobody_approves_their_own_declaration(person, clerk, declare):
    row = declare(clerk, date(2020, 3, 8))
    with pytest.raises(NotAllowed, match="申报人"):
        facts.approve(row.pk, actor=replace(clerk, role=Role.BUREAU_LEADER))
    with pytest.raises(IntegrityError, match="fact_second_person"), transaction.atomic():
        RegionalFact.objects.filter(pk=row.pk).update(
            decision=Decision.APPROVED, decided_by=clerk.user_id, decided_at=row.declared_at
        )


def test_a_leader_elsewhere_or_below_does_not_decide(person, clerk, declare):
    row = declare(clerk, date(2020, 3, 8))
    for number, region in enumerate(("999901", "440200")):
        with pytest.raises(NotAllowed):
            facts.approve(row.pk, actor=person(f"other{number}", Role.BUREAU_LEADER, region))


def test_only_facts_of_the_vocabulary_are_declared(clerk, declare):
    with pytest.raises(Invalid, match="weather"):
        declare(clerk, date(2020, 3, 8), name="weather")
    with pytest.raises(Invalid):
        declare(clerk, "soon")


def test_one_open_declaration_at_a_time_and_one_decision(clerk, leader, declare):
    row = declare(clerk, date(2020, 3, 8))
    with pytest.raises(Stale):
        declare(clerk, date(2020, 3, 9))
    with pytest.raises(Invalid):
        facts.refuse(row.pk, actor=leader, reason="")
    facts.refuse(row.pk, actor=leader, reason="文件未盖章")
    with pytest.raises(Stale):
        facts.approve(row.pk, actor=leader)


def test_a_declaration_cannot_be_edited_or_decided_again(clerk, leader, declare):
    row = facts.approve(declare(clerk, date(2020, 3, 8)).pk, actor=leader)
    for change in ({"value": "2020-01-01"}, {"reason": "later"}, {"decision": Decision.REFUSED}):
        with pytest.raises(DatabaseError), transaction.atomic():
            RegionalFact.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        row.delete()
