"""Case numbers without gaps or doubles."""

from django.db import connection


def next_number(prefix: str, year: int) -> str:
    """`KB2020000123`: the next number of a prefix in a year, within the caller's transaction.

    The row is locked until the transaction ends, so a rolled-back case leaves no gap.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into workflow_serial (key, last) values (%s, 1)"
            " on conflict (key) do update set last = workflow_serial.last + 1 returning last",
            [f"{prefix}{year}"],
        )
        (serial,) = cursor.fetchone()
    return f"{prefix}{year}{serial:06d}"
