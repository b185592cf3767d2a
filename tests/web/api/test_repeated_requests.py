"""Idempotency keys: a request that comes twice, or eight times at once, is done once."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from keshi_web.api.models import Answer
from keshi_web.api.tasks import forget_answers
from keshi_web.classes.models import Filing, Material
from keshi_web.common import clock

from .cases import PDF, number_of
from .conftest import System, token_of

NEW = {"scheme": "shaoguan-2020", "item": "on-the-job"}


@pytest.mark.django_db
def test_the_same_request_again_gets_the_same_answer(system: System) -> None:
    first = system.send("POST", "/filings", NEW, key="one")
    again = system.send("POST", "/filings", NEW, key="one")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert (again["ETag"], again["Location"]) == (first["ETag"], first["Location"])
    assert again["Idempotency-Replayed"] == "true"
    assert Filing.objects.count() == 1


@pytest.mark.django_db
def test_the_same_key_with_another_request_is_refused(system: System) -> None:
    system.ok("POST", "/filings", NEW, key="one")
    other = system.send("POST", "/filings", {**NEW, "item": "another"}, key="one")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


@pytest.mark.django_db
def test_a_key_belongs_to_its_token(system: System) -> None:
    system.ok("POST", "/filings", NEW, key="one")
    other = System(token_of("shaoguan-jia")[1])
    assert "Idempotency-Replayed" not in other.send("POST", "/filings", NEW, key="one")


@pytest.mark.django_db
def test_a_refused_request_leaves_its_key_free(system: System) -> None:
    wrong = system.send("POST", "/filings", {"scheme": "nowhere", "item": "x"}, key="one")
    assert wrong.status_code == 422
    assert system.send("POST", "/filings", NEW, key="one").status_code == 201


@pytest.mark.django_db
def test_every_post_needs_a_key(system: System) -> None:
    response = system.client.post(
        "/api/v1/filings",
        NEW,
        content_type="application/json",
        headers={"Authorization": f"Bearer {system.text}"},
    )
    assert (response.status_code, response.json()["code"]) == (400, "idempotency-key-missing")
    assert system.send("POST", "/filings", NEW, key="a b").status_code == 422
    assert system.send("POST", "/filings", NEW, key="x" * 201).status_code == 422


@pytest.mark.django_db
def test_an_upload_is_recognised_whatever_its_boundary(system: System, draft: str) -> None:
    detail = system.ok("GET", "/schemes/shaoguan-2020")
    material = detail["needs"][0]["materials"][0]["id"]
    answers = [
        system.upload(f"/filings/{draft}/materials/{material}", "a.pdf", PDF, key="up") for _time in range(2)
    ]
    assert [one.status_code for one in answers] == [201, 201], answers[0].content.decode()
    assert answers[0].content == answers[1].content
    assert Material.objects.count() == 1
    changed = system.upload(f"/filings/{draft}/materials/{material}", "a.pdf", PDF + b"%", key="up")
    assert changed.json()["code"] == "idempotency-key-reused"


@pytest.mark.django_db
def test_nothing_kept_holds_a_number(system: System, draft: str) -> None:
    number = number_of(1)
    facts = {
        "trainee.category": "employee", "trainee.relation": "contract", "trainee.contract_signed_on": "2019-07-01",
        "trainee.contract_months": 36, "trainee.insured": True, "trainee.front_line": True,
        "trainee.drawing_pension": False,
    }  # fmt: skip
    body = {"rows": [{"name": "测试甲", "id_number": number, "facts": facts}]}
    assert system.send("POST", f"/filings/{draft}/roster", body, key="r").status_code == 200
    kept = Answer.objects.get(key="r")
    assert number not in bytes(kept.body).decode() + str(kept.headers) + kept.fingerprint


@pytest.mark.django_db
def test_answers_are_forgotten_after_a_day(system: System) -> None:
    system.ok("POST", "/filings", NEW, key="old")
    system.ok("POST", "/filings", NEW, key="new")
    Answer.objects.filter(key="old").update(made_at=clock.machine_now() - timedelta(hours=25))
    assert forget_answers(0) == 1
    assert list(Answer.objects.values_list("key", flat=True)) == ["new"]


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_with_one_key_make_one_filing() -> None:
    text = token_of("shaoguan-jia")[1]
    start = threading.Barrier(8)
    answers: list[tuple[int, bytes]] = []

    def send() -> None:
        try:
            start.wait()
            response = System(text).send("POST", "/filings", NEW, key="at-once")
            answers.append((response.status_code, response.content))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _one in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert len(set(answers)) == 1
    assert answers[0][0] == 201
    assert Filing.objects.count() == 1
