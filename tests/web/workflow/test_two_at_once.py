"""Two people with two connections: one decides, the other is told who did."""

import threading
from types import SimpleNamespace

import pytest
from django.db import close_old_connections, connection

from keshi_web.common.errors import Stale
from keshi_web.workflow import engine
from keshi_web.workflow.models import Process

from .conftest import build, carry


@pytest.fixture
def committed(transactional_db: None) -> SimpleNamespace:
    """The world of the tests, committed, so that other connections see it."""
    return build()


def together(*acts) -> list[object]:
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
        thread.join(timeout=30)
    return outcomes


def test_of_two_clerks_one_decides_and_the_other_is_told_who(committed):
    process = carry(committed, "样例申请一", "submit")
    seen = process.version

    def decide(actor):
        return lambda: engine.fire(process.pk, "endorse", by=actor, version=seen)

    outcomes = together(decide(committed.clerk), decide(committed.colleague))
    refused = [one for one in outcomes if isinstance(one, Stale)]
    made = [one for one in outcomes if not isinstance(one, Exception)]
    assert len(refused) == len(made) == 1, outcomes
    assert made[0].by.name in str(refused[0])
    fresh = Process.objects.get(pk=process.pk)
    assert (fresh.state, fresh.version) == ("endorsed", seen + 1)
    assert fresh.entries.filter(event="endorse").count() == 1


def test_two_clicks_of_one_person_at_the_same_moment_are_one_entry(committed):
    process = carry(committed, "样例申请一", "submit")
    seen = process.version
    act = lambda: engine.fire(process.pk, "endorse", by=committed.clerk, version=seen)  # noqa: E731
    one, other = together(act, act)
    assert one == other
    assert process.entries.filter(event="endorse").count() == 1


def test_numbers_given_out_at_once_differ(committed):
    acts = [lambda n=n: carry(committed, f"样例申请{n}").number for n in range(4)]
    numbers = together(*acts)
    assert len(set(numbers)) == 4, numbers
