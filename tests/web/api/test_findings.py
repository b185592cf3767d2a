"""What reviewers of the interface found, so that it does not come back."""

from dataclasses import replace

import pytest

from keshi_web.api import tokens
from keshi_web.classes.models import Filing
from keshi_web.organisations.models import Organisation

from .conftest import System, actor

pytestmark = pytest.mark.django_db
WRITES = (
    ("POST", "/filings", {"scheme": "shaoguan-2020", "item": "on-the-job"}),
    ("PATCH", "/filings/{}", {"project": "车工在岗培训"}),
    ("PUT", "/filings/{}/syllabus", {"modules": []}),
    ("DELETE", "/filings/{}/roster/1", None),
)


@pytest.mark.parametrize("state", ["closed", "merged"])
def test_the_token_of_a_closed_firm_opens_nothing(system: System, draft: str, state: str) -> None:
    firm = actor("shaoguan-jia").organisation_id
    survivor = Organisation.objects.exclude(pk=firm).earliest("pk").pk if state == "merged" else None
    Organisation.objects.filter(pk=firm).update(state=state, survivor=survivor)
    for method, path, body in WRITES:
        assert system.send(method, path.format(draft), body).status_code == 401


def test_who_only_reads_writes_nothing(system: System, draft: str, monkeypatch: pytest.MonkeyPatch) -> None:
    token, by = tokens.recognise(system.text) or (None, None)
    assert by is not None
    monkeypatch.setattr(tokens, "recognise", lambda _text: (token, replace(by, reads_only=True)))
    count = Filing.objects.count()
    assert system.get(f"/filings/{draft}").status_code == 200
    for method, path, body in WRITES:
        answer = system.send(method, path.format(draft), body)
        assert (answer.status_code, answer.json()["code"]) == (403, "not-allowed"), (method, path)
        assert "已注销" in answer.json()["detail"]
    assert Filing.objects.count() == count
