"""What a new version would have meant for past classes."""

import pytest

from keshi_web.schemes import impact, services
from keshi_web.schemes.impact import Preview


@pytest.fixture
def versions(published, amended, clerk):
    old = published()
    return old, services.import_folder(amended(2, {'value = "27.5"': 'value = "25.5"'}), actor=clerk)


def test_worked_cases_stand_in_until_there_are_classes(versions):
    found = impact.preview(*versions)
    assert found.worked
    assert found.losing > 0 == found.gaining
    assert found.difference == sum(person.difference for person in found.persons) < 0
    assert found.difference == sum(case.difference for case in found.cases)
    assert "*" in found.persons[0].masked


def test_past_classes_come_from_the_app_that_keeps_them(versions, monkeypatch):
    old, new = versions
    monkeypatch.setattr(impact, "_sources", [])
    cases, worked = impact.cases_for(old)
    assert worked
    past = [("LJ-1", next(iter(cases))[1])]
    impact.register_case_source(lambda version: past if version == old else [])
    found = impact.preview(old, new)
    assert (found.worked, found.classes) == (False, 1)
    assert {person.source for person in found.persons} <= {"LJ-1"}


def test_an_equal_version_changes_nobody(versions):
    old, _new = versions
    found = impact.preview(old, old)
    assert isinstance(found, Preview)
    assert (found.persons, found.difference, found.unsettled) == ((), 0, ())


def test_a_person_of_a_past_class_is_named_by_their_number_on_the_roster():
    assert impact._shown("12") == "12"
    assert impact._shown("110105194912310021") == "1101************21"
