"""The generator of large databases: sound rows, the same again, to be interrupted."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import override_settings

from keshi.identity import check_id_number, check_mobile
from keshi_web.classes.generate import run as generating
from keshi_web.classes.generate.people import identity, person_id
from keshi_web.classes.lines import FilingLine
from keshi_web.classes.models import Enrolment, Filing
from keshi_web.common import clock
from keshi_web.common.sealed import column
from keshi_web.people.models import Person
from keshi_web.people.writing import id_number_index
from keshi_web.workflow.models import ClockRun, Process

pytestmark = [pytest.mark.usefixtures("sample_database"), pytest.mark.django_db]
MADE = Process.objects.filter(number__gte="KB2020100000", kind="filing")


def generate(filings: int = 120, trainees: int = 300, **more: Any) -> None:
    call_command(
        "generate", filings=filings, organisations=60, trainees=trainees, processes=1, verbosity=0, **more
    )


@pytest.fixture
def late(clock: Callable[[date], None]) -> None:
    """By the end of the year classes of every state have been."""
    clock(date(2020, 12, 1))


@pytest.mark.usefixtures("late")
def test_generated_filings_are_whole_and_can_be_worked_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generating, "BATCH", 50)
    generate()
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
    assert MADE.count() == 120
    assert {"finished", "running", "submitted", "draft"} <= set(MADE.values_list("state", flat=True))
    assert len(set(MADE.values_list("path", flat=True))) > 5
    for process in MADE.select_related("office", "organisation__region", "filing"):
        filing = process.filing
        assert process.chain[process.position] == process.office_id
        assert process.organisation.region_id == process.office_id
        assert filing.head_count == filing.enrolments.count()
        assert process.state == "draft" or process.entries.filter(
            version=process.version, target=process.state
        )
        assert process.changed_at <= clock.now()
        run = process.clocks.filter(name=process.due_clock, stopped=False).first()
        assert process.due_on == (run.due().day if run else None)
    for run in ClockRun.objects.filter(process__in=MADE, stopped=False).prefetch_related("events"):
        assert run.due_on == run.due().day
    assert FilingLine.objects.filter(filing__process__in=MADE).count() == 120


@pytest.mark.usefixtures("late")
def test_generated_people_are_in_the_vault_as_others_are() -> None:
    generate(filings=40)
    for number in (0, 1, 299):
        person = Person.objects.get(pk=person_id(1, number))
        name, id_number, phone = identity(number)
        assert column(Person, "name").get(person) == name
        assert column(Person, "id_number").get(person) == id_number
        assert (column(Person, "phone").get(person) or "") == phone
        assert bytes(person.id_number_index) == id_number_index(id_number)
    assert not Enrolment.objects.filter(filing__process__in=MADE, person__employments=None).exists()


def test_names_of_generated_people_are_all_different_and_sound() -> None:
    many = [identity(number) for number in range(0, 1_000_000, 997)]
    assert all(
        not check_id_number(number) and (not phone or not check_mobile(phone))
        for _name, number, phone in many
    )
    assert len({number for _name, number, _phone in many}) == len(many)


@pytest.mark.usefixtures("late")
def test_a_run_that_was_cut_short_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    generate(filings=30, trainees=100)
    before = _picture()
    generate(filings=60, trainees=300)
    assert MADE.count() == 60
    assert before.items() <= _picture().items()
    generate(filings=60, trainees=300)
    assert MADE.count() == 60
    assert Person.objects.filter(pk__in=[person_id(1, number) for number in range(300)]).count() == 300


def _picture() -> dict[str, Any]:
    rows = Filing.objects.filter(process__in=MADE)
    return {
        number: rest
        for number, *rest in rows.values_list("process__number", "project", "organisation", "starts_on")
    }


def test_it_refuses_where_people_work() -> None:
    with override_settings(LOCAL=False), pytest.raises(CommandError, match="KESHI_DEMO"):
        generate()
