"""Each operation: what it gives, what it refuses and with which problem, and whose cases it sees."""

from datetime import date
from typing import Any

import pytest

from keshi_web.classes.models import Enrolment, Filing
from keshi_web.classes.services import decisions
from keshi_web.people.models import Person

from .cases import PDF, SHAOGUAN, USUAL, approve, fill, number_of, people
from .conftest import System, actor, token_of

pytestmark = pytest.mark.django_db
WANTED = set(USUAL)


def problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """The problem of an answer, which has the status and code expected."""
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json"), (
        response.content
    )
    found: dict[str, Any] = response.json()
    assert (found["status"], found["code"]) == (status, code)
    assert found["type"].endswith(f"#{code}")
    assert found["detail"]
    return found


def pointers(response: Any) -> set[str]:
    return {one["pointer"] for one in problem(response, 422, "invalid")["errors"]}


# ---------------------------------------------------------------------------------------------------------
# What a filing refers to


def test_the_notices_in_force_are_those_of_the_place(system: System) -> None:
    assert [one["id"] for one in system.ok("GET", "/schemes")] == ["shaoguan-2020"]
    detail = system.ok("GET", "/schemes/shaoguan-2020")
    needs = {one["item"]: one for one in detail["needs"]}["on-the-job"]
    assert {"trainee.category"} <= {one["name"] for one in needs["roster_facts"]}
    assert all(one["choices"] for one in needs["roster_facts"] if one["type"] == "choice")
    assert needs["materials"]
    assert any(one["blanks"] for one in needs["forms"])
    assert any(one["before"] == "5 workdays" for one in detail["clocks"])
    problem(system.get("/schemes/yingkou-2020"), 404, "not-found")


def test_texts_come_in_the_language_asked_for(system: System) -> None:
    zh = system.ok("GET", "/schemes")[0]["title"]
    system.language = "en"
    en = system.ok("GET", "/schemes")[0]["title"]
    assert zh != en
    assert en.isascii()
    refused = system.send("POST", "/filings", {"scheme": "shaoguan-2020", "item": "nothing"})
    assert problem(refused, 422, "invalid")["errors"][0]["detail"].isascii()


def test_the_organisation_sees_itself(system: System) -> None:
    found = system.ok("GET", "/organisation")
    assert found["region"] == "440203"
    names = [one["name"] for one in system.ok("GET", "/organisation/administrators")]
    assert len(names) == 2


