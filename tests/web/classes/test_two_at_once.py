"""Two people, or one with two clicks, at the same moment: one step, one letter, and the other is told."""

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import IntegrityError, close_old_connections, connection, transaction

from keshi_web.classes import sample as cities
from keshi_web.classes.models import Filing
from keshi_web.classes.services import decisions, drafts, roster, storing
from keshi_web.common.errors import NotAllowed, Stale
from keshi_web.documents.models import Document
from keshi_web.workflow.engine import fire
from keshi_web.workflow.models import Entry, Process

from .conftest import Desk
from .rosters import pasted, rows

Make = Callable[..., Filing]


def together(*acts: Callable[[], Any]) -> list[Any]:
    """The outcome of each act, run at the same moment in threads of their own."""
    gate, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place: int) -> None:
        try:
            gate.wait(timeout=10)
            outcomes[place] = acts[place]()
        except Exception as error:
            outcomes[place] = error
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


def letters(filing: Filing) -> int:
    issued = Document.objects.filter(kind="letter", subject=f"classes.filing:{filing.pk}")
    return issued.exclude(letter="receipt").count()


def test_a_double_click_is_one_step_and_one_letter(file: Make) -> None:
    people = Desk(file("shaoguan", "endorsed"))
    process = people.filing.process
    first = decisions.act(process.pk, "approve", by=people.leader, version=process.version)
    second = decisions.act(process.pk, "approve", by=people.leader, version=process.version)
    assert first == second
    assert letters(people.filing) == 1
    assert people.filing.process.entries.filter(event="approve").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_are_one_step_and_one_letter(file: Make) -> None:
    people = Desk(file("shaoguan", "endorsed"))
    process, by = people.filing.process, people.leader

    def approve() -> Entry:
        return decisions.act(process.pk, "approve", by=by, version=process.version)

    one, other = together(approve, approve)
    assert one == other
    assert letters(people.filing) == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_leaders_one_decides_and_the_other_is_told_who(file: Make) -> None:
    people = Desk(file("shaoguan", "endorsed"))
    process = people.filing.process
    refusal = {"reason": "课程不符", "remedy": "可申请复议。"}

    def approve() -> Entry:
        return decisions.act(process.pk, "approve", by=people.leader, version=process.version)

    def refuse() -> Entry:
        return decisions.act(process.pk, "refuse", by=people.section, version=process.version, given=refusal)

    outcomes = together(approve, refuse)
    (told,) = [one for one in outcomes if isinstance(one, Stale)]
    (made,) = [one for one in outcomes if isinstance(one, Entry)]
    assert made.by is not None
    assert made.by.name in str(told)
    assert letters(people.filing) == 1


@pytest.mark.django_db(transaction=True)
def test_a_plan_saved_in_two_windows_is_not_lost(file: Make) -> None:
    people = Desk(file("shaoguan", "draft"))
    revision = people.filing.revision

    def save(project: str) -> Callable[[], Filing]:
        return lambda: drafts.save_plan(
            people.pk, {"project": project}, facts={}, answers={}, by=people.provider, revision=revision
        )

    outcomes = together(save("甲班"), save("乙班"))
    (kept,) = [one for one in outcomes if isinstance(one, Filing)]
    assert sum(isinstance(one, Stale) for one in outcomes) == 1
    assert people.filing.project == kept.project


@pytest.mark.django_db(transaction=True)
def test_a_preview_stored_twice_brings_nobody_twice(file: Make) -> None:
    people = Desk(file("shaoguan", "draft"))
    made = roster.paste(people.pk, pasted(rows(20)), by=people.provider)
    outcomes = together(*[lambda: storing.store_import(made.pk, by=people.provider)] * 2)
    assert [one.rows_stored for one in outcomes] == [20, 20]
    assert people.filing.process.entries.filter(event="roster-imported").count() == 1
    assert people.filing.enrolments.count() == 20


@pytest.mark.django_db(transaction=True)
def test_two_providers_enrolling_the_same_people_share_one_record_each(file: Make) -> None:
    first, second = Desk(file("shaoguan", "draft")), Desk(file("shaoguan", "draft", "另一个班"))
    previews = [(one, roster.paste(one.pk, pasted(rows(30)), by=one.provider)) for one in (first, second)]
    outcomes = together(
        *[lambda one=one, made=made: storing.store_import(made.pk, by=one.provider) for one, made in previews]
    )
    assert [one.rows_stored for one in outcomes] == [30, 30]
    people = [set(one.filing.enrolments.values_list("person_id", flat=True)) for one in (first, second)]
    assert people[0] == people[1]


def test_the_database_itself_refuses_one_person_in_both_parts(file: Make) -> None:
    people = Desk(file("shaoguan", "endorsed"))
    endorsed_by = people.filing.endorsed_by_id
    with pytest.raises(IntegrityError), transaction.atomic():
        Filing.objects.filter(pk=people.pk).update(decided_by=endorsed_by)


def test_whoever_endorsed_may_not_approve_even_in_a_leaders_place(file: Make) -> None:
    people = Desk(file("shaoguan", "submitted"))
    people.judges_everything()
    people.does("clerk", "endorse")
    double = cities.actor("shaoguan-440203-section")
    process = Process.objects.get(pk=people.filing.process_id)
    for same in (
        replace(double, user_id=people.clerk.user_id),
        replace(double, standing_in_for=people.clerk.user_id),
    ):
        with pytest.raises(NotAllowed, match="另一人复核"):
            fire(process, "approve", by=same)
