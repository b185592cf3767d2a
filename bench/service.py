"""Server time of the service's pages over a generated database: `service.py [RUNS] [ROSTER ROWS]`.

In this process, by Django's test client: routing, middleware, session, scope, queries and templates, but no network.
Wants KESHI_DEMO=1 and a database that `manage.py sample` and `manage.py generate` have filled; writes nothing that
stays but entries of the access log, and a roster that is rolled back.
"""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "admin_peer")
os.environ.setdefault("KESHI_LOG_LEVEL", "WARNING")
import django

django.setup()

import xlsxwriter  # noqa: E402
from django.core.files.base import ContentFile  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402

from admin_peer import change_list  # noqa: E402
from keshi_web.accounts.actor import Actor, actor_of  # noqa: E402
from keshi_web.accounts.models import User  # noqa: E402
from keshi_web.accounts.roles import Role  # noqa: E402
from keshi_web.classes.generate.people import identity  # noqa: E402
from keshi_web.classes.models import Enrolment, Filing  # noqa: E402
from keshi_web.classes.roster_template import write as write_template  # noqa: E402
from keshi_web.classes.services import roster, storing  # noqa: E402
from keshi_web.common.row_security import run_as_system  # noqa: E402
from keshi_web.organisations.models import Organisation  # noqa: E402
from keshi_web.people.models import Person  # noqa: E402
from keshi_web.workflow.models import Process  # noqa: E402

RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 40
ROSTER = int(sys.argv[2]) if len(sys.argv) > 2 else 5_000
WARM = 3
Act = Callable[[], Any]


def signed_in(username: str) -> tuple[Client, Actor]:
    """A browser of a sample person."""
    user = User.objects.get(username=username)
    client = Client(raise_request_exception=True)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    actor = actor_of(user)
    assert actor is not None
    return client, actor


def measured(name: str, who: str, act: Act) -> dict[str, Any]:
    """Milliseconds and queries of one page."""
    for _ in range(WARM):
        act()
    with CaptureQueriesContext(connection) as captured:
        act()
    queries = len(captured)  # before the next request clears them
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        act()
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    p95 = times[min(len(times) - 1, int(len(times) * 0.95))]
    print(
        f"{name:<44} {who:<10} {statistics.median(times):7.1f} {p95:7.1f} {times[-1]:7.1f} {queries:4}",
        file=sys.stderr,
    )
    return {
        "page": name, "who": who, "p50": statistics.median(times), "p95": p95, "max": times[-1],
        "queries": queries,
    }  # fmt: skip


def got(client: Client, url: str, **query: str) -> Act:
    """A page that is read to its end."""

    def act() -> None:
        response = client.get(url, query)
        assert response.status_code == 200, (url, query, response.status_code)
        if response.streaming:
            b"".join(response.streaming_content)

    return act


def pages() -> list[dict[str, Any]]:
    """Every page of the table."""
    submitted = Process.objects.filter(kind="filing", state="submitted").values("office_id")
    busiest = submitted.annotate(n=Count("id")).order_by("-n")[0]["office_id"]
    example = Process.objects.filter(kind="filing", state="submitted", office_id=busiest).latest("id")
    city = example.path.split("/")[2]
    clerk, _ = signed_in(
        User.objects.filter(assignments__office_id=busiest, assignments__role=Role.CLERK)[0].username
    )
    leader, leader_actor = signed_in(
        User.objects.filter(assignments__office__key=city, assignments__role=Role.BUREAU_LEADER)[0].username
    )
    provincial, _ = signed_in(
        User.objects.filter(assignments__office__key=f"{city[:2]}0000", assignments__role=Role.BUREAU_LEADER)[
            0
        ].username
    )
    most = (
        Process.objects.values("organisation_id").annotate(n=Count("id")).order_by("-n")[0]["organisation_id"]
    )
    firm = Organisation.objects.get(pk=most)
    provider, _ = signed_in(
        User.objects.filter(assignments__organisation=firm, assignments__role=Role.PROVIDER_ADMIN)[0].username
    )
    own = Process.objects.filter(organisation=firm, kind="filing", state="finished").latest("id")
    seen = Filing.objects.get(process=example)
    person = Enrolment.objects.filter(filing=seen).values_list("person_id", flat=True)[0]
    opened = Person._meta.get_field("id_number").get(Person.objects.get(pk=person))
    number = {"id_number": opened}
    queue, filings = reverse("workflow:queue"), reverse("classes:filings")
    found = [
        measured("work queue", "clerk", got(clerk, queue)),
        measured("work queue", "leader", got(leader, queue)),
        measured("queue: text", "clerk", got(clerk, queue, text=seen.project[:4])),
        measured("under way, whole city", "leader", got(leader, reverse("workflow:open"), scope="below")),
        measured(
            "under way, whole city: text",
            "leader",
            got(leader, reverse("workflow:open"), scope="below", text="养老护理"),
        ),
        measured("done", "leader", got(leader, reverse("workflow:done"))),
        measured("messages", "clerk", got(clerk, reverse("workflow:inbox"))),
    ]
    for who, client in (
        ("clerk", clerk),
        ("leader", leader),
        ("province", provincial),
        ("provider", provider),
    ):
        found.append(measured("filings", who, got(client, filings)))
    for name, query in (
        *(
            (f"filings: state {state}", {"state": state})
            for state in ("submitted", "returned", "approved", "finished")
        ),
        ("filings: type", {"training_type": seen.training_type}),
        ("filings: start from, until", {"starts_from": "2020-10-01", "starts_until": "2020-10-31"}),
        ("filings: state and days", {"state": "finished", "starts_from": "2020-06-01"}),
        ("filings: search number", {"q": example.number}),
        ("filings: search project", {"q": "养老护理"}),
        ("filings: search project, two words", {"q": "养老护理 （第7期）"}),
        ("filings: search organisation", {"q": firm.name[-10:]}),
        ("filings: search nothing found", {"q": "查无此项目"}),
        ("filings: page 100", {"page": "100", "size": "100"}),
        *(
            (f"filings: by {key}", {"sort": key})
            for key in ("organisation", "project", "-people", "-estimate", "starts_on", "due")
        ),
    ):
        found.append(measured(name, "leader", got(leader, filings, **query)))
    found += [
        measured("filings: search project", "province", got(provincial, filings, q="养老护理")),
        measured(
            "filings: 1 000 to a workbook",
            "leader",
            got(leader, filings, export="xlsx", **_some(leader_actor)),
        ),
        measured("filing", "clerk", got(clerk, reverse("classes:filing", args=[example.number]))),
        measured("filing", "provider", got(provider, reverse("classes:filing", args=[own.number]))),
        measured("people of a filing", "clerk", got(clerk, reverse("classes:people", args=[example.number]))),
        measured("person", "clerk", got(clerk, reverse("people:person", args=[person]))),
        measured("search by ID number", "clerk", lambda: _found(clerk, number)),
        measured("search by ID number, somebody else's", "provider", lambda: _found(provider, number)),
        measured("organisations", "leader", got(leader, reverse("organisations:list"))),
        measured(
            "organisations: search", "leader", got(leader, reverse("organisations:list"), q=firm.name[-8:])
        ),
        measured("organisations: search", "clerk", got(clerk, reverse("organisations:list"), q="机械")),
    ]
    for page in ("catalogue:directory", "catalogue:public", "portal:directory"):
        url = _known(page)
        if url:
            found.append(measured("public directory", "nobody", got(Client(), url)))
            break
    for name, query in (
        ("filings", {}),
        ("filings: search project", {"q": "养老护理"}),
        ("filings: page 100", {"p": "100"}),
    ):
        found.append(
            measured(f"Django admin: {name}", "leader", lambda query=query: change_list(leader_actor, query))
        )
    return found