def test_the_catalogue_is_read_page_by_page(system: System) -> None:
    whole = system.ok("GET", "/occupations?limit=200")["items"]
    pages, cursor = [], ""
    while True:
        page = system.ok("GET", f"/occupations?limit=7{cursor}")
        pages += page["items"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert pages == whole
    assert len(whole) > 7
    assert system.ok("GET", "/platforms")["items"]
    assert all(one["id"] for one in system.ok("GET", "/courses")["items"])
    assert "next" in system.ok("GET", "/teachers")


@pytest.mark.parametrize("cursor", ["x", "bnVsbA", "WzEsMl0", "W251bGwsICJhIl0"])
def test_a_cursor_of_ones_own_making_is_refused(system: System, cursor: str) -> None:
    assert pointers(system.get(f"/filings?cursor={cursor}")) == {"/cursor"}


# ---------------------------------------------------------------------------------------------------------
# Filings


def test_lists_are_filtered_and_follow_changes(system: System) -> None:
    numbers = [
        system.ok("POST", "/filings", {"scheme": "shaoguan-2020", "item": "on-the-job"})["number"]
        for _one in range(3)
    ]
    found = [one["number"] for one in system.ok("GET", "/filings")["items"]]
    assert found == numbers[::-1]
    page = system.ok("GET", "/filings?limit=2&updated_since=2020-01-01T00:00:00Z")
    rest = system.ok("GET", f"/filings?limit=2&updated_since=2020-01-01T00:00:00Z&cursor={page['next']}")
    assert [one["number"] for one in page["items"] + rest["items"]] == numbers
    system.ok("POST", f"/filings/{numbers[0]}/acts/withdraw", {})
    assert [one["number"] for one in system.ok("GET", "/filings?state=withdrawn")["items"]] == numbers[:1]
    assert system.ok("GET", "/filings?updated_since=2020-03-12T00:00:00%2B08:00")["items"] == []
    assert system.ok("GET", "/filings?scheme=yingkou-2020")["items"] == []


def test_another_organisations_filing_does_not_exist(draft: str) -> None:
    stranger = System(token_of("yingkou-jia")[1])
    neighbour = System(token_of("shaoguan-wu")[1])
    for system in (stranger, neighbour):
        assert system.ok("GET", "/filings")["items"] == []
        for method, path, body in (
            ("GET", "", None), ("PATCH", "", {}), ("PUT", "/syllabus", {"modules": []}), ("GET", "/check", None),
            ("POST", "/acts/submit", {}), ("POST", "/commitment", {"accepted": True}), ("GET", "/roster", None),
            ("POST", "/roster", {"rows": people(1, WANTED)}), ("DELETE", "/roster/1", None),
            ("GET", "/materials", None), ("GET", "/timeline", None), ("GET", "/clocks", None),
            ("GET", "/letters", None), ("GET", "/letters/1.pdf", None), ("GET", "/forms", None),
            ("GET", "/forms/form-5.pdf", None), ("GET", "/amendments", None),
            ("POST", "/amendments", {"reason": "x", "project": "y"}),
        ):  # fmt: skip
            problem(system.send(method, f"/filings/{draft}{path}", body), 404, "not-found")


def test_a_plan_is_changed_field_by_field(system: System, draft: str) -> None:
    system.ok("PATCH", f"/filings/{draft}", {"project": "甲", "starts_on": "2020-03-23", "level": 5})
    found = system.ok("PATCH", f"/filings/{draft}", {"ends_on": "2020-05-07"})
    assert (found["project"], found["starts_on"], found["level"]) == ("甲", "2020-03-23", 5)
    found = system.ok("PATCH", f"/filings/{draft}", {"level": None})
    assert (found["project"], found["level"]) == ("甲", None)


@pytest.mark.parametrize(
    ("plan", "places"),
    [
        ({"starts_on": "2020-03-23", "ends_on": "2020-03-01"}, {"/ends_on"}),
        ({"starts_on": "23.3.2020"}, {"/starts_on"}),
        ({"starts_on": 0, "level": 9, "nonsense": 1}, {"/starts_on", "/level", "/nonsense"}),
        ({"platform": 999_999, "administrator": 999_999}, {"/platform", "/administrator"}),
        ({"occupation": "9-99-99-99"}, {"/occupation"}),
        ({"facts": {"class.nothing": 1}}, {"/facts/class.nothing"}),
        ({"answers": {"no/such": "x"}}, {"/answers/no~1such"}),
        ({"project": "a\u0000b"}, {"/project"}),
    ],
)
def test_every_fault_of_a_plan_is_named_by_its_place(
    system: System, draft: str, plan: dict[str, Any], places: set[str]
) -> None:
    assert pointers(system.send("PATCH", f"/filings/{draft}", plan)) == places
    assert Filing.objects.get().revision == 0


def test_a_number_in_a_text_is_refused(system: System, draft: str) -> None:
    refused = system.send("PATCH", f"/filings/{draft}", {"project": f"班 {number_of(3)}"})
    assert number_of(3) not in str(problem(refused, 422, "invalid"))


def test_whoever_read_an_older_state_is_told(system: System, draft: str) -> None:
    read = system.get(f"/filings/{draft}")
    tag = read["ETag"]
    assert read.json()["etag"] == tag
    changed = system.send("PATCH", f"/filings/{draft}", {"project": "甲"}, If_Match=tag)
    assert changed.status_code == 200
    stale = system.send("PATCH", f"/filings/{draft}", {"project": "乙"}, If_Match=tag)
    found = problem(stale, 412, "precondition-failed")
    assert found["etag"] == stale["ETag"] == changed["ETag"]
    for path, body in (("/acts/withdraw", {}), ("/commitment", {"accepted": True})):
        problem(
            system.send("POST", f"/filings/{draft}{path}", body, If_Match=tag), 412, "precondition-failed"
        )
    assert (
        system.send("PATCH", f"/filings/{draft}", {}, If_Match=f'"9.9", {changed["ETag"]}').status_code == 200
    )
    assert system.send("PATCH", f"/filings/{draft}", {}, If_Match="*").status_code == 200
    assert pointers(system.send("PATCH", f"/filings/{draft}", {}, If_Match="3")) == {"/If-Match"}


def test_a_syllabus_names_the_faulty_line(system: System, draft: str) -> None:
    modules = [{"name": "甲", "hours": 6}, {"name": "乙", "hours": 4, "course": 999_999}]
    assert pointers(system.send("PUT", f"/filings/{draft}/syllabus", {"modules": modules})) == {
        "/modules/1/course"
    }
    found = system.ok("PUT", f"/filings/{draft}/syllabus", {"modules": modules[:1]})
    assert [one["name"] for one in found["modules"]] == ["甲"]


def test_the_check_says_what_is_missing_with_clauses(system: System, draft: str) -> None:
    found = system.ok("GET", f"/filings/{draft}/check")
    assert not found["ready"]
    assert {"plan", "syllabus", "roster", "materials"} <= {one["step"] for one in found["open_points"]}
    refused = system.send("POST", f"/filings/{draft}/acts/submit", {})
    assert "尚不能提交" in problem(refused, 403, "not-allowed")["detail"]


# ---------------------------------------------------------------------------------------------------------
# Rosters


def test_people_go_in_whole_and_come_out_masked(system: System, draft: str) -> None:
    rows = people(3, WANTED)
    answer = system.send("POST", f"/filings/{draft}/roster", {"rows": rows})
    assert answer.status_code == 200, answer.content.decode()
    assert [one["number"] for one in answer.json()["rows"]] == [1, 2, 3]
    listed = system.get(f"/filings/{draft}/roster")
    text = answer.content.decode() + listed.content.decode()
    for row in rows:
        assert row["id_number"] not in text
        assert row["name"] not in text
    first = listed.json()["items"][0]
    assert first["id_number_masked"][:4] == rows[0]["id_number"][:4]
    assert first["facts"]["trainee.category"] == "employee"
    again = system.ok("POST", f"/filings/{draft}/roster", {"rows": rows[:1]})
    assert again["head_count"] == 3
    replaced = system.ok("POST", f"/filings/{draft}/roster", {"rows": rows[1:2], "replace": True})
    assert replaced["head_count"] == 1


def test_a_roster_with_a_fault_is_stored_in_no_part(system: System, draft: str) -> None:
    rows = people(4, WANTED)
    rows[0]["id_number"] = rows[0]["id_number"][:-1] + ("0" if rows[0]["id_number"][-1] != "0" else "1")
    rows[1]["facts"] = {**rows[1]["facts"], "trainee.category": "pirate"}
    rows[2]["id_number"] = rows[3]["id_number"]
    refused = system.send("POST", f"/filings/{draft}/roster", {"rows": rows})
    found = pointers(refused)
    assert "/rows/0/id_number" in found
    assert "/rows/1/facts/trainee.category" in found
    assert found & {"/rows/2/id_number", "/rows/3/id_number"}
    assert rows[0]["id_number"] not in refused.content.decode()
    assert not Enrolment.objects.exists()
    assert not Person.objects.filter(id_number_masked__startswith="4402", enrolments__isnull=False).exists()


def test_a_roster_can_be_checked_only(system: System, draft: str) -> None:
    body = {"rows": people(2, WANTED), "check_only": True}
    assert system.ok("POST", f"/filings/{draft}/roster", body)["stored"] == 0
    assert not Enrolment.objects.exists()
    unknown = [{**people(1, WANTED)[0], "facts": {"trainee.name": "x"}}]
    assert pointers(system.send("POST", f"/filings/{draft}/roster", {"rows": unknown})) == {
        "/rows/0/facts/trainee.name"
    }


def test_five_thousand_people_come_in_one_request(system: System, draft: str) -> None:
    answer = system.ok("POST", f"/filings/{draft}/roster", {"rows": people(5000, WANTED)})
    assert answer["stored"] == answer["head_count"] == 5000
    more = system.send("POST", f"/filings/{draft}/roster", {"rows": people(5001, WANTED)})
    assert pointers(more) == {"/rows"}


def test_a_person_is_taken_off_by_their_number(system: System, draft: str) -> None:
    system.ok("POST", f"/filings/{draft}/roster", {"rows": people(2, WANTED)})
    assert system.send("DELETE", f"/filings/{draft}/roster/1").status_code == 204
    problem(system.send("DELETE", f"/filings/{draft}/roster/1"), 404, "not-found")
    assert [one["number"] for one in system.ok("GET", f"/filings/{draft}/roster")["items"]] == [2]


# ---------------------------------------------------------------------------------------------------------
# Materials, papers


@pytest.fixture
def material(system: System) -> str:
    return str(system.ok("GET", "/schemes/shaoguan-2020")["needs"][0]["materials"][0]["id"])


def test_documents_come_and_go(system: System, draft: str, material: str) -> None:
    path = f"/filings/{draft}/materials/{material}"
    answer = system.upload(path, "协议.pdf", PDF)
    assert answer.status_code == 201, answer.content.decode()
    listed = system.ok("GET", f"/filings/{draft}/materials")
    assert [one["file_name"] for one in listed] == ["协议.pdf"]
    for _time in range(2):
        system.ok("PUT", f"{path}/not-applicable", {"reason": "本班没有委托"})
    assert len(system.ok("GET", f"/filings/{draft}/materials")) == 2
    assert system.send("DELETE", f"{path}/{listed[0]['id']}").status_code == 204
    problem(system.send("DELETE", f"{path}/{listed[0]['id']}"), 404, "not-found")
    problem(system.upload(f"/filings/{draft}/materials/nothing", "a.pdf", PDF), 404, "not-found")


def test_what_is_no_document_is_refused(system: System, draft: str, material: str) -> None:
    path = f"/filings/{draft}/materials/{material}"
    problem(system.upload(path, "a.pdf", b"MZ" + b"\0" * 90), 422, "invalid")
    problem(system.send("POST", path, {"file": "x"}), 415, "unsupported-media-type")


def test_bodies_are_json_and_of_bounded_size(system: System, settings) -> None:
    headers = {"Authorization": f"Bearer {system.text}", "Idempotency-Key": "k"}
    text = system.client.post("/api/v1/filings", "scheme=x", content_type="text/plain", headers=headers)
    problem(text, 415, "unsupported-media-type")
    broken = system.client.post("/api/v1/filings", "{", content_type="application/json", headers=headers)
    problem(broken, 400, "bad-request")
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    large = system.send("POST", "/filings", {"scheme": "x" * 2000, "item": "y"})
    problem(large, 413, "too-large")


def test_unknown_addresses_and_methods_are_problems_too(system: System) -> None:
    problem(system.get("/nothing/here"), 404, "not-found")
    refused = system.send("PUT", "/filings", {})
    assert problem(refused, 405, "method-not-allowed")
    assert refused["Allow"] == "GET, POST"


def test_an_unforeseen_failure_tells_nothing(system: System, monkeypatch) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError(number_of(1))

    monkeypatch.setattr("keshi_web.api.v1.reference.organisation_of", fail)
    response = system.get("/organisation")
    problem(response, 500, "server-error")
    assert number_of(1) not in response.content.decode()


def test_official_forms_are_given_masked(system: System) -> None:
    number = fill(system, SHAOGUAN)
    forms = system.ok("GET", f"/filings/{number}/forms")
    [roster] = [one for one in forms if one["lists_people"]][:1]
    pdf = system.get(f"/filings/{number}/forms/{roster['id']}.pdf")
    assert pdf.content.startswith(b"%PDF")
    import io

    import pypdf

    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf.content)).pages)
    assert number_of(0) not in text
    assert number_of(0)[:4] in text
    word = system.get(f"/filings/{number}/forms/{forms[0]['id']}.docx")
    assert word.content.startswith(b"PK")
    problem(system.get(f"/filings/{number}/forms/nothing.pdf"), 404, "not-found")
    problem(system.get(f"/filings/{number}/letters/1.pdf"), 404, "not-found")


