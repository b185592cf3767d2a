"""Several at once, on connections of their own: no number is doubled, a link is used once, every failure counts."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, transaction

from keshi_web.accounts import attempts
from keshi_web.accounts.models import PasswordLink, User
from keshi_web.accounts.services import passwords
from keshi_web.common.errors import Refusal
from keshi_web.workflow.numbers import next_number

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act answered, or how it was refused; all begin in the same moment."""
    together, found = Barrier(len(acts)), [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            together.wait()
            found[place] = act()
        except Refusal as refusal:
            found[place] = refusal
        finally:
            connection.close()

    threads = [Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_numbers_of_cases_are_neither_doubled_nor_left_out() -> None:
    def take() -> str:
        with transaction.atomic():
            return next_number("KB", 2020)

    found = at_once(*[take] * 8)
    assert sorted(found) == [f"KB2020{number:06d}" for number in range(1, 9)]


def test_a_link_sets_one_password() -> None:
    user = User.objects.create_user("newcomer", "测试甲")
    token = passwords.make_link(user, PasswordLink.Kind.INVITATION, by=None)
    first, second = (f"{word} horse battery staple" for word in ("correct", "wrong"))
    found = at_once(lambda: passwords.use_link(token, first), lambda: passwords.use_link(token, second))
    assert sum(isinstance(one, Refusal) for one in found) == 1
    user.refresh_from_db()
    assert user.check_password(first) != user.check_password(second)


def test_every_failure_counts_and_one_of_them_closes_the_door() -> None:
    found = at_once(
        *[lambda: attempts.count_failure(attempts.CONFIRMATION, 7)] * attempts.CONFIRMATION.failures
    )
    assert sum(found) == 1
    assert attempts.blocked_until(attempts.CONFIRMATION, 7) is not None
