"""Health, errors, headers: what every address of the service has in common."""

import json
import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from pytest_django import DjangoDbBlocker

from keshi.problems import Problem
from keshi_web.common.errors import Invalid, NotAllowed, Refusal, Stale
from keshi_web.config import errors, health
from keshi_web.config import urls as real


def failing(error: Exception) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: HttpRequest) -> HttpResponse:
        raise error

    return view


urlpatterns = [
    *real.urlpatterns,
    path("try/refused/", failing(NotAllowed("这是您本人的件"))),
    path("try/stale/", failing(Stale("已由他人办理"))),
    path("try/invalid/", failing(Invalid("有错", [Problem("file-absent", where="A2")]))),
    path("try/other/", failing(Refusal("不行"))),
    path("try/broken/", failing(RuntimeError("身份证 110105194912310021"))),
]
handler400, handler403, handler404, handler500 = (
    real.handler400,
    real.handler403,
    real.handler404,
    real.handler500,
)


@pytest.fixture
def heartbeat() -> None:
    with connection.cursor() as cursor:
        cursor.execute("insert into procrastinate_workers (last_heartbeat) values (now())")


@pytest.mark.django_db
@pytest.mark.usefixtures("heartbeat")
def test_health_is_good_when_all_parts_are(client: Client) -> None:
    answer = client.get("/health/")
    assert answer.status_code == 200
    assert answer.json()["parts"] == {"database": "ok", "migrations": "ok", "worker": "ok", "disk": "ok"}
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.django_db
def test_health_is_broken_without_a_worker_but_the_node_stays_in_service(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_workers (last_heartbeat) values (now() - interval '5 minutes')"
        )
    answer = client.get("/health/")
    assert answer.status_code == 503
    assert answer.json()["parts"]["worker"].startswith("none runs")
    assert client.get("/health/ready/").status_code == 200


@pytest.mark.django_db
@pytest.mark.usefixtures("heartbeat")
def test_health_tells_of_missing_migrations_and_a_full_disk(
    client: Client, settings: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    health._all_applied.cache_clear()
    with connection.cursor() as cursor:
        cursor.execute("delete from django_migrations where app = 'procrastinate' and name like '0042%%'")
        cursor.execute("delete from django_migrations where app = 'sessions'")
    settings.LEAST_DISK = 2**62
    settings.MEDIA_ROOT = tmp_path / "not" / "yet"
    parts = client.get("/health/").json()["parts"]
    assert "migrate" in parts["migrations"]
    assert "little room" in parts["disk"]
    health._all_applied.cache_clear()


def test_health_without_a_database_names_no_address(
    client: Client, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.block():
        answer = client.get("/health/ready/")
    assert answer.status_code == 503
    assert answer.json()["parts"]["database"] == "does not answer"


@pytest.mark.django_db
@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/try/refused/", 403, "这是您本人的件"),
        ("/try/stale/", 409, "已由他人办理"),
        ("/try/invalid/", 422, "A2"),
        ("/try/other/", 409, "不行"),
        ("/nowhere/", 404, "没有此页"),
    ],
)
def test_what_went_wrong_is_a_page_with_a_reason(
    client: Client, address: str, status: int, said: str
) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert said in answer.content.decode()
    assert "<html" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_failure_shows_a_number_and_nothing_else(client: Client) -> None:
    client.raise_request_exception = False
    answer = client.get("/try/broken/", HTTP_X_REQUEST_ID="abcd-1234-abcd")
    text = answer.content.decode()
    assert answer.status_code == 500
    assert answer.headers["X-Request-ID"] == "abcd-1234-abcd"
    assert "abcd-1234-abcd" in text
    assert "110105194912310021" not in text
    assert "RuntimeError" not in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("abcd-1234-abcd", True),
        ("7f3c9e0412345678a1b2c3d4e5f60718", True),
        ("7f3c9e04-1234-5678-a1b2-c3d412345678", True),
        ("110105194912310021", False),
        ("1101-0519-4912-3100-21", False),
        ("order-110105194912310021", False),
        ("12345678", False),
        ("1" * 32, False),
        ("short", False),
        ("a" * 65, False),
        ("abcd1234\tx", False),
    ],
)
def test_a_number_of_a_request_that_looks_like_a_persons_is_replaced(
    client: Client, given: str, kept: bool
) -> None:
    answer = client.get("/health/", headers={"X-Request-ID": given})
    assert (answer.headers["X-Request-ID"] == given) is kept
    assert len(answer.headers["X-Request-ID"]) >= 8


def test_when_even_the_error_page_fails_plain_text_says_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> str:
        raise RuntimeError

    monkeypatch.setattr(errors, "render_to_string", broken)
    answer = errors.page(RequestFactory().get("/"), 404)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "没有此页" in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.urls(__name__)
def test_a_form_without_its_token_is_refused_with_a_reason() -> None:
    answer = Client(enforce_csrf_checks=True).post("/try/other/", {"name": "x"})
    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode()


@pytest.mark.django_db
def test_every_answer_forbids_foreign_scripts_and_frames(client: Client) -> None:
    headers = client.get("/nowhere/").headers
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
def test_a_requests_entry_names_the_route_never_the_address(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="keshi.request"):
        client.get(
            "/nowhere/110105194912310021/?q=110105194912310021", HTTP_X_REQUEST_ID="110105194912310021/../"
        )
    entries = [record.msg for record in caplog.records if record.name == "keshi.request"]
    assert len(entries) == 1
    assert entries[0]["status"] == 404
    assert "110105194912310021" not in json.dumps(entries[0], ensure_ascii=False)


@pytest.mark.django_db
def test_the_address_of_a_form_opened_by_hand_says_what_to_do(client: Client) -> None:
    answer = client.get("/accounts/sign-out/")
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "返回上一页" in answer.content.decode()