# ---------------------------------------------------------------------------------------------------------
# The process


def test_returned_corrected_and_submitted_again(system: System) -> None:
    number = fill(system, SHAOGUAN)
    system.ok("POST", f"/filings/{number}/acts/submit", {})
    refused = system.send("PATCH", f"/filings/{number}", {"project": "乙"})
    problem(refused, 403, "not-allowed")
    filing = Filing.objects.get(process__number=number)
    given = {"defects": ["课时不一致"], "due_on": date(2020, 3, 16)}
    decisions.act(
        filing.process, "return", by=actor("shaoguan-440203-clerk"), given={**given, "remark": "内部"}
    )
    found = system.ok("GET", f"/filings/{number}")
    assert (found["state"]["key"], found["correction_due_on"]) == ("returned", "2020-03-16")
    timeline = system.get(f"/filings/{number}/timeline")
    assert "课时不一致" in timeline.content.decode()
    assert "内部" not in timeline.content.decode()
    due = {one["duty_of"]: one["due_on"] for one in system.ok("GET", f"/filings/{number}/clocks")}
    assert due["provider"] == "2020-03-16"
    system.ok("PATCH", f"/filings/{number}", {"project": "乙"})
    assert system.ok("POST", f"/filings/{number}/acts/resubmit", {})["state"]["key"] == "submitted"
    assert system.ok("POST", f"/filings/{number}/acts/withdraw", {})["state"]["key"] == "withdrawn"
    problem(system.send("POST", f"/filings/{number}/acts/submit", {}), 403, "not-allowed")


