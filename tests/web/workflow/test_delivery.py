"""Messages on their way out: by each user's wish, retried with growing pauses, listed when they fail."""

import hashlib
import hmac
import json
import smtplib
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest
from django.core import mail
from django.db import connection, transaction
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from keshi_web.common import sealed
from keshi_web.workflow import delivery, notify, sms, tasks
from keshi_web.workflow.models import Delivery, Message, Preference

from .test_pages import text


@pytest.fixture(autouse=True)
def memory(settings):
    settings.SMS_BACKEND = "keshi_web.workflow.sms.MemorySms"
    sms.MemorySms.sent.clear()


def wish(actor, *, email="none", sms="none", phone="13800138000") -> None:
    row = Preference(user_id=actor.user_id, email=email, sms=sms)
    sealed.column(Preference, "phone").put(row, phone)
    row.save()


def remind(world, actor) -> Message:
    params = {"number": "YL2020000001", "title": "样例申请", "clock": "review", "due_on": "2020-03-13"}
    (message,) = notify.tell([actor.user_id], "clock-soon", params)
    return message


def test_by_default_reminders_go_by_mail_and_the_rest_stays_inside(world, opened):
    opened("submit")
    assert not Delivery.objects.exists()
    remind(world, world.clerk)
    sent = Delivery.objects.get()
    assert sent.channel == "email"
    job = ProcrastinateJob.objects.get(task_name="workflow.deliver")
    assert job.args == {"delivery_id": sent.pk}


def test_a_case_that_is_rolled_back_tells_nobody(world, opened):
    with transaction.atomic():
        remind(world, world.clerk)
        transaction.set_rollback(True)
    assert not ProcrastinateJob.objects.filter(task_name="workflow.deliver").exists()
    assert not Message.objects.exists()


def test_a_mail_speaks_the_receivers_language_and_leads_to_the_case(world, opened, settings):
    user = world.users[world.clerk.user_id]
    user.language = "en"
    user.save()
    process = opened("submit")
    notify.tell(
        [user.pk],
        "clock-soon",
        {"number": process.number, "title": process.title, "clock": "review", "due_on": "2020-03-13"},
        process=process,
    )
    delivery.send(Delivery.objects.get().pk)
    (sent,) = mail.outbox
    assert sent.subject == f"{process.number}: due soon (Fri 13 Mar 2020)"
    assert f"{settings.BASE_URL}{process.url}" in sent.body
    assert Delivery.objects.get().state == "sent"


def test_a_repeated_job_sends_nothing_twice(world):
    wish(world.clerk, sms="all")
    remind(world, world.clerk)
    pk = Delivery.objects.get().pk
    delivery.send(pk)
    delivery.send(pk)
    assert sms.MemorySms.sent == [("13800138000", "YL2020000001：期限将至（2020-03-13 周五）")]


def test_the_number_is_nowhere_in_the_clear(world):
    wish(world.clerk, sms="all")
    remind(world, world.clerk)
    with connection.cursor() as cursor:
        for table in ("workflow_message", "workflow_delivery", "workflow_preference", "procrastinate_jobs"):
            cursor.execute(f"select count(*) from {table} t where t::text like '%13800138000%'")
            assert cursor.fetchone() == (0,)


def test_a_failure_is_kept_tried_again_and_shown_to_the_administrator(world, monkeypatch, signed_in):
    remind(world, world.clerk)
    pk = Delivery.objects.get().pk

    def down(self):
        raise smtplib.SMTPServerDisconnected("jingban@example.test")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", down)
    with pytest.raises(sms.NotSent):
        delivery.send(pk)
    kept = Delivery.objects.get()
    assert (kept.state, kept.attempts, kept.last_error) == ("waiting", 1, "SMTPServerDisconnected")
    delivery.give_up(pk)
    admin = signed_in(world.sysadmin)
    page = text(admin.get("/messages/deliveries/"))
    assert "SMTPServerDisconnected" in page
    assert "example.test" not in page
    assert signed_in(world.clerk).get("/messages/deliveries/").status_code == 403
    monkeypatch.undo()
    admin.post(reverse("workflow:send-again", args=[pk]))
    delivery.send(pk)
    assert Delivery.objects.get().state == "sent"


def test_pauses_between_attempts_grow(world):
    strategy = tasks.deliver.retry_strategy
    waits = [strategy.exponential_wait ** (attempt + 1) for attempt in range(tasks.ATTEMPTS - 1)]
    assert waits == [5, 25, 125, 625, 3125]


class Gateway(BaseHTTPRequestHandler):
    """A gateway that checks the signature as the module's text says."""

    answers: ClassVar[list[tuple[int, dict]]] = []
    seen: ClassVar[list[dict]] = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        good = hmac.new(b"gateway", body, hashlib.sha256).hexdigest()
        assert hmac.compare_digest(good, self.headers["X-Signature"])
        self.seen.append(json.loads(body))
        status, answer = self.answers[0]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def gateway(settings):
    server = HTTPServer(("127.0.0.1", 0), Gateway)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    Gateway.seen.clear()
    settings.SMS_GATEWAY = {
        "url": f"http://127.0.0.1:{server.server_port}/send",
        "key": "bureau",
        "secret": "gateway",
        "sign": "临江市人社局",
    }
    yield Gateway
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_gateway_gets_a_signed_request(gateway):
    gateway.answers = [(200, {"code": 0})]
    sms.HttpSms().send("13800138000", "期限将至")
    (seen,) = gateway.seen
    assert (seen["account"], seen["content"]) == ("bureau", "【临江市人社局】期限将至")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((200, {"code": 7}), sms.Refused),
        ((403, {}), sms.Refused),
        ((429, {}), sms.NotSent),
        ((502, {}), sms.NotSent),
    ],
)
def test_a_refusal_is_final_and_an_outage_is_not(gateway, answer, kind):
    gateway.answers = [answer]
    with pytest.raises(sms.NotSent) as failed:
        sms.HttpSms().send("13800138000", "期限将至")
    assert type(failed.value) is kind
    assert "13800138000" not in str(failed.value)
