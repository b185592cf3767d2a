"""A session ends, a token is old, two tabs are open: what was written is not lost without a word."""

from django.test import Client
from django.urls import reverse

from keshi_web.accounts.models import SessionRecord
from keshi_web.classes.models import Filing
from keshi_web.classes.sample import actor
from keshi_web.classes.services import drafts

from .conftest import Enter, held, said

SYLLABUS = {
    "modules-TOTAL_FORMS": "1", "modules-INITIAL_FORMS": "0", "modules-0-kind": "vocational",
    "modules-0-name": "样例模块甲", "modules-0-hours": "7",
}  # fmt: skip


def test_a_form_sent_after_the_session_ended_says_so_and_leads_back(
    enter: Enter, draft: Filing, uploads
) -> None:
    client = enter("yingkou-jia")
    page = reverse("classes:syllabus", args=[draft.process.number])
    before = held(uploads)
    SessionRecord.objects.filter(user__username="yingkou-jia").update(
        ended_at="2020-04-20T10:00Z", end="idle"
    )
    answer = client.post(page, SYLLABUS, headers={"referer": f"http://testserver{page}"}, follow=True)
    address, _status = answer.redirect_chain[-1]
    assert address == f"{reverse('accounts:sign-in')}?next={page}"
    assert "没有提交" in answer.content.decode()
    assert held(uploads) == before


def test_a_form_with_an_old_token_says_so(enter: Enter, draft: Filing, uploads) -> None:
    enter("yingkou-jia")
    strict = Client(enforce_csrf_checks=True)
    before = held(uploads)
    answer = strict.post(reverse("classes:syllabus", args=[draft.process.number]), SYLLABUS)
    assert answer.status_code == 403
    assert "请刷新页面后重新提交" in said(answer)
    assert held(uploads) == before


def test_of_two_tabs_the_older_one_is_refused_and_keeps_its_words(enter: Enter, draft: Filing) -> None:
    client = enter("yingkou-jia")
    page = reverse("classes:syllabus", args=[draft.process.number])
    seen = Filing.objects.get(pk=draft.pk).revision
    drafts.save_syllabus(draft.pk, [{"name": "另一窗口", "hours": 3}], by=actor("yingkou-jia"), revision=seen)
    answer = client.post(page, {**SYLLABUS, "revision": str(seen)})
    assert answer.status_code == 422
    assert "请核对后重新保存" in answer.content.decode()
    assert "样例模块甲" in answer.content.decode()
    assert [row.name for row in draft.modules.all()] == ["另一窗口"]