def test_an_approved_class_is_amended_and_cancelled(system: System) -> None:
    number = fill(system, SHAOGUAN)
    system.ok("POST", f"/filings/{number}/acts/submit", {})
    approve(number, SHAOGUAN)
    wrong = system.send("POST", f"/filings/{number}/amendments", {"reason": "设备检修", "leave": [99]})
    assert pointers(wrong) == {"/leave"}
    asked = system.ok(
        "POST",
        f"/filings/{number}/amendments",
        {"reason": "设备检修", "ends_on": "2020-05-14", "leave": [12]},
    )
    assert asked["state"]["key"] == "submitted"
    assert len(asked["changes"]) == 2
    assert system.ok("GET", f"/filings/{number}/amendments") == [asked]
    withdrawn = system.ok("POST", f"/amendments/{asked['number']}/acts/withdraw", {})
    assert withdrawn["state"]["key"] == "withdrawn"
    problem(System(token_of("yingkou-jia")[1]).get(f"/amendments/{asked['number']}"), 404, "not-found")
    missing = system.send("POST", f"/filings/{number}/acts/cancel", {})
    problem(missing, 422, "invalid")
    assert (
        system.ok("POST", f"/filings/{number}/acts/cancel", {"reason": "停产"})["state"]["key"] == "withdrawn"
    )
