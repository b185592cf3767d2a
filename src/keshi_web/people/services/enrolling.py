"""Bringing people into the vault, thousands at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.translation import gettext as _

from keshi.identity import check_id_number, check_mobile, mask_id_number
from keshi.problems import Problem
from keshi_web.common import clock
from keshi_web.common.errors import Invalid
from keshi_web.common.row_security import beyond_scope
from keshi_web.common.sealed import column
from keshi_web.people.models import Person
from keshi_web.people.words import Proof
from keshi_web.people.writing import (
    id_number_index,
    masked_name,
    name_bucket,
    normal_name,
    normal_number,
    phone_index,
)

_LEFT_EMPTY = frozenset({"user", "survivor", "erased_at"})


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person as a roster or form names them. `where` is the place there, for the messages."""

    name: str
    id_number: str
    phone: str = ""
    where: str = ""


@transaction.atomic
@beyond_scope(
    "whoever is known already is recognised, wherever they were enrolled; only rows that were given are answered"
)
def enrol_people(rows: Iterable[NewPerson]) -> list[Person]:
    """The people of these rows, in the rows' order; those not yet known are brought in.

    Known people are recognised by their identity number and left as they are, but for a phone where none was
    recorded and the row names the person as the record does. Each answer carries `named_alike`: whether the name
    given is the recorded one, which somebody has to clear up when it is not. Two callers at once with the same
    people get the same records.

    Raises:
        Invalid: names, numbers or phones that cannot be; nothing is stored then.
    """
    given = [
        NewPerson(normal_name(row.name), normal_number(row.id_number), normal_number(row.phone), row.where)
        for row in rows
    ]
    _refuse_faulty(given)
    indexes = [id_number_index(row.id_number) for row in given]
    wanted = dict(reversed(list(zip(indexes, given, strict=True))))  # the first row of a person counts
    known = _known(wanted)
    names = _names(known)
    _add_phones({index: one for index, one in known.items() if names[index] == wanted[index].name}, wanted)
    # In one order for everybody: two rosters with the same people in another order must not wait for each other.
    new = {index: _sealed(wanted[index], index) for index in sorted(wanted.keys() - known.keys())}
    stored = _insert(new.values())
    meanwhile = _known(new.keys() - stored)  # whom somebody else brought in a moment earlier
    known |= meanwhile
    names |= _names(meanwhile)
    for index, row in zip(indexes, given, strict=True):
        person = known.get(index) or new[index]
        alike = names.get(index, wanted[index].name) == row.name
        # A second row of a person with the right name does not make up for a first with a wrong one.
        person.named_alike = alike and getattr(person, "named_alike", True)
    return [known.get(index) or new[index] for index in indexes]


def _refuse_faulty(rows: Sequence[NewPerson]) -> None:
    today = clock.today()
    problems = []
    for row in rows:
        found = check_id_number(row.id_number, on=today) or (check_mobile(row.phone) if row.phone else None)
        if found:
            problems.append(Problem(found.code, row.where, found.value, found.params))
    if problems:
        raise Invalid(_("%(count)d 人的证件号码或手机号码有误。") % {"count": len(problems)}, problems)
    nameless = next((row for row in rows if not 1 < len(row.name) <= 60), None)
    if nameless:
        number = mask_id_number(nameless.id_number)
        raise Invalid(_("证件号码 %(number)s 的姓名为空、不足两个字或过长。") % {"number": number})


def _known(indexes: Iterable[bytes]) -> dict[bytes, Person]:
    found = Person.objects.filter(id_number_index__in=list(indexes))
    return {bytes(person.id_number_index): person for person in found}


def _names(people: dict[bytes, Person]) -> dict[bytes, str]:
    """The recorded names, in the form in which they are compared."""
    return {index: normal_name(column(Person, "name").get(person) or "") for index, person in people.items()}


def _insert(people: Iterable[Person]) -> set[bytes]:
    """Store people whose numbers are not there yet; the indexes of those stored.

    One array per column: several times as fast as bulk_create, which writes every value of every row by itself.
    """
    rows = list(people)
    if not rows:
        return set()
    fields = [field for field in Person._meta.local_concrete_fields if field.name not in _LEFT_EMPTY]
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into people_person ({columns}) select * from unnest({arrays}) "
            "on conflict (id_number_index) do nothing returning id_number_index".format(
                columns=", ".join(field.column for field in fields),
                arrays=", ".join(f"%s::{field.db_type(connection)}[]" for field in fields),
            ),
            [[getattr(person, field.attname) for person in rows] for field in fields],
        )
        stored = {bytes(index) for (index,) in cursor.fetchall()}
    for person in rows:
        person._state.adding, person._state.db = False, connection.alias
    return stored


def _sealed(row: NewPerson, index: bytes) -> Person:
    person = Person(
        id_number_index=index,
        name_index=name_bucket(row.name),
        name_masked=masked_name(row.name),
        id_number_masked=mask_id_number(row.id_number),
        proof=Proof.of(row.id_number),
    )
    column(Person, "name").put(person, row.name)
    column(Person, "id_number").put(person, row.id_number)
    if row.phone:
        column(Person, "phone").put(person, row.phone)
        person.phone_index = phone_index(row.phone)
    return person


def _add_phones(known: dict[bytes, Person], wanted: dict[bytes, NewPerson]) -> None:
    changed = [person for index, person in known.items() if person.phone is None and wanted[index].phone]
    for person in changed:
        phone = wanted[bytes(person.id_number_index)].phone
        column(Person, "phone").put(person, phone)
        person.phone_index = phone_index(phone)
    Person.objects.bulk_update(changed, ["phone", "phone_index"], batch_size=1000)
