"""The database is killed while filings are handed in and decided: nothing half, nothing twice, and people are told."""

from fault.installation import Installation
from fault.people import CITIES, Together, cases, pages
from keshi_web.classes.models import PlanSnapshot
from keshi_web.documents.models import Document
from keshi_web.workflow.models import Entry, Message, Process
from support.invariants import broken_rules


def made(event: str) -> tuple[int, int]:
    """How often a step was made, and about how many cases people were told of it."""
    told = Message.objects.filter(kind="transition", params__event=event).values("process").distinct()
    return Entry.objects.filter(event=event, version__isnull=False).count(), told.count()


def states() -> dict[int, tuple[str, int]]:
    return {
        pk: (state, version) for pk, state, version in Process.objects.values_list("pk", "state", "version")
    }


def test_killed_in_the_middle_of_every_submission(installation: Installation) -> None:
    installation.web()
    ready = pages(installation, "jia", "resubmit", cases("returned"))
    assert len(ready) == len(CITIES)
    before = states()
    with installation.holding("lock table classes_plansnapshot in access exclusive mode"):
        together = Together(ready)
        installation.wait_for_lock(len(CITIES))
        installation.kill_database()
        answers = together.answers()
    for answer in answers:
        assert answer.status == 503, answer
        assert "返回上一页重新提交" in answer.text
        assert "<html" in answer.text
    assert ready[0].person.get("/work/").status == 503
    installation.restart_database()
    assert states() == before
    assert made("resubmit") == (0, 0)
    assert broken_rules() == []

    assert {answer.status for answer in Together(ready).answers()} == {200}
    assert made("resubmit") == (len(CITIES), len(CITIES))
    assert PlanSnapshot.objects.filter(event="resubmit").count() == len(CITIES)
    assert broken_rules() == []
    again = Together(ready).answers()
    assert {answer.status for answer in again} == {200}, "the same page sent again is the same step"
    assert made("resubmit") == (len(CITIES), len(CITIES))


def test_killed_when_some_were_through(installation: Installation) -> None:
    """Two are submitted, three stand; afterwards everybody sends the page that still lies open, not knowing which."""
    installation.web()
    of = cases("returned")
    ready = pages(installation, "jia", "resubmit", of)
    held = [process.pk for process in of.values()][2:]
    numbers = ",".join(map(str, held))
    with installation.holding(f"select from workflow_process where id in ({numbers}) for update"):
        together = Together(ready)
        installation.wait_for_lock(len(held))
        through = [
            page.send() for page in ready[:2]
        ]  # returns once the first click is through, or is it itself
        installation.kill_database()
        answers = together.answers()
    assert [answer.status for answer in through] == [200, 200]
    assert {answer.status for answer in answers[2:]} == {503}
    installation.restart_database()
    assert made("resubmit") == (2, 2)
    assert broken_rules() == []
    assert {answer.status for answer in Together(ready).answers()} == {200}
    assert made("resubmit") == (len(CITIES), len(CITIES))
    assert broken_rules() == []


def test_killed_while_letters_are_numbered(installation: Installation) -> None:
    installation.web()
    ready = pages(installation, "leader", "approve", cases("endorsed"))
    letters = Document.objects.filter(letter="approval").count()
    with installation.holding("lock table documents_serial in exclusive mode"):
        together = Together(ready)
        installation.wait_for_lock(len(CITIES))
        installation.kill_database()
        assert {answer.status for answer in together.answers()} == {503}
    installation.restart_database()
    assert Document.objects.filter(letter="approval").count() == letters
    assert broken_rules() == []
    for _click in range(2):
        assert {answer.status for answer in Together(ready).answers()} == {200}
    assert Document.objects.filter(letter="approval").count() == letters + len(CITIES)
    assert broken_rules() == []
