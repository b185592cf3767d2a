"""Rows that were found sound become people on the roster."""

from collections.abc import Sequence

from django.db.models import Max

from keshi_web.classes.models import Enrolment, Filing
from keshi_web.classes.roster_rows import Row
from keshi_web.classes.services.drafts import refresh_head_count
from keshi_web.people.services.enrolling import NewPerson, enrol_people


def enrol(filing: Filing, rows: Sequence[Row]) -> int:
    """Bring the people into the vault and onto the roster; who is on it already gets the new facts."""
    people = enrol_people(NewPerson(row.name, row.id_number, row.phone, row.place) for row in rows)
    listed = filing.enrolments.filter(left_on=None, person__in=[person.pk for person in people])
    there = {enrolment.person_id: enrolment for enrolment in listed}
    number = filing.enrolments.aggregate(last=Max("number"))["last"] or 0
    new, known = [], []
    for row, person in zip(rows, people, strict=True):
        facts = {f"trainee.{name}": value for name, value in row.facts.items() if name != "category"}
        enrolment = there.get(person.pk)
        if enrolment is None:
            number += 1
            enrolment = Enrolment(filing=filing, person=person, number=number)
            there[person.pk] = enrolment
            new.append(enrolment)
        elif enrolment.pk:
            known.append(enrolment)
        enrolment.category = str(row.facts.get("category") or "")
        enrolment.facts = facts
        enrolment.named_alike = getattr(person, "named_alike", True)
    Enrolment.objects.bulk_create(new, batch_size=2000)
    Enrolment.objects.bulk_update(known, ["category", "facts", "named_alike"], batch_size=1000)
    refresh_head_count(filing)
    return len(new) + len(known)
