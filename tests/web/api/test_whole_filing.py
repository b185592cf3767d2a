"""A class filed by another system from the notice to the letter, without a page of the site."""

from io import BytesIO

import pypdf
import pytest

from .cases import SHAOGUAN, YINGKOU, City, approve, fill
from .conftest import System, token_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("city", [SHAOGUAN, YINGKOU], ids=lambda city: city.slug)
def test_a_class_is_filed_approved_and_its_letter_fetched(city: City) -> None:
    system = System(token_of(f"{city.slug}-jia")[1])
    number = fill(system, city)
    check = system.ok("GET", f"/filings/{number}/check")
    assert check["open_points"] == []
    assert check["ready"]
    assert check["people"] == check["eligible"] == 12
    assert check["estimate_fen"] is not None
    assert check["estimate_fen"] > 0
    assert all(one["clause"] for one in check["findings"])

    filing = system.ok("POST", f"/filings/{number}/acts/submit", {"note": "请审核"})
    assert filing["state"]["key"] == "submitted"
    assert filing["channel"] == "api"
    clocks = system.ok("GET", f"/filings/{number}/clocks")
    assert any(one["duty_of"] == "office" and one["due_on"] for one in clocks)

    approve(number, city)
    filing = system.ok("GET", f"/filings/{number}")
    assert (filing["state"]["key"], filing["approved_on"]) == ("approved", "2020-03-10")
    events = [line["event"] for line in system.ok("GET", f"/filings/{number}/timeline")]
    assert events[-1] == "approve"
    letters = system.ok("GET", f"/filings/{number}/letters")
    assert len(letters) == 2  # the receipt, and
    letter = max(letters, key=lambda one: one["id"])
    response = system.get(f"/filings/{number}/letters/{letter['id']}.pdf")
    assert response["Content-Type"] == "application/pdf"
    text = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(response.content)).pages)
    assert letter["number"] in text.replace("\n", "").replace(" ", "")
    told = system.ok("GET", "/messages")["items"]
    assert any(one["case"] == number for one in told)
