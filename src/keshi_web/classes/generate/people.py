"""Made-up people for the vault by the hundred thousand: sealed on every core, written by COPY."""

import multiprocessing
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from functools import partial
from uuid import UUID, uuid5

from django.db import connection, transaction

from keshi.identity import make_id_number, mask_id_number
from keshi_web.classes.sample import CITIES, SURNAMES
from keshi_web.common import clock
from keshi_web.common.keys import keyring
from keshi_web.common.sealed import column
from keshi_web.people.models import Person
from keshi_web.people.words import Proof
from keshi_web.people.writing import id_number_index, masked_name, name_bucket, phone_index

BATCH = 10_000
COLUMNS = (
    "id", "name", "id_number", "phone", "id_number_index", "phone_index", "name_index", "name_masked",
    "id_number_masked", "proof", "created_at",
)  # fmt: skip
_SPACE = UUID("6f1f3c1e-6f0c-4c0b-9d56-3f1c6a1f2d00")
_GIVEN = "甲乙丙丁戊己庚辛壬癸"
_ADULTS, _DAYS, _SERIALS = date(1962, 1, 1), 14_000, 400
_FIRST_SERIAL = 600  # the sample's people have smaller ones


def person_id(seed: int, number: int) -> UUID:
    """The key of a made-up person."""
    return uuid5(_SPACE, f"{seed}/{number}")


def identity(number: int) -> tuple[str, str, str]:
    """Name, identity number and (of every second one) phone: another one for every number below five million."""
    region = CITIES[number % len(CITIES)].district
    born = _ADULTS + timedelta(days=number // _SERIALS % _DAYS)
    digits = number // 7
    given = "测" + "".join(_GIVEN[digits // 10**place % 10] for place in range(2))
    phone = f"199{number:08d}" if number % 2 else ""
    return (
        SURNAMES[number % len(SURNAMES)] + given,
        make_id_number(region, born, _FIRST_SERIAL + number % _SERIALS),
        phone,
    )


def fill_vault(count: int, seed: int, processes: int) -> Iterator[int]:
    """Bring `count` people into the vault, in batches of a transaction each; yields how many are there.

    Who is there already is left out, so an interrupted run goes on where it was.
    """
    missing = [numbers for first in range(0, count, BATCH) if (numbers := _missing(first, count, seed))]
    done = count - sum(map(len, missing))
    yield done
    keyring()  # read once, before the processes divide
    work = partial(_rows, seed=seed, at=clock.now().isoformat())
    with ExitStack() as stack:
        if processes == 1:
            sealed = map(work, missing)
        else:
            # Forked, the processes have the key ring; they never touch the connection, which stays this one's.
            sealed = stack.enter_context(multiprocessing.get_context("fork").Pool(processes)).imap(
                work, missing
            )
        for numbers, lines in zip(missing, sealed, strict=True):
            _copy(lines)
            done += len(numbers)
            yield done


def _missing(first: int, count: int, seed: int) -> list[int]:
    keys = {person_id(seed, number): number for number in range(first, min(first + BATCH, count))}
    there = Person.objects.filter(pk__in=list(keys)).values_list("pk", flat=True)
    return sorted(set(keys.values()) - {keys[key] for key in there})


def _rows(numbers: list[int], *, seed: int, at: str) -> str:
    """A batch as COPY takes it."""
    name_of, number_of, phone_of = (column(Person, name) for name in ("name", "id_number", "phone"))
    lines = []
    for number in numbers:
        key = person_id(seed, number)
        name, id_number, phone = identity(number)
        row = (
            str(key),
            _hex(name_of.seal(name, key)),
            _hex(number_of.seal(id_number, key)),
            _hex(phone_of.seal(phone, key)) if phone else r"\N",
            _hex(id_number_index(id_number)),
            _hex(phone_index(phone)) if phone else r"\N",
            str(name_bucket(name)),
            masked_name(name),
            mask_id_number(id_number),
            Proof.of(id_number).value,
            at,
        )
        lines.append("\t".join(row) + "\n")
    return "".join(lines)


def _hex(raw: bytes) -> str:
    return rf"\\x{raw.hex()}"


@transaction.atomic
def _copy(lines: str) -> None:
    columns = ", ".join(COLUMNS)
    with connection.cursor() as cursor:
        # A table with row-level security takes no COPY.
        cursor.execute("create temporary table incoming (like people_person) on commit drop")
        with cursor.copy(f"copy incoming ({columns}) from stdin") as copy:
            copy.write(lines)
        cursor.execute(f"insert into people_person ({columns}) select {columns} from incoming")
        cursor.execute("drop table incoming")