def _known(name: str) -> str:
    from django.urls import NoReverseMatch

    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _found(client: Client, number: dict[str, str]) -> None:
    response = client.post(reverse("people:find"), number)
    assert response.status_code in (200, 302)


def _some(actor: Actor) -> dict[str, str]:
    """Days between which about a thousand classes of the actor's start."""
    rows = Filing.objects.visible_to(actor).filter(process__received_at__isnull=False).order_by("-starts_on")
    return {"starts_from": rows.values_list("starts_on", flat=True)[1000].isoformat()}


def roster_of(rows: int) -> dict[str, Any]:
    """A workbook of so many people, taken in: read, judged, and stored. Rolled back."""
    filing = Filing.objects.filter(process__state="draft", process__received_at=None).latest("id")
    actor = actor_of(User.objects.filter(assignments__organisation=filing.organisation_id)[0])
    assert actor is not None
    content = workbook(filing, rows)
    with transaction.atomic():
        began = time.perf_counter()
        made = roster.upload(filing.pk, ContentFile(content, "roster.xlsx"), by=actor)
        taken = time.perf_counter()
        roster.read(made.pk)
        read = time.perf_counter()
        made.refresh_from_db()
        assert made.faulty == 0, roster.rows_of(made).rows[0].faults
        storing.store_import(made.pk, by=actor)
        storing.go_on(made.pk)
        done = time.perf_counter()
        made.refresh_from_db()
        assert made.rows_stored == rows, made.rows_stored
        transaction.set_rollback(True)
    return {
        "rows": rows,
        "upload": taken - began,
        "read": read - taken,
        "store": done - read,
        "whole": done - began,
    }


def workbook(filing: Filing, rows: int) -> bytes:
    """A roster in the form of the filing's own template, of people the vault does not know."""
    import python_calamine

    template = python_calamine.load_workbook(BytesIO(write_template(filing, "zh")))
    lines = [cells for name in template.sheet_names for cells in template.get_sheet_by_name(name).to_python()]
    head = next(cells for cells in lines if any(str(cell).rstrip("*") == "身份证号码" for cell in cells))
    names = [str(cell).rstrip("*") for cell in head]
    usual = {
        "人员类别": "企业职工", "用工关系": "劳动合同", "劳动合同签订日期": "2019-07-01", "劳动合同期限": "36",
        "是否": "是",
    }  # fmt: skip
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("学员")
        sheet.write_row(0, 0, names)
        for row in range(1, rows + 1):
            name, number, phone = identity(2_000_001 + 2 * row)
            for column, head_text in enumerate(names):
                known = {
                    "姓名": name,
                    "身份证号码": number,
                    "身份证号": number,
                    "手机号码": phone,
                    "联系电话": phone,
                    "序号": str(row),
                }
                value = known.get(head_text) or next(
                    (v for k, v in usual.items() if head_text.startswith(k)), ""
                )
                sheet.write_string(row, column, value)
    return file.getvalue()


if __name__ == "__main__":
    run_as_system()
    counted = {
        "filings": Filing.objects.count(),
        "organisations": Organisation.objects.count(),
        "people": Person.objects.count(),
        "enrolments": Enrolment.objects.count(),
    }
    print(json.dumps({"counted": counted, "pages": pages(), "roster": roster_of(ROSTER)}))
