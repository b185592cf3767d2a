"""The web process is killed in the middle of decisions: the database forgets what was not finished."""

import pytest

from fault.installation import Installation, kill
from fault.people import CITIES, Together, cases, pages
from keshi_web.documents.models import Document
from keshi_web.workflow.models import Entry, Process
from support.invariants import broken_rules


@pytest.mark.parametrize(
    ("who", "event", "state", "lock"),
    [
        ("jia", "resubmit", "returned", "lock table classes_plansnapshot in access exclusive mode"),
        ("leader", "approve", "endorsed", "lock table documents_serial in exclusive mode"),
    ],
)
def test_killed_in_the_middle_of_every_decision(
    installation: Installation, who: str, event: str, state: str, lock: str
) -> None:
    web = installation.web()
    of = cases(state)
    ready = pages(installation, who, event, of)
    letters = Document.objects.count()
    steps = Entry.objects.filter(event=event).count()
    with installation.holding(lock):
        together = Together(ready)
        installation.wait_for_lock(len(CITIES))
        kill(web)
        assert {answer.status for answer in together.answers()} == {0}
    installation.wait_for_end()
    assert set(
        Process.objects.filter(pk__in=[one.pk for one in of.values()]).values_list("state", flat=True)
    ) == {state}
    assert Document.objects.count() == letters
    assert broken_rules() == []

    installation.web()
    for page in ready:
        page.person.base = installation.base
    for _click in range(2):
        answers = Together(ready).answers()
        assert {answer.status for answer in answers} == {200}, (answers, installation.doing())
    assert Entry.objects.filter(event=event).count() == steps + len(CITIES)
    assert broken_rules() == []
